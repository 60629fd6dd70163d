//! The call log: what the reader may see of it, narrowed by filters in the address, page by page, and as a file.

use access::{Actor, Permission, Reach, Visible, can};
use acts::calls::calls::{self, CallQuery, CallView};
use acts::{Ref, Refusal};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::shell::choices::{Groups, TOUCHED};
use crate::shell::frame::{Frame, path};
use crate::shell::paging::{Place, address};
use crate::shell::when;
use ui::badge::{Tone, status};
use ui::button::{self, Button, Kind};
use ui::datetime::Show;
use ui::empty::empty;
use ui::filter::{self, Choice, filter_bar};
use ui::icon::{Icon, icon};
use ui::page::{PageHead, page_head};
use ui::player::{Player, player};
use ui::table::{Column, Row, table};
use ui::text::{count, fill, later, listed, t};
use web::download;
use web::input::Query;
use web::output::Csv;
use web::request::Request;

const ROWS: i64 = 50;

/// The ways that a call can go, with their words.
const DIRECTIONS: [(&str, &str); 3] =
    [("inbound", later("Inbound")), ("outbound", later("Outbound")), ("internal", later("Internal"))];

/// The ends that a call can have, with their words and colours.
const OUTCOMES: [(&str, &str, Tone); 5] = [
    ("answered", later("Answered"), Tone::Good),
    ("no_answer", later("No answer"), Tone::Warn),
    ("busy", later("Busy"), Tone::Warn),
    ("failed", later("Failed"), Tone::Bad),
    ("voicemail", later("Voicemail"), Tone::Neutral),
];

/// What the call log's address says.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    q: String,
    from: String,
    to: String,
    direction: String,
    outcome: String,
    touching: String,
    recorded: String,
    #[serde(flatten)]
    place: Place,
}

impl Asked {
    fn filters(&self) -> [(&str, &str); 7] {
        [
            ("q", &self.q),
            ("from", &self.from),
            ("to", &self.to),
            ("direction", &self.direction),
            ("outcome", &self.outcome),
            ("touching", &self.touching),
            ("recorded", &self.recorded),
        ]
    }

    fn any(&self) -> bool {
        self.filters().iter().any(|(_, value)| !value.trim().is_empty())
    }

    fn query(&self, request: &Request) -> Result<CallQuery, Refusal> {
        let touching = match self.touching.as_str() {
            "" => None,
            id => Some(
                id.parse()
                    .map_err(|_| Refusal::invalid("touching", "{field} must be chosen from the list."))?,
            ),
        };
        Ok(CallQuery {
            zone: Some(when::zone(request)),
            since: Some(self.from.clone()),
            until: Some(self.to.clone()),
            direction: Some(self.direction.clone()),
            outcome: Some(self.outcome.clone()),
            touching,
            search: Some(self.q.clone()),
            recorded: !self.recorded.is_empty(),
        })
    }
}

/// The list.
pub async fn list(
    request: Request,
    visible: Visible<can::CallRecordRead>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    let cursor = Some(asked.place.cursor.as_str()).filter(|cursor| !cursor.is_empty());
    let found = calls::list(&request.server.app, &visible, &asked.query(&request)?, ROWS, cursor).await?;
    let (zone, actor, here) = (when::zone(&request), visible.actor(), path(&request, "/calls"));
    let summary = count(found.total, "{n} call", "{n} calls");
    let main = html! {
        (page_head(&PageHead { title: t("Calls"), subtitle: &how_far(actor), ..PageHead::default() }))
        @if found.total > 0 || asked.any() { (bar(&request, actor, &zone, &asked)) }
        @if found.items.is_empty() { (nothing(&request, actor, &asked)) } @else {
            (rows(&request, &zone, &found.items))
            (asked.place.pager(&here, &asked.filters(), found.next.as_deref(), &summary))
        }
    };
    Ok(Frame::new(&request, t("Calls")).around(main))
}

/// The calls as a file: with the filters of the list, and no more than may be both seen and exported.
pub async fn export(
    request: Request,
    visible: Visible<can::CallRecordExport>,
    Query(asked): Query<Asked>,
) -> Result<Csv, Refusal> {
    let export =
        calls::export(&request.server.app, visible, &request.author(), &asked.query(&request)?).await?;
    download::csv(export).await
}

