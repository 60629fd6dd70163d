//! Calls, and the files that they come from.

mod import;
