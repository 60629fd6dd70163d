//! The workspace itself: its settings, its log, and the mails that it sends.

pub mod audit;
pub mod outbox;
pub mod settings;
