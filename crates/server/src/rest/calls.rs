//! The call log over REST.

use access::{Permit, Visible, can};
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use workspace::calls::{self, CallQuery, CallView, Export};
use workspace::{List, Refusal};

use crate::input::{Paged, Query};
use crate::output::{Csv, Json};
use crate::request::Request;

/// The calls that the caller may see.
pub async fn list(
    request: Request,
    visible: Visible<can::CallRecordRead>,
    query: Paged<CallQuery>,
) -> Result<Json<List<CallView>>, Refusal> {
    let app = &request.server.app;
    calls::list(app, &visible, &query.what, query.limit, query.after.as_deref()).await.map(Json)
}

/// One call.
pub async fn show(
    request: Request,
    permit: Permit<can::CallRecordRead>,
    _: (),
) -> Result<Json<CallView>, Refusal> {
    calls::show(&request.server.app, &permit).await.map(Json)
}

/// The calls as a CSV file, sent while it is read.
pub async fn export(
    request: Request,
    visible: Visible<can::CallRecordExport>,
    Query(query): Query<CallQuery>,
) -> Result<Csv, Refusal> {
    let mut export = calls::export(&request.server.app, visible, &query).await?;
    // What is refused is refused before the answer begins.
    let first = export.next().await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"calls.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let response: Response = (headers, Body::from_stream(pieces(first, export))).into_response();
    Ok(Csv(response))
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
