//! What becomes of requests for access. To grant one is an act of the decider like any other: it takes the permission
//! that the gift takes, and the guard judges it, so that nobody gives what they lack.
//!
//! Permissions are given for a while, since what lasts comes from roles and toggles alone. A lasting answer is a
//! role, or a toggle that holds what was asked for.

use access::model::{Setting, Standing};
use access::{
    Actor, Cell, Id, Noun, Permission, Permit, Right, Snapshot, Text, Thing, Visible, authority, can, text,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use store::change::audit::Act;
use store::rights::access_requests::{AccessRequestRow, Decision};
use store::{Author, Change};

use crate::kernel::known::Known;
use crate::kernel::moment::zone_of;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::{check, mail};
use crate::people::users;
use crate::rights::access_requests::{Given, RequestView, asker, in_words, still_open, told, within};
use crate::rights::{roles, user_access};
use crate::{Answer, App, Moment, Ref, id};

/// What to give on a request: permissions until a moment, or a toggle, or a role.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Grant {
    /// Each permission with the words of its reaches, no more than was asked for; everything that was asked for
    /// where it is absent.
    pub holds: Option<BTreeMap<String, Vec<String>>>,
    /// From when on the permissions no longer count.
    pub until: Option<Moment>,
    /// A toggle to allow, for good.
    pub toggle: Option<u32>,
    /// A role to give instead of the present one, for good; the role that was asked for where nothing is said.
    pub role: Option<u32>,
    /// What there is to say to whoever asked.
    pub note: String,
}

/// An answer without a gift.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Decline {
    /// Why, for whoever asked.
    pub note: String,
}

/// Somebody else to decide.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pass {
    /// A user who may decide the request and could give what it asks for.
    pub user: u32,
}

/// What is given in the end.
enum Gift {
    While { holds: Vec<Cell>, until: Moment },
    Toggle(Id),
    Role(Id),
}

/// Grants a request, or less than it asks for, or for a while, or a toggle or role instead.
pub async fn grant(
    app: &App,
    visible: &Visible<can::AccessRequestDecide>,
    author: &Author,
    request: u32,
    grant: Grant,
) -> Answer<RequestView> {
    let note = note(&grant.note)?;
    let (mut change, permit, row) = open(app, visible, author, request).await?;
    let before = change.before().clone();
    let known = Known::to(permit.actor(), before.model());
    let gift = gift(known, &row, &asked_cells(&before, &row), &grant, change.now())?;
    let given = give(&mut change, &permit, &before, &gift).await?;
    let until = if let Gift::While { until, .. } = gift { Some(until.0) } else { None };
    let gave = serde_json::json!(given).to_string();
    let decision = Decision { state: "granted", gave: &gave, until, note: &note };
    decide(app, change, &permit, row, &decision).await
}

/// Declines a request.
pub async fn decline(
    app: &App,
    visible: &Visible<can::AccessRequestDecide>,
    author: &Author,
    request: u32,
    decline: Decline,
) -> Answer<RequestView> {
    let note = note(&decline.note)?;
    let (change, permit, row) = open(app, visible, author, request).await?;
    let decision = Decision { state: "declined", gave: "", until: None, note: &note };
    decide(app, change, &permit, row, &decision).await
}

/// Asks somebody who can give it to decide a request.
pub async fn pass(
    app: &App,
    visible: &Visible<can::AccessRequestDecide>,
    author: &Author,
    request: u32,
    pass: Pass,
) -> Answer<RequestView> {
    let (mut change, permit, row) = open(app, visible, author, request).await?;
    let (actor, to) = (asker(&permit)?, Id(pass.user));
    if !able(actor, &row).contains(&to) {
        return Err(Refusal::out_of_reach(
            "user",
            "{field} must be somebody who may decide this request and can give it.",
        ));
    }
    change.pass_access_request(row.id, to).await?;
    let model = actor.snapshot().model();
    let act = Act::done("access_request:decide", "user", row.user().0, model.label(row.user()));
    change.record(
        act.with(serde_json::json!({ "request": row.id, "after": { "passed_to": model.label(to) } })),
    );
    let wants = in_words(model, &row.wants(), row.role_id.map(id));
    let filled = |mail| told(mail, &mail::named(model, row.user()), &wants, &row.reason, row.id);
    mail::post(&mut change, to, mail::Kind::RequestMade, filled).await?;
    let row = change.access_request(row.id).await?;
    change.commit().await?;
    Ok(RequestView::of(actor, row))
}

