//! Secrets that somebody else than their person knows: who made or saw a password, a PIN or an open link.
//!
//! A password or PIN with a row here is temporary: for [`LASTS`] a session that it opens can only replace it, and then
//! it opens none. And nobody gains anything that one of those who know the secret lacks while the secret stands: a
//! change that would do so withdraws it ([`Change::commit`]), whatever the change is.
//!
//! What was chosen with such a secret counts as its person's own: nobody was shown it. But whoever knew the secret may
//! have been the one who chose, so it stays written down who that could be, and when its person gains something that
//! one of those lacks, they choose once more, by a link that goes to them alone. Ownership passes only to somebody of
//! whom there is no such doubt.
//!
//! Another email address raises it as well: it may not be its person's. So whoever set it knows what is chosen with a link
//! that was mailed to it, and no link is mailed to it that lets somebody in as a person who may do more than they.
//!
//! Who knows the secret of somebody who makes or sees another's knows that as well: they may have been who made it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::{Actor, Id, Micros, Permit, Snapshot, Visible, authority, can};

use crate::change::audit::Act;
use crate::change::consequences::Follows;
use crate::change::secrets::{Secret, Withdrawn};
use crate::change::{Author, Change};
use crate::entry::links::Purpose;
use crate::kit::db::{q, row};
use crate::kit::load;
use crate::{Result, Store, StoreError};

/// A temporary password or PIN signs in for so long.
pub const LASTS: Micros = 7 * 86_400 * 1_000_000;

/// For so long after somebody's email address was changed, no link is mailed to the new one.
pub const SETTLES: Micros = 86_400 * 1_000_000;

/// Stands for whoever runs the machine among those who know a secret: no user has this id.
pub const OPERATOR: Id = Id(0);

/// Stands for somebody unknown, who had a user's mail before the address was changed: no user has this id.
pub const SOMEBODY: Id = Id(u32::MAX);

/// Withdraws what somebody knows who must not any more, as access becomes another one.
pub(crate) fn withdraw<'c>(change: &'c mut Change<'_>, after: &'c Arc<Snapshot>) -> Follows<'c> {
    Box::pin(change.withdraw_known_secrets(after))
}

impl From<Purpose> for Secret {
    fn from(purpose: Purpose) -> Secret {
        match purpose {
            Purpose::Invitation => Secret::Invitation,
            Purpose::Reset => Secret::Reset,
        }
    }
}

/// Whether somebody may know a secret of a user's: they lack nothing that the user holds. Whoever is gone or banned
/// lacks everything.
fn may_know(knower: Id, snapshot: &Arc<Snapshot>, user: Id) -> bool {
    if [OPERATOR, SOMEBODY].contains(&knower) {
        return true;
    }
    match Actor::user(snapshot.clone(), knower) {
        Some(knower) => authority::may_know_secret(&knower, snapshot, user).is_ok(),
        None => snapshot.latent(user).iter().next().is_none(),
    }
}

impl Store {
    /// The password or PIN of somebody's that others know too, each with when it signs nobody in any more.
    pub async fn temporary_secrets(
        &self,
        permit: &Permit<can::UserResetCredentials>,
    ) -> Result<Vec<(Secret, Micros)>> {
        let query = q("SELECT secret, min(known_at) FROM known_secrets WHERE workspace_id = ");
        let query = query.v(permit.workspace()).s(" AND user_id = ").v(permit.id()).s(" AND secret IN ");
        let query = query.list([Secret::Password, Secret::Pin].map(Secret::word));
        let rows: Vec<(String, i64)> = self.db.all(query.s(" GROUP BY secret ORDER BY secret")).await?;
        let known = |(word, at): (String, i64)| Some((Secret::of_word(&word)?, at + LASTS));
        Ok(rows.into_iter().filter_map(known).collect())
    }

    /// Writes down that the asker is shown the links in these mails, before they are. Nothing is written where that is
    /// known; `Stale` where the asker may not know one of them any more.
    pub async fn show_links(
        &self,
        visible: &Visible<can::UserInvite>,
        author: &Author,
        mails: &[Id],
    ) -> Result<()> {
        let (workspace, knower) = (visible.workspace(), visible.actor().id());
        let new = q("SELECT DISTINCT l.user_id, l.purpose FROM mails m JOIN links l ON \
                     l.workspace_id = m.workspace_id AND l.id = m.link_id WHERE m.workspace_id = ");
        let new = new.v(workspace).s(" AND m.id IN ").list(mails.iter().copied());
        let new = new
            .s(" AND NOT EXISTS (SELECT 1 FROM known_secrets k WHERE k.workspace_id = l.workspace_id AND \
                        k.user_id = l.user_id AND k.secret = l.purpose AND k.knower_id = ");
        let new: Vec<(i64, String)> = self.db.all(new.v(knower).s(")")).await?;
        if new.is_empty() {
            return Ok(());
        }
        let mut change = self.open_change(workspace, author).await?;
        for (user, purpose) in new {
            let (user, before) = (load::id(user), change.before().clone());
            let secret = Secret::of_word(&purpose).filter(|_| may_know(knower, &before, user));
            change.known_to(user, secret.ok_or(StoreError::Stale)?, knower).await?;
            let act = Act::done("mail:read", "user", i64::from(user.0), before.model().label(user));
            change.record(act.with(serde_json::json!({ "link": purpose })));
        }
        change.commit().await
    }
}

