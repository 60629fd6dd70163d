//! Calls: the log as each asker may see it, with outside numbers masked, and their recordings.

use std::collections::BTreeMap;

use access::{Actor, Id, Micros, Model, Permission, Permit, Snapshot, Visible, can, text};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Author;
use store::calls::calls::{CallFigures, CallFilter, CallRow, HearsRecordings, ListsCalls};
use store::change::audit::Act;

pub use crate::calls::export::{Export, export};

use crate::calls::mask::{mask, mask_name};
use crate::kernel::refusal::{Code, Refusal};
use crate::{Answer, App, List, Moment, Ref, id};

/// A call, as whoever may see it sees it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CallView {
    /// Its id among the workspace's calls.
    pub id: i64,
    /// When it began to ring.
    pub started_at: Moment,
    /// When it was answered.
    pub answered_at: Option<Moment>,
    /// When it ended.
    pub ended_at: Moment,
    /// Seconds from answer to end.
    pub talk_seconds: i64,
    /// `inbound`, `outbound` or `internal`.
    pub direction: String,
    /// `answered`, `no_answer`, `busy`, `failed` or `voicemail`.
    pub outcome: String,
    /// Who called; an outside number is masked unless the asker may see it in full.
    pub from: String,
    /// The name that the caller showed.
    pub from_name: Option<String>,
    /// Who was called; masked like `from`.
    pub to: String,
    /// The user who called.
    pub from_user: Option<Ref>,
    /// The user who was called.
    pub to_user: Option<Ref>,
    /// The queue that it went through, where the asker may know of it.
    pub queue: Option<Ref>,
    /// The workspace's number that it came in or went out by, where the asker may know of it.
    pub number: Option<Ref>,
    /// Whether there is a recording.
    pub has_recording: bool,
    /// Whether there is one and the asker may listen to it.
    pub may_listen: bool,
    /// Whether there is one and the asker may download it.
    pub may_download: bool,
}

impl CallView {
    fn of(actor: &Actor, departed: &BTreeMap<Id, String>, row: CallRow) -> CallView {
        let model = actor.snapshot().model();
        let thing = row.thing();
        let unmasked = actor.may(Permission::CallRecordUnmask, &thing);
        let has_recording = row.recording.is_some();
        let may = |permission| has_recording && actor.may(permission, &thing);
        let user = |raw: Option<i64>| raw.map(|raw| person(model, departed, id(raw)));
        // What the viewer may not know of is not named by a call either.
        let told = |raw: &i64| actor.may_be_told(id(*raw));
        let entity = |raw: Option<i64>| raw.filter(told).map(|raw| Ref::to(model, id(raw)));
        let party = |text: &str| if unmasked || inside(model, &row, text) { text.into() } else { mask(text) };
        let caller_shown = unmasked || inside(model, &row, &row.from_party);
        let name = |name: &String| if caller_shown { name.clone() } else { mask_name(name) };
        CallView {
            id: row.id,
            started_at: Moment(row.started_at),
            answered_at: row.answered_at.map(Moment),
            ended_at: Moment(row.ended_at),
            talk_seconds: row.talk_seconds,
            from: party(&row.from_party),
            from_name: row.from_name.as_ref().map(name),
            to: party(&row.to_party),
            from_user: user(row.from_user),
            to_user: user(row.to_user),
            queue: entity(row.queue_id),
            number: entity(row.number_id),
            has_recording,
            may_listen: may(Permission::RecordingListen),
            may_download: may(Permission::RecordingDownload),
            direction: row.direction,
            outcome: row.outcome,
        }
    }
}

/// Whether a party is the workspace's own: the extension or number of the call.
fn inside(model: &Model, row: &CallRow, party: &str) -> bool {
    let own = [row.from_extension, row.to_extension, row.number_id];
    own.into_iter().flatten().any(|raw| model.entities.get(&id(raw)).is_some_and(|e| e.label == party))
}

fn person(model: &Model, departed: &BTreeMap<Id, String>, user: Id) -> Ref {
    match departed.get(&user) {
        Some(name) => Ref { id: user.0, name: name.clone() },
        None => Ref::to(model, user),
    }
}

