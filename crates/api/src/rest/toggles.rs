//! Toggles over REST: the built-in ones and those that the workspace defines.

use access::{Permit, can};
use acts::rights::toggles::{self, NewToggle, ToggleChange, ToggleDefinition};
use acts::{List, Refusal};

use crate::rest::roles::CloneName;
use web::input::Body;
use web::output::{Created, Done, Json};
use web::request::Request;

/// Every toggle.
pub async fn list(
    request: Request,
    permit: Permit<can::RoleRead>,
    _: (),
) -> Result<Json<List<ToggleDefinition>>, Refusal> {
    toggles::list(&request.server.app, &permit).await.map(Json)
}

/// Defines a toggle.
pub async fn create(
    request: Request,
    permit: Permit<can::RoleWrite>,
    Body(new): Body<NewToggle>,
) -> Result<Created<ToggleDefinition>, Refusal> {
    toggles::create(&request.server.app, &permit, &request.author(), new).await.map(Created)
}

/// One toggle.
pub async fn show(
    request: Request,
    permit: Permit<can::RoleRead>,
    _: (),
) -> Result<Json<ToggleDefinition>, Refusal> {
    toggles::show(&request.server.app, &permit, request.id("toggle")?).await.map(Json)
}

/// Defines a toggle that holds what this one does.
pub async fn clone(
    request: Request,
    permit: Permit<can::RoleWrite>,
    Body(new): Body<CloneName>,
) -> Result<Created<ToggleDefinition>, Refusal> {
    let (app, author, from) = (&request.server.app, request.author(), request.id("toggle")?);
    toggles::clone_of(app, &permit, &author, from, &new.name).await.map(Created)
}

/// Edits a toggle of the workspace's own.
pub async fn update(
    request: Request,
    permit: Permit<can::RoleWrite>,
    Body(edit): Body<ToggleChange>,
) -> Result<Json<ToggleDefinition>, Refusal> {
    let (app, author, toggle) = (&request.server.app, request.author(), request.id("toggle")?);
    toggles::update(app, &permit, &author, toggle, edit).await.map(Json)
}

/// Deletes a toggle of the workspace's own, with every setting of it.
pub async fn delete(request: Request, permit: Permit<can::RoleDelete>, _: ()) -> Result<Done, Refusal> {
    let (app, author, toggle) = (&request.server.app, request.author(), request.id("toggle")?);
    toggles::delete(app, &permit, &author, toggle).await.map(|()| Done)
}
