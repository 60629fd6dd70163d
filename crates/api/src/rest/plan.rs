//! What was bought, over REST: the plan, seats, licences.

use access::{Permit, can};
use acts::Refusal;
use acts::money::plan::{self, LicenceChange, LicencesView, PlanChange, PlanView};

use web::input::Body;
use web::output::Json;
use web::request::Request;

/// The plan and the seats.
pub async fn show(
    request: Request,
    permit: Permit<can::BillingRead>,
    _: (),
) -> Result<Json<PlanView>, Refusal> {
    plan::show(&request.server.app, &permit).await.map(Json)
}

/// Moves to another plan, buys or gives back seats.
pub async fn update(
    request: Request,
    permit: Permit<can::BillingCommit>,
    Body(edit): Body<PlanChange>,
) -> Result<Json<PlanView>, Refusal> {
    let password = edit.password.clone();
    let confirmation = request.confirmation(password.as_deref());
    plan::update(&request.server.app, &permit, &request.author(), edit, &confirmation).await.map(Json)
}

/// The licences and what they carry.
pub async fn licences(
    request: Request,
    permit: Permit<can::LicenseRead>,
    _: (),
) -> Result<Json<LicencesView>, Refusal> {
    plan::licences(&request.server.app, &permit).await.map(Json)
}

/// Buys or gives back licences.
pub async fn update_licences(
    request: Request,
    permit: Permit<can::LicenseUpdate>,
    Body(edit): Body<LicenceChange>,
) -> Result<Json<LicencesView>, Refusal> {
    let password = edit.password.clone();
    let confirmation = request.confirmation(password.as_deref());
    plan::update_licences(&request.server.app, &permit, &request.author(), edit, &confirmation)
        .await
        .map(Json)
}
