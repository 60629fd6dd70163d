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

    /// This part of what is in memory as a whole.
    pub fn of<T>(self, whole: Vec<T>) -> Page<T> {
        let rows = |count: i64| usize::try_from(count).unwrap_or(0);
        let total = i64::try_from(whole.len()).unwrap_or(i64::MAX);
        Page { rows: whole.into_iter().skip(rows(self.offset)).take(rows(self.limit)).collect(), total }
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
