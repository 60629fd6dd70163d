//! Requests for access: asked by people for themselves, listed for whoever may decide them (CAL-20). What becomes of
//! them is in [`crate::rights::request_decisions`].

use std::collections::BTreeMap;
use std::sync::Arc;

use access::model::Standing;
use access::{
    Actor, Cell, Id, Micros, Model, Noun, Permission, Permit, Powers, Reaches, Snapshot, Text, Visible, can,
    text,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::change::audit::Act;
use store::rights::access_requests::{AccessRequestRow, Decision};
use store::{Author, Slice};

use crate::kernel::asks::Says;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::{check, mail};
use crate::rights::roles;
use crate::{Answer, App, List, Moment, Ref, id};

/// So many people at the most are written to about one thing.
pub(crate) const MOST_TOLD: usize = 20;

/// So many requests of one person can be open at once.
const MOST_OPEN: usize = 10;

/// So many requests can somebody make in 24 hours, those that they took back included: each is mailed to people.
const MOST_A_DAY: i64 = 20;

const DAY: Micros = 86_400 * 1_000_000;

/// Access to ask for: permissions, or a role.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRequest {
    /// Each permission with the words of its reaches; not together with a role.
    #[serde(default)]
    pub holds: BTreeMap<String, Vec<String>>,
    /// The role to have instead of the present one.
    pub role: Option<u32>,
    /// Why, for whoever decides.
    pub reason: String,
}

/// A request for access.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RequestView {
    /// Its id.
    pub id: u32,
    /// Who asks.
    pub user: Ref,
    /// Their email address, which is theirs alone as a name is not; empty where they are gone.
    pub email: String,
    /// The permissions that are asked for, with the words of their reaches; empty where it is a role.
    pub holds: BTreeMap<String, Vec<&'static str>>,
    /// The role that is asked for.
    pub role: Option<Ref>,
    /// Why.
    pub reason: String,
    /// `open`, `granted`, `declined` or `withdrawn`.
    pub state: String,
    /// When it was asked.
    pub created_at: Moment,
    /// When it was decided or withdrawn.
    pub decided_at: Option<Moment>,
    /// Who decided it, for those who may know of them.
    pub decided_by: Option<Ref>,
    /// What was given.
    pub given: Option<Given>,
    /// Until when it was given, where it was for a while.
    pub until: Option<Moment>,
    /// What the decider had to say.
    pub note: String,
    /// Whom another decider asked to decide it.
    pub passed_to: Option<Ref>,
}

/// What was given on a request, as it was called then.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Given {
    /// Permissions for a while, with the words of their reaches.
    pub holds: BTreeMap<String, Vec<String>>,
    /// A toggle that was allowed.
    pub toggle: Option<String>,
    /// A role.
    pub role: Option<String>,
}

impl RequestView {
    pub(crate) fn of(asker: &Actor, row: AccessRequestRow) -> RequestView {
        let model = asker.snapshot().model();
        let known = |raw: i64| asker.knows_user(id(raw)).then(|| Ref::to(model, id(raw)));
        RequestView {
            id: id(row.id).0,
            user: Ref::to(model, row.user()),
            email: model.users.get(&row.user()).map_or_else(String::new, |user| user.email.clone()),
            holds: roles::words(&row.wants()),
            role: row.role_id.map(|role| Ref::to(model, id(role))),
            given: serde_json::from_str(&row.gave).ok(),
            reason: row.reason,
            state: row.state,
            created_at: Moment(row.created_at),
            decided_at: row.decided_at.map(Moment),
            decided_by: row.decided_by.and_then(known),
            until: row.until.map(Moment),
            note: row.note,
            passed_to: row.passed_to.and_then(known),
        }
    }
}

/// Who acts here: requests are about people, never about the machine.
pub(crate) fn asker<R: access::Right>(permit: &Permit<R>) -> Answer<&Actor> {
    permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))
}

