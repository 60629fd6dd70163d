//! Recordings as answers: streamed from their file, whole or in the part that a player asks for.

use std::io::SeekFrom;
use std::path::{Component, Path, PathBuf};

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;
use workspace::{Code, Refusal};

use crate::request::Request;

/// What part of a file is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// All of it.
    Whole,
    /// From the first to the last byte, both included.
    Bytes(u64, u64),
    /// A part beyond its end.
    Beyond,
}

/// The recording in `file`, which is below the workspace's recordings folder: to play, or to save under a name.
/// Nobody keeps it: the next request for it is decided anew (ALL-01).
pub async fn answer(request: &Request, file: &str, save_as: Option<&str>) -> Result<Response, Refusal> {
    let path = locate(request, file)?;
    let (mut file, length, tag) = open(&path).await?;
    let same =
        matches!(request.header(header::IF_RANGE), "" | "*") || request.header(header::IF_RANGE) == tag;
    let part = if same { part(request.header(header::RANGE), length) } else { Part::Whole };
    let (status, first, size) = match part {
        Part::Whole => (StatusCode::OK, 0, length),
        Part::Bytes(first, last) => (StatusCode::PARTIAL_CONTENT, first, last - first + 1),
        Part::Beyond => (StatusCode::RANGE_NOT_SATISFIABLE, 0, 0),
    };
    file.seek(SeekFrom::Start(first)).await.map_err(|error| unreadable(&path, &error))?;
    let body = Body::from_stream(ReaderStream::new(file.take(size)));
    let mut response = (status, body).into_response();
    let mut set = |name, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, media_type(&path).into());
    set(header::CONTENT_LENGTH, size.to_string());
    set(header::ACCEPT_RANGES, "bytes".into());
    set(header::ETAG, tag);
    set(header::CACHE_CONTROL, "private, no-store".into());
    match status {
        StatusCode::PARTIAL_CONTENT => {
            set(header::CONTENT_RANGE, format!("bytes {first}-{}/{length}", first + size - 1));
        }
        StatusCode::RANGE_NOT_SATISFIABLE => set(header::CONTENT_RANGE, format!("bytes */{length}")),
        _ => {}
    }
    if let Some(name) = save_as {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("wav");
        set(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{extension}\""));
    }
    Ok(response)
}

/// Deletes the file of a recording that was forgotten. One that is gone already is as good as deleted.
pub async fn remove(request: &Request, file: &str) -> Result<(), Refusal> {
    let path = locate(request, file)?;
    match tokio::fs::remove_file(&path).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::error!(file = %path.display(), %error, "a recording's file cannot be deleted");
            Err(Refusal::because(
                Code::Internal,
                "The recording is forgotten, but its file could not be deleted.",
            ))
        }
        _ => Ok(()),
    }
}

/// The file's path; one that leads out of the folder leads nowhere.
fn locate(request: &Request, file: &str) -> Result<PathBuf, Refusal> {
    let below = Path::new(file);
    if !below.components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(Refusal::new(Code::NotFound));
    }
    let workspace = request.identity()?.actor.snapshot().model().workspace;
    Ok(request.server.config.recordings(workspace).join(below))
}

/// The open file, its length, and a tag that changes with it.
async fn open(path: &Path) -> Result<(File, u64, String), Refusal> {
    let missing = |error: std::io::Error| unreadable(path, &error);
    let file = File::open(path).await.map_err(missing)?;
    let about = file.metadata().await.map_err(missing)?;
    let changed = about.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    let tag = format!("\"{:x}-{:x}\"", about.len(), changed.map_or(0, |at| at.as_micros()));
    Ok((file, about.len(), tag))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Refusal {
    tracing::warn!(file = %path.display(), %error, "a recording's file cannot be read");
    Refusal::because(Code::NotFound, "The file of this recording is missing.")
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|e| e.to_str()) {
        Some("wav") => "audio/wav",
        Some("mp3") => "audio/mpeg",
        Some("ogg" | "opus") => "audio/ogg",
        _ => "application/octet-stream",
    }
}

/// Reads a `Range` header. What is no single range of bytes is as if it were not there (RFC 9110, 14.2).
fn part(range: &str, length: u64) -> Part {
    let Some((first, last)) = range.strip_prefix("bytes=").and_then(|r| r.trim().split_once('-')) else {
        return Part::Whole;
    };
    let end = length.saturating_sub(1);
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first > last => Part::Whole,
        (Ok(first), _) if first >= length && (last.is_empty() || last.parse::<u64>().is_ok()) => Part::Beyond,
        (Ok(first), Ok(last)) => Part::Bytes(first, last.min(end)),
        (Ok(first), Err(_)) if last.is_empty() => Part::Bytes(first, end),
        (Err(_), Ok(last)) if first.is_empty() && (last == 0 || length == 0) => Part::Beyond,
        (Err(_), Ok(last)) if first.is_empty() => Part::Bytes(length.saturating_sub(last), end),
        _ => Part::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, part};

    #[test]
    fn a_range_is_cut_to_the_file() {
        assert_eq!(part("bytes=0-", 100), Part::Bytes(0, 99));
        assert_eq!(part("bytes=10-19", 100), Part::Bytes(10, 19));
        assert_eq!(part("bytes=90-500", 100), Part::Bytes(90, 99));
        assert_eq!(part("bytes=-30", 100), Part::Bytes(70, 99));
        assert_eq!(part("bytes=-300", 100), Part::Bytes(0, 99));
    }

    #[test]
    fn a_range_beyond_the_end_cannot_be_satisfied() {
        assert_eq!(part("bytes=100-", 100), Part::Beyond);
        assert_eq!(part("bytes=100-200", 100), Part::Beyond);
        assert_eq!(part("bytes=-0", 100), Part::Beyond);
        assert_eq!(part("bytes=0-", 0), Part::Beyond);
    }

    #[test]
    fn what_is_no_single_range_is_ignored() {
        for odd in
            ["", "bytes=", "bytes=-", "bytes=9-5", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b", "bytes=100-x"]
        {
            assert_eq!(part(odd, 100), Part::Whole, "{odd}");
        }
    }
}
