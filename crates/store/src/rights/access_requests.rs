//! Requests for access: asked by people for themselves, decided by others.

use access::{Actor, Cell, Id, Micros, Noun, Permission, Visible, can};

use crate::change::Change;
use crate::kit::cells::{read_cells, write_cells};
use crate::kit::db::{Q, q, row};
use crate::kit::load::id;
use crate::kit::page::{Page, Slice};
use crate::{Result, Store, StoreError};

/// A request as it is kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AccessRequestRow {
    /// Its id.
    pub id: i64,
    /// Who asks.
    pub user_id: i64,
    wants: String,
    /// The role that is asked for, where it is one.
    pub role_id: Option<i64>,
    /// Why.
    pub reason: String,
    /// `open`, `granted`, `declined` or `withdrawn`.
    pub state: String,
    /// When it was asked.
    pub created_at: Micros,
    /// When it was decided or withdrawn.
    pub decided_at: Option<Micros>,
    /// Who decided it.
    pub decided_by: Option<i64>,
    /// JSON that says what was given, as it was called then; empty where nothing was.
    pub gave: String,
    /// Until when it was given, where it was for a while.
    pub until: Option<Micros>,
    /// What the decider had to say.
    pub note: String,
    /// Whom another decider asked to decide it.
    pub passed_to: Option<i64>,
}

impl AccessRequestRow {
    /// Who asks.
    pub fn user(&self) -> Id {
        id(self.user_id)
    }

    /// The permissions that are asked for; none where it is a role.
    pub fn wants(&self) -> Vec<Cell> {
        read_cells(&self.wants)
    }
}

/// What became of a request.
#[derive(Debug, Clone)]
pub struct Decision<'a> {
    /// `granted`, `declined` or `withdrawn`.
    pub state: &'static str,
    /// JSON that says what was given; empty where nothing was.
    pub gave: &'a str,
    /// Until when, where it was for a while.
    pub until: Option<Micros>,
    /// What there is to say.
    pub note: &'a str,
}

const COLUMNS: &str = "SELECT id, user_id, wants, role_id, reason, state, created_at, decided_at, decided_by, gave, \
                       until, note, passed_to FROM access_requests WHERE workspace_id = ";

/// The requests that somebody may decide: of people of the units that they lead, or of everybody; never their own.
fn decidable(start: &'static str, visible: &Visible<can::AccessRequestDecide>) -> Q {
    let ids = crate::kit::scope::narrowed(visible, Noun::User);
    q(start)
        .v(visible.workspace())
        .s(" AND user_id <> ")
        .v(visible.actor().id())
        .s(" AND user_id IN (SELECT id FROM users WHERE deleted_at IS NULL AND workspace_id = ")
        .v(visible.workspace())
        .s(")")
        .some(ids, |q, ids| q.s(" AND user_id IN ").list(ids))
}

impl Store {
    /// The requests that the asker may decide, newest first: those that are open, or those that are not.
    pub async fn access_requests(
        &self,
        visible: &Visible<can::AccessRequestDecide>,
        open: bool,
        slice: Slice,
    ) -> Result<Page<AccessRequestRow>> {
        let state = if open { " AND state = 'open'" } else { " AND state <> 'open'" };
        let rows =
            decidable(COLUMNS, visible).s(state).s(" ORDER BY created_at DESC, id LIMIT ").v(slice.limit);
        let rows = self.db.all(rows.s(" OFFSET ").v(slice.offset)).await?;
        let total = decidable("SELECT count(*) FROM access_requests WHERE workspace_id = ", visible).s(state);
        let total: Option<(i64,)> = self.db.one(total).await?;
        Ok(Page { rows, total: total.map_or(0, |(total,)| total) })
    }

    /// How many requests wait for the asker.
    pub async fn open_access_requests(&self, visible: &Visible<can::AccessRequestDecide>) -> Result<i64> {
        let count = decidable("SELECT count(*) FROM access_requests WHERE workspace_id = ", visible);
        let count: Option<(i64,)> = self.db.one(count.s(" AND state = 'open'")).await?;
        Ok(count.map_or(0, |(count,)| count))
    }

