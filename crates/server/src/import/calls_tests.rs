//! Tests of reading whole files: every row accounted for, hopeless files given up.

use std::fmt::Write;
use std::io::BufReader;

use proptest::prelude::*;

use super::super::record::Outcome;
use super::*;

fn row(serial: usize) -> String {
    format!(
        r#""","+1555010{}","201","ctx","","SIP/carrier-1","SIP/201-2","Dial","","2026-03-02 09:00:00","2026-03-02 09:00:05","2026-03-02 09:01:35",95,90,"ANSWERED","DOCUMENTATION","1772442000.{serial}","""#,
        serial % 10
    )
}

/// One line of a file: a call, or one of the things that go wrong.
#[derive(Clone, Debug)]
enum Line {
    Call,
    OpenQuote,
    TooFew,
    BadTime,
    Long,
}

fn lines() -> impl Strategy<Value = Vec<Line>> {
    let line = prop_oneof![6 => Just(Line::Call), 1 => Just(Line::OpenQuote), 1 => Just(Line::TooFew), 1 => Just(Line::BadTime), 1 => Just(Line::Long)];
    proptest::collection::vec(line, 0..60)
}

fn text_of(lines: &[Line]) -> String {
    lines.iter().enumerate().fold(String::new(), |mut text, (index, line)| {
        let line = match line {
            Line::Call => row(index),
            Line::OpenQuote => r#""","201","202"#.to_owned(),
            Line::TooFew => r#""","201","202""#.to_owned(),
            Line::BadTime => row(index).replace("09:00:00", "soon"),
            Line::Long => "x".repeat(70_000),
        };
        writeln!(text, "{line}").unwrap();
        text
    })
}

proptest! {
    #[test]
    fn every_line_is_a_call_or_a_bad_row_with_its_number(lines in lines()) {
        let text = text_of(&lines);
        let mut line = 0;
        for item in Calls::asterisk(BufReader::with_capacity(97, text.as_bytes()), TimeZone::UTC) {
            let is_call = matches!(lines[line], Line::Call);
            line += 1;
            match item {
                Ok(call) => prop_assert!(is_call && call.line == line as u64),
                Err(Problem::Row(bad)) => prop_assert!(!is_call && bad.line == line as u64, "{}", bad),
                Err(Problem::Stop(stop)) => return Err(TestCaseError::fail(stop.to_string())),
            }
        }
        prop_assert_eq!(line, lines.len());
    }

    #[test]
    fn a_file_cut_anywhere_gives_its_whole_rows_and_at_most_one_bad_one(rows in 2_usize..6, cut in 0_usize..2000) {
        let whole: String = (0..rows).map(|serial| row(serial) + "\n").collect();
        let cut = cut.min(whole.len());
        let items: Vec<_> = Calls::asterisk(&whole.as_bytes()[..cut], TimeZone::UTC).collect();
        let complete = whole[..cut].matches('\n').count();
        let all: Vec<CallRecord> = Calls::asterisk(whole.as_bytes(), TimeZone::UTC).map(Result::unwrap).collect();
        let calls: Vec<&CallRecord> = items.iter().flatten().collect();
        // A last row that lacks nothing but its line end counts as complete, and is the same call.
        prop_assert!(calls.len() == complete || calls.len() == complete + 1);
        if complete > 0 {
            prop_assert!(calls.iter().zip(&all).all(|(call, full)| *call == full));
        }
        prop_assert!(items.len() <= complete + 1);
    }

    #[test]
    fn any_bytes_are_read_to_their_end_in_every_format(bytes in proptest::collection::vec(any::<u8>(), 0..3000)) {
        let mapping = Mapping::default();
        let _ = Calls::asterisk(&bytes[..], TimeZone::UTC).count();
        let _ = Calls::freeswitch(&bytes[..], TimeZone::UTC).count();
        let text = [b"started,from,to,duration\n", &bytes[..]].concat();
        let _ = Calls::csv(&bytes[..], TimeZone::UTC, &mapping).map(Iterator::count);
        let _ = Calls::csv(&text[..], TimeZone::UTC, &mapping).map(Iterator::count);
    }

    #[test]
    fn whatever_is_read_as_a_call_is_consistent(fields in proptest::collection::vec("[ -~]{0,12}|20[0-3][0-9]-0[1-9]-1[0-9] 0[0-9]:00:00|[0-9]{1,5}", 4)) {
        let text = format!("started,ended,duration,talk,answered,from,to\n2026-03-02 09:00:00,{},{},{},{},1,2\n", fields[0].replace(['"', ','], ""), fields[1].replace(['"', ','], ""), fields[2].replace(['"', ','], ""), fields[3].replace(['"', ','], ""));
        for call in Calls::csv(text.as_bytes(), TimeZone::UTC, &Mapping::default()).unwrap().flatten() {
            prop_assert!(call.started_at <= call.ended_at);
            prop_assert!(call.answered_at.is_none_or(|at| (call.started_at..=call.ended_at).contains(&at)));
            prop_assert!(call.talk_seconds >= 0 && (call.talk_seconds == 0 || call.outcome == Outcome::Answered));
        }
    }
}

#[test]
fn a_file_without_calls_is_given_up_with_a_clear_error() {
    let text = "this is a letter, not a list of calls\n".repeat(5000);
    let items: Vec<_> = Calls::asterisk(text.as_bytes(), TimeZone::UTC).collect();
    assert_eq!(items.len() as u64, HOPELESS_AFTER + 1);
    let last = items.into_iter().next_back();
    assert!(matches!(last, Some(Err(Problem::Stop(Stop::NotCsv(why)))) if why.contains("first 1000 rows")));
}

#[test]
fn a_file_with_a_call_is_never_given_up() {
    let text = row(1) + "\n" + &"garbage\n".repeat(5000) + &row(2) + "\n";
    let calls = Calls::asterisk(text.as_bytes(), TimeZone::UTC).filter(Result::is_ok);
    assert_eq!(calls.count(), 2);
}

#[test]
fn a_last_row_without_a_line_end_counts_only_if_it_is_as_wide_as_the_row_before() {
    let cut = |last: &str| {
        let text = row(1) + "\n" + last;
        Calls::asterisk(text.as_bytes(), TimeZone::UTC).last().unwrap()
    };
    assert!(cut(&row(2)).is_ok());
    let narrower = row(2).replace(r#","1772442000.2","""#, "");
    assert!(
        matches!(cut(&narrower), Err(Problem::Row(bad)) if bad.line == 2 && bad.reason.contains("breaks off in this line, after 16 of 18 columns"))
    );
}