/// The people who may decide a request and could give what it asks for, of those whom the asker knows, by name.
pub async fn who_can(
    app: &App,
    visible: &Visible<can::AccessRequestDecide>,
    request: u32,
) -> Answer<Vec<Ref>> {
    let row = app.store.access_request(visible, i64::from(request)).await?;
    let model = visible.actor().snapshot().model();
    let mut people: Vec<Ref> =
        able(visible.actor(), &row).into_iter().map(|user| Ref::to(model, user)).collect();
    people.sort_by_key(|person| person.name.to_lowercase());
    Ok(people)
}

fn able(asker: &Actor, row: &AccessRequestRow) -> Vec<Id> {
    let snapshot = asker.snapshot();
    let model = snapshot.model();
    let Some(thing) = snapshot.thing(Noun::User, row.user()) else { return vec![] };
    let cells = asked_cells(snapshot, row);
    let could = |user: &Id| {
        let Some(actor) = Actor::user(snapshot.clone(), *user) else { return false };
        let gives =
            if row.role_id.is_some() { Permission::UserAssignRole } else { Permission::UserSetAccess };
        actor.acts_on(Permission::AccessRequestDecide, &thing)
            && actor.may(gives, &thing)
            && authority::may_touch(&actor, snapshot, row.user()).is_ok()
            && authority::may_define(&actor, &cells).is_ok()
    };
    let active = model.users.iter().filter(|(_, user)| user.standing == Standing::Active).map(|(id, _)| *id);
    let others = active.filter(|user| *user != asker.id() && *user != row.user() && asker.knows_user(*user));
    others.filter(could).collect()
}

/// What a request asks for as permissions: of a role, those that it holds and can be given.
pub(crate) fn asked_cells(snapshot: &Snapshot, row: &AccessRequestRow) -> Vec<Cell> {
    let role = row.role_id.and_then(|role| snapshot.model().roles.get(&id(role)));
    match role {
        Some(role) => role.holds.iter().filter(|(p, _)| p.can_be_given()).copied().collect(),
        None => row.wants(),
    }
}

fn note(text: &str) -> Answer<String> {
    check::optional_text("note", &text.split_whitespace().collect::<Vec<_>>().join(" "), 500)
}

/// Opens a change on a request that is open and that the decider may decide. Nobody decides their own.
async fn open<'s>(
    app: &'s App,
    visible: &Visible<can::AccessRequestDecide>,
    author: &Author,
    request: u32,
) -> Answer<(Change<'s>, Permit<can::AccessRequestDecide>, AccessRequestRow)> {
    let actor = visible.actor();
    let row = app.store.access_request(visible, i64::from(request)).await?;
    let user = actor.snapshot().thing(Noun::User, row.user()).ok_or_else(|| Refusal::new(Code::NotFound))?;
    let permit = actor.permit_on::<can::AccessRequestDecide>(user)?;
    if row.user() == actor.id() {
        return Err(Refusal::because(Code::Forbidden, "Nobody decides their own request."));
    }
    let (mut change, permit) = app.store.begin(&permit, author).await?;
    let row = change.access_request(row.id).await?;
    still_open(asker(&permit)?, &row)?;
    Ok((change, permit, row))
}

/// Reads what is to be given: exactly one of the three, and no more than was asked for.
fn gift(
    known: Known<'_>,
    row: &AccessRequestRow,
    asked: &[Cell],
    grant: &Grant,
    now: access::Micros,
) -> Answer<Gift> {
    let one = [grant.until.is_some(), grant.toggle.is_some(), grant.role.is_some()];
    if one.into_iter().filter(|given| *given).count() > 1 || (grant.holds.is_some() && grant.until.is_none())
    {
        return Err(Refusal::invalid("until", "{field} goes with holds; toggle and role stand alone."));
    }
    if let Some(until) = grant.until {
        check::future("until", Some(until), now)?;
        let holds = grant.holds.as_ref().map_or(Ok(asked.to_vec()), |holds| check::cells("holds", holds))?;
        if holds.is_empty() || !within(&holds, asked) {
            return Err(Refusal::out_of_reach(
                "holds",
                "{field} must be some of what was asked for, and no more.",
            ));
        }
        return Ok(Gift::While { holds, until });
    }
    if let Some(toggle) = grant.toggle {
        return Ok(Gift::Toggle(known.toggle(toggle)?));
    }
    let role = grant.role.map(|role| known.role(role)).transpose()?;
    let role = role.or(row.role_id.map(id).filter(|role| known.model().roles.contains_key(role)));
    let role = role.ok_or_else(|| {
        let message =
            "{field} is needed: permissions are given for a while. What lasts is a toggle or a role.";
        Refusal::invalid("until", message)
    })?;
    Ok(Gift::Role(role))
}

