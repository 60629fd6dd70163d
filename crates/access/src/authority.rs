//! Who may act on whom: the rules that every change of access must satisfy, checked on its outcome.
//!
//! A change is judged by comparing the workspace before and after it, so that no kind of change, present or
//! future, needs a rule of its own: nobody gains what the actor lacks, nobody who holds more is touched, the
//! owner is left alone, and somebody can always manage people and roles.

use std::fmt;

use crate::decide::Actor;
use crate::model::{Id, Model, Standing};
use crate::permission::Permission;
use crate::powers::{Cell, Powers};
use crate::reach::Reach;
use crate::snapshot::{Folded, Snapshot};

/// The rule that a change would break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breach {
    /// Nobody but the Owner changes the Owner (CAL-02).
    OwnerProtected,
    /// There is exactly one Owner (CAL-01).
    OneOwner,
    /// Somebody active must keep the role that manages people and roles (ALL-07, CLY-09).
    LastGuardian,
    /// Somebody would get a permission that the actor does not hold so far (ALL-02).
    GivesMore {
        /// Who would get it; none where a role or toggle itself would hold it.
        user: Option<Id>,
        /// What.
        permission: Permission,
    },
    /// The user holds a permission that the actor does not hold so far (ALL-02).
    HoldsMore {
        /// Who.
        user: Id,
        /// What.
        permission: Permission,
    },
    /// The permission can be in no role, toggle, grant or token (CAL-18).
    CannotBeGiven(Permission),
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Breach::OwnerProtected => f.write_str("only the Owner can change the Owner"),
            Breach::OneOwner => {
                f.write_str("a workspace has exactly one Owner; ownership is transferred, not given")
            }
            Breach::LastGuardian => f.write_str(
                "this would leave nobody who can manage people and roles; give somebody else that role first",
            ),
            Breach::GivesMore { permission, .. } => {
                write!(f, "this would give `{permission}` further than you hold it yourself")
            }
            Breach::HoldsMore { permission, .. } => {
                write!(f, "this user holds `{permission}` further than you do, so you cannot change them")
            }
            Breach::CannotBeGiven(permission) => {
                write!(f, "`{permission}` cannot be put into a role or given")
            }
        }
    }
}

impl std::error::Error for Breach {}

/// Judges a change by its outcome. `touched` names people whom the change concerns beyond what the model shows
/// (a password reset, say). With no actor, only the rules that bind even the operator are checked.
pub fn guard(
    actor: Option<&Actor>,
    before: &Snapshot,
    after: &Snapshot,
    touched: &[Id],
) -> Result<(), Breach> {
    if let Some(actor) = actor.filter(|_| before.model().plan == after.model().plan) {
        definitions(actor, before.model(), after.model())?;
        let changed = before.model().users.keys().chain(after.model().users.keys());
        for user in changed.copied().filter(|p| touched.contains(p) || differs(before, after, *p)) {
            may_touch(actor, before, user)?;
            gains(actor, before, after, user)?;
        }
    }
    standing(after)
}

/// What must hold of a workspace at all times: one owner where the preset has one, and no lock-out.
pub fn standing(snapshot: &Snapshot) -> Result<(), Breach> {
    let model = snapshot.model();
    if model.preset.has_owner() && model.users.keys().filter(|p| model.is_owner(**p)).count() != 1 {
        return Err(Breach::OneOwner);
    }
    let keeps_the_keys = |id: &Id| {
        let manages = |folded: &Folded| {
            [Permission::UserAssignRole, Permission::UserSetAccess, Permission::RoleWrite]
                .into_iter()
                .all(|p| folded.powers.has(p, Reach::All))
        };
        model.role_of(*id).is_some_and(|r| r.standing.guardian)
            && model.users.get(id).is_some_and(|p| p.standing == Standing::Active)
            && snapshot.user(*id).is_some_and(|folded| manages(folded))
    };
    if model.users.keys().any(keeps_the_keys) { Ok(()) } else { Err(Breach::LastGuardian) }
}

/// Whether an actor may hand a list of cells out, as a role, toggle, token or temporary access.
pub fn may_define(actor: &Actor, cells: &[Cell]) -> Result<(), Breach> {
    if let Some((permission, _)) = cells.iter().find(|(p, _)| !p.can_be_given()) {
        return Err(Breach::CannotBeGiven(*permission));
    }
    let wanted: Powers = cells.iter().collect();
    let lacks = |(p, reaches): &Cell| reaches.iter().any(|r| !actor.powers().has(*p, r));
    match wanted.iter().find(lacks) {
        Some((permission, _)) => Err(Breach::GivesMore { user: None, permission }),
        None => Ok(()),
    }
}

