//! Calls: written once, listed by whom and what they touch.
//!
//! Each call is indexed once for every id that it touches (`call_touches`). A scoped list reads, for each of the
//! asker's keys, just the first rows of that key's index and merges them, so a page costs the same for somebody
//! who sees ten calls of ten million as for somebody who sees them all.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use access::{Id, Micros, Noun, Permission, Permit, Right, Thing, Visible, can};

use crate::calls::recordings::NewRecording;
use crate::change::Change;
use crate::kit::db::{self, Q, q, row};
use crate::{Result, Store, StoreError};

/// A finished call, ready to be kept.
#[derive(Debug, Clone)]
pub struct NewCall {
    /// The system that recorded it: `ringfence`, `asterisk`, `freeswitch`, `csv`.
    pub source: &'static str,
    /// Its id there; a second call with the same source and id is skipped.
    pub unique_id: String,
    /// When it began to ring.
    pub started_at: Micros,
    /// When it was answered.
    pub answered_at: Option<Micros>,
    /// When it ended.
    pub ended_at: Micros,
    /// Seconds from answer to end; above zero means connected (CLY-14).
    pub talk_seconds: i64,
    /// `inbound`, `outbound` or `internal`.
    pub direction: &'static str,
    /// `answered`, `no_answer`, `busy`, `failed` or `voicemail`.
    pub outcome: &'static str,
    /// Who called: E.164 or extension digits.
    pub from_party: String,
    /// The name that the caller showed.
    pub from_name: Option<String>,
    /// Who was called: E.164 or extension digits.
    pub to_party: String,
    /// The user who called.
    pub from_user: Option<Id>,
    /// The user who was called.
    pub to_user: Option<Id>,
    /// The extension that called.
    pub from_extension: Option<Id>,
    /// The extension that was called.
    pub to_extension: Option<Id>,
    /// The queue that it went through.
    pub queue: Option<Id>,
    /// The workspace's number that it came in or went out by.
    pub number: Option<Id>,
    /// Its recording.
    pub recording: Option<NewRecording>,
    /// Every id that it touches, with the units of its users at the time.
    pub touches: Vec<Id>,
}

/// A call as it is kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CallRow {
    /// Its id among the workspace's calls.
    pub id: i64,
    /// The system that recorded it.
    pub source: String,
    /// Its id there.
    pub unique_id: String,
    /// When it began to ring.
    pub started_at: Micros,
    /// When it was answered.
    pub answered_at: Option<Micros>,
    /// When it ended.
    pub ended_at: Micros,
    /// Seconds from answer to end.
    pub talk_seconds: i64,
    /// `inbound`, `outbound` or `internal`.
    pub direction: String,
    /// `answered`, `no_answer`, `busy`, `failed` or `voicemail`.
    pub outcome: String,
    /// Who called.
    pub from_party: String,
    /// The name that the caller showed.
    pub from_name: Option<String>,
    /// Who was called.
    pub to_party: String,
    /// The user who called.
    pub from_user: Option<i64>,
    /// The user who was called.
    pub to_user: Option<i64>,
    /// The extension that called.
    pub from_extension: Option<i64>,
    /// The extension that was called.
    pub to_extension: Option<i64>,
    /// The queue that it went through.
    pub queue_id: Option<i64>,
    /// The workspace's number that it came in or went out by.
    pub number_id: Option<i64>,
    /// The recording's file, below the workspace's recordings folder.
    pub recording: Option<String>,
    touches: String,
}

impl CallRow {
    /// The call as a decision sees it.
    pub fn thing(&self) -> Thing {
        Thing::new(Noun::Call, self.id, read_touches(&self.touches))
    }
}

/// Calls in figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct CallFigures {
    /// How many there are.
    pub calls: i64,
    /// How many of them were answered.
    pub answered: i64,
    /// How many of them came in from outside.
    pub inbound: i64,
}

/// What became of a recording that was to be attached to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attached {
    /// The call has it now.
    Yes,
    /// The call has one already, or is not there.
    Already,
    /// Somebody deleted the call's recording, and it stays deleted.
    Deleted,
}

