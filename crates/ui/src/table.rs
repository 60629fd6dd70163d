//! Data tables: sortable heads, rows that lead somewhere, and cards instead of rows on a phone.

use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::text::{fill, t};

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
        Self { label, sort: None, sorted: None, number: false, label_hidden: false }
    }

    /// A column of figures.
    #[must_use]
    pub const fn number(label: &'a str) -> Self {
        Self { number: true, ..Self::new(label) }
    }

    /// A column of row actions.
    #[must_use]
    pub const fn actions(label: &'a str) -> Self {
        Self { label_hidden: true, ..Self::new(label) }
    }

    /// Sortable: `href` is the list sorted by it, `sorted` the present order.
    #[must_use]
    pub const fn sort(self, href: &'a str, sorted: Option<Order>) -> Self {
        Self { sort: Some(href), sorted, ..self }
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

/// The boxes before the rows of a table, to tick several of them.
#[derive(Debug, Clone, Copy)]
pub struct Ticks<'a> {
    /// The id of the form that sends what is ticked.
    pub form: &'a str,
    /// The name under which each is sent.
    pub name: &'a str,
    /// One for each row, in order.
    pub rows: &'a [Tick<'a>],
}

/// The box before one row.
#[derive(Debug, Clone)]
pub struct Tick<'a> {
    /// What is sent.
    pub value: String,
    /// What the row is called, for screen readers.
    pub label: &'a str,
}

/// The table; `caption` names it for screen readers.
#[must_use]
pub fn table(caption: &str, columns: &[Column], rows: &[Row]) -> Markup {
    framed(
        caption,
        html! { tr { @for column in columns { (head(column)) } } },
        html! { @for row in rows { (body_row(columns, row, None)) } },
    )
}

/// The table with a box before each row; the box in its head ticks them all.
#[must_use]
pub fn ticked_table(caption: &str, columns: &[Column], rows: &[Row], ticks: &Ticks) -> Markup {
    let all = html! {
        th.tick scope="col" {
            label.script-only { input type="checkbox" data-tick-all=(ticks.form); span.sr-only { (t("All on this page")) } }
        }
    };
    let boxes = ticks.rows.iter().map(|tick| {
        html! {
            td.tick { label {
                input type="checkbox" name=(ticks.name) value=(tick.value) form=(ticks.form) data-tick autocomplete="off";
                span.sr-only { (fill(t("Choose {name}"), &[("name", &tick.label)])) }
            } }
        }
    });
    framed(
        caption,
        html! { tr { (all) @for column in columns { (head(column)) } } },
        html! { @for (row, tick) in rows.iter().zip(boxes) { (body_row(columns, row, Some(tick))) } },
    )
}

fn framed(caption: &str, head: Markup, body: Markup) -> Markup {
    html! {
        div.table-wrap {
            table.table {
                caption.sr-only { (caption) }
                thead { (head) }
                tbody { (body) }
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

fn body_row(columns: &[Column], row: &Row, tick: Option<Markup>) -> Markup {
    let id = (!row.id.is_empty()).then_some(&row.id);
    html! {
        tr id=[id] data-linked[row.href.is_some()] {
            @if let Some(tick) = tick { (tick) }
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
