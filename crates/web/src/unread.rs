//! What an endpoint for programs would not read: it is refused, for whoever sent it meant something by it.

use access::text;
use acts::{Code, Refusal};

use crate::endpoint::{Endpoint, Face};
use crate::input::Place;
use crate::request::Request;

/// So many parameters that were perhaps meant are named.
const NEAREST: usize = 3;
/// So many characters of an unknown name are compared.
const LONGEST: usize = 40;

/// Refuses query parameters that an endpoint does not know and a body where it takes none. Pages of the console take
/// any parameter: links to them come back from elsewhere with more than they had.
pub fn refuse(endpoint: &Endpoint, request: &Request) -> Result<(), Refusal> {
    if !matches!(endpoint.face, Face::Rest | Face::AuthZen) {
        return Ok(());
    }
    let query = request.uri.query().unwrap_or_default().as_bytes();
    for (name, _) in form_urlencoded::parse(query) {
        known(endpoint, &name)?;
    }
    let reads = matches!(endpoint.input, Some((Place::Body | Place::Csv, _)));
    match request.body.trim_ascii() {
        _ if reads => Ok(()),
        // Many clients send these where there is nothing to say.
        b"" | b"{}" | b"null" => Ok(()),
        _ => Err(no_body(endpoint)),
    }
}

fn known(endpoint: &Endpoint, name: &str) -> Result<(), Refusal> {
    if name == "try" {
        return match endpoint.can_be_tried() {
            true => Ok(()),
            false => Err(Refusal::invalid(
                "try",
                "{field} cannot be said here: nothing was done. Send it without to do it.",
            )),
        };
    }
    if endpoint.query.iter().any(|known| known == name) {
        return Ok(());
    }
    let message = match nearest(endpoint, name) {
        None => text!("{field} is no query parameter that can be sent here: there is none."),
        Some(names) => {
            text!("{field} is no query parameter that can be sent here; the nearest: {names}.", names)
        }
    };
    Err(Refusal::because(Code::Invalid, message).at(name.to_owned()))
}

/// The parameters whose names are most like one that is not known.
fn nearest(endpoint: &Endpoint, name: &str) -> Option<String> {
    // No parameter has a longer name, and the comparison takes the product of the lengths.
    let name: String = name.chars().take(LONGEST).collect();
    let tried = endpoint.can_be_tried().then_some("try");
    let known = endpoint.query.iter().map(String::as_str).chain(tried);
    let mut near: Vec<(usize, &str)> =
        known.map(|known| (strsim::damerau_levenshtein(&name, known), known)).collect();
    near.sort_unstable();
    let names: Vec<String> = near.iter().take(NEAREST).map(|(_, known)| format!("`{known}`")).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn no_body(endpoint: &Endpoint) -> Refusal {
    let message = match endpoint.query.is_empty() {
        true => text!("The body is not read here: nothing was done. Send it without."),
        false => {
            let names: Vec<String> = endpoint.query.iter().map(|name| format!("`{name}`")).collect();
            let names = names.join(", ");
            text!(
                "The body is not read here: nothing was done. What can be said stands in the query: {names}.",
                names
            )
        }
    };
    Refusal::because(Code::Invalid, message)
}
