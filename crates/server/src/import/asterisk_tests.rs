//! Tests of Asterisk's rows in all their variants.

use jiff::tz::TimeZone;

use super::super::calls::Calls;
use super::super::record::Problem;
use super::*;

/// 2026-03-02 09:00:00 UTC.
const NINE: i64 = 1_772_442_000_000_000;

const SECOND: i64 = 1_000_000;

const BASE: &str = r#""","+15550100","201","from-trunk","""Anna Example"" <+15550100>","SIP/carrier-00000a1","PJSIP/201-0000000b","Dial","PJSIP/201,30","2026-03-02 09:00:00","2026-03-02 09:00:05","2026-03-02 09:01:35",95,90,"ANSWERED","DOCUMENTATION""#;

fn read(text: &str, zone: TimeZone) -> Vec<Result<CallRecord, String>> {
    let reasons = |problem: Problem| match problem {
        Problem::Row(bad) => bad.to_string(),
        Problem::Stop(stop) => stop.to_string(),
    };
    Calls::asterisk(text.as_bytes(), zone).map(|item| item.map_err(reasons)).collect()
}

fn one(row: &str) -> CallRecord {
    let mut items = read(&format!("{row}\n"), TimeZone::UTC);
    assert_eq!(items.len(), 1);
    items.remove(0).unwrap()
}

fn refused(row: &str) -> String {
    read(&format!("{row}\n"), TimeZone::UTC).remove(0).unwrap_err()
}

#[test]
fn a_row_of_16_columns_is_a_call() {
    let call = one(BASE);
    assert_eq!(
        (call.started_at, call.answered_at, call.ended_at),
        (NINE, Some(NINE + 5 * SECOND), NINE + 95 * SECOND)
    );
    assert_eq!(
        (call.from.as_str(), call.from_name.as_deref(), call.to.as_str()),
        ("+15550100", Some("Anna Example"), "201")
    );
    assert_eq!((call.caller_channel.as_deref(), call.callee_channel.as_deref()), (None, Some("201")));
    assert_eq!((call.outcome, call.talk_seconds, call.line), (Outcome::Answered, 90, 1));
    assert_eq!((call.unique_id.len(), call.recording_id), (32, None));
}

