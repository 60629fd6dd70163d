//! Workspaces: created from a preset, found by slug, renamed, given a plan.

use access::model::Standing;
use access::{Id, Micros, Preset, PresetToggle};

use crate::change::audit::Act;
use crate::change::{Author, Change};
use crate::entry::known_secrets::Secret;
use crate::kit::db::{Q, q, row};
use crate::people::users::UserInput;
use crate::{Result, Store, StoreError, taken};

/// A workspace's own settings.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct WorkspaceRow {
    /// Its id in this database.
    pub id: i64,
    /// Its name in addresses.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// The key of the preset that it was created from.
    pub preset: String,
    /// The key of its plan.
    pub plan: String,
    /// IANA time zone name.
    pub time_zone: String,
    /// Country calling code without `+`, for numbers written in national form; empty where unknown.
    pub country_code: String,
    /// The code of the language for whoever has chosen none, neither here nor in their browser.
    pub language: String,
    /// Whether calls are recorded unless somebody says otherwise.
    pub auto_record: bool,
    /// Whether it was made by the demo, whose people can be signed in as with a click.
    pub is_demo: bool,
    /// When it was created.
    pub created_at: Micros,
    /// How many digits a PIN has.
    pub pin_digits: i64,
    /// How many people the subscription pays for; none where seats are not counted.
    pub seats: Option<i64>,
    /// How many numbers the licences pay for; none where licences are not counted.
    pub licences: Option<i64>,
}

/// A workspace to be created, with its first user.
#[derive(Debug)]
pub struct NewWorkspace<'a> {
    /// Its name in addresses; checked by the caller.
    pub slug: &'a str,
    /// What people call it.
    pub name: &'a str,
    /// What it is created from.
    pub preset: &'static Preset,
    /// IANA time zone name.
    pub time_zone: &'a str,
    /// Country calling code without `+`.
    pub country_code: &'a str,
    /// Whether the demo makes it.
    pub is_demo: bool,
    /// Who gets the role that manages people and roles.
    pub owner_name: &'a str,
    /// Their email address.
    pub owner_email: &'a str,
    /// Their temporary password's hash in PHC form: whoever creates the workspace knows it.
    pub owner_password: Option<&'a str>,
    /// How many people the subscription pays for; none for no count.
    pub seats: Option<u32>,
    /// How many numbers the licences pay for; none for no count.
    pub licences: Option<u32>,
}

/// The columns of a [`WorkspaceRow`].
pub(crate) const COLUMNS: &str = "w.id, w.slug, w.name, w.preset, w.plan, w.time_zone, w.country_code, w.language, \
     w.auto_record, w.is_demo, w.created_at, w.pin_digits, w.seats, w.licences";

fn rows() -> Q {
    q("SELECT ").s(COLUMNS).s(" FROM workspaces w")
}

impl Store {
    /// The workspace of that slug. Needs no proof: an address says that much.
    pub async fn workspace_by_slug(&self, slug: &str) -> Result<Option<WorkspaceRow>> {
        if slug.contains('\0') {
            return Ok(None);
        }
        Ok(self.db.one(rows().s(" WHERE w.slug = ").v(slug)).await?)
    }

    /// A workspace's settings, for whoever is in it.
    pub async fn workspace(&self, id: i64) -> Result<WorkspaceRow> {
        self.db.one(rows().s(" WHERE w.id = ").v(id)).await?.ok_or(StoreError::Missing)
    }

    /// Every workspace, for whoever runs the machine.
    pub async fn workspaces(&self) -> Result<Vec<WorkspaceRow>> {
        Ok(self.db.all(rows().s(" ORDER BY w.id LIMIT 10000")).await?)
    }

    /// Creates a workspace with its built-in roles, toggles and first user; the workspace's and the user's ids.
    pub async fn create_workspace(&self, new: &NewWorkspace<'_>, author: &Author) -> Result<(i64, Id)> {
        let insert = q(
            "INSERT INTO workspaces (slug, name, preset, plan, time_zone, country_code, is_demo, created_at, \
             seats, licences) VALUES ",
        )
        .list(row![
            new.slug,
            new.name,
            new.preset.key,
            "complete",
            new.time_zone,
            new.country_code,
            new.is_demo,
            self.now(),
            new.seats.map(i64::from),
            new.licences.map(i64::from)
        ]);
        let mut tx = self.db.begin().await?;
        let created: Option<(i64,)> = tx.one(insert.s(" RETURNING id")).await.map_err(taken("slug"))?;
        let (workspace,) = created.ok_or(StoreError::Missing)?;
        let mut change = self.change_in(tx, workspace, author).await?;
        let owner = change.found(new).await?;
        change.record(Act::done("workspace:create", "workspace", 0, new.name));
        change.commit().await?;
        Ok((workspace, owner))
    }
}

