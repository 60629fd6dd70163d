//! Users over REST.

use access::{Id, Permit, Visible, can};
use acts::entry::invitations::{self, Invitation};
use acts::entry::pin;
use acts::people::export;
use acts::people::import::{self, ImportReport};
use acts::people::several::BulkDone;
use acts::people::users::{self, InvitedUser, NewUser, UserChange, UserView};
use acts::rights::bulk::{self, Bulk};
use acts::{List, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::people::users::UserFilter;

use web::download;
use web::input::{Body, Paged, PeopleFile, Query};
use web::output::{Created, Csv, Done, Json};
use web::request::Request;

/// Which users to list.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UserQuery {
    /// Part of the name, email address, phone or employee code.
    pub search: Option<String>,
    /// Only holders of this role.
    pub role: Option<u32>,
    /// Only people of this department or branch.
    pub unit: Option<u32>,
    /// Only people of this department.
    pub department: Option<u32>,
    /// Only people of this branch.
    pub branch: Option<u32>,
    /// Only accounts that are `invited`, `active` or `banned`.
    pub standing: Option<String>,
    /// `name`, `role`, `department` or `seen`; with a hyphen before it, the other way round.
    pub sort: Option<String>,
}

impl UserQuery {
    /// The filter that it means.
    pub fn filter(&self) -> Result<UserFilter, Refusal> {
        let (order, descending) = users::order(self.sort.as_deref().unwrap_or_default())?;
        let units = [self.unit, self.department, self.branch].into_iter().flatten().map(Id);
        Ok(UserFilter {
            search: self.search.clone().filter(|s| !s.trim().is_empty()),
            role: self.role.map(Id),
            units: units.collect(),
            standing: self.standing.as_deref().map(users::standing).transpose()?,
            order,
            descending,
        })
    }
}

/// The users that the caller may see.
pub async fn list(
    request: Request,
    visible: Visible<can::UserRead>,
    query: Paged<UserQuery>,
) -> Result<Json<List<UserView>>, Refusal> {
    users::list(&request.server.app, &visible, &query.what.filter()?, query.slice()?).await.map(Json)
}

/// Adds a user.
pub async fn invite(
    request: Request,
    visible: Visible<can::UserInvite>,
    Body(new): Body<NewUser>,
) -> Result<Created<InvitedUser>, Refusal> {
    let permit = users::permit_to_invite(&visible)?;
    let added = users::invite(&request.server.app, &permit, &request.author(), new).await?;
    let invitation = added.invitation.map(|invitation| request.shown(invitation));
    Ok(Created(InvitedUser { invitation, ..added }))
}

/// Invites somebody again who has not come yet.
pub async fn invite_again(
    request: Request,
    permit: Permit<can::UserInvite>,
    _: (),
) -> Result<Created<Invitation>, Refusal> {
    let made = invitations::send_again(&request.server.app, &permit, &request.author()).await?;
    Ok(Created(request.shown(made)))
}

/// Withdraws an invitation.
pub async fn withdraw_invitation(
    request: Request,
    permit: Permit<can::UserInvite>,
    _: (),
) -> Result<Done, Refusal> {
    invitations::withdraw(&request.server.app, &permit, &request.author()).await.map(|()| Done)
}

/// People from a CSV file.
pub async fn import(
    request: Request,
    visible: Visible<can::UserInvite>,
    PeopleFile(file): PeopleFile,
) -> Result<Json<ImportReport>, Refusal> {
    let permit = users::permit_to_invite(&visible)?;
    import::import(&request.server.app, &permit, &request.author(), &file).await.map(Json)
}

/// The users that the caller may see, as a CSV file.
pub async fn export(
    request: Request,
    visible: Visible<can::UserRead>,
    Query(query): Query<UserQuery>,
) -> Result<Csv, Refusal> {
    let file = export::export(&request.server.app, &visible, &request.author(), &query.filter()?).await?;
    Ok(download::table("people", file))
}

/// Changes several users at once, all of them or none.
pub async fn bulk(
    request: Request,
    visible: Visible<can::UserRead>,
    Body(bulk): Body<Bulk>,
) -> Result<Json<BulkDone>, Refusal> {
    bulk::apply(&request.server.app, &visible, &request.author(), bulk).await.map(Json)
}

/// One user.
pub async fn show(request: Request, permit: Permit<can::UserRead>, _: ()) -> Result<Json<UserView>, Refusal> {
    users::show(&request.server.app, &permit).await.map(Json)
}

/// Edits a user's record.
pub async fn update(
    request: Request,
    permit: Permit<can::UserUpdate>,
    Body(mut edit): Body<UserChange>,
) -> Result<Json<UserView>, Refusal> {
    let password = edit.password.take();
    let confirmation = request.confirmation(password.as_deref());
    users::update(&request.server.app, &permit, &request.author(), edit, &confirmation).await.map(Json)
}

/// Deletes a user.
pub async fn delete(request: Request, permit: Permit<can::UserDelete>, _: ()) -> Result<Done, Refusal> {
    users::delete(&request.server.app, &permit, &request.author()).await.map(|()| Done)
}

/// A role to give.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChoice {
    /// A role of the workspace.
    pub role: u32,
}

/// Gives a user another role.
pub async fn assign_role(
    request: Request,
    permit: Permit<can::UserAssignRole>,
    Body(choice): Body<RoleChoice>,
) -> Result<Json<UserView>, Refusal> {
    users::assign_role(&request.server.app, &permit, &request.author(), choice.role).await.map(Json)
}

/// Bans a user.
pub async fn ban(request: Request, permit: Permit<can::UserBan>, _: ()) -> Result<Json<UserView>, Refusal> {
    users::set_banned(&request.server.app, &permit, &request.author(), true).await.map(Json)
}

/// Lifts a ban.
pub async fn unban(request: Request, permit: Permit<can::UserBan>, _: ()) -> Result<Json<UserView>, Refusal> {
    users::set_banned(&request.server.app, &permit, &request.author(), false).await.map(Json)
}

/// A secret that is shown this once.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OneTime {
    /// The temporary password: for 7 days it signs in to choose another one, and nothing else.
    pub password: String,
}

/// A PIN to set; without one, it is made.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PinReset {
    /// The digits that somebody chose.
    pub pin: Option<String>,
}

/// A PIN that is shown this once.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NewPin {
    /// The digits to sign in with.
    pub pin: String,
}

/// Resets a PIN.
pub async fn reset_pin(
    request: Request,
    permit: Permit<can::UserResetCredentials>,
    Body(chosen): Body<PinReset>,
) -> Result<Created<NewPin>, Refusal> {
    let app = &request.server.app;
    let pin = pin::reset(app, &permit, &request.author(), chosen.pin.as_deref()).await?;
    Ok(Created(NewPin { pin }))
}

/// Resets a password.
pub async fn reset_password(
    request: Request,
    permit: Permit<can::UserResetCredentials>,
    _: (),
) -> Result<Created<OneTime>, Refusal> {
    let password = users::reset_password(&request.server.app, &permit, &request.author()).await?;
    Ok(Created(OneTime { password }))
}
