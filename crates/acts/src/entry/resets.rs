//! Forgotten passwords: a link by mail, good for an hour and once, sets another one.

use std::sync::Arc;

use access::model::Standing;
use access::{Id, Micros, Permit, can};
use store::change::audit::Act;
use store::change::mail::MailLink;
use store::change::secrets::Secret;
use store::change::workspaces::WorkspaceRow;
use store::entry::guesses::Limit;
use store::entry::links::Purpose;
use store::{Author, Change};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::entry::guesses::{self, By, Caller};
use crate::entry::links::{self, Redeemed};
use crate::entry::sign_in;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::secrets::{new_token, token_hash};
use crate::kernel::{check, mail};
use crate::{Answer, App};

/// A link that sets another password is good for so long.
pub const LASTS: Micros = 3_600 * 1_000_000;

/// So many mails somebody can be sent by asking. Asking from where they have signed in before is counted by itself, so
/// that strangers who ask keep nobody from it.
const MAILS: Limit = Limit::of_day(3, 10);

/// For so long a link is young: whoever asks again is not sent another one, which would make it no longer good.
const YOUNG: Micros = 900 * 1_000_000;

/// So many people who ask are looked after at once.
const AT_ONCE: usize = 100;

/// Places for people who ask.
#[derive(Clone)]
pub struct Places(Arc<Semaphore>);

impl Default for Places {
    fn default() -> Places {
        Places(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// A place to be looked after in, until it is dropped.
pub struct Place {
    _one: OwnedSemaphorePermit,
}

/// Counts that a client asks, whoever for; refused where it asked too often today, or where too many ask at once.
pub async fn admit(app: &App, workspace: &WorkspaceRow, caller: &Caller) -> Answer<Place> {
    guesses::take(app, workspace.id, By::Asks(&caller.address), &caller.address).await?;
    let place = app.forgotten.0.clone().try_acquire_owned();
    place.map(|one| Place { _one: one }).map_err(|_| Refusal::new(Code::Busy))
}

/// Writes a mail with a link to whoever has that email address and can sign in; nothing where nobody has, where they
/// have a young one, where somebody else just changed the address, or where it was asked for too often. Whoever asks is told the same in any case, and nothing of
/// this: it is done after the answer.
pub async fn ask(
    app: &App,
    workspace: &WorkspaceRow,
    email: &str,
    caller: &Caller,
    _place: Place,
) -> Answer<()> {
    let Ok(email) = check::email(email) else { return Ok(()) };
    let account = app.store.credentials(workspace.id, &email).await?;
    let Some(account) = account.filter(|account| account.standing == Standing::Active) else { return Ok(()) };
    let user = crate::id(account.id);
    let from = if sign_in::knows(app, workspace.id, caller, user).await? { "known " } else { "" };
    let target = token_hash(&format!("{from}reset {} {email}", workspace.id));
    if app.store.take_guess(&target, MAILS).await?.is_err() {
        return Ok(());
    }
    let author = Author::new(None, "nobody", "sign-in");
    let mut change = app.store.begin_asked_reset(workspace.id, &author).await?;
    if change.link_of(user, Purpose::Reset).await?.is_some_and(|link| link.created_at + YOUNG > change.now())
    {
        drop(change);
        return Ok(app.store.return_guess(&target).await?);
    }
    let act = Act::done("password_reset:ask", "user", account.id, account.name);
    if change.address_in_doubt(user).await? {
        let reason = "the email address was changed less than a day ago, or by somebody who may do less";
        change.record(act.with(serde_json::json!({ "sent": false, "reason": reason })));
        return Ok(change.commit().await?);
    }
    make(&mut change, user, true).await?;
    change.is_noted_only();
    change.record(act);
    Ok(change.commit().await?)
}

/// Makes a link for a user, for whoever runs the machine: the way back in for an Owner who is locked out. The link's
/// path is below the workspace's address.
pub async fn make_for(app: &App, workspace: &WorkspaceRow, email: &str) -> Answer<String> {
    let email = check::email(email)?;
    let account = app.store.credentials(workspace.id, &email).await?;
    let account = account.filter(|account| account.standing != Standing::Banned).ok_or_else(|| {
        Refusal::invalid("email", "{field} is of nobody who could sign in to this workspace.")
    })?;
    let thing = access::Thing::WORKSPACE;
    let permit = Permit::<can::UserResetCredentials>::operator(workspace.id, thing);
    let (mut change, _) = app.store.begin(&permit, &Author::operator()).await?;
    let path = make(&mut change, crate::id(account.id), false).await?;
    change.known_to_its_maker(crate::id(account.id), Secret::Reset).await?;
    let detail = serde_json::json!({ "before": {}, "after": { "link": "made" } });
    change.record(Act::done("user:reset_credentials", "user", account.id, account.name).with(detail));
    change.commit().await?;
    Ok(path)
}

async fn make(change: &mut Change<'_>, user: Id, by_mail: bool) -> Answer<String> {
    let secret = new_token("rfr");
    let expires_at = change.now() + LASTS;
    let link = change.add_link(user, Purpose::Reset, &token_hash(&secret), expires_at).await?;
    let path = format!("/reset/{secret}");
    if by_mail {
        let link = MailLink { id: link, expires_at, path: &path };
        mail::post_link(change, user, mail::Kind::PasswordReset, |mail| mail, link).await?;
    }
    Ok(path)
}

/// Sets the password that somebody chose with a link. Every session ends, every API token is revoked and the PIN is
/// gone, as with a reset by an administrator; signing in is the next step.
pub async fn accept(
    app: &App,
    workspace: &WorkspaceRow,
    secret: &str,
    password: &str,
    caller: &Caller,
) -> Answer<()> {
    let Redeemed { mut change, user, name, email, .. } =
        links::redeem(app, workspace, Purpose::Reset, secret, password, caller).await?;
    change.shut_out(user).await?;
    change.set_pin(user, None).await?;
    change.forget_guesses(&By::Password(&email).target(workspace.id)).await?;
    let detail = serde_json::json!({ "before": {}, "after": { "password": "changed" } });
    change.record(Act::done("password_reset:use", "user", i64::from(user.0), name).with(detail));
    Ok(change.commit().await?)
}
