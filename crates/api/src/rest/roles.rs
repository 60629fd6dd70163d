//! Roles over REST.

use access::{Permit, can};
use acts::rights::roles::{self, DeleteRole, NewRole, RoleChange, RoleView};
use acts::{List, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

use web::input::{Body, Query};
use web::output::{Created, Done, Json};
use web::request::Request;

/// Every role.
pub async fn list(
    request: Request,
    permit: Permit<can::RoleRead>,
    _: (),
) -> Result<Json<List<RoleView>>, Refusal> {
    roles::list(&request.server.app, &permit).await.map(Json)
}

/// Creates a custom role.
pub async fn create(
    request: Request,
    permit: Permit<can::RoleWrite>,
    Body(new): Body<NewRole>,
) -> Result<Created<RoleView>, Refusal> {
    roles::create(&request.server.app, &permit, &request.author(), new).await.map(Created)
}

/// One role.
pub async fn show(request: Request, permit: Permit<can::RoleRead>, _: ()) -> Result<Json<RoleView>, Refusal> {
    roles::show(&request.server.app, &permit).await.map(Json)
}

/// A name for the clone of a role or toggle.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloneName {
    /// What people call the new one.
    pub name: String,
}

/// Creates a custom role that begins as this one is.
pub async fn clone(
    request: Request,
    permit: Permit<can::RoleWrite>,
    Body(new): Body<CloneName>,
) -> Result<Created<RoleView>, Refusal> {
    let (app, author) = (&request.server.app, request.author());
    roles::clone_of(app, &permit, &author, permit.id(), &new.name).await.map(Created)
}

/// Edits a custom role.
pub async fn update(
    request: Request,
    permit: Permit<can::RoleWrite>,
    Body(edit): Body<RoleChange>,
) -> Result<Json<RoleView>, Refusal> {
    roles::update(&request.server.app, &permit, &request.author(), edit).await.map(Json)
}

/// Makes a role the one that new people get unless another is chosen.
pub async fn set_default(
    request: Request,
    permit: Permit<can::RoleWrite>,
    _: (),
) -> Result<Json<RoleView>, Refusal> {
    roles::set_default(&request.server.app, &permit, &request.author()).await.map(Json)
}

/// Deletes a custom role.
pub async fn delete(
    request: Request,
    permit: Permit<can::RoleDelete>,
    Query(how): Query<DeleteRole>,
) -> Result<Done, Refusal> {
    roles::delete(&request.server.app, &permit, &request.author(), how).await.map(|()| Done)
}