/// The permissions under which calls are listed.
pub trait ListsCalls: Right {
    /// The permissions that must allow each call besides.
    const BESIDES: &'static [Permission];
}

impl ListsCalls for can::CallRecordRead {
    const BESIDES: &'static [Permission] = &[];
}

/// Nobody exports what they cannot see.
impl ListsCalls for can::CallRecordExport {
    const BESIDES: &'static [Permission] = &[Permission::CallRecordRead];
}

/// Which calls to list.
#[derive(Debug, Clone, Default)]
pub struct CallFilter {
    /// Not before this moment.
    pub since: Option<Micros>,
    /// Before this moment.
    pub until: Option<Micros>,
    /// Only this direction.
    pub direction: Option<String>,
    /// Only this outcome.
    pub outcome: Option<String>,
    /// Only calls that touch this user, unit, extension, queue or number.
    pub touching: Option<Id>,
    /// Part of an outside number or a caller's name. Looks only at calls whose numbers the asker sees in full.
    pub search: Option<String>,
    /// Only calls with a recording.
    pub recorded: bool,
    /// Only calls after (below) this one: the keyset cursor.
    pub before: Option<(Micros, i64)>,
}

const COLUMNS: &str = "c.id, c.source, c.unique_id, c.started_at, c.answered_at, c.ended_at, c.talk_seconds, \
     c.direction, c.outcome, c.from_party, c.from_name, c.to_party, c.from_user, c.to_user, c.from_extension, \
     c.to_extension, c.queue_id, c.number_id, c.recording, c.touches";

/// New calls; answers the ids of those that were not there.
const NEW_CALLS: db::Rows = db::Rows {
    into: "INSERT INTO calls (workspace_id, id, source, unique_id, started_at, answered_at, ended_at, talk_seconds, \
           direction, outcome, from_party, from_name, to_party, from_user, to_user, from_extension, to_extension, \
           queue_id, number_id, recording, recording_digest, touches)",
    types: &[
        "BIGINT", "BIGINT", "TEXT", "TEXT", "BIGINT", "BIGINT", "BIGINT", "BIGINT", "TEXT", "TEXT", "TEXT",
        "TEXT", "TEXT", "BIGINT", "BIGINT", "BIGINT", "BIGINT", "BIGINT", "BIGINT", "TEXT", "TEXT", "TEXT",
    ],
    then: " ON CONFLICT (workspace_id, source, unique_id) DO NOTHING RETURNING id",
    values: vec![],
};

const NEW_TOUCHES: db::Rows = db::Rows {
    into: "INSERT INTO call_touches (workspace_id, subject_id, started_at, call_id)",
    types: &["BIGINT", "BIGINT", "BIGINT", "BIGINT"],
    then: "",
    values: vec![],
};

fn call_row(workspace: i64, id: i64, call: &NewCall) -> [db::Value; 22] {
    let touches: Vec<String> = call.touches.iter().map(Id::to_string).collect();
    row![
        workspace,
        id,
        call.source,
        &call.unique_id,
        call.started_at,
        call.answered_at,
        call.ended_at,
        call.talk_seconds,
        call.direction,
        call.outcome,
        &call.from_party,
        call.from_name.clone(),
        &call.to_party,
        call.from_user,
        call.to_user,
        call.from_extension,
        call.to_extension,
        call.queue,
        call.number,
        call.recording.as_ref().map(|recording| recording.file.clone()),
        call.recording.as_ref().map(|recording| recording.digest.clone()),
        touches.join(" ")
    ]
}

fn read_touches(text: &str) -> Vec<Id> {
    text.split(' ').filter_map(|word| word.parse().ok()).map(Id).collect()
}

/// So many rows of the index are deleted by one statement.
const KEYS_AT_ONCE: usize = 500;

/// So many keys are read one by one and merged; SQLite joins at most 500 queries.
const MOST_KEYS: usize = 400;

/// The search for calls: by time, or by the index of one or more keys, under conditions.
struct Search<'a> {
    workspace: i64,
    filter: &'a CallFilter,
    /// The keys to go by; none to go by time alone.
    keys: Option<Vec<Id>>,
    /// Each of these must share a key with the call besides.
    also: Vec<Vec<Id>>,
}

