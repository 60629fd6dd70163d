//! Nobody rises: random acts on odd workspaces, each judged by the slow oracle as well.
//!
//! `RINGFENCE_SEQUENCES=1000000 cargo test --release -p access --test it rising::all` draws as many sequences as one likes
//! and writes down in `docs/generated/rising.md` what came of them.

use std::cell::Cell as Counter;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use access::authority::guard;
use access::model::{Grant, Micros, Setting};
use access::{Actor, Id, Model, Permission, PermissionSet, Preset, Reach, Reaches, Snapshot};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::acts::seed;
use crate::as_it_was;
use crate::edits::{Act, act, pick, start};
use crate::oracle::{Together, nobody_rises};
use crate::worlds::{self, ENTITIES, NOW, UNITS, toggle};

/// So many sequences, and so many acts in each.
fn sequences() -> u32 {
    std::env::var("RINGFENCE_SEQUENCES").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000)
}
const ACTS: usize = 24;

/// Says how many acts were accepted, and writes it down where more sequences were asked for.
fn report(what: &str, accepted: u64) {
    eprintln!("{what}: {accepted} acts were accepted in {} sequences", sequences());
    if std::env::var_os("RINGFENCE_SEQUENCES").is_none() {
        return;
    }
    let commit = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output().unwrap().stdout;
    let row = format!(
        "| {what} | {} | {accepted} | 0 | {} |\n",
        sequences(),
        String::from_utf8_lossy(&commit).trim()
    );
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/generated/rising.md");
    let head = format!(
        "# Nobody rises\n\nWritten by the command at the head of `crates/access/tests/it/rising.rs`; do not edit. Each sequence is \
         {ACTS} random acts on an odd workspace; after each that the guard accepts, the slow oracle asks for every decision.\n\n\
         | what | sequences | acts accepted | found | commit |\n|---|---:|---:|---:|---|\n"
    );
    let page = std::fs::read_to_string(&path).unwrap_or_default();
    let others = page
        .lines()
        .filter(|line| line.ends_with('|') && !line.contains("| what |") && !line.starts_with("|---"));
    let mut rows: Vec<String> =
        others.filter(|line| !line.contains(what)).map(|line| format!("{line}\n")).chain([row]).collect();
    rows.sort();
    std::fs::write(path, head + &rows.concat()).unwrap();
}

/// How a change is judged: the guard, or what stands in for it.
type Judge = dyn Fn(&Actor, &Arc<Snapshot>, &Arc<Snapshot>) -> bool;

fn as_it_is(actor: &Actor, before: &Arc<Snapshot>, after: &Arc<Snapshot>) -> bool {
    guard(Some(actor), before, after, &[]).is_ok()
}

/// The guard before it looked at what comes under a unit, at what the plan masks, and at what reaches nothing yet.
fn as_it_was(actor: &Actor, before: &Arc<Snapshot>, after: &Arc<Snapshot>) -> bool {
    let (plan, allows) = (after.model().plan.clone(), after.model().allows);
    let rebased = Arc::new(Snapshot::build(Model { plan, allows, ..before.model().clone() }, after.at()));
    let actor = actor.renew(rebased.clone());
    actor.is_some_and(|actor| as_it_was::breach(&actor, &rebased, after).is_ok())
}

/// A workspace that somebody has tinkered with, and the calls of its past: each extension, queue and number with each
/// person who was there.
fn odd_world(preset: &'static Preset, edits: &[Act]) -> (Model, Vec<Vec<Id>>) {
    let mut model = start(preset);
    for (fresh, act) in (8_000..).step_by(10).zip(edits) {
        let mut tinkered = model.clone();
        for (n, edit) in (0..).zip(&act.edits) {
            edit.apply(&mut tinkered, fresh + n, NOW);
        }
        if guard(None, &worlds::fold(&model), &worlds::fold(&tinkered), &[]).is_ok() {
            model = tinkered;
        }
    }
    let user = |n: usize| model.users.iter().nth(n % model.users.len().max(1));
    let calls = model.entities.keys().enumerate().filter_map(|(n, entity)| {
        let (id, user) = user(n * 3 + 1)?;
        Some([*entity, *id].into_iter().chain(user.department).chain(user.branch).collect())
    });
    let calls = calls.collect();
    (model, calls)
}

