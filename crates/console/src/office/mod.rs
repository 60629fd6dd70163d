//! Pages of the workspace itself: settings, the log, mails.

pub mod audit;
pub(crate) mod audit_changes;
pub(crate) mod audit_filter;
pub(crate) mod audit_words;
pub mod outbox;
pub mod settings;
