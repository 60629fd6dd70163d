//! What people see and change of themselves: their record, their password, their sessions.

use access::{Actor, Id, Permit, can};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::change::audit::Act;
use store::entry::devices::DeviceRow;
use store::entry::sessions::SessionRow;
use store::people::users::{UserInput, UserRow};
use store::{Author, Identity, Via};

use crate::entry::confirm::{self, Confirmation};
use crate::entry::guesses::{self, By, Caller};
use crate::entry::{own_secret, pin};
use crate::kernel::check;
use crate::kernel::language::Language;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::secrets::Turn;
use crate::people::users::{UserView, input_of, phone, present};
use crate::{Answer, App, List, Moment, id};

/// An edit of one's own record: what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProfileChange {
    /// What people call one.
    pub name: Option<String>,
    /// Phone number in international form, or empty.
    pub phone: Option<String>,
    /// The language of the console, or null for the browser's.
    #[serde(deserialize_with = "present")]
    pub language: Option<Option<Language>>,
    /// The revision that the edit was made on.
    pub revision: Option<i64>,
}

/// A new password for oneself.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The present one; left out where a temporary password opened the session.
    #[serde(default)]
    pub current: String,
    /// The one to sign in with from now on.
    pub new: String,
    /// Whether one's API tokens are revoked as well; without it they go on.
    #[serde(default)]
    pub revoke_tokens: bool,
}

/// A browser or phone that one signed in on, which guesses of strangers do not lock out.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DeviceView {
    /// Its id.
    pub id: u32,
    /// The browser or client, as it named itself.
    pub agent: String,
    /// When one last signed in on it.
    pub last_seen_at: Moment,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// One of one's own sessions.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SessionView {
    /// Its id.
    pub id: u32,
    /// The browser or client, as it named itself.
    pub agent: String,
    /// When it began.
    pub created_at: Moment,
    /// When it was last used, to the minute.
    pub last_seen_at: Moment,
    /// When it ends by itself.
    pub expires_at: Moment,
    /// Whether a PIN opened it, and no password.
    pub by_pin: bool,
}

impl From<SessionRow> for SessionView {
    fn from(row: SessionRow) -> SessionView {
        SessionView {
            id: id(row.id).0,
            agent: row.agent,
            created_at: Moment(row.created_at),
            last_seen_at: Moment(row.last_seen_at),
            expires_at: Moment(row.expires_at),
            by_pin: row.by_pin,
        }
    }
}

/// One's own record. Needs no permission: people may know what is kept of themselves.
pub async fn show(app: &App, actor: &Actor) -> Answer<UserView> {
    Ok(UserView::of(actor.snapshot().model(), app.store.own_record(actor).await?))
}

/// Edits one's own record.
pub async fn update(
    app: &App,
    permit: &Permit<can::ProfileUpdate>,
    author: &Author,
    edit: ProfileChange,
) -> Answer<UserView> {
    let new_phone = edit.phone.as_deref().map(phone).transpose()?;
    if let Some(actor) = permit.actor() {
        count_phone(app, actor, new_phone.as_deref()).await?;
    }
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let old = change.user(permit.id()).await?;
    let input = UserInput {
        name: edit.name.as_deref().map_or(Ok(old.name.clone()), |v| check::text("name", v, 120))?,
        phone: new_phone.unwrap_or_else(|| old.phone.clone()),
        language: edit.language.map_or(old.language.clone(), Language::stored),
        ..input_of(&old)
    };
    pin::keeps_phone(old.has_pin, &input.phone)?;
    change.update_user(permit.id(), &input, edit.revision).await?;
    let row = change.user(permit.id()).await?;
    let record =
        |row: &UserRow| serde_json::json!({ "name": row.name, "phone": row.phone, "language": row.language });
    let detail = serde_json::json!({ "before": record(&old), "after": record(&row) });
    change.record(Act::done("profile:update", "user", permit.thing().id, row.name.as_str()).with(detail));
    change.commit().await?;
    Ok(UserView::of(before.model(), row))
}

/// Counts another phone number of one's own. Whether somebody else signs in with it is told in the end, here or where
/// a PIN is set: whoever tries numbers is soon not answered any more that day.
async fn count_phone(app: &App, actor: &Actor, phone: Option<&str>) -> Answer<()> {
    let record = app.store.own_record(actor).await?;
    if phone.is_some_and(|phone| !phone.is_empty() && phone != record.phone) {
        let workspace = actor.snapshot().model().workspace;
        guesses::take(app, workspace, By::OwnPhone(actor.id()), &record.email).await?;
    }
    Ok(())
}

