//! The limit: what somebody would write by hand for this workload and nothing else.

use std::collections::HashMap;

use access::Reach;

use crate::engine::Engine;
use crate::fixture::{Fixture, Question, Row, User, Words};

/// One mask for each reach, and what the user leads and is given, sorted.
struct Access {
    own: u128,
    assigned: u128,
    team: u128,
    all: u128,
    leads: Box<[u32]>,
    numbers: Box<[u32]>,
}

/// A row's facts; `NONE` where it has no such fact.
struct Facts {
    agent: u32,
    department: u32,
    number: u32,
}

const NONE: u32 = u32::MAX;

fn access(fixture: &Fixture, user: &User) -> Access {
    let mask = |reach| fixture.held(user.role, reach).fold(0, |mask, p| mask | 1_u128 << p as u8);
    let ids = |list: &[usize]| list.iter().map(|n| *n as u32).collect();
    Access {
        own: mask(Reach::Own),
        assigned: mask(Reach::Assigned),
        team: mask(Reach::Team),
        all: mask(Reach::All),
        leads: ids(&user.leads),
        numbers: ids(&user.numbers),
    }
}

fn facts(fixture: &Fixture, row: Row) -> Facts {
    let id = |n: Option<usize>| n.map_or(NONE, |n| n as u32);
    Facts {
        agent: id(fixture.agent(row)),
        department: id(fixture.department(row)),
        number: id(fixture.number(row)),
    }
}

#[inline]
fn allowed(access: &Access, user: u32, permission: u8, row: &Facts) -> bool {
    let bit = 1_u128 << permission;
    access.all & bit != 0
        || access.own & bit != 0 && row.agent == user
        || access.team & bit != 0 && access.leads.binary_search(&row.department).is_ok()
        || access.assigned & bit != 0 && access.numbers.binary_search(&row.number).is_ok()
}

/// The limit with ids that are indices.
pub struct Limit {
    users: Vec<Access>,
    rows: Vec<Facts>,
    questions: Vec<(u32, u8, u32)>,
    /// The access of some users once more, as it is changed to.
    changes: Vec<(Vec<u128>, Access)>,
}

impl Engine for Limit {
    const NAME: &'static str = "hand-written limit, interned ids";
    const SETUP: &'static str =
        "one `u128` mask for each reach, sorted slices for what is led and given, rows and users by index";

    fn new(fixture: &Fixture) -> Self {
        let rows = fixture.questions.iter().map(|q| facts(fixture, q.row)).collect();
        let question = |(n, q): (usize, &Question)| (q.user as u32, q.permission as u8, n as u32);
        let questions = fixture.questions.iter().enumerate().map(question).collect();
        let users: Vec<Access> = fixture.users.iter().map(|u| access(fixture, u)).collect();
        let cells = |u: &User| {
            let bits =
                fixture.rights.iter().filter(|r| r.role == u.role).map(|r| 1_u128 << r.permission as u8);
            bits.collect()
        };
        let changes = fixture.users.iter().map(|u| (cells(u), access(fixture, u))).collect();
        Limit { users, rows, questions, changes }
    }

    #[inline]
    fn decide(&mut self, question: usize) -> bool {
        let (user, permission, row) = self.questions[question];
        allowed(&self.users[user as usize], user, permission, &self.rows[row as usize])
    }

    /// Folds one user's cells into the masks again.
    fn change(&mut self, n: usize) -> bool {
        let user = n % self.users.len();
        let (cells, to) = &self.changes[user];
        let folded = cells.iter().fold(0, |mask, bit| mask | bit);
        self.users[user] = Access {
            own: to.own & folded,
            assigned: to.assigned & folded,
            team: to.team & folded,
            all: to.all & folded,
            leads: to.leads.clone(),
            numbers: to.numbers.clone(),
        };
        true
    }
}

/// The limit behind three hash maps.
pub struct LimitFromStrings {
    limit: Limit,
    users: HashMap<String, u32>,
    permissions: HashMap<&'static str, u8>,
    rows: HashMap<String, u32>,
    words: Vec<Words>,
}

impl Engine for LimitFromStrings {
    const NAME: &'static str = "hand-written limit, from strings";
    const SETUP: &'static str =
        "the limit behind three look-ups in the standard library's hash map: user, permission, row";

    fn new(fixture: &Fixture) -> Self {
        let words = fixture.words();
        LimitFromStrings {
            limit: Limit::new(fixture),
            users: (0..fixture.users.len()).map(|n| (format!("u{n}@example.com"), n as u32)).collect(),
            permissions: access::Permission::ALL.iter().map(|p| (p.name(), *p as u8)).collect(),
            rows: words.iter().enumerate().map(|(n, w)| (w.id.clone(), n as u32)).collect(),
            words: words
                .into_iter()
                .map(|w| Words { user: format!("{}@example.com", w.user), ..w })
                .collect(),
        }
    }

    #[inline]
    fn decide(&mut self, question: usize) -> bool {
        let words = &self.words[question];
        let user = self.users.get(&words.user);
        let permission = self.permissions.get(words.permission);
        let row = self.rows.get(&words.id);
        let (Some(user), Some(permission), Some(row)) = (user, permission, row) else { return false };
        allowed(&self.limit.users[*user as usize], *user, *permission, &self.limit.rows[*row as usize])
    }

    fn change(&mut self, n: usize) -> bool {
        self.limit.change(n)
    }
}
