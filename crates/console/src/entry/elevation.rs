//! The password in a session that a PIN opened: asked for once, before the first thing that administers.

use acts::Refusal;
use acts::entry::elevation;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use store::Identity;

use crate::shell::frame::{Frame, came_from, csrf, path, wanted};
use crate::shell::paging::with;
use crate::shell::parts::own_password;
use ui::badge::Tone;
use ui::button::{self, Button, Kind};
use ui::card::card;
use ui::dialog;
use ui::form;
use ui::page::{PageHead, page_head};
use ui::text::t;
use ui::toast::toast;
use web::input::Pairs;
use web::request::Request;

/// The page with the form, where the password is needed at all.
pub async fn show(request: Request, who: Identity, _: ()) -> Result<Markup, Refusal> {
    let asks = who.by_pin_alone(request.server.app.store.now());
    Ok(if asks { page(&request) } else { counts_already(&request) })
}

/// Said in a session in which the password counts, with the way on.
fn counts_already(request: &Request) -> Markup {
    let title = t("No password is needed");
    let on = came_from(request).unwrap_or_else(|| path(request, ""));
    let says = t("This session does not rest on a PIN alone: nothing asks for your password first.");
    let main = html! {
        (page_head(&PageHead { title, subtitle: says, ..PageHead::default() }))
        (button::link(&Button::new(Kind::Primary, t("Go on")), &on))
    };
    Frame::new(request, title).around(main)
}

/// The form in place of an act that needs the password first. With scripts it opens over the page.
pub fn ask(request: &Request) -> Response {
    if !request.headers.contains_key("hx-request") {
        return page(request).into_response();
    }
    let headers = [
        ("hx-retarget", "#ask"),
        ("hx-reswap", "innerHTML show:none"),
        ("hx-reselect", "#elevate"),
        ("hx-push-url", "false"),
    ];
    let body = form_of(request, true, dialog::cancel("elevate"));
    (headers, dialog::dialog("elevate", t("Your password first"), true, body)).into_response()
}

fn page(request: &Request) -> Markup {
    let title = t("Your password first");
    let back = came_from(request).unwrap_or_else(|| path(request, ""));
    let cancel = button::link(&Button::new(Kind::Plain, t("Cancel")), &back);
    let main = html! {
        (page_head(&PageHead { title, ..PageHead::default() }))
        (card(t("Password"), "", None, form_of(request, false, cancel)))
    };
    Frame::new(request, title).around(main)
}

fn form_of(request: &Request, over_page: bool, cancel: Markup) -> Markup {
    let why = t(
        "You signed in with a PIN. People, roles, numbers, settings and the plan ask for your password, which then counts for a quarter of an hour. Nothing has been changed yet.",
    );
    let next = came_from(request).unwrap_or_default();
    let body = html! {
        p { (why) }
        input type="hidden" name="next" value=(next);
        @if over_page { input type="hidden" name=(OVER) value="1"; }
        (own_password("elevate"))
        (form::form_actions(html! { (cancel) (button::submit(&Button::new(Kind::Primary, t("Go on")))) }))
    };
    form::form("elevate-form", &path(request, "/elevate"), &csrf(request), body)
}

/// Says that the form stands over a page, which stays as it is with everything that is typed there.
const OVER: &str = "over";

/// Takes the password, and leads back to where it was asked for; over a page, to what is open there.
pub async fn submit(request: Request, who: Identity, typed: Pairs) -> Result<Response, Refusal> {
    let confirmation = request.confirmation(Some(typed.raw("password")));
    elevation::lift(&request.server.app, &who, &confirmation).await?;
    if typed.get(OVER) == "1" && request.headers.contains_key("hx-request") {
        let headers = [
            ("hx-retarget", "#toasts"),
            ("hx-reswap", "innerHTML show:none"),
            ("hx-reselect", "[data-toast]"),
            ("hx-push-url", "false"),
        ];
        let said = t("Your password counts for a quarter of an hour. Do now what asked for it.");
        return Ok((headers, toast(Tone::Good, said, None)).into_response());
    }
    let home = path(&request, "");
    let next = wanted(&request, typed.get("next")).unwrap_or(&home);
    Ok(Redirect::to(&with(next, "done", "lifted")).into_response())
}
