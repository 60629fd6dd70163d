//! Any CSV with a header: what its rows hold, once it is known which column holds what.

use std::io::BufRead;

use super::calls::Layout;
use super::columns::{self, Clock, Times};
use super::headers::{Field, Header, Mapping};
use super::outcome;
use super::record::{CallRecord, Outcome, Stop};
use super::rows::{Next, Row, Rows};

const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// Reads the rows below one header.
#[derive(Debug)]
pub struct Generic {
    clock: Clock,
    header: Header,
}

/// Reads the header off `rows`, finds out the delimiter and which column holds what.
///
/// # Errors
/// If the stream cannot be read or cannot be CSV, or a column that is needed is missing.
pub fn read_header<R: BufRead>(rows: &mut Rows<R>, clock: Clock, mapping: &Mapping) -> Result<Generic, Stop> {
    rows.choose_delimiter(likely_delimiter)?;
    let names = match rows.next_row() {
        Next::Row(row) => {
            (0..row.width()).map(|at| columns::name(row.column(at)).unwrap_or_default()).collect()
        }
        Next::Bad(bad) => return Err(Stop::NotCsv(format!("its header cannot be read: {bad}"))),
        Next::Stop(stop) => return Err(stop),
        Next::End => return Err(Stop::NotCsv("it is empty".to_owned())),
    };
    let header = Header::new(names, mapping).map_err(Stop::Columns)?;
    Ok(Generic { clock, header })
}

/// The delimiter that the header has most of, outside of quotes.
fn likely_delimiter(header: &[u8]) -> u8 {
    let count = |delimiter: u8| {
        let mut quoted = false;
        let unquoted = header.iter().filter(|byte| {
            quoted ^= **byte == b'"';
            !quoted && **byte == delimiter
        });
        unquoted.count()
    };
    // The last of equals wins: the comma, where there is no delimiter at all.
    DELIMITERS.into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

impl Generic {
    /// A field's bytes and the header they stand under; nothing if there is no such column.
    fn get<'a>(&'a self, row: &Row<'a>, field: Field) -> (&'a [u8], &'a str) {
        match self.header.find(field) {
            Some((column, name)) => (row.column(column), name),
            None => (b"", ""),
        }
    }

    fn text(&self, row: &Row<'_>, field: Field) -> Result<Option<String>, String> {
        let (bytes, header) = self.get(row, field);
        let text = columns::exact(bytes, header)?;
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    fn moment(&self, row: &Row<'_>, field: Field) -> Result<Option<i64>, String> {
        let (bytes, header) = self.get(row, field);
        self.clock.moment(bytes, header)
    }

    fn seconds(&self, row: &Row<'_>, field: Field) -> Result<Option<i64>, String> {
        let (bytes, header) = self.get(row, field);
        columns::seconds(bytes, header)
    }

    fn times(&self, row: &Row<'_>) -> Result<Times, String> {
        Ok(Times {
            started: self.moment(row, Field::Started)?,
            answered: self.moment(row, Field::Answered)?,
            ended: self.moment(row, Field::Ended)?,
            duration: self.seconds(row, Field::Duration)?,
            talk: self.seconds(row, Field::Talk)?,
        })
    }

    fn outcome(&self, row: &Row<'_>, times: &Times) -> Result<Outcome, String> {
        let (bytes, header) = self.get(row, Field::Outcome);
        let word = columns::word(bytes);
        let talked = match (times.answered, times.talk) {
            (None, None) => times.duration.is_some_and(|seconds| seconds > 0),
            (answered, talk) => answered.is_some() || talk.is_some_and(|seconds| seconds > 0),
        };
        match outcome::from_word(&word) {
            // A hang-up cause such as NORMAL_CLEARING ends answered and unanswered calls alike.
            Some(Outcome::NoAnswer) if talked && word.contains("CLEARING") => Ok(Outcome::Answered),
            Some(outcome) => Ok(outcome),
            None if word.is_empty() && talked => Ok(Outcome::Answered),
            None if word.is_empty() => Ok(Outcome::NoAnswer),
            None => Err(format!("{header} {:?} is not known", word.chars().take(40).collect::<String>())),
        }
    }

    /// Refuses rows that do not fit the header: a delimiter inside a name shifts what follows.
    fn check_width(&self, row: &Row<'_>) -> Result<(), String> {
        let (has, wants) = (row.width(), self.header.width());
        if has < wants || (wants..has).any(|extra| !row.column(extra).trim_ascii().is_empty()) {
            return Err(format!("the row has {has} columns where the header has {wants}"));
        }
        Ok(())
    }
}

impl Layout for Generic {
    fn call(&self, row: &Row<'_>) -> Result<CallRecord, String> {
        self.check_width(row)?;
        let times = self.times(row)?;
        let outcome = self.outcome(row, &times)?;
        let span = times.span(matches!(outcome, Outcome::Answered | Outcome::Voicemail))?;
        let to = self.text(row, Field::To)?;
        let from = self.text(row, Field::From)?;
        if from.is_none() && to.is_none() {
            let names = [Field::From, Field::To].map(|field| self.get(row, field).1);
            return Err(format!("{} are both empty", names.join(" and ")));
        }
        let unique_id = match self.text(row, Field::Id)? {
            Some(id) => id,
            None => columns::fingerprint((0..self.header.width()).map(|at| row.column(at)), 16),
        };
        Ok(CallRecord {
            line: row.line,
            unique_id,
            recording_id: None,
            started_at: span.started,
            answered_at: span.answered,
            ended_at: span.ended,
            from: from.unwrap_or_default(),
            from_name: columns::name(self.get(row, Field::FromName).0),
            to: to.unwrap_or_default(),
            caller_channel: self.text(row, Field::FromExtension)?,
            callee_channel: self.text(row, Field::ToExtension)?,
            queue: self.text(row, Field::Queue)?,
            dialled: self.text(row, Field::Dialled)?,
            outcome,
            talk_seconds: span.talk_seconds,
        })
    }
}

#[cfg(test)]
#[path = "generic_tests.rs"]
mod tests;
