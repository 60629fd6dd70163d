//! One department or branch: who leads it, who belongs to it, who comes and who goes.

use std::collections::BTreeSet;

use access::model::UnitKind;
use access::{Actor, Id, Noun, Permission, Permit, Visible, can};
use acts::people::units::{
    self, DeleteUnit, DeletesUnits, ReadsUnits, UnitName, UnitPeople, UnitView, WritesUnits,
};
use acts::people::users;
use acts::rights::leaders;
use acts::{List, Refusal};
use axum::response::Redirect;
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use store::Slice;
use store::people::users::UserFilter;

use crate::office::audit;
use crate::people::units::{Words, actor, name_dialog, words};
use crate::shell::choices;
use crate::shell::frame::{Frame, csrf, done, list_of, page_of, path};
use crate::shell::parts::{self, Options};
use ui::avatar::{avatar, person};
use ui::button::{self, Button, Kind};
use ui::card::card;
use ui::dialog;
use ui::empty::empty;
use ui::filter::{self, filter_bar};
use ui::form::{self, Field};
use ui::icon::Icon;
use ui::page::{Crumb, PageHead, page_head, section};
use ui::table::{Column, Row, Tick, Ticks, table, ticked_table};
use ui::text::{count, fill, said, t};
use web::input::{Pairs, Query};
use web::request::Request;

/// How many people one page lists.
const LISTED: usize = 100;

/// The id of the form that sends who is ticked.
const CHOSEN: &str = "chosen";

/// A unit's page, for one viewer.
struct Page<'a> {
    request: &'a Request,
    actor: &'a Actor,
    unit: UnitView,
    words: Words,
    here: String,
}

impl<'a> Page<'a> {
    async fn of<R: ReadsUnits>(request: &'a Request, permit: &'a Permit<R>) -> Result<Page<'a>, Refusal> {
        let words = words(Noun::from(R::KIND));
        let unit = units::show(&request.server.app, permit).await?;
        let here = page_of(request, words.noun, unit.id);
        Ok(Page { request, actor: actor(permit)?, unit, words, here })
    }

    fn id(&self) -> Id {
        Id(self.unit.id)
    }

    /// Whether the viewer may do that to the unit itself.
    fn may(&self, permission: Permission) -> bool {
        self.actor.reach_over(permission, &[self.id()]).is_some()
    }

    /// Whether the viewer sees somebody's record and may do that to them.
    fn may_to(&self, permission: Permission, user: Id) -> bool {
        self.actor.sees_user(user) && self.actor.may_to(permission, Noun::User, user)
    }

    /// A form of hidden fields with one button.
    fn post(&self, button: &Button<'_>, below: &str, field: &str, user: u32) -> Markup {
        html! {
            form.inline method="post" action={ (self.here) (below) } {
                input type="hidden" name="csrf" value=(csrf(self.request));
                input type="hidden" name=(field) value=(user);
                (button::submit(button))
            }
        }
    }
}

/// One with its people.
pub async fn show<R: ReadsUnits>(request: Request, permit: Permit<R>, _: ()) -> Result<Markup, Refusal> {
    let page = Page::of(&request, &permit).await?;
    let (unit, words) = (&page.unit, &page.words);
    let list = path(&request, list_of(words.noun));
    let actions = html! {
        @if page.may(words.delete) { (button::opens(&Button::new(Kind::Danger, t("Delete")), "delete-unit")) }
        (audit::link(&request, page.actor, Noun::from(R::KIND), page.unit.id).unwrap_or_default())
        @if page.may(words.write) { (button::opens(&Button::new(Kind::Plain, t("Rename")), "rename-unit")) }
        @if page.may(Permission::UserUpdate) {
            (button::link(&Button::new(Kind::Primary, t("Add people")).icon(Icon::Plus), &format!("{}/add", page.here)))
        }
    };
    let main = html! {
        (page_head(&PageHead {
            title: &unit.name, subtitle: &count(unit.members, "{n} member", "{n} members"),
            crumbs: &[Crumb { href: &list, label: words.title }], actions: Some(actions), ..PageHead::default()
        }))
        div.stack { (leaders(&page)) (members(&page).await?) }
        @if page.may(words.write) { (name_dialog(&request, "rename-unit", (words.rename, t("Rename")), &page.here, &unit.name)) }
        @if page.may(words.delete) { (delete_dialog(&page)) }
        @if page.may(Permission::UserSetAccess) { (leader_dialog(&page)) }
    };
    Ok(Frame::new(&request, &unit.name).around(main))
}

