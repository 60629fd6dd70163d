//! Users: invited, edited, banned, deleted, given a role.

use std::collections::HashMap;

use access::model::{Standing, UnitKind};
use access::{Actor, Id, Model, Noun, Permission, Permit, Text, Visible, can, text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::change::audit::Act;
use store::change::secrets::Secret;
use store::people::users::{UserFilter, UserInput, UserOrder, UserRow};
use store::{Author, Change, Intent, Slice};

use crate::entry::confirm::{self, Confirmation};
use crate::entry::guesses::By;
use crate::entry::invitations::{self, Invitation};
use crate::entry::pin;
use crate::kernel::known::Known;
use crate::kernel::language::Language;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::secrets::Turn;
use crate::kernel::{check, email, mail, secrets, taken};
use crate::{Answer, App, List, Moment, Ref, id};

/// A user, as whoever may see their record sees it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct UserView {
    /// Their id.
    pub id: u32,
    /// Unique in the workspace.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// Phone number, or empty.
    pub phone: String,
    /// The company's own code for them, or empty.
    pub employee_code: String,
    /// How many leads they are given at most; none for no limit.
    pub lead_cap: Option<i64>,
    /// Their role.
    pub role: Ref,
    /// Their department.
    pub department: Option<Ref>,
    /// Their branch.
    pub branch: Option<Ref>,
    /// The units that they lead.
    pub leads: Vec<Ref>,
    /// The language that they chose; none where their browser's counts.
    pub language: Option<Language>,
    /// `invited`, `active` or `banned`.
    pub standing: &'static str,
    /// When the record was made.
    pub created_at: Moment,
    /// When they last did anything, to the minute.
    pub last_seen_at: Option<Moment>,
    /// Whether they can sign in with a PIN on the mobile pages.
    pub has_pin: bool,
    /// Whether the PIN no longer signs in on new devices, until they sign in with the password: it was guessed at.
    pub pin_closed: bool,
    /// Send it back with an edit, so that the edit fails where somebody else was faster.
    pub revision: i64,
}

impl UserView {
    pub(crate) fn of(model: &Model, row: UserRow) -> UserView {
        let user = id(row.id);
        let leads = model.leads.iter().filter(|(u, _)| *u == user).map(|(_, unit)| Ref::to(model, *unit));
        UserView {
            id: user.0,
            role: Ref::to(model, id(row.role_id)),
            department: row.department_id.map(|unit| Ref::to(model, id(unit))),
            branch: row.branch_id.map(|unit| Ref::to(model, id(unit))),
            leads: leads.collect(),
            email: email::shown(&row.email).into_owned(),
            name: row.name,
            phone: row.phone,
            employee_code: row.employee_code,
            language: Language::of(&row.language),
            lead_cap: row.lead_cap,
            standing: row.standing.word(),
            created_at: Moment(row.created_at),
            last_seen_at: row.last_seen_at.map(Moment),
            has_pin: row.has_pin,
            pin_closed: row.pin_closed,
            revision: row.revision,
        }
    }
}

/// A new user.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// Unique in the workspace.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// Phone number in international form.
    #[serde(default)]
    pub phone: String,
    /// The company's own code for them.
    #[serde(default)]
    pub employee_code: String,
    /// How many leads they are given at most; none for no limit.
    pub lead_cap: Option<i64>,
    /// A role of the workspace; its default role where none is given.
    pub role: Option<u32>,
    /// A department of the workspace.
    pub department: Option<u32>,
    /// A branch of the workspace.
    pub branch: Option<u32>,
    /// Whether they are sent a link by which they set their password themselves.
    #[serde(default)]
    pub invite: bool,
    /// The language of the console for them; their browser's where none is given.
    pub language: Option<Language>,
    /// A first password; without one and without an invitation, one is made and answered once. Either is temporary: for 7
    /// days it signs in to choose another one, and nothing else.
    pub password: Option<String>,
    /// A PIN for the mobile pages, beside the phone number that it needs; temporary in the same way.
    pub pin: Option<String>,
}

/// A new user with the password that is shown this once.
#[derive(Debug, Serialize, JsonSchema)]
pub struct InvitedUser {
    /// The user.
    pub user: UserView,
    /// The temporary password, where none was given. It is kept nowhere.
    pub password: Option<String>,
    /// The invitation, where one was asked for.
    pub invitation: Option<Invitation>,
}

