//! What may be called in a session that a temporary secret opened: replacing it, one's own record, signing out.

use access::text;
use acts::{Code, Refusal};
use store::change::secrets::Secret;

use crate::endpoint::{Asks, Endpoint};
use crate::request::Request;

/// Refuses whatever the table does not leave open to such a session ([`Endpoint::anyway`]), whichever face it is on.
pub fn check(request: &Request, endpoint: &Endpoint) -> Result<(), Refusal> {
    match request.who.as_ref().and_then(|who| who.temporary) {
        Some(secret) if !endpoint.anyway && !matches!(endpoint.asks, Asks::Nothing(_)) => Err(first(secret)),
        _ => Ok(()),
    }
}

/// Says which secret is to be replaced first.
pub fn first(secret: Secret) -> Refusal {
    let message = match secret {
        Secret::Pin => text!("Others know the PIN that you signed in with. Choose one of your own first."),
        _ => text!("Others know the password that you signed in with. Choose one of your own first."),
    };
    Refusal::because(Code::OwnSecretFirst, message)
}
