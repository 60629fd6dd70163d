//! Reviews of access: started over a role or a unit, decided line by line, kept to be read. How one is closed is in
//! [`crate::rights::review_closing`].

use std::collections::BTreeMap;

use access::model::{Setting, Standing};
use access::{Actor, Cell, Id, Micros, Model, Noun, Permission, Permit, Reach, Snapshot, Text, can};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Author;
use store::change::audit::Act;
use store::rights::reviews::{NewLine, NewReviewRow, ReviewLineRow, ReviewRow, UNKNOWN};
use store::rights::uses::LastUses;

use crate::kernel::known::Known;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::{check, mail, spreadsheet};
use crate::rights::access_requests::MOST_TOLD;
use crate::rights::roles;
use crate::rights::uses;
use crate::{Answer, App, List, Moment, Ref, id};

const DAY: Micros = 86_400_000_000;

/// What is marked for removal unless another number of days is chosen: unused for so long.
const UNUSED_DAYS: i64 = 90;

/// A review to start: of the people of a role, or of a department or branch.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewReview {
    /// What people call it; the role's or unit's name where it is empty.
    pub name: String,
    /// The role whose holders are reviewed.
    pub role: Option<u32>,
    /// The department or branch whose members and leaders are reviewed.
    pub unit: Option<u32>,
    /// What was not used for so many days is marked for removal; 90 unless told.
    pub unused_days: Option<i64>,
}

/// A review.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReviewView {
    /// Its id.
    pub id: u32,
    /// What people call it.
    pub name: String,
    /// What it is of: `role`, `department` or `branch`.
    pub scope: String,
    /// What was not used for so many days before the start is marked for removal.
    pub unused_days: i64,
    /// Who started it, for those who may know of them.
    pub started_by: Option<Ref>,
    /// When it was started.
    pub started_at: Moment,
    /// When it was closed; none while it is open.
    pub closed_at: Option<Moment>,
    /// How many lines it has, of people whom you may see.
    pub lines: usize,
    /// How many of them are decided.
    pub decided: usize,
}

/// A line of a review: one thing that somebody has.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ReviewLineView {
    /// Its id within the review.
    pub id: i64,
    /// Whose it is.
    pub user: Ref,
    /// What it is: `role`, `toggle`, `grant`, `lead` or `temporary`.
    pub kind: String,
    /// What it was called when the review was started.
    pub label: String,
    /// Whether use of anything that it gives is noted at all.
    pub use_known: bool,
    /// When anything that it gives was last used before the start, to the hour; none for never.
    pub last_used_at: Option<Moment>,
    /// Whether it was unused for so long that it is marked for removal. Nothing is removed by the mark alone.
    pub marked: bool,
    /// `keep`, `remove`, or empty while nobody has decided.
    pub decision: String,
    /// Who decided, for those who may know of them.
    pub decided_by: Option<Ref>,
    /// When.
    pub decided_at: Option<Moment>,
    /// Once the review is closed: `kept`, `removed`, `gone`, or why it could not be removed.
    pub outcome: String,
    /// Whether it was removed, and the person has it again by now: the closing was undone, or it was given anew.
    pub has_it_again: bool,
}

/// A decision on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The person keeps it.
    Keep,
    /// It is taken away when the review is closed.
    Remove,
    /// Not decided after all.
    Undecided,
}

impl Verdict {
    const fn word(self) -> &'static str {
        match self {
            Verdict::Keep => "keep",
            Verdict::Remove => "remove",
            Verdict::Undecided => "",
        }
    }
}

impl ReviewView {
    fn of(reader: &Actor, row: ReviewRow, lines: &[ReviewLineRow]) -> ReviewView {
        let decided = lines.iter().filter(|line| !line.decision.is_empty()).count();
        ReviewView::with(reader, row, lines.len(), decided)
    }

    fn with(reader: &Actor, row: ReviewRow, lines: usize, decided: usize) -> ReviewView {
        let started_by = id(row.started_by);
        let known = reader.knows_user(started_by);
        ReviewView {
            id: id(row.id).0,
            name: row.name,
            scope: row.scope_kind,
            unused_days: row.unused_days,
            started_by: known.then(|| Ref::to(reader.snapshot().model(), started_by)),
            started_at: Moment(row.started_at),
            closed_at: row.closed_at.map(Moment),
            lines,
            decided,
        }
    }
}

