//! From a connection to a handler and back: who asks, cross-site checks, the decision, the answer, the audit of
//! refusals, and the headers that every answer carries.

use std::collections::HashMap;
use std::time::Duration;

use access::{Noun, Permission};
use acts::entry::lookups;
use acts::kernel::language::Language;
use acts::kernel::refusals;
use acts::kernel::secrets::token_hash;
use acts::{Code, Refusal};
use axum::Router;
use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::{RawPathParams, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use store::change::audit::Act;
use store::{Intent, Receipt};
use tokio_stream::StreamExt as _;

use crate::endpoint::{Asks, Endpoint, Face};
use crate::request::Request;
use crate::{Server, cookie, host, own_secret, password_first, refuse, viewing};
use ui::text::{Speech, speaking};

/// So long may a body take to arrive.
const BODY_WITHIN: Duration = Duration::from_secs(60);

/// So much of a body that is refused unread is read away, and for so long.
const DRAINED: usize = 2 * 1024 * 1024;
const DRAINED_WITHIN: Duration = Duration::from_secs(2);

/// What the audit log calls a change of people that is no single permission's.
const CHANGES_PEOPLE: &str = "user:change";

/// So many characters of a path are kept in the audit log, which keeps what anybody sends for good.
const KEPT_OF_PATH: usize = 200;

/// The router, made of these endpoints and nothing else.
#[expect(clippy::disallowed_methods, reason = "the one place that adds routes: those of the table")]
pub fn router(server: Server, endpoints: Vec<Endpoint>) -> Router {
    server.app.uses.notice(endpoints.iter().filter_map(|endpoint| endpoint.asks.permission()).collect());
    let mut paths: Vec<(&'static str, MethodRouter<Server>)> = vec![];
    for endpoint in endpoints {
        let Ok(filter) = MethodFilter::try_from(endpoint.method.clone()) else { continue };
        let path = endpoint.path;
        let route = on(
            filter,
            move |State(server): State<Server>, params: RawPathParams, http: axum::extract::Request| {
                let endpoint = endpoint.clone();
                async move { dispatch(server, &endpoint, &params, http).await }
            },
        );
        match paths.iter_mut().find(|(known, _)| *known == path) {
            Some((_, methods)) => *methods = std::mem::take(methods).merge(route),
            None => paths.push((path, route)),
        }
    }
    let pages = server.pages;
    let router = paths.into_iter().fold(Router::new(), |router, (path, methods)| router.route(path, methods));
    router
        .method_not_allowed_fallback(move |http: axum::extract::Request| async move {
            refuse::render_bare(pages, http.uri(), &Refusal::new(Code::MethodNotAllowed))
        })
        .fallback(move |http: axum::extract::Request| async move {
            match without_slash(http.uri()) {
                Some(address) => Redirect::permanent(&address).into_response(),
                None => refuse::render_bare(pages, http.uri(), &Refusal::new(Code::NotFound)),
            }
        })
        .layer(axum::middleware::from_fn_with_state(server.clone(), host::check))
        .layer(axum::middleware::map_response(harden))
        .with_state(server)
}

/// The address of a page that was asked for with a slash after it.
fn without_slash(uri: &axum::http::Uri) -> Option<String> {
    let path = uri.path().strip_prefix("/w/").and_then(|below| below.strip_suffix('/'))?;
    let plain = !path.is_empty() && !path.starts_with('/') && !path.ends_with('/');
    let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
    plain.then(|| format!("/w/{path}{query}"))
}

async fn dispatch(
    server: Server,
    endpoint: &Endpoint,
    params: &RawPathParams,
    http: axum::extract::Request,
) -> Response {
    let (parts, body) = http.into_parts();
    let path: HashMap<String, String> = params.iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    let address = server.config.trusted_proxies.client(&parts);
    let mut request = Request {
        server,
        who: None,
        secret: None,
        workspace: None,
        address,
        uri: parts.uri,
        headers: parts.headers,
        path,
        body: axum::body::Bytes::new(),
        intent: Intent::Do,
        receipt: Receipt::default(),
        waiting: vec![],
    };
    let request_id = request.headers.get("x-request-id").cloned();
    let found = match identify(&mut request, endpoint.face).await {
        // Whoever may be anybody, and whoever can sign in, may have shown a wrong secret too many.
        Err(refusal)
            if refusal.code == Code::TooManyTries
                && (matches!(endpoint.asks, Asks::Nothing(_)) || endpoint.face == Face::Console) =>
        {
            Ok(())
        }
        found => found,
    };
    let found = found.and_then(|()| request.server.rates.take(endpoint.rate, &request));
    let language = match request.language() {
        Some(language) => language,
        None if endpoint.face == Face::Console => of_workspace(&mut request).await,
        // Programs are answered in English: nothing needs to be looked up for them.
        None => Language::default(),
    };
    let mut cut_off = false;
    let answer = async {
        let outcome = match found.and_then(|()| admitted(&mut request, endpoint, &parts.method)) {
            Ok(()) => handle(&mut request, endpoint, &parts.method, body).await,
            Err(refusal) => {
                cut_off = !drain(body).await;
                Err(refusal)
            }
        };
        match outcome {
            Ok(response) => done(&request, endpoint.face, response),
            Err(refusal) => refused(&mut request, endpoint, refusal).await,
        }
    };
    let mut response = speaking(speech(language), answer).await;
    if let Some(cookie) = keeps_language(&request, endpoint.face) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    // RFC 9112, 9.6: with the rest of a body still to come, no other request follows.
    if cut_off || response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    // AuthZEN 1.0, 10.1.3: a request id that was sent comes back.
    if let Some(id) = request_id {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

/// A language as pages speak it.
fn speech(language: Language) -> Speech {
    Speech { code: language.code(), texts: language.texts() }
}

/// The language of the workspace that the path names, for whoever asks for none.
async fn of_workspace(request: &mut Request) -> Language {
    request.workspace = request.named().await.ok();
    request.workspace.as_ref().and_then(|here| Language::of(&here.language)).unwrap_or_default()
}

/// Keeps the language that was chosen on a page before signing in.
fn keeps_language(request: &Request, face: Face) -> Option<HeaderValue> {
    let chosen = request.language_chosen().filter(|_| face == Face::Console)?;
    cookie::keep_language(request.server.config.secure_cookies, chosen).parse().ok()
}

/// What is refused before the body is read.
fn admitted(request: &mut Request, endpoint: &Endpoint, method: &Method) -> Result<(), Refusal> {
    if !matches!(endpoint.asks, Asks::Nothing(_)) {
        request.identity()?;
    }
    own_secret::check(request, endpoint)?;
    viewing::check(request, endpoint, method)?;
    password_first::check(request, endpoint, method)
}

/// Reads away a body of the usual size that is not looked at: a client that is still sending would find its connection
/// closed in place of the answer (RFC 9112, 9.6). Whether that was all of it.
async fn drain(body: Body) -> bool {
    let mut left = DRAINED;
    let mut chunks = body.into_data_stream();
    let reading = async {
        while let Some(Ok(chunk)) = chunks.next().await {
            left = left.saturating_sub(chunk.len());
            if left == 0 {
                return false;
            }
        }
        true
    };
    // Whoever sends slowly is answered without.
    tokio::time::timeout(DRAINED_WITHIN, reading).await.unwrap_or(false)
}

async fn handle(
    request: &mut Request,
    endpoint: &Endpoint,
    method: &Method,
    body: Body,
) -> Result<Response, Refusal> {
    let _room = request.server.bodies.room(&sender(request), expected(request, endpoint, &body))?;
    let body = tokio::time::timeout(BODY_WITHIN, to_bytes(body, endpoint.largest_body)).await;
    let body =
        body.map_err(|_| Refusal::because(Code::BadRequest, "The body of the request took too long."))?;
    request.body = body.map_err(|_| Refusal::new(Code::TooLarge))?;
    if endpoint.face == Face::Console && !method.is_safe() {
        cookie::check_same_site(request)?;
    }
    request.intent = request.meaning(endpoint.face, method)?;
    if endpoint.page {
        request.waiting = waiting(request).await?;
    }
    let response = endpoint.run(request.clone()).await?;
    if let Some(permission) = endpoint.asks.permission().filter(|_| response.status().as_u16() < 400) {
        request.note_use(permission);
    }
    Ok(response)
}

/// Whoever a body is counted with: somebody, or an address.
fn sender(request: &Request) -> String {
    match &request.who {
        Some(who) => format!("{} {}", who.actor.snapshot().model().workspace, who.actor.id()),
        None => request.address.clone(),
    }
}

/// How many bytes a body may come to: what it says itself, or the most that is read.
fn expected(request: &Request, endpoint: &Endpoint, body: &Body) -> usize {
    let says = request.header(header::CONTENT_LENGTH).parse().unwrap_or(endpoint.largest_body);
    if body.is_end_stream() { 0 } else { says.min(endpoint.largest_body) }
}

/// The answer to a request that was not done: what it would do, where that was the question, or why not.
async fn refused(request: &mut Request, endpoint: &Endpoint, refusal: Refusal) -> Response {
    if endpoint.face == Face::Console && !endpoint.page {
        // A page comes after all, in place of a file or of the way to another page.
        request.waiting = waiting(request).await.unwrap_or_default();
    }
    match refusal {
        Refusal { foresight: Some(foresight), .. } if endpoint.face == Face::Console => {
            (request.server.pages.ask)(request, &foresight)
        }
        Refusal { foresight: Some(foresight), .. } => axum::Json(*foresight).into_response(),
        refusal => {
            let refusal = note(request, endpoint, refusal).await;
            refuse::render(request, endpoint, &refusal)
        }
    }
}

/// How many things wait for whoever asks, to be said by the menu of a page.
async fn waiting(request: &Request) -> Result<Vec<(Permission, i64)>, Refusal> {
    match &request.who {
        Some(who) => request.server.app.waiting(&who.actor).await,
        None => Ok(vec![]),
    }
}

/// An answer with what it takes to undo what was done.
fn done(request: &Request, face: Face, mut answer: Response) -> Response {
    match (request.receipt.undo(), face) {
        (Some(undo), Face::Console) => (request.server.pages.offering)(answer, &undo),
        (Some(undo), _) => {
            if let Ok(undo) = HeaderValue::from_str(&undo) {
                answer.headers_mut().insert("ringfence-undo", undo);
            }
            answer
        }
        (None, _) => answer,
    }
}

/// Finds out who asks, by the credentials that the face takes. Credentials for another workspace than the path's
/// are no credentials there.
async fn identify(request: &mut Request, face: Face) -> Result<(), Refusal> {
    let store = &request.server.app.store;
    let shown = match face {
        Face::Plain => None,
        Face::Rest | Face::AuthZen => bearer(request).map(str::to_owned),
        Face::Console => cookie::session(request).filter(|token| token.starts_with("rfs_")),
    };
    let Some(secret) = shown.filter(|secret| is_token(secret)) else { return Ok(()) };
    let hash = token_hash(&secret);
    let find = async {
        if secret.starts_with("rfs_") { store.by_session(&hash).await } else { store.by_token(&hash).await }
    };
    let found = lookups::find(&request.server.app, &request.caller(), request.slug(), &hash, find).await?;
    let Some(who) = found else { return Ok(()) };
    if !request.slug().is_empty() && request.slug() != who.workspace.slug {
        return Ok(());
    }
    request.workspace = Some(who.workspace.clone());
    request.who = Some(who);
    request.secret = Some(secret);
    Ok(())
}

/// Whether a text can be a token at all: what cannot is not looked up.
fn is_token(text: &str) -> bool {
    let bits = text.strip_prefix("rfs_").or_else(|| text.strip_prefix("rft_"));
    bits.is_some_and(|bits| bits.len() == 64 && bits.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The token of `Authorization: Bearer …` (RFC 6750).
fn bearer(request: &Request) -> Option<&str> {
    let (scheme, token) = request.header(header::AUTHORIZATION).split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// What the path names: what the endpoint decides about, else whatever thing it has in it.
fn named(request: &Request, endpoint: &Endpoint) -> Option<Noun> {
    match endpoint.asks {
        Asks::On(_, noun) => Some(noun),
        _ => Noun::KEPT.into_iter().find(|noun| request.path.contains_key(noun.word())),
    }
}

/// What was tried: what whoever asks was told that they lack, else what the endpoint asks for. An endpoint that changes
/// people out of those whom one sees asks only for seeing them, which is not what was tried there.
fn tried(endpoint: &Endpoint, refusal: &Refusal) -> &'static str {
    let lacking = refusal.permission.filter(|_| refusal.code == Code::Forbidden);
    match (lacking, endpoint.asks) {
        (Some(permission), _) => permission.name(),
        (None, Asks::List(Permission::UserRead)) if !endpoint.method.is_safe() => CHANGES_PEOPLE,
        (None, asks) => asks.permission().map_or(endpoint.path, |p| p.name()),
    }
}

/// Writes a refusal of somebody known into the audit log (ALL-06); of a flood of them, their number. Things that are
/// hidden and things that are not there are noted alike, so that not even the time taken tells them apart.
async fn note(request: &Request, endpoint: &Endpoint, refusal: Refusal) -> Refusal {
    let Some(who) = &request.who else { return refusal };
    if !refusal.code.is_noted() {
        return refusal;
    }
    let model = who.actor.snapshot().model();
    let (kind, id) = match named(request, endpoint) {
        Some(noun) => (noun.word(), request.param(noun.word()).parse().unwrap_or(0)),
        None => (Noun::Workspace.word(), 0_i64),
    };
    // A link's secret is for its reader alone, not for those of the log.
    let path = if request.path.contains_key("secret") { endpoint.path } else { request.uri.path() };
    let path: String = path.chars().take(KEPT_OF_PATH).collect();
    let detail = serde_json::json!({
        "reason": refusal.code.word(),
        "permission": refusal.permission,
        "request": format!("{} {path}", endpoint.method),
    });
    let act = Act::done(tried(endpoint, &refusal), kind, id, "").with(detail);
    match refusals::note(&request.server.app, model.workspace, &who.author(), act).await {
        Ok(()) => refusal,
        // What cannot be written down does not happen, not even a refusal.
        Err(error) => error,
    }
}

/// The headers that every answer carries (OWASP ASVS 5.0, V3.4).
async fn harden(mut response: Response) -> Response {
    const HEADERS: [(&str, &str); 7] = [
        (
            "content-security-policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; \
             connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; \
             base-uri 'none'",
        ),
        ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(self)"),
    ];
    for (name, value) in HEADERS {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response.into_response()
}
