//! Toggles: bundles of permissions that are allowed or denied for one person (NUA-02). Built-in ones stay as they are;
//! a workspace defines further ones of its own.

use std::collections::BTreeMap;

use access::model::{Setting, Toggle};
use access::{Actor, Cell, Id, Model, Permit, can};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::change::audit::Act;
use store::rights::toggles::ToggleInput;
use store::{Author, Change};

use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::{check, spelling};
use crate::rights::roles::words;
use crate::rights::user_access::word;
use crate::{Answer, App, List, Ref};

/// A toggle with what it holds and for whom it is set.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ToggleDefinition {
    /// Its id.
    pub id: u32,
    /// What people call it; unique in the workspace.
    pub name: String,
    /// What it gives, for people.
    pub summary: String,
    /// Whether it comes with every workspace: such a toggle cannot be changed, only cloned.
    pub built_in: bool,
    /// The key of a built-in toggle.
    pub key: Option<String>,
    /// Each permission that it holds with the words of its reaches, `all` alone where it is held.
    pub holds: BTreeMap<String, Vec<&'static str>>,
    /// What it holds besides while another toggle is allowed too.
    pub with: Option<Beside>,
    /// For whom it is allowed or denied, as far as the asker may know of them.
    pub set_for: Vec<SetFor>,
    /// Send it back with an edit, so that the edit fails where somebody else was faster.
    pub revision: i64,
}

/// What a toggle holds beside another one.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Beside {
    /// The other toggle.
    pub toggle: Ref,
    /// Each permission with the words of its reaches.
    pub holds: BTreeMap<String, Vec<&'static str>>,
}

/// Somebody for whom a toggle is set.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SetFor {
    /// Who.
    pub user: Ref,
    /// `allow` or `deny`.
    pub setting: &'static str,
}

impl ToggleDefinition {
    fn of(model: &Model, asker: Option<&Actor>, id: Id, revision: i64) -> Answer<ToggleDefinition> {
        let toggle = model.toggles.get(&id).ok_or_else(|| Refusal::new(Code::NotFound))?;
        let beside =
            |(other, cells): &(Id, Vec<Cell>)| Beside { toggle: Ref::to(model, *other), holds: words(cells) };
        Ok(ToggleDefinition {
            id: id.0,
            name: toggle.name.clone(),
            summary: toggle.summary.clone(),
            built_in: toggle.key.is_some(),
            key: toggle.key.clone(),
            holds: words(&toggle.holds),
            with: toggle.with.as_ref().map(beside),
            set_for: set_for(model, asker, id),
            revision,
        })
    }

    /// For how many people it is set so.
    pub fn count(&self, setting: &str) -> i64 {
        let count = self.set_for.iter().filter(|one| one.setting == setting).count();
        i64::try_from(count).unwrap_or(i64::MAX)
    }
}

fn set_for(model: &Model, asker: Option<&Actor>, toggle: Id) -> Vec<SetFor> {
    let known = |user: Id| asker.is_none_or(|asker| asker.knows_user(user));
    let settings = settings(model, toggle).filter(|(user, _)| known(*user));
    let mut people: Vec<SetFor> =
        settings.map(|(user, s)| SetFor { user: Ref::to(model, user), setting: word(Some(s)) }).collect();
    people.sort_by_key(|one| (one.user.name.to_lowercase(), one.user.id));
    people
}

fn settings(model: &Model, toggle: Id) -> impl Iterator<Item = (Id, Setting)> {
    model
        .settings
        .iter()
        .filter(move |((_, t), _)| *t == toggle)
        .map(|((user, _), setting)| (*user, *setting))
}

/// A new toggle.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewToggle {
    /// What people call it; unique in the workspace.
    pub name: String,
    /// What it gives, for people.
    pub summary: String,
    /// Each permission with the words of its reaches.
    pub holds: BTreeMap<String, Vec<String>>,
}

/// An edit of a toggle: what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ToggleChange {
    /// What people call it.
    pub name: Option<String>,
    /// What it gives, for people.
    pub summary: Option<String>,
    /// All that it holds from now on.
    pub holds: Option<BTreeMap<String, Vec<String>>>,
    /// The revision that the edit was made on.
    pub revision: Option<i64>,
}

/// Every toggle: built-in ones first, then the workspace's own by age.
pub async fn list(app: &App, permit: &Permit<can::RoleRead>) -> Answer<List<ToggleDefinition>> {
    let snapshot = app.snapshot(permit).await?;
    let revisions = app.store.toggle_revisions(permit).await?;
    let revision = |id: &Id| revisions.get(id).copied().unwrap_or_default();
    let model = snapshot.model();
    let views = model.toggles.keys().map(|id| ToggleDefinition::of(model, permit.actor(), *id, revision(id)));
    Ok(List::whole(views.collect::<Answer<_>>()?))
}

/// One toggle.
pub async fn show(app: &App, permit: &Permit<can::RoleRead>, toggle: Id) -> Answer<ToggleDefinition> {
    let snapshot = app.snapshot(permit).await?;
    let revision = app.store.toggle_revision(permit.workspace(), toggle).await?;
    ToggleDefinition::of(snapshot.model(), permit.actor(), toggle, revision)
}

