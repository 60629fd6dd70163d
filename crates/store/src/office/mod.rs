//! What becomes of a workspace as a whole.

pub(crate) mod demo;
