//! What every file of SQL needs: the two databases, rows, pages, and what is kept sealed.

pub(crate) mod cells;
pub(crate) mod db;
pub(crate) mod load;
pub mod page;
pub(crate) mod scope;
pub mod seal;
pub(crate) mod search;
