//! Grants: extensions, queues and numbers given to people, from the person's side and from the number's.

use access::model::Grant;
use access::{Actor, Id, Micros, Model, Noun, Permission, Permit, Reach, Snapshot, can, text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::change::audit::Act;
use store::rights::grants::GrantInput;
use store::{Author, Change};

use crate::kernel::check;
use crate::kernel::known::Known;
use crate::kernel::refusal::{Code, Refusal};
use crate::{Answer, App, List, Moment, Ref};

/// An extension, queue or number given to somebody.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct GrantView {
    /// What.
    pub entity: Ref,
    /// `extension`, `queue` or `number`.
    pub kind: &'static str,
    /// Place and receive calls with it, choose it as caller ID.
    pub may_use: bool,
    /// See its log and statistics.
    pub may_observe: bool,
    /// From when on it no longer counts.
    pub expires_at: Option<Moment>,
}

impl GrantView {
    pub(crate) fn of(model: &Model, grant: &GrantInput) -> Option<GrantView> {
        let kind = model.entities.get(&grant.entity)?.kind.word();
        let GrantInput { may_use, may_observe, .. } = *grant;
        let expires_at = grant.expires_at.map(Moment);
        Some(GrantView { entity: Ref::to(model, grant.entity), kind, may_use, may_observe, expires_at })
    }
}

/// What a grant lets its holder do.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantRights {
    /// Place and receive calls with it, choose it as caller ID.
    #[serde(default)]
    pub may_use: bool,
    /// See its log and statistics.
    #[serde(default)]
    pub may_observe: bool,
    /// From when on it no longer counts; for good where none is given.
    pub expires_at: Option<Moment>,
}

/// What the assignment of a number lets its holder do.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentRights {
    /// Place and receive calls with it, choose it as caller ID.
    #[serde(default = "yes")]
    pub may_use: bool,
    /// See its log and statistics.
    #[serde(default = "yes")]
    pub may_observe: bool,
    /// Delete every call that went through the number so far, with its recording: for a number that passes to another
    /// user where it belongs to one at a time (ONF-07). Its history stays unless this is true.
    #[serde(default)]
    pub delete_history: bool,
    /// The number itself, typed once more, where its history is to be deleted.
    #[serde(default)]
    pub confirm: String,
}

fn yes() -> bool {
    true
}

/// A number that was given to a user.
#[derive(Debug, Clone)]
pub struct Assigned {
    /// What they have of it.
    pub grant: GrantView,
    /// The files of the recordings that were deleted with its history, for the caller to delete.
    pub recordings: Vec<String>,
}

/// What is granted to a user, as far as the asker may see the things; of oneself everything.
pub async fn of_user(app: &App, permit: &Permit<can::UserRead>) -> Answer<List<GrantView>> {
    let snapshot = app.snapshot(permit).await?;
    let asker = permit.actor().filter(|actor| actor.id() != permit.id());
    let grants = snapshot.model().grants_of(permit.id(), app.store.now());
    let grants = grants.filter(|grant| Known::to(asker, snapshot.model()).entity(grant.entity.0).is_ok());
    let mut views: Vec<GrantView> =
        grants.filter_map(|grant| GrantView::of(snapshot.model(), &input(grant))).collect();
    views.sort_by(|a, b| (a.kind, &a.entity.name).cmp(&(b.kind, &b.entity.name)));
    Ok(List::whole(views))
}

/// Gives a user an extension, queue or number, in place of what they had on it.
pub async fn set(
    app: &App,
    permit: &Permit<can::UserSetAccess>,
    author: &Author,
    entity: u32,
    rights: GrantRights,
) -> Answer<GrantView> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let (entity, _) = Known::to(permit.actor(), before.model()).entity(entity)?;
    let expires_at = check::future("expires_at", rights.expires_at, change.now())?;
    let GrantRights { may_use, may_observe, .. } = rights;
    let grant = GrantInput { user: permit.id(), entity, may_use, may_observe, expires_at };
    give(&mut change, &before, permit.permission(), &grant).await?;
    change.commit().await?;
    GrantView::of(before.model(), &grant).ok_or_else(|| Refusal::new(Code::NotFound))
}

