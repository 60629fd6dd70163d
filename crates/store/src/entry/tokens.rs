//! API tokens: shown once, kept as hashes, limited to a scope and to what their user may do.

use access::{Id, Micros, Noun, PermissionSet, Permit, Thing, can};

use crate::change::audit::Act;
use crate::change::{Author, Change};
use crate::entry::identity::{read_scope, write_scope};
use crate::kit::db::{q, row};
use crate::{Result, Store, StoreError};

/// An API token, without its secret.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TokenRow {
    /// Its id in the workspace.
    pub id: i64,
    /// Whose access it carries.
    pub user_id: i64,
    /// What it is for.
    pub name: String,
    /// Permission names in a JSON array; none for all that the user may do.
    pub scope: Option<String>,
    /// When it was made.
    pub created_at: Micros,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Micros>,
    /// When it stops being good by itself.
    pub expires_at: Option<Micros>,
}

impl TokenRow {
    /// The permissions that the token is limited to; none for no limit.
    pub fn permissions(&self) -> Option<PermissionSet> {
        self.scope.as_deref().map(read_scope)
    }
}

const COLUMNS: &str = "SELECT id, user_id, name, scope, created_at, last_used_at, expires_at FROM api_tokens";

impl Store {
    /// Every token of the workspace, the newest first.
    pub async fn tokens(&self, permit: &Permit<can::ApiTokenRead>) -> Result<Vec<TokenRow>> {
        let query = q(COLUMNS).s(" WHERE workspace_id = ").v(permit.workspace());
        Ok(self.db.all(query.s(" ORDER BY id DESC LIMIT 1000")).await?)
    }

    /// A user's own tokens, the newest first. Needs no permit: whoever they act for may know of them.
    pub async fn tokens_of(&self, workspace: i64, user: Id) -> Result<Vec<TokenRow>> {
        let query = q(COLUMNS).s(" WHERE workspace_id = ").v(workspace).s(" AND user_id = ").v(user);
        Ok(self.db.all(query.s(" ORDER BY id DESC LIMIT 1000")).await?)
    }

    /// Revokes one of one's own tokens. Needs no permit, as for sessions.
    pub async fn revoke_own_token(&self, workspace: i64, author: &Author, user: Id, token: Id) -> Result<()> {
        let mut change = self.open_change(workspace, author).await?;
        let old = change.token(token).await?;
        if old.user_id != i64::from(user.0) {
            return Err(StoreError::Missing);
        }
        change.delete_token(token).await?;
        let after = serde_json::json!({ "user": author.name, "revoked": true });
        let detail = serde_json::json!({ "before": { "name": old.name }, "after": after });
        change.record(Act::done("api_token:write", "api_token", old.id, old.name).with(detail));
        change.commit().await
    }

    /// A token as a decision sees it, for the lookup before the decision; nothing else of it.
    pub async fn token_thing(&self, workspace: i64, id: Id) -> Result<Option<Thing>> {
        let query = q("SELECT user_id FROM api_tokens WHERE workspace_id = ").v(workspace);
        let user: Option<(i64,)> = self.db.one(query.s(" AND id = ").v(id)).await?;
        Ok(user.map(|(user,)| Thing::new(Noun::Token, i64::from(id.0), vec![crate::kit::load::id(user)])))
    }
}

impl Change<'_> {
    /// A token, as this change sees it.
    pub async fn token(&mut self, id: Id) -> Result<TokenRow> {
        let query = q(COLUMNS).s(" WHERE workspace_id = ").v(self.workspace());
        self.tx.one(query.s(" AND id = ").v(id)).await?.ok_or(StoreError::Missing)
    }

    /// Keeps a new token by its hash.
    pub async fn add_token(
        &mut self,
        user: Id,
        name: &str,
        token_hash: &str,
        scope: Option<PermissionSet>,
        expires_at: Option<Micros>,
    ) -> Result<Id> {
        let id = self.new_id();
        self.tx
            .exec(
                q("INSERT INTO api_tokens (workspace_id, id, user_id, name, token_hash, scope, created_at, expires_at) \
                   VALUES ")
                .list(row![self.workspace(), id, user, name, token_hash, scope.map(write_scope), self.now(), expires_at]),
            )
            .await?;
        Ok(id)
    }

    /// Revokes a token.
    pub async fn delete_token(&mut self, id: Id) -> Result<()> {
        let query =
            q("DELETE FROM api_tokens WHERE workspace_id = ").v(self.workspace()).s(" AND id = ").v(id);
        if self.tx.exec(query).await? == 0 { Err(StoreError::Missing) } else { Ok(()) }
    }

    /// Revokes every token of a user; how many.
    pub async fn delete_tokens_of(&mut self, user: Id) -> Result<u64> {
        let query = q("DELETE FROM api_tokens WHERE workspace_id = ").v(self.workspace());
        Ok(self.tx.exec(query.s(" AND user_id = ").v(user)).await?)
    }
}
