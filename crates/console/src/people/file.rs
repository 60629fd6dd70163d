//! People from a file and as a file: choose one, see what each row would do, do it, mend what failed.

use access::{Visible, can};
use acts::Refusal;
use acts::people::file::File;
use acts::people::import::{self, ImportReport, ImportRow, Outcome};
use acts::people::{export, users};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use store::Author;
use store::change::Intent;

use crate::people::user_list::Asked;
use crate::shell::frame::{Frame, csrf, path, shown_at};
use ui::badge::{Tone, status};
use ui::button::{self, Button, Kind};
use ui::card::{Stat, card, stats};
use ui::fields;
use ui::form;
use ui::icon::Icon;
use ui::page::{Crumb, PageHead, notice, page_head};
use ui::table::{Column, Row, table};
use ui::text::{count, fill, in_words, number, t};
use web::download;
use web::input::{Query, Upload};
use web::output::Csv;
use web::request::Request;

/// How many rows the page shows; those that failed come first.
const SHOWN: usize = 200;

/// The users that one may see, as a file, with the filters of the list.
pub async fn export(
    request: Request,
    visible: Visible<can::UserRead>,
    Query(asked): Query<Asked>,
) -> Result<Csv, Refusal> {
    let file = export::export(&request.server.app, &visible, &request.author(), &asked.filter()?).await?;
    Ok(download::table("people", file))
}

/// The form that takes a file.
pub async fn show(request: Request, _: Visible<can::UserInvite>, _: ()) -> Result<Markup, Refusal> {
    Ok(choose(&request, None))
}

fn choose(request: &Request, refusal: Option<&Refusal>) -> Markup {
    let users = path(request, "/users");
    let title = t("Import people");
    let wrong = refusal.map(|refusal| in_words(&refusal.message));
    let columns = [
        ("email", t("Needed. Whoever has it already is edited, anybody else is added.")),
        ("name", t("Needed for new people. First name and last name may stand in two columns.")),
        ("phone", t("In international form, like +442079460123.")),
        ("employee_code", t("The company's own code for them.")),
        ("role", t("The name of a role; the default role where it is empty.")),
        ("department", t("The name of a department.")),
        ("branch", t("The name of a branch.")),
        ("lead_cap", t("How many leads they are given at most.")),
    ];
    let rows = columns.map(|(column, about)| Row {
        cells: vec![html! { code { (column) } }, html! { (about) }],
        ..Row::default()
    });
    let main = html! {
        (page_head(&PageHead {
            title,
            subtitle: t("Add and edit many people with one CSV file. You see what each row would do before anything is done."),
            crumbs: &[Crumb { href: &users, label: t("Users") }],
            ..PageHead::default()
        }))
        div.stack {
            (card(t("File"), t("CSV with commas or semicolons, in UTF-8; at most 2 MB and 5,000 people."), None, html! {
                form.form id="import" method="post" enctype="multipart/form-data" action=(path(request, "/users/import")) hx-disable="find button[type=submit]" {
                    input type="hidden" name="csrf" value=(csrf(request));
                    div.field {
                        label for="import-file" { (t("CSV file")) }
                        input id="import-file" type="file" name="file" accept=".csv,text/csv" required
                            aria-invalid=[wrong.as_ref().map(|_| "true")] aria-describedby=[wrong.as_ref().map(|_| "import-file-error")];
                        @if let Some(wrong) = &wrong { p.error id="import-file-error" { (wrong) } }
                    }
                    (form::form_actions(button::submit(&Button::new(Kind::Primary, t("Check the file")))))
                }
            }))
            (card(t("Columns"), t("The first line names them, in any order. An empty cell leaves what is there."), None,
                table(t("Columns"), &[Column::new(t("Column")), Column::new(t("What it holds"))], &rows)))
        }
    };
    Frame::new(request, title).around(main)
}

/// The file that was sent: chosen in the form, or carried by the page that showed what it would do.
fn sent(upload: &Upload) -> Vec<u8> {
    let text = upload.fields.raw("text");
    if upload.file.is_empty() { text.as_bytes().to_vec() } else { upload.file.clone() }
}

async fn run(
    request: &Request,
    visible: &Visible<can::UserInvite>,
    file: &File,
    intent: Intent,
) -> Result<ImportReport, Refusal> {
    let permit = users::permit_to_invite(visible)?;
    let author = Author { intent, ..request.author() };
    import::import(&request.server.app, &permit, &author, file).await
}

/// Shows what a file would do, or does it.
pub async fn import(
    request: Request,
    visible: Visible<can::UserInvite>,
    upload: Upload,
) -> Result<Response, Refusal> {
    let bytes = sent(&upload);
    let sure = upload.fields.get("sure") == "1";
    let file = match File::read(&bytes) {
        Ok(file) => file,
        Err(refusal) => {
            let status = axum::http::StatusCode::from_u16(refusal.code.status()).unwrap_or_default();
            return Ok((status, choose(&request, Some(&refusal))).into_response());
        }
    };
    let report = run(&request, &visible, &file, if sure { Intent::Do } else { Intent::Try }).await?;
    let page = told(&request, &report, &String::from_utf8_lossy(&bytes));
    Ok(if report.applied { shown_at(&path(&request, "/users"), page) } else { page.into_response() })
}

