//! The audit log: read, filtered, exported and verified.

use access::{Id, Permit, can};
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::change::audit::{Act, AuditFilter, Entry, Verdict};
use store::{Author, Slice};

use crate::calls::calls::{moment, one_of};
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::{check, spreadsheet};
use crate::{Answer, App, List, Moment};

/// One entry of the log.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EntryView {
    /// The place in the workspace's log, from 1.
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// The id of the user who acted; none for whoever runs the machine or an unknown caller.
    pub actor_id: Option<i64>,
    /// What people called them.
    pub actor: String,
    /// How they came: `session 12`, `api token 7`, `command line`.
    pub via: String,
    /// What they did or tried.
    pub act: String,
    /// `done`, `refused` or `expired`.
    pub outcome: String,
    /// The kind of thing: `user`, `role`, `call`.
    pub object_kind: String,
    /// The thing's id; 0 for the workspace itself.
    pub object_id: i64,
    /// What people called it.
    pub object: String,
    /// Before, after, reason: whatever tells more.
    pub detail: serde_json::Value,
    /// Binds the entry to the one before; hex.
    pub hash: String,
    /// Whether somebody altered the row in the database so that it cannot be read. Nothing else is known of it then but
    /// its place, or 0 where not even that; `verify` says from where on the log is broken.
    pub unreadable: bool,
}

impl From<Entry> for EntryView {
    fn from(entry: Entry) -> EntryView {
        EntryView {
            seq: entry.seq,
            at: Moment(entry.at),
            actor_id: entry.actor_id,
            actor: entry.actor,
            via: entry.via,
            act: entry.act,
            outcome: entry.outcome,
            object_kind: entry.object_kind,
            object_id: entry.object_id,
            object: entry.object,
            // What was altered behind our back may be no JSON any more; it is shown as it stands.
            detail: serde_json::from_str(&entry.detail).unwrap_or(serde_json::Value::String(entry.detail)),
            hash: entry.hash,
            unreadable: entry.unreadable,
        }
    }
}

/// What a walk over the whole chain found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VerdictView {
    /// Whether every entry is there and unaltered.
    pub whole: bool,
    /// How many entries are good, from the first.
    pub entries: i64,
    /// The place of the first entry that is missing, moved or altered.
    pub broken_at: Option<i64>,
}

impl From<Verdict> for VerdictView {
    fn from(verdict: Verdict) -> VerdictView {
        match verdict {
            Verdict::Whole { entries } => VerdictView { whole: true, entries, broken_at: None },
            Verdict::Broken { seq } | Verdict::Replaced { seq } => {
                VerdictView { whole: false, entries: seq - 1, broken_at: Some(seq) }
            }
        }
    }
}

/// Which entries to list. What is not told is not restricted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AuditQuery {
    /// The zone whose days `since` and `until` mean, which is the workspace's; UTC where none is given.
    #[serde(skip)]
    pub zone: Option<TimeZone>,
    /// Only what this user did or tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<u32>,
    /// Only what this user did or tried, and what was done to them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<u32>,
    /// Only this act: a permission like `user:ban`, or `session:create`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
    /// Only what concerns things of this kind: `user`, `role`, `call`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Only what concerns the thing of this id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<i64>,
    /// Only entries with this outcome: `done`, `refused` or `expired`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Not before this day in the workspace's time zone, or this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Not after this day in the workspace's time zone, or this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Only entries that name this: a person, a thing, a session, what it was before or after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
}

/// A query with its words understood.
fn filter(query: &AuditQuery) -> Answer<AuditFilter> {
    let zone = query.zone.clone().unwrap_or(TimeZone::UTC);
    let set =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    Ok(AuditFilter {
        actor: query.actor.map(Id),
        party: query.party.map(Id),
        act: set(&query.act),
        kind: set(&query.kind),
        object: query.object,
        outcome: one_of("outcome", set(&query.outcome), &["done", "refused", "expired"])?,
        since: set(&query.since).map(|t| moment("since", &t, &zone, false)).transpose()?,
        until: set(&query.until).map(|t| moment("until", &t, &zone, true)).transpose()?,
        search: set(&query.search).map(|s| check::text("search", &s, 80)).transpose()?,
        before: None,
    })
}

