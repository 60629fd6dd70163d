//! Sessions: made at sign-in, kept as hashes, ended by hand, ban, reset or time.

use access::model::Standing;
use access::{Id, Micros};

use crate::change::audit::Act;
use crate::change::secrets::Secret;
use crate::change::{Author, Change, Via};
use crate::entry::identity::Identity;
use crate::entry::known_secrets;
use crate::kit::db::{q, row};
use crate::{Result, Store, StoreError};

/// So many sessions somebody has at once.
const SESSIONS: i64 = 100;

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
    /// The secret that opened it, where others know that too.
    pub temporary: Option<Secret>,
    /// The hash that the password or PIN was checked with; none where nothing was typed.
    pub checked: Option<&'a str>,
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
    /// Since when somebody else knows the password; none where nobody does.
    pub known_at: Option<Micros>,
    /// When somebody else last changed the email address; none where nobody did, or the user did since.
    pub email_changed_at: Option<Micros>,
}

impl Credentials {
    /// When the password signs nobody in any more; none for one that only its person knows.
    pub fn temporary_until(&self) -> Option<Micros> {
        self.known_at.map(|at| at + known_secrets::LASTS)
    }
}

impl Store {
    /// The account with that email address, for sign-in alone.
    pub async fn credentials(&self, workspace: i64, email: &str) -> Result<Option<Credentials>> {
        let query = q(
            "SELECT id, name, standing, password_hash, email_changed_at, (SELECT min(k.known_at) FROM known_secrets k \
             WHERE k.workspace_id = users.workspace_id AND k.user_id = users.id AND k.secret = 'password') AS known_at \
             FROM users WHERE deleted_at IS NULL AND workspace_id = ",
        );
        Ok(self.db.one(query.v(workspace).s(" AND email = ").v(email)).await?)
    }

