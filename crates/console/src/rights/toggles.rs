//! Toggles: the bundles that can be switched on or off for one person, built-in ones and the workspace's own.

use access::{Actor, Cell, Id, Noun, Permission, Permit, Thing, can};
use acts::rights::toggles::{self, NewToggle, SetFor, ToggleChange, ToggleDefinition};
use acts::{Code, Refusal};
use axum::response::Redirect;
use maud::{Markup, html};

use crate::rights::bundle_matrix;
use crate::shell::frame::{Frame, csrf, done, path};
use crate::shell::parts::linked;
use ui::avatar::person;
use ui::badge::{Tone, badge};
use ui::button::{self, Button, Kind};
use ui::card::card;
use ui::dialog;
use ui::form::{self, Field};
use ui::icon::Icon;
use ui::page::{Crumb, PageHead, page_head};
use ui::table::{Column, Row, table};
use ui::text::{capital, count, fill, number, said, t};
use web::input::Pairs;
use web::request::Request;

/// So many people for whom a toggle is set are named.
const NAMED: usize = 50;

fn actor<R: access::Right>(permit: &Permit<R>) -> Result<&Actor, Refusal> {
    permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))
}

fn may(actor: &Actor, permission: Permission) -> bool {
    actor.may(permission, &Thing::WORKSPACE)
}

/// Every toggle.
pub async fn list(request: Request, permit: Permit<can::RoleRead>, _: ()) -> Result<Markup, Refusal> {
    let toggles = toggles::list(&request.server.app, &permit).await?.items;
    let here = path(&request, "/toggles");
    let may_write = may(actor(&permit)?, Permission::RoleWrite);
    let new = may_write
        .then(|| button::opens(&Button::new(Kind::Primary, t("New toggle")).icon(Icon::Plus), "new-toggle"));
    let columns = [
        Column::new(t("Toggle")),
        Column::new(t("Kind")),
        Column::number(t("Permissions")),
        Column::number(t("Allowed for")),
        Column::number(t("Denied for")),
    ];
    let rows: Vec<Row> = toggles.iter().map(|toggle| row(toggle, &here)).collect();
    let main = html! {
        (page_head(&PageHead {
            title: t("Toggles"),
            subtitle: t("Bundles of permissions that are switched on or off for one person, on that person's page."),
            actions: new,
            ..PageHead::default()
        }))
        (table(t("Toggles"), &columns, &rows))
        @if may_write { (new_dialog(&request, &toggles, &here)) }
    };
    Ok(Frame::new(&request, t("Toggles")).around(main))
}

fn row(toggle: &ToggleDefinition, here: &str) -> Row {
    Row {
        id: format!("toggle-{}", toggle.id),
        href: Some(format!("{here}/{}", toggle.id)),
        cells: vec![
            html! { (said(&toggle.name)) },
            kind(toggle),
            html! { (toggle.holds.len()) },
            html! { (number(toggle.count("allow"))) },
            html! { (number(toggle.count("deny"))) },
        ],
    }
}

fn kind(toggle: &ToggleDefinition) -> Markup {
    if toggle.built_in { badge(Tone::Neutral, t("Built-in")) } else { badge(Tone::Accent, t("Custom")) }
}

fn new_dialog(request: &Request, toggles: &[ToggleDefinition], here: &str) -> Markup {
    let from = toggles.iter().map(|toggle| (toggle.id, said(&toggle.name))).collect();
    bundle_matrix::new_dialog(request, "new-toggle", [t("New toggle"), t("Create toggle")], here, from)
}

/// Defines a toggle, empty or as another one is.
pub async fn create(
    request: Request,
    permit: Permit<can::RoleWrite>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let (app, author, name) = (&request.server.app, request.author(), typed.get("name"));
    let toggle = match typed.id("from")? {
        Some(from) => toggles::clone_of(app, &permit, &author, Id(from), name).await?,
        None => {
            let new = NewToggle { name: name.to_owned(), ..NewToggle::default() };
            toggles::create(app, &permit, &author, new).await?
        }
    };
    Ok(done(&request, &format!("/toggles/{}", toggle.id), "added"))
}

/// One toggle as a matrix: to edit where it is the workspace's own and one may.
pub async fn show(request: Request, permit: Permit<can::RoleRead>, _: ()) -> Result<Markup, Refusal> {
    let id = request.id("toggle")?;
    let toggle = toggles::show(&request.server.app, &permit, id).await?;
    let actor = actor(&permit)?;
    let (may_write, may_delete) = (may(actor, Permission::RoleWrite), may(actor, Permission::RoleDelete));
    let (may_edit, may_delete) = (may_write && !toggle.built_in, may_delete && !toggle.built_in);
    let here = path(&request, &format!("/toggles/{}", toggle.id));
    let cells = holds(actor, id)?;
    let matrix = bundle_matrix::show(&request, actor, cells, "toggle", may_edit.then_some(here.as_str()));
    let name = said(&toggle.name);
    let main = html! {
        (page_head(&PageHead {
            title: &name,
            subtitle: &capital(&said(&toggle.summary)),
            badges: Some(kind(&toggle)),
            actions: Some(html! {
                @if may_delete { (button::opens(&Button::new(Kind::Danger, t("Delete")), "delete-toggle")) }
                @if may_edit { (button::opens(&Button::new(Kind::Plain, t("Rename")), "rename-toggle")) }
                @if may_write { (button::opens(&Button::new(Kind::Plain, t("Clone")).icon(Icon::Copy), "clone-toggle")) }
            }),
            crumbs: &[Crumb { href: &path(&request, "/toggles"), label: t("Toggles") }],
        }))
        div.stack {
            (matrix)
            (beside(&toggle))
            (set_for(&request, actor, &toggle))
        }
        @if may_write { (clone_dialog(&request, &toggle)) }
        @if may_edit { (rename_dialog(&request, &toggle, &here)) }
        @if may_delete { (delete_dialog(&request, &toggle, &here)) }
    };
    Ok(Frame::new(&request, &name).around(main))
}

