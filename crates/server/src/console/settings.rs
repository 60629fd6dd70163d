//! The workspace's settings: name, time zone and country, automatic recording, plan, ownership.

use access::model::Standing;
use access::{Actor, Noun, Permission, Permit, Plan, Thing, can};
use axum::response::Redirect;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use workspace::language::Language;
use workspace::settings::{self, SettingsChange, WorkspaceView};
use workspace::{Refusal, ownership};

use super::choices::{self, borrowed};
use super::frame::{Frame, csrf, path};
use super::{parts, when};
use crate::input::Form;
use crate::request::Request;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{self, Button, Kind};
use crate::ui::card::{card, facts};
use crate::ui::datetime::Show;
use crate::ui::filter::Choice;
use crate::ui::form::{self, Field, form_actions};
use crate::ui::page::{PageHead, page_head, split};
use crate::ui::segmented::{Segment, segmented, setting};
use crate::ui::text::{count, said, t, weave};

/// The page.
pub async fn show(request: Request, permit: Permit<can::SettingsRead>, _: ()) -> Result<Markup, Refusal> {
    let view = settings::show(&request.server.app, &permit).await?;
    let zone = when::zone(&request).await?;
    let actor = &request.identity()?.actor;
    let main = html! {
        (page_head(&PageHead { title: t("Settings"), subtitle: t("What holds for the whole workspace."), ..PageHead::default() }))
        (split(
            html! { (general(&request, actor, &view)) (recording(&request, actor, &view)) (ownership_card(&request, actor)) },
            html! { (about(&view, &zone)) (plan(&request, actor, &view)) },
        ))
    };
    Ok(Frame::new(&request, t("Settings")).around(main))
}

fn may(actor: &Actor, permission: Permission) -> bool {
    actor.may(permission, &Thing::WORKSPACE)
}

fn general(request: &Request, actor: &Actor, view: &WorkspaceView) -> Markup {
    let body = html! {
        @if may(actor, Permission::WorkspaceRename) {
            (form::form("rename", &path(request, "/settings/name"), &csrf(request), html! {
                (form::input(&Field::new("name", t("Name")).form("rename").hint(t("What people call the workspace. Its address stays.")).required(), form::Kind::Text, &view.name))
                (form_actions(button::submit(&Button::new(Kind::Plain, t("Rename")))))
            }))
        }
        @if may(actor, Permission::SettingsUpdate) { (place(request, view)) }
        @else { (facts(&[(t("Name"), html! { (view.name) }), (t("Time zone"), html! { (view.time_zone) }), (t("Country code"), country(view)), (t("Language"), html! { (view.language.name()) })])) }
    };
    card(t("General"), "", None, body)
}

fn place(request: &Request, view: &WorkspaceView) -> Markup {
    let zones: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    let mut zones: Vec<Choice<'_>> = zones.iter().map(|name| Choice { value: name, label: name }).collect();
    if !zones.iter().any(|zone| zone.value == view.time_zone) {
        zones.insert(0, Choice { value: &view.time_zone, label: &view.time_zone });
    }
    let zone = Field::new("time_zone", t("Time zone"))
        .form("place")
        .hint(t("Days in filters and reports are days of this zone."))
        .required();
    let country = Field::new("country_code", t("Country calling code"))
        .form("place")
        .hint(t("Without +, like 44: for numbers that are written without it."));
    let language = Field::new("language", t("Language"))
        .form("place")
        .hint(t("For whoever has chosen none, neither in their profile nor in their browser."))
        .required();
    form::form(
        "place",
        &path(request, "/settings"),
        &csrf(request),
        html! {
            (form::select(&language, &parts::languages().choices(), view.language.code()))
            div.form-row { (form::select(&zone, &zones, &view.time_zone)) (form::input(&country, form::Kind::Text, &view.country_code)) }
            (form_actions(button::submit(&Button::new(Kind::Plain, t("Save")))))
        },
    )
}

fn country(view: &WorkspaceView) -> Markup {
    html! { @if view.country_code.is_empty() { "–" } @else { "+" (view.country_code) } }
}

fn recording(request: &Request, actor: &Actor, view: &WorkspaceView) -> Markup {
    let allowed = may(actor, Permission::AutoRecordUpdate);
    let states = [
        Segment { value: "on", label: t("On"), tone: Tone::Good },
        Segment { value: "off", label: t("Off"), tone: Tone::Neutral },
    ];
    let state = if view.auto_record { "on" } else { "off" };
    let hint = html! { (t("Every call is recorded unless somebody says otherwise. Tell callers where the law asks for it.")) };
    let line = setting(
        t("Record calls"),
        hint,
        segmented("auto_record", t("Record calls"), &states, state, !allowed),
    );
    let body = if allowed {
        form::autosave("auto-record", &path(request, "/settings/recording"), &csrf(request), line)
    } else {
        line
    };
    card(t("Recording"), "", None, body)
}

fn about(view: &WorkspaceView, zone: &TimeZone) -> Markup {
    let preset =
        access::Preset::by_key(&view.preset).map_or(view.preset.as_str(), |preset| preset.name.as_str());
    card(
        t("About"),
        "",
        None,
        facts(&[
            (t("Address"), html! { code { "/w/" (view.slug) } }),
            (t("Model"), html! { (preset) }),
            (t("Since"), when::moment(view.created_at, zone, Show::Date)),
        ]),
    )
}

