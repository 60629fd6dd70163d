//! Tests of FreeSWITCH's rows.

use jiff::tz::TimeZone;

use super::super::calls::Calls;
use super::super::record::Problem;
use super::*;

const ROW: &str = r#""Anna Example","+442079460001","1001","default","2026-03-02 09:00:00","2026-03-02 09:00:05","2026-03-02 09:01:35","95","90","NORMAL_CLEARING","5b6f8a0e-7d1c-4c7e-9a51-0c2f6d1e8b3a","","acme","PCMU","PCMU""#;

fn read(row: &str) -> Result<CallRecord, String> {
    let text = format!("{row}\n");
    let mut items = Calls::freeswitch(text.as_bytes(), TimeZone::UTC);
    let item = items.next().unwrap();
    assert!(items.next().is_none());
    item.map_err(|problem| match problem {
        Problem::Row(bad) => bad.to_string(),
        Problem::Stop(stop) => stop.to_string(),
    })
}

fn unanswered(cause: &str) -> String {
    ROW.replace("2026-03-02 09:00:05", "").replace(r#""90""#, r#""0""#).replace("NORMAL_CLEARING", cause)
}

#[test]
fn a_row_of_the_default_template_is_a_call() {
    let call = read(ROW).unwrap();
    assert_eq!(call.ended_at - call.started_at, 95_000_000);
    assert_eq!(call.answered_at, Some(call.started_at + 5_000_000));
    assert_eq!(
        (call.from.as_str(), call.from_name.as_deref(), call.to.as_str()),
        ("+442079460001", Some("Anna Example"), "1001")
    );
    assert_eq!((call.outcome, call.talk_seconds), (Outcome::Answered, 90));
    assert_eq!(call.recording_key(), "5b6f8a0e-7d1c-4c7e-9a51-0c2f6d1e8b3a");
}

#[test]
fn the_template_built_into_the_module_is_read_too() {
    let built_in = ROW.replace(r#","acme","PCMU","PCMU""#, r#", "acme""#);
    assert_eq!(read(&built_in), read(ROW));
}

#[test]
fn hangup_causes_are_outcomes_of_calls_that_nobody_answered() {
    let outcomes = [
        ("USER_BUSY", Outcome::Busy),
        ("CALL_REJECTED", Outcome::Busy),
        ("NO_ANSWER", Outcome::NoAnswer),
        ("ORIGINATOR_CANCEL", Outcome::NoAnswer),
        ("NORMAL_CLEARING", Outcome::NoAnswer),
        ("UNALLOCATED_NUMBER", Outcome::Failed),
        ("NORMAL_TEMPORARY_FAILURE", Outcome::Failed),
    ];
    for (cause, outcome) in outcomes {
        let call = read(&unanswered(cause)).unwrap();
        assert_eq!((call.outcome, call.answered_at, call.talk_seconds), (outcome, None, 0), "{cause}");
    }
    assert_eq!(
        read(&ROW.replace("NORMAL_CLEARING", "USER_BUSY")).map(|call| call.outcome),
        Ok(Outcome::Answered)
    );
    assert!(read(&unanswered("who knows")).unwrap_err().contains("hangup_cause"));
}

#[test]
fn an_answer_in_1970_is_none() {
    let row =
        ROW.replace("2026-03-02 09:00:05", "1970-01-01 01:00:00").replace("NORMAL_CLEARING", "NO_ANSWER");
    assert_eq!(read(&row).map(|call| (call.outcome, call.talk_seconds)), Ok((Outcome::NoAnswer, 0)));
}

#[test]
fn quotes_in_names_which_freeswitch_does_not_escape_cost_at_most_their_row() {
    let call = read(&ROW.replace("Anna Example", "Anna \"Ann\" Example")).unwrap();
    assert_eq!(call.to, "1001");
    assert!(read(&ROW.replace("Anna Example", "Anna Example\"")).is_err(), "columns have moved");
}

#[test]
fn a_row_without_a_uuid_is_refused() {
    assert!(
        read(&ROW.replace("5b6f8a0e-7d1c-4c7e-9a51-0c2f6d1e8b3a", "")).unwrap_err().contains("uuid is empty")
    );
}
