//! The start page: what one can do here, with figures of what one may see.

use access::{Permission, can};
use maud::{Markup, html};
use store::Identity;
use store::call::CallFilter;
use workspace::Refusal;

use super::frame::{Frame, path};
use super::menu;
use crate::request::Request;
use crate::ui::card::{Stat, card, facts, stats};
use crate::ui::page::{PageHead, page_head, split};

const DAY: i64 = 86_400_000_000;

/// The start page.
pub async fn show(request: Request, who: Identity, _: ()) -> Result<Markup, Refusal> {
    let model = who.actor.snapshot().model();
    let user = model.users.get(&who.actor.id());
    let title = format!("Good day, {}", user.map_or("", |u| u.name.split(' ').next().unwrap_or_default()));
    let calls = calls_of_the_week(&request, &who).await?;
    let units: Vec<&str> = user.into_iter().flat_map(|u| u.units()).map(|unit| model.label(unit)).collect();
    let leads: Vec<&str> = who.actor.folded().led().iter().map(|unit| model.label(*unit)).collect();
    let access = html! {
        (facts(&[
            ("Role", html! { (user.map_or("", |u| model.label(u.role))) }),
            ("Belongs to", html! { (or_none(&units)) }),
            ("Leads", html! { (or_none(&leads)) }),
            ("Permissions", html! { (who.actor.powers().permissions().iter().count()) " of " (Permission::ALL.len()) }),
        ]))
        @if who.actor.holds(Permission::AccessExplain) {
            p { a href=(path(&request, &format!("/why?user={}", who.actor.id()))) { "What may I do, and why?" } }
        }
    };
    let places = html! {
        ul.links { @for item in menu::shown(&who.actor).skip(1) {
            li { a href=(path(&request, item.path)) { (item.label) } }
        } }
    };
    let main = html! {
        (page_head(&PageHead { title: &title, subtitle: "What you see here is what your role, your grants and your scope allow.", ..PageHead::default() }))
        @if let Some(calls) = calls { (calls) }
        (split(card("Where to go", "", None, places), card("Your access", "", None, access)))
    };
    Ok(Frame::new(&request, "Home").around(main))
}

fn or_none(names: &[&str]) -> String {
    if names.is_empty() { "nothing".into() } else { names.join(", ") }
}

/// The calls of the last seven days that the person may see, answered and not.
async fn calls_of_the_week(request: &Request, who: &Identity) -> Result<Option<Markup>, Refusal> {
    let Ok(visible) = who.actor.visible::<can::CallRecordRead>() else { return Ok(None) };
    let store = &request.server.app.store;
    let week = CallFilter { since: Some(store.now() - 7 * DAY), ..CallFilter::default() };
    let answered = CallFilter { outcome: Some("answered".into()), ..week.clone() };
    let inbound = CallFilter { direction: Some("inbound".into()), ..week.clone() };
    let all = store.count_calls(&visible, &week).await?;
    let answered = store.count_calls(&visible, &answered).await?;
    let inbound = store.count_calls(&visible, &inbound).await?;
    let rate = if all == 0 { "–".into() } else { format!("{} %", answered * 100 / all) };
    let (all, inbound) = (all.to_string(), inbound.to_string());
    let log = path(request, "/calls");
    Ok(Some(stats(&[
        Stat { label: "Calls in 7 days", value: &all, note: "that you may see", href: Some(&log) },
        Stat { label: "Answered", value: &rate, note: "of them", href: None },
        Stat { label: "Inbound", value: &inbound, note: "of them", href: None },
    ])))
}
