//! What somebody holds at a moment, for the rules about who may act on whom: the plan and a ban left aside, since
//! either may end.

use std::sync::Arc;

use crate::decide::Actor;
use crate::model::{Id, Micros};
use crate::permission::{GrantUse, Permission};
use crate::powers::Powers;
use crate::reach::Reach;
use crate::snapshot::{Folded, Snapshot};

/// The moment of each snapshot itself: nothing is looked at as it was earlier.
pub(crate) const PRESENT: Micros = Micros::MIN;

/// The smallest piece of access that is about something of the workspace.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Atom {
    pub(crate) permission: Permission,
    over: Over,
}

#[derive(Debug, Clone, Copy)]
enum Over {
    /// The rows of a department or branch.
    Unit(Id),
    /// The rows that went through an extension, queue or number.
    Entity(Id),
    /// What hangs on an extension that is one's own, with what its owners before left there.
    Owned(Id),
}

/// What somebody holds at a moment, under any plan, a ban left aside.
pub(crate) struct Holder<'s> {
    pub(crate) powers: Powers,
    folded: Arc<Folded>,
    snapshot: &'s Snapshot,
    at: Micros,
}

impl<'s> Holder<'s> {
    pub(crate) fn of(snapshot: &'s Snapshot, user: Id, at: Micros) -> Option<Holder<'s>> {
        let present = snapshot.user(user)?;
        let at = at.max(snapshot.at());
        let folded = if at == snapshot.at() {
            present.clone()
        } else {
            Arc::new(Folded::of(snapshot.model(), user, at))
        };
        Some(Holder { powers: snapshot.under_any_plan(user, at), folded, snapshot, at })
    }

    /// An actor, with a token's limit.
    pub(crate) fn acting(actor: &'s Actor, at: Micros) -> Option<Holder<'s>> {
        let holder = Holder::of(actor.snapshot(), actor.id(), at)?;
        Some(Holder { powers: holder.powers.only(actor.scope()), ..holder })
    }

    /// What is held over units and granted things, piece by piece.
    pub(crate) fn atoms(&self) -> impl Iterator<Item = Atom> {
        self.powers.iter().flat_map(move |(permission, reaches)| {
            let units = self.folded.led().iter().filter(move |_| reaches.has(Reach::Team));
            let units = units.map(|unit| Over::Unit(*unit));
            let entities = self.folded.granted(permission).filter(move |_| reaches.has(Reach::Assigned));
            units.chain(entities.map(Over::Entity)).map(move |over| Atom { permission, over })
        })
    }

    /// What is held over one's own extensions, piece by piece. It came with the extension, which may be given to anybody
    /// who holds nothing over their own yet; so what is given later is looked at as if the extension came after it.
    pub(crate) fn atoms_over_owned(&self) -> impl Iterator<Item = Atom> {
        let owned = self.snapshot.model().entities.iter().filter(|(_, e)| e.owner == Some(self.folded.user));
        owned.flat_map(|(entity, _)| {
            let over_rows = |p: &Permission| p.entry().reaches.has(Reach::All);
            let own = self.powers.at_reach(Reach::Own).iter().filter(over_rows);
            own.map(|permission| Atom { permission, over: Over::Owned(*entity) })
        })
    }

    pub(crate) fn holds(&self, atom: &Atom) -> bool {
        let has = |reach| self.powers.has(atom.permission, reach);
        has(Reach::All)
            || match atom.over {
                Over::Unit(unit) => has(Reach::Team) && self.folded.leads(unit),
                Over::Entity(entity) => {
                    has(Reach::Assigned) && self.folded.is_granted(atom.permission, entity)
                }
                Over::Owned(_) => has(Reach::Own) && self.owns(atom),
            }
    }

    /// Whether an atom is over an extension that is theirs.
    pub(crate) fn owns(&self, atom: &Atom) -> bool {
        let Over::Owned(extension) = atom.over else { return false };
        self.snapshot.model().entities.get(&extension).is_some_and(|e| e.owner == Some(self.folded.user))
    }

    /// Whether an atom may be given. Besides what is held: a permission that cannot reach `all` over any extension,
    /// queue or number, by whoever holds it at its widest reach; and over one that is within reach itself, what hangs
    /// on it as it stands now (the thing, its messages), but not the calls that went through it before.
    pub(crate) fn may_give(&self, atom: &Atom) -> bool {
        let permission = atom.permission;
        let within_reach = |entity| {
            let touches = self.snapshot.touches_at(entity, self.at);
            touches.is_some_and(|touches| self.reaches(permission, &touches))
        };
        let widest =
            !permission.entry().reaches.has(Reach::All) && self.powers.has(permission, Reach::Assigned);
        let otherwise = match atom.over {
            Over::Unit(_) => false,
            Over::Entity(entity) => {
                widest || (permission.grant_use() != GrantUse::Observe && within_reach(entity))
            }
            Over::Owned(entity) => within_reach(entity),
        };
        self.holds(atom) || otherwise
    }

    /// Whether a permission reaches a row that touches these ids.
    pub(crate) fn reaches(&self, permission: Permission, touches: &[Id]) -> bool {
        self.folded.reach_over(&self.powers, permission, touches).is_some()
    }
}
