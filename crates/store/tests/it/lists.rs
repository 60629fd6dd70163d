//! Random workspaces: every list of calls shows exactly the calls that pass one by one, with every filter and page.

use std::collections::BTreeSet;

use access::model::Setting;
use access::{Actor, Id, Noun, Permission, Permit, Thing, can};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use store::calls::calls::{CallFigures, CallFilter, CallRow, NewCall};
use store::calls::recordings::NewRecording;
use store::rights::grants::GrantInput;
use store::{Author, Slice};
use testkit::{Company, TestServer};

#[tokio::test]
async fn all_04_every_list_equals_its_checks_in_random_workspaces() {
    let server = TestServer::start().await;
    for (seed, preset) in
        ["standard", "calilio", "calliyo", "nuacom", "onoff", "standard"].into_iter().enumerate()
    {
        let mut random = StdRng::seed_from_u64(seed as u64);
        let company = server.company(preset).await;
        let ids = furnish(&server, &company, &mut random).await;
        let store = &server.app.store;
        let snapshot = store.snapshot(company.id).await.unwrap();
        let everything = every_call(&server, &company).await;
        assert_eq!(everything.len(), CALLS);
        for user in snapshot.model().users.keys() {
            let actor = Actor::user(snapshot.clone(), *user).unwrap();
            compare_things(&server, &actor).await;
            let Ok(visible) = actor.visible::<can::CallRecordRead>() else { continue };
            for filter in filters(&mut random, &ids) {
                let expected: Vec<i64> = everything
                    .iter()
                    .filter(|call| actor.may(Permission::CallRecordRead, &call.thing()))
                    .filter(|call| matches(&actor, call, &filter))
                    .map(|call| call.id)
                    .collect();
                assert_eq!(pages(&server, &visible, &filter).await, expected, "{preset} {user} {filter:?}");
                let count = store.count_calls(&visible, &filter).await.unwrap();
                assert_eq!(count, i64::try_from(expected.len()).unwrap(), "{preset} {user} {filter:?}");
                let figures = store.call_figures(&visible, &filter).await.unwrap();
                let listed = everything.iter().filter(|call| expected.contains(&call.id));
                assert_eq!(figures, in_figures(listed), "{preset} {user} {filter:?}");
            }
        }
    }
}

#[tokio::test]
async fn calls_deleted_with_their_number_leave_nothing_behind_and_do_not_come_back() {
    let server = TestServer::start().await;
    let company = server.company("onoff").await;
    let mut random = StdRng::seed_from_u64(7);
    let ids = furnish(&server, &company, &mut random).await;
    let permit = Permit::<can::SettingsUpdate>::operator(company.id, Thing::WORKSPACE);
    let (mut change, _) = server.app.store.begin(&permit, &Author::operator()).await.unwrap();
    let model = change.before().model().clone();
    let number = *model.entities.keys().find(|id| model.is_number(**id)).unwrap();
    let through = |n: usize| {
        let call = call(n, &ids, &mut random);
        let mut touches = [call.touches.clone(), vec![number]].concat();
        touches.sort_unstable();
        touches.dedup();
        NewCall { unique_id: format!("through-{n}"), number: Some(number), touches, ..call }
    };
    let calls: Vec<NewCall> = (0..700).map(through).collect();
    assert_eq!(change.add_calls(&calls).await.unwrap(), 700);
    assert_eq!(change.delete_calls_of(number).await.unwrap().0, 700);
    assert_eq!(change.add_calls(&calls).await.unwrap(), 0, "imported again");
    change.commit().await.unwrap();

    let store = &server.app.store;
    let everything = every_call(&server, &company).await;
    assert_eq!(everything.len(), CALLS, "all others are there");
    let owner = Actor::user(store.snapshot(company.id).await.unwrap(), Id(company.owner.id)).unwrap();
    let visible = owner.visible::<can::CallRecordRead>().unwrap();
    for id in ids {
        let filter = CallFilter { touching: Some(id), ..CallFilter::default() };
        let touching = everything.iter().filter(|call| call.thing().touches.contains(&id)).count();
        assert_eq!(store.count_calls(&visible, &filter).await.unwrap(), i64::try_from(touching).unwrap());
    }
}

const CALLS: usize = 300;

