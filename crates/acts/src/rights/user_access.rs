//! What is set for one user beside their role: toggles, units that they lead, access for a while; and what it
//! all comes to, with the reason for each line.

use std::collections::{BTreeMap, BTreeSet};

use access::explain::{Say, what};
use access::model::{Setting, Temporary};
use access::{Actor, Id, Model, Noun, Permission, Permit, Text, authority, can, text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::change::audit::Act;
use store::{Author, Change};

use crate::kernel::check;
use crate::kernel::known::Known;
use crate::kernel::refusal::{Code, Refusal};
use crate::people::users::UserView;
use crate::rights::roles;
use crate::{Answer, App, List, Moment};

/// A toggle as it stands for one user.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ToggleView {
    /// Its id.
    pub id: u32,
    /// What people call it.
    pub name: String,
    /// What it gives, for people.
    pub summary: String,
    /// Whether it comes with every workspace, or is one of the workspace's own.
    pub built_in: bool,
    /// `inherit`, `allow` or `deny`.
    pub setting: &'static str,
}

impl ToggleView {
    fn of(model: &Model, user: Id, toggle: Id) -> Option<ToggleView> {
        let known = model.toggles.get(&toggle)?;
        Some(ToggleView {
            id: toggle.0,
            name: known.name.clone(),
            summary: known.summary.clone(),
            built_in: known.key.is_some(),
            setting: word(model.settings.get(&(user, toggle)).copied()),
        })
    }
}

/// How a toggle stands, as the API says it.
pub(crate) fn word(setting: Option<Setting>) -> &'static str {
    setting.map_or("inherit", Setting::word)
}

/// How a toggle stands for one user.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SettingWord {
    /// As the role has it.
    Inherit,
    /// The bundle is added to what the role gives.
    Allow,
    /// The bundle is taken away, whatever gives it.
    Deny,
}

impl From<SettingWord> for Option<Setting> {
    fn from(word: SettingWord) -> Option<Setting> {
        match word {
            SettingWord::Inherit => None,
            SettingWord::Allow => Some(Setting::Allow),
            SettingWord::Deny => Some(Setting::Deny),
        }
    }
}

/// Access to give for a while.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTemporary {
    /// Each permission with the words of its reaches.
    pub holds: BTreeMap<String, Vec<String>>,
    /// From when on it no longer counts.
    pub expires_at: Moment,
}

/// Another end for access that was given for a while.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnd {
    /// From when on it no longer counts.
    pub expires_at: Moment,
}

/// Access given for a while.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TemporaryView {
    /// Its id.
    pub id: u32,
    /// Each permission with the words of its reaches.
    pub holds: BTreeMap<String, Vec<&'static str>>,
    /// From when on it no longer counts.
    pub expires_at: Moment,
}

/// One permission of a user: how far it goes, and why.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EffectiveLine {
    /// `resource:action`.
    pub permission: &'static str,
    /// A sentence fragment for people.
    pub meaning: &'static str,
    /// The heading that it stands under.
    pub group: &'static str,
    /// `Read`, `Write` or `Delete`.
    pub verb: &'static str,
    /// How far it goes in the end; empty when it is not held.
    pub reaches: Vec<&'static str>,
    /// What gives it, a sentence each.
    #[schemars(with = "Vec<String>")]
    pub reasons: Vec<Text>,
    /// What takes it away or narrows it, a sentence each.
    #[schemars(with = "Vec<String>")]
    pub taken: Vec<Text>,
}

/// Every toggle of the workspace as it stands for a user. Of the workspace's own, those that are not set for them are
/// there for whoever may see roles, or may set them.
pub async fn toggles(app: &App, permit: &Permit<can::UserRead>) -> Answer<List<ToggleView>> {
    let snapshot = app.snapshot(permit).await?;
    let model = snapshot.model();
    let sets = |actor: &Actor| actor.may_to(Permission::UserSetAccess, Noun::User, permit.id());
    let knows = |actor: &Actor| actor.holds(Permission::RoleRead) || sets(actor);
    let all = permit.actor().is_none_or(knows);
    let views = model.toggles.keys().filter_map(|toggle| ToggleView::of(model, permit.id(), *toggle));
    let views = views.filter(|view| all || view.built_in || view.setting != word(None));
    Ok(List::whole(views.collect()))
}

/// Sets a toggle for a user; none for inherited.
pub async fn set_toggle(
    app: &App,
    permit: &Permit<can::UserSetAccess>,
    author: &Author,
    toggle: u32,
    setting: Option<Setting>,
) -> Answer<ToggleView> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let new = switch(&mut change, permit.id(), Id(toggle), setting).await?;
    change.commit().await?;
    Ok(new)
}

