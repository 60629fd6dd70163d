//! Undoing a change of access: the rows that it changed, as they were and as it left them.
//!
//! A change is undone by whoever made it, as a change like any other: the permission that it took is asked for again
//! and the outcome is judged. It cannot be undone once somebody else has changed one of its rows.

use std::collections::{BTreeMap, BTreeSet};

use access::model::{Setting, UnitKind};
use access::{Actor, Cell, Id, Micros, Model, Noun, Permission, Thing};
use serde::{Deserialize, Serialize};

use crate::audit::Act;
use crate::change::{Author, Change};
use crate::db::{Tx, q, row};
use crate::role::write_cells;
use crate::user::standing_word;
use crate::{Result, Store, StoreError};

/// Changes can be undone for this long.
const KEPT: Micros = 7 * 86_400 * 1_000_000;

/// A row of the access model, as the database has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Row {
    Workspace { plan: String, seats: Option<u32>, licences: Option<u32>, default_role: Option<Id> },
    Role { name: String, holds: String },
    Toggle { name: String, summary: String, holds: String },
    Unit { name: String, branch: bool },
    User { role: Id, department: Option<Id>, branch: Option<Id>, standing: String, preset_number: Option<Id> },
    Setting { allow: bool },
    Lead,
    Grant { id: Id, may_use: bool, may_observe: bool, expires_at: Option<Micros> },
    Temporary { user: Id, holds: String, expires_at: Micros },
}

/// What identifies a row: its kind, in the order in which rows depend on each other, and its ids.
type Key = (u8, Id, Id);

/// What a change did to one row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Edit {
    key: Key,
    was: Option<Row>,
    is: Option<Row>,
}

/// A change that can be undone.
pub(crate) struct Made<'a> {
    pub id: i64,
    pub user: Id,
    pub permission: Permission,
    pub thing: &'a Thing,
    pub summary: &'a str,
}

/// What a change did to the rows of the access model; none where it did nothing to them, or did what cannot be taken
/// back: people, extensions, queues or numbers came or went.
pub(crate) fn edits(before: &Model, after: &Model) -> Option<Vec<Edit>> {
    if !before.users.keys().eq(after.users.keys()) || !before.entities.keys().eq(after.entities.keys()) {
        return None;
    }
    let (mut was, mut is) = (rows(before), rows(after));
    was.retain(|key, row| {
        is.get(key) != Some(row) || {
            is.remove(key);
            false
        }
    });
    let keys: BTreeSet<Key> = was.keys().chain(is.keys()).copied().collect();
    let edits: Vec<Edit> =
        keys.into_iter().map(|key| Edit { key, was: was.remove(&key), is: is.remove(&key) }).collect();
    (!edits.is_empty()).then_some(edits)
}

fn rows(model: &Model) -> BTreeMap<Key, Row> {
    const NONE: Id = Id(0);
    let cells = |cells: &[Cell]| write_cells(cells);
    let workspace = Row::Workspace {
        plan: model.plan.clone(),
        seats: model.seats,
        licences: model.licences,
        default_role: model.default_role,
    };
    let mut rows = BTreeMap::from([((0, NONE, NONE), workspace)]);
    for (id, role) in model.roles.iter().filter(|(_, role)| role.key.is_none()) {
        rows.insert((1, *id, NONE), Row::Role { name: role.name.clone(), holds: cells(&role.holds) });
    }
    for (id, toggle) in &model.toggles {
        let (name, summary) = (toggle.name.clone(), toggle.summary.clone());
        rows.insert((2, *id, NONE), Row::Toggle { name, summary, holds: cells(&toggle.holds) });
    }
    for (id, unit) in &model.units {
        let branch = unit.kind == UnitKind::Branch;
        rows.insert((3, *id, NONE), Row::Unit { name: unit.name.clone(), branch });
    }
    for (id, user) in &model.users {
        let (standing, preset_number) = (standing_word(user.standing).to_owned(), user.preset_number);
        let (role, department, branch) = (user.role, user.department, user.branch);
        rows.insert((4, *id, NONE), Row::User { role, department, branch, standing, preset_number });
    }
    for ((user, toggle), setting) in &model.settings {
        rows.insert((5, *user, *toggle), Row::Setting { allow: *setting == Setting::Allow });
    }
    rows.extend(model.leads.iter().map(|(user, unit)| ((6, *user, *unit), Row::Lead)));
    for grant in &model.grants {
        let (id, may_use, may_observe, expires_at) =
            (grant.id, grant.may_use, grant.may_observe, grant.expires_at);
        rows.insert((7, grant.user, grant.entity), Row::Grant { id, may_use, may_observe, expires_at });
    }
    for given in &model.temporary {
        let (user, holds, expires_at) = (given.user, cells(&given.holds), given.expires_at);
        rows.insert((8, given.id, NONE), Row::Temporary { user, holds, expires_at });
    }
    rows
}

