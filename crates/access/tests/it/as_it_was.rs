//! What the guard took before it judged what comes under whom: kept to show that the oracle finds what it let through.

use access::model::User;
use access::{Actor, Id, Model, Permission, PermissionSet, Powers, Reach, Snapshot};

use crate::laws::{Over, has, lines, not_overrun, overs, somebody_manages};

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