impl ReviewLineView {
    fn of(reader: &Actor, row: ReviewLineRow) -> ReviewLineView {
        let model = reader.snapshot().model();
        let by = row.decided_by.map(id).filter(|by| reader.knows_user(*by));
        ReviewLineView {
            id: row.id,
            user: Ref::to(model, row.user()),
            has_it_again: row.outcome == REMOVED && is_there(model, &row),
            use_known: row.last_used_at != Some(UNKNOWN),
            last_used_at: row.last_used_at.filter(|at| *at != UNKNOWN).map(Moment),
            marked: row.is_marked(),
            kind: row.kind,
            label: row.label,
            decision: row.decision,
            decided_by: by.map(|by| Ref::to(model, by)),
            decided_at: row.decided_at.map(Moment),
            outcome: row.outcome,
        }
    }
}

/// The outcome of a line that was taken away.
pub(crate) const REMOVED: &str = "removed";

/// Whether somebody has what a line is about.
pub(crate) fn is_there(model: &Model, line: &ReviewLineRow) -> bool {
    let (user, source) = (line.user(), line.source());
    match line.kind.as_str() {
        "role" => model.users.get(&user).is_some_and(|record| record.role == source),
        "toggle" => model.settings.get(&(user, source)) == Some(&Setting::Allow),
        "grant" => model.grants.iter().any(|g| g.user == user && g.entity == source),
        "lead" => model.leads.contains(&(user, source)),
        _ => model.temporary.iter().any(|t| t.user == user && t.id == source),
    }
}

/// Who reviews: reviews are people's judgement, never the machine's.
pub(crate) fn reviewer(permit: &Permit<can::AccessReview>) -> Answer<&Actor> {
    permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))
}

/// Whether somebody may see lines: of people whom they see, about things that they may know of.
pub(crate) fn may_see(reader: &Actor, user: Id, about: Option<Id>) -> bool {
    let model = reader.snapshot().model();
    let there = |id: &Id| model.entities.contains_key(id) || model.units.contains_key(id);
    reader.sees_user(user) && about.filter(there).is_none_or(|id| reader.knows(id))
}

/// The lines that somebody may see.
fn visible(reader: &Actor, lines: Vec<ReviewLineRow>) -> Vec<ReviewLineRow> {
    lines.into_iter().filter(|line| may_see(reader, line.user(), line.about())).collect()
}

/// The reviews of the workspace, newest first.
pub async fn list(app: &App, permit: &Permit<can::AccessReview>) -> Answer<List<ReviewView>> {
    let reader = reviewer(permit)?;
    let rows = app.store.reviews(permit).await?;
    let mut figures: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
    let tallies = app.store.review_tallies(permit, rows.iter().map(|row| row.id)).await?;
    for tally in tallies.iter().filter(|tally| may_see(reader, tally.user(), tally.about())) {
        let (lines, decided) = figures.entry(tally.review_id).or_default();
        *lines += tally.lines;
        *decided += tally.decided;
    }
    let many = |figure: i64| usize::try_from(figure).unwrap_or_default();
    let view = |row: ReviewRow| {
        let (lines, decided) = figures.get(&row.id).copied().unwrap_or_default();
        ReviewView::with(reader, row, many(lines), many(decided))
    };
    let known = |row: &ReviewRow| is_known(reader, row, figures.contains_key(&row.id));
    let rows: Vec<ReviewRow> = rows.into_iter().filter(known).collect();
    Ok(List::whole(rows.into_iter().map(view).collect()))
}

/// Whether a reviewer may know of a review: of what it is of, of somebody in it, or because they started it.
fn is_known(reader: &Actor, row: &ReviewRow, sees_lines: bool) -> bool {
    let of_role = row.scope_kind == "role";
    sees_lines || of_role || reader.knows(id(row.scope_id)) || reader.id() == id(row.started_by)
}

