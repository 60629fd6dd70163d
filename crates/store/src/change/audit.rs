//! The audit log: one entry for each act and each refusal, each bound to the one before by a hash (ALL-06).

use access::{Id, Micros, Permit, Right, Visible, can};
use sha2::{Digest, Sha256};
use sqlx::{ColumnIndex, Decode, FromRow, Type};

use crate::change::{Author, Intent};
use crate::kit::db::{Q, Tx, q, row};
use crate::kit::page::{Page, Slice};
use crate::{Result, Store};

/// What was done, or refused, to what.
#[derive(Debug, Clone)]
pub struct Act {
    /// The permission's name, or a word such as `session:create` where there is none.
    pub act: String,
    /// `done` or `refused`.
    pub outcome: Outcome,
    /// The kind of thing: `user`, `role`, `call`.
    pub kind: &'static str,
    /// The thing's id; 0 for the workspace itself.
    pub id: i64,
    /// What people call it.
    pub label: String,
    /// Before, after, reason: whatever tells what happened. Never a secret.
    pub detail: serde_json::Value,
}

/// How an act ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused and nothing changed.
    Refused,
    /// It ended by itself: access given for a while.
    Expired,
}

impl Outcome {
    /// The word in the log.
    pub const fn word(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Refused => "refused",
            Outcome::Expired => "expired",
        }
    }
}

impl Act {
    /// Something that was done to a thing.
    pub fn done(
        act: impl Into<String>,
        kind: &'static str,
        id: impl Into<i64>,
        label: impl Into<String>,
    ) -> Act {
        let detail = serde_json::json!({});
        Act { act: act.into(), outcome: Outcome::Done, kind, id: id.into(), label: label.into(), detail }
    }

    /// The same with what tells more.
    #[must_use]
    pub fn with(self, detail: serde_json::Value) -> Act {
        Act { detail, ..self }
    }
}

/// The end of the chain.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub seq: i64,
    pub hash: String,
}

/// One entry of the log.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Entry {
    /// The place in the workspace's log, from 1.
    pub seq: i64,
    /// When.
    pub at: Micros,
    /// The user who acted; none for whoever runs the machine or an unknown caller.
    pub actor_id: Option<i64>,
    /// What people called them.
    pub actor: String,
    /// How they came.
    pub via: String,
    /// What they did or tried.
    pub act: String,
    /// `done`, `refused` or `expired`.
    pub outcome: String,
    /// The kind of thing.
    pub object_kind: String,
    /// The thing's id.
    pub object_id: i64,
    /// What people called it.
    pub object: String,
    /// JSON that tells more.
    pub detail: String,
    /// `SHA-256(hash of the entry before ‖ the fields as a JSON array)`, hex.
    pub hash: String,
    /// Whether the row cannot be read, since somebody altered it behind our back; nothing else is told of it then, but
    /// its place where that can be read.
    #[sqlx(skip)]
    pub unreadable: bool,
}

/// An entry as its row stands: SQLite keeps text where a number belongs, and bytes where text does.
struct Stored(Entry);

impl<'r, R> FromRow<'r, R> for Stored
where
    R: sqlx::Row,
    Entry: FromRow<'r, R>,
    &'static str: ColumnIndex<R>,
    i64: Type<R::Database> + Decode<'r, R::Database>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Stored> {
        let entry = Entry::from_row(row);
        Ok(Stored(entry.unwrap_or_else(|_| Entry::unreadable(row.try_get("seq").unwrap_or(NO_PLACE)))))
    }
}

impl Entry {
    fn unreadable(seq: i64) -> Entry {
        Entry {
            seq,
            at: 0,
            actor_id: None,
            actor: String::new(),
            via: String::new(),
            act: "unreadable".into(),
            outcome: String::new(),
            object_kind: String::new(),
            object_id: 0,
            object: String::new(),
            detail: "{}".into(),
            hash: String::new(),
            unreadable: true,
        }
    }

