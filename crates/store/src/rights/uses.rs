//! When users last used their permissions, to the hour: what reviews show and what marks access as unused.

use std::collections::BTreeMap;

use access::{Id, Micros, Permission, Permit, can};

use crate::kit::db::{Rows, q};
use crate::kit::load::id;
use crate::{Result, Store};

/// One use to keep: the workspace, the user, the permission and the hour.
pub type Use = (i64, Id, Permission, Micros);

/// When each permission was last used, by user.
pub type LastUses = BTreeMap<(Id, Permission), Micros>;

impl Store {
    /// Keeps uses; an earlier one never replaces a later one. Needs no permit: it notes what permits were used for.
    pub async fn keep_uses(&self, uses: &[Use]) -> Result<()> {
        if uses.is_empty() {
            return Ok(());
        }
        let values = uses.iter().flat_map(|(workspace, user, permission, at)| {
            crate::kit::db::row![*workspace, *user, permission.name(), *at]
        });
        let rows = Rows {
            into: "INSERT INTO permission_uses (workspace_id, user_id, permission, used_at)",
            types: &["BIGINT", "BIGINT", "TEXT", "BIGINT"],
            then: " ON CONFLICT (workspace_id, user_id, permission) DO UPDATE SET used_at = excluded.used_at \
                   WHERE permission_uses.used_at < excluded.used_at",
            values: values.collect(),
        };
        let mut tx = self.db.begin().await?;
        tx.insert::<(i64,)>(rows).await?;
        Ok(tx.commit().await?)
    }

    /// Since when each user is there: nobody can have left unused what they could not use yet.
    pub async fn joined(&self, permit: &Permit<can::AccessReview>) -> Result<BTreeMap<Id, Micros>> {
        let query = q("SELECT id, created_at FROM users WHERE workspace_id = ").v(permit.workspace());
        let rows: Vec<(i64, i64)> = self.db.all(query).await?;
        Ok(rows.into_iter().map(|(user, at)| (id(user), at)).collect())
    }

    /// When each user last used each permission.
    pub async fn last_uses(&self, permit: &Permit<can::AccessReview>) -> Result<LastUses> {
        let query = q("SELECT user_id, permission, used_at FROM permission_uses WHERE workspace_id = ");
        let rows: Vec<(i64, String, i64)> = self.db.all(query.v(permit.workspace())).await?;
        let known = rows
            .into_iter()
            .filter_map(|(user, name, at)| Some(((id(user), Permission::from_name(&name)?), at)));
        Ok(known.collect())
    }
}
