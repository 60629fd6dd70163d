//! Workspaces to try the model on: one made from a preset, with a user in every role.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::model::{
    Entity, EntityKind, Grant, Micros, Role, Standing, Temporary, Toggle, Unit, UnitKind, User,
};
use access::{Actor, Id, Model, PermissionSet, Preset, PresetToggle, Snapshot};

/// The moment at which tests happen.
pub const NOW: Micros = 1_800_000_000_000_000;

const ROLES: u32 = 100;
const TOGGLES: u32 = 200;
const USERS: u32 = 300;

/// Two departments, then two branches.
pub const UNITS: [Id; 4] = [Id(1), Id(2), Id(3), Id(4)];
/// An extension, a queue, a number and a second number.
pub const ENTITIES: [Id; 4] = [Id(11), Id(12), Id(13), Id(14)];

/// An empty workspace of a preset: its roles, the toggles, units, and extensions, queues and numbers; no users.
pub fn empty(preset: &'static Preset) -> Model {
    let roles = preset.roles.iter().enumerate().map(|(i, role)| {
        let holds = role.holds.clone();
        (
            nth(ROLES, i),
            Role { name: role.name.clone(), key: Some(role.key.clone()), standing: role.standing, holds },
        )
    });
    let toggles = PresetToggle::all().iter().map(|t| {
        let with = t.with.as_ref().map(|(key, cells)| (toggle(key), cells.clone()));
        (
            toggle(&t.key),
            Toggle {
                name: t.name.clone(),
                summary: t.summary.clone(),
                key: Some(t.key.clone()),
                holds: t.holds.clone(),
                with,
            },
        )
    });
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
        toggles: toggles.collect(),
        units: units(),
        users: BTreeMap::new(),
        entities: entities(),
        settings: BTreeMap::new(),
        leads: vec![],
        grants: vec![],
        temporary: vec![],
    }
}

/// A workspace of a preset with one user for each role, in column order.
pub fn one_of_each(preset: &'static Preset) -> Model {
    let mut model = empty(preset);
    for role in &preset.roles {
        add_user(&mut model, &role.key);
    }
    model
}

/// Adds an active user with the role of that key.
pub fn add_user(model: &mut Model, role: &str) -> Id {
    let id = nth(USERS, model.users.len());
    let role = role_of_key(model, role);
    model.users.insert(id, user(id, role));
    id
}

/// An active user who belongs to no unit.
pub fn user(id: Id, role: Id) -> User {
    let (email, name) = (format!("p{id}@example.com"), format!("User {id}"));
    User {
        email,
        name,
        role,
        department: None,
        branch: None,
        standing: Standing::Active,
        preset_number: None,
        chosen_number: None,
    }
}

/// The role of that key.
pub fn role_of_key(model: &Model, key: &str) -> Id {
    let found = model.roles.iter().find(|(_, r)| r.key.as_deref() == Some(key));
    *found.unwrap_or_else(|| panic!("no role {key}")).0
}

/// The user in the n-th column of [`one_of_each`].
pub fn nth_user(n: usize) -> Id {
    nth(USERS, n)
}

/// The built-in toggle of that key.
pub fn toggle(key: &str) -> Id {
    let at = PresetToggle::all().iter().position(|t| t.key == key);
    nth(TOGGLES, at.unwrap_or_else(|| panic!("no toggle {key}")))
}

/// A grant of one thing to one user, for using and observing.
pub fn grant(id: u32, user: Id, entity: Id) -> Grant {
    Grant { id: Id(id), user, entity, may_use: true, may_observe: true, expires_at: None }
}

/// Access for a while.
pub fn temporary(id: u32, user: Id, holds: Vec<access::Cell>, expires_at: Micros) -> Temporary {
    Temporary { id: Id(id), user, holds, expires_at }
}

/// The model folded now.
pub fn fold(model: &Model) -> Arc<Snapshot> {
    Arc::new(Snapshot::build(model.clone(), NOW))
}

/// A user of the model who acts now.
pub fn actor(model: &Model, id: Id) -> Actor {
    Actor::user(fold(model), id).unwrap_or_else(|| panic!("{id} cannot act"))
}

fn nth(base: u32, n: usize) -> Id {
    Id(base + u32::try_from(n).unwrap())
}

fn units() -> BTreeMap<Id, Unit> {
    let kinds = [UnitKind::Department, UnitKind::Department, UnitKind::Branch, UnitKind::Branch];
    UNITS.into_iter().zip(kinds).map(|(id, kind)| (id, Unit { name: format!("Unit {id}"), kind })).collect()
}

fn entities() -> BTreeMap<Id, Entity> {
    let kinds = [EntityKind::Extension, EntityKind::Queue, EntityKind::Number, EntityKind::Number];
    let entity = |(id, kind)| (id, Entity { kind, label: format!("Entity {id}"), owner: None });
    ENTITIES.into_iter().zip(kinds).map(entity).collect()
}
