//! The rows of the access model as undo keeps them: what identifies one, what it holds, what it names, how it is written.

use std::collections::{BTreeMap, BTreeSet};

use access::model::{Setting, Standing, UnitKind};
use access::{Cell, Id, Micros, Model, Noun, Permission};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::Result;
use crate::change::Change;
use crate::change::audit::Act;
use crate::kit::cells::{read_cells, write_cells};
use crate::kit::db::{q, row};

/// A row of the access model, as the database has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Row {
    Workspace {
        plan: String,
        seats: Option<u32>,
        licences: Option<u32>,
        default_role: Option<Id>,
    },
    Role {
        name: String,
        holds: String,
    },
    Toggle {
        name: String,
        summary: String,
        holds: String,
    },
    Unit {
        name: String,
        kind: UnitKind,
    },
    User {
        role: Id,
        department: Option<Id>,
        branch: Option<Id>,
        standing: Standing,
        preset_number: Option<Id>,
    },
    Setting(Setting),
    Lead,
    Grant {
        id: Id,
        may_use: bool,
        may_observe: bool,
        expires_at: Option<Micros>,
    },
    Temporary {
        user: Id,
        holds: String,
        expires_at: Micros,
    },
}

/// In place of an id where there is none.
const NONE: Id = Id(0);

/// The kind of row that a toggle is.
const OF_TOGGLES: u8 = 2;

/// The first kind of row that is about a user.
const OF_USERS: u8 = 4;

/// What identifies a row: its kind, in the order in which rows depend on each other, and its ids.
pub(crate) type Key = (u8, Id, Id);

/// What a change did to one row.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Edit {
    /// Which.
    pub key: Key,
    /// What it was; none where it was not there.
    pub was: Option<Row>,
    /// What it is since; none where it went.
    pub is: Option<Row>,
}

impl Edit {
    /// Whether undoing it brings a role, toggle or unit back.
    pub(crate) fn defines(&self) -> bool {
        self.key.0 < OF_USERS && self.was.is_some()
    }

    /// The row as it was, or as it came to be.
    fn row(&self) -> Option<&Row> {
        self.was.as_ref().or(self.is.as_ref())
    }

    /// What it grants or takes back, if it is about a grant.
    pub(crate) fn grants(&self) -> Option<Id> {
        matches!(self.row(), Some(Row::Grant { .. })).then_some(self.key.2)
    }

    /// The noun and the id of what it is about.
    pub(crate) fn about(&self) -> (Noun, Id) {
        match self.row() {
            Some(Row::Role { .. }) => (Noun::Role, self.key.1),
            Some(Row::Unit { kind, .. }) => (Noun::from(*kind), self.key.1),
            Some(Row::Temporary { user, .. }) => (Noun::User, *user),
            _ if self.key.0 >= OF_USERS => (Noun::User, self.key.1),
            _ => (Noun::Workspace, self.key.1),
        }
    }

    /// The ids that the row named before or since, and not both times.
    pub(crate) fn moves(&self) -> Vec<Id> {
        let named = |row: &Option<Row>| row.as_ref().map_or_else(Vec::new, |row| row.names(self.key));
        let (was, is) = (named(&self.was), named(&self.is));
        let once = |ids: &[Id], others: &[Id]| -> Vec<Id> {
            ids.iter().copied().filter(|id| !others.contains(id)).collect()
        };
        [once(&was, &is), once(&is, &was)].concat()
    }

    /// The permissions that its way back takes, over what it is about.
    pub(crate) fn takes(&self) -> BTreeSet<Permission> {
        let fields = |row: &Option<Row>| row.as_ref().map_or_else(Vec::new, Row::fields);
        let (was, is) = (fields(&self.was), fields(&self.is));
        let differ = |field: &&Field| !(was.contains(field) && is.contains(field));
        let takes = was.iter().chain(&is).filter(differ).map(|(permission, ..)| *permission);
        let removed = |permission| match permission {
            Permission::RoleWrite => Permission::RoleDelete,
            Permission::DepartmentWrite => Permission::DepartmentDelete,
            Permission::BranchWrite => Permission::BranchDelete,
            other => other,
        };
        takes.map(|permission| if self.was.is_some() { permission } else { removed(permission) }).collect()
    }

    /// The entry of the log that it was undone.
    pub(crate) fn act(&self, model: &Model, receipt: &str) -> Act {
        let (noun, id) = self.about();
        let kind = if self.key.0 == OF_TOGGLES { "toggle" } else { noun.word() };
        let label = if noun == Noun::Workspace && kind != "toggle" { "" } else { model.label(id) };
        let told = |row: &Option<Row>| row.as_ref().map(|row| row.told(self.key, model));
        let permission = self.takes().into_iter().next().unwrap_or(Permission::UserSetAccess);
        let detail = json!({ "undone": receipt, "before": told(&self.is), "after": told(&self.was) });
        Act::done(permission.name(), kind, i64::from(id.0), label).with(detail)
    }
}

