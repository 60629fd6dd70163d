//! How far a permission goes: own, assigned, team, all; shown as chips, chosen as boxes.

use maud::{Markup, html};

use super::text::t;

/// How far a permission goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Rows that the person takes part in or owns.
    Own,
    /// Rows of extensions, queues and numbers granted to the person.
    Assigned,
    /// Rows of the units that the person leads.
    Team,
    /// The whole workspace.
    All,
}

impl Reach {
    /// The value that the picker sends.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Assigned => "assigned",
            Self::Team => "team",
            Self::All => "all",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Own => t("Own"),
            Self::Assigned => t("Assigned"),
            Self::Team => t("Team"),
            Self::All => t("All"),
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::Own => t("what the person takes part in or owns"),
            Self::Assigned => t("what is granted to the person"),
            Self::Team => t("the units that the person leads"),
            Self::All => t("the whole workspace"),
        }
    }
}

/// The reaches held, as chips; "None" when there are none.
#[must_use]
pub fn reach_chips(held: &[Reach]) -> Markup {
    html! {
        span.chips {
            @for reach in held {
                span class={ "chip reach-" (reach.value()) } title=(reach.meaning()) { (reach.label()) }
            }
            @if held.is_empty() { span.chip.reach-none { (t("None")) } }
        }
    }
}

/// Boxes to tick, one for each `possible` reach; sends `name=own` and so on. A permission that only knows
/// `All` concerns no rows: one box, which says "On" or "Off".
#[must_use]
pub fn reach_picker(name: &str, legend: &str, possible: &[Reach], held: &[Reach], locked: &Locked) -> Markup {
    let on_or_off = possible == [Reach::All];
    html! {
        fieldset.reach-picker {
            legend.sr-only { (legend) }
            @for reach in possible {
                @let shut = locked.reaches.contains(reach) && !held.contains(reach);
                label class={ "reach-" (reach.value()) } title=(if shut { locked.why } else { reach.meaning() }) {
                    input type="checkbox" name=(name) value=(reach.value()) checked[held.contains(reach)] disabled[shut]
                        aria-label=[on_or_off.then(|| t("On"))];
                    @if on_or_off { span { span.when-on { (t("On")) } span.when-off { (t("Off")) } } }
                    @else { span { (reach.label()) } }
                }
            }
        }
    }
}

/// Reaches that the reader cannot tick, and why; what is ticked already can be unticked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Locked<'a> {
    /// Which.
    pub reaches: &'a [Reach],
    /// Why, in a sentence.
    pub why: &'a str,
}
