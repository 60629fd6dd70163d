//! Roles: listed, created, cloned, edited and deleted. Built-in ones come from the preset and stay as they are.

use std::collections::BTreeMap;

use access::{Actor, Cell, Id, Model, Permission, Permit, Powers, authority, can, shown, text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::change::audit::Act;
use store::{Author, Change};

use crate::kernel::known::Known;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::{check, taken};
use crate::people::users;
use crate::{Answer, App, List};

/// A role with what it holds.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RoleView {
    /// Its id.
    pub id: u32,
    /// What people call it; unique in the workspace.
    pub name: String,
    /// Whether it comes from the preset: such a role cannot be changed, only cloned.
    pub built_in: bool,
    /// The preset's key of a built-in role.
    pub key: Option<String>,
    /// Whether new people get it unless another is chosen.
    pub is_default: bool,
    /// How many people have it, of those whom the asker may see.
    pub holders: i64,
    /// Each permission that it holds with the words of its reaches, `all` alone where it is held.
    pub holds: BTreeMap<String, Vec<&'static str>>,
    /// Send it back with an edit, so that the edit fails where somebody else was faster.
    pub revision: i64,
}

impl RoleView {
    fn of(model: &Model, asker: Option<&Actor>, id: Id, revision: i64) -> Answer<RoleView> {
        let known = |user: &Id| asker.is_none_or(|asker| asker.knows_user(*user));
        let role = model.roles.get(&id).ok_or_else(|| Refusal::new(Code::NotFound))?;
        Ok(RoleView {
            id: id.0,
            name: role.name.clone(),
            built_in: role.key.is_some(),
            key: role.key.clone(),
            is_default: users::default_role(model).is_ok_and(|default| default == id),
            holders: i64::try_from(holders(model, id).filter(known).count()).unwrap_or(i64::MAX),
            holds: words(&role.holds),
            revision,
        })
    }
}

/// Cells as the API has them: permission names with the words of their reaches.
pub(crate) fn words(cells: &[Cell]) -> BTreeMap<String, Vec<&'static str>> {
    cells.iter().map(|(p, reaches)| (p.name().to_owned(), shown(*p, *reaches).words())).collect()
}

fn holders(model: &Model, role: Id) -> impl Iterator<Item = Id> {
    model.users.iter().filter(move |(_, user)| user.role == role).map(|(id, _)| *id)
}

/// A new custom role.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// What people call it; unique in the workspace.
    pub name: String,
    /// Each permission with the words of its reaches.
    #[serde(default)]
    pub holds: BTreeMap<String, Vec<String>>,
}

/// An edit of a custom role: what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RoleChange {
    /// What people call it.
    pub name: Option<String>,
    /// All that it holds from now on.
    pub holds: Option<BTreeMap<String, Vec<String>>>,
    /// The revision that the edit was made on.
    pub revision: Option<i64>,
}

/// How a role is deleted.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DeleteRole {
    /// The role that its holders get; needed while there are any.
    pub move_to: Option<u32>,
}

/// Every role: built-in ones in the preset's order, then custom ones by age.
pub async fn list(app: &App, permit: &Permit<can::RoleRead>) -> Answer<List<RoleView>> {
    let snapshot = app.snapshot(permit).await?;
    let revisions = app.store.role_revisions(permit).await?;
    let revision = |id: &Id| revisions.get(id).copied().unwrap_or_default();
    let model = snapshot.model();
    let views = model.roles.keys().map(|id| RoleView::of(model, permit.actor(), *id, revision(id)));
    Ok(List::whole(views.collect::<Answer<_>>()?))
}

/// One role.
pub async fn show(app: &App, permit: &Permit<can::RoleRead>) -> Answer<RoleView> {
    let snapshot = app.snapshot(permit).await?;
    let revision = app.store.role_revision(permit.workspace(), permit.id()).await?;
    RoleView::of(snapshot.model(), permit.actor(), permit.id(), revision)
}

/// Creates a custom role.
pub async fn create(
    app: &App,
    permit: &Permit<can::RoleWrite>,
    author: &Author,
    new: NewRole,
) -> Answer<RoleView> {
    let holds = checked(&new.holds)?;
    let (change, permit) = app.store.begin(permit, author).await?;
    add(app, change, &permit, &new.name, &holds, serde_json::json!({})).await
}

