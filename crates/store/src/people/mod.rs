//! People, departments and branches.

pub mod units;
pub mod users;
