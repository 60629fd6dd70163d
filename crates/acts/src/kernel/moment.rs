//! Moments as programs read them: RFC 3339 in UTC outside, microseconds inside.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use access::Micros;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Answer, App};

/// A moment in a view or an input: microseconds since the Unix epoch here, text as in RFC 3339 in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub Micros);

impl From<Micros> for Moment {
    fn from(at: Micros) -> Moment {
        Moment(at)
    }
}

/// `2026-03-01T09:00:00Z`; a moment beyond what a calendar has is shown as its microseconds.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_microsecond(self.0) {
            Ok(at) => at.fmt(f),
            Err(_) => self.0.fmt(f),
        }
    }
}

impl FromStr for Moment {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Moment, &'static str> {
        let at: Result<Timestamp, _> = text.parse();
        at.map(|at| Moment(at.as_microsecond())).map_err(|_| "a moment looks like 2026-03-01T09:00:00Z")
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Moment, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Moment {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// A workspace's time zone.
pub(crate) async fn zone_of(app: &App, workspace: i64) -> Answer<TimeZone> {
    let name = app.store.workspace(workspace).await?.time_zone;
    Ok(TimeZone::get(&name).unwrap_or(TimeZone::UTC))
}

#[cfg(test)]
mod tests {
    use crate::kernel::moment::Moment;

    #[test]
    fn a_moment_is_text_outside_and_reads_as_it_was_written() {
        let at = Moment(1_772_355_600_123_456);
        let text = serde_json::to_string(&at);
        assert_eq!(text.as_deref().ok(), Some("\"2026-03-01T09:00:00.123456Z\""));
        assert_eq!(text.ok().and_then(|text| serde_json::from_str(&text).ok()), Some(at));
    }

    #[test]
    fn a_moment_with_an_offset_is_the_same_moment() {
        assert_eq!("2026-03-01T10:00:00+01:00".parse::<Moment>(), "2026-03-01T09:00:00Z".parse());
    }

    #[test]
    fn words_and_bare_numbers_are_no_moments() {
        for text in ["\"tomorrow\"", "\"2026-03-01\"", "1772355600"] {
            assert!(serde_json::from_str::<Moment>(text).is_err(), "{text}");
        }
    }
}
