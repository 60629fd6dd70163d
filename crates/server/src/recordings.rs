//! Recordings as files: whole, or the part that a player asks for (RFC 9110, 14.2).

use std::path::{Component, Path, PathBuf};

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use tower::ServiceExt as _;
use tower_http::services::ServeFile;
use workspace::{Code, Refusal};

use crate::request::Request;

/// How a recording is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Played in the page.
    Listen,
    /// Kept as a file.
    Download,
}

/// The recording in that file below the workspace's folder. Whoever calls this has decided already.
pub async fn serve(request: &Request, file: &str, purpose: Purpose) -> Result<Response, Refusal> {
    let workspace = request.identity()?.actor.snapshot().model().workspace;
    let path = below(&request.server.config.recordings(workspace), file)?;
    let mut asked = axum::http::Request::new(Body::empty());
    *asked.headers_mut() = request.headers.clone();
    let service = ServeFile::new(path);
    let served = service.oneshot(asked).await.map_err(|_| Refusal::new(Code::Internal))?;
    if served.status() == StatusCode::NOT_FOUND {
        tracing::error!(file, "a recording's file is missing");
        return Err(Refusal::because(Code::NotFound, "The recording's file is not there any more."));
    }
    let mut response = served.map(Body::new);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if file.ends_with(".wav") {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("audio/wav"));
    }
    if purpose == Purpose::Download {
        headers.insert(header::CONTENT_DISPOSITION, attachment(file)?);
    }
    Ok(response)
}

/// Deletes the file of a recording that was forgotten. The record is gone already: what fails is for the log.
pub async fn remove(request: &Request, file: &str) -> Result<(), Refusal> {
    let workspace = request.identity()?.actor.snapshot().model().workspace;
    let path = below(&request.server.config.recordings(workspace), file)?;
    if let Err(error) = tokio::fs::remove_file(&path).await {
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

/// A path below a folder and nowhere else.
fn below(folder: &Path, file: &str) -> Result<PathBuf, Refusal> {
    let plain = Path::new(file).components().all(|part| matches!(part, Component::Normal(_)));
    if plain && !file.is_empty() { Ok(folder.join(file)) } else { Err(Refusal::new(Code::NotFound)) }
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
    use std::path::Path;

    use super::below;

    #[test]
    fn no_recording_is_served_from_outside_its_folder() {
        let folder = Path::new("/data/recordings/1");
        for file in ["../2/a.wav", "/etc/passwd", "a/../../b.wav", ""] {
            assert!(below(folder, file).is_err(), "{file}");
        }
        assert_eq!(below(folder, "2026/a.wav").ok(), Some(folder.join("2026/a.wav")));
    }
}