/// Asks for access. What is asked already is not asked twice: the answer is the request that is open.
pub async fn ask(
    app: &App,
    permit: &Permit<can::AccessRequestCreate>,
    author: &Author,
    new: NewRequest,
) -> Answer<RequestView> {
    let reason = reason(&new.reason)?;
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let actor = asker(&permit)?;
    let (wants, role) = wanted(actor, &new)?;
    let mut open = change.open_access_requests_of(actor.id()).await?;
    let same = |row: &AccessRequestRow| row.role_id.map(id) == role && row.wants() == wants;
    if let Some(at) = open.iter().position(same) {
        return Ok(RequestView::of(actor, open.swap_remove(at)));
    }
    if open.len() >= MOST_OPEN {
        let message = text!(
            "You have {most} open requests already: withdraw one, or wait for an answer.",
            most = MOST_OPEN
        );
        return Err(Refusal::because(Code::Invalid, message));
    }
    let since = change.now() - DAY;
    if change.access_requests_since(actor.id(), since).await? >= MOST_A_DAY {
        let message = text!(
            "You have asked {most} times in the last 24 hours, and each time somebody was told: ask again later.",
            most = MOST_A_DAY
        );
        return Err(Refusal::because(Code::Invalid, message));
    }
    let request = change.add_access_request(actor.id(), &wants, role, &reason).await?;
    let model = actor.snapshot().model();
    let asked = serde_json::json!({ "holds": roles::words(&wants), "role": role.map(|role| model.label(role)),
        "reason": reason });
    let act = Act::done("access_request:create", "user", actor.id().0, model.label(actor.id()));
    change.record(act.with(serde_json::json!({ "request": request, "after": asked })));
    let asked_for = in_words(model, &wants, role);
    for decider in deciders(actor.snapshot(), actor.id()).into_iter().take(MOST_TOLD) {
        let filled =
            |mail| told(mail, &mail::named(model, actor.id()), &asked_for, &reason, i64::from(request.0));
        mail::post(&mut change, decider, mail::Kind::RequestMade, filled).await?;
    }
    let row = change.access_request(i64::from(request.0)).await?;
    change.commit().await?;
    Ok(RequestView::of(actor, row))
}

/// The mail to somebody who may decide a request, with what it is about.
pub(crate) fn told(mail: Text, by: &str, wants: &[Text], reason: &str, request: i64) -> Text {
    let path = format!("/requests/{request}");
    mail.with("by", by).list("wants", wants.to_vec()).with("reason", reason).with("path", path)
}

/// The people who may decide requests of somebody.
pub(crate) fn deciders(snapshot: &Arc<Snapshot>, user: Id) -> Vec<Id> {
    let Some(thing) = snapshot.thing(Noun::User, user) else { return vec![] };
    let may = |id: &Id| {
        let actor = Actor::user(snapshot.clone(), *id);
        actor.is_some_and(|actor| actor.acts_on(Permission::AccessRequestDecide, &thing))
    };
    let people = snapshot.model().users.iter().filter(|(_, user)| user.standing == Standing::Active);
    people.map(|(id, _)| *id).filter(|id| *id != user).filter(may).collect()
}

/// What is asked for, as a mail says it.
pub(crate) fn in_words(model: &Model, wants: &[Cell], role: Option<Id>) -> Vec<Text> {
    let permissions = wants.iter().map(|(p, _)| Text::new(p.entry().meaning));
    role.map(|role| Text::from(model.label(role).to_owned())).into_iter().chain(permissions).collect()
}

/// Why somebody asks, in one line.
fn reason(text: &str) -> Answer<String> {
    check::text("reason", &one_line(text), 500)
}

/// A reason as a request keeps it.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is asked for: permissions that one lacks, or another role.
fn wanted(actor: &Actor, new: &NewRequest) -> Answer<(Vec<Cell>, Option<Id>)> {
    match (new.role, new.holds.is_empty()) {
        (Some(role), true) => Ok((vec![], Some(wanted_role(actor, Id(role))?))),
        (None, false) => Ok((wanted_cells(actor, &new.holds)?, None)),
        _ => Err(Refusal::invalid("holds", "{field} or role must say what you ask for, not both.")),
    }
}

fn wanted_cells(actor: &Actor, holds: &BTreeMap<String, Vec<String>>) -> Answer<Vec<Cell>> {
    let (own, allows) = (actor.folded().powers, actor.snapshot().model().allows);
    let mut lacking = vec![];
    for (permission, reaches) in check::cells("holds", holds)? {
        if !permission.can_be_given() {
            let message = text!("`{permission}` cannot be given to anybody.", permission = permission);
            return Err(Refusal::out_of_reach("holds", message));
        }
        if !allows.has(permission) {
            let message = text!(
                "`{permission}` is not in the workspace's plan: nobody can give it.",
                permission = permission
            );
            return Err(Refusal::invalid("holds", message));
        }
        let new = reaches.iter().filter(|r| !own.has(permission, *r)).fold(Reaches::NONE, Reaches::with);
        if !new.is_empty() {
            lacking.push((permission, new));
        }
    }
    if lacking.is_empty() {
        return Err(Refusal::invalid("holds", "{field} must name something that you do not hold already."));
    }
    Ok(lacking)
}

