//! The pages that people see instead of what they asked for.

use acts::{Code, Refusal};
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use crate::entry::elevation;
use crate::rights::ask;
use crate::shell::frame::{Frame, path};
use crate::shell::menu;
use ui::badge::Tone;
use ui::button::{Button, Kind, link};
use ui::empty::{NoPermission, empty, no_permission, not_found};
use ui::icon::Icon;
use ui::shell::{Document, Theme, bare as bare_document};
use ui::text::{capital, in_words, t};
use ui::toast;
use web::endpoint::Endpoint;
use web::request::Request;

/// The answer to a refused page or form. A form that is open stays as it is and gets the message beside it, so
/// that nothing typed is lost.
pub fn page(request: &Request, endpoint: &Endpoint, refusal: &Refusal) -> Response {
    if refusal.code == Code::PasswordNeeded {
        return elevation::ask(request);
    }
    if request.headers.contains_key("hx-request") && !endpoint.method.is_safe() {
        let headers = [
            ("hx-retarget", "#toasts"),
            ("hx-reswap", "innerHTML show:none"),
            ("hx-reselect", "[data-refused]"),
            ("hx-push-url", "false"),
        ];
        let said = capital(&in_words(&refusal.message));
        let toast = toast::offering(Tone::Bad, &said, &offer(request, endpoint, refusal));
        let message = html! { div data-refused data-field=[refusal.field.as_deref()] { (toast) } };
        return (headers, message).into_response();
    }
    if request.who.is_none() {
        return bare(refusal).into_response();
    }
    let (title, main) = explain(request, endpoint, refusal);
    Frame::new(request, title).around(html! { div data-refusal { (main) } }).into_response()
}

fn explain(request: &Request, endpoint: &Endpoint, refusal: &Refusal) -> (&'static str, Markup) {
    let back = way_back(request, endpoint);
    let asked = endpoint.asks.permission();
    match (refusal.code, refusal.permission) {
        (Code::NotFound, _) => (t("Not found"), not_found(Some(back))),
        (Code::Forbidden, Some(missing)) if asked == Some(missing) && endpoint.method.is_safe() => {
            let page = no_permission(
                &NoPermission {
                    page: page_name(request),
                    permission: missing.name(),
                    meaning: t(missing.entry().meaning),
                },
                Some(html! { (why(request, missing)) (ask::offer(request, endpoint.asks, missing)) (back) }),
            );
            (t("No permission"), page)
        }
        (_, Some(missing)) => {
            let actions = html! { (why(request, missing)) (offer(request, endpoint, refusal)) (back) };
            (
                t("Not done"),
                empty(
                    Icon::Lock,
                    t("Nothing was changed"),
                    &capital(&in_words(&refusal.message)),
                    Some(actions),
                ),
            )
        }
        _ if endpoint.method.is_safe() => (
            t(refusal.code.title()),
            empty(Icon::Warning, t(refusal.code.title()), &in_words(&refusal.message), Some(back)),
        ),
        _ => (
            t("Not done"),
            empty(Icon::Warning, t("Nothing was changed"), &capital(&in_words(&refusal.message)), Some(back)),
        ),
    }
}

/// The offer to ask for what is missing, where somebody could give it.
fn offer(request: &Request, endpoint: &Endpoint, refusal: &Refusal) -> Markup {
    let missing = refusal.permission.filter(|_| refusal.code == Code::Forbidden);
    html! { @if let Some(missing) = missing { (ask::offer(request, endpoint.asks, missing)) } }
}

/// What the menu calls the page, or the part of the console that it belongs to.
fn page_name(request: &Request) -> &'static str {
    let base = path(request, "");
    let below = request.uri.path().strip_prefix(&base).unwrap_or_default();
    let within = |item: &&menu::Item| {
        let rest = below.strip_prefix(item.path).filter(|_| !item.path.is_empty());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    menu::ITEMS
        .iter()
        .filter(within)
        .max_by_key(|item| item.path.len())
        .map_or_else(|| t("this page"), |item| t(item.label))
}

/// Back to the form that was refused, else to the start page.
fn way_back(request: &Request, endpoint: &Endpoint) -> Markup {
    let base = path(request, "");
    let from = request.header(header::REFERER).parse::<Uri>().ok().filter(|_| !endpoint.method.is_safe());
    let from = from.as_ref().and_then(Uri::path_and_query).filter(|from| from.path().starts_with(&base));
    match from {
        Some(from) => link(&Button::new(Kind::Plain, t("Back to the form")), from.as_str()),
        None => link(&Button::new(Kind::Plain, t("Back to the start page")), &base),
    }
}

/// A link to why, for whoever may ask why about themselves.
fn why(request: &Request, missing: access::Permission) -> Markup {
    let Some(who) = request.who.as_ref().filter(|w| w.actor.holds(access::Permission::AccessExplain)) else {
        return html! {};
    };
    let address = format!("/why?user={}&permission={}", who.actor.id(), missing.name());
    link(&Button::new(Kind::Primary, t("Why?")), &path(request, &address))
}

/// The same for somebody who is not signed in, or where there is no page at all.
pub fn bare(refusal: &Refusal) -> Markup {
    let document = Document { title: t(refusal.code.title()), theme: Theme::System, csrf: "" };
    let start = link(&Button::new(Kind::Plain, t("Start page")), "/");
    let main = match refusal.code {
        Code::NotFound => not_found(Some(start)),
        _ => empty(Icon::Warning, t(refusal.code.title()), &in_words(&refusal.message), Some(start)),
    };
    bare_document(&document, main)
}
