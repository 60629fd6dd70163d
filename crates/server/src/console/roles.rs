//! Roles: the list with who holds each, one role as a readable matrix, and editing custom ones.

use std::collections::{BTreeMap, BTreeSet};

use access::{Actor, Group, Id, Model, Permission, Permit, Reach, Reaches, Thing, Verb, can, preset};
use axum::response::Redirect;
use maud::{Markup, html};
use workspace::roles::{self, CloneRole, DeleteRole, NewRole, RoleChange, RoleView};
use workspace::{Code, Refusal};

use super::access_matrix::{self, Look};
use super::frame::{Frame, back, csrf, done, path};
use super::parts::{self, Options};
use crate::input::Pairs;
use crate::request::Request;
use crate::ui::avatar::avatar;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{self, Button, Kind};
use crate::ui::card::card;
use crate::ui::dialog;
use crate::ui::form::{self, Field};
use crate::ui::icon::Icon;
use crate::ui::page::{Crumb, PageHead, page_head};
use crate::ui::table::{Column, Row, table};
use crate::ui::text::{count, fill, later, said, t};

/// How many holders are named.
const NAMED: usize = 30;

fn actor<R: access::Right>(permit: &Permit<R>) -> Result<&Actor, Refusal> {
    permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))
}

/// Every role.
pub async fn list(request: Request, permit: Permit<can::RoleRead>, _: ()) -> Result<Markup, Refusal> {
    let roles = roles::list(&request.server.app, &permit).await?.items;
    let actor = actor(&permit)?;
    let here = path(&request, "/roles");
    let may = actor.may(Permission::RoleWrite, &Thing::WORKSPACE);
    let new =
        may.then(|| button::opens(&Button::new(Kind::Primary, t("New role")).icon(Icon::Plus), "new-role"));
    let columns = [
        Column::new(t("Role")),
        Column::new(t("Kind")),
        Column::number(t("Permissions")),
        Column::number(t("Sensitive")),
        Column::number(t("Holders")),
    ];
    let rows: Vec<Row> = roles.iter().map(|role| row(role, &here)).collect();
    let main = html! {
        (page_head(&PageHead {
            title: t("Roles"),
            subtitle: t("Everybody has exactly one. Built-in roles stay as they are; clone one to change it."),
            actions: new,
            ..PageHead::default()
        }))
        (table(t("Roles"), &columns, &rows))
        @if may { (new_dialog(&request, &roles, &here)) }
    };
    Ok(Frame::new(&request, t("Roles")).around(main))
}

fn row(role: &RoleView, here: &str) -> Row {
    let held = || role.holds.keys().filter_map(|name| Permission::from_name(name));
    let sensitive = held().filter(|p| p.entry().risky).count();
    let kind =
        if role.built_in { badge(Tone::Neutral, t("Built-in")) } else { badge(Tone::Accent, t("Custom")) };
    Row {
        id: format!("role-{}", role.id),
        href: Some(format!("{here}/{}", role.id)),
        cells: vec![
            html! { (said(&role.name)) },
            kind,
            html! { (held().count()) },
            html! { (sensitive) },
            html! { (role.holders) },
        ],
    }
}

fn new_dialog(request: &Request, roles: &[RoleView], here: &str) -> Markup {
    let from: Options = roles.iter().map(|role| (role.id, said(&role.name))).collect();
    let field = |name, label| Field::new(name, label).form("new-role-form");
    let body = form::form(
        "new-role-form",
        here,
        &csrf(request),
        html! {
            (form::input(&field("name", t("Name")).required(), form::Kind::Text, ""))
            (form::select(&field("from", t("Begin as")), &from.or_none(t("Empty: holds nothing yet")).choices(), ""))
            (form::form_actions(html! { (dialog::cancel("new-role")) (button::submit(&Button::new(Kind::Primary, t("Create role")))) }))
        },
    );
    dialog::dialog("new-role", t("New role"), false, body)
}