/// Keeps what it takes to undo a change, and forgets what is too old to be undone.
pub(crate) async fn keep(
    tx: &mut Tx,
    workspace: i64,
    now: Micros,
    made: &Made<'_>,
    edits: &[Edit],
) -> Result<()> {
    let old = q("DELETE FROM undos WHERE workspace_id = ").v(workspace).s(" AND made_at < ").v(now - KEPT);
    tx.exec(old).await?;
    let insert = q(
        "INSERT INTO undos (workspace_id, id, user_id, permission, thing_kind, thing_id, summary, edits, made_at) VALUES ",
    );
    let insert = insert.list(row![
        workspace,
        made.id,
        made.user,
        made.permission.name(),
        made.thing.noun.word(),
        made.thing.id,
        made.summary,
        serde_json::json!(edits).to_string(),
        now
    ]);
    tx.exec(insert).await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Kept {
    user_id: i64,
    permission: String,
    thing_kind: String,
    thing_id: i64,
    summary: String,
    edits: String,
    made_at: i64,
    undone_at: Option<i64>,
}

impl Store {
    /// Undoes a change that the actor made, if they may still make such changes and nobody has changed the same rows
    /// since. Other people's changes answer like ones that never were.
    pub async fn undo(&self, actor: &Actor, author: &Author, undo: i64) -> Result<()> {
        let mut change = self.open_change(actor.snapshot().model().workspace, author).await?;
        let select = q(
            "SELECT user_id, permission, thing_kind, thing_id, summary, edits, made_at, undone_at FROM undos \
                        WHERE workspace_id = ",
        )
        .v(change.workspace())
        .s(" AND id = ")
        .v(undo);
        let kept: Option<Kept> = change.tx.one(select).await?;
        let kept = kept.filter(|kept| kept.user_id == i64::from(actor.id().0)).ok_or(StoreError::Missing)?;
        change.decide_again(actor, &kept)?;
        if kept.undone_at.is_some() {
            return Err(StoreError::NotUndoable("This is undone already."));
        }
        if kept.made_at + KEPT < change.now() {
            return Err(StoreError::NotUndoable("This was too long ago to be undone."));
        }
        let edits: Vec<Edit> = serde_json::from_str(&kept.edits).unwrap_or_default();
        change.take_back(&edits).await?;
        let done = q("UPDATE undos SET undone_at = ").v(change.now()).s(" WHERE workspace_id = ");
        change.tx.exec(done.v(change.workspace()).s(" AND id = ").v(undo)).await?;
        let detail = serde_json::json!({ "undone": undo });
        let kind = Noun::from_word(&kept.thing_kind).unwrap_or(Noun::Workspace).word();
        change.record(Act::done(kept.permission, kind, kept.thing_id, kept.summary).with(detail));
        change.commit().await
    }
}

impl Change<'_> {
    /// Asks again for the permission that the change took, on the same thing, or on the workspace if that is gone.
    fn decide_again(&mut self, actor: &Actor, kept: &Kept) -> Result<()> {
        let permission = Permission::from_name(&kept.permission).ok_or(StoreError::Missing)?;
        let actor = actor.renew(self.before().clone()).ok_or(access::Denied::Lacks(permission))?;
        let thing = Noun::from_word(&kept.thing_kind)
            .and_then(|noun| self.before().thing(noun, crate::load::id(kept.thing_id)))
            .unwrap_or(Thing::WORKSPACE);
        if !actor.may(permission, &thing) {
            return Err(access::Denied::Lacks(permission).into());
        }
        self.actor = Some(actor);
        self.decided = Some((permission, thing));
        Ok(())
    }

    async fn take_back(&mut self, edits: &[Edit]) -> Result<()> {
        let now = rows(self.before().clone().model());
        if edits.iter().any(|edit| now.get(&edit.key) != edit.is.as_ref()) {
            return Err(StoreError::NotUndoable(
                "It cannot be undone any more: somebody has changed the same since.",
            ));
        }
        // What others depend on comes first and goes last.
        for edit in edits {
            if let Some(row) = &edit.was {
                self.put(edit.key, row, edit.is.is_some()).await?;
            }
        }
        for edit in edits.iter().rev().filter(|edit| edit.was.is_none()) {
            self.remove(edit.key).await?;
        }
        self.changes_access();
        Ok(())
    }

    async fn put(&mut self, (_, id, other): Key, row: &Row, there: bool) -> Result<()> {
        let workspace = self.workspace();
        let here = |query: crate::db::Q| query.s(" WHERE workspace_id = ").v(workspace).s(" AND id = ").v(id);
        let query = match row {
            Row::Workspace { plan, seats, licences, default_role } => q("UPDATE workspaces SET plan = ")
                .v(plan)
                .s(", seats = ")
                .v(seats.map(i64::from))
                .s(", licences = ")
                .v(licences.map(i64::from))
                .s(", default_role_id = ")
                .v(*default_role)
                .s(" WHERE id = ")
                .v(workspace),
            Row::Role { name, holds } if there => here(
                q("UPDATE roles SET revision = revision + 1, name = ").v(name).s(", holds = ").v(holds),
            ),
            Row::Role { name, holds } => q("INSERT INTO roles (workspace_id, id, name, holds) VALUES ")
                .list(row![workspace, id, name, holds]),
            Row::Toggle { name, summary, holds } if there => here(
                q("UPDATE toggles SET revision = revision + 1, name = ")
                    .v(name)
                    .s(", summary = ")
                    .v(summary)
                    .s(", holds = ")
                    .v(holds),
            ),
            Row::Toggle { name, summary, holds } => {
                q("INSERT INTO toggles (workspace_id, id, preset_key, name, summary, holds) VALUES ")
                    .list(row![workspace, id, "", name, summary, holds])
            }
            Row::Unit { name, .. } if there => {
                here(q("UPDATE units SET revision = revision + 1, name = ").v(name))
            }
            Row::Unit { name, branch } => q("INSERT INTO units (workspace_id, id, kind, name) VALUES ")
                .list(row![workspace, id, if *branch { "branch" } else { "department" }, name]),
            Row::User { role, department, branch, standing, preset_number } => here(
                q("UPDATE users SET revision = revision + 1, role_id = ")
                    .v(*role)
                    .s(", department_id = ")
                    .v(*department)
                    .s(", branch_id = ")
                    .v(*branch)
                    .s(", standing = ")
                    .v(standing)
                    .s(", preset_number_id = ")
                    .v(*preset_number),
            ),
            Row::Setting { allow } => q("INSERT INTO toggle_settings (workspace_id, user_id, toggle_id, setting) VALUES ")
                .list(row![workspace, id, other, if *allow { "allow" } else { "deny" }])
                .s(" ON CONFLICT (workspace_id, user_id, toggle_id) DO UPDATE SET setting = excluded.setting"),
            Row::Lead => q("INSERT INTO unit_leads (workspace_id, user_id, unit_id) VALUES ")
                .list(row![workspace, id, other]),
            Row::Grant { id: grant, may_use, may_observe, expires_at } => q(
                "INSERT INTO grants (workspace_id, id, user_id, entity_id, may_use, may_observe, expires_at) VALUES ",
            )
            .list(row![workspace, *grant, id, other, *may_use, *may_observe, *expires_at])
            .s(" ON CONFLICT (workspace_id, user_id, entity_id) DO UPDATE SET may_use = excluded.may_use, \
                may_observe = excluded.may_observe, expires_at = excluded.expires_at"),
            Row::Temporary { user, holds, expires_at } => q(
                "INSERT INTO temporary_access (workspace_id, id, user_id, holds, expires_at) VALUES ",
            )
            .list(row![workspace, id, *user, holds, *expires_at])
            .s(" ON CONFLICT (workspace_id, id) DO UPDATE SET holds = excluded.holds, \
                expires_at = excluded.expires_at"),
        };
        self.tx.exec(query).await.map_err(crate::taken("name"))?;
        Ok(())
    }

    async fn remove(&mut self, (kind, id, other): Key) -> Result<()> {
        let by_id = |text: &'static str, workspace: i64| {
            q(text).s(" WHERE workspace_id = ").v(workspace).s(" AND id = ").v(id)
        };
        let by_user = |text: &'static str, workspace: i64| {
            q(text).s(" WHERE workspace_id = ").v(workspace).s(" AND user_id = ").v(id)
        };
        let workspace = self.workspace();
        let query = match kind {
            1 => by_id("DELETE FROM roles", workspace),
            2 => by_id("DELETE FROM toggles", workspace),
            3 => by_id("DELETE FROM units", workspace),
            5 => by_user("DELETE FROM toggle_settings", workspace).s(" AND toggle_id = ").v(other),
            6 => by_user("DELETE FROM unit_leads", workspace).s(" AND unit_id = ").v(other),
            7 => by_user("DELETE FROM grants", workspace).s(" AND entity_id = ").v(other),
            8 => by_id("DELETE FROM temporary_access", workspace),
            _ => return Ok(()),
        };
        self.tx.exec(query).await?;
        Ok(())
    }
}