/// One sentence on which calls the reader sees here.
fn how_far(actor: &Actor) -> String {
    let reaches = actor.powers().reaches(Permission::CallRecordRead);
    if reaches.has(Reach::All) {
        return t("Every call of the workspace, newest first.").into();
    }
    let parts: Vec<&str> = reaches
        .iter()
        .map(|reach| match reach {
            Reach::Own => t("your own calls"),
            Reach::Assigned => t("those of the numbers, queues and extensions that you may observe"),
            Reach::Team => t("those of the teams that you lead"),
            Reach::All => t("every call"),
        })
        .collect();
    match parts.is_empty() {
        true => String::new(),
        false => fill(t("You see {calls}, newest first."), &[("calls", &listed(&parts))]),
    }
}

fn bar(request: &Request, actor: &Actor, zone: &TimeZone, asked: &Asked) -> Markup {
    let here = path(request, "/calls");
    let touched = Groups::of(actor, &TOUCHED, |_, id| id.to_string());
    let directions = DIRECTIONS.map(|(value, label)| Choice { value, label: t(label) });
    let outcomes = OUTCOMES.map(|(value, label, _)| Choice { value, label: t(label) });
    let narrowed = asked.filters().iter().any(|(name, value)| *name != "q" && !value.trim().is_empty());
    let controls = html! {
        (filter::search("q", t("Number or caller's name"), &asked.q))
        (filter::folded(narrowed, html! {
            (filter::one_of_groups("touching", t("Of"), t("Anyone, anything"), &touched.groups(), &asked.touching))
            (filter::one_of("direction", t("Direction"), t("Any"), &directions, &asked.direction))
            (filter::one_of("outcome", t("Outcome"), t("Any"), &outcomes, &asked.outcome))
            (filter::day("from", t("Since"), &asked.from))
            (filter::day("to", t("Until"), &asked.to))
            (filter::days_of(zone.iana_name().unwrap_or("UTC")))
            (filter::flag("recorded", t("Recorded"), !asked.recorded.is_empty()))
        }))
    };
    let file = address(&path(request, "/calls.csv"), &asked.filters());
    let export = actor
        .holds(Permission::CallRecordExport)
        .then(|| button::download(&Button::new(Kind::Plain, t("Export")).icon(Icon::Download), &file));
    filter_bar(&here, asked.any().then_some(&here), controls, export)
}

fn nothing(request: &Request, actor: &Actor, asked: &Asked) -> Markup {
    let here = path(request, "/calls");
    if asked.any() || !asked.place.cursor.is_empty() {
        let clear = button::link(&Button::new(Kind::Plain, t("Clear filters")), &here);
        let hidden =
            t("Only calls that you may see are searched, and numbers only where you may see them in full.");
        return empty(Icon::Search, t("No call fits"), hidden, Some(clear));
    }
    let text = if actor.powers().has(Permission::CallRecordRead, Reach::All) {
        fill(
            t("Calls appear here as they end. Bring in those of another phone system with `{command}`."),
            &[("command", &format!("ringfence import calls FILE --workspace {}", request.slug()))],
        )
    } else {
        t("Calls appear here as soon as you take part in one, or once you are given a number, a queue or a team to look after.")
            .into()
    };
    let access = address(&path(request, "/why"), &[("permission", "call_record:read")]);
    let why = actor
        .holds(Permission::AccessExplain)
        .then(|| button::link(&Button::new(Kind::Plain, t("Which calls may I see?")), &access));
    empty(Icon::Call, t("No calls yet"), &text, why)
}

/// A table of the last calls of something, for a part of a page: without what all of them have in common.
pub fn last(request: &Request, zone: &TimeZone, calls: &[CallView]) -> Markup {
    let columns = [
        Column::new(t("Call")),
        Column::new(t("Start")),
        Column::new(t("With")),
        Column::new(t("Outcome")),
        Column::number(t("Talk")),
    ];
    let row = |call: &CallView| {
        let Row { id, href, mut cells } = row(request, zone, call);
        cells.truncate(columns.len() + 1);
        cells.remove(THROUGH);
        Row { id, href, cells }
    };
    table(t("Last calls"), &columns, &calls.iter().map(row).collect::<Vec<Row>>())
}

/// The place of the column that says through what a call went.
const THROUGH: usize = 3;

