//! Forms and fields: label, control, hint, and an error that stands beside the field it names.

use maud::{Markup, html};

use super::filter::Choice;
use super::icon::{Icon, icon};
use super::text::t;

/// What a one-line field holds; decides keyboard, check and masking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// An email address.
    Email,
    /// A secret; never filled in by the server.
    Password,
    /// A phone number.
    Phone,
    /// A whole number.
    Number,
    /// A day.
    Date,
    /// A day and a time of day.
    DateTime,
}

impl Kind {
    const fn html(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Email => "email",
            Self::Password => "password",
            Self::Phone => "tel",
            Self::Number => "number",
            Self::Date => "date",
            Self::DateTime => "datetime-local",
        }
    }
}

/// What all fields have in common.
#[derive(Debug, Clone, Copy, Default)]
pub struct Field<'a> {
    /// Name under which the value is sent.
    pub name: &'a str,
    /// What the reader sees.
    pub label: &'a str,
    /// Help below the control.
    pub hint: Option<&'a str>,
    /// What is wrong and how to mend it.
    pub error: Option<&'a str>,
    /// Must be filled in.
    pub required: bool,
    /// What the browser may fill in, for example `username` or `new-password`.
    pub autocomplete: Option<&'a str>,
    /// Sets apart fields of the same name in several forms of one page.
    pub form: &'a str,
}

impl<'a> Field<'a> {
    /// A field called `name`, shown as `label`.
    #[must_use]
    pub const fn new(name: &'a str, label: &'a str) -> Self {
        Self { name, label, hint: None, error: None, required: false, autocomplete: None, form: "field" }
    }

    /// With help below the control.
    #[must_use]
    pub const fn hint(self, hint: &'a str) -> Self {
        Self { hint: Some(hint), ..self }
    }

    /// With what is wrong, if anything is.
    #[must_use]
    pub const fn error(self, error: Option<&'a str>) -> Self {
        Self { error, ..self }
    }

    /// Must be filled in.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// With a hint for the browser's password manager.
    #[must_use]
    pub const fn autocomplete(self, token: &'a str) -> Self {
        Self { autocomplete: Some(token), ..self }
    }

    /// In the form named `form`, when the page has several.
    #[must_use]
    pub const fn form(self, form: &'a str) -> Self {
        Self { form, ..self }
    }

    fn id(&self) -> String {
        format!("{}-{}", self.form, self.name)
    }

    /// The ids of hint and error, for `aria-describedby`.
    fn described_by(&self) -> Option<String> {
        let id = self.id();
        match (self.hint, self.error) {
            (None, None) => None,
            (Some(_), None) => Some(format!("{id}-hint")),
            (None, Some(_)) => Some(format!("{id}-error")),
            (Some(_), Some(_)) => Some(format!("{id}-error {id}-hint")),
        }
    }

    fn invalid(&self) -> Option<&'static str> {
        self.error.map(|_| "true")
    }
}

/// A label, its control, and what there is to say about it. For controls of your own; the others below use it.
#[must_use]
pub fn field(field: &Field, control: Markup) -> Markup {
    html! {
        div.field {
            label for=(field.id()) { (field.label) @if !field.required { span.optional { (t("optional")) } } }
            (control)
            (notes(field))
        }
    }
}

fn notes(field: &Field) -> Markup {
    html! {
        @if let Some(error) = field.error {
            p.error id={ (field.id()) "-error" } { (icon(Icon::Warning)) (error) }
        }
        @if let Some(hint) = field.hint { p.hint id={ (field.id()) "-hint" } { (hint) } }
    }
}

/// One line of text. A password's `value` is ignored.
#[must_use]
pub fn input(about: &Field, kind: Kind, value: &str) -> Markup {
    let value = if kind == Kind::Password { "" } else { value };
    field(
        about,
        html! {
            input id=(about.id()) type=(kind.html()) name=(about.name) value=(value) required[about.required]
                autocomplete=[about.autocomplete] aria-invalid=[about.invalid()] aria-describedby=[about.described_by()];
        },
    )
}

/// A PIN of so many digits; masked, with the keypad on phones. Never filled in by the server.
#[must_use]
pub fn pin(about: &Field, digits: i64) -> Markup {
    field(
        about,
        html! {
            input id=(about.id()) type="password" name=(about.name) inputmode="numeric" pattern="[0-9]*"
                minlength=(digits) maxlength=(digits) required[about.required]
                autocomplete=[about.autocomplete] aria-invalid=[about.invalid()] aria-describedby=[about.described_by()];
        },
    )
}

/// Several lines of text.
#[must_use]
pub fn textarea(about: &Field, value: &str) -> Markup {
    field(
        about,
        html! {
            textarea id=(about.id()) name=(about.name) rows="3" required[about.required]
                aria-invalid=[about.invalid()] aria-describedby=[about.described_by()] { (value) }
        },
    )
}

/// A drop-down list.
#[must_use]
pub fn select(about: &Field, choices: &[Choice], selected: &str) -> Markup {
    field(
        about,
        html! {
            select id=(about.id()) name=(about.name) required[about.required]
                aria-invalid=[about.invalid()] aria-describedby=[about.described_by()] {
                @for choice in choices {
                    option value=(choice.value) selected[choice.value == selected] { (choice.label) }
                }
            }
        },
    )
}

/// A box to tick; sends `value` when ticked.
#[must_use]
pub fn checkbox(about: &Field, value: &str, checked: bool) -> Markup {
    html! {
        div.field.check {
            label {
                input id=(about.id()) type="checkbox" name=(about.name) value=(value) checked[checked]
                    aria-invalid=[about.invalid()] aria-describedby=[about.described_by()];
                span { (about.label) }
            }
            (notes(about))
        }
    }
}

/// A form that posts to `action` and has a button of its own to save.
#[must_use]
pub fn form(id: &str, action: &str, csrf: &str, body: Markup) -> Markup {
    html! {
        form.form id=(id) method="post" action=(action) hx-disable="find button[type=submit]" {
            input type="hidden" name="csrf" value=(csrf);
            (body)
        }
    }
}

/// A form that saves by itself on every change and says so. The button is for readers without scripts.
#[must_use]
pub fn autosave(id: &str, action: &str, csrf: &str, body: Markup) -> Markup {
    html! {
        form.form id=(id) method="post" action=(action) data-autosave
            hx-swap="outerMorph show:none" hx-push-url="false" hx-sync="this:queue last" {
            input type="hidden" name="csrf" value=(csrf);
            (body)
            output.save-state hx-morph-skip {}
            button.button.plain.no-script type="submit" { (t("Save")) }
        }
    }
}

/// The row of buttons at the end of a form.
#[must_use]
pub fn form_actions(buttons: Markup) -> Markup {
    html! { div.form-actions { (buttons) } }
}

/// All errors of a form on top of it, each a link to its field: `(field name, message)`.
#[must_use]
pub fn error_summary(form: &str, errors: &[(&str, &str)]) -> Markup {
    html! {
        @if !errors.is_empty() {
            div.notice.tone-bad role="alert" {
                (icon(Icon::Warning))
                div {
                    strong { (t("Nothing was saved.")) }
                    ul { @for (name, message) in errors { li { a href={ "#" (form) "-" (name) } { (message) } } } }
                }
            }
        }
    }
}
