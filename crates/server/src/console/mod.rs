//! The console: server-rendered pages, one file a page, made of the components in [`crate::ui`].

pub mod assets;
pub mod frame;
pub mod home;
pub mod menu;
pub mod refused;
pub mod sign_in;
