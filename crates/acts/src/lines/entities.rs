//! Extensions, queues and numbers. Which of the three an act concerns is in the type of its proof.

use std::collections::BTreeMap;

use access::model::EntityKind;
use access::{Actor, Id, Micros, Model, Permit, Right, Text, Visible, can, text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::change::audit::Act;
use store::lines::entities::{EntityInput, EntityRow, ReadsEntities};
use store::{Author, Slice, StoreError};

use crate::kernel::check;
use crate::kernel::known::Known;
use crate::kernel::refusal::Refusal;
use crate::{Answer, App, List, Moment, Ref, id};

/// A permission to add extensions, queues or numbers.
pub trait AddsEntities: Right {
    /// Which of the three.
    const KIND: EntityKind;
}

/// A permission to edit extensions, queues or numbers.
pub trait EditsEntities: Right {
    /// Which of the three.
    const KIND: EntityKind;
}

/// A permission to delete extensions, queues or numbers.
pub trait DeletesEntities: Right {
    /// Which of the three.
    const KIND: EntityKind;
}

impl AddsEntities for can::ExtensionWrite {
    const KIND: EntityKind = EntityKind::Extension;
}
impl AddsEntities for can::QueueWrite {
    const KIND: EntityKind = EntityKind::Queue;
}
impl AddsEntities for can::NumberPurchase {
    const KIND: EntityKind = EntityKind::Number;
}
impl EditsEntities for can::ExtensionWrite {
    const KIND: EntityKind = EntityKind::Extension;
}
impl EditsEntities for can::QueueWrite {
    const KIND: EntityKind = EntityKind::Queue;
}
impl EditsEntities for can::NumberUpdate {
    const KIND: EntityKind = EntityKind::Number;
}
impl DeletesEntities for can::ExtensionDelete {
    const KIND: EntityKind = EntityKind::Extension;
}
impl DeletesEntities for can::QueueDelete {
    const KIND: EntityKind = EntityKind::Queue;
}
impl DeletesEntities for can::NumberRelease {
    const KIND: EntityKind = EntityKind::Number;
}

/// An extension, queue or number.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EntityView {
    /// Its id.
    pub id: u32,
    /// `extension`, `queue` or `number`.
    pub kind: &'static str,
    /// What is dialled: digits inside the workspace, E.164 for a number; a queue may have none.
    pub digits: String,
    /// What people call it; may be empty for extensions and numbers.
    pub name: String,
    /// Whose extension it is, for askers who may see that person or the directory.
    pub user: Option<Ref>,
    /// To whom it is granted, as far as the asker may see those people's records.
    pub holders: Vec<Holder>,
    /// Send it back with an edit, so that the edit fails where somebody else was faster.
    pub revision: i64,
}

/// Somebody to whom an extension, queue or number is granted.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Holder {
    /// Who.
    pub user: Ref,
    /// Place and receive calls with it, choose it as caller ID.
    pub may_use: bool,
    /// See its log and statistics.
    pub may_observe: bool,
    /// From when on it no longer counts.
    pub expires_at: Option<Moment>,
}

/// Makes views for one asker.
struct Viewer<'a> {
    model: &'a Model,
    /// None for whoever runs the machine, who sees everybody.
    actor: Option<&'a Actor>,
    holders: BTreeMap<Id, Vec<Holder>>,
}

impl<'a> Viewer<'a> {
    /// A viewer of these rows.
    fn new(model: &'a Model, actor: Option<&'a Actor>, now: Micros, rows: &[EntityRow]) -> Viewer<'a> {
        let holders = rows.iter().map(|row| (id(row.id), vec![])).collect();
        let mut viewer = Viewer { model, actor, holders };
        for grant in model.grants.iter().filter(|g| g.expires_at.is_none_or(|at| now < at)) {
            if !viewer.holders.contains_key(&grant.entity) || !viewer.sees(grant.user) {
                continue;
            }
            viewer.holders.entry(grant.entity).or_default().push(Holder {
                user: Ref::to(model, grant.user),
                may_use: grant.may_use,
                may_observe: grant.may_observe,
                expires_at: grant.expires_at.map(Moment),
            });
        }
        viewer
    }

    fn sees(&self, user: Id) -> bool {
        self.actor.is_none_or(|actor| actor.sees_user(user))
    }

    fn knows(&self, user: Id) -> bool {
        self.actor.is_none_or(|actor| actor.knows_user(user))
    }

    fn view(&self, kind: EntityKind, row: EntityRow) -> EntityView {
        let owner = row.user_id.map(id).filter(|user| self.knows(*user));
        let mut holders = self.holders.get(&id(row.id)).cloned().unwrap_or_default();
        holders.sort_by_key(|holder| (holder.user.name.to_lowercase(), holder.user.id));
        EntityView {
            id: id(row.id).0,
            kind: kind.word(),
            digits: row.digits,
            name: row.name,
            user: owner.map(|user| Ref::to(self.model, user)),
            holders,
            revision: row.revision,
        }
    }
}

