//! The workspace's own settings and its ownership over REST.

use access::{Permit, can};
use acts::Refusal;
use acts::office::settings::{self, SettingsChange, WorkspaceView};
use acts::rights::ownership::{self, Heir};
use schemars::JsonSchema;
use serde::Deserialize;

use web::input::Body;
use web::output::{Done, Json};
use web::request::Request;

/// The settings.
pub async fn show(
    request: Request,
    permit: Permit<can::SettingsRead>,
    _: (),
) -> Result<Json<WorkspaceView>, Refusal> {
    Ok(Json(settings::show(&permit, &request.identity()?.workspace)))
}

/// Changes the time zone, the country, the language or how many digits PINs have.
pub async fn update(
    request: Request,
    permit: Permit<can::SettingsUpdate>,
    Body(edit): Body<SettingsChange>,
) -> Result<Json<WorkspaceView>, Refusal> {
    let password = edit.password.clone();
    let confirmation = request.confirmation(password.as_deref());
    settings::update(&request.server.app, &permit, &request.author(), edit, &confirmation).await.map(Json)
}

/// A name to give.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkspaceName {
    /// What people call the workspace.
    pub name: String,
    /// Your present password, where the preset asks for it (CLY-19).
    pub password: Option<String>,
}

/// Renames the workspace.
pub async fn rename(
    request: Request,
    permit: Permit<can::WorkspaceRename>,
    Body(new): Body<WorkspaceName>,
) -> Result<Json<WorkspaceView>, Refusal> {
    let confirmation = request.confirmation(new.password.as_deref());
    settings::rename(&request.server.app, &permit, &request.author(), &new.name, &confirmation)
        .await
        .map(Json)
}

/// Whether to record.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AutoRecord {
    /// Whether calls are recorded unless somebody says otherwise.
    pub on: bool,
    /// Your present password, where the preset asks for it (CLY-19).
    pub password: Option<String>,
}

/// Switches automatic recording on or off.
pub async fn set_auto_record(
    request: Request,
    permit: Permit<can::AutoRecordUpdate>,
    Body(wanted): Body<AutoRecord>,
) -> Result<Json<WorkspaceView>, Refusal> {
    let (app, confirmation) = (&request.server.app, request.confirmation(wanted.password.as_deref()));
    settings::set_auto_record(app, &permit, &request.author(), wanted.on, &confirmation).await.map(Json)
}

/// An heir.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// The user who becomes Owner: an active Admin.
    pub to: u32,
    /// Their email address, typed by the Owner: needed where somebody else set it.
    pub email: Option<String>,
    /// Your present password.
    pub password: Option<String>,
}

/// Hands ownership over.
pub async fn transfer(
    request: Request,
    permit: Permit<can::WorkspaceTransfer>,
    Body(transfer): Body<Transfer>,
) -> Result<Done, Refusal> {
    let (app, confirmation) = (&request.server.app, request.confirmation(transfer.password.as_deref()));
    let heir = Heir { user: transfer.to, email: transfer.email.as_deref() };
    ownership::transfer(app, &permit, &request.author(), &heir, &confirmation).await.map(|()| Done)
}