/// Takes an extension, queue or number back from a user.
pub async fn remove(
    app: &App,
    permit: &Permit<can::UserSetAccess>,
    author: &Author,
    entity: u32,
) -> Answer<()> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    // Of oneself everything is listed.
    let asker = permit.actor().filter(|actor| actor.id() != permit.id());
    let known = Known::to(asker, before.model()).entity(entity);
    let (entity, _) = known.map_err(|_| Refusal::new(Code::NotFound))?;
    take(&mut change, before.model(), permit.permission(), permit.id(), entity).await?;
    Ok(change.commit().await?)
}

/// Gives the number to a user, who has it from then on alone where the preset says so (ONF-07). Its history stays
/// unless its deletion is chosen.
pub async fn assign(
    app: &App,
    permit: &Permit<can::NumberAssign>,
    author: &Author,
    user: u32,
    rights: AssignmentRights,
) -> Answer<Assigned> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let user = assignee(&before, permit.actor(), user)?;
    let AssignmentRights { may_use, may_observe, delete_history, confirm } = rights;
    let grant = GrantInput { user, entity: permit.id(), may_use, may_observe, expires_at: None };
    give(&mut change, &before, permit.permission(), &grant).await?;
    let recordings =
        if delete_history { forget(&mut change, &before, &grant, &confirm).await? } else { vec![] };
    change.commit().await?;
    let view = GrantView::of(before.model(), &grant).ok_or_else(|| Refusal::new(Code::NotFound))?;
    Ok(Assigned { grant: view, recordings })
}

/// Deletes every call that went through a number so far. It takes both rights over everything, since the calls may be
/// anybody's, and the number typed once more.
async fn forget(
    change: &mut Change<'_>,
    before: &Snapshot,
    grant: &GrantInput,
    confirm: &str,
) -> Answer<Vec<String>> {
    let (model, number) = (before.model(), grant.entity);
    let needed = [Permission::NumberAssign, Permission::RecordingDelete];
    let lacks = |p: &Permission| change.actor().is_some_and(|actor| !actor.powers().has(*p, Reach::All));
    if let Some(missing) = needed.into_iter().find(lacks) {
        return Err(Refusal::lacks(missing));
    }
    let kept = model.numbers_of(grant.user, change.now()).contains(&number);
    if kept || !grant.may_use || !model.preset.rules.exclusive_numbers {
        let message =
            "{field} is for a number that passes to another user, where a number belongs to one at a time.";
        return Err(Refusal::invalid("delete_history", message));
    }
    let (calls, recordings) = change.delete_calls_of(number).await?;
    let label = model.label(number);
    if confirm.trim() != label {
        let message = text!(
            "{field} must be {label}, typed once more: its history would be deleted for good (calls: {calls}, recordings: {recordings}).",
            label,
            calls,
            recordings = recordings.len()
        );
        return Err(Refusal::invalid("confirm", message));
    }
    let detail =
        serde_json::json!({ "before": { "calls": calls, "recordings": recordings.len() }, "after": null });
    change.record(Act::done("number:delete_history", "number", i64::from(number.0), label).with(detail));
    Ok(recordings)
}

/// Takes the number back from a user.
pub async fn unassign(
    app: &App,
    permit: &Permit<can::NumberAssign>,
    author: &Author,
    user: u32,
) -> Answer<()> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    // Who holds it is told to those alone who see the holder: of anybody else there is nothing to take.
    let known = Known::to(permit.actor(), before.model()).record("user", user);
    let user = known.map_err(|_| Refusal::new(Code::NotFound))?;
    take(&mut change, before.model(), permit.permission(), user, permit.id()).await?;
    Ok(change.commit().await?)
}

/// Whoever assigns numbers with the reach `team` assigns them to people of the units that they lead.
fn assignee(snapshot: &Snapshot, actor: Option<&Actor>, user: u32) -> Answer<Id> {
    let user = Known::to(actor, snapshot.model()).record("user", user)?;
    if actor.is_none_or(|actor| actor.may_to(Permission::NumberAssign, Noun::User, user)) {
        return Ok(user);
    }
    Err(Refusal::out_of_reach("user", "{field} is not somebody whom you can assign numbers to."))
}

