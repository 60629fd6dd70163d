//! The server's integration tests: one binary, in the areas of the product, one module a subject.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop there and say where"
)]

mod architecture;
mod attacks;
mod authzen;
mod browser;
mod calls;
mod entry;
mod generated;
mod languages;
mod office;
mod openapi;
mod people;
mod rest;
mod rights;
mod rules;
mod sweep;
mod threats;