/// People in units, led units, toggles, grants and calls, all at random; the ids that a call can touch.
async fn furnish(server: &TestServer, company: &Company<'_>, random: &mut StdRng) -> Vec<Id> {
    use access::model::{EntityKind, Standing, UnitKind};
    use store::lines::entities::EntityInput;
    use store::people::users::UserInput;
    let permit = Permit::<can::SettingsUpdate>::operator(company.id, Thing::WORKSPACE);
    let (mut change, _) = server.app.store.begin(&permit, &Author::operator()).await.unwrap();
    let model = change.before().model().clone();
    let roles: Vec<Id> = model.roles.iter().filter(|(_, r)| !r.standing.owner).map(|(id, _)| *id).collect();
    let toggles: Vec<Id> = model.toggles.keys().copied().collect();
    let mut units = vec![];
    for n in 0..4 {
        let kind = if n < 3 { UnitKind::Department } else { UnitKind::Branch };
        units.push((kind, change.add_unit(kind, &format!("Unit {n}")).await.unwrap()));
    }
    let of = |kind: UnitKind| units.iter().filter(|(k, _)| *k == kind).map(|(_, id)| *id).collect::<Vec<_>>();
    let (departments, branches) = (of(UnitKind::Department), of(UnitKind::Branch));
    let mut users = vec![];
    for n in 0..10 {
        let user = UserInput {
            email: format!("u{n}@random.example"),
            name: format!("User {n}"),
            role: *roles.choose(random).unwrap(),
            department: departments.choose(random).copied().filter(|_| n % 3 > 0),
            branch: branches.choose(random).copied().filter(|_| n % 2 > 0),
            ..UserInput::default()
        };
        users.push(change.add_user(&user, Standing::Active, None).await.unwrap());
    }
    let mut entities = vec![];
    for n in 0..9 {
        let (kind, digits) = match n % 3 {
            0 => (EntityKind::Extension, format!("20{n}")),
            1 => (EntityKind::Queue, format!("30{n}")),
            _ => (EntityKind::Number, format!("+1202555010{n}")),
        };
        let user = users.choose(random).copied().filter(|_| kind == EntityKind::Extension);
        entities.push(
            change.add_entity(kind, &EntityInput { digits, name: format!("Thing {n}"), user }).await.unwrap(),
        );
    }
    let (exclusive, mut taken) = (model.preset.rules.exclusive_numbers, BTreeSet::new());
    for _ in 0..14 {
        let (may_use, may_observe) = *[(true, false), (false, true), (true, true)].choose(random).unwrap();
        let (user, entity) = (*users.choose(random).unwrap(), *entities.choose(random).unwrap());
        let may_use = may_use && (taken.insert(entity) || !exclusive);
        change.set_grant(&GrantInput { user, entity, may_use, may_observe, expires_at: None }).await.unwrap();
    }
    for _ in 0..8 {
        let setting = *[Setting::Allow, Setting::Deny].choose(random).unwrap();
        let (user, toggle) = (*users.choose(random).unwrap(), *toggles.choose(random).unwrap());
        change.set_toggle(user, toggle, Some(setting)).await.unwrap();
    }
    for _ in 0..3 {
        let led: Vec<Id> = units.iter().map(|(_, id)| *id).filter(|_| random.random_bool(0.5)).collect();
        change.set_leads(*users.choose(random).unwrap(), &led).await.unwrap();
    }
    let ids: Vec<Id> = users.iter().chain(&entities).copied().chain(departments).chain(branches).collect();
    let calls: Vec<NewCall> = (0..CALLS).map(|n| call(n, &ids, random)).collect();
    assert_eq!(change.add_calls(&calls).await.unwrap(), CALLS as u64);
    assert_eq!(change.add_calls(&calls).await.unwrap(), 0, "the same calls again");
    change.commit().await.unwrap();
    ids
}

fn call(n: usize, ids: &[Id], random: &mut StdRng) -> NewCall {
    let mut touches: Vec<Id> = (0..random.random_range(0..4)).map(|_| *ids.choose(random).unwrap()).collect();
    touches.sort_unstable();
    touches.dedup();
    // Several calls begin at the same moment, so that pages must not lose or repeat any.
    let started_at = 1_700_000_000_000_000 + (n / 3) as i64 * 1_000_000;
    NewCall {
        source: "csv",
        unique_id: format!("call-{n}"),
        started_at,
        answered_at: None,
        ended_at: started_at + 60_000_000,
        talk_seconds: 0,
        direction: ["inbound", "outbound", "internal"].choose(random).unwrap(),
        outcome: ["answered", "no_answer", "busy"].choose(random).unwrap(),
        from_party: format!("+12025550{:03}", random.random_range(100..110)),
        from_name: random.random_bool(0.3).then(|| "100% Anna_B".into()),
        to_party: format!("20{}", random.random_range(0..9)),
        from_user: None,
        to_user: None,
        from_extension: None,
        to_extension: None,
        queue: None,
        number: None,
        recording: random
            .random_bool(0.2)
            .then(|| NewRecording { file: format!("{n}.wav"), digest: String::new() }),
        touches,
    }
}

