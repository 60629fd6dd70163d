//! What one calls with: one's own caller ID on the profile, and the default one on a user's page.

use access::model::EntityKind;
use access::{Permission, Permit, can};
use acts::Refusal;
use acts::lines::calling::{self, CallerId, CallerIdView};
use axum::response::Redirect;
use maud::{Markup, html};
use store::Identity;

use crate::people::user_page::Page;
use crate::shell::frame::{back, csrf, path};
use crate::shell::parts::Options;
use ui::badge::Tone;
use ui::card::card;
use ui::form::{self, Field};
use ui::page::notice;
use ui::text::{fill, in_words, t};
use web::input::Pairs;
use web::request::{Request, over_oneself};

/// One's own caller ID, to choose where there is a choice.
pub fn own(request: &Request, who: &Identity) -> Markup {
    let view = calling::own(&who.actor);
    let may = who.actor.holds(Permission::ProfileUpdate) && view.choices.len() > 1;
    let chosen = view.chosen.map(|number| number.to_string()).unwrap_or_default();
    let options: Options = view.choices.iter().map(|number| (number.id, number.name.as_str())).collect();
    let options = options.or_none(t("The one that was granted first"));
    let body = html! { div.stack {
        (in_force(&view))
        @if may {
            (form::autosave("caller-id", &path(request, "/profile/caller-id"), &csrf(request),
                form::select(&Field::new("number", t("Number that your calls show")).form("caller-id"), &options.choices(), &chosen)))
        }
    } };
    card(t("Your caller ID"), t("The number that people see when you call them"), None, body)
}

/// The number in force and why it is that one, or why there is none.
fn in_force(view: &CallerIdView) -> Markup {
    if let Some(reason) = &view.reason {
        return notice(Tone::Warn, html! { (in_words(reason)) });
    }
    let Some(number) = &view.in_force else {
        return html! { p.quiet-text { (t("A number that you may not see.")) } };
    };
    let why = match view.because {
        Some("chosen") => t("It was chosen among the numbers granted for use."),
        Some("preset") => t("No number is granted for use, so calls show the default one."),
        _ if view.choices.len() == 1 => t("It is the only number granted for use."),
        _ => t("None was chosen, so calls show the number that was granted first."),
    };
    html! { div.setting-text { strong { (number.name) } p.hint { (why) } } }
}

/// Chooses one's own caller ID.
pub async fn choose(
    request: Request,
    permit: Permit<can::ProfileUpdate>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let wanted = CallerId { number: typed.id("number")? };
    calling::choose(&request.server.app, &over_oneself(&permit)?, &request.author(), wanted).await?;
    Ok(back(&request, "/profile"))
}

/// The caller ID of a user, with the default one to set for those who may.
pub fn of_user(page: &Page<'_>) -> Markup {
    let snapshot = page.actor.snapshot();
    let view = CallerIdView::of(snapshot, Some(page.actor), page.id());
    let may = page.may(Permission::UserSetAccess);
    let model = snapshot.model();
    let mut numbers: Vec<(u32, &str)> = model
        .entities
        .iter()
        .filter(|(id, entity)| entity.kind == EntityKind::Number && page.actor.knows(**id))
        .map(|(id, entity)| (id.0, entity.label.as_str()))
        .collect();
    numbers.sort_by_key(|(_, label)| *label);
    let preset = view.preset.as_ref().map(|number| number.id.to_string()).unwrap_or_default();
    let options = numbers.into_iter().collect::<Options>().or_none(t("None"));
    let hint = t("Calls show it while no number is granted to them for use.");
    let shown = view
        .preset
        .as_ref()
        .map(|number| fill(t("Default caller ID: {number}"), &[("number", &number.name)]));
    let body = html! { div.stack {
        (in_force(&view))
        @if may {
            (form::autosave("default-caller-id", &page.path("/caller-id"), &csrf(page.request),
                form::select(&Field::new("number", t("Default caller ID")).form("default-caller-id").hint(hint), &options.choices(), &preset)))
        } @else if let Some(shown) = shown { p { (shown) } }
    } };
    card(t("Caller ID"), t("The number that their calls show"), None, body)
}

/// Sets a user's default caller ID.
pub async fn preset(
    request: Request,
    permit: Permit<can::UserSetAccess>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let wanted = CallerId { number: typed.id("number")? };
    calling::preset(&request.server.app, &permit, &request.author(), wanted).await?;
    Ok(back(&request, &format!("/users/{}", permit.id())))
}
