//! What must never come of an act that was accepted, reckoned without the engine's own guard.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::model::{EntityKind, Grant, Micros, Setting, Standing, User};
use access::permission::GrantUse;
use access::preset::Plan;
use access::{Actor, Cell, Folded, Id, Model, Noun, Permission, PermissionSet, Powers, Reach, Snapshot};

use crate::reference;
use crate::worlds::UNITS;

/// Everything that is set for one user, and what it comes to.
#[derive(Debug, PartialEq)]
pub struct Lines<'a> {
    record: Option<&'a User>,
    settings: Vec<(Id, Setting)>,
    leads: BTreeSet<Id>,
    grants: Vec<&'a Grant>,
    temporary: Vec<(Id, &'a [Cell], Micros)>,
    latent: Powers,
}

pub fn lines(s: &Snapshot, user: Id) -> Lines<'_> {
    let m = s.model();
    Lines {
        record: m.users.get(&user),
        settings: m.settings.iter().filter(|((u, _), _)| *u == user).map(|((_, t), s)| (*t, *s)).collect(),
        leads: m.leads.iter().filter(|(u, _)| *u == user).map(|(_, d)| *d).collect(),
        grants: m.grants.iter().filter(|g| g.user == user).collect(),
        temporary: m
            .temporary
            .iter()
            .filter(|t| t.user == user)
            .map(|t| (t.id, t.holds.as_slice(), t.expires_at))
            .collect(),
        latent: s.latent(user),
    }
}

/// What a permission can be held over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Over {
    Everything,
    Unit(Id),
    Thing(Id),
    OwnRows,
}

pub fn overs(model: &Model) -> impl Iterator<Item = Over> {
    let units = UNITS.into_iter().map(Over::Unit);
    let things = model.entities.keys().copied().map(Over::Thing);
    [Over::Everything, Over::OwnRows].into_iter().chain(units).chain(things)
}

pub fn has(powers: &Powers, folded: &Folded, permission: Permission, over: Over) -> bool {
    powers.has(permission, Reach::All)
        || match over {
            Over::Everything => false,
            Over::OwnRows => powers.has(permission, Reach::Own),
            Over::Unit(unit) => powers.has(permission, Reach::Team) && folded.leads(unit),
            Over::Thing(thing) => {
                powers.has(permission, Reach::Assigned) && folded.granted(permission).any(|id| id == thing)
            }
        }
}

/// Whether an actor may pass something on: they hold it; or it is over a thing, and the permission cannot be held
/// further than over granted things, which the actor does; or it is about what hangs on the thing now, and the actor has
/// it over the thing as it stands.
fn may_pass_on(actor: &Actor, permission: Permission, over: Over) -> bool {
    let powers = actor.powers();
    let Over::Thing(thing) = over else { return has(powers, actor.folded(), permission, over) };
    let narrow = !permission.entry().reaches.has(Reach::All) && powers.has(permission, Reach::Assigned);
    let things = [Noun::Extension, Noun::Queue, Noun::Number].map(|noun| actor.snapshot().thing(noun, thing));
    let stands = things.into_iter().flatten().any(|thing| actor.may(permission, &thing));
    let present = permission.grant_use() != GrantUse::Observe && stands;
    narrow || present || has(powers, actor.folded(), permission, over)
}

/// The same access under a plan that has everything: what a plan cuts comes back with the next one.
fn whole(snapshot: &Snapshot) -> Arc<Snapshot> {
    let model = Model { allows: PermissionSet::EVERY, ..snapshot.model().clone() };
    Arc::new(Snapshot::build(model, snapshot.at()))
}

/// What an accepted act must not have done.
pub fn breach(actor: &Actor, before: &Snapshot, after: &Snapshot) -> Result<(), String> {
    if !somebody_manages(after.model(), after.at()) {
        return Err("nobody can manage users and roles".into());
    }
    let (before, after) = (&*whole(before), &*whole(after));
    let actor = &actor.renew(whole(actor.snapshot())).ok_or("a plan banned somebody")?;
    let (was, is) = (before.model(), after.model());
    let owners = |m: &Model| m.users.keys().copied().filter(|u| m.is_owner(*u)).collect::<Vec<Id>>();
    if was.preset.has_owner() {
        let (then, now) = (owners(was), owners(is));
        if now.len() != 1 {
            return Err(format!("{now:?} are owners"));
        }
        if then[0] != actor.id() && (then != now || lines(before, then[0]) != lines(after, then[0])) {
            return Err("somebody else changed the owner".into());
        }
    }
    for user in was.users.keys().chain(is.users.keys().filter(|u| !was.users.contains_key(u))).copied() {
        let changed = lines(before, user) != lines(after, user) || before.user(user) != after.user(user);
        if changed {
            changed_lawfully(actor, before, after, user)?;
        }
    }
    not_overrun(was, is, after.at())?;
    defined_lawfully(actor, was, is)
}

