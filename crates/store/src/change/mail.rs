//! Mail to people: written with the change that they are told of, sent later by whichever node claims it first.

use access::model::Standing;
use access::{Id, Micros, Noun, Visible, can};

use crate::change::Change;
use crate::kit::db::{Q, q, row};
use crate::kit::page::{Page, Slice};
use crate::{Result, Store, StoreError};

/// A mail to a user.
#[derive(Debug, Clone)]
pub struct NewMail<'a> {
    /// Whom it is for.
    pub user: Id,
    /// What it is about: a word of the table of kinds.
    pub kind: &'a str,
    /// The email address that it goes to.
    pub recipient: &'a str,
    /// One line.
    pub subject: &'a str,
    /// Plain text; what stands in it for the server's own address and for the path of the link is the caller's.
    pub body: &'a str,
    /// The link in it.
    pub link: Option<MailLink<'a>>,
}

/// The link in a mail.
#[derive(Debug, Clone, Copy)]
pub struct MailLink<'a> {
    /// Its id in the workspace.
    pub id: Id,
    /// When it stops being good.
    pub expires_at: Micros,
    /// Its path below the workspace's address, with the secret: kept sealed.
    pub path: &'a str,
}

/// A mail as it is kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MailRow {
    /// Its workspace.
    pub workspace_id: i64,
    /// Its id in the workspace.
    pub id: i64,
    /// Whom it is for.
    pub user_id: i64,
    /// What it is about.
    pub kind: String,
    /// The email address that it goes to.
    pub recipient: String,
    /// One line.
    pub subject: String,
    /// Plain text; empty once it was sent or its link is no longer good.
    pub body: String,
    /// The path of the link in it, sealed; empty where there is none, or where the body is. See [`Store::mail_path`].
    pub sealed: String,
    /// When it was written.
    pub created_at: Micros,
    /// When a mail server took it.
    pub sent_at: Option<Micros>,
    /// How often it was tried to send it.
    pub tries: i64,
    /// When to try next; none where it was sent, given up or is no longer needed.
    pub next_try_at: Option<Micros>,
    /// Why the last try failed; empty where none did.
    pub failure: String,
    /// When the link in it stops being good.
    pub expires_at: Option<Micros>,
}

const COLUMNS: &str = "SELECT workspace_id, id, user_id, kind, recipient, subject, body, sealed, created_at, sent_at, \
                       tries, next_try_at, failure, expires_at";

/// Whoever claims a mail has this long to send it before it is anybody's again.
const CLAIM: Micros = 600_000_000;

/// So many due mails are looked at in one go.
const BATCH: i64 = 50;

/// Mails are forgotten after this long.
const KEPT: Micros = 90 * 86_400_000_000;

/// A user as mail reaches them.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Addressee {
    /// Where mail goes.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// Where their account stands.
    #[sqlx(try_from = "String")]
    pub standing: Standing,
    /// The code of their language, else of the workspace's.
    pub language: String,
    /// What people call the workspace.
    pub workspace: String,
    /// The workspace's name in addresses.
    pub slug: String,
}

/// The row of a mail, as long as the claim on it is the last one.
fn claimed(mail: &MailRow) -> Q {
    let row = q(" WHERE workspace_id = ").v(mail.workspace_id).s(" AND id = ").v(mail.id);
    row.s(" AND sent_at IS NULL AND tries = ").v(mail.tries)
}

/// What a sealed path is bound to.
fn place(workspace: i64, mail: i64) -> String {
    format!("mail {workspace} {mail}")
}

