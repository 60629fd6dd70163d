//! Departments and branches. Which of the two an act concerns is in the type of its permit.

use access::model::UnitKind;
use access::{Actor, Id, Model, Noun, Permit, Right, can, text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Author;
use store::audit::Act;

use crate::refusal::{Code, Refusal};
use crate::{Answer, App, List, Ref, check};

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
    let id = change.add_unit(R::KIND, &name).await?;
    let detail = serde_json::json!({ "after": { "name": name } });
    change.record(act(&permit, R::KIND, id, &name).with(detail));
    change.commit().await?;
    UnitView::of(app.current(permit.workspace()).await?.model(), permit.actor(), id)
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
    change.rename_unit(permit.id(), &name).await?;
    let old = before.model().label(permit.id());
    let detail = serde_json::json!({ "before": { "name": old }, "after": { "name": name } });
    change.record(act(&permit, R::KIND, permit.id(), &name).with(detail));
    change.commit().await?;
    UnitView::of(app.current(permit.workspace()).await?.model(), permit.actor(), permit.id())
}

/// Deletes a department or branch that nobody belongs to or leads.
pub async fn delete<R: DeletesUnits>(app: &App, permit: &Permit<R>, author: &Author) -> Answer<()> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let (model, id) = (before.model(), permit.id());
    let (members, leaders) = (members(model, id).count(), leaders(model, id).count());
    if members + leaders > 0 {
        let message = text!(
            "People belong to it ({members}) or lead it ({leaders}). Move them first, then delete it.",
            members,
            leaders
        );
        return Err(Refusal::because(Code::InUse, message));
    }
    change.delete_unit(id).await?;
    let detail = serde_json::json!({ "before": { "name": model.label(id) } });
    change.record(act(&permit, R::KIND, id, model.label(id)).with(detail));
    Ok(change.commit().await?)
}

fn act<R: Right>(permit: &Permit<R>, kind: UnitKind, id: Id, name: &str) -> Act {
    Act::done(permit.permission().name(), Noun::from(kind).word(), i64::from(id.0), name)
}
