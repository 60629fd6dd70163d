//! What may be called while somebody sees the workspace as another user: looking, and stopping to.

use access::text;
use acts::{Code, Refusal};
use axum::http::Method;

use crate::endpoint::{Asks, Endpoint};
use crate::request::Request;

/// Of the endpoints about the caller alone, those that show nothing but what whoever looks may know of the other user.
/// Every other one is refused: sessions, secrets and choices are a person's own.
pub const SHOWN: &[&str] = &[
    "/w/{slug}",
    "/w/{slug}/compare",
    "/w/{slug}/live",
    "/w/{slug}/profile",
    "/api/v1/compare",
    "/api/v1/me",
    "/api/v1/permissions",
];

/// What ends it: stopping to look, and signing out.
pub const ENDINGS: &[(Method, &str)] = &[
    (Method::POST, "/w/{slug}/view-as/end"),
    (Method::POST, "/w/{slug}/sign-out"),
    (Method::DELETE, "/api/v1/sessions/current"),
];

/// Refuses whatever is no looking. A request that comes just when the viewing has ended is refused once, so that
/// nothing meant for one of the two is done as the other.
pub fn check(request: &Request, endpoint: &Endpoint, method: &Method) -> Result<(), Refusal> {
    let Some(who) = &request.who else { return Ok(()) };
    if let Some(why) = &who.view_ended {
        let message =
            text!("You no longer see the workspace as somebody else: {why}. You are yourself again.");
        let message = message.and("why", why.text());
        return Err(Refusal::because(Code::ViewEnded, message));
    }
    if who.viewer.is_none() || ENDINGS.contains(&(endpoint.method.clone(), endpoint.path)) {
        return Ok(());
    }
    let name = who.actor.snapshot().model().label(who.actor.id());
    if !method.is_safe() {
        let message =
            text!("You see the workspace as {name}, read-only. Stop that first to change something.", name);
        return Err(Refusal::because(Code::ReadOnly, message));
    }
    if endpoint.asks == Asks::SignedIn && !SHOWN.contains(&endpoint.path) {
        let message = text!(
            "This belongs to {name} alone. Stop seeing the workspace as {name} to open your own.",
            name
        );
        return Err(Refusal::because(Code::ReadOnly, message));
    }
    Ok(())
}