/// An edit of a user's record: what is absent stays, what is null is cleared.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UserChange {
    /// A new email address holds at once: it signs in, the old one does not (CLY-03). To change another's takes the
    /// permission to reset credentials as well; the old address is told, and for a day no link that sets another password
    /// is sent to the new one.
    pub email: Option<String>,
    /// What people call them.
    pub name: Option<String>,
    /// Phone number in international form, or empty.
    pub phone: Option<String>,
    /// The company's own code for them, or empty.
    pub employee_code: Option<String>,
    /// How many leads they are given at most, or null for no limit.
    #[serde(deserialize_with = "present")]
    pub lead_cap: Option<Option<i64>>,
    /// A role of the workspace; to change it takes the permission to assign roles as well.
    pub role: Option<u32>,
    /// A department of the workspace, or null for none.
    #[serde(deserialize_with = "present")]
    pub department: Option<Option<u32>>,
    /// A branch of the workspace, or null for none.
    #[serde(deserialize_with = "present")]
    pub branch: Option<Option<u32>>,
    /// The language of the console for them, or null for their browser's.
    #[serde(deserialize_with = "present")]
    pub language: Option<Option<Language>>,
    /// The revision that the edit was made on.
    pub revision: Option<i64>,
    /// Your present password, where you change your own email address.
    pub password: Option<String>,
}

/// Tells a null (`Some(None)`) from an absent field (`None`, by default).
pub(crate) fn present<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    value: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(value).map(Some)
}

/// The users that the asker may see.
pub async fn list(
    app: &App,
    visible: &Visible<can::UserRead>,
    filter: &UserFilter,
    slice: Slice,
) -> Answer<List<UserView>> {
    let page = app.store.users(visible, filter, slice).await?;
    let model = visible.actor().snapshot().model();
    let items = page.rows.into_iter().map(|row| UserView::of(model, row)).collect();
    Ok(List::part(items, page.total, slice))
}

/// The ids of the users that the asker may see and that fit, in order.
pub async fn matching(app: &App, visible: &Visible<can::UserRead>, filter: &UserFilter) -> Answer<Vec<u32>> {
    Ok(app.store.user_ids(visible, filter).await?.into_iter().map(|user| user.0).collect())
}

/// One user.
pub async fn show(app: &App, permit: &Permit<can::UserRead>) -> Answer<UserView> {
    let row = app.store.user(permit).await?;
    let model = permit.actor().ok_or_else(|| Refusal::new(Code::Internal))?.snapshot().model();
    Ok(UserView::of(model, row))
}

/// The permit to add people: to the workspace, or, for whoever may add people to their teams only, to those.
pub fn permit_to_invite(visible: &Visible<can::UserInvite>) -> Answer<Permit<can::UserInvite>> {
    let actor = visible.actor();
    let led = || {
        let nouns = [Noun::Department, Noun::Branch];
        let units = actor.folded().led().iter().flat_map(|unit| nouns.map(|noun| (noun, *unit)));
        let mut things = units.filter_map(|(noun, unit)| actor.snapshot().thing(noun, unit));
        things.find_map(|thing| actor.permit_on(thing).ok())
    };
    match actor.permit() {
        Ok(permit) => Ok(permit),
        Err(denied) => led().ok_or_else(|| denied.into()),
    }
}

/// Adds a user. Nobody is made Owner this way (ONF-10).
pub async fn invite(
    app: &App,
    permit: &Permit<can::UserInvite>,
    author: &Author,
    new: NewUser,
) -> Answer<InvitedUser> {
    let made = (new.password.is_none() && !new.invite).then(secrets::new_password);
    let hashes = hashes(app, permit.workspace(), &new, made.as_deref(), author.intent).await?;
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let input = checked(Known::to(permit.actor(), before.model()), &new)?;
    email::is_no_imitation(&input.email, email::all(before.model()))?;
    may_join(permit.actor(), &input)?;
    let standing = if new.invite { Standing::Invited } else { Standing::Active };
    let added = change.add_user(&input, standing, hashes.password.as_deref()).await;
    let id = added.map_err(|error| taken::email(error, &before, permit.actor(), &input.email))?;
    if hashes.password.is_some() {
        change.known_to_its_maker(id, Secret::Password).await?;
    }
    if let Some(pin) = &hashes.pin {
        change.set_pin(id, Some(pin)).await?;
        change.known_to_its_maker(id, Secret::Pin).await?;
    }
    let invitation = match new.invite {
        true => Some(invitations::make_shown(app, &mut change, id, &author.name).await?),
        false => None,
    };
    let row = change.user(id).await?;
    let detail = serde_json::json!({ "after": { "email": input.email, "name": input.name, "role": before.model().label(input.role) } });
    change.record(Act::done("user:invite", "user", i64::from(id.0), input.name.as_str()).with(detail));
    change.commit().await?;
    Ok(InvitedUser { user: UserView::of(before.model(), row), password: made, invitation })
}