#[test]
fn every_combination_of_optional_columns_keeps_its_unique_id_apart_from_its_userfield() {
    let with = |rest: &str| one(&format!("{BASE}{rest}")).recording_id;
    let id = Some("1772442000.12".to_owned());
    assert_eq!(with(r#","1772442000.12""#), id);
    assert_eq!(with(r#","ticket 7""#), None);
    assert_eq!(with(r#","1772442000.12","ticket 7""#), id);
    assert_eq!(with(r#","","1772442000.12",3"#), None, "peeraccount, linkedid, sequence");
    assert_eq!(with(r#","1772442000.12","","1772442000.12",3"#), id);
    assert_eq!(with(r#","ticket 7","","1772442000.12",3"#), None);
    assert_eq!(
        with(r#","pbx-1772442000.12","ticket 7","","pbx-1772442000.12",3"#),
        Some("pbx-1772442000.12".to_owned())
    );
}

#[test]
fn rows_of_one_call_have_different_ids_and_the_same_recording() {
    let ringing = BASE.replace("PJSIP/201-0000000b", "PJSIP/202-0000000c").replace("ANSWERED", "NO ANSWER");
    let [first, second] = [BASE, &ringing].map(|row| one(&format!(r#"{row},"1772442000.12""#)));
    assert_ne!(first.unique_id, second.unique_id);
    assert_eq!(first.recording_key(), second.recording_key());
}

#[test]
fn an_id_is_the_same_when_the_row_is_read_again_or_gains_columns() {
    let id = one(&format!(r#"{BASE},"1772442000.12""#)).unique_id;
    assert_eq!(id, one(&format!(r#"{BASE},"1772442000.12""#)).unique_id);
    assert_eq!(id, one(&format!(r#"{BASE},"1772442000.12","ticket 7","","1772442000.12",3"#)).unique_id);
}

#[test]
fn times_are_local_in_the_given_zone() {
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let call = read(BASE, berlin).remove(0).unwrap();
    assert_eq!(call.started_at, NINE - 3600 * SECOND);
}

#[test]
fn a_call_over_a_clock_change_keeps_its_length() {
    let row = BASE
        .replace("2026-03-02 09:00:00", "2026-10-25 02:59:30")
        .replace("2026-03-02 09:00:05", "2026-10-25 02:59:35")
        .replace("2026-03-02 09:01:35", "2026-10-25 02:01:05");
    let call = read(&row, TimeZone::get("Europe/Berlin").unwrap()).remove(0).unwrap();
    assert_eq!(call.ended_at - call.started_at, 95 * SECOND);
    assert_eq!(call.answered_at, Some(call.started_at + 5 * SECOND));
}

#[test]
fn dispositions_are_outcomes() {
    let outcomes = [
        ("NO ANSWER", Outcome::NoAnswer),
        ("BUSY", Outcome::Busy),
        ("FAILED", Outcome::Failed),
        ("CONGESTION", Outcome::Failed),
        ("NORMAL_CLEARING", Outcome::Answered),
    ];
    for (word, outcome) in outcomes {
        let call = one(&BASE.replace("ANSWERED", word));
        assert_eq!(call.outcome, outcome, "{word}");
        assert_eq!(call.answered_at.is_some(), outcome == Outcome::Answered, "{word}");
        assert_eq!(call.talk_seconds > 0, outcome == Outcome::Answered, "{word}");
    }
    assert!(refused(&BASE.replace("ANSWERED", "PERHAPS?")).contains("disposition"));
}

#[test]
fn an_unanswered_call_has_an_empty_answer_without_quotes() {
    let call = one(&BASE
        .replace(r#""2026-03-02 09:00:05""#, "")
        .replace(",90,", ",0,")
        .replace("ANSWERED", "NO ANSWER"));
    assert_eq!((call.outcome, call.answered_at, call.talk_seconds), (Outcome::NoAnswer, None, 0));
}

#[test]
fn voicemail_and_queues_are_told_by_the_application() {
    let mailbox = one(&BASE.replace(r#""Dial","PJSIP/201,30""#, r#""VoiceMail","201@default,u""#));
    assert_eq!(mailbox.outcome, Outcome::Voicemail);
    let listening = one(&BASE.replace(r#""Dial","PJSIP/201,30""#, r#""VoiceMailMain","201@default""#));
    assert_eq!(listening.outcome, Outcome::Answered);
    let queue = one(&BASE.replace(r#""Dial","PJSIP/201,30""#, r#""Queue","sales,t,,,60""#));
    assert_eq!(queue.queue.as_deref(), Some("sales"));
}

#[test]
fn a_channel_gives_its_extension() {
    let extension = |channel: &str| channel_extension(channel.as_bytes());
    for channel in [
        "SIP/201-0000a",
        "PJSIP/201-00000012",
        "Local/201@from-internal-0001;1",
        "sofia/internal/201@pbx",
        "IAX2/201-4",
    ] {
        assert_eq!(extension(channel).as_deref(), Some("201"), "{channel}");
    }
    for channel in ["SIP/carrier-a-0000b", "DAHDI/1-1", "DAHDI/i1/15550100-5", "", "SIP/", "SIP/-", "201"] {
        assert_eq!(extension(channel), None, "{channel}");
    }
}

#[test]
fn a_local_channel_tells_who_is_called_and_not_who_calls() {
    let row = BASE.replace("SIP/carrier-00000a1", "Local/202@from-queue-0001;2");
    assert_eq!(one(&row).caller_channel, None);
    let row = BASE.replace("PJSIP/201-0000000b", "Local/202@from-queue-0001;1");
    assert_eq!(one(&row).callee_channel.as_deref(), Some("202"));
}

#[test]
fn a_withheld_number_is_taken_from_the_caller_id_or_left_empty() {
    let row = BASE.replacen(r#""+15550100""#, r#""""#, 1);
    assert_eq!(one(&row).from, "+15550100");
    assert_eq!(one(&row.replace(r#""""Anna Example"" <+15550100>""#, r#""""#)).from, "");
    assert!(
        refused(&row.replace(r#""""Anna Example"" <+15550100>""#, r#""""#).replace(r#""201""#, r#""""#))
            .contains("both empty")
    );
}

#[test]
fn a_wrong_column_is_named_with_its_line() {
    assert_eq!(
        refused(&BASE.replace("09:00:00", "25:00:00")).split(" is no").next(),
        Some("line 1: start \"2026-03-02 25:00:00\"")
    );
    assert!(refused(&BASE.replace(",95,", ",ninety,")).contains("duration \"ninety\""));
    assert!(refused(&BASE.replace(",90,", ",9000,")).contains("talk time"));
    assert!(refused(&BASE.replace("\"201\"", "\"2\u{7}01\"")).contains("dst holds control"));
    assert!(refused(r#"a,b,c"#).contains("3 columns"));
}

#[test]
fn wrong_utf8_is_tolerated_in_names_and_told_in_numbers() {
    let in_name = [BASE.replace("Anna Example", "An\u{1}na").as_bytes(), b"\n"].concat();
    let in_name: Vec<u8> = in_name.iter().map(|byte| if *byte == 1 { 0xe9 } else { *byte }).collect();
    let call = Calls::asterisk(&in_name[..], TimeZone::UTC).next().unwrap().unwrap();
    assert_eq!(call.from_name.as_deref(), Some("An\u{fffd}na"));
    let in_number: Vec<u8> = BASE
        .replace("\"201\"", "\"2\u{1}1\"")
        .bytes()
        .map(|byte| if byte == 1 { 0xe9 } else { byte })
        .collect();
    let item = Calls::asterisk(&in_number[..], TimeZone::UTC).next().unwrap();
    assert!(matches!(item, Err(Problem::Row(bad)) if bad.reason.contains("dst is not valid UTF-8")));
}