/// What is looked at after an accepted act: who acted, the model before and after, and the moment.
type Check<'a> = dyn FnMut(Id, &Model, &Model, Micros) -> Result<(), String> + 'a;

/// Tries acts one after another, by anybody of some people, and hands each that is accepted to a check: the people who
/// acted, the model before and after.
fn play(
    model: Model,
    acts: &[Act],
    by: &dyn Fn(&Model) -> Vec<Id>,
    accepts: &Judge,
    check: &mut Check<'_>,
) -> Result<(), String> {
    let mut now = NOW;
    let mut before = Arc::new(Snapshot::build(model, now));
    for (fresh, act) in (10_000..).step_by(10).zip(acts) {
        now += act.after;
        before = Arc::new(Snapshot::build(before.model().clone(), now));
        let Some(user) = pick(&act.by, by(before.model()).into_iter()) else { continue };
        let Some(actor) = Actor::user(before.clone(), user) else { continue };
        let mut model = before.model().clone();
        for (n, edit) in (0..).zip(&act.edits) {
            edit.apply(&mut model, fresh + n, now);
        }
        let after = Arc::new(Snapshot::build(model, now));
        if accepts(&actor, &before, &after) {
            check(user, before.model(), after.model(), now)
                .map_err(|why| format!("{why}: {:?}", act.edits))?;
            before = after;
        }
    }
    Ok(())
}

fn everybody(model: &Model) -> Vec<Id> {
    model.users.keys().copied().collect()
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 2_000,
        rng_seed: seed(),
        ..ProptestConfig::default()
    }
}

#[test]
fn all_02_nobody_newly_may_what_the_actor_could_not() {
    let accepted = Counter::new(0_u64);
    proptest!(config(sequences()), |(preset in any::<Index>(), odd in vec(act(), 0..12), acts in vec(act(), ACTS))| {
        let (model, calls) = odd_world(preset.get(Preset::all()), &odd);
        let mut check = |actor, before: &Model, after: &Model, now| {
            accepted.set(accepted.get() + 1);
            nobody_rises(actor, before, after, now, &calls)
        };
        play(model, &acts, &everybody, &as_it_is, &mut check).map_err(TestCaseError::fail)?;
    });
    report("anybody acts: nobody newly may what the actor could not", accepted.get());
    assert!(accepted.get() > u64::from(sequences()), "only {} acts were accepted", accepted.get());
}

#[test]
fn all_02_what_up_to_three_people_can_do_together_never_grows_by_their_own_acts() {
    let accepted = Counter::new(0_u64);
    proptest!(config(sequences()), |(preset in any::<Index>(), odd in vec(act(), 0..12), people in vec(any::<Index>(), 1..=3), acts in vec(act(), ACTS))| {
        let (model, calls) = odd_world(preset.get(Preset::all()), &odd);
        let people: BTreeSet<Id> = people.iter().filter_map(|n| pick(n, model.users.keys().copied())).collect();
        let together = Together::of(people.clone(), &model, NOW, &calls);
        let still_there = |model: &Model| people.iter().copied().filter(|id| model.users.contains_key(id)).collect();
        let mut check = |_, _: &Model, after: &Model, now| {
            accepted.set(accepted.get() + 1);
            together.have_not_grown(after, now, &calls)
        };
        play(model, &acts, &still_there, &as_it_is, &mut check).map_err(TestCaseError::fail)?;
    });
    report("up to three people act: together they can do no more than before", accepted.get());
    assert!(accepted.get() > u64::from(sequences()) / 4, "only {} acts were accepted", accepted.get());
}

#[test]
fn the_oracle_finds_by_itself_that_the_guard_as_it_was_let_people_rise() {
    let found = Counter::new(0);
    proptest!(config(200), |(preset in any::<Index>(), odd in vec(act(), 0..12), acts in vec(act(), ACTS))| {
        let (model, calls) = odd_world(preset.get(Preset::all()), &odd);
        let mut check = |actor, before: &Model, after: &Model, now| nobody_rises(actor, before, after, now, &calls);
        if play(model, &acts, &everybody, &as_it_was, &mut check).is_err() {
            found.set(found.get() + 1);
        }
    });
    eprintln!("it found a way in in {} of 200 sequences", found.get());
    assert!(found.get() > 0, "it found nothing in 200 sequences");
}