fn definitions(actor: &Actor, before: &Model, after: &Model) -> Result<(), Breach> {
    let roles = after.roles.iter().map(|(id, r)| (&r.holds, before.roles.get(id).map(|r| &r.holds)));
    let toggles = after.toggles.iter().map(|(id, t)| (&t.holds, before.toggles.get(id).map(|t| &t.holds)));
    for (holds, held) in roles.chain(toggles).filter(|(holds, held)| Some(*holds) != *held) {
        let held: &[Cell] = held.map_or(&[], Vec::as_slice);
        let new: Vec<Cell> = holds.iter().filter(|cell| !held.contains(cell)).copied().collect();
        may_define(actor, &new)?;
    }
    Ok(())
}

/// Whether a user's record or access is another after the change.
fn differs(before: &Snapshot, after: &Snapshot, id: Id) -> bool {
    let record = |s: &Snapshot| {
        s.model()
            .users
            .get(&id)
            .map(|p| (p.email.clone(), p.name.clone(), p.role, p.department, p.branch, p.standing))
    };
    before.user(id) != after.user(id) || record(before) != record(after)
}

/// Whether an actor may change a user at all: nobody touches the Owner or whoever holds more (CAL-02, ALL-02).
pub fn may_touch(actor: &Actor, before: &Snapshot, user: Id) -> Result<(), Breach> {
    let Some(folded) = before.user(user).filter(|_| user != actor.id()) else { return Ok(()) };
    if before.model().is_owner(user) {
        return Err(Breach::OwnerProtected);
    }
    let powers = before.latent(user);
    match atoms(&powers, folded).find(|atom| !covers(actor, atom)) {
        Some(Atom { permission, .. }) => Err(Breach::HoldsMore { user, permission }),
        None => Ok(()),
    }
}

fn gains(actor: &Actor, before: &Snapshot, after: &Snapshot, user: Id) -> Result<(), Breach> {
    let Some(folded) = after.user(user) else { return Ok(()) };
    let powers = after.latent(user);
    let had = before.user(user).map(|folded| (before.latent(user), folded));
    let gained = |atom: &Atom| had.as_ref().is_none_or(|(powers, folded)| !holds(powers, folded, atom));
    match atoms(&powers, folded).filter(gained).find(|atom| !covers(actor, atom)) {
        Some(Atom { permission, .. }) => Err(Breach::GivesMore { user: Some(user), permission }),
        None => Ok(()),
    }
}

/// The smallest piece of access: one permission over everything, one unit, one granted thing, or one's own rows.
#[derive(Debug, Clone, Copy)]
struct Atom {
    permission: Permission,
    over: Over,
}

#[derive(Debug, Clone, Copy)]
enum Over {
    Everything,
    Unit(Id),
    Entity(Id),
    OwnRows,
}

fn atoms<'a>(powers: &'a Powers, folded: &'a Folded) -> impl Iterator<Item = Atom> + 'a {
    powers.iter().flat_map(move |(permission, reaches)| {
        let everything = reaches.has(Reach::All).then_some(Over::Everything);
        let units = folded.led().iter().filter(move |_| reaches.has(Reach::Team)).map(|u| Over::Unit(*u));
        let entities =
            folded.granted(permission).filter(move |_| reaches.has(Reach::Assigned)).map(Over::Entity);
        let own = reaches.has(Reach::Own).then_some(Over::OwnRows);
        let over = everything.into_iter().chain(units).chain(entities).chain(own);
        over.map(move |over| Atom { permission, over })
    })
}

fn holds(powers: &Powers, folded: &Folded, atom: &Atom) -> bool {
    let has = |reach| powers.has(atom.permission, reach);
    has(Reach::All)
        || match atom.over {
            Over::Everything => false,
            Over::Unit(unit) => has(Reach::Team) && folded.leads(unit),
            Over::Entity(entity) => has(Reach::Assigned) && folded.is_granted(atom.permission, entity),
            Over::OwnRows => has(Reach::Own),
        }
}

/// Whether an actor holds an atom, so far as the permission can be held: whoever holds a permission that cannot
/// reach `all` at its widest reach may give it over any extension, queue or number.
fn covers(actor: &Actor, atom: &Atom) -> bool {
    let has = |reach| actor.powers().has(atom.permission, reach);
    let widest = !atom.permission.entry().reaches.has(Reach::All) && has(Reach::Assigned);
    let of_team = |entity| {
        let units = actor.snapshot().units_of(entity);
        has(Reach::Team) && units.iter().any(|unit| actor.folded().leads(*unit))
    };
    match atom.over {
        Over::Entity(entity) if widest || of_team(entity) => true,
        _ => holds(actor.powers(), actor.folded(), atom),
    }
}