// ── Leaders ───────────────────────────────────────────────────────────────────────────────────────────────

fn leaders(page: &Page<'_>) -> Markup {
    let user = |id: u32| path(page.request, &format!("/users/{id}"));
    let add = page
        .may(Permission::UserSetAccess)
        .then(|| button::opens(&Button::new(Kind::Plain, t("Add")).icon(Icon::Plus), "add-leader"));
    let body = html! {
        @if page.unit.leaders.is_empty() { p.hint { (t("Nobody leads it.")) } }
        @else {
            ul.people-list { @for leader in &page.unit.leaders { li id={ "leader-" (leader.id) } {
                @if page.may_to(Permission::UserRead, Id(leader.id)) { a.person href=(user(leader.id)) { (avatar(&leader.name)) span { (leader.name) } } }
                @else { span.person { (avatar(&leader.name)) span { (leader.name) } } }
                @if page.may_to(Permission::UserSetAccess, Id(leader.id)) {
                    @let label = fill(t("{name} leads it no longer"), &[("name", &leader.name)]);
                    (page.post(&Button::new(Kind::Quiet, &label).icon_only(Icon::Close), "/leaders", "remove", leader.id))
                }
            } } }
        }
    };
    card(t("Led by"), t("What reaches the team reaches its people."), add, body)
}

fn leader_dialog(page: &Page<'_>) -> Markup {
    let leads: BTreeSet<u32> = page.unit.leaders.iter().map(|leader| leader.id).collect();
    let people = choices::that(page.actor, Noun::User, |user| {
        page.actor.may(Permission::UserRead, user) && page.actor.may(Permission::UserSetAccess, user)
    });
    let people: Options = people.into_iter().filter(|(id, _)| !leads.contains(&id.0)).collect();
    let field = Field::new("add", t("Who")).form("leader").required();
    let title = t("Let somebody lead it");
    if people.is_empty() {
        let nobody = html! { p { (t("There is nobody else whose access you may set.")) } };
        return dialog::dialog("add-leader", title, false, nobody);
    }
    let lead = Button::new(Kind::Primary, t("Let them lead it"));
    let fields = form::select(&field, &people.choices(), "");
    dialog::asking("add-leader", title, &format!("{}/leaders", page.here), &csrf(page.request), &lead, fields)
}

// ── Members ───────────────────────────────────────────────────────────────────────────────────────────────

async fn members(page: &Page<'_>) -> Result<Markup, Refusal> {
    let Ok(visible) = page.actor.visible::<can::UserRead>() else { return Ok(html! {}) };
    let filter = UserFilter { units: vec![page.id()], ..UserFilter::default() };
    let most = i64::try_from(LISTED).unwrap_or_default();
    let found = users::list(&page.request.server.app, &visible, &filter, Slice::first(most)).await?;
    let all = path(page.request, &format!("/users?{}={}", page.words.noun.word(), page.unit.id));
    let body = html! {
        @if found.items.is_empty() {
            (empty(Icon::Users, t("No members"), t("Whoever leads it reaches the people that are added here."), None))
        } @else { (members_table(page, &found)) }
        @if found.total > most { p { a href=(all) { (count(found.total, "{n} member", "All {n} members")) } } }
    };
    Ok(section(t("Members"), body))
}

