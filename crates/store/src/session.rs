//! Sessions: made at sign-in, kept as hashes, ended by hand, ban, reset or time.

use access::model::Standing;
use access::{Id, Micros};

use crate::audit::Act;
use crate::change::{Author, Change};
use crate::db::{q, row};
use crate::identity::{Identity, Via};
use crate::{Result, Store, StoreError};

/// A session as its owner sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SessionRow {
    /// Its id in the workspace.
    pub id: i64,
    /// The browser or client, as it named itself.
    pub agent: String,
    /// When it began.
    pub created_at: Micros,
    /// When it was last used, to the minute.
    pub last_seen_at: Micros,
    /// When it ends by itself.
    pub expires_at: Micros,
    /// Whether a PIN opened it, and no password.
    pub by_pin: bool,
}

/// A session that begins.
#[derive(Debug, Clone, Copy)]
pub struct NewSession<'a> {
    /// What its secret is kept as.
    pub token_hash: &'a str,
    /// What the secret of the device is kept as, where it is to be known again.
    pub device_hash: Option<&'a str>,
    /// The browser or client, as it named itself.
    pub agent: &'a str,
    /// When it ends by itself.
    pub expires_at: Micros,
    /// Whether a PIN opens it, and no password.
    pub by_pin: bool,
}

/// What sign-in needs to know of an account.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Credentials {
    /// The user.
    pub id: i64,
    /// What people call them.
    pub name: String,
    /// Where their account stands.
    #[sqlx(try_from = "String")]
    pub standing: Standing,
    /// The password's hash in PHC form; none until one is set.
    pub password_hash: Option<String>,
}

impl Store {
    /// The account with that email address, for sign-in alone.
    pub async fn credentials(&self, workspace: i64, email: &str) -> Result<Option<Credentials>> {
        let query = q(
            "SELECT id, name, standing, password_hash FROM users WHERE deleted_at IS NULL AND workspace_id = ",
        );
        Ok(self.db.one(query.v(workspace).s(" AND email = ").v(email)).await?)
    }

    /// Begins a session for a user who has shown who they are. The only write that no permit opens: it is how
    /// one comes to have permits at all.
    pub async fn start_session(
        &self,
        workspace: i64,
        user: Id,
        name: &str,
        new: &NewSession<'_>,
    ) -> Result<Id> {
        let NewSession { token_hash, device_hash, agent, expires_at, by_pin } = *new;
        let author = Author::new(Some(user), name, "sign-in");
        let mut change = self.open_change(workspace, &author).await?;
        // Nor is a session counted: what others sign in is nobody's business.
        change.is_noted_only();
        let now = change.now();
        let session = change.new_opaque_id("SELECT id FROM sessions WHERE workspace_id = ").await?;
        change
            .tx
            .exec(
                q("INSERT INTO sessions (workspace_id, id, user_id, token_hash, agent, created_at, last_seen_at, \
                   expires_at, password_until) VALUES ")
                .list(row![workspace, session, user, token_hash, agent, now, now, expires_at, by_pin.then_some(0)]),
            )
            .await?;
        if let Some(device) = device_hash {
            change.remember_device(user, device, agent).await?;
        }
        // Whoever shows more than the PIN opens it again, where wrong ones had closed it.
        let seen = q(if by_pin { "UPDATE users SET" } else { "UPDATE users SET pin_misses = 0," });
        let seen = seen.s(" last_seen_at = ").v(now).s(" WHERE workspace_id = ").v(workspace);
        change.tx.exec(seen.s(" AND id = ").v(user)).await?;
        change.record(Act::done("session:create", "user", i64::from(user.0), name));
        change.commit().await?;
        Ok(session)
    }

    /// Ends a session of one's own; whether there was one. Needs no permit: whoever holds the secret may give it up.
    pub async fn end_session(&self, workspace: i64, author: &Author, user: Id, session: Id) -> Result<bool> {
        let mut change = self.open_change(workspace, author).await?;
        let query = q("DELETE FROM sessions WHERE workspace_id = ").v(workspace).s(" AND id = ").v(session);
        if change.tx.exec(query.s(" AND user_id = ").v(user)).await? == 0 {
            return Ok(false);
        }
        change.is_noted_only();
        change.record(Act::done("session:delete", "user", i64::from(user.0), author.name.clone()));
        change.commit().await?;
        Ok(true)
    }

