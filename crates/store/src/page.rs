//! Pages of lists.

/// Which part of a list.
#[derive(Debug, Clone, Copy)]
pub struct Slice {
    /// How many rows at the most.
    pub limit: i64,
    /// How many rows to leave out first.
    pub offset: i64,
}

impl Slice {
    /// The first rows.
    pub const fn first(limit: i64) -> Slice {
        Slice { limit, offset: 0 }
    }
}

/// A part of a list, and how long the list is.
#[derive(Debug, Clone)]
pub struct Page<T> {
    /// The rows of this part.
    pub rows: Vec<T>,
    /// How many rows the whole list has.
    pub total: i64,
}

impl<T> Page<T> {
    /// The same page with other rows.
    pub fn map<U>(self, row: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(row).collect(), total: self.total }
    }
}
