//! Asking for access: from a page that was refused, with what it lacks already chosen, or from one's profile.

use std::collections::BTreeMap;

use access::{Actor, Group, Permission, Permit, Reach, Reaches, Thing, can};
use acts::rights::access_requests::{self, NewRequest, RequestView, askable_roles};
use acts::{Code, Refusal};
use axum::response::Redirect;
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::rights::access_matrix::{key, reaches};
use crate::rights::access_requests::{asked_for, state};
use crate::shell::frame::{Frame, csrf, done, path};
use crate::shell::parts::{self, Options};
use ui::badge::Tone;
use ui::button::{self, Button, Kind};
use ui::card::card;
use ui::datetime::Show;
use ui::form::{self, Field};
use ui::icon::{Icon, icon};
use ui::page::{Crumb, PageHead, notice, page_head};
use ui::reach::{Locked, reach_picker};
use ui::text::{count, fill, said, t};
use web::endpoint::Asks;
use web::input::{Pairs, Query};
use web::request::Request;

/// What the address asks for already.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    permission: String,
    reach: String,
}

/// The form.
pub async fn show(
    request: Request,
    permit: Permit<can::AccessRequestCreate>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    let actor = permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))?;
    let profile = path(&request, "/profile");
    let title = t("Ask for access");
    let subtitle = t("Whoever can give it sees what you ask for and why, and decides.");
    let chosen = Permission::from_name(&asked.permission).filter(|p| may_be_asked(actor, *p));
    let main = html! {
        (page_head(&PageHead { title, subtitle, crumbs: &[Crumb { href: &profile, label: t("Your profile") }], ..PageHead::default() }))
        div.stack {
            @match chosen {
                Some(permission) => (one(&request, permission, Reach::from_word(&asked.reach))),
                None => { (another_role(&request, actor)) (permissions(&request, actor)) }
            }
        }
    };
    Ok(Frame::new(&request, title).around(main))
}

/// Whether asking for a permission could come to anything: it can be given, the plan has it, and one lacks some of it.
fn may_be_asked(actor: &Actor, permission: Permission) -> bool {
    let allowed = permission.can_be_given() && actor.snapshot().model().allows.has(permission);
    allowed && !lacking(actor, permission).is_empty()
}

/// The reaches of a permission that one lacks.
fn lacking(actor: &Actor, permission: Permission) -> Reaches {
    let held = actor.folded().powers.reaches(permission);
    permission.entry().reaches.iter().filter(|reach| !held.has(*reach)).fold(Reaches::NONE, Reaches::with)
}

fn reason(form_id: &str) -> Markup {
    let hint = t("What you need it for, so that it can be decided.");
    form::textarea(&Field::new("reason", t("Reason")).required().hint(hint).form(form_id), "")
}

fn send() -> Markup {
    form::form_actions(button::submit(&Button::new(Kind::Primary, t("Ask for it"))))
}

/// One permission, with the reach that was missing.
fn one(request: &Request, permission: Permission, reach: Option<Reach>) -> Markup {
    let possible = permission.entry().reaches;
    let chosen = reach.filter(|reach| possible.has(*reach)).or_else(|| possible.iter().next());
    let held: Vec<_> = chosen.map(|reach| reaches(Reaches::of(&[reach]))).unwrap_or_default();
    let meaning = said(permission.entry().meaning);
    let body = html! {
        div.matrix-permissions {
            p { strong.capital { (meaning) } " " code { (permission.name()) } }
            (reach_picker(permission.name(), &meaning, &reaches(possible), &held, &Locked::default()))
        }
        (reason("ask"))
        (send())
    };
    card(t("What you need"), "", None, form::form("ask", &path(request, "/requests"), &csrf(request), body))
}

fn another_role(request: &Request, actor: &Actor) -> Markup {
    let roles: Options = askable_roles(actor).map(|(id, name)| (id, said(name))).collect();
    if roles.is_empty() {
        return html! {};
    }
    let body = html! {
        (form::select(&Field::new("role", t("Role")).required().form("ask-role"), &roles.choices(), ""))
        (reason("ask-role"))
        (send())
    };
    let form = form::form("ask-role", &path(request, "/requests"), &csrf(request), body);
    card(t("Another role"), t("In place of the one that you have"), None, form)
}

