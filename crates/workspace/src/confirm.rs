//! Showing once more that it is oneself who acts: the present password, asked for before what is hard to take back.

use access::{Actor, Permit, Right};
use store::Author;
use store::audit::Act;

use crate::refusal::{Code, Refusal};
use crate::{Answer, App, sign_in};

/// The password that came with an act, and how its sender came.
#[derive(Clone, Copy)]
pub struct Confirmation<'a> {
    /// The password that was typed, where one was.
    pub password: Option<&'a str>,
    /// The input field that it was typed into.
    pub field: &'static str,
    /// Whether it came with an API token: a program knows no password.
    pub by_token: bool,
}

/// Confirms an act by its actor's present password. Whoever runs the machine has none and needs none.
pub async fn password<R: Right>(
    app: &App,
    permit: &Permit<R>,
    author: &Author,
    confirmation: &Confirmation<'_>,
) -> Answer<()> {
    let Some(actor) = permit.actor() else { return Ok(()) };
    if confirmation.by_token {
        let message =
            "This asks for a password, which an API token cannot confirm. Sign in and do it in a session.";
        return Err(Refusal::because(Code::Forbidden, message));
    }
    let field = confirmation.field;
    let Some(typed) = confirmation.password.filter(|typed| !typed.is_empty()) else {
        let message = format!("{field} is needed: confirm this with your present password.");
        return Err(Refusal::invalid(field, message));
    };
    check(app, actor, author, permit.permission().name(), typed, field).await
}

/// Checks somebody's present password. Guesses count with those at sign-in, so that a session left open is no way
/// around the throttle, and a wrong one is written down.
pub(crate) async fn check(
    app: &App,
    actor: &Actor,
    author: &Author,
    act: &str,
    typed: &str,
    field: &'static str,
) -> Answer<()> {
    let workspace = actor.snapshot().model().workspace;
    let record = app.store.own_record(actor).await?;
    let target = sign_in::target(workspace, &record.email);
    if let Err(wait) = app.store.take_guess(&target).await? {
        return Err(Refusal::too_many(wait));
    }
    let account = app.store.credentials(workspace, &record.email).await?;
    let hash = account.as_ref().and_then(|a| a.password_hash.as_deref());
    if !app.passwords.check(typed, hash).await? {
        let act = Act::done(act, "user", record.id, record.name.as_str());
        let act = act.with(serde_json::json!({ "reason": "wrong present password" }));
        app.store.record_refusal(workspace, author, act).await?;
        return Err(Refusal::invalid(field, format!("{field} is not your present password.")));
    }
    Ok(app.store.forget_guesses(&target).await?)
}