fn view(app: &App, model: &Model, actor: Option<&Actor>, kind: EntityKind, row: EntityRow) -> EntityView {
    Viewer::new(model, actor, app.store.now(), std::slice::from_ref(&row)).view(kind, row)
}

/// A new extension, queue or number.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewEntity {
    /// What is dialled: 2 to 8 digits for an extension or queue, E.164 for a number; a queue may have none.
    pub digits: String,
    /// What people call it; a queue needs one.
    pub name: String,
    /// Whose extension it is; extensions only.
    pub user: Option<u32>,
}

/// An edit of an extension, queue or number: what is absent stays, what is null is cleared.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EntityChange {
    /// What is dialled; a number's own digits stay as they are.
    pub digits: Option<String>,
    /// What people call it.
    pub name: Option<String>,
    /// Whose extension it is, or null for nobody's; extensions only.
    #[serde(deserialize_with = "crate::people::users::present")]
    pub user: Option<Option<u32>>,
    /// The revision that the edit was made on.
    pub revision: Option<i64>,
}

/// The extensions, queues or numbers that the asker may see.
pub async fn list<R: ReadsEntities>(
    app: &App,
    visible: &Visible<R>,
    search: Option<&str>,
    slice: Slice,
) -> Answer<List<EntityView>> {
    let page = app.store.entities(visible, search, slice).await?;
    let actor = visible.actor();
    let viewer = Viewer::new(actor.snapshot().model(), Some(actor), app.store.now(), &page.rows);
    let items = page.rows.into_iter().map(|row| viewer.view(R::KIND, row)).collect();
    Ok(List::part(items, page.total, slice))
}

/// One extension, queue or number.
pub async fn show<R: ReadsEntities>(app: &App, permit: &Permit<R>) -> Answer<EntityView> {
    let row = app.store.entity(permit).await?;
    let snapshot = app.snapshot(permit).await?;
    Ok(view(app, snapshot.model(), permit.actor(), R::KIND, row))
}

/// Adds an extension, queue or number.
pub async fn create<R: AddsEntities>(
    app: &App,
    permit: &Permit<R>,
    author: &Author,
    new: NewEntity,
) -> Answer<EntityView> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let known = Known::to(permit.actor(), before.model());
    let owner = new.user.map(|user| owner(known, R::KIND, user)).transpose()?;
    let input =
        EntityInput { digits: digits(R::KIND, &new.digits)?, name: name(R::KIND, &new.name)?, user: owner };
    unlike(before.model(), R::KIND, None, &input.name)?;
    let added = change.add_entity(R::KIND, &input).await;
    let id = added.map_err(|error| taken(error, before.model(), permit.actor(), R::KIND, &input))?;
    owner.into_iter().for_each(|user| change.touches(user));
    let row = change.entity(R::KIND, id).await?;
    let detail = serde_json::json!({ "after": record(before.model(), &row) });
    change.record(act(&permit, R::KIND, &row).with(detail));
    change.commit().await?;
    Ok(view(app, before.model(), permit.actor(), R::KIND, row))
}

/// Edits an extension, queue or number.
pub async fn update<R: EditsEntities>(
    app: &App,
    permit: &Permit<R>,
    author: &Author,
    edit: EntityChange,
) -> Answer<EntityView> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let old = change.entity(R::KIND, permit.id()).await?;
    let input = checked_edit(Known::to(permit.actor(), before.model()), R::KIND, &edit, &old)?;
    if input.name != old.name {
        unlike(before.model(), R::KIND, Some(permit.id()), &input.name)?;
    }
    let done = change.update_entity(R::KIND, permit.id(), &input, edit.revision).await;
    done.map_err(|error| taken(error, before.model(), permit.actor(), R::KIND, &input))?;
    let owners = old.user_id.map(id).into_iter().chain(input.user);
    owners.filter(|_| old.user_id.map(id) != input.user).for_each(|user| change.touches(user));
    let row = change.entity(R::KIND, permit.id()).await?;
    let record = |row: &EntityRow| record(before.model(), row);
    let detail = serde_json::json!({ "before": record(&old), "after": record(&row) });
    change.record(act(&permit, R::KIND, &row).with(detail));
    change.commit().await?;
    Ok(view(app, before.model(), permit.actor(), R::KIND, row))
}

