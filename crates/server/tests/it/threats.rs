//! `THREATS.md` names tests; each of them is there.

use std::collections::BTreeSet;

use crate::generated::{root, test_names};

#[test]
fn every_defence_in_the_page_of_threats_names_a_test_that_is_there() {
    let page = std::fs::read_to_string(root().join("THREATS.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with('|') && line.contains('`'));
    let shown: BTreeSet<&str> = rows.filter_map(|row| row.rsplit('|').nth(1)).flat_map(names).collect();
    let known = test_names();
    let absent: Vec<&&str> = shown.iter().filter(|name| !known.contains(**name)).collect();
    assert!(absent.is_empty(), "no test is called {absent:#?}");
    assert!(shown.len() > 30, "only {} tests are named", shown.len());
}

/// What stands in backticks.
fn names(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}
