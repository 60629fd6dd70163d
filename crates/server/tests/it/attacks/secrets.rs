//! Secrets that somebody else knows.
