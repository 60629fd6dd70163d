//! What one is signed in with, on one's own page: sessions, API tokens, known devices.

use acts::entry::tokens::TokenView;
use acts::people::profile::{DeviceView, SessionView};
use maud::{Markup, html};
use store::{Identity, Via};

use crate::shell::frame::{csrf, path};
use crate::shell::parts;
use ui::badge::{Tone, badge};
use ui::button::{self, Button, Kind};
use ui::card::card;
use ui::datetime::Show;
use ui::form::{self, Field};
use ui::text::{count, fill, t, weave};
use web::request::Request;

/// Where one is signed in.
pub fn own_sessions(request: &Request, who: &Identity, sessions: &[SessionView], tokens: usize) -> Markup {
    let others = sessions.iter().any(|session| !is_this(who, session));
    let button =
        Button::new(Kind::Plain, t("Sign out others")).confirm(t("End every session of yours but this one?"));
    let out = html! {
        @if others {
            (form::form("end-sessions", &path(request, "/profile/sessions/end"), &csrf(request), html! {
                (revoke_box("end-sessions", tokens))
                (form::form_actions(button::submit(&button)))
            }))
        }
    };
    let line = |session: &SessionView| {
        let end = format!("/profile/sessions/{}/end", session.id);
        html! {
            div.grant id={ "session-" (session.id) } {
                div.grant-head {
                    div.setting-text {
                        strong { (agent(&session.agent)) }
                        p.hint { (weave(t("Since {since}, last used {used}"), &[
                            ("since", parts::when(session.created_at, Show::DateTime)), ("used", parts::when(session.last_seen_at, Show::DateTime)),
                        ])) }
                    }
                    @if session.by_pin { (badge(Tone::Neutral, t("PIN"))) }
                    @if is_this(who, session) { (badge(Tone::Good, t("this one"))) }
                    @else { (button::post(&Button::new(Kind::Quiet, t("End")), &path(request, &end), &csrf(request))) }
                }
            }
        }
    };
    card(
        t("Sessions"),
        t("Where you are signed in"),
        None,
        html! { @for session in sessions { (line(session)) } (out) },
    )
}

fn is_this(who: &Identity, session: &SessionView) -> bool {
    matches!(who.via, Via::Session(id) if id.0 == session.id)
}

/// What acts for one without signing in.
pub fn own_tokens(request: &Request, tokens: &[TokenView]) -> Markup {
    let revoke = |token: &TokenView| {
        let question =
            fill(t("Revoke “{name}”? Whatever uses it stops working at once."), &[("name", &token.name)]);
        let button = Button::new(Kind::Quiet, t("Revoke")).confirm(&question);
        let action = path(request, &format!("/profile/tokens/{}/revoke", token.id));
        button::post(&button, &action, &csrf(request))
    };
    let lines = html! {
        @for token in tokens {
            div.grant id={ "own-token-" (token.id) } {
                div.grant-head {
                    div.setting-text {
                        strong { (token.name) }
                        p.hint { (weave(t("Last used {when}"), &[("when", parts::when_or(token.last_used_at, t("never")))])) }
                    }
                    (revoke(token))
                }
            }
        }
    };
    let hint =
        t("Programs that act for you. They go on when you change your password, until they are revoked.");
    html! { @if !tokens.is_empty() { (card(t("Your API tokens"), hint, None, lines)) } }
}

/// The browsers and phones that one signed in on.
pub fn own_devices(request: &Request, devices: &[DeviceView]) -> Markup {
    let forget = |device: &DeviceView| {
        let button = Button::new(Kind::Quiet, t("Forget"));
        button::post(
            &button,
            &path(request, &format!("/profile/devices/{}/forget", device.id)),
            &csrf(request),
        )
    };
    let hint = t("You signed in here before: strangers who guess your password do not lock these out.");
    let lines = html! {
        @for device in devices {
            div.grant id={ "device-" (device.id) } {
                div.grant-head {
                    div.setting-text {
                        strong { (agent(&device.agent)) }
                        p.hint { (weave(t("Last signed in {when}"), &[("when", parts::when(device.last_seen_at, Show::DateTime))])) }
                    }
                    @if device.is_this { (badge(Tone::Good, t("this one"))) }
                    (forget(device))
                }
            }
        }
        @if devices.is_empty() { p.quiet-text { (t("None. The next sign-in is remembered.")) } }
    };
    card(t("Known devices"), hint, None, lines)
}

/// The box that revokes one's API tokens as well, with how many stay without it; none where there are none.
pub fn revoke_box(form: &str, tokens: usize) -> Markup {
    let tokens = i64::try_from(tokens).unwrap_or(i64::MAX);
    let hint = count(
        tokens,
        "Without it, your {n} API token goes on working.",
        "Without it, your {n} API tokens go on working.",
    );
    let field = Field::new("revoke_tokens", t("Also revoke my API tokens")).form(form).hint(&hint);
    html! { @if tokens > 0 { (form::checkbox(&field, "yes", false)) } }
}

/// The browser and system that a `User-Agent` header names; the header itself where it names none that we know.
fn agent(text: &str) -> String {
    let found = |names: &[(&str, &'static str)]| {
        names.iter().find(|(word, _)| text.contains(word)).map(|(_, name)| *name)
    };
    let browser = found(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = found(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => {
            fill(t("{browser} on {system}"), &[("browser", &browser), ("system", &system)])
        }
        (Some(browser), None) => browser.to_owned(),
        _ if text.is_empty() => t("Unnamed client").to_owned(),
        _ => text.chars().take(80).collect(),
    }
}

#[cfg(test)]
mod tests {
    use crate::entry::signed_in::agent;

    #[test]
    fn a_session_is_called_by_its_browser_and_system() {
        let edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";
        assert_eq!(agent(edge), "Edge on Windows");
        assert_eq!(
            agent("Mozilla/5.0 (iPhone; CPU OS 18 like Mac OS X) Version/18 Safari/604.1"),
            "Safari on iPhone"
        );
        assert_eq!(agent("softphone 3"), "softphone 3");
        assert_eq!(agent(""), "Unnamed client");
    }
}