/// Creates a custom role that holds what another one does, but for what cannot be given.
pub async fn clone_of(
    app: &App,
    permit: &Permit<can::RoleWrite>,
    author: &Author,
    from: Id,
    name: &str,
) -> Answer<RoleView> {
    let (change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let known = Known::to(permit.actor(), before.model()).role(from.0).ok();
    let role = known.and_then(|role| before.model().roles.get(&role));
    let role =
        role.ok_or_else(|| Refusal::out_of_reach("from", "{field} is not a role of this workspace."))?;
    let holds: Vec<Cell> = role.holds.iter().filter(|(p, _)| p.can_be_given()).copied().collect();
    let detail = serde_json::json!({ "from": role.name });
    add(app, change, &permit, name, &holds, detail).await
}

async fn add(
    app: &App,
    mut change: Change<'_>,
    permit: &Permit<can::RoleWrite>,
    name: &str,
    holds: &[Cell],
    mut detail: serde_json::Value,
) -> Answer<RoleView> {
    let name = check::text("name", name, 80)?;
    check::unlike(&name, others(change.before().model(), None))?;
    let added = change.add_role(&name, holds).await;
    let id = added.map_err(|error| taken::by(error, Some("another role")))?;
    if let Some(detail) = detail.as_object_mut() {
        detail.insert("after".into(), record(&name, holds));
    }
    change.record(Act::done("role:write", "role", i64::from(id.0), name).with(detail));
    change.commit().await?;
    view(app, permit, id).await
}

/// The names of the other roles.
fn others(model: &Model, role: Option<Id>) -> impl Iterator<Item = &str> + Clone {
    model.roles.iter().filter(move |(id, _)| Some(**id) != role).map(|(_, other)| other.name.as_str())
}

/// Edits a custom role.
pub async fn update(
    app: &App,
    permit: &Permit<can::RoleWrite>,
    author: &Author,
    edit: RoleChange,
) -> Answer<RoleView> {
    let holds = edit.holds.as_ref().map(checked).transpose()?;
    let name = edit.name.as_deref().map(|name| check::text("name", name, 80)).transpose()?;
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let old = custom(before.model(), permit.id())?;
    let (name, holds) = (name.unwrap_or(old.name.clone()), holds.unwrap_or(old.holds.clone()));
    if name != old.name {
        check::unlike(&name, others(before.model(), Some(permit.id())))?;
    }
    let done = change.update_role(permit.id(), &name, &holds, edit.revision).await;
    done.map_err(|error| taken::by(error, Some("another role")))?;
    let detail =
        serde_json::json!({ "before": record(&old.name, &old.holds), "after": record(&name, &holds) });
    change.record(Act::done("role:write", "role", permit.thing().id, name).with(detail));
    change.commit().await?;
    view(app, &permit, permit.id()).await
}

/// Deletes a custom role; whoever has it gets another one in the same change.
pub async fn delete(
    app: &App,
    permit: &Permit<can::RoleDelete>,
    author: &Author,
    how: DeleteRole,
) -> Answer<()> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let old = custom(before.model(), permit.id())?;
    let heir = heir(before.model(), &permit, how.move_to)?;
    change.move_holders(permit.id(), heir).await?;
    if before.model().default_role == Some(permit.id()) {
        let next = how.move_to.map(Id).filter(|role| may_give(before.model(), permit.actor(), *role));
        change.set_default_role(next).await?;
    }
    change.delete_role(permit.id()).await?;
    let moved: Vec<&str> =
        holders(before.model(), permit.id()).map(|user| before.model().label(user)).collect();
    let detail = serde_json::json!({ "before": record(&old.name, &old.holds), "moved": moved, "to": before.model().label(heir) });
    change.record(Act::done("role:delete", "role", permit.thing().id, old.name.as_str()).with(detail));
    Ok(change.commit().await?)
}

