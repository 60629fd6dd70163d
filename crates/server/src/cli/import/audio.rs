//! Takes recordings into the workspace's folder, one file for each call, under names of our own.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::read::Batch;
use crate::Error;

/// Longest id that stands in a file's name as it is.
const LONGEST: usize = 80;

/// Links or copies the sound files of a batch into `folder` and names them in their calls; the files that were
/// of no use, and why. Rows of one call get a link each, so that deleting one leaves the others.
pub fn take_in(batch: &mut Batch, source: &str, folder: &Path) -> Result<Vec<String>, Error> {
    if batch.audio.is_empty() {
        return Ok(vec![]);
    }
    fs::create_dir_all(folder)
        .map_err(|e| format!("cannot make the recordings folder {}: {e}", folder.display()))?;
    let mut unused = vec![];
    for (place, file) in std::mem::take(&mut batch.audio) {
        let Some(call) = batch.calls.get_mut(place) else { continue };
        let name = file_name(source, &call.unique_id);
        match is_wav(&file) {
            Ok(true) => {
                let to = folder.join(&name);
                bring(&file, &to)
                    .map_err(|e| format!("cannot copy {} to {}: {e}", file.display(), to.display()))?;
                call.recording = Some(name);
            }
            Ok(false) => unused.push(format!("{} is named like a WAV file and is none", file.display())),
            Err(error) => unused.push(format!("{} cannot be read: {error}", file.display())),
        }
    }
    Ok(unused)
}

/// A name for a call's sound that no file system minds and no other call has.
fn file_name(source: &str, unique_id: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let safe: String = unique_id.chars().map(|c| if is_safe(c) { c } else { '-' }).take(LONGEST).collect();
    if safe == unique_id {
        return format!("{source}-{safe}.wav");
    }
    let digest: String = Sha256::digest(unique_id).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{source}-{safe}-{digest}.wav")
}

/// Whether a file begins like a WAV file (RIFF, form type WAVE).
fn is_wav(file: &Path) -> std::io::Result<bool> {
    let mut head = vec![];
    File::open(file)?.take(12).read_to_end(&mut head)?;
    Ok(head.starts_with(b"RIFF") && head.ends_with(b"WAVE") && head.len() == 12)
}

/// A link where that is possible, otherwise a copy, which gets its name only when it is whole.
fn bring(from: &Path, to: &Path) -> std::io::Result<()> {
    match fs::hard_link(from, to) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(_) => {
            let part = to.with_extension("part");
            fs::copy(from, &part)?;
            fs::rename(&part, to)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_file_names_that_stay_apart_and_in_the_folder() {
        assert_eq!(file_name("csv", "1700000000.12"), "csv-1700000000.12.wav");
        let names: Vec<String> = ["../x", "..:x", "../../etc/passwd", "a b", "a-b"]
            .iter()
            .map(|id| file_name("csv", id))
            .collect();
        assert!(names.iter().all(|name| !name.contains('/') && !name.contains(' ')), "{names:?}");
        let mut unique = names.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), names.len(), "{names:?}");
        assert!(file_name("csv", &"é".repeat(5_000)).len() < 200);
    }
}
