//! The start page: what one can do here, with figures of what one may see.

use access::{Permission, can};
use acts::Refusal;
use maud::{Markup, html};
use store::Identity;

use crate::calls::calls;
use crate::rights::ask;
use crate::shell::frame::{Frame, path};
use crate::shell::{menu, when};
use ui::button::{self, Button, Kind};
use ui::card::{Stat, card, facts, stats};
use ui::icon::icon;
use ui::page::{PageHead, page_head, section, split};
use ui::text::{fill, later, number, said, t};
use web::request::Request;

/// How many calls the start page lists.
const LATEST: i64 = 6;

/// The start page.
pub async fn show(request: Request, who: Identity, _: ()) -> Result<Markup, Refusal> {
    let model = who.actor.snapshot().model();
    let user = model.users.get(&who.actor.id());
    let title = fill(
        t("Good day, {name}"),
        &[("name", &user.map_or("", |u| u.name.split(' ').next().unwrap_or_default()))],
    );
    let week = calls_of_the_week(&request, &who).await?;
    let latest = latest_calls(&request, &who).await?;
    let news = ask::news(&request, &who.actor).await?;
    let places = html! {
        ul.places { @for item in menu::shown(&who.actor).skip(1) {
            li { a href=(path(&request, item.path)) { (icon(item.icon)) (t(item.label)) } }
        } }
    };
    let main = html! {
        (page_head(&PageHead { title: &title, subtitle: t("What you see here is what your role, your grants and your scope allow."), ..PageHead::default() }))
        div.stack {
            (news)
            (first_steps(&request, &who))
            @if let Some(week) = week { (week) }
            (split(card(t("Where to go"), "", None, places), card(t("Your access"), "", None, access(&request, &who))))
            @if let Some(latest) = latest { (latest) }
        }
    };
    Ok(Frame::new(&request, t("Home")).around(main))
}

/// What to do in a workspace in which nobody else is yet, and the permission that each step takes.
const FIRST_STEPS: [(&str, &str, Permission); 5] = [
    ("/users/new", later("Invite somebody"), Permission::UserInvite),
    ("/users/import", later("Bring everybody in from a file"), Permission::UserInvite),
    ("/departments", later("Make the departments that people belong to"), Permission::DepartmentWrite),
    ("/numbers", later("Add your phone numbers"), Permission::NumberPurchase),
    ("/roles", later("Look at the roles, and make your own"), Permission::RoleWrite),
];

fn first_steps(request: &Request, who: &Identity) -> Markup {
    let alone = who.actor.snapshot().model().users.len() == 1;
    let steps = FIRST_STEPS.iter().filter(|(.., permission)| alone && who.actor.holds(*permission));
    let steps: Vec<Markup> = steps
        .map(|(below, label, _)| html! { li { a href=(path(request, below)) { (t(label)) } } })
        .collect();
    let about = t(
        "Nobody but you is here yet. What people may do comes from their role; you can change it at any time.",
    );
    html! { @if !steps.is_empty() { (card(t("First steps"), about, None, html! { ol.steps { @for step in steps { (step) } } })) } }
}

/// Who one is here, and how much one may do.
fn access(request: &Request, who: &Identity) -> Markup {
    let model = who.actor.snapshot().model();
    let user = model.users.get(&who.actor.id());
    let units: Vec<&str> = user.into_iter().flat_map(|u| u.units()).map(|unit| model.label(unit)).collect();
    let leads: Vec<&str> = who.actor.folded().led().iter().map(|unit| model.label(*unit)).collect();
    let held = who.actor.powers().permissions().iter().count();
    html! {
        (facts(&[
            (t("Role"), html! { (said(user.map_or("", |u| model.label(u.role)))) }),
            (t("Belongs to"), html! { (or_none(&units)) }),
            (t("Leads"), html! { (or_none(&leads)) }),
            (t("Permissions"), html! { (fill(t("{n} of {total}"), &[("n", &held), ("total", &Permission::ALL.len())])) }),
        ]))
        div.form-actions {
            (button::link(&Button::new(Kind::Plain, t("What may I do, and why?")), &path(request, "/profile")))
        }
    }
}

fn or_none(names: &[&str]) -> String {
    if names.is_empty() { "–".into() } else { names.join(", ") }
}

/// The latest calls that the person may see.
async fn latest_calls(request: &Request, who: &Identity) -> Result<Option<Markup>, Refusal> {
    let Ok(visible) = who.actor.visible::<can::CallRecordRead>() else { return Ok(None) };
    let app = &request.server.app;
    let found = acts::calls::calls::latest(app, &visible, LATEST).await?;
    if found.is_empty() {
        return Ok(None);
    }
    let zone = when::zone(request);
    Ok(Some(section(t("Latest calls"), calls::rows(request, &zone, &found))))
}

/// The calls of the last seven days that the person may see, answered and not.
async fn calls_of_the_week(request: &Request, who: &Identity) -> Result<Option<Markup>, Refusal> {
    let Ok(visible) = who.actor.visible::<can::CallRecordRead>() else { return Ok(None) };
    let week = acts::calls::calls::figures(&request.server.app, &visible, 7).await?;
    let rate = if week.calls == 0 { "–".into() } else { format!("{} %", week.answered * 100 / week.calls) };
    let (all, inbound) = (number(week.calls), number(week.inbound));
    let log = path(request, "/calls");
    Ok(Some(stats(&[
        Stat { label: t("Calls in 7 days"), value: &all, note: t("that you may see"), href: Some(&log) },
        Stat { label: t("Answered"), value: &rate, note: t("of them"), href: None },
        Stat { label: t("Inbound"), value: &inbound, note: t("of them"), href: None },
    ])))
}
