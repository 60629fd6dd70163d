//! The published rules of the four systems and of Ringfence, each shown through the running server.
//!
//! A test is named after its rule. One that ends in `decision_only` shows the decision over AuthZEN, because the
//! feature that the rule guards is not built yet.

mod always;
mod calilio;
mod calliyo;
mod nuacom;
mod onoff;
