//! Departments and branches: the list with members and leaders.

use access::{Noun, Permission, Permit, Right, Thing};
use acts::people::units::{self, ReadsUnits, UnitName, UnitView, WritesUnits};
use acts::{Code, Refusal};
use axum::response::Redirect;
use maud::{Markup, html};

use crate::shell::frame::{Frame, csrf, done, list_of, path};
use ui::button::{self, Button, Kind};
use ui::dialog;
use ui::empty::empty;
use ui::form::{self, Field};
use ui::icon::Icon;
use ui::page::{PageHead, page_head};
use ui::table::{Column, Row, table};
use ui::text::t;
use web::input::Pairs;
use web::request::Request;

/// What pages call a kind of unit, and which permissions concern it.
pub(crate) struct Words {
    pub title: &'static str,
    add: &'static str,
    pub rename: &'static str,
    none: &'static str,
    about: &'static str,
    pub noun: Noun,
    pub write: Permission,
    pub delete: Permission,
    /// Belonging to no unit of that kind.
    pub nowhere: &'static str,
    /// Where people go whose unit is deleted.
    pub elsewhere: &'static str,
}

pub(crate) fn words(noun: Noun) -> Words {
    match noun {
        Noun::Branch => Words {
            title: t("Branches"),
            add: t("Add branch"),
            rename: t("Rename branch"),
            none: t("No branches yet"),
            about: t(
                "Put people into a branch, and let somebody lead it: what reaches the team then reaches its people.",
            ),
            noun: Noun::Branch,
            write: Permission::BranchWrite,
            delete: Permission::BranchDelete,
            nowhere: t("No branch"),
            elsewhere: t("Branch that its people belong to from then on"),
        },
        _ => Words {
            title: t("Departments"),
            add: t("Add department"),
            rename: t("Rename department"),
            none: t("No departments yet"),
            about: t(
                "Put people into a department, and let somebody lead it: what reaches the team then reaches its people.",
            ),
            noun: Noun::Department,
            write: Permission::DepartmentWrite,
            delete: Permission::DepartmentDelete,
            nowhere: t("No department"),
            elsewhere: t("Department that its people belong to from then on"),
        },
    }
}

pub(crate) fn actor<R: Right>(permit: &Permit<R>) -> Result<&access::Actor, Refusal> {
    permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))
}

/// Every department, or every branch.
pub async fn list<R: ReadsUnits>(request: Request, permit: Permit<R>, _: ()) -> Result<Markup, Refusal> {
    let words = words(Noun::from(R::KIND));
    let found = units::list(&request.server.app, &permit).await?.items;
    let here = path(&request, list_of(words.noun));
    let may = actor(&permit)?.may(words.write, &Thing::WORKSPACE);
    let add = || button::opens(&Button::new(Kind::Primary, words.add).icon(Icon::Plus), "add-unit");
    let columns = [Column::new(t("Name")), Column::new(t("Leaders")), Column::number(t("Members"))];
    let rows: Vec<Row> = found.iter().map(|unit| row(unit, &here)).collect();
    let what = t("A person belongs to at most one, and may lead any number of them.");
    let main = html! {
        (page_head(&PageHead { title: words.title, subtitle: what, actions: may.then(add), ..PageHead::default() }))
        @if found.is_empty() { (empty(Icon::Unit, words.none, words.about, None)) }
        @else { (table(words.title, &columns, &rows)) }
        @if may { (name_dialog(&request, "add-unit", (words.add, t("Add")), &here, "")) }
    };
    Ok(Frame::new(&request, words.title).around(main))
}

fn row(unit: &UnitView, here: &str) -> Row {
    Row {
        id: format!("unit-{}", unit.id),
        href: Some(format!("{here}/{}", unit.id)),
        cells: vec![html! { (unit.name) }, leaders(unit), html! { (unit.members) }],
    }
}

fn leaders(unit: &UnitView) -> Markup {
    let names: Vec<&str> = unit.leaders.iter().map(|leader| leader.name.as_str()).collect();
    html! { @if names.is_empty() { span.quiet-text { (t("nobody")) } } @else { (names.join(", ")) } }
}

/// A dialog with nothing but a name.
pub(crate) fn name_dialog(
    request: &Request,
    id: &str,
    (label, verb): (&str, &str),
    action: &str,
    name: &str,
) -> Markup {
    let form_id = format!("{id}-form");
    let field = Field::new("name", t("Name")).required().form(&form_id);
    dialog::asking(
        id,
        label,
        action,
        &csrf(request),
        &Button::new(Kind::Primary, verb),
        html! {
            (form::input(&field, form::Kind::Text, name))
        },
    )
}

/// Adds one.
pub async fn create<R: WritesUnits>(
    request: Request,
    permit: Permit<R>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let name = UnitName { name: typed.get("name").to_owned() };
    units::create(&request.server.app, &permit, &request.author(), name).await?;
    Ok(done(&request, list_of(Noun::from(R::KIND)), "added"))
}