/// Entries, newest first, after the place that an earlier answer's `next` named.
pub async fn list(
    app: &App,
    permit: &Permit<can::AuditRead>,
    query: &AuditQuery,
    after: Option<&str>,
    limit: i64,
) -> Answer<List<EntryView>> {
    let wrong = |_| Refusal::invalid("after", "{field} must be the `next` of an earlier answer.");
    let before = after.map(|seq| seq.parse().map_err(wrong)).transpose()?;
    let filter = AuditFilter { before, ..filter(query)? };
    let limit = limit.clamp(1, 500);
    let page = app.store.audit(permit, &filter, Slice::first(limit + 1)).await?;
    let most = usize::try_from(limit).unwrap_or_default();
    let more = page.rows.len() > most;
    let items: Vec<EntryView> = page.rows.into_iter().take(most).map(EntryView::from).collect();
    let next = items.last().filter(|_| more).map(|entry| entry.seq.to_string());
    Ok(List { items, total: page.total, next })
}

/// Walks the whole chain and says whether anything was altered.
pub async fn verify(app: &App, permit: &Permit<can::AuditExport>) -> Answer<VerdictView> {
    Ok(app.store.verify_audit(permit).await?.into())
}

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, with a header; what a spreadsheet would run is put behind an apostrophe.
    Csv,
    /// One JSON object a line, each as the API lists it.
    JsonLines,
}

/// An export under way. Call [`Export::next`] until it answers none.
pub struct Export {
    app: App,
    permit: Permit<can::AuditExport>,
    filter: AuditFilter,
    format: Format,
    state: State,
}

#[derive(PartialEq)]
enum State {
    Start,
    Under,
    End,
}

const ROWS_PER_PIECE: i64 = 1000;

const HEADER: [&str; 12] = [
    "seq",
    "at",
    "actor_id",
    "actor",
    "via",
    "act",
    "outcome",
    "object_kind",
    "object_id",
    "object",
    "detail",
    "hash",
];

/// Begins an export of the entries that fit, newest first, and writes down that it was made. Only whoever may see
/// the log exports it.
pub async fn export(
    app: &App,
    permit: &Permit<can::AuditExport>,
    author: &Author,
    query: &AuditQuery,
    format: Format,
) -> Answer<Export> {
    reading(permit)?;
    let filter = filter(query)?;
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let word = if format == Format::Csv { "csv" } else { "jsonl" };
    let detail = serde_json::json!({ "format": word, "filter": query });
    change.is_noted_only();
    change.record(Act::done("audit:export", "workspace", 0, "").with(detail));
    change.commit().await?;
    Ok(Export { app: app.clone(), permit, filter, format, state: State::Start })
}

/// The right to read what is exported.
fn reading(permit: &Permit<can::AuditExport>) -> Answer<Permit<can::AuditRead>> {
    match permit.actor() {
        Some(actor) => Ok(actor.permit()?),
        None => Ok(Permit::operator(permit.workspace(), permit.thing().clone())),
    }
}

impl Export {
    /// The next piece of the file; none at its end. Each is decided anew, so that an export stops where the right to
    /// it was taken away.
    pub async fn next(&mut self) -> Answer<Option<String>> {
        if self.state == State::End {
            return Ok(None);
        }
        let header =
            (self.state == State::Start && self.format == Format::Csv).then(|| HEADER.map(str::to_owned));
        let present = self.app.current(self.permit.workspace()).await?;
        self.permit = self.permit.renew(&present)?;
        let entries =
            self.app.store.audit_entries(&reading(&self.permit)?, &self.filter, ROWS_PER_PIECE).await?;
        self.filter.before = entries.last().map(|entry| entry.seq);
        self.state = if entries.is_empty() { State::End } else { State::Under };
        Ok(Some(match self.format {
            Format::Csv => spreadsheet::csv(header.into_iter().chain(entries.into_iter().map(record)))?,
            Format::JsonLines => lines(entries)?,
        }))
    }
}

fn lines(entries: Vec<Entry>) -> Answer<String> {
    let line = |entry| serde_json::to_string(&EntryView::from(entry)).map(|line| line + "\n");
    entries.into_iter().map(line).collect::<Result<_, _>>().map_err(|_| Refusal::new(Code::Internal))
}

fn record(entry: Entry) -> [String; 12] {
    if entry.unreadable {
        return HEADER.map(|name| match name {
            "seq" => entry.seq.to_string(),
            "act" => entry.act.clone(),
            _ => String::new(),
        });
    }
    [
        entry.seq.to_string(),
        Moment(entry.at).to_string(),
        entry.actor_id.map(|id| id.to_string()).unwrap_or_default(),
        entry.actor,
        entry.via,
        entry.act,
        entry.outcome,
        entry.object_kind,
        entry.object_id.to_string(),
        entry.object,
        entry.detail,
        entry.hash,
    ]
}
