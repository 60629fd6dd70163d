//! The console: server-rendered pages, one file a page, made of the components in [`crate::ui`].

pub mod assets;
pub mod audit;
mod audit_words;
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
pub mod refused;
pub mod settings;
pub mod sign_in;
pub mod tokens;
mod when;
pub mod why;
