//! The unfolded access model of one workspace: what an administrator has set, as it was set.

use std::collections::BTreeMap;
use std::fmt;

use crate::powers::{Cell, PermissionSet};
use crate::preset::{Preset, RoleStanding};

/// The identity of a thing within its workspace: a user, role, unit, toggle, extension, queue, number or grant.
///
/// All of them are numbered from one sequence, so an id says which thing is meant without saying its kind, and
/// the facts about a row are a flat list of ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Id(pub u32);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Microseconds since the Unix epoch, UTC.
pub type Micros = i64;

/// Everything that decides who may do what in one workspace.
#[derive(Debug, Clone)]
pub struct Model {
    /// The workspace that this is.
    pub workspace: i64,
    /// Rises by one with each change.
    pub version: i64,
    /// The preset that the workspace was created from.
    pub preset: &'static Preset,
    /// The key of the plan.
    pub plan: String,
    /// What the plan lets anybody do.
    pub allows: PermissionSet,
    /// How many people the subscription pays for (CLY-06); none where seats are not counted.
    pub seats: Option<u32>,
    /// How many numbers the licences pay for (ONF-06); none where licences are not counted.
    pub licences: Option<u32>,
    /// The role that a new user gets unless another is chosen; the preset's own where none is set.
    pub default_role: Option<Id>,
    /// Roles by id.
    pub roles: BTreeMap<Id, Role>,
    /// Toggles by id.
    pub toggles: BTreeMap<Id, Toggle>,
    /// Departments and branches by id.
    pub units: BTreeMap<Id, Unit>,
    /// People by id; deleted ones are not here.
    pub users: BTreeMap<Id, User>,
    /// Extensions, queues and numbers by id.
    pub entities: BTreeMap<Id, Entity>,
    /// Toggles that are set for somebody: (user, toggle).
    pub settings: BTreeMap<(Id, Id), Setting>,
    /// Units that somebody leads: (user, unit).
    pub leads: Vec<(Id, Id)>,
    /// Extensions, queues and numbers given to people.
    pub grants: Vec<Grant>,
    /// Permissions given for a while.
    pub temporary: Vec<Temporary>,
}

/// A named set of permissions.
#[derive(Debug, Clone)]
pub struct Role {
    /// The name for people.
    pub name: String,
    /// The preset's key, for a built-in role.
    pub key: Option<String>,
    /// How the rules about owners and last admins see it.
    pub standing: RoleStanding,
    /// What it holds.
    pub holds: Vec<Cell>,
}

/// A named bundle of permissions that is allowed or denied for one user.
#[derive(Debug, Clone)]
pub struct Toggle {
    /// The name for people.
    pub name: String,
    /// What it gives, for people.
    pub summary: String,
    /// The preset's key, for a built-in toggle; none for one of the workspace's own.
    pub key: Option<String>,
    /// What it holds.
    pub holds: Vec<Cell>,
    /// What it holds besides while another toggle is allowed too.
    pub with: Option<(Id, Vec<Cell>)>,
}

/// How a toggle is set for one user; not set means inherited from the role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// The bundle is added to what the role gives.
    Allow,
    /// The bundle is taken away, whatever gives it.
    Deny,
}

/// The words by which the databases and the API know the values of a kind.
macro_rules! words {
    ($kind:ident { $($value:ident $word:literal),+ $(,)? }) => {
        impl $kind {
            /// The word that the databases and the API use.
            pub const fn word(self) -> &'static str {
                match self { $($kind::$value => $word),+ }
            }

            /// The value of a word.
            pub fn of_word(word: &str) -> Option<$kind> {
                match word { $($word => Some($kind::$value),)+ _ => None }
            }
        }
    };
}

words!(Setting { Allow "allow", Deny "deny" });
words!(UnitKind { Department "department", Branch "branch" });
words!(Standing { Invited "invited", Active "active", Banned "banned" });
words!(EntityKind { Extension "extension", Queue "queue", Number "number" });

/// Whatever is not known counts as banned.
impl From<String> for Standing {
    fn from(word: String) -> Standing {
        Standing::of_word(&word).unwrap_or(Standing::Banned)
    }
}

/// What kind of unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// A department; a user belongs to at most one.
    Department,
    /// A branch; a user belongs to at most one.
    Branch,
}

/// A department or a branch.
#[derive(Debug, Clone)]
pub struct Unit {
    /// The name for people.
    pub name: String,
    /// Which of the two.
    pub kind: UnitKind,
}

/// Where a user's account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Invited, has not signed in yet.
    Invited,
    /// In use.
    Active,
    /// May do nothing and cannot sign in, keeps what is assigned (CLY-07).
    Banned,
}

