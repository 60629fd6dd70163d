//! The server's integration tests: one binary, one module a subject.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop there and say where"
)]

mod architecture;
mod attacks;
mod audit_log;
mod authzen;
mod browser;
mod compare;
mod explain;
mod foresight;
mod generated;
mod guards;
mod guessing;
mod import;
mod invitations;
mod languages;
mod mail;
mod matrix;
mod openapi;
mod people;
mod pins;
mod requests;
mod rest;
mod reviews;
mod rising;
mod roles;
mod rules;
mod sessions;
mod stale;
mod sweep;
mod temporary;
mod threats;
mod undo;
mod view_as;
