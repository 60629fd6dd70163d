//! The call log as a file, streamed piece by piece so that its size costs no memory.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse as _;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use workspace::calls::Export;
use workspace::{Code, Refusal};

use crate::output::Csv;

/// The file, sent while it is read. What is refused is refused before the answer begins.
pub async fn csv(mut export: Export) -> Result<Csv, Refusal> {
    let first = export.next().await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"calls.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok(Csv((headers, Body::from_stream(pieces(first, export))).into_response()))
}

/// A small file that is at hand as a whole.
pub fn whole(name: &str, text: String) -> Result<Csv, Refusal> {
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let name = name.map_err(|_| Refusal::new(Code::Internal))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present")),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok(Csv((headers, text).into_response()))
}

/// The pieces of the file; an error ends the answer where it is, so that half a file is not taken for a whole one.
fn pieces(first: Option<String>, mut export: Export) -> ReceiverStream<Result<String, Refusal>> {
    let (file, pieces) = mpsc::channel(2);
    tokio::spawn(async move {
        let mut next = Ok(first);
        while let Some(piece) = next.transpose() {
            let failed = piece.is_err();
            if file.send(piece).await.is_err() || failed {
                return;
            }
            next = export.next().await;
        }
    });
    ReceiverStream::new(pieces)
}
