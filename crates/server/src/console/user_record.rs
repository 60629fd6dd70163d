//! One user's record, and the dangerous acts on their account.

use access::model::UnitKind;
use access::{Permission, Permit, can};
use axum::response::{Redirect, Response};
use maud::{Markup, html};
use workspace::language::Language;
use workspace::users::{self, UserChange, UserView};
use workspace::{Code, Refusal, pin};

use super::frame::{Frame, csrf, done, path, shown_at};
use super::parts;
use super::user::Page;
use crate::input::Pairs;
use crate::request::Request;
use crate::ui::button::{self, Button, Kind};
use crate::ui::card::{card, facts};
use crate::ui::datetime::Show;
use crate::ui::form::{self, Field};
use crate::ui::page::{Crumb, PageHead, page_head, split};
use crate::ui::secret::secret;
use crate::ui::segmented::setting;
use crate::ui::text::{fill, said, t};

/// The record: to edit for those who may, to read for the others.
pub async fn show(request: Request, permit: Permit<can::UserRead>, _: ()) -> Result<Markup, Refusal> {
    let page = Page::of(&request, &permit).await?;
    let user = &page.user;
    let account = facts(&[
        (t("Added"), parts::when(user.created_at, Show::Date)),
        (t("Last seen"), parts::when_or(user.last_seen_at, t("never"))),
        (t("Role"), html! { (said(&user.role.name)) }),
        (
            t("Leads"),
            html! { (or_dash(&user.leads.iter().map(|u| u.name.as_str()).collect::<Vec<_>>().join(", "))) },
        ),
    ]);
    let record = if page.may(Permission::UserUpdate) { edit(&page) } else { read_only(&page) };
    let body = split(record, html! { (card(t("Account"), "", None, account)) (dangerous(&page)) });
    Ok(page.around("record", body))
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "–" } else { text }
}

/// The lead cap as text; empty where there is none.
fn cap(user: &UserView) -> String {
    user.lead_cap.map(|cap| cap.to_string()).unwrap_or_default()
}

fn read_only(page: &Page<'_>) -> Markup {
    let user = &page.user;
    let unit = |unit: &Option<workspace::Ref>| unit.as_ref().map_or("–", |u| u.name.as_str()).to_owned();
    let line = |text: &str| html! { (or_dash(text)) };
    let facts = facts(&[
        (t("Name"), line(&user.name)),
        (t("Email address"), line(&user.email)),
        (t("Phone"), line(&user.phone)),
        (t("Employee code"), line(&user.employee_code)),
        (t("Lead cap"), line(&cap(user))),
        (t("Department"), line(&unit(&user.department))),
        (t("Branch"), line(&unit(&user.branch))),
        (t("Language"), line(user.language.map_or("", Language::name))),
    ]);
    card(t("Record"), "", None, facts)
}

fn edit(page: &Page<'_>) -> Markup {
    let user = &page.user;
    let chosen = |unit: &Option<workspace::Ref>| unit.as_ref().map_or_else(String::new, |u| u.id.to_string());
    let shown: Vec<u32> =
        [&user.department, &user.branch].into_iter().flatten().map(|unit| unit.id).collect();
    let unit = |name, label, kind, chosen: &str| {
        let options = parts::known_units(page.actor, kind, &shown);
        let any = !options.is_empty();
        html! { @if any { (form::select(&Field::new(name, label).form("record"), &options.or_none(t("None")).choices(), chosen)) } }
    };
    let field = |name, label| Field::new(name, label).form("record");
    let body = html! {
        input type="hidden" name="revision" value=(user.revision);
        div.form-row {
            (form::input(&field("name", t("Name")).required(), form::Kind::Text, &user.name))
            (form::input(&field("email", t("Email address")).required().hint(t("A new address signs in at once, the old one no longer does.")), form::Kind::Email, &user.email))
        }
        div.form-row {
            (form::input(&field("phone", t("Phone")).hint(t("In international form, like +442079460123.")), form::Kind::Phone, &user.phone))
            (form::input(&field("employee_code", t("Employee code")), form::Kind::Text, &user.employee_code))
        }
        (form::input(&field("lead_cap", t("Lead cap")).hint(t("How many leads they are given at most; leave it empty for no limit.")), form::Kind::Number, &cap(user)))
        div.form-row {
            (unit("department", t("Department"), UnitKind::Department, &chosen(&user.department)))
            (unit("branch", t("Branch"), UnitKind::Branch, &chosen(&user.branch)))
        }
        (parts::language_field("record", user.language))
        (form::form_actions(button::submit(&Button::new(Kind::Primary, t("Save")))))
    };
    card(t("Record"), "", None, form::form("record", &page.path("/record"), &csrf(page.request), body))
}

/// Saves the record.
pub async fn save(
    request: Request,
    permit: Permit<can::UserUpdate>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let sent = |name: &str| typed.all(name).next().map(str::to_owned);
    let unit = |name: &'static str| match sent(name) {
        None => Ok(None),
        Some(_) => typed.id(name).map(Some),
    };
    let edit = UserChange {
        email: sent("email"),
        name: sent("name"),
        phone: sent("phone"),
        employee_code: sent("employee_code"),
        lead_cap: match sent("lead_cap") {
            None => None,
            Some(_) => Some(typed.number("lead_cap")?),
        },
        department: unit("department")?,
        branch: unit("branch")?,
        language: sent("language").map(|_| parts::chosen_language(&typed)).transpose()?,
        revision: typed.get("revision").parse().ok(),
    };
    users::update(&request.server.app, &permit, &request.author(), edit).await?;
    Ok(done(&request, &format!("/users/{}/record", permit.id()), "saved"))
}

