//! Tests of `freeswitch`.
