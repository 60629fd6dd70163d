//! The one reader that all formats share: rows in, calls out, bad rows told apart from the end.

use std::io::BufRead;

use jiff::tz::TimeZone;

use super::asterisk::Asterisk;
use super::columns::Clock;
use super::freeswitch::FreeSwitch;
use super::generic;
use super::headers::Mapping;
use super::record::{BadRow, CallRecord, Problem, Stop};
use super::rows::{Next, Row, Rows};

/// After so many rows without a single call among them, the file is something else.
pub const HOPELESS_AFTER: u64 = 1000;

/// What one format makes of a row.
pub trait Layout {
    /// The call in a row, or what is wrong with the row.
    fn call(&self, row: &Row<'_>) -> Result<CallRecord, String>;
}

/// Reads calls off a stream in constant memory: an iterator over calls and bad rows, in file order.
pub struct Calls<R> {
    rows: Rows<R>,
    layout: Box<dyn Layout + Send>,
    calls: u64,
    bad: u64,
    /// Columns of the row before.
    width: usize,
    done: bool,
}

impl<R: BufRead> Calls<R> {
    /// Reads Asterisk's `Master.csv`, whose times are local in `zone` (UTC with `usegmtime=yes`).
    pub fn asterisk(input: R, zone: TimeZone) -> Self {
        Self::new(Rows::new(input, b','), Box::new(Asterisk::new(Clock::new(zone))))
    }

    /// Reads FreeSWITCH's `cdr-csv/Master.csv` in the default template, its times local in `zone`.
    pub fn freeswitch(input: R, zone: TimeZone) -> Self {
        Self::new(Rows::new(input, b','), Box::new(FreeSwitch::new(Clock::new(zone))))
    }

    /// Reads any CSV with a header; times without an offset are local in `zone`.
    ///
    /// # Errors
    /// If a column that is needed is missing, or the stream cannot be read or cannot be CSV.
    pub fn csv(input: R, zone: TimeZone, mapping: &Mapping) -> Result<Self, Stop> {
        let mut rows = Rows::new(input, b',');
        let layout = generic::read_header(&mut rows, Clock::new(zone), mapping)?;
        Ok(Self::new(rows, Box::new(layout)))
    }

    fn new(rows: Rows<R>, layout: Box<dyn Layout + Send>) -> Self {
        Calls { rows, layout, calls: 0, bad: 0, width: 0, done: false }
    }

    /// How many bytes of the stream were read so far, for showing progress.
    pub fn bytes_read(&self) -> u64 {
        self.rows.bytes_read()
    }

    /// The next row as a call, a problem, or nothing at the end.
    fn read(&mut self) -> Option<Result<CallRecord, Problem>> {
        let row = match self.rows.next_row() {
            Next::End => return None,
            Next::Stop(stop) => return Some(Err(Problem::Stop(stop))),
            Next::Bad(bad) => return Some(Err(Problem::Row(bad))),
            Next::Row(row) => row,
        };
        let before = std::mem::replace(&mut self.width, row.width());
        let call = match cut_off(&row, before) {
            Some(reason) => Err(reason),
            None => self.layout.call(&row),
        };
        Some(call.map_err(|reason| Problem::Row(BadRow { line: row.line, reason })))
    }
}

/// What is missing in a last row that its writer did not finish. Its last column may be cut in the
/// middle, so a row is complete only with as many columns as the one before it.
fn cut_off(row: &Row<'_>, before: usize) -> Option<String> {
    let is_cut = !row.terminated && row.width() < before;
    is_cut.then(|| format!("the file breaks off in this line, after {} of {before} columns", row.width()))
}

impl<R: BufRead> Iterator for Calls<R> {
    type Item = Result<CallRecord, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        if self.calls == 0 && self.bad >= HOPELESS_AFTER {
            self.done = true;
            let reason = format!("none of its first {HOPELESS_AFTER} rows is a call");
            return Some(Err(Problem::Stop(Stop::NotCsv(reason))));
        }
        let item = self.read();
        match &item {
            Some(Ok(_)) => self.calls += 1,
            Some(Err(Problem::Row(_))) => self.bad += 1,
            Some(Err(Problem::Stop(_))) | None => self.done = true,
        }
        item
    }
}

#[cfg(test)]
#[path = "calls_tests.rs"]
mod tests;
