//! What asks for the password first in a session that a PIN opened: a few digits sign somebody in for their daily work,
//! and administer nothing.

use access::{Group, Permission, text};
use acts::{Code, Refusal};
use axum::http::Method;

use crate::endpoint::{Asks, Endpoint, Face};
use crate::request::Request;
use ui::text::later;

/// The groups of permissions by which people, access, telephones and money are administered.
const ADMINISTRATION: [Group; 7] = [
    Group::Settings,
    Group::Agent,
    Group::Role,
    Group::Department,
    Group::Branch,
    Group::Number,
    Group::Billing,
];

/// Of those groups, what people do for themselves alone.
const ONES_OWN: [Permission; 3] =
    [Permission::ProfileUpdate, Permission::AccessRequestCreate, Permission::QueueJoin];

/// What asks for no permission of its own and changes access all the same.
pub const UNDO: [&str; 2] = ["/api/v1/undo/{undo}", "/w/{slug}/undo/{undo}"];

/// What is said of them there.
pub const NO_TOKENS: &str = later(
    "This session was opened with a PIN, which makes no API tokens. Sign in with your password to make one.",
);

/// What makes a secret that outlives the session: not even with the password typed, in a session that a PIN opened.
pub const NEVER: [&str; 2] = ["/api/v1/tokens", "/w/{slug}/tokens"];

/// What shows secrets of other people, by which one could be them: looking there is no less than administering.
const SHOWS_SECRETS: [&str; 2] = ["/api/v1/outbox", "/w/{slug}/outbox"];

/// Refuses an act of administration to a session that a PIN opened, until its user types the password. Whoever may not
/// do it anyway is told that instead.
pub fn check(request: &Request, endpoint: &Endpoint, method: &Method) -> Result<(), Refusal> {
    let only_looks = method.is_safe() && !SHOWS_SECRETS.contains(&endpoint.path);
    let Some(who) = request.who.as_ref().filter(|_| !only_looks) else { return Ok(()) };
    let held = endpoint.asks.permission().is_none_or(|permission| who.actor.holds(permission));
    if !held || !asks(endpoint) {
        return Ok(());
    }
    if who.password_until.is_some() && NEVER.contains(&endpoint.path) {
        return Err(Refusal::because(Code::Forbidden, NO_TOKENS));
    }
    if who.by_pin_alone(request.server.app.store.now()) {
        let message =
            text!("This session was opened with a PIN. Type your password before you change anything here.");
        return Err(Refusal::because(Code::PasswordNeeded, message));
    }
    Ok(())
}

/// Whether an endpoint that changes something is one of administration, by the permission that it asks for. Questions to
/// the decision point change nothing.
pub fn asks(endpoint: &Endpoint) -> bool {
    match endpoint.asks {
        _ if endpoint.face == Face::AuthZen => false,
        Asks::Nothing(_) => false,
        Asks::SignedIn => UNDO.contains(&endpoint.path),
        Asks::May(permission) | Asks::On(permission, _) | Asks::List(permission) => {
            let entry = permission.entry();
            let administers = ADMINISTRATION.contains(&entry.group) || entry.risky;
            administers && !ONES_OWN.contains(&permission)
        }
    }
}
