//! The workspace's own settings: name, time zone, country, automatic recording. Its plan: [`crate::money::plan`].

use access::{Permit, Preset, Right, can};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Author;
use store::change::audit::Act;
use store::change::workspaces::{WorkspaceRow, WorkspaceSettings};

use crate::entry::confirm::{self, Confirmation};
use crate::entry::pin;
use crate::kernel::check;
use crate::kernel::language::Language;
use crate::kernel::refusal::Refusal;
use crate::{Answer, App, Moment};

/// A workspace's own settings.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct WorkspaceView {
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
    /// Country calling code without `+`; empty where unknown.
    pub country_code: String,
    /// The language for whoever has chosen none, neither here nor in their browser.
    pub language: Language,
    /// Whether calls are recorded unless somebody says otherwise.
    pub auto_record: bool,
    /// How many digits a PIN has.
    pub pin_digits: i64,
    /// Whether changing the name, these settings or automatic recording asks for one's password (CLY-19).
    pub asks_password: bool,
    /// When it was created.
    pub created_at: Moment,
}

impl From<&WorkspaceRow> for WorkspaceView {
    fn from(row: &WorkspaceRow) -> WorkspaceView {
        let preset = Preset::by_key(&row.preset);
        WorkspaceView {
            asks_password: preset.is_some_and(confirm::preset_asks),
            slug: row.slug.clone(),
            name: row.name.clone(),
            preset: row.preset.clone(),
            plan: row.plan.clone(),
            time_zone: row.time_zone.clone(),
            country_code: row.country_code.clone(),
            language: Language::of(&row.language).unwrap_or_default(),
            auto_record: row.auto_record,
            pin_digits: row.pin_digits,
            created_at: Moment(row.created_at),
        }
    }
}

/// An edit of the settings: what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SettingsChange {
    /// IANA time zone name.
    pub time_zone: Option<String>,
    /// Country calling code without `+`, or empty.
    pub country_code: Option<String>,
    /// The language for whoever has chosen none, neither here nor in their browser.
    pub language: Option<Language>,
    /// How many digits a PIN has, 4 or 6. PINs of the other length no longer sign in.
    pub pin_digits: Option<i64>,
    /// Your present password, where the preset asks for it (CLY-19).
    pub password: Option<String>,
}

/// The settings of a workspace that was read already, to know whoever asks.
pub fn show(_: &Permit<can::SettingsRead>, workspace: &WorkspaceRow) -> WorkspaceView {
    workspace.into()
}

/// Changes what people call the workspace.
pub async fn rename(
    app: &App,
    permit: &Permit<can::WorkspaceRename>,
    author: &Author,
    name: &str,
    confirmation: &Confirmation<'_>,
) -> Answer<WorkspaceView> {
    let name = check::text("name", name, 120)?;
    confirm::as_preset_asks(app, permit, author, confirmation).await?;
    set(app, permit, author, WorkspaceSettings { name: Some(name), ..WorkspaceSettings::default() }).await
}

/// Changes the time zone, the country, the language or how many digits PINs have.
pub async fn update(
    app: &App,
    permit: &Permit<can::SettingsUpdate>,
    author: &Author,
    edit: SettingsChange,
    confirmation: &Confirmation<'_>,
) -> Answer<WorkspaceView> {
    let time_zone = edit.time_zone.as_deref().map(check::time_zone).transpose()?;
    let country_code = edit.country_code.as_deref().map(check::country_code).transpose()?;
    let pin_digits = edit.pin_digits;
    if pin_digits.is_some_and(|digits| !pin::DIGITS.contains(&digits)) {
        return Err(Refusal::invalid("pin_digits", "{field} must be 4 or 6."));
    }
    confirm::as_preset_asks(app, permit, author, confirmation).await?;
    let language = edit.language.map(|language| language.code().to_owned());
    let settings =
        WorkspaceSettings { time_zone, country_code, language, pin_digits, ..WorkspaceSettings::default() };
    set(app, permit, author, settings).await
}

/// Switches automatic recording on or off.
pub async fn set_auto_record(
    app: &App,
    permit: &Permit<can::AutoRecordUpdate>,
    author: &Author,
    on: bool,
    confirmation: &Confirmation<'_>,
) -> Answer<WorkspaceView> {
    confirm::as_preset_asks(app, permit, author, confirmation).await?;
    let settings = WorkspaceSettings { auto_record: Some(on), ..WorkspaceSettings::default() };
    set(app, permit, author, settings).await
}

async fn set<R: Right>(
    app: &App,
    permit: &Permit<R>,
    author: &Author,
    settings: WorkspaceSettings,
) -> Answer<WorkspaceView> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let old = change.settings().await?;
    change.update_workspace(&settings).await?;
    let new = change.settings().await?;
    let detail = serde_json::json!({ "before": record(&old), "after": record(&new) });
    let act = Act::done(permit.permission().name(), "workspace", 0, new.name.as_str());
    change.record(act.with(detail));
    change.commit().await?;
    Ok((&new).into())
}

fn record(row: &WorkspaceRow) -> serde_json::Value {
    serde_json::json!({ "name": row.name, "time_zone": row.time_zone, "country_code": row.country_code,
        "language": row.language, "auto_record": row.auto_record, "pin_digits": row.pin_digits })
}
