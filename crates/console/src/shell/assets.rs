//! The console's static files over HTTP.

use acts::{Code, Refusal};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use ui::assets;
use web::request::Request;

/// A file; its address carries a fingerprint of its content, so it may be kept for ever.
pub async fn show(request: Request, _: ()) -> Result<Response, Refusal> {
    let asset = assets::find(request.param("file")).ok_or_else(|| Refusal::new(Code::NotFound))?;
    let headers =
        [(header::CONTENT_TYPE, asset.mime), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, asset.bytes).into_response())
}
