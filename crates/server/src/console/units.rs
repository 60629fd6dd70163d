//! Departments and branches: the list with members and leaders, and one with its people.

use access::{Noun, Permission, Permit, Right, Thing, can};
use axum::response::Redirect;
use maud::{Markup, html};
use store::Slice;
use store::user::UserFilter;
use workspace::units::{self, DeletesUnits, ReadsUnits, UnitName, UnitView, WritesUnits};
use workspace::{Code, Refusal, users};

use super::frame::{Frame, csrf, done, path};
use super::parts;
use crate::input::Pairs;
use crate::request::Request;
use crate::ui::avatar::{avatar, person};
use crate::ui::button::{self, Button, Kind};
use crate::ui::card::card;
use crate::ui::dialog;
use crate::ui::empty::empty;
use crate::ui::form::{self, Field};
use crate::ui::icon::Icon;
use crate::ui::page::{Crumb, PageHead, page_head, section};
use crate::ui::table::{Column, Row, table};
use crate::ui::text::{count, fill, said, t};

/// How many members are listed on a unit's page.
const LISTED: i64 = 100;

/// What pages call a kind of unit, and which permissions concern it.
struct Words {
    title: &'static str,
    add: &'static str,
    rename: &'static str,
    none: &'static str,
    about: &'static str,
    below: &'static str,
    filter: &'static str,
    write: Permission,
    delete: Permission,
}

fn words(noun: Noun) -> Words {
    match noun {
        Noun::Branch => Words {
            title: t("Branches"),
            add: t("Add branch"),
            rename: t("Rename branch"),
            none: t("No branches yet"),
            about: t(
                "Put people into a branch, and let somebody lead it: what reaches the team then reaches its people.",
            ),
            below: "/branches",
            filter: "branch",
            write: Permission::BranchWrite,
            delete: Permission::BranchDelete,
        },
        _ => Words {
            title: t("Departments"),
            add: t("Add department"),
            rename: t("Rename department"),
            none: t("No departments yet"),
            about: t(
                "Put people into a department, and let somebody lead it: what reaches the team then reaches its people.",
            ),
            below: "/departments",
            filter: "department",
            write: Permission::DepartmentWrite,
            delete: Permission::DepartmentDelete,
        },
    }
}

fn actor<R: Right>(permit: &Permit<R>) -> Result<&access::Actor, Refusal> {
    permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))
}

/// Every department, or every branch.
pub async fn list<R: ReadsUnits>(request: Request, permit: Permit<R>, _: ()) -> Result<Markup, Refusal> {
    let words = words(Noun::from(R::KIND));
    let found = units::list(&request.server.app, &permit).await?.items;
    let here = path(&request, words.below);
    let may = actor(&permit)?.may(words.write, &Thing::WORKSPACE);
    let add = || button::opens(&Button::new(Kind::Primary, words.add).icon(Icon::Plus), "add-unit");
    let columns = [Column::new(t("Name")), Column::new(t("Leaders")), Column::number(t("Members"))];
    let rows: Vec<Row> = found.iter().map(|unit| row(unit, &here)).collect();
    let what = t("A person belongs to at most one, and may lead any number of them.");
    let main = html! {
        (page_head(&PageHead { title: words.title, subtitle: what, actions: may.then(add), ..PageHead::default() }))
        @if found.is_empty() { (empty(Icon::Unit, words.none, words.about, None)) }
        @else { (table(words.title, &columns, &rows)) }
        @if may { (name_dialog(&request, "add-unit", (words.add, t("Add")), &here, "")) }
    };
    Ok(Frame::new(&request, words.title).around(main))
}

fn row(unit: &UnitView, here: &str) -> Row {
    Row {
        id: format!("unit-{}", unit.id),
        href: Some(format!("{here}/{}", unit.id)),
        cells: vec![html! { (unit.name) }, leaders(unit), html! { (unit.members) }],
    }
}

fn leaders(unit: &UnitView) -> Markup {
    let names: Vec<&str> = unit.leaders.iter().map(|leader| leader.name.as_str()).collect();
    html! { @if names.is_empty() { span.quiet-text { (t("nobody")) } } @else { (names.join(", ")) } }
}

/// A dialog with nothing but a name.
fn name_dialog(request: &Request, id: &str, (label, verb): (&str, &str), action: &str, name: &str) -> Markup {
    let form_id = format!("{id}-form");
    let field = Field::new("name", t("Name")).required().form(&form_id);
    let body = form::form(
        &form_id,
        action,
        &csrf(request),
        html! {
            (form::input(&field, form::Kind::Text, name))
            (form::form_actions(html! { (dialog::cancel(id)) (button::submit(&Button::new(Kind::Primary, verb))) }))
        },
    );
    dialog::dialog(id, label, false, body)
}

/// Adds one.
pub async fn create<R: WritesUnits>(
    request: Request,
    permit: Permit<R>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let name = UnitName { name: typed.get("name").to_owned() };
    units::create(&request.server.app, &permit, &request.author(), name).await?;
    Ok(done(&request, words(Noun::from(R::KIND)).below, "added"))
}

