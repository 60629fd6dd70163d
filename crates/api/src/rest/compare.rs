//! Comparing two roles or people over REST.

use acts::Refusal;
use acts::rights::compare::{self, Comparison, Subject};
use schemars::JsonSchema;
use serde::Deserialize;
use store::Identity;

use web::input::Query;
use web::output::Json;
use web::request::Request;

/// What to compare.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareQuery {
    /// A role or a person: `role:3`, `user:7`. It takes `role:read`, or `access:explain` over the person.
    pub a: String,
    /// Another one.
    pub b: String,
}

/// Side by side.
pub async fn show(
    request: Request,
    who: Identity,
    Query(query): Query<CompareQuery>,
) -> Result<Json<Comparison>, Refusal> {
    let subject = |field, text: &str| {
        let (noun, id) = compare::parse(text).ok_or_else(|| unreadable(field))?;
        Subject::of(&who.actor, noun, id)
    };
    let (a, b) = (subject("a", &query.a)?, subject("b", &query.b)?);
    Ok(Json(compare::compare(&request.server.app, &who.actor, &a, &b)))
}

fn unreadable(field: &'static str) -> Refusal {
    Refusal::invalid(field, "{field} must be a role or a person, like role:3 or user:7.")
}
