//! How people come in: sessions, tokens, links, PINs, devices, and wrong guesses.

pub mod devices;
pub mod guesses;
pub(crate) mod identity;
pub mod known_secrets;
pub mod links;
pub mod pin;
pub mod sessions;
pub mod tokens;
