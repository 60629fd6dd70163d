//! Why?, Who? and What? over REST.

use access::{Noun, Permission, Permit, Thing, Visible, can, text};
use acts::kernel::email;
use acts::rights::explain::{self, What, Who, Why};
use acts::{Code, List, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

use web::input::Query;
use web::output::Json;
use web::request::Request;

/// Why a user may or may not do something.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhyQuery {
    /// The user, by id or email address.
    pub user: String,
    /// `resource:action`.
    pub permission: String,
    /// The kind of thing: `user`, `role`, `department`, `branch`, `extension`, `queue`, `number`, `call`, `api_token`,
    /// or `workspace`, which it is unless told.
    #[serde(default = "workspace")]
    pub kind: String,
    /// The thing's id; not needed for the workspace.
    #[serde(default)]
    pub id: String,
}

/// Everybody who may do something.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhoQuery {
    /// `resource:action`.
    pub permission: String,
    /// The kind of thing, `workspace` unless told.
    #[serde(default = "workspace")]
    pub kind: String,
    /// The thing's id; not needed for the workspace.
    #[serde(default)]
    pub id: String,
}

/// What a user may do and see.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhatQuery {
    /// The user, by id or email address.
    pub user: String,
}

fn workspace() -> String {
    Noun::Workspace.word().into()
}

/// Why?
pub async fn why(
    request: Request,
    visible: Visible<can::AccessExplain>,
    Query(query): Query<WhyQuery>,
) -> Result<Json<Why>, Refusal> {
    let permission = permission(&query.permission)?;
    let permit = about(&request, &visible, &query.user).await?;
    let thing = thing(&request, &query.kind, &query.id).await?;
    explain::why(&request.server.app, &permit, permission, thing).await.map(Json)
}

/// What?
pub async fn what(
    request: Request,
    visible: Visible<can::AccessExplain>,
    Query(query): Query<WhatQuery>,
) -> Result<Json<What>, Refusal> {
    let permit = about(&request, &visible, &query.user).await?;
    explain::what(&request.server.app, &permit).await.map(Json)
}

/// The right to ask about a user who is named by id or email address.
async fn about(
    request: &Request,
    visible: &Visible<can::AccessExplain>,
    user: &str,
) -> Result<Permit<can::AccessExplain>, Refusal> {
    let actor = visible.actor();
    let user = email::user_named(actor.snapshot(), user).ok_or_else(|| Refusal::new(Code::NotFound))?;
    let subject = request.find(Noun::User, &user.to_string()).await?;
    Ok(actor.permit_on(subject)?)
}

/// Who?
pub async fn who(
    request: Request,
    visible: Visible<can::AccessExplain>,
    Query(query): Query<WhoQuery>,
) -> Result<Json<List<Who>>, Refusal> {
    let permission = permission(&query.permission)?;
    let thing = thing(&request, &query.kind, &query.id).await?;
    explain::who(&visible, permission, thing).map(Json)
}

fn permission(name: &str) -> Result<Permission, Refusal> {
    Permission::from_name(name)
        .ok_or_else(|| Refusal::invalid("permission", "{field} must be one of those at /api/v1/permissions."))
}

async fn thing(request: &Request, kind: &str, id: &str) -> Result<Thing, Refusal> {
    let noun = Noun::from_word(kind).ok_or_else(|| {
        let words: Vec<&str> = Noun::KEPT.iter().map(|noun| noun.word()).collect();
        Refusal::invalid("kind", text!("{field} must be one of: {words}.", words = words.join(", ")))
    })?;
    request.find(noun, id).await
}
