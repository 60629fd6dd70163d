//! Tests of `generic`.