    fn hash_after(&self, workspace: i64, previous: &str) -> String {
        let fields = serde_json::json!([
            workspace,
            self.seq,
            self.at,
            self.actor_id,
            self.actor,
            self.via,
            self.act,
            self.outcome,
            self.object_kind,
            self.object_id,
            self.object,
            self.detail
        ]);
        hex::encode(Sha256::new().chain_update(previous).chain_update(fields.to_string()).finalize())
    }
}

/// So many entries are written by one statement: a bulk of people leaves one for each of them.
const TOGETHER: usize = 50;

/// Writes acts into the log, each after the one before.
pub(crate) async fn append(
    tx: &mut Tx,
    workspace: i64,
    chain: &mut Head,
    author: &Author,
    now: Micros,
    acts: Vec<Act>,
) -> Result<()> {
    let mut entries = vec![];
    for act in acts {
        let mut entry = Entry {
            seq: chain.seq + 1,
            at: now,
            actor_id: author.id.map(|id| i64::from(id.0)),
            actor: author.name.clone(),
            via: author.via.clone(),
            act: act.act,
            outcome: act.outcome.word().into(),
            object_kind: act.kind.into(),
            object_id: act.id,
            object: act.label,
            detail: act.detail.to_string(),
            hash: String::new(),
            unreadable: false,
        };
        entry.hash = entry.hash_after(workspace, &chain.hash);
        *chain = Head { seq: entry.seq, hash: entry.hash.clone() };
        entries.push(entry);
    }
    let (full, rest) = entries.as_chunks::<TOGETHER>();
    // Two texts of statements, whatever their number: each is prepared once.
    for entries in full.iter().map(<[Entry; TOGETHER]>::as_slice).chain(rest.chunks(1)) {
        tx.exec(inserted(workspace, entries)).await?;
    }
    Ok(())
}

fn inserted(workspace: i64, entries: &[Entry]) -> Q {
    let mut insert =
        q("INSERT INTO audit (workspace_id, seq, at, actor_id, actor, via, act, outcome, object_kind, \
                        object_id, object, detail, hash) VALUES ");
    for (n, e) in entries.iter().enumerate() {
        insert = if n == 0 { insert } else { insert.s(", ") };
        insert = insert.list(row![
            workspace,
            e.seq,
            e.at,
            e.actor_id,
            &e.actor,
            &e.via,
            &e.act,
            &e.outcome,
            &e.object_kind,
            e.object_id,
            &e.object,
            &e.detail,
            &e.hash
        ]);
    }
    insert
}

/// The columns of an entry.
const ENTRY: &str =
    "SELECT seq, at, actor_id, actor, via, act, outcome, object_kind, object_id, object, detail, hash";

/// Rows whose place is a whole number: all, unless somebody wrote into the database (on SQLite).
const PLACED: &str = " AND seq = CAST(seq AS BIGINT)";
const MISPLACED: &str = " AND seq <> CAST(seq AS BIGINT)";

/// The place that is said of an entry whose own cannot be read.
const NO_PLACE: i64 = 0;

/// Which entries to show.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only what this user did or tried.
    pub actor: Option<Id>,
    /// Only what this user did or tried, and what was done to them.
    pub party: Option<Id>,
    /// Only this act.
    pub act: Option<String>,
    /// Only what concerns a thing of this kind.
    pub kind: Option<String>,
    /// Only what concerns the thing of this id.
    pub object: Option<i64>,
    /// Only entries with this outcome.
    pub outcome: Option<String>,
    /// Not before this moment.
    pub since: Option<Micros>,
    /// Before this moment.
    pub until: Option<Micros>,
    /// Only entries that name this somewhere.
    pub search: Option<String>,
    /// Only entries before this place: the keyset cursor.
    pub before: Option<i64>,
}

