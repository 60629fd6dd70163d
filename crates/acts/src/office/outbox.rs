//! The outbox: mails that were written, sent or not, with their text for whoever could have made the link in it.

use access::{Actor, Id, Noun, Permission, Permit, Visible, authority, can};
use schemars::JsonSchema;
use serde::Serialize;
use store::change::audit::Act;
use store::change::mail::MailRow;
use store::{Author, Slice};

use crate::kernel::mail::{self, Kind};
use crate::kernel::refusal::{Code, Refusal};
use crate::{Answer, App, List, Moment, Ref, id};

/// How this server stands to mail.
#[derive(Debug, Clone, Copy)]
pub struct Post<'a> {
    /// Whether mails are sent; else they are kept for people to pass on.
    pub sends: bool,
    /// The server's own address as the reader of the outbox came to it, for the links that are shown.
    pub address: &'a str,
}

/// A mail, as whoever may invite its reader sees it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MailView {
    /// Its id.
    pub id: u32,
    /// Whom it is for.
    pub to: Ref,
    /// The email address that it goes to.
    pub recipient: String,
    /// What it is about: `invitation`, `password_reset`, `request_made`, `request_decided`, `review_started`, `pin_closed`,
    /// `own_secret` (a link in place of a secret that others knew), `secret_taken`, `pin_withdrawn`, `secret_withdrawn`, `address_changed`.
    pub kind: String,
    /// One line; empty where it names somebody or something else, which is for the mail's reader alone.
    pub subject: String,
    /// Its text, for whoever could have made the link in it, until it is sent or the link is no longer good.
    pub body: Option<String>,
    /// `sent`, `waiting`, `kept` (no mail server is set up, or it is a demo's), `failed`, `foreign` (another server made
    /// it, with another key) or `dropped` (its link is no longer good).
    pub state: &'static str,
    /// What the mail server said to the last try; empty where there was none that failed.
    pub failure: String,
    /// When it was written.
    pub created_at: Moment,
    /// When a mail server took it.
    pub sent_at: Option<Moment>,
    /// When it is tried again.
    pub next_try_at: Option<Moment>,
}

/// The permission by which somebody could make the link of such a mail; none where nobody else may read it.
const fn makes(kind: Kind) -> Option<Permission> {
    match kind {
        Kind::Invitation => Some(Permission::UserInvite),
        Kind::PasswordReset | Kind::OwnSecret => Some(Permission::UserResetCredentials),
        _ => None,
    }
}

/// Whether the subject of such a mail names others than its reader.
const fn names_others(kind: Kind) -> bool {
    matches!(kind, Kind::RequestMade | Kind::ReviewStarted | Kind::SecretWithdrawn)
}

/// Whether somebody may read a mail's text: they could make such a link for that user themselves, since they hold the
/// permission over them and may change them at all (never the Owner, and nobody who may do more). A link for oneself is
/// for nobody's outbox, and whoever looks as somebody else is two people: for them no text is shown at all.
fn may_read(actor: &Actor, row: &MailRow) -> bool {
    let (user, snapshot) = (id(row.user_id), actor.snapshot());
    let permission = Kind::of(&row.kind).and_then(makes);
    let holds = permission.is_some_and(|permission| actor.may_to(permission, Noun::User, user));
    holds
        && user != actor.id()
        && actor.viewer().is_none()
        && authority::may_know_secret(actor, snapshot, user).is_ok()
}

fn state(row: &MailRow, now: i64, sends: bool) -> &'static str {
    let over = row.expires_at.is_some_and(|at| at <= now) || row.body.is_empty();
    match (row.sent_at, row.next_try_at) {
        (Some(_), _) => "sent",
        _ if over => "dropped",
        (None, None) => "failed",
        (None, Some(_)) if sends => "waiting",
        (None, Some(_)) => "kept",
    }
}

fn view(app: &App, actor: &Actor, row: MailRow, post: Post<'_>) -> MailView {
    let state = state(&row, app.store.now(), post.sends);
    let open = matches!(state, "waiting" | "kept" | "failed");
    let text = if open { mail::text(&app.store, &row, post.address) } else { None };
    let state = if open && text.is_none() { "foreign" } else { state };
    let body = text.filter(|_| may_read(actor, &row));
    MailView {
        id: id(row.id).0,
        to: Ref::to(actor.snapshot().model(), id(row.user_id)),
        recipient: row.recipient,
        subject: if Kind::of(&row.kind).is_none_or(names_others) { String::new() } else { row.subject },
        kind: row.kind,
        body,
        state,
        failure: row.failure,
        created_at: Moment(row.created_at),
        sent_at: row.sent_at.map(Moment),
        next_try_at: row.next_try_at.filter(|_| state == "waiting").map(Moment),
    }
}

/// The mails to people whom the asker may invite, the newest first. Whoever is shown a link knows it from then on.
pub async fn list(
    app: &App,
    visible: &Visible<can::UserInvite>,
    author: &Author,
    slice: Slice,
    post: Post<'_>,
) -> Answer<List<MailView>> {
    let page = app.store.mails(visible, slice).await?;
    let view = |row| view(app, visible.actor(), row, post);
    let items: Vec<MailView> = page.rows.into_iter().map(view).collect();
    shown(app, visible, author, &items).await?;
    Ok(List::part(items, page.total, slice))
}

/// Writes down that the asker is about to be shown the texts of these mails, as far as they have any.
async fn shown(
    app: &App,
    visible: &Visible<can::UserInvite>,
    author: &Author,
    mails: &[MailView],
) -> Answer<()> {
    let open: Vec<Id> = mails.iter().filter(|mail| mail.body.is_some()).map(|mail| Id(mail.id)).collect();
    Ok(app.store.show_links(visible, author, &open).await?)
}

/// Has a mail tried again at once that waits or was given up.
pub async fn retry(
    app: &App,
    visible: &Visible<can::UserInvite>,
    author: &Author,
    mail: u32,
    post: Post<'_>,
) -> Answer<MailView> {
    let absent = || Refusal::new(Code::NotFound);
    let actor = visible.actor();
    let user = app.store.mail_user(visible.workspace(), Id(mail)).await?.ok_or_else(absent)?;
    let thing = actor.snapshot().thing(Noun::User, user).ok_or_else(absent)?;
    let permit: Permit<can::UserInvite> = actor.permit_on(thing).map_err(|_| absent())?;
    let (mut change, _) = app.store.begin(&permit, author).await?;
    let row = change.mail(Id(mail)).await?;
    let state = state(&row, change.now(), post.sends);
    if !matches!(state, "waiting" | "failed") {
        let message = "Only a mail that waits or could not be sent can be tried again.";
        return Err(Refusal::because(Code::Conflict, message));
    }
    change.retry_mail(Id(mail)).await?;
    let row = change.mail(Id(mail)).await?;
    let label = actor.snapshot().model().label(user).to_owned();
    let detail = serde_json::json!({ "before": {}, "after": { "mail": "tried again" } });
    change.record(Act::done("mail:retry", "user", user.0, label).with(detail));
    change.commit().await?;
    let view = view(app, actor, row, post);
    shown(app, visible, author, std::slice::from_ref(&view)).await?;
    Ok(view)
}