fn holds(actor: &Actor, toggle: Id) -> Result<&[Cell], Refusal> {
    let toggle = actor.snapshot().model().toggles.get(&toggle);
    toggle.map(|toggle| toggle.holds.as_slice()).ok_or_else(|| Refusal::new(Code::NotFound))
}

/// What it holds besides while another toggle is allowed too.
fn beside(toggle: &ToggleDefinition) -> Markup {
    let Some(beside) = &toggle.with else { return html! {} };
    let meaning = |name: &str| Permission::from_name(name).map_or("", |p| t(p.entry().meaning));
    let title = fill(t("Besides, while {toggle} is allowed too"), &[("toggle", &said(&beside.toggle.name))]);
    card(
        &title,
        "",
        None,
        html! {
            ul.items {
                @for (permission, reaches) in &beside.holds {
                    li { span.capital { (meaning(permission)) } @for reach in reaches { " " span.chip { (said(reach)) } } }
                }
            }
        },
    )
}

/// For whom it is set, as far as the viewer may know of them.
fn set_for(request: &Request, actor: &Actor, toggle: &ToggleDefinition) -> Markup {
    let tone = |one: &SetFor| match one.setting {
        "allow" => badge(Tone::Good, t("Allow")),
        _ => badge(Tone::Bad, t("Deny")),
    };
    let more = i64::try_from(toggle.set_for.len().saturating_sub(NAMED)).unwrap_or(i64::MAX);
    let body = html! {
        @if toggle.set_for.is_empty() { p.quiet-text { (t("It is set for nobody. Everybody has what their role gives.")) } }
        @for one in toggle.set_for.iter().take(NAMED) {
            div.setting id={ "set-for-" (one.user.id) } {
                div.setting-text { (linked(request, actor, Noun::User, &one.user, person(&one.user.name, ""))) }
                (tone(one))
            }
        }
        @if more > 0 { p.hint { (count(more, "{n} more", "{n} more")) } }
    };
    card(t("Set for"), t("Set it for a person on their page, under Toggles."), None, body)
}

fn clone_dialog(request: &Request, toggle: &ToggleDefinition) -> Markup {
    let field = Field::new("name", t("Name of the new toggle")).required().form("clone");
    let name = said(&toggle.name);
    dialog::asking(
        "clone-toggle",
        &fill(t("Clone {name}"), &[("name", &name)]),
        &path(request, "/toggles"),
        &csrf(request),
        &Button::new(Kind::Primary, t("Clone")),
        html! {
            input type="hidden" name="from" value=(toggle.id);
            (form::input(&field, form::Kind::Text, &fill(t("{name} (copy)"), &[("name", &name)])))
        },
    )
}

fn rename_dialog(request: &Request, toggle: &ToggleDefinition, here: &str) -> Markup {
    let field = |name, label| Field::new(name, label).form("rename");
    dialog::asking(
        "rename-toggle",
        t("Rename the toggle"),
        &format!("{here}/name"),
        &csrf(request),
        &Button::new(Kind::Primary, t("Save")),
        html! {
            input type="hidden" name="revision" value=(toggle.revision);
            (form::input(&field("name", t("Name")).required(), form::Kind::Text, &toggle.name))
            (form::input(&field("summary", t("What it gives")).hint(t("A few words for whoever switches it on.")), form::Kind::Text, &toggle.summary))
        },
    )
}

fn delete_dialog(request: &Request, toggle: &ToggleDefinition, here: &str) -> Markup {
    let settings = i64::try_from(toggle.set_for.len()).unwrap_or(i64::MAX);
    let people = count(
        settings,
        "It is set for {n} person, who loses that setting at once.",
        "It is set for {n} people, who lose that setting at once.",
    );
    dialog::asking(
        "delete-toggle",
        &fill(t("Delete {name}?"), &[("name", &toggle.name)]),
        &format!("{here}/delete"),
        &csrf(request),
        &Button::new(Kind::Danger, t("Delete")),
        html! {
            p { @if settings > 0 { (people) } @else { (t("It is set for nobody.")) } }
        },
    )
}

/// Saves what was changed in the matrix.
pub async fn save(
    request: Request,
    permit: Permit<can::RoleWrite>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let id = request.id("toggle")?;
    let actor = actor(&permit)?;
    let edit = bundle_matrix::edited(holds(actor, id)?, &typed, actor)?;
    let change = ToggleChange { holds: Some(edit.holds()), ..ToggleChange::default() };
    toggles::update(&request.server.app, &permit, &request.author(), id, change).await?;
    Ok(edit.told(&request, &format!("/toggles/{id}")))
}

/// Changes the name and what it says about itself.
pub async fn rename(
    request: Request,
    permit: Permit<can::RoleWrite>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let id = request.id("toggle")?;
    let edit = ToggleChange {
        name: Some(typed.get("name").to_owned()),
        summary: Some(typed.get("summary").to_owned()),
        revision: typed.get("revision").parse().ok(),
        holds: None,
    };
    toggles::update(&request.server.app, &permit, &request.author(), id, edit).await?;
    Ok(done(&request, &format!("/toggles/{id}"), "renamed"))
}

/// Deletes a toggle.
pub async fn delete(request: Request, permit: Permit<can::RoleDelete>, _: ()) -> Result<Redirect, Refusal> {
    toggles::delete(&request.server.app, &permit, &request.author(), request.id("toggle")?).await?;
    Ok(done(&request, "/toggles", "deleted"))
}
