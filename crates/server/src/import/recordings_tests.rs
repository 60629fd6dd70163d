//! Tests of finding recordings.

use super::super::calls::Calls;
use super::*;

/// A folder that is removed afterwards.
struct Folder(PathBuf);

impl Folder {
    fn with(name: &str, files: &[&str]) -> Self {
        let path = std::env::temp_dir().join(format!("recordings-{}-{name}", std::process::id()));
        for file in files {
            let file = path.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, b"").unwrap();
        }
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn call(id: &str) -> CallRecord {
    let text = format!("id,started,from,to,duration\n{id},2026-03-02 09:00:00,201,202,5\n");
    let mut calls =
        Calls::csv(text.as_bytes(), jiff::tz::TimeZone::UTC, &super::super::Mapping::default()).unwrap();
    calls.next().unwrap().unwrap()
}

fn name<'a>(found: &'a Found<'_>) -> (&'static str, &'a str) {
    let (kind, path) = match found {
        Found::Playable(path) => ("playable", path),
        Found::Unsupported(path) => ("unsupported", path),
        Found::Ambiguous(path) => ("ambiguous", path),
        Found::Nothing => return ("nothing", ""),
    };
    (kind, path.file_name().unwrap().to_str().unwrap())
}

#[test]
fn recordings_are_found_by_the_id_in_their_name_in_any_folder() {
    let files = [
        "1772442000.12.wav",
        "2026/03/02/out-+15550100-201-20260302-090000-1772442000.13.wav",
        "a/5b6f8a0e-7d1c-4c7e-9a51-0c2f6d1e8b3a.wav",
        "rec_CALL-77_anna.WAV",
        "pbx-1772442000.15.mp3",
        "notes-1772442000.16.txt",
    ];
    let folder = Folder::with("found", &files);
    let recordings = Recordings::index(&folder.0).unwrap();
    assert_eq!(recordings.count(), (5, 4));
    let found = |id: &str| {
        let found = recordings.find(&call(id));
        let (kind, name) = name(&found);
        (kind, name.to_owned())
    };
    assert_eq!(found("1772442000.12"), ("playable", "1772442000.12.wav".to_owned()));
    assert_eq!(found("1772442000.13").0, "playable");
    assert_eq!(found("pbx-1772442000.13").0, "playable", "the system's name is not part of the file's");
    assert_eq!(found("5b6f8a0e-7d1c-4c7e-9a51-0c2f6d1e8b3a").0, "playable");
    assert_eq!(found("CALL-77").0, "playable");
    assert_eq!(found("pbx-1772442000.15").0, "unsupported");
    for id in ["1772442000.16", "1772442000.1", "2442000.12", "anna", "20260302"] {
        assert_eq!(found(id).0, "nothing", "{id}");
    }
}

#[test]
fn of_several_files_the_one_that_plays_and_is_named_exactly_so_wins_and_equals_are_not_guessed() {
    let files = [
        "1772442000.12.mp3",
        "x-1772442000.12.wav",
        "1772442000.13-in.wav",
        "1772442000.13-out.wav",
        "1772442000.14.wav",
        "1772442000.14-in.wav",
    ];
    let folder = Folder::with("several", &files);
    let recordings = Recordings::index(&folder.0).unwrap();
    assert_eq!(name(&recordings.find(&call("1772442000.12"))), ("playable", "x-1772442000.12.wav"));
    assert_eq!(name(&recordings.find(&call("1772442000.13"))).0, "ambiguous");
    assert_eq!(name(&recordings.find(&call("1772442000.14"))), ("playable", "1772442000.14.wav"));
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    assert!(Recordings::index(Path::new("/nowhere/at/all")).is_err());
}