/// One review, with the lines that the asker may see, person by person.
pub async fn read(
    app: &App,
    permit: &Permit<can::AccessReview>,
    review: u32,
) -> Answer<(ReviewView, Vec<ReviewLineView>)> {
    let reader = reviewer(permit)?;
    let row = app.store.review(permit, i64::from(review)).await?;
    let lines = visible(reader, app.store.review_lines(permit, row.id).await?);
    if !is_known(reader, &row, !lines.is_empty()) {
        return Err(Refusal::new(Code::NotFound));
    }
    let view = ReviewView::of(reader, row, &lines);
    Ok((view, lines.into_iter().map(|line| ReviewLineView::of(reader, line)).collect()))
}

/// One review.
pub async fn show(app: &App, permit: &Permit<can::AccessReview>, review: u32) -> Answer<ReviewView> {
    read(app, permit, review).await.map(|(view, _)| view)
}

/// The lines of a review, person by person, of those whom the asker may see.
pub async fn lines(
    app: &App,
    permit: &Permit<can::AccessReview>,
    review: u32,
) -> Answer<List<ReviewLineView>> {
    read(app, permit, review).await.map(|(_, lines)| List::whole(lines))
}

/// Starts a review: a line for each thing that each person in it has, with the last use of what it gives.
pub async fn start(
    app: &App,
    permit: &Permit<can::AccessReview>,
    author: &Author,
    new: NewReview,
) -> Answer<ReviewView> {
    uses::flush(app).await?;
    let last = app.store.last_uses(permit).await?;
    let joined = app.store.joined(permit).await?;
    let unused_days = new.unused_days.unwrap_or(UNUSED_DAYS);
    if !(1..=3650).contains(&unused_days) {
        return Err(Refusal::invalid("unused_days", "{field} must be between 1 and 3650."));
    }
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let actor = reviewer(&permit)?;
    let (snapshot, now) = (actor.snapshot(), change.now());
    let (scope_kind, scope) = scope(actor, &new)?;
    let name = check::optional_text("name", &new.name, 120)?;
    let name = if name.is_empty() { snapshot.model().label(scope).to_owned() } else { name };
    let since = now - unused_days * DAY;
    let finder = Finder { snapshot, now, since, noticed: app.uses.noticed(), last: &last, joined: &joined };
    let people = people(snapshot.model(), scope).into_iter().filter(|user| actor.sees_user(*user));
    let lines: Vec<NewLine> = people.flat_map(|user| finder.lines(actor, user)).collect();
    let row = NewReviewRow { name: &name, scope_kind, scope, unused_days, by: actor.id() };
    let review = change.add_review(&row, lines).await?;
    let detail = serde_json::json!({ "after": { "scope": snapshot.model().label(scope), "unused_days": unused_days } });
    change.record(Act::done("access:review", "review", review.0, name.as_str()).with(detail));
    tell_reviewers(&mut change, actor, review, &name).await?;
    let row = change.review(i64::from(review.0)).await?;
    let lines = change.review_lines(row.id).await?;
    change.commit().await?;
    Ok(ReviewView::of(actor, row, &lines))
}

/// Writes to the others who review access.
async fn tell_reviewers(change: &mut store::Change<'_>, actor: &Actor, review: Id, name: &str) -> Answer<()> {
    let model = actor.snapshot().model();
    let reviews = |user: &Id| {
        let folded = actor.snapshot().user(*user);
        folded.is_some_and(|folded| folded.powers.permissions().has(Permission::AccessReview))
    };
    let others = model.users.iter().filter(|(_, user)| user.standing == Standing::Active);
    let others: Vec<Id> =
        others.map(|(id, _)| *id).filter(|id| *id != actor.id()).filter(reviews).take(MOST_TOLD).collect();
    let path = format!("/reviews/{review}");
    let by = mail::named(model, actor.id());
    for other in others {
        let filled = |mail: Text| mail.with("by", &by).with("review", mail::plain(name)).with("path", &path);
        mail::post(change, other, mail::Kind::ReviewStarted, filled).await?;
    }
    Ok(())
}

