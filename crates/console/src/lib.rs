//! The console: server-rendered pages in areas, one file a page, made of the components in [`ui`].

pub mod calls;
pub mod entry;
pub mod lines;
pub mod money;
pub mod office;
pub mod people;
pub mod rights;
pub mod shell;

use axum::response::IntoResponse as _;

use web::pages::Pages;

/// The pages that people see instead of what they asked for.
pub static PAGES: Pages = Pages {
    refused: shell::refused::page,
    bare: |refusal| shell::refused::bare(refusal).into_response(),
    ask: shell::foresight::ask,
    offering: shell::foresight::offering,
    own_secret: entry::own_secret::address,
};
