//! The caller's own record, access, password and sessions over REST.

use std::collections::BTreeMap;

use access::{Permission, Permit, can, shown};
use acts::entry::confirm::Confirmation;
use acts::entry::elevation;
use acts::entry::pin::{self, PinChange};
use acts::entry::tokens::{self, TokenView};
use acts::people::profile::{self, DeviceView, PasswordChange, ProfileChange, SessionView};
use acts::people::users::UserView;
use acts::{List, Moment, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::change::secrets::Secret;
use store::{Identity, Via};

use web::endpoint::OwnSecret;
use web::input::{Body, Query};
use web::output::{Done, Json};
use web::own_secret;
use web::request::{Request, over_oneself};

/// Who the caller is and what they may do.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Me {
    /// The caller's own record.
    pub user: UserView,
    /// The workspace's name in addresses.
    pub workspace: String,
    /// How they came: `session` or `api_token`.
    pub via: &'static str,
    /// When the secret that they showed stops being good by itself.
    pub expires_at: Option<Moment>,
    /// `password` or `pin` where a temporary one opened the session: until it is replaced, the session is good for that,
    /// for this answer and for signing out.
    pub replace_first: Option<&'static str>,
    /// Each permission that this secret carries, with the words of its reaches.
    pub permissions: BTreeMap<&'static str, Vec<&'static str>>,
    /// Another word whenever your access is another.
    pub version: String,
    /// Whether a PIN opened the session and the password was not typed lately: whatever administers asks for it first.
    pub needs_password: bool,
}

/// Who am I, and what may I do?
pub async fn show(request: Request, who: Identity, _: ()) -> Result<Json<Me>, Refusal> {
    let app = &request.server.app;
    // A session that is good for nothing yet carries nothing.
    let powers = who.actor.powers().iter().filter(|_| who.temporary.is_none());
    Ok(Json(Me {
        user: profile::show(app, &who.actor).await?,
        workspace: who.workspace.slug.clone(),
        via: match who.via {
            Via::Session(_) => "session",
            Via::Token(_) => "api_token",
        },
        expires_at: who.expires_at.map(Moment),
        needs_password: who.by_pin_alone(app.store.now()),
        replace_first: who.temporary.map(Secret::word),
        permissions: powers.map(|(p, reaches)| (p.name(), shown(p, reaches).words())).collect(),
        version: who.actor.folded().mark(),
    }))
}

/// Edits one's own record.
pub async fn update(
    request: Request,
    permit: Permit<can::ProfileUpdate>,
    Body(edit): Body<ProfileChange>,
) -> Result<Json<UserView>, Refusal> {
    let permit = over_oneself(&permit)?;
    profile::update(&request.server.app, &permit, &request.author(), edit).await.map(Json)
}

/// Changes one's own password; every other session ends.
pub async fn change_password(
    request: Request,
    proof: OwnSecret,
    Body(passwords): Body<PasswordChange>,
) -> Result<Done, Refusal> {
    let (app, who) = (&request.server.app, request.identity()?);
    let keep = match who.via {
        Via::Session(session) => Some(session),
        Via::Token(_) => None,
    };
    match proof {
        OwnSecret::May(permit) => {
            profile::change_password(app, &permit, &request.author(), passwords, keep).await?;
        }
        OwnSecret::Replaces(Secret::Password) => {
            profile::replace_temporary_password(app, who, &request.author(), &passwords.new).await?;
        }
        OwnSecret::Replaces(secret) => return Err(own_secret::first(secret)),
    }
    Ok(Done)
}

/// One's own sessions.
pub async fn sessions(request: Request, who: Identity, _: ()) -> Result<Json<List<SessionView>>, Refusal> {
    profile::sessions(&request.server.app, &who.actor).await.map(Json)
}

/// Sets one's own PIN.
pub async fn set_pin(
    request: Request,
    proof: OwnSecret,
    Body(new): Body<PinChange>,
) -> Result<Done, Refusal> {
    let app = &request.server.app;
    match proof {
        OwnSecret::May(permit) => {
            let typed = Confirmation { field: "current", ..request.confirmation(Some(&new.current)) };
            pin::set_own(app, &permit, &request.author(), &new.pin, &typed).await?;
        }
        OwnSecret::Replaces(Secret::Pin) => {
            pin::replace_temporary(app, request.identity()?, &request.author(), &new.pin).await?;
        }
        OwnSecret::Replaces(secret) => return Err(own_secret::first(secret)),
    }
    Ok(Done)
}

/// One's present password.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnPassword {
    /// One's present password.
    pub password: String,
}

/// Notes that whoever is in a session typed their password.
pub async fn elevate(
    request: Request,
    who: Identity,
    Body(typed): Body<OwnPassword>,
) -> Result<Done, Refusal> {
    let confirmation = request.confirmation(Some(&typed.password));
    elevation::lift(&request.server.app, &who, &confirmation).await.map(|()| Done)
}

/// What ends with one's sessions.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Ends {
    /// Whether one's API tokens are revoked as well; without it they go on.
    pub revoke_tokens: bool,
}

/// Ends all of one's own sessions but the one that asks.
pub async fn end_other_sessions(
    request: Request,
    who: Identity,
    Query(ends): Query<Ends>,
) -> Result<Done, Refusal> {
    may_end_sessions(&who)?;
    let keep = match who.via {
        Via::Session(session) => Some(session),
        Via::Token(_) => None,
    };
    let app = &request.server.app;
    profile::end_other_sessions(app, &who.actor, &who.author(), keep, ends.revoke_tokens).await.map(|_| Done)
}

/// One's own API tokens.
pub async fn tokens(request: Request, who: Identity, _: ()) -> Result<Json<List<TokenView>>, Refusal> {
    tokens::own(&request.server.app, &who.actor).await.map(Json)
}

/// Revokes one of one's own API tokens.
pub async fn revoke_token(request: Request, who: Identity, _: ()) -> Result<Done, Refusal> {
    may_end_sessions(&who)?;
    let token = request.id("api_token")?.0;
    tokens::revoke_own(&request.server.app, &who.actor, &who.author(), token).await.map(|()| Done)
}

/// One's own devices.
pub async fn devices(request: Request, who: Identity, _: ()) -> Result<Json<List<DeviceView>>, Refusal> {
    profile::devices(&request.server.app, &who.actor, &request.caller()).await.map(Json)
}

/// Forgets one of one's own devices.
pub async fn forget_device(request: Request, who: Identity, _: ()) -> Result<Done, Refusal> {
    may_end_sessions(&who)?;
    let device = request.id("device")?.0;
    profile::forget_device(&request.server.app, &who.actor, &who.author(), device).await.map(|()| Done)
}

/// A session is its user's to end; a limited token ends one only where it may edit the profile.
fn may_end_sessions(who: &Identity) -> Result<(), Refusal> {
    if matches!(who.via, Via::Token(_)) && !who.actor.holds(Permission::ProfileUpdate) {
        return Err(Refusal::lacks(Permission::ProfileUpdate));
    }
    Ok(())
}

/// Ends one of one's own sessions.
pub async fn end_session(request: Request, who: Identity, _: ()) -> Result<Done, Refusal> {
    may_end_sessions(&who)?;
    let session = request.id("session")?.0;
    profile::end_session(&request.server.app, &who.actor, &who.author(), session).await.map(|()| Done)
}
