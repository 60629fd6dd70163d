//! Refusals in the audit log (ALL-06), so that nobody fills it with them: the first of a minute are written down each, the
//! others of that minute are counted, and the log has their number as an entry of its own.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use access::Micros;
use store::Author;
use store::change::audit::Act;

use crate::{Answer, App};

/// So many refusals of one session or token are written down one by one in a minute.
const ONE_BY_ONE: u64 = 20;
/// A minute.
const MINUTE: Micros = 60_000_000;

/// The refusals of the present minute, by the workspace and the session or token. The number beyond those that are
/// written is in memory for that minute; the last one that is written says that it is counted on.
#[derive(Debug, Default)]
pub struct Refusals(Mutex<HashMap<Key, Minute>>);

/// The workspace, and how its log names the session or token.
type Key = (i64, String);

#[derive(Debug, Clone)]
struct Minute {
    author: Author,
    begins: Micros,
    refused: u64,
}

impl Minute {
    fn beyond(&self) -> u64 {
        self.refused.saturating_sub(ONE_BY_ONE)
    }
}

impl Refusals {
    fn minutes(&self) -> MutexGuard<'_, HashMap<Key, Minute>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one; which of its minute it is, and the minute before where that is over now.
    fn count(&self, workspace: i64, author: &Author, now: Micros) -> (u64, Option<Minute>) {
        let mut minutes = self.minutes();
        let fresh = Minute { author: author.clone(), begins: now, refused: 0 };
        let minute = minutes.entry((workspace, whose(author))).or_insert_with(|| fresh.clone());
        let over = minute.begins + MINUTE <= now;
        let before = over.then(|| std::mem::replace(minute, fresh));
        minute.refused += 1;
        (minute.refused, before)
    }

    /// Takes a number back that could not be written down.
    fn keep(&self, workspace: i64, minute: &Minute) {
        let mut minutes = self.minutes();
        let kept = minutes.entry((workspace, whose(&minute.author)));
        kept.and_modify(|kept| kept.refused += minute.beyond()).or_insert_with(|| minute.clone());
    }

    /// The minutes that are over, which are forgotten.
    fn over(&self, now: Micros) -> Vec<(i64, Minute)> {
        let mut over = vec![];
        self.minutes().retain(|(workspace, _), minute| {
            let goes_on = now.saturating_sub(minute.begins) < MINUTE;
            if !goes_on {
                over.push((*workspace, minute.clone()));
            }
            goes_on
        });
        over
    }
}

/// Writes a refusal down, or counts it where its author was refused very often within a minute.
pub async fn note(app: &App, workspace: i64, author: &Author, mut act: Act) -> Answer<()> {
    let (nth, before) = app.refusals.count(workspace, author, app.store.now());
    if let Some(before) = before {
        write_number(app, workspace, &before).await?;
    }
    if nth > ONE_BY_ONE {
        return Ok(());
    }
    if let (ONE_BY_ONE, Some(detail)) = (nth, act.detail.as_object_mut()) {
        detail.insert("further".into(), "counted".into());
    }
    Ok(app.store.record_refusal(workspace, author, act).await?)
}

/// Writes down how many refusals there were beyond those that stand in the log. `at` is the moment up to which minutes
/// are over: now, or the end of time where the server stops.
pub async fn flush(app: &App, at: Micros) -> Answer<()> {
    for (workspace, minute) in app.refusals.over(at) {
        write_number(app, workspace, &minute).await?;
    }
    Ok(())
}

async fn write_number(app: &App, workspace: i64, minute: &Minute) -> Answer<()> {
    if minute.beyond() == 0 {
        return Ok(());
    }
    let act = Act::done("refusals:count", "workspace", 0, "");
    let act = act.with(serde_json::json!({ "more": minute.beyond() }));
    let written = app.store.record_refusal(workspace, &minute.author, act).await;
    if written.is_err() {
        app.refusals.keep(workspace, minute);
    }
    Ok(written?)
}

/// By whom refusals are counted: a person, however many sessions they open.
fn whose(author: &Author) -> String {
    author.id.map_or_else(|| author.via.clone(), |id| format!("user {id}"))
}
