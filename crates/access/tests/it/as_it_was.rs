//! What the guard took before it judged what comes under whom: kept to show that the oracle finds what it let through.

use std::collections::BTreeSet;

use access::model::{EntityKind, Grant, Micros, Setting, Standing, User};
use access::preset::Plan;
use access::{Actor, Cell, Folded, Id, Model, Permission, PermissionSet, Powers, Reach, Snapshot};

use crate::reference;
use crate::worlds::UNITS;

/// Everything that is set for one user, and what it comes to.
#[derive(Debug, PartialEq)]
struct Lines<'a> {
    record: Option<&'a User>,
    settings: Vec<(Id, Setting)>,
    leads: BTreeSet<Id>,
    grants: Vec<&'a Grant>,
    temporary: Vec<(Id, &'a [Cell], Micros)>,
    latent: Powers,
}

fn lines(s: &Snapshot, user: Id) -> Lines<'_> {
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
enum Over {
    Everything,
    Unit(Id),
    Thing(Id),
    OwnRows,
}

fn overs(model: &Model) -> impl Iterator<Item = Over> {
    let units = UNITS.into_iter().map(Over::Unit);
    let things = model.entities.keys().copied().map(Over::Thing);
    [Over::Everything, Over::OwnRows].into_iter().chain(units).chain(things)
}

fn has(powers: &Powers, folded: &Folded, permission: Permission, over: Over) -> bool {
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
/// further than over granted things, which the actor does; or the actor's team shows them as much: the thing itself
/// where one of theirs uses it, and what went through it where nobody else does.
fn may_pass_on(actor: &Actor, permission: Permission, over: Over) -> bool {
    let powers = actor.powers();
    let Over::Thing(thing) = over else { return has(powers, actor.folded(), permission, over) };
    let model = actor.snapshot().model();
    let narrow = !permission.entry().reaches.has(Reach::All) && powers.has(permission, Reach::Assigned);
    let users: Vec<&User> = model
        .grants
        .iter()
        .filter(|g| {
            g.entity == thing && g.may_use && g.expires_at.is_none_or(|at| at > actor.snapshot().at())
        })
        .filter_map(|g| model.users.get(&g.user))
        .collect();
    let theirs = |u: &&User| u.units().any(|unit| actor.folded().led().contains(&unit));
    let itself = matches!(permission.resource(), "number" | "extension" | "queue");
    let shown = users.iter().any(theirs) && (itself || users.iter().all(theirs));
    let team = powers.has(permission, Reach::Team) && shown;
    narrow || team || has(powers, actor.folded(), permission, over)
}

/// What an accepted act must not have done.
pub fn breach(actor: &Actor, before: &Snapshot, after: &Snapshot) -> Result<(), String> {
    let (was, is) = (before.model(), after.model());
    let owners = |m: &Model| m.users.keys().copied().filter(|u| m.is_owner(*u)).collect::<Vec<Id>>();
    if was.preset.has_owner() {
        let (then, now) = (owners(was), owners(is));
        if now.len() != 1 {
            return Err(format!("{now:?} are owners"));
        }
        let changed = |owner: &Id| then != now || lines(before, *owner) != lines(after, *owner);
        if then.first().is_some_and(|owner| *owner != actor.id() && changed(owner)) {
            return Err("somebody else changed the owner".into());
        }
    }
    if !somebody_manages(is, after.at()) {
        return Err("nobody can manage users and roles".into());
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
fn not_overrun(was: &Model, is: &Model, now: Micros) -> Result<(), String> {
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
fn somebody_manages(model: &Model, now: Micros) -> bool {
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

/// What the plan lacks counts as held by whoever would hold it.
fn defined_lawfully(actor: &Actor, was: &Model, is: &Model) -> Result<(), String> {
    let whole = Model { allows: PermissionSet::EVERY, ..was.clone() };
    let held = Snapshot::build(whole, actor.snapshot().at()).latent(actor.id());
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