impl AuditFilter {
    fn conditions(&self, query: Q, workspace: i64) -> Q {
        query
            .s(" FROM audit WHERE workspace_id = ")
            .v(workspace)
            .some(self.actor, |q, v| q.s(" AND actor_id = ").v(v))
            .some(self.party, |q, v| {
                q.s(" AND (actor_id = ").v(v).s(" OR (object_kind = 'user' AND object_id = ").v(v).s("))")
            })
            .some(self.act.clone(), |q, v| q.s(" AND act = ").v(v))
            .some(self.kind.clone(), |q, v| q.s(" AND object_kind = ").v(v))
            .some(self.object, |q, v| q.s(" AND object_id = ").v(v))
            .some(self.outcome.clone(), |q, v| q.s(" AND outcome = ").v(v))
            .some(self.since, |q, v| q.s(" AND at >= ").v(v))
            .some(self.until, |q, v| q.s(" AND at < ").v(v))
            .some(self.search.as_deref().map(crate::kit::search::like), |q, like| {
                q.s(" AND (lower(actor) LIKE ")
                    .v(like.clone())
                    .s(" ESCAPE '!' OR lower(object) LIKE ")
                    .v(like.clone())
                    .s(" ESCAPE '!' OR lower(via) LIKE ")
                    .v(like.clone())
                    .s(" ESCAPE '!' OR lower(detail) LIKE ")
                    .v(like)
                    .s(" ESCAPE '!')")
            })
    }
}

/// The end of a workspace's chain at a moment, to be kept where nobody who can write to the database can.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// When it was the end.
    pub at: Micros,
    /// The workspace.
    pub workspace: i64,
    /// Its name in addresses.
    pub slug: String,
    /// The place of the last entry.
    pub seq: i64,
    /// That entry's hash, which stands for all that come before it too.
    pub hash: String,
}

/// What `verify` found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry is there and unaltered.
    Whole {
        /// How many.
        entries: i64,
    },
    /// The log was altered; this is the first place where it shows.
    Broken {
        /// The place of the first entry that is missing, moved or altered.
        seq: i64,
    },
    /// The chain holds in itself and is not the one that was anchored: its end was cut off, or it was written anew.
    Replaced {
        /// The first anchored place at which it is another chain, or none any more.
        seq: i64,
    },
}

impl Store {
    /// Writes down that something was refused, by itself, since the act never happened.
    pub async fn record_refusal(&self, workspace: i64, author: &Author, act: Act) -> Result<()> {
        // Also where something was only tried.
        let author = Author { intent: Intent::Do, ..author.clone() };
        let mut change = self.open_change(workspace, &author).await?;
        change.is_noted_only();
        change.record(Act { outcome: Outcome::Refused, ..act });
        change.commit().await
    }

    /// Writes down that somebody took rows out that they may see: an export.
    pub async fn record_export<R: Right>(
        &self,
        visible: &Visible<R>,
        author: &Author,
        act: Act,
    ) -> Result<()> {
        let mut change = self.open_change(visible.workspace(), author).await?;
        change.is_noted_only();
        change.record(act);
        change.commit().await
    }

    /// Entries, newest first, and how many there are.
    pub async fn audit(
        &self,
        permit: &Permit<can::AuditRead>,
        filter: &AuditFilter,
        slice: Slice,
    ) -> Result<Page<Entry>> {
        let all = AuditFilter { before: None, ..filter.clone() };
        let total: Option<(i64,)> =
            self.db.one(all.conditions(q("SELECT count(*)"), permit.workspace())).await?;
        let rows = self.audit_entries(permit, filter, slice.limit).await?;
        Ok(Page { rows, total: total.map_or(0, |t| t.0) })
    }