impl<'a> Search<'a> {
    fn new<R: ListsCalls>(visible: &Visible<R>, filter: &'a CallFilter) -> Search<'a> {
        let mut narrowing: Vec<Vec<Id>> = vec![];
        narrowing.extend(filter.touching.map(|id| vec![id]));
        narrowing.extend(visible.rows().keys().into_iter().map(<[Id]>::to_vec));
        let unmasked = filter.search.is_some().then_some(Permission::CallRecordUnmask);
        for permission in R::BESIDES.iter().copied().chain(unmasked) {
            for keys in visible.actor().rows(permission).keys() {
                if !narrowing.iter().any(|known| known == keys) {
                    narrowing.push(keys.to_vec());
                }
            }
        }
        let mut narrowing = narrowing.into_iter();
        let keys = narrowing.next();
        Search { workspace: visible.workspace(), filter, keys, also: narrowing.collect() }
    }

    /// `(id, started_at)` of the matching calls: at most `limit` for each key, newest first, or all without one.
    fn candidates(&self, limit: Option<i64>) -> Q {
        let Some(keys) = &self.keys else {
            let by_time =
                q("SELECT c.id, c.started_at FROM calls c WHERE c.workspace_id = ").v(self.workspace);
            return self
                .conditions(by_time, false)
                .some(limit, |q, n| q.s(" ORDER BY c.started_at DESC, c.id DESC LIMIT ").v(n));
        };
        if keys.len() > MOST_KEYS {
            return self.by_many(keys, limit);
        }
        let mut all = q("");
        for (at, key) in keys.iter().enumerate() {
            all = all.s(if at == 0 { "" } else { " UNION " }).s("SELECT * FROM (");
            all = self.by_key(all, *key, limit).s(") AS k");
        }
        if keys.is_empty() { q("SELECT id, started_at FROM calls WHERE workspace_id IS NULL") } else { all }
    }

    fn by_key(&self, start: Q, key: Id, limit: Option<i64>) -> Q {
        self.by_touch(start.s("SELECT t.call_id AS id, t.started_at"), |q| q.s(" = ").v(key), limit)
    }

    /// The same for so many keys that one query for each would be more than a database takes.
    fn by_many(&self, keys: &[Id], limit: Option<i64>) -> Q {
        let start = q("SELECT DISTINCT t.call_id AS id, t.started_at");
        self.by_touch(start, |q| q.s(" IN ").list(keys.iter().copied()), limit)
    }

    fn by_touch(&self, start: Q, keys: impl FnOnce(Q) -> Q, limit: Option<i64>) -> Q {
        let query = start.s(" FROM call_touches t").when(self.looks_at_calls(), |q| {
            q.s(" JOIN calls c ON c.workspace_id = t.workspace_id AND c.id = t.call_id")
        });
        let query = keys(query.s(" WHERE t.workspace_id = ").v(self.workspace).s(" AND t.subject_id"));
        self.conditions(query, true)
            .some(limit, |q, n| q.s(" ORDER BY t.started_at DESC, t.call_id DESC LIMIT ").v(n))
    }

    fn looks_at_calls(&self) -> bool {
        let f = self.filter;
        f.direction.is_some() || f.outcome.is_some() || f.search.is_some() || f.recorded
    }

    fn conditions(&self, query: Q, by_key: bool) -> Q {
        let f = self.filter;
        let at = if by_key { " AND t.started_at" } else { " AND c.started_at" };
        let place =
            if by_key { " AND (t.started_at, t.call_id) < (" } else { " AND (c.started_at, c.id) < (" };
        let query = query
            .some(f.since, |q, v| q.s(at).s(" >= ").v(v))
            .some(f.until, |q, v| q.s(at).s(" < ").v(v))
            .some(f.before, |q, (at, id)| q.s(place).v(at).s(",").v(id).s(")"))
            .some(f.direction.as_deref(), |q, v| q.s(" AND c.direction = ").v(v))
            .some(f.outcome.as_deref(), |q, v| q.s(" AND c.outcome = ").v(v))
            .when(f.recorded, |q| q.s(" AND c.recording IS NOT NULL"))
            .some(f.search.as_deref().map(crate::kit::search::like), |q, like| {
                q.s(" AND (c.from_party LIKE ")
                    .v(like.clone())
                    .s(" ESCAPE '!' OR c.to_party LIKE ")
                    .v(like.clone())
                    .s(" ESCAPE '!' OR lower(coalesce(c.from_name, '')) LIKE ")
                    .v(like)
                    .s(" ESCAPE '!')")
            });
        self.also.iter().fold(query, |query, keys| {
            let row = if by_key {
                " AND EXISTS (SELECT 1 FROM call_touches v WHERE v.workspace_id = t.workspace_id \
                  AND v.started_at = t.started_at AND v.call_id = t.call_id AND v.subject_id IN "
            } else {
                " AND EXISTS (SELECT 1 FROM call_touches v WHERE v.workspace_id = c.workspace_id \
                  AND v.started_at = c.started_at AND v.call_id = c.id AND v.subject_id IN "
            };
            query.s(row).list(keys.iter().copied()).s(")")
        })
    }
}

/// A permission to get at the sound of a recording.
pub trait HearsRecordings: Right {}
impl HearsRecordings for can::RecordingListen {}
impl HearsRecordings for can::RecordingDownload {}

impl Store {
    /// The calls that the asker may see, newest first.
    pub async fn calls<R: ListsCalls>(
        &self,
        visible: &Visible<R>,
        filter: &CallFilter,
        limit: i64,
    ) -> Result<Vec<CallRow>> {
        let search = Search::new(visible, filter);
        let candidates = search.candidates(Some(limit));
        let query = q("SELECT ")
            .s(COLUMNS)
            .s(" FROM (")
            .append(candidates)
            .s(") AS p JOIN calls c ON c.id = p.id AND c.workspace_id = ")
            .v(visible.workspace())
            .s(" ORDER BY c.started_at DESC, c.id DESC LIMIT ")
            .v(limit);
        Ok(self.db.all(query).await?)
    }

