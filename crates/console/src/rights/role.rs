//! One role: its matrix, who holds it, and cloning, renaming and deleting it.

use access::{Actor, Cell, Id, Noun, Permission, Permit, can};
use acts::Refusal;
use acts::rights::roles::{self, DeleteRole, RoleChange, RoleView};
use axum::response::Redirect;
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use store::Page;

use crate::office::audit;
use crate::rights::{bundle_matrix, compare};
use crate::shell::frame::{Frame, csrf, done, path};
use crate::shell::paging::{Pages, address};
use crate::shell::parts::{self, Options};
use ui::avatar::avatar;
use ui::button::{self, Button, Kind};
use ui::card::card;
use ui::dialog;
use ui::form::{self, Field};
use ui::icon::Icon;
use ui::page::{Crumb, PageHead, page_head};
use ui::text::{count, fill, later, said, t};
use web::input::{Pairs, Query};
use web::request::Request;

use crate::rights::roles::{actor, badges};

/// How many holders are named at a time.
const NAMED: i64 = 30;

/// Which holders to show.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    after: String,
}

/// One role as a matrix: to edit where it is a custom one and one may.
pub async fn show(
    request: Request,
    permit: Permit<can::RoleRead>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    let role = roles::show(&request.server.app, &permit).await?;
    let actor = actor(&permit)?;
    let may = |permission| actor.may(permission, permit.thing());
    let may_edit = may(Permission::RoleWrite) && !role.built_in;
    let may_delete = may(Permission::RoleDelete) && !role.built_in;
    let here = path(&request, &format!("/roles/{}", role.id));
    let actions = html! {
        @if may_delete { (button::opens(&Button::new(Kind::Danger, t("Delete")), "delete-role")) }
        @if may(Permission::RoleWrite) && !role.is_default && may_give(actor, permit.id()) {
            (button::post(&Button::new(Kind::Plain, t("Make it the default")).confirm(t("New people get this role unless another is chosen. Make it the default?")),
                &format!("{here}/default"), &csrf(&request)))
        }
        @if may_edit { (button::opens(&Button::new(Kind::Plain, t("Rename")), "rename-role")) }
        (audit::link(&request, actor, Noun::Role, role.id).unwrap_or_default())
        (compare::link(&request, &format!("role:{}", role.id), ""))
        @if may(Permission::RoleWrite) { (button::opens(&Button::new(Kind::Plain, t("Clone")).icon(Icon::Copy), "clone-role")) }
    };
    let main = html! {
        (page_head(&PageHead {
            title: &said(&role.name), subtitle: &subtitle(&role, may_edit), badges: Some(badges(&role)), actions: Some(actions),
            crumbs: &[Crumb { href: &path(&request, "/roles"), label: t("Roles") }],
        }))
        div.stack {
            (bundle_matrix::show(&request, actor, cells(actor, permit.id()), "role", may_edit.then_some(here.as_str())))
            (holders(&request, actor, permit.id(), &asked))
        }
        @if may(Permission::RoleWrite) { (clone_dialog(&request, &role)) }
        @if may_edit { (rename_dialog(&request, &role, &here)) }
        @if may_delete { (delete_dialog(&request, &role, actor, &here)) }
    };
    Ok(Frame::new(&request, &said(&role.name)).around(main))
}

fn may_give(actor: &Actor, role: Id) -> bool {
    let role = actor.snapshot().model().roles.get(&role);
    role.is_some_and(|role| access::authority::may_give(actor, role))
}

/// Makes it the role that new people get unless another is chosen.
pub async fn set_default(
    request: Request,
    permit: Permit<can::RoleWrite>,
    _: (),
) -> Result<Redirect, Refusal> {
    roles::set_default(&request.server.app, &permit, &request.author()).await?;
    Ok(done(&request, &format!("/roles/{}", permit.id()), "saved"))
}

fn subtitle(role: &RoleView, may_edit: bool) -> String {
    let (one, many) = match (role.built_in, may_edit) {
        (true, _) => (
            later("Built-in role; {n} person has it. Clone it to change anything."),
            later("Built-in role; {n} people have it. Clone it to change anything."),
        ),
        (false, true) => (
            later("Custom role; {n} person has it. Changes save by themselves and hold at once."),
            later("Custom role; {n} people have it. Changes save by themselves and hold at once."),
        ),
        (false, false) => {
            (later("Custom role; {n} person has it."), later("Custom role; {n} people have it."))
        }
    };
    count(role.holders, one, many)
}

