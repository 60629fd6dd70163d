//! The head of a page, its parts, and notices on it.

use maud::{Markup, html};

use super::badge::Tone;
use super::icon::{Icon, icon};
use super::text::t;

/// One step of the way to the page.
#[derive(Debug, Clone, Copy)]
pub struct Crumb<'a> {
    /// Where it leads.
    pub href: &'a str,
    /// What that page is called.
    pub label: &'a str,
}

/// What stands on top of a page.
#[derive(Debug, Clone, Default)]
pub struct PageHead<'a> {
    /// The page's name.
    pub title: &'a str,
    /// One sentence on what it shows; may be empty.
    pub subtitle: &'a str,
    /// The way to it, nearest last, without the page itself.
    pub crumbs: &'a [Crumb<'a>],
    /// Badges behind the title.
    pub badges: Option<Markup>,
    /// What can be done here; the primary button last.
    pub actions: Option<Markup>,
}

/// Title, subtitle, way and actions of a page.
#[must_use]
pub fn page_head(head: &PageHead) -> Markup {
    html! {
        header.page-head {
            div {
                @if !head.crumbs.is_empty() {
                    nav.crumbs aria-label=(t("Breadcrumbs")) {
                        @for crumb in head.crumbs { a href=(crumb.href) { (crumb.label) } (icon(Icon::Right)) }
                    }
                }
                div.title-line { h1 { (head.title) } @if let Some(badges) = &head.badges { (badges) } }
                @if !head.subtitle.is_empty() { p.subtitle { (head.subtitle) } }
            }
            @if let Some(actions) = &head.actions { div.actions { (actions) } }
        }
    }
}

/// A part of the page without a box, with its own heading.
#[must_use]
pub fn section(title: &str, body: Markup) -> Markup {
    html! { section.section { h2 { (title) } (body) } }
}

/// A wide part at the left and a narrow one at the right; one below the other on a phone.
#[must_use]
pub fn split(wide: Markup, narrow: Markup) -> Markup {
    html! { div.split { div.stack { (wide) } div.stack { (narrow) } } }
}

/// A sentence that stands out, such as a warning above a form.
#[must_use]
pub fn notice(tone: Tone, text: Markup) -> Markup {
    let picture = match tone {
        Tone::Good => Icon::Check,
        Tone::Warn | Tone::Bad => Icon::Warning,
        Tone::Neutral | Tone::Accent => Icon::Why,
    };
    html! { div class={ "notice " (tone.class()) } role="note" { (icon(picture)) div { (text) } } }
}
