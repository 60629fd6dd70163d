//! What becomes of a workspace as a whole.

pub(crate) mod demo;
pub(crate) mod server_key;
pub mod workspaces;
