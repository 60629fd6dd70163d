//! Extensions, queues and numbers.

use access::model::EntityKind;
use access::{Id, Noun, Right, Visible, can};

use crate::change::Change;
use crate::change::consequences::Follows;
use crate::kit::db::{Q, q, row};
use crate::kit::page::{Page, Slice};
use crate::kit::scope::narrowed;
use crate::kit::search::like;
use crate::{Result, Store, StoreError, taken};

/// An extension, queue or number.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EntityRow {
    /// Its id.
    pub id: i64,
    /// The extension's or queue's digits, or the number in E.164; a queue may have none.
    pub digits: String,
    /// What people call it; may be empty for extensions and numbers.
    pub name: String,
    /// Whose extension it is.
    pub user_id: Option<i64>,
    /// Rises with each edit.
    pub revision: i64,
}

/// What an extension, queue or number is made or edited with.
#[derive(Debug, Clone, Default)]
pub struct EntityInput {
    /// Digits, or E.164 for a number.
    pub digits: String,
    /// What people call it.
    pub name: String,
    /// Whose extension it is; extensions only.
    pub user: Option<Id>,
}

/// The permissions that show extensions, queues or numbers: which of the three is in the proof's type.
pub trait ReadsEntities: Right {
    /// Which of the three.
    const KIND: EntityKind;
}

impl ReadsEntities for can::ExtensionRead {
    const KIND: EntityKind = EntityKind::Extension;
}
impl ReadsEntities for can::QueueRead {
    const KIND: EntityKind = EntityKind::Queue;
}
impl ReadsEntities for can::NumberRead {
    const KIND: EntityKind = EntityKind::Number;
}

fn select(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Extension => "SELECT id, digits, name, user_id, revision FROM extensions",
        EntityKind::Queue => "SELECT id, digits, name, CAST(NULL AS BIGINT) AS user_id, revision FROM queues",
        EntityKind::Number => {
            "SELECT id, e164 AS digits, label AS name, CAST(NULL AS BIGINT) AS user_id, revision FROM numbers"
        }
    }
}

fn unique_field(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Extension | EntityKind::Number => "digits",
        EntityKind::Queue => "name",
    }
}

impl Store {
    /// The extensions, queues or numbers that the asker may see: by name for queues, else by digits.
    pub async fn entities<R: ReadsEntities>(
        &self,
        visible: &Visible<R>,
        search: Option<&str>,
        slice: Slice,
    ) -> Result<Page<EntityRow>> {
        let kind = R::KIND;
        let ids = narrowed(visible, Noun::from(kind));
        let matching = |start: Q| {
            start
                .s(select(kind))
                .s(" WHERE workspace_id = ")
                .v(visible.workspace())
                .some(ids.clone(), |q, ids| q.s(" AND id IN ").list(ids))
                .s(") AS entity")
                .some(search.map(like), |q, like| {
                    q.s(" WHERE digits LIKE ")
                        .v(like.clone())
                        .s(" ESCAPE '!' OR lower(name) LIKE ")
                        .v(like)
                        .s(" ESCAPE '!'")
                })
        };
        let order =
            if kind == EntityKind::Queue { " ORDER BY lower(name), id" } else { " ORDER BY digits, id" };
        let rows = matching(q("SELECT * FROM (")).s(order);
        let rows = self.db.all(rows.s(" LIMIT ").v(slice.limit).s(" OFFSET ").v(slice.offset)).await?;
        let total: Option<(i64,)> = self.db.one(matching(q("SELECT count(*) FROM ("))).await?;
        Ok(Page { rows, total: total.map_or(0, |t| t.0) })
    }

    /// The record of an extension, queue or number that the permit is for.
    pub async fn entity<R: ReadsEntities>(&self, permit: &access::Permit<R>) -> Result<EntityRow> {
        let query = q(select(R::KIND)).s(" WHERE workspace_id = ").v(permit.workspace());
        self.db.one(query.s(" AND id = ").v(permit.id())).await?.ok_or(StoreError::Missing)
    }