/// Defines a toggle. It can hold no more than its maker holds (ALL-02).
pub async fn create(
    app: &App,
    permit: &Permit<can::RoleWrite>,
    author: &Author,
    new: NewToggle,
) -> Answer<ToggleDefinition> {
    let (change, permit) = app.store.begin(permit, author).await?;
    let input =
        checked(change.before().model(), None, &new.name, &new.summary, check::cells("holds", &new.holds)?)?;
    add(app, change, &permit, &input, serde_json::json!({})).await
}

/// Defines a toggle that holds what another one does.
pub async fn clone_of(
    app: &App,
    permit: &Permit<can::RoleWrite>,
    author: &Author,
    from: Id,
    name: &str,
) -> Answer<ToggleDefinition> {
    let (change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let other = before.model().toggles.get(&from).ok_or_else(|| Refusal::new(Code::NotFound))?;
    let input = checked(before.model(), None, name, &other.summary, other.holds.clone())?;
    add(app, change, &permit, &input, serde_json::json!({ "from": other.name })).await
}

async fn add(
    app: &App,
    mut change: Change<'_>,
    permit: &Permit<can::RoleWrite>,
    input: &ToggleInput,
    mut detail: serde_json::Value,
) -> Answer<ToggleDefinition> {
    let id = change.add_toggle(input).await?;
    if let Some(detail) = detail.as_object_mut() {
        detail.insert("after".into(), record(input));
    }
    change.record(Act::done("role:write", "toggle", i64::from(id.0), input.name.as_str()).with(detail));
    change.commit().await?;
    view(app, permit, id, 1).await
}

/// Edits a toggle of the workspace's own: it holds at once for everybody for whom it is set.
pub async fn update(
    app: &App,
    permit: &Permit<can::RoleWrite>,
    author: &Author,
    id: Id,
    edit: ToggleChange,
) -> Answer<ToggleDefinition> {
    let holds = edit.holds.as_ref().map(|holds| check::cells("holds", holds)).transpose()?;
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let old = own(before.model(), id)?;
    let name = edit.name.as_deref().unwrap_or(&old.name);
    let summary = edit.summary.as_deref().unwrap_or(&old.summary);
    let input = checked(before.model(), Some(id), name, summary, holds.unwrap_or(old.holds.clone()))?;
    change.update_toggle(id, &input, edit.revision).await?;
    let detail = serde_json::json!({ "before": record(&input_of(old)), "after": record(&input) });
    change.record(Act::done("role:write", "toggle", i64::from(id.0), input.name.as_str()).with(detail));
    change.commit().await?;
    let revision = app.store.toggle_revision(permit.workspace(), id).await?;
    view(app, &permit, id, revision).await
}

/// Deletes a toggle of the workspace's own, with every setting of it.
pub async fn delete(app: &App, permit: &Permit<can::RoleDelete>, author: &Author, id: Id) -> Answer<()> {
    let (mut change, _) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let old = own(before.model(), id)?;
    change.delete_toggle(id).await?;
    let of = |wanted: Setting| -> Vec<&str> {
        let people = settings(before.model(), id).filter(|(_, setting)| *setting == wanted);
        people.map(|(user, _)| before.model().label(user)).collect()
    };
    let mut gone = record(&input_of(old));
    if let Some(gone) = gone.as_object_mut() {
        gone.insert("allowed_for".into(), of(Setting::Allow).into());
        gone.insert("denied_for".into(), of(Setting::Deny).into());
    }
    let detail = serde_json::json!({ "before": gone, "after": null });
    change.record(Act::done("role:delete", "toggle", i64::from(id.0), old.name.as_str()).with(detail));
    Ok(change.commit().await?)
}

fn own(model: &Model, id: Id) -> Answer<&Toggle> {
    let toggle = model.toggles.get(&id).ok_or_else(|| Refusal::new(Code::NotFound))?;
    if toggle.key.is_none() {
        return Ok(toggle);
    }
    Err(Refusal::because(Code::BuiltIn, "Built-in toggles cannot be changed, only cloned."))
}

fn input_of(toggle: &Toggle) -> ToggleInput {
    ToggleInput { name: toggle.name.clone(), summary: toggle.summary.clone(), holds: toggle.holds.clone() }
}

fn checked(
    model: &Model,
    id: Option<Id>,
    name: &str,
    summary: &str,
    holds: Vec<Cell>,
) -> Answer<ToggleInput> {
    let name = check::text("name", name, 80)?;
    let others =
        model.toggles.iter().filter(|(other, _)| Some(**other) != id).map(|(_, other)| other.name.as_str());
    if others.clone().any(|other| spelling::same(other, &name)) {
        return Err(
            Refusal::because(Code::Taken, "{field} is in use already: choose another value.").at("name")
        );
    }
    check::unlike(&name, others)?;
    Ok(ToggleInput { name, summary: check::optional_text("summary", summary, 200)?, holds })
}

fn record(input: &ToggleInput) -> serde_json::Value {
    serde_json::json!({ "name": input.name, "summary": input.summary, "holds": words(&input.holds) })
}

async fn view(app: &App, permit: &Permit<can::RoleWrite>, id: Id, revision: i64) -> Answer<ToggleDefinition> {
    let snapshot = app.current(permit.workspace()).await?;
    ToggleDefinition::of(snapshot.model(), permit.actor(), id, revision)
}
