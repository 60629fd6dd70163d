//! One call: its facts, who took part, its recording, and why it can be seen.

use access::{Actor, Noun, Permission, Permit, can};
use acts::calls::calls::{self, CallView};
use acts::{Ref, Refusal};
use axum::response::Redirect;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use crate::calls::calls::{direction, inside, outcome, outside, sound};
use crate::office::audit;
use crate::shell::frame::{Frame, csrf, path};
use crate::shell::paging::address;
use crate::shell::parts::linked;
use crate::shell::when;
use ui::avatar::person;
use ui::badge::{Tone, badge};
use ui::button::{self, Button, Kind};
use ui::card::{card, facts};
use ui::datetime::Show;
use ui::page::{Crumb, PageHead, page_head, split};
use ui::text::{fill, t};
use web::recordings;
use web::request::Request;

/// The page of a call.
pub async fn show(request: Request, permit: Permit<can::CallRecordRead>, _: ()) -> Result<Markup, Refusal> {
    let call = calls::show(&request.server.app, &permit).await?;
    let zone = when::zone(&request);
    let actor = &request.identity()?.actor;
    let subtitle = match (call.direction.as_str(), inside(&call)) {
        ("inbound" | "outbound", us) if !us.is_empty() => fill(
            t("{direction} call with {name}"),
            &[("direction", &direction(&call.direction)), ("name", &us)],
        ),
        _ => fill(t("{direction} call"), &[("direction", &direction(&call.direction))]),
    };
    let main = html! {
        (page_head(&PageHead {
            title: &outside(&call),
            subtitle: &subtitle,
            crumbs: &[Crumb { href: &path(&request, "/calls"), label: t("Calls") }],
            badges: Some(outcome(&call.outcome)),
            actions: audit::link(&request, actor, Noun::Call, call.id),
        }))
        (split(
            html! { (recording(&request, actor, &permit, &call, &zone)) (course(&call, &zone)) },
            html! { (people(&request, actor, &call)) (questions(&request, actor, &permit, &call)) },
        ))
    };
    Ok(Frame::new(&request, t("Call")).around(main))
}

/// When what happened.
fn course(call: &CallView, zone: &TimeZone) -> Markup {
    let rang = (call.answered_at.unwrap_or(call.ended_at).0 - call.started_at.0) / 1_000_000;
    let at = |at| html! { (when::moment(at, zone, Show::DateTime)) };
    card(
        t("Course"),
        "",
        None,
        facts(&[
            (t("Began to ring"), at(call.started_at)),
            (
                t("Answered"),
                html! { @match call.answered_at { Some(when) => (at(when)), None => (t("no")) } },
            ),
            (t("Ended"), at(call.ended_at)),
            (t("Rang for"), html! { (when::span(rang)) }),
            (
                t("Talked for"),
                html! { @if call.talk_seconds > 0 { (when::span(call.talk_seconds)) } @else { "–" } },
            ),
            (t("Outcome"), outcome(&call.outcome)),
        ]),
    )
}

/// Who and what took part; linked where the reader may see them.
fn people(request: &Request, actor: &Actor, call: &CallView) -> Markup {
    let party = |user: &Option<Ref>, party: &str, name: Option<&str>| {
        html! {
            @match user {
                Some(user) => (linked(request, actor, Noun::User, user, person(&user.name, party))),
                None => { (party) @if let Some(name) = name { br; span.quiet-text { (name) } } }
            }
        }
    };
    let thing = |noun, thing: &Option<Ref>| {
        thing.as_ref().map(|thing| linked(request, actor, noun, thing, html! { (thing.name) }))
    };
    let mut lines = vec![
        (
            t("From"),
            party(&call.from_user, &call.from, call.from_name.as_deref().filter(|name| *name != call.from)),
        ),
        (t("To"), party(&call.to_user, &call.to, None)),
    ];
    lines.extend(thing(Noun::Queue, &call.queue).map(|queue| (t("Queue"), queue)));
    lines.extend(thing(Noun::Number, &call.number).map(|number| (t("Number"), number)));
    let masked = (call.from.contains('•') || call.to.contains('•')).then(|| {
        let why = question(request, actor, "why", "call_record:unmask", call.id);
        html! { p.hint { (t("You see outside numbers only in part.")) " " @if let Some(why) = why { a href=(why) { (t("Why?")) } } } }
    });
    card(t("Who took part"), "", None, html! { (facts(&lines)) @if let Some(masked) = masked { (masked) } })
}

fn recording(
    request: &Request,
    actor: &Actor,
    permit: &Permit<can::CallRecordRead>,
    call: &CallView,
    zone: &TimeZone,
) -> Markup {
    let page = path(request, &format!("/calls/{}", call.id));
    let delete = (call.has_recording && actor.may(Permission::RecordingDelete, permit.thing())).then(|| {
        let ask = Button::new(Kind::Danger, t("Delete recording"))
            .confirm(t("Delete this recording for good? The call stays in the log."));
        button::post(&ask, &format!("{page}/recording/delete"), &csrf(request))
    });
    let body = html! {
        @if !call.has_recording {
            p.quiet-text { (t("This call has no recording.")) }
        } @else if call.may_listen || call.may_download {
            div.recording { (sound(call, &page, zone)) }
        } @else {
            p { (badge(Tone::Neutral, t("Recorded"))) " " (t("You may not listen to it.")) " "
                @if let Some(why) = question(request, actor, "why", "recording:listen", call.id) { a href=(why) { (t("Why?")) } } }
        }
    };
    card(t("Recording"), "", delete, body)
}

/// Why one sees it, and who else can see and hear it.
fn questions(
    request: &Request,
    actor: &Actor,
    permit: &Permit<can::CallRecordRead>,
    call: &CallView,
) -> Markup {
    let id = permit.thing().id;
    let asks = [
        ("why", "call_record:read", t("Why can I see this call?")),
        ("who", "call_record:read", t("Who can see this call?")),
        ("who", "recording:listen", t("Who can hear the recording?")),
    ];
    let links: Vec<(&str, String)> = asks
        .into_iter()
        .filter(|(_, permission, _)| call.has_recording || *permission != "recording:listen")
        .filter_map(|(tab, permission, label)| Some((label, question(request, actor, tab, permission, id)?)))
        .collect();
    html! {
        @if !links.is_empty() {
            (card(t("Access"), "", None, html! { ul.links { @for (label, href) in &links { li { a href=(href) { (label) } } } } }))
        }
    }
}

/// The address of a question about a call, for whoever may ask it.
fn question(request: &Request, actor: &Actor, tab: &str, permission: &str, call: i64) -> Option<String> {
    let me = actor.id().to_string();
    let user = if tab == "why" { me.as_str() } else { "" };
    let thing = format!("call:{call}");
    let query = [("tab", tab), ("user", user), ("permission", permission), ("thing", thing.as_str())];
    actor.holds(Permission::AccessExplain).then(|| address(&path(request, "/why"), &query))
}

/// Deletes the recording: first what is known of it, then the file.
pub async fn delete_recording(
    request: Request,
    permit: Permit<can::RecordingDelete>,
    _: (),
) -> Result<Redirect, Refusal> {
    let file = calls::delete_recording(&request.server.app, &permit, &request.author()).await?;
    recordings::remove(&request, &file).await?;
    Ok(Redirect::to(&path(&request, &format!("/calls/{}?done=recording-deleted", permit.thing().id))))
}
