//! What was bought: plan, seats, licences.

pub mod plan;
