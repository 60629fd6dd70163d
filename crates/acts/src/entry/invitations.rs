//! Invitations: somebody who was added gets a link, sets their own password with it, and is in.

use access::model::Standing;
use access::{Id, Micros, Permit, Text, can, text};
use schemars::JsonSchema;
use serde::Serialize;
use store::change::audit::Act;
use store::change::mail::MailLink;
use store::change::secrets::Secret;
use store::change::workspaces::WorkspaceRow;
use store::entry::guesses::Limit;
use store::entry::links::Purpose;
use store::{Author, Change};

use crate::entry::guesses::Caller;
use crate::entry::links::{self, Redeemed};
use crate::entry::sign_in::{self, NewSession};
use crate::kernel::mail;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::secrets::{new_token, token_hash};
use crate::{Answer, App, Moment};

/// An invitation is good for so long.
pub const LASTS: Micros = 7 * 86_400 * 1_000_000;

/// So many invitations go to one email address in a day, from all workspaces of the server together.
const PER_DAY: Limit = Limit::of_day(5, 5);

/// An invitation that was just made.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Invitation {
    /// The workspace's name in addresses.
    #[serde(skip)]
    pub workspace: String,
    /// The link to pass on, answered this once where no mail server is set up; else it is in the mail alone.
    pub link: Option<String>,
    /// When it stops being good.
    pub expires_at: Moment,
}

/// Makes a link for somebody who was added and writes the mail with it; an earlier one is no longer good. Nobody has
/// seen it yet. The link's path below the workspace's address has the secret in it.
pub(crate) async fn make(change: &mut Change<'_>, user: Id, by: &str) -> Answer<Invitation> {
    let email = change.user(user).await?.email;
    take_turn(change, &email).await?;
    let secret = new_token("rfi");
    let expires_at = change.now() + LASTS;
    let link = change.add_link(user, Purpose::Invitation, &token_hash(&secret), expires_at).await?;
    let path = format!("/welcome/{secret}");
    let filled = |mail: Text| mail.with("by", mail::plain(by));
    let link = MailLink { id: link, expires_at, path: &path };
    let workspace = mail::post_link(change, user, mail::Kind::Invitation, filled, link).await?;
    Ok(Invitation { workspace, link: Some(path), expires_at: Moment(expires_at) })
}

/// The same for somebody who is answered the link where no mail is sent, and knows it by that.
pub(crate) async fn make_shown(app: &App, change: &mut Change<'_>, user: Id, by: &str) -> Answer<Invitation> {
    let made = make(change, user, by).await?;
    // A demo sends none, whatever the server does.
    if app.sends_mail && !app.store.workspace(change.workspace()).await?.is_demo {
        return Ok(Invitation { link: None, ..made });
    }
    change.known_to_its_maker(user, Secret::Invitation).await?;
    Ok(made)
}

/// Counts a mail that somebody had sent to an address of their choice: a stranger is not written to again and again,
/// whoever of whichever workspace does it.
pub(crate) async fn take_turn(change: &mut Change<'_>, email: &str) -> Answer<()> {
    let Err(block) = change.take_turn(&token_hash(&format!("invitations {email}")), PER_DAY).await? else {
        return Ok(());
    };
    let message = text!(
        "{email} was written to {most} times in 24 hours because others asked for it: try again tomorrow.",
        email,
        most = PER_DAY.per_day
    );
    let refusal = Refusal::because(Code::TooManyTries, message).at("email");
    Err(Refusal { retry_after: Some(block.wait), ..refusal })
}

/// Sends somebody who has not come yet another invitation in place of the one before.
pub async fn send_again(app: &App, permit: &Permit<can::UserInvite>, author: &Author) -> Answer<Invitation> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let name = still_invited(&mut change, permit.id()).await?;
    let made = make_shown(app, &mut change, permit.id(), &author.name).await?;
    record(&mut change, permit.id(), &name, "sent again");
    change.commit().await?;
    Ok(made)
}

/// Withdraws an invitation: its link is no longer good. The user stays invited until they are invited again, get a
/// password in another way, or are deleted.
pub async fn withdraw(app: &App, permit: &Permit<can::UserInvite>, author: &Author) -> Answer<()> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let name = still_invited(&mut change, permit.id()).await?;
    change.link_of(permit.id(), Purpose::Invitation).await?.ok_or_else(|| Refusal::new(Code::NotFound))?;
    change.drop_links(&[permit.id()], Some(Purpose::Invitation)).await?;
    record(&mut change, permit.id(), &name, "withdrawn");
    Ok(change.commit().await?)
}

fn record(change: &mut Change<'_>, user: Id, name: &str, what: &str) {
    let detail = serde_json::json!({ "before": {}, "after": { "invitation": what } });
    change.record(Act::done("user:invite", "user", user.0, name).with(detail));
    change.touches(user);
}

async fn still_invited(change: &mut Change<'_>, user: Id) -> Answer<String> {
    let row = change.user(user).await?;
    if row.standing == Standing::Invited {
        return Ok(row.name);
    }
    let message = "Only somebody who is invited and has not come yet can be invited again.";
    Err(Refusal::because(Code::Conflict, message))
}

/// Until when the invitation of somebody who has not come yet is good; none where there is none.
pub async fn open_until(app: &App, permit: &Permit<can::UserInvite>) -> Answer<Option<Moment>> {
    let until = app.store.invited_until(permit).await?;
    Ok(until.map(Moment))
}

/// Sets the password that an invited person chose, and signs them in: they are active from now on.
pub async fn accept(
    app: &App,
    workspace: &WorkspaceRow,
    secret: &str,
    password: &str,
    caller: &Caller,
) -> Answer<NewSession> {
    let Redeemed { mut change, user, name, standing, .. } =
        links::redeem(app, workspace, Purpose::Invitation, secret, password, caller).await?;
    let detail =
        serde_json::json!({ "before": { "standing": standing.word() }, "after": { "standing": "active" } });
    change.record(Act::done("invitation:accept", "user", i64::from(user.0), name.as_str()).with(detail));
    change.commit().await?;
    sign_in::begin(app, workspace.id, user, &name, caller).await
}
