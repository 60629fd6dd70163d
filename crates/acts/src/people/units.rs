//! Departments and branches. Which of the two an act concerns is in the type of its permit.

use std::collections::BTreeSet;

use access::model::UnitKind;
use access::{Actor, Id, Model, Noun, Permission, Permit, Right, Visible, can, text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Author;
use store::change::audit::Act;

use crate::kernel::known::Known;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::{check, taken};
use crate::people::several::{self, BulkDone, Open, chosen};
use crate::people::users;
use crate::{Answer, App, List, Ref};

/// A permission that shows departments or branches.
pub trait ReadsUnits: Right {
    /// Which of the two.
    const KIND: UnitKind;
}

/// A permission to create and rename departments or branches.
pub trait WritesUnits: Right {
    /// Which of the two.
    const KIND: UnitKind;
}

/// A permission to delete departments or branches.
pub trait DeletesUnits: Right {
    /// Which of the two.
    const KIND: UnitKind;
}

impl ReadsUnits for can::DepartmentRead {
    const KIND: UnitKind = UnitKind::Department;
}
impl ReadsUnits for can::BranchRead {
    const KIND: UnitKind = UnitKind::Branch;
}
impl WritesUnits for can::DepartmentWrite {
    const KIND: UnitKind = UnitKind::Department;
}
impl WritesUnits for can::BranchWrite {
    const KIND: UnitKind = UnitKind::Branch;
}
impl DeletesUnits for can::DepartmentDelete {
    const KIND: UnitKind = UnitKind::Department;
}
impl DeletesUnits for can::BranchDelete {
    const KIND: UnitKind = UnitKind::Branch;
}

/// A department or branch.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct UnitView {
    /// Its id.
    pub id: u32,
    /// `department` or `branch`.
    pub kind: &'static str,
    /// What people call it; unique among its kind.
    pub name: String,
    /// How many people belong to it, of those whom the asker may see.
    pub members: i64,
    /// Who leads it, as far as the asker may see those people or the directory.
    pub leaders: Vec<Ref>,
}

impl UnitView {
    fn of(model: &Model, asker: Option<&Actor>, id: Id) -> Answer<UnitView> {
        let known = |user: &Id| asker.is_none_or(|asker| asker.knows_user(*user));
        let unit = model.units.get(&id).ok_or_else(|| Refusal::new(Code::NotFound))?;
        Ok(UnitView {
            id: id.0,
            kind: Noun::from(unit.kind).word(),
            name: unit.name.clone(),
            members: i64::try_from(members(model, id).filter(known).count()).unwrap_or(i64::MAX),
            leaders: leaders(model, id).filter(known).map(|user| Ref::to(model, user)).collect(),
        })
    }
}

fn members(model: &Model, unit: Id) -> impl Iterator<Item = Id> {
    model.users.iter().filter(move |(_, user)| user.units().any(|u| u == unit)).map(|(id, _)| *id)
}

fn leaders(model: &Model, unit: Id) -> impl Iterator<Item = Id> {
    model.leads.iter().filter(move |(_, led)| *led == unit).map(|(user, _)| *user)
}

/// The name of a department or branch, new or changed.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitName {
    /// What people call it; unique among its kind.
    pub name: String,
}

/// Every department, or every branch, by name.
pub async fn list<R: ReadsUnits>(app: &App, permit: &Permit<R>) -> Answer<List<UnitView>> {
    let snapshot = app.snapshot(permit).await?;
    let model = snapshot.model();
    let ids = model.units.iter().filter(|(_, unit)| unit.kind == R::KIND).map(|(id, _)| *id);
    let mut views: Vec<UnitView> =
        ids.map(|id| UnitView::of(model, permit.actor(), id)).collect::<Answer<_>>()?;
    views.sort_by_key(|unit| (unit.name.to_lowercase(), unit.id));
    Ok(List::whole(views))
}

/// One department or branch.
pub async fn show<R: ReadsUnits>(app: &App, permit: &Permit<R>) -> Answer<UnitView> {
    UnitView::of(app.snapshot(permit).await?.model(), permit.actor(), permit.id())
}