/// Makes a role the one that new people get unless another is chosen: one that the asker could give themself.
pub async fn set_default(app: &App, permit: &Permit<can::RoleWrite>, author: &Author) -> Answer<RoleView> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let (model, role) = (before.model(), permit.id());
    if !may_give(model, permit.actor(), role) {
        let message = "The default role must be one that you could give: not the Owner's, and none that holds \
                       more than you do.";
        return Err(Refusal::because(Code::GivesMore, message));
    }
    change.set_default_role(Some(role)).await?;
    let old = users::default_role(model).map(|old| model.label(old).to_owned()).ok();
    let detail = serde_json::json!({ "before": { "default_role": old }, "after": { "default_role": model.label(role) } });
    change.record(Act::done("role:write", "role", permit.thing().id, model.label(role)).with(detail));
    change.commit().await?;
    view(app, &permit, role).await
}

/// Whether somebody could give a role; whoever runs the machine could give all but the Owner's.
fn may_give(model: &Model, actor: Option<&Actor>, role: Id) -> bool {
    let role = model.roles.get(&role);
    role.is_some_and(|role| match actor {
        Some(actor) => authority::may_give(actor, role),
        None => !role.standing.owner,
    })
}

/// The role that the holders of a deleted one get. Giving it to them is assigning a role, so it takes that
/// permission over each of them. Without living holders any role does, for the history of those who left.
fn heir(model: &Model, permit: &Permit<can::RoleDelete>, move_to: Option<u32>) -> Answer<Id> {
    let role = permit.id();
    let count = holders(model, role).count();
    let known = |user: Id| permit.actor().is_none_or(|actor| actor.knows_user(user));
    let heir = move_to.and_then(|heir| Known::to(permit.actor(), model).role(heir).ok());
    let heir = heir.filter(|heir| *heir != role);
    if move_to.is_some() && heir.is_none() {
        return Err(Refusal::out_of_reach("move_to", "{field} must be another role of this workspace."));
    }
    if count > 0 && heir.is_none() {
        let message = match count {
            _ if !holders(model, role).all(known) => text!(
                "People have this role, and you cannot see all of them. Say in {field} which role they get instead."
            ),
            1 => text!("1 person has this role. Say in {field} which role they get instead."),
            _ => text!("{count} people have this role. Say in {field} which role they get instead.", count),
        };
        return Err(Refusal::because(Code::InUse, message).at("move_to"));
    }
    if let Some(actor) = permit.actor() {
        let assigns = |user: Id| {
            let thing = actor.snapshot().thing(access::Noun::User, user);
            thing.is_some_and(|thing| actor.may(Permission::UserAssignRole, &thing))
        };
        if !holders(model, role).all(assigns) {
            return Err(Refusal::lacks(Permission::UserAssignRole));
        }
    }
    let other = || model.roles.keys().find(|other| **other != role).copied();
    heir.or_else(other).ok_or_else(|| Refusal::new(Code::InUse))
}

fn custom(model: &Model, id: Id) -> Answer<&access::model::Role> {
    let role = model.roles.get(&id).ok_or_else(|| Refusal::new(Code::NotFound))?;
    if role.key.is_some() { Err(Refusal::new(Code::BuiltIn)) } else { Ok(role) }
}

/// The cells of a role, with everything that they depend on: one cannot change what one cannot see.
fn checked(holds: &BTreeMap<String, Vec<String>>) -> Answer<Vec<Cell>> {
    let cells = check::cells("holds", holds)?;
    let held = cells.iter().collect::<Powers>().permissions();
    for (permission, _) in &cells {
        if let Some(needed) = permission.requires().filter(|needed| !held.has(*needed)) {
            let message =
                text!("`{permission}` needs `{needed}`: add it, or leave both out.", permission, needed);
            return Err(Refusal::invalid("holds", message));
        }
    }
    Ok(cells)
}

fn record(name: &str, holds: &[Cell]) -> serde_json::Value {
    serde_json::json!({ "name": name, "holds": words(holds) })
}

async fn view(app: &App, permit: &Permit<can::RoleWrite>, id: Id) -> Answer<RoleView> {
    let snapshot = app.current(permit.workspace()).await?;
    let revision = app.store.role_revision(permit.workspace(), id).await?;
    RoleView::of(snapshot.model(), permit.actor(), id, revision)
}