/// What is kept of the secrets that a new user begins with.
struct Hashes {
    password: Option<String>,
    pin: Option<String>,
}

async fn hashes(
    app: &App,
    workspace: i64,
    new: &NewUser,
    made: Option<&str>,
    intent: Intent,
) -> Answer<Hashes> {
    let turn = Turn::SignedIn(workspace);
    if let Some(password) = &new.password {
        let workspace = app.store.workspace(workspace).await?.name;
        check::password("password", password, &[&new.name, &new.email, &workspace])?;
        if new.invite {
            let message = "{field} is chosen by whoever is invited: leave it out, or do not invite them.";
            return Err(Refusal::invalid("password", message));
        }
    }
    let password = match new.password.as_deref().or(made) {
        Some(password) => Some(app.passwords.hash_unless_tried(password, turn, intent).await?),
        None => None,
    };
    let pin = match &new.pin {
        Some(pin) => Some(pin::hash(app, workspace, pin, &phone(&new.phone)?, intent).await?),
        None => None,
    };
    Ok(Hashes { password, pin })
}

/// Whoever may add people to their teams only adds them to units that they lead, to at least one and to no other.
pub(crate) fn may_join(actor: Option<&Actor>, input: &UserInput) -> Answer<()> {
    let Some(actor) = actor else { return Ok(()) };
    let nowhere = input.department.or(input.branch).is_none();
    if nowhere && actor.reach_over(Permission::UserInvite, &[]).is_none() {
        let message = "{field} must be one that you lead: you may add people there only.";
        return Err(Refusal::out_of_reach("department", message));
    }
    may_place(actor, Permission::UserInvite, input, None)
}

/// Whoever holds a permission over their teams only puts people into units that they lead. Where somebody belongs
/// already, they may stay.
pub(crate) fn may_place(
    actor: &Actor,
    permission: Permission,
    input: &UserInput,
    old: Option<&UserInput>,
) -> Answer<()> {
    let places = [
        ("department", input.department, old.and_then(|old| old.department)),
        ("branch", input.branch, old.and_then(|old| old.branch)),
    ];
    let entered = places.into_iter().filter(|(_, new, old)| new != old);
    let mut beyond = entered.filter_map(|(field, new, _)| Some((field, new?)));
    match beyond.find(|(_, unit)| actor.reach_over(permission, &[*unit]).is_none()) {
        None => Ok(()),
        Some((field, _)) => Err(Refusal::out_of_reach(
            field,
            "{field} must be one that you lead: you may put people there only.",
        )),
    }
}

pub(crate) fn checked(known: Known<'_>, new: &NewUser) -> Answer<UserInput> {
    let model = known.model();
    let role = match new.role {
        Some(role) => known.role(role)?,
        None => default_role(model)?,
    };
    if model.roles.get(&role).is_some_and(|r| r.standing.owner) {
        return Err(Refusal::out_of_reach(
            "role",
            "{field} cannot be the Owner's: ownership is transferred, not given.",
        ));
    }
    Ok(UserInput {
        email: check::email(&new.email)?,
        name: check::text("name", &new.name, 120)?,
        phone: phone(&new.phone)?,
        employee_code: check::optional_text("employee_code", &new.employee_code, 40)?,
        lead_cap: new.lead_cap.map(check::lead_cap).transpose()?,
        role,
        department: unit(known, UnitKind::Department, new.department, None)?,
        branch: unit(known, UnitKind::Branch, new.branch, None)?,
        language: Language::stored(new.language),
    })
}

pub(crate) fn phone(value: &str) -> Answer<String> {
    if value.trim().is_empty() { Ok(String::new()) } else { check::e164("phone", value) }
}

