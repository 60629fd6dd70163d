//! Seats, licences and numbers per person: examples named after their rules, and random changes of random workspaces.

use std::collections::BTreeSet;

use access::authority::{Breach, guard};
use access::limits::{self, Full};
use access::model::{Entity, EntityKind, Grant, Standing};
use access::{Id, Model, Preset};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::properties::{self, USERS};
use crate::worlds::{self, ENTITIES, NOW};

/// What the operator's change comes to: limits bind them too.
fn judge(before: &Model, change: impl FnOnce(&mut Model)) -> Result<(), Breach> {
    let mut after = before.clone();
    change(&mut after);
    guard(None, &worlds::fold(before), &worlds::fold(&after), &[])
}

fn workspace(preset: &str) -> Model {
    worlds::one_of_each(Preset::by_key(preset).unwrap())
}

fn add_number(model: &mut Model, id: u32) -> Id {
    let entity = Entity { kind: EntityKind::Number, label: format!("+{id}"), owner: None };
    model.entities.insert(Id(id), entity);
    Id(id)
}

fn full(full: Full) -> Result<(), Breach> {
    Err(Breach::Full(full))
}

#[test]
fn cly_06_a_banned_user_keeps_the_seat_and_a_deleted_one_frees_it() {
    let mut model = workspace("calliyo");
    let people = limits::seats_used(&model);
    model.seats = Some(people);
    let add = |m: &mut Model| {
        worlds::add_user(m, "agent");
    };
    assert_eq!(judge(&model, add), full(Full::Seats { bought: people }));
    let last = worlds::nth_user(2);
    model.users.get_mut(&last).unwrap().standing = Standing::Banned;
    assert_eq!(judge(&model, add), full(Full::Seats { bought: people }));
    model.users.remove(&last);
    assert_eq!(judge(&model, add), Ok(()));
}

#[test]
fn cly_06_no_fewer_seats_are_bought_than_people_hold() {
    let mut model = workspace("calliyo");
    let people = limits::seats_used(&model);
    for before in [None, Some(people)] {
        model.seats = before;
        assert_eq!(judge(&model, |m| m.seats = Some(people - 1)), full(Full::FewerSeats { used: people }));
    }
    assert_eq!(judge(&model, |m| m.seats = Some(people)), Ok(()));
    // Above already: more seats are welcome even where they are not enough.
    model.seats = Some(1);
    assert_eq!(judge(&model, |m| m.seats = Some(2)), Ok(()));
}

#[test]
fn onf_06_assigning_needs_a_free_licence_and_reassigning_none() {
    let mut model = workspace("onoff");
    let [admin, lead, user] = [1, 2, 3].map(worlds::nth_user);
    let [first, second] = [ENTITIES[2], ENTITIES[3]];
    model.licences = Some(1);
    model.grants.push(worlds::grant(501, lead, first));
    let assign_second = |m: &mut Model| m.grants.push(worlds::grant(502, user, second));
    assert_eq!(judge(&model, assign_second), full(Full::Licences { bought: 1 }));
    assert_eq!(judge(&model, |m| m.grants[0].user = user), Ok(()), "reassigned");
    let mut sharing = model.clone();
    sharing.preset = Preset::by_key("standard").unwrap();
    assert_eq!(judge(&sharing, |m| m.grants.push(worlds::grant(502, admin, first))), Ok(()), "shared");
    model.entities.remove(&first);
    assert_eq!(judge(&model, assign_second), Ok(()), "the number was deleted");
    let mut model = model.clone();
    model.users.get_mut(&lead).unwrap().preset_number = Some(second);
    assert_eq!(limits::licences_used(&model, NOW), 1, "a default caller ID is in use too");
    model.users.remove(&lead);
    assert_eq!(limits::licences_used(&model, NOW), 0, "the user was deleted");
}

#[test]
fn onf_06_no_fewer_licences_are_bought_than_carry_a_number() {
    let mut model = workspace("onoff");
    model.grants.push(worlds::grant(501, worlds::nth_user(3), ENTITIES[2]));
    assert_eq!(judge(&model, |m| m.licences = Some(0)), full(Full::FewerLicences { used: 1 }));
    assert_eq!(judge(&model, |m| m.licences = Some(1)), Ok(()));
}

