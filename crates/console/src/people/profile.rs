//! One's own page: record, access with the reason for each line, password, PIN, sessions, devices.

use access::{Permit, can};
use acts::Refusal;
use acts::entry::confirm::Confirmation;
use acts::entry::pin;
use acts::entry::tokens;
use acts::people::profile::{self, PasswordChange, ProfileChange};
use acts::people::users::UserView;
use acts::rights::user_access;
use axum::response::Redirect;
use maud::{Markup, html};
use store::{Identity, Via};

use crate::entry::signed_in;
use crate::rights::access_matrix::{self, Look};
use crate::rights::ask;
use crate::shell::frame::{Frame, csrf, done, path};
use crate::shell::parts;
use ui::badge::{Tone, badge};
use ui::button::{self, Button, Kind};
use ui::card::{card, facts};
use ui::form::{self, Field};
use ui::page::{PageHead, notice, page_head, split};
use ui::text::{fill, said, t};
use web::input::Pairs;
use web::request::{Request, over_oneself};

/// One's own page.
pub async fn show(request: Request, who: Identity, _: ()) -> Result<Markup, Refusal> {
    let app = &request.server.app;
    let me = profile::show(app, &who.actor).await?;
    // Whoever sees the workspace as somebody else sees neither that person's sessions nor forms for their secrets.
    let own = who.viewer.is_none();
    let sessions = if own { profile::sessions(app, &who.actor).await?.items } else { vec![] };
    let asked = if own {
        ask::own(&request, &who.actor).await?
    } else {
        html! {}
    };
    let tokens = if own { tokens::own(app, &who.actor).await?.items } else { vec![] };
    let devices =
        if own { profile::devices(app, &who.actor, &request.caller()).await?.items } else { vec![] };
    let digits = who.workspace.pin_digits;
    let lines = user_access::own(&who.actor);
    let held = lines.iter().filter(|line| !line.reaches.is_empty()).count();
    let why = who.actor.holds(access::Permission::AccessExplain);
    let why = why.then(|| path(&request, &format!("/why?user={}", who.actor.id())));
    let look = Look { id: "own", why: why.as_deref(), ..Look::default() };
    let hint = fill(
        t("{held} of {total} permissions. Unfold a group to see each with its reason."),
        &[("held", &held), ("total", &lines.len())],
    );
    let may_change = own && who.actor.holds(access::Permission::ProfileUpdate);
    let main = html! {
        @if own && who.by_pin_alone(app.store.now()) { (by_pin(&request)) }
        (page_head(&PageHead { title: t("Your profile"), subtitle: &me.email, badges: Some(badge(Tone::Accent, &said(&me.role.name))), ..PageHead::default() }))
        (split(
            html! {
                section.effective {
                    header.section-head { h2 { (t("What you may do")) } p.hint { (hint) } }
                    (access_matrix::show(&access_matrix::of_person(&lines), look))
                }
                (asked)
                @if own {
                    (signed_in::own_sessions(&request, &who, &sessions, tokens.len()))
                    (signed_in::own_tokens(&request, &tokens))
                    (signed_in::own_devices(&request, &devices))
                }
            },
            html! {
                (crate::lines::calling::own(&request, &who))
                @if may_change { (card(t("Your details"), "", None, details_form(&request, &me))) }
                (card(t("Your record"), t("Set by whoever manages users"), None, record(&me)))
                @if may_change {
                    (card(t("Password"), "", None, password_form(&request, tokens.len())))
                    (card(t("PIN"), t("Signs you in on a phone, with your phone number."), pin_state(&me), pin_form(&request, &me, digits)))
                }
            },
        ))
    };
    Ok(Frame::new(&request, t("Your profile")).around(main))
}

fn record(me: &UserView) -> Markup {
    let unit = |unit: &Option<acts::Ref>| unit.as_ref().map_or_else(|| "–".to_owned(), |u| u.name.clone());
    let text = |text: &str| if text.is_empty() { "–".to_owned() } else { text.to_owned() };
    let leads: Vec<&str> = me.leads.iter().map(|unit| unit.name.as_str()).collect();
    facts(&[
        (t("Email"), html! { (me.email) }),
        (t("Code"), html! { (text(&me.employee_code)) }),
        (t("Role"), html! { (said(&me.role.name)) }),
        (t("Department"), html! { (unit(&me.department)) }),
        (t("Branch"), html! { (unit(&me.branch)) }),
        (t("Leads"), html! { (text(&leads.join(", "))) }),
    ])
}

fn details_form(request: &Request, me: &UserView) -> Markup {
    let field = |name, label| Field::new(name, label).form("details");
    form::form(
        "details",
        &path(request, "/profile"),
        &csrf(request),
        html! {
            input type="hidden" name="revision" value=(me.revision);
            (form::input(&field("name", t("Name")).required().autocomplete("name"), form::Kind::Text, &me.name))
            (form::input(&field("phone", t("Phone")).autocomplete("tel").hint(t("In international form, like +442079460123.")), form::Kind::Phone, &me.phone))
            (parts::language_field("details", me.language))
            (form::form_actions(button::submit(&Button::new(Kind::Primary, t("Save")))))
        },
    )
}

/// Said on top, where a PIN opened the session.
fn by_pin(request: &Request) -> Markup {
    let says = t("You signed in with a PIN. What administers the workspace asks for your password first.");
    notice(
        Tone::Neutral,
        html! { (says) " " a href=(path(request, "/elevate")) { (t("Type your password")) } },
    )
}

