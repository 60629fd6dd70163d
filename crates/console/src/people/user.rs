//! One user: who they are, what they may do in effect and why, and what is set for them.

use access::{Permit, can};
use acts::Refusal;
use acts::rights::user_access::{self, EffectiveLine};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::people::user_page::Page;
use crate::rights::access_matrix::{self, Look};
use crate::rights::user_access as cards;
use crate::shell::frame::path;
use ui::card::card;
use ui::filter::{self, Choice, filter_bar};
use ui::page::split;
use ui::text::{fill, t};
use web::input::Query;
use web::request::Request;

/// Which lines of the effective access to show.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    q: String,
    show: String,
}

/// What they may do and why, and what is set for them.
pub async fn show(
    request: Request,
    permit: Permit<can::UserRead>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    let page = Page::of(&request, &permit).await?;
    let app = &request.server.app;
    let explained = match page.actor.permit_on::<can::AccessExplain>(permit.thing().clone()) {
        Ok(permit) => Some(user_access::effective(app, &permit).await?),
        Err(_) => None,
    };
    let toggles = user_access::toggles(app, &permit).await?.items;
    let grants = acts::rights::grants::of_user(app, &permit).await?.items;
    let temporary = user_access::temporary(app, &permit).await?.items;
    let body = split(
        html! {
            @if let Some(lines) = &explained {
                (effective(lines, &asked, &page.path(""), &path(&request, &format!("/why?user={}", page.user.id))))
            }
            (cards::toggles(&page, &toggles))
        },
        html! {
            (cards::role(&page))
            (cards::grants(&page, &grants))
            (crate::lines::calling::of_user(&page))
            (cards::leads(&page))
            (cards::temporary(&page, &temporary))
        },
    );
    let dialogs = html! { (cards::grant_dialog(&page)) (cards::temporary_dialog(&page)) };
    Ok(page.around("access", html! { (body) (dialogs) }))
}

/// The effective access as a matrix, with a filter above it.
fn effective(lines: &[EffectiveLine], asked: &Asked, here: &str, why: &str) -> Markup {
    let held = lines.iter().filter(|line| !line.reaches.is_empty()).count();
    let words = asked.q.to_lowercase();
    let fits = |line: &&EffectiveLine| {
        let shown = match asked.show.as_str() {
            "held" => !line.reaches.is_empty(),
            "not-held" => line.reaches.is_empty(),
            _ => true,
        };
        let text = || format!("{} {} {}", line.permission, t(line.meaning), t(line.group)).to_lowercase();
        shown && (words.is_empty() || words.split_whitespace().all(|word| text().contains(word)))
    };
    let found: Vec<EffectiveLine> = lines.iter().filter(fits).cloned().collect();
    let narrowed = !asked.q.is_empty() || !asked.show.is_empty();
    let choices =
        [("held", t("Held")), ("not-held", t("Not held"))].map(|(value, label)| Choice { value, label });
    let id = format!("access-{}-{}", asked.show, narrowed);
    let look = Look { editable: false, open: narrowed, id: &id, why: Some(why) };
    let hint = fill(
        t("{held} of {total} permissions held. Unfold a group to see each with its reason."),
        &[("held", &held), ("total", &lines.len())],
    );
    html! {
        section.effective {
            header.section-head { h2 { (t("Effective access")) } p.hint { (hint) } }
            (filter_bar(here, narrowed.then_some(here), html! {
                (filter::search("q", t("Permission or group"), &asked.q))
                (filter::one_of("show", t("Show"), t("All"), &choices, &asked.show))
            }, None))
            @if found.is_empty() { (card(t("Nothing of that kind"), "", None, html! { p { (t("No permission fits this search.")) } })) }
            @else { (access_matrix::show(&access_matrix::of_person(&found), look)) }
        }
    }
}
