//! Extensions, queues and numbers.

pub mod calling;
pub mod entities;