/// Creates a department or branch.
pub async fn create<R: WritesUnits>(
    app: &App,
    permit: &Permit<R>,
    author: &Author,
    new: UnitName,
) -> Answer<UnitView> {
    let name = check::text("name", &new.name, 80)?;
    let (mut change, permit) = app.store.begin(permit, author).await?;
    check::unlike(&name, others(change.before().model(), R::KIND, None))?;
    let added = change.add_unit(R::KIND, &name).await;
    let id = added.map_err(|error| taken::by(error, Some(another(R::KIND))))?;
    let detail = serde_json::json!({ "after": { "name": name } });
    change.record(act(&permit, R::KIND, id, &name).with(detail));
    change.commit().await?;
    UnitView::of(app.current(permit.workspace()).await?.model(), permit.actor(), id)
}

/// The names of the other units of a kind.
fn others(model: &Model, kind: UnitKind, unit: Option<Id>) -> impl Iterator<Item = &str> + Clone {
    let others = model.units.iter().filter(move |(id, other)| other.kind == kind && Some(**id) != unit);
    others.map(|(_, other)| other.name.as_str())
}

/// The unit that has a name already, in words.
fn another(kind: UnitKind) -> &'static str {
    match kind {
        UnitKind::Department => "another department",
        UnitKind::Branch => "another branch",
    }
}

/// Renames a department or branch.
pub async fn rename<R: WritesUnits>(
    app: &App,
    permit: &Permit<R>,
    author: &Author,
    new: UnitName,
) -> Answer<UnitView> {
    let name = check::text("name", &new.name, 80)?;
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    check::unlike(&name, others(before.model(), R::KIND, Some(permit.id())))?;
    let done = change.put_unit(permit.id(), R::KIND, &name).await;
    done.map_err(|error| taken::by(error, Some(another(R::KIND))))?;
    let old = before.model().label(permit.id());
    let detail = serde_json::json!({ "before": { "name": old }, "after": { "name": name } });
    change.record(act(&permit, R::KIND, permit.id(), &name).with(detail));
    change.commit().await?;
    UnitView::of(app.current(permit.workspace()).await?.model(), permit.actor(), permit.id())
}

/// Where the people of a deleted unit go.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DeleteUnit {
    /// The id of another unit of its kind, or `none`; needed while people belong to the unit or lead it.
    pub move_to: Option<String>,
}

/// Deletes a department or branch: one that nobody belongs to or leads, or with a place for its people. Whoever led it
/// leads it no longer.
pub async fn delete<R: DeletesUnits>(
    app: &App,
    permit: &Permit<R>,
    author: &Author,
    how: DeleteUnit,
) -> Answer<()> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let (model, unit) = (before.model(), permit.id());
    let known = Known::to(permit.actor(), model);
    let place = place(known, R::KIND, unit, how.move_to.as_deref())?;
    let members: Vec<Id> = members(model, unit).collect();
    let leaders: Vec<Id> = leaders(model, unit).collect();
    if members.len() + leaders.len() > 0 && place.is_none() {
        let seen = |user: &Id| permit.actor().is_none_or(|actor| actor.knows_user(*user));
        let all_seen = members.iter().chain(&leaders).all(seen);
        return Err(needs_place(all_seen.then_some((members.len(), leaders.len()))));
    }
    let place = place.flatten();
    if let Some(actor) = permit.actor() {
        may_empty(actor, &members, &leaders)?;
        if place.is_some_and(|place| actor.reach_over(Permission::UserUpdate, &[place]).is_none()) {
            return Err(Refusal::lacks(Permission::UserUpdate));
        }
    }
    change.move_members(R::KIND, unit, place).await?;
    change.clear_leaders(unit).await?;
    change.delete_unit(unit).await?;
    let names = |people: &[Id]| people.iter().map(|user| model.label(*user).to_owned()).collect::<Vec<_>>();
    let detail = serde_json::json!({ "before": { "name": model.label(unit), "leaders": names(&leaders) },
        "moved": names(&members), "to": place.map(|place| model.label(place)) });
    change.record(act(&permit, R::KIND, unit, model.label(unit)).with(detail));
    Ok(change.commit().await?)
}

/// The place that was named: none where none was, and inside it none for "no unit".
fn place(known: Known<'_>, kind: UnitKind, unit: Id, named: Option<&str>) -> Answer<Option<Option<Id>>> {
    match named.map(str::trim).filter(|named| !named.is_empty()) {
        None => Ok(None),
        Some("none") => Ok(Some(None)),
        Some(named) => {
            let other = named.parse().ok().and_then(|other| known.unit("move_to", kind, other).ok());
            let other = other.filter(|other| *other != unit);
            let wrong =
                || Refusal::out_of_reach("move_to", "{field} must be another unit of its kind, or none.");
            other.map(|other| Some(Some(other))).ok_or_else(wrong)
        }
    }
}