impl Store {
    /// Mails to people whom the asker may invite, the newest first.
    pub async fn mails(&self, visible: &Visible<can::UserInvite>, slice: Slice) -> Result<Page<MailRow>> {
        let ids = crate::kit::scope::narrowed(visible, Noun::User);
        let matching = |select: &'static str| {
            q(select)
                .s(" FROM mails WHERE workspace_id = ")
                .v(visible.workspace())
                .some(ids.clone(), |q, ids| q.s(" AND user_id IN ").list(ids))
        };
        let rows =
            matching(COLUMNS).s(" ORDER BY id DESC LIMIT ").v(slice.limit).s(" OFFSET ").v(slice.offset);
        let total: Option<(i64,)> = self.db.one(matching("SELECT count(*)")).await?;
        Ok(Page { rows: self.db.all(rows).await?, total: total.map_or(0, |t| t.0) })
    }

    /// Whom a mail is for, for the lookup before the decision; nothing else of it.
    pub async fn mail_user(&self, workspace: i64, id: Id) -> Result<Option<Id>> {
        let query = q("SELECT user_id FROM mails WHERE workspace_id = ").v(workspace).s(" AND id = ").v(id);
        let user: Option<(i64,)> = self.db.one(query).await?;
        Ok(user.map(|(user,)| crate::kit::load::id(user)))
    }

    /// The path of the link in a mail; none where it was sealed with another server's key, or altered.
    pub fn mail_path(&self, mail: &MailRow) -> Option<String> {
        self.seal.open(&place(mail.workspace_id, mail.id), &mail.sealed)
    }

    /// The workspaces that have mails due, the demo's left out, for whoever runs the machine.
    pub async fn workspaces_with_mail(&self) -> Result<Vec<i64>> {
        let due = q("SELECT DISTINCT workspace_id FROM mails WHERE sent_at IS NULL AND next_try_at <= ");
        let due = due.v(self.now()).s(" AND workspace_id NOT IN (SELECT id FROM workspaces WHERE is_demo)");
        let rows: Vec<(i64,)> = self.db.all(due.s(" ORDER BY workspace_id")).await?;
        Ok(rows.into_iter().map(|(workspace,)| workspace).collect())
    }

    /// Claims a mail of a workspace that is due: nobody else gets it until it is marked, or for ten minutes where the one
    /// who claimed it dies.
    pub async fn claim_mail(&self, workspace: i64) -> Result<Option<MailRow>> {
        let now = self.now();
        let due = q("SELECT id FROM mails WHERE sent_at IS NULL AND next_try_at <= ").v(now);
        let due = due.s(" AND workspace_id = ").v(workspace);
        for (id,) in self.db.all::<(i64,)>(due.s(" ORDER BY next_try_at, id LIMIT ").v(BATCH)).await? {
            // One statement decides who has it: the next one finds `next_try_at` in the future.
            let claim = q("UPDATE mails SET tries = tries + 1, next_try_at = ").v(now + CLAIM);
            let claim = claim.s(" WHERE workspace_id = ").v(workspace).s(" AND id = ").v(id);
            let claim = claim.s(" AND sent_at IS NULL AND next_try_at <= ").v(now);
            let claim = claim.s(" AND (expires_at IS NULL OR expires_at > ").v(now).s(")");
            if self.db.exec(claim).await? == 1 {
                let mail = q(COLUMNS).s(" FROM mails WHERE workspace_id = ").v(workspace);
                return Ok(self.db.one(mail.s(" AND id = ").v(id)).await?);
            }
        }
        Ok(None)
    }

    /// Notes that a mail server took a mail, and wipes its text: a secret is kept nowhere but with its reader.
    pub async fn mail_sent(&self, mail: &MailRow) -> Result<()> {
        let update =
            q("UPDATE mails SET body = '', sealed = '', failure = '', next_try_at = NULL, sent_at = ")
                .v(self.now());
        self.db.exec(update.append(claimed(mail))).await?;
        Ok(())
    }

    /// Notes why a mail could not be sent, and when to try again; none to give up.
    pub async fn mail_failed(&self, mail: &MailRow, why: &str, next_try_at: Option<Micros>) -> Result<()> {
        let update = q("UPDATE mails SET failure = ").v(why).s(", next_try_at = ").v(next_try_at);
        // A mail whose link was withdrawn since is not tried again.
        self.db.exec(update.append(claimed(mail)).s(" AND next_try_at IS NOT NULL")).await?;
        Ok(())
    }

    /// Wipes mails whose link is no longer good, and forgets old ones.
    pub async fn tidy_mails(&self) -> Result<()> {
        let now = self.now();
        let wipe = q("UPDATE mails SET body = '', sealed = '', next_try_at = NULL \
                      WHERE body <> '' AND expires_at <= ");
        self.db.exec(wipe.v(now)).await?;
        self.db.exec(q("DELETE FROM links WHERE expires_at <= ").v(now)).await?;
        self.db.exec(q("DELETE FROM mails WHERE created_at <= ").v(now - KEPT)).await?;
        Ok(())
    }
}

impl Change<'_> {
    /// Writes a mail, to be sent once the change is committed.
    pub async fn add_mail(&mut self, mail: &NewMail<'_>) -> Result<Id> {
        let id = self.new_id();
        let place = place(self.workspace(), i64::from(id.0));
        let seal = |link: MailLink<'_>| self.store().seal.seal(&place, link.path).ok_or(StoreError::Unsealed);
        let sealed = mail.link.map(seal).transpose()?.unwrap_or_default();
        let insert = q(
            "INSERT INTO mails (workspace_id, id, user_id, kind, recipient, subject, body, sealed, created_at, \
                        next_try_at, link_id, expires_at) VALUES ",
        );
        let insert = insert.list(row![
            self.workspace(),
            id,
            mail.user,
            mail.kind,
            mail.recipient,
            mail.subject,
            mail.body,
            sealed,
            self.now(),
            self.now(),
            mail.link.map(|link| link.id),
            mail.link.map(|link| link.expires_at)
        ]);
        self.tx.exec(insert).await?;
        Ok(id)
    }

    /// How mail reaches a user.
    pub async fn addressee(&mut self, user: Id) -> Result<Addressee> {
        let query = q("SELECT u.email, u.name, u.standing, \
                       CASE WHEN u.language = '' THEN w.language ELSE u.language END AS language, \
                       w.name AS workspace, w.slug FROM users u JOIN workspaces w ON w.id = u.workspace_id \
                       WHERE u.deleted_at IS NULL AND u.workspace_id = ");
        self.tx.one(query.v(self.workspace()).s(" AND u.id = ").v(user)).await?.ok_or(StoreError::Missing)
    }

    /// A mail, as this change sees it.
    pub async fn mail(&mut self, id: Id) -> Result<MailRow> {
        let query = q(COLUMNS).s(" FROM mails WHERE workspace_id = ").v(self.workspace());
        self.tx.one(query.s(" AND id = ").v(id)).await?.ok_or(StoreError::Missing)
    }

    /// Has a mail that was given up or waits tried again at once.
    pub async fn retry_mail(&mut self, id: Id) -> Result<()> {
        let update = q("UPDATE mails SET tries = 0, next_try_at = ").v(self.now());
        let update =
            update.s(" WHERE sent_at IS NULL AND body <> '' AND workspace_id = ").v(self.workspace());
        if self.tx.exec(update.s(" AND id = ").v(id)).await? == 0 { Err(StoreError::Missing) } else { Ok(()) }
    }
}
