//! Random acts: one or more edits of a small workspace that somebody tries at once.

use access::model::{Entity, EntityKind, Grant, Micros, Role, Setting, Standing, Toggle};
use access::preset::{Plan, RoleStanding};
use access::{Cell, Id, Model, Permission, Preset, Reach, Reaches};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};

use crate::worlds::{self, ENTITIES, UNITS};

/// One edit; the indices choose among what the workspace has at that moment.
#[derive(Debug, Clone)]
pub enum Edit {
    Role(Index, Index),
    Toggle(Index, Index, Option<Setting>),
    Grant(Index, Index, bool, bool, Option<Micros>),
    Revoke(Index),
    Prolong(Index, Micros),
    Lead(Index, Index),
    Unlead(Index),
    Stand(Index, Standing),
    Delete(Index),
    Invite(Index, Index),
    Move(Index, Option<usize>, Option<usize>),
    Email(Index),
    CreateRole(Vec<Cell>),
    Widen(Index, Vec<Cell>),
    DropCells(Index, usize),
    DeleteRole(Index),
    Stuff(Index, Vec<Cell>),
    Lend(Index, Vec<Cell>, Micros),
    Transfer(Index, Index),
    DeleteUnit(Index),
    DefineToggle(Vec<Cell>),
    DeleteToggle(Index),
    Plan(Index),
    Seats(Option<u32>),
    Licences(Option<u32>),
    AddNumber,
    Release(Index),
    PresetNumber(Index, Index),
    Own(Index, Index),
    DefaultRole(Index),
}

/// Somebody tries some edits at once, some time after the act before.
#[derive(Debug, Clone)]
pub struct Act {
    /// Who tries it.
    pub by: Index,
    /// What they try.
    pub edits: Vec<Edit>,
    /// How long after the act before.
    pub after: Micros,
}

fn cell() -> impl Strategy<Value = Cell> {
    (any::<Index>(), subsequence(Reach::ALL.to_vec(), 1..=2)).prop_map(|(at, reaches)| {
        let permission = *at.get(Permission::ALL);
        let some = Reaches::of(&reaches).intersection(permission.entry().reaches);
        (permission, if some.is_empty() { permission.entry().reaches } else { some })
    })
}

fn edit() -> impl Strategy<Value = Edit> {
    let i = any::<Index>;
    let setting = prop_oneof![Just(None), Just(Some(Setting::Allow)), Just(Some(Setting::Deny))];
    let standing = prop_oneof![Just(Standing::Banned), Just(Standing::Active), Just(Standing::Invited)];
    let span = || prop_oneof![Just(1), Just(50), Just(5_000)];
    let until = proptest::option::of(span());
    let unit = || proptest::option::of(0..2_usize);
    let cells = || vec(cell(), 1..3);
    let bought = || proptest::option::of(0..12_u32);
    prop_oneof![
        3 => (i(), i()).prop_map(|(u, r)| Edit::Role(u, r)),
        3 => (i(), i(), setting).prop_map(|(u, t, s)| Edit::Toggle(u, t, s)),
        4 => (i(), i(), any::<(bool, bool)>(), until).prop_map(|(u, e, (m, o), x)| Edit::Grant(u, e, m, o, x)),
        1 => i().prop_map(Edit::Revoke),
        1 => (i(), span()).prop_map(|(t, x)| Edit::Prolong(t, x)),
        2 => (i(), i()).prop_map(|(u, d)| Edit::Lead(u, d)),
        1 => i().prop_map(Edit::Unlead),
        2 => (i(), standing).prop_map(|(u, s)| Edit::Stand(u, s)),
        1 => i().prop_map(Edit::Delete),
        2 => (i(), i()).prop_map(|(r, d)| Edit::Invite(r, d)),
        1 => (i(), unit(), unit()).prop_map(|(u, d, b)| Edit::Move(u, d, b)),
        1 => i().prop_map(Edit::Email),
        1 => cells().prop_map(Edit::CreateRole),
        2 => (i(), cells()).prop_map(|(r, c)| Edit::Widen(r, c)),
        1 => (i(), 0..100_usize).prop_map(|(r, n)| Edit::DropCells(r, n)),
        1 => i().prop_map(Edit::DeleteRole),
        1 => (i(), cells()).prop_map(|(t, c)| Edit::Stuff(t, c)),
        2 => (i(), cells(), span()).prop_map(|(u, c, x)| Edit::Lend(u, c, x)),
        1 => (i(), i()).prop_map(|(a, b)| Edit::Transfer(a, b)),
        1 => i().prop_map(Edit::DeleteUnit),
        1 => cells().prop_map(Edit::DefineToggle),
        1 => i().prop_map(Edit::DeleteToggle),
        2 => i().prop_map(Edit::Plan),
        1 => bought().prop_map(Edit::Seats),
        1 => bought().prop_map(Edit::Licences),
        1 => Just(Edit::AddNumber),
        1 => i().prop_map(Edit::Release),
        1 => (i(), i()).prop_map(|(u, n)| Edit::PresetNumber(u, n)),
        1 => (i(), i()).prop_map(|(e, u)| Edit::Own(e, u)),
        1 => i().prop_map(Edit::DefaultRole),
    ]
}

