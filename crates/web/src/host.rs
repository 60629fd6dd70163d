//! The host that a request names: one, and one that can be read (RFC 9110, section 7.2; RFC 9112, section 3.2).

use acts::{Code, Refusal};
use axum::extract::State;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Request, Uri, Version, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::{Server, refuse};

/// Refuses what names no host, several, or none that can be one: a proxy before us may have read it in another way.
pub async fn check(State(server): State<Server>, request: axum::extract::Request, next: Next) -> Response {
    if is_named(&request) {
        return next.run(request).await;
    }
    let refusal = Refusal::because(
        Code::BadRequest,
        "The request must name its host, once: the `Host` header is missing, there twice, or no host.",
    );
    refuse::render_bare(server.pages, request.uri(), &refusal)
}

/// The host that a request names: in its header, or in its address, where HTTP/2 has it (RFC 9113, section 8.3.1). Empty
/// where it names none.
pub fn of<'a>(headers: &'a HeaderMap, address: &'a Uri) -> &'a str {
    match headers.get(header::HOST) {
        Some(host) => host.to_str().unwrap_or_default(),
        None => address.authority().map_or("", Authority::as_str),
    }
}

fn is_named<B>(request: &Request<B>) -> bool {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    // What has it in the address as well must have the same there.
    let address = request.uri().authority().filter(|_| request.version() != Version::HTTP_11);
    let right = address.is_none_or(is_host);
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => {
            right && host_of(host).is_some_and(|host| address.is_none_or(|address| *address == host))
        }
        (None, _) => right && (address.is_some() || request.version() < Version::HTTP_11),
        (Some(_), Some(_)) => false,
    }
}

fn host_of(value: &HeaderValue) -> Option<Authority> {
    value.to_str().ok()?.parse().ok().filter(is_host)
}

/// Whether it is a host, perhaps with a port, and nothing else, such as a user.
fn is_host(named: &Authority) -> bool {
    named.as_str().chars().all(|c| c.is_ascii_alphanumeric() || ".-_:[]".contains(c))
}

#[cfg(test)]
mod tests {
    use axum::http::{Request, Version};

    use super::{is_named, of};

    fn request(version: Version, address: &str, host: Option<&str>) -> Request<()> {
        let request = Request::builder().version(version).uri(address);
        host.into_iter().fold(request, |request, host| request.header("host", host)).body(()).unwrap()
    }

    #[test]
    fn an_address_that_names_a_user_beside_the_host_is_refused_like_such_a_header() {
        for (address, host, good) in [
            ("http://127.0.0.1:80/", None, true),
            ("http://127.0.0.1/", Some("127.0.0.1"), true),
            ("http://u@127.0.0.1/", None, false),
            ("http://u:p@127.0.0.1:80/", None, false),
            ("http://u@127.0.0.1/", Some("127.0.0.1"), false),
            ("http://127.0.0.1/", Some("u@127.0.0.1"), false),
            ("http://127.0.0.1/", Some("127.0.0.2"), false),
            ("/", None, false),
        ] {
            assert_eq!(is_named(&request(Version::HTTP_2, address, host)), good, "{address} {host:?}");
        }
        assert!(is_named(&request(Version::HTTP_11, "/", Some("127.0.0.1"))));
        assert!(!is_named(&request(Version::HTTP_11, "/", Some("u@127.0.0.1"))));
        assert!(!is_named(&request(Version::HTTP_11, "http://127.0.0.1/", None)));
        assert!(is_named(&request(Version::HTTP_10, "/", None)));
        assert!(!is_named(&request(Version::HTTP_10, "http://u@127.0.0.1/", None)));
    }

    #[test]
    fn the_host_is_found_where_the_version_has_it() {
        let host = |request: &Request<()>| of(request.headers(), request.uri()).to_owned();
        assert_eq!(host(&request(Version::HTTP_2, "http://phone.example:81/w/a", None)), "phone.example:81");
        assert_eq!(host(&request(Version::HTTP_11, "/w/a", Some("phone.example"))), "phone.example");
        assert_eq!(
            host(&request(Version::HTTP_11, "http://evil.example/", Some("phone.example"))),
            "phone.example"
        );
        assert_eq!(host(&request(Version::HTTP_10, "/", None)), "");
    }
}
