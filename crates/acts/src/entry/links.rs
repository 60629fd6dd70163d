//! Links with a secret that set a password once: an invitation, a forgotten password. Who they are for, and what using
//! one does.

use access::Id;
use access::model::Standing;
use store::change::secrets::Secret;
use store::change::workspaces::WorkspaceRow;
use store::entry::links::Purpose;
use store::{Change, StoreError};

use crate::entry::guesses::Caller;
use crate::entry::lookups;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::secrets::{Turn, token_hash};
use crate::kernel::{check, email};
use crate::{Answer, App, id};

/// Whom a link is for, for the page that it leads to.
#[derive(Debug, Clone)]
pub struct Guest {
    /// What people call them.
    pub name: String,
    /// What they will sign in with.
    pub email: String,
}

/// Whom a link is for, if it is good. Whoever shows many that are not is told to stop.
pub async fn guest(
    app: &App,
    workspace: &WorkspaceRow,
    purpose: Purpose,
    secret: &str,
    caller: &Caller,
) -> Answer<Option<Guest>> {
    let hash = token_hash(secret);
    let link = app.store.link(workspace.id, purpose, &hash);
    let Some(link) = lookups::find(app, caller, &workspace.slug, &hash, link).await? else { return Ok(None) };
    let snapshot = app.current(workspace.id).await?;
    let user = snapshot.model().users.get(&id(link.user_id)).filter(|user| may_use(purpose, user.standing));
    Ok(user.map(|user| Guest { name: user.name.clone(), email: email::shown(&user.email).into_owned() }))
}

/// An invitation is for whoever has not come yet, and nothing lets a banned person in (CLY-07).
fn may_use(purpose: Purpose, standing: Standing) -> bool {
    match purpose {
        Purpose::Invitation => standing == Standing::Invited,
        Purpose::Reset => standing != Standing::Banned,
    }
}

/// A link that was used up: the open change, and whose password it set, as they were.
pub(crate) struct Redeemed<'a> {
    /// What else belongs to it is the caller's.
    pub change: Change<'a>,
    /// Whose it is.
    pub user: Id,
    /// What people call them.
    pub name: String,
    /// What they sign in with.
    pub email: String,
    /// Where their account stood.
    pub standing: Standing,
}

/// Uses a link up: sets the password that somebody chose with it, by which they are active.
pub(crate) async fn redeem<'a>(
    app: &'a App,
    workspace: &WorkspaceRow,
    purpose: Purpose,
    secret: &str,
    password: &str,
    caller: &Caller,
) -> Answer<Redeemed<'a>> {
    let guest = guest(app, workspace, purpose, secret, caller).await?.ok_or_else(gone)?;
    check::password("password", password, &[&guest.name, &guest.email, &workspace.name])?;
    let hash = app.passwords.hash(password, Turn::Stranger(workspace.id, &caller.address)).await?;
    let opened = app.store.begin_with_link(workspace.id, purpose, &token_hash(secret)).await;
    let (mut change, user, knowers) = opened.map_err(no_longer_good)?;
    let row = change.user(user).await.map_err(no_longer_good)?;
    if !may_use(purpose, row.standing) || change.link_in_doubt(user).await? {
        return Err(gone());
    }
    change.set_password(user, &hash).await?;
    // The password is its person's own, but whoever saw the link, or may read the mail of the address
    // that it went to, may have been the one who chose it.
    let readers = change.knowers(user, Secret::Address).await?;
    for knower in knowers.into_iter().chain(readers) {
        change.known_to(user, Secret::ChosenPassword, knower).await?;
    }
    if row.standing == Standing::Invited {
        change.activate(user).await?;
    }
    Ok(Redeemed { change, user, name: row.name, email: row.email, standing: row.standing })
}

/// What is said of a link that is unknown, used, withdrawn or out of time: always the same.
fn no_longer_good(error: StoreError) -> Refusal {
    match error {
        StoreError::Missing => gone(),
        error => error.into(),
    }
}

fn gone() -> Refusal {
    Refusal::because(Code::NotFound, "This link is no longer good.")
}
