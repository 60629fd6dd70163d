//! People and units.

mod users;
