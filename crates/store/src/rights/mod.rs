//! Roles, toggles, grants, requests, reviews, and what ends by itself.

pub mod access_requests;
pub mod expiry;
pub mod grants;
pub mod reviews;
pub mod roles;
pub mod toggles;
pub mod undo;
pub(crate) mod undo_rows;
pub mod user_access;
pub mod uses;

use access::Id;

use crate::change::Change;
use crate::change::consequences::Follows;
use crate::kit::db::q;

/// Takes away what users who are deleted were given.
pub(crate) fn forget_users<'c>(change: &'c mut Change<'_>, users: &'c [Id]) -> Follows<'c> {
    Box::pin(async move {
        for statement in ["DELETE FROM toggle_settings", "DELETE FROM temporary_access", "DELETE FROM grants"]
        {
            change.run_for(statement, users).await?;
        }
        Ok(())
    })
}

/// Takes away what was given of an extension, queue or number that is deleted.
pub(crate) fn forget_entity<'c>(change: &'c mut Change<'_>, entity: &'c Id) -> Follows<'c> {
    Box::pin(async move {
        let grants = q("DELETE FROM grants WHERE workspace_id = ").v(change.workspace());
        change.tx.exec(grants.s(" AND entity_id = ").v(*entity)).await?;
        Ok(())
    })
}
