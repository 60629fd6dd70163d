//! Tests of the record cutter: limits, quotes left open, line numbers, any bytes at all.

use std::io::{BufReader, Cursor, Read};

use proptest::prelude::*;

use super::*;

/// All rows and bad rows of some bytes, the former as their columns.
fn all(input: impl BufRead) -> Vec<(u64, Result<Vec<String>, String>)> {
    let mut rows = Rows::new(input, b',');
    let mut found = Vec::new();
    loop {
        match rows.next_row() {
            Next::End => return found,
            Next::Stop(stop) => panic!("{stop}"),
            Next::Bad(bad) => found.push((bad.line, Err(bad.reason))),
            Next::Row(row) => {
                let text = |at| String::from_utf8_lossy(row.column(at)).into_owned();
                found.push((row.line, Ok((0..row.width()).map(text).collect())));
            }
        }
    }
}

fn good(line: u64, columns: &[&str]) -> (u64, Result<Vec<String>, String>) {
    (line, Ok(columns.iter().map(|column| (*column).to_owned()).collect()))
}

fn is_bad(found: &(u64, Result<Vec<String>, String>), line: u64, about: &str) -> bool {
    found.0 == line && found.1.as_ref().is_err_and(|reason| reason.contains(about))
}

#[test]
fn rows_and_their_lines_are_counted_over_blank_lines_and_line_ends_of_both_kinds() {
    let found = all(&b"a,b\r\n\r\n\nc,\"d\"\r\n,\n\"\",\"\"\ne,f"[..]);
    let wanted = [
        good(1, &["a", "b"]),
        good(4, &["c", "d"]),
        good(5, &["", ""]),
        good(6, &["", ""]),
        good(7, &["e", "f"]),
    ];
    assert_eq!(found, wanted);
}

#[test]
fn a_quoted_column_may_hold_line_ends_and_quotes() {
    let found = all(&b"1,\"two\r\n\r\nlines, \"\"quoted\"\"\",3\r\nx,y,z\n"[..]);
    assert_eq!(found, [good(1, &["1", "two\n\nlines, \"quoted\"", "3"]), good(4, &["x", "y", "z"])]);
}

#[test]
fn a_byte_order_mark_is_dropped_even_if_the_stream_comes_byte_by_byte() {
    let bytes = b"\xef\xbb\xbfa,b\nc,d\n";
    let found = all(BufReader::with_capacity(1, &bytes[..]));
    assert_eq!(found, [good(1, &["a", "b"]), good(2, &["c", "d"])]);
}

#[test]
fn a_quote_left_open_costs_its_own_line_only() {
    let found = all(&b"a,\"b\n\"c\",\"d\"\n\"e\",\"f\"\n"[..]);
    assert!(is_bad(&found[0], 1, "quote"), "{found:?}");
    assert_eq!(found[1..], [good(2, &["c", "d"]), good(3, &["e", "f"])]);
}

#[test]
fn a_quote_left_open_is_given_up_at_the_limit_where_no_other_quote_follows() {
    let text = format!("a,\"b\n{}", "c,d\n".repeat(100_000));
    let found = all(text.as_bytes());
    assert!(is_bad(&found[0], 1, "quote"));
    assert_eq!(found.len(), 100_001);
    assert_eq!(found.last(), Some(&good(100_001, &["c", "d"])));
}

#[test]
fn a_quote_left_open_in_the_last_line_does_not_hide_what_comes_after_nothing() {
    let found = all(&b"a,b\n\"c,d"[..]);
    assert_eq!(found[0], good(1, &["a", "b"]));
    assert!(is_bad(&found[1], 2, "quote"));
    assert_eq!(found.len(), 2);
}

#[test]
fn a_line_above_the_limit_is_one_bad_row_wherever_it_stands() {
    let long = "x".repeat(MAX_RECORD + 1);
    let text = format!("{long}\na,b\n\"open\n{long}\nc,d\n{long}");
    let found = all(text.as_bytes());
    assert!(is_bad(&found[0], 1, "longer than 64 KiB"), "{:?}", found[0].0);
    assert_eq!(found[1], good(2, &["a", "b"]));
    assert!(is_bad(&found[2], 3, "quote"));
    assert!(is_bad(&found[3], 4, "longer than 64 KiB"));
    assert_eq!(found[4], good(5, &["c", "d"]));
    assert!(is_bad(&found[5], 6, "longer than 64 KiB"));
    assert_eq!(found.len(), 6);
}

/// A stream that makes up its bytes, so that 2 GB of them need no memory.
struct Endless {
    byte: u8,
    left: u64,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.left.min(buffer.len() as u64) as usize;
        buffer[..count].fill(self.byte);
        self.left -= count as u64;
        Ok(count)
    }
}

