//! Pages of what was bought.

pub mod plan;
