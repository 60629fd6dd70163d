//! One user's record, and the dangerous acts on their account.

use access::{Actor, Id, Permission, Permit, can};
use acts::entry::{invitations, pin};
use acts::kernel::language::Language;
use acts::people::users::{self, UserChange};
use acts::{Code, Moment, Refusal};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use store::change::secrets::Secret;

use crate::people::user_form::{self, UserForm};
use crate::people::user_page::Page;
use crate::shell::frame::{Frame, csrf, done, path, shown_at};
use crate::shell::parts;
use ui::badge::{Tone, badge};
use ui::button::{self, Button, Kind};
use ui::card::{card, facts};
use ui::datetime::Show;
use ui::form;
use ui::page::{Crumb, PageHead, page_head, split};
use ui::secret::secret;
use ui::segmented::setting;
use ui::text::{fill, later, said, t, weave};
use web::input::Pairs;
use web::request::Request;

/// The record: to edit for those who may, to read for the others.
pub async fn show(request: Request, permit: Permit<can::UserRead>, _: ()) -> Result<Markup, Refusal> {
    let page = Page::of(&request, &permit).await?;
    tab(&page, None).await
}

/// The page, perhaps with what was typed and what is wrong with it.
async fn tab(page: &Page<'_>, sent: Option<(&Pairs, &Refusal)>) -> Result<Markup, Refusal> {
    let user = &page.user;
    let account = facts(&[
        (t("Added"), parts::when(user.created_at, Show::Date)),
        (t("Last seen"), parts::when_or(user.last_seen_at, t("never"))),
        (t("Role"), html! { (said(&user.role.name)) }),
        (
            t("PIN"),
            html! { @match (user.has_pin, user.pin_closed) {
                (true, true) => (badge(Tone::Warn, t("closed on new devices"))),
                (true, false) => (t("set")),
                (false, _) => "–",
            } },
        ),
        (
            t("Leads"),
            html! { (or_dash(&user.leads.iter().map(|u| u.name.as_str()).collect::<Vec<_>>().join(", "))) },
        ),
    ]);
    let record = if page.may(Permission::UserUpdate) { edit(page, sent) } else { read_only(page) };
    let (temporary, invitation) = (temporary(page).await?, invitation(page).await?);
    let account = card(t("Account"), "", None, html! { (account) (temporary) });
    let body = split(record, html! { (account) (invitation) (dangerous(page)) });
    Ok(page.around("record", body))
}

/// What signs them in that somebody else knows too, told to whoever may set it anew.
async fn temporary(page: &Page<'_>) -> Result<Markup, Refusal> {
    let permit = page.actor.permit_on::<can::UserResetCredentials>(page.thing.clone());
    let (Ok(permit), true) = (permit, page.may(Permission::UserResetCredentials)) else {
        return Ok(html! {});
    };
    let (app, now) = (&page.request.server.app, page.request.server.app.store.now());
    let says = |(secret, until): (Secret, Moment)| {
        let template = match (secret, until.0 > now) {
            (Secret::Pin, true) => t(
                "Their PIN is temporary: somebody else knows it, and it signs in only to be replaced, until {until}.",
            ),
            (Secret::Pin, false) => t(
                "Their PIN was temporary: somebody else knows it, and it has signed nobody in since {until}.",
            ),
            (_, true) => t(
                "Their password is temporary: somebody else knows it, and it signs in only to be replaced, until {until}.",
            ),
            (_, false) => t(
                "Their password was temporary: somebody else knows it, and it has signed nobody in since {until}.",
            ),
        };
        weave(template, &[("until", parts::when(until, Show::DateTime))])
    };
    let known = users::temporary_secrets(app, &permit).await?;
    Ok(html! { @for one in known { p.hint { (says(one)) } } })
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "–" } else { text }
}

