//! Tests of `asterisk`.
