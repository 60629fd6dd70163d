//! What judging one person's change costs at 1,000 people: `cargo run --release -p access --example guard` writes
//! `docs/generated/guard.md`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement that meets the unexpected should stop there"
)]

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use access::authority::guard;
use access::model::{Entity, EntityKind, Grant, Role, Standing, Unit, UnitKind, User};
use access::{Actor, Id, Model, PermissionSet, Preset, Snapshot};

const NOW: i64 = 1_800_000_000_000_000;
const PEOPLE: u32 = 1_000;
const UNITS: u32 = 20;
const NUMBERS: u32 = 1_500;
const FIRST_PERSON: u32 = 1_000;
const FIRST_NUMBER: u32 = 5_000;

/// People of the `standard` preset in departments with a lead each, and numbers, each in use.
fn company() -> Model {
    let preset = Preset::by_key("standard").unwrap();
    let role =
        |key: &str| Id(100 + u32::try_from(preset.roles.iter().position(|r| r.key == key).unwrap()).unwrap());
    let roles = preset.roles.iter().map(|r| {
        let held = Role {
            name: r.name.clone(),
            key: Some(r.key.clone()),
            standing: r.standing,
            holds: r.holds.clone(),
        };
        (role(&r.key), held)
    });
    let person = |n: u32| User {
        email: format!("p{n}@example.com"),
        name: format!("Person {n}"),
        role: role(match n {
            0 => "owner",
            1 => "admin",
            n if n < 2 + UNITS => "team_lead",
            _ => "agent",
        }),
        department: Some(Id(1 + n % UNITS)),
        branch: None,
        standing: Standing::Active,
        preset_number: None,
        chosen_number: None,
    };
    let number = |n| Entity { kind: EntityKind::Number, label: format!("+{n}"), owner: None };
    Model {
        workspace: 1,
        version: 1,
        preset,
        plan: "complete".into(),
        allows: PermissionSet::EVERY,
        seats: None,
        licences: None,
        default_role: None,
        roles: roles.collect(),
        toggles: BTreeMap::new(),
        units: (1..=UNITS)
            .map(|id| (Id(id), Unit { name: format!("Unit {id}"), kind: UnitKind::Department }))
            .collect(),
        users: (0..PEOPLE).map(|n| (Id(FIRST_PERSON + n), person(n))).collect(),
        entities: (0..NUMBERS).map(|n| (Id(FIRST_NUMBER + n), number(n))).collect(),
        settings: BTreeMap::new(),
        leads: (2..2 + UNITS).map(|n| (Id(FIRST_PERSON + n), Id(1 + n % UNITS))).collect(),
        grants: (0..NUMBERS)
            .map(|n| Grant {
                id: Id(10_000 + n),
                user: Id(FIRST_PERSON + n % PEOPLE),
                entity: Id(FIRST_NUMBER + n),
                may_use: true,
                may_observe: true,
                expires_at: None,
            })
            .collect(),
        temporary: vec![],
    }
}

fn median(times: impl Iterator<Item = Duration>) -> f64 {
    let mut times: Vec<Duration> = times.collect();
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e6
}

fn timed<T>(work: impl Fn() -> T) -> Duration {
    let began = Instant::now();
    std::hint::black_box(work());
    began.elapsed()
}

fn main() {
    let model = company();
    let mut after = model.clone();
    after.users.get_mut(&Id(FIRST_PERSON + 600)).unwrap().department = Some(Id(7));
    let fold = |model: &Model| Arc::new(Snapshot::build(model.clone(), NOW));
    let (before, moved) = (fold(&model), fold(&after));
    let admin = Actor::user(before.clone(), Id(FIRST_PERSON + 1)).unwrap();
    let judged = median((0..1_000).map(|_| timed(|| guard(Some(&admin), &before, &moved, &[]).unwrap())));
    let folded = median((0..200).map(|_| timed(|| fold(&after))));
    let commit = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output().unwrap().stdout;
    let page = format!(
        "# What judging a change costs\n\nWritten by `cargo run --release -p access --example guard` at {}; do not \
         edit.\n\nOne person moves to another department, in a company of {PEOPLE} people, {UNITS} departments with a \
         lead each and {NUMBERS} numbers in use. Medians.\n\n| what | measured | target |\n|---|---:|---:|\n\
         | judging it (`authority::guard`) | {judged:.0} µs | |\n\
         | folding everybody anew (`Snapshot::build`, with a copy of the model) | {folded:.0} µs | |\n\
         | in all | {:.0} µs | ≤ 2,000 µs |\n",
        String::from_utf8(commit).unwrap().trim(),
        judged + folded
    );
    std::fs::write("docs/generated/guard.md", &page).unwrap();
    print!("{page}");
}
