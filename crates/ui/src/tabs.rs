//! Tabs: parts of one subject, each a page of its own.

use maud::{Markup, html};

/// One tab.
#[derive(Debug, Clone, Copy)]
pub struct Tab<'a> {
    /// Its address.
    pub href: &'a str,
    /// Its name.
    pub label: &'a str,
    /// How many rows are behind it; may be empty.
    pub count: &'a str,
    /// Whether it is the page shown.
    pub current: bool,
}

/// The row of tabs; `label` says what they are parts of.
#[must_use]
pub fn tabs(label: &str, tabs: &[Tab]) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            @for tab in tabs {
                a href=(tab.href) aria-current=[tab.current.then_some("page")] {
                    (tab.label)
                    @if !tab.count.is_empty() { span.count { (tab.count) } }
                }
            }
        }
    }
}