#[test]
fn onf_07_the_plan_limits_the_numbers_of_one_user() {
    let mut model = workspace("onoff");
    model.plan = "essential".into();
    let (user, most) = (worlds::nth_user(3), limits::numbers_per_user(&model).unwrap());
    for n in 0..=most {
        let number = add_number(&mut model, 20 + n);
        let mut grant = worlds::grant(501 + n, user, number);
        grant.may_use = n < most;
        model.grants.push(grant);
    }
    let last = usize::try_from(most).unwrap();
    assert_eq!(judge(&model, |m| m.grants[last].may_use = true), full(Full::Numbers { user, most }));
    assert_eq!(judge(&model, |m| (m.plan, m.grants[last].may_use) = ("complete".into(), true)), Ok(()));
}

#[test]
fn onf_07_no_change_gives_a_number_to_a_second_user_in_whatever_way() {
    let mut model = workspace("onoff");
    let [admin, lead] = [1, 2].map(worlds::nth_user);
    let number = ENTITIES[2];
    model.grants.push(worlds::grant(501, lead, number));
    let shared = full(Full::Shared { number });
    let grant = |m: &mut Model| m.grants.push(worlds::grant(502, admin, number));
    let preset = |m: &mut Model| m.users.get_mut(&admin).unwrap().preset_number = Some(number);
    assert_eq!(judge(&model, grant), shared);
    assert_eq!(judge(&model, preset), shared);
    assert_eq!(judge(&model, |m| m.grants[0].user = admin), Ok(()), "reassigned");
    assert_eq!(judge(&model, |m| (preset(m), m.grants.clear()).1), Ok(()));
    let seen = Grant { may_use: false, ..worlds::grant(502, admin, number) };
    assert_eq!(judge(&model, |m| m.grants.push(seen)), Ok(()), "to observe it is not to have it");
    // Shared already, as by an import: no further one, and whoever has it may go.
    grant(&mut model);
    assert_eq!(judge(&model, |m| m.plan = "complete".into()), Ok(()));
    assert_eq!(judge(&model, |m| m.grants.truncate(1)), Ok(()));
    let third = |m: &mut Model| m.grants.push(worlds::grant(503, worlds::nth_user(3), number));
    assert_eq!(judge(&model, third), shared);
}

