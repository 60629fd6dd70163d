//! What single columns hold: ids, names, seconds, moments. Every error names the column.

use std::borrow::Cow;

use jiff::{Timestamp, civil, tz::TimeZone};

/// Longest id or number in bytes; the longest real ones are UUIDs and SIP addresses.
const MAX_TEXT: usize = 128;

/// Longest name in characters; the rest is cut off.
const MAX_NAME: usize = 128;

/// Longest call in seconds that is believed.
const MAX_SECONDS: i64 = 366 * 24 * 3600;

const MICROS: i64 = 1_000_000;

/// An id or a number: what must be right to the letter.
pub fn exact<'a>(bytes: &'a [u8], column: &str) -> Result<&'a str, String> {
    let text = str::from_utf8(bytes).map_err(|_| format!("{column} is not valid UTF-8"))?.trim();
    if text.len() > MAX_TEXT {
        return Err(format!("{column} is longer than {MAX_TEXT} bytes"));
    }
    if text.chars().any(char::is_control) {
        return Err(format!("{column} holds control characters"));
    }
    Ok(text)
}

/// A name for people: tolerates wrong encodings and control characters; none if it is empty.
pub fn name(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let clean = text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '"');
    let name: String = clean.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
    (!name.is_empty()).then_some(name)
}

/// A time span in seconds, written `95`, `95.4`, `1:35` or `0:01:35`; none if it is empty.
pub fn seconds(bytes: &[u8], column: &str) -> Result<Option<i64>, String> {
    let text = exact(bytes, column)?;
    if text.is_empty() {
        return Ok(None);
    }
    match parse_seconds(text) {
        Some(seconds) if seconds > MAX_SECONDS => Err(format!("{column} {text:?} is longer than a year")),
        Some(seconds) => Ok(Some(seconds)),
        None => Err(format!("{column} {text:?} is neither seconds nor hh:mm:ss")),
    }
}

fn parse_seconds(text: &str) -> Option<i64> {
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if is_digits(fraction) => whole,
        Some(_) => return None,
        None => text,
    };
    let mut total = 0_i64;
    for (index, part) in whole.split(':').enumerate() {
        if index > 2 || part.len() > 9 || !is_digits(part) {
            return None;
        }
        let value: i64 = part.parse().ok()?;
        if index > 0 && value >= 60 {
            return None;
        }
        total = total.checked_mul(60)?.checked_add(value)?;
    }
    Some(total)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Reads moments as a system in one time zone writes them.
#[derive(Clone, Debug)]
pub struct Clock {
    zone: TimeZone,
}

impl Clock {
    /// Reads moments that carry no offset as local time in `zone`.
    pub fn new(zone: TimeZone) -> Self {
        Clock { zone }
    }

    /// A moment in µs since the Unix epoch, written `YYYY-MM-DD HH:MM:SS` (local), as RFC 3339, or as
    /// seconds or milliseconds since the epoch; none if it is empty or all zeros. In the hour that a
    /// clock change repeats, the first pass is meant, as nothing in the text tells.
    pub fn moment(&self, bytes: &[u8], column: &str) -> Result<Option<i64>, String> {
        let text = exact(bytes, column)?;
        if text.bytes().all(|byte| matches!(byte, b'0' | b'-' | b':' | b' ')) {
            return Ok(None);
        }
        self.parse(text).map(Some).ok_or_else(|| {
            format!("{column} {text:?} is no time such as 2026-01-31 09:30:00 or 2026-01-31T09:30:00Z")
        })
    }

    fn parse(&self, text: &str) -> Option<i64> {
        if let Some(local) = local_time(text.as_bytes()) {
            return self.zone.to_timestamp(local).ok().map(Timestamp::as_microsecond);
        }
        if let Some(micros) = epoch(text) {
            return Some(micros);
        }
        if let Ok(moment) = text.parse::<Timestamp>() {
            return Some(moment.as_microsecond());
        }
        // A date alone would be read as midnight.
        let local: civil::DateTime = text.contains(':').then(|| text.parse().ok())??;
        self.zone.to_timestamp(local).ok().map(Timestamp::as_microsecond)
    }
}