/// Gives it, under the authority that the gift itself takes.
async fn give(
    change: &mut Change<'_>,
    permit: &Permit<can::AccessRequestDecide>,
    before: &Snapshot,
    gift: &Gift,
) -> Answer<Given> {
    let (actor, user, model) = (asker(permit)?, permit.id(), before.model());
    match gift {
        Gift::While { holds, until } => {
            change.under(&also::<can::UserSetAccess>(actor, permit.thing())?);
            authority::may_define(actor, holds)?;
            user_access::put_temporary(change, model, user, holds.clone(), *until).await?;
            takes_effect(change, user, holds).await?;
            let words = roles::words(holds).into_iter();
            let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
            Ok(Given { holds: words.map(|(name, words)| (name, owned(words))).collect(), ..Given::default() })
        }
        Gift::Toggle(toggle) => {
            change.under(&also::<can::UserSetAccess>(actor, permit.thing())?);
            user_access::switch(change, user, *toggle, Some(Setting::Allow)).await?;
            Ok(Given { toggle: Some(model.label(*toggle).to_owned()), ..Given::default() })
        }
        Gift::Role(role) => {
            change.under(&also::<can::UserAssignRole>(actor, permit.thing())?);
            let old = change.user(user).await?;
            users::give_role(change, &old, *role).await?;
            Ok(Given { role: Some(model.label(*role).to_owned()), ..Given::default() })
        }
    }
}

/// To decide a request is not yet to give: that takes its own permission over the same person.
fn also<R: Right>(actor: &Actor, user: &Thing) -> Answer<Permit<R>> {
    Ok(actor.permit_on::<R>(user.clone())?)
}

/// A gift that a denied toggle or the plan takes away at once would look as if it did something.
async fn takes_effect(change: &mut Change<'_>, user: Id, holds: &[Cell]) -> Answer<()> {
    let powers = change.after().await?.latent(user);
    let lost = |(p, reaches): &&Cell| reaches.iter().any(|reach| !powers.has(*p, reach));
    match holds.iter().find(lost) {
        None => Ok(()),
        Some((permission, _)) => {
            let message = text!(
                "`{permission}` would have no effect: a toggle denies it to this person, or the plan lacks it. Change that first, or leave it out.",
                permission = permission
            );
            Err(Refusal::invalid("holds", message))
        }
    }
}

async fn decide(
    app: &App,
    mut change: Change<'_>,
    permit: &Permit<can::AccessRequestDecide>,
    row: AccessRequestRow,
    decision: &Decision<'_>,
) -> Answer<RequestView> {
    let actor = asker(permit)?;
    change.decide_access_request(row.id, Some(actor.id()), decision).await?;
    let label = actor.snapshot().model().label(row.user());
    let gave: serde_json::Value = serde_json::from_str(decision.gave).unwrap_or_default();
    let detail = serde_json::json!({ "request": row.id, "before": { "request": row.state },
        "after": { "request": decision.state, "gave": gave, "until": decision.until.map(Moment), "note": decision.note } });
    change.record(Act::done("access_request:decide", "user", row.user().0, label).with(detail));
    let by = mail::named(actor.snapshot().model(), actor.id());
    let outcome = in_a_word(app, change.workspace(), decision).await?;
    let note = if decision.note.is_empty() { String::new() } else { format!("{}\n\n", decision.note) };
    let filled = |mail: Text| {
        mail.with("by", &by).and("outcome", outcome.clone()).with("note", &note).with("path", "/profile")
    };
    mail::post(&mut change, row.user(), mail::Kind::RequestDecided, filled).await?;
    let row = change.access_request(row.id).await?;
    change.commit().await?;
    Ok(RequestView::of(actor, row))
}

/// What was decided, with its end in the workspace's time.
async fn in_a_word(app: &App, workspace: i64, decision: &Decision<'_>) -> Answer<Text> {
    let word = if decision.state == "granted" { Text::new("granted") } else { Text::new("declined") };
    let Some(end) = decision.until.and_then(|at| Timestamp::from_microsecond(at).ok()) else {
        return Ok(word);
    };
    let end = end.to_zoned(zone_of(app, workspace).await?).strftime("%Y-%m-%d %H:%M (%Q)").to_string();
    Ok(Text::new("{word} until {end}").and("word", word).with("end", end))
}
