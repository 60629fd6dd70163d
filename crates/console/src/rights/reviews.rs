//! Reviews of access: the list, and starting one.

use access::model::UnitKind;
use access::{Actor, Permit, can};
use acts::rights::reviews::{self, NewReview, ReviewView};
use acts::{Code, Refusal};
use axum::response::Redirect;
use maud::{Markup, html};

use crate::shell::frame::{Frame, csrf, done, path};
use crate::shell::parts::{self, Options};
use ui::badge::{Tone, status};
use ui::button::{self, Button, Kind};
use ui::datetime::Show;
use ui::dialog;
use ui::empty::empty;
use ui::form::{self, Field};
use ui::icon::Icon;
use ui::page::{PageHead, page_head};
use ui::table::{Column, Row, table};
use ui::text::{fill, t};
use web::input::Pairs;
use web::request::Request;

/// Every review.
pub async fn list(request: Request, permit: Permit<can::AccessReview>, _: ()) -> Result<Markup, Refusal> {
    let actor = permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))?;
    let found = reviews::list(&request.server.app, &permit).await?.items;
    let here = path(&request, "/reviews");
    let unused =
        button::link(&Button::new(Kind::Plain, t("What nobody uses")), &path(&request, "/reviews/unused"));
    let start =
        button::opens(&Button::new(Kind::Primary, t("Start a review")).icon(Icon::Plus), "start-review");
    let columns = [
        Column::new(t("Name")),
        Column::new(t("State")),
        Column::new(t("Decided")),
        Column::new(t("Started")),
        Column::new(t("By")),
    ];
    let rows: Vec<Row> = found.iter().map(|review| row(review, &here)).collect();
    let subtitle = t("Go through who has what, keep what is needed, and take the rest away at once.");
    let main = html! {
        (page_head(&PageHead { title: t("Reviews"), subtitle, actions: Some(html! { (unused) (start) }), ..PageHead::default() }))
        @if found.is_empty() { (empty(Icon::Check, t("No review yet"), t("A review lists everything that the people of a role, department or branch have, with its last use."), None)) }
        @else { (table(t("Reviews"), &columns, &rows)) }
        (start_dialog(&request, actor))
    };
    Ok(Frame::new(&request, t("Reviews")).around(main))
}

fn row(review: &ReviewView, here: &str) -> Row {
    let by = review.started_by.as_ref().map_or("–", |by| by.name.as_str());
    Row {
        id: format!("review-{}", review.id),
        href: Some(format!("{here}/{}", review.id)),
        cells: vec![
            html! { (review.name) },
            state(review),
            html! { (progress(review)) },
            parts::when(review.started_at, Show::DateTime),
            html! { (by) },
        ],
    }
}

/// Whether a review is open.
pub fn state(review: &ReviewView) -> Markup {
    match review.closed_at {
        None => status(Tone::Warn, t("Under way")),
        Some(_) => status(Tone::Good, t("Closed")),
    }
}

/// How far a review has come.
pub fn progress(review: &ReviewView) -> String {
    fill(t("{n} of {total} lines"), &[("n", &review.decided), ("total", &review.lines)])
}

fn start_dialog(request: &Request, actor: &Actor) -> Markup {
    let model = actor.snapshot().model();
    let named = |prefix: &'static str, options: Options| {
        options
            .choices()
            .iter()
            .map(|c| (format!("{prefix}-{}", c.value), c.label.to_owned()))
            .collect::<Options>()
    };
    let roles =
        if actor.holds(access::Permission::RoleRead) { parts::roles(model) } else { Options::default() };
    let units = [UnitKind::Department, UnitKind::Branch].map(|kind| parts::known_units(actor, kind, &[]));
    let of = units.into_iter().fold(named("role", roles), |all, units| all.and(named("unit", units)));
    let field = |name, label| Field::new(name, label).form("review");
    let hint = t("Whatever was not used for so many days is marked for removal.");
    dialog::asking(
        "start-review",
        t("Start a review"),
        &path(request, "/reviews"),
        &csrf(request),
        &Button::new(Kind::Primary, t("Start")),
        html! {
            (form::select(&field("of", t("Whose access")).required().hint(t("The people of a role, department or branch.")), &of.choices(), ""))
            (form::input(&field("name", t("Name")).hint(t("The role's or unit's name where you leave it empty.")), form::Kind::Text, ""))
            (form::input(&field("unused_days", t("Unused for so many days")).required().hint(hint), form::Kind::Number, "90"))
        },
    )
}

/// Starts a review.
pub async fn start(
    request: Request,
    permit: Permit<can::AccessReview>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let of = typed.get("of");
    let id = |prefix: &str| of.strip_prefix(prefix).and_then(|id| id.parse().ok());
    let days = typed.get("unused_days").parse();
    let days = days.map_err(|_| Refusal::invalid("unused_days", "{field} must be between 1 and 3650."))?;
    let new = NewReview {
        name: typed.get("name").to_owned(),
        role: id("role-"),
        unit: id("unit-"),
        unused_days: Some(days),
    };
    let review = reviews::start(&request.server.app, &permit, &request.author(), new).await?;
    Ok(done(&request, &format!("/reviews/{}", review.id), "started"))
}