/// What is said of a unit with people: how many is for whoever may know of all of them (ALL-04).
fn needs_place(counts: Option<(usize, usize)>) -> Refusal {
    let message = match counts {
        Some((members, leaders)) => text!(
            "People belong to it ({members}) or lead it ({leaders}). Say in {field} where they go: to another unit of its kind, or none.",
            members,
            leaders
        ),
        None => text!(
            "People belong to it or lead it, and you cannot see all of them. Say in {field} where they go: to another unit of its kind, or none."
        ),
    };
    Refusal::because(Code::InUse, message).at("move_to")
}

/// Whoever empties a unit moves its people and takes it from its leaders.
fn may_empty(actor: &Actor, members: &[Id], leaders: &[Id]) -> Answer<()> {
    for (people, permission) in [(members, Permission::UserUpdate), (leaders, Permission::UserSetAccess)] {
        if !people.iter().all(|user| actor.may_to(permission, Noun::User, *user)) {
            return Err(Refusal::lacks(permission));
        }
    }
    Ok(())
}

/// Who comes to a unit and who leaves it, or who begins and who ends to lead it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UnitPeople {
    /// Users who come, or begin to lead it.
    pub add: Vec<u32>,
    /// Users who leave, or lead it no longer.
    pub remove: Vec<u32>,
}

impl UnitPeople {
    /// Everybody named, and of them those who come.
    fn sorted(&self) -> Answer<(Vec<u32>, BTreeSet<u32>)> {
        for (field, named) in [("add", &self.add), ("remove", &self.remove)] {
            several::few(field, named)?;
        }
        let add: BTreeSet<u32> = self.add.iter().copied().collect();
        match self.remove.iter().find(|user| add.contains(user)) {
            Some(both) => {
                Err(Refusal::invalid("remove", text!("{field} has {user}, whom `add` has too.", user = both)))
            }
            None => Ok((self.add.iter().chain(&self.remove).copied().collect(), add)),
        }
    }
}

/// Opens a change of who belongs to a unit or leads it: the unit, and everybody named, each with whether they come.
pub(crate) async fn open<'a, R: Right>(
    app: &'a App,
    visible: &Visible<can::UserRead>,
    author: &Author,
    unit: (UnitKind, Id),
    edit: &UnitPeople,
) -> Answer<(Open<'a, R>, Id, Vec<(Id, bool)>)> {
    let (_, unit) = known(visible.actor(), unit)?;
    let (named, coming) = edit.sorted()?;
    let people = chosen(visible, &named)?;
    let open = Open::of(app, visible, author, &people).await?;
    Ok((open, unit, people.into_iter().map(|user| (user, coming.contains(&user.0))).collect()))
}

/// Moves people into a department or branch and out of it.
pub async fn change_members(
    app: &App,
    visible: &Visible<can::UserRead>,
    author: &Author,
    unit: (UnitKind, Id),
    edit: &UnitPeople,
) -> Answer<BulkDone> {
    let kind = unit.0;
    let (mut open, unit, people) = self::open::<can::UserUpdate>(app, visible, author, unit, edit).await?;
    for (user, comes) in people {
        let (change, actor, row) = open.one(user)?;
        let old = users::input_of(&row);
        let mut new = old.clone();
        let place = match kind {
            UnitKind::Department => &mut new.department,
            UnitKind::Branch => &mut new.branch,
        };
        if comes {
            *place = Some(unit);
        } else if *place == Some(unit) {
            *place = None;
        }
        let moves = new != old;
        let mut done = Ok(());
        if moves {
            done = users::rewrite(change, actor, &row, &new, None).await;
        }
        open.note(user, done.map(|()| moves))?;
    }
    open.commit().await
}

/// A unit that the asker may know of; any other is not there (ALL-05).
fn known(actor: &Actor, (kind, unit): (UnitKind, Id)) -> Answer<(UnitKind, Id)> {
    let known = Known::to(Some(actor), actor.snapshot().model()).unit(Noun::from(kind).word(), kind, unit.0);
    known.map(|unit| (kind, unit)).map_err(|_| Refusal::new(Code::NotFound))
}

fn act<R: Right>(permit: &Permit<R>, kind: UnitKind, id: Id, name: &str) -> Act {
    Act::done(permit.permission().name(), Noun::from(kind).word(), i64::from(id.0), name)
}
