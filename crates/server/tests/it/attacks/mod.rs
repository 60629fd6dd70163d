//! Attempts to get past the access control, each of which once worked or easily could. One module a kind.

mod at_rest;
mod chains;
mod credentials;
mod door;
mod first;
mod hidden;
mod input;
mod listed;
mod rising;
mod secrets;
