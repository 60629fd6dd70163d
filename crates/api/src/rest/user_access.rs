//! What is set for one user beside their role, over REST: toggles, grants, led units, access for a while; and what
//! it all comes to.

use access::{Permit, can};
use acts::people::users::UserView;
use acts::rights::grants::{self, GrantRights, GrantView};
use acts::rights::user_access::{
    self, EffectiveLine, NewEnd, NewTemporary, SettingWord, TemporaryView, ToggleView,
};
use acts::{List, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

use web::input::Body;
use web::output::{Created, Done, Json};
use web::request::Request;

/// Every toggle as it stands for a user.
pub async fn toggles(
    request: Request,
    permit: Permit<can::UserRead>,
    _: (),
) -> Result<Json<List<ToggleView>>, Refusal> {
    user_access::toggles(&request.server.app, &permit).await.map(Json)
}

/// How a toggle is to stand.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ToggleSetting {
    /// `inherit`, `allow` or `deny`.
    pub setting: SettingWord,
}

/// Sets a toggle for a user.
pub async fn set_toggle(
    request: Request,
    permit: Permit<can::UserSetAccess>,
    Body(wanted): Body<ToggleSetting>,
) -> Result<Json<ToggleView>, Refusal> {
    let toggle = request.id("toggle")?.0;
    let (app, author) = (&request.server.app, request.author());
    user_access::set_toggle(app, &permit, &author, toggle, wanted.setting.into()).await.map(Json)
}

/// What is granted to a user.
pub async fn grants(
    request: Request,
    permit: Permit<can::UserRead>,
    _: (),
) -> Result<Json<List<GrantView>>, Refusal> {
    grants::of_user(&request.server.app, &permit).await.map(Json)
}

/// Gives a user an extension, queue or number.
pub async fn set_grant(
    request: Request,
    permit: Permit<can::UserSetAccess>,
    Body(rights): Body<GrantRights>,
) -> Result<Json<GrantView>, Refusal> {
    let (app, entity) = (&request.server.app, request.id("entity")?.0);
    grants::set(app, &permit, &request.author(), entity, rights).await.map(Json)
}

/// Takes an extension, queue or number back.
pub async fn remove_grant(
    request: Request,
    permit: Permit<can::UserSetAccess>,
    _: (),
) -> Result<Done, Refusal> {
    let entity = request.id("entity")?.0;
    grants::remove(&request.server.app, &permit, &request.author(), entity).await.map(|()| Done)
}

/// Units to lead.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Leads {
    /// All departments and branches that the user leads from now on.
    pub units: Vec<u32>,
}

/// Sets which units a user leads.
pub async fn set_leads(
    request: Request,
    permit: Permit<can::UserSetAccess>,
    Body(leads): Body<Leads>,
) -> Result<Json<UserView>, Refusal> {
    user_access::set_leads(&request.server.app, &permit, &request.author(), leads.units).await.map(Json)
}

/// What a user has for a while.
pub async fn temporary(
    request: Request,
    permit: Permit<can::UserRead>,
    _: (),
) -> Result<Json<List<TemporaryView>>, Refusal> {
    user_access::temporary(&request.server.app, &permit).await.map(Json)
}

/// Gives a user permissions for a while.
pub async fn give_temporary(
    request: Request,
    permit: Permit<can::UserSetAccess>,
    Body(new): Body<NewTemporary>,
) -> Result<Created<TemporaryView>, Refusal> {
    user_access::give_temporary(&request.server.app, &permit, &request.author(), new).await.map(Created)
}

/// Gives access for a while another end.
pub async fn extend_temporary(
    request: Request,
    permit: Permit<can::UserSetAccess>,
    Body(end): Body<NewEnd>,
) -> Result<Json<TemporaryView>, Refusal> {
    let temporary = request.id("temporary")?.0;
    user_access::extend_temporary(&request.server.app, &permit, &request.author(), temporary, end)
        .await
        .map(Json)
}

/// Ends access that was given for a while.
pub async fn end_temporary(
    request: Request,
    permit: Permit<can::UserSetAccess>,
    _: (),
) -> Result<Done, Refusal> {
    let temporary = request.id("temporary")?.0;
    user_access::end_temporary(&request.server.app, &permit, &request.author(), temporary)
        .await
        .map(|()| Done)
}

/// Every permission of a user, with the reasons.
pub async fn effective(
    request: Request,
    permit: Permit<can::AccessExplain>,
    _: (),
) -> Result<Json<List<EffectiveLine>>, Refusal> {
    user_access::effective(&request.server.app, &permit).await.map(List::whole).map(Json)
}
