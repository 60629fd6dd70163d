//! What ends by itself: access given for a while, and grants with an end.

use access::{Id, Micros};

use crate::change::Change;
use crate::kit::db::q;
use crate::{Result, Store, StoreError};

impl Store {
    /// The next moment at which something ends in any workspace; in the past where something has ended and is
    /// still there.
    pub async fn next_end(&self) -> Result<Option<Micros>> {
        let query =
            q("SELECT min(ends.at) FROM (SELECT min(expires_at) AS at FROM temporary_access UNION ALL \
                       SELECT min(expires_at) AS at FROM grants WHERE expires_at IS NOT NULL) AS ends");
        Ok(self.db.one::<(Option<i64>,)>(query).await?.and_then(|(at,)| at))
    }

    /// The workspaces in which something has ended and is still there.
    pub async fn ended(&self) -> Result<Vec<i64>> {
        let now = self.now();
        let query = q("SELECT workspace_id FROM temporary_access WHERE expires_at <= ")
            .v(now)
            .s(" UNION SELECT workspace_id FROM grants WHERE expires_at <= ")
            .v(now);
        Ok(self.db.all::<(i64,)>(query).await?.into_iter().map(|(workspace,)| workspace).collect())
    }
}

impl Change<'_> {
    /// Gives access that was given for a while another end.
    pub async fn set_end_of_temporary(&mut self, user: Id, id: Id, expires_at: Micros) -> Result<()> {
        let update = q("UPDATE temporary_access SET expires_at = ").v(expires_at);
        let update = update.s(" WHERE workspace_id = ").v(self.workspace()).s(" AND user_id = ").v(user);
        let found = self.tx.exec(update.s(" AND id = ").v(id)).await?;
        self.touches(user);
        self.changes_access();
        if found == 0 { Err(StoreError::Missing) } else { Ok(()) }
    }
}