fn permissions(request: &Request, actor: &Actor) -> Markup {
    let of = |group: Group| {
        let in_group = move |p: &&Permission| p.entry().group == group;
        Permission::ALL
            .iter()
            .filter(in_group)
            .copied()
            .filter(|p| may_be_asked(actor, *p))
            .collect::<Vec<_>>()
    };
    let groups = Group::ALL.into_iter().map(|group| (group, of(group))).filter(|(_, all)| !all.is_empty());
    let body = html! {
        div { @for (group, permissions) in groups {
            details.ask-group id={ "ask-" (key(group)) } {
                summary { (icon(Icon::Right)) span { (said(group.label())) } }
                ul.matrix-permissions {
                    @for permission in permissions {
                        @let meaning = said(permission.entry().meaning);
                        li {
                            span.matrix-meaning { span.capital { (meaning) } span.matrix-name { code { (permission.name()) } } }
                            (reach_picker(permission.name(), &meaning, &reaches(lacking(actor, permission)), &[], &Locked::default()))
                        }
                    }
                }
            }
        } }
        (reason("ask-permissions"))
        (send())
    };
    let form = form::form("ask-permissions", &path(request, "/requests"), &csrf(request), body);
    card(t("Single permissions"), t("Tick what you need, and no further than you need it"), None, form)
}

/// Asks.
pub async fn create(
    request: Request,
    permit: Permit<can::AccessRequestCreate>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let new =
        NewRequest { holds: ticked(&typed), role: typed.id("role")?, reason: typed.get("reason").into() };
    if new.holds.is_empty() && new.role.is_none() {
        return Err(Refusal::invalid("holds", t("Tick at least one permission.")));
    }
    let reason = access_requests::one_line(&new.reason);
    let asked = access_requests::ask(&request.server.app, &permit, &request.author(), new).await?;
    // What was asked for before is open with the reason that it had.
    Ok(done(&request, "/profile", if asked.reason == reason { "asked" } else { "asked-before" }))
}

/// What was ticked: `recording:listen=own` and so on.
pub fn ticked(typed: &Pairs) -> BTreeMap<String, Vec<String>> {
    let mut holds: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, reach) in typed.0.iter().filter(|(name, _)| Permission::from_name(name).is_some()) {
        holds.entry(name.clone()).or_default().push(reach.clone());
    }
    holds
}

/// Takes one's own request back.
pub async fn withdraw(
    request: Request,
    permit: Permit<can::AccessRequestCreate>,
    _: (),
) -> Result<Redirect, Refusal> {
    let id = request.id("access_request")?.0;
    access_requests::withdraw(&request.server.app, &permit, &request.author(), id).await?;
    Ok(done(&request, "/profile", "taken"))
}

/// One's own requests, for the profile.
pub async fn own(request: &Request, actor: &Actor) -> Result<Markup, Refusal> {
    let asked = access_requests::own(&request.server.app, actor).await?.items;
    let may = actor.holds(Permission::AccessRequestCreate);
    if asked.is_empty() && !may {
        return Ok(html! {});
    }
    let ask = may.then(|| {
        let button = Button::new(Kind::Plain, t("Ask for access")).icon(Icon::Ask);
        button::link(&button, &path(request, "/requests/new"))
    });
    let body = html! {
        @if asked.is_empty() { p.hint { (t("You have asked for nothing yet.")) } }
        @for one in &asked { (line(request, one)) }
    };
    Ok(card(t("Your requests"), "", ask, body))
}

/// For so long the start page tells what became of a request.
const NEWS: i64 = 7 * 86_400_000_000;

