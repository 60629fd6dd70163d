//! API tokens: made and shown once, listed, revoked.

use access::authority::Breach;
use access::{Actor, Id, Micros, Model, Permission, PermissionSet, Permit, Thing, can, text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::change::audit::Act;
use store::entry::tokens::TokenRow;
use store::{Author, Change};

use crate::entry::confirm::{self, Confirmation};
use crate::kernel::check;
use crate::kernel::known::Known;
use crate::kernel::refusal::Refusal;
use crate::kernel::secrets::{new_token, token_hash};
use crate::{Answer, App, List, Moment, Ref, id};

/// An API token, without its secret.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TokenView {
    /// Its id.
    pub id: u32,
    /// What it is for.
    pub name: String,
    /// Whose access it carries.
    pub user: Ref,
    /// The permissions that it is limited to; none for all that its user may do.
    pub scope: Option<Vec<&'static str>>,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Moment>,
    /// When it stops being good by itself.
    pub expires_at: Option<Moment>,
}

impl TokenView {
    fn of(model: &Model, row: TokenRow) -> TokenView {
        TokenView {
            id: id(row.id).0,
            user: Ref::to(model, id(row.user_id)),
            scope: row.permissions().map(names),
            name: row.name,
            created_at: Moment(row.created_at),
            last_used_at: row.last_used_at.map(Moment),
            expires_at: row.expires_at.map(Moment),
        }
    }
}

fn names(scope: PermissionSet) -> Vec<&'static str> {
    scope.iter().map(Permission::name).collect()
}

/// A new API token for oneself.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiToken {
    /// What it is for.
    pub name: String,
    /// The permissions that it is limited to; without one, it carries all that its user may do.
    pub scope: Option<Vec<String>>,
    /// When it stops being good by itself.
    pub expires_at: Option<Moment>,
    /// Your present password: a token outlives the session that it is made in.
    pub password: Option<String>,
}

/// A token that was just made, with the secret that is shown this once.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CreatedToken {
    /// The token.
    pub token: TokenView,
    /// The secret. It is kept nowhere.
    pub secret: String,
}

/// The tokens of everybody of whom the asker may know, the newest first.
pub async fn list(app: &App, permit: &Permit<can::ApiTokenRead>) -> Answer<List<TokenView>> {
    let rows = app.store.tokens(permit).await?;
    let snapshot = app.snapshot(permit).await?;
    let known = |row: &TokenRow| permit.actor().is_none_or(|actor| actor.knows_user(id(row.user_id)));
    let rows = rows.into_iter().filter(known);
    Ok(List::whole(rows.map(|row| TokenView::of(snapshot.model(), row)).collect()))
}

/// One's own tokens, the newest first. Needs no permission: people may know what acts for them.
pub async fn own(app: &App, actor: &Actor) -> Answer<List<TokenView>> {
    let model = actor.snapshot().model();
    let rows = app.store.tokens_of(model.workspace, actor.id()).await?;
    Ok(List::whole(rows.into_iter().map(|row| TokenView::of(model, row)).collect()))
}

/// Revokes one of one's own tokens: it is refused from the next request on.
pub async fn revoke_own(app: &App, actor: &Actor, author: &Author, token: u32) -> Answer<()> {
    let workspace = actor.snapshot().model().workspace;
    Ok(app.store.revoke_own_token(workspace, author, actor.id(), Id(token)).await?)
}

/// Makes a token that carries the actor's own access, or a part of it, confirmed with their password. One that is made with a token ends with it at
/// the latest; `until` is that token's end.
pub async fn create(
    app: &App,
    permit: &Permit<can::ApiTokenWrite>,
    author: &Author,
    new: NewApiToken,
    until: Option<Micros>,
    confirmation: &Confirmation<'_>,
) -> Answer<CreatedToken> {
    let name = check::text("name", &new.name, 80)?;
    if let Some(actor) = permit.actor() {
        confirm::typed(app, actor, author, "api_token:write", confirmation).await?;
    }
    let (change, permit) = app.store.begin(permit, author).await?;
    let actor = permit.actor().ok_or_else(|| Refusal::lacks(Permission::ApiTokenWrite))?;
    let expires_at = within(check::future("expires_at", new.expires_at, change.now())?, until)?;
    let scope = scope(actor, new.scope.as_deref())?;
    add(change, actor.id(), &name, scope, expires_at).await
}

