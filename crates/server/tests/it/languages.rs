//! The console and its mail in every language: each text that the sources show has its translation, and nothing else has one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use access::text::{Piece, pieces};
use access::{Group, Noun, Permission, Plan, Preset, PresetToggle, Reach, Verb};
use acts::Code;
use acts::kernel::language::Language;

/// What takes texts to translate: the function or macro, and which of its arguments they are.
const TAKES: [(&str, &[usize]); 12] = [
    ("t", &[0]),
    ("later", &[0]),
    ("Text::new", &[0]),
    ("text!", &[0]),
    ("access::text!", &[0]),
    ("count", &[1, 2]),
    ("plural", &[1, 2]),
    ("Refusal::invalid", &[1]),
    ("Refusal::out_of_reach", &[1]),
    ("Refusal::because", &[1]),
    ("StoreError::NotUndoable", &[0]),
    ("NotUndoable", &[0]),
];

/// Languages that have a file.
fn translated() -> impl Iterator<Item = (Language, BTreeMap<&'static str, &'static str>)> {
    let files = Language::ALL.into_iter().filter_map(|language| Some((language, language.texts()?)));
    files.map(|(language, texts)| (language, texts.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect()))
}

#[test]
fn every_text_of_the_console_has_its_translation_and_every_translation_its_text() {
    let shown = shown();
    assert!(shown.len() > 500, "only {} texts were found", shown.len());
    for (language, texts) in translated() {
        let missing: Vec<_> = shown.iter().filter(|text| !texts.contains_key(text.as_str())).collect();
        let left: Vec<_> = texts.keys().filter(|text| !shown.contains(**text)).collect();
        let code = language.code();
        assert!(missing.is_empty(), "{} texts are missing in {code}.toml: {missing:#?}", missing.len());
        assert!(left.is_empty(), "{code}.toml has texts that nobody shows: {left:#?}");
    }
}

#[test]
fn a_translation_has_the_values_of_its_text() {
    let names = |text| -> BTreeSet<String> {
        let named = pieces(text).into_iter().filter_map(|piece| match piece {
            Piece::Named(name) => Some(name.to_owned()),
            Piece::Plain(_) => None,
        });
        named.collect()
    };
    for (language, texts) in translated() {
        for (english, other) in texts {
            assert_eq!(names(english), names(other), "{}: {english}", language.code());
            // An abbreviated month ends in a full stop in some languages; a sentence does in all.
            let ends = |text: &str| {
                (text.starts_with(' '), text.ends_with(' '), english.contains(' ') && text.ends_with('.'))
            };
            assert_eq!(ends(english), ends(other), "{}: {english}", language.code());
        }
    }
}

#[test]
fn the_files_of_languages_are_sorted_and_no_text_stands_in_two() {
    for (language, texts) in translated() {
        let code = language.code();
        let folder = root().join("crates/acts/lang").join(code);
        let areas =
            fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
        let areas: Vec<String> = areas.collect();
        let entries = |area: &String| area.lines().filter(|line| line.starts_with('"')).count();
        assert_eq!(
            areas.iter().map(entries).sum::<usize>(),
            texts.len(),
            "{code}: an entry is one line, once"
        );
        for area in &areas {
            let lines: Vec<&str> = area.lines().filter(|line| line.starts_with('"')).collect();
            assert!(lines.is_sorted(), "{code}: sort the entries by their English: {:?}", lines.first());
        }
    }
}

/// Every text that people read on the console: those of the sources and those of the tables.
fn shown() -> BTreeSet<String> {
    let crates = ["access", "store", "acts", "ui", "web", "console", "api", "server"]
        .map(|name| root().join("crates").join(name).join("src"));
    let mut texts: BTreeSet<String> =
        crates.iter().flat_map(|folder| files(folder)).flat_map(|file| texts_of(&file)).collect();
    texts.extend(of_tables().into_iter().filter(|text| !text.is_empty()));
    texts
}

fn of_tables() -> Vec<String> {
    let mut texts: Vec<String> = vec![];
    texts.extend(Permission::ALL.iter().map(|permission| permission.entry().meaning.to_owned()));
    texts.extend(Group::ALL.iter().map(|group| group.label().to_owned()));
    texts.extend(Verb::ALL.iter().map(|verb| verb.label().to_owned()));
    texts.extend(Reach::ALL.iter().map(|reach| reach.word().to_owned()));
    texts.extend(Noun::KEPT.iter().map(|noun| noun.word().replace('_', " ")));
    texts.extend(Code::ALL.iter().map(|code| code.title().to_owned()));
    texts.extend(Preset::all().iter().flat_map(|preset| &preset.roles).map(|role| role.name.clone()));
    texts.extend(PresetToggle::all().iter().flat_map(|toggle| [toggle.name.clone(), toggle.summary.clone()]));
    texts.extend(Plan::all().iter().map(|plan| plan.name.clone()));
    texts
}

fn texts_of(file: &Path) -> Vec<String> {
    let source = fs::read_to_string(file).unwrap();
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let takes = |call: &Call| {
        TAKES.iter().any(|(name, places)| *name == call.name && places.contains(&call.argument))
    };
    literals(source).into_iter().filter(|(call, _)| takes(call)).map(|(_, text)| text).collect()
}

/// Where a literal stands: in the call of what, as the how-manieth argument.
#[derive(Debug, Clone, Default)]
struct Call {
    name: String,
    argument: usize,
}

/// The string literals of a Rust source with the innermost call around each.
fn literals(source: &str) -> Vec<(Call, String)> {
    let mut found = vec![];
    let mut around: Vec<Call> = vec![Call::default()];
    let mut rest = source;
    let mut before = String::new();
    while let Some(next) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
            continue;
        }
        if next == '"' {
            let (text, after) = literal(&rest[1..]);
            found.push((around.last().cloned().unwrap_or_default(), text));
            (rest, before) = (after, String::new());
            continue;
        }
        // A character literal; a lifetime has no second quotation mark.
        if next == '\'' && rest.len() > 3 {
            let end = if rest[1..].starts_with('\\') {
                3
            } else {
                1 + rest[1..].chars().next().map_or(1, char::len_utf8)
            };
            if rest[end..].starts_with('\'') {
                rest = &rest[end + 1..];
                continue;
            }
        }
        match next {
            '(' | '[' | '{' => around.push(Call { name: std::mem::take(&mut before), argument: 0 }),
            ')' | ']' | '}' => drop(around.pop()),
            ',' => around.iter_mut().last().into_iter().for_each(|call| call.argument += 1),
            _ => {}
        }
        match next {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | ':' | '!' => before.push(next),
            _ => before.clear(),
        }
        rest = &rest[next.len_utf8()..];
    }
    found
}

/// A string literal's text, from after its opening quotation mark, and what follows the closing one.
fn literal(rest: &str) -> (String, &str) {
    let mut text = String::new();
    let mut chars = rest.char_indices().peekable();
    while let Some((at, next)) = chars.next() {
        match next {
            '"' => return (text, &rest[at + 1..]),
            '\\' => match chars.next().map(|(_, escaped)| escaped) {
                Some('n') => text.push('\n'),
                Some('\n') => while chars.next_if(|(_, next)| next.is_whitespace()).is_some() {},
                Some(escaped) => text.push(escaped),
                None => {}
            },
            _ => text.push(next),
        }
    }
    (text, "")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let sources =
        files.into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    sources.chain(folders.iter().flat_map(|folder| self::files(folder))).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