fn checked_edit(
    known: Known<'_>,
    kind: EntityKind,
    edit: &EntityChange,
    old: &EntityRow,
) -> Answer<EntityInput> {
    let new_digits = edit.digits.as_deref().map(|v| digits(kind, v)).transpose()?;
    if kind == EntityKind::Number && new_digits.as_ref().is_some_and(|new| *new != old.digits) {
        let message = text!("{field} of a number cannot be changed: release it and add the other one.");
        return Err(Refusal::invalid("digits", message));
    }
    let user = new_owner(known, kind, edit.user, old.user_id.map(id))?;
    let new_name = edit.name.as_deref().map(|v| name(kind, v)).transpose()?;
    Ok(EntityInput {
        digits: new_digits.unwrap_or(old.digits.clone()),
        name: new_name.unwrap_or(old.name.clone()),
        user,
    })
}

/// Deletes an extension, queue or number with the grants on it; calls keep what they touched.
pub async fn delete<R: DeletesEntities>(app: &App, permit: &Permit<R>, author: &Author) -> Answer<()> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let old = change.entity(R::KIND, permit.id()).await?;
    change.delete_entity(R::KIND, permit.id()).await?;
    old.user_id.map(id).into_iter().for_each(|user| change.touches(user));
    let detail = serde_json::json!({ "before": record(before.model(), &old) });
    change.record(act(&permit, R::KIND, &old).with(detail));
    Ok(change.commit().await?)
}

fn digits(kind: EntityKind, value: &str) -> Answer<String> {
    match kind {
        EntityKind::Queue if value.trim().is_empty() => Ok(String::new()),
        EntityKind::Extension | EntityKind::Queue => check::digits("digits", value),
        EntityKind::Number => check::e164("digits", value),
    }
}

fn name(kind: EntityKind, value: &str) -> Answer<String> {
    match kind {
        EntityKind::Queue => check::text("name", value, 80),
        EntityKind::Extension | EntityKind::Number => check::optional_text("name", value, 80),
    }
}

/// Queues are known by their names; extensions and numbers by their digits.
fn unlike(model: &Model, kind: EntityKind, entity: Option<Id>, name: &str) -> Answer<()> {
    let others = model.entities.iter().filter(|(id, other)| other.kind == kind && Some(**id) != entity);
    let others = others.filter(|_| kind == EntityKind::Queue).map(|(_, other)| other.label.as_str());
    check::unlike(name, others)
}

/// Whose it is to be. Of an owner whom the actor may not know there is nobody to be seen, so that "nobody" leaves it as it
/// is; nobody else takes it from them unseen.
fn new_owner(
    known: Known<'_>,
    kind: EntityKind,
    wanted: Option<Option<u32>>,
    old: Option<Id>,
) -> Answer<Option<Id>> {
    let hidden = old.filter(|old| !known.knows_person(*old));
    match wanted {
        None => Ok(old),
        Some(None) => Ok(hidden),
        Some(Some(user)) => {
            let user = owner(known, kind, user)?;
            known.touches(old.filter(|old| *old != user))?;
            Ok(Some(user))
        }
    }
}

fn owner(known: Known<'_>, kind: EntityKind, user: u32) -> Answer<Id> {
    if kind != EntityKind::Extension {
        let message = text!("{field} is for extensions only: give people a {kind} with a grant.")
            .and("kind", Text::new(kind.word()));
        return Err(Refusal::invalid("user", message));
    }
    known.person("user", user)
}

fn record(model: &Model, row: &EntityRow) -> serde_json::Value {
    let user = row.user_id.map(|user| model.label(id(user)));
    serde_json::json!({ "digits": row.digits, "name": row.name, "user": user })
}

fn act<R: Right>(permit: &Permit<R>, kind: EntityKind, row: &EntityRow) -> Act {
    let label = if row.digits.is_empty() { &row.name } else { &row.digits };
    Act::done(permit.permission().name(), kind.word(), row.id, label.as_str())
}

/// The refusal where digits or a name are in use, with what has them as far as the asker may know of it.
fn taken(
    error: StoreError,
    model: &Model,
    asker: Option<&Actor>,
    kind: EntityKind,
    input: &EntityInput,
) -> Refusal {
    let value = if kind == EntityKind::Queue { &input.name } else { &input.digits };
    let same = |label: &str| label.to_lowercase() == value.to_lowercase();
    let known = |id: &Id| asker.is_none_or(|asker| asker.knows(*id));
    let holder = model.entities.iter().find(|(id, e)| e.kind == kind && same(&e.label) && known(id));
    let holder = holder.map(|(_, entity)| match entity.owner.filter(known) {
        Some(owner) => format!("{} {} of {}", kind.word(), entity.label, model.label(owner)),
        None => format!("{} {}", kind.word(), entity.label),
    });
    crate::kernel::taken::by(error, holder.as_deref())
}
