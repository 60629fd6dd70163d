//! Asterisk's `cdr-csv/Master.csv` (`cdr_csv.c`): 16 columns without a header, and after them what
//! `cdr.conf` switches on: `uniqueid`, `userfield`, then `peeraccount`, `linkedid`, `sequence`.

use super::calls::Layout;
use super::columns::{self, Clock, Times};
use super::outcome;
use super::record::{CallRecord, Outcome};
use super::rows::Row;

/// Columns that every row has.
const ALWAYS: usize = 16;

const SRC: usize = 1;
const DST: usize = 2;
const CLID: usize = 4;
const CHANNEL: usize = 5;
const DSTCHANNEL: usize = 6;
const LASTAPP: usize = 7;
const LASTDATA: usize = 8;
const START: usize = 9;
const ANSWER: usize = 10;
const END: usize = 11;
const DURATION: usize = 12;
const BILLSEC: usize = 13;
const DISPOSITION: usize = 14;
const UNIQUEID: usize = 16;

/// Technologies whose channel names carry a line of a trunk where others carry the extension.
const TRUNK_TECHNOLOGIES: [&str; 3] = ["DAHDI", "Zap", "mISDN"];

/// Reads rows of `Master.csv`.
#[derive(Debug)]
pub struct Asterisk {
    clock: Clock,
}

impl Asterisk {
    /// Reads times with `clock`.
    pub fn new(clock: Clock) -> Self {
        Asterisk { clock }
    }

    fn times(&self, row: &Row<'_>) -> Result<Times, String> {
        let duration = columns::seconds(row.column(DURATION), "duration")?;
        let ended = self.clock.moment(row.column(END), "end")?;
        Ok(Times {
            started: self.clock.moment(row.column(START), "start")?,
            answered: self.clock.moment(row.column(ANSWER), "answer")?,
            // The duration is right even across a clock change, which the end is not.
            ended: if duration.is_some() { None } else { ended },
            duration,
            talk: columns::seconds(row.column(BILLSEC), "billsec")?,
        })
    }
}

impl Layout for Asterisk {
    fn call(&self, row: &Row<'_>) -> Result<CallRecord, String> {
        if row.width() < ALWAYS {
            return Err(format!(
                "the row has {} columns where Asterisk writes at least {ALWAYS}",
                row.width()
            ));
        }
        let times = self.times(row)?;
        let outcome = outcome(row)?;
        let span = times.span(matches!(outcome, Outcome::Answered | Outcome::Voicemail))?;
        let (from_name, clid_number) = caller_id(row.column(CLID));
        let src = columns::exact(row.column(SRC), "src")?;
        let from = if src.is_empty() { clid_number } else { src.to_owned() };
        let to = columns::exact(row.column(DST), "dst")?.to_owned();
        if from.is_empty() && to.is_empty() {
            return Err("src and dst are both empty".to_owned());
        }
        let (unique_id, recording_id) = ids(row)?;
        Ok(CallRecord {
            line: row.line,
            unique_id,
            recording_id,
            started_at: span.started,
            answered_at: span.answered,
            ended_at: span.ended,
            from,
            from_name,
            to,
            caller_channel: caller_extension(row.column(CHANNEL)),
            callee_channel: channel_extension(row.column(DSTCHANNEL)),
            queue: queue(row)?,
            dialled: None,
            outcome,
            talk_seconds: span.talk_seconds,
        })
    }
}

/// FreeSWITCH's template named `asterisk` writes its hang-up cause here, so that is understood too.
fn outcome(row: &Row<'_>) -> Result<Outcome, String> {
    let word = columns::word(row.column(DISPOSITION));
    let outcome = match outcome::from_word(&word) {
        Some(outcome) => outcome,
        None => return Err(format!("disposition {:?} is not known", shorten(&word))),
    };
    let talked = row.column(BILLSEC).iter().any(|digit| (b'1'..=b'9').contains(digit));
    let answered = outcome == Outcome::Answered || (word == "NORMAL_CLEARING" && talked);
    let to_mailbox = columns::word(row.column(LASTAPP)).to_ascii_lowercase().starts_with("voicemail");
    // VoiceMailMain is a person listening to messages, not one leaving one.
    let listens = columns::word(row.column(LASTAPP)).eq_ignore_ascii_case("VoiceMailMain");
    Ok(match (answered, to_mailbox && !listens) {
        (true, true) => Outcome::Voicemail,
        (true, false) => Outcome::Answered,
        (false, _) => outcome,
    })
}

