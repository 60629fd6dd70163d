//! The audit log: read, and verified.

use access::{Permit, can};
use schemars::JsonSchema;
use serde::Serialize;
use store::Slice;
use store::audit::{AuditFilter, Entry, Verdict};

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
            Verdict::Broken { seq } => VerdictView { whole: false, entries: seq - 1, broken_at: Some(seq) },
        }
    }
}

/// Entries, newest first. `next` is the `before` of the filter for the next page.
pub async fn list(
    app: &App,
    permit: &Permit<can::AuditRead>,
    filter: &AuditFilter,
    limit: i64,
) -> Answer<List<EntryView>> {
    let limit = limit.clamp(1, 500);
    let page = app.store.audit(permit, filter, Slice::first(limit + 1)).await?;
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
