//! Sessions over REST: sign in, sign out.

use axum::http::header;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Identity, Via};
use workspace::{Code, Moment, Refusal, sign_in};

use crate::input::Body;
use crate::output::{Created, Done};
use crate::request::Request;

/// Who signs in.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The workspace's slug.
    pub workspace: String,
    /// The email address.
    pub email: String,
    /// The password.
    pub password: String,
}

/// A session that has just begun.
#[derive(Serialize, JsonSchema)]
pub struct Session {
    /// The bearer token, shown this once.
    pub token: String,
    /// Who signed in.
    pub user: u32,
    /// When it ends by itself.
    pub expires_at: Moment,
}

/// Signs in.
pub async fn create(request: Request, Body(who): Body<SignIn>) -> Result<Created<Session>, Refusal> {
    let app = &request.server.app;
    let workspace = app.store.workspace_by_slug(&who.workspace).await?;
    let workspace = workspace.ok_or_else(|| Refusal::new(Code::WrongCredentials))?;
    let agent = request.header(header::USER_AGENT);
    let new = sign_in::with_password(app, &workspace, &who.email, &who.password, agent).await?;
    Ok(Created(Session { token: new.token, user: new.user.0, expires_at: Moment(new.expires_at) }))
}

/// Signs out.
pub async fn end(request: Request, who: Identity, _: ()) -> Result<Done, Refusal> {
    let Via::Session(session) = who.via else {
        return Err(Refusal::because(Code::BadRequest, "An API token is no session; revoke it instead."));
    };
    let workspace = who.actor.snapshot().model().workspace;
    request.server.app.store.end_session(workspace, &who.author(), who.owner(), session).await?;
    Ok(Done)
}
