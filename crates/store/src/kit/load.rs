//! Loads the access model of one workspace from its tables.

use std::collections::BTreeMap;

use access::model::{
    Entity, EntityKind, Grant, Model, Role, Setting, Standing, Temporary, Toggle, Unit, UnitKind, User,
};
use access::preset::RoleStanding;
use access::{Cell, Id, PermissionSet, Plan, Preset, PresetToggle};

use crate::kit::cells::read_cells;
use crate::kit::db::{Db, Q, Row, Tx, q};
use crate::{Result, StoreError};

/// Where the model is read: from the database, or inside a transaction that changes it.
pub(crate) enum Reader<'a> {
    Db(&'a Db),
    Tx(&'a mut Tx),
}

impl Reader<'_> {
    async fn all<T: Row>(&mut self, q: Q) -> Result<Vec<T>> {
        Ok(match self {
            Reader::Db(db) => db.all(q).await?,
            Reader::Tx(tx) => tx.all(q).await?,
        })
    }
}

/// An id as the databases have it.
pub(crate) fn id(raw: i64) -> Id {
    Id(u32::try_from(raw).unwrap_or(u32::MAX))
}

#[derive(sqlx::FromRow)]
struct Head {
    version: i64,
    preset: String,
    plan: String,
    seats: Option<i64>,
    licences: Option<i64>,
    default_role_id: Option<i64>,
}

/// The access model of a workspace as the reader sees it now.
///
/// The version is read first: a change in between makes the model newer than it says, never older.
pub(crate) async fn model(reader: &mut Reader<'_>, workspace: i64) -> Result<Model> {
    let head =
        q("SELECT version, preset, plan, seats, licences, default_role_id FROM workspaces WHERE id = ");
    let head: Head = reader.all(head.v(workspace)).await?.into_iter().next().ok_or(StoreError::Missing)?;
    let preset = Preset::by_key(&head.preset).ok_or(StoreError::Missing)?;
    let bought = |count: Option<i64>| count.map(|count| u32::try_from(count).unwrap_or(0));
    Ok(Model {
        workspace,
        version: head.version,
        preset,
        allows: Plan::by_key(&head.plan).map_or(PermissionSet::NONE, |p| p.allows),
        plan: head.plan,
        seats: bought(head.seats),
        licences: bought(head.licences),
        default_role: head.default_role_id.map(id),
        roles: roles(reader, workspace, preset).await?,
        toggles: toggles(reader, workspace).await?,
        units: units(reader, workspace).await?,
        users: users(reader, workspace).await?,
        entities: entities(reader, workspace).await?,
        settings: settings(reader, workspace).await?,
        leads: leads(reader, workspace).await?,
        grants: grants(reader, workspace).await?,
        temporary: temporary(reader, workspace).await?,
    })
}

async fn roles(reader: &mut Reader<'_>, workspace: i64, preset: &Preset) -> Result<BTreeMap<Id, Role>> {
    let rows: Vec<(i64, String, Option<String>, String)> = reader
        .all(q("SELECT id, name, preset_key, holds FROM roles WHERE workspace_id = ").v(workspace))
        .await?;
    let role = |(raw, name, key, holds): (i64, String, Option<String>, String)| {
        let built_in = key.as_deref().and_then(|key| preset.role(key));
        let standing = built_in.map_or_else(RoleStanding::default, |r| r.standing);
        let holds = built_in.map_or_else(|| read_cells(&holds), |r| r.holds.clone());
        (id(raw), Role { name, key, standing, holds })
    };
    Ok(rows.into_iter().map(role).collect())
}

async fn toggles(reader: &mut Reader<'_>, workspace: i64) -> Result<BTreeMap<Id, Toggle>> {
    let rows: Vec<(i64, String, String, String, String)> = reader
        .all(q("SELECT id, preset_key, name, summary, holds FROM toggles WHERE workspace_id = ").v(workspace))
        .await?;
    let by_key: BTreeMap<&str, Id> = rows.iter().map(|(raw, key, ..)| (key.as_str(), id(*raw))).collect();
    let built_in = |preset: &PresetToggle| {
        let with = preset.with.as_ref();
        let with: Option<(Id, Vec<Cell>)> =
            with.and_then(|(key, cells)| Some((*by_key.get(key.as_str())?, cells.clone())));
        let (name, summary) = (preset.name.clone(), preset.summary.clone());
        Toggle { name, summary, key: Some(preset.key.clone()), holds: preset.holds.clone(), with }
    };
    let found = rows.iter().filter_map(|(raw, key, name, summary, holds)| {
        let (name, summary) = (name.clone(), summary.clone());
        let own = || Toggle { name, summary, key: None, holds: read_cells(holds), with: None };
        let toggle = if key.is_empty() { own() } else { built_in(PresetToggle::by_key(key)?) };
        Some((id(*raw), toggle))
    });
    Ok(found.collect())
}

