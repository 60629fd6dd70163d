//! Cuts a stream of bytes into CSV records in constant memory, whatever the bytes are.
//!
//! `csv-core` knows the quoting; this file adds what a log needs that was cut off, mixed up or is no
//! CSV at all: a limit on every record, line numbers, and a quote left open costs its own line only.

use std::io::{self, BufRead};

use memchr::memchr;

use super::record::{BadRow, Stop};

/// Longest record in bytes. Asterisk limits its own to 1 KiB; nothing that is a call comes near this.
pub const MAX_RECORD: usize = 64 * 1024;

/// Most columns of a record.
pub const MAX_COLUMNS: usize = 512;

/// How much of the beginning is looked at to tell whether a file can be CSV.
const HEAD: usize = 8 * 1024;

/// One CSV record, its quotes resolved.
#[derive(Debug)]
pub struct Row<'a> {
    /// The line that it begins on, counted from 1.
    pub line: u64,
    /// Whether a line end follows. Without one, its writer may have been cut off.
    pub terminated: bool,
    bytes: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Row<'a> {
    /// How many columns it has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of one column, counted from 0; empty if there is no such column.
    #[must_use]
    pub fn column(&self, index: usize) -> &'a [u8] {
        let start = match index.checked_sub(1) {
            Some(before) => self.ends.get(before).copied(),
            None => Some(0),
        };
        let range = start.zip(self.ends.get(index).copied());
        range.and_then(|(start, end)| self.bytes.get(start..end)).unwrap_or_default()
    }
}

/// What comes next in the stream.
#[derive(Debug)]
pub enum Next<'a> {
    /// A record.
    Row(Row<'a>),
    /// Something that is no record; reading goes on after it.
    Bad(BadRow),
    /// Reading cannot go on.
    Stop(Stop),
    /// The stream is at its end.
    End,
}

/// Reads records off a stream.
#[derive(Debug)]
pub struct Rows<R> {
    input: R,
    delimiter: u8,
    parser: csv_core::Reader,
    /// Whole lines that were read; what comes before `start` is done with.
    raw: Vec<u8>,
    start: usize,
    /// The line that begins at `start`.
    line: u64,
    /// A line too long to keep follows what is in `raw`.
    too_long_follows: bool,
    bytes_read: u64,
    fields: Vec<u8>,
    ends: Vec<usize>,
}

/// Where a record ends, if it does.
enum Extent {
    Record { bytes: usize, lines: u64, columns: usize },
    TooLong,
    TooManyColumns,
    QuoteLeftOpen,
    End,
}

impl<R: BufRead> Rows<R> {
    /// Reads records whose columns are separated by `delimiter`.
    pub fn new(input: R, delimiter: u8) -> Self {
        Rows {
            input,
            delimiter,
            parser: parser(delimiter),
            raw: Vec::new(),
            start: 0,
            line: 1,
            too_long_follows: false,
            bytes_read: 0,
            // A record may grow to the limit before its last line is added, itself below the limit.
            fields: vec![0; 2 * MAX_RECORD + 16],
            ends: vec![0; MAX_COLUMNS + 1],
        }
    }

    /// How many bytes of the stream were read so far.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Shows the first line, without taking it, to `choose` and goes on with the delimiter it returns.
    ///
    /// # Errors
    /// If the stream cannot be read, or cannot be CSV.
    pub fn choose_delimiter(&mut self, choose: impl FnOnce(&[u8]) -> u8) -> Result<(), Stop> {
        if self.bytes_read == 0 {
            self.check_head()?;
            self.read_line().map_err(|error| self.stopped(error))?;
        }
        self.delimiter = choose(self.raw.get(self.start..).unwrap_or_default());
        self.parser = parser(self.delimiter);
        Ok(())
    }