async fn give(
    change: &mut Change<'_>,
    before: &Snapshot,
    permission: Permission,
    grant: &GrantInput,
) -> Answer<()> {
    if !grant.may_use && !grant.may_observe {
        let message =
            text!("Choose use, observe or both (may_use, may_observe); remove the grant to take both away.");
        return Err(Refusal::invalid("may_use", message));
    }
    let model = before.model();
    let displaced_users = displaced(model, grant, change.now()).map(|old| old.user);
    Known::to(change.actor(), model).touches(displaced_users.chain(displaced_presets(model, grant)))?;
    for old in displaced(model, grant, change.now()) {
        may_displace(change.actor(), permission, old.user, grant.entity)?;
        take(change, model, permission, old.user, grant.entity).await?;
    }
    for user in displaced_presets(model, grant) {
        may_displace(change.actor(), permission, user, grant.entity)?;
        change.preset_caller_id(user, None).await?;
        let detail = serde_json::json!({ "before": { "default_caller_id": model.label(grant.entity) },
            "after": { "default_caller_id": null } });
        let act = Act::done(permission.name(), "user", i64::from(user.0), model.label(user));
        change.record(act.with(detail));
    }
    let old = model.grants.iter().find(|g| g.user == grant.user && g.entity == grant.entity);
    change.set_grant(grant).await?;
    let old = old.map(|old| record(model, &input(old)));
    let detail = serde_json::json!({ "before": old, "after": record(model, grant) });
    let label = model.label(grant.user);
    change.record(Act::done(permission.name(), "user", i64::from(grant.user.0), label).with(detail));
    Ok(())
}

/// Whether a grant makes its user the only one who calls with the thing (ONF-07).
fn is_exclusive(model: &Model, new: &GrantInput) -> bool {
    model.is_number(new.entity) && new.may_use && model.preset.rules.exclusive_numbers
}

/// The other users whose default caller ID it was.
fn displaced_presets<'m>(model: &'m Model, new: &GrantInput) -> impl Iterator<Item = Id> + 'm {
    let (exclusive, user, number) = (is_exclusive(model, new), new.user, new.entity);
    let others = model.users.iter().filter(move |(id, u)| **id != user && u.preset_number == Some(number));
    others.filter(move |_| exclusive).map(|(id, _)| *id)
}

/// The grants that end because a number belongs to one user at a time (ONF-07).
fn displaced<'m>(model: &'m Model, new: &GrantInput, now: Micros) -> impl Iterator<Item = &'m Grant> {
    let exclusive = is_exclusive(model, new);
    let (user, entity) = (new.user, new.entity);
    let others = model.grants.iter().filter(move |g| g.entity == entity && g.user != user && g.may_use);
    others.filter(move |g| exclusive && g.expires_at.is_none_or(|at| now < at))
}

/// Taking a number from its present user is an act on that user too, unless one assigns the number itself.
fn may_displace(actor: Option<&Actor>, permission: Permission, user: Id, number: Id) -> Answer<()> {
    let assigns = permission == Permission::NumberAssign;
    let (noun, id) = if assigns { (Noun::Number, number) } else { (Noun::User, user) };
    let may = |actor: &Actor| actor.may_to(permission, noun, id);
    if actor.is_none_or(may) { Ok(()) } else { Err(Refusal::lacks(permission)) }
}

async fn take(
    change: &mut Change<'_>,
    model: &Model,
    permission: Permission,
    user: Id,
    entity: Id,
) -> Answer<()> {
    change.delete_grant(user, entity).await?;
    let old = model.grants.iter().find(|g| g.user == user && g.entity == entity);
    let detail = serde_json::json!({ "before": old.map(|old| record(model, &input(old))), "after": null });
    let label = model.label(user);
    change.record(Act::done(permission.name(), "user", i64::from(user.0), label).with(detail));
    Ok(())
}

/// What a grant would be given with to stay as it is.
pub(crate) fn input(grant: &Grant) -> GrantInput {
    let Grant { user, entity, may_use, may_observe, expires_at, .. } = *grant;
    GrantInput { user, entity, may_use, may_observe, expires_at }
}

/// A grant as the audit log tells it.
pub(crate) fn record(model: &Model, grant: &GrantInput) -> serde_json::Value {
    let kind = model.entities.get(&grant.entity).map(|entity| entity.kind.word());
    serde_json::json!({ "kind": kind, "id": grant.entity, "entity": model.label(grant.entity), "may_use": grant.may_use,
        "may_observe": grant.may_observe, "expires_at": grant.expires_at.map(Moment) })
}
