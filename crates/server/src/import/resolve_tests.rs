//! Tests of matching calls to a workspace.

use super::super::record::Outcome;
use super::*;

const ANNA: u32 = 1;
const BEN: u32 = 2;
const SALES: u32 = 10;
const BERLIN: u32 = 11;
const EXT_201: u32 = 20;
const EXT_202: u32 = 21;
const QUEUE: u32 = 30;
const MAIN: u32 = 40;
const DIRECT: u32 = 41;

fn directory() -> Directory {
    let mut directory = Directory::new(NumberPlan::of_calling_code(44).unwrap());
    directory.add_user(ANNA, Some(SALES), Some(BERLIN));
    directory.add_user(BEN, Some(SALES), None);
    directory.add_extension("201", EXT_201, Some(ANNA));
    directory.add_extension("202", EXT_202, Some(BEN));
    directory.add_queue("Sales Line", QUEUE);
    directory.add_queue("800", QUEUE);
    directory.add_number("+442079460001", MAIN, None);
    directory.add_number("+442079460002", DIRECT, Some(BEN));
    directory
}

fn call(from: &str, to: &str) -> CallRecord {
    CallRecord {
        line: 1,
        unique_id: "x".to_owned(),
        recording_id: None,
        started_at: 0,
        answered_at: None,
        ended_at: 0,
        from: from.to_owned(),
        from_name: None,
        to: to.to_owned(),
        caller_channel: None,
        callee_channel: None,
        queue: None,
        dialled: None,
        outcome: Outcome::NoAnswer,
        talk_seconds: 0,
    }
}

fn resolved(record: &CallRecord) -> Resolved {
    resolve(record, &directory())
}

#[test]
fn a_call_between_extensions_touches_both_users_and_their_units() {
    let call = resolved(&call("201", "202"));
    assert_eq!((call.direction, call.from_user, call.to_user), (Direction::Internal, Some(ANNA), Some(BEN)));
    assert_eq!((call.from.as_str(), call.to.as_str()), ("201", "202"));
    assert_eq!(call.touches, [ANNA, BEN, SALES, BERLIN, EXT_201, EXT_202]);
}

#[test]
fn an_outbound_call_shows_a_number_and_is_told_apart_by_its_channel() {
    let mut record = call("020 7946 0001", "+15550100");
    record.caller_channel = Some("201".to_owned());
    let call = resolved(&record);
    assert_eq!(
        (call.direction, call.from.as_str(), call.to.as_str()),
        (Direction::Outbound, "201", "+15550100")
    );
    assert_eq!((call.from_extension, call.number), (Some(EXT_201), Some(MAIN)));
    assert_eq!(call.touches, [ANNA, SALES, BERLIN, EXT_201, MAIN]);
}

#[test]
fn an_inbound_call_to_a_number_reaches_its_assignee() {
    let call = resolved(&call("0015550100", "02079460002"));
    assert_eq!(
        (call.direction, call.from.as_str(), call.to.as_str()),
        (Direction::Inbound, "+15550100", "+442079460002")
    );
    assert_eq!((call.to_user, call.number, call.to_extension), (Some(BEN), Some(DIRECT), None));
    assert_eq!(call.touches, [BEN, SALES, DIRECT]);
}

#[test]
fn an_inbound_call_through_a_queue_reaches_who_took_it() {
    let mut record = call("+15550100", "+442079460002");
    record.queue = Some("sales line".to_owned());
    assert_eq!(resolved(&record).to_user, None, "nobody took it");
    record.callee_channel = Some("201".to_owned());
    let call = resolved(&record);
    assert_eq!(
        (call.direction, call.queue, call.to_user, call.to.as_str()),
        (Direction::Inbound, Some(QUEUE), Some(ANNA), "201")
    );
    assert_eq!(call.number, Some(DIRECT));
}

#[test]
fn the_dialled_number_counts_where_the_called_side_is_an_extension() {
    let mut record = call("+15550100", "202");
    record.dialled = Some("+442079460001".to_owned());
    let call = resolved(&record);
    assert_eq!((call.direction, call.number, call.to_user), (Direction::Inbound, Some(MAIN), Some(BEN)));
}

#[test]
fn a_queue_is_found_by_its_digits_too() {
    let call = resolved(&call("201", "800"));
    assert_eq!((call.direction, call.queue, call.to.as_str()), (Direction::Internal, Some(QUEUE), "800"));
}

#[test]
fn a_withheld_caller_is_outside_and_a_feature_code_inside() {
    assert_eq!(resolved(&call("", "201")).direction, Direction::Inbound);
    assert_eq!(resolved(&call("anonymous", "s")).direction, Direction::Inbound);
    assert_eq!(resolved(&call("201", "*97")).direction, Direction::Internal);
}

#[test]
fn extensions_that_are_gone_are_still_inside() {
    assert_eq!(resolved(&call("299", "+15550100")).direction, Direction::Outbound);
    assert_eq!(resolved(&call("299", "298")).direction, Direction::Internal);
    assert_eq!(resolved(&call("299", "201")).direction, Direction::Internal);
    assert_eq!(resolved(&call("+15550100", "299")).direction, Direction::Inbound);
    assert!(resolved(&call("+15550100", "299")).touches.is_empty());
}