    /// The next record, or what there is instead of one.
    pub fn next_row(&mut self) -> Next<'_> {
        match self.locate() {
            Ok(extent) => self.take(extent),
            Err(stop) => Next::Stop(stop),
        }
    }

    /// Finds where the next record that is not blank ends.
    fn locate(&mut self) -> Result<Extent, Stop> {
        if self.bytes_read == 0 {
            self.check_head()?;
        }
        loop {
            if self.start >= self.raw.len() {
                self.raw.clear();
                self.start = 0;
                if std::mem::take(&mut self.too_long_follows) {
                    return Ok(Extent::TooLong);
                }
                let read = self.read_line().map_err(|error| self.stopped(error))?;
                if !read && !self.too_long_follows {
                    return Ok(Extent::End);
                }
                continue;
            }
            if self.start > MAX_RECORD {
                // What was read ahead and never used up would pile up otherwise.
                self.raw.drain(..self.start);
                self.start = 0;
            }
            let end = self.line_end(self.start);
            if !self.raw.get(self.start..end).is_some_and(is_blank) {
                return self.measure(end).map_err(|error| self.stopped(error));
            }
            self.start = end;
            self.line += 1;
        }
    }

    /// Takes what `locate` found out of the stream. Of what is no record, only the first line is
    /// given up: a quote left open must not swallow the calls below it.
    fn take(&mut self, extent: Extent) -> Next<'_> {
        let line = self.line;
        let reason = match extent {
            Extent::End => return Next::End,
            Extent::Record { bytes, lines, columns } => {
                self.start += bytes;
                self.line += lines;
                return Next::Row(Row {
                    line,
                    terminated: self.raw.get(..self.start).is_some_and(|done| done.ends_with(b"\n")),
                    bytes: &self.fields,
                    ends: self.ends.get(..columns).unwrap_or_default(),
                });
            }
            Extent::TooLong => format!("the line is longer than {} KiB", MAX_RECORD / 1024),
            Extent::TooManyColumns => format!("the row has more than {MAX_COLUMNS} columns"),
            Extent::QuoteLeftOpen => "a quote is opened here and not closed where a column ends".to_owned(),
        };
        self.start = self.line_end(self.start);
        self.line += 1;
        Next::Bad(BadRow { line, reason })
    }

    /// Parses the record that begins at `start` with the line that ends at `end`, and further lines
    /// for as long as a quote is open.
    fn measure(&mut self, mut end: usize) -> io::Result<Extent> {
        self.parser.reset();
        let (mut from, mut lines, mut written, mut columns) = (self.start, 1, 0, 0);
        loop {
            let (complete, bytes, fields) = self.parse_line(from, end, written, columns);
            written += bytes;
            columns += fields;
            if columns > MAX_COLUMNS {
                return Ok(Extent::TooManyColumns);
            }
            if complete {
                break;
            }
            from = end;
            if from - self.start > MAX_RECORD || (end >= self.raw.len() && !self.read_line()?) {
                return Ok(Extent::QuoteLeftOpen);
            }
            end = self.line_end(from);
            lines += 1;
        }
        let record = self.raw.get(self.start..end).unwrap_or_default();
        if lines > 1 && !is_well_quoted(record, self.delimiter) {
            return Ok(Extent::QuoteLeftOpen);
        }
        Ok(Extent::Record { bytes: end - self.start, lines, columns })
    }

    /// Feeds one line to the parser. Says whether the record ends with it, and how many bytes and
    /// columns it gave.
    fn parse_line(
        &mut self,
        from: usize,
        end: usize,
        written: usize,
        columns: usize,
    ) -> (bool, usize, usize) {
        let line = self.raw.get(from..end).unwrap_or_default();
        let parts: [&[u8]; 2] = match line {
            [text @ .., b'\r', b'\n'] => [text, b"\n"],
            [.., b'\n'] => [line, b""],
            unterminated => [unterminated, b"\n"],
        };
        let (mut bytes, mut fields) = (0, 0);
        // An empty slice would tell the parser that the stream ends.
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            let output = self.fields.get_mut(written + bytes..).unwrap_or_default();
            let ends = self.ends.get_mut(columns + fields..).unwrap_or_default();
            let (result, _, wrote, ended) = self.parser.read_record(part, output, ends);
            bytes += wrote;
            fields += ended;
            if matches!(result, csv_core::ReadRecordResult::Record) {
                return (true, bytes, fields);
            }
        }
        (false, bytes, fields)
    }

    /// Where the line in memory that begins at `from` ends.
    fn line_end(&self, from: usize) -> usize {
        let rest = self.raw.get(from..).unwrap_or_default();
        memchr(b'\n', rest).map_or(self.raw.len(), |at| from + at + 1)
    }

    /// Reads one more line into memory. False at the end of the stream, and where a line follows
    /// that is too long: that one is skipped and remembered.
    fn read_line(&mut self) -> io::Result<bool> {
        if self.too_long_follows {
            return Ok(false);
        }
        let (before, first) = (self.raw.len(), self.bytes_read == 0);
        let limit = MAX_RECORD as u64 + 1;
        let read = io::Read::take(&mut self.input, limit).read_until(b'\n', &mut self.raw)?;
        self.bytes_read += read as u64;
        if read > MAX_RECORD && !self.raw.ends_with(b"\n") {
            self.raw.truncate(before);
            self.too_long_follows = true;
            self.skip_line()?;
            return Ok(false);
        }
        if first && self.raw.starts_with(b"\xef\xbb\xbf") {
            self.raw.drain(..3);
        }
        Ok(read > 0)
    }

    /// Skips what is left of a line without keeping any of it.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let newline = memchr(b'\n', chunk);
            let used = newline.map_or(chunk.len(), |at| at + 1);
            self.input.consume(used);
            self.bytes_read += used as u64;
            if newline.is_some() || used == 0 {
                return Ok(());
            }
        }
    }

    /// Refuses a file whose first bytes show that it is something else than CSV.
    fn check_head(&mut self) -> Result<(), Stop> {
        let line = self.line;
        let head = self.input.fill_buf().map_err(|error| Stop::Io { line, error })?;
        match what_else(head.get(..HEAD).unwrap_or(head)) {
            Some(what) => Err(Stop::NotCsv(what.to_owned())),
            None => Ok(()),
        }
    }

    fn stopped(&self, error: io::Error) -> Stop {
        Stop::Io { line: self.line, error }
    }
}