async fn units(reader: &mut Reader<'_>, workspace: i64) -> Result<BTreeMap<Id, Unit>> {
    let rows: Vec<(i64, String, String)> =
        reader.all(q("SELECT id, kind, name FROM units WHERE workspace_id = ").v(workspace)).await?;
    let unit = |(raw, kind, name): (i64, String, String)| {
        (id(raw), Unit { name, kind: UnitKind::of_word(&kind).unwrap_or(UnitKind::Department) })
    };
    Ok(rows.into_iter().map(unit).collect())
}

#[derive(sqlx::FromRow)]
struct UserRow {
    id: i64,
    email: String,
    name: String,
    role_id: i64,
    department_id: Option<i64>,
    branch_id: Option<i64>,
    #[sqlx(try_from = "String")]
    standing: Standing,
    preset_number_id: Option<i64>,
    chosen_number_id: Option<i64>,
}

async fn users(reader: &mut Reader<'_>, workspace: i64) -> Result<BTreeMap<Id, User>> {
    let rows: Vec<UserRow> = reader
        .all(
            q("SELECT id, email, name, role_id, department_id, branch_id, standing, preset_number_id, \
               chosen_number_id FROM users WHERE deleted_at IS NULL AND workspace_id = ")
            .v(workspace),
        )
        .await?;
    let user = |row: UserRow| {
        let user = User {
            email: row.email,
            name: row.name,
            role: id(row.role_id),
            department: row.department_id.map(id),
            branch: row.branch_id.map(id),
            standing: row.standing,
            preset_number: row.preset_number_id.map(id),
            chosen_number: row.chosen_number_id.map(id),
        };
        (id(row.id), user)
    };
    Ok(rows.into_iter().map(user).collect())
}

async fn entities(reader: &mut Reader<'_>, workspace: i64) -> Result<BTreeMap<Id, Entity>> {
    let extensions: Vec<(i64, String, Option<i64>)> = reader
        .all(q("SELECT id, digits, user_id FROM extensions WHERE workspace_id = ").v(workspace))
        .await?;
    let queues: Vec<(i64, String)> =
        reader.all(q("SELECT id, name FROM queues WHERE workspace_id = ").v(workspace)).await?;
    let numbers: Vec<(i64, String)> =
        reader.all(q("SELECT id, e164 FROM numbers WHERE workspace_id = ").v(workspace)).await?;
    let extensions = extensions.into_iter().map(|(raw, label, owner)| {
        (id(raw), Entity { kind: EntityKind::Extension, label, owner: owner.map(id) })
    });
    let plain = |kind| move |(raw, label)| (id(raw), Entity { kind, label, owner: None });
    let queues = queues.into_iter().map(plain(EntityKind::Queue));
    Ok(extensions.chain(queues).chain(numbers.into_iter().map(plain(EntityKind::Number))).collect())
}

async fn settings(reader: &mut Reader<'_>, workspace: i64) -> Result<BTreeMap<(Id, Id), Setting>> {
    let rows: Vec<(i64, i64, String)> = reader
        .all(q("SELECT user_id, toggle_id, setting FROM toggle_settings WHERE workspace_id = ").v(workspace))
        .await?;
    // Whatever is not known counts as a deny.
    let setting = |text: &str| Setting::of_word(text).unwrap_or(Setting::Deny);
    Ok(rows.into_iter().map(|(user, toggle, text)| ((id(user), id(toggle)), setting(&text))).collect())
}

async fn leads(reader: &mut Reader<'_>, workspace: i64) -> Result<Vec<(Id, Id)>> {
    let rows: Vec<(i64, i64)> =
        reader.all(q("SELECT user_id, unit_id FROM unit_leads WHERE workspace_id = ").v(workspace)).await?;
    Ok(rows.into_iter().map(|(user, unit)| (id(user), id(unit))).collect())
}

async fn grants(reader: &mut Reader<'_>, workspace: i64) -> Result<Vec<Grant>> {
    let rows: Vec<(i64, i64, i64, bool, bool, Option<i64>)> = reader
        .all(
            q("SELECT id, user_id, entity_id, may_use, may_observe, expires_at FROM grants WHERE workspace_id = ")
                .v(workspace),
        )
        .await?;
    let grant = |(raw, user, entity, may_use, may_observe, expires_at)| Grant {
        id: id(raw),
        user: id(user),
        entity: id(entity),
        may_use,
        may_observe,
        expires_at,
    };
    Ok(rows.into_iter().map(grant).collect())
}

async fn temporary(reader: &mut Reader<'_>, workspace: i64) -> Result<Vec<Temporary>> {
    let rows: Vec<(i64, i64, String, i64)> = reader
        .all(
            q("SELECT id, user_id, holds, expires_at FROM temporary_access WHERE workspace_id = ")
                .v(workspace),
        )
        .await?;
    let access = |(raw, user, holds, expires_at): (i64, i64, String, i64)| Temporary {
        id: id(raw),
        user: id(user),
        holds: read_cells(&holds),
        expires_at,
    };
    Ok(rows.into_iter().map(access).collect())
}
