//! Extensions, queues and numbers over REST. Which of the three is in the type of the proof.

use access::{Permit, Visible, can};
use schemars::JsonSchema;
use serde::Deserialize;
use store::entity::ReadsEntities;
use workspace::entities::{
    self, AddsEntities, DeletesEntities, EditsEntities, EntityChange, EntityView, NewEntity,
};
use workspace::grants::{self, AssignNumber, GrantView};
use workspace::{List, Refusal};

use crate::input::{Body, Paged};
use crate::output::{Created, Done, Json};
use crate::recordings;
use crate::request::Request;

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

/// What the assignment of a number lets its holder do.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentRights {
    /// Place and receive calls with it, choose it as caller ID.
    #[serde(default = "yes")]
    pub may_use: bool,
    /// See its log and statistics.
    #[serde(default = "yes")]
    pub may_observe: bool,
    /// Delete every call that went through the number so far, with its recording: for a number that passes to another
    /// user where it belongs to one at a time (ONF-07). Its history stays unless this is true.
    #[serde(default)]
    pub delete_history: bool,
    /// The number itself, typed once more, where its history is to be deleted.
    #[serde(default)]
    pub confirm: String,
}

fn yes() -> bool {
    true
}

/// Gives the number to a user.
pub async fn assign(
    request: Request,
    permit: Permit<can::NumberAssign>,
    Body(rights): Body<AssignmentRights>,
) -> Result<Json<GrantView>, Refusal> {
    let AssignmentRights { may_use, may_observe, delete_history, confirm } = rights;
    let new = AssignNumber { user: request.id("user")?.0, may_use, may_observe, delete_history, confirm };
    let assigned = grants::assign(&request.server.app, &permit, &request.author(), new).await?;
    recordings::remove_all(&request, &assigned.recordings).await?;
    Ok(Json(assigned.grant))
}

/// Takes the number back from a user.
pub async fn unassign(request: Request, permit: Permit<can::NumberAssign>, _: ()) -> Result<Done, Refusal> {
    let user = request.id("user")?.0;
    grants::unassign(&request.server.app, &permit, &request.author(), user).await.map(|()| Done)
}
