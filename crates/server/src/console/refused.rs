//! The pages that people see instead of what they asked for.

use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use workspace::{Code, Refusal};

use super::frame::{Frame, path};
use crate::endpoint::Endpoint;
use crate::request::Request;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Kind, link};
use crate::ui::empty::{NoPermission, empty, no_permission, not_found};
use crate::ui::icon::Icon;
use crate::ui::shell::{Document, Theme, bare as bare_document};
use crate::ui::toast::toast;

/// The answer to a refused page or form. A form that is open stays as it is and gets the message beside it, so
/// that nothing typed is lost.
pub fn page(request: &Request, endpoint: &Endpoint, refusal: &Refusal) -> Response {
    if request.headers.contains_key("hx-request") && !endpoint.method.is_safe() {
        let headers = [
            ("hx-retarget", "#toasts"),
            ("hx-reswap", "innerHTML"),
            ("hx-reselect", "unset"),
            ("hx-push-url", "false"),
        ];
        let message = html! { div data-field=[refusal.field.as_deref()] { (toast(Tone::Bad, &refusal.message, None)) } };
        return (headers, message).into_response();
    }
    if request.who.is_none() {
        return bare(refusal).into_response();
    }
    let (title, main) = explain(request, endpoint, refusal);
    Frame::new(request, title).around(main).into_response()
}

fn explain(request: &Request, endpoint: &Endpoint, refusal: &Refusal) -> (&'static str, Markup) {
    let home = path(request, "");
    let back = link(&Button::new(Kind::Plain, "Back to the start page"), &home);
    let asked = endpoint.asks.permission();
    match (refusal.code, refusal.permission) {
        (Code::NotFound, _) => ("Not found", not_found(Some(back))),
        (Code::Forbidden, Some(missing)) if asked == Some(missing) && endpoint.method.is_safe() => {
            let page = no_permission(
                &NoPermission {
                    page: "this page",
                    permission: missing.name(),
                    meaning: missing.entry().meaning,
                },
                Some(html! { (why(request, missing)) (back) }),
            );
            ("No permission", page)
        }
        _ => (refusal.code.title(), empty(Icon::Warning, refusal.code.title(), &refusal.message, Some(back))),
    }
}

/// A link to why, for whoever may ask why about themselves.
fn why(request: &Request, missing: access::Permission) -> Markup {
    let Some(who) = request.who.as_ref().filter(|w| w.actor.holds(access::Permission::AccessExplain)) else {
        return html! {};
    };
    let address = format!("/why?user={}&permission={}", who.actor.id(), missing.name());
    link(&Button::new(Kind::Primary, "Why?"), &path(request, &address))
}

/// The same for somebody who is not signed in, or where there is no page at all.
pub fn bare(refusal: &Refusal) -> Markup {
    let document = Document { title: refusal.code.title(), lang: "en", theme: Theme::System, csrf: "" };
    let start = link(&Button::new(Kind::Plain, "Start page"), "/");
    let main = match refusal.code {
        Code::NotFound => not_found(Some(start)),
        _ => empty(Icon::Warning, refusal.code.title(), &refusal.message, Some(start)),
    };
    bare_document(&document, main)
}
