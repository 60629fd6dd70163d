//! The common workload: one company, 4,096 questions, and an oracle that answers them from plain tables.
//!
//! One workspace with 1,000 users, 20 departments, 200 numbers (each given to up to five users) and 4,096 calls, each
//! with an agent, the agent's department and a number. Roles are Owner (1), Admin (10), Team Lead (40, each of one or
//! two departments) and Agent (the rest) of Ringfence's `standard` preset, all 104 permissions of it. Questions are
//! what such a company asks all day; two in five are answered with yes.

use std::collections::BTreeMap;

use access::{Permission, Powers, Preset, Reach};

pub const USERS: usize = 1_000;
pub const DEPARTMENTS: usize = 20;
pub const NUMBERS: usize = 200;
pub const CALLS: usize = 4_096;
pub const QUESTIONS: usize = 4_096;
/// The roles, in the order of [`User::role`].
pub const ROLES: [&str; 4] = ["owner", "admin", "team_lead", "agent"];
const LEAD: usize = 2;

/// One cell of the role table: what a role may do, how far.
pub struct Right {
    pub role: usize,
    pub permission: Permission,
    pub reach: Reach,
}

pub struct User {
    pub role: usize,
    pub department: usize,
    pub leads: Vec<usize>,
    pub numbers: Vec<usize>,
}

pub struct Call {
    pub agent: usize,
    pub department: usize,
    pub number: usize,
}

/// What a question is about, by index.
#[derive(Clone, Copy)]
pub enum Row {
    Workspace,
    Call(usize),
    Number(usize),
    User(usize),
}

pub struct Question {
    pub user: usize,
    pub permission: Permission,
    pub row: Row,
    /// The oracle's answer.
    pub answer: bool,
}

pub struct Fixture {
    pub rights: Vec<Right>,
    pub users: Vec<User>,
    pub calls: Vec<Call>,
    pub questions: Vec<Question>,
}

/// Questions as a service gets them: `u17`, `recording:listen`, `call`, `c204`.
pub struct Words {
    pub user: String,
    pub permission: &'static str,
    pub kind: &'static str,
    pub id: String,
}

/// Xorshift: the same workload on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % n as u64) as usize
    }
}

impl Fixture {
    pub fn new() -> Fixture {
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
        let mut users: Vec<User> = (0..USERS).map(user).collect();
        for number in 0..NUMBERS {
            for _ in 0..5 {
                users[dice.below(USERS)].numbers.push(number);
            }
        }
        users.iter_mut().for_each(|u| u.numbers.dedup());
        let calls = (0..CALLS).map(|_| {
            let agent = dice.below(USERS);
            Call { agent, department: users[agent].department, number: dice.below(NUMBERS) }
        });
        let calls = calls.collect();
        let mut fixture = Fixture { rights: rights(), users, calls, questions: vec![] };
        fixture.questions = (0..QUESTIONS).map(|n| fixture.question(n, &mut dice)).collect();
        fixture
    }

    fn question(&self, n: usize, dice: &mut Dice) -> Question {
        let even = n.is_multiple_of(2);
        let kind = dice.below(100);
        let call = dice.below(CALLS);
        let (user, permission, row) = match kind {
            0..25 => {
                let lead = 11 + dice.below(40);
                let of_team = |c: &usize| self.users[lead].leads.contains(&self.calls[*c].department);
                let call =
                    (0..CALLS).map(|i| (call + i) % CALLS).find(|c| !even || of_team(c)).unwrap_or(call);
                (lead, Permission::RecordingListen, Row::Call(call))
            }
            25..40 => {
                let agent = if even { self.calls[call].agent } else { 51 + dice.below(USERS - 51) };
                (agent, Permission::RecordingListen, Row::Call(call))
            }
            40..60 => (dice.below(USERS), Permission::NumberPurchase, Row::Workspace),
            60..80 => {
                let user = dice.below(USERS);
                let own = self.users[user].numbers.first().filter(|_| even);
                let number = own.copied().unwrap_or(dice.below(NUMBERS));
                (user, Permission::MessageSend, Row::Number(number))
            }
            80..90 => (dice.below(51), Permission::UserUpdate, Row::User(dice.below(USERS))),
            _ => (1 + dice.below(10), Permission::RecordingListen, Row::Call(call)),
        };
        Question { user, permission, row, answer: self.oracle(user, permission, row) }
    }

