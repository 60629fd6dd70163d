//! The log and the mails of a workspace.

mod audit;
mod outbox;
