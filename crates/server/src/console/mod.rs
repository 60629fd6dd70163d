//! The console: server-rendered pages in areas, one file a page, made of the components in [`crate::ui`].

pub mod calls;
pub mod entry;
pub mod lines;
pub mod money;
pub mod office;
pub mod people;
pub mod rights;
pub mod shell;
