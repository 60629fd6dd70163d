//! Roles: the list with who holds each, and new ones.

use std::collections::BTreeMap;

use access::{Actor, Group, Id, Permission, Permit, Thing, can};
use acts::rights::roles::{self, NewRole, RoleView};
use acts::{Code, Refusal};
use axum::response::Redirect;
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::rights::bundle_matrix;
use crate::shell::frame::{Frame, done, path};
use ui::badge::{Tone, badge};
use ui::button::{self, Button, Kind};
use ui::empty::empty;
use ui::filter::{self, Choice, filter_bar};
use ui::icon::Icon;
use ui::page::{PageHead, page_head};
use ui::table::{Column, Row, table};
use ui::text::{capital, said, t};
use web::input::{Pairs, Query};
use web::request::Request;

/// Which roles to list; all of it is in the address.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    q: String,
    kind: String,
    holds: String,
}

impl Asked {
    fn is_narrowed(&self) -> bool {
        [&self.q, &self.kind, &self.holds].iter().any(|field| !field.is_empty())
    }

    fn fits(&self, role: &RoleView) -> bool {
        let name = said(&role.name).to_lowercase();
        let kind = match self.kind.as_str() {
            "built-in" => role.built_in,
            "custom" => !role.built_in,
            _ => true,
        };
        let words = self.q.to_lowercase();
        let holds = self.holds.is_empty() || role.holds.contains_key(&self.holds);
        kind && holds && words.split_whitespace().all(|word| name.contains(word))
    }
}

/// Every role.
pub async fn list(
    request: Request,
    permit: Permit<can::RoleRead>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    let roles = roles::list(&request.server.app, &permit).await?.items;
    let here = path(&request, "/roles");
    let may = actor(&permit)?.may(Permission::RoleWrite, &Thing::WORKSPACE);
    let new =
        may.then(|| button::opens(&Button::new(Kind::Primary, t("New role")).icon(Icon::Plus), "new-role"));
    let found: Vec<&RoleView> = roles.iter().filter(|role| asked.fits(role)).collect();
    let main = html! {
        (page_head(&PageHead {
            title: t("Roles"),
            subtitle: t("Everybody has exactly one. Built-in roles stay as they are; clone one to change it."),
            actions: Some(html! { (crate::rights::compare::link(&request, "", "")) (new.unwrap_or_default()) }),
            ..PageHead::default()
        }))
        (filters(&asked, &here))
        @if found.is_empty() {
            (empty(Icon::Role, t("No such role"), t("No role fits these filters."), None))
        } @else { (rows(&found, &here)) }
        @if may { (new_dialog(&request, &roles, &here)) }
    };
    Ok(Frame::new(&request, t("Roles")).around(main))
}

/// Who asks.
pub fn actor<R: access::Right>(permit: &Permit<R>) -> Result<&Actor, Refusal> {
    permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))
}

fn filters(asked: &Asked, here: &str) -> Markup {
    let kinds =
        [("built-in", t("Built-in")), ("custom", t("Custom"))].map(|(value, label)| Choice { value, label });
    let meanings: Vec<(Group, &'static str, String)> =
        Permission::ALL.iter().map(|p| (p.entry().group, p.name(), capital(t(p.entry().meaning)))).collect();
    let of = |group| meanings.iter().filter(move |(of, ..)| *of == group);
    let choices = |group| of(group).map(|(_, value, label)| Choice { value, label }).collect();
    let permissions: Vec<(&str, Vec<Choice<'_>>)> =
        Group::ALL.into_iter().map(|group| (t(group.label()), choices(group))).collect();
    let controls = html! {
        (filter::search("q", t("Name"), &asked.q))
        (filter::one_of("kind", t("Kind"), t("All"), &kinds, &asked.kind))
        (filter::one_of_groups("holds", t("May"), t("Anything"), &permissions, &asked.holds))
    };
    filter_bar(here, asked.is_narrowed().then_some(here), controls, None)
}

fn rows(roles: &[&RoleView], here: &str) -> Markup {
    let columns = [
        Column::new(t("Role")),
        Column::new(t("Kind")),
        Column::number(t("Permissions")),
        Column::number(t("Sensitive")),
        Column::number(t("Holders")),
    ];
    let rows: Vec<Row> = roles.iter().map(|role| row(role, here)).collect();
    table(t("Roles"), &columns, &rows)
}

fn row(role: &RoleView, here: &str) -> Row {
    let held = || role.holds.keys().filter_map(|name| Permission::from_name(name));
    let sensitive = held().filter(|p| p.entry().risky).count();
    Row {
        id: format!("role-{}", role.id),
        href: Some(format!("{here}/{}", role.id)),
        cells: vec![
            html! { (said(&role.name)) },
            badges(role),
            html! { (held().count()) },
            html! { (sensitive) },
            html! { (role.holders) },
        ],
    }
}

/// Whether a role is the preset's or the workspace's own, and whether new people get it.
pub fn badges(role: &RoleView) -> Markup {
    html! {
        span.chips {
            @if role.built_in { (badge(Tone::Neutral, t("Built-in"))) } @else { (badge(Tone::Accent, t("Custom"))) }
            @if role.is_default { (badge(Tone::Good, t("Default"))) }
        }
    }
}

fn new_dialog(request: &Request, roles: &[RoleView], here: &str) -> Markup {
    let from = roles.iter().map(|role| (role.id, said(&role.name))).collect();
    bundle_matrix::new_dialog(request, "new-role", [t("New role"), t("Create role")], here, from)
}

/// Creates a role, empty or as another one is.
pub async fn create(
    request: Request,
    permit: Permit<can::RoleWrite>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let (app, author, name) = (&request.server.app, request.author(), typed.get("name").to_owned());
    let (role, word) = match typed.id("from")? {
        Some(from) => (roles::clone_of(app, &permit, &author, Id(from), &name).await?, "cloned"),
        None => {
            let holds = BTreeMap::new();
            (roles::create(app, &permit, &author, NewRole { name, holds }).await?, "added")
        }
    };
    Ok(done(&request, &format!("/roles/{}", role.id), word))
}