/// Which calls to list, in words.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CallQuery {
    /// The zone whose days `since` and `until` mean, which is the workspace's; UTC where none is given.
    #[serde(skip)]
    pub zone: Option<TimeZone>,
    /// Not before this: a moment as in RFC 3339, or a day in the workspace's time zone.
    pub since: Option<String>,
    /// Before this moment, or to the end of this day.
    pub until: Option<String>,
    /// `inbound`, `outbound` or `internal`.
    pub direction: Option<String>,
    /// `answered`, `no_answer`, `busy`, `failed` or `voicemail`.
    pub outcome: Option<String>,
    /// The id of a user, unit, extension, queue or number that the calls touch.
    pub touching: Option<u32>,
    /// Part of an outside number or a caller's name. Finds only calls whose numbers the asker sees in full.
    pub search: Option<String>,
    /// Only calls with a recording.
    pub recorded: bool,
}

/// The calls that the asker may see, newest first. `cursor` is what the page before said in `next`.
pub async fn list(
    app: &App,
    visible: &Visible<can::CallRecordRead>,
    query: &CallQuery,
    limit: i64,
    cursor: Option<&str>,
) -> Answer<List<CallView>> {
    let limit = limit.clamp(1, 500);
    let mut filter = filter(visible.actor(), query)?;
    filter.before = cursor.map(read_cursor).transpose()?;
    let (items, next) = page(app, visible, &filter, limit).await?;
    let total = app.store.count_calls(visible, &filter).await?;
    Ok(List { items, total, next: next.map(write_cursor) })
}

/// The latest calls that the asker may see, newest first; not how many there are, which takes reading them all.
pub async fn latest(app: &App, visible: &Visible<can::CallRecordRead>, limit: i64) -> Answer<Vec<CallView>> {
    Ok(page(app, visible, &CallFilter::default(), limit).await?.0)
}

const DAY: Micros = 86_400_000_000;

/// Figures of those calls of the last so many days that the asker may see.
pub async fn figures(app: &App, visible: &Visible<can::CallRecordRead>, days: i64) -> Answer<CallFigures> {
    let filter = CallFilter { since: Some(app.store.now() - days * DAY), ..CallFilter::default() };
    Ok(app.store.call_figures(visible, &filter).await?)
}

/// A page of calls, and the place after it unless it is the last.
pub(crate) async fn page<R: ListsCalls>(
    app: &App,
    visible: &Visible<R>,
    filter: &CallFilter,
    limit: i64,
) -> Answer<(Vec<CallView>, Option<(Micros, i64)>)> {
    let mut rows = app.store.calls(visible, filter, limit + 1).await?;
    let most = usize::try_from(limit).unwrap_or_default();
    let more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().filter(|_| more).map(|row| (row.started_at, row.id));
    let departed = departed(app, visible.actor().snapshot(), &rows).await?;
    let views = rows.into_iter().map(|row| CallView::of(visible.actor(), &departed, row)).collect();
    Ok((views, next))
}

/// One call.
pub async fn show(app: &App, permit: &Permit<can::CallRecordRead>) -> Answer<CallView> {
    let actor = permit.actor().ok_or_else(|| Refusal::new(Code::Internal))?;
    let row = app.store.call(permit).await?;
    let departed = departed(app, actor.snapshot(), std::slice::from_ref(&row)).await?;
    Ok(CallView::of(actor, &departed, row))
}

/// The names of people in these calls who have left the workspace since.
async fn departed(app: &App, snapshot: &Snapshot, rows: &[CallRow]) -> Answer<BTreeMap<Id, String>> {
    let model = snapshot.model();
    let people = rows.iter().flat_map(|row| [row.from_user, row.to_user]).flatten().map(id);
    let mut gone: Vec<Id> = people.filter(|user| !model.users.contains_key(user)).collect();
    gone.sort_unstable();
    gone.dedup();
    Ok(app.store.names_in_calls(model.workspace, &gone).await?)
}

/// The recording's file, below the workspace's recordings folder.
pub async fn recording_path<R: HearsRecordings>(app: &App, permit: &Permit<R>) -> Answer<String> {
    app.store.recording_file(permit).await?.ok_or_else(|| Refusal::new(Code::NotFound))
}

/// Forgets the recording of a call; answers its file, below the workspace's recordings folder, which is then
/// for the caller to delete.
pub async fn delete_recording(
    app: &App,
    permit: &Permit<can::RecordingDelete>,
    author: &Author,
) -> Answer<String> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let call = change.call(permit.thing().id).await?;
    let file = call.recording.ok_or_else(|| Refusal::new(Code::NotFound))?;
    change.remove_recording(call.id).await?;
    let detail = serde_json::json!({ "before": { "recording": file }, "after": { "recording": null } });
    change.record(Act::done("recording:delete", "call", call.id, call.unique_id).with(detail));
    change.commit().await?;
    Ok(file)
}

