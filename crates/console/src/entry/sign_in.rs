//! Signing in and out in the browser.

use std::sync::Arc;

use access::model::Standing;
use access::{Id, Noun};
use acts::entry::sign_in::{self, NewSession};
use acts::{Code, Refusal};
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use store::change::workspaces::WorkspaceRow;
use store::{Identity, Via};

use crate::entry::own_secret;
use crate::shell::frame::{csrf, path, wanted};
use crate::shell::languages::languages;
use ui::badge::Tone;
use ui::button::{self, Button, Kind};
use ui::form::{self, Field};
use ui::page::notice;
use ui::shell::{Document, Theme, bare};
use ui::sign_in::{DemoCompany, DemoPerson, demo_people, sign_in as sign_in_card};
use ui::text::{fill, in_words, later, said, t};
use web::cookie;
use web::input::{Form, Query};
use web::request::Request;

/// What the start page takes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Start {
    workspace: String,
}

/// The start page: to the only workspace, to the demo's, or a question which.
pub async fn start(request: Request, Query(start): Query<Start>) -> Result<Response, Refusal> {
    let slug = start.workspace.trim().to_lowercase();
    if !slug.is_empty() && request.server.app.store.workspace_by_slug(&slug).await?.is_some() {
        return Ok(Redirect::to(&format!("/w/{slug}")).into_response());
    }
    let all = request.server.app.store.workspaces().await?;
    if let [only] = all.as_slice() {
        return Ok(Redirect::to(&format!("/w/{}", only.slug)).into_response());
    }
    let demos: Vec<&WorkspaceRow> = all.iter().filter(|w| w.is_demo).collect();
    let wrong = (!slug.is_empty()).then_some(t("There is no workspace of that name here."));
    let about = Field::new("workspace", t("Workspace"))
        .hint(t("The name in its address, like acme."))
        .required()
        .error(wrong);
    let form = html! {
        form.form method="get" action="/" {
            (form::input(&about, form::Kind::Text, &slug))
            (button::submit(&Button::new(Kind::Primary, t("Go on"))))
        }
    };
    let companies = (!demos.is_empty()).then(|| {
        html! {
            section.card {
                header.card-head { div { h2 { (t("Demo companies")) } p.hint { (t("One for each published model of roles, with made-up people.")) } } }
                div.card-body { ul.links { @for demo in &demos {
                    li { a href={ "/w/" (demo.slug) } { strong { (demo.name) } " · " (preset_name(&demo.preset)) } }
                } } }
            }
        }
    });
    let document = Document { title: t("Choose a workspace"), theme: Theme::System, csrf: "" };
    let form = html! { (form) (languages("")) };
    Ok(bare(&document, sign_in_card(t("Choose a workspace"), form, companies)).into_response())
}

fn preset_name(key: &str) -> String {
    access::Preset::by_key(key).map_or_else(|| key.to_owned(), |p| p.name.clone())
}

/// What the sign-in page takes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    next: String,
    reason: String,
}

/// Why a session ended, by the word that the live stream sends along.
const ENDINGS: [(&str, &str); 4] = [
    ("reset", later("Your password is set. Sign in with it.")),
    ("banned", BANNED),
    ("deleted", later("Your account was deleted by an administrator of this workspace.")),
    ("ended", later("Your session has ended: you signed out, it ran out, or your password was reset.")),
];

const BANNED: &str = later("Your account is banned. Ask an administrator of this workspace.");

/// What the sign-in form sends.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Credentials {
    email: String,
    password: String,
    next: String,
    user: u32,
}

/// The sign-in page.
pub async fn show(request: Request, Query(asked): Query<Asked>) -> Result<Markup, Refusal> {
    let workspace = find(&request).await?;
    let reason = ENDINGS.iter().find(|(word, _)| *word == asked.reason).map(|(_, says)| t(says));
    page(&request, &workspace, &Credentials { next: asked.next, ..Credentials::default() }, None, reason)
        .await
}

/// Signs in. What is wrong is said on the page, with the email address still there.
pub async fn submit(request: Request, Form(credentials): Form<Credentials>) -> Result<Response, Refusal> {
    let workspace = find(&request).await?;
    let (app, caller) = (&request.server.app, request.caller());
    let tried =
        sign_in::with_password(app, &workspace, &credentials.email, &credentials.password, &caller).await;
    match tried {
        Ok(new) => Ok(enter(&request, &new, &credentials.next)),
        Err(refusal) if may_be_said(&refusal) => {
            let status = StatusCode::from_u16(refusal.code.status()).unwrap_or(StatusCode::UNAUTHORIZED);
            let page =
                page(&request, &workspace, &credentials, Some(&in_words(&refusal.message)), None).await?;
            Ok((status, page).into_response())
        }
        Err(refusal) => Err(refusal),
    }
}