/// The first argument of the application `Queue` is the queue.
fn queue(row: &Row<'_>) -> Result<Option<String>, String> {
    if !row.column(LASTAPP).trim_ascii().eq_ignore_ascii_case(b"queue") {
        return Ok(None);
    }
    let data = row.column(LASTDATA);
    // Asterisk up to 1.4 separated arguments with a bar.
    let first = data.split(|byte| matches!(byte, b',' | b'|')).next().unwrap_or_default();
    let queue = columns::exact(first, "lastdata")?;
    Ok((!queue.is_empty()).then(|| queue.to_owned()))
}

/// What tells the row from every other, and what its recordings are named after.
///
/// Rows of one call share its `uniqueid` (one for each phone that a queue rang), so it alone would
/// make duplicates of them. The part that is added depends on the columns that every row has, so it
/// stays the same when further columns are switched on later.
fn ids(row: &Row<'_>) -> Result<(String, Option<String>), String> {
    let content = |bytes| columns::fingerprint((0..ALWAYS).map(|column| row.column(column)), bytes);
    let candidate = row.column(UNIQUEID);
    let is_certain = (row.width() == 18 || row.width() >= 21) && !candidate.trim_ascii().is_empty();
    if !is_certain && !is_unique_id(candidate) {
        return Ok((content(16), None));
    }
    let unique = columns::exact(candidate, "uniqueid")?;
    Ok((format!("{unique}:{}", content(8)), Some(unique.to_owned())))
}

/// Whether this is written like `1700000000.12` or `pbx-1700000000.12`: tells a uniqueid from a
/// userfield where only one of the two is switched on. FreeSWITCH has UUIDs here.
fn is_unique_id(bytes: &[u8]) -> bool {
    let id = bytes.trim_ascii();
    let own = id.rsplit(|byte| *byte == b'-').next().unwrap_or_default();
    let mut parts = own.splitn(2, |byte| *byte == b'.');
    let (seconds, serial) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let digits = |part: &[u8], least: usize| part.len() >= least && part.iter().all(u8::is_ascii_digit);
    (digits(seconds, 9) && digits(serial, 1)) || is_uuid(id)
}

fn is_uuid(id: &[u8]) -> bool {
    let at = |(index, byte): (usize, &u8)| match index {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    id.len() == 36 && id.iter().enumerate().all(at)
}

/// Splits `"Anna Example" <+15550100>` into name and number.
fn caller_id(clid: &[u8]) -> (Option<String>, String) {
    let Some(open) = clid.iter().rposition(|byte| *byte == b'<') else {
        return (None, String::new());
    };
    let (shown, number) = clid.split_at(open);
    let number = number.strip_prefix(b"<").unwrap_or(number);
    let number = number.strip_suffix(b">").unwrap_or(number);
    let number = columns::exact(number, "clid").unwrap_or_default().to_owned();
    (columns::name(shown).filter(|name| *name != number), number)
}

/// The extension that calls. `Local/201@…` stands for the extension that is being called on behalf
/// of somebody else, a queue for instance.
fn caller_extension(channel: &[u8]) -> Option<String> {
    if channel.starts_with(b"Local/") { None } else { channel_extension(channel) }
}

/// The extension in a channel's name: `SIP/201-0000a`, `Local/201@from-internal-1;2`,
/// `sofia/internal/201@host`.
fn channel_extension(channel: &[u8]) -> Option<String> {
    let channel = str::from_utf8(channel).ok()?;
    let (technology, rest) = channel.split_once('/')?;
    if TRUNK_TECHNOLOGIES.iter().any(|trunk| technology.eq_ignore_ascii_case(trunk)) {
        return None;
    }
    let last = rest.rsplit('/').next()?;
    let name = match last.split_once('@') {
        Some((name, _)) => name,
        None => last.rsplit_once('-').map_or(last, |(name, _)| name),
    };
    let is_extension = (1..=10).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_digit());
    is_extension.then(|| name.to_owned())
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
#[path = "asterisk_tests.rs"]
mod tests;