    /// How many calls the asker may see.
    pub async fn count_calls<R: ListsCalls>(&self, visible: &Visible<R>, filter: &CallFilter) -> Result<i64> {
        let filter = CallFilter { before: None, ..filter.clone() };
        let candidates = Search::new(visible, &filter).candidates(None);
        let query = q("SELECT count(*) FROM (").append(candidates).s(") AS p");
        Ok(self.db.one::<(i64,)>(query).await?.map_or(0, |(n,)| n))
    }

    /// How many calls the asker may see, and how many of them were answered and came in.
    pub async fn call_figures(
        &self,
        visible: &Visible<can::CallRecordRead>,
        filter: &CallFilter,
    ) -> Result<CallFigures> {
        let query = q("SELECT count(*) AS calls, \
             coalesce(sum(CASE c.outcome WHEN 'answered' THEN 1 ELSE 0 END), 0) AS answered, \
             coalesce(sum(CASE c.direction WHEN 'inbound' THEN 1 ELSE 0 END), 0) AS inbound FROM (")
        .append(Search::new(visible, filter).candidates(None))
        .s(") AS p JOIN calls c ON c.id = p.id AND c.workspace_id = ")
        .v(visible.workspace());
        Ok(self.db.one(query).await?.unwrap_or_default())
    }

    /// The call that the permit is for.
    pub async fn call(&self, permit: &Permit<can::CallRecordRead>) -> Result<CallRow> {
        let query = q("SELECT ").s(COLUMNS).s(" FROM calls c WHERE c.workspace_id = ").v(permit.workspace());
        self.db.one(query.s(" AND c.id = ").v(permit.thing().id)).await?.ok_or(StoreError::Missing)
    }

    /// A call as a decision sees it, for the lookup before the decision; nothing else of it.
    pub async fn call_thing(&self, workspace: i64, id: i64) -> Result<Option<Thing>> {
        let query = q("SELECT touches FROM calls WHERE workspace_id = ").v(workspace);
        let found: Option<(String,)> = self.db.one(query.s(" AND id = ").v(id)).await?;
        Ok(found.map(|(touches,)| Thing::new(Noun::Call, id, read_touches(&touches))))
    }