impl Change<'_> {
    async fn found(&mut self, new: &NewWorkspace<'_>) -> Result<Id> {
        let mut first_role = None;
        for role in &new.preset.roles {
            let id = self.add_built_in_role(&role.name, &role.key).await?;
            if role.standing.guardian {
                first_role = Some(id);
            }
        }
        for toggle in PresetToggle::all() {
            let id = self.new_id();
            let insert = q("INSERT INTO toggles (workspace_id, id, preset_key) VALUES ");
            self.tx.exec(insert.list(row![self.workspace(), id, toggle.key.as_str()])).await?;
        }
        let input = UserInput {
            email: new.owner_email.to_owned(),
            name: new.owner_name.to_owned(),
            role: first_role.ok_or(StoreError::Missing)?,
            ..UserInput::default()
        };
        let owner = self.add_user(&input, Standing::Active, new.owner_password).await?;
        if new.owner_password.is_some() {
            self.known_to_its_maker(owner, Secret::Password).await?;
        }
        Ok(owner)
    }

    /// The workspace's own settings, as this change sees them.
    pub async fn settings(&mut self) -> Result<WorkspaceRow> {
        let query = rows().s(" WHERE w.id = ").v(self.workspace());
        self.tx.one(query).await?.ok_or(StoreError::Missing)
    }

    /// Changes the workspace's own settings; what is none stays.
    pub async fn update_workspace(&mut self, settings: &WorkspaceSettings) -> Result<()> {
        let workspace = self.workspace();
        let set = |text: &'static str| q("UPDATE workspaces SET ").s(text);
        let updates = [
            settings.name.as_ref().map(|v| set("name = ").v(v)),
            settings.plan.as_ref().map(|v| set("plan = ").v(v)),
            settings.time_zone.as_ref().map(|v| set("time_zone = ").v(v)),
            settings.country_code.as_ref().map(|v| set("country_code = ").v(v)),
            settings.language.as_ref().map(|v| set("language = ").v(v)),
            settings.auto_record.map(|v| set("auto_record = ").v(v)),
            settings.pin_digits.map(|v| set("pin_digits = ").v(v)),
            settings.seats.map(|v| set("seats = ").v(i64::from(v))),
            settings.licences.map(|v| set("licences = ").v(i64::from(v))),
        ];
        for update in updates.into_iter().flatten() {
            self.tx.exec(update.s(" WHERE id = ").v(workspace)).await?;
        }
        if settings.plan.is_some() || settings.seats.is_some() || settings.licences.is_some() {
            self.changes_access();
        }
        Ok(())
    }
}

impl Change<'_> {
    /// Sets the role that new users get unless another is chosen; none for the preset's own.
    pub async fn set_default_role(&mut self, role: Option<Id>) -> Result<()> {
        let update = q("UPDATE workspaces SET default_role_id = ").v(role);
        self.tx.exec(update.s(" WHERE id = ").v(self.workspace())).await?;
        self.changes_access();
        Ok(())
    }
}

/// New settings of a workspace; none for what stays.
#[derive(Debug, Clone, Default)]
pub struct WorkspaceSettings {
    /// What people call it.
    pub name: Option<String>,
    /// The key of its plan.
    pub plan: Option<String>,
    /// IANA time zone name.
    pub time_zone: Option<String>,
    /// Country calling code without `+`.
    pub country_code: Option<String>,
    /// The code of the language for whoever has chosen none.
    pub language: Option<String>,
    /// Whether calls are recorded unless somebody says otherwise.
    pub auto_record: Option<bool>,
    /// How many digits a PIN has.
    pub pin_digits: Option<i64>,
    /// How many people the subscription pays for.
    pub seats: Option<u32>,
    /// How many numbers the licences pay for.
    pub licences: Option<u32>,
}
