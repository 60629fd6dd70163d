//! Asking first: who gains and who loses what by a form, before it holds. And undo, after it does.

use access::Permission;
use acts::Refusal;
use acts::kernel::foresight::{self, Affected, Foresight, Line};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use store::Identity;

use crate::shell::frame::{self, Frame, csrf, path};
use crate::shell::paging::with;
use ui::badge::{Tone, badge};
use ui::button::{self, Button, Kind};
use ui::dialog;
use ui::form;
use ui::page::{PageHead, page_head};
use ui::text::{count, fill, said, t};
use web::request::{ASKED, Request, SECRET};

/// So many people of a group are named.
const NAMED: usize = 6;
/// So many lines stand open; the rest unfolds.
const OPEN: usize = 8;

/// The question that stands before a form that changes somebody's access: the same form with a yes in it.
pub fn ask(request: &Request, foresight: &Foresight) -> Response {
    let title = t("Who gains and who loses by this");
    if request.headers.contains_key("hx-request") {
        let headers = [
            ("hx-retarget", "#ask"),
            ("hx-reswap", "innerHTML show:none"),
            ("hx-reselect", "#foreseen"),
            ("hx-push-url", "false"),
        ];
        let cancel = dialog::cancel("foreseen");
        return (headers, dialog::dialog("foreseen", title, true, again(request, foresight, cancel)))
            .into_response();
    }
    let back = request.header(header::REFERER).to_owned();
    let cancel = button::link(&Button::new(Kind::Plain, t("Cancel")), &back);
    let head = PageHead { title, subtitle: t("Nothing has been changed yet."), ..PageHead::default() };
    let main = html! { (page_head(&head)) (again(request, foresight, cancel)) };
    Frame::new(request, title).around(main).into_response()
}

/// What the form would do, and the form again, with everything that was in it.
fn again(request: &Request, foresight: &Foresight, cancel: Markup) -> Markup {
    let action = request.uri.path_and_query().map_or("", |p| p.as_str());
    let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(&request.body).unwrap_or_default();
    let not_again = |name: &str| name == "csrf" || name == ASKED || SECRET.contains(&name);
    let sent = fields.iter().filter(|(name, _)| !not_again(name));
    html! {
        div.foreseen { @for group in &foresight.groups { (affected(group)) } }
        (form::form("again", action, &csrf(request), html! {
            @for (name, value) in sent { input type="hidden" name=(name) value=(value); }
            input type="hidden" name=(ASKED) value="1";
            (form::form_actions(html! { (cancel) (button::submit(&Button::new(Kind::Primary, t("Make the change")))) }))
        }))
    }
}

fn affected(group: &Affected) -> Markup {
    html! {
        section {
            h3 { (people(group)) }
            (lines(t("Gains"), "gains", &group.gains))
            (lines(t("Loses"), "loses", &group.loses))
        }
    }
}

/// `Ana, Ben and 3 others`, and whether there are more whom the reader may not know.
fn people(group: &Affected) -> String {
    let names: Vec<&str> = group.people.iter().take(NAMED).map(|person| person.name.as_str()).collect();
    let rest = i64::try_from(group.people.len() - names.len()).unwrap_or(i64::MAX);
    let known = match rest {
        0 => names.join(", "),
        _ => fill(
            &count(rest, "{names} and {n} other", "{names} and {n} others"),
            &[("names", &names.join(", "))],
        ),
    };
    match (names.is_empty(), group.others) {
        (true, _) => t("People whom you cannot see").to_owned(),
        (_, true) => fill(t("{people}, and others whom you cannot see"), &[("people", &known)]),
        (_, false) => known,
    }
}

fn lines(heading: &str, class: &str, lines: &[Line]) -> Markup {
    let (open, rest) = lines.split_at(lines.len().min(OPEN));
    let more = i64::try_from(rest.len()).unwrap_or(i64::MAX);
    html! {
        @if !lines.is_empty() {
            h4 class=(class) { (heading) }
            ul class={ "pieces " (class) } { @for line in open { (piece(line)) } }
            @if !rest.is_empty() {
                details {
                    summary { (count(more, "{n} more", "{n} more")) }
                    ul class={ "pieces " (class) } { @for line in rest { (piece(line)) } }
                }
            }
        }
    }
}

fn piece(line: &Line) -> Markup {
    let text = match line.kind {
        "permission" => said(line.meaning).into_owned(),
        "lead" => fill(t("leads {name}"), &[("name", &line.name)]),
        "person" => fill(t("{name} among the people whom they lead"), &[("name", &line.name)]),
        _ => line.name.clone(),
    };
    let on_or_off = Permission::from_name(&line.name).is_some_and(|p| !p.concerns_rows());
    let reaches = line.reaches.iter().filter(|_| !on_or_off);
    html! {
        li {
            span { (text) }
            @for reach in reaches { span.chip { (said(reach)) } }
            @if line.risky { (badge(Tone::Warn, t("sensitive"))) }
        }
    }
}

/// Undoes a change of one's own.
pub async fn undo(request: Request, who: Identity, _: ()) -> Result<Redirect, Refusal> {
    foresight::undo(&request.server.app, &who.actor, &request.author(), request.param("undo")).await?;
    let page = frame::came_from(&request).unwrap_or_else(|| path(&request, ""));
    Ok(Redirect::to(&with(&page, "done", "undone")))
}

/// The address that undoes a change.
pub fn undo_path(request: &Request, receipt: &str) -> String {
    path(request, &format!("/undo/{receipt}"))
}

/// An answer that leads on to a page, with what that page needs to offer undo.
pub fn offering(mut answer: Response, receipt: &str) -> Response {
    let there = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
    let Some(there) = there else { return answer };
    if let Ok(to) = with(there, "undo", receipt).parse() {
        answer.headers_mut().insert(header::LOCATION, to);
    }
    answer
}
