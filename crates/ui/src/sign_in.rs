//! The sign-in page: the form, and in a demo the people to sign in as with one click.

use maud::{Markup, html};

use super::avatar::person;
use super::shell::logo;
use super::text::t;

/// Somebody to sign in as.
#[derive(Debug, Clone, Copy)]
pub struct DemoPerson<'a> {
    /// What is posted as `user`.
    pub id: &'a str,
    /// Name.
    pub name: &'a str,
    /// Role and perhaps department.
    pub detail: &'a str,
}

/// A demo company.
#[derive(Debug, Clone, Copy)]
pub struct DemoCompany<'a> {
    /// Name and preset.
    pub label: &'a str,
    /// Its people.
    pub people: &'a [DemoPerson<'a>],
}

/// The page: logo, title and form in a card; `demo` beside it.
#[must_use]
pub fn sign_in(title: &str, form: Markup, demo: Option<Markup>) -> Markup {
    html! {
        div.sign-in {
            div {
                div.sign-in-brand { (logo()) "Ringfence" }
                section.card { header.card-head { h1 { (title) } } div.card-body { (form) } }
            }
            @if let Some(demo) = demo { (demo) }
        }
    }
}

/// The people of the demo, company by company, with a sentence about them; a click posts `user=<id>` to `action`.
#[must_use]
pub fn demo_people(about: &str, companies: &[DemoCompany], action: &str, csrf: &str) -> Markup {
    html! {
        section.card {
            header.card-head {
                div { h2 { (t("Demo: sign in as")) } p.hint { (about) } }
            }
            div.card-body {
                @for company in companies {
                    div.people-group { h3 { (company.label) } div.people {
                        @for one in company.people {
                            form method="post" action=(action) {
                                input type="hidden" name="csrf" value=(csrf);
                                button type="submit" name="user" value=(one.id) { (person(one.name, one.detail)) }
                            }
                        }
                    } }
                }
            }
        }
    }
}
