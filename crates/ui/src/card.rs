//! Cards: a titled box on the page, and figures in a row.

use maud::{Markup, html};

/// A titled box. `hint` says what the part is for; `actions` sit at the right of the title.
#[must_use]
pub fn card(title: &str, hint: &str, actions: Option<Markup>, body: Markup) -> Markup {
    html! {
        section.card {
            header.card-head {
                div {
                    h2 { (title) }
                    @if !hint.is_empty() { p.hint { (hint) } }
                }
                @if let Some(actions) = actions { div.actions { (actions) } }
            }
            div.card-body { (body) }
        }
    }
}

/// One figure with its name and a note, such as a comparison.
#[derive(Debug, Clone, Copy)]
pub struct Stat<'a> {
    /// What is counted.
    pub label: &'a str,
    /// The figure, formatted.
    pub value: &'a str,
    /// A comparison or a unit; may be empty.
    pub note: &'a str,
    /// Where the figure's rows are listed.
    pub href: Option<&'a str>,
}

/// Figures in a row.
#[must_use]
pub fn stats(stats: &[Stat]) -> Markup {
    html! {
        dl.stats {
            @for stat in stats {
                div.stat {
                    dt { (stat.label) }
                    dd {
                        @match stat.href {
                            Some(href) => a.stat-value href=(href) { (stat.value) },
                            None => span.stat-value { (stat.value) },
                        }
                        @if !stat.note.is_empty() { span.stat-note { (stat.note) } }
                    }
                }
            }
        }
    }
}

/// Labels and values in two columns.
#[must_use]
pub fn facts(facts: &[(&str, Markup)]) -> Markup {
    html! {
        dl.facts {
            @for (label, value) in facts { div { dt { (label) } dd { (value) } } }
        }
    }
}
