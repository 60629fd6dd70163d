//! What people call with: the caller ID that one chooses, the one that an administrator presets, and the line on which
//! a call would go out, with the reason.

use access::calling::{self, CallLine, CannotCall};
use access::model::EntityKind;
use access::{Actor, Id, Model, Permit, Snapshot, Text, can};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Author;
use store::change::audit::Act;

use crate::kernel::known::Known;
use crate::kernel::refusal::Refusal;
use crate::{Answer, App, Ref};

/// What somebody shows when they call.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CallerIdView {
    /// The numbers that they may choose among: those granted to them for use, the one granted first first.
    pub choices: Vec<Ref>,
    /// The one that they chose, if it is still among them.
    pub chosen: Option<u32>,
    /// The one that an administrator preset, which counts while no number is granted to them.
    pub preset: Option<Ref>,
    /// The one that a call shows now, unless another is asked for with it; none where calls are refused.
    pub in_force: Option<Ref>,
    /// Why it is that one: `chosen`, `granted_first` or `preset`.
    pub because: Option<&'static str>,
    /// Why calls are refused, if they are: `no_permission`, `no_extension` or `no_number`.
    pub refused: Option<&'static str>,
    /// The same as a sentence.
    #[schemars(with = "Option<String>")]
    pub reason: Option<Text>,
    /// The extension on which they call and are called.
    pub extension: Option<Ref>,
}

impl CallerIdView {
    /// What a user shows, as far as somebody may know of the numbers; of oneself everything.
    pub fn of(snapshot: &Snapshot, asker: Option<&Actor>, user: Id) -> CallerIdView {
        let model = snapshot.model();
        let asker = asker.filter(|asker| asker.id() != user);
        let seen = |id: Id| asker.is_none_or(|asker| asker.knows(id)).then(|| Ref::to(model, id));
        let choices = model.numbers_of(user, snapshot.at());
        let record = model.users.get(&user);
        let line = calling::may_call(snapshot, user, None);
        let refused = line.err();
        CallerIdView {
            chosen: record.and_then(|u| u.chosen_number).filter(|n| choices.contains(n)).map(|n| n.0),
            preset: record.and_then(|u| u.preset_number).filter(|n| model.is_number(*n)).and_then(seen),
            choices: choices.into_iter().filter_map(seen).collect(),
            in_force: line.ok().and_then(|line| seen(line.caller_id)),
            because: line.ok().map(|line| line.because.word()),
            refused: refused.map(CannotCall::word),
            reason: refused.map(|refused| refused.text()),
            extension: calling::extension(snapshot, user).and_then(seen),
        }
    }
}

/// Whether a call would go out, on what, and why.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LineView {
    /// Whether it would.
    pub allowed: bool,
    /// The number that the other side sees, if the asker may know of it.
    pub caller_id: Option<Ref>,
    /// Why it is that one: `asked`, `chosen`, `granted_first` or `preset`.
    pub because: Option<&'static str>,
    /// The extension that calls, if the asker may know of it.
    pub extension: Option<Ref>,
    /// Why it would not: `no_permission`, `no_extension`, `no_number` or `not_their_number`.
    pub refused: Option<&'static str>,
    /// The same as a sentence.
    #[schemars(with = "Option<String>")]
    pub reason: Option<Text>,
    /// Whether calls reach the user.
    pub receives: bool,
    /// Why they do not, as a sentence.
    #[schemars(with = "Option<String>")]
    pub unreachable: Option<Text>,
    /// Another word whenever this user's access is another.
    pub version: String,
}

/// A number to show; null for none.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CallerId {
    /// The id of a number, or null.
    pub number: Option<u32>,
}

/// What one shows when one calls. Needs no permission: it is said of the caller alone.
pub fn own(actor: &Actor) -> CallerIdView {
    CallerIdView::of(actor.snapshot(), None, actor.id())
}

/// What a user shows when they call.
pub async fn of_user(app: &App, permit: &Permit<can::UserRead>) -> Answer<CallerIdView> {
    Ok(CallerIdView::of(&*app.snapshot(permit).await?, permit.actor(), permit.id()))
}