/// What a review is of, as far as whoever starts it may know of it.
fn scope(actor: &Actor, new: &NewReview) -> Answer<(&'static str, Id)> {
    let model = actor.snapshot().model();
    match (new.role.map(Id), new.unit.map(Id)) {
        (Some(role), None) if actor.holds(Permission::RoleRead) => {
            Ok((Noun::Role.word(), Known::to(Some(actor), model).role(role.0)?))
        }
        (Some(_), None) => Err(Refusal::out_of_reach("role", "{field} is not a role of this workspace.")),
        (None, Some(unit)) if actor.sees_unit(unit) => {
            let kind = model.units.get(&unit).map(|unit| Noun::from(unit.kind).word());
            Ok((kind.unwrap_or_default(), unit))
        }
        (None, Some(_)) => {
            Err(Refusal::out_of_reach("unit", "{field} is not a department or branch of this workspace."))
        }
        _ => Err(Refusal::invalid("role", "{field} or unit must say whose access is reviewed, not both.")),
    }
}

/// The holders of a role, or the members and leaders of a unit, by name.
fn people(model: &Model, scope: Id) -> Vec<Id> {
    let leads = |user: Id| model.leads.contains(&(user, scope));
    let belongs = |(id, user): &(&Id, &access::model::User)| {
        user.role == scope || user.units().any(|unit| unit == scope) || leads(**id)
    };
    let mut people: Vec<Id> = model.users.iter().filter(belongs).map(|(id, _)| *id).collect();
    people.sort_by_key(|user| (model.label(*user).to_lowercase(), *user));
    people
}

/// Finds what somebody has, and when what it gives was last used.
struct Finder<'a> {
    snapshot: &'a Snapshot,
    now: Micros,
    since: Micros,
    noticed: access::PermissionSet,
    last: &'a LastUses,
    joined: &'a BTreeMap<Id, Micros>,
}

impl Finder<'_> {
    fn lines(&self, reviewer: &Actor, user: Id) -> Vec<NewLine> {
        let model = self.snapshot.model();
        let (Some(record), Some(folded)) = (model.users.get(&user), self.snapshot.user(user)) else {
            return vec![];
        };
        let line = |kind, source, label: String, gives: Vec<Permission>| {
            let last_used_at = self.last_use(user, &gives);
            let marked = self.is_unused(user, last_used_at);
            NewLine { user, kind, source, label, last_used_at, marked }
        };
        let of = |cells: &[Cell]| cells.iter().map(|(p, _)| *p).collect::<Vec<_>>();
        let label = |id: Id| model.label(id).to_owned();
        let held = |reach: Reach| folded.powers.iter().filter(move |(_, r)| r.has(reach)).map(|(p, _)| p);
        let role = model.roles.get(&record.role).map_or(&[][..], |role| &role.holds);
        let mut lines = vec![line("role", record.role, label(record.role), of(role))];
        let allowed = model.settings.range((user, Id(0))..=(user, Id(u32::MAX)));
        for ((_, toggle), _) in allowed.filter(|(_, setting)| **setting == Setting::Allow) {
            let holds = model.toggles.get(toggle).map_or(&[][..], |toggle| &toggle.holds);
            lines.push(line("toggle", *toggle, label(*toggle), of(holds)));
        }
        for grant in model.grants_of(user, self.now).filter(|grant| reviewer.knows(grant.entity)) {
            let gives = held(Reach::Assigned).filter(|p| folded.is_granted(*p, grant.entity));
            lines.push(line("grant", grant.entity, label(grant.entity), gives.collect()));
        }
        for unit in folded.led().iter().filter(|unit| reviewer.sees_unit(**unit)) {
            lines.push(line("lead", *unit, label(*unit), held(Reach::Team).collect()));
        }
        for given in model.temporary.iter().filter(|t| t.user == user && self.now < t.expires_at) {
            let names = roles::words(&given.holds).into_keys().collect::<Vec<_>>();
            lines.push(line("temporary", given.id, names.join(", "), of(&given.holds)));
        }
        lines
    }

    /// Whether something was unused for as long as the review says; never for people who are not there that long.
    fn is_unused(&self, user: Id, last_used_at: Option<Micros>) -> bool {
        let joined = self.joined.get(&user).copied();
        last_used_at != Some(UNKNOWN) && last_used_at.or(joined).is_some_and(|at| at < self.since)
    }

    /// When any of these was last used; [`UNKNOWN`] where the use of none of them is noted.
    fn last_use(&self, user: Id, permissions: &[Permission]) -> Option<Micros> {
        let noticed: Vec<&Permission> = permissions.iter().filter(|p| self.noticed.has(**p)).collect();
        if noticed.is_empty() {
            return Some(UNKNOWN);
        }
        noticed.into_iter().filter_map(|p| self.last.get(&(user, *p)).copied()).max()
    }
}

