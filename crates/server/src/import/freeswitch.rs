//! FreeSWITCH's `cdr-csv/Master.csv` (`mod_cdr_csv`): the template `example` that its configuration
//! comes with, and the shorter one built into the module; both begin with the same 13 columns.

use super::calls::Layout;
use super::columns::{self, Clock, Times};
use super::outcome;
use super::record::{CallRecord, Outcome};
use super::rows::Row;

/// Columns up to `bleg_uuid`; the rest (account, codecs, what own templates add) is not needed.
const ALWAYS: usize = 12;

const CALLER_ID_NAME: usize = 0;
const CALLER_ID_NUMBER: usize = 1;
const DESTINATION_NUMBER: usize = 2;
const START_STAMP: usize = 4;
const ANSWER_STAMP: usize = 5;
const END_STAMP: usize = 6;
const DURATION: usize = 7;
const BILLSEC: usize = 8;
const HANGUP_CAUSE: usize = 9;
const UUID: usize = 10;

/// Reads rows of `Master.csv`.
#[derive(Debug)]
pub struct FreeSwitch {
    clock: Clock,
}

impl FreeSwitch {
    /// Reads times with `clock`.
    pub fn new(clock: Clock) -> Self {
        FreeSwitch { clock }
    }

    fn times(&self, row: &Row<'_>) -> Result<Times, String> {
        let started = self.clock.moment(row.column(START_STAMP), "start_stamp")?;
        let duration = columns::seconds(row.column(DURATION), "duration")?;
        let ended = self.clock.moment(row.column(END_STAMP), "end_stamp")?;
        let answered = self.clock.moment(row.column(ANSWER_STAMP), "answer_stamp")?;
        let talk = columns::seconds(row.column(BILLSEC), "billsec")?;
        Ok(Times {
            started,
            // Old releases stamp a call that nobody answered with the beginning of 1970.
            answered: answered.filter(|at| *at > 48 * 3600 * 1_000_000),
            // The duration is right even across a clock change, which the end is not.
            ended: if duration.is_some() { None } else { ended },
            duration,
            talk,
        })
    }
}

impl Layout for FreeSwitch {
    fn call(&self, row: &Row<'_>) -> Result<CallRecord, String> {
        if row.width() < ALWAYS {
            return Err(format!(
                "the row has {} columns where FreeSWITCH writes at least {ALWAYS}",
                row.width()
            ));
        }
        let times = self.times(row)?;
        let outcome = outcome(row, times.answered.is_some())?;
        let span = times.span(outcome == Outcome::Answered)?;
        let from = columns::exact(row.column(CALLER_ID_NUMBER), "caller_id_number")?.to_owned();
        let to = columns::exact(row.column(DESTINATION_NUMBER), "destination_number")?.to_owned();
        if from.is_empty() && to.is_empty() {
            return Err("caller_id_number and destination_number are both empty".to_owned());
        }
        let unique_id = columns::exact(row.column(UUID), "uuid")?.to_owned();
        if unique_id.is_empty() {
            return Err("uuid is empty".to_owned());
        }
        Ok(CallRecord {
            line: row.line,
            unique_id,
            recording_id: None,
            started_at: span.started,
            answered_at: span.answered,
            ended_at: span.ended,
            from_name: columns::name(row.column(CALLER_ID_NAME)).filter(|name| *name != from),
            from,
            to,
            caller_channel: None,
            callee_channel: None,
            queue: None,
            dialled: None,
            outcome,
            talk_seconds: span.talk_seconds,
        })
    }
}

fn outcome(row: &Row<'_>, answered: bool) -> Result<Outcome, String> {
    let cause = columns::word(row.column(HANGUP_CAUSE));
    match outcome::from_hangup_cause(&cause) {
        Some(_) if answered => Ok(Outcome::Answered),
        Some(outcome) => Ok(outcome),
        None => Err(format!(
            "hangup_cause {:?} is not written like one",
            cause.chars().take(40).collect::<String>()
        )),
    }
}

#[cfg(test)]
#[path = "freeswitch_tests.rs"]
mod tests;
