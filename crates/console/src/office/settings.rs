//! The workspace's settings: name, time zone and country, automatic recording, plan, ownership.

use access::model::Standing;
use access::{Actor, Noun, Permission, Permit, Plan, Thing, can};
use acts::Refusal;
use acts::kernel::language::Language;
use acts::office::settings::{self, SettingsChange, WorkspaceView};
use acts::rights::ownership::{self, Heir};
use axum::response::Redirect;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::shell::choices;
use crate::shell::frame::{Frame, csrf, path};
use crate::shell::parts::{self, Options};
use crate::shell::when;
use ui::badge::{Tone, badge};
use ui::button::{self, Button, Kind};
use ui::card::{card, facts};
use ui::datetime::Show;
use ui::dialog;
use ui::filter::Choice;
use ui::form::{self, Field, form_actions};
use ui::page::{PageHead, page_head, split};
use ui::segmented::{Segment, segmented, setting};
use ui::text::{said, t, weave};
use web::input::Form;
use web::request::Request;

/// The page.
pub async fn show(request: Request, permit: Permit<can::SettingsRead>, _: ()) -> Result<Markup, Refusal> {
    let view = settings::show(&permit, &request.identity()?.workspace);
    let zone = when::zone(&request);
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
                (confirmation(view, "rename"))
                (form_actions(button::submit(&Button::new(Kind::Plain, t("Rename")))))
            }))
        }
        @if may(actor, Permission::SettingsUpdate) { (place(request, view)) }
        @else { (facts(&[(t("Name"), html! { (view.name) }), (t("Time zone"), html! { (view.time_zone) }), (t("Country code"), country(view)), (t("Language"), html! { (view.language.name()) })])) }
    };
    card(t("General"), "", None, body)
}

/// How the names of zones begin that are of a place on Earth (IANA).
const PLACES: [&str; 9] = [
    "Africa/",
    "America/",
    "Antarctica/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
];

fn place(request: &Request, view: &WorkspaceView) -> Markup {
    // Those of places; the database has aliases, fixed offsets and files of its own besides.
    let place = |name: &String| PLACES.iter().any(|place| name.starts_with(place)) || name == "Etc/UTC";
    let zones: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).filter(place).collect();
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
    let pin = Field::new("pin_digits", t("Digits of a PIN"))
        .form("place")
        .hint(t("PINs sign people in on phones. Those of another length no longer do: people need new ones."))
        .required();
    let digits = [Choice { value: "4", label: "4" }, Choice { value: "6", label: "6" }];
    form::form(
        "place",
        &path(request, "/settings"),
        &csrf(request),
        html! {
            (form::select(&language, &parts::languages().choices(), view.language.code()))
            div.form-row { (form::select(&zone, &zones, &view.time_zone)) (form::input(&country, form::Kind::Text, &view.country_code)) }
            (form::select(&pin, &digits, &view.pin_digits.to_string()))
            (confirmation(view, "place"))
            (form_actions(button::submit(&Button::new(Kind::Plain, t("Save")))))
        },
    )
}