/// A review that is open, in a change, with the lines that the reviewer may see.
pub(crate) async fn open(
    change: &mut store::Change<'_>,
    reviewer: &Actor,
    review: u32,
) -> Answer<(ReviewRow, Vec<ReviewLineRow>)> {
    let row = change.review(i64::from(review)).await?;
    if row.closed_at.is_some() {
        return Err(Refusal::because(Code::Conflict, "The review is closed: what it decided holds."));
    }
    let lines = visible(reviewer, change.review_lines(row.id).await?);
    Ok((row, lines))
}

/// Decides a line. A later decision replaces an earlier one.
pub async fn decide(
    app: &App,
    permit: &Permit<can::AccessReview>,
    author: &Author,
    (review, line): (u32, u32),
    verdict: Verdict,
) -> Answer<ReviewLineView> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let actor = reviewer(&permit)?;
    let (row, lines) = open(&mut change, actor, review).await?;
    let line = lines.into_iter().find(|l| l.id == i64::from(line));
    let line = line.ok_or_else(|| Refusal::new(Code::NotFound))?;
    let by = (verdict != Verdict::Undecided).then_some(actor.id());
    change.decide_lines(row.id, &[line.id], by, verdict.word()).await?;
    record(&mut change, actor, &row, std::slice::from_ref(&line), verdict);
    let lines = change.review_lines(row.id).await?;
    change.commit().await?;
    let line = lines.into_iter().find(|l| l.id == line.id).ok_or_else(|| Refusal::new(Code::NotFound))?;
    Ok(ReviewLineView::of(actor, line))
}

/// Decides to remove everything that is marked and that nobody has decided yet; how many lines those are.
pub async fn remove_marked(
    app: &App,
    permit: &Permit<can::AccessReview>,
    author: &Author,
    review: u32,
) -> Answer<usize> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let actor = reviewer(&permit)?;
    let (row, lines) = open(&mut change, actor, review).await?;
    let lines: Vec<ReviewLineRow> =
        lines.into_iter().filter(|line| line.decision.is_empty() && line.is_marked()).collect();
    if lines.is_empty() {
        return Ok(0);
    }
    let ids: Vec<i64> = lines.iter().map(|line| line.id).collect();
    change.decide_lines(row.id, &ids, Some(actor.id()), Verdict::Remove.word()).await?;
    record(&mut change, actor, &row, &lines, Verdict::Remove);
    change.commit().await?;
    Ok(lines.len())
}

fn record(
    change: &mut store::Change<'_>,
    actor: &Actor,
    review: &ReviewRow,
    lines: &[ReviewLineRow],
    verdict: Verdict,
) {
    let model = actor.snapshot().model();
    for line in lines {
        let what = format!("{}: {}", model.label(line.user()), line.label);
        let detail = serde_json::json!({ "line": line.id, "before": { what.as_str(): line.decision },
            "after": { what.as_str(): verdict.word() } });
        change.record(Act::done("access:review", "review", review.id, review.name.as_str()).with(detail));
    }
}

/// A review as CSV (RFC 4180): a row a line, of the people whom the asker may see.
pub async fn csv(app: &App, permit: &Permit<can::AccessReview>, review: u32) -> Answer<String> {
    const HEADER: [&str; 9] = [
        "person",
        "kind",
        "what",
        "last_used_at",
        "marked",
        "decision",
        "decided_by",
        "decided_at",
        "outcome",
    ];
    let moment = |at: Option<Moment>| at.map(|at| at.to_string()).unwrap_or_default();
    let record = |line: ReviewLineView| {
        [
            line.user.name,
            line.kind,
            line.label,
            moment(line.last_used_at),
            line.marked.to_string(),
            line.decision,
            line.decided_by.map(|by| by.name).unwrap_or_default(),
            moment(line.decided_at),
            line.outcome,
        ]
    };
    let lines = lines(app, permit, review).await?.items.into_iter().map(record);
    spreadsheet::csv([HEADER.map(str::to_owned)].into_iter().chain(lines))
}
