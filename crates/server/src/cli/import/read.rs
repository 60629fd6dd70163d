//! The reading half of an import: a thread that turns the file into batches of matched calls.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use access::Id;
use jiff::tz::TimeZone;
use store::calls::calls::NewCall;
use tokio::sync::mpsc;

use super::Format;
use crate::Error;
use crate::import::{
    BadRow, CallRecord, Calls, Direction, Directory, Found, Mapping, Outcome, Problem, Recordings, Stop,
    resolve,
};

/// Rows of one batch: one change each, short enough that others who write beside it hardly wait.
const BATCH: usize = 4_000;

/// Batches that may wait to be written.
const AHEAD: usize = 2;

const BUFFER: usize = 1 << 18;

/// A stream of call records.
pub struct Source {
    /// The bytes.
    pub input: Box<dyn BufRead + Send>,
    /// How many there are, if that is known.
    pub length: Option<u64>,
}

impl Source {
    /// Opens a file, or the standard input for `-`.
    pub fn open(path: &Path) -> Result<Source, Error> {
        if path == Path::new("-") {
            return Ok(Source {
                input: Box::new(BufReader::with_capacity(BUFFER, std::io::stdin())),
                length: None,
            });
        }
        let cannot = |why: String| format!("cannot open {}: {why}", path.display());
        let file = File::open(path).map_err(|e| cannot(e.to_string()))?;
        let about = file.metadata().map_err(|e| cannot(e.to_string()))?;
        if about.is_dir() {
            return Err(cannot("it is a folder".into()).into());
        }
        let length = about.is_file().then_some(about.len());
        Ok(Source { input: Box::new(BufReader::with_capacity(BUFFER, file)), length })
    }
}

/// Some rows of the file, in order.
#[derive(Default)]
pub struct Batch {
    /// The calls among them.
    pub calls: Vec<NewCall>,
    /// The sound file of some of the calls, by their place in `calls`.
    pub audio: Vec<(usize, PathBuf)>,
    /// Recordings that were found and are of no use, and why.
    pub unused_audio: Vec<String>,
    /// How many of the calls concern something of the workspace.
    pub matched: u64,
    /// The rows that are no calls.
    pub bad: Vec<BadRow>,
    /// The line that the batch begins with.
    pub first_line: u64,
    /// The line that the batch's last row begins with.
    pub last_line: u64,
    /// How many bytes of the file were read with it.
    pub bytes_read: u64,
    /// Why nothing follows, where that is not the end of the file.
    pub stop: Option<Stop>,
}

impl Batch {
    fn rows(&self) -> usize {
        self.calls.len() + self.bad.len()
    }
}

/// How to read a file.
pub struct Reader {
    /// What wrote it.
    pub format: Format,
    /// The zone of its times.
    pub zone: TimeZone,
    /// Which column holds what.
    pub mapping: Mapping,
    /// What its calls are matched to.
    pub directory: Directory,
    /// The recordings.
    pub audio: Option<Recordings>,
}

impl Reader {
    /// Starts to read. A thread of its own and not one of the runtime's: the program need not wait for it to end.
    pub fn start(self, input: Box<dyn BufRead + Send>) -> Result<mpsc::Receiver<Batch>, Error> {
        let calls = match self.format {
            Format::Asterisk => Calls::asterisk(input, self.zone.clone()),
            Format::Freeswitch => Calls::freeswitch(input, self.zone.clone()),
            Format::Csv => Calls::csv(input, self.zone.clone(), &self.mapping)?,
        };
        let (sender, batches) = mpsc::channel(AHEAD);
        std::thread::Builder::new().name("import".into()).spawn(move || self.read(calls, &sender))?;
        Ok(batches)
    }

    /// Reads to the end, or until nobody takes the batches any more.
    fn read(&self, mut calls: Calls<Box<dyn BufRead + Send>>, to: &mpsc::Sender<Batch>) {
        let mut batch = Batch::default();
        while let Some(item) = calls.next() {
            match item {
                Ok(record) => self.add(&mut batch, &record),
                Err(Problem::Row(bad)) => {
                    batch.at_line(bad.line);
                    batch.bad.push(bad);
                }
                Err(Problem::Stop(stop)) => batch.stop = Some(stop),
            }
            batch.bytes_read = calls.bytes_read();
            if batch.rows() >= BATCH && to.blocking_send(std::mem::take(&mut batch)).is_err() {
                return;
            }
        }
        batch.bytes_read = calls.bytes_read();
        // Nobody takes it where somebody stopped the import.
        let _ = to.blocking_send(batch);
    }

    fn add(&self, batch: &mut Batch, record: &CallRecord) {
        batch.at_line(record.line);
        let call = self.call(record);
        batch.matched += u64::from(!call.touches.is_empty());
        // There is nothing to hear of a call that nobody answered.
        if let Some(audio) = self.audio.as_ref().filter(|_| call.talk_seconds > 0) {
            let unused = |file: &Path, why| format!("line {}: {} {why}", record.line, file.display());
            match audio.find(record) {
                Found::Playable(file) => batch.audio.push((batch.calls.len(), file.to_owned())),
                Found::Unsupported(file) => batch.unused_audio.push(unused(file, "is no WAV file")),
                Found::Ambiguous(file) => {
                    batch.unused_audio.push(unused(file, "is one of several files with the id of this call"));
                }
                Found::Nothing => {}
            }
        }
        batch.calls.push(call);
    }

    fn call(&self, record: &CallRecord) -> NewCall {
        let found = resolve(record, &self.directory);
        let id = |raw: Option<u32>| raw.map(Id);
        NewCall {
            source: self.format.word(),
            unique_id: record.unique_id.clone(),
            started_at: record.started_at,
            answered_at: record.answered_at,
            ended_at: record.ended_at,
            talk_seconds: record.talk_seconds,
            direction: direction(found.direction),
            outcome: outcome(record.outcome),
            from_party: found.from,
            from_name: record.from_name.clone(),
            to_party: found.to,
            from_user: id(found.from_user),
            to_user: id(found.to_user),
            from_extension: id(found.from_extension),
            to_extension: id(found.to_extension),
            queue: id(found.queue),
            number: id(found.number),
            recording: None,
            touches: found.touches.into_iter().map(Id).collect(),
        }
    }
}

impl Batch {
    fn at_line(&mut self, line: u64) {
        if self.first_line == 0 {
            self.first_line = line;
        }
        self.last_line = line;
    }
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
        Direction::Internal => "internal",
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::NoAnswer => "no_answer",
        Outcome::Busy => "busy",
        Outcome::Failed => "failed",
        Outcome::Voicemail => "voicemail",
    }
}
