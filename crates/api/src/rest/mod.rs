//! The REST face: one file a noun, one function an endpoint of the table.

pub mod access_requests;
pub mod audit;
pub mod calling;
pub mod calls;
pub mod compare;
pub mod directory;
pub mod entities;
pub mod explain;
pub mod health;
pub mod outbox;
pub mod permissions;
pub mod plan;
pub mod profile;
pub mod recordings;
pub mod reviews;
pub mod roles;
pub mod sessions;
pub mod settings;
pub mod toggles;
pub mod tokens;
pub mod undo;
pub mod units;
pub mod user_access;
pub mod users;
