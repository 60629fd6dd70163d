//! Native modal dialogs. `button::opens` opens one; Escape, the close button and the cancel button close it.

use maud::{Markup, html};

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

/// Closes the dialog around it and does nothing else. Put it inside the dialog's own form.
#[must_use]
pub fn cancel(id: &str) -> Markup {
    html! { button.button.plain type="button" command="close" commandfor=(id) { (t("Cancel")) } }
}