/// Never more people than seats, more numbers in use than licences, or more numbers for one person than before or
/// than the plan allows (CLY-06, ONF-06, ONF-07).
pub fn not_overrun(was: &Model, is: &Model, now: Micros) -> Result<(), String> {
    if is.seats.is_some_and(|seats| is.users.len() > seats as usize) {
        return Err(format!("{} people on {:?} seats", is.users.len(), is.seats));
    }
    let in_use: BTreeSet<Id> = is.users.keys().flat_map(|user| numbers_of(is, *user, now)).collect();
    let preset = is.users.values().filter_map(|user| user.preset_number);
    let in_use = in_use.into_iter().chain(preset).collect::<BTreeSet<Id>>().len();
    if is.licences.is_some_and(|licences| in_use > licences as usize) {
        return Err(format!("{in_use} numbers on {:?} licences", is.licences));
    }
    let most = Plan::by_key(&is.plan).and_then(|plan| plan.numbers_per_user);
    for user in is.users.keys() {
        let (had, has) = (numbers_of(was, *user, now).count(), numbers_of(is, *user, now).count());
        if most.is_some_and(|most| has > had && has > most as usize) {
            return Err(format!("{user} has {has} numbers, and the plan lets them have {most:?}"));
        }
    }
    Ok(())
}

/// The numbers that somebody may call with.
fn numbers_of(model: &Model, user: Id, now: Micros) -> impl Iterator<Item = Id> {
    let usable = move |g: &&Grant| g.user == user && g.may_use && g.expires_at.is_none_or(|at| now < at);
    let numbers = |id: &Id| model.entities.get(id).is_some_and(|e| e.kind == EntityKind::Number);
    model.grants.iter().filter(usable).map(|g| g.entity).filter(numbers)
}

/// Whether somebody active can manage people and roles.
pub fn somebody_manages(model: &Model, now: Micros) -> bool {
    let keys = [Permission::UserAssignRole, Permission::UserSetAccess, Permission::RoleWrite];
    let active = model.users.iter().filter(|(_, u)| u.standing == Standing::Active);
    active
        .into_iter()
        .any(|(id, _)| keys.iter().all(|p| reference::held(model, now, *id, *p).contains(&Reach::All)))
}

fn changed_lawfully(actor: &Actor, before: &Snapshot, after: &Snapshot, user: Id) -> Result<(), String> {
    let (old, new) = (before.latent(user), after.latent(user));
    let (then, now) = (before.user(user), after.user(user));
    for permission in Permission::ALL.iter().copied() {
        for over in overs(after.model()) {
            let held = then.is_some_and(|f| has(&old, f, permission, over));
            let holds = now.is_some_and(|f| has(&new, f, permission, over));
            let could = || may_pass_on(actor, permission, over);
            if held && user != actor.id() && !could() {
                return Err(format!("{} changed {user}, who held {permission} over {over:?}", actor.id()));
            }
            if holds && !held && !could() {
                return Err(format!("{user} gained {permission} over {over:?} from {}", actor.id()));
            }
        }
    }
    Ok(())
}

fn defined_lawfully(actor: &Actor, was: &Model, is: &Model) -> Result<(), String> {
    let held = actor.snapshot().latent(actor.id());
    let roles = is.roles.iter().map(|(id, r)| (&r.holds, was.roles.get(id).map(|r| &r.holds)));
    let toggles = is.toggles.iter().map(|(id, t)| (&t.holds, was.toggles.get(id).map(|t| &t.holds)));
    for (now, then) in roles.chain(toggles).filter(|(now, then)| Some(*now) != *then) {
        let then: Powers = then.into_iter().flatten().collect();
        let now: Powers = now.iter().collect();
        for (permission, reaches) in now.iter() {
            let gained = reaches.iter().any(|r| !then.has(permission, r) && !held.has(permission, r));
            if gained {
                return Err(format!("{} defined {permission} {reaches}", actor.id()));
            }
        }
    }
    Ok(())
}
