//! One review: a line for each thing that somebody has, kept or removed with a click or a key.

use access::{Permit, can};
use acts::Refusal;
use acts::rights::review_closing;
use acts::rights::reviews::{self, ReviewLineView, ReviewView, Verdict};
use axum::response::Redirect;
use maud::{Markup, html};

use crate::rights::reviews::{progress, state};
use crate::shell::frame::{Frame, back, csrf, done, path};
use crate::shell::parts;
use ui::avatar::avatar;
use ui::badge::{Tone, badge};
use ui::button::{self, Button, Kind};
use ui::datetime::Show;
use ui::empty::empty;
use ui::form;
use ui::icon::Icon;
use ui::page::{Crumb, PageHead, notice, page_head};
use ui::segmented::{Segment, segmented};
use ui::text::{count, fill, later, said, t};
use web::download;
use web::input::Pairs;
use web::output::Csv;
use web::request::{ASKED, Request};

/// What a line is, in words.
const KINDS: [(&str, &str); 5] = [
    ("role", later("Role")),
    ("toggle", later("Toggle")),
    ("grant", later("Grant")),
    ("lead", later("Leads")),
    ("temporary", later("For a while")),
];

/// What became of a line, in words.
const OUTCOMES: [(&str, &str, Tone); 3] = [
    ("kept", later("kept"), Tone::Neutral),
    ("removed", later("removed"), Tone::Good),
    ("gone", later("gone already"), Tone::Neutral),
];

/// The page.
pub async fn show(request: Request, permit: Permit<can::AccessReview>, _: ()) -> Result<Markup, Refusal> {
    let (app, id) = (&request.server.app, request.id("review")?.0);
    let (review, lines) = reviews::read(app, &permit, id).await?;
    let list = path(&request, "/reviews");
    let main = html! {
        (page_head(&PageHead {
            title: &review.name,
            subtitle: &fill(t("{progress} decided. Marked is what was unused for {days} days."), &[("progress", &progress(&review)), ("days", &review.unused_days)]),
            crumbs: &[Crumb { href: &list, label: t("Reviews") }],
            badges: Some(state(&review)),
            actions: Some(actions(&request, &review, &lines)),
        }))
        progress.review-progress max=(review.lines.max(1)) value=(review.decided) aria-label=(t("Decided")) {}
        @if review.closed_at.is_none() {
            (notice(Tone::Neutral, html! { (t("Each decision is saved at once and seen by the others. Nothing is taken away before the review is closed. Keys: k keeps, r removes the line that has the focus.")) }))
        }
        @if lines.is_empty() { (empty(Icon::Check, t("Nothing to review"), t("Nobody in it whom you may see."), None)) }
        @for person in lines.chunk_by(|a, b| a.user.id == b.user.id) { (someone(&request, &review, person)) }
    };
    Ok(Frame::new(&request, &review.name).around(main))
}

fn actions(request: &Request, review: &ReviewView, lines: &[ReviewLineView]) -> Markup {
    let file = path(request, &format!("/reviews/{}/lines.csv", review.id));
    let export = button::download(&Button::new(Kind::Plain, t("Export")).icon(Icon::Download), &file);
    if review.closed_at.is_some() {
        return export;
    }
    let below = |what: &str| path(request, &format!("/reviews/{}/{what}", review.id));
    let open = |line: &&ReviewLineView| line.marked && line.decision.is_empty();
    let marked = i64::try_from(lines.iter().filter(open).count()).unwrap_or(i64::MAX);
    let remove = count(marked, "Remove {n} marked line", "Remove {n} marked lines");
    let open = lines.iter().filter(|line| line.decision.is_empty()).count();
    let question = count(
        i64::try_from(open).unwrap_or(i64::MAX),
        "{n} line is not decided and would be kept. Close the review all the same? It is not opened again.",
        "{n} lines are not decided and would be kept. Close the review all the same? It is not opened again.",
    );
    let close = Button::new(Kind::Primary, t("Close the review"));
    let close = if open > 0 { close.confirm(&question) } else { close };
    html! {
        (export)
        @if marked > 0 { (button::post(&Button::new(Kind::Plain, &remove), &below("remove-marked"), &csrf(request))) }
        (button::post(&close, &below("close"), &csrf(request)))
    }
}

/// The lines of one person.
fn someone(request: &Request, review: &ReviewView, lines: &[ReviewLineView]) -> Markup {
    let Some(first) = lines.first() else { return html! {} };
    html! {
        section.card.review-person id={ "person-" (first.user.id) } {
            header.card-head { div.person { (avatar(&first.user.name)) h2 { (first.user.name) } } }
            div.card-body { @for one in lines { (line(request, review, one)) } }
        }
    }
}

