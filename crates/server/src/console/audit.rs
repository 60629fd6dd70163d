//! The audit log in sentences, with filters, and whether the chain is whole.

use access::{Noun, Permission, Permit, Thing, can};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use store::audit::AuditFilter;
use workspace::Refusal;
use workspace::audit_log::{self, EntryView, VerdictView};

use super::audit_words::{changes, sentence};
use super::choices::{self, borrowed};
use super::frame::{Frame, csrf, path};
use super::paging::Place;
use super::when;
use crate::input::Query;
use crate::request::Request;
use crate::ui::avatar::avatar;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{self, Button, Kind};
use crate::ui::datetime::Show;
use crate::ui::empty::empty;
use crate::ui::filter::{self, Choice, filter_bar};
use crate::ui::icon::Icon;
use crate::ui::page::{PageHead, notice, page_head};
use crate::ui::text::{count, fill, later, number, plural, t};

const ROWS: i64 = 50;

const KINDS: [(Noun, &str); 10] = [
    (Noun::Workspace, later("Workspace")),
    (Noun::User, later("User")),
    (Noun::Role, later("Role")),
    (Noun::Department, later("Department")),
    (Noun::Branch, later("Branch")),
    (Noun::Number, later("Number")),
    (Noun::Extension, later("Extension")),
    (Noun::Queue, later("Queue")),
    (Noun::Call, later("Call")),
    (Noun::Token, later("API token")),
];

const OUTCOMES: [(&str, &str); 3] =
    [("done", later("Done")), ("refused", later("Refused")), ("expired", later("Expired"))];

/// What the page's address says.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    person: String,
    kind: String,
    outcome: String,
    #[serde(flatten)]
    place: Place,
}

impl Asked {
    fn filters(&self) -> [(&str, &str); 3] {
        [("person", &self.person), ("kind", &self.kind), ("outcome", &self.outcome)]
    }

    fn any(&self) -> bool {
        self.filters().iter().any(|(_, value)| !value.is_empty())
    }

    fn filter(&self) -> Result<AuditFilter, Refusal> {
        let set = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let id = |name, text: &str| {
            text.parse().map_err(|_| Refusal::invalid(name, "{field} must be chosen from the list."))
        };
        let actor = set(&self.person).map(|text| id("person", &text)).transpose()?;
        let before = set(&self.place.cursor).map(|text| id("cursor", &text)).transpose()?;
        Ok(AuditFilter {
            actor: actor.map(access::Id),
            kind: set(&self.kind),
            object: None,
            outcome: set(&self.outcome),
            before: before.map(i64::from),
        })
    }
}

/// The page.
pub async fn list(
    request: Request,
    permit: Permit<can::AuditRead>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    page(&request, &permit, &asked, None).await
}

/// Walks the chain and says what it found, above the log.
pub async fn verify(request: Request, permit: Permit<can::AuditExport>, _: ()) -> Result<Markup, Refusal> {
    let verdict = audit_log::verify(&request.server.app, &permit).await?;
    let found = verdict_notice(&verdict);
    // Whoever may verify the log need not be able to read it.
    match request.identity()?.actor.permit::<can::AuditRead>() {
        Ok(reads) => page(&request, &reads, &Asked::default(), Some(found)).await,
        Err(_) => Ok(Frame::new(&request, t("Audit log")).around(found)),
    }
}

fn verdict_notice(verdict: &VerdictView) -> Markup {
    match verdict.broken_at {
        None => {
            let checked = count(
                verdict.entries,
                "{n} entry checked: none is missing, moved or altered.",
                "{n} entries checked: none is missing, moved or altered.",
            );
            notice(Tone::Good, html! { strong { (t("The log is whole.")) } " " (checked) })
        }
        Some(place) => {
            let template = plural(
                verdict.entries,
                "Entry {place} is missing, moved or altered; the {n} entry before it is good.",
                "Entry {place} is missing, moved or altered; the {n} entries before it are good.",
            );
            let found = fill(t(template), &[("place", &place), ("n", &number(verdict.entries))]);
            notice(Tone::Bad, html! { strong { (t("The log was altered.")) } " " (found) })
        }
    }
}

