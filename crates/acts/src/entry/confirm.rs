//! Showing once more that it is oneself who acts: the present password, asked for before what is hard to take back.

use access::{Actor, Permit, Preset, Right, text};
use store::Author;
use store::change::audit::Act;

use crate::entry::guesses::{self, By};
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::secrets::Turn;
use crate::{Answer, App};

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
        let message = text!(
            "This asks for a password, which an API token cannot confirm. Sign in and do it in a session."
        );
        return Err(Refusal::because(Code::Forbidden, message));
    }
    typed(app, actor, author, permit.permission().name(), confirmation).await
}

/// The same for what a program may do as well, if it knows the password.
pub(crate) async fn typed(
    app: &App,
    actor: &Actor,
    author: &Author,
    act: &str,
    confirmation: &Confirmation<'_>,
) -> Answer<()> {
    let field = confirmation.field;
    if confirmation.password.is_none_or(str::is_empty) {
        return Err(Refusal::invalid(field, "{field} is needed: confirm this with your present password."));
    }
    let own = app.store.own_record(actor).await?;
    let account = app.store.credentials(actor.snapshot().model().workspace, &own.email).await?;
    // It is no sign of who acts: whoever gave it to them has it too.
    if account.is_some_and(|account| account.temporary_until().is_some()) {
        return Err(Refusal::invalid(
            field,
            "{field} is a temporary one, which others know: sign in with it and choose another one first.",
        ));
    }
    check(app, actor, author, act, confirmation).await
}

/// Whether the preset asks for the password before the company's configuration changes, or what it pays for (CLY-19).
pub(crate) fn preset_asks(preset: &Preset) -> bool {
    preset.rules.settings_ask_password
}

/// Confirms a change of the company's configuration, where the preset's rules ask for the present password (CLY-19).
pub(crate) async fn as_preset_asks<R: Right>(
    app: &App,
    permit: &Permit<R>,
    author: &Author,
    confirmation: &Confirmation<'_>,
) -> Answer<()> {
    let preset = permit.actor().map(|actor| actor.snapshot().model().preset);
    if preset.is_some_and(preset_asks) {
        return password(app, permit, author, confirmation).await;
    }
    Ok(())
}

/// Checks somebody's present password, typed into `field`. Guesses are counted: those of a session with the ones from
/// devices that the user is known on, those of a token with strangers' ones, so that neither is a way around the
/// throttle. A wrong one is written down.
pub(crate) async fn check(
    app: &App,
    actor: &Actor,
    author: &Author,
    act: &str,
    typed: &Confirmation<'_>,
) -> Answer<()> {
    let (workspace, field) = (actor.snapshot().model().workspace, typed.field);
    let record = app.store.own_record(actor).await?;
    let by = if typed.by_token { By::Password(&record.email) } else { By::Known(actor.id()) };
    guesses::take(app, workspace, by, &record.email).await?;
    let account = app.store.credentials(workspace, &record.email).await?;
    let hash = account.as_ref().and_then(|a| a.password_hash.as_deref());
    let good = app.passwords.check(typed.password.unwrap_or_default(), hash, Turn::SignedIn(workspace)).await;
    if matches!(good, Ok(false)) {
        let act = Act::done(act, "user", record.id, record.name.as_str());
        let act = act.with(serde_json::json!({ "reason": "wrong present password" }));
        app.store.record_refusal(workspace, author, act).await?;
        return Err(Refusal::invalid(field, "{field} is not right: type your present password."));
    }
    guesses::give_back(app, workspace, by).await?;
    good.map(|_| ())
}
