//! Any CSV with a header: which column holds what is told by `--map field=Header` or recognised by
//! the names that phone systems and services commonly give their columns.

use std::io::BufRead;

use super::calls::Layout;
use super::columns::{self, Clock, Times};
use super::outcome;
use super::record::{CallRecord, Outcome, Stop};
use super::rows::{Next, Row, Rows};

const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// What a column can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// When the call began. Needed.
    Started,
    /// When it was answered.
    Answered,
    /// When it ended. Needed, unless the duration or the talk time is there.
    Ended,
    /// Time from start to end.
    Duration,
    /// Time from answer to end.
    Talk,
    /// Who called. Needed.
    From,
    /// The caller's name.
    FromName,
    /// Who was called. Needed.
    To,
    /// The call's id. Without one it is made from the whole row.
    Id,
    /// The queue's name or number.
    Queue,
    /// The outside number that the caller dialled.
    Dialled,
    /// How it ended. Without one, a call that was talked in is answered.
    Outcome,
    /// The extension that called.
    FromExtension,
    /// The extension that was reached.
    ToExtension,
}

/// Every field with its name for `--map`, and the headers it is recognised by, best first: lower
/// case, without spaces and signs.
const FIELDS: [(Field, &str, &[&str]); 14] = [
    (Field::Started, "started", &[
        "started", "startedat", "start", "starttime", "startdate", "startstamp", "startdatetime", "callstart",
        "callstarttime", "calldate", "begin", "datetime", "timestamp", "calltime", "date", "time",
    ]),
    (Field::Answered, "answered", &[
        "answered", "answeredat", "answer", "answertime", "answerstamp", "answeredtime", "connecttime", "connectedat",
    ]),
    (Field::Ended, "ended", &["ended", "endedat", "end", "endtime", "endstamp", "enddatetime", "callend", "callendtime", "hanguptime", "disconnecttime"]),
    (Field::Duration, "duration", &["duration", "totalduration", "callduration", "durationseconds", "durationsec", "totaltime", "length", "calllength"]),
    (Field::Talk, "talk", &["talk", "talktime", "talkseconds", "talkduration", "billsec", "billableseconds", "billableduration", "conversationduration", "conversationtime"]),
    (Field::From, "from", &[
        "from", "fromnumber", "caller", "callernumber", "calleridnumber", "src", "source", "sourcenumber", "calling",
        "callingnumber", "callingparty", "ani", "callerid", "clid",
    ]),
    (Field::FromName, "from_name", &["fromname", "callername", "calleridname", "sourcename"]),
    (Field::To, "to", &[
        "to", "tonumber", "callee", "calleenumber", "dst", "destination", "destinationnumber", "called",
        "callednumber", "calledparty", "recipient",
    ]),
    (Field::Id, "id", &["id", "uniqueid", "callid", "calluuid", "uuid", "cdrid", "recordid", "guid"]),
    (Field::Queue, "queue", &["queue", "queuename", "huntgroup", "ringgroup"]),
    (Field::Dialled, "dialled", &["dialled", "dialed", "diallednumber", "dialednumber", "did", "dnis"]),
    (Field::Outcome, "outcome", &["outcome", "status", "callstatus", "disposition", "result", "callresult", "hangupcause"]),
    (Field::FromExtension, "from_extension", &["fromextension", "callerextension", "sourceextension"]),
    (Field::ToExtension, "to_extension", &["toextension", "calleeextension", "destinationextension", "agentextension"]),
];

/// Which header stands for which field, as the operator told.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    pairs: Vec<(Field, String)>,
}

impl Mapping {
    /// Reads pairs such as `started=Start Time`.
    ///
    /// # Errors
    /// If a pair is no such, names a field that does not exist (the text lists those that do), or a
    /// field is given twice.
    pub fn parse<'a>(pairs: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let mut mapping = Mapping::default();
        for pair in pairs {
            let (name, header) = pair.split_once('=').ok_or_else(|| {
                format!("--map {pair:?} is not written field=Header, for example started=\"Start Time\"")
            })?;
            let field = field_named(name.trim())?;
            if mapping.header(field).is_some() {
                return Err(format!("--map gives {} twice", name.trim()));
            }
            mapping.pairs.push((field, header.trim().to_owned()));
        }
        Ok(mapping)
    }

    fn header(&self, field: Field) -> Option<&str> {
        self.pairs.iter().find(|(of, _)| *of == field).map(|(_, header)| header.as_str())
    }
}

