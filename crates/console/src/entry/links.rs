//! The pages behind the links in mails (an invitation, a forgotten password), and the one that asks for such a mail.
//!
//! Looking at a link uses nothing up: mail programs do that by themselves. A link that is unknown, used, withdrawn or
//! out of time answers alike.

use acts::entry::links::{self, Guest};
use acts::entry::{invitations, resets};
use acts::{Code, Refusal};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use store::change::workspaces::WorkspaceRow;
use store::entry::links::Purpose;

use crate::entry::sign_in::{enter, find};
use crate::shell::frame::csrf;
use ui::badge::Tone;
use ui::button::{self, Button, Kind};
use ui::form::{self, Field};
use ui::page::notice;
use ui::shell::{Document, Theme, bare};
use ui::sign_in::sign_in as card;
use ui::text::{fill, in_words, t};
use web::input::Pairs;
use web::request::Request;

/// The page of an invitation.
pub async fn welcome(request: Request, _: ()) -> Result<Response, Refusal> {
    choose(&request, Purpose::Invitation, None).await
}

/// Sets the password that an invited person chose, and signs them in.
pub async fn accept(request: Request, typed: Pairs) -> Result<Response, Refusal> {
    let workspace = find(&request).await?;
    let (app, secret, caller) = (&request.server.app, request.param("secret"), request.caller());
    match invitations::accept(app, &workspace, secret, typed.raw("password"), &caller).await {
        Ok(new) => Ok(enter(&request, &new, "")),
        Err(refusal) => choose(&request, Purpose::Invitation, Some(refusal)).await,
    }
}

/// The page of a link that sets another password.
pub async fn reset(request: Request, _: ()) -> Result<Response, Refusal> {
    choose(&request, Purpose::Reset, None).await
}

/// Sets it; signing in with it is the next step.
pub async fn set_password(request: Request, typed: Pairs) -> Result<Response, Refusal> {
    let workspace = find(&request).await?;
    let (app, secret, caller) = (&request.server.app, request.param("secret"), request.caller());
    match resets::accept(app, &workspace, secret, typed.raw("password"), &caller).await {
        Ok(()) => {
            let to = format!("/w/{}/sign-in?reason=reset", workspace.slug);
            Ok(Redirect::to(&to).into_response())
        }
        Err(refusal) => choose(&request, Purpose::Reset, Some(refusal)).await,
    }
}

/// The form to choose a password with, or that the link is no longer good.
async fn choose(request: &Request, purpose: Purpose, refusal: Option<Refusal>) -> Result<Response, Refusal> {
    if let Some(refusal) = refusal.as_ref().filter(|r| !matches!(r.code, Code::Invalid | Code::NotFound)) {
        return Err(refusal.clone());
    }
    let workspace = find(request).await?;
    let (app, secret) = (&request.server.app, request.param("secret"));
    let guest = links::guest(app, &workspace, purpose, secret, &request.caller()).await?;
    let (status, title, main) = match (guest, &refusal) {
        (None, _) => (StatusCode::NOT_FOUND, t("This link is no longer good"), no_longer_good(&workspace)),
        (Some(guest), None) => {
            (StatusCode::OK, t("Choose a password"), password_form(request, purpose, &guest, None))
        }
        (Some(guest), Some(refusal)) => {
            let wrong = in_words(&refusal.message);
            let form = password_form(request, purpose, &guest, Some(&wrong));
            (StatusCode::UNPROCESSABLE_ENTITY, t("Choose a password"), form)
        }
    };
    Ok((status, [(header::CACHE_CONTROL, "no-store")], page(&workspace, title, main)).into_response())
}

fn page(workspace: &WorkspaceRow, title: &str, main: Markup) -> Markup {
    let document = Document { title, theme: Theme::System, csrf: "" };
    bare(&document, card(&workspace.name, html! { h2 { (title) } (main) }, None))
}

fn no_longer_good(workspace: &WorkspaceRow) -> Markup {
    let sign_in = format!("/w/{}/sign-in", workspace.slug);
    html! {
        p { (t("It was used already, was withdrawn or has run out. Ask whoever invited you for another one, or ask for another mail on the sign-in page.")) }
        (button::link(&Button::new(Kind::Plain, t("Sign in")), &sign_in))
    }
}

fn password_form(request: &Request, purpose: Purpose, guest: &Guest, wrong: Option<&str>) -> Markup {
    let greeting = match purpose {
        Purpose::Invitation => fill(
            t("Welcome, {name}. From now on you sign in with {email} and the password that you choose here."),
            &[("name", &guest.name), ("email", &guest.email)],
        ),
        Purpose::Reset => fill(
            t(
                "A new password for {email}. Every session of yours ends, API tokens stop working, and so does your PIN.",
            ),
            &[("email", &guest.email)],
        ),
    };
    let label = match purpose {
        Purpose::Invitation => t("Set the password and sign in"),
        Purpose::Reset => t("Set the password"),
    };
    let password = Field::new("password", t("Password"))
        .required()
        .autocomplete("new-password")
        .hint(t("At least 10 characters."))
        .error(wrong);
    html! {
        p { (greeting) }
        form.form method="post" action=(request.uri.path()) {
            input type="hidden" name="csrf" value=(csrf(request));
            input type="hidden" name="username" value=(guest.email) autocomplete="username";
            (form::input(&password, form::Kind::Password, ""))
            (button::submit(&Button::new(Kind::Primary, label)))
        }
    }
}

/// The page for whoever forgot their password.
pub async fn forgot(request: Request, _: ()) -> Result<Response, Refusal> {
    let workspace = find(&request).await?;
    let email = Field::new("email", t("Email address")).required().autocomplete("username");
    let main = html! {
        p { (t("You get a mail with a link that sets another password. It is good for one hour.")) }
        form.form method="post" action=(request.uri.path()) {
            input type="hidden" name="csrf" value=(csrf(&request));
            (form::input(&email, form::Kind::Email, ""))
            (button::submit(&Button::new(Kind::Primary, t("Send me a link"))))
        }
    };
    Ok(page(&workspace, t("Forgot your password?"), main).into_response())
}

/// Sends the mail, if there is anybody to send it to. The answer is given first, the same to everybody and as fast.
pub async fn ask(request: Request, typed: Pairs) -> Result<Response, Refusal> {
    let workspace = find(&request).await?;
    let caller = request.caller();
    let place = resets::admit(&request.server.app, &workspace, &caller).await?;
    let sign_in = format!("/w/{}/sign-in", workspace.slug);
    let main = html! {
        (notice(Tone::Good, html! { (t("If somebody signs in here with that address, a mail with a link is on its way to them. It is good for one hour.")) }))
        p { (t("Nothing came? Look into your spam folder, or ask an administrator of your workspace.")) }
        (button::link(&Button::new(Kind::Plain, t("Back to sign-in")), &sign_in))
    };
    let answer = page(&workspace, t("Look into your mail"), main).into_response();
    let (app, email) = (request.server.app.clone(), typed.get("email").to_owned());
    tokio::spawn(async move {
        if let Err(refusal) = resets::ask(&app, &workspace, &email, &caller, place).await {
            tracing::error!(reason = %refusal, "a forgotten password could not be looked after");
        }
    });
    Ok(answer)
}
