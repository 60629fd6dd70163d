//! Extensions, queues and numbers.

pub mod entities;