fn parser(delimiter: u8) -> csv_core::Reader {
    // Only \n ends a line here, so that line numbers are those of an editor.
    let terminator = csv_core::Terminator::Any(b'\n');
    csv_core::ReaderBuilder::new().delimiter(delimiter).terminator(terminator).build()
}

fn is_blank(line: &[u8]) -> bool {
    line.iter().all(u8::is_ascii_whitespace)
}

/// What a file is that begins like this, if it cannot be CSV.
fn what_else(head: &[u8]) -> Option<&'static str> {
    match head {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("it is UTF-16 text; save it as UTF-8"),
        [b'P', b'K', 3, 4, ..] => Some("it is a zip archive or a spreadsheet; unpack it or save it as CSV"),
        [0x1f, 0x8b, ..] => Some("it is compressed with gzip; unpack it first"),
        _ => memchr(0, head).map(|_| "it holds NUL bytes"),
    }
}

/// Whether every quoted column of a record ends with its closing quote. A record of several lines
/// that does not came about by a quote left open in its first.
fn is_well_quoted(record: &[u8], delimiter: u8) -> bool {
    enum At {
        ColumnStart,
        Plain,
        Quoted,
        AfterQuote,
    }
    let mut at = At::ColumnStart;
    for &byte in record {
        at = match at {
            At::ColumnStart if byte == b'"' => At::Quoted,
            At::ColumnStart | At::Plain if byte == delimiter => At::ColumnStart,
            At::ColumnStart | At::Plain => At::Plain,
            At::Quoted if byte == b'"' => At::AfterQuote,
            At::Quoted => At::Quoted,
            At::AfterQuote if byte == b'"' => At::Quoted,
            At::AfterQuote if byte == delimiter => At::ColumnStart,
            At::AfterQuote if byte == b'\r' || byte == b'\n' => At::AfterQuote,
            At::AfterQuote => return false,
        };
    }
    true
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;