/// Creates a role, empty or as another one is.
pub async fn create(
    request: Request,
    permit: Permit<can::RoleWrite>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let (app, author, name) = (&request.server.app, request.author(), typed.get("name").to_owned());
    let (role, word) = match typed.id("from")? {
        Some(from) => (roles::clone_of(app, &permit, &author, CloneRole { from, name }).await?, "cloned"),
        None => {
            let holds = BTreeMap::new();
            (roles::create(app, &permit, &author, NewRole { name, holds }).await?, "added")
        }
    };
    Ok(done(&request, &format!("/roles/{}", role.id), word))
}

/// One role as a matrix: to edit where it is a custom one and one may.
pub async fn show(request: Request, permit: Permit<can::RoleRead>, _: ()) -> Result<Markup, Refusal> {
    let role = roles::show(&request.server.app, &permit).await?;
    let actor = actor(&permit)?;
    let model = actor.snapshot().model();
    let may = |permission| actor.may(permission, permit.thing());
    let (may_edit, may_delete) =
        (may(Permission::RoleWrite) && !role.built_in, may(Permission::RoleDelete) && !role.built_in);
    let here = path(&request, &format!("/roles/{}", role.id));
    let lines = access_matrix::of_role(|permission| held(model, permit.id(), permission), model.allows);
    let matrix = access_matrix::show(&lines, Look { editable: may_edit, id: "role", ..Look::default() });
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
    let subtitle = count(role.holders, one, many);
    let kind =
        if role.built_in { badge(Tone::Neutral, t("Built-in")) } else { badge(Tone::Accent, t("Custom")) };
    let actions = html! {
        @if may_delete { (button::opens(&Button::new(Kind::Danger, t("Delete")), "delete-role")) }
        @if may_edit { (button::opens(&Button::new(Kind::Plain, t("Rename")), "rename-role")) }
        @if may(Permission::RoleWrite) { (button::opens(&Button::new(Kind::Plain, t("Clone")).icon(Icon::Copy), "clone-role")) }
    };
    let main = html! {
        (page_head(&PageHead {
            title: &said(&role.name), subtitle: &subtitle, badges: Some(kind), actions: Some(actions),
            crumbs: &[Crumb { href: &path(&request, "/roles"), label: t("Roles") }],
        }))
        div.stack {
            @if may_edit {
                (form::autosave("role-matrix", &here, &csrf(&request), html! {
                    input type="hidden" name="was" value=(was(model, permit.id()));
                    (matrix)
                }))
            } @else { (matrix) }
            (holders(&request, actor, permit.id()))
        }
        @if may(Permission::RoleWrite) { (clone_dialog(&request, &role)) }
        @if may_edit { (rename_dialog(&request, &role, &here)) }
        @if may_delete { (delete_dialog(&request, &role, model, &here)) }
    };
    Ok(Frame::new(&request, &said(&role.name)).around(main))
}

/// How far a role holds a permission, as people read it.
fn held(model: &Model, role: Id, permission: Permission) -> Reaches {
    let cells = model.roles.get(&role).map_or(&[][..], |role| &role.holds);
    let reaches = cells.iter().filter(|(p, _)| *p == permission).map(|(_, reaches)| *reaches);
    access::shown(permission, reaches.fold(Reaches::NONE, Reaches::union))
}

/// The people who have the role, as far as the viewer may see them.
fn holders(request: &Request, actor: &Actor, role: Id) -> Markup {
    let model = actor.snapshot().model();
    let sees = |id: &Id| parts::user_thing(actor, *id).is_some_and(|t| actor.may(Permission::UserRead, &t));
    let seen = model.users.iter().filter(|(id, user)| user.role == role && sees(id));
    let mut people: Vec<(&str, Id)> = seen.map(|(id, user)| (user.name.as_str(), *id)).collect();
    people.sort_by_key(|(name, _)| name.to_lowercase());
    if people.is_empty() {
        return html! {};
    }
    let all = (people.len() > NAMED).then(|| {
        button::link(
            &Button::new(Kind::Plain, t("All of them")),
            &path(request, &format!("/users?role={role}")),
        )
    });
    card(
        t("Who has it"),
        "",
        all,
        html! {
            ul.people-list {
                @for (name, id) in people.iter().take(NAMED) {
                    li { a.person href=(path(request, &format!("/users/{id}"))) { (avatar(name)) span { (name) } } }
                }
            }
        },
    )
}