/// The field for the present password, where the preset asks for it (CLY-19).
fn confirmation(view: &WorkspaceView, form: &'static str) -> Markup {
    html! { @if view.asks_password { (parts::own_password(form)) } }
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
    let body = if allowed && view.asks_password {
        form::form(
            "auto-record",
            &path(request, "/settings/recording"),
            &csrf(request),
            html! {
                (line) (parts::own_password("auto-record"))
                (form_actions(button::submit(&Button::new(Kind::Plain, t("Save")))))
            },
        )
    } else if allowed {
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

/// The plan, with the way to its page for those who may see it.
fn plan(request: &Request, actor: &Actor, view: &WorkspaceView) -> Markup {
    let name = Plan::by_key(&view.plan).map_or(view.plan.as_str(), |plan| plan.name.as_str());
    let more = may(actor, Permission::BillingRead)
        .then(|| button::link(&Button::new(Kind::Plain, t("Plan and seats")), &path(request, "/plan")));
    let body = html! {
        p { (weave(t("This workspace has the plan {plan}."), &[("plan", html! { strong { (said(name)) } })])) }
    };
    card(t("Plan"), "", more, body)
}

/// Handing ownership over, for the Owner (CAL-18).
fn ownership_card(request: &Request, actor: &Actor) -> Markup {
    let model = actor.snapshot().model();
    if !model.is_owner(actor.id()) || !may(actor, Permission::WorkspaceTransfer) {
        return html! {};
    }
    let admins: Options = choices::that(actor, Noun::User, |_| true)
        .into_iter()
        .filter(|(id, _)| {
            let admin = model.role_of(*id).is_some_and(|role| role.key.as_deref() == Some("admin"));
            admin && model.users.get(id).is_some_and(|user| user.standing == Standing::Active)
        })
        .collect();
    let body = html! {
        @if admins.is_empty() {
            p.quiet-text { (t("Ownership goes to an active Admin, and there is none. Give somebody that role first.")) }
        } @else {
            (form_actions(button::opens(&Button::new(Kind::Danger, t("Transfer ownership…")), "transfer-dialog")))
            (transfer_dialog(request, &admins))
        }
    };
    let hint = t("The Admin whom you choose becomes Owner, and you become Admin, in one step.");
    card(t("Ownership"), hint, Some(badge(Tone::Accent, t("You are the Owner"))), body)
}

/// The question, with the password that confirms the answer.
fn transfer_dialog(request: &Request, admins: &Options) -> Markup {
    let to = Field::new("to", t("New Owner")).form("transfer").hint(t("One of the Admins.")).required();
    let hint = t("As they tell it to you: whoever reads its mail can become Owner.");
    let email = Field::new("email", t("Their email address")).form("transfer").hint(hint);
    let fields = html! {
        p { (t("They become Owner and you become Admin, at once. Only they can give it back.")) }
        (form::select(&to, &admins.choices(), ""))
        (form::input(&email, form::Kind::Email, ""))
        (parts::own_password("transfer"))
    };
    let (title, transfer) = (t("Transfer ownership?"), Button::new(Kind::Danger, t("Transfer ownership")));
    let act = path(request, "/settings/owner");
    dialog::asking("transfer-dialog", title, &act, &csrf(request), &transfer, fields)
}

/// What the forms of this page send.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Typed {
    name: String,
    time_zone: Option<String>,
    country_code: Option<String>,
    language: Option<Language>,
    auto_record: String,
    to: u32,
    email: String,
    pin_digits: Option<i64>,
    password: Option<String>,
}

/// Renames the workspace.
pub async fn rename(
    request: Request,
    permit: Permit<can::WorkspaceRename>,
    Form(typed): Form<Typed>,
) -> Result<Redirect, Refusal> {
    let confirmation = request.confirmation(typed.password.as_deref());
    settings::rename(&request.server.app, &permit, &request.author(), &typed.name, &confirmation).await?;
    Ok(back(&request, "saved"))
}

/// Changes time zone, country and language.
pub async fn update(
    request: Request,
    permit: Permit<can::SettingsUpdate>,
    Form(typed): Form<Typed>,
) -> Result<Redirect, Refusal> {
    let confirmation = request.confirmation(typed.password.as_deref());
    let edit = SettingsChange {
        time_zone: typed.time_zone.clone(),
        country_code: typed.country_code.clone(),
        language: typed.language,
        pin_digits: typed.pin_digits,
        password: None,
    };
    settings::update(&request.server.app, &permit, &request.author(), edit, &confirmation).await?;
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
    let confirmation = request.confirmation(typed.password.as_deref());
    settings::set_auto_record(&request.server.app, &permit, &request.author(), on, &confirmation).await?;
    Ok(back(&request, ""))
}

/// Hands ownership over.
pub async fn transfer(
    request: Request,
    permit: Permit<can::WorkspaceTransfer>,
    Form(typed): Form<Typed>,
) -> Result<Redirect, Refusal> {
    let confirmation = request.confirmation(typed.password.as_deref());
    let heir = Heir { user: typed.to, email: Some(&typed.email) };
    ownership::transfer(&request.server.app, &permit, &request.author(), &heir, &confirmation).await?;
    Ok(back(&request, "transferred"))
}

/// Back to the page, with what was done.
fn back(request: &Request, done: &str) -> Redirect {
    Redirect::to(&crate::shell::paging::address(&path(request, "/settings"), &[("done", done)]))
}