/// A user in the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Unique in the workspace, lower case.
    pub email: String,
    /// The name for people.
    pub name: String,
    /// Exactly one role.
    pub role: Id,
    /// The department, if any.
    pub department: Option<Id>,
    /// The branch, if any.
    pub branch: Option<Id>,
    /// Where the account stands.
    pub standing: Standing,
    /// The caller ID that an administrator set for a user to whom no number is granted (NUA-07).
    pub preset_number: Option<Id>,
    /// The caller ID that the user chose among the numbers granted for use (NUA-07).
    pub chosen_number: Option<Id>,
}

impl User {
    /// The units that the user belongs to.
    pub fn units(&self) -> impl Iterator<Item = Id> {
        self.department.into_iter().chain(self.branch)
    }
}

/// What kind of thing a grant can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// A telephone extension.
    Extension,
    /// A call queue.
    Queue,
    /// A phone number.
    Number,
}

/// An extension, queue or number.
#[derive(Debug, Clone)]
pub struct Entity {
    /// Which of the three.
    pub kind: EntityKind,
    /// What people call it: `201`, `Sales`, `+4930…`.
    pub label: String,
    /// Whose extension it is; none for queues and numbers, which are granted.
    pub owner: Option<Id>,
}

/// An extension, queue or number given to a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The grant's own id.
    pub id: Id,
    /// To whom.
    pub user: Id,
    /// What.
    pub entity: Id,
    /// Place and receive calls with it, choose it as caller ID.
    pub may_use: bool,
    /// See its log and statistics.
    pub may_observe: bool,
    /// From when on it no longer counts.
    pub expires_at: Option<Micros>,
}

impl Grant {
    /// Whether the grant counts at a moment: until it expires, and no longer at that microsecond.
    pub fn counts_at(&self, now: Micros) -> bool {
        self.expires_at.is_none_or(|at| now < at)
    }
}

/// Permissions given to a user for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Temporary {
    /// Its own id.
    pub id: Id,
    /// To whom.
    pub user: Id,
    /// What.
    pub holds: Vec<Cell>,
    /// From when on it no longer counts.
    pub expires_at: Micros,
}

impl Model {
    /// The role of a user.
    pub fn role_of(&self, user: Id) -> Option<&Role> {
        self.roles.get(&self.users.get(&user)?.role)
    }

    /// Whether a user holds the Owner's role.
    pub fn is_owner(&self, user: Id) -> bool {
        self.role_of(user).is_some_and(|r| r.standing.owner)
    }

    /// What people call a thing of the model, for explanations.
    pub fn label(&self, id: Id) -> &str {
        None.or_else(|| self.entities.get(&id).map(|e| e.label.as_str()))
            .or_else(|| self.units.get(&id).map(|u| u.name.as_str()))
            .or_else(|| self.users.get(&id).map(|p| p.name.as_str()))
            .or_else(|| self.roles.get(&id).map(|r| r.name.as_str()))
            .or_else(|| self.toggles.get(&id).map(|t| t.name.as_str()))
            .unwrap_or("something deleted")
    }

    /// Whether there is something of that id.
    pub fn has(&self, id: Id) -> bool {
        self.entities.contains_key(&id)
            || self.units.contains_key(&id)
            || self.users.contains_key(&id)
            || self.roles.contains_key(&id)
            || self.toggles.contains_key(&id)
    }

    /// Whether something of that id is an extension, queue or number, or a department or branch: what may be hidden from
    /// somebody who sees the people it belongs to.
    pub fn is_placed(&self, id: Id) -> bool {
        self.entities.contains_key(&id) || self.units.contains_key(&id)
    }

    /// Whether something of that id is a phone number.
    pub fn is_number(&self, id: Id) -> bool {
        self.entities.get(&id).is_some_and(|entity| entity.kind == EntityKind::Number)
    }

    /// The numbers that a user may call with because they were granted to them, the one granted first first.
    pub fn numbers_of(&self, user: Id, now: Micros) -> Vec<Id> {
        let mut granted: Vec<(Id, Id)> = self
            .grants_of(user, now)
            .filter(|g| g.may_use && self.is_number(g.entity))
            .map(|g| (g.id, g.entity))
            .collect();
        granted.sort_unstable();
        granted.into_iter().map(|(_, number)| number).collect()
    }

    /// The grants of a user that count at a moment.
    pub fn grants_of(&self, user: Id, now: Micros) -> impl Iterator<Item = &Grant> {
        self.grants.iter().filter(move |g| g.user == user && g.counts_at(now))
    }
}
