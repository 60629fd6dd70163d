//! The console's session cookie, and the checks that a change comes from a page of ours.

use acts::kernel::language::Language;
use acts::{Code, Refusal};
use axum::http::header;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::multipart;
use crate::request::Request;

/// The cookie of a workspace's session: one for each workspace, so that one browser can be in several.
///
/// `__Host-` makes browsers insist on `Secure`, the path `/` and no domain (RFC 6265bis, 4.1.3.2).
fn name(secure: bool, slug: &str) -> String {
    if secure { format!("__Host-ringfence-{slug}") } else { format!("ringfence-{slug}") }
}

/// The session token in the request's cookie for the workspace in its path.
pub fn session(request: &Request) -> Option<String> {
    named(request, &name(request.server.config.secure_cookies, request.slug()))
}

/// The device's secret, which the browser keeps for all workspaces alike.
pub fn device(request: &Request) -> Option<String> {
    named(request, device_name(request.server.config.secure_cookies))
}

const fn device_name(secure: bool) -> &'static str {
    if secure { "__Host-device" } else { "device" }
}

/// The `Set-Cookie` that lets the browser be known at the next sign-in. It opens nothing.
pub fn remember_device(secure: bool, device: &str) -> String {
    let secure_word = if secure { "; Secure" } else { "" };
    let (name, seconds) = (device_name(secure), 400 * 86_400);
    format!("{name}={device}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure_word}")
}

fn named(request: &Request, wanted: &str) -> Option<String> {
    let cookies = request.headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let mut pairs = cookies.flat_map(|v| v.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == wanted).map(|(_, value)| value.to_owned())
}

/// The `Set-Cookie` that begins a session in the browser.
pub fn begin(secure: bool, slug: &str, token: &str, seconds: i64) -> String {
    let secure_word = if secure { "; Secure" } else { "" };
    let name = name(secure, slug);
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure_word}")
}

/// The `Set-Cookie` that ends it.
pub fn end(secure: bool, slug: &str) -> String {
    begin(secure, slug, "", 0)
}

/// The cookie of the language that was chosen before anybody signed in. It holds no secret.
const LANGUAGE: &str = "ringfence-language";

/// The language that this browser chose before anybody signed in.
pub fn language(request: &Request) -> Option<Language> {
    named(request, LANGUAGE).and_then(|code| Language::of(&code))
}

/// The `Set-Cookie` that keeps such a choice for a year.
pub fn keep_language(secure: bool, language: Language) -> String {
    let secure_word = if secure { "; Secure" } else { "" };
    format!("{LANGUAGE}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000{secure_word}", language.code())
}

/// What forms of a session carry to show that they came from a page of ours: derived from the session's secret.
pub fn csrf(secret: &str) -> String {
    let hash = Sha256::new().chain_update("ringfence csrf ").chain_update(secret).finalize();
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The same for whoever asks; empty before anybody is signed in. While somebody sees the workspace as another user it
/// is another one, so that no form of a page made for one of the two is taken from the other.
pub fn csrf_of(request: &Request) -> String {
    let Some(secret) = &request.secret else { return String::new() };
    match request.who.as_ref().filter(|who| who.viewer.is_some()) {
        None => csrf(secret),
        Some(who) => csrf(&format!("{secret} as {}", who.actor.id())),
    }
}

/// Refuses a change that another site's page could have sent: by `Sec-Fetch-Site` or `Origin`, and, once somebody
/// is signed in, by the token that only our pages know.
pub fn check_same_site(request: &Request) -> Result<(), Refusal> {
    let refused = || Refusal::new(Code::CrossSite);
    let text = |name: &str| request.headers.get(name).and_then(|v| v.to_str().ok());
    let same_site = match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin.split_once("://").is_some_and(|(_, host)| host == request.host()),
        (None, None) => true,
    };
    if !same_site {
        return Err(refused());
    }
    if request.secret.is_none() {
        return Ok(());
    }
    let sent = text("x-csrf-token").map(str::to_owned).or_else(|| form_token(request)).unwrap_or_default();
    let right: bool = sent.as_bytes().ct_eq(csrf_of(request).as_bytes()).into();
    if right { Ok(()) } else { Err(refused()) }
}

fn form_token(request: &Request) -> Option<String> {
    if let Some(parts) = multipart::parts(request.header(header::CONTENT_TYPE), &request.body) {
        let token = parts.into_iter().find(|part| part.name == "csrf")?;
        return String::from_utf8(token.bytes.to_vec()).ok();
    }
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(&request.body).ok()?;
    pairs.into_iter().find(|(key, _)| key == "csrf").map(|(_, value)| value)
}
