//! The description of the API, made of the table that it is a row of.

use std::sync::LazyLock;

use acts::Refusal;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use web::openapi::document;
use web::request::Request;

static DOCUMENT: LazyLock<String> = LazyLock::new(|| document(&super::all()).to_string());

/// The description.
pub async fn show(_: Request, _: ()) -> Result<Response, Refusal> {
    Ok(([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response())
}
