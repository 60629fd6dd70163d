//! What ends by itself: access given for a while, and grants with an end.

use access::Micros;

use crate::kit::db::q;
use crate::{Result, Store};

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
