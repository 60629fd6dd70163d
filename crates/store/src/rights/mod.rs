//! Roles, toggles, grants, requests, reviews, and what ends by itself.

pub mod access_requests;
pub mod expiry;
pub mod grants;
pub mod reviews;
pub mod roles;
pub mod toggles;
pub mod uses;
