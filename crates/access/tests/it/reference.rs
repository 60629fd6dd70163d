//! The rules once more, written from the product's words with plain sets and loops, to compare the engine with.
//!
//! Nothing here uses masks, folding or the engine's own notion of what includes what.

use std::collections::BTreeSet;

use access::model::{Micros, Setting, Standing};
use access::{Cell, Id, Model, Noun, Permission, Reach, Thing};

/// The reaches that a reach includes besides itself.
fn includes(wide: Reach) -> &'static [Reach] {
    match wide {
        Reach::Own | Reach::Assigned | Reach::Team => &[],
        Reach::All => &[Reach::Own, Reach::Assigned, Reach::Team],
    }
}

/// Which of the two rights of a grant count for a permission: (use, observe).
fn counting(permission: Permission) -> (bool, bool) {
    match permission.name() {
        "queue:join" => (true, false),
        name if name.starts_with("call:") || name.starts_with("message:") => (true, false),
        name if ["number:", "extension:", "queue:"].iter().any(|r| name.starts_with(r)) => (true, true),
        _ => (false, true),
    }
}

/// What a user holds of one permission, were they not banned:
/// ((role ∪ allowed toggles ∪ unexpired temporary access) − denied toggles) ∩ plan.
pub fn latent(model: &Model, now: Micros, user: Id, permission: Permission) -> BTreeSet<Reach> {
    let role = model.users.get(&user).and_then(|p| model.roles.get(&p.role));
    let Some(role) = role.filter(|_| model.allows.has(permission)) else { return BTreeSet::new() };
    let mut given: Vec<Cell> = role.holds.clone();
    let mut denied: Vec<Cell> = vec![];
    let setting = |toggle: Id| model.settings.get(&(user, toggle)).copied();
    for (id, toggle) in &model.toggles {
        match setting(*id) {
            Some(Setting::Allow) => {
                given.extend(&toggle.holds);
                if let Some((other, more)) = &toggle.with
                    && setting(*other) == Some(Setting::Allow)
                {
                    given.extend(more);
                }
            }
            Some(Setting::Deny) if !role.standing.unrestricted => denied.extend(&toggle.holds),
            _ => {}
        }
    }
    for temporary in &model.temporary {
        if temporary.user == user && temporary.expires_at > now {
            given.extend(&temporary.holds);
        }
    }
    let mut held = BTreeSet::new();
    for reach in reaches_of(&given, permission) {
        held.insert(reach);
        held.extend(includes(reach));
    }
    held.retain(|reach| permission.entry().reaches.has(*reach));
    for reach in reaches_of(&denied, permission) {
        held.retain(|kept| includes(reach).contains(kept));
    }
    held
}

fn reaches_of(cells: &[Cell], permission: Permission) -> Vec<Reach> {
    cells.iter().filter(|(p, _)| *p == permission).flat_map(|(_, reaches)| reaches.iter()).collect()
}

/// What a user holds of one permission now: nothing while banned or gone.
pub fn held(model: &Model, now: Micros, user: Id, permission: Permission) -> BTreeSet<Reach> {
    match model.users.get(&user) {
        Some(p) if p.standing != Standing::Banned => latent(model, now, user, permission),
        _ => BTreeSet::new(),
    }
}

/// Whether a row that touches these ids is within a reach of a user.
fn within(
    model: &Model,
    now: Micros,
    user: Id,
    permission: Permission,
    reach: Reach,
    touches: &[Id],
) -> bool {
    let (by_use, by_observe) = counting(permission);
    match reach {
        Reach::All => true,
        Reach::Own => touches.contains(&user),
        Reach::Team => model.leads.iter().any(|(who, unit)| *who == user && touches.contains(unit)),
        Reach::Assigned => model.grants.iter().any(|grant| {
            grant.user == user
                && touches.contains(&grant.entity)
                && grant.expires_at.is_none_or(|at| at > now)
                && (grant.may_use && by_use || grant.may_observe && by_observe)
        }),
    }
}

/// The narrowest reach by which a user may do something to a row.
pub fn reach_over(
    model: &Model,
    now: Micros,
    user: Id,
    permission: Permission,
    touches: &[Id],
) -> Option<Reach> {
    let held = held(model, now, user, permission);
    held.into_iter().find(|reach| within(model, now, user, permission, *reach, touches))
}

/// Whether a user may do something to a thing.
pub fn may(model: &Model, now: Micros, user: Id, permission: Permission, thing: &Thing) -> bool {
    if thing.noun == Noun::Workspace && !permission.entry().reaches.has(Reach::All) {
        return !held(model, now, user, permission).is_empty();
    }
    reach_over(model, now, user, permission, &thing.touches).is_some()
}