/// The rows that cannot be done, as a file to be mended and sent again.
pub async fn failed(
    request: Request,
    visible: Visible<can::UserInvite>,
    upload: Upload,
) -> Result<Csv, Refusal> {
    let file = File::read(&sent(&upload))?;
    let report = run(&request, &visible, &file, Intent::Try).await?;
    let text = import::failed_rows(&file, &report, in_words)?;
    Ok(download::table("people-to-mend", text))
}

fn told(request: &Request, report: &ImportReport, text: &str) -> Markup {
    let users = path(request, "/users");
    let title = if report.applied { t("The file is imported") } else { t("What the file would do") };
    let subtitle = match (report.applied, report.added + report.updated) {
        (true, _) => t(
            "All of it holds. Whoever was added is invited and can sign in once they have followed their link.",
        ),
        (false, 0) => t("Nothing in it can be done."),
        (false, _) => t("Nothing has been changed yet. What can be done is done at once, as one change."),
    };
    let main = html! {
        (page_head(&PageHead {
            title, subtitle,
            crumbs: &[Crumb { href: &users, label: t("Users") }, Crumb { href: &path(request, "/users/import"), label: t("Import people") }],
            ..PageHead::default()
        }))
        div.stack data-once {
            (figures(report))
            @if !report.unused_columns.is_empty() {
                (notice(Tone::Warn, html! { (fill(t("Columns that were left aside: {columns}."), &[("columns", &report.unused_columns.join(", "))])) }))
            }
            (acts(request, report, text))
            (rows(report))
        }
    };
    Frame::new(request, title).around(main)
}

fn figures(report: &ImportReport) -> Markup {
    let numbers = [report.added, report.updated, report.skipped, report.failed]
        .map(|many| number(i64::try_from(many).unwrap_or(i64::MAX)));
    let labels = if report.applied {
        [t("Added"), t("Updated"), t("Skipped: so already"), t("Failed")]
    } else {
        [t("To be added"), t("To be updated"), t("Skipped: so already"), t("Cannot be done")]
    };
    let figures = labels.iter().zip(&numbers);
    stats(&figures.map(|(label, value)| Stat { label, value, note: "", href: None }).collect::<Vec<_>>())
}

/// What can be done next: bring in what can be, and take out what has to be mended.
fn acts(request: &Request, report: &ImportReport, text: &str) -> Markup {
    let many = i64::try_from(report.added + report.updated).unwrap_or(i64::MAX);
    let go = count(many, "Import {n} person", "Import {n} people");
    let form = |below: &str, boost: Option<&str>, fields: Markup| {
        html! {
            form.inline method="post" enctype="multipart/form-data" action=(path(request, below)) hx-boost=[boost] hx-disable="find button[type=submit]" {
                input type="hidden" name="csrf" value=(csrf(request));
                // The parser takes one line break away from the beginning.
                textarea name="text" hidden { "\n" (text) }
                (fields)
            }
        }
    };
    html! {
        div.acts {
            @if report.failed > 0 {
                (form("/users/import/failed", Some("false"), button::submit(&Button::new(Kind::Plain, t("Download the failed rows")).icon(Icon::Download))))
            }
            @if report.applied { (button::link(&Button::new(Kind::Primary, t("To the users")), &path(request, "/users"))) }
            @else {
                (button::link(&Button::new(Kind::Plain, t("Choose another file")), &path(request, "/users/import")))
                @if many > 0 {
                    (form("/users/import", None, html! {
                        input type="hidden" name="sure" value="1";
                        (button::submit(&Button::new(Kind::Primary, &go)))
                    }))
                }
            }
        }
    }
}

fn rows(report: &ImportReport) -> Markup {
    let columns = [
        Column::new(t("Person")),
        Column::number(t("Line")),
        Column::new(t("What becomes of it")),
        Column::new(t("Why")),
    ];
    let (failed, others): (Vec<_>, Vec<_>) =
        report.rows.iter().partition(|row| row.outcome == Outcome::Failed);
    let shown: Vec<Row> = failed.into_iter().chain(others).take(SHOWN).map(row).collect();
    html! {
        (table(t("Rows"), &columns, &shown))
        @if report.rows.len() > SHOWN {
            p.hint { (fill(t("The first {n} of {total} rows, those that cannot be done before the others."), &[("n", &SHOWN), ("total", &report.rows.len())])) }
        }
    }
}

fn row(row: &ImportRow) -> Row {
    let becomes = match row.outcome {
        Outcome::Added => status(Tone::Good, t("Added")),
        Outcome::Updated => status(Tone::Accent, t("Updated")),
        Outcome::Skipped => status(Tone::Neutral, t("Skipped")),
        Outcome::Failed => status(Tone::Bad, t("Failed")),
    };
    let fields: Vec<&str> = row.changes.iter().map(|field| fields::label(field).unwrap_or(field)).collect();
    let why = match &row.reason {
        Some(reason) => in_words(reason),
        None if fields.is_empty() => String::new(),
        None => fill(t("Changes: {fields}"), &[("fields", &fields.join(", "))]),
    };
    Row {
        id: format!("line-{}", row.line),
        href: None,
        cells: vec![
            ui::avatar::person(&row.name, &row.email),
            html! { (row.line) },
            becomes,
            html! { (why) },
        ],
    }
}
