//! Who may do what, how it changes, and why it is so.

mod access_requests;
mod compare;
mod explain;
mod foresight;
mod guards;
mod matrix;
mod reviews;
mod rising;
mod roles;
mod stale;
mod temporary;
mod undo;
mod view_as;