/// The people who have the role, as far as the viewer may see them, a page at a time.
fn holders(request: &Request, actor: &Actor, role: Id, asked: &Asked) -> Markup {
    let people = seen_holders(actor, role);
    if people.is_empty() {
        return html! {};
    }
    let pages = Pages::after(&asked.after, NAMED);
    let Page { rows, total } = pages.slice().of(people);
    let here = path(request, &format!("/roles/{role}"));
    let all = path(request, &format!("/users?role={role}"));
    card(
        t("Who has it"),
        "",
        Some(button::link(&Button::new(Kind::Plain, t("List them")), &all)),
        html! {
            ul.people-list {
                @for (name, id) in &rows {
                    li { a.person href=(path(request, &format!("/users/{id}"))) { (avatar(name)) span { (name) } } }
                }
            }
            @if total > NAMED { (pages.pager(total, &count(total, "{n} person", "{n} people"), |after| address(&here, &[("after", after)]))) }
        },
    )
}

fn seen_holders(actor: &Actor, role: Id) -> Vec<(&str, Id)> {
    let users = actor.snapshot().model().users.iter();
    let seen = users.filter(|(id, user)| user.role == role && actor.sees_user(**id));
    let mut people: Vec<(&str, Id)> = seen.map(|(id, user)| (user.name.as_str(), *id)).collect();
    people.sort_by_key(|(name, id)| (name.to_lowercase(), *id));
    people
}

fn clone_dialog(request: &Request, role: &RoleView) -> Markup {
    let name = Field::new("name", t("Name of the new role")).required().form("clone");
    dialog::asking(
        "clone-role",
        &fill(t("Clone {name}"), &[("name", &said(&role.name))]),
        &path(request, "/roles"),
        &csrf(request),
        &Button::new(Kind::Primary, t("Clone")),
        html! {
            input type="hidden" name="from" value=(role.id);
            (form::input(&name, form::Kind::Text, &fill(t("{name} (copy)"), &[("name", &said(&role.name))])))
        },
    )
}

fn rename_dialog(request: &Request, role: &RoleView, here: &str) -> Markup {
    let name = Field::new("name", t("Name")).required().form("rename");
    dialog::asking(
        "rename-role",
        t("Rename the role"),
        &format!("{here}/name"),
        &csrf(request),
        &Button::new(Kind::Primary, t("Rename")),
        html! {
            input type="hidden" name="revision" value=(role.revision);
            (form::input(&name, form::Kind::Text, &role.name))
        },
    )
}

/// Deleting asks where the holders go, and preselects nothing.
fn delete_dialog(request: &Request, role: &RoleView, actor: &Actor, here: &str) -> Markup {
    let held = actor.snapshot().model().users.values().any(|user| user.role.0 == role.id);
    let others = heirs(actor, role.id);
    let move_to = Field::new("move_to", t("Role that they get instead"))
        .hint(t("The roles that you can give. It holds at once; nobody is signed out."))
        .required()
        .form("delete");
    dialog::asking(
        "delete-role",
        &fill(t("Delete {name}?"), &[("name", &role.name)]),
        &format!("{here}/delete"),
        &csrf(request),
        &Button::new(Kind::Danger, t("Delete")),
        html! {
            @if held {
                p { (count(role.holders, "{n} person has this role.", "{n} people have this role.")) }
                (form::select(&move_to, &others.or_none(t("Choose a role")).choices(), ""))
                p { a href=(path(request, &format!("/users?role={}", role.id))) { (t("Or give each of them a role first.")) } }
            } @else { p { (t("Nobody has this role. It cannot be brought back.")) } }
        },
    )
}

/// The roles that holders of a deleted one can get from somebody.
fn heirs(actor: &Actor, role: u32) -> Options {
    parts::givable_roles(actor).without(&role.to_string())
}

/// What a role holds, as it is written down.
fn cells(actor: &Actor, role: Id) -> &[Cell] {
    actor.snapshot().model().roles.get(&role).map_or(&[][..], |role| &role.holds)
}

/// Saves what was changed in the matrix.
pub async fn save(
    request: Request,
    permit: Permit<can::RoleWrite>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let actor = actor(&permit)?;
    let edit = bundle_matrix::edited(cells(actor, permit.id()), &typed, actor)?;
    let change = RoleChange { holds: Some(edit.holds()), ..RoleChange::default() };
    roles::update(&request.server.app, &permit, &request.author(), change).await?;
    Ok(edit.told(&request, &format!("/roles/{}", permit.id())))
}

/// Renames a role.
pub async fn rename(
    request: Request,
    permit: Permit<can::RoleWrite>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let (name, revision) = (Some(typed.get("name").to_owned()), typed.get("revision").parse().ok());
    let edit = RoleChange { name, revision, holds: None };
    roles::update(&request.server.app, &permit, &request.author(), edit).await?;
    Ok(done(&request, &format!("/roles/{}", permit.id()), "renamed"))
}

/// Deletes a role; whoever has it gets the chosen one.
pub async fn delete(
    request: Request,
    permit: Permit<can::RoleDelete>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let how = DeleteRole { move_to: typed.id("move_to")? };
    roles::delete(&request.server.app, &permit, &request.author(), how).await?;
    Ok(done(&request, "/roles", "deleted"))
}