/// Sets several toggles for a user, all or none.
pub async fn set_toggles(
    app: &App,
    permit: &Permit<can::UserSetAccess>,
    author: &Author,
    settings: &[(Id, Option<Setting>)],
) -> Answer<()> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    for (toggle, setting) in settings {
        switch(&mut change, permit.id(), *toggle, *setting).await?;
    }
    Ok(change.commit().await?)
}

/// Writes how a toggle is set for a user, and the entry of the log.
pub(crate) async fn switch(
    change: &mut Change<'_>,
    user: Id,
    toggle: Id,
    setting: Option<Setting>,
) -> Answer<ToggleView> {
    let before = change.before().clone();
    let model = before.model();
    let old = ToggleView::of(model, user, toggle).ok_or_else(|| Refusal::new(Code::NotFound))?;
    if setting == Some(Setting::Deny) {
        deniable(model, user)?;
    }
    change.set_toggle(user, toggle, setting).await?;
    let new = ToggleView { setting: word(setting), ..old.clone() };
    let stands = |view: &ToggleView| serde_json::json!({ "toggle": { view.name.as_str(): view.setting } });
    let detail = serde_json::json!({ "before": stands(&old), "after": stands(&new) });
    record(change, model, user, detail);
    Ok(new)
}

/// A deny on a role that denials do not reduce would look as if it did something (CAL-02, NUA-01).
fn deniable(model: &Model, user: Id) -> Answer<()> {
    let Some(role) = model.role_of(user).filter(|role| role.standing.unrestricted) else { return Ok(()) };
    let message = if role.standing.owner {
        text!("{field} cannot be deny: the Owner may do everything and cannot be restricted (CAL-02).")
    } else {
        text!(
            "{field} cannot be deny: the role {role} has everything in the plan and cannot be restricted (NUA-01). Give this user another role first."
        )
        .and("role", Text::from(role.name.clone()))
    };
    Err(Refusal::out_of_reach("setting", message))
}

/// Sets which departments and branches a user leads.
pub async fn set_leads(
    app: &App,
    permit: &Permit<can::UserSetAccess>,
    author: &Author,
    units: Vec<u32>,
) -> Answer<UserView> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let (model, user) = (before.model(), permit.id());
    let units: BTreeSet<Id> = units.into_iter().map(Id).collect();
    // What they lead already stands in their record.
    let known = Known::to(permit.actor(), model);
    let knows = |unit: &Id| known.knows_unit(*unit) || model.leads.contains(&(user, *unit));
    if let Some(unknown) = units.iter().find(|unit| !knows(unit)) {
        return Err(unknown_unit(*unknown));
    }
    let units: Vec<Id> = units.into_iter().collect();
    may_place(&permit, model, &units)?;
    let_lead(&mut change, user, &units).await?;
    let row = change.user(user).await?;
    change.commit().await?;
    Ok(UserView::of(app.current(permit.workspace()).await?.model(), row))
}

/// Writes which units a user leads, and the entry of the log.
pub(crate) async fn let_lead(change: &mut Change<'_>, user: Id, units: &[Id]) -> Answer<()> {
    change.set_leads(user, units).await?;
    let before = change.before().clone();
    let model = before.model();
    let names = |units: &[Id]| units.iter().map(|unit| model.label(*unit).to_owned()).collect::<Vec<_>>();
    let detail = serde_json::json!({ "before": { "leads": names(&led(model, user)) }, "after": { "leads": names(units) } });
    record(change, model, user, detail);
    Ok(())
}

/// The units that a user leads.
pub(crate) fn led(model: &Model, user: Id) -> Vec<Id> {
    model.leads.iter().filter(|(who, _)| *who == user).map(|(_, unit)| *unit).collect()
}

fn unknown_unit(unit: Id) -> Refusal {
    Refusal::out_of_reach(
        "units",
        text!("{field} has {unit}, which is no department or branch of this workspace.", unit),
    )
}

/// Whoever sets access with the reach `team` gives people only those units to lead that they lead themselves.
fn may_place(permit: &Permit<can::UserSetAccess>, model: &Model, units: &[Id]) -> Answer<()> {
    let Some(actor) = permit.actor() else { return Ok(()) };
    let new = |unit: &&Id| !model.leads.contains(&(permit.id(), **unit));
    let beyond = |unit: &&Id| actor.reach_over(permit.permission(), &[**unit]).is_none();
    match units.iter().filter(new).find(beyond) {
        Some(unit) => {
            let name = model.label(*unit);
            Err(Refusal::out_of_reach(
                "units",
                text!("{field} has {name}, which you do not lead yourself.", name),
            ))
        }
        None => Ok(()),
    }
}

/// What a user has for a while, the first to end first.
pub async fn temporary(app: &App, permit: &Permit<can::UserRead>) -> Answer<List<TemporaryView>> {
    let snapshot = app.snapshot(permit).await?;
    let now = app.store.now();
    let current = snapshot.model().temporary.iter().filter(|t| t.user == permit.id() && now < t.expires_at);
    let mut views: Vec<TemporaryView> = current.map(temporary_view).collect();
    views.sort_by_key(|t| (t.expires_at, t.id));
    Ok(List::whole(views))
}