fn read_only(page: &Page<'_>) -> Markup {
    let user = &page.user;
    let unit = |unit: &Option<acts::Ref>| unit.as_ref().map_or("–", |u| u.name.as_str()).to_owned();
    let line = |text: &str| html! { (or_dash(text)) };
    let facts = facts(&[
        (t("Name"), line(&user.name)),
        (t("Email address"), line(&user.email)),
        (t("Phone"), line(&user.phone)),
        (t("Employee code"), line(&user.employee_code)),
        (t("Lead cap"), line(&user.lead_cap.map(|cap| cap.to_string()).unwrap_or_default())),
        (t("Department"), line(&unit(&user.department))),
        (t("Branch"), line(&unit(&user.branch))),
        (t("Language"), line(user.language.map_or("", Language::name))),
    ]);
    card(t("Record"), "", None, facts)
}

fn edit(page: &Page<'_>, sent: Option<(&Pairs, &Refusal)>) -> Markup {
    let kept = user_form::values(&page.user);
    let values = sent.map_or(&kept, |(typed, _)| typed);
    let refusal = sent.map(|(_, refusal)| refusal);
    let fields = UserForm { actor: page.actor, id: "record", values, refusal, user: Some(&page.user) };
    let body = html! {
        input type="hidden" name="revision" value=(page.user.revision);
        (fields.record(page.may(Permission::UserAssignRole)))
        (form::form_actions(button::submit(&Button::new(Kind::Primary, t("Save")))))
    };
    html! {
        (fields.summary())
        (card(t("Record"), "", None, form::form("record", &page.path("/record"), &csrf(page.request), body)))
    }
}

/// Saves the record; what is wrong is said at its field, with everything typed still there.
pub async fn save(
    request: Request,
    permit: Permit<can::UserUpdate>,
    typed: Pairs,
) -> Result<Response, Refusal> {
    let saved = match read(&typed) {
        Ok(edit) => {
            let confirmation = request.confirmation(Some(typed.raw("password")));
            users::update(&request.server.app, &permit, &request.author(), edit, &confirmation).await
        }
        Err(refusal) => Err(refusal),
    };
    match saved {
        Ok(_) => Ok(done(&request, &format!("/users/{}/record", permit.id()), "saved").into_response()),
        Err(refusal) if refusal.field.is_some() && refusal.code != Code::NotFound => {
            let actor = permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))?;
            let Ok(permit) = actor.permit_on::<can::UserRead>(permit.thing().clone()) else {
                return Err(refusal);
            };
            let page = Page::of(&request, &permit).await?;
            let status =
                StatusCode::from_u16(refusal.code.status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            Ok((status, tab(&page, Some((&typed, &refusal))).await?).into_response())
        }
        Err(refusal) => Err(refusal),
    }
}

fn read(typed: &Pairs) -> Result<UserChange, Refusal> {
    let sent = |name: &str| typed.all(name).next().map(str::to_owned);
    let unit = |name: &'static str| match sent(name) {
        None => Ok(None),
        Some(_) => typed.id(name).map(Some),
    };
    Ok(UserChange {
        email: sent("email"),
        name: sent("name"),
        phone: sent("phone"),
        employee_code: sent("employee_code"),
        lead_cap: match sent("lead_cap") {
            None => None,
            Some(_) => Some(typed.number("lead_cap")?),
        },
        role: typed.id("role")?,
        department: unit("department")?,
        branch: unit("branch")?,
        language: sent("language").map(|_| parts::chosen_language(typed)).transpose()?,
        revision: typed.get("revision").parse().ok(),
        password: None,
    })
}

/// The invitation of somebody who has not come yet, to send again or withdraw.
async fn invitation(page: &Page<'_>) -> Result<Markup, Refusal> {
    let permit = page.actor.permit_on::<can::UserInvite>(page.thing.clone());
    let (Ok(permit), "invited", true) = (permit, page.user.standing, page.may(Permission::UserInvite)) else {
        return Ok(html! {});
    };
    let until = invitations::open_until(&page.request.server.app, &permit).await?;
    let post = |kind, label, address: &str| {
        button::post(&Button::new(kind, label), &page.path(address), &csrf(page.request))
    };
    let withdraw = post(Kind::Danger, t("Withdraw"), "/invitation/withdraw");
    let body = html! {
        @match until {
            Some(until) => {
                p { (weave(t("Good until {until}."), &[("until", parts::when(until, Show::DateTime))])) }
                div.form-actions { (withdraw) (post(Kind::Plain, t("Send again"), "/invitation")) }
            }
            None => {
                p { (t("There is none that is good: it was withdrawn or has run out.")) }
                div.form-actions { (post(Kind::Primary, t("Invite again"), "/invitation")) }
            }
        }
    };
    Ok(card(t("Invitation"), t("They have not set a password yet."), None, body))
}

