//! AuthZEN: the conformance scenarios against their own fixture, and a workspace as a decision point.

mod conformance;
mod decisions;
