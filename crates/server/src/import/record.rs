//! What a reader of call records hands out: one finished call, or the reason why a row is none.

use std::fmt;

/// One finished call as another system recorded it, before its parties are matched to a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRecord {
    /// First line of the record in the file, counted from 1.
    pub line: u64,
    /// Stable id at the source: the same row read again has the same one, two rows never share one.
    pub unique_id: String,
    /// The id that recordings of the call are named after, where that is not `unique_id` itself:
    /// Asterisk writes several rows with one unique id, so `unique_id` carries more there.
    pub recording_id: Option<String>,
    /// When the call began, µs since the Unix epoch.
    pub started_at: i64,
    /// When it was answered, µs since the Unix epoch; never outside of start and end.
    pub answered_at: Option<i64>,
    /// When it ended, µs since the Unix epoch; never before the start.
    pub ended_at: i64,
    /// Who called, as the source wrote it: an extension (`201`), a number (`+4930…`, `004930…`), or
    /// empty where the caller withheld it.
    pub from: String,
    /// The caller's name as the source showed it.
    pub from_name: Option<String>,
    /// Who was called, as the source wrote it.
    pub to: String,
    /// Extension digits of the calling channel, such as `201` of `PJSIP/201-0000a`.
    pub caller_channel: Option<String>,
    /// Extension digits of the channel that was reached.
    pub callee_channel: Option<String>,
    /// The queue's name or number, if the row tells.
    pub queue: Option<String>,
    /// The outside number that the caller dialled, if the row tells it apart from `to`.
    pub dialled: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// Seconds from answer to end; 0 for a call that was not answered.
    pub talk_seconds: i64,
}

impl CallRecord {
    /// The id that recordings of this call are named after.
    #[must_use]
    pub fn recording_key(&self) -> &str {
        self.recording_id.as_deref().unwrap_or(&self.unique_id)
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Somebody, or a machine that is not a mailbox, took it.
    Answered,
    /// Nobody took it before the caller gave up or it timed out.
    NoAnswer,
    /// The called side was busy or turned it away.
    Busy,
    /// It could not be set up.
    Failed,
    /// A mailbox took it.
    Voicemail,
}

/// A row that is not imported, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// First line of the row in the file, counted from 1.
    pub line: u64,
    /// What is wrong, for people; names the column where there is one.
    pub reason: String,
}

impl fmt::Display for BadRow {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}: {}", self.line, self.reason)
    }
}

/// Why a reader gives up on a whole file.
#[derive(Debug)]
pub enum Stop {
    /// The file could not be read on.
    Io {
        /// The line that was being read.
        line: u64,
        /// What the operating system said.
        error: std::io::Error,
    },
    /// The file holds something else than call records as CSV; the text says what it seems to be.
    NotCsv(String),
    /// The header lacks a column that is needed; the text lists the columns that it has.
    Columns(String),
}

impl fmt::Display for Stop {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stop::Io { line, error } => write!(out, "cannot read on at line {line}: {error}"),
            Stop::NotCsv(why) => write!(out, "this is not a CSV file of call records: {why}"),
            Stop::Columns(why) => out.write_str(why),
        }
    }
}

impl std::error::Error for Stop {}

/// What a reader yields instead of a call: a bad row, after which it goes on, or the reason to stop.
#[derive(Debug)]
pub enum Problem {
    /// This row is skipped; the next item is the next row.
    Row(BadRow),
    /// Nothing follows.
    Stop(Stop),
}
