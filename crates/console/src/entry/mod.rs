//! Pages to come in by, and what one is signed in with.

pub mod elevation;
pub mod links;
pub mod mobile;
pub mod own_secret;
pub mod sign_in;
pub(crate) mod signed_in;
pub mod tokens;
