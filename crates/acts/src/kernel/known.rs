//! What an act may name: the people, things, units and roles that its actor may know of.
//!
//! Every id that comes in a path or in a body goes through here before anything else is asked about it. What is hidden is
//! told like what is not there, byte for byte, and nothing is said of it: whose it is, whether it may be touched, what it
//! holds (ALL-05).

use access::model::{EntityKind, UnitKind};
use access::{Actor, Id, Model, Permission, authority};

use crate::Answer;
use crate::kernel::refusal::{Refusal, unseen};

/// Looks up what is named to an act, as its actor may know it.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    model: &'a Model,
    actor: Option<&'a Actor>,
}

impl<'a> Known<'a> {
    /// What an actor may know of a model; everything, where none is given: whoever runs the machine.
    pub fn to(actor: Option<&'a Actor>, model: &'a Model) -> Known<'a> {
        Known { model, actor }
    }

    /// The model that everything is looked up in.
    pub fn model(self) -> &'a Model {
        self.model
    }

    /// A person whom the actor may know by name.
    pub fn person(self, field: &'static str, user: u32) -> Answer<Id> {
        let there = self.model.users.contains_key(&Id(user));
        if there && self.knows_person(Id(user)) { Ok(Id(user)) } else { Err(no_user(field)) }
    }

    /// Whether the actor may know somebody by name.
    pub fn knows_person(self, user: Id) -> bool {
        self.actor.is_none_or(|actor| actor.knows_user(user))
    }

    /// A person whose record the actor may see: what is given to somebody is told to those alone.
    pub fn record(self, field: &'static str, user: u32) -> Answer<Id> {
        let there = self.model.users.contains_key(&Id(user));
        if there && self.sees(Id(user)) { Ok(Id(user)) } else { Err(no_user(field)) }
    }

    /// Whether the actor may see somebody's record.
    pub fn sees(self, user: Id) -> bool {
        self.actor.is_none_or(|actor| actor.sees_user(user))
    }

    /// An extension, queue or number.
    pub fn entity(self, entity: u32) -> Answer<(Id, EntityKind)> {
        let kind = self.model.entities.get(&Id(entity)).map(|entity| entity.kind);
        let kind = kind.filter(|_| self.actor.is_none_or(|actor| actor.knows(Id(entity))));
        let unknown = || {
            Refusal::out_of_reach("entity", "{field} is not an extension, queue or number of this workspace.")
        };
        kind.map(|kind| (Id(entity), kind)).ok_or_else(unknown)
    }

    /// A number.
    pub fn number(self, number: u32) -> Answer<Id> {
        let unknown = || Refusal::out_of_reach("number", "{field} is not a number of this workspace.");
        match self.entity(number) {
            Ok((number, EntityKind::Number)) => Ok(number),
            _ => Err(unknown()),
        }
    }

    /// A department or branch of that kind.
    pub fn unit(self, field: &'static str, kind: UnitKind, unit: u32) -> Answer<Id> {
        let there = self.model.units.get(&Id(unit)).is_some_and(|unit| unit.kind == kind);
        if there && self.knows_unit(Id(unit)) { Ok(Id(unit)) } else { Err(no_unit(field)) }
    }

    /// Whether there is such a unit and the actor may know of it.
    pub fn knows_unit(self, unit: Id) -> bool {
        self.model.units.contains_key(&unit) && self.actor.is_none_or(|actor| actor.sees_unit(unit))
    }

    /// A role: the preset's are no secret, nor are those of people whom the actor sees; every other one is for whoever may
    /// see roles, or gives roles and could give it.
    pub fn role(self, role: u32) -> Answer<Id> {
        let known = self.model.roles.get(&Id(role)).is_some_and(|found| {
            let reads = |actor: &Actor| actor.holds(Permission::RoleRead);
            let gives = |actor: &Actor| {
                let some = [Permission::UserAssignRole, Permission::UserInvite];
                some.into_iter().any(|p| actor.holds(p)) && authority::may_give(actor, found)
            };
            let of_seen =
                || self.model.users.iter().any(|(id, user)| user.role == Id(role) && self.sees(*id));
            found.key.is_some() || self.actor.is_none_or(|actor| reads(actor) || gives(actor)) || of_seen()
        });
        let unknown = || Refusal::out_of_reach("role", "{field} is not a role of this workspace.");
        if known { Ok(Id(role)) } else { Err(unknown()) }
    }

    /// A toggle: the built-in ones are no secret, every other one is for whoever may see roles or set toggles for anybody.
    pub fn toggle(self, toggle: u32) -> Answer<Id> {
        let known = self.model.toggles.get(&Id(toggle)).is_some_and(|found| {
            let reads = |p: Permission| self.actor.is_none_or(|actor| actor.holds(p));
            found.key.is_some() || reads(Permission::RoleRead) || reads(Permission::UserSetAccess)
        });
        let unknown = || Refusal::out_of_reach("toggle", "{field} is not a toggle of this workspace.");
        if known { Ok(Id(toggle)) } else { Err(unknown()) }
    }

    /// Asks, of the people whom an act touches without naming them, that the actor may know every one.
    pub fn touches(self, people: impl IntoIterator<Item = Id>) -> Answer<()> {
        let hidden = people.into_iter().any(|user| !self.knows_person(user));
        if hidden { Err(unseen()) } else { Ok(()) }
    }
}

fn no_user(field: &'static str) -> Refusal {
    Refusal::out_of_reach(field, "{field} is not a user of this workspace.")
}

fn no_unit(field: &'static str) -> Refusal {
    Refusal::out_of_reach(field, "{field} is not one of this workspace.")
}
