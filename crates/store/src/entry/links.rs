//! Links with a secret that are good once: an invitation, a password reset. Only a hash of the secret is kept.

use access::{Id, Micros, Permit, can};

use crate::change::secrets::Secret;
use crate::change::{Author, Change};
use crate::kit::db::{q, row};
use crate::{Result, Store, StoreError};

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Somebody who was added sets their first password.
    Invitation,
    /// Somebody who forgot their password sets a new one.
    Reset,
}

impl Purpose {
    /// The word in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Purpose::Invitation => "invitation",
            Purpose::Reset => "reset",
        }
    }
}

/// A link that is good.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct LinkRow {
    /// Its id in the workspace.
    pub id: i64,
    /// Whom it is for.
    pub user_id: i64,
    /// When it was made.
    pub created_at: Micros,
    /// When it stops being good.
    pub expires_at: Micros,
}

const COLUMNS: &str = "SELECT id, user_id, created_at, expires_at FROM links WHERE workspace_id = ";

impl Store {
    /// The link of a secret, if it is good. Needs no proof: whoever has the secret has all that there is to have.
    pub async fn link(&self, workspace: i64, purpose: Purpose, secret_hash: &str) -> Result<Option<LinkRow>> {
        let query = q(COLUMNS).v(workspace).s(" AND purpose = ").v(purpose.word());
        let query = query.s(" AND expires_at > ").v(self.now()).s(" AND secret_hash = ").v(secret_hash);
        Ok(self.db.one(query).await?)
    }

    /// Until when the invitation of the user that the permit is for is good; none where there is none.
    pub async fn invited_until(&self, permit: &Permit<can::UserInvite>) -> Result<Option<Micros>> {
        let query = q(COLUMNS).v(permit.workspace()).s(" AND purpose = ").v(Purpose::Invitation.word());
        let query = query.s(" AND expires_at > ").v(self.now()).s(" AND user_id = ").v(permit.id());
        Ok(self.db.one::<LinkRow>(query).await?.map(|link| link.expires_at))
    }

    /// Opens a change for somebody who says that they forgot their password: nobody may do anything by it but be sent
    /// a link.
    pub async fn begin_asked_reset(&self, workspace: i64, author: &Author) -> Result<Change<'_>> {
        self.open_change(workspace, author).await
    }

    /// Opens a change with the secret of a link, which is used up by it: how somebody who cannot sign in sets their
    /// password; with whose link it is, and who else knew it. `Missing` where the link is not good, or no longer.
    pub async fn begin_with_link(
        &self,
        workspace: i64,
        purpose: Purpose,
        secret_hash: &str,
    ) -> Result<(Change<'_>, Id, Vec<Id>)> {
        let nobody = Author::new(None, "nobody", "link");
        let mut change = self.open_change(workspace, &nobody).await?;
        let query = q(COLUMNS).v(workspace).s(" AND purpose = ").v(purpose.word());
        let query = query.s(" AND expires_at > ").v(change.now()).s(" AND secret_hash = ").v(secret_hash);
        let link: LinkRow = change.tx.one(query).await?.ok_or(StoreError::Missing)?;
        let user = crate::kit::load::id(link.user_id);
        let name = change.before().model().label(user).to_owned();
        change.is_by(Author::new(Some(user), name, format!("{} link", purpose.word())));
        let knowers = change.knowers(user, purpose.into()).await?;
        change.drop_links(&[user], Some(purpose)).await?;
        Ok((change, user, knowers))
    }
}

impl Change<'_> {
    /// Makes a link of a secret for a user; those that they had for the same purpose are no longer good.
    pub async fn add_link(
        &mut self,
        user: Id,
        purpose: Purpose,
        secret_hash: &str,
        expires_at: Micros,
    ) -> Result<Id> {
        self.drop_links(&[user], Some(purpose)).await?;
        let id = self.new_id();
        let insert = q(
            "INSERT INTO links (workspace_id, id, user_id, purpose, secret_hash, created_at, expires_at) VALUES ",
        );
        let values = row![self.workspace(), id, user, purpose.word(), secret_hash, self.now(), expires_at];
        self.tx.exec(insert.list(values)).await?;
        Ok(id)
    }

    /// Makes users' links no longer good, those for one purpose or all, and wipes the mails with them.
    pub async fn drop_links(&mut self, users: &[Id], purpose: Option<Purpose>) -> Result<()> {
        let theirs = |start: &'static str, workspace: i64| {
            let query = q(start).s(" workspace_id = ").v(workspace);
            let query = query.s(" AND user_id IN ").list(users.iter().copied());
            query.some(purpose, |q, purpose| q.s(" AND purpose = ").v(purpose.word()))
        };
        let workspace = self.workspace();
        let wipe = q("UPDATE mails SET body = '', sealed = '', next_try_at = NULL WHERE workspace_id = ")
            .v(workspace);
        let wipe = wipe.s(" AND link_id IN (").append(theirs("SELECT id FROM links WHERE", workspace)).s(")");
        self.tx.exec(wipe).await?;
        self.tx.exec(theirs("DELETE FROM links WHERE", workspace)).await?;
        let secrets = match purpose {
            Some(purpose) => vec![Secret::from(purpose)],
            None => vec![Secret::Invitation, Secret::Reset],
        };
        self.forget_knowers(users, &secrets).await
    }

    /// The link that a user has for a purpose, if it is good.
    pub async fn link_of(&mut self, user: Id, purpose: Purpose) -> Result<Option<LinkRow>> {
        let query = q(COLUMNS).v(self.workspace()).s(" AND user_id = ").v(user);
        let query = query.s(" AND expires_at > ").v(self.now()).s(" AND purpose = ").v(purpose.word());
        Ok(self.tx.one(query).await?)
    }
}
