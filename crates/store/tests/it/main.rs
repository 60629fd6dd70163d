//! The store's tests: one binary, one module a subject; `./test` runs them on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop there and say where"
)]

mod audit;
mod lists;
mod races;
mod schema;
