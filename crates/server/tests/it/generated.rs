//! `docs/generated/rules.md`: every rule with the tests that show it, made from the tests' names.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The rules, in order, with a few words each.
const RULES: &str = include_str!("rules/rules.txt");

#[test]
fn the_page_of_rules_names_the_tests_that_show_them() {
    let tests = tests_by_rule();
    let mut page = String::from(
        "# The rules and the tests that show them\n\nMade from the names of the tests by \
         `RINGFENCE_UPDATE=1 cargo test -p ringfence generated`; do not edit.\n\n\
         *decision only*: the decision is tested over AuthZEN, the feature that it guards is not built yet. \
         *open*: nothing shows it yet.\n\n| rule | what it says | shown by |\n|---|---|---|\n",
    );
    for (rule, says) in RULES.lines().filter_map(|line| line.split_once(' ')) {
        let shown = match tests.get(rule) {
            None => "*open*".to_owned(),
            Some(tests) => {
                let decision_only = tests.iter().all(|test| test.ends_with("_decision_only"));
                let names: Vec<String> = tests.iter().map(|test| format!("`{test}`")).collect();
                format!("{}{}", names.join("<br>"), if decision_only { " *decision only*" } else { "" })
            }
        };
        let _ = writeln!(page, "| {rule} | {says} | {shown} |");
    }
    let unknown: Vec<&String> = tests.keys().filter(|rule| !RULES.contains(&format!("{rule} "))).collect();
    assert!(unknown.is_empty(), "tests name rules that rules.txt does not have: {unknown:?}");
    compare("rules.md", &page);
}

/// The names of all tests that begin with a rule's id, by rule.
fn tests_by_rule() -> BTreeMap<String, Vec<String>> {
    let mut tests: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in test_names() {
        let mut words = name.split('_');
        let (system, number) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        if ["cal", "cly", "nua", "onf", "all"].contains(&system) && number.parse::<u8>().is_ok() {
            tests.entry(format!("{}-{number}", system.to_uppercase())).or_default().push(name);
        }
    }
    tests
}

/// The names of all tests of the project's crates.
pub fn test_names() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut folders = vec![root().join("crates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if entry.is_dir() && !entry.ends_with("target") {
                folders.push(entry);
            } else if entry.extension().is_some_and(|e| e == "rs") {
                names.extend(tests_in(&std::fs::read_to_string(&entry).unwrap()));
            }
        }
    }
    names
}

/// The functions of a file that are marked as tests.
fn tests_in(file: &str) -> Vec<String> {
    let (mut names, mut marked) = (vec![], false);
    for line in file.lines().map(str::trim_start) {
        match line.trim_start_matches("async ").strip_prefix("fn ") {
            Some(function) if marked => names.extend(function.split('(').next().map(str::to_owned)),
            _ => {}
        }
        marked = line.starts_with("#[") && (line.contains("test") || marked);
    }
    names
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares a generated page with the one that is checked in, or writes it where `RINGFENCE_UPDATE` is set.
pub fn compare(name: &str, page: &str) {
    let path = root().join("docs/generated").join(name);
    if std::env::var_os("RINGFENCE_UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, page).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == page,
        "docs/generated/{name} is stale: run the tests with RINGFENCE_UPDATE=1 and look at the diff"
    );
}
