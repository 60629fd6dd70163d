//! The call log over REST.

use access::{Permit, Visible, can};
use acts::calls::calls::{self, CallQuery, CallView};
use acts::{List, Refusal};

use web::download;
use web::input::{Paged, Query};
use web::output::{Csv, Json};
use web::request::Request;

/// The calls that the caller may see.
pub async fn list(
    request: Request,
    visible: Visible<can::CallRecordRead>,
    query: Paged<CallQuery>,
) -> Result<Json<List<CallView>>, Refusal> {
    let what = CallQuery { zone: Some(request.zone()), ..query.what };
    let app = &request.server.app;
    calls::list(app, &visible, &what, query.limit, query.after.as_deref()).await.map(Json)
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
    let query = CallQuery { zone: Some(request.zone()), ..query };
    download::csv(calls::export(&request.server.app, visible, &request.author(), &query).await?).await
}
