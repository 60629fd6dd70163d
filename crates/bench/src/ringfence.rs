//! Ringfence itself, with interned ids as its own requests have them, and from strings as other systems ask.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use access::model::{Entity, EntityKind, Grant, Role, Standing, Unit, UnitKind, User};
use access::{Actor, Folded, Id, Model, Noun, Permission, PermissionSet, Preset, Snapshot, Thing};

use crate::engine::Engine;
use crate::fixture::{DEPARTMENTS, Fixture, NUMBERS, ROLES, Row, Words};

const NOW: i64 = 1_800_000_000_000_000;

fn id(base: u32, n: usize) -> Id {
    Id(base + n as u32)
}

fn role(n: usize) -> Id {
    id(1, n)
}

fn department(n: usize) -> Id {
    id(100, n)
}

fn number(n: usize) -> Id {
    id(1_000, n)
}

fn user(n: usize) -> Id {
    id(10_000, n)
}

fn thing(fixture: &Fixture, row: Row) -> Thing {
    let (noun, n) = match row {
        Row::Workspace => return Thing::WORKSPACE,
        Row::Call(n) => (Noun::Call, n),
        Row::Number(n) => (Noun::Number, n),
        Row::User(n) => (Noun::User, n),
    };
    let touches = [
        fixture.agent(row).map(user),
        fixture.department(row).map(department),
        fixture.number(row).map(number),
    ];
    Thing::new(noun, n as i64, touches.into_iter().flatten().collect())
}

fn model(fixture: &Fixture, preset: &'static Preset) -> Model {
    let roles = ROLES.iter().enumerate().filter_map(|(n, key)| {
        let r = preset.role(key)?;
        Some((
            role(n),
            Role {
                name: r.name.clone(),
                key: Some(r.key.clone()),
                standing: r.standing,
                holds: r.holds.clone(),
            },
        ))
    });
    let people = fixture.users.iter().enumerate().map(|(n, u)| {
        let (email, name) = (format!("u{n}@example.com"), format!("User {n}"));
        let department = Some(department(u.department));
        (
            user(n),
            User {
                email,
                name,
                role: role(u.role),
                department,
                branch: None,
                standing: Standing::Active,
                preset_number: None,
                chosen_number: None,
            },
        )
    });
    let pairs = |list: fn(&crate::fixture::User) -> &Vec<usize>| {
        fixture.users.iter().enumerate().flat_map(move |(n, u)| list(u).iter().map(move |x| (user(n), *x)))
    };
    let grants = pairs(|u| &u.numbers).zip(20_000..).map(|((user, n), id)| Grant {
        id: Id(id),
        user,
        entity: number(n),
        may_use: true,
        may_observe: true,
        expires_at: None,
    });
    let unit = |n| (department(n), Unit { name: format!("d{n}"), kind: UnitKind::Department });
    let entity = |n| (number(n), Entity { kind: EntityKind::Number, label: format!("n{n}"), owner: None });
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
        units: (0..DEPARTMENTS).map(unit).collect(),
        users: people.collect(),
        entities: (0..NUMBERS).map(entity).collect(),
        settings: BTreeMap::new(),
        leads: pairs(|u| &u.leads).map(|(user, n)| (user, department(n))).collect(),
        grants: grants.collect(),
        temporary: vec![],
    }
}

fn snapshot(fixture: &Fixture) -> Arc<Snapshot> {
    let preset = Preset::by_key("standard").unwrap_or(&Preset::all()[0]);
    Arc::new(Snapshot::build(model(fixture, preset), NOW))
}

/// As a request of Ringfence's own decides: the session's actor, a row with what it touches.
pub struct Ringfence {
    actors: Vec<Actor>,
    questions: Vec<(usize, Permission, Thing)>,
    snapshot: Arc<Snapshot>,
}

impl Engine for Ringfence {
    const NAME: &'static str = "Ringfence, interned ids";
    const SETUP: &'static str = "`Actor::may` on rows with what they touch; one actor for each user, as sessions hold them; \
        a change folds the user's access again (`Folded::of`)";

    fn new(fixture: &Fixture) -> Self {
        let snapshot = snapshot(fixture);
        let actors =
            (0..fixture.users.len()).filter_map(|n| Actor::user(snapshot.clone(), user(n))).collect();
        let questions =
            fixture.questions.iter().map(|q| (q.user, q.permission, thing(fixture, q.row))).collect();
        Ringfence { actors, questions, snapshot }
    }

    #[inline]
    fn decide(&mut self, question: usize) -> bool {
        let (user, permission, thing) = &self.questions[question];
        self.actors[*user].may(*permission, thing)
    }

    fn change(&mut self, n: usize) -> bool {
        let folded = Folded::of(self.snapshot.model(), user(n % self.actors.len()), NOW);
        std::hint::black_box(folded);
        true
    }
}

/// As another system asks: an email address, a permission's name, a row's id.
pub struct FromStrings {
    snapshot: Arc<Snapshot>,
    rows: HashMap<String, Thing>,
    words: Vec<Words>,
    model: Model,
}

impl Engine for FromStrings {
    const NAME: &'static str = "Ringfence, from strings";
    const SETUP: &'static str = "`Snapshot::by_email`, `Permission::from_name`, a hash map of rows, `Folded::allows`; \
        a change folds all 1,000 users again (`Snapshot::build`, with a copy of the model)";

    fn new(fixture: &Fixture) -> Self {
        let words = fixture.words();
        let rows = words.iter().zip(&fixture.questions).map(|(w, q)| (w.id.clone(), thing(fixture, q.row)));
        let rows = rows.collect();
        let words =
            words.into_iter().map(|w| Words { user: format!("{}@example.com", w.user), ..w }).collect();
        let snapshot = snapshot(fixture);
        let model = snapshot.model().clone();
        FromStrings { snapshot, rows, words, model }
    }

    #[inline]
    fn decide(&mut self, question: usize) -> bool {
        let words = &self.words[question];
        let folded = self.snapshot.by_email(&words.user).and_then(|id| self.snapshot.user(id));
        let permission = Permission::from_name(words.permission);
        let thing = self.rows.get(&words.id);
        let (Some(folded), Some(permission), Some(thing)) = (folded, permission, thing) else { return false };
        folded.allows(&folded.powers, permission, thing)
    }

    fn change(&mut self, _: usize) -> bool {
        std::hint::black_box(Snapshot::build(self.model.clone(), NOW));
        true
    }
}
