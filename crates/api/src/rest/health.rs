//! Whether the server works.

use acts::Refusal;
use axum::response::{IntoResponse, Response};

use web::request::Request;

/// 200 when the database answers too.
pub async fn show(request: Request, _: ()) -> Result<Response, Refusal> {
    request.server.app.store.ping().await?;
    Ok("ok\n".into_response())
}
