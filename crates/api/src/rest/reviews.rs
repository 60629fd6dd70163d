//! Reviews of access, and what nobody uses, over REST.

use access::{Permit, can};
use acts::rights::review_closing;
use acts::rights::reviews::{self, NewReview, ReviewLineView, ReviewView, Verdict};
use acts::rights::uses::{self, PermissionUse, Unused};
use acts::{List, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use web::download;
use web::input::{Body, Paged, Query};
use web::output::{Created, Csv, Json};
use web::request::Request;

/// Every review.
pub async fn list(
    request: Request,
    permit: Permit<can::AccessReview>,
    _: (),
) -> Result<Json<List<ReviewView>>, Refusal> {
    reviews::list(&request.server.app, &permit).await.map(Json)
}

/// Starts a review.
pub async fn start(
    request: Request,
    permit: Permit<can::AccessReview>,
    Body(new): Body<NewReview>,
) -> Result<Created<ReviewView>, Refusal> {
    reviews::start(&request.server.app, &permit, &request.author(), new).await.map(Created)
}

/// One review.
pub async fn show(
    request: Request,
    permit: Permit<can::AccessReview>,
    _: (),
) -> Result<Json<ReviewView>, Refusal> {
    reviews::show(&request.server.app, &permit, request.id("review")?.0).await.map(Json)
}

/// Its lines.
pub async fn lines(
    request: Request,
    permit: Permit<can::AccessReview>,
    _: (),
) -> Result<Json<List<ReviewLineView>>, Refusal> {
    reviews::lines(&request.server.app, &permit, request.id("review")?.0).await.map(Json)
}

/// Its lines as a file.
pub async fn csv(request: Request, permit: Permit<can::AccessReview>, _: ()) -> Result<Csv, Refusal> {
    let review = request.id("review")?.0;
    let text = reviews::csv(&request.server.app, &permit, review).await?;
    Ok(Csv(download::whole(text, &format!("review-{review}"), download::Kind::Csv)))
}

/// A decision on a line.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ReviewDecision")]
pub struct Decision {
    /// What is to become of it.
    pub decision: Verdict,
}

/// Decides a line.
pub async fn decide(
    request: Request,
    permit: Permit<can::AccessReview>,
    Body(Decision { decision }): Body<Decision>,
) -> Result<Json<ReviewLineView>, Refusal> {
    let line = (request.id("review")?.0, request.id("line")?.0);
    reviews::decide(&request.server.app, &permit, &request.author(), line, decision).await.map(Json)
}

/// How many lines were decided.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Marked {
    /// How many.
    pub removed: usize,
}

/// Decides to remove what is marked.
pub async fn remove_marked(
    request: Request,
    permit: Permit<can::AccessReview>,
    _: (),
) -> Result<Json<Marked>, Refusal> {
    let review = request.id("review")?.0;
    let removed = reviews::remove_marked(&request.server.app, &permit, &request.author(), review).await?;
    Ok(Json(Marked { removed }))
}

/// Closes a review.
pub async fn close(
    request: Request,
    permit: Permit<can::AccessReview>,
    _: (),
) -> Result<Json<ReviewView>, Refusal> {
    let review = request.id("review")?.0;
    review_closing::close(&request.server.app, &permit, &request.author(), review).await.map(Json)
}

/// Whose permissions, unused for how long.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnusedQuery {
    /// For so many days; 90 unless told.
    #[serde(default = "usual")]
    pub days: i64,
    /// Only this user's.
    #[serde(default)]
    pub user: Option<u32>,
}

/// For how long.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DaysQuery {
    /// For so many days; 90 unless told.
    #[serde(default = "usual")]
    pub days: i64,
}

const fn usual() -> i64 {
    90
}

/// Permissions that people hold and do not use.
pub async fn unused(
    request: Request,
    permit: Permit<can::AccessReview>,
    query: Paged<UnusedQuery>,
) -> Result<Json<List<Unused>>, Refusal> {
    let (slice, UnusedQuery { days, user }) = (query.slice()?, query.what);
    uses::unused(&request.server.app, &permit, days, user, slice).await.map(Json)
}

/// How each permission is used.
pub async fn by_permission(
    request: Request,
    permit: Permit<can::AccessReview>,
    Query(query): Query<DaysQuery>,
) -> Result<Json<List<PermissionUse>>, Refusal> {
    uses::by_permission(&request.server.app, &permit, query.days).await.map(List::whole).map(Json)
}