    /// The digits of the queues that have some: how call records of other systems name them.
    pub async fn queue_digits(&self, permit: &access::Permit<can::QueueRead>) -> Result<Vec<(Id, String)>> {
        let query =
            q("SELECT id, digits FROM queues WHERE digits <> '' AND workspace_id = ").v(permit.workspace());
        let rows: Vec<(i64, String)> = self.db.all(query).await?;
        Ok(rows.into_iter().map(|(queue, digits)| (crate::kit::load::id(queue), digits)).collect())
    }
}

impl Change<'_> {
    /// The record of an extension, queue or number, as this change sees it.
    pub async fn entity(&mut self, kind: EntityKind, id: Id) -> Result<EntityRow> {
        let query = q(select(kind)).s(" WHERE workspace_id = ").v(self.workspace());
        self.tx.one(query.s(" AND id = ").v(id)).await?.ok_or(StoreError::Missing)
    }

    /// Adds an extension, queue or number; the error names the field that is taken.
    pub async fn add_entity(&mut self, kind: EntityKind, new: &EntityInput) -> Result<Id> {
        let id = self.new_id();
        let workspace = self.workspace();
        let insert =
            match kind {
                EntityKind::Extension => {
                    q("INSERT INTO extensions (workspace_id, id, digits, name, user_id) VALUES ").list(row![
                        workspace,
                        id,
                        &new.digits,
                        &new.name,
                        new.user
                    ])
                }
                EntityKind::Queue => q("INSERT INTO queues (workspace_id, id, digits, name) VALUES ")
                    .list(row![workspace, id, &new.digits, &new.name]),
                EntityKind::Number => q("INSERT INTO numbers (workspace_id, id, e164, label) VALUES ")
                    .list(row![workspace, id, &new.digits, &new.name]),
            };
        self.tx.exec(insert).await.map_err(taken(unique_field(kind)))?;
        self.changes_access();
        Ok(id)
    }

    /// Edits an extension, queue or number. With a revision, only if nobody else edited it since.
    pub async fn update_entity(
        &mut self,
        kind: EntityKind,
        id: Id,
        new: &EntityInput,
        revision: Option<i64>,
    ) -> Result<()> {
        let update = match kind {
            EntityKind::Extension => q("UPDATE extensions SET digits = ")
                .v(&new.digits)
                .s(", name = ")
                .v(&new.name)
                .s(", user_id = ")
                .v(new.user),
            EntityKind::Queue => q("UPDATE queues SET digits = ").v(&new.digits).s(", name = ").v(&new.name),
            EntityKind::Number => q("UPDATE numbers SET e164 = ").v(&new.digits).s(", label = ").v(&new.name),
        };
        let update = update
            .s(", revision = revision + 1 WHERE workspace_id = ")
            .v(self.workspace())
            .s(" AND id = ")
            .v(id)
            .some(revision, |q, v| q.s(" AND revision = ").v(v));
        if self.tx.exec(update).await.map_err(taken(unique_field(kind)))? == 0 {
            return Err(if revision.is_some() { StoreError::Stale } else { StoreError::Missing });
        }
        self.changes_access();
        Ok(())
    }

    /// Deletes an extension, queue or number with the grants on it; calls keep what they touched.
    pub async fn delete_entity(&mut self, kind: EntityKind, id: Id) -> Result<()> {
        self.entity_deleted(&id).await?;
        if kind == EntityKind::Number {
            let preset = q("UPDATE users SET preset_number_id = NULL WHERE workspace_id = ");
            self.tx.exec(preset.v(self.workspace()).s(" AND preset_number_id = ").v(id)).await?;
        }
        let table = match kind {
            EntityKind::Extension => "DELETE FROM extensions WHERE workspace_id = ",
            EntityKind::Queue => "DELETE FROM queues WHERE workspace_id = ",
            EntityKind::Number => "DELETE FROM numbers WHERE workspace_id = ",
        };
        let gone = self.tx.exec(q(table).v(self.workspace()).s(" AND id = ").v(id)).await?;
        self.changes_access();
        if gone == 0 { Err(StoreError::Missing) } else { Ok(()) }
    }
}

/// Frees the extensions of users who are deleted.
pub(crate) fn forget_users<'c>(change: &'c mut Change<'_>, users: &'c [Id]) -> Follows<'c> {
    Box::pin(change.run_for("UPDATE extensions SET user_id = NULL", users))
}
