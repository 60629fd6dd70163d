//! Things that permissions concern, as a decision sees them.

use crate::model::{Id, UnitKind};
use crate::permission::Permission;

/// The kinds of things that endpoints look up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Noun {
    /// The workspace itself, for permissions that concern no row.
    Workspace,
    /// A user.
    User,
    /// A role.
    Role,
    /// A department.
    Department,
    /// A branch.
    Branch,
    /// An extension.
    Extension,
    /// A queue.
    Queue,
    /// A phone number.
    Number,
    /// A call, with its recording.
    Call,
    /// An API token.
    Token,
    /// A row that Ringfence does not keep, known by what it is said to touch: a message, a lead, a voicemail.
    Outside,
}

impl Noun {
    /// Every kind that Ringfence keeps.
    pub const KEPT: [Noun; 10] = [
        Noun::Workspace,
        Noun::User,
        Noun::Role,
        Noun::Department,
        Noun::Branch,
        Noun::Extension,
        Noun::Queue,
        Noun::Number,
        Noun::Call,
        Noun::Token,
    ];

    /// The kept kind of that word, if there is one.
    pub fn from_word(word: &str) -> Option<Noun> {
        Noun::KEPT.into_iter().find(|noun| noun.word() == word)
    }

    /// The permission that shows a thing of this kind; whoever lacks it over a row must not learn that it exists (ALL-05).
    pub const fn see(self) -> Option<Permission> {
        match self {
            Noun::Workspace | Noun::Outside => None,
            Noun::User => Some(Permission::UserRead),
            Noun::Role => Some(Permission::RoleRead),
            Noun::Department => Some(Permission::DepartmentRead),
            Noun::Branch => Some(Permission::BranchRead),
            Noun::Extension => Some(Permission::ExtensionRead),
            Noun::Queue => Some(Permission::QueueRead),
            Noun::Number => Some(Permission::NumberRead),
            Noun::Call => Some(Permission::CallRecordRead),
            Noun::Token => Some(Permission::ApiTokenRead),
        }
    }

    /// The word for people, the API and the audit log.
    pub const fn word(self) -> &'static str {
        match self {
            Noun::Workspace => "workspace",
            Noun::User => "user",
            Noun::Role => "role",
            Noun::Department => "department",
            Noun::Branch => "branch",
            Noun::Extension => "extension",
            Noun::Queue => "queue",
            Noun::Number => "number",
            Noun::Call => "call",
            Noun::Token => "api_token",
            Noun::Outside => "row",
        }
    }
}

impl From<UnitKind> for Noun {
    fn from(kind: UnitKind) -> Noun {
        match kind {
            UnitKind::Department => Noun::Department,
            UnitKind::Branch => Noun::Branch,
        }
    }
}

/// One row, reduced to what a decision needs: which people, units, extensions, queues and numbers it touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    /// What kind of row.
    pub noun: Noun,
    /// Its id among its kind.
    pub id: i64,
    /// The ids that it touches, sorted: who takes part, what it went through, to which units it belongs.
    pub touches: Vec<Id>,
}

impl Thing {
    /// A row with what it touches, in any order.
    pub fn new(noun: Noun, id: i64, mut touches: Vec<Id>) -> Thing {
        touches.sort_unstable();
        touches.dedup();
        Thing { noun, id, touches }
    }

    /// The workspace itself.
    pub const WORKSPACE: Thing = Thing { noun: Noun::Workspace, id: 0, touches: vec![] };
}