/// Signs in as somebody of the demo, with a click; anywhere else there is no such page.
pub async fn as_demo_user(request: Request, Form(chosen): Form<Credentials>) -> Result<Response, Refusal> {
    let workspace = find(&request).await?;
    let absent = || Refusal::new(Code::NotFound);
    if !workspace.is_demo {
        return Err(absent());
    }
    let store = &request.server.app.store;
    let snapshot = store.snapshot(workspace.id).await?;
    let user = Id(chosen.user);
    snapshot.thing(Noun::User, user).ok_or_else(absent)?;
    if snapshot.model().users.get(&user).is_some_and(|user| user.standing == Standing::Banned) {
        let page = page(&request, &workspace, &chosen, Some(BANNED), None).await?;
        return Ok((StatusCode::UNAUTHORIZED, page).into_response());
    }
    let name = snapshot.model().label(user).to_owned();
    let new = sign_in::begin(&request.server.app, workspace.id, user, &name, &request.caller()).await?;
    Ok(enter(&request, &new, &chosen.next))
}

/// Signs out.
pub async fn sign_out(request: Request, who: Identity, _: ()) -> Result<Response, Refusal> {
    if let Via::Session(session) = who.via {
        let workspace = who.actor.snapshot().model().workspace;
        request.server.app.store.end_session(workspace, &who.author(), who.owner(), session).await?;
    }
    let gone = cookie::end(request.server.config.secure_cookies, request.slug());
    let to = format!("/w/{}/sign-in", request.slug());
    Ok(([(header::SET_COOKIE, gone)], Redirect::to(&to)).into_response())
}

/// Whether a refusal belongs beside the form, which asks once more.
pub(crate) fn may_be_said(refusal: &Refusal) -> bool {
    matches!(
        refusal.code,
        Code::WrongCredentials
            | Code::UnknownNumber
            | Code::WrongPin
            | Code::PinClosed
            | Code::Banned
            | Code::SecretExpired
            | Code::Invalid
            | Code::TooManyTries
            | Code::Busy
    )
}

/// The workspace that the path names.
pub(crate) async fn find(request: &Request) -> Result<Arc<WorkspaceRow>, Refusal> {
    request.named().await
}

/// The session's and the device's cookies, and on to where the person wanted to go: a page of this workspace and nothing else.
pub(crate) fn enter(request: &Request, new: &NewSession, next: &str) -> Response {
    let seconds = (new.expires_at - request.server.app.store.now()) / 1_000_000;
    let secure = request.server.config.secure_cookies;
    let cookie = cookie::begin(secure, request.slug(), &new.token, seconds);
    let to = match (new.temporary, wanted(request, next)) {
        (Some(_), next) => own_secret::address(request, next),
        (None, next) => next.map_or_else(|| path(request, ""), str::to_owned),
    };
    let device = cookie::remember_device(secure, &new.device);
    let cookies = AppendHeaders([(header::SET_COOKIE, cookie), (header::SET_COOKIE, device)]);
    (cookies, Redirect::to(&to)).into_response()
}

async fn page(
    request: &Request,
    workspace: &WorkspaceRow,
    typed: &Credentials,
    error: Option<&str>,
    reason: Option<&str>,
) -> Result<Markup, Refusal> {
    let base = format!("/w/{}", workspace.slug);
    let email = Field::new("email", t("Email address")).required().autocomplete("username");
    let password = Field::new("password", t("Password")).required().autocomplete("current-password");
    let form = html! {
        @if let Some(reason) = reason { (notice(Tone::Warn, html! { (reason) })) }
        @if let Some(error) = error { (notice(Tone::Bad, html! { (error) })) }
        form.form method="post" action={ (base) "/sign-in" } {
            input type="hidden" name="csrf" value=(csrf(request));
            input type="hidden" name="next" value=(typed.next);
            (form::input(&email, form::Kind::Email, &typed.email))
            (form::input(&password, form::Kind::Password, ""))
            (button::submit(&Button::new(Kind::Primary, t("Sign in"))))
        }
        p.hint { a href={ (base) "/forgot" } { (t("Forgot your password?")) } }
        p.hint { a href={ (base) "/mobile" } { (t("Sign in with a phone number and PIN")) } }
    };
    let demo = if workspace.is_demo { Some(people(request, workspace).await?) } else { None };
    let document = Document { title: t("Sign in"), theme: Theme::System, csrf: &csrf(request) };
    Ok(bare(&document, sign_in_card(&workspace.name, html! { (form) (languages(&typed.next)) }, demo)))
}

async fn people(request: &Request, workspace: &WorkspaceRow) -> Result<Markup, Refusal> {
    let snapshot = request.server.app.store.snapshot(workspace.id).await?;
    let model = snapshot.model();
    let rows: Vec<(String, &str, String)> = model
        .users
        .iter()
        .map(|(id, user)| {
            let units: Vec<&str> = user.units().map(|unit| model.label(unit)).collect();
            let role = said(model.label(user.role));
            let detail = [&[&*role][..], &units].concat().join(" · ");
            (id.to_string(), user.name.as_str(), detail)
        })
        .collect();
    let shown: Vec<DemoPerson<'_>> =
        rows.iter().take(24).map(|(id, name, detail)| DemoPerson { id, name, detail }).collect();
    let label = format!("{} · {}", workspace.name, preset_name(&workspace.preset));
    let company = DemoCompany { label: &label, people: &shown };
    let about =
        t("Made-up people, whom a click signs in. Where a page asks for their password, it is {password}.");
    let about = fill(about, &[("password", &sign_in::DEMO_PASSWORD)]);
    Ok(demo_people(&about, &[company], &format!("/w/{}/sign-in/demo", workspace.slug), &csrf(request)))
}
