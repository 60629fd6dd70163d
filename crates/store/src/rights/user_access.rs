//! What one user is given beside their role: toggles, and permissions for a while.

use access::model::Setting;
use access::{Cell, Id, Micros};

use crate::change::Change;
use crate::kit::cells::write_cells;
use crate::kit::db::{q, row};
use crate::{Result, StoreError};

impl Change<'_> {
    /// Sets a toggle for a user; none for inherited.
    pub async fn set_toggle(&mut self, user: Id, toggle: Id, setting: Option<Setting>) -> Result<()> {
        let clear = q("DELETE FROM toggle_settings WHERE workspace_id = ").v(self.workspace());
        self.tx.exec(clear.s(" AND user_id = ").v(user).s(" AND toggle_id = ").v(toggle)).await?;
        if let Some(setting) = setting {
            let insert = q("INSERT INTO toggle_settings (workspace_id, user_id, toggle_id, setting) VALUES ");
            self.tx.exec(insert.list(row![self.workspace(), user, toggle, setting.word()])).await?;
        }
        self.touches(user);
        self.changes_access();
        Ok(())
    }

    /// Gives a user permissions for a while.
    pub async fn add_temporary(&mut self, user: Id, holds: &[Cell], expires_at: Micros) -> Result<Id> {
        let id = self.new_id();
        self.put_temporary(id, user, holds, expires_at).await?;
        Ok(id)
    }

    /// Writes what a user has for a while, whether it is there or not.
    pub async fn put_temporary(
        &mut self,
        id: Id,
        user: Id,
        holds: &[Cell],
        expires_at: Micros,
    ) -> Result<()> {
        let insert = q("INSERT INTO temporary_access (workspace_id, id, user_id, holds, expires_at) VALUES ");
        let insert = insert.list(row![self.workspace(), id, user, write_cells(holds), expires_at]);
        let insert = insert.s(" ON CONFLICT (workspace_id, id) DO UPDATE SET holds = excluded.holds, \
                               expires_at = excluded.expires_at");
        self.tx.exec(insert).await?;
        self.touches(user);
        self.changes_access();
        Ok(())
    }

    /// Ends access that was given for a while.
    pub async fn delete_temporary(&mut self, user: Id, id: Id) -> Result<()> {
        let delete = q("DELETE FROM temporary_access WHERE workspace_id = ").v(self.workspace());
        let gone = self.tx.exec(delete.s(" AND user_id = ").v(user).s(" AND id = ").v(id)).await?;
        self.touches(user);
        self.changes_access();
        if gone == 0 { Err(StoreError::Missing) } else { Ok(()) }
    }
}