fn filters(random: &mut StdRng, ids: &[Id]) -> Vec<CallFilter> {
    let at = 1_700_000_000_000_000 + random.random_range(0..60) * 1_000_000;
    let none = CallFilter::default();
    vec![
        none.clone(),
        CallFilter { direction: Some("inbound".into()), ..none.clone() },
        CallFilter { outcome: Some("busy".into()), since: Some(at), ..none.clone() },
        CallFilter { touching: ids.choose(random).copied(), ..none.clone() },
        CallFilter { touching: ids.choose(random).copied(), recorded: true, until: Some(at), ..none.clone() },
        CallFilter { search: Some("5550104".into()), ..none.clone() },
        CallFilter { search: Some("% anna_".into()), touching: ids.choose(random).copied(), ..none.clone() },
        CallFilter { recorded: true, ..none },
    ]
}

/// What a filter means, written down once more in plain words.
fn matches(actor: &Actor, call: &CallRow, filter: &CallFilter) -> bool {
    let touches = call.thing().touches;
    filter.since.is_none_or(|at| call.started_at >= at)
        && filter.until.is_none_or(|at| call.started_at < at)
        && filter.direction.as_ref().is_none_or(|d| *d == call.direction)
        && filter.outcome.as_ref().is_none_or(|o| *o == call.outcome)
        && filter.touching.is_none_or(|id| touches.contains(&id))
        && (!filter.recorded || call.recording.is_some())
        && filter.search.as_ref().is_none_or(|text| {
            let name = call.from_name.clone().unwrap_or_default().to_lowercase();
            let found = call.from_party.contains(text) || call.to_party.contains(text) || name.contains(text);
            found && actor.may(Permission::CallRecordUnmask, &call.thing())
        })
}

/// What calls are in figures, counted one by one.
fn in_figures<'a>(calls: impl Iterator<Item = &'a CallRow> + Clone) -> CallFigures {
    let many = |fits: fn(&CallRow) -> bool| i64::try_from(calls.clone().filter(|c| fits(c)).count()).unwrap();
    CallFigures {
        calls: many(|_| true),
        answered: many(|call| call.outcome == "answered"),
        inbound: many(|call| call.direction == "inbound"),
    }
}

/// Every page of a list, seven at a time.
async fn pages(
    server: &TestServer,
    visible: &access::Visible<can::CallRecordRead>,
    filter: &CallFilter,
) -> Vec<i64> {
    let (mut ids, mut filter) = (vec![], filter.clone());
    loop {
        let page = server.app.store.calls(visible, &filter, 7).await.unwrap();
        let Some(last) = page.last() else { return ids };
        filter.before = Some((last.started_at, last.id));
        ids.extend(page.iter().map(|call| call.id));
    }
}

async fn every_call(server: &TestServer, company: &Company<'_>) -> Vec<CallRow> {
    let snapshot = server.app.store.snapshot(company.id).await.unwrap();
    let owner = Actor::user(snapshot, Id(company.owner.id)).unwrap();
    let visible = owner.visible::<can::CallRecordRead>().unwrap();
    server.app.store.calls(&visible, &CallFilter::default(), 10_000).await.unwrap()
}

/// The lists of users, and of numbers, are the users and numbers that pass one by one.
async fn compare_things(server: &TestServer, actor: &Actor) {
    let checked = |noun: Noun, permission: Permission| {
        let things = actor.snapshot().things(noun).filter(|thing| actor.may(permission, thing));
        let mut ids: Vec<i64> = things.map(|thing| thing.id).collect();
        ids.sort_unstable();
        ids
    };
    let store = &server.app.store;
    if let Ok(visible) = actor.visible::<can::UserRead>() {
        let page = store
            .users(&visible, &store::people::users::UserFilter::default(), Slice::first(1000))
            .await
            .unwrap();
        let mut listed: Vec<i64> = page.rows.iter().map(|user| user.id).collect();
        listed.sort_unstable();
        assert_eq!(listed, checked(Noun::User, Permission::UserRead));
        assert_eq!(page.total, i64::try_from(listed.len()).unwrap());
    }
    if let Ok(visible) = actor.visible::<can::NumberRead>() {
        let page = store.entities(&visible, None, Slice::first(1000)).await.unwrap();
        let mut listed: Vec<i64> = page.rows.iter().map(|number| number.id).collect();
        listed.sort_unstable();
        assert_eq!(listed, checked(Noun::Number, Permission::NumberRead));
        assert_eq!(page.total, i64::try_from(listed.len()).unwrap());
    }
}