/// Any act.
pub fn act() -> impl Strategy<Value = Act> {
    let after = prop_oneof![4 => Just(0), 1 => Just(1), 1 => Just(100)];
    (any::<Index>(), vec(edit(), 1..4), after).prop_map(|(by, edits, after)| Act { by, edits, after })
}

/// One of several, if there are any.
pub fn pick<T: Copy>(index: &Index, from: impl Iterator<Item = T>) -> Option<T> {
    let all: Vec<T> = from.collect();
    (!all.is_empty()).then(|| *index.get(&all))
}

impl Edit {
    /// Makes the edit; `fresh` is an id that nothing has. None where there is nothing to edit.
    pub fn apply(&self, m: &mut Model, fresh: u32, now: Micros) -> Option<()> {
        let users = |i: &Index, m: &Model| pick(i, m.users.keys().copied());
        let roles = |i: &Index, m: &Model| pick(i, m.roles.keys().copied());
        let toggles = |i: &Index, m: &Model| pick(i, m.toggles.keys().copied());
        match self {
            Edit::Role(u, r) => {
                let role = roles(r, m)?;
                m.users.get_mut(&users(u, m)?)?.role = role;
            }
            Edit::Toggle(u, t, setting) => {
                let key = (users(u, m)?, toggles(t, m)?);
                m.settings.remove(&key);
                m.settings.extend(setting.map(|s| (key, s)));
            }
            Edit::Grant(u, e, may_use, may_observe, span) => {
                let (user, entity) = (users(u, m)?, pick(e, m.entities.keys().copied())?);
                let (may_use, may_observe, expires_at) = (*may_use, *may_observe, span.map(|s| now + s));
                m.grants.push(Grant { id: Id(fresh), user, entity, may_use, may_observe, expires_at });
            }
            Edit::Revoke(g) => drop(m.grants.remove(pick(g, 0..m.grants.len())?)),
            Edit::Prolong(t, span) => {
                let at = pick(t, 0..m.temporary.len())?;
                m.temporary.get_mut(at)?.expires_at = now + span;
            }
            Edit::Lead(u, d) => {
                let unit = pick(d, m.units.keys().copied())?;
                m.leads.push((users(u, m)?, unit));
            }
            Edit::Unlead(l) => drop(m.leads.remove(pick(l, 0..m.leads.len())?)),
            Edit::Stand(u, standing) => m.users.get_mut(&users(u, m)?)?.standing = *standing,
            Edit::Delete(u) => delete(m, users(u, m)?),
            Edit::Invite(r, d) => {
                let mut user = worlds::user(Id(fresh), roles(r, m)?);
                user.department = Some(*d.get(&UNITS[..2]));
                m.users.insert(Id(fresh), user);
            }
            Edit::Move(u, department, branch) => {
                let user = m.users.get_mut(&users(u, m)?)?;
                user.department = department.map(|d| UNITS[d]);
                user.branch = branch.map(|b| UNITS[2 + b]);
            }
            Edit::Email(u) => m.users.get_mut(&users(u, m)?)?.email = format!("{fresh}@example.com"),
            Edit::CreateRole(holds) => {
                let standing = RoleStanding::default();
                m.roles.insert(
                    Id(fresh),
                    Role { name: "Custom".into(), key: None, standing, holds: holds.clone() },
                );
            }
            Edit::Widen(r, cells) => m.roles.get_mut(&roles(r, m)?)?.holds.extend(cells),
            Edit::DropCells(r, n) => {
                let holds = &mut m.roles.get_mut(&roles(r, m)?)?.holds;
                holds.truncate(holds.len().saturating_sub(*n));
            }
            Edit::DeleteRole(r) => drop(m.roles.remove(&roles(r, m)?)),
            Edit::Stuff(t, cells) => m.toggles.get_mut(&toggles(t, m)?)?.holds.extend(cells),
            Edit::Lend(u, cells, span) => {
                let user = users(u, m)?;
                m.temporary.push(worlds::temporary(fresh, user, cells.clone(), now + span));
            }
            Edit::Transfer(a, b) => {
                let (a, b) = (users(a, m)?, users(b, m)?);
                let (of_a, of_b) = (m.users.get(&a)?.role, m.users.get(&b)?.role);
                m.users.get_mut(&a)?.role = of_b;
                m.users.get_mut(&b)?.role = of_a;
            }
            Edit::DefineToggle(holds) => {
                let (name, summary, holds) = ("Custom".into(), String::new(), holds.clone());
                m.toggles.insert(Id(fresh), Toggle { name, summary, key: None, holds, with: None });
            }
            Edit::DeleteToggle(t) => {
                let toggle = toggles(t, m)?;
                m.toggles.remove(&toggle);
                m.settings.retain(|(_, t), _| *t != toggle);
            }
            Edit::Plan(p) => {
                let plan = p.get(Plan::all());
                (m.plan, m.allows) = (plan.key.clone(), plan.allows);
            }
            Edit::Seats(seats) => m.seats = *seats,
            Edit::Licences(licences) => m.licences = *licences,
            Edit::AddNumber => number(m, fresh),
            Edit::Release(e) => release(m, pick(e, m.entities.keys().copied())?),
            Edit::PresetNumber(u, n) => {
                let number = pick(n, m.entities.keys().copied().filter(|e| m.is_number(*e)))?;
                m.users.get_mut(&users(u, m)?)?.preset_number = Some(number);
            }
            Edit::Own(e, u) => {
                let user = users(u, m)?;
                let extensions = m.entities.iter().filter(|(_, e)| e.kind == EntityKind::Extension);
                let extension = pick(e, extensions.map(|(id, _)| *id))?;
                m.entities.get_mut(&extension)?.owner = Some(user);
            }
            Edit::DefaultRole(r) => m.default_role = Some(roles(r, m)?),
            Edit::DeleteUnit(d) => {
                let unit = pick(d, m.units.keys().copied())?;
                m.units.remove(&unit);
                m.leads.retain(|(_, u)| *u != unit);
                for user in m.users.values_mut() {
                    user.department = user.department.filter(|d| *d != unit);
                    user.branch = user.branch.filter(|b| *b != unit);
                }
            }
        }
        Some(())
    }
}