#[test]
fn a_line_of_2_gb_is_one_bad_row_and_takes_no_memory() {
    let huge = Endless { byte: b'x', left: 2_000_000_000 };
    let stream = Cursor::new(b"a,b\n").chain(huge).chain(Cursor::new(b"\nc,d\n"));
    let mut rows = Rows::new(BufReader::with_capacity(1 << 20, stream), b',');
    assert!(matches!(rows.next_row(), Next::Row(row) if row.line == 1));
    assert!(matches!(rows.next_row(), Next::Bad(bad) if bad.line == 2));
    assert!(matches!(rows.next_row(), Next::Row(row) if row.line == 3 && row.column(1) == b"d"));
    assert!(matches!(rows.next_row(), Next::End));
    assert!(rows.raw.capacity() <= 8 * MAX_RECORD, "{}", rows.raw.capacity());
    assert_eq!(rows.bytes_read(), 2_000_000_009);
}

#[test]
fn a_file_that_is_no_csv_is_refused_by_its_first_bytes() {
    let refused: [(&[u8], &str); 4] = [
        (b"\x7fELF\x02\0\0", "NUL"),
        (b"PK\x03\x04rest", "zip"),
        (b"\xff\xfea\0", "UTF-16"),
        (b"\x1f\x8b\x08", "gzip"),
    ];
    for (bytes, what) in refused {
        let mut rows = Rows::new(bytes, b',');
        let next = rows.next_row();
        assert!(matches!(&next, Next::Stop(Stop::NotCsv(why)) if why.contains(what)), "{next:?}");
    }
}

#[test]
fn more_columns_than_the_limit_are_a_bad_row() {
    let text = format!("{}\n{}\na,b\n", ",".repeat(MAX_COLUMNS), ",".repeat(MAX_COLUMNS - 1));
    let found = all(text.as_bytes());
    assert!(is_bad(&found[0], 1, "columns"));
    assert_eq!(found[1].1.as_ref().map(Vec::len), Ok(MAX_COLUMNS));
    assert_eq!(found[2], good(3, &["a", "b"]));
}

#[test]
fn a_stream_that_breaks_stops_with_the_line() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("unplugged"))
        }
    }
    let mut rows = Rows::new(BufReader::new(Cursor::new(b"a,b\nc").chain(Broken)), b',');
    assert!(matches!(rows.next_row(), Next::Row(_)));
    assert!(matches!(rows.next_row(), Next::Stop(Stop::Io { line: 2, .. })));
}

/// Bytes that are much more likely than others to be quotes, delimiters and line ends.
fn tricky() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r'), Just(b'a'), Just(b' '), 1_u8..];
    proptest::collection::vec(byte, 0..400)
}

proptest! {
    #[test]
    fn any_bytes_give_rows_whose_lines_rise_and_cover_every_line_that_is_not_blank(bytes in tricky(), chunk in 1_usize..64) {
        prop_assume!(what_else(&bytes).is_none());
        let found = all(BufReader::with_capacity(chunk, &bytes[..]));
        prop_assert_eq!(&found, &all(&bytes[..]));
        prop_assert!(found.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
        prop_assert!(found.iter().all(|(line, _)| *line >= 1 && *line <= lines.len() as u64));
        // A line is the first of an item, or blank, or inside of a row of several lines.
        for (index, line) in lines.iter().enumerate().filter(|(_, line)| !is_blank(line)) {
            let number = index as u64 + 1;
            let item = found.iter().rev().find(|(first, _)| *first <= number);
            let Some((first, content)) = item else {
                return Err(TestCaseError::fail(format!("line {number} {line:?} is lost")));
            };
            let inside = content.as_ref().is_ok_and(|columns| columns.iter().any(|column| column.contains('\n')));
            prop_assert!(*first == number || inside, "line {} {:?} is lost", number, line);
        }
    }

    #[test]
    fn what_the_csv_crate_writes_comes_back(table in proptest::collection::vec(proptest::collection::vec("[a-z\", \n]{0,8}", 2..5), 0..20)) {
        let mut writer = csv::WriterBuilder::new().flexible(true).quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
        for row in &table {
            writer.write_record(row).unwrap();
        }
        let found = all(&writer.into_inner().unwrap()[..]);
        let rows: Vec<Vec<String>> = found.into_iter().map(|(_, row)| row.unwrap()).collect();
        prop_assert_eq!(rows, table);
    }

    #[test]
    fn memory_stays_bounded_with_quotes_left_open(lines in proptest::collection::vec(0_usize..40_000, 1..40)) {
        let text: String = lines.iter().map(|len| format!("\"{}\n", "x".repeat(*len))).collect();
        let mut rows = Rows::new(text.as_bytes(), b',');
        let mut items = 0;
        while !matches!(rows.next_row(), Next::End) {
            items += 1;
            prop_assert!(rows.raw.capacity() <= 8 * MAX_RECORD);
        }
        prop_assert!(items * 2 >= lines.len());
    }
}