/// One thing that a change may do to what is counted.
#[derive(Debug, Clone)]
enum Step {
    Hire,
    Delete(usize),
    Grant(usize, usize, bool),
    Withdraw(usize),
    Preset(usize, Option<usize>),
    Seats(Option<u32>),
    Licences(Option<u32>),
    Plan(&'static str),
}

fn step() -> impl Strategy<Value = Step> {
    let bought = || proptest::option::of(0_u32..6);
    prop_oneof![
        2 => Just(Step::Hire),
        1 => (0..USERS.len()).prop_map(Step::Delete),
        4 => (0..USERS.len(), 0..6_usize, any::<bool>()).prop_map(|(u, n, b)| Step::Grant(u, n, b)),
        1 => (0..8_usize).prop_map(Step::Withdraw),
        2 => (0..USERS.len(), proptest::option::of(0..6_usize)).prop_map(|(u, n)| Step::Preset(u, n)),
        1 => bought().prop_map(Step::Seats),
        1 => bought().prop_map(Step::Licences),
        1 => prop_oneof![Just("complete"), Just("essential")].prop_map(Step::Plan),
    ]
}

const NUMBERS: [Id; 6] = [ENTITIES[2], ENTITIES[3], Id(21), Id(22), Id(23), Id(24)];

fn take(model: &mut Model, step: &Step) {
    match step {
        Step::Hire => {
            let id = Id(1_000 + u32::try_from(model.users.len()).unwrap());
            let role = *model.roles.keys().next().unwrap();
            model.users.insert(id, worlds::user(id, role));
        }
        Step::Delete(at) => {
            model.users.remove(&USERS[*at]);
            model.grants.retain(|grant| grant.user != USERS[*at]);
        }
        Step::Grant(user, number, may_use) => {
            let (user, number) = (USERS[*user], NUMBERS[*number]);
            // As in the database, nothing is granted to somebody who was deleted.
            if model.users.contains_key(&user) {
                let id = 700 + u32::try_from(model.grants.len()).unwrap();
                model.grants.retain(|g| (g.user, g.entity) != (user, number));
                model.grants.push(Grant { may_use: *may_use, ..worlds::grant(id, user, number) });
            }
        }
        Step::Withdraw(at) => {
            if *at < model.grants.len() {
                model.grants.remove(*at);
            }
        }
        Step::Preset(user, number) => {
            if let Some(user) = model.users.get_mut(&USERS[*user]) {
                user.preset_number = number.map(|n| NUMBERS[n]);
            }
        }
        Step::Seats(seats) => model.seats = *seats,
        Step::Licences(licences) => model.licences = *licences,
        Step::Plan(plan) => model.plan = (*plan).into(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_ever_overrun_and_nobody_above_is_kept_from_coming_down(
        model in properties::model(), steps in vec(step(), 1..25), exclusive: bool,
    ) {
        let mut model = model;
        if exclusive {
            model.preset = Preset::by_key("onoff").unwrap();
        }
        NUMBERS.iter().for_each(|number| {
            add_number(&mut model, number.0);
        });
        // Counted per person in the slowest way there is.
        let each = |m: &Model, user: &Id| {
            let mine = m.grants.iter().filter(|g| g.user == *user && g.may_use && g.counts_at(NOW));
            mine.filter(|g| NUMBERS.contains(&g.entity)).count()
        };
        for step in &steps {
            let mut after = model.clone();
            take(&mut after, step);
            let used = |m: &Model| (limits::seats_used(m), limits::licences_used(m, NOW));
            let ((seats, licences), (seats_now, licences_now)) = (used(&model), used(&after));
            let lowers = |before: Option<u32>, after: Option<u32>| after.is_some_and(|a| before.is_none_or(|b| a < b));
            let above = |bought: Option<u32>, used: u32| bought.is_some_and(|bought| used > bought);
            let most = limits::numbers_per_user(&after).map_or(usize::MAX, |most| most as usize);
            let too_many = after.users.keys().any(|u| each(&after, u) > most && each(&after, u) > each(&model, u));
            let users = |m: &Model, number: &Id| {
                let granted = m.grants.iter().filter(|g| g.entity == *number && g.may_use && g.counts_at(NOW)).map(|g| g.user);
                let preset = m.users.iter().filter(|(_, u)| u.preset_number == Some(*number)).map(|(id, _)| *id);
                granted.chain(preset).collect::<BTreeSet<Id>>()
            };
            let joins = |n: &Id| users(&after, n).len() > 1 && !users(&after, n).is_subset(&users(&model, n));
            let shared = after.preset.rules.exclusive_numbers && NUMBERS.iter().any(joins);
            let refused = shared || above(after.seats, seats_now) && (seats_now > seats || lowers(model.seats, after.seats))
                || above(after.licences, licences_now) && (licences_now > licences || lowers(model.licences, after.licences))
                || too_many;
            prop_assert_eq!(limits::check(&model, &after, NOW).is_err(), refused, "{:?}", step);
            if !refused {
                model = after;
            }
        }
    }

    #[test]
    fn from_within_the_limits_no_accepted_change_leads_above_them(model in properties::model(), steps in vec(step(), 1..25)) {
        let mut model = model;
        NUMBERS.iter().for_each(|number| {
            add_number(&mut model, number.0);
        });
        model.seats = Some(limits::seats_used(&model) + 1);
        model.licences = Some(limits::licences_used(&model, NOW) + 1);
        for step in steps {
            let mut after = model.clone();
            take(&mut after, &step);
            if limits::check(&model, &after, NOW).is_ok() {
                model = after;
            }
            prop_assert!(model.seats.is_none_or(|seats| limits::seats_used(&model) <= seats));
            prop_assert!(model.licences.is_none_or(|licences| limits::licences_used(&model, NOW) <= licences));
        }
    }
}
