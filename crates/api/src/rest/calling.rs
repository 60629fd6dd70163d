//! What people call with, over REST: one's own caller ID, the one preset for a user, and the line of a call.

use access::{Permit, can};
use acts::Refusal;
use acts::lines::calling::{self, CallerId, CallerIdView, LineView};
use schemars::JsonSchema;
use serde::Deserialize;
use store::Identity;

use web::input::{Body, Query};
use web::output::Json;
use web::request::{Request, over_oneself};

/// What one shows when one calls.
pub async fn own(_: Request, who: Identity, _: ()) -> Result<Json<CallerIdView>, Refusal> {
    Ok(Json(calling::own(&who.actor)))
}

/// Chooses one's own caller ID.
pub async fn choose(
    request: Request,
    permit: Permit<can::ProfileUpdate>,
    Body(wanted): Body<CallerId>,
) -> Result<Json<CallerIdView>, Refusal> {
    let permit = over_oneself(&permit)?;
    calling::choose(&request.server.app, &permit, &request.author(), wanted).await.map(Json)
}

/// What a user shows when they call.
pub async fn of_user(
    request: Request,
    permit: Permit<can::UserRead>,
    _: (),
) -> Result<Json<CallerIdView>, Refusal> {
    calling::of_user(&request.server.app, &permit).await.map(Json)
}

/// Presets a user's caller ID.
pub async fn preset(
    request: Request,
    permit: Permit<can::UserSetAccess>,
    Body(wanted): Body<CallerId>,
) -> Result<Json<CallerIdView>, Refusal> {
    calling::preset(&request.server.app, &permit, &request.author(), wanted).await.map(Json)
}

/// What a call would ask for.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LineQuery {
    /// The id of the number that the client wants to show; the user's own choice where none is given.
    pub number: Option<u32>,
}

/// Whether a call would go out, on what, and why.
pub async fn line(
    request: Request,
    permit: Permit<can::AccessExplain>,
    Query(asked): Query<LineQuery>,
) -> Result<Json<LineView>, Refusal> {
    calling::line(&request.server.app, &permit, asked.number).await.map(Json)
}