    /// The answer, read off the tables.
    fn oracle(&self, asks: usize, permission: Permission, row: Row) -> bool {
        let user = &self.users[asks];
        self.rights.iter().filter(|r| r.role == user.role && r.permission == permission).any(|r| {
            match r.reach {
                Reach::All => true,
                Reach::Own => self.agent(row) == Some(asks),
                Reach::Team => self.department(row).is_some_and(|d| user.leads.contains(&d)),
                Reach::Assigned => self.number(row).is_some_and(|n| user.numbers.contains(&n)),
            }
        })
    }

    /// Whose row it is.
    pub fn agent(&self, row: Row) -> Option<usize> {
        match row {
            Row::Call(call) => Some(self.calls[call].agent),
            Row::User(user) => Some(user),
            Row::Workspace | Row::Number(_) => None,
        }
    }

    /// The department that a row belongs to.
    pub fn department(&self, row: Row) -> Option<usize> {
        match row {
            Row::Call(call) => Some(self.calls[call].department),
            Row::User(user) => Some(self.users[user].department),
            Row::Workspace | Row::Number(_) => None,
        }
    }

    /// The number that a row touches.
    pub fn number(&self, row: Row) -> Option<usize> {
        match row {
            Row::Call(call) => Some(self.calls[call].number),
            Row::Number(number) => Some(number),
            Row::Workspace | Row::User(_) => None,
        }
    }

    /// Every question in words.
    pub fn words(&self) -> Vec<Words> {
        let words = |q: &Question| {
            let (kind, id) = match q.row {
                Row::Workspace => ("workspace", "w".into()),
                Row::Call(n) => ("call", format!("c{n}")),
                Row::Number(n) => ("number", format!("n{n}")),
                Row::User(n) => ("user", format!("u{n}")),
            };
            Words { user: format!("u{}", q.user), permission: q.permission.name(), kind, id }
        };
        self.questions.iter().map(words).collect()
    }

    /// The permissions that a role holds at a reach.
    pub fn held(&self, role: usize, reach: Reach) -> impl Iterator<Item = Permission> {
        self.rights.iter().filter(move |r| r.role == role && r.reach == reach).map(|r| r.permission)
    }
}

fn user(n: usize) -> User {
    let department = n % DEPARTMENTS;
    let role = match n {
        0 => 0,
        1..=10 => 1,
        11..=50 => LEAD,
        _ => 3,
    };
    let second = (role == LEAD && n.is_multiple_of(4)).then_some((department + 7) % DEPARTMENTS);
    let mut leads: Vec<usize> = (role == LEAD).then_some(department).into_iter().chain(second).collect();
    leads.sort_unstable();
    User { role, department, leads, numbers: vec![] }
}

/// The role table, with what a wide reach includes written out, and nothing beside `all`.
fn rights() -> Vec<Right> {
    let holds: BTreeMap<&str, _> = Preset::all()
        .iter()
        .filter(|p| p.key == "standard")
        .flat_map(|p| &p.roles)
        .map(|r| (r.key.as_str(), r.holds.iter().collect::<Powers>()))
        .collect();
    let rights = |(role, key): (usize, &&str)| {
        let cells: Vec<_> = holds[*key].iter().collect();
        cells.into_iter().flat_map(move |(permission, reaches)| {
            reaches.shortest().iter().map(move |reach| Right { role, permission, reach }).collect::<Vec<_>>()
        })
    };
    ROLES.iter().enumerate().flat_map(rights).collect()
}