/// What ends sessions or destroys, each with a question first.
fn dangerous(page: &Page<'_>) -> Markup {
    let name = &page.user.name;
    let banned = page.user.standing == "banned";
    let act = |label: &str, hint: &str, question: &str, address: &str| {
        setting(
            label,
            html! { (hint) },
            button::post(
                &Button::new(Kind::Danger, label).confirm(question),
                &page.path(address),
                &csrf(page.request),
            ),
        )
    };
    let ban = fill(
        t("Ban {name}? Every session and phone of theirs ends at once; what is assigned to them stays."),
        &[("name", name)],
    );
    let unban = fill(
        t("Lift the ban on {name}? They can sign in again and have the access that is set for them."),
        &[("name", name)],
    );
    let reset = fill(
        t("Set a new one-time password for {name}? Every session of theirs ends at once."),
        &[("name", name)],
    );
    let pin = fill(t("Set a new PIN for {name}? Every session of theirs ends at once."), &[("name", name)]);
    let delete = fill(
        t("Delete {name} for good? Their name stays in calls and in the audit log, their seat is free."),
        &[("name", name)],
    );
    let may = |permission| page.may(permission) && !page.is_self();
    let acts = html! {
        @if may(Permission::UserResetCredentials) {
            (act(t("Reset password"), t("Shows a one-time password once and ends every session."), &reset, "/password"))
            @if page.user.phone.is_empty() {
                (setting(t("Reset PIN"), html! { (t("A PIN needs a phone number: save one first.")) }, html! {}))
            } @else {
                (act(t("Reset PIN"), t("Shows a new PIN once and ends every session."), &pin, "/pin"))
            }
        }
        @if may(Permission::UserBan) {
            @if banned { (act(t("Lift the ban"), t("They can sign in again."), &unban, "/unban")) }
            @else { (act(t("Ban"), t("Ends every session; assignments stay. It can be lifted."), &ban, "/ban")) }
        }
        @if may(Permission::UserDelete) {
            (act(t("Delete"), t("Cannot be undone."), &delete, "/delete"))
        }
    };
    let any =
        [Permission::UserResetCredentials, Permission::UserBan, Permission::UserDelete].into_iter().any(may);
    html! { @if any { (card(t("Dangerous"), "", None, acts)) } }
}

/// Bans.
pub async fn ban(request: Request, permit: Permit<can::UserBan>, _: ()) -> Result<Redirect, Refusal> {
    users::set_banned(&request.server.app, &permit, &request.author(), true).await?;
    Ok(done(&request, &format!("/users/{}/record", permit.id()), "banned"))
}

/// Lifts the ban.
pub async fn unban(request: Request, permit: Permit<can::UserBan>, _: ()) -> Result<Redirect, Refusal> {
    users::set_banned(&request.server.app, &permit, &request.author(), false).await?;
    Ok(done(&request, &format!("/users/{}/record", permit.id()), "unbanned"))
}

/// Deletes.
pub async fn delete(request: Request, permit: Permit<can::UserDelete>, _: ()) -> Result<Redirect, Refusal> {
    users::delete(&request.server.app, &permit, &request.author()).await?;
    Ok(done(&request, "/users", "user-deleted"))
}

/// Resets the password and shows the new one, once.
pub async fn reset_password(
    request: Request,
    permit: Permit<can::UserResetCredentials>,
    _: (),
) -> Result<Response, Refusal> {
    let password = users::reset_password(&request.server.app, &permit, &request.author()).await?;
    let words = (t("New one-time password"), t("One-time password"));
    reset(&request, &permit, words, &password)
}

/// Resets the PIN and shows the new one, once.
pub async fn reset_pin(
    request: Request,
    permit: Permit<can::UserResetCredentials>,
    _: (),
) -> Result<Response, Refusal> {
    let pin = pin::reset(&request.server.app, &permit, &request.author(), None).await?;
    reset(&request, &permit, (t("New PIN"), t("PIN")), &pin)
}

/// A page with a new secret of somebody: its title and what the secret is called.
fn reset(
    request: &Request,
    permit: &Permit<can::UserResetCredentials>,
    (title, label): (&str, &str),
    new: &str,
) -> Result<Response, Refusal> {
    let actor = permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))?;
    let name = actor.snapshot().model().label(permit.id());
    let (users, page) = (path(request, "/users"), path(request, &format!("/users/{}/record", permit.id())));
    let main = html! {
        (page_head(&PageHead {
            title,
            crumbs: &[Crumb { href: &users, label: t("Users") }, Crumb { href: &page, label: name }],
            ..PageHead::default()
        }))
        (card(name, t("Every session of theirs has ended."), None, html! {
            (secret(label, new, t("Copy it now: it is stored hashed and will not be shown again.")))
            (form::form_actions(button::link(&Button::new(Kind::Primary, t("Done")), &page)))
        }))
    };
    Ok(shown_at(&page, Frame::new(request, title).around(main)))
}
