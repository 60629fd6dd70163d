//! Pages of calls.

pub mod call;
pub mod calls;