fn password_form(request: &Request, tokens: usize) -> Markup {
    let field = |name, label| Field::new(name, label).required().form("password");
    form::form(
        "password",
        &path(request, "/profile/password"),
        &csrf(request),
        html! {
            (form::input(&field("current", t("Present password")).autocomplete("current-password"), form::Kind::Password, ""))
            (form::input(&field("new", t("New password")).autocomplete("new-password").hint(t("At least 10 characters, hard to guess. Your other sessions end.")), form::Kind::Password, ""))
            (signed_in::revoke_box("password", tokens))
            (form::form_actions(button::submit(&Button::new(Kind::Primary, t("Change password")))))
        },
    )
}

fn pin_state(me: &UserView) -> Option<Markup> {
    match (me.has_pin, me.pin_closed) {
        (true, true) => Some(badge(Tone::Warn, t("closed on new devices"))),
        (true, false) => Some(badge(Tone::Good, t("set"))),
        (false, _) => None,
    }
}

fn pin_form(request: &Request, me: &UserView, digits: i64) -> Markup {
    if me.phone.is_empty() {
        return html! { p.quiet-text { (t("Save your phone number first: it is what you sign in with.")) } };
    }
    let field = |name, label| Field::new(name, label).required().form("pin");
    let hint = fill(t("{n} digits, nothing easy such as 1234 or a year."), &[("n", &digits)]);
    form::form(
        "pin",
        &path(request, "/profile/pin"),
        &csrf(request),
        html! {
            @if me.pin_closed {
                (notice(Tone::Warn, html! { (t("PIN sign-in is closed on new devices until you sign in with your password: there were too many wrong PINs in a row.")) }))
            }
            (form::input(&field("current", t("Present password")).autocomplete("current-password"), form::Kind::Password, ""))
            (form::pin(&field("pin", t("New PIN")).autocomplete("off").hint(&hint), digits))
            (form::form_actions(button::submit(&Button::new(Kind::Primary, t("Set PIN")))))
        },
    )
}

/// Saves one's own name, phone number and language.
pub async fn save(
    request: Request,
    permit: Permit<can::ProfileUpdate>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let permit = over_oneself(&permit)?;
    let edit = ProfileChange {
        name: Some(typed.get("name").to_owned()),
        phone: Some(typed.get("phone").to_owned()),
        language: Some(parts::chosen_language(&typed)?),
        revision: typed.get("revision").parse().ok(),
    };
    profile::update(&request.server.app, &permit, &request.author(), edit).await?;
    Ok(done(&request, "/profile", "saved"))
}

/// Changes one's own password; every other session ends.
pub async fn change_password(
    request: Request,
    permit: Permit<can::ProfileUpdate>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let permit = over_oneself(&permit)?;
    let passwords = PasswordChange {
        current: typed.raw("current").into(),
        new: typed.raw("new").into(),
        revoke_tokens: revokes(&typed),
    };
    let keep = match request.identity()?.via {
        Via::Session(session) => Some(session),
        Via::Token(_) => None,
    };
    profile::change_password(&request.server.app, &permit, &request.author(), passwords, keep).await?;
    Ok(done(&request, "/profile", "password"))
}

/// Whether the box that revokes one's tokens is ticked.
fn revokes(typed: &Pairs) -> bool {
    typed.get("revoke_tokens") == "yes"
}

/// Revokes one of one's own API tokens.
pub async fn revoke_token(request: Request, who: Identity, _: ()) -> Result<Redirect, Refusal> {
    let token = request.id("api_token")?;
    tokens::revoke_own(&request.server.app, &who.actor, &request.author(), token.0).await?;
    Ok(done(&request, "/profile", "revoked"))
}

/// Sets one's own PIN.
pub async fn set_pin(
    request: Request,
    permit: Permit<can::ProfileUpdate>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let permit = over_oneself(&permit)?;
    let confirmation = Confirmation { field: "current", ..request.confirmation(Some(typed.raw("current"))) };
    let (app, author) = (&request.server.app, request.author());
    pin::set_own(app, &permit, &author, typed.get("pin"), &confirmation).await?;
    Ok(done(&request, "/profile", "pin"))
}

/// Forgets one of one's own devices.
pub async fn forget_device(request: Request, who: Identity, _: ()) -> Result<Redirect, Refusal> {
    let device = request.id("device")?;
    profile::forget_device(&request.server.app, &who.actor, &request.author(), device.0).await?;
    Ok(done(&request, "/profile", "device"))
}

/// Ends one of one's own sessions.
pub async fn end_session(request: Request, who: Identity, _: ()) -> Result<Redirect, Refusal> {
    let session = request.id("session")?;
    profile::end_session(&request.server.app, &who.actor, &request.author(), session.0).await?;
    Ok(done(&request, "/profile", "session"))
}

/// Ends all of one's own sessions but this one.
pub async fn end_other_sessions(request: Request, who: Identity, typed: Pairs) -> Result<Redirect, Refusal> {
    let app = &request.server.app;
    let keep = match who.via {
        Via::Session(session) => Some(session),
        Via::Token(_) => None,
    };
    profile::end_other_sessions(app, &who.actor, &request.author(), keep, revokes(&typed)).await?;
    Ok(done(&request, "/profile", "sessions"))
}
