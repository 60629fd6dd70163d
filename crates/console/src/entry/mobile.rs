//! Signing in on a phone: phone number and PIN, on a page that needs no script (CLY-04, CLY-05).

use acts::Refusal;
use acts::entry::sign_in;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use store::change::workspaces::WorkspaceRow;

use crate::entry::sign_in::{enter, find, may_be_said};
use crate::shell::frame::path;
use crate::shell::languages::languages;
use ui::badge::Tone;
use ui::button::{self, Button, Kind};
use ui::form::{self, Field};
use ui::page::notice;
use ui::shell::{Document, Theme, bare};
use ui::sign_in::sign_in as sign_in_card;
use ui::text::{in_words, t};
use web::input::{Form, Query};
use web::request::Request;

/// What the form sends.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Typed {
    phone: String,
    pin: String,
    next: String,
}

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    next: String,
}

/// The page.
pub async fn show(request: Request, Query(asked): Query<Asked>) -> Result<Markup, Refusal> {
    let workspace = find(&request).await?;
    Ok(page(&request, &workspace, &Typed { next: asked.next, ..Typed::default() }, None))
}

/// Signs in. What is wrong is said on the page, with the phone number still there.
pub async fn submit(request: Request, Form(typed): Form<Typed>) -> Result<Response, Refusal> {
    let workspace = find(&request).await?;
    let (app, caller) = (&request.server.app, request.caller());
    match sign_in::with_pin(app, &workspace, &typed.phone, &typed.pin, &caller).await {
        Ok(new) => Ok(enter(&request, &new, &typed.next)),
        Err(refusal) if may_be_said(&refusal) => {
            let status = StatusCode::from_u16(refusal.code.status()).unwrap_or(StatusCode::UNAUTHORIZED);
            Ok((status, page(&request, &workspace, &typed, Some(&refusal))).into_response())
        }
        Err(refusal) => Err(refusal),
    }
}

fn page(request: &Request, workspace: &WorkspaceRow, typed: &Typed, refusal: Option<&Refusal>) -> Markup {
    let says = refusal.map(|refusal| in_words(&refusal.message));
    let at =
        |field: &str| says.as_deref().filter(|_| refusal.is_some_and(|r| r.field.as_deref() == Some(field)));
    let whole = says.as_deref().filter(|_| refusal.is_some_and(|r| r.field.is_none()));
    let phone = Field::new("phone", t("Phone number"))
        .hint(t("In international form, like +442079460123."))
        .required()
        .autocomplete("username")
        .error(at("phone"));
    let pin = Field::new("pin", t("PIN")).required().autocomplete("current-password").error(at("pin"));
    let form = html! {
        @if let Some(whole) = whole { (notice(Tone::Bad, html! { (whole) })) }
        form.form method="post" action=(path(request, "/mobile")) {
            input type="hidden" name="next" value=(typed.next);
            (form::input(&phone, form::Kind::Phone, &typed.phone))
            (form::pin(&pin, workspace.pin_digits))
            (button::submit(&Button::new(Kind::Primary, t("Sign in"))))
        }
        p.hint { (t("If you forgot your PIN, ask an administrator for a new one.")) }
        p.hint { a href=(path(request, "/sign-in")) { (t("Sign in with an email address and password")) } }
        (languages(&typed.next))
    };
    let document = Document { title: t("Sign in"), theme: Theme::System, csrf: "" };
    bare(&document, sign_in_card(&workspace.name, form, None))
}