fn wanted_role(actor: &Actor, role: Id) -> Answer<Id> {
    if askable_roles(actor).any(|(askable, _)| askable == role) {
        return Ok(role);
    }
    Err(Refusal::out_of_reach("role", "{field} must be another role of this workspace, and not the Owner's."))
}

/// The roles that somebody may ask for, with their names: the preset's, which are no secret, and every other one for
/// whoever may see roles; neither their own nor the Owner's.
pub fn askable_roles(actor: &Actor) -> impl Iterator<Item = (Id, &str)> {
    let model = actor.snapshot().model();
    let own = model.users.get(&actor.id()).map(|user| user.role);
    let sees = actor.holds(Permission::RoleRead);
    let roles = model
        .roles
        .iter()
        .filter(move |(id, role)| Some(**id) != own && !role.standing.owner && (sees || role.key.is_some()));
    roles.map(|(id, role)| (*id, role.name.as_str()))
}

/// One's own requests, newest first. Needs no permission: people may know what they asked for.
pub async fn own(app: &App, actor: &Actor) -> Answer<List<RequestView>> {
    let rows = app.store.own_access_requests(actor).await?;
    Ok(List::whole(rows.into_iter().map(|row| RequestView::of(actor, row)).collect()))
}

/// Takes one's own request back.
pub async fn withdraw(
    app: &App,
    permit: &Permit<can::AccessRequestCreate>,
    author: &Author,
    request: u32,
) -> Answer<()> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let actor = asker(&permit)?;
    let row = change.access_request(i64::from(request)).await?;
    if row.user() != actor.id() {
        return Err(Refusal::new(Code::NotFound));
    }
    still_open(actor, &row)?;
    let decision = Decision { state: "withdrawn", gave: "", until: None, note: "" };
    change.decide_access_request(row.id, None, &decision).await?;
    let act =
        Act::done("access_request:create", "user", actor.id().0, actor.snapshot().model().label(actor.id()));
    change.record(act.with(serde_json::json!({ "request": request, "before": { "request": "open" },
        "after": { "request": "withdrawn" } })));
    Ok(change.commit().await?)
}

/// The requests that the asker may decide, newest first.
pub async fn list(
    app: &App,
    visible: &Visible<can::AccessRequestDecide>,
    open: bool,
    slice: Slice,
) -> Answer<List<RequestView>> {
    let page = app.store.access_requests(visible, open, slice).await?;
    let items = page.rows.into_iter().map(|row| RequestView::of(visible.actor(), row)).collect();
    Ok(List::part(items, page.total, slice))
}

/// One request.
pub async fn show(
    app: &App,
    visible: &Visible<can::AccessRequestDecide>,
    request: u32,
) -> Answer<RequestView> {
    let row = app.store.access_request(visible, i64::from(request)).await?;
    Ok(RequestView::of(visible.actor(), row))
}

/// Whether nobody has decided a request yet, and if somebody has, who.
pub(crate) fn still_open(actor: &Actor, row: &AccessRequestRow) -> Answer<()> {
    if row.state == "open" {
        return Ok(());
    }
    let by = row.decided_by.map(id).filter(|by| actor.knows_user(*by));
    let by = by.map_or("", |by| actor.snapshot().model().label(by));
    let message = match row.state.as_str() {
        "granted" | "declined" if by.is_empty() => text!("Somebody else decided this request already."),
        "granted" => text!("{name} granted this request already.", name = by),
        "declined" => text!("{name} declined this request already.", name = by),
        _ => "The request was taken back already.".into(),
    };
    Err(Refusal::because(Code::Conflict, message))
}

/// Whether everything of some cells is within others: less than was asked, never more.
pub(crate) fn within(cells: &[Cell], bounds: &[Cell]) -> bool {
    let bounds: Powers = bounds.iter().collect();
    cells.iter().all(|(permission, reaches)| reaches.iter().all(|reach| bounds.has(*permission, reach)))
}

/// How many requests wait for somebody to decide; none where they decide none.
pub(crate) fn waiting<'a>(app: &'a App, actor: &'a Actor) -> Says<'a, (Permission, i64)> {
    Box::pin(async move {
        let open = match actor.visible() {
            Ok(visible) => app.store.open_access_requests(&visible).await?,
            Err(_) => 0,
        };
        Ok((Permission::AccessRequestDecide, open))
    })
}
