//! May somebody place or receive a call, on which extension, and which number does the other side see: one function
//! that the phone, the console and the API ask, so that the answer is the server's and never the client's (NUA-07).

use std::fmt;

use crate::model::{EntityKind, Id, Model};
use crate::permission::Permission;
use crate::reach::Reach;
use crate::snapshot::Snapshot;
use crate::text;
use crate::text::Text;

/// On what a call goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallLine {
    /// The caller's extension; none where they have none and the preset needs none.
    pub extension: Option<Id>,
    /// The number that the other side sees.
    pub caller_id: Id,
    /// Why it is that one.
    pub because: Because,
}

/// Why a call shows the number that it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// It was asked for with the call.
    Asked,
    /// The user chose it.
    Chosen,
    /// The user chose none, and it was granted first.
    GrantedFirst,
    /// No number is granted to the user, and an administrator preset this one.
    Preset,
}

impl Because {
    /// The word that the API uses.
    pub const fn word(self) -> &'static str {
        match self {
            Because::Asked => "asked",
            Because::Chosen => "chosen",
            Because::GrantedFirst => "granted_first",
            Because::Preset => "preset",
        }
    }
}

/// Why somebody cannot place or receive a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CannotCall {
    /// They lack the permission, or are banned, or not here.
    Lacks(Permission),
    /// They need an extension of their own or one granted for use (NUA-06).
    NoExtension,
    /// No number is granted to them for use and none is preset for them (NUA-07).
    NoNumber,
    /// The number that was asked for is not theirs to show (NUA-07).
    NotTheirs(Id),
}

impl CannotCall {
    /// The word that the API uses.
    pub const fn word(self) -> &'static str {
        match self {
            CannotCall::Lacks(_) => "no_permission",
            CannotCall::NoExtension => "no_extension",
            CannotCall::NoNumber => "no_number",
            CannotCall::NotTheirs(_) => "not_their_number",
        }
    }
}

impl CannotCall {
    /// Why not and how to mend it, in a sentence for people.
    pub fn text(&self) -> Text {
        match self {
            CannotCall::Lacks(permission) => text!("The permission `{permission}` is missing.", permission),
            CannotCall::NoExtension => text!(
                "Calls need an extension, and there is none: add one of their own, or grant one for use."
            ),
            CannotCall::NoNumber => text!(
                "Outgoing calls need a number to show: none is granted for use, and no default caller ID is set."
            ),
            CannotCall::NotTheirs(_) => {
                text!("The number that was asked for is not among those that they may show.")
            }
        }
    }
}

impl fmt::Display for CannotCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

impl std::error::Error for CannotCall {}

/// Whether a user may place a call now, and on what it goes out. `asked` is the number that the client wants to show.
///
/// The number is the one that was asked for, if it is among the numbers granted for use; else the one that the user
/// chose, if it is still granted; else the one that was granted first. With none granted it is the one that an
/// administrator preset, and nothing else can be asked for.
pub fn may_call(snapshot: &Snapshot, user: Id, asked: Option<Id>) -> Result<CallLine, CannotCall> {
    let extension = line(snapshot, user, Permission::CallPlace)?;
    let (caller_id, because) = caller_id(snapshot, user)?;
    let line = CallLine { extension, caller_id, because };
    match asked {
        None => Ok(line),
        Some(asked) if choices(snapshot, user).contains(&asked) => {
            Ok(CallLine { caller_id: asked, because: Because::Asked, ..line })
        }
        Some(asked) => Err(CannotCall::NotTheirs(asked)),
    }
}

/// Whether a user may receive calls now, and on which extension they ring; none where the preset needs none and they
/// have none.
pub fn may_receive(snapshot: &Snapshot, user: Id) -> Result<Option<Id>, CannotCall> {
    line(snapshot, user, Permission::CallReceive)
}

/// The numbers that a user may show: those granted for use, the one granted first first; with none granted, the one
/// that is preset.
pub fn choices(snapshot: &Snapshot, user: Id) -> Vec<Id> {
    let granted = snapshot.model().numbers_of(user, snapshot.at());
    if granted.is_empty() { preset(snapshot, user).into_iter().collect() } else { granted }
}

/// The number that a user shows unless they ask for another, and why.
pub fn caller_id(snapshot: &Snapshot, user: Id) -> Result<(Id, Because), CannotCall> {
    let model = snapshot.model();
    let granted = model.numbers_of(user, snapshot.at());
    let chosen = model.users.get(&user).and_then(|u| u.chosen_number).filter(|n| granted.contains(n));
    let first = granted.first().map(|number| (*number, Because::GrantedFirst));
    let preset = || preset(snapshot, user).map(|number| (number, Because::Preset));
    chosen.map(|number| (number, Because::Chosen)).or(first).or_else(preset).ok_or(CannotCall::NoNumber)
}

/// The number preset for a user, so long as it exists and, where a number belongs to one user at a time, nobody else
/// has it (ONF-07).
fn preset(snapshot: &Snapshot, user: Id) -> Option<Id> {
    let model = snapshot.model();
    let number = model.users.get(&user)?.preset_number.filter(|number| model.is_number(*number))?;
    let taken = model.preset.rules.exclusive_numbers && holder(snapshot, number).is_some();
    (!taken).then_some(number)
}

/// Somebody to whom a number is granted for use.
pub fn holder(snapshot: &Snapshot, number: Id) -> Option<Id> {
    let of = |g: &&crate::model::Grant| g.entity == number && g.may_use && g.counts_at(snapshot.at());
    snapshot.model().grants.iter().find(of).map(|grant| grant.user)
}

/// The extension of a user who holds the permission, where one is needed or there is one.
fn line(snapshot: &Snapshot, user: Id, permission: Permission) -> Result<Option<Id>, CannotCall> {
    let held = snapshot.user(user).is_some_and(|folded| folded.powers.has(permission, Reach::Own));
    if !held {
        return Err(CannotCall::Lacks(permission));
    }
    let extension = extension(snapshot, user);
    if extension.is_none() && snapshot.model().preset.rules.calls_need_extension {
        return Err(CannotCall::NoExtension);
    }
    Ok(extension)
}

/// A user's own extension, the one added first; else the one granted for use first (NUA-06).
pub fn extension(snapshot: &Snapshot, user: Id) -> Option<Id> {
    let model = snapshot.model();
    let own = model.entities.iter().find(|(_, e)| e.kind == EntityKind::Extension && e.owner == Some(user));
    own.map(|(id, _)| *id).or_else(|| granted_extension(model, snapshot, user))
}

fn granted_extension(model: &Model, snapshot: &Snapshot, user: Id) -> Option<Id> {
    let is_extension = |id: &Id| model.entities.get(id).is_some_and(|e| e.kind == EntityKind::Extension);
    let granted = model.grants_of(user, snapshot.at()).filter(|g| g.may_use && is_extension(&g.entity));
    granted.min_by_key(|grant| grant.id).map(|grant| grant.entity)
}
