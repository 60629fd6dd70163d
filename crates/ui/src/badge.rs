//! Badges and status marks. Colour only underlines what the words say.

use maud::{Markup, html};

/// What a colour means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Plain fact.
    #[default]
    Neutral,
    /// Belongs to the current choice.
    Accent,
    /// Allowed, active, done.
    Good,
    /// Temporary, waiting, soon to end.
    Warn,
    /// Refused, banned, dangerous.
    Bad,
}

impl Tone {
    /// The class that carries the tone's colours.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Neutral => "tone-neutral",
            Self::Accent => "tone-accent",
            Self::Good => "tone-good",
            Self::Warn => "tone-warn",
            Self::Bad => "tone-bad",
        }
    }
}

/// A word or two in a tinted box.
#[must_use]
pub fn badge(tone: Tone, text: &str) -> Markup {
    html! { span class={ "badge " (tone.class()) } { (text) } }
}

/// A dot and a word, quieter than a badge; for the state of a row.
#[must_use]
pub fn status(tone: Tone, text: &str) -> Markup {
    html! { span class={ "status " (tone.class()) } { (text) } }
}