/// `YYYY-MM-DD HH:MM:SS` and nothing else: what nearly every row holds, several times.
fn local_time(text: &[u8]) -> Option<civil::DateTime> {
    let &[y1, y2, y3, y4, b'-', mo1, mo2, b'-', d1, d2, b' ', h1, h2, b':', mi1, mi2, b':', s1, s2] = text
    else {
        return None;
    };
    let year = two(y1, y2)?.checked_mul(100)? + two(y3, y4)?;
    let date = (two(mo1, mo2)? as i8, two(d1, d2)? as i8);
    let time = (two(h1, h2)? as i8, two(mi1, mi2)? as i8, two(s1, s2)? as i8);
    civil::DateTime::new(year, date.0, date.1, time.0, time.1, time.2, 0).ok()
}

fn two(tens: u8, ones: u8) -> Option<i16> {
    let both = tens.is_ascii_digit() && ones.is_ascii_digit();
    both.then(|| i16::from(tens - b'0') * 10 + i16::from(ones - b'0'))
}

/// Seconds since the epoch, with or without a fraction, or milliseconds: told apart by their length,
/// which is 9 or 10 digits for seconds from 1973 to 2286.
fn epoch(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let value: i64 = whole.parse().ok()?;
    match whole.len() {
        9 | 10 => {
            let digits: String = fraction.chars().chain("000000".chars()).take(6).collect();
            Some(value * MICROS + digits.parse::<i64>().ok()?)
        }
        12 | 13 => Some(value * 1000),
        _ => None,
    }
}

/// What a row says about when a call was.
#[derive(Debug, Default)]
pub struct Times {
    /// µs since the epoch.
    pub started: Option<i64>,
    /// µs since the epoch.
    pub answered: Option<i64>,
    /// µs since the epoch; not believed where it lies before the start.
    pub ended: Option<i64>,
    /// Seconds from start to end.
    pub duration: Option<i64>,
    /// Seconds from answer to end.
    pub talk: Option<i64>,
}

/// When a call was: start ≤ answer ≤ end, in µs since the epoch.
#[derive(Debug, PartialEq, Eq)]
pub struct Span {
    pub started: i64,
    pub answered: Option<i64>,
    pub ended: i64,
    pub talk_seconds: i64,
}

impl Times {
    /// Makes one consistent account of them. Seconds are believed before a stamp that contradicts
    /// them: a clock change moves the stamps of a call and leaves its length alone.
    pub fn span(&self, was_answered: bool) -> Result<Span, String> {
        let started = self.started.ok_or("the start is empty")?;
        let ended = self.end(started)?;
        if !was_answered {
            return Ok(Span { started, answered: None, ended, talk_seconds: 0 });
        }
        let within = |moment: &i64| (started..=ended).contains(moment);
        let stamp = self.answered.filter(within);
        let length = (ended - started + MICROS - 1) / MICROS;
        let talk = self.talk.or(stamp.map(|at| (ended - at) / MICROS)).or(self.duration).unwrap_or(length);
        // One second over is rounding (Asterisk: initiatedseconds).
        if talk > length + 1 {
            return Err(format!("the talk time of {talk} s is longer than the whole call of {length} s"));
        }
        let talk_seconds = talk.min(length);
        let answered = stamp.unwrap_or((ended - talk_seconds * MICROS).max(started));
        Ok(Span { started, answered: Some(answered), ended, talk_seconds })
    }

    fn end(&self, started: i64) -> Result<i64, String> {
        let after = |seconds: i64| started.saturating_add(seconds.saturating_mul(MICROS));
        let stamp = self.ended.filter(|ended| *ended >= started);
        let from_talk =
            || Some(self.talk?.saturating_mul(MICROS).saturating_add(self.answered.unwrap_or(started)));
        let ended = stamp.or_else(|| self.duration.map(after)).or_else(from_talk);
        match ended {
            Some(ended) if ended - started > MAX_SECONDS * MICROS => {
                Err("the call lasts longer than a year".to_owned())
            }
            Some(ended) if ended >= started => Ok(ended),
            None if self.ended.is_none() => Err("neither the end nor the duration is given".to_owned()),
            _ => Err("the call ends before it begins".to_owned()),
        }
    }
}

/// Hex of the beginning of a SHA-256 over columns, with their borders.
pub fn fingerprint<'a>(columns: impl Iterator<Item = &'a [u8]>, bytes: usize) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for column in columns {
        hash.update(column);
        hash.update([0]);
    }
    hash.finalize().iter().take(bytes).fold(String::new(), |mut hex, byte| {
        for half in [byte >> 4, byte & 15] {
            hex.extend(char::from_digit(u32::from(half), 16));
        }
        hex
    })
}

/// A column as text for comparing with known words.
pub fn word(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes.trim_ascii())
}
