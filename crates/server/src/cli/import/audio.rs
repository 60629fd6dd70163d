//! Takes recordings into the workspace's folder, one file for each call, under names of our own.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::fs::OFlags;
use sha2::{Digest as _, Sha256};
use store::calls::recordings::NewRecording;

use super::read::Batch;
use crate::{Error, private};
use web::recordings;

/// Longest id that stands in a file's name as it is.
const LONGEST: usize = 80;

/// Copies the sound files of a batch into `folder` and names them in their calls; the files that were of no use, and
/// why. The copies are on the disk before any call names them. What becomes of the sources changes nothing here.
pub fn take_in(batch: &mut Batch, source: &str, folder: &Path) -> Result<Vec<String>, Error> {
    if batch.audio.is_empty() {
        return Ok(vec![]);
    }
    private::make_folder(folder)
        .map_err(|e| format!("cannot make the recordings folder {}: {e}", folder.display()))?;
    let mut unused = vec![];
    for (place, file) in std::mem::take(&mut batch.audio) {
        let Some(call) = batch.calls.get_mut(place) else { continue };
        let name = file_name(source, &call.unique_id);
        let to = folder.join(&name);
        match open(&file) {
            Ok(Some(sound)) => {
                let digest = bring(sound, &to)
                    .map_err(|e| format!("cannot copy {} to {}: {e}", file.display(), to.display()))?;
                call.recording = Some(NewRecording { file: name, digest });
            }
            Ok(None) => unused.push(format!("{} is named like a WAV file and is none", file.display())),
            Err(error) => unused.push(format!("{} cannot be read: {error}", file.display())),
        }
    }
    private::sync_folder(&folder.join("any"))
        .map_err(|e| format!("cannot write the recordings folder {}: {e}", folder.display()))?;
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

/// Opens a file that begins like a WAV file (RIFF, form type WAVE); none where it does not. Links are not followed: the
/// folder may have been changed since it was listed.
fn open(file: &Path) -> io::Result<Option<File>> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    let mut file = OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(file)?;
    let mut head = vec![];
    (&mut file).take(12).read_to_end(&mut head)?;
    file.rewind()?;
    let is_wav = head.starts_with(b"RIFF") && head.ends_with(b"WAVE") && head.len() == 12;
    Ok((is_wav && file.metadata()?.is_file()).then_some(file))
}

/// Copies a file (a file system that can shares the blocks until one of the two is written to) under another name,
/// which it gets when it is whole and on the disk; the copy's digest.
fn bring(mut from: File, to: &Path) -> io::Result<String> {
    let part = to.with_extension(format!("{}.part", std::process::id()));
    let mut copy = private::create(&part)?;
    io::copy(&mut from, &mut copy)?;
    copy.sync_all()?;
    copy.rewind()?;
    let digest = recordings::digest(&mut copy)?;
    fs::rename(&part, to)?;
    Ok(digest)
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