fn members_table(page: &Page<'_>, found: &List<users::UserView>) -> Markup {
    let columns = [
        Column::new(t("Name")),
        Column::new(t("Role")),
        Column::new(t("State")),
        Column::new(t("Last seen")),
    ];
    let row = |member: &users::UserView| Row {
        id: format!("user-{}", member.id),
        href: Some(path(page.request, &format!("/users/{}", member.id))),
        cells: vec![
            person(&member.name, &member.email),
            html! { (said(&member.role.name)) },
            parts::standing(member.standing),
            parts::when_or(member.last_seen_at, t("never")),
        ],
    };
    let rows: Vec<Row> = found.items.iter().map(row).collect();
    if !page.may(Permission::UserUpdate) {
        return table(t("Members"), &columns, &rows);
    }
    let ticks: Vec<Tick<'_>> =
        found.items.iter().map(|user| Tick { value: user.id.to_string(), label: &user.name }).collect();
    let out = Button::new(Kind::Primary, t("Take them out"));
    html! {
        (ticked_table(t("Members"), &columns, &rows, &Ticks { form: CHOSEN, name: "remove", rows: &ticks }))
        form.bulk-bar id=(CHOSEN) method="post" action={ (page.here) "/people" } {
            input type="hidden" name="csrf" value=(csrf(page.request));
            span { span data-ticked {} " " (t("chosen")) }
            (button::submit(&out))
        }
    }
}

/// Which people to offer.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    q: String,
}

/// The people who could be moved here, to tick several.
pub async fn add<R: ReadsUnits>(
    request: Request,
    permit: Permit<R>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    let page = Page::of(&request, &permit).await?;
    if !page.may(Permission::UserUpdate) {
        return Err(Refusal::lacks(Permission::UserUpdate));
    }
    let (people, total) = candidates(&page, &asked.q);
    let add = format!("{}/add", page.here);
    let title = fill(t("Add people to {unit}"), &[("unit", &page.unit.name)]);
    let main = html! {
        (page_head(&PageHead {
            title: &title,
            subtitle: t("Whoever belongs elsewhere moves: a person belongs to at most one department and one branch."),
            crumbs: &[Crumb { href: &path(&request, list_of(page.words.noun)), label: page.words.title }, Crumb { href: &page.here, label: &page.unit.name }],
            ..PageHead::default()
        }))
        (filter_bar(&add, (!asked.q.is_empty()).then_some(&add), filter::search("q", t("Name or email"), &asked.q), None))
        @if people.is_empty() { (empty(Icon::Users, t("Nobody to add"), t("Nobody that you may move fits, or all of them belong here."), None)) }
        @else {
            (candidates_table(&page, &people))
            @if total > people.len() { p.hint { (fill(t("The first {n} of {total}: search for the others."), &[("n", &people.len()), ("total", &total)])) } }
            form.bulk-bar id=(CHOSEN) method="post" action={ (page.here) "/people" } {
                input type="hidden" name="csrf" value=(csrf(&request));
                span { span data-ticked {} " " (t("chosen")) }
                (button::submit(&Button::new(Kind::Primary, t("Add them"))))
            }
        }
    };
    Ok(Frame::new(&request, &title).around(main))
}

/// Whom the viewer may move here and who are elsewhere, by name; and how many there are in all.
fn candidates(page: &Page<'_>, search: &str) -> (Vec<(Id, String)>, usize) {
    let model = page.actor.snapshot().model();
    let words = search.to_lowercase();
    let may = |user: &access::Thing| {
        page.actor.may(Permission::UserRead, user) && page.actor.may(Permission::UserUpdate, user)
    };
    let mut people = choices::that(page.actor, Noun::User, may);
    people.retain(|(id, name)| {
        let Some(user) = model.users.get(id) else { return false };
        let text = format!("{name} {}", user.email).to_lowercase();
        user.units().all(|unit| unit != page.id()) && words.split_whitespace().all(|word| text.contains(word))
    });
    let total = people.len();
    people.truncate(LISTED);
    (people, total)
}

