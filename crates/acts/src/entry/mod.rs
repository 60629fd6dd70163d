//! How people come in: signing in, passwords, PINs, links, tokens, and what guesses cost.

pub mod confirm;
pub mod elevation;
pub mod guesses;
pub mod invitations;
pub mod links;
pub mod lookups;
pub(crate) mod own_secret;
pub mod pin;
pub mod resets;
pub mod sign_in;
pub mod tokens;
pub(crate) mod withdrawals;
