//! Segmented controls: a few choices side by side, among them inherit / allow / deny.

use maud::{Markup, html};

use super::badge::Tone;
use super::text::t;

/// One segment.
#[derive(Debug, Clone, Copy)]
pub struct Segment<'a> {
    /// What is sent.
    pub value: &'a str,
    /// What is shown.
    pub label: &'a str,
    /// Colour while chosen.
    pub tone: Tone,
}

/// A toggle's three states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ThreeState {
    /// As the role says.
    #[default]
    Inherit,
    /// Switched on for this person.
    Allow,
    /// Switched off for this person; wins over everything.
    Deny,
}

impl ThreeState {
    /// The value that the control sends: `inherit`, `allow` or `deny`.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Inherit => "inherit",
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

/// Choices side by side. `legend` names the group for screen readers; write it beside the control as well.
#[must_use]
pub fn segmented(name: &str, legend: &str, segments: &[Segment], selected: &str, disabled: bool) -> Markup {
    html! {
        fieldset.segmented disabled[disabled] {
            legend.sr-only { (legend) }
            @for segment in segments {
                label class=(segment.tone.class()) {
                    input type="radio" name=(name) value=(segment.value) checked[segment.value == selected];
                    span { (segment.label) }
                }
            }
        }
    }
}

/// Inherit / allow / deny.
#[must_use]
pub fn three_state(name: &str, legend: &str, state: ThreeState, disabled: bool) -> Markup {
    let segments = [
        Segment { value: ThreeState::Inherit.value(), label: t("Inherit"), tone: Tone::Neutral },
        Segment { value: ThreeState::Allow.value(), label: t("Allow"), tone: Tone::Good },
        Segment { value: ThreeState::Deny.value(), label: t("Deny"), tone: Tone::Bad },
    ];
    segmented(name, legend, &segments, state.value(), disabled)
}

/// A line of settings: what it is at the left, its control at the right.
#[must_use]
pub fn setting(title: &str, hint: Markup, control: Markup) -> Markup {
    html! {
        div.setting {
            div.setting-text { strong { (title) } p.hint { (hint) } }
            (control)
        }
    }
}
