//! Random acts by random people on random small workspaces: whatever anybody tries, the rules hold.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;

use access::authority::guard;
use access::explain::who;
use access::{Actor, Id, Model, Noun, Permission, Preset, Snapshot, Thing, can};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;

use crate::edits::{Act, act, pick, start};
use crate::laws::{breach, somebody_manages};
use crate::properties::{checked, listed};
use crate::reference;
use crate::worlds::NOW;

/// Tries acts one after another and keeps those that the guard accepts; how many it accepted.
fn play(preset: &'static Preset, acts: &[Act]) -> Result<usize, String> {
    let (mut now, mut accepted) = (NOW, 0);
    let mut before = Arc::new(Snapshot::build(start(preset), now));
    for (fresh, act) in (10_000..).step_by(10).zip(acts) {
        now += act.after;
        if act.after > 0 {
            before = Arc::new(Snapshot::build(before.model().clone(), now));
            if !somebody_manages(before.model(), now) {
                return Err("nobody can manage users and roles any more, by mere waiting".into());
            }
        }
        let by = pick(&act.by, before.model().users.keys().copied()).ok_or("everybody is gone")?;
        let Some(actor) = Actor::user(before.clone(), by) else { continue };
        let mut model = before.model().clone();
        model.version += 1;
        for (n, edit) in (0..).zip(&act.edits) {
            edit.apply(&mut model, fresh + n, now);
        }
        let after = Arc::new(Snapshot::build(model, now));
        if guard(Some(&actor), &before, &after, &[]).is_ok() {
            // What another plan gives and takes is nobody's gift.
            let rebased = under_plan_of(&before, &after);
            let actor = actor.renew(rebased.clone()).ok_or("a plan banned somebody")?;
            breach(&actor, &rebased, &after)
                .map_err(|why| format!("{why}: {:?} in {}", act.edits, preset.key))?;
            accepted += 1;
            before = after;
        }
    }
    lists_equal_checks(&before)?;
    Ok(accepted)
}

fn under_plan_of(before: &Snapshot, after: &Snapshot) -> Arc<Snapshot> {
    let (plan, allows) = (after.model().plan.clone(), after.model().allows);
    Arc::new(Snapshot::build(Model { plan, allows, ..before.model().clone() }, after.at()))
}

/// Every list of every user, and who may do what to a thing, is what a check on each thing says (ALL-04).
fn lists_equal_checks(snapshot: &Arc<Snapshot>) -> Result<(), String> {
    let model = snapshot.model();
    let ids: Vec<Id> = [
        &mut model.users.keys() as &mut dyn Iterator<Item = &Id>,
        &mut model.roles.keys(),
        &mut model.units.keys(),
        &mut model.entities.keys(),
    ]
    .into_iter()
    .flatten()
    .copied()
    .collect();
    for actor in model.users.keys().filter_map(|user| Actor::user(snapshot.clone(), *user)) {
        same(
            &actor,
            "users",
            listed::<can::UserRead>(&actor, Noun::User),
            checked(&actor, Noun::User, &ids),
        )?;
        same(
            &actor,
            "roles",
            listed::<can::RoleRead>(&actor, Noun::Role),
            checked(&actor, Noun::Role, &ids),
        )?;
        same(
            &actor,
            "queues",
            listed::<can::QueueRead>(&actor, Noun::Queue),
            checked(&actor, Noun::Queue, &ids),
        )?;
        same(
            &actor,
            "numbers",
            listed::<can::NumberRead>(&actor, Noun::Number),
            checked(&actor, Noun::Number, &ids),
        )?;
        same(
            &actor,
            "extensions",
            listed::<can::ExtensionRead>(&actor, Noun::Extension),
            checked(&actor, Noun::Extension, &ids),
        )?;
        calls_equal_checks(&actor, &ids)?;
    }
    for thing in snapshot.things(Noun::User).chain(snapshot.things(Noun::Number)) {
        let named: Vec<Id> =
            who(snapshot, Permission::CallRecordRead, &thing).into_iter().map(|(id, _)| id).collect();
        let may = |id: &Id| reference::may(model, snapshot.at(), *id, Permission::CallRecordRead, &thing);
        let able: Vec<Id> = model.users.keys().copied().filter(may).collect();
        if named != able {
            return Err(format!("{named:?} are named for {thing:?}, and {able:?} may"));
        }
    }
    Ok(())
}

/// A list of calls shows those whose check says yes: here one call for each thing that it may touch.
fn calls_equal_checks(actor: &Actor, ids: &[Id]) -> Result<(), String> {
    let rows = actor.rows(Permission::CallRecordRead);
    for id in ids {
        let call = Thing::new(Noun::Call, 1, vec![*id]);
        let shown = rows.keys().iter().all(|keys| keys.contains(id));
        if shown != actor.may(Permission::CallRecordRead, &call) {
            return Err(format!("a call that touches {id} is {shown} in the list of {}", actor.id()));
        }
    }
    Ok(())
}

fn same(actor: &Actor, what: &str, listed: Vec<Id>, checked: Vec<Id>) -> Result<(), String> {
    if listed == checked {
        Ok(())
    } else {
        Err(format!("{}: {what} {listed:?}, checked {checked:?}", actor.id()))
    }
}

/// The seed that `./test` sets for every random test, else another one for each run.
pub fn seed() -> RngSeed {
    let told = std::env::var("RINGFENCE_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = told.unwrap_or_else(|| RandomState::new().hash_one("seed"));
    eprintln!("RINGFENCE_SEED={seed} replays this run");
    RngSeed::Fixed(seed)
}

/// 10^5 acts: 1,000 workspaces, 100 acts in each.
#[test]
fn all_02_all_07_whatever_anybody_tries_the_rules_hold() {
    let config = ProptestConfig {
        cases: 1_000,
        rng_seed: seed(),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let (tried, accepted) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    proptest!(config, |(preset in any::<Index>(), acts in vec(act(), 100))| {
        let done = play(preset.get(Preset::all()), &acts).map_err(TestCaseError::fail)?;
        tried.set(tried.get() + acts.len());
        accepted.set(accepted.get() + done);
    });
    assert!(
        accepted.get() * 20 > tried.get(),
        "only {} of {} acts were accepted",
        accepted.get(),
        tried.get()
    );
    assert!(accepted.get() * 2 < tried.get(), "{} of {} acts were accepted", accepted.get(), tried.get());
}