    /// A request, for somebody who may decide requests of whoever asked it. Their own is found too: that they may
    /// not decide it is no secret to them.
    pub async fn access_request(
        &self,
        visible: &Visible<can::AccessRequestDecide>,
        request: i64,
    ) -> Result<AccessRequestRow> {
        let query = q(COLUMNS).v(visible.workspace()).s(" AND id = ").v(request);
        let row: AccessRequestRow = self.db.one(query).await?.ok_or(StoreError::Missing)?;
        let (actor, user) = (visible.actor(), row.user());
        let thing = actor.snapshot().thing(Noun::User, user);
        if thing.is_some_and(|thing| actor.acts_on(Permission::AccessRequestDecide, &thing)) {
            Ok(row)
        } else {
            Err(StoreError::Missing)
        }
    }

    /// One's own requests, newest first. Needs no permission: people may know what they asked for.
    pub async fn own_access_requests(&self, actor: &Actor) -> Result<Vec<AccessRequestRow>> {
        let query = q(COLUMNS).v(actor.snapshot().model().workspace).s(" AND user_id = ").v(actor.id());
        Ok(self.db.all(query.s(" ORDER BY created_at DESC, id LIMIT 100")).await?)
    }
}

impl Change<'_> {
    /// A request, as this change sees it.
    pub async fn access_request(&mut self, request: i64) -> Result<AccessRequestRow> {
        let query = q(COLUMNS).v(self.workspace()).s(" AND id = ").v(request);
        self.tx.one(query).await?.ok_or(StoreError::Missing)
    }

    /// The requests of a user that nobody has decided yet.
    pub async fn open_access_requests_of(&mut self, user: Id) -> Result<Vec<AccessRequestRow>> {
        let query = q(COLUMNS).v(self.workspace()).s(" AND user_id = ").v(user);
        Ok(self.tx.all(query.s(" AND state = 'open' ORDER BY created_at, id")).await?)
    }

    /// How many requests a user has made after a moment, whatever became of them.
    pub async fn access_requests_since(&mut self, user: Id, since: Micros) -> Result<i64> {
        let count = q("SELECT count(*) FROM access_requests WHERE workspace_id = ").v(self.workspace());
        let count = count.s(" AND user_id = ").v(user).s(" AND created_at > ").v(since);
        Ok(self.tx.one::<(i64,)>(count).await?.map_or(0, |(count,)| count))
    }

    /// Adds a request for permissions or a role.
    pub async fn add_access_request(
        &mut self,
        user: Id,
        wants: &[Cell],
        role: Option<Id>,
        reason: &str,
    ) -> Result<Id> {
        let id = self.new_opaque_id("SELECT id FROM access_requests WHERE workspace_id = ").await?;
        let insert = q(
            "INSERT INTO access_requests (workspace_id, id, user_id, wants, role_id, reason, state, created_at) VALUES ",
        );
        let values = row![self.workspace(), id, user, write_cells(wants), role, reason, "open", self.now()];
        self.tx.exec(insert.list(values)).await?;
        Ok(id)
    }

    /// Writes down what became of a request that is open.
    pub async fn decide_access_request(
        &mut self,
        request: i64,
        by: Option<Id>,
        decision: &Decision<'_>,
    ) -> Result<()> {
        let update = q("UPDATE access_requests SET state = ")
            .v(decision.state)
            .s(", decided_at = ")
            .v(self.now())
            .s(", decided_by = ")
            .v(by)
            .s(", gave = ")
            .v(decision.gave)
            .s(", until = ")
            .v(decision.until)
            .s(", note = ")
            .v(decision.note)
            .s(" WHERE state = 'open' AND workspace_id = ")
            .v(self.workspace())
            .s(" AND id = ")
            .v(request);
        if self.tx.exec(update).await? == 0 { Err(StoreError::Stale) } else { Ok(()) }
    }

    /// Notes whom a decider asked to decide a request that is open.
    pub async fn pass_access_request(&mut self, request: i64, to: Id) -> Result<()> {
        let update = q("UPDATE access_requests SET passed_to = ").v(to);
        let update = update.s(" WHERE state = 'open' AND workspace_id = ").v(self.workspace());
        if self.tx.exec(update.s(" AND id = ").v(request)).await? == 0 {
            return Err(StoreError::Stale);
        }
        Ok(())
    }
}
