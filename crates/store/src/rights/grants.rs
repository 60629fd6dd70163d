//! Grants: extensions, queues and numbers given to users.

use access::{Id, Micros};

use crate::change::Change;
use crate::kit::db::{q, row};
use crate::{Result, StoreError};

/// What a grant gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrantInput {
    /// To whom.
    pub user: Id,
    /// Which extension, queue or number.
    pub entity: Id,
    /// Place and receive calls with it, choose it as caller ID.
    pub may_use: bool,
    /// See its log and statistics.
    pub may_observe: bool,
    /// From when on it no longer counts.
    pub expires_at: Option<Micros>,
}

impl Change<'_> {
    /// Gives a user an extension, queue or number, in place of what they had on it.
    pub async fn set_grant(&mut self, grant: &GrantInput) -> Result<Id> {
        let id = self.new_id();
        self.put_grant(id, grant).await
    }

    /// Writes a grant; the id that it has, which is its own where there was one on the same.
    pub(crate) async fn put_grant(&mut self, id: Id, grant: &GrantInput) -> Result<Id> {
        let insert = q("INSERT INTO grants (workspace_id, id, user_id, entity_id, may_use, may_observe, expires_at) VALUES ")
            .list(row![
                self.workspace(),
                id,
                grant.user,
                grant.entity,
                grant.may_use,
                grant.may_observe,
                grant.expires_at
            ])
            .s(" ON CONFLICT (workspace_id, user_id, entity_id) DO UPDATE SET may_use = excluded.may_use, \
                may_observe = excluded.may_observe, expires_at = excluded.expires_at RETURNING id");
        let kept: Option<(i64,)> = self.tx.one(insert).await?;
        self.touches(grant.user);
        self.changes_access();
        Ok(kept.map_or(id, |(kept,)| crate::kit::load::id(kept)))
    }

    /// Takes a grant back.
    pub async fn delete_grant(&mut self, user: Id, entity: Id) -> Result<()> {
        let delete = q("DELETE FROM grants WHERE workspace_id = ").v(self.workspace());
        let gone = self.tx.exec(delete.s(" AND user_id = ").v(user).s(" AND entity_id = ").v(entity)).await?;
        self.touches(user);
        self.changes_access();
        if gone == 0 { Err(StoreError::Missing) } else { Ok(()) }
    }
}
