//! Ownership: handed from the Owner to an Admin in one step (CAL-18). Nothing else makes an Owner.

use access::model::Standing;
use access::{Actor, Id, Model, Permit, Text, can, text};
use store::change::audit::Act;
use store::change::secrets::Secret;
use store::entry::known_secrets::OPERATOR;
use store::{Author, Change};

use crate::entry::confirm::{self, Confirmation};
use crate::kernel::check;
use crate::kernel::known::Known;
use crate::kernel::refusal::{Code, Refusal};
use crate::{Answer, App};

/// The key of the role whose holders can become Owner, and which the old Owner gets.
const ADMIN: &str = "admin";

/// Who is to become Owner.
#[derive(Debug, Clone, Copy)]
pub struct Heir<'a> {
    /// Their id: an active Admin.
    pub user: u32,
    /// Their email address, where the Owner vouches for it: needed where somebody else set it.
    pub email: Option<&'a str>,
}

/// Hands ownership to an Admin: the Admin becomes Owner and the old Owner becomes Admin, both or neither. Confirmed by
/// the Owner's present password in every preset.
pub async fn transfer(
    app: &App,
    permit: &Permit<can::WorkspaceTransfer>,
    author: &Author,
    to: &Heir<'_>,
    confirmation: &Confirmation<'_>,
) -> Answer<()> {
    confirm::password(app, permit, author, confirmation).await?;
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let model = before.model();
    let (owner_role, admin_role) = roles(model)?;
    let owner = model.users.iter().find(|(_, user)| user.role == owner_role).map(|(id, _)| *id);
    let owner = owner.ok_or_else(|| Refusal::new(Code::OneOwner))?;
    let heir = heir(Known::to(permit.actor(), model), admin_role, to.user)?;
    let giver = permit.actor().map_or(OPERATOR, Actor::id);
    signs_in_alone(&mut change, heir, giver).await?;
    reads_own_mail(&mut change, heir, giver, to.email).await?;
    change.set_role(heir, owner_role).await?;
    change.set_role(owner, admin_role).await?;
    let (old, new) = (model.label(owner), model.label(heir));
    let detail = serde_json::json!({ "before": { "owner": old }, "after": { "owner": new } });
    // Only the new Owner can give it back.
    change.is_for_good();
    change.record(Act::done("workspace:transfer", "user", i64::from(heir.0), new).with(detail));
    Ok(change.commit().await?)
}

/// Whether nobody but a user themself can sign in as them, the present Owner aside: else somebody else would become Owner.
async fn signs_in_alone(change: &mut Change<'_>, heir: Id, giver: Id) -> Answer<()> {
    if !change.has_password(heir).await? || !change.knowers(heir, Secret::Password).await?.is_empty() {
        let message = text!(
            "{field} must be somebody who has chosen a password of their own: ask them to sign in and choose one first."
        );
        return Err(Refusal::invalid("to", message));
    }
    // Whoever knew what a password was chosen with may be the one who chose it.
    let mut others = change.knowers(heir, Secret::ChosenPassword).await?;
    others.extend(change.knowers(heir, Secret::ChosenPin).await?);
    if others.iter().all(|other| [OPERATOR, giver].contains(other)) {
        return Ok(());
    }
    let message = text!(
        "{field} must be somebody as whom nobody else can sign in. What this person signs in with was chosen with a password, PIN or link that somebody else knew: reset their password yourself, or have them use “Forgot your password?”, and try again once they have chosen one."
    );
    Err(Refusal::invalid("to", message))
}

/// Whether the heir's address is theirs as far as the Owner knows. Whoever reads its mail can become the heir: where
/// somebody else typed it, the Owner types it once more.
async fn reads_own_mail(change: &mut Change<'_>, heir: Id, giver: Id, typed: Option<&str>) -> Answer<()> {
    let mut set_by = change.knowers(heir, Secret::Address).await?;
    set_by.extend(change.knowers(heir, Secret::FirstAddress).await?);
    let own = change.user(heir).await?.email;
    let vouched = typed.is_some_and(|typed| check::email(typed).is_ok_and(|typed| typed == own));
    if vouched || (typed.is_none_or(str::is_empty) && set_by.iter().all(|by| [OPERATOR, giver].contains(by)))
    {
        return Ok(());
    }
    let message = text!(
        "{field} must be the address of the new Owner: somebody else typed it here, so ask them for it and type it yourself."
    );
    Err(Refusal::invalid("email", message))
}

fn roles(model: &Model) -> Answer<(Id, Id)> {
    let owner = model.roles.iter().find(|(_, role)| role.standing.owner).map(|(id, _)| *id);
    let admin = model.roles.iter().find(|(_, role)| role.key.as_deref() == Some(ADMIN)).map(|(id, _)| *id);
    owner.zip(admin).ok_or_else(|| {
        Refusal::because(
            Code::Invalid,
            "This workspace's preset has no Owner, so there is nothing to transfer.",
        )
    })
}

fn heir(known: Known<'_>, admin_role: Id, to: u32) -> Answer<Id> {
    let model = known.model();
    let is_admin = |user: &Id| {
        let user = model.users.get(user);
        user.is_some_and(|user| user.role == admin_role && user.standing == Standing::Active)
    };
    let user = known.record("to", to).ok().filter(is_admin);
    let role = model.label(admin_role);
    let message = || {
        text!("{field} must be an active user with the role {role}: give them that role first.")
            .and("role", Text::from(role.to_owned()))
    };
    user.ok_or_else(|| Refusal::out_of_reach("to", message()))
}
