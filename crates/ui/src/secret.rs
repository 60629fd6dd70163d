//! A secret that is shown once: API tokens, one-time passwords.

use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::text::t;

/// The secret with a button that copies it. `note` says that it will not be shown again.
#[must_use]
pub fn secret(label: &str, value: &str, note: &str) -> Markup {
    html! {
        div.secret {
            label for="secret" { (label) }
            div.secret-line {
                input id="secret" type="text" readonly value=(value) spellcheck="false" autocomplete="off";
                button.button.plain type="button" data-copy="#secret" { (icon(Icon::Copy)) span { (t("Copy")) } }
            }
            p.hint { (note) }
        }
    }
}
