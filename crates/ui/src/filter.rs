//! The filter bar of a list: a plain GET form, so that the state of a list is its address.

use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::text::{fill, t};

/// One entry of a drop-down list.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    /// What is sent.
    pub value: &'a str,
    /// What is shown.
    pub label: &'a str,
}

/// The bar. Filters apply as they change; the button is for readers without scripts.
/// `clear` is the list's address without filters, given when at least one is set.
/// `extra` sits at the right: export, columns.
#[must_use]
pub fn filter_bar(action: &str, clear: Option<&str>, controls: Markup, extra: Option<Markup>) -> Markup {
    html! {
        form.filters id="filters" method="get" action=(action) role="search" data-filter
            hx-swap="outerMorph show:none" hx-replace-url="true" hx-sync="this:replace" {
            (controls)
            button.button.plain.no-script type="submit" { (t("Apply")) }
            @if let Some(clear) = clear { a.button.quiet href=(clear) { (icon(Icon::Close)) span { (t("Clear filters")) } } }
            @if let Some(extra) = extra { div.actions { (extra) } }
        }
    }
}

/// Filters that fold away on phones, where they would fill the page; `open` where one of them is set.
#[must_use]
pub fn folded(open: bool, controls: Markup) -> Markup {
    html! {
        details.more-filters id="more-filters" open[open] {
            summary { (t("Filters")) }
            div.filter-set { (controls) }
        }
    }
}

/// Free text.
#[must_use]
pub fn search(name: &str, label: &str, value: &str) -> Markup {
    html! {
        label.search {
            (icon(Icon::Search))
            span.sr-only { (label) }
            input id={ "filter-" (name) } type="search" name=(name) value=(value) placeholder=(label) autocomplete="off";
        }
    }
}

/// One of several; the empty value means no restriction and is labelled `any`.
#[must_use]
pub fn one_of(name: &str, label: &str, any: &str, choices: &[Choice], selected: &str) -> Markup {
    html! {
        label.filter data-set[!selected.is_empty()] {
            span { (label) }
            select id={ "filter-" (name) } name=(name) {
                option value="" selected[selected.is_empty()] { (any) }
                @for choice in choices {
                    option value=(choice.value) selected[choice.value == selected] { (choice.label) }
                }
            }
        }
    }
}

/// One of several under headings; the empty value means no restriction and is labelled `any`.
#[must_use]
pub fn one_of_groups(
    name: &str,
    label: &str,
    any: &str,
    groups: &[(&str, Vec<Choice>)],
    selected: &str,
) -> Markup {
    html! {
        label.filter data-set[!selected.is_empty()] {
            span { (label) }
            select id={ "filter-" (name) } name=(name) {
                @if !any.is_empty() { option value="" selected[selected.is_empty()] { (any) } }
                @for (heading, choices) in groups.iter().filter(|(_, choices)| !choices.is_empty()) {
                    optgroup label=(heading) {
                        @for choice in choices {
                            option value=(choice.value) selected[choice.value == selected] { (choice.label) }
                        }
                    }
                }
            }
        }
    }
}

/// On or off; sends `yes` when on.
#[must_use]
pub fn flag(name: &str, label: &str, on: bool) -> Markup {
    html! {
        label.filter.flag data-set[on] {
            input id={ "filter-" (name) } type="checkbox" name=(name) value="yes" checked[on];
            span { (label) }
        }
    }
}

/// Says once of which time zone the days of a filter are; moments in lists are in the reader's own.
#[must_use]
pub fn days_of(zone: &str) -> Markup {
    html! { span.filter-note { (fill(t("Days of {zone}"), &[("zone", &zone.replace('_', " "))])) } }
}

/// A day, as `YYYY-MM-DD`.
#[must_use]
pub fn day(name: &str, label: &str, value: &str) -> Markup {
    html! {
        label.filter data-set[!value.is_empty()] {
            span { (label) }
            input id={ "filter-" (name) } type="date" name=(name) value=(value);
        }
    }
}
