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
use crate::rights::grants::GrantInput;
use crate::rights::toggles::ToggleInput;

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

/// The kinds of rows, in the order in which they depend on each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Kind {
    Workspace,
    Role,
    Toggle,
    Unit,
    User,
    Setting,
    Lead,
    Grant,
    Temporary,
}

impl Kind {
    /// Whether such rows are about a user.
    fn is_of_user(self) -> bool {
        self >= Kind::User
    }
}

/// What identifies a row. Rows stand in the order of their kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Key {
    /// Its kind.
    pub kind: Kind,
    /// Its own id, or that of the user whose it is.
    pub id: Id,
    /// What of that user's it is about; [`NONE`] where the id says it all.
    pub other: Id,
}

impl Key {
    fn of(kind: Kind, id: Id) -> Key {
        Key { kind, id, other: NONE }
    }
}

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
        !self.key.kind.is_of_user() && self.was.is_some()
    }

    /// The row as it was, or as it came to be.
    fn row(&self) -> Option<&Row> {
        self.was.as_ref().or(self.is.as_ref())
    }

    /// What it grants or takes back, if it is about a grant.
    pub(crate) fn grants(&self) -> Option<Id> {
        matches!(self.row(), Some(Row::Grant { .. })).then_some(self.key.other)
    }

    /// The noun and the id of what it is about.
    pub(crate) fn about(&self) -> (Noun, Id) {
        match self.row() {
            Some(Row::Role { .. }) => (Noun::Role, self.key.id),
            Some(Row::Unit { kind, .. }) => (Noun::from(*kind), self.key.id),
            Some(Row::Temporary { user, .. }) => (Noun::User, *user),
            _ if self.key.kind.is_of_user() => (Noun::User, self.key.id),
            _ => (Noun::Workspace, self.key.id),
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
        let kind = if self.key.kind == Kind::Toggle { "toggle" } else { noun.word() };
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
    pub(crate) fn names(&self, Key { kind, id, other }: Key) -> Vec<Id> {
        let own = if kind.is_of_user() { [Some(id), (other != NONE).then_some(other)] } else { [None, None] };
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
    fn told(&self, Key { other, .. }: Key, model: &Model) -> Value {
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
    let mut rows = BTreeMap::from([(Key::of(Kind::Workspace, NONE), workspace)]);
    for (id, role) in model.roles.iter().filter(|(_, role)| role.key.is_none()) {
        rows.insert(
            Key::of(Kind::Role, *id),
            Row::Role { name: role.name.clone(), holds: cells(&role.holds) },
        );
    }
    for (id, toggle) in &model.toggles {
        let (name, summary) = (toggle.name.clone(), toggle.summary.clone());
        rows.insert(Key::of(Kind::Toggle, *id), Row::Toggle { name, summary, holds: cells(&toggle.holds) });
    }
    for (id, unit) in &model.units {
        rows.insert(Key::of(Kind::Unit, *id), Row::Unit { name: unit.name.clone(), kind: unit.kind });
    }
    for (id, user) in &model.users {
        let (standing, preset_number) = (user.standing, user.preset_number);
        let (role, department, branch) = (user.role, user.department, user.branch);
        rows.insert(
            Key::of(Kind::User, *id),
            Row::User { role, department, branch, standing, preset_number },
        );
    }
    for ((user, toggle), setting) in &model.settings {
        rows.insert(Key { kind: Kind::Setting, id: *user, other: *toggle }, Row::Setting(*setting));
    }
    for (user, unit) in &model.leads {
        rows.insert(Key { kind: Kind::Lead, id: *user, other: *unit }, Row::Lead);
    }
    for grant in &model.grants {
        let (id, may_use, may_observe, expires_at) =
            (grant.id, grant.may_use, grant.may_observe, grant.expires_at);
        let key = Key { kind: Kind::Grant, id: grant.user, other: grant.entity };
        rows.insert(key, Row::Grant { id, may_use, may_observe, expires_at });
    }
    for given in &model.temporary {
        let (user, holds, expires_at) = (given.user, cells(&given.holds), given.expires_at);
        rows.insert(Key::of(Kind::Temporary, given.id), Row::Temporary { user, holds, expires_at });
    }
    rows
}

impl Change<'_> {
    /// Writes a row as it was, as the acts write it.
    pub(crate) async fn put(&mut self, Key { id, other, .. }: Key, row: &Row) -> Result<()> {
        match row {
            Row::Workspace { plan, seats, licences, default_role } => {
                self.put_subscription(plan, *seats, *licences).await?;
                self.set_default_role(*default_role).await
            }
            Row::Role { name, holds } => self.put_role(id, name, &read_cells(holds)).await,
            Row::Toggle { name, summary, holds } => {
                let (name, summary, holds) = (name.clone(), summary.clone(), read_cells(holds));
                self.put_toggle(id, &ToggleInput { name, summary, holds }).await
            }
            Row::Unit { name, kind } => self.put_unit(id, *kind, name).await,
            Row::User { role, department, branch, standing, preset_number } => {
                self.set_role(id, *role).await?;
                self.place(id, *department, *branch).await?;
                self.preset_caller_id(id, *preset_number).await?;
                self.put_standing(id, *standing).await
            }
            Row::Setting(setting) => self.set_toggle(id, other, Some(*setting)).await,
            Row::Lead => self.put_lead(id, other).await,
            Row::Grant { id: grant, may_use, may_observe, expires_at } => {
                let (may_use, may_observe, expires_at) = (*may_use, *may_observe, *expires_at);
                let given = GrantInput { user: id, entity: other, may_use, may_observe, expires_at };
                self.put_grant(*grant, &given).await.map(drop)
            }
            Row::Temporary { user, holds, expires_at } => {
                self.put_temporary(id, *user, &read_cells(holds), *expires_at).await
            }
        }
    }

    /// Removes a row that was not there, as the acts remove it.
    pub(crate) async fn remove(&mut self, Key { kind, id, other }: Key, row: Option<&Row>) -> Result<()> {
        match kind {
            Kind::Role => self.delete_role(id).await,
            Kind::Toggle => self.delete_toggle(id).await,
            Kind::Unit => self.delete_unit(id).await,
            Kind::Setting => self.set_toggle(id, other, None).await,
            Kind::Lead => self.delete_lead(id, other).await,
            Kind::Grant => self.delete_grant(id, other).await,
            Kind::Temporary => match row {
                Some(Row::Temporary { user, .. }) => self.delete_temporary(*user, id).await,
                _ => Ok(()),
            },
            Kind::Workspace | Kind::User => Ok(()),
        }
    }
}