/// Gives a user permissions for a while.
pub async fn give_temporary(
    app: &App,
    permit: &Permit<can::UserSetAccess>,
    author: &Author,
    new: NewTemporary,
) -> Answer<TemporaryView> {
    let holds = check::cells("holds", &new.holds)?;
    if holds.is_empty() {
        return Err(Refusal::invalid("holds", "{field} must name at least one permission with a reach."));
    }
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    check::future("expires_at", Some(new.expires_at), change.now())?;
    if let Some(actor) = permit.actor() {
        authority::may_define(actor, &holds)?;
    }
    let view = put_temporary(&mut change, before.model(), permit.id(), holds, new.expires_at).await?;
    change.commit().await?;
    Ok(view)
}

/// Gives a user permissions for a while within a change.
pub(crate) async fn put_temporary(
    change: &mut store::Change<'_>,
    model: &Model,
    user: Id,
    holds: Vec<access::Cell>,
    until: Moment,
) -> Answer<TemporaryView> {
    let id = change.add_temporary(user, &holds, until.0).await?;
    let view = temporary_view(&Temporary { id, user, holds, expires_at: until.0 });
    let detail = serde_json::json!({ "before": null, "after": { "temporary": view } });
    record(change, model, user, detail);
    Ok(view)
}

/// Gives access for a while another end. A later one is a gift like the first: what the giver lacks, or has for
/// less long, they cannot prolong.
pub async fn extend_temporary(
    app: &App,
    permit: &Permit<can::UserSetAccess>,
    author: &Author,
    id: u32,
    end: NewEnd,
) -> Answer<TemporaryView> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    check::future("expires_at", Some(end.expires_at), change.now())?;
    let counts = |t: &&Temporary| t.id == Id(id) && t.user == permit.id() && change.now() < t.expires_at;
    let old = before.model().temporary.iter().find(counts).ok_or_else(|| Refusal::new(Code::NotFound))?;
    let new = Temporary { expires_at: end.expires_at.0, ..old.clone() };
    change.put_temporary(new.id, new.user, &new.holds, new.expires_at).await?;
    let detail = serde_json::json!({ "before": { "temporary": temporary_view(old) },
        "after": { "temporary": temporary_view(&new) } });
    record(&mut change, before.model(), permit.id(), detail);
    change.commit().await?;
    Ok(temporary_view(&new))
}

/// Ends access that was given for a while.
pub async fn end_temporary(
    app: &App,
    permit: &Permit<can::UserSetAccess>,
    author: &Author,
    id: u32,
) -> Answer<()> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    change.delete_temporary(permit.id(), Id(id)).await?;
    let old = before.model().temporary.iter().find(|t| t.id == Id(id)).map(temporary_view);
    let detail = serde_json::json!({ "before": { "temporary": old }, "after": null });
    record(&mut change, before.model(), permit.id(), detail);
    Ok(change.commit().await?)
}

/// Every permission of a user, held or not, with what gives and takes it.
pub async fn effective(app: &App, permit: &Permit<can::AccessExplain>) -> Answer<Vec<EffectiveLine>> {
    let snapshot = app.snapshot(permit).await?;
    Ok(lines(&snapshot, permit.id()))
}

/// One's own access with what gives and takes each permission. Needs no permission either.
pub fn own(actor: &Actor) -> Vec<EffectiveLine> {
    lines(actor.snapshot(), actor.id())
}

/// Every permission of a user with what gives and takes it, for pages that have decided who may see it.
pub(crate) fn lines(snapshot: &access::Snapshot, user: Id) -> Vec<EffectiveLine> {
    let model = snapshot.model();
    let line = |line: access::explain::Line| {
        let entry = line.permission.entry();
        EffectiveLine {
            permission: entry.name,
            meaning: entry.meaning,
            group: entry.group.label(),
            verb: entry.verb.label(),
            reaches: line.reaches.words(),
            reasons: line.given.iter().map(|giver| giver.say(model)).collect(),
            taken: line.taken.iter().map(|taker| taker.say(model)).collect(),
        }
    };
    what(snapshot, user).into_iter().map(line).collect()
}

pub(crate) fn temporary_view(temporary: &Temporary) -> TemporaryView {
    TemporaryView {
        id: temporary.id.0,
        holds: roles::words(&temporary.holds),
        expires_at: Moment(temporary.expires_at),
    }
}

fn record(change: &mut Change<'_>, model: &Model, user: Id, detail: serde_json::Value) {
    let act = Act::done("user:set_access", "user", i64::from(user.0), model.label(user));
    change.record(act.with(detail));
}
