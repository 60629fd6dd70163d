//! The outbox: what was written to people, what became of it, and links to pass on where no mail server is set up.

use access::{Actor, Noun, Visible, can};
use acts::office::outbox::{self, MailView};
use acts::{List, Refusal};
use axum::response::Redirect;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::shell::frame::{Frame, csrf, done, path};
use crate::shell::paging::{Pages, address};
use crate::shell::parts::linked;
use crate::shell::when;
use ui::avatar::person;
use ui::badge::{Tone, status};
use ui::button::{self, Button, Kind};
use ui::datetime::Show;
use ui::empty::empty;
use ui::icon::{Icon, icon};
use ui::page::{PageHead, notice, page_head};
use ui::table::{Column, Row, table};
use ui::text::{count, fill, later, t};
use web::input::Query;
use web::request::Request;

/// How many mails one page lists.
const ON_A_PAGE: i64 = 50;

/// Which part of the list.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    after: String,
}

/// What the kinds of mails are called.
const KINDS: [(&str, &str); 11] = [
    ("invitation", later("Invitation")),
    ("password_reset", later("Forgotten password")),
    ("request_made", later("Request for access")),
    ("request_decided", later("Decision on a request")),
    ("review_started", later("Review of access")),
    ("pin_closed", later("PIN closed")),
    ("own_secret", later("Password of one's own")),
    ("secret_taken", later("Password withdrawn")),
    ("pin_withdrawn", later("PIN withdrawn")),
    ("secret_withdrawn", later("Secret withdrawn")),
    ("address_changed", later("Email address changed")),
];

/// What the states of mails are called.
const STATES: [(&str, Tone, &str); 6] = [
    ("sent", Tone::Good, later("Sent")),
    ("waiting", Tone::Warn, later("Waiting")),
    ("kept", Tone::Neutral, later("Kept here")),
    ("failed", Tone::Bad, later("Not sent")),
    ("foreign", Tone::Bad, later("Made by another server")),
    ("dropped", Tone::Neutral, later("No longer needed")),
];

/// The list.
pub async fn list(
    request: Request,
    visible: Visible<can::UserInvite>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    let pages = Pages::after(&asked.after, ON_A_PAGE);
    let (here, zone, base) = (path(&request, "/outbox"), when::zone(&request), request.base_url());
    let (app, author) = (&request.server.app, request.author());
    let found = outbox::list(app, &visible, &author, pages.slice(), request.post(&base)).await?;
    let subtitle = t("Mail to people: invitations, forgotten passwords and what they are told.");
    let main = html! {
        (page_head(&PageHead { title: t("Outbox"), subtitle, ..PageHead::default() }))
        @if request.is_in_demo() {
            (notice(Tone::Neutral, html! { (t("This is a demo company: its mail is kept here and never sent.")) }))
        } @else if !request.sends_mail() {
            (notice(Tone::Neutral, html! { (t("No mail server is set up, so mail is kept here. Pass the links on yourself, over a channel that you trust, or start the server with --smtp-url.")) }))
        }
        @if found.items.is_empty() {
            (empty(Icon::Mail, t("Nothing yet"), t("Invite somebody, and the mail with their link is shown here."), None))
        } @else {
            (mails(&request, visible.actor(), &zone, &found))
            (pages.pager(found.total, &count(found.total, "{n} mail", "{n} mails"), |after| address(&here, &[("after", after)])))
        }
    };
    Ok(Frame::new(&request, t("Outbox")).around(main))
}

fn mails(request: &Request, actor: &Actor, zone: &TimeZone, found: &List<MailView>) -> Markup {
    let columns = [
        Column::new(t("To")),
        Column::new(t("Mail")),
        Column::new(t("Written")),
        Column::new(t("State")),
        Column::actions(t("Actions")),
    ];
    let row = |mail: &MailView| Row {
        id: format!("mail-{}", mail.id),
        href: None,
        cells: vec![
            linked(request, actor, Noun::User, &mail.to, person(&mail.to.name, &mail.recipient)),
            about(mail),
            when::moment(mail.created_at, zone, Show::DateTime),
            state(mail, zone),
            retry_button(request, mail),
        ],
    };
    table(t("Outbox"), &columns, &found.items.iter().map(row).collect::<Vec<Row>>())
}

fn about(mail: &MailView) -> Markup {
    let kind = KINDS.iter().find(|(word, _)| *word == mail.kind).map_or("", |(_, label)| t(label));
    html! {
        div {
            strong { (kind) }
            @if !mail.subject.is_empty() { p.hint { (mail.subject) } }
            @if let Some(body) = &mail.body { (text(mail.id, body)) }
        }
    }
}

/// A mail's text, with its link to copy.
fn text(id: u32, body: &str) -> Markup {
    let link = body.lines().find(|line| line.starts_with("http")).unwrap_or_default();
    let (before, after) = body.split_once(link).filter(|_| !link.is_empty()).unwrap_or((body, ""));
    html! {
        @if !link.is_empty() {
            button.button.quiet type="button" data-copy={ "#link-" (id) } { (icon(Icon::Copy)) span { (t("Copy the link")) } }
        }
        details id={ "body-" (id) } {
            summary { (t("Show the mail")) }
            pre.mail { (before) span id={ "link-" (id) } { (link) } (after) }
        }
    }
}

fn state(mail: &MailView, zone: &TimeZone) -> Markup {
    let found = STATES.iter().find(|(word, ..)| *word == mail.state);
    let (tone, label) = found.map_or((Tone::Neutral, ""), |(_, tone, label)| (*tone, t(label)));
    let next = mail.next_try_at.filter(|_| !mail.failure.is_empty());
    let next = next.map(|at| when::text(at, zone, Show::DateTime));
    html! {
        (status(tone, label))
        @if mail.state == "foreign" {
            p.hint { (t("The link in it is sealed with another key. Start every server with the same --seal-key, or have the link made again.")) }
        } @else if !mail.failure.is_empty() && mail.state != "dropped" { p.hint { (mail.failure) } }
        @if let Some(at) = next { p.hint { (fill(t("Tried again at {at}."), &[("at", &at)])) } }
    }
}

fn retry_button(request: &Request, mail: &MailView) -> Markup {
    let again = matches!(mail.state, "waiting" | "failed" | "foreign") && !mail.failure.is_empty();
    let to = path(request, &format!("/outbox/{}/retry", mail.id));
    html! { @if again { (button::post(&Button::new(Kind::Quiet, t("Try again")), &to, &csrf(request))) } }
}

/// Tries a mail again.
pub async fn retry(request: Request, visible: Visible<can::UserInvite>, _: ()) -> Result<Redirect, Refusal> {
    let (base, mail) = (request.base_url(), request.id("mail")?.0);
    let (app, author) = (&request.server.app, request.author());
    outbox::retry(app, &visible, &author, mail, request.post(&base)).await?;
    Ok(done(&request, "/outbox", "retried"))
}
