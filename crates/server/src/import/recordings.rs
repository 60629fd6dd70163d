//! Finds the recordings of calls in a folder by the unique id in their file names.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::{Path, PathBuf};

use super::record::CallRecord;

/// Folders within folders are followed this deep: Asterisk sorts recordings by year, month and day.
const MAX_DEPTH: usize = 8;

/// Shortest part of a file name that is taken for an id. Shorter ones (`in`, `201`) are anything.
const MIN_PART: usize = 6;

/// Extensions of audio that is known but cannot be played.
const OTHER_AUDIO: [&str; 9] = ["mp3", "gsm", "ogg", "opus", "m4a", "flac", "aac", "wma", "au"];

/// The recordings in a folder, by the ids that their names carry.
#[derive(Debug, Default)]
pub struct Recordings {
    files: Vec<Audio>,
    /// Hashes of ids instead of the ids, as there are several for each of very many files; what is
    /// found is compared with the file's name.
    by_id: HashMap<u64, Candidate>,
    hasher: RandomState,
    unreadable: Vec<PathBuf>,
}

#[derive(Debug)]
struct Audio {
    path: PathBuf,
    playable: bool,
}

/// The best file for an id.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    file: usize,
    /// The whole name is the id.
    exact: bool,
    /// Another file is as good.
    rivalled: bool,
}

/// What there is for a call.
#[derive(Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// A WAV file.
    Playable(&'a Path),
    /// Audio in a format that cannot be played here.
    Unsupported(&'a Path),
    /// Several files carry the id and none is named exactly so; attaching one of them could let
    /// somebody hear the wrong call. One of them is given.
    Ambiguous(&'a Path),
    /// Nothing.
    Nothing,
}

impl Recordings {
    /// Lists the audio files in `folder` and the folders in it. Links are not followed.
    ///
    /// # Errors
    /// If `folder` cannot be read. Folders in it that cannot be read are told by `unreadable`.
    pub fn index(folder: &Path) -> io::Result<Self> {
        let mut recordings = Recordings::default();
        let mut inner = Vec::new();
        recordings.add_folder(folder, 0, &mut inner)?;
        while let Some((folder, depth)) = inner.pop() {
            if recordings.add_folder(&folder, depth, &mut inner).is_err() {
                recordings.unreadable.push(folder);
            }
        }
        Ok(recordings)
    }

    /// How many audio files there are, and how many of them can be played.
    #[must_use]
    pub fn count(&self) -> (usize, usize) {
        (self.files.len(), self.files.iter().filter(|file| file.playable).count())
    }

    /// Folders that could not be read.
    #[must_use]
    pub fn unreadable(&self) -> &[PathBuf] {
        &self.unreadable
    }

    /// The recording of a call.
    #[must_use]
    pub fn find(&self, call: &CallRecord) -> Found<'_> {
        let id = call.recording_key();
        let candidate = self.candidate(id).or_else(|| self.candidate(asterisk_ids(id).next()?));
        let Some((candidate, file)) = candidate else {
            return Found::Nothing;
        };
        match (candidate.rivalled, file.playable) {
            (true, _) => Found::Ambiguous(&file.path),
            (false, true) => Found::Playable(&file.path),
            (false, false) => Found::Unsupported(&file.path),
        }
    }

    fn candidate(&self, id: &str) -> Option<(&Candidate, &Audio)> {
        let candidate = self.by_id.get(&self.hasher.hash_one(id))?;
        let file = self.files.get(candidate.file)?;
        let stem = file.path.file_stem()?.to_str()?;
        stem.contains(id).then_some((candidate, file))
    }

    fn add_folder(
        &mut self,
        folder: &Path,
        depth: usize,
        inner: &mut Vec<(PathBuf, usize)>,
    ) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() && depth < MAX_DEPTH {
                inner.push((entry.path(), depth + 1));
            } else if kind.is_file() {
                self.add_file(entry.path());
            }
        }
        Ok(())
    }

    fn add_file(&mut self, path: PathBuf) {
        let names = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .zip(path.extension().and_then(|end| end.to_str()));
        let Some((stem, extension)) = names else {
            return;
        };
        let playable = extension.eq_ignore_ascii_case("wav");
        if !playable && !OTHER_AUDIO.iter().any(|known| extension.eq_ignore_ascii_case(known)) {
            return;
        }
        let mut ids: Vec<&str> = parts(stem).collect();
        ids.sort_unstable();
        ids.dedup();
        let file = self.files.len();
        for id in ids {
            let key = self.hasher.hash_one(id);
            self.offer(key, Candidate { file, exact: id == stem, rivalled: false }, playable);
        }
        self.files.push(Audio { path, playable });
    }

    /// Keeps the better of two files for an id: one that can be played, then one named exactly so.
    fn offer(&mut self, key: u64, new: Candidate, playable: bool) {
        let mut entry = match self.by_id.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(new);
                return;
            }
            Entry::Occupied(entry) => entry,
        };
        let old = entry.get_mut();
        let old_playable = self.files.get(old.file).is_some_and(|file| file.playable);
        match (playable, new.exact).cmp(&(old_playable, old.exact)) {
            std::cmp::Ordering::Greater => *old = new,
            std::cmp::Ordering::Equal => old.rivalled = true,
            std::cmp::Ordering::Less => {}
        }
    }
}

/// Everything in a file's name that may be an id: the whole of it, UUIDs and Asterisk's ids anywhere
/// in it, and the parts between underscores and spaces.
fn parts(stem: &str) -> impl Iterator<Item = &str> {
    let between = stem.split(['_', ' ']).filter(|part| part.len() >= MIN_PART);
    std::iter::once(stem).chain(asterisk_ids(stem)).chain(uuids(stem)).chain(between)
}

/// Parts such as `1700000000.12`.
fn asterisk_ids(stem: &str) -> impl Iterator<Item = &str> {
    let is_id = |part: &&str| {
        let halves = part.split_once('.');
        halves.is_some_and(|(seconds, serial)| {
            seconds.len() >= 9 && !serial.is_empty() && !serial.contains('.')
        })
    };
    let outside = |c: char| !c.is_ascii_digit() && c != '.';
    stem.split(outside).map(|part| part.trim_matches('.')).filter(is_id)
}

/// Parts such as `5b6f8a0e-7d1c-4c7e-9a51-0c2f6d1e8b3a`.
fn uuids(stem: &str) -> impl Iterator<Item = &str> {
    let outside = |c: char| !c.is_ascii_hexdigit() && c != '-';
    let runs = stem.split(outside);
    runs.flat_map(|run| (0..run.len().saturating_sub(35)).filter_map(|at| run.get(at..at + 36)))
        .filter(|part| is_uuid(part))
}

fn is_uuid(part: &str) -> bool {
    let groups = [8, 4, 4, 4, 12];
    part.split('-').count() == groups.len()
        && part.split('-').zip(groups).all(|(group, len)| group.len() == len)
}

#[cfg(test)]
#[path = "recordings_tests.rs"]
mod tests;