/// The unit that somebody is to belong to; the one that their record names already may stay.
fn unit(known: Known<'_>, kind: UnitKind, wanted: Option<u32>, old: Option<Id>) -> Answer<Option<Id>> {
    if wanted.map(Id) == old {
        return Ok(old);
    }
    wanted.map(|unit| known.unit(Noun::from(kind).word(), kind, unit)).transpose()
}

/// The role that new people get unless another is chosen: the one that was set, else the preset's own.
pub fn default_role(model: &Model) -> Answer<Id> {
    let set = model.default_role.filter(|role| model.roles.contains_key(role));
    let default = model.preset.roles.iter().find(|r| r.default).map(|r| r.key.as_str());
    let preset = || model.roles.iter().find(|(_, r)| r.key.is_some() && r.key.as_deref() == default);
    let role = set.or_else(|| preset().map(|(id, _)| *id));
    role.ok_or_else(|| Refusal::invalid("role", "{field} is needed."))
}

/// Edits a user's record.
pub async fn update(
    app: &App,
    permit: &Permit<can::UserUpdate>,
    author: &Author,
    edit: UserChange,
    confirmation: &Confirmation<'_>,
) -> Answer<UserView> {
    if changes_own_email(permit, &edit) {
        confirm::password(app, permit, author, confirmation).await?;
    }
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let old = change.user(permit.id()).await?;
    let known = Known::to(permit.actor(), before.model());
    let input = checked_edit(known, &edit, input_of(&old))?;
    rewrite(&mut change, permit.actor(), &old, &input, edit.revision).await?;
    let role = edit.role.map(|role| known.role(role)).transpose()?;
    if let Some(role) = role.filter(|role| *role != input.role) {
        if let Some(actor) = permit.actor() {
            actor.permit_on::<can::UserAssignRole>(permit.thing().clone())?;
        }
        give_role(&mut change, &old, role).await?;
    }
    let row = change.user(permit.id()).await?;
    change.commit().await?;
    Ok(UserView::of(before.model(), row))
}

/// Whoever has the mail of an address can have its password set anew, so a limited token or a session left open would
/// become all of its user by changing the address.
fn changes_own_email(permit: &Permit<can::UserUpdate>, edit: &UserChange) -> bool {
    let actor = permit.actor().filter(|actor| actor.id() == permit.id());
    let own = actor.and_then(|actor| actor.snapshot().model().users.get(&actor.id()));
    let new = edit.email.as_deref().map(email::sought);
    own.zip(new).is_some_and(|(own, new)| own.email != new)
}

/// Writes a user's new record, but for the role, and the entry of the log.
pub(crate) async fn rewrite(
    change: &mut Change<'_>,
    actor: Option<&Actor>,
    old: &UserRow,
    input: &UserInput,
    revision: Option<i64>,
) -> Answer<()> {
    let (before, user) = (change.before().clone(), id(old.id));
    if let Some(actor) = actor {
        may_place(actor, Permission::UserUpdate, input, Some(&input_of(old)))?;
    }
    pin::keeps_phone(old.has_pin, &input.phone)?;
    if old.email != input.email {
        email::is_no_imitation(&input.email, email::all(before.model()))?;
        changes_email(change, actor, old, &input.email).await?;
    }
    let was = input_of(old);
    let UserInput { role, department, branch, .. } = input.clone();
    if (UserInput { role, department, branch, ..was }) != *input {
        // A name or an address is no access and has no way back; half an undo would look like a whole one.
        change.is_for_good();
    }
    let done = change.update_user(user, input, revision).await;
    done.map_err(|error| taken::email(error, &before, actor, &input.email))?;
    let detail = serde_json::json!({ "before": record(&input_of(old)), "after": record(input) });
    change.record(Act::done("user:update", "user", old.id, input.name.as_str()).with(detail));
    Ok(())
}

/// Whoever reads the mail of an address can have its password set anew. So another's address takes the permission to do
/// that (one's own is confirmed by one's password), and the old address is told.
async fn changes_email(
    change: &mut Change<'_>,
    actor: Option<&Actor>,
    old: &UserRow,
    email: &str,
) -> Answer<()> {
    let user = id(old.id);
    let Some(actor) = actor else { return Ok(()) };
    let own = actor.id() == user;
    if !own && !actor.may_to(Permission::UserResetCredentials, Noun::User, user) {
        return Err(Refusal::lacks(Permission::UserResetCredentials));
    }
    invitations::take_turn(change, &old.email).await?;
    let by = mail::named(actor.snapshot().model(), actor.id());
    let filled = |text: access::Text| text.with("by", &by).with("new", email);
    mail::post(change, user, mail::Kind::AddressChanged, filled).await
}

