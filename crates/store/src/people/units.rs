//! Departments and branches.

use access::Id;
use access::model::UnitKind;

use crate::change::Change;
use crate::kit::db::{q, row};
use crate::{Result, StoreError, taken};

impl Change<'_> {
    /// Adds a department or branch; `name` may be taken among its kind.
    pub async fn add_unit(&mut self, kind: UnitKind, name: &str) -> Result<Id> {
        let id = self.new_id();
        self.put_unit(id, kind, name).await?;
        Ok(id)
    }

    /// Writes a unit, one that is there or not: whatever unit is there goes on being of its kind.
    pub async fn put_unit(&mut self, id: Id, kind: UnitKind, name: &str) -> Result<()> {
        let insert = q("INSERT INTO units (workspace_id, id, kind, name) VALUES ");
        let insert = insert.list(row![self.workspace(), id, kind.word(), name]);
        let insert = insert.s(" ON CONFLICT (workspace_id, id) DO UPDATE SET name = excluded.name, \
                               revision = units.revision + 1");
        self.tx.exec(insert).await.map_err(taken("name"))?;
        self.changes_access();
        Ok(())
    }

    /// Sets which units a user leads.
    pub async fn set_leads(&mut self, user: Id, units: &[Id]) -> Result<()> {
        let clear = q("DELETE FROM unit_leads WHERE workspace_id = ").v(self.workspace());
        self.tx.exec(clear.s(" AND user_id = ").v(user)).await?;
        self.touches(user);
        self.changes_access();
        for unit in units {
            self.put_lead(user, *unit).await?;
        }
        Ok(())
    }

    /// Lets a user lead a unit.
    pub(crate) async fn put_lead(&mut self, user: Id, unit: Id) -> Result<()> {
        let insert = q("INSERT INTO unit_leads (workspace_id, user_id, unit_id) VALUES ");
        self.tx.exec(insert.list(row![self.workspace(), user, unit])).await?;
        self.touches(user);
        self.changes_access();
        Ok(())
    }

    /// Lets a user lead a unit no longer.
    pub(crate) async fn delete_lead(&mut self, user: Id, unit: Id) -> Result<()> {
        let delete = q("DELETE FROM unit_leads WHERE workspace_id = ").v(self.workspace());
        self.tx.exec(delete.s(" AND user_id = ").v(user).s(" AND unit_id = ").v(unit)).await?;
        self.touches(user);
        self.changes_access();
        Ok(())
    }

    /// Moves everybody of a unit to another of its kind, or to none.
    pub async fn move_members(&mut self, kind: UnitKind, from: Id, to: Option<Id>) -> Result<()> {
        let (set, of) = match kind {
            UnitKind::Department => ("UPDATE users SET department_id = ", " AND department_id = "),
            UnitKind::Branch => ("UPDATE users SET branch_id = ", " AND branch_id = "),
        };
        let update = q(set).v(to).s(", revision = revision + 1 WHERE deleted_at IS NULL AND workspace_id = ");
        self.tx.exec(update.v(self.workspace()).s(of).v(from)).await?;
        self.changes_access();
        Ok(())
    }

    /// Lets nobody lead a unit any longer.
    pub async fn clear_leaders(&mut self, unit: Id) -> Result<()> {
        let delete = q("DELETE FROM unit_leads WHERE workspace_id = ").v(self.workspace());
        self.tx.exec(delete.s(" AND unit_id = ").v(unit)).await?;
        self.changes_access();
        Ok(())
    }

    /// Deletes a unit that nobody belongs to or leads.
    pub async fn delete_unit(&mut self, id: Id) -> Result<()> {
        // People who were deleted keep their unit for the history; it goes with the unit.
        for forget in [
            "UPDATE users SET department_id = NULL WHERE department_id = ",
            "UPDATE users SET branch_id = NULL WHERE branch_id = ",
        ] {
            let forget =
                q(forget).v(id).s(" AND deleted_at IS NOT NULL AND workspace_id = ").v(self.workspace());
            self.tx.exec(forget).await?;
        }
        let delete = q("DELETE FROM units WHERE workspace_id = ").v(self.workspace()).s(" AND id = ").v(id);
        let gone = self.tx.exec(delete).await?;
        self.changes_access();
        if gone == 0 { Err(StoreError::Missing) } else { Ok(()) }
    }
}
