//! Paging by key: first, previous, next, and how many rows there are in all.

use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::text::t;

/// Addresses of the neighbouring pages; `None` where there is none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pager<'a> {
    /// What is shown of how much, for example "1–50 of 20,318 calls".
    pub summary: &'a str,
    /// The first page.
    pub first: Option<&'a str>,
    /// The page before.
    pub previous: Option<&'a str>,
    /// The page after.
    pub next: Option<&'a str>,
}

/// The bar below a list.
#[must_use]
pub fn pager(pager: &Pager) -> Markup {
    html! {
        nav.pager aria-label=(t("Pages")) {
            span.pager-summary { (pager.summary) }
            @if pager.first.or(pager.previous).or(pager.next).is_some() {
                (step(pager.first, html! { (t("First")) }))
                (step(pager.previous, html! { (icon(Icon::Left)) (t("Previous")) }))
                (step(pager.next, html! { (t("Next")) (icon(Icon::Right)) }))
            }
        }
    }
}

fn step(href: Option<&str>, label: Markup) -> Markup {
    html! {
        @match href {
            Some(href) => a.button.plain href=(href) { (label) },
            None => span.button.plain aria-disabled="true" { (label) },
        }
    }
}
