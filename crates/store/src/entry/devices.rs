//! Browsers and phones that somebody signed in on: strangers' guesses do not lock these out.

use access::{Id, Micros};

use crate::change::audit::Act;
use crate::change::{Author, Change};
use crate::kit::db::{q, row};
use crate::{Result, Store, StoreError};

/// A device that nobody signed in on for so long is a stranger again.
const KEPT: Micros = 90 * 86_400 * 1_000_000;
/// So many devices of one user are remembered, those used last.
const MOST: i64 = 20;

/// A device as its user sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DeviceRow {
    /// Its id in the workspace.
    pub id: i64,
    /// What its secret is kept as.
    pub device_hash: String,
    /// The browser or client, as it named itself.
    pub agent: String,
    /// When somebody last signed in on it.
    pub last_seen_at: Micros,
}

impl Store {
    /// The users of a workspace who signed in on a device, for sign-in alone.
    pub async fn users_of_device(&self, workspace: i64, device_hash: &str) -> Result<Vec<i64>> {
        let query = q("SELECT user_id FROM devices WHERE device_hash = ").v(device_hash);
        let query =
            query.s(" AND workspace_id = ").v(workspace).s(" AND last_seen_at > ").v(self.now() - KEPT);
        Ok(self.db.all::<(i64,)>(query).await?.into_iter().map(|(user,)| user).collect())
    }

    /// A user's own devices, the latest used first.
    pub async fn devices_of(&self, workspace: i64, user: Id) -> Result<Vec<DeviceRow>> {
        let query = q("SELECT id, device_hash, agent, last_seen_at FROM devices WHERE workspace_id = ");
        let query = query.v(workspace).s(" AND user_id = ").v(user);
        let query = query.s(" AND last_seen_at > ").v(self.now() - KEPT);
        Ok(self.db.all(query.s(" ORDER BY last_seen_at DESC, id DESC")).await?)
    }

    /// Forgets one of one's own devices. Needs no permit: whoever is known by it may take it away.
    pub async fn forget_device(&self, workspace: i64, author: &Author, user: Id, device: Id) -> Result<()> {
        let mut change = self.open_change(workspace, author).await?;
        let delete = q("DELETE FROM devices WHERE workspace_id = ").v(workspace).s(" AND user_id = ").v(user);
        if change.tx.exec(delete.s(" AND id = ").v(device)).await? == 0 {
            return Err(StoreError::Missing);
        }
        change.is_noted_only();
        change.record(Act::done("device:delete", "user", i64::from(user.0), author.name.clone()));
        change.commit().await
    }
}

impl Change<'_> {
    /// Remembers that a user signed in on a device, and drops those that are too old or too many.
    pub(crate) async fn remember_device(&mut self, user: Id, device_hash: &str, agent: &str) -> Result<()> {
        let id = self.new_opaque_id("SELECT id FROM devices WHERE workspace_id = ").await?;
        let (workspace, now) = (self.workspace(), self.now());
        let insert =
            q("INSERT INTO devices (workspace_id, id, user_id, device_hash, agent, last_seen_at) VALUES ");
        let seen = " ON CONFLICT (workspace_id, user_id, device_hash) DO UPDATE SET agent = excluded.agent, \
                    last_seen_at = excluded.last_seen_at";
        self.tx.exec(insert.list(row![workspace, id, user, device_hash, agent, now]).s(seen)).await?;
        let old = q("DELETE FROM devices WHERE workspace_id = ").v(workspace).s(" AND user_id = ").v(user);
        let old = old.s(" AND (last_seen_at <= ").v(now - KEPT);
        let old = old.s(" OR id NOT IN (SELECT id FROM devices WHERE workspace_id = ").v(workspace);
        let old = old.s(" AND user_id = ").v(user).s(" ORDER BY last_seen_at DESC, id DESC LIMIT ").v(MOST);
        self.tx.exec(old.s("))")).await?;
        Ok(())
    }

    /// Forgets every device of a user: whoever set it up may be somebody else.
    pub async fn forget_devices(&mut self, user: Id) -> Result<()> {
        let delete = q("DELETE FROM devices WHERE workspace_id = ").v(self.workspace());
        self.tx.exec(delete.s(" AND user_id = ").v(user)).await?;
        Ok(())
    }
}
