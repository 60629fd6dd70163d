//! Workspaces: found by slug, renamed, given a plan.

use access::{Id, Micros};

use crate::change::Change;
use crate::kit::db::{Q, q};
use crate::{Result, Store, StoreError};

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
}

impl Change<'_> {
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
            settings.time_zone.as_ref().map(|v| set("time_zone = ").v(v)),
            settings.country_code.as_ref().map(|v| set("country_code = ").v(v)),
            settings.language.as_ref().map(|v| set("language = ").v(v)),
            settings.auto_record.map(|v| set("auto_record = ").v(v)),
            settings.pin_digits.map(|v| set("pin_digits = ").v(v)),
        ];
        for update in updates.into_iter().flatten() {
            self.tx.exec(update.s(" WHERE id = ").v(workspace)).await?;
        }
        if settings.plan.is_none() && settings.seats.is_none() && settings.licences.is_none() {
            return Ok(());
        }
        let now = self.settings().await?;
        let count = |new: Option<u32>, now: Option<i64>| new.or(now.and_then(|now| u32::try_from(now).ok()));
        let (seats, licences) = (count(settings.seats, now.seats), count(settings.licences, now.licences));
        self.put_subscription(settings.plan.as_ref().unwrap_or(&now.plan), seats, licences).await
    }

    /// Sets the plan, and how many people and numbers are paid for; none for no count.
    pub(crate) async fn put_subscription(
        &mut self,
        plan: &str,
        seats: Option<u32>,
        licences: Option<u32>,
    ) -> Result<()> {
        let update = q("UPDATE workspaces SET plan = ").v(plan).s(", seats = ").v(seats.map(i64::from));
        let update = update.s(", licences = ").v(licences.map(i64::from)).s(" WHERE id = ");
        self.tx.exec(update.v(self.workspace())).await?;
        self.changes_access();
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
