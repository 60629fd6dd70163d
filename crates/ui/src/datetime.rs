//! Moments in time; the browser shows them in the reader's own time zone.

use maud::{Markup, html};

/// How much of a moment to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Date and time of day.
    DateTime,
    /// The date alone.
    Date,
    /// The time of day alone.
    Time,
}

/// The moment `rfc3339`; `fallback` is the text for readers without scripts, so name the zone in it.
#[must_use]
pub fn moment(rfc3339: &str, fallback: &str, show: Show) -> Markup {
    let local = match show {
        Show::DateTime => "datetime",
        Show::Date => "date",
        Show::Time => "time",
    };
    html! { time datetime=(rfc3339) data-local=(local) { (fallback) } }
}