/// A query with its words understood.
pub(crate) fn filter(asker: &Actor, query: &CallQuery) -> Answer<CallFilter> {
    let zone = query.zone.clone().unwrap_or(TimeZone::UTC);
    let text =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let search = text(&query.search).map(|s| crate::kernel::check::text("search", &s, 80)).transpose()?;
    Ok(CallFilter {
        since: text(&query.since).map(|t| moment("since", &t, &zone, false)).transpose()?,
        until: text(&query.until).map(|t| moment("until", &t, &zone, true)).transpose()?,
        direction: one_of("direction", text(&query.direction), &["inbound", "outbound", "internal"])?,
        outcome: one_of(
            "outcome",
            text(&query.outcome),
            &["answered", "no_answer", "busy", "failed", "voicemail"],
        )?,
        touching: query.touching.map(|id| known(asker, Id(id))).transpose()?,
        search,
        recorded: query.recorded,
        before: None,
    })
}

/// What a call may be asked to touch: nothing that the asker may not know of, or the answer would tell of it.
fn known(asker: &Actor, id: Id) -> Answer<Id> {
    let unknown = text!("{field} must be a person, unit, extension, queue or number that you may see.");
    if asker.knows(id) { Ok(id) } else { Err(Refusal::out_of_reach("touching", unknown)) }
}

pub(crate) fn one_of(field: &'static str, value: Option<String>, words: &[&str]) -> Answer<Option<String>> {
    match value {
        Some(value) if !words.contains(&value.as_str()) => {
            Err(Refusal::invalid(field, text!("{field} must be one of: {words}.", words = words.join(", "))))
        }
        value => Ok(value),
    }
}

/// A moment, or the beginning of a day, or its end.
pub(crate) fn moment(field: &'static str, text: &str, zone: &TimeZone, end: bool) -> Answer<Micros> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment.as_microsecond());
    }
    let day = text.parse::<Date>().ok();
    let day = if end { day.and_then(|day| day.checked_add(1.day()).ok()) } else { day };
    let start = day.and_then(|day| day.to_zoned(zone.clone()).ok());
    start.map(|start| start.timestamp().as_microsecond()).ok_or_else(|| {
        let message = text!("{field} must be a day like 2026-03-01 or a moment like 2026-03-01T09:00:00Z.");
        Refusal::invalid(field, message)
    })
}

fn write_cursor((started_at, id): (Micros, i64)) -> String {
    format!("{started_at}.{id}")
}

fn read_cursor(text: &str) -> Answer<(Micros, i64)> {
    let numbers = text.split_once('.').and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
    numbers.ok_or_else(|| Refusal::invalid("after", "{field} must be the `next` of the page before."))
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use crate::calls::calls::{moment, read_cursor, write_cursor};

    #[test]
    fn a_cursor_reads_as_it_was_written() {
        assert_eq!(read_cursor(&write_cursor((1_700_000_000_000_000, 42))), Ok((1_700_000_000_000_000, 42)));
        assert_eq!(read_cursor(&write_cursor((-1, 7))), Ok((-1, 7)));
    }

    #[test]
    fn a_cursor_that_nobody_wrote_is_refused() {
        for text in ["", "12", "12.", ".3", "a.b", "1.2.3"] {
            assert_eq!(read_cursor(text).map_err(|r| r.field), Err(Some("after".into())), "{text}");
        }
    }

    #[test]
    fn a_day_begins_and_ends_in_the_time_zone_of_the_workspace() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let hour = 3_600_000_000;
        let start = moment("since", "2026-03-01", &zone, false);
        assert_eq!(start, moment("since", "2026-02-28T22:00:00Z", &zone, false));
        assert_eq!(moment("until", "2026-03-01", &zone, true), start.map(|at| at + 24 * hour));
    }

    #[test]
    fn a_moment_that_is_none_names_its_field() {
        let refused = moment("since", "yesterday", &TimeZone::UTC, false);
        assert_eq!(refused.map_err(|r| r.field), Err(Some("since".into())));
    }
}
