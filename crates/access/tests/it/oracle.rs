//! The slow oracle of rising: every person, permission and row of a workspace, before and after a change, by asking for
//! each decision. Nobody may newly do to a row what the actor could not do to it; and what people can do together never
//! grows by their own acts.
//!
//! It knows nothing of how the guard judges. Decisions are asked under the whole plan and with every ban lifted, since
//! either may end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use access::model::{Micros, Standing};
use access::permission::GrantUse;
use access::{Actor, Id, Model, Permission, PermissionSet, Reach, Snapshot};

/// What a row is, so that it is the same row before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Row {
    /// A person, extension, queue or number, with what hangs on it as it stands: voicemail, messages, contacts.
    Present(Id),
    /// A call of the past: it touches for good what it touched then.
    Past(usize),
}

/// A workspace as the oracle sees it: everybody's decisions at one moment.
pub struct Seen {
    actors: BTreeMap<Id, Actor>,
    rows: BTreeMap<Row, Vec<Id>>,
}

impl Seen {
    /// All that can be asked about a model at a moment. `calls` are what calls of the past touch.
    pub fn of(model: &Model, at: Micros, calls: &[Vec<Id>]) -> Seen {
        let mut model = Model { allows: PermissionSet::EVERY, ..model.clone() };
        model.users.values_mut().for_each(|user| user.standing = Standing::Active);
        let snapshot = Arc::new(Snapshot::build(model, at));
        let model = snapshot.model();
        let things = model.users.keys().chain(model.entities.keys());
        let present = things.map(|id| (Row::Present(*id), touches(model, *id, at)));
        let past = calls.iter().enumerate().map(|(n, touches)| (Row::Past(n), touches.clone()));
        let rows = present.chain(past).collect();
        let actor = |id: &Id| Some((*id, Actor::user(snapshot.clone(), *id)?));
        Seen { actors: model.users.keys().filter_map(actor).collect(), rows }
    }

    fn may(&self, who: Id, permission: Permission, touches: &[Id]) -> bool {
        self.actors.get(&who).is_some_and(|actor| actor.reach_over(permission, touches).is_some())
    }

    fn holds(&self, who: Id, permission: Permission, reach: Reach) -> bool {
        self.actors.get(&who).is_some_and(|actor| actor.powers().has(permission, reach))
    }

    /// Whether somebody holds a permission that is about what one does oneself, and which they may therefore pass on.
    fn does_themself(&self, who: Id, permission: Permission) -> bool {
        is_ones_own_doing(permission)
            && Reach::ALL.into_iter().any(|reach| self.holds(who, permission, reach))
    }
}

/// Whether a permission is about what one does oneself, such as placing calls: it cannot reach everybody's rows.
fn is_ones_own_doing(permission: Permission) -> bool {
    !permission.entry().reaches.has(Reach::All)
}

/// What a person or thing touches, written from the words: itself; an extension its owner and their units; what is used
/// the units of those who use it.
fn touches(model: &Model, id: Id, at: Micros) -> Vec<Id> {
    let units =
        |user: Id| model.users.get(&user).into_iter().flat_map(|u| u.department.into_iter().chain(u.branch));
    let mut touches = vec![id];
    touches.extend(units(id));
    let owner = model.entities.get(&id).and_then(|entity| entity.owner);
    if let Some(owner) = owner.filter(|owner| model.users.contains_key(owner)) {
        touches.push(owner);
        touches.extend(units(owner));
    }
    for grant in model.grants.iter().filter(|g| g.entity == id && g.may_use) {
        if grant.expires_at.is_none_or(|end| at < end) {
            touches.extend(units(grant.user));
        }
    }
    touches
}

/// The permissions that a row is asked about: calls of the past are looked at, and nothing else is done to them.
fn asked(row: Row) -> impl Iterator<Item = Permission> {
    let all = Permission::ALL.iter().copied();
    all.filter(move |p| matches!(row, Row::Present(_)) || p.grant_use() == GrantUse::Observe)
}

/// The moments at which something may differ: now, and each end of what was given for a while.
fn moments(before: &Model, after: &Model, now: Micros) -> BTreeSet<Micros> {
    let ends = [before, after].into_iter().flat_map(|model| {
        let grants = model.grants.iter().filter_map(|g| g.expires_at);
        grants.chain(model.temporary.iter().map(|t| t.expires_at))
    });
    ends.filter(|end| *end > now).chain([now]).collect()
}