fn clone_dialog(request: &Request, role: &RoleView) -> Markup {
    let name = Field::new("name", t("Name of the new role")).required().form("clone");
    let body = form::form(
        "clone",
        &path(request, "/roles"),
        &csrf(request),
        html! {
            input type="hidden" name="from" value=(role.id);
            (form::input(&name, form::Kind::Text, &fill(t("{name} (copy)"), &[("name", &said(&role.name))])))
            (form::form_actions(html! { (dialog::cancel("clone-role")) (button::submit(&Button::new(Kind::Primary, t("Clone")))) }))
        },
    );
    dialog::dialog("clone-role", &fill(t("Clone {name}"), &[("name", &said(&role.name))]), false, body)
}

fn rename_dialog(request: &Request, role: &RoleView, here: &str) -> Markup {
    let name = Field::new("name", t("Name")).required().form("rename");
    let body = form::form(
        "rename",
        &format!("{here}/name"),
        &csrf(request),
        html! {
            input type="hidden" name="revision" value=(role.revision);
            (form::input(&name, form::Kind::Text, &role.name))
            (form::form_actions(html! { (dialog::cancel("rename-role")) (button::submit(&Button::new(Kind::Primary, t("Rename")))) }))
        },
    );
    dialog::dialog("rename-role", t("Rename the role"), false, body)
}

fn delete_dialog(request: &Request, role: &RoleView, model: &Model, here: &str) -> Markup {
    let others = model.roles.iter().filter(|(id, r)| id.0 != role.id && !r.standing.owner);
    let others: Options = others.map(|(id, r)| (id, said(&r.name))).collect();
    let people = count(role.holders, "{n} person has this role.", "{n} people have this role.");
    let move_to = Field::new("move_to", t("Role that they get instead")).required().form("delete");
    let body = form::form(
        "delete",
        &format!("{here}/delete"),
        &csrf(request),
        html! {
            @if role.holders > 0 {
                p { (people) }
                (form::select(&move_to, &others.or_none(t("Choose a role")).choices(), ""))
            } @else { p { (t("Nobody has this role. It cannot be brought back.")) } }
            (form::form_actions(html! { (dialog::cancel("delete-role")) (button::submit(&Button::new(Kind::Danger, t("Delete")))) }))
        },
    );
    dialog::dialog("delete-role", &fill(t("Delete {name}?"), &[("name", &role.name)]), false, body)
}

/// What the matrix shows, so that a form sent from it says what was changed on it: `user:read/own user:read/team`.
fn was(model: &Model, role: Id) -> String {
    let cells = Permission::ALL.iter().flat_map(|p| {
        held(model, role, *p).words().into_iter().map(move |word| format!("{}/{word}", p.name()))
    });
    cells.collect::<Vec<_>>().join(" ")
}

type Cells = BTreeSet<(Permission, Reach)>;

/// Saves what was changed in the matrix, and nothing else: what others changed meanwhile stays.
pub async fn save(
    request: Request,
    permit: Permit<can::RoleWrite>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let actor = actor(&permit)?;
    let model = actor.snapshot().model();
    let now: Cells = Permission::ALL
        .iter()
        .flat_map(|p| held(model, permit.id(), *p).iter().map(move |reach| (*p, reach)).collect::<Vec<_>>())
        .collect();
    let new = match typed.get("group") {
        "" => changed(&now, &typed),
        cell => group_set(&now, cell, actor)?,
    };
    let mut holds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (permission, reach) in new {
        holds.entry(permission.name().to_owned()).or_default().push(reach.word().to_owned());
    }
    let edit = RoleChange { holds: Some(holds), ..RoleChange::default() };
    roles::update(&request.server.app, &permit, &request.author(), edit).await?;
    Ok(back(&request, &format!("/roles/{}", permit.id())))
}

/// The cells with what was ticked and unticked. What a newly ticked permission needs comes with it, and what needs a
/// wholly unticked one goes with it.
fn changed(now: &Cells, typed: &Pairs) -> Cells {
    let cell = |name: &str, word: &str| Some((Permission::from_name(name)?, Reach::from_word(word)?));
    let was: Cells = typed
        .get("was")
        .split_whitespace()
        .filter_map(|c| c.split_once('/'))
        .filter_map(|(p, r)| cell(p, r))
        .collect();
    let ticked: Cells = typed.0.iter().filter_map(|(name, value)| cell(name, value)).collect();
    let mut new: Cells = now.iter().filter(|c| ticked.contains(c) || !was.contains(c)).copied().collect();
    let added: Vec<_> = ticked.difference(&was).copied().collect();
    new.extend(&added);
    let before: BTreeSet<Permission> = now.iter().map(|(p, _)| *p).collect();
    consistent(new, &before, &added)
}