/// Changes one's own password and ends one's sessions, but for the one to keep. API tokens go on unless they are to be
/// revoked. Guesses at the present password
/// count with those at sign-in, so that a session left open is no way around the throttle.
pub async fn change_password(
    app: &App,
    permit: &Permit<can::ProfileUpdate>,
    author: &Author,
    passwords: PasswordChange,
    keep: Option<Id>,
) -> Answer<()> {
    let actor = permit.actor().filter(|actor| actor.id() == permit.id());
    let actor = actor.ok_or_else(|| Refusal::new(Code::Forbidden))?;
    let record = app.store.own_record(actor).await?;
    let workspace = app.store.workspace(permit.workspace()).await?.name;
    check::password("new", &passwords.new, &[&record.name, &record.email, &workspace])?;
    let typed =
        Confirmation { password: Some(&passwords.current), field: "current", by_token: keep.is_none() };
    confirm::check(app, actor, author, "profile:update", &typed).await?;
    let hash = app
        .passwords
        .hash_unless_tried(&passwords.new, Turn::SignedIn(permit.workspace()), author.intent)
        .await?;
    let (mut change, permit) = app.store.begin(permit, author).await?;
    change.choose_password(permit.id(), &hash).await?;
    change.end_sessions(&[permit.id()], keep).await?;
    let revoked = if passwords.revoke_tokens { change.delete_tokens_of(permit.id()).await? } else { 0 };
    let act = Act::done("profile:update", "user", permit.thing().id, record.name);
    let after = serde_json::json!({ "password": "changed", "tokens_revoked": revoked });
    change.record(act.with(serde_json::json!({ "after": after })));
    Ok(change.commit().await?)
}

/// Replaces the temporary password that opened one's session by one of one's own, and ends one's other sessions. It takes
/// no permission, and the present password is not asked for again: it opened the session, which is good for this alone.
pub async fn replace_temporary_password(app: &App, who: &Identity, author: &Author, new: &str) -> Answer<()> {
    let record = app.store.own_record(&who.actor).await?;
    check::password("new", new, &[&record.name, &record.email, &who.workspace.name])?;
    let account = app.store.credentials(who.workspace.id, &record.email).await?;
    let present = account.and_then(|account| account.password_hash);
    let turn = Turn::SignedIn(who.workspace.id);
    if app.passwords.check(new, present.as_deref(), turn).await? {
        return Err(Refusal::invalid("new", "{field} must be another than the temporary one."));
    }
    let hash = app.passwords.hash(new, turn).await?;
    let keep = match who.via {
        Via::Session(session) => Some(session),
        Via::Token(_) => None,
    };
    let mut change = own_secret::begin_replacing(app, who, author).await?;
    change.choose_password(who.actor.id(), &hash).await?;
    change.end_sessions(&[who.actor.id()], keep).await?;
    let act = Act::done("profile:update", "user", record.id, record.name);
    change.record(act.with(serde_json::json!({ "after": { "password": "chosen" } })));
    Ok(change.commit().await?)
}

/// One's own sessions, the latest used first.
pub async fn sessions(app: &App, actor: &Actor) -> Answer<List<SessionView>> {
    let rows = app.store.sessions_of(actor.snapshot().model().workspace, actor.id()).await?;
    Ok(List::whole(rows.into_iter().map(SessionView::from).collect()))
}

/// Ends every session of one's own but the one to keep, and with `tokens` one's API tokens; how many sessions ended.
pub async fn end_other_sessions(
    app: &App,
    actor: &Actor,
    author: &Author,
    keep: Option<Id>,
    tokens: bool,
) -> Answer<u64> {
    let workspace = actor.snapshot().model().workspace;
    Ok(app.store.end_other_sessions(workspace, author, actor.id(), keep, tokens).await?)
}

/// One's own devices, the latest used first.
pub async fn devices(app: &App, actor: &Actor, caller: &Caller) -> Answer<List<DeviceView>> {
    let rows = app.store.devices_of(actor.snapshot().model().workspace, actor.id()).await?;
    let this = caller.device_hash();
    let view = |row: DeviceRow| DeviceView {
        id: id(row.id).0,
        is_this: Some(&row.device_hash) == this.as_ref(),
        agent: row.agent,
        last_seen_at: Moment(row.last_seen_at),
    };
    Ok(List::whole(rows.into_iter().map(view).collect()))
}

/// Forgets one of one's own devices: from now on it is a stranger's. Its sessions go on.
pub async fn forget_device(app: &App, actor: &Actor, author: &Author, device: u32) -> Answer<()> {
    let workspace = actor.snapshot().model().workspace;
    Ok(app.store.forget_device(workspace, author, actor.id(), Id(device)).await?)
}

/// Ends one of one's own sessions.
pub async fn end_session(app: &App, actor: &Actor, author: &Author, session: u32) -> Answer<()> {
    let workspace = actor.snapshot().model().workspace;
    let ended = app.store.end_session(workspace, author, actor.id(), Id(session)).await?;
    if ended { Ok(()) } else { Err(Refusal::new(Code::NotFound)) }
}
