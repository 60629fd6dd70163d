//! Exports as downloads, streamed piece by piece so that their size costs no memory.

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use workspace::calls::Export;

/// The call log as a CSV file. Where the export fails halfway, the connection breaks, so that nobody takes half a
/// file for the whole.
pub fn csv(mut export: Export, name: &str) -> Response {
    let (pieces, body) = mpsc::channel(1);
    tokio::spawn(async move {
        while let Some(piece) = export.next().await.transpose() {
            let failed = piece.is_err();
            if pieces.send(piece).await.is_err() || failed {
                return;
            }
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (headers, Body::from_stream(ReceiverStream::new(body))).into_response()
}