    /// Ends every session of one's own but one, and perhaps revokes one's API tokens; how many sessions ended. Needs no
    /// permit, as for one of them.
    pub async fn end_other_sessions(
        &self,
        workspace: i64,
        author: &Author,
        user: Id,
        keep: Option<Id>,
        tokens: bool,
    ) -> Result<u64> {
        let mut change = self.open_change(workspace, author).await?;
        let ended = change.end_sessions(user, keep).await?;
        change.is_noted_only();
        let revoked = if tokens { change.delete_tokens_of(user).await? } else { 0 };
        let act = Act::done("session:delete", "user", i64::from(user.0), author.name.clone());
        change.record(act.with(serde_json::json!({ "ended": ended, "tokens_revoked": revoked })));
        change.commit().await?;
        Ok(ended)
    }

    /// Notes that the password was shown in a session that a PIN opened: it counts until a moment. Needs no permit: it
    /// gives nothing that signing in with the password would not.
    pub async fn lift_session(
        &self,
        workspace: i64,
        author: &Author,
        session: Id,
        until: Micros,
    ) -> Result<()> {
        let mut change = self.open_change(workspace, author).await?;
        let update =
            q("UPDATE sessions SET password_until = ").v(until).s(" WHERE workspace_id = ").v(workspace);
        let update = update.s(" AND password_until IS NOT NULL AND id = ").v(session);
        if change.tx.exec(update).await? == 0 {
            return Ok(());
        }
        let user = author.id.map_or(0, |user| i64::from(user.0));
        change.record(Act::done("session:lift", "user", user, author.name.clone()));
        change.commit().await
    }

    /// Ends a session's looking at the workspace as another user; written down once, however many ask for it. Needs no
    /// permit: it gives nothing.
    pub async fn end_viewing(&self, who: &Identity, as_user: Id, detail: serde_json::Value) -> Result<()> {
        let Via::Session(session) = who.via else { return Ok(()) };
        let model = who.actor.snapshot().model();
        let mut change = self.open_change(model.workspace, &who.author()).await?;
        let query = q("UPDATE sessions SET viewing_as = NULL WHERE workspace_id = ").v(model.workspace);
        let query = query.s(" AND id = ").v(session).s(" AND viewing_as = ").v(as_user);
        if change.tx.exec(query).await? == 0 {
            return Ok(());
        }
        change.is_noted_only();
        let act = Act::done("view_as:end", "user", i64::from(as_user.0), model.label(as_user));
        change.record(act.with(detail));
        change.commit().await
    }

    /// A user's own sessions, the latest used first.
    pub async fn sessions_of(&self, workspace: i64, user: Id) -> Result<Vec<SessionRow>> {
        let query = q(
            "SELECT id, agent, created_at, last_seen_at, expires_at, password_until IS NOT NULL AS by_pin \
               FROM sessions WHERE expires_at > ",
        );
        let query = query.v(self.now()).s(" AND workspace_id = ").v(workspace).s(" AND user_id = ").v(user);
        Ok(self.db.all(query.s(" ORDER BY last_seen_at DESC, id DESC LIMIT 100")).await?)
    }
}

impl Change<'_> {
    /// Lets a session look at the workspace as another user would.
    pub async fn start_viewing(&mut self, session: Id, as_user: Id) -> Result<()> {
        let query = q("UPDATE sessions SET viewing_as = ").v(as_user);
        let query = query.s(" WHERE workspace_id = ").v(self.workspace()).s(" AND id = ").v(session);
        if self.tx.exec(query).await? == 0 { Err(StoreError::Missing) } else { Ok(()) }
    }

    /// Ends every session of a user, but perhaps the one that asks; how many ended.
    pub async fn end_sessions(&mut self, user: Id, except: Option<Id>) -> Result<u64> {
        let query =
            q("DELETE FROM sessions WHERE workspace_id = ").v(self.workspace()).s(" AND user_id = ").v(user);
        Ok(self.tx.exec(query.some(except, |q, id| q.s(" AND id <> ").v(id))).await?)
    }

    /// Ends everything that somebody who had the user's password may have set up: sessions, known devices, API tokens.
    pub async fn shut_out(&mut self, user: Id) -> Result<()> {
        self.end_sessions(user, None).await?;
        self.forget_devices(user).await?;
        self.delete_tokens_of(user).await?;
        Ok(())
    }

    /// Sets a user's password, as a hash in PHC form. Links that would set another one are no longer good.
    pub async fn set_password(&mut self, user: Id, hash: &str) -> Result<()> {
        self.drop_links(user, None).await?;
        let query =
            q("UPDATE users SET password_hash = ").v(hash).s(" WHERE workspace_id = ").v(self.workspace());
        self.tx.exec(query.s(" AND id = ").v(user)).await?;
        self.touches(user);
        Ok(())
    }
}
