//! The people of a workspace, the departments and branches that they belong to, and the files that they come and go by.

pub mod directory;
pub mod export;
pub mod file;
pub mod import;
pub mod profile;
pub mod several;
pub mod units;
pub mod users;