/// A way in that was found, as a change of a workspace: the guard as it was took it, the oracle finds it, and the guard
/// as it is refuses it.
fn was_a_way_in(model: &Model, by: Id, calls: &[Vec<Id>], change: impl FnOnce(&mut Model)) {
    let mut after = model.clone();
    change(&mut after);
    let (before, folded) = (worlds::fold(model), worlds::fold(&after));
    let actor = worlds::actor(model, by);
    assert!(as_it_was(&actor, &before, &folded), "the guard as it was took this");
    assert!(nobody_rises(by, model, &after, NOW, calls).is_err(), "the oracle finds it");
    assert!(!as_it_is(&actor, &before, &folded), "the guard refuses it");
}

fn may(model: &mut Model, user: Id, id: u32, holds: &[(Permission, Reach)]) {
    let holds = holds.iter().map(|(p, reach)| (*p, Reaches::of(&[*reach]))).collect();
    model.temporary.push(worlds::temporary(id, user, holds, Micros::MAX));
}

/// A team lead of the first department and an agent of the second.
fn two_teams() -> (Model, Id, Id) {
    let mut model = worlds::one_of_each(Preset::by_key("standard").unwrap());
    let (lead, agent) = (worlds::nth_user(3), worlds::nth_user(4));
    model.users.get_mut(&agent).unwrap().department = Some(UNITS[1]);
    model.leads.push((lead, UNITS[0]));
    (model, lead, agent)
}

#[test]
fn membership_was_a_way_in() {
    let (model, lead, agent) = two_teams();
    was_a_way_in(&model, lead, &[], |m| m.users.get_mut(&agent).unwrap().department = Some(UNITS[0]));
}

#[test]
fn a_number_given_to_ones_team_was_a_way_in() {
    let (mut model, lead, agent) = two_teams();
    let trainee = worlds::add_user(&mut model, "auditor");
    model.users.get_mut(&trainee).unwrap().department = Some(UNITS[0]);
    may(&mut model, lead, 900, &[(Permission::NumberRead, Reach::All)]);
    for (n, p) in
        [(901, Permission::SettingsRead), (902, Permission::AuditRead), (903, Permission::AuditExport)]
    {
        may(&mut model, lead, n, &[(p, Reach::All)]);
    }
    let role = model.role_of(trainee).unwrap().holds.clone();
    model.temporary.push(worlds::temporary(904, lead, role, Micros::MAX));
    model.grants.push(Grant { may_observe: false, ..worlds::grant(500, agent, ENTITIES[2]) });
    was_a_way_in(&model, lead, &[], |m| {
        m.grants.push(Grant { may_observe: false, ..worlds::grant(501, trainee, ENTITIES[2]) });
    });
    // The third step of the same: a number that is the team's by now shows the calls that others had on it.
    may(&mut model, lead, 905, &[(Permission::RecordingListen, Reach::Assigned)]);
    model.grants.clear();
    model.grants.push(Grant { may_observe: false, ..worlds::grant(501, trainee, ENTITIES[2]) });
    was_a_way_in(&model, lead, &[vec![ENTITIES[2], agent, UNITS[1]]], |m| {
        m.grants.push(Grant { may_use: false, ..worlds::grant(502, lead, ENTITIES[2]) });
    });
}

#[test]
fn a_smaller_plan_was_a_way_in() {
    let (mut model, lead, _) = two_teams();
    let billing = worlds::role_of_key(&model, "billing");
    let cut: PermissionSet = model.roles[&billing].holds.iter().map(|(p, _)| *p).collect();
    model.allows = cut.iter().fold(PermissionSet::EVERY, PermissionSet::without);
    model.plan = "smaller".into();
    was_a_way_in(&model, lead, &[], |m| m.users.get_mut(&lead).unwrap().role = billing);
}

#[test]
fn a_toggle_that_reaches_nothing_yet_was_a_way_in() {
    let (model, _, agent) = two_teams();
    was_a_way_in(&model, agent, &[], |m| {
        m.settings.insert((agent, toggle("live_calls")), Setting::Allow);
    });
}
