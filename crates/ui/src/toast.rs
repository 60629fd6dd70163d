//! Short messages that go away by themselves: saved, undone.

use maud::{Markup, html};

use super::badge::Tone;
use super::button::{self, Button, Kind};

/// How to take back what the toast tells of.
#[derive(Debug, Clone, Copy)]
pub struct Undo<'a> {
    /// Address to post to.
    pub action: &'a str,
    /// What the button says.
    pub label: &'a str,
    /// The form's hidden fields, such as its CSRF token.
    pub hidden: &'a [(&'a str, &'a str)],
}

/// One message. Toasts go into `Shell::toasts`; an answer's toasts replace those before it.
#[must_use]
pub fn toast(tone: Tone, text: &str, undo: Option<&Undo>) -> Markup {
    let undo = html! {
        @if let Some(undo) = undo {
            form.inline method="post" action=(undo.action) {
                @for (name, value) in undo.hidden { input type="hidden" name=(name) value=(value); }
                (button::submit(&Button::new(Kind::Plain, undo.label)))
            }
        }
    };
    offering(tone, text, &undo)
}

/// One message with something to do about it.
#[must_use]
pub fn offering(tone: Tone, text: &str, action: &Markup) -> Markup {
    html! { div class={ "toast " (tone.class()) } data-toast { span { (text) } (action) } }
}