/// A record in the log.
fn record(input: &UserInput) -> serde_json::Value {
    let UserInput { email, name, phone, employee_code, lead_cap, language, role: _, department, branch } =
        input;
    serde_json::json!({ "email": email, "name": name, "phone": phone, "employee_code": employee_code,
        "lead_cap": lead_cap, "language": language, "department": department, "branch": branch })
}

/// What a record would be edited with to stay as it is.
pub(crate) fn input_of(row: &UserRow) -> UserInput {
    UserInput {
        email: row.email.clone(),
        name: row.name.clone(),
        phone: row.phone.clone(),
        employee_code: row.employee_code.clone(),
        lead_cap: row.lead_cap,
        role: id(row.role_id),
        department: row.department_id.map(id),
        branch: row.branch_id.map(id),
        language: row.language.clone(),
    }
}

pub(crate) fn checked_edit(known: Known<'_>, edit: &UserChange, old: UserInput) -> Answer<UserInput> {
    let department =
        edit.department.map(|id| unit(known, UnitKind::Department, id, old.department)).transpose()?;
    let branch = edit.branch.map(|id| unit(known, UnitKind::Branch, id, old.branch)).transpose()?;
    Ok(UserInput {
        email: edit.email.as_deref().map_or(Ok(old.email), check::email)?,
        name: edit.name.as_deref().map_or(Ok(old.name), |v| check::text("name", v, 120))?,
        phone: edit.phone.as_deref().map_or(Ok(old.phone), phone)?,
        employee_code: edit
            .employee_code
            .as_deref()
            .map_or(Ok(old.employee_code), |v| check::optional_text("employee_code", v, 40))?,
        lead_cap: edit.lead_cap.map_or(Ok(old.lead_cap), |cap| cap.map(check::lead_cap).transpose())?,
        role: old.role,
        department: department.unwrap_or(old.department),
        branch: branch.unwrap_or(old.branch),
        language: edit.language.map_or(old.language, Language::stored),
    })
}

/// Gives a user another role.
pub async fn assign_role(
    app: &App,
    permit: &Permit<can::UserAssignRole>,
    author: &Author,
    role: u32,
) -> Answer<UserView> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let role = Known::to(permit.actor(), before.model()).role(role)?;
    let old = change.user(permit.id()).await?;
    give_role(&mut change, &old, role).await?;
    let row = change.user(permit.id()).await?;
    change.commit().await?;
    Ok(UserView::of(before.model(), row))
}

/// Writes a user's new role and the entry of the log.
pub(crate) async fn give_role(change: &mut Change<'_>, old: &UserRow, role: Id) -> Answer<()> {
    change.set_role(id(old.id), role).await?;
    let before = change.before().clone();
    let name = |role: Id| before.model().label(role).to_owned();
    let detail =
        serde_json::json!({ "before": { "role": name(id(old.role_id)) }, "after": { "role": name(role) } });
    change.record(Act::done("user:assign_role", "user", old.id, old.name.as_str()).with(detail));
    Ok(())
}

/// Bans a user, or lifts the ban. A ban ends every session; assignments stay (CLY-07).
pub async fn set_banned(
    app: &App,
    permit: &Permit<can::UserBan>,
    author: &Author,
    banned: bool,
) -> Answer<UserView> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let old = change.user(permit.id()).await?;
    not_oneself(permit.actor(), permit.id(), text!("You cannot ban yourself."))?;
    ban(&mut change, &[old], banned).await?;
    let row = change.user(permit.id()).await?;
    change.commit().await?;
    Ok(UserView::of(before.model(), row))
}

/// Refuses what one does to others alone.
pub(crate) fn not_oneself(actor: Option<&Actor>, user: Id, message: Text) -> Answer<()> {
    match actor.is_some_and(|actor| actor.id() == user) {
        true => Err(Refusal::because(Code::Forbidden, message)),
        false => Ok(()),
    }
}

