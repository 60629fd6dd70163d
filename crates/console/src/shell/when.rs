//! Moments, spans and numbers as the console writes them.

use acts::{Moment, Refusal};
use jiff::Timestamp;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::Markup;

use ui::datetime::{self, Show};
use ui::text::{self, fill, later, t};
use web::request::Request;

/// The workspace's time zone: days in filters are its days, and it is what readers without scripts see.
pub fn zone(request: &Request) -> TimeZone {
    request.zone()
}

/// A moment: in the reader's time zone, or in the workspace's where the browser runs no scripts.
pub fn moment(at: impl Into<Moment>, zone: &TimeZone, show: Show) -> Markup {
    let at = at.into();
    datetime::moment(&at.to_string(), &text(at, zone, show), show)
}

const MONTHS: [&str; 12] = [
    later("Jan"),
    later("Feb"),
    later("Mar"),
    later("Apr"),
    later("May"),
    later("Jun"),
    later("Jul"),
    later("Aug"),
    later("Sep"),
    later("Oct"),
    later("Nov"),
    later("Dec"),
];

/// A moment as text in a time zone.
pub fn text(at: impl Into<Moment>, zone: &TimeZone, show: Show) -> String {
    let moment = Timestamp::from_microsecond(at.into().0).unwrap_or_default().to_zoned(zone.clone());
    let month = MONTHS.iter().zip(1..).find(|(_, number)| *number == moment.month());
    let month = month.map_or("", |(name, _)| t(name));
    let day = fill(
        t("{day} {month} {year}"),
        &[("day", &moment.day()), ("month", &month), ("year", &moment.year())],
    );
    let time = moment.strftime("%H:%M %Z").to_string();
    match show {
        Show::Date => day,
        Show::Time => time,
        Show::DateTime => format!("{day}, {time}"),
    }
}

/// The end of a day in the workspace's time zone; none where no day is given.
pub fn end_of_day(field: &'static str, day: &str, zone: &TimeZone) -> Result<Option<Moment>, Refusal> {
    if day.trim().is_empty() {
        return Ok(None);
    }
    let next = day.trim().parse::<Date>().ok().and_then(|day| day.checked_add(1.day()).ok());
    let end = next.and_then(|next| next.to_zoned(zone.clone()).ok());
    let unreadable = || Refusal::invalid(field, "{field} must be a day like 2026-12-31.");
    end.map(|end| Some(Moment(end.timestamp().as_microsecond()))).ok_or_else(unreadable)
}

/// How long there is left of something that ends, in its greatest unit.
pub fn left(micros: i64) -> String {
    let minutes = micros.max(0) / 60_000_000;
    match (minutes / 1440, minutes / 60, minutes) {
        (days @ 1.., ..) => text::count(days, "{n} day left", "{n} days left"),
        (_, hours @ 1.., _) => text::count(hours, "{n} hour left", "{n} hours left"),
        (_, _, minutes @ 1..) => text::count(minutes, "{n} minute left", "{n} minutes left"),
        _ => t("less than a minute left").to_owned(),
    }
}

/// Seconds as `4:12` or `1:02:03`.
pub fn span(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use acts::Moment;
    use jiff::tz::TimeZone;

    use crate::shell::when::end_of_day;

    use crate::shell::when::span;

    #[test]
    fn spans_read_like_clocks() {
        assert_eq!(span(0), "0:00");
        assert_eq!(span(252), "4:12");
        assert_eq!(span(3723), "1:02:03");
    }

    #[test]
    fn a_day_ends_when_the_next_one_begins_where_the_workspace_is() {
        let end = |day, zone: &str| {
            let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
            end_of_day("until", day, &zone).map_err(|refusal| refusal.field)
        };
        assert_eq!(end("2026-11-22", "UTC"), Ok(Some(Moment(1_795_392_000_000_000))));
        assert_eq!(end("2026-11-22", "Europe/Berlin"), Ok(Some(Moment(1_795_388_400_000_000))));
        assert_eq!(end(" ", "UTC"), Ok(None));
        assert_eq!(end("soon", "UTC"), Err(Some("until".into())));
    }
}
