//! Requests for access over REST (CAL-20).

use access::{Permit, Visible, can};
use acts::rights::access_requests::{self, NewRequest, RequestView};
use acts::rights::request_decisions::{self, Decline, Grant, Pass};
use acts::{List, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;
use store::Identity;

use web::input::{Body, Paged};
use web::output::{Created, Done, Json};
use web::request::Request;

/// Which requests to list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RequestQuery {
    /// `open`, as it is unless told, or `decided`.
    pub state: Option<String>,
}

impl RequestQuery {
    fn open(&self) -> Result<bool, Refusal> {
        match self.state.as_deref() {
            None | Some("open") => Ok(true),
            Some("decided") => Ok(false),
            Some(_) => Err(Refusal::invalid("state", "{field} must be open or decided.")),
        }
    }
}

/// The requests that the caller may decide.
pub async fn list(
    request: Request,
    visible: Visible<can::AccessRequestDecide>,
    query: Paged<RequestQuery>,
) -> Result<Json<List<RequestView>>, Refusal> {
    let (open, slice) = (query.what.open()?, query.slice()?);
    access_requests::list(&request.server.app, &visible, open, slice).await.map(Json)
}

/// The caller's own requests.
pub async fn own(request: Request, who: Identity, _: ()) -> Result<Json<List<RequestView>>, Refusal> {
    access_requests::own(&request.server.app, &who.actor).await.map(Json)
}

/// One request.
pub async fn show(
    request: Request,
    visible: Visible<can::AccessRequestDecide>,
    _: (),
) -> Result<Json<RequestView>, Refusal> {
    let id = request.id("access_request")?.0;
    access_requests::show(&request.server.app, &visible, id).await.map(Json)
}

/// Asks for access.
pub async fn create(
    request: Request,
    permit: Permit<can::AccessRequestCreate>,
    Body(new): Body<NewRequest>,
) -> Result<Created<RequestView>, Refusal> {
    access_requests::ask(&request.server.app, &permit, &request.author(), new).await.map(Created)
}

/// Takes one's own request back.
pub async fn withdraw(
    request: Request,
    permit: Permit<can::AccessRequestCreate>,
    _: (),
) -> Result<Done, Refusal> {
    let id = request.id("access_request")?.0;
    access_requests::withdraw(&request.server.app, &permit, &request.author(), id).await.map(|()| Done)
}

/// Grants a request, or part of it.
pub async fn grant(
    request: Request,
    visible: Visible<can::AccessRequestDecide>,
    Body(grant): Body<Grant>,
) -> Result<Json<RequestView>, Refusal> {
    let id = request.id("access_request")?.0;
    request_decisions::grant(&request.server.app, &visible, &request.author(), id, grant).await.map(Json)
}

/// Declines a request.
pub async fn decline(
    request: Request,
    visible: Visible<can::AccessRequestDecide>,
    Body(decline): Body<Decline>,
) -> Result<Json<RequestView>, Refusal> {
    let id = request.id("access_request")?.0;
    request_decisions::decline(&request.server.app, &visible, &request.author(), id, decline).await.map(Json)
}

/// Asks somebody else to decide a request.
pub async fn pass(
    request: Request,
    visible: Visible<can::AccessRequestDecide>,
    Body(pass): Body<Pass>,
) -> Result<Json<RequestView>, Refusal> {
    let id = request.id("access_request")?.0;
    request_decisions::pass(&request.server.app, &visible, &request.author(), id, pass).await.map(Json)
}