/// Makes a token with all that a user may do, for whoever runs the machine; good for so long.
pub async fn create_for(
    app: &App,
    workspace: i64,
    user: Id,
    name: &str,
    lasts: Micros,
) -> Answer<CreatedToken> {
    let name = check::text("name", name, 80)?;
    let permit = Permit::<can::ApiTokenWrite>::operator(workspace, Thing::WORKSPACE);
    let (change, _) = app.store.begin(&permit, &Author::operator()).await?;
    Known::to(None, change.before().model()).person("user", user.0)?;
    let expires_at = change.now() + lasts;
    add(change, user, &name, None, Some(expires_at)).await
}

async fn add(
    mut change: Change<'_>,
    user: Id,
    name: &str,
    scope: Option<PermissionSet>,
    expires_at: Option<Micros>,
) -> Answer<CreatedToken> {
    let before = change.before().clone();
    let secret = new_token("rft");
    let id = change.add_token(user, name, &token_hash(&secret), scope, expires_at).await?;
    let row = change.token(id).await?;
    let user = before.model().label(user);
    let after =
        serde_json::json!({ "user": user, "scope": scope.map(names), "expires_at": expires_at.map(Moment) });
    let detail = serde_json::json!({ "after": after });
    change.record(Act::done("api_token:write", "api_token", i64::from(id.0), name).with(detail));
    change.commit().await?;
    Ok(CreatedToken { token: TokenView::of(before.model(), row), secret })
}

/// The end that was asked for, no later than the latest.
fn within(asked: Option<Micros>, latest: Option<Micros>) -> Answer<Option<Micros>> {
    match (asked, latest) {
        (Some(at), Some(latest)) if at > latest => {
            let message = text!("{field} must not be later than the end of the token that you use.");
            Err(Refusal::invalid("expires_at", message))
        }
        (asked, latest) => Ok(asked.or(latest)),
    }
}

/// The scope that was asked for, if the actor holds all of it. A limited token makes tokens that are limited at
/// least as much, so that a limit cannot be shaken off.
fn scope(actor: &Actor, asked: Option<&[String]>) -> Answer<Option<PermissionSet>> {
    let Some(asked) = asked else {
        return Ok((actor.scope() != PermissionSet::EVERY).then(|| actor.scope()));
    };
    let mut scope = PermissionSet::NONE;
    for name in asked {
        let unknown =
            || Refusal::invalid("scope", text!("{field} has `{name}`, which is no permission.", name));
        let permission = Permission::from_name(name).ok_or_else(unknown)?;
        if !permission.can_be_given() {
            return Err(Breach::CannotBeGiven(permission).into());
        }
        if !actor.holds(permission) {
            return Err(Breach::GivesMore { user: None, permission }.into());
        }
        scope = scope.with(permission);
    }
    if scope == PermissionSet::NONE {
        return Err(Refusal::invalid("scope", "{field} must name at least one permission, or be left out."));
    }
    Ok(Some(scope))
}

/// Revokes a token: it is refused from the next request on.
pub async fn revoke(app: &App, permit: &Permit<can::ApiTokenWrite>, author: &Author) -> Answer<()> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let before = change.before().clone();
    let old = change.token(permit.id()).await?;
    change.delete_token(permit.id()).await?;
    // An act on whoever has the token: nobody touches the Owner, or those who hold more, by it.
    change.touches(id(old.user_id));
    let after = serde_json::json!({ "user": before.model().label(id(old.user_id)), "revoked": true });
    let detail = serde_json::json!({ "before": { "name": old.name }, "after": after });
    change
        .record(Act::done("api_token:write", "api_token", permit.thing().id, old.name.as_str()).with(detail));
    Ok(change.commit().await?)
}