/// Chooses one's own caller ID among the numbers granted for use; none for the one that was granted first (NUA-07).
pub async fn choose(
    app: &App,
    permit: &Permit<can::ProfileUpdate>,
    author: &Author,
    wanted: CallerId,
) -> Answer<CallerIdView> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let (model, user) = (before.model(), permit.id());
    let number = wanted.number.map(Id);
    if number.is_some_and(|number| !model.numbers_of(user, change.now()).contains(&number)) {
        return Err(not_granted());
    }
    change.choose_caller_id(user, number).await?;
    let old = model.users.get(&user).and_then(|u| u.chosen_number);
    let detail = serde_json::json!({ "before": { "caller_id": name(model, old) }, "after": { "caller_id": name(model, number) } });
    change.record(Act::done("profile:update", "user", i64::from(user.0), model.label(user)).with(detail));
    change.commit().await?;
    Ok(CallerIdView::of(&*app.current(permit.workspace()).await?, None, user))
}

fn not_granted() -> Refusal {
    let message = "{field} must be one that is granted to you for use: choose one of the list.";
    Refusal::out_of_reach("number", message)
}

/// Presets a user's caller ID, which counts while no number is granted to them; none for none (NUA-07).
pub async fn preset(
    app: &App,
    permit: &Permit<can::UserSetAccess>,
    author: &Author,
    wanted: CallerId,
) -> Answer<CallerIdView> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let (model, user) = (before.model(), permit.id());
    let number = wanted.number.map(|number| presettable(&before, permit.actor(), number)).transpose()?;
    change.preset_caller_id(user, number).await?;
    let old = model.users.get(&user).and_then(|u| u.preset_number);
    let detail = serde_json::json!({ "before": { "default_caller_id": name(model, old) },
        "after": { "default_caller_id": name(model, number) } });
    change.record(Act::done("user:set_access", "user", i64::from(user.0), model.label(user)).with(detail));
    change.commit().await?;
    let snapshot = app.current(permit.workspace()).await?;
    Ok(CallerIdView::of(&snapshot, permit.actor(), user))
}

/// A number that the actor knows of. That it is nobody else's, where a number belongs to one user at a time, is judged
/// on the outcome (ONF-07).
fn presettable(snapshot: &Snapshot, actor: Option<&Actor>, number: u32) -> Answer<Id> {
    Known::to(actor, snapshot.model()).number(number)
}

fn name(model: &Model, number: Option<Id>) -> Option<&str> {
    number.map(|number| model.label(number))
}

/// Whether a call of the user would go out, on what, and why; `asked` is the number that the client wants to show.
pub async fn line(app: &App, permit: &Permit<can::AccessExplain>, asked: Option<u32>) -> Answer<LineView> {
    let snapshot = app.snapshot(permit).await?;
    let asker = permit.actor().filter(|actor| actor.id() != permit.id());
    let seen = |id: Id| asker.is_none_or(|a| a.knows(id)).then(|| Ref::to(snapshot.model(), id));
    let line = calling::may_call(&snapshot, permit.id(), asked.map(Id));
    let receives = calling::may_receive(&snapshot, permit.id());
    let of = |get: fn(CallLine) -> Option<Id>| line.ok().and_then(get).and_then(seen);
    Ok(LineView {
        allowed: line.is_ok(),
        caller_id: of(|line| Some(line.caller_id)),
        because: line.ok().map(|line| line.because.word()),
        extension: of(|line| line.extension),
        refused: line.err().map(CannotCall::word),
        reason: line.err().map(|refused| refused.text()),
        receives: receives.is_ok(),
        unreachable: receives.err().map(|refused| refused.text()),
        version: snapshot.mark_of(permit.id()),
    })
}

/// The number that somebody names by its id or its digits, for decision points.
pub fn number_named(model: &Model, text: &str) -> Option<Id> {
    let by_id = text.parse().ok().map(Id).filter(|id| model.is_number(*id));
    let labelled = || model.entities.iter().find(|(_, e)| e.kind == EntityKind::Number && e.label == text);
    by_id.or_else(|| labelled().map(|(id, _)| *id))
}
