//! What was bought: the plan with what it holds and what another would add or take, seats, and licences with the
//! numbers that they carry.

use access::{Actor, Id, Micros, Model, Permission, PermissionSet, Permit, Plan, can, limits, text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Author;
use store::change::audit::Act;
use store::change::workspaces::{WorkspaceRow, WorkspaceSettings};

use crate::entry::confirm::{self, Confirmation};
use crate::kernel::refusal::Refusal;
use crate::{Answer, App, Ref};

/// The most seats or licences that can be bought.
const MOST: u32 = 1_000_000;

/// The workspace's plan and seats.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PlanView {
    /// The key of the plan.
    pub plan: String,
    /// The name for people.
    pub name: String,
    /// The permissions that the plan lacks: off for everybody.
    pub lacks: Vec<&'static str>,
    /// How many numbers one person can have at the most (ONF-07); none for no limit.
    pub numbers_per_user: Option<u32>,
    /// Seats; none where they are not counted.
    pub seats: Option<Bought>,
    /// Every plan, the fullest first, with what moving to it would change.
    pub plans: Vec<PlanChoice>,
    /// Whether changing the plan, the seats or the licences asks for one's password (CLY-19).
    pub asks_password: bool,
}

/// So many were bought, so many are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Bought {
    /// How many are paid for.
    pub bought: u32,
    /// How many are used.
    pub used: u32,
    /// How many are left.
    pub free: u32,
}

impl Bought {
    fn of(bought: Option<u32>, used: u32) -> Option<Bought> {
        bought.map(|bought| Bought { bought, used, free: bought.saturating_sub(used) })
    }
}

/// A plan beside the workspace's own.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct PlanChoice {
    /// The key of the plan.
    pub key: &'static str,
    /// The name for people.
    pub name: &'static str,
    /// The permissions that it has and the workspace's plan lacks.
    pub adds: Vec<&'static str>,
    /// The permissions that it lacks and the workspace's plan has.
    pub takes: Vec<&'static str>,
    /// How many numbers one person can have at the most; none for no limit.
    pub numbers_per_user: Option<u32>,
}

impl PlanChoice {
    fn of(now: PermissionSet, plan: &'static Plan) -> PlanChoice {
        PlanChoice {
            key: &plan.key,
            name: &plan.name,
            adds: missing(now, plan.allows),
            takes: missing(plan.allows, now),
            numbers_per_user: plan.numbers_per_user,
        }
    }
}

/// The permissions of one set that are not in the other.
fn missing(here: PermissionSet, there: PermissionSet) -> Vec<&'static str> {
    there.iter().filter(|p| !here.has(*p)).map(Permission::name).collect()
}

/// Licences and the numbers that they carry.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LicencesView {
    /// Licences; none where they are not counted.
    pub licences: Option<Bought>,
    /// How many numbers one person can have at the most (ONF-07); none for no limit.
    pub numbers_per_user: Option<u32>,
    /// The numbers that are carried, as far as the asker may see them.
    pub carried: Vec<Carried>,
    /// How many more are carried that the asker may not see.
    pub hidden: u32,
    /// Whether buying another number of them asks for one's password (CLY-19).
    pub asks_password: bool,
}

/// A number that a licence carries.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Carried {
    /// The number.
    pub number: Ref,
    /// Who may call with it, as far as the asker may know of them.
    pub users: Vec<Ref>,
}

/// Another plan, or another number of seats, or both; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PlanChange {
    /// The key of the plan: what it lacks is off for everybody at once.
    pub plan: Option<String>,
    /// How many people are paid for: at least as many as there are. Seats are counted from then on.
    pub seats: Option<u32>,
    /// Your present password, where the preset asks for it (CLY-19).
    pub password: Option<String>,
}

/// How many licences.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LicenceChange {
    /// How many numbers are paid for: at least as many as are carried. Licences are counted from then on.
    pub licences: u32,
    /// Your present password, where the preset asks for it (CLY-19).
    pub password: Option<String>,
}

/// The plan and the seats.
pub async fn show(app: &App, permit: &Permit<can::BillingRead>) -> Answer<PlanView> {
    Ok(view(app.snapshot(permit).await?.model()))
}

fn view(model: &Model) -> PlanView {
    let plan = Plan::by_key(&model.plan);
    PlanView {
        plan: model.plan.clone(),
        name: plan.map_or_else(|| model.plan.clone(), |plan| plan.name.clone()),
        lacks: missing(model.allows, PermissionSet::EVERY),
        numbers_per_user: limits::numbers_per_user(model),
        seats: seats(model),
        plans: Plan::all().iter().map(|plan| PlanChoice::of(model.allows, plan)).collect(),
        asks_password: confirm::preset_asks(model.preset),
    }
}

