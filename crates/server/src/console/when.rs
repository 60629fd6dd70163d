//! Moments, spans and numbers as the console writes them.

use jiff::Timestamp;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::Markup;
use workspace::{Moment, Refusal};

use crate::request::Request;
use crate::ui::datetime::{self, Show};
use crate::ui::text::{self, t};

/// The workspace's time zone: days in filters are its days, and it is what readers without scripts see.
pub async fn zone(request: &Request) -> Result<TimeZone, Refusal> {
    let workspace = request.identity()?.actor.snapshot().model().workspace;
    let name = request.server.app.store.workspace(workspace).await?.time_zone;
    Ok(TimeZone::get(&name).unwrap_or(TimeZone::UTC))
}

/// A moment: in the reader's time zone, or in the workspace's where the browser runs no scripts.
pub fn moment(at: impl Into<Moment>, zone: &TimeZone, show: Show) -> Markup {
    let written = match show {
        Show::DateTime => "%-d %b %Y, %H:%M %Z",
        Show::Date => "%-d %b %Y",
        Show::Time => "%H:%M %Z",
    };
    let at = at.into();
    datetime::moment(&at.to_string(), &text(at, zone, written), show)
}

/// A moment as text in a time zone, by a `strftime` pattern.
pub fn text(at: impl Into<Moment>, zone: &TimeZone, written: &str) -> String {
    let moment = Timestamp::from_microsecond(at.into().0).unwrap_or_default();
    moment.to_zoned(zone.clone()).strftime(written).to_string()
}

/// The end of a day in the workspace's time zone; none where no day is given.
pub fn end_of_day(field: &'static str, day: &str, zone: &TimeZone) -> Result<Option<Moment>, Refusal> {
    if day.trim().is_empty() {
        return Ok(None);
    }
    let next = day.trim().parse::<Date>().ok().and_then(|day| day.checked_add(1.day()).ok());
    let end = next.and_then(|next| next.to_zoned(zone.clone()).ok());
    let unreadable = || Refusal::invalid(field, format!("{field} must be a day like 2026-12-31."));
    end.map(|end| Some(Moment(end.timestamp().as_microsecond()))).ok_or_else(unreadable)
}

/// How long there is left of something that ends, in its greatest unit.
pub fn left(micros: i64) -> String {
    let minutes = micros.max(0) / 60_000_000;
    match (minutes / 1440, minutes / 60 % 24, minutes) {
        (1.., ..) => text::count(minutes / 1440, "{n} day left", "{n} days left"),
        (_, 1.., _) => text::count(minutes / 60, "{n} hour left", "{n} hours left"),
        (_, _, 1..) => text::count(minutes, "{n} minute left", "{n} minutes left"),
        _ => t("less than a minute left").to_owned(),
    }
}

/// Seconds as `4:12` or `1:02:03`.
pub fn span(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// How many there are, in words: `1 call`, `20,318 calls`.
pub fn count(many: i64, singular: &str, plural: &str) -> String {
    format!("{} {}", grouped(many), if many == 1 { singular } else { plural })
}

/// A number with its thousands set apart: `20,318`.
pub fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::{count, span};

    #[test]
    fn spans_read_like_clocks() {
        assert_eq!(span(0), "0:00");
        assert_eq!(span(252), "4:12");
        assert_eq!(span(3723), "1:02:03");
    }

    #[test]
    fn counts_are_grouped_and_agree_with_their_noun() {
        assert_eq!(count(0, "call", "calls"), "0 calls");
        assert_eq!(count(1, "call", "calls"), "1 call");
        assert_eq!(count(20318, "call", "calls"), "20,318 calls");
        assert_eq!(count(1_000_000, "call", "calls"), "1,000,000 calls");
    }
}
