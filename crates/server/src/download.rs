//! Tables as files: the call log streamed piece by piece so that its size costs no memory, others whole.

use axum::body::Body;
use axum::http::header;
use axum::response::IntoResponse as _;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use workspace::Refusal;
use workspace::calls::Export;

use crate::output::Csv;

/// A table that is in memory.
pub fn table(name: &'static str, text: String) -> Csv {
    Csv((headers(name), text).into_response())
}

fn headers(name: &'static str) -> [(header::HeaderName, &'static str); 3] {
    [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store"),
    ]
}

/// The file, sent while it is read. What is refused is refused before the answer begins.
pub async fn csv(mut export: Export) -> Result<Csv, Refusal> {
    let first = export.next().await?;
    let headers = headers("attachment; filename=\"calls.csv\"");
    Ok(Csv((headers, Body::from_stream(pieces(first, export))).into_response()))
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
