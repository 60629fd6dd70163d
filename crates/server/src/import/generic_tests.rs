//! Tests of CSV with a header.

use jiff::tz::TimeZone;

use super::super::calls::Calls;
use super::super::record::Problem;
use super::*;

fn open<'a>(text: &'a str, pairs: &[&str]) -> Result<Calls<&'a [u8]>, String> {
    let mapping = Mapping::parse(pairs.iter().copied())?;
    Calls::csv(text.as_bytes(), TimeZone::UTC, &mapping).map_err(|stop| stop.to_string())
}

fn read(text: &str, pairs: &[&str]) -> Vec<Result<CallRecord, String>> {
    let reason = |problem: Problem| match problem {
        Problem::Row(bad) => bad.to_string(),
        Problem::Stop(stop) => stop.to_string(),
    };
    open(text, pairs).unwrap().map(|item| item.map_err(reason)).collect()
}

#[test]
fn common_headers_are_recognised_with_any_delimiter() {
    for delimiter in [",", ";", "\t"] {
        let text = "\u{feff}Call ID|Start Time|Caller Number|Destination|Duration|Status\r\nx1|2026-03-02 09:00:00|+15550100|201|0:01:35|Completed\r\n"
            .replace('|', delimiter);
        let call = read(&text, &[]).remove(0).unwrap();
        assert_eq!(
            (call.unique_id.as_str(), call.from.as_str(), call.to.as_str()),
            ("x1", "+15550100", "201")
        );
        assert_eq!((call.ended_at - call.started_at, call.talk_seconds), (95_000_000, 95));
        assert_eq!((call.outcome, call.line), (Outcome::Answered, 2));
    }
}

#[test]
fn a_mapping_beats_recognition_and_ignores_case_and_spaces() {
    let text = "start,When,Von,An,Sek\n1,2026-03-02 09:00:00,201,202,5\n";
    let call = read(text, &["started=when", "from=Von", "to=An", "talk=SEK"]).remove(0).unwrap();
    assert_eq!((call.from.as_str(), call.to.as_str(), call.talk_seconds), ("201", "202", 5));
}

#[test]
fn a_missing_column_is_an_error_that_lists_the_headers_found() {
    let error = open("When,From,To,Duration\n", &[]).err().unwrap();
    assert!(error.contains("started") && error.contains(r#""When", "From", "To", "Duration""#), "{error}");
    let error = open("Start,From,To,Duration\n", &["queue=Team"]).err().unwrap();
    assert!(error.contains(r#"no column "Team""#) && error.contains("\"Duration\""), "{error}");
    let error = open("Start,From,To\n", &[]).err().unwrap();
    assert!(error.contains("ended, duration or talk"), "{error}");
}

#[test]
fn a_mapping_that_cannot_be_is_an_error() {
    assert!(Mapping::parse(["started"]).unwrap_err().contains("field=Header"));
    assert!(Mapping::parse(["begun=When"]).unwrap_err().contains("started, answered, ended"));
    assert!(Mapping::parse(["from=A", "from=B"]).unwrap_err().contains("twice"));
}

#[test]
fn times_come_as_rfc_3339_local_or_since_the_epoch() {
    let moments = [
        "2026-03-02T10:00:00+01:00",
        "2026-03-02T09:00:00Z",
        "2026-03-02 09:00:00",
        "2026-03-02T09:00:00",
        "1772442000",
        "1772442000.0",
        "1772442000000",
    ];
    for moment in moments {
        let text = format!("started,from,to,duration\n{moment},201,202,5\n");
        assert_eq!(
            read(&text, &[]).remove(0).map(|call| call.started_at),
            Ok(1_772_442_000_000_000),
            "{moment}"
        );
    }
    let wrong =
        read("started,from,to,duration\n2026-03-02,201,202,5\nyesterday,201,202,5\n,201,202,5\n", &[]);
    assert!(wrong[0].as_ref().unwrap_err().contains("\"2026-03-02\" is no time"));
    assert!(wrong[1].as_ref().unwrap_err().contains("line 3: started \"yesterday\""));
    assert!(wrong[2].as_ref().unwrap_err().contains("start is empty"));
}

#[test]
fn durations_come_as_seconds_or_clock_time() {
    for (text, seconds) in [
        ("95", Some(95)),
        ("95.9", Some(95)),
        ("1:35", Some(95)),
        ("00:01:35", Some(95)),
        ("1:75", None),
        ("-5", None),
        ("5s", None),
        ("99999999", None),
    ] {
        let csv = format!("started,from,to,duration\n2026-03-02 09:00:00,201,202,{text}\n");
        assert_eq!(read(&csv, &[]).remove(0).ok().map(|call| call.talk_seconds), seconds, "{text}");
    }
}

#[test]
fn without_a_result_column_a_call_that_was_talked_in_is_answered() {
    let rows = read(
        "started,ended,from,to,talk\n2026-03-02 09:00:00,2026-03-02 09:01:00,201,202,5\n2026-03-02 09:00:00,2026-03-02 09:01:00,201,202,0\n",
        &[],
    );
    let outcomes: Vec<Outcome> = rows.iter().map(|row| row.as_ref().unwrap().outcome).collect();
    assert_eq!(outcomes, [Outcome::Answered, Outcome::NoAnswer]);
    assert_ne!(rows[0].as_ref().unwrap().unique_id, rows[1].as_ref().unwrap().unique_id);
}

#[test]
fn rows_that_do_not_fit_the_header_are_bad() {
    let rows = read(
        "started,from,to,duration\n2026-03-02 09:00:00,201\n2026-03-02 09:00:00,Ann, Example,201,5\n2026-03-02 09:00:00,201,202,5,,\n2026-03-02 09:0",
        &[],
    );
    assert!(rows[0].as_ref().unwrap_err().contains("line 2: the row has 2 columns"));
    assert!(rows[1].as_ref().unwrap_err().contains("line 3: the row has 5 columns"));
    assert!(rows[2].is_ok(), "columns without content at the end do no harm");
    assert!(rows[3].as_ref().unwrap_err().contains("line 5: the file breaks off"));
}

#[test]
fn a_call_that_ends_before_it_begins_is_bad() {
    let rows = read("started,ended,from,to\n2026-03-02 09:00:00,2026-03-02 08:00:00,201,202\n", &[]);
    assert!(rows[0].as_ref().unwrap_err().contains("ends before it begins"));
}

#[test]
fn an_empty_file_is_told_as_such() {
    assert!(open("", &[]).err().unwrap().contains("it is empty"));
}