/// Invites somebody again, and shows the link where no mail is sent.
pub async fn invite_again(
    request: Request,
    permit: Permit<can::UserInvite>,
    _: (),
) -> Result<Response, Refusal> {
    let made = invitations::send_again(&request.server.app, &permit, &request.author()).await?;
    let below = format!("/users/{}/record", permit.id());
    match request.shown(made).link {
        None => Ok(done(&request, &below, "invited").into_response()),
        Some(link) => {
            let note = t("Good for 7 days and once. It stays in the outbox until then.");
            let hint = t("The earlier link is no longer good.");
            once(
                &request,
                permit.actor(),
                permit.id(),
                t("New invitation"),
                hint,
                secret(t("Invitation link"), &link, note),
            )
        }
    }
}

/// Withdraws an invitation.
pub async fn withdraw_invitation(
    request: Request,
    permit: Permit<can::UserInvite>,
    _: (),
) -> Result<Redirect, Refusal> {
    invitations::withdraw(&request.server.app, &permit, &request.author()).await?;
    Ok(done(&request, &format!("/users/{}/record", permit.id()), "uninvited"))
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
        t(
            "Set a temporary password for {name}? Every session of theirs ends at once, and their PIN stops working.",
        ),
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
            (act(t("Reset password"), t("Shows a temporary password once, ends every session and takes the PIN away."), &reset, "/password"))
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

/// Said beside a password or PIN that is shown once.
pub(crate) const ONCE: &str =
    later("Copy it now: it is not shown again. It is good for 7 days, to sign in and choose another one.");

/// Resets the password and shows the new one, once.
pub async fn reset_password(
    request: Request,
    permit: Permit<can::UserResetCredentials>,
    _: (),
) -> Result<Response, Refusal> {
    let password = users::reset_password(&request.server.app, &permit, &request.author()).await?;
    let shown = secret(t("Temporary password"), &password, t(ONCE));
    let hint = t("Every session of theirs has ended.");
    once(&request, permit.actor(), permit.id(), t("New temporary password"), hint, shown)
}

/// Resets the PIN and shows the new one, once.
pub async fn reset_pin(
    request: Request,
    permit: Permit<can::UserResetCredentials>,
    _: (),
) -> Result<Response, Refusal> {
    let pin = pin::reset(&request.server.app, &permit, &request.author(), None).await?;
    let (shown, hint) = (secret(t("PIN"), &pin, t(ONCE)), t("Every session of theirs has ended."));
    once(&request, permit.actor(), permit.id(), t("New PIN"), hint, shown)
}

/// A page with a secret of somebody's that is shown this once; reloading leads to their record.
fn once(
    request: &Request,
    actor: Option<&Actor>,
    user: Id,
    title: &str,
    hint: &str,
    secret: Markup,
) -> Result<Response, Refusal> {
    let actor = actor.ok_or_else(|| Refusal::new(Code::Unauthenticated))?;
    let name = actor.snapshot().model().label(user);
    let (users, page) = (path(request, "/users"), path(request, &format!("/users/{user}/record")));
    let main = html! {
        (page_head(&PageHead {
            title,
            crumbs: &[Crumb { href: &users, label: t("Users") }, Crumb { href: &page, label: name }],
            ..PageHead::default()
        }))
        (card(name, hint, None, html! {
            (secret)
            (form::form_actions(button::link(&Button::new(Kind::Primary, t("Done")), &page)))
        }))
    };
    Ok(shown_at(&page, Frame::new(request, title).around(main)))
}