/// One with its people.
pub async fn show<R: ReadsUnits>(request: Request, permit: Permit<R>, _: ()) -> Result<Markup, Refusal> {
    let words = words(Noun::from(R::KIND));
    let unit = units::show(&request.server.app, &permit).await?;
    let actor = actor(&permit)?;
    let may = |permission| actor.may(permission, permit.thing());
    let here = path(&request, &format!("{}/{}", words.below, unit.id));
    let list = path(&request, words.below);
    let delete = Button::new(Kind::Danger, t("Delete"));
    let question = fill(t("Delete {name}? It cannot be brought back."), &[("name", &unit.name)]);
    let is_empty = unit.members == 0 && unit.leaders.is_empty();
    let delete = if is_empty {
        delete.confirm(&question)
    } else {
        delete.disabled(t("It still has members or leaders: move them first"))
    };
    let actions = html! {
        @if may(words.delete) { (button::post(&delete, &format!("{here}/delete"), &csrf(&request))) }
        @if may(words.write) { (button::opens(&Button::new(Kind::Plain, t("Rename")), "rename-unit")) }
    };
    let subtitle = count(unit.members, "{n} member", "{n} members");
    let main = html! {
        (page_head(&PageHead {
            title: &unit.name, subtitle: &subtitle, crumbs: &[Crumb { href: &list, label: words.title }],
            actions: Some(actions), ..PageHead::default()
        }))
        (people(&request, actor, &unit, &words).await?)
        @if may(words.write) { (name_dialog(&request, "rename-unit", (words.rename, t("Rename")), &here, &unit.name)) }
    };
    Ok(Frame::new(&request, &unit.name).around(main))
}

/// Leaders and members, as far as the viewer may see them.
async fn people(
    request: &Request,
    actor: &access::Actor,
    unit: &UnitView,
    words: &Words,
) -> Result<Markup, Refusal> {
    let user = |id: u32| path(request, &format!("/users/{id}"));
    let sees = |id: u32| {
        let thing = parts::user_thing(actor, access::Id(id));
        thing.is_some_and(|thing| actor.may(Permission::UserRead, &thing))
    };
    let led_by = html! {
        @if unit.leaders.is_empty() {
            p.hint { (t("Nobody leads it. Whom to let lead it is set on that person's page, under Leads.")) }
        } @else {
            ul.people-list { @for leader in &unit.leaders { li {
                @if sees(leader.id) { a.person href=(user(leader.id)) { (avatar(&leader.name)) span { (leader.name) } } }
                @else { span.person { (avatar(&leader.name)) span { (leader.name) } } }
            } } }
        }
    };
    let members = match actor.visible::<can::UserRead>() {
        Ok(visible) => {
            let filter = UserFilter { unit: Some(access::Id(unit.id)), ..UserFilter::default() };
            Some(users::list(&request.server.app, &visible, &filter, Slice::first(LISTED)).await?)
        }
        Err(_) => None,
    };
    let columns = [
        Column::new(t("Name")),
        Column::new(t("Role")),
        Column::new(t("State")),
        Column::new(t("Last seen")),
    ];
    Ok(html! {
        div.stack {
            (card(t("Led by"), "", None, led_by))
            @if let Some(members) = members {
                (section(t("Members"), html! {
                    @if members.items.is_empty() { (empty(Icon::Users, t("No members"), t("Who belongs here is set in each person's record."), None)) }
                    @else {
                        (table(t("Members"), &columns, &members.items.iter().map(|member| Row {
                            id: format!("user-{}", member.id), href: Some(user(member.id)),
                            cells: vec![person(&member.name, &member.email), html! { (said(&member.role.name)) }, parts::standing(&member.standing), parts::when_or(member.last_seen_at, t("never"))],
                        }).collect::<Vec<_>>()))
                    }
                    @if members.total > LISTED {
                        p { a href=(path(request, &format!("/users?{}={}", words.filter, unit.id))) { (count(members.total, "All {n} members", "All {n} members")) } }
                    }
                }))
            }
        }
    })
}

/// Renames one.
pub async fn rename<R: WritesUnits>(
    request: Request,
    permit: Permit<R>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let name = UnitName { name: typed.get("name").to_owned() };
    units::rename(&request.server.app, &permit, &request.author(), name).await?;
    let below = words(Noun::from(R::KIND)).below;
    Ok(done(&request, &format!("{below}/{}", permit.id()), "renamed"))
}

/// Deletes one that nobody belongs to or leads.
pub async fn delete<R: DeletesUnits>(
    request: Request,
    permit: Permit<R>,
    _: (),
) -> Result<Redirect, Refusal> {
    units::delete(&request.server.app, &permit, &request.author()).await?;
    Ok(done(&request, words(Noun::from(R::KIND)).below, "deleted"))
}
