//! Native modal dialogs. `button::opens` opens one; Escape, the close button and the cancel button close it.

use maud::{Markup, html};

use super::button::{Button, submit};
use super::form::{form, form_actions};
use super::icon::{Icon, icon};
use super::text::t;

/// A dialog with the given id and title. `body` usually holds a form with its own buttons.
/// With `open` it opens by itself: for a form inside it that came back with errors.
#[must_use]
pub fn dialog(id: &str, title: &str, open: bool, body: Markup) -> Markup {
    html! {
        dialog.dialog id=(id) data-open[open] aria-labelledby={ (id) "-title" } {
            h2.dialog-title id={ (id) "-title" } { (title) }
            div.dialog-body { (body) }
            // Last, so that a dialog that opens gives the focus to its first field and not to what closes it.
            form.dialog-close method="dialog" {
                button.button.quiet.icon-only type="submit" title=(t("Close")) {
                    (icon(Icon::Close)) span.sr-only { (t("Close")) }
                }
            }
        }
    }
}

/// A dialog that asks for something: a form of these fields, sent to `action` by `button`, with a way out beside it.
#[must_use]
pub fn asking(
    id: &str,
    title: &str,
    action: &str,
    csrf: &str,
    button: &Button<'_>,
    fields: Markup,
) -> Markup {
    let body = html! { (fields) (form_actions(html! { (cancel(id)) (submit(button)) })) };
    dialog(id, title, false, form(&format!("{id}-form"), action, csrf, body))
}

/// Closes the dialog around it and does nothing else. Put it inside the dialog's own form.
#[must_use]
pub fn cancel(id: &str) -> Markup {
    html! { button.button.plain type="button" command="close" commandfor=(id) { (t("Cancel")) } }
}
