//! OpenID AuthZEN Authorization API 1.0: each workspace is a decision point of its own at `/w/{slug}`.

pub mod batch;
mod claim;
pub mod question;
mod workspace;

use access::{Visible, can};
use acts::{Code, Refusal};
use schemars::JsonSchema;
use serde::Serialize;

pub use batch::{Answer, Batch, Semantic};
pub use question::{Asked, Question};
pub use workspace::Workspace;

use web::input::{Input, Place};
use web::output::Json;
use web::request::Request;

/// An answer to a question.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Decision {
    /// Yes or no.
    pub decision: bool,
    /// What tells more.
    pub context: Context,
}

/// What tells more about a decision.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Context {
    /// Why, in sentences.
    pub reason: Vec<String>,
    /// How far the subject holds the permission; empty when they do not.
    pub reaches: Vec<&'static str>,
    /// Another word whenever the subject's access is another; empty where nothing was looked at.
    pub version: String,
}

impl Decision {
    /// A no, and why.
    pub fn no(reason: impl Into<String>) -> Decision {
        let context = Context { reason: vec![reason.into()], ..Context::default() };
        Decision { decision: false, context }
    }
}

/// Something that answers questions.
pub trait DecisionPoint: Sync {
    /// The answer to a question. Whatever is unknown is a no with a reason, not an error.
    fn decide(&self, question: &Question<'_>) -> impl Future<Output = Result<Decision, Refusal>> + Send;
}

/// A body of this face: whatever is wrong with it is a 400 (10.1.2).
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: serde::de::DeserializeOwned + JsonSchema + Send + 'static> Input for Body<T> {
    fn read(request: &Request) -> Result<Self, Refusal> {
        let web::input::Body(value) = web::input::Body::read(request)
            .map_err(|refusal| Refusal { code: Code::BadRequest, ..refusal })?;
        Ok(Body(value))
    }

    fn schema() -> Option<(Place, web::schema::SchemaOf)> {
        web::input::Body::<T>::schema()
    }
}

/// Answers one question of the path's workspace.
pub async fn evaluation(
    request: Request,
    visible: Visible<can::AccessExplain>,
    Body(asked): Body<Asked>,
) -> Result<Json<Decision>, Refusal> {
    single(&Workspace::new(&request, &visible), &asked).await.map(Json)
}

/// Answers many questions of the path's workspace.
pub async fn evaluations(
    request: Request,
    visible: Visible<can::AccessExplain>,
    Body(batch): Body<Batch>,
) -> Result<Json<Answer>, Refusal> {
    batch::answer(&Workspace::new(&request, &visible), batch).await.map(Json)
}

/// Answers one question; one that is not whole is a bad request.
pub async fn single(point: &impl DecisionPoint, asked: &Asked) -> Result<Decision, Refusal> {
    let nothing = Asked::default();
    let question = asked
        .whole(&nothing)
        .map_err(|missing| Refusal::because(Code::BadRequest, "{field} is needed.").at(missing))?;
    point.decide(&question).await
}

/// Where a workspace's decision point is (section 9).
#[derive(Debug, Serialize, JsonSchema)]
pub struct Configuration {
    /// The decision point.
    pub policy_decision_point: String,
    /// Where one question goes.
    pub access_evaluation_endpoint: String,
    /// Where many questions go.
    pub access_evaluations_endpoint: String,
}

/// Says where a workspace's decision point is. Whether there is such a workspace is what its sign-in page says too.
pub async fn configuration(request: Request, _: ()) -> Result<Json<Configuration>, Refusal> {
    let found = request.server.app.store.workspace_by_slug(request.slug()).await?;
    let workspace = found.ok_or_else(|| Refusal::new(Code::NotFound))?;
    let point = format!("{}/w/{}", request.server.config.own_url(), workspace.slug);
    Ok(Json(Configuration {
        access_evaluation_endpoint: format!("{point}/access/v1/evaluation"),
        access_evaluations_endpoint: format!("{point}/access/v1/evaluations"),
        policy_decision_point: point,
    }))
}
