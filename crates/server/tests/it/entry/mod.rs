//! Coming in: sessions, PINs, invitations, and guesses at every secret.

mod guesses;
mod invitations;
mod pin;
mod sessions;
