//! The audit log over REST.

use access::{Permit, can};
use acts::office::audit::{self, AuditQuery, EntryView, Format, VerdictView};
use acts::{List, Refusal};

use web::download::{self, Kind};
use web::input::{Paged, Query};
use web::output::{Csv, Json, JsonLines};
use web::request::Request;

/// Entries, newest first.
pub async fn list(
    request: Request,
    permit: Permit<can::AuditRead>,
    query: Paged<AuditQuery>,
) -> Result<Json<List<EntryView>>, Refusal> {
    let what = AuditQuery { zone: Some(request.zone()), ..query.what };
    let (app, after) = (&request.server.app, query.after.as_deref());
    audit::list(app, &permit, &what, after, query.limit).await.map(Json)
}

/// The entries that fit, as CSV.
pub async fn export_csv(
    request: Request,
    permit: Permit<can::AuditExport>,
    Query(query): Query<AuditQuery>,
) -> Result<Csv, Refusal> {
    let query = AuditQuery { zone: Some(request.zone()), ..query };
    let (app, author) = (&request.server.app, request.author());
    let export = audit::export(app, &permit, &author, &query, Format::Csv).await?;
    download::send(export, "audit", Kind::Csv).await.map(Csv)
}

/// The entries that fit, one JSON object a line.
pub async fn export_lines(
    request: Request,
    permit: Permit<can::AuditExport>,
    Query(query): Query<AuditQuery>,
) -> Result<JsonLines, Refusal> {
    let query = AuditQuery { zone: Some(request.zone()), ..query };
    let (app, author) = (&request.server.app, request.author());
    let export = audit::export(app, &permit, &author, &query, Format::JsonLines).await?;
    download::send(export, "audit", Kind::JsonLines).await.map(JsonLines)
}

/// Walks the whole chain.
pub async fn verify(
    request: Request,
    permit: Permit<can::AuditExport>,
    _: (),
) -> Result<Json<VerdictView>, Refusal> {
    audit::verify(&request.server.app, &permit).await.map(Json)
}
