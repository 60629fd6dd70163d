//! The audit log over REST.

use access::{Id, Permit, can};
use schemars::JsonSchema;
use serde::Deserialize;
use store::audit::AuditFilter;
use workspace::audit_log::{self, EntryView, VerdictView};
use workspace::{List, Refusal};

use crate::input::Paged;
use crate::output::Json;
use crate::request::Request;

/// Which entries to list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AuditQuery {
    /// Only what this user did or tried.
    pub actor: Option<u32>,
    /// Only what concerns things of this kind: `user`, `role`, `call`.
    pub kind: Option<String>,
    /// Only what concerns the thing of this id.
    pub object: Option<i64>,
    /// Only entries with this outcome: `done`, `refused` or `expired`.
    pub outcome: Option<String>,
}

/// Entries, newest first.
pub async fn list(
    request: Request,
    permit: Permit<can::AuditRead>,
    query: Paged<AuditQuery>,
) -> Result<Json<List<EntryView>>, Refusal> {
    let wrong = |_| Refusal::invalid("after", "{field} must be the `next` of an earlier answer.");
    let before = query.after.as_deref().map(|seq| seq.parse().map_err(wrong)).transpose()?;
    let AuditQuery { actor, kind, object, outcome } = query.what;
    let filter = AuditFilter { actor: actor.map(Id), kind, object, outcome, before };
    audit_log::list(&request.server.app, &permit, &filter, query.limit).await.map(Json)
}

/// Walks the whole chain.
pub async fn verify(
    request: Request,
    permit: Permit<can::AuditExport>,
    _: (),
) -> Result<Json<VerdictView>, Refusal> {
    audit_log::verify(&request.server.app, &permit).await.map(Json)
}
