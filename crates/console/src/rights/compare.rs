//! Two roles, two people, or a role and a person side by side. What is compared is the page's address.

use access::{Actor, Group, Noun, Permission, Reach, Reaches};
use acts::rights::compare::{self, ComparedLine, Comparison, SideView, Subject};
use acts::rights::grants::GrantView;
use acts::{Code, Refusal};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use store::Identity;

use crate::rights::access_matrix;
use crate::shell::choices::{Groups, that};
use crate::shell::frame::{Frame, page_of, path};
use crate::shell::paging::address;
use ui::badge::{Tone, badge};
use ui::button::{self, Button, Kind};
use ui::empty::empty;
use ui::filter::{self, Choice, filter_bar};
use ui::icon::Icon;
use ui::page::{PageHead, page_head, section};
use ui::reach::reach_chips;
use ui::table::{Column, Row, table};
use ui::text::{count, fill, later, listed, said, t};
use web::input::Query;
use web::request::Request;

/// What to compare.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    /// `role:3` or `user:7`.
    a: String,
    /// The same.
    b: String,
    /// `all` for what is the same, too.
    show: String,
}

/// A link to the page, with what is known already.
pub fn link(request: &Request, a: &str, b: &str) -> Markup {
    let href = address(&path(request, "/compare"), &[("a", a), ("b", b)]);
    button::link(&Button::new(Kind::Plain, t("Compare")).icon(Icon::Compare), &href)
}

/// The page.
pub async fn show(request: Request, who: Identity, Query(asked): Query<Asked>) -> Result<Markup, Refusal> {
    let actor = &who.actor;
    let subject = |text: &str| match compare::parse(text) {
        _ if text.is_empty() => Ok(None),
        Some((noun, id)) => Subject::of(actor, noun, id).map(Some),
        None => Err(Refusal::new(Code::NotFound)),
    };
    let (a, b) = (subject(&asked.a)?, subject(&asked.b)?);
    let body = match a.zip(b) {
        Some((a, b)) => sides(&request, &compare::compare(&request.server.app, actor, &a, &b), &asked),
        None => empty(
            Icon::Compare,
            t("Choose two"),
            t(
                "Two roles, two people, or a role and a person: what one may and the other may not is shown side by side.",
            ),
            None,
        ),
    };
    let subtitle = t("What each of the two may do, and how far.");
    let main = html! {
        (page_head(&PageHead { title: t("Compare"), subtitle, ..PageHead::default() }))
        (bar(&request, actor, &asked))
        (body)
    };
    Ok(Frame::new(&request, t("Compare")).around(main))
}

/// What may be compared: roles for whoever reads roles, and the people whose access one may ask about.
fn choices(actor: &Actor) -> Groups {
    let of = |noun: Noun, asks: Permission, heading| {
        let seen = that(actor, noun, |thing| actor.may(asks, thing));
        let value = |id| format!("{}:{id}", noun.word());
        let named = |name: String| if noun == Noun::Role { said(&name).into_owned() } else { name };
        (heading, seen.into_iter().map(|(id, name)| (value(id), named(name))).collect())
    };
    Groups(vec![
        of(Noun::Role, Permission::RoleRead, later("Roles")),
        of(Noun::User, Permission::AccessExplain, later("People")),
    ])
}

fn bar(request: &Request, actor: &Actor, asked: &Asked) -> Markup {
    let choices = choices(actor);
    let groups = choices.groups();
    let here = path(request, "/compare");
    let all = [Choice { value: "all", label: t("Everything") }];
    let swapped = address(&here, &[("a", &asked.b), ("b", &asked.a), ("show", &asked.show)]);
    let swap = Button::new(Kind::Quiet, t("Swap the two")).icon_only(Icon::Compare);
    let controls = html! {
        (filter::one_of_groups("a", t("Compare"), t("Choose one"), &groups, &asked.a))
        (filter::one_of_groups("b", t("With"), t("Choose one"), &groups, &asked.b))
        (filter::one_of("show", t("Show"), t("What differs"), &all, &asked.show))
    };
    filter_bar(&here, None, controls, Some(button::link(&swap, &swapped)))
}

fn sides(request: &Request, found: &Comparison, asked: &Asked) -> Markup {
    let shown: Vec<&ComparedLine> =
        found.permissions.iter().filter(|line| line.differs || asked.show == "all").collect();
    let values: [(&str, &dyn std::fmt::Display); 1] = [("total", &found.permissions.len())];
    let differing = count(
        found.differing,
        later("{n} permission of {total} differs."),
        later("{n} permissions of {total} differ."),
    );
    html! {
        p.compared-names { (name(request, &found.a)) span.quiet-text { "/" } (name(request, &found.b)) }
        div.stack {
            @if found.a.kind == Noun::User.word() || found.b.kind == Noun::User.word() {
                (section(t("Role, units and what is granted"), about(found, asked)))
            }
            (section(t("Permissions"), html! {
                p.hint { (fill(&differing, &values)) }
                @if shown.is_empty() {
                    (empty(Icon::Check, t("No difference"), t("Both hold the same permissions, equally far."), None))
                } @else { (permissions(found, &shown)) }
            }))
        }
    }
}

