//! Permissions that people hold and do not use: in the whole workspace, or one person's.

use access::{Permit, can};
use acts::rights::uses;
use acts::{Code, Refusal};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use store::Slice;

use crate::shell::choices::that;
use crate::shell::frame::{Frame, path};
use crate::shell::parts;
use crate::shell::parts::Options;
use ui::empty::empty;
use ui::filter::{self, Choice, filter_bar};
use ui::icon::Icon;
use ui::page::{Crumb, PageHead, page_head};
use ui::table::{Column, Row, table};
use ui::text::{capital, later, said, t};
use web::input::Query;
use web::request::Request;

/// A person holds no more permissions than there are.
const EVERY: i64 = 500;

/// For how long something can be unused to be shown.
const DAYS: [(&str, &str); 4] = [
    ("30", later("30 days")),
    ("90", later("90 days")),
    ("180", later("180 days")),
    ("365", later("365 days")),
];

/// What the page's address says.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    person: String,
    days: String,
}

/// The page.
pub async fn show(
    request: Request,
    permit: Permit<can::AccessReview>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    let actor = permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))?;
    let days = asked.days.parse().unwrap_or(90);
    let person = asked.person.parse().ok();
    let sees = |thing: &access::Thing| actor.may(access::Permission::UserRead, thing);
    let people: Options = that(actor, access::Noun::User, sees).into_iter().collect();
    let (here, reviews) = (path(&request, "/reviews/unused"), path(&request, "/reviews"));
    let found = match person {
        Some(person) => of_person(&request, &permit, days, person).await?,
        None => of_everybody(&request, &permit, days).await?,
    };
    let narrowed = !asked.person.is_empty() || !asked.days.is_empty();
    let choices = DAYS.map(|(value, label)| Choice { value, label: t(label) });
    let title = t("What nobody uses");
    let subtitle = t("Held, and not used for so long. What nothing in Ringfence asks for yet is left out.");
    let main = html! {
        (page_head(&PageHead { title, subtitle, crumbs: &[Crumb { href: &reviews, label: t("Reviews") }], ..PageHead::default() }))
        (filter_bar(&here, narrowed.then_some(&here), html! {
            (filter::one_of("person", t("Whose"), t("Everybody's"), &people.choices(), &asked.person))
            (filter::one_of("days", t("Unused for"), t("90 days"), &choices, &asked.days))
        }, None))
        (found)
    };
    Ok(Frame::new(&request, title).around(main))
}

fn name(permission: &str, meaning: &str) -> Markup {
    html! { div { strong { (capital(&said(meaning))) } p.hint { code { (permission) } } } }
}

fn nothing() -> Markup {
    let about = t(
        "Nobody who was here for so long holds anything that they did not use. Who came later is not counted yet.",
    );
    empty(Icon::Check, t("Nothing unused was found"), about, None)
}

async fn of_person(
    request: &Request,
    permit: &Permit<can::AccessReview>,
    days: i64,
    person: u32,
) -> Result<Markup, Refusal> {
    let found = uses::unused(&request.server.app, permit, days, Some(person), Slice::first(EVERY)).await?;
    if found.items.is_empty() {
        return Ok(nothing());
    }
    let columns = [Column::new(t("Permission")), Column::new(t("How far")), Column::new(t("Last used"))];
    let rows: Vec<Row> = found
        .items
        .iter()
        .map(|one| {
            let far: Vec<&str> = one.reaches.iter().map(|reach| t(reach)).collect();
            let last = parts::when_or(one.last_used_at, t("never"));
            let cells = vec![name(one.permission, one.meaning), html! { (far.join(", ")) }, last];
            Row { id: format!("unused-{}", one.permission.replace(':', "-")), href: None, cells }
        })
        .collect();
    Ok(table(t("What nobody uses"), &columns, &rows))
}

async fn of_everybody(
    request: &Request,
    permit: &Permit<can::AccessReview>,
    days: i64,
) -> Result<Markup, Refusal> {
    let found = uses::by_permission(&request.server.app, permit, days).await?;
    let found: Vec<_> = found.into_iter().filter(|one| one.unused_by > 0).collect();
    if found.is_empty() {
        return Ok(nothing());
    }
    let columns = [
        Column::new(t("Permission")),
        Column::number(t("Hold it")),
        Column::number(t("Do not use it")),
        Column::new(t("Last used by anybody")),
    ];
    let rows: Vec<Row> = found
        .iter()
        .map(|one| {
            let last = parts::when_or(one.last_used_at, t("never"));
            let (hold, unused) = (html! { (one.holders) }, html! { (one.unused_by) });
            let cells = vec![name(one.permission, one.meaning), hold, unused, last];
            Row { id: format!("unused-{}", one.permission.replace(':', "-")), href: None, cells }
        })
        .collect();
    Ok(table(t("What nobody uses"), &columns, &rows))
}
