//! Buttons, links that look like them, and one-button forms.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// How much a button asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// The one thing to do here.
    Primary,
    /// One of several things to do.
    #[default]
    Plain,
    /// In rows and bars: no border until pointed at.
    Quiet,
    /// Destroys or takes away.
    Danger,
}

/// A button's looks: kind, label, icon. Without a visible label (`label_hidden`), the label is read out only.
#[derive(Debug, Clone, Copy, Default)]
pub struct Button<'a> {
    /// How much it asks for attention.
    pub kind: Kind,
    /// What it does, as a verb.
    pub label: &'a str,
    /// Picture before the label.
    pub icon: Option<Icon>,
    /// Show the icon only; the label is for screen readers and the tooltip.
    pub label_hidden: bool,
    /// Why it cannot be pressed; makes it disabled and says so.
    pub disabled: Option<&'a str>,
    /// Question to ask before it acts.
    pub confirm: Option<&'a str>,
}

impl<'a> Button<'a> {
    /// A button of `kind` that says `label`.
    #[must_use]
    pub const fn new(kind: Kind, label: &'a str) -> Self {
        Self { kind, label, icon: None, label_hidden: false, disabled: None, confirm: None }
    }

    /// With a picture before the label.
    #[must_use]
    pub const fn icon(self, icon: Icon) -> Self {
        Self { icon: Some(icon), ..self }
    }

    /// With the icon alone to see.
    #[must_use]
    pub const fn icon_only(self, icon: Icon) -> Self {
        Self { icon: Some(icon), label_hidden: true, ..self }
    }

    /// Cannot be pressed, because of `reason`.
    #[must_use]
    pub const fn disabled(self, reason: &'a str) -> Self {
        Self { disabled: Some(reason), ..self }
    }

    /// Asks `question` first.
    #[must_use]
    pub const fn confirm(self, question: &'a str) -> Self {
        Self { confirm: Some(question), ..self }
    }

    fn class(&self) -> String {
        let kind = match self.kind {
            Kind::Primary => "primary",
            Kind::Plain => "plain",
            Kind::Quiet => "quiet",
            Kind::Danger => "danger",
        };
        let shape = if self.label_hidden { " icon-only" } else { "" };
        format!("button {kind}{shape}")
    }

    fn title(&self) -> Option<&'a str> {
        self.disabled.or(if self.label_hidden { Some(self.label) } else { None })
    }

    fn content(&self) -> Markup {
        html! {
            @if let Some(picture) = self.icon { (icon(picture)) }
            span.sr-only[self.label_hidden] { (self.label) }
        }
    }
}

/// Submits the form around it.
#[must_use]
pub fn submit(button: &Button) -> Markup {
    html! {
        button type="submit" class=(button.class()) title=[button.title()] disabled[button.disabled.is_some()]
            data-confirm=[button.confirm] { (button.content()) }
    }
}

/// Submits the form around it as one of several choices: sends `name=value`.
#[must_use]
pub fn submit_as(button: &Button, name: &str, value: &str) -> Markup {
    html! {
        button type="submit" name=(name) value=(value) class=(button.class()) title=[button.title()]
            disabled[button.disabled.is_some()] data-confirm=[button.confirm] { (button.content()) }
    }
}

/// A link that looks like a button: goes somewhere, changes nothing. One that cannot be followed is a button that
/// cannot be pressed, since links have no such state.
#[must_use]
pub fn link(button: &Button, href: &str) -> Markup {
    if button.disabled.is_some() {
        return html! { button type="button" class=(button.class()) title=[button.title()] disabled { (button.content()) } };
    }
    html! { a class=(button.class()) href=(href) title=[button.title()] { (button.content()) } }
}

/// A link to a file; the browser saves it instead of showing it.
#[must_use]
pub fn download(button: &Button, href: &str) -> Markup {
    html! { a class=(button.class()) href=(href) title=[button.title()] download { (button.content()) } }
}

/// Opens the dialog with the id `dialog`; works without scripts.
#[must_use]
pub fn opens(button: &Button, dialog: &str) -> Markup {
    html! {
        button type="button" class=(button.class()) title=[button.title()] disabled[button.disabled.is_some()]
            command="show-modal" commandfor=(dialog) { (button.content()) }
    }
}

/// A form of one button that posts to `action`.
#[must_use]
pub fn post(button: &Button, action: &str, csrf: &str) -> Markup {
    html! {
        form.inline method="post" action=(action) {
            input type="hidden" name="csrf" value=(csrf);
            (submit(button))
        }
    }
}
