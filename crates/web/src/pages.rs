//! What the way of a request asks of the console, which is above it: the pages that people see instead of what they asked
//! for. Whoever puts the server together hands them in.

use acts::Refusal;
use acts::kernel::foresight::Foresight;
use axum::response::Response;

use crate::endpoint::Endpoint;
use crate::request::Request;

/// The pages that no endpoint answers with by itself.
#[derive(Debug)]
pub struct Pages {
    /// Instead of what was refused.
    pub refused: fn(&Request, &Endpoint, &Refusal) -> Response,
    /// The same where nobody is known, or no endpoint was found.
    pub bare: fn(&Refusal) -> Response,
    /// Who gains and loses what by a form, before it holds.
    pub ask: fn(&Request, &Foresight) -> Response,
    /// The way on from what was done, with the receipt to undo it by.
    pub offering: fn(Response, &str) -> Response,
    /// The address of the page that replaces a temporary secret, and leads on to the page that was wanted.
    pub own_secret: fn(&Request, Option<&str>) -> String,
}
