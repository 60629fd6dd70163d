//! The workspace's own toggles: named bundles that are allowed or denied for one person. Built-in ones are in the binary.

use std::collections::BTreeMap;

use access::{Cell, Id, Permit, can};

use crate::change::Change;
use crate::kit::cells::write_cells;
use crate::kit::db::{q, row};
use crate::{Result, Store, StoreError};

/// What a toggle is made or edited with.
#[derive(Debug, Clone)]
pub struct ToggleInput {
    /// What people call it.
    pub name: String,
    /// What it gives, for people.
    pub summary: String,
    /// What it holds.
    pub holds: Vec<Cell>,
}

impl Store {
    /// How often each toggle was edited, for optimistic concurrency.
    pub async fn toggle_revisions(&self, permit: &Permit<can::RoleRead>) -> Result<BTreeMap<Id, i64>> {
        let query = q("SELECT id, revision FROM toggles WHERE workspace_id = ").v(permit.workspace());
        let rows: Vec<(i64, i64)> = self.db.all(query).await?;
        Ok(rows.into_iter().map(|(toggle, revision)| (crate::kit::load::id(toggle), revision)).collect())
    }

    /// How often a toggle was edited, for optimistic concurrency.
    pub async fn toggle_revision(&self, workspace: i64, toggle: Id) -> Result<i64> {
        let query =
            q("SELECT revision FROM toggles WHERE workspace_id = ").v(workspace).s(" AND id = ").v(toggle);
        self.db.one(query).await?.map(|(revision,)| revision).ok_or(StoreError::Missing)
    }
}

impl Change<'_> {
    /// Adds a toggle of the workspace's own.
    pub async fn add_toggle(&mut self, new: &ToggleInput) -> Result<Id> {
        let id = self.new_id();
        self.put_toggle(id, new).await?;
        Ok(id)
    }

    /// Writes a toggle of the workspace's own, one that is there or not.
    pub(crate) async fn put_toggle(&mut self, id: Id, new: &ToggleInput) -> Result<()> {
        let insert = q("INSERT INTO toggles (workspace_id, id, preset_key, name, summary, holds) VALUES ");
        let holds = write_cells(&new.holds);
        let insert = insert.list(row![self.workspace(), id, "", &new.name, &new.summary, holds]);
        let insert = insert.s(" ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, \
                               summary = excluded.summary, holds = excluded.holds, revision = toggles.revision + 1");
        self.tx.exec(insert).await?;
        self.changes_access();
        Ok(())
    }

    /// Edits a toggle of the workspace's own. With a revision, only if nobody else edited it since.
    pub async fn update_toggle(&mut self, id: Id, new: &ToggleInput, revision: Option<i64>) -> Result<()> {
        let found = q("SELECT revision FROM toggles WHERE preset_key = '' AND workspace_id = ");
        self.is_at(found.v(self.workspace()).s(" AND id = ").v(id), revision).await?;
        self.put_toggle(id, new).await
    }

    /// Deletes a toggle of the workspace's own, for everybody for whom it is set.
    pub async fn delete_toggle(&mut self, id: Id) -> Result<()> {
        let settings = q("DELETE FROM toggle_settings WHERE workspace_id = ").v(self.workspace());
        self.tx.exec(settings.s(" AND toggle_id = ").v(id)).await?;
        let delete = q("DELETE FROM toggles WHERE preset_key = '' AND workspace_id = ").v(self.workspace());
        let gone = self.tx.exec(delete.s(" AND id = ").v(id)).await?;
        self.changes_access();
        if gone == 0 { Err(StoreError::Missing) } else { Ok(()) }
    }
}
