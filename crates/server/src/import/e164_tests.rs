//! Tests of `e164`.
