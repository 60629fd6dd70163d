//! Data tables: sortable heads, rows that lead somewhere, and cards instead of rows on a phone.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// The order that a list is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Smallest first.
    Ascending,
    /// Greatest first.
    Descending,
}

/// One column.
#[derive(Debug, Clone, Copy, Default)]
pub struct Column<'a> {
    /// Its head; stands before the value in a card.
    pub label: &'a str,
    /// Address of the list sorted by this column, the other way round if it already is.
    pub sort: Option<&'a str>,
    /// The order in which the list is sorted by this column now.
    pub sorted: Option<Order>,
    /// Figures: right-aligned.
    pub number: bool,
    /// For row actions: the head is read out only.
    pub label_hidden: bool,
}

impl<'a> Column<'a> {
    /// A column of text.
    #[must_use]
    pub const fn new(label: &'a str) -> Self {
        Self {
            label,
            sort: None,
            sorted: None,
            number: false,
            label_hidden: false,
        }
    }

    /// A column of figures.
    #[must_use]
    pub const fn number(label: &'a str) -> Self {
        Self {
            number: true,
            ..Self::new(label)
        }
    }

    /// A column of row actions.
    #[must_use]
    pub const fn actions(label: &'a str) -> Self {
        Self {
            label_hidden: true,
            ..Self::new(label)
        }
    }

    /// Sortable: `href` is the list sorted by it, `sorted` the present order.
    #[must_use]
    pub const fn sort(self, href: &'a str, sorted: Option<Order>) -> Self {
        Self {
            sort: Some(href),
            sorted,
            ..self
        }
    }

    fn aria_sort(&self) -> Option<&'static str> {
        self.sorted.map(|order| match order {
            Order::Ascending => "ascending",
            Order::Descending => "descending",
        })
    }

    fn class(&self) -> Option<&'static str> {
        match (self.number, self.label_hidden) {
            (true, _) => Some("number"),
            (false, true) => Some("row-actions"),
            (false, false) => None,
        }
    }
}

/// One row.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Stable id, so that a row keeps its state when the list changes around it.
    pub id: String,
    /// Where a click on the row leads; the first cell becomes the link.
    pub href: Option<String>,
    /// As many cells as there are columns.
    pub cells: Vec<Markup>,
}

/// The table; `caption` names it for screen readers.
#[must_use]
pub fn table(caption: &str, columns: &[Column], rows: &[Row]) -> Markup {
    html! {
        div.table-wrap {
            table.table {
                caption.sr-only { (caption) }
                thead { tr { @for column in columns { (head(column)) } } }
                tbody { @for row in rows { (body_row(columns, row)) } }
            }
        }
    }
}

fn head(column: &Column) -> Markup {
    html! {
        th scope="col" class=[column.class()] aria-sort=[column.aria_sort()] {
            @match column.sort {
                Some(href) => a.sort href=(href) { (column.label) (sort_mark(column.sorted)) },
                None => span.sr-only[column.label_hidden] { (column.label) },
            }
        }
    }
}

fn sort_mark(sorted: Option<Order>) -> Markup {
    html! {
        span.sort-mark data-order=[sorted.map(|order| if order == Order::Ascending { "up" } else { "down" })] {
            (icon(Icon::Down))
        }
    }
}

fn body_row(columns: &[Column], row: &Row) -> Markup {
    let id = (!row.id.is_empty()).then_some(&row.id);
    html! {
        tr id=[id] data-linked[row.href.is_some()] {
            @for (index, (column, cell)) in columns.iter().zip(&row.cells).enumerate() {
                td class=[column.class()] data-label=(column.label) {
                    @match (&row.href, index) {
                        (Some(href), 0) => a.row-link href=(href) { (cell) },
                        _ => (cell),
                    }
                }
            }
        }
    }
}
