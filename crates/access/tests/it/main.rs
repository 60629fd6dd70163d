//! What is proven of the access model: the published matrix, the properties of decisions and explanations, the
//! guard on changes, and that decisions allocate nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod acts;
mod alloc;
mod as_it_was;
mod calling;
mod edits;
mod generated;
mod guard;
mod laws;
mod limits;
mod matrix;
mod oracle;
mod properties;
mod reference;
mod rising;
mod worlds;
