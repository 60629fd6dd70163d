//! Sessions over REST: sign in, sign out.

use acts::entry::guesses::Caller;
use acts::entry::sign_in::{self, NewSession};
use acts::{Code, Moment, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::change::secrets::Secret;
use store::{Identity, Via};

use web::input::Body;
use web::output::{Created, Done};
use web::request::Request;

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
    /// A device secret of an earlier answer: guesses of strangers do not hold up a device that one signed in on.
    pub device: Option<String>,
}

/// Who signs in with a PIN.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PinSignIn {
    /// The workspace's slug.
    pub workspace: String,
    /// The phone number in international form.
    pub phone: String,
    /// The digits.
    pub pin: String,
    /// A device secret of an earlier answer.
    pub device: Option<String>,
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
    /// The device's secret, to keep and to send along at the next sign-in. It opens nothing.
    pub device: String,
    /// `password` or `pin` where it is a temporary one, which others know: replace it first, the session is good for
    /// nothing else.
    pub replace_first: Option<&'static str>,
}

impl From<NewSession> for Session {
    fn from(new: NewSession) -> Session {
        let expires_at = Moment(new.expires_at);
        let replace_first = new.temporary.map(Secret::word);
        Session { token: new.token, user: new.user.0, expires_at, device: new.device, replace_first }
    }
}

/// Signs in.
pub async fn create(request: Request, Body(who): Body<SignIn>) -> Result<Created<Session>, Refusal> {
    let app = &request.server.app;
    let workspace = app.store.workspace_by_slug(&who.workspace).await?;
    let workspace = workspace.ok_or_else(|| Refusal::new(Code::WrongCredentials))?;
    let caller = Caller { device: who.device, ..request.caller() };
    let new = sign_in::with_password(app, &workspace, &who.email, &who.password, &caller).await?;
    Ok(Created(new.into()))
}

/// Signs in with a phone number and a PIN. A workspace that is not there answers as one without such a number.
pub async fn create_with_pin(
    request: Request,
    Body(who): Body<PinSignIn>,
) -> Result<Created<Session>, Refusal> {
    let app = &request.server.app;
    let workspace = app.store.workspace_by_slug(&who.workspace).await?;
    let workspace = workspace.ok_or_else(|| Refusal::new(Code::UnknownNumber))?;
    let caller = Caller { device: who.device, ..request.caller() };
    let new = sign_in::with_pin(app, &workspace, &who.phone, &who.pin, &caller).await?;
    Ok(Created(new.into()))
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