/// The seats of a workspace; none where they are not counted.
pub fn seats(model: &Model) -> Option<Bought> {
    Bought::of(model.seats, limits::seats_used(model))
}

/// The licences and what they carry.
pub async fn licences(app: &App, permit: &Permit<can::LicenseRead>) -> Answer<LicencesView> {
    let snapshot = app.snapshot(permit).await?;
    Ok(licences_view(snapshot.model(), permit.actor(), app.store.now()))
}

fn licences_view(model: &Model, asker: Option<&Actor>, now: Micros) -> LicencesView {
    let knows = |id: Id| asker.is_none_or(|asker| asker.knows(id));
    let all = limits::carried(model, now);
    let mut carried: Vec<Carried> = all
        .iter()
        .filter(|number| knows(**number))
        .map(|number| Carried {
            number: Ref::to(model, *number),
            users: users_of(model, *number, now)
                .filter(|user| knows(*user))
                .map(|u| Ref::to(model, u))
                .collect(),
        })
        .collect();
    carried.sort_by(|a, b| a.number.name.cmp(&b.number.name));
    LicencesView {
        licences: Bought::of(model.licences, limits::licences_used(model, now)),
        numbers_per_user: limits::numbers_per_user(model),
        hidden: u32::try_from(all.len() - carried.len()).unwrap_or(u32::MAX),
        asks_password: confirm::preset_asks(model.preset),
        carried,
    }
}

/// Who may call with a number: it is granted to them for use, or preset as their caller ID.
fn users_of(model: &Model, number: Id, now: Micros) -> impl Iterator<Item = Id> {
    let granted =
        move |user: Id| model.grants_of(user, now).any(|grant| grant.may_use && grant.entity == number);
    let users = model.users.iter();
    users.filter(move |(id, user)| user.preset_number == Some(number) || granted(**id)).map(|(id, _)| *id)
}

/// Moves to another plan, buys or gives back seats.
pub async fn update(
    app: &App,
    permit: &Permit<can::BillingCommit>,
    author: &Author,
    edit: PlanChange,
    confirmation: &Confirmation<'_>,
) -> Answer<PlanView> {
    let plan = edit.plan.as_deref().map(known).transpose()?;
    let seats = edit.seats.map(|seats| within("seats", seats, 1)).transpose()?;
    confirm::as_preset_asks(app, permit, author, confirmation).await?;
    let settings =
        WorkspaceSettings { plan: plan.map(|p| p.key.clone()), seats, ..WorkspaceSettings::default() };
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let old = change.settings().await?;
    change.update_workspace(&settings).await?;
    let new = change.settings().await?;
    let record = |row: &WorkspaceRow| serde_json::json!({ "plan": plan_name(&row.plan), "seats": row.seats });
    let detail = serde_json::json!({ "before": record(&old), "after": record(&new) });
    change.record(Act::done("billing:commit", "workspace", 0, new.name.as_str()).with(detail));
    change.commit().await?;
    Ok(view(app.current(permit.workspace()).await?.model()))
}

/// Buys or gives back licences.
pub async fn update_licences(
    app: &App,
    permit: &Permit<can::LicenseUpdate>,
    author: &Author,
    edit: LicenceChange,
    confirmation: &Confirmation<'_>,
) -> Answer<LicencesView> {
    let licences = Some(within("licences", edit.licences, 0)?);
    confirm::as_preset_asks(app, permit, author, confirmation).await?;
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let old = change.settings().await?;
    change.update_workspace(&WorkspaceSettings { licences, ..WorkspaceSettings::default() }).await?;
    let detail =
        serde_json::json!({ "before": { "licences": old.licences }, "after": { "licences": licences } });
    change.record(Act::done("license:update", "workspace", 0, old.name.as_str()).with(detail));
    change.commit().await?;
    let snapshot = app.current(permit.workspace()).await?;
    Ok(licences_view(snapshot.model(), permit.actor(), app.store.now()))
}

fn known(key: &str) -> Answer<&'static Plan> {
    Plan::by_key(key).ok_or_else(|| {
        let keys: Vec<&str> = Plan::all().iter().map(|p| p.key.as_str()).collect();
        Refusal::invalid("plan", text!("{field} must be one of: {words}.", words = keys.join(", ")))
    })
}

fn plan_name(key: &str) -> &str {
    Plan::by_key(key).map_or(key, |plan| plan.name.as_str())
}

fn within(field: &'static str, count: u32, least: u32) -> Answer<u32> {
    if (least..=MOST).contains(&count) {
        return Ok(count);
    }
    Err(Refusal::invalid(field, text!("{field} must be between {least} and {most}.", least, most = MOST)))
}
