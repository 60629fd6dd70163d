//! What programs call: REST where an act needs more than its row of the table, and the AuthZEN decision point.

pub mod authzen;
pub mod rest;