fn field_named(name: &str) -> Result<Field, String> {
    let known = FIELDS.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(name));
    known.map(|(field, _, _)| *field).ok_or_else(|| {
        let names: Vec<&str> = FIELDS.iter().map(|(_, name, _)| *name).collect();
        format!("--map does not know the field {name:?}; there are: {}", names.join(", "))
    })
}

/// Reads the rows below one header.
#[derive(Debug)]
pub struct Generic {
    clock: Clock,
    /// The column of each field, in the order of `FIELDS`.
    columns: [Option<usize>; FIELDS.len()],
    headers: Vec<String>,
}

/// Reads the header off `rows`, finds out the delimiter and which column holds what.
///
/// # Errors
/// If the stream cannot be read or cannot be CSV, or a column that is needed is missing.
pub fn read_header<R: BufRead>(rows: &mut Rows<R>, clock: Clock, mapping: &Mapping) -> Result<Generic, Stop> {
    rows.choose_delimiter(likely_delimiter)?;
    let headers: Vec<String> = match rows.next_row() {
        Next::Row(row) => (0..row.width()).map(|at| columns::name(row.column(at)).unwrap_or_default()).collect(),
        Next::Bad(bad) => return Err(Stop::NotCsv(format!("its header cannot be read: {bad}"))),
        Next::Stop(stop) => return Err(stop),
        Next::End => return Err(Stop::NotCsv("it is empty".to_owned())),
    };
    let columns = place(&headers, mapping).map_err(Stop::Columns)?;
    Ok(Generic { clock, columns, headers })
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

/// Finds the column of each field.
fn place(headers: &[String], mapping: &Mapping) -> Result<[Option<usize>; FIELDS.len()], String> {
    let found = || headers.iter().map(|header| format!("{header:?}")).collect::<Vec<_>>().join(", ");
    let plain: Vec<String> = headers.iter().map(|header| plain(header)).collect();
    let mut columns = [None; FIELDS.len()];
    for ((field, _, names), column) in FIELDS.iter().zip(columns.iter_mut()) {
        *column = match mapping.header(*field) {
            Some(header) => {
                let exact = headers.iter().position(|known| known == header);
                let at = exact.or_else(|| plain.iter().position(|known| *known == self::plain(header)));
                Some(at.ok_or_else(|| format!("there is no column {header:?}; the header has: {}", found()))?)
            }
            None => names.iter().find_map(|name| plain.iter().position(|known| known == name)),
        };
    }
    let has = |field: Field| FIELDS.iter().zip(&columns).any(|((of, ..), column)| *of == field && column.is_some());
    let missing = if !has(Field::Started) {
        Some("started")
    } else if !has(Field::From) {
        Some("from")
    } else if !has(Field::To) {
        Some("to")
    } else if !has(Field::Ended) && !has(Field::Duration) && !has(Field::Talk) {
        Some("ended, duration or talk")
    } else {
        None
    };
    match missing {
        Some(field) => Err(format!(
            "no column for {field} was recognised; name it with --map field=Header; the header has: {}",
            found()
        )),
        None => Ok(columns),
    }
}

fn plain(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Generic {
    /// A field's bytes and the header they stand under; nothing if there is no such column.
    fn get<'a>(&'a self, row: &Row<'a>, field: Field) -> (&'a [u8], &'a str) {
        let at = FIELDS.iter().zip(&self.columns).find(|((of, ..), _)| *of == field).and_then(|(_, column)| *column);
        let header = at.and_then(|at| self.headers.get(at)).map_or("", String::as_str);
        (at.map(|at| row.column(at)).unwrap_or_default(), header)
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
        let (has, wants) = (row.width(), self.headers.len());
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
            None => columns::fingerprint((0..self.headers.len()).map(|at| row.column(at)), 16),
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
