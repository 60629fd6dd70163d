//! The host that a request names: one, and one that can be read (RFC 9110, section 7.2; RFC 9112, section 3.2).

use acts::{Code, Refusal};
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Version, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::{Server, refuse};

/// Refuses what names no host, several, or none that can be one: a proxy before us may have read it in another way.
pub async fn check(State(server): State<Server>, request: Request, next: Next) -> Response {
    if is_named(&request) {
        return next.run(request).await;
    }
    let refusal = Refusal::because(
        Code::BadRequest,
        "The request must name its host, once: the `Host` header is missing, there twice, or no host.",
    );
    refuse::render_bare(server.pages, request.uri(), &refusal)
}

fn is_named(request: &Request) -> bool {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    // HTTP/2 has it in the address (RFC 9113, section 8.3.1); what has it there as well must be the same.
    let address = request.uri().authority().filter(|_| request.version() >= Version::HTTP_2);
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => {
            host_of(host).is_some_and(|host| address.is_none_or(|address| *address == host))
        }
        (None, _) => address.is_some() || request.version() < Version::HTTP_11,
        (Some(_), Some(_)) => false,
    }
}

fn host_of(value: &HeaderValue) -> Option<Authority> {
    let host: Authority = value.to_str().ok()?.parse().ok()?;
    let letters = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
    host.as_str().chars().all(letters).then_some(host)
}
