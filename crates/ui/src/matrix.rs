//! The permission matrix: a row a group, columns read / write / delete, unfolding to single permissions.

use maud::{Markup, html};

use super::badge::{Tone, badge};
use super::icon::{Icon, icon};
use super::reach::{Locked, Reach, reach_chips, reach_picker};
use super::text::{fill, later, t};

/// The column that a permission counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Look.
    Read,
    /// Create and change.
    Write,
    /// Destroy.
    Delete,
}

const VERBS: [(Verb, &str, &str); 3] = [
    (Verb::Read, later("Read"), "read"),
    (Verb::Write, later("Write"), "write"),
    (Verb::Delete, later("Delete"), "delete"),
];

/// One permission as a role holds it.
#[derive(Debug, Clone, Copy)]
pub struct Permission<'a> {
    /// Its name, for example `recording:listen`.
    pub name: &'a str,
    /// What it is for, in plain words.
    pub meaning: &'a str,
    /// Its column.
    pub verb: Verb,
    /// Whether handing it out deserves a second look.
    pub danger: bool,
    /// The reaches it can have.
    pub possible: &'a [Reach],
    /// The reaches held.
    pub held: &'a [Reach],
    /// Why it does not count although held, for example that the plan lacks it.
    pub masked: Option<&'a str>,
    /// The reaches that the reader cannot give, and why.
    pub locked: Locked<'a>,
}

impl Permission<'_> {
    /// Whether it is held, or could be given by the reader.
    fn within_reach(&self) -> bool {
        !self.held.is_empty() || self.possible.iter().any(|reach| !self.locked.reaches.contains(reach))
    }
}

/// Permissions that belong together.
#[derive(Debug, Clone, Copy)]
pub struct Group<'a> {
    /// Key that an editable matrix sends, for example `reports`.
    pub key: &'a str,
    /// What the reader sees.
    pub label: &'a str,
    /// Its permissions.
    pub permissions: &'a [Permission<'a>],
}

/// The matrix. When `editable`, put it inside an autosave form: a permission sends `<name>=own|assigned|team|all`
/// once for each reach ticked, and a group's cell sends `group=<key>:<verb>:all` or `…:none`.
#[must_use]
pub fn matrix(groups: &[Group], editable: bool) -> Markup {
    explained(groups, editable, "matrix", false, &|_| html! {})
}

/// The same with something to say of each permission, such as what gives it. `id` sets apart the unfolded parts of
/// several such tables; with `open` they come unfolded.
#[must_use]
pub fn explained(
    groups: &[Group],
    editable: bool,
    id: &str,
    open: bool,
    about: &dyn Fn(&Permission) -> Markup,
) -> Markup {
    html! {
        div.matrix data-editable[editable] {
            div.matrix-head aria-hidden="true" {
                span { (t("Permission group")) }
                @for (_, label, _) in VERBS { span { (t(label)) } }
            }
            @for group in groups { (group_row(group, editable, id, open, about)) }
        }
    }
}

fn group_row(
    group: &Group,
    editable: bool,
    id: &str,
    open: bool,
    about: &dyn Fn(&Permission) -> Markup,
) -> Markup {
    html! {
        div.matrix-group {
            details id={ (id) "-" (group.key) } open[open] {
                summary { (icon(Icon::Right)) span { (group.label) } }
                ul.matrix-permissions { @for permission in group.permissions { (permission_row(permission, editable, about)) } }
            }
            div.matrix-cells {
                @for (verb, label, key) in VERBS { (cell(group, verb, t(label), key, editable)) }
            }
        }
    }
}

fn permission_row(permission: &Permission, editable: bool, about: &dyn Fn(&Permission) -> Markup) -> Markup {
    html! {
        li data-masked[permission.masked.is_some()] {
            span.matrix-meaning {
                span.capital { (permission.meaning) }
                span.matrix-name {
                    code { (permission.name) }
                    @if permission.danger { (badge(Tone::Warn, t("sensitive"))) }
                    @if let Some(reason) = permission.masked { (badge(Tone::Neutral, reason)) }
                }
                (about(permission))
            }
            @if editable {
                (reach_picker(permission.name, permission.meaning, permission.possible, permission.held, &permission.locked))
            } @else {
                (held_chips(permission))
            }
        }
    }
}

fn held_chips(permission: &Permission) -> Markup {
    let is_switch = permission.possible == [Reach::All];
    html! {
        @if is_switch && !permission.held.is_empty() { span.chips { span.chip.reach-all { (t("On")) } } }
        @else if is_switch { span.chips { span.chip.reach-none { (t("Off")) } } }
        @else { (reach_chips(permission.held)) }
    }
}

fn cell(group: &Group, verb: Verb, label: &str, key: &str, editable: bool) -> Markup {
    let of_verb = || group.permissions.iter().filter(|permission| permission.verb == verb);
    let total = of_verb().count();
    let held = of_verb().filter(|permission| !permission.held.is_empty()).count();
    let most = of_verb().filter(|permission| permission.within_reach()).count();
    let (class, pressed, picture) = match held {
        0 => ("none", "false", Icon::Minus),
        _ if held == total => ("all", "true", Icon::Check),
        _ => ("some", "mixed", Icon::Minus),
    };
    let values: [(&str, &dyn std::fmt::Display); 4] =
        [("group", &group.label), ("verb", &label), ("held", &held), ("total", &total)];
    let spoken = fill(t("{group}, {verb}: {held} of {total}"), &values);
    let (next, does) = match (held, most) {
        (_, 0) => ("", t("You hold none of these yourself, so you cannot give them.").to_owned()),
        (held, most) if held == most => ("none", fill(t("Take all {n} away"), &[("n", &held)])),
        (_, most) => ("all", fill(t("Give all {n}"), &[("n", &most)])),
    };
    html! {
        @if total == 0 {
            span.matrix-cell {}
        } @else if editable {
            button type="submit" class={ "matrix-cell " (class) } name="group" value={ (group.key) ":" (key) ":" (next) }
                aria-pressed=(pressed) title=(does) disabled[most == 0] { (cell_content(&spoken, held, total, picture)) }
        } @else {
            span class={ "matrix-cell " (class) } { (cell_content(&spoken, held, total, picture)) }
        }
    }
}

fn cell_content(spoken: &str, held: usize, total: usize, picture: Icon) -> Markup {
    html! {
        span.sr-only { (spoken) }
        span.tick { @if held > 0 { (icon(picture)) } }
        span.count aria-hidden="true" { (held) "/" (total) }
    }
}