/// Everything of a group's column, or nothing of it: `reports:write:all`.
fn group_set(now: &Cells, cell: &str, actor: &Actor) -> Result<Cells, Refusal> {
    let wrong = || Refusal::invalid("group", "{field} must be like reports:write:all or reports:write:none.");
    let mut words = cell.split(':');
    let (group, verb, what) = (words.next(), words.next(), words.next());
    let group =
        Group::ALL.into_iter().find(|g| Some(access_matrix::key(*g).as_str()) == group).ok_or_else(wrong)?;
    let verb = Verb::ALL.into_iter().find(|v| Some(access_matrix::verb_key(*v)) == verb).ok_or_else(wrong)?;
    let column = |p: &Permission| p.entry().group == group && p.entry().verb == verb;
    let before: BTreeSet<Permission> = now.iter().map(|(p, _)| *p).collect();
    let mut new: Cells = now.iter().filter(|(p, _)| !column(p) || what == Some("all")).copied().collect();
    let mut added = vec![];
    if what == Some("all") {
        let given = Permission::ALL.iter().filter(|p| column(p) && p.can_be_given() && !before.contains(p));
        for permission in given {
            added.extend(as_far_as_held(actor, *permission).iter().map(|reach| (*permission, reach)));
        }
        new.extend(&added);
    }
    Ok(consistent(new, &before, &added))
}

/// The widest that somebody can give of a permission.
fn as_far_as_held(actor: &Actor, permission: Permission) -> Reaches {
    let own = actor.powers().reaches(permission);
    let widest = preset::widest(permission);
    if widest.iter().all(|reach| own.has(reach)) { widest } else { access::shown(permission, own) }
}

fn consistent(mut cells: Cells, before: &BTreeSet<Permission>, added: &[(Permission, Reach)]) -> Cells {
    for (permission, reach) in added {
        let Some(needed) = permission.requires() else { continue };
        let possible = needed.entry().reaches;
        let reach = if possible.has(*reach) { *reach } else { Reach::All };
        if !cells.iter().any(|(p, _)| *p == needed) || !before.contains(&needed) {
            cells.insert((needed, reach));
        }
    }
    let held: BTreeSet<Permission> = cells.iter().map(|(p, _)| *p).collect();
    cells.retain(|(p, _)| p.requires().is_none_or(|needed| held.contains(&needed)));
    cells
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

#[cfg(test)]
mod tests {
    use access::{Permission, Reach};

    use super::{Cells, changed};
    use crate::input::Pairs;

    fn pairs(pairs: &[(&str, &str)]) -> Pairs {
        Pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_stale_matrix_changes_only_what_was_changed_on_it() {
        let now: Cells =
            [(Permission::UserRead, Reach::All), (Permission::TaskRead, Reach::Team)].into_iter().collect();
        // The page still showed user:read/team and nothing of tasks; there only role:read was ticked.
        let sent = pairs(&[("was", "user:read/team"), ("user:read", "team"), ("role:read", "all")]);
        let new = changed(&now, &sent);
        assert!(new.contains(&(Permission::UserRead, Reach::All)));
        assert!(new.contains(&(Permission::TaskRead, Reach::Team)));
        assert!(new.contains(&(Permission::RoleRead, Reach::All)));
    }

    #[test]
    fn what_a_permission_needs_comes_and_goes_with_it() {
        let sent = pairs(&[("was", ""), ("recording:listen", "team")]);
        let new = changed(&Cells::new(), &sent);
        assert!(new.contains(&(Permission::CallRecordRead, Reach::Team)));
        let sent =
            pairs(&[("was", "call_record:read/team recording:listen/team"), ("recording:listen", "team")]);
        assert!(changed(&new, &sent).is_empty());
    }
}
