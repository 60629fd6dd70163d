//! Extensions, queues and numbers over REST. Which of the three is in the type of the proof.

use access::{Permit, Visible, can};
use acts::lines::entities::{
    self, AddsEntities, DeletesEntities, EditsEntities, EntityChange, EntityView, NewEntity,
};
use acts::rights::grants::{self, AssignmentRights, GrantView};
use acts::{List, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;
use store::lines::entities::ReadsEntities;

use web::input::{Body, Paged};
use web::output::{Created, Done, Json};
use web::recordings;
use web::request::Request;

/// Which of them to list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EntityQuery {
    /// Part of the digits or the name.
    pub search: Option<String>,
}

/// Those that the caller may see.
pub async fn list<R: ReadsEntities>(
    request: Request,
    visible: Visible<R>,
    query: Paged<EntityQuery>,
) -> Result<Json<List<EntityView>>, Refusal> {
    let search = query.what.search.as_deref().map(str::trim).filter(|text| !text.is_empty());
    entities::list(&request.server.app, &visible, search, query.slice()?).await.map(Json)
}

/// One of them.
pub async fn show<R: ReadsEntities>(
    request: Request,
    permit: Permit<R>,
    _: (),
) -> Result<Json<EntityView>, Refusal> {
    entities::show(&request.server.app, &permit).await.map(Json)
}

/// Adds one.
pub async fn create<R: AddsEntities>(
    request: Request,
    permit: Permit<R>,
    Body(new): Body<NewEntity>,
) -> Result<Created<EntityView>, Refusal> {
    entities::create(&request.server.app, &permit, &request.author(), new).await.map(Created)
}

/// Edits one.
pub async fn update<R: EditsEntities>(
    request: Request,
    permit: Permit<R>,
    Body(edit): Body<EntityChange>,
) -> Result<Json<EntityView>, Refusal> {
    entities::update(&request.server.app, &permit, &request.author(), edit).await.map(Json)
}

/// Deletes one with the grants on it.
pub async fn delete<R: DeletesEntities>(request: Request, permit: Permit<R>, _: ()) -> Result<Done, Refusal> {
    entities::delete(&request.server.app, &permit, &request.author()).await.map(|()| Done)
}

/// Gives the number to a user.
pub async fn assign(
    request: Request,
    permit: Permit<can::NumberAssign>,
    Body(rights): Body<AssignmentRights>,
) -> Result<Json<GrantView>, Refusal> {
    let (app, user) = (&request.server.app, request.id("user")?.0);
    let assigned = grants::assign(app, &permit, &request.author(), user, rights).await?;
    recordings::remove_all(&request, &assigned.recordings).await?;
    Ok(Json(assigned.grant))
}

/// Takes the number back from a user.
pub async fn unassign(request: Request, permit: Permit<can::NumberAssign>, _: ()) -> Result<Done, Refusal> {
    let user = request.id("user")?.0;
    grants::unassign(&request.server.app, &permit, &request.author(), user).await.map(|()| Done)
}
