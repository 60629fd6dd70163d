//! Pages of extensions, queues and numbers.

pub mod calling;
pub mod entities;
pub mod entity;
