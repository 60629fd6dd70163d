//! Pages of who may do what, and why.

pub mod access_matrix;
pub mod access_requests;
pub mod ask;
pub mod bulk;
pub mod bundle_matrix;
pub mod compare;
pub mod explain;
pub(crate) mod explain_what;
pub(crate) mod explain_who;
pub(crate) mod explain_why;
pub mod review;
pub mod reviews;
pub mod role;
pub mod roles;
pub mod toggles;
pub mod user_access;
pub mod uses;
pub mod view_as;