/// The name of one of the two, as a link to its page.
fn name(request: &Request, side: &SideView) -> Markup {
    let noun = if side.kind == Noun::Role.word() { Noun::Role } else { Noun::User };
    html! { a href=(page_of(request, noun, side.id)) { (called(side)) } }
}

fn called(side: &SideView) -> String {
    if side.kind == Noun::Role.word() { said(&side.name).into_owned() } else { side.name.clone() }
}

fn permissions(found: &Comparison, lines: &[&ComparedLine]) -> Markup {
    let (a, b) = (called(&found.a), called(&found.b));
    let columns = [Column::new(t("Permission")), Column::new(&a), Column::new(&b)];
    let groups = Group::ALL.into_iter().map(|group| {
        let of: Vec<Row> =
            lines.iter().filter(|line| line.group == group.label()).filter_map(|line| row(line)).collect();
        (group, of)
    });
    html! {
        @for (group, rows) in groups.filter(|(_, rows)| !rows.is_empty()) {
            div.compared {
                h3 { (t(group.label())) }
                (table(t(group.label()), &columns, &rows))
            }
        }
    }
}

fn row(line: &ComparedLine) -> Option<Row> {
    let permission = Permission::from_name(line.permission)?;
    let what = html! {
        span.matrix-meaning {
            span.capital { (t(line.meaning)) }
            span.matrix-name {
                code { (line.permission) }
                @if permission.entry().risky { (badge(Tone::Warn, t("sensitive"))) }
                @if !line.in_plan { (badge(Tone::Neutral, t("not in the plan"))) }
            }
        }
    };
    let cells = vec![what, reaches(permission, &line.a), reaches(permission, &line.b)];
    Some(Row { id: format!("compared-{}", line.permission.replace(':', "-")), href: None, cells })
}

fn reaches(permission: Permission, words: &[&str]) -> Markup {
    let held = words.iter().filter_map(|word| Reach::from_word(word)).fold(Reaches::NONE, Reaches::with);
    html! {
        @if permission.concerns_rows() { (reach_chips(&access_matrix::reaches(held))) }
        @else if held.is_empty() { span.chips { span.chip.reach-none { (t("Off")) } } }
        @else { span.chips { span.chip.reach-all { (t("On")) } } }
    }
}

/// Role, units led and things granted of the people in it; what both have is left out unless everything is asked for.
fn about(found: &Comparison, asked: &Asked) -> Markup {
    let (a, b) = (called(&found.a), called(&found.b));
    let columns = [Column::new(t("Of the person")), Column::new(&a), Column::new(&b)];
    let both = [&found.a, &found.b];
    let role =
        both.map(|side| side.role.iter().map(|role| said(&role.name).into_owned()).collect::<Vec<_>>());
    let leads = both.map(|side| side.leads.iter().map(|unit| unit.name.clone()).collect::<Vec<_>>());
    let given = both.map(|side| side.granted.iter().map(grant).collect::<Vec<_>>());
    let rows: Vec<Row> = [(t("Role"), role), (t("Leads"), leads), (t("Granted"), given)]
        .into_iter()
        .filter(|(_, [a, b])| asked.show == "all" || a != b)
        .map(|(label, [a, b])| {
            let cells = vec![html! { (label) }, only(&a, &b, asked), only(&b, &a, asked)];
            Row { id: format!("about-{label}"), href: None, cells }
        })
        .collect();
    html! {
        @if rows.is_empty() { p.hint { (t("The same role, units and grants.")) } }
        @else { div.compared { (table(t("Role, units and what is granted"), &columns, &rows)) } }
    }
}

/// What one has and the other has not; all that they have where everything is asked for.
fn only(these: &[String], others: &[String], asked: &Asked) -> Markup {
    let shown: Vec<&String> =
        these.iter().filter(|one| asked.show == "all" || !others.contains(one)).collect();
    html! {
        @if shown.is_empty() { span.quiet-text { "–" } }
        @else { ul.compared-list { @for one in shown { li { (one) } } } }
    }
}

fn grant(grant: &GrantView) -> String {
    let kind = match grant.kind {
        "queue" => t("Queue {name}"),
        "number" => t("Number {name}"),
        _ => t("Extension {name}"),
    };
    let uses: Vec<&str> = [(grant.may_use, t("use")), (grant.may_observe, t("observe"))]
        .into_iter()
        .filter_map(|(may, word)| may.then_some(word))
        .collect();
    let what = fill(kind, &[("name", &grant.entity.name)]);
    fill(t("{thing} ({rights})"), &[("thing", &what), ("rights", &listed(&uses))])
}