    /// Begins a session for a user who has shown who they are. The only write that no permit opens: it is how
    /// one comes to have permits at all. `Missing` where the secret that they showed is another by now, or they are
    /// banned: checking takes a while, and a reset in that while ends what the old one could open.
    pub async fn start_session(
        &self,
        workspace: i64,
        user: Id,
        name: &str,
        new: &NewSession<'_>,
    ) -> Result<Id> {
        let NewSession { token_hash, device_hash, agent, expires_at, by_pin, temporary, checked } = *new;
        let temporary = temporary.map_or("", Secret::word);
        let author = Author::new(Some(user), name, "sign-in");
        let mut change = self.open_change(workspace, &author).await?;
        if let Some(checked) = checked {
            change.still_signs_in(user, by_pin, checked).await?;
        }
        // Nor is a session counted: what others sign in is nobody's business.
        change.is_noted_only();
        let now = change.now();
        let session = change.new_opaque_id("SELECT id FROM sessions WHERE workspace_id = ").await?;
        change
            .tx
            .exec(
                q("INSERT INTO sessions (workspace_id, id, user_id, token_hash, agent, created_at, last_seen_at, \
                   expires_at, password_until, temporary) VALUES ")
                .list(row![
                    workspace, session, user, token_hash, agent, now, now, expires_at, by_pin.then_some(0), temporary
                ]),
            )
            .await?;
        change.end_oldest_sessions(user).await?;
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

    /// Opens a change of a session that a temporary secret opened, to replace that secret, and makes the session a full
    /// one by it. Needs no permit: nobody lacks the right to a secret of their own. `Missing` where the session is no
    /// such one, or the secret was replaced in the meantime.
    pub async fn begin_with_temporary(&self, who: &Identity, author: &Author) -> Result<Change<'_>> {
        let (Via::Session(session), Some(secret)) = (who.via, who.temporary) else {
            return Err(StoreError::Missing);
        };
        let workspace = who.workspace.id;
        let mut change = self.open_change(workspace, author).await?;
        let update = q("UPDATE sessions SET temporary = '' WHERE workspace_id = ").v(workspace);
        let update = update.s(" AND id = ").v(session).s(" AND temporary = ").v(secret.word());
        let update = update.s(" AND user_id = ").v(who.actor.id());
        let was = change.tx.exec(update).await?;
        if was == 0 || change.knowers(who.actor.id(), secret).await?.is_empty() {
            return Err(StoreError::Missing);
        }
        Ok(change)
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
        let ended = change.end_sessions(&[user], keep).await?;
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
    pub async fn end_sessions(&mut self, users: &[Id], except: Option<Id>) -> Result<u64> {
        let query = q("DELETE FROM sessions WHERE workspace_id = ").v(self.workspace());
        let query = query.s(" AND user_id IN ").list(users.iter().copied());
        Ok(self.tx.exec(query.some(except, |q, id| q.s(" AND id <> ").v(id))).await?)
    }

    /// Ends everything that somebody who had the user's password may have set up: sessions, known devices, API tokens.
    pub async fn shut_out(&mut self, user: Id) -> Result<()> {
        self.end_sessions(&[user], None).await?;
        self.forget_devices(user).await?;
        self.delete_tokens_of(user).await?;
        Ok(())
    }

    /// Whether a hash is still that of a user's password or PIN, and signs them in.
    async fn still_signs_in(&mut self, user: Id, by_pin: bool, hash: &str) -> Result<()> {
        let query = q("SELECT 1 AS one FROM users WHERE deleted_at IS NULL AND standing <> 'banned' AND ");
        let query = query.s(if by_pin { "pin_hash = " } else { "password_hash = " }).v(hash);
        let query = query.s(" AND workspace_id = ").v(self.workspace()).s(" AND id = ").v(user);
        let found: Option<(i32,)> = self.tx.one(query).await?;
        found.map(|_| ()).ok_or(StoreError::Missing)
    }

    /// Ends those sessions of a user that are more than anybody has: the ones that began first.
    async fn end_oldest_sessions(&mut self, user: Id) -> Result<()> {
        let workspace = self.workspace();
        let theirs = || q(" FROM sessions WHERE workspace_id = ").v(workspace).s(" AND user_id = ").v(user);
        let newest =
            q("SELECT id").append(theirs()).s(" ORDER BY created_at DESC, id DESC LIMIT ").v(SESSIONS);
        let delete = q("DELETE").append(theirs()).s(" AND id NOT IN (").append(newest).s(")");
        self.tx.exec(delete).await?;
        Ok(())
    }

    /// Ends the sessions of a user that a PIN opened.
    pub(crate) async fn end_sessions_by_pin(&mut self, user: Id) -> Result<()> {
        let query = q("DELETE FROM sessions WHERE workspace_id = ").v(self.workspace());
        self.tx.exec(query.s(" AND user_id = ").v(user).s(" AND password_until IS NOT NULL")).await?;
        Ok(())
    }

    /// Ends the sessions of a user that a temporary secret opened.
    pub(crate) async fn end_temporary_sessions(&mut self, user: Id, secret: Secret) -> Result<()> {
        let query = q("DELETE FROM sessions WHERE workspace_id = ").v(self.workspace());
        let query = query.s(" AND user_id = ").v(user).s(" AND temporary = ").v(secret.word());
        self.tx.exec(query).await?;
        Ok(())
    }

    /// Sets a user's password, as a hash in PHC form. Nobody else knows it, unless that is said afterwards
    /// ([`Change::known_to`]). Links that would set another one are no longer good, and sessions that the one before
    /// opened as a temporary one end.
    pub async fn set_password(&mut self, user: Id, hash: &str) -> Result<()> {
        self.drop_links(&[user], None).await?;
        self.put_password(user, Some(hash)).await
    }

    /// Sets the password that a user chose in place of their present one. Whoever knew that may be the one who chose.
    pub async fn choose_password(&mut self, user: Id, hash: &str) -> Result<()> {
        let mut others = self.knowers(user, Secret::Password).await?;
        others.extend(self.knowers(user, Secret::ChosenPassword).await?);
        self.set_password(user, hash).await?;
        for other in others {
            self.known_to(user, Secret::ChosenPassword, other).await?;
        }
        // Nor does a PIN stay that somebody else may have chosen.
        let pin = [self.knowers(user, Secret::Pin).await?, self.knowers(user, Secret::ChosenPin).await?];
        if pin.iter().any(|knowers| !knowers.is_empty()) {
            self.set_pin(user, None).await?;
        }
        Ok(())
    }

    /// Takes a user's password away.
    pub(crate) async fn take_password(&mut self, user: Id) -> Result<()> {
        self.put_password(user, None).await
    }

    async fn put_password(&mut self, user: Id, hash: Option<&str>) -> Result<()> {
        let update = q("UPDATE users SET password_hash = ").v(hash.map(str::to_owned));
        let update = update.s(" WHERE workspace_id = ").v(self.workspace()).s(" AND id = ").v(user);
        self.tx.exec(update).await?;
        self.end_temporary_sessions(user, Secret::Password).await?;
        self.forget_knowers(&[user], &[Secret::Password, Secret::ChosenPassword]).await?;
        self.touches(user);
        Ok(())
    }

    /// Whether a user has a password.
    pub async fn has_password(&mut self, user: Id) -> Result<bool> {
        let query = q("SELECT id FROM users WHERE password_hash IS NOT NULL AND workspace_id = ");
        let query = query.v(self.workspace()).s(" AND id = ").v(user);
        Ok(self.tx.one::<(i64,)>(query).await?.is_some())
    }
}