    /// The recording's file of the call that the permit is for, below the workspace's recordings folder, if it has one.
    pub async fn recording_file<R: HearsRecordings>(&self, permit: &Permit<R>) -> Result<Option<String>> {
        let query = q("SELECT recording FROM calls WHERE workspace_id = ").v(permit.workspace());
        let found: Option<(Option<String>,)> =
            self.db.one(query.s(" AND id = ").v(permit.thing().id)).await?;
        Ok(found.and_then(|(recording,)| recording))
    }

    /// The names of these people, also of those who were deleted since, for calls that they took part in.
    pub async fn names_in_calls(&self, workspace: i64, users: &[Id]) -> Result<BTreeMap<Id, String>> {
        if users.is_empty() {
            return Ok(BTreeMap::new());
        }
        let query = q("SELECT id, name FROM users WHERE workspace_id = ").v(workspace).s(" AND id IN ");
        let rows: Vec<(i64, String)> = self.db.all(query.list(users.iter().copied())).await?;
        Ok(rows.into_iter().map(|(user, name)| (crate::kit::load::id(user), name)).collect())
    }
}

impl Change<'_> {
    /// Keeps calls, leaving out those whose source and id are there already or were deleted; how many were new.
    pub async fn add_calls(&mut self, calls: &[NewCall]) -> Result<u64> {
        let deleted = self.deleted_among(calls).await?;
        let is_kept = |call: &&NewCall| !deleted.contains(&(call.source.to_owned(), call.unique_id.clone()));
        let calls: Vec<&NewCall> = calls.iter().filter(is_kept).collect();
        let first = self.new_call_ids(i64::try_from(calls.len()).unwrap_or(i64::MAX));
        let workspace = self.workspace();
        let rows = (first..).zip(&calls).flat_map(|(id, call)| call_row(workspace, id, call));
        let kept: Vec<(i64,)> = self.tx.insert(db::Rows { values: rows.collect(), ..NEW_CALLS }).await?;
        let kept: HashSet<i64> = kept.into_iter().map(|(id,)| id).collect();
        let mut touches: Vec<(Id, Micros, i64)> = (first..)
            .zip(&calls)
            .filter(|(id, _)| kept.contains(id))
            .flat_map(|(id, call)| call.touches.iter().map(move |subject| (*subject, call.started_at, id)))
            .collect();
        // In the order of the table's key, so that neighbours are written together.
        touches.sort_unstable_by_key(|(subject, started_at, id)| (*subject, Reverse((*started_at, *id))));
        let rows = touches.into_iter().flat_map(|(subject, at, id)| row![workspace, subject, at, id]);
        self.tx.insert::<(i64,)>(db::Rows { values: rows.collect(), ..NEW_TOUCHES }).await?;
        Ok(kept.len() as u64)
    }

    /// Attaches a recording to a call by its source and id there, unless it has one or had one that was deleted.
    pub async fn attach_recording(
        &mut self,
        source: &str,
        unique_id: &str,
        recording: &NewRecording,
    ) -> Result<Attached> {
        let of_call = |query: Q, workspace| {
            query
                .s(" AND workspace_id = ")
                .v(workspace)
                .s(" AND source = ")
                .v(source)
                .s(" AND unique_id = ")
                .v(unique_id)
        };
        let update = q("UPDATE calls SET recording = ")
            .v(&recording.file)
            .s(", recording_digest = ")
            .v(&recording.digest)
            .s(" WHERE recording IS NULL AND recording_deleted_at IS NULL");
        if self.tx.exec(of_call(update, self.workspace())).await? > 0 {
            return Ok(Attached::Yes);
        }
        let deleted = q("SELECT id FROM calls WHERE recording_deleted_at IS NOT NULL");
        let deleted: Option<(i64,)> = self.tx.one(of_call(deleted, self.workspace())).await?;
        Ok(if deleted.is_some() { Attached::Deleted } else { Attached::Already })
    }

