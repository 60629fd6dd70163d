//! The answer to "Why?": allowed or refused, for which reasons, and what would change it.

use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::text::t;

/// How a reason bears on the decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Speaks for it.
    Allows,
    /// Speaks against it.
    Refuses,
    /// Was looked at and says nothing.
    Silent,
}

/// One reason.
#[derive(Debug, Clone)]
pub struct Reason<'a> {
    /// How it bears on the decision.
    pub weight: Weight,
    /// The rule or thing it comes from, for example "Role Team Lead".
    pub source: &'a str,
    /// What it says, in a sentence.
    pub text: Markup,
    /// The reason that settled the matter.
    pub decisive: bool,
}

/// Something that would change the answer.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// What to do, in a sentence.
    pub text: &'a str,
    /// Where to do it, for those who may.
    pub href: Option<&'a str>,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Allowed,
    /// To some of what was asked about.
    Partly,
    /// No.
    Refused,
}

/// The answer in one sentence.
#[must_use]
pub fn verdict(verdict: Verdict, sentence: Markup) -> Markup {
    let (class, picture, word) = match verdict {
        Verdict::Allowed => ("tone-good", Icon::Check, t("Allowed")),
        Verdict::Partly => ("tone-warn", Icon::Minus, t("Partly")),
        Verdict::Refused => ("tone-bad", Icon::Close, t("Refused")),
    };
    html! {
        div class={ "verdict " (class) } {
            span.verdict-mark { (icon(picture)) }
            div { strong { (word) } p { (sentence) } }
        }
    }
}

/// The reasons, in the order in which they were weighed.
#[must_use]
pub fn reasons(reasons: &[Reason]) -> Markup {
    html! {
        ol.reasons {
            @for reason in reasons {
                @let (class, picture, word) = looks(reason.weight);
                li class=(class) data-decisive[reason.decisive] {
                    span.reason-mark { (icon(picture)) span.sr-only { (word) } }
                    div {
                        strong { (reason.source) }
                        @if reason.decisive { span.badge.tone-neutral { (t("decides")) } }
                        p { (reason.text) }
                    }
                }
            }
        }
    }
}

fn looks(weight: Weight) -> (&'static str, Icon, &'static str) {
    match weight {
        Weight::Allows => ("tone-good", Icon::Check, t("for:")),
        Weight::Refuses => ("tone-bad", Icon::Close, t("against:")),
        Weight::Silent => ("tone-neutral", Icon::Minus, t("silent:")),
    }
}

/// What would change the answer.
#[must_use]
pub fn changes(changes: &[Change]) -> Markup {
    html! {
        ul.changes {
            @for change in changes {
                li {
                    @match change.href {
                        Some(href) => a href=(href) { (change.text) (icon(Icon::Right)) },
                        None => span { (change.text) },
                    }
                }
            }
        }
    }
}
