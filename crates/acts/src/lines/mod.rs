//! Extensions, queues and numbers, and which number a call shows.

pub mod calling;
pub mod entities;