/// Writes bans or their end, and an entry of the log for each.
pub(crate) async fn ban(change: &mut Change<'_>, people: &[UserRow], banned: bool) -> Answer<()> {
    let users: Vec<Id> = people.iter().map(|old| id(old.id)).collect();
    if banned {
        change.ban(&users).await?;
    } else {
        change.lift_ban(&users).await?;
    }
    let now: HashMap<i64, Standing> =
        change.users_of(&users).await?.into_iter().map(|row| (row.id, row.standing)).collect();
    for old in people {
        let (before, after) = (old.standing, now.get(&old.id));
        let detail = serde_json::json!({ "before": { "standing": before }, "after": { "standing": after } });
        change.record(Act::done("user:ban", "user", old.id, old.name.as_str()).with(detail));
    }
    Ok(())
}

/// Deletes a user. Their name stays with the history, their seat is free.
pub async fn delete(app: &App, permit: &Permit<can::UserDelete>, author: &Author) -> Answer<()> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let old = change.user(permit.id()).await?;
    not_oneself(permit.actor(), permit.id(), text!("You cannot delete yourself."))?;
    remove(&mut change, &[old]).await?;
    Ok(change.commit().await?)
}

/// Writes deletions, and an entry of the log for each.
pub(crate) async fn remove(change: &mut Change<'_>, people: &[UserRow]) -> Answer<()> {
    let users: Vec<Id> = people.iter().map(|old| id(old.id)).collect();
    change.delete_users(&users).await?;
    for old in people {
        let detail = serde_json::json!({ "before": { "email": old.email, "name": old.name } });
        change.record(Act::done("user:delete", "user", old.id, old.name.as_str()).with(detail));
    }
    Ok(())
}

/// The password or PIN of somebody's that others know too, each with when it signs nobody in any more.
pub async fn temporary_secrets(
    app: &App,
    permit: &Permit<can::UserResetCredentials>,
) -> Answer<Vec<(Secret, Moment)>> {
    let known = app.store.temporary_secrets(permit).await?;
    Ok(known.into_iter().map(|(secret, until)| (secret, Moment(until))).collect())
}

/// Sets a new temporary password, ends every session, revokes every API token and takes the PIN of the user away, since
/// whoever needs a reset may have lost those too. The password is answered this once.
pub async fn reset_password(
    app: &App,
    permit: &Permit<can::UserResetCredentials>,
    author: &Author,
) -> Answer<String> {
    // Neither a limited token nor a session left open becomes all of its user by this.
    if permit.actor().is_some_and(|actor| actor.id() == permit.id()) {
        let message =
            text!("You cannot reset your own password. Change it in your profile, with the present one.");
        return Err(Refusal::because(Code::Forbidden, message));
    }
    let password = secrets::new_password();
    let hash =
        app.passwords.hash_unless_tried(&password, Turn::SignedIn(permit.workspace()), author.intent).await?;
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let row = change.user(permit.id()).await?;
    change.set_password(permit.id(), &hash).await?;
    change.known_to_its_maker(permit.id(), Secret::Password).await?;
    if row.standing == Standing::Invited {
        // With a password of theirs they have no use for the invitation, which is no longer good.
        change.activate(permit.id()).await?;
    }
    change.shut_out(permit.id()).await?;
    change.set_pin(permit.id(), None).await?;
    change.forget_guesses(&By::Password(&row.email).target(permit.workspace())).await?;
    change.is_for_good();
    change.record(Act::done("user:reset_credentials", "user", permit.thing().id, row.name.as_str()));
    change.commit().await?;
    Ok(password)
}

/// An order as addresses have it: `role`, or `-role` for the other way round; by name where none is given.
pub fn order(word: &str) -> Result<(UserOrder, bool), Refusal> {
    let (word, descending) = word.strip_prefix('-').map_or((word, false), |word| (word, true));
    let order = match word {
        "" | "name" => UserOrder::Name,
        "role" => UserOrder::Role,
        "department" => UserOrder::Department,
        "seen" => UserOrder::Seen,
        _ => return Err(Refusal::invalid("sort", "{field} must be name, role, department or seen.")),
    };
    Ok((order, descending))
}

/// Where an account stands, as addresses have it.
pub fn standing(word: &str) -> Result<Standing, Refusal> {
    Standing::of_word(word)
        .ok_or_else(|| Refusal::invalid("standing", "{field} must be invited, active or banned."))
}
