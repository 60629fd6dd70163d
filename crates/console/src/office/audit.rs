//! The audit log in sentences, with filters, as a file, and whether the chain is whole.

use access::{Actor, Noun, Permission, Permit, Thing, can};
use acts::Refusal;
use acts::office::audit::{self, EntryView, Format, VerdictView};
use jiff::tz::TimeZone;
use maud::{Markup, html};

use crate::office::audit_changes::{Change, Reader};
use crate::office::audit_filter::Asked;
use crate::office::audit_words::{sentence, via};
use crate::shell::frame::{Frame, csrf, path};
use crate::shell::paging::address;
use crate::shell::when;
use ui::avatar::avatar;
use ui::badge::{Tone, badge};
use ui::button::{self, Button, Kind};
use ui::datetime::Show;
use ui::empty::empty;
use ui::icon::Icon;
use ui::page::{PageHead, notice, page_head};
use ui::text::{count, fill, number, plural, t};
use web::download;
use web::input::Query;
use web::output::{Csv, JsonLines};
use web::request::Request;

const ROWS: i64 = 50;

/// So many fields of one entry are shown at once.
const FIELDS: usize = 6;

/// The page.
pub async fn list(
    request: Request,
    permit: Permit<can::AuditRead>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    page(&request, &permit, &asked, None).await
}

/// The entries that fit, as a spreadsheet reads them.
pub async fn export_csv(
    request: Request,
    permit: Permit<can::AuditExport>,
    Query(asked): Query<Asked>,
) -> Result<Csv, Refusal> {
    let (app, author) = (&request.server.app, request.author());
    let export = audit::export(app, &permit, &author, &asked.query(&request)?, Format::Csv).await?;
    download::send(export, "audit", download::Kind::Csv).await.map(Csv)
}

/// The entries that fit, as programs read them.
pub async fn export_lines(
    request: Request,
    permit: Permit<can::AuditExport>,
    Query(asked): Query<Asked>,
) -> Result<JsonLines, Refusal> {
    let (app, author) = (&request.server.app, request.author());
    let export = audit::export(app, &permit, &author, &asked.query(&request)?, Format::JsonLines).await?;
    download::send(export, "audit", download::Kind::JsonLines).await.map(JsonLines)
}

/// Walks the chain and says what it found, above the log.
pub async fn verify(request: Request, permit: Permit<can::AuditExport>, _: ()) -> Result<Markup, Refusal> {
    let verdict = audit::verify(&request.server.app, &permit).await?;
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
    let app = &request.server.app;
    let entries = audit::list(app, permit, &asked.query(request)?, asked.after(), ROWS).await?;
    let zone = when::zone(request);
    let actor = &request.identity()?.actor;
    let model = actor.snapshot().model();
    let here = path(request, "/audit");
    let summary = count(entries.total, "{n} entry", "{n} entries");
    let subtitle = t(
        "Every change and every refusal, newest first. Each entry is bound to the one before it, so that nothing can be altered unnoticed.",
    );
    let main = html! {
        (page_head(&PageHead { title: t("Audit log"), subtitle, actions: actions(request, actor, asked), ..PageHead::default() }))
        @if let Some(found) = found { (found) }
        (asked.about(model, &here))
        (asked.bar(actor, &here, &zone))
        @if entries.items.is_empty() { (nothing(asked, &here)) } @else {
            ol.log { @for entry in &entries.items { (line(&Reader { model, zone: &zone }, entry)) } }
            (asked.place().pager(&here, &asked.pairs(), entries.next.as_deref(), &summary))
        }
    };
    Ok(Frame::new(request, t("Audit log")).around(main))
}

fn nothing(asked: &Asked, here: &str) -> Markup {
    let clear = button::link(&Button::new(Kind::Plain, t("Clear filters")), here);
    if asked.is_of_one() {
        empty(
            Icon::Audit,
            t("Nothing is written down yet"),
            t("What concerns it will be listed here."),
            Some(clear),
        )
    } else {
        empty(Icon::Audit, t("No entry fits"), t("Choose another person, act, outcome or day."), Some(clear))
    }
}

/// What can be done with the log by whoever may export it. The answer of the check is shown on the log's own page,
/// so the address stays.
fn actions(request: &Request, actor: &Actor, asked: &Asked) -> Option<Markup> {
    let file = |name: &str| address(&path(request, name), &asked.pairs());
    actor.may(Permission::AuditExport, &Thing::WORKSPACE).then(|| {
        html! {
            (button::download(&Button::new(Kind::Quiet, t("CSV")).icon(Icon::Download), &file("/audit.csv")))
            (button::download(&Button::new(Kind::Quiet, t("JSON lines")).icon(Icon::Download), &file("/audit.jsonl")))
            form.inline method="post" action=(path(request, "/audit/verify")) hx-push-url="false" {
                input type="hidden" name="csrf" value=(csrf(request));
                (button::submit(&Button::new(Kind::Plain, t("Verify the log")).icon(Icon::Check)))
            }
        }
    })
}

/// A link to what the log says of a thing, for whoever may read the log.
pub fn link(request: &Request, actor: &Actor, noun: Noun, id: impl std::fmt::Display) -> Option<Markup> {
    let about =
        if noun == Noun::User { format!("person={id}") } else { format!("thing={}:{id}", noun.word()) };
    let address = path(request, &format!("/audit?{about}"));
    let look = Button::new(Kind::Plain, t("History")).icon(Icon::Audit);
    actor.may(Permission::AuditRead, &Thing::WORKSPACE).then(|| button::link(&look, &address))
}

fn line(reader: &Reader<'_>, entry: &EntryView) -> Markup {
    if entry.unreadable {
        return unreadable(entry);
    }
    let changes = reader.changes(&entry.detail);
    let (shown, more) = changes.split_at(changes.len().min(FIELDS));
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
                    (sentence(reader.model, entry))
                }
                @if !shown.is_empty() { (fields(shown)) }
                @if !more.is_empty() {
                    details id={ "more-" (entry.seq) } {
                        summary { (count(more.len().try_into().unwrap_or(0), "{n} more", "{n} more")) }
                        (fields(more))
                    }
                }
            }
            (aside(reader.zone, entry))
        }
    }
}

/// An entry that somebody altered so that it cannot be read.
fn unreadable(entry: &EntryView) -> Markup {
    html! {
        li {
            (avatar("?"))
            div.log-text {
                p {
                    (badge(Tone::Bad, t("unreadable"))) " "
                    (t("This entry was altered in the database and cannot be read. Verify the log to find from where on it is broken."))
                }
            }
            div.log-side { @if entry.seq > 0 { span { "#" (entry.seq) } } }
        }
    }
}

fn fields(changes: &[Change]) -> Markup {
    html! {
        ul.log-changes { @for change in changes { li {
            span.log-field { (change.field) }
            @if let Some(before) = &change.before { span.log-before { (before) } }
            @if let Some(after) = &change.after { span { @if change.before.is_some() { span aria-label=(t("became")) { " → " } } (after) } }
        } } }
    }
}

fn aside(zone: &TimeZone, entry: &EntryView) -> Markup {
    html! {
        div.log-side {
            span { "#" (entry.seq) " · " (via(&entry.via)) @if entry.detail.get("undone").is_some() { " · " (t("undo")) } }
            (when::moment(entry.at, zone, Show::DateTime))
        }
    }
}