pub(crate) fn rows(request: &Request, zone: &TimeZone, calls: &[CallView]) -> Markup {
    let columns = [
        Column::new(t("Call")),
        Column::new(t("Start")),
        Column::new(t("With")),
        Column::new(t("Through")),
        Column::new(t("Outcome")),
        Column::number(t("Talk")),
        Column::new(t("Recording")),
    ];
    let rows: Vec<Row> = calls.iter().map(|call| row(request, zone, call)).collect();
    table(t("Calls"), &columns, &rows)
}

fn row(request: &Request, zone: &TimeZone, call: &CallView) -> Row {
    let page = path(request, &format!("/calls/{}", call.id));
    let through: Vec<&str> =
        [&call.queue, &call.number].into_iter().flatten().map(|r| r.name.as_str()).collect();
    Row {
        id: format!("call-{}", call.id),
        cells: vec![
            html! { span.person { (way(call)) span.person-text { span.person-name { (outside(call)) }
            @if let Some(name) = shown_name(call) { span.person-detail { (name) } } } } },
            when::moment(call.started_at, zone, Show::DateTime),
            html! { (inside(call)) },
            html! { (through.join(" · ")) },
            outcome(&call.outcome),
            html! { @if call.talk_seconds > 0 { (when::span(call.talk_seconds)) } @else { span.quiet-text { "–" } } },
            sound(call, &page, zone),
        ],
        href: Some(page),
    }
}

/// The recording: to play, to download, or that there is one.
pub fn sound(call: &CallView, page: &str, zone: &TimeZone) -> Markup {
    let at = when::text(call.started_at, zone, Show::DateTime);
    let title =
        fill(t("Recording of the call of {at} with {name}"), &[("at", &at), ("name", &outside(call))]);
    let download = call.may_download.then(|| format!("{page}/download"));
    let save = Button::new(Kind::Quiet, t("Download recording")).icon_only(Icon::Download);
    html! {
        @if call.may_listen {
            (player(&Player { id: &call.id.to_string(), src: &format!("{page}/recording"), title: &title, download: download.as_deref() }))
        } @else if let Some(href) = download {
            (button::download(&save, &href))
        } @else if call.has_recording {
            span.quiet-text title=(t("You may not listen to it")) { (icon(Icon::Lock)) span.sr-only { (t("Recorded; you may not listen to it")) } }
        }
    }
}

/// How the call went, as a picture with its word for screen readers.
fn way(call: &CallView) -> Markup {
    let (picture, word) = match (call.direction.as_str(), call.outcome.as_str()) {
        ("inbound", "no_answer" | "busy") => (Icon::Missed, t("Missed, from")),
        ("inbound", _) => (Icon::Incoming, t("From")),
        ("outbound", _) => (Icon::Outgoing, t("To")),
        _ => (Icon::Extension, t("Internal")),
    };
    html! { (icon(picture)) span.sr-only { (word) } }
}

/// The other end of the call: the outside number, or both ends of an internal call.
pub fn outside(call: &CallView) -> String {
    match call.direction.as_str() {
        "inbound" => call.from.clone(),
        "outbound" => call.to.clone(),
        _ => format!("{} → {}", call.from, call.to),
    }
}

fn shown_name(call: &CallView) -> Option<&str> {
    call.from_name
        .as_deref()
        .filter(|name| call.direction == "inbound" && !name.is_empty() && *name != call.from)
}

/// This end of the call: who spoke, or what was dialled.
pub fn inside(call: &CallView) -> String {
    let name =
        |user: &Option<Ref>, party: &str| user.as_ref().map_or_else(|| party.to_owned(), |u| u.name.clone());
    match call.direction.as_str() {
        "inbound" => name(
            &call.to_user,
            if call.number.as_ref().is_some_and(|n| n.name == call.to) { "" } else { &call.to },
        ),
        "outbound" => name(&call.from_user, &call.from),
        _ => format!("{} → {}", name(&call.from_user, &call.from), name(&call.to_user, &call.to)),
    }
}

/// How the call ended, in a word.
pub fn outcome(word: &str) -> Markup {
    let known = OUTCOMES.iter().find(|(value, _, _)| *value == word);
    known.map_or_else(|| status(Tone::Neutral, word), |(_, label, tone)| status(*tone, t(label)))
}

/// Which way the call went, in a word.
pub fn direction(word: &str) -> &str {
    DIRECTIONS.iter().find(|(value, _)| *value == word).map_or(word, |(_, label)| t(label))
}