/// What the start page tells of requests: what became of one's own lately, and how many wait for one's answer. Nothing
/// to whoever looks as somebody else: what was answered them is theirs.
pub async fn news(request: &Request, actor: &Actor) -> Result<Markup, Refusal> {
    if actor.viewer().is_some() {
        return Ok(html! {});
    }
    let since = request.server.app.store.now() - NEWS;
    let asked = access_requests::own(&request.server.app, actor).await?.items;
    let told = |one: &&RequestView| {
        one.decided_at.is_some_and(|at| at.0 >= since) && matches!(one.state.as_str(), "granted" | "declined")
    };
    let profile = path(request, "/profile");
    let requests = path(request, "/requests");
    Ok(html! {
        @let waiting = request.waits(Permission::AccessRequestDecide);
        @if waiting > 0 {
            @let waiting = count(waiting, "{n} request waits for an answer", "{n} requests wait for an answer");
            (notice(Tone::Accent, html! { a href=(requests) { (waiting) } }))
        }
        @for one in asked.iter().filter(told).take(3) {
            @let (tone, text) = match one.state.as_str() {
                "granted" => (Tone::Good, t("Your request was granted.")),
                _ => (Tone::Warn, t("Your request was declined.")),
            };
            (notice(tone, html! { a href=(profile) { (text) } @if !one.note.is_empty() { " “" (one.note) "”" } }))
        }
    })
}

fn line(request: &Request, asked: &RequestView) -> Markup {
    let withdraw = format!("/requests/{}/withdraw", asked.id);
    html! {
        div.grant id={ "request-" (asked.id) } {
            div.grant-head {
                div.setting-text {
                    (asked_for(asked))
                    p.hint { (asked.reason) }
                    p.hint { (state(asked)) " " (parts::when(asked.decided_at.unwrap_or(asked.created_at), Show::DateTime)) }
                    (answer(asked))
                }
                @if asked.state == "open" {
                    (button::post(&Button::new(Kind::Plain, t("Withdraw")), &path(request, &withdraw), &csrf(request)))
                }
            }
        }
    }
}

/// Who decided and what they said.
fn answer(asked: &RequestView) -> Markup {
    let by = asked.decided_by.as_ref().map(|by| fill(t("Decided by {name}."), &[("name", &by.name)]));
    html! {
        @if let Some(by) = by { p.hint { (by) @if !asked.note.is_empty() { " “" (asked.note) "”" } } }
        @if let Some(until) = asked.until { p.hint { (parts::until(until)) } }
    }
}

/// The offer to ask for what a refused page lacks, at the narrowest reach that would open it.
pub fn offer(request: &Request, asks: Asks, missing: Permission) -> Markup {
    // Who looks as somebody else asks for nothing in their name.
    let asks_for_themselves =
        |who: &&store::Identity| who.viewer.is_none() && who.actor.holds(Permission::AccessRequestCreate);
    let Some(who) = request.who.as_ref().filter(asks_for_themselves) else { return html! {} };
    if !may_be_asked(&who.actor, missing) {
        return html! {};
    }
    let reach = narrowest(request, &who.actor, asks, missing).map_or("", Reach::word);
    let address = format!("/requests/new?permission={}&reach={reach}", missing.name());
    button::link(&Button::new(Kind::Plain, t("Ask for this")).icon(Icon::Ask), &path(request, &address))
}

/// The narrowest reach that one lacks and that would do: for a thing, one that reaches it.
fn narrowest(request: &Request, actor: &Actor, asks: Asks, missing: Permission) -> Option<Reach> {
    let thing = match asks {
        Asks::On(permission, noun) if permission == missing => {
            let id = request.param(noun.word()).parse().ok().map(access::Id);
            id.and_then(|id| actor.snapshot().thing(noun, id))
        }
        _ => None,
    };
    let does = |reach: &Reach| thing.as_ref().is_none_or(|thing| would_reach(actor, missing, *reach, thing));
    let lacking = lacking(actor, missing);
    lacking.iter().find(does).or_else(|| lacking.iter().last())
}

fn would_reach(actor: &Actor, permission: Permission, reach: Reach, thing: &Thing) -> bool {
    let touches = || thing.touches.iter();
    match reach {
        Reach::Own => touches().any(|id| *id == actor.id()),
        Reach::Assigned => touches().any(|id| actor.folded().is_granted(permission, *id)),
        Reach::Team => touches().any(|id| actor.folded().leads(*id)),
        Reach::All => true,
    }
}