fn candidates_table(page: &Page<'_>, people: &[(Id, String)]) -> Markup {
    let model = page.actor.snapshot().model();
    let columns = [
        Column::new(t("Name")),
        Column::new(t("Role")),
        Column::new(t("Department")),
        Column::new(t("Branch")),
    ];
    let unit = |unit: Option<Id>| {
        let known = unit.filter(|unit| page.actor.sees_unit(*unit));
        html! { (known.map_or("", |unit| model.label(unit))) }
    };
    let row = |(id, name): &(Id, String)| {
        let user = model.users.get(id);
        Row {
            id: format!("user-{id}"),
            href: None,
            cells: vec![
                person(name, user.map_or("", |u| u.email.as_str())),
                html! { (said(user.map_or("", |u| model.label(u.role)))) },
                unit(user.and_then(|u| u.department)),
                unit(user.and_then(|u| u.branch)),
            ],
        }
    };
    let rows: Vec<Row> = people.iter().map(row).collect();
    let ticks: Vec<Tick<'_>> =
        people.iter().map(|(id, name)| Tick { value: id.to_string(), label: name }).collect();
    ticked_table(t("People"), &columns, &rows, &Ticks { form: CHOSEN, name: "add", rows: &ticks })
}

fn people(typed: &Pairs) -> Result<UnitPeople, Refusal> {
    Ok(UnitPeople { add: typed.ids("add")?, remove: typed.ids("remove")? })
}

fn address((kind, unit): (UnitKind, Id)) -> String {
    format!("{}/{unit}", list_of(Noun::from(kind)))
}

/// Moves people in and out.
pub async fn change_members(
    request: Request,
    visible: Visible<can::UserRead>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let unit = request.unit()?;
    units::change_members(&request.server.app, &visible, &request.author(), unit, &people(&typed)?).await?;
    Ok(done(&request, &address(unit), "people-changed"))
}

/// Sets who leads it.
pub async fn change_leaders(
    request: Request,
    visible: Visible<can::UserRead>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let unit = request.unit()?;
    leaders::change(&request.server.app, &visible, &request.author(), unit, &people(&typed)?).await?;
    Ok(done(&request, &address(unit), "people-changed"))
}

// ── The unit itself ───────────────────────────────────────────────────────────────────────────────────────

fn delete_dialog(page: &Page<'_>) -> Markup {
    let model = page.actor.snapshot().model();
    let kind = model.units.get(&page.id()).map_or(UnitKind::Department, |unit| unit.kind);
    let own = page.id().to_string();
    let others = parts::units(model, kind).without(&own);
    let nowhere: Options = [("none", page.words.nowhere)].into_iter().collect();
    let field = Field::new("move_to", page.words.elsewhere).form("delete").required();
    let is_empty = page.unit.members == 0 && page.unit.leaders.is_empty();
    dialog::asking(
        "delete-unit",
        &fill(t("Delete {unit}?"), &[("unit", &page.unit.name)]),
        &format!("{}/delete", page.here),
        &csrf(page.request),
        &Button::new(Kind::Danger, t("Delete")),
        html! {
            @if is_empty { p { (t("Nobody belongs to it. It cannot be brought back.")) } }
            @else {
                p { (t("People belong to it or lead it. Whoever leads it leads it no longer.")) }
                (form::select(&field, &nowhere.and(others).choices(), "none"))
            }
        },
    )
}

/// Renames one.
pub async fn rename<R: WritesUnits>(
    request: Request,
    permit: Permit<R>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let name = UnitName { name: typed.get("name").to_owned() };
    units::rename(&request.server.app, &permit, &request.author(), name).await?;
    Ok(done(&request, &address((R::KIND, permit.id())), "renamed"))
}

/// Deletes one, with a place for its people.
pub async fn delete<R: DeletesUnits>(
    request: Request,
    permit: Permit<R>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let how = DeleteUnit { move_to: Some(typed.get("move_to").to_owned()) };
    units::delete(&request.server.app, &permit, &request.author(), how).await?;
    Ok(done(&request, list_of(Noun::from(R::KIND)), "deleted"))
}