impl Change<'_> {
    /// Writes down that somebody else made or saw a secret of a user's, and with them whoever may have acted as them.
    pub async fn known_to(&mut self, user: Id, secret: Secret, knower: Id) -> Result<()> {
        let mut all = self.knowers(knower, Secret::ChosenPassword).await?;
        all.extend(self.knowers(knower, Secret::ChosenPin).await?);
        all.retain(|other| *other != user);
        all.push(knower);
        for knower in all {
            let insert =
                q("INSERT INTO known_secrets (workspace_id, user_id, secret, knower_id, known_at) VALUES ");
            let insert = insert.list(row![self.workspace(), user, secret.word(), knower, self.now()]);
            let insert = insert.s(" ON CONFLICT (workspace_id, user_id, secret, knower_id) DO NOTHING");
            self.tx.exec(insert).await?;
        }
        Ok(())
    }

    /// Writes down that a user's email address is another one by now, before it is written. Whoever had the mail of the old
    /// one may have chosen the password; whoever sets the new one may be who reads its mail, and of a user who sets their
    /// own those who may have acted as them.
    pub(crate) async fn address_is_set(&mut self, user: Id) -> Result<()> {
        let by = self.actor.as_ref().map_or(OPERATOR, Actor::id);
        let own = by == user;
        let readers = if own { self.knowers(user, Secret::ChosenPassword).await? } else { vec![by] };
        self.forget_knowers(&[user], &[Secret::Address, Secret::FirstAddress]).await?;
        for reader in readers {
            self.known_to(user, Secret::Address, reader).await?;
        }
        self.known_to(user, Secret::ChosenPassword, if own { SOMEBODY } else { by }).await
    }

    /// Writes down who typed the address that a user is added with.
    pub(crate) async fn address_is_first_set(&mut self, user: Id) -> Result<()> {
        let by = self.actor.as_ref().map_or(OPERATOR, Actor::id);
        let insert =
            q("INSERT INTO known_secrets (workspace_id, user_id, secret, knower_id, known_at) VALUES ");
        let word = Secret::FirstAddress.word();
        self.tx.exec(insert.list(row![self.workspace(), user, word, by, self.now()])).await?;
        Ok(())
    }

    /// Whether somebody set a user's email address who may do less than the user, or did so less than a day ago: it may not
    /// be the user who reads its mail.
    pub async fn address_in_doubt(&mut self, user: Id) -> Result<bool> {
        let before = self.before().clone();
        self.address_in_doubt_at(user, &before).await
    }

    async fn address_in_doubt_at(&mut self, user: Id, snapshot: &Arc<Snapshot>) -> Result<bool> {
        let query = q("SELECT email_changed_at FROM users WHERE workspace_id = ").v(self.workspace());
        let changed: Option<(Option<Micros>,)> = self.tx.one(query.s(" AND id = ").v(user)).await?;
        let fresh = changed.and_then(|(at,)| at).is_some_and(|at| at + SETTLES > self.now());
        Ok(fresh || self.is_read_by_less(user, snapshot).await?)
    }

    /// Whether somebody set a user's email address who may do less than the user: no link that was mailed to it lets
    /// anybody in as them, however long ago it was.
    pub async fn link_in_doubt(&mut self, user: Id) -> Result<bool> {
        let before = self.before().clone();
        self.is_read_by_less(user, &before).await
    }

    async fn is_read_by_less(&mut self, user: Id, snapshot: &Arc<Snapshot>) -> Result<bool> {
        let readers = self.knowers(user, Secret::Address).await?;
        Ok(!readers.iter().all(|reader| may_know(*reader, snapshot, user)))
    }

    /// The same of whoever makes this change; refused where they have only for a while what lets them.
    pub async fn known_to_its_maker(&mut self, user: Id, secret: Secret) -> Result<()> {
        let maker = self.actor.as_ref().map_or(OPERATOR, Actor::id);
        let may = |maker: &Actor| authority::may_know_secret(maker, self.before(), user);
        self.actor.as_ref().map_or(Ok(()), may).map_err(|breach| self.told(breach))?;
        self.known_to(user, secret, maker).await
    }

    /// Who else made or saw a secret of a user's.
    pub async fn knowers(&mut self, user: Id, secret: Secret) -> Result<Vec<Id>> {
        let query = q("SELECT knower_id FROM known_secrets WHERE workspace_id = ").v(self.workspace());
        let query = query.s(" AND user_id = ").v(user).s(" AND secret = ").v(secret.word());
        let rows: Vec<(i64,)> = self.tx.all(query.s(" ORDER BY knower_id")).await?;
        Ok(rows.into_iter().map(|(knower,)| load::id(knower)).collect())
    }

    /// Forgets who knew secrets of users' that are no longer good.
    pub(crate) async fn forget_knowers(&mut self, users: &[Id], secrets: &[Secret]) -> Result<()> {
        let delete = q("DELETE FROM known_secrets WHERE workspace_id = ").v(self.workspace());
        let delete = delete.s(" AND user_id IN ").list(users.iter().copied()).s(" AND secret IN ");
        self.tx.exec(delete.list(secrets.iter().map(|secret| secret.word()))).await?;
        Ok(())
    }

    /// Withdraws every secret whose person holds more, after the change, than somebody else who knows it; those
    /// concerned are told. One indexed read where nobody knows a secret of anybody's.
    async fn withdraw_known_secrets(&mut self, after: &Arc<Snapshot>) -> Result<()> {
        let mut withdrawn = vec![];
        let before = self.before().clone();
        let known = self.known_secrets().await?;
        // A company can have a chosen secret of everybody's for good, and a change concerns few; where nobody has one, nobody
        // needs to be looked for.
        let concerned = if known.keys().any(|(_, secret)| secret.is_chosen()) {
            authority::changed(before.model(), after.model())
        } else {
            BTreeSet::new()
        };
        for ((user, secret), knowers) in known {
            // What was chosen stays with what its person could do when it was, and where whoever may have chosen it gives
            // what is gained themself: they have that to give.
            let chosen = secret.is_chosen();
            let stays = chosen && !(concerned.contains(&user) && authority::has_gained(&before, after, user));
            let giver = self.actor.as_ref().map(Actor::id).filter(|_| chosen);
            if stays || knowers.iter().all(|k| giver == Some(*k) || may_know(*k, after, user)) {
                continue;
            }
            self.withdraw(user, secret).await?;
            let label = |id: &Id| after.model().label(*id).to_owned();
            let names: Vec<String> = knowers.iter().map(label).collect();
            let detail = serde_json::json!({ "secret": secret.word(), "known_to": names });
            self.record(Act::done("secret:withdraw", "user", i64::from(user.0), label(&user)).with(detail));
            let address_in_doubt = self.address_in_doubt_at(user, after).await?;
            withdrawn.push(Withdrawn { user, secret, knowers, address_in_doubt });
        }
        if withdrawn.is_empty() { Ok(()) } else { self.secrets_withdrawn(&withdrawn).await }
    }

    /// The secrets that let somebody in at present and that somebody else knows, with those who do.
    async fn known_secrets(&mut self) -> Result<BTreeMap<(Id, Secret), Vec<Id>>> {
        let query = q("SELECT user_id, secret, knower_id FROM known_secrets WHERE workspace_id = ");
        let chosen = [Secret::ChosenPassword, Secret::ChosenPin].map(Secret::word);
        let query = query.v(self.workspace()).s(" AND (secret IN ").list(chosen);
        let query = query.s(" OR known_at > ").v(self.now() - LASTS);
        let query = query.s(" AND secret IN ").list(Secret::OPEN.map(Secret::word));
        // A link that has run out lets nobody in, however late somebody saw it.
        let query = query.s(" AND (secret IN ").list([Secret::Password, Secret::Pin].map(Secret::word));
        let query = query.s(" OR EXISTS (SELECT 1 FROM links l WHERE l.workspace_id = known_secrets.workspace_id AND \
                            l.user_id = known_secrets.user_id AND l.purpose = known_secrets.secret AND l.expires_at > ");
        let query = query.v(self.now()).s(")))");
        let rows: Vec<(i64, String, i64)> = self.tx.all(query).await?;
        let mut known: BTreeMap<(Id, Secret), Vec<Id>> = BTreeMap::new();
        for (user, secret, knower) in rows {
            let Some(secret) = Secret::of_word(&secret) else { continue };
            known.entry((load::id(user), secret)).or_default().push(load::id(knower));
        }
        Ok(known)
    }

    async fn withdraw(&mut self, user: Id, secret: Secret) -> Result<()> {
        match secret {
            Secret::Password => self.take_password(user).await,
            Secret::Pin => self.set_pin(user, None).await,
            Secret::Invitation => self.drop_links(&[user], Some(Purpose::Invitation)).await,
            Secret::Reset => self.drop_links(&[user], Some(Purpose::Reset)).await,
            Secret::ChosenPassword => {
                self.take_password(user).await?;
                self.drop_links(&[user], None).await?;
                // Whoever had the password may have set the PIN.
                self.set_pin(user, None).await?;
                self.shut_out(user).await
            }
            Secret::ChosenPin => {
                self.set_pin(user, None).await?;
                self.end_sessions_by_pin(user).await
            }
            // What may be mailed to it is asked before a link is.
            Secret::Address | Secret::FirstAddress => Ok(()),
        }
    }
}
