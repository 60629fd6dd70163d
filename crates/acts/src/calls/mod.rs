//! The calls of the past: lists, figures and exports.

pub mod calls;
pub(crate) mod export;
pub(crate) mod mask;