/// Whether nobody newly may what the actor could not.
pub fn nobody_rises(
    actor: Id,
    before: &Model,
    after: &Model,
    now: Micros,
    calls: &[Vec<Id>],
) -> Result<(), String> {
    for at in moments(before, after, now) {
        let (was, is) = (Seen::of(before, at, calls), Seen::of(after, at, calls));
        no_reach_is_new(actor, &was, &is)?;
        for (row, touches) in &is.rows {
            let Some(touched) = was.rows.get(row) else { continue };
            let alike = touched == touches;
            for who in is.actors.keys().copied().filter(|who| !alike || !same(*who, &was, &is)) {
                for permission in asked(*row).filter(|p| is.may(who, *p, touches)) {
                    let could = was.may(who, permission, touched) || was.may(actor, permission, touched);
                    let given = was.does_themself(actor, permission)
                        || (is_ones_own(*row, who)
                            && is_own_gift((who, permission), (actor, &was), (touched, touches), &is))
                        || (is_ones_own_doing(permission)
                            && !is.may(who, permission, &without(touches, who)));
                    if !could && !given {
                        return Err(format!(
                            "{who} newly may {permission} over {row:?}, and {actor} could not"
                        ));
                    }
                }
            }
        }
    }
    Ok(())
}

/// Whether somebody holds, leads and is granted the same in both: over a row that touches the same they may the same.
fn same(who: Id, was: &Seen, is: &Seen) -> bool {
    let folded = |seen: &Seen| seen.actors.get(&who).map(|actor| actor.folded().clone());
    folded(was) == folded(is)
}

/// What reaches no row yet may reach one tomorrow: nobody newly holds a permission at a reach at which the actor does not.
fn no_reach_is_new(actor: Id, was: &Seen, is: &Seen) -> Result<(), String> {
    for who in is.actors.keys().copied().filter(|who| !same(*who, was, is)) {
        for (permission, reach) in Permission::ALL.iter().flat_map(|p| Reach::ALL.map(|reach| (*p, reach))) {
            let could = was.holds(who, permission, reach) || was.holds(actor, permission, reach);
            if is.holds(who, permission, reach) && !could {
                return Err(format!("{who} newly holds {permission} {reach:?}, and {actor} does not"));
            }
        }
    }
    Ok(())
}

/// Whether a row is about somebody alone: their own record with what hangs on it, or a call of theirs. An extension is
/// not: what its owners before left there comes with it.
fn is_ones_own(row: Row, who: Id) -> bool {
    matches!(row, Row::Past(_)) || row == Row::Present(who)
}

/// Whether somebody gained no more than power over rows that were their own before, from who holds as much over theirs.
fn is_own_gift(
    (who, permission): (Id, Permission),
    (actor, was): (Id, &Seen),
    (touched, touches): (&[Id], &[Id]),
    is: &Seen,
) -> bool {
    touched.contains(&who)
        && was.holds(actor, permission, Reach::Own)
        && !is.may(who, permission, &without(touches, who))
}

fn without(touches: &[Id], who: Id) -> Vec<Id> {
    touches.iter().copied().filter(|id| *id != who).collect()
}

/// What some people can do together: what each of them can, and what any of them could give another over their own.
pub struct Together {
    people: BTreeSet<Id>,
    start: Seen,
}

impl Together {
    /// What they can do as it stands.
    pub fn of(people: BTreeSet<Id>, model: &Model, now: Micros, calls: &[Vec<Id>]) -> Together {
        Together { people, start: Seen::of(model, now, calls) }
    }

    fn could(&self, permission: Permission, row: Row, touched: &[Id]) -> bool {
        let any = |holds: &dyn Fn(Id) -> bool| self.people.iter().any(|who| holds(*who));
        any(&|who| self.start.may(who, permission, touched))
            || any(&|who| self.start.does_themself(who, permission))
            || (any(&|who| self.start.holds(who, permission, Reach::Own))
                && touched.iter().any(|id| self.people.contains(id) && is_ones_own(row, *id)))
    }

    /// Whether they, and whoever they have added since, can still do no more than at the start.
    pub fn have_not_grown(&self, model: &Model, now: Micros, calls: &[Vec<Id>]) -> Result<(), String> {
        let is = Seen::of(model, now, calls);
        let theirs = |who: &&Id| self.people.contains(who) || !self.start.actors.contains_key(who);
        for (row, touches) in &is.rows {
            let Some(touched) = self.start.rows.get(row) else { continue };
            let alike = touched == touches;
            let moved = |who: &Id| !alike || !same(*who, &self.start, &is);
            for who in is.actors.keys().filter(theirs).copied().filter(moved) {
                for permission in asked(*row).filter(|p| is.may(who, *p, touches)) {
                    if !self.could(permission, *row, touched) {
                        return Err(format!("{:?} may {permission} over {row:?} by {who} now", self.people));
                    }
                }
            }
        }
        Ok(())
    }
}