/// The plan, what it lacks, and another one for whoever may commit to it.
fn plan(request: &Request, actor: &Actor, view: &WorkspaceView) -> Markup {
    let here = Plan::by_key(&view.plan);
    let name = here.map_or(view.plan.as_str(), |plan| plan.name.as_str());
    let lacks: Vec<&str> = here
        .map(|plan| {
            Permission::ALL.iter().filter(|p| !plan.allows.has(**p)).map(|p| t(p.entry().meaning)).collect()
        })
        .unwrap_or_default();
    let others: Vec<Choice<'_>> =
        Plan::all().iter().map(|plan| Choice { value: &plan.key, label: t(&plan.name) }).collect();
    let many = i64::try_from(lacks.len()).unwrap_or(i64::MAX);
    let change = Button::new(Kind::Plain, t("Change plan"))
        .confirm(t("Change the plan? What the new plan lacks is off for everybody at once."));
    let body = html! {
        p { (weave(t("This workspace has the plan {plan}."), &[("plan", html! { strong { (said(name)) } })])) }
        @if lacks.is_empty() { p.hint { (t("It lacks nothing.")) } } @else {
            details #plan-lacks { summary { (count(many, "What it lacks: {n} permission", "What it lacks: {n} permissions")) }
                ul.items { @for meaning in &lacks { li.capital { (meaning) } } } }
        }
        @if may(actor, Permission::BillingCommit) {
            (form::form("plan", &path(request, "/settings/plan"), &csrf(request), html! {
                (form::select(&Field::new("plan", t("Plan")).form("plan").required(), &others, &view.plan))
                (form_actions(button::submit(&change)))
            }))
        }
    };
    card(t("Plan"), "", None, body)
}

/// Handing ownership over, for the Owner (CAL-18).
fn ownership_card(request: &Request, actor: &Actor) -> Markup {
    let model = actor.snapshot().model();
    if !model.is_owner(actor.id()) || !may(actor, Permission::WorkspaceTransfer) {
        return html! {};
    }
    let admins: Vec<(String, String)> = choices::that(actor, Noun::User, |_| true)
        .into_iter()
        .filter(|(id, _)| {
            let admin = model.role_of(*id).is_some_and(|role| role.key.as_deref() == Some("admin"));
            admin && model.users.get(id).is_some_and(|user| user.standing == Standing::Active)
        })
        .map(|(id, name)| (id.to_string(), name))
        .collect();
    let ask = Button::new(Kind::Danger, t("Transfer ownership")).confirm(t(
        "Transfer ownership? They become Owner and you become Admin, at once. Only they can give it back.",
    ));
    let body = html! {
        @if admins.is_empty() {
            p.quiet-text { (t("Ownership goes to an active Admin, and there is none. Give somebody that role first.")) }
        } @else {
            (form::form("transfer", &path(request, "/settings/owner"), &csrf(request), html! {
                (form::select(&Field::new("to", t("New Owner")).form("transfer").hint(t("One of the Admins.")).required(), &borrowed(&admins), ""))
                (form_actions(button::submit(&ask)))
            }))
        }
    };
    let hint = t("The Admin whom you choose becomes Owner, and you become Admin, in one step.");
    card(t("Ownership"), hint, Some(badge(Tone::Accent, t("You are the Owner"))), body)
}

/// What the forms of this page send.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Typed {
    name: String,
    time_zone: Option<String>,
    country_code: Option<String>,
    language: Option<Language>,
    auto_record: String,
    plan: String,
    to: u32,
}

/// Renames the workspace.
pub async fn rename(
    request: Request,
    permit: Permit<can::WorkspaceRename>,
    Form(typed): Form<Typed>,
) -> Result<Redirect, Refusal> {
    settings::rename(&request.server.app, &permit, &request.author(), &typed.name).await?;
    Ok(back(&request, "saved"))
}

/// Changes time zone, country and language.
pub async fn update(
    request: Request,
    permit: Permit<can::SettingsUpdate>,
    Form(typed): Form<Typed>,
) -> Result<Redirect, Refusal> {
    let edit = SettingsChange {
        time_zone: typed.time_zone,
        country_code: typed.country_code,
        language: typed.language,
    };
    settings::update(&request.server.app, &permit, &request.author(), edit).await?;
    Ok(back(&request, "saved"))
}

/// Switches automatic recording.
pub async fn set_auto_record(
    request: Request,
    permit: Permit<can::AutoRecordUpdate>,
    Form(typed): Form<Typed>,
) -> Result<Redirect, Refusal> {
    let on = match typed.auto_record.as_str() {
        "on" => true,
        "off" => false,
        _ => return Err(Refusal::invalid("auto_record", "{field} must be on or off.")),
    };
    settings::set_auto_record(&request.server.app, &permit, &request.author(), on).await?;
    Ok(back(&request, ""))
}

/// Moves to another plan.
pub async fn change_plan(
    request: Request,
    permit: Permit<can::BillingCommit>,
    Form(typed): Form<Typed>,
) -> Result<Redirect, Refusal> {
    let change = workspace::plan::PlanChange { plan: Some(typed.plan), seats: None };
    workspace::plan::update(&request.server.app, &permit, &request.author(), change).await?;
    Ok(back(&request, "saved"))
}

/// Hands ownership over.
pub async fn transfer(
    request: Request,
    permit: Permit<can::WorkspaceTransfer>,
    Form(typed): Form<Typed>,
) -> Result<Redirect, Refusal> {
    ownership::transfer(&request.server.app, &permit, &request.author(), typed.to).await?;
    Ok(back(&request, "transferred"))
}

/// Back to the page, with what was done.
fn back(request: &Request, done: &str) -> Redirect {
    Redirect::to(&super::paging::address(&path(request, "/settings"), &[("done", done)]))
}
