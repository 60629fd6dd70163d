//! The page on which somebody replaces the temporary password or PIN that they signed in with by one of their own. In
//! such a session every other page leads here.

use acts::entry::pin;
use acts::people::profile;
use acts::{Code, Refusal};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use store::Identity;
use store::change::secrets::Secret;

use crate::shell::frame::{csrf, path, wanted};
use crate::shell::languages::languages;
use crate::shell::paging;
use ui::button::{self, Button, Kind};
use ui::form::{self, Field};
use ui::shell::{Document, Theme, bare};
use ui::sign_in::sign_in as card;
use ui::text::{fill, in_words, t};
use web::input::{Pairs, Query};
use web::request::Request;

/// Where the page is, below the workspace's address.
pub const PATH: &str = "/own-secret";

/// The page's address, with the page that was wanted before it.
pub fn address(request: &Request, next: Option<&str>) -> String {
    let home = path(request, "");
    let next = next.filter(|next| *next != home).unwrap_or_default();
    paging::address(&path(request, PATH), &[("next", next)])
}

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    next: String,
}

/// The page; whoever has replaced it already goes on to where they wanted to go.
pub async fn show(request: Request, who: Identity, Query(asked): Query<Asked>) -> Result<Response, Refusal> {
    match who.temporary {
        Some(secret) => Ok(page(&request, &who, (secret, None), &asked.next).into_response()),
        None => Ok(Redirect::to(&on(&request, &asked.next)).into_response()),
    }
}

/// The page that was wanted, else the start page.
fn on(request: &Request, next: &str) -> String {
    wanted(request, next).map_or_else(|| path(request, ""), str::to_owned)
}

/// Replaces it. What is wrong with the new one is said on the page.
pub async fn replace(request: Request, who: Identity, typed: Pairs) -> Result<Response, Refusal> {
    let app = &request.server.app;
    let Some(secret) = who.temporary else {
        return Ok(Redirect::to(&on(&request, typed.get("next"))).into_response());
    };
    let author = request.author();
    let (replaced, word) = match secret {
        Secret::Pin => (pin::replace_temporary(app, &who, &author, typed.get("pin")).await, "pin"),
        _ => (profile::replace_temporary_password(app, &who, &author, typed.raw("new")).await, "password"),
    };
    match replaced {
        Ok(()) => {
            let on = on(&request, typed.get("next"));
            Ok(Redirect::to(&paging::with(&on, "done", word)).into_response())
        }
        Err(refusal) if refusal.code == Code::Invalid => {
            let wrong = in_words(&refusal.message);
            let page = page(&request, &who, (secret, Some(&wrong)), typed.get("next"));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(refusal) => Err(refusal),
    }
}

/// The page, with what is wrong with what was typed.
fn page(request: &Request, who: &Identity, (secret, wrong): (Secret, Option<&str>), next: &str) -> Markup {
    let csrf = csrf(request);
    let title = match secret {
        Secret::Pin => t("Choose your own PIN"),
        _ => t("Choose your own password"),
    };
    let user = who.actor.snapshot().model().users.get(&who.actor.id());
    let (name, email) = user.map_or(("", ""), |user| (user.name.as_str(), user.email.as_str()));
    let main = html! {
        h2 { (title) }
        p { (fill(t("You are signed in as {name} with something that others know too. Choose what only you know, and go on."), &[("name", &name)])) }
        form.form method="post" action=(path(request, PATH)) {
            input type="hidden" name="csrf" value=(csrf);
            input type="hidden" name="next" value=(next);
            input type="hidden" name="username" value=(email) autocomplete="username";
            (field(who, secret, wrong))
            (button::submit(&Button::new(Kind::Primary, t("Save and go on"))))
        }
        (button::post(&Button::new(Kind::Quiet, t("Sign out")), &path(request, "/sign-out"), &csrf))
        (languages(next))
    };
    bare(&Document { title, theme: Theme::System, csrf: &csrf }, card(&who.workspace.name, main, None))
}

fn field(who: &Identity, secret: Secret, wrong: Option<&str>) -> Markup {
    match secret {
        Secret::Pin => {
            let digits = who.workspace.pin_digits;
            let hint = fill(t("{n} digits, nothing easy such as 1234 or a year."), &[("n", &digits)]);
            let pin = Field::new("pin", t("New PIN")).required().autocomplete("off").hint(&hint).error(wrong);
            form::pin(&pin, digits)
        }
        _ => {
            let new = Field::new("new", t("New password")).required().autocomplete("new-password");
            let new =
                new.hint(t("At least 10 characters, hard to guess. Your other sessions end.")).error(wrong);
            form::input(&new, form::Kind::Password, "")
        }
    }
}
