//! Calls and their recordings.

pub mod calls;
pub mod recordings;
