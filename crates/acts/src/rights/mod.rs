//! Who may do what: roles, toggles, grants, what is lent, asked for and reviewed, and why it is so.

pub mod access_requests;
pub mod bulk;
pub mod compare;
pub mod expiry;
pub mod explain;
pub mod grants;
pub mod leaders;
pub mod ownership;
pub mod request_decisions;
pub mod review_closing;
pub mod reviews;
pub mod roles;
pub mod toggles;
pub mod user_access;
pub mod uses;
pub mod view_as;
