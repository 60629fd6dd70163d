//! Roles: built-in ones from the preset, and custom ones.

use std::collections::BTreeMap;

use access::{Cell, Id, Permit, can};

use crate::change::Change;
use crate::kit::cells::write_cells;
use crate::kit::db::{q, row};
use crate::{Result, Store, StoreError, taken};

impl Store {
    /// How often each role was edited, for optimistic concurrency.
    pub async fn role_revisions(&self, permit: &Permit<can::RoleRead>) -> Result<BTreeMap<Id, i64>> {
        let query = q("SELECT id, revision FROM roles WHERE workspace_id = ").v(permit.workspace());
        let rows: Vec<(i64, i64)> = self.db.all(query).await?;
        Ok(rows.into_iter().map(|(role, revision)| (crate::kit::load::id(role), revision)).collect())
    }

    /// How often a role was edited, for optimistic concurrency.
    pub async fn role_revision(&self, workspace: i64, role: Id) -> Result<i64> {
        let query =
            q("SELECT revision FROM roles WHERE workspace_id = ").v(workspace).s(" AND id = ").v(role);
        self.db.one(query).await?.map(|(revision,)| revision).ok_or(StoreError::Missing)
    }
}

impl Change<'_> {
    pub(crate) async fn add_built_in_role(&mut self, name: &str, key: &str) -> Result<Id> {
        let id = self.new_id();
        let insert = q("INSERT INTO roles (workspace_id, id, name, preset_key, holds) VALUES ");
        self.tx.exec(insert.list(row![self.workspace(), id, name, key, "{}"])).await?;
        self.changes_access();
        Ok(id)
    }

    /// Adds a custom role; `name` may be taken.
    pub async fn add_role(&mut self, name: &str, holds: &[Cell]) -> Result<Id> {
        let id = self.new_id();
        self.put_role(id, name, holds).await?;
        Ok(id)
    }

    /// Writes a custom role, one that is there or not.
    pub(crate) async fn put_role(&mut self, id: Id, name: &str, holds: &[Cell]) -> Result<()> {
        let insert = q("INSERT INTO roles (workspace_id, id, name, holds) VALUES ");
        let insert = insert.list(row![self.workspace(), id, name, write_cells(holds)]);
        let insert = insert.s(" ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, \
                               holds = excluded.holds, revision = roles.revision + 1");
        self.tx.exec(insert).await.map_err(taken("name"))?;
        self.changes_access();
        Ok(())
    }

    /// Edits a custom role. With a revision, only if nobody else edited it since.
    pub async fn update_role(
        &mut self,
        id: Id,
        name: &str,
        holds: &[Cell],
        revision: Option<i64>,
    ) -> Result<()> {
        let found = q("SELECT revision FROM roles WHERE preset_key IS NULL AND workspace_id = ");
        self.is_at(found.v(self.workspace()).s(" AND id = ").v(id), revision).await?;
        self.put_role(id, name, holds).await
    }

    /// Gives every holder of a role another one, also those who were deleted and keep theirs for the history.
    pub async fn move_holders(&mut self, from: Id, to: Id) -> Result<()> {
        let update =
            q("UPDATE users SET role_id = ").v(to).s(", revision = revision + 1 WHERE workspace_id = ");
        self.tx.exec(update.v(self.workspace()).s(" AND role_id = ").v(from)).await?;
        self.changes_access();
        Ok(())
    }

    /// Deletes a custom role that nobody holds.
    pub async fn delete_role(&mut self, id: Id) -> Result<()> {
        let delete = q("DELETE FROM roles WHERE preset_key IS NULL AND workspace_id = ").v(self.workspace());
        let gone = self.tx.exec(delete.s(" AND id = ").v(id)).await?;
        self.changes_access();
        if gone == 0 { Err(StoreError::Missing) } else { Ok(()) }
    }
}
