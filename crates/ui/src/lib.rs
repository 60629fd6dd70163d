//! The console's design system: plain data in, markup out. Knows nothing of the product behind it.
//!
//! One file per family of components; `assets` holds the style sheet and scripts they rely on.
//! `cargo run -p ui --example gallery` shows all of them on sample pages.

pub mod assets;
pub mod avatar;
pub mod badge;
pub mod button;
pub mod card;
pub mod datetime;
pub mod dialog;
pub mod empty;
pub mod fields;
pub mod filter;
pub mod form;
pub mod icon;
pub mod matrix;
pub mod page;
pub mod pager;
pub mod player;
pub mod reach;
pub mod reason;
pub mod secret;
pub mod segmented;
pub mod shell;
pub mod sign_in;
pub mod table;
pub mod tabs;
pub mod text;
pub mod toast;