    /// Entries, newest first, not counted; at the end those whose place nobody can read.
    pub async fn audit_entries(
        &self,
        permit: &Permit<can::AuditRead>,
        filter: &AuditFilter,
        limit: i64,
    ) -> Result<Vec<Entry>> {
        let matching = || filter.conditions(q(ENTRY), permit.workspace());
        let placed = matching()
            .s(PLACED)
            .some(filter.before, |q, v| q.s(" AND seq < ").v(v))
            .s(" ORDER BY seq DESC LIMIT ")
            .v(limit);
        let mut rows: Vec<Stored> = self.db.all(placed).await?;
        let left = limit - i64::try_from(rows.len()).unwrap_or(limit);
        if left > 0 && filter.before != Some(NO_PLACE) {
            rows.extend(self.db.all::<Stored>(matching().s(MISPLACED).s(" LIMIT ").v(left)).await?);
        }
        Ok(rows.into_iter().map(|Stored(entry)| entry).collect())
    }

    /// Walks the whole chain of a workspace in constant memory.
    pub async fn verify_audit(&self, permit: &Permit<can::AuditExport>) -> Result<Verdict> {
        self.verify_audit_against(permit, &[]).await
    }

    /// The same, and whether each of these anchors of the workspace is in the chain.
    pub async fn verify_audit_against(
        &self,
        permit: &Permit<can::AuditExport>,
        anchors: &[Anchor],
    ) -> Result<Verdict> {
        const STEP: i64 = 5_000;
        let workspace = permit.workspace();
        // The entries are counted before the head is read, which only moves on: what is too many then was not written
        // by us, wherever it stands.
        let count = q("SELECT count(*) FROM audit WHERE workspace_id = ");
        let (count,): (i64,) = self.db.one(count.v(workspace)).await?.unwrap_or_default();
        let head = q("SELECT audit_seq, audit_head FROM workspaces WHERE id = ").v(workspace);
        let (last, head): (i64, String) = self.db.one(head).await?.unwrap_or_default();
        let mut expected: Vec<&Anchor> = anchors.iter().filter(|a| a.workspace == workspace).collect();
        expected.sort_by_key(|anchor| anchor.seq);
        let mut expected = expected.into_iter().peekable();
        let mut replaced = None;
        let (mut seq, mut hash) = (0, String::new());
        while seq < last {
            let rows = q(ENTRY)
                .s(" FROM audit WHERE workspace_id = ")
                .v(workspace)
                .s(" AND seq > ")
                .v(seq)
                .s(" AND seq <= ")
                .v(last)
                .s(" ORDER BY seq LIMIT ")
                .v(STEP);
            let entries: Vec<Stored> = self.db.all(rows).await?;
            if entries.is_empty() {
                return Ok(Verdict::Broken { seq: seq + 1 });
            }
            for Stored(entry) in entries {
                if entry.seq != seq + 1 || entry.hash != entry.hash_after(workspace, &hash) {
                    return Ok(Verdict::Broken { seq: seq + 1 });
                }
                (seq, hash) = (entry.seq, entry.hash);
                while let Some(anchor) = expected.next_if(|anchor| anchor.seq <= seq) {
                    if anchor.seq != seq || anchor.hash != hash {
                        replaced = replaced.or(Some(anchor.seq));
                    }
                }
            }
        }
        if hash != head {
            return Ok(Verdict::Broken { seq });
        }
        if count > last {
            return Ok(Verdict::Broken { seq: last + 1 });
        }
        Ok(match replaced.or(expected.next().map(|anchor| anchor.seq)) {
            Some(seq) => Verdict::Replaced { seq },
            None => Verdict::Whole { entries: seq },
        })
    }

    /// The ends of all chains: what to keep outside the database.
    pub async fn anchors(&self) -> Result<Vec<Anchor>> {
        let heads =
            q("SELECT id, slug, audit_seq, audit_head FROM workspaces WHERE audit_seq > 0 ORDER BY id");
        let heads: Vec<(i64, String, i64, String)> = self.db.all(heads).await?;
        let at = self.now();
        let anchor = |(workspace, slug, seq, hash)| Anchor { at, workspace, slug, seq, hash };
        Ok(heads.into_iter().map(anchor).collect())
    }
}
