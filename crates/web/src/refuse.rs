//! Refusals as answers: RFC 9457 problems for programs, pages for people.

use acts::kernel::check;
use acts::{Code, Refusal};
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Serialize;

use crate::endpoint::{Endpoint, Face};
use crate::pages::Pages;
use crate::request::Request;

/// A refusal as JSON (RFC 9457).
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Problem {
    /// `about:blank`: the code says all there is.
    pub r#type: &'static str,
    /// A short sentence, the same for every refusal of this code.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong and how to mend it.
    pub detail: String,
    /// The word for programs.
    pub code: &'static str,
    /// The input field that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The permission that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<&'static str>,
}

impl From<&Refusal> for Problem {
    fn from(refusal: &Refusal) -> Problem {
        Problem {
            r#type: "about:blank",
            title: refusal.code.title(),
            status: refusal.code.status(),
            detail: refusal.to_string(),
            code: refusal.code.word(),
            field: refusal.field.as_deref().map(str::to_owned),
            permission: refusal.permission.map(|p| p.name()),
        }
    }
}

/// The answer to a refused request, as its face shows it.
pub fn render(request: &Request, endpoint: &Endpoint, refusal: &Refusal) -> Response {
    match endpoint.face {
        Face::Rest | Face::AuthZen | Face::Plain => problem(refusal),
        Face::Console if refusal.code == Code::Unauthenticated && check::slug(request.slug()).is_ok() => {
            to_sign_in(request)
        }
        Face::Console if refusal.code == Code::OwnSecretFirst => {
            // Only a page can be come back to.
            let wanted = request.uri.path_and_query().map(|wanted| wanted.as_str());
            let wanted = wanted.filter(|_| endpoint.page && endpoint.method.is_safe());
            lead(request, &(request.server.pages.own_secret)(request, wanted))
        }
        // No workspace is called so, and what is no slug does not belong into a header.
        Face::Console if refusal.code == Code::Unauthenticated => {
            let absent = Refusal::new(Code::NotFound);
            with_status(&absent, (request.server.pages.bare)(&absent))
        }
        Face::Console => with_status(refusal, (request.server.pages.refused)(request, endpoint, refusal)),
    }
}

/// The answer where no endpoint was found.
pub fn render_bare(pages: &Pages, uri: &Uri, refusal: &Refusal) -> Response {
    match Face::of(uri.path()) {
        Face::Console => with_status(refusal, (pages.bare)(refusal)),
        _ => problem(refusal),
    }
}

/// A refusal as `application/problem+json`.
pub fn problem(refusal: &Refusal) -> Response {
    let body = axum::Json(Problem::from(refusal));
    let mut response = with_status(refusal, body);
    let media_type = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response
}

fn with_status(refusal: &Refusal, body: impl IntoResponse) -> Response {
    let status = StatusCode::from_u16(refusal.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, [(header::CACHE_CONTROL, "no-store")], body).into_response();
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Bearer realm=\"ringfence\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    if let Some(wait) = refusal.retry_after {
        let seconds = HeaderValue::from((wait + 999_999) / 1_000_000);
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

/// To the sign-in page, and from there back to where the person wanted to go.
fn to_sign_in(request: &Request) -> Response {
    let wanted = request.uri.path_and_query().map_or("", |p| p.as_str());
    let next = serde_urlencoded::to_string([("next", wanted)]).unwrap_or_default();
    lead(request, &format!("/w/{}/sign-in?{next}", request.slug()))
}

/// To another page than the one that was asked for.
fn lead(request: &Request, address: &str) -> Response {
    if request.headers.contains_key("hx-request") {
        // A page that is open swaps only a part; these need the whole page.
        return ([("hx-redirect", address.to_owned())], StatusCode::NO_CONTENT).into_response();
    }
    Redirect::to(address).into_response()
}