fn delete(m: &mut Model, user: Id) {
    m.users.remove(&user);
    m.entities.values_mut().for_each(|entity| entity.owner = entity.owner.filter(|owner| *owner != user));
    m.settings.retain(|(u, _), _| *u != user);
    m.leads.retain(|(u, _)| *u != user);
    m.grants.retain(|g| g.user != user);
    m.temporary.retain(|t| t.user != user);
}

fn number(m: &mut Model, id: u32) {
    let label = format!("+{id}");
    m.entities.insert(Id(id), Entity { kind: EntityKind::Number, label, owner: None });
}

fn release(m: &mut Model, entity: Id) {
    m.entities.remove(&entity);
    m.grants.retain(|g| g.entity != entity);
    for user in m.users.values_mut() {
        user.preset_number = user.preset_number.filter(|number| *number != entity);
    }
}

/// A workspace with some life in it: two more users, members of units, a lead, grants.
pub fn start(preset: &'static Preset) -> Model {
    let mut model = worlds::one_of_each(preset);
    for id in 21..25 {
        number(&mut model, id);
    }
    let default = preset.roles.iter().find(|r| r.default).unwrap();
    let second = &preset.roles[1];
    worlds::add_user(&mut model, &default.key);
    worlds::add_user(&mut model, &second.key);
    for (n, user) in model.users.values_mut().enumerate() {
        user.department = UNITS[..2].get(n % 3).copied();
    }
    let users: Vec<Id> = model.users.keys().copied().collect();
    model.leads.push((users[1], UNITS[0]));
    model.leads.push((users[2 % users.len()], UNITS[1]));
    for (n, user) in users.iter().enumerate() {
        model.grants.push(worlds::grant(500 + user.0, *user, ENTITIES[n % 4]));
    }
    model
}
