//! Recordings as files: found below the data folder without following a link, served whole or in the part that a player
//! asks for (RFC 9110, 14.2), and compared with what was taken in.

use std::fs::File;
use std::io::{self, ErrorKind, Seek as _, SeekFrom};
use std::ops::RangeInclusive;
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};

use acts::{Code, Refusal};
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rustix::fs::{AtFlags, Mode, OFlags, openat, unlinkat};
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncReadExt as _;
use tokio_util::io::ReaderStream;

use crate::request::Request;

/// How much of a file is read at once.
const PIECE: usize = 1 << 16;

/// How a recording is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Played in the page.
    Listen,
    /// Kept as a file.
    Download,
}

/// A recording's file below the data folder.
#[derive(Debug, Clone)]
pub struct StoredFile {
    /// The data folder.
    pub data: PathBuf,
    /// The workspace.
    pub workspace: i64,
    /// The file below the workspace's recordings folder.
    pub file: String,
}

impl StoredFile {
    fn of(request: &Request, file: &str) -> Result<StoredFile, Refusal> {
        let workspace = request.identity()?.actor.snapshot().model().workspace;
        Ok(StoredFile { data: request.server.config.data.clone(), workspace, file: file.to_owned() })
    }

    /// Opens the file. A link, in whichever folder below the data folder, is not followed, and what is no plain file is
    /// not opened: either is an error.
    pub fn open(&self) -> io::Result<File> {
        let (folder, name) = self.folder()?;
        // A pipe would keep whoever opens it waiting.
        let file = openat(folder, name, flags() | OFlags::NONBLOCK, Mode::empty())?;
        let file = File::from(file);
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no plain file")) }
    }

    /// Deletes the file; of a link, the link itself.
    fn delete(&self) -> io::Result<()> {
        let (folder, name) = self.folder()?;
        Ok(unlinkat(folder, name, AtFlags::empty())?)
    }

    /// The folder that the file is in, and the file's name there.
    fn folder(&self) -> io::Result<(OwnedFd, &Path)> {
        let path = Path::new(&self.file);
        let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
        let name = path.file_name().filter(|_| plain).ok_or(ErrorKind::NotFound)?;
        let mut folder = OwnedFd::from(File::open(&self.data)?);
        let below = crate::recordings_folder(Path::new(""), self.workspace);
        for part in below.components().chain(path.parent().into_iter().flat_map(Path::components)) {
            let next = part.as_os_str();
            folder = openat(folder, Path::new(next), flags() | OFlags::DIRECTORY, Mode::empty())?;
        }
        Ok((folder, Path::new(name)))
    }
}

fn flags() -> OFlags {
    OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC
}

/// SHA-256 of what is in a file from where it stands, hex.
pub fn digest(file: &mut File) -> io::Result<String> {
    let mut hash = Sha256::new();
    io::copy(file, &mut hash)?;
    Ok(hex::encode(hash.finalize()))
}

/// The same of what is in memory.
pub fn digest_of(sound: &[u8]) -> String {
    hex::encode(Sha256::digest(sound))
}

/// The recording in that file below the workspace's folder. Whoever calls this has decided already.
pub async fn serve(request: &Request, file: &str, purpose: Purpose) -> Result<Response, Refusal> {
    let stored = StoredFile::of(request, file)?;
    let opened = off_thread(move || stored.open()).await?;
    let opened = opened.map_err(|error| {
        tracing::warn!(file, %error, "a recording's file is missing, or a link, or no plain file: it is not served");
        Refusal::because(Code::NotFound, "The recording's file is not there any more.")
    })?;
    let mut response = part(opened, &request.headers).map_err(|_| Refusal::new(Code::Internal))?;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("audio/wav"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if purpose == Purpose::Download {
        headers.insert(header::CONTENT_DISPOSITION, attachment(file)?);
    }
    Ok(response)
}

/// A file as an answer: all of it, or the one part that is asked for. Several parts at once are answered with all of it,
/// as is a part of a version of the file, for versions are not told.
fn part(mut file: File, asked: &HeaderMap) -> io::Result<Response> {
    let length = file.metadata()?.len();
    let range = asked.get(header::RANGE).filter(|_| length > 0 && !asked.contains_key(header::IF_RANGE));
    let range = range.and_then(|range| http_range_header::parse_range_header(range.to_str().ok()?).ok());
    let Some(ranges) = range.map(|ranges| ranges.validate(length)) else {
        return Ok(piece(file, StatusCode::OK, length));
    };
    let content = |status, range: String| (status, [(header::CONTENT_RANGE, range)]).into_response();
    match ranges.as_deref() {
        Err(_) => Ok(content(StatusCode::RANGE_NOT_SATISFIABLE, format!("bytes */{length}"))),
        Ok([range]) => {
            let (start, end) = RangeInclusive::into_inner(range.clone());
            file.seek(SeekFrom::Start(start))?;
            let mut response = piece(file, StatusCode::PARTIAL_CONTENT, end - start + 1);
            let range = content(StatusCode::OK, format!("bytes {start}-{end}/{length}"));
            response.headers_mut().extend(range.headers().clone());
            Ok(response)
        }
        Ok(_) => Ok(piece(file, StatusCode::OK, length)),
    }
}

fn piece(file: File, status: StatusCode, length: u64) -> Response {
    let stream = ReaderStream::with_capacity(tokio::fs::File::from_std(file).take(length), PIECE);
    (status, [(header::CONTENT_LENGTH, length.to_string())], Body::from_stream(stream)).into_response()
}

/// Deletes the file of a recording that was forgotten. The record is gone already: what fails is for the log.
pub async fn remove(request: &Request, file: &str) -> Result<(), Refusal> {
    let stored = StoredFile::of(request, file)?;
    if let Err(error) = off_thread(move || stored.delete()).await? {
        tracing::error!(file, %error, "a recording's file could not be deleted");
    }
    Ok(())
}

/// Deletes the files of recordings that were forgotten together.
pub async fn remove_all(request: &Request, files: &[String]) -> Result<(), Refusal> {
    for file in files {
        remove(request, file).await?;
    }
    Ok(())
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::new(Code::Internal))
}

fn attachment(file: &str) -> Result<HeaderValue, Refusal> {
    let name = Path::new(file).file_name().and_then(|name| name.to_str()).unwrap_or("recording");
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    HeaderValue::from_str(&format!("attachment; filename=\"{plain}\""))
        .map_err(|_| Refusal::new(Code::Internal))
}

#[cfg(test)]
mod tests {
    use super::StoredFile;

    #[test]
    fn no_recording_is_opened_outside_its_folder() {
        let data = std::env::temp_dir().join(format!("ringfence-outside-{}", std::process::id()));
        let folder = crate::recordings_folder(&data, 1).join("2026");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("a.wav"), "").unwrap();
        std::fs::write(data.join("ringfence.db"), "").unwrap();
        let open = |file: &str| StoredFile { data: data.clone(), workspace: 1, file: file.to_owned() }.open();
        assert!(open("2026/a.wav").is_ok());
        for file in
            ["../../ringfence.db", "/etc/passwd", "2026/../../../ringfence.db", "2026", "", ".", "2026/.."]
        {
            assert!(open(file).is_err(), "{file}");
        }
        std::fs::remove_dir_all(data).unwrap();
    }
}