async fn page(
    request: &Request,
    permit: &Permit<can::AuditRead>,
    asked: &Asked,
    found: Option<Markup>,
) -> Result<Markup, Refusal> {
    let entries = audit_log::list(&request.server.app, permit, &asked.filter()?, ROWS).await?;
    let zone = when::zone(request).await?;
    let actor = &request.identity()?.actor;
    let here = path(request, "/audit");
    let verify = actor.may(Permission::AuditExport, &Thing::WORKSPACE).then(|| verify_button(request));
    let summary = count(entries.total, "{n} entry", "{n} entries");
    let subtitle = t(
        "Every change and every refusal, newest first. Each entry is bound to the one before it, so that nothing can be altered unnoticed.",
    );
    let main = html! {
        (page_head(&PageHead { title: t("Audit log"), subtitle, actions: verify, ..PageHead::default() }))
        @if let Some(found) = found { (found) }
        (bar(actor, &here, asked))
        @if entries.items.is_empty() {
            (empty(Icon::Audit, t("No entry fits"), t("Choose another person, kind or outcome."), Some(button::link(&Button::new(Kind::Plain, t("Clear filters")), &here))))
        } @else {
            ol.log { @for entry in &entries.items { (line(&zone, entry)) } }
            (asked.place.pager(&here, &asked.filters(), entries.next.as_deref(), &summary))
        }
    };
    Ok(Frame::new(request, t("Audit log")).around(main))
}

/// The answer is shown on the log's own page, so the address stays.
fn verify_button(request: &Request) -> Markup {
    html! {
        form.inline method="post" action=(path(request, "/audit/verify")) hx-push-url="false" {
            input type="hidden" name="csrf" value=(csrf(request));
            (button::submit(&Button::new(Kind::Plain, t("Verify the log")).icon(Icon::Check)))
        }
    }
}

fn bar(actor: &access::Actor, here: &str, asked: &Asked) -> Markup {
    let people: Vec<(String, String)> =
        choices::seen(actor, Noun::User).into_iter().map(|(id, name)| (id.to_string(), name)).collect();
    let kinds = KINDS.map(|(noun, label)| Choice { value: noun.word(), label: t(label) });
    let outcomes = OUTCOMES.map(|(value, label)| Choice { value, label: t(label) });
    let controls = html! {
        (filter::one_of("person", t("By"), t("Anyone"), &borrowed(&people), &asked.person))
        (filter::one_of("kind", t("About"), t("Anything"), &kinds, &asked.kind))
        (filter::one_of("outcome", t("Outcome"), t("Any"), &outcomes, &asked.outcome))
    };
    filter_bar(here, asked.any().then_some(here), controls, None)
}

fn line(zone: &TimeZone, entry: &EntryView) -> Markup {
    let changes = changes(&entry.detail);
    html! {
        li id={ "entry-" (entry.seq) } {
            (avatar(&entry.actor))
            div.log-text {
                p {
                    @match entry.outcome.as_str() {
                        "refused" => { (badge(Tone::Bad, t("refused"))) " " }
                        "expired" => { (badge(Tone::Warn, t("expired"))) " " }
                        _ => {}
                    }
                    (sentence(entry))
                }
                @if !changes.is_empty() {
                    ul.log-changes { @for change in &changes { li {
                        span.log-field { (change.field) }
                        @if let Some(before) = &change.before { span.log-before { (before) } }
                        @if let Some(after) = &change.after { span aria-label=(t("became")) { "→" } span { (after) } }
                    } } }
                }
            }
            div.log-side {
                span { "#" (entry.seq) " · " (entry.via) }
                (when::moment(entry.at, zone, Show::DateTime))
            }
        }
    }
}