    /// A call, as this change sees it.
    pub async fn call(&mut self, id: i64) -> Result<CallRow> {
        let query = q("SELECT ").s(COLUMNS).s(" FROM calls c WHERE c.workspace_id = ").v(self.workspace());
        self.tx.one(query.s(" AND c.id = ").v(id)).await?.ok_or(StoreError::Missing)
    }

    /// Forgets the recording of a call for good: no later import brings it back. The file is for the caller to delete.
    pub async fn remove_recording(&mut self, call: i64) -> Result<()> {
        let update = q("UPDATE calls SET recording = NULL, recording_digest = NULL, recording_deleted_at = ")
            .v(self.now())
            .s(" WHERE workspace_id = ")
            .v(self.workspace());
        if self.tx.exec(update.s(" AND id = ").v(call)).await? == 0 {
            Err(StoreError::Missing)
        } else {
            Ok(())
        }
    }

    /// Forgets every call that went through a number so far; how many, and the files of their recordings, which are
    /// for the caller to delete.
    pub async fn delete_calls_of(&mut self, number: Id) -> Result<(u64, Vec<String>)> {
        let calls = self.calls_of(number).await?;
        self.is_for_good();
        for part in calls.chunks(KEYS_AT_ONCE) {
            let delete = q("DELETE FROM calls WHERE workspace_id = ").v(self.workspace()).s(" AND id IN ");
            self.tx.exec(delete.list(part.iter().map(|call| call.id))).await?;
        }
        let keys = calls.iter().flat_map(|call| {
            let subjects = read_touches(&call.touches).into_iter();
            subjects.map(|subject| (subject, call.started_at, call.id))
        });
        let keys: Vec<(Id, Micros, i64)> = keys.collect();
        for part in keys.chunks(KEYS_AT_ONCE) {
            let delete = q("DELETE FROM call_touches WHERE workspace_id = ").v(self.workspace());
            let mut delete = delete.s(" AND (subject_id, started_at, call_id) IN (VALUES ");
            for (at, (subject, started_at, call)) in part.iter().enumerate() {
                delete = delete.s(if at == 0 { "" } else { ", " }).list(row![*subject, *started_at, *call]);
            }
            self.tx.exec(delete.s(")")).await?;
        }
        for part in calls.chunks(KEYS_AT_ONCE) {
            let mut insert = q("INSERT INTO deleted_calls (workspace_id, source, unique_id) VALUES ");
            for (at, call) in part.iter().enumerate() {
                let key = row![self.workspace(), &call.source, &call.unique_id];
                insert = insert.s(if at == 0 { "" } else { ", " }).list(key);
            }
            self.tx.exec(insert).await?;
        }
        let recordings = calls.iter().filter_map(|call| call.recording.clone()).collect();
        Ok((u64::try_from(calls.len()).unwrap_or(u64::MAX), recordings))
    }

    /// The sources and ids of those calls that were deleted for good.
    async fn deleted_among(&mut self, calls: &[NewCall]) -> Result<HashSet<(String, String)>> {
        let mut found = HashSet::new();
        let any = q("SELECT workspace_id FROM deleted_calls WHERE workspace_id = ").v(self.workspace());
        let any: Option<(i64,)> = self.tx.one(any.s(" LIMIT 1")).await?;
        for part in calls.chunks(KEYS_AT_ONCE).filter(|_| any.is_some()) {
            let query =
                q("SELECT source, unique_id FROM deleted_calls WHERE workspace_id = ").v(self.workspace());
            let query = query.s(" AND unique_id IN ").list(part.iter().map(|call| &call.unique_id));
            found.extend(self.tx.all::<(String, String)>(query).await?);
        }
        Ok(found)
    }

    /// Every call that went through a number so far.
    async fn calls_of(&mut self, number: Id) -> Result<Vec<CallRow>> {
        let query = q("SELECT ").s(COLUMNS).s(" FROM calls c WHERE c.workspace_id = ").v(self.workspace());
        let touching = query.s(" AND c.number_id = ").v(number).s(
            " AND c.id IN (SELECT t.call_id FROM call_touches t WHERE t.workspace_id = c.workspace_id AND t.subject_id = ",
        );
        Ok(self.tx.all(touching.v(number).s(")")).await?)
    }
}