/// A field of a row: the permission that changing it takes, what it is called, and its value.
type Field = (Permission, &'static str, Value);

impl Row {
    /// The ids of what the row is about and of what it names.
    pub(crate) fn names(&self, (kind, id, other): Key) -> Vec<Id> {
        let own = if kind >= OF_USERS { [Some(id), (other != NONE).then_some(other)] } else { [None, None] };
        let named = match self {
            Row::Workspace { default_role, .. } => vec![*default_role],
            Row::User { role, department, branch, preset_number, .. } => {
                vec![Some(*role), *department, *branch, *preset_number]
            }
            Row::Temporary { user, .. } => return vec![*user],
            _ => vec![],
        };
        own.into_iter().chain(named).flatten().collect()
    }

    fn fields(&self) -> Vec<Field> {
        use Permission as P;
        match self {
            Row::Workspace { plan, seats, licences, default_role } => vec![
                (P::BillingCommit, "plan", json!(plan)),
                (P::BillingCommit, "seats", json!(seats)),
                (P::LicenseUpdate, "licences", json!(licences)),
                (P::RoleWrite, "default_role", json!(default_role)),
            ],
            Row::Role { name, holds } => {
                vec![(P::RoleWrite, "name", json!(name)), (P::RoleWrite, "holds", cells_in_words(holds))]
            }
            Row::Toggle { name, summary, holds } => vec![
                (P::RoleWrite, "name", json!(name)),
                (P::RoleWrite, "summary", json!(summary)),
                (P::RoleWrite, "holds", cells_in_words(holds)),
            ],
            Row::Unit { name, kind: UnitKind::Branch } => vec![(P::BranchWrite, "name", json!(name))],
            Row::Unit { name, .. } => vec![(P::DepartmentWrite, "name", json!(name))],
            Row::User { role, department, branch, standing, preset_number } => vec![
                (P::UserAssignRole, "role", json!(role)),
                (P::UserUpdate, "department", json!(department)),
                (P::UserUpdate, "branch", json!(branch)),
                (P::UserBan, "standing", json!(standing)),
                (P::UserSetAccess, "preset_number", json!(preset_number)),
            ],
            Row::Setting(setting) => vec![(P::UserSetAccess, "setting", json!(setting.word()))],
            Row::Lead => vec![(P::UserSetAccess, "lead", json!(true))],
            Row::Grant { may_use, may_observe, expires_at, .. } => vec![
                (P::UserSetAccess, "may_use", json!(may_use)),
                (P::UserSetAccess, "may_observe", json!(may_observe)),
                (P::UserSetAccess, "expires_at", json!(expires_at)),
            ],
            Row::Temporary { holds, expires_at, .. } => vec![
                (P::UserSetAccess, "holds", cells_in_words(holds)),
                (P::UserSetAccess, "expires_at", json!(expires_at)),
            ],
        }
    }

    /// The row in the log, in the form in which the acts themselves tell of it.
    fn told(&self, (_, _, other): Key, model: &Model) -> Value {
        let fields: Map<String, Value> =
            self.fields().into_iter().map(|(_, name, value)| (name.to_owned(), value)).collect();
        match self {
            Row::Setting(setting) => json!({ "toggle": { model.label(other): setting.word() } }),
            Row::Lead => json!({ "leads": [other] }),
            Row::Grant { .. } => {
                let thing = json!(model.label(other));
                Value::Object([("entity".to_owned(), thing)].into_iter().chain(fields).collect())
            }
            Row::Temporary { .. } => json!({ "temporary": fields }),
            _ => Value::Object(fields),
        }
    }
}

/// What a role or toggle holds, as the log tells it.
fn cells_in_words(holds: &str) -> Value {
    let words = |(permission, reaches): Cell| (permission.name().to_owned(), json!(reaches.words()));
    Value::Object(read_cells(holds).into_iter().map(words).collect())
}

/// Every row of a model.
pub(crate) fn rows(model: &Model) -> BTreeMap<Key, Row> {
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
        rows.insert((3, *id, NONE), Row::Unit { name: unit.name.clone(), kind: unit.kind });
    }
    for (id, user) in &model.users {
        let (standing, preset_number) = (user.standing, user.preset_number);
        let (role, department, branch) = (user.role, user.department, user.branch);
        rows.insert((4, *id, NONE), Row::User { role, department, branch, standing, preset_number });
    }
    for ((user, toggle), setting) in &model.settings {
        rows.insert((5, *user, *toggle), Row::Setting(*setting));
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

impl Change<'_> {
    /// Writes a row as it was; `there` says whether it is there in another form.
    pub(crate) async fn put(&mut self, (_, id, other): Key, row: &Row, there: bool) -> Result<()> {
        if matches!(row, Row::User { standing, .. } if *standing == Standing::Banned) {
            // What a ban ends, ends again (CLY-07).
            self.end_sessions(&[id], None).await?;
            self.drop_links(&[id], None).await?;
        }
        let workspace = self.workspace();
        let here =
            |query: crate::kit::db::Q| query.s(" WHERE workspace_id = ").v(workspace).s(" AND id = ").v(id);
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
            Row::Unit { name, kind } => q("INSERT INTO units (workspace_id, id, kind, name) VALUES ")
                .list(row![workspace, id, kind.word(), name]),
            Row::User { role, department, branch, standing, preset_number } => here(
                q("UPDATE users SET revision = revision + 1, role_id = ")
                    .v(*role)
                    .s(", department_id = ")
                    .v(*department)
                    .s(", branch_id = ")
                    .v(*branch)
                    .s(", standing = ")
                    .v(standing.word())
                    .s(", preset_number_id = ")
                    .v(*preset_number),
            ),
            Row::Setting(setting) => q("INSERT INTO toggle_settings (workspace_id, user_id, toggle_id, setting) VALUES ")
                .list(row![workspace, id, other, setting.word()])
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

    /// Removes a row that was not there.
    pub(crate) async fn remove(&mut self, (kind, id, other): Key) -> Result<()> {
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
