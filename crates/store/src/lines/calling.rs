//! Which number a user's calls show (NUA-07).

use access::Id;

use crate::change::Change;
use crate::kit::db::{Q, q};
use crate::{Result, StoreError};

impl Change<'_> {
    /// Sets the caller ID that an administrator presets for a user; none for none (NUA-07).
    pub async fn preset_caller_id(&mut self, user: Id, number: Option<Id>) -> Result<()> {
        self.set_caller_id(q("UPDATE users SET preset_number_id = "), user, number).await
    }

    /// Sets the caller ID that a user chooses among their numbers; none for the one granted first (NUA-07).
    pub async fn choose_caller_id(&mut self, user: Id, number: Option<Id>) -> Result<()> {
        self.set_caller_id(q("UPDATE users SET chosen_number_id = "), user, number).await
    }

    async fn set_caller_id(&mut self, update: Q, user: Id, number: Option<Id>) -> Result<()> {
        let update = update.v(number).s(" WHERE deleted_at IS NULL AND workspace_id = ").v(self.workspace());
        let changed = self.tx.exec(update.s(" AND id = ").v(user)).await?;
        self.touches(user);
        self.changes_access();
        if changed == 0 { Err(StoreError::Missing) } else { Ok(()) }
    }
}