fn line(request: &Request, review: &ReviewView, line: &ReviewLineView) -> Markup {
    let kind = KINDS.iter().find(|(kind, _)| *kind == line.kind).map_or("", |(_, word)| t(word));
    html! {
        div.review-line id={ "line-" (line.id) } data-marked[line.marked] data-letters[review.closed_at.is_none()] {
            div.setting-text {
                strong { (kind) ": " (label(line)) }
                p.hint {
                    (last_use(line))
                    @if line.marked { " " (badge(Tone::Warn, t("marked for removal"))) }
                }
                @if let Some(by) = &line.decided_by {
                    p.hint { (fill(t("Decided by {name}."), &[("name", &by.name)])) }
                }
            }
            @if review.closed_at.is_some() { (outcome(line)) } @else { (choice(request, review, line)) }
        }
    }
}

fn label(line: &ReviewLineView) -> String {
    if line.kind != "temporary" {
        return said(&line.label).into_owned();
    }
    let meaning = |name: &str| {
        let permission = access::Permission::from_name(name);
        permission.map_or_else(|| name.to_owned(), |p| said(p.entry().meaning).into_owned())
    };
    line.label.split(", ").map(meaning).collect::<Vec<_>>().join(", ")
}

fn last_use(line: &ReviewLineView) -> Markup {
    html! {
        @match line.last_used_at {
            _ if !line.use_known => (t("Nothing that it gives is noted when it is used")),
            Some(at) => { (t("Last used")) " " (parts::when(at, Show::Date)) }
            None => (t("Never used")),
        }
    }
}

/// Keep or remove: saved at once.
fn choice(request: &Request, review: &ReviewView, line: &ReviewLineView) -> Markup {
    let segments = [
        Segment { value: "keep", label: t("Keep"), tone: Tone::Good },
        Segment { value: "remove", label: t("Remove"), tone: Tone::Bad },
    ];
    let legend = fill(t("{what} of {name}"), &[("what", &line.label), ("name", &line.user.name)]);
    let action = path(request, &format!("/reviews/{}/lines", review.id));
    let fields = html! {
        input type="hidden" name="line" value=(line.id);
        input type="hidden" name=(ASKED) value="1";
        (segmented("decision", &legend, &segments, &line.decision, false))
    };
    form::autosave(&format!("decide-{}", line.id), &action, &csrf(request), fields)
}

fn outcome(line: &ReviewLineView) -> Markup {
    match OUTCOMES.iter().find(|(outcome, ..)| *outcome == line.outcome) {
        Some((_, word, tone)) => {
            html! { div.review-stays { (badge(*tone, t(word))) @if line.has_it_again { p.hint { (t("has it again")) } } } }
        }
        None => {
            html! { div.review-stays { (badge(Tone::Bad, t("stays"))) p.hint { (said(&line.outcome)) } } }
        }
    }
}

/// Decides a line.
pub async fn decide(
    request: Request,
    permit: Permit<can::AccessReview>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let review = request.id("review")?.0;
    let missing = || Refusal::invalid("line", "{field} must be chosen from the list.");
    let line = typed.id("line")?.ok_or_else(missing)?;
    let verdict = match typed.get("decision") {
        "keep" => Verdict::Keep,
        "remove" => Verdict::Remove,
        _ => Verdict::Undecided,
    };
    reviews::decide(&request.server.app, &permit, &request.author(), (review, line), verdict).await?;
    Ok(back(&request, &format!("/reviews/{review}")))
}

/// Decides to remove what is marked.
pub async fn remove_marked(
    request: Request,
    permit: Permit<can::AccessReview>,
    _: (),
) -> Result<Redirect, Refusal> {
    let review = request.id("review")?.0;
    reviews::remove_marked(&request.server.app, &permit, &request.author(), review).await?;
    Ok(done(&request, &format!("/reviews/{review}"), "marked"))
}

/// Closes it.
pub async fn close(request: Request, permit: Permit<can::AccessReview>, _: ()) -> Result<Redirect, Refusal> {
    let review = request.id("review")?.0;
    review_closing::close(&request.server.app, &permit, &request.author(), review).await?;
    Ok(done(&request, &format!("/reviews/{review}"), "closed"))
}

/// The review as a file.
pub async fn csv(request: Request, permit: Permit<can::AccessReview>, _: ()) -> Result<Csv, Refusal> {
    let review = request.id("review")?.0;
    let text = reviews::csv(&request.server.app, &permit, review).await?;
    Ok(Csv(download::whole(text, &format!("review-{review}"), download::Kind::Csv)))
}
