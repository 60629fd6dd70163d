//! The console: server-rendered pages, one file a page, made of the components in [`crate::ui`].

pub mod access_matrix;
pub mod assets;
pub mod call;
pub mod calls;
pub mod choices;
mod done;
pub mod entities;
pub mod entity;
pub mod frame;
pub mod home;
pub mod menu;
mod paging;
pub mod parts;
pub mod profile;
pub mod refused;
pub mod roles;
pub mod sign_in;
pub mod units;
pub mod user;
pub mod user_access;
pub mod user_record;
pub mod users;
mod when;
