//! Tables and logs as files: long ones streamed piece by piece so that their size costs no memory.

use std::future::Future;

use acts::Refusal;
use acts::calls::calls;
use acts::office::audit;
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::output::Csv;

/// A table that is in memory.
pub fn table(name: &str, text: String) -> Csv {
    Csv((headers(name, Kind::Csv), text).into_response())
}

fn headers(name: &str, kind: Kind) -> [(header::HeaderName, String); 3] {
    let (media_type, ending) = match kind {
        Kind::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
        Kind::JsonLines => ("application/jsonl", "jsonl"),
    };
    [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{ending}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ]
}

/// A file that is made while it is sent.
pub trait Pieces: Send + 'static {
    /// The next piece; none at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<String>, Refusal>> + Send;
}

impl Pieces for calls::Export {
    fn next(&mut self) -> impl Future<Output = Result<Option<String>, Refusal>> + Send {
        calls::Export::next(self)
    }
}

impl Pieces for audit::Export {
    fn next(&mut self) -> impl Future<Output = Result<Option<String>, Refusal>> + Send {
        audit::Export::next(self)
    }
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A table (RFC 4180).
    Csv,
    /// One JSON object a line.
    JsonLines,
}

/// The call log as a file, sent while it is read.
pub async fn csv(export: calls::Export) -> Result<Csv, Refusal> {
    send(export, "calls", Kind::Csv).await.map(Csv)
}

/// A file that is whole already.
pub fn whole(text: String, name: &str, kind: Kind) -> Response {
    (headers(name, kind), text).into_response()
}

/// The file, sent while it is read. What is refused is refused before the answer begins.
pub async fn send(mut export: impl Pieces, name: &str, kind: Kind) -> Result<Response, Refusal> {
    let first = export.next().await?;
    Ok((headers(name, kind), Body::from_stream(pieces(first, export))).into_response())
}

/// The pieces of the file; an error ends the answer where it is, so that half a file is not taken for a whole one.
fn pieces(first: Option<String>, mut export: impl Pieces) -> ReceiverStream<Result<String, Refusal>> {
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
