//! Pages of people, departments and branches, and one's own.

pub mod file;
pub mod profile;
pub mod unit;
pub mod units;
pub mod user;
pub(crate) mod user_form;
pub mod user_list;
pub mod user_page;
pub mod user_record;
pub mod users;
