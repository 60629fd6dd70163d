//! The list of users, and adding one.

use access::model::{Standing, UnitKind};
use access::{Actor, Id, Permission, Permit, Thing, Visible, can};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use store::Slice;
use store::user::{UserFilter, UserOrder};
use workspace::language::Language;
use workspace::users::{self, InvitedUser, NewUser, UserView};
use workspace::{Code, List, Refusal};

use super::frame::{Frame, csrf, path, shown_at};
use super::paging::address;
use super::parts::{self, Options};
use crate::input::{Pairs, Query};
use crate::request::Request;
use crate::ui::avatar::person;
use crate::ui::button::{self, Button, Kind};
use crate::ui::card::{card, facts};
use crate::ui::empty::empty;
use crate::ui::filter::{self, Choice, filter_bar};
use crate::ui::form::{self, Field};
use crate::ui::icon::Icon;
use crate::ui::page::{Crumb, PageHead, page_head};
use crate::ui::pager::{Pager, pager};
use crate::ui::secret::secret;
use crate::ui::table::{Column, Order, Row, table};
use crate::ui::text::{count, fill, in_words, number, said, t};

/// How many users one page lists.
const ON_A_PAGE: i64 = 50;

/// Which users to list; all of it is in the address.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    q: String,
    role: String,
    department: String,
    branch: String,
    standing: String,
    sort: String,
    after: String,
}

impl Asked {
    fn filter(&self) -> Result<UserFilter, Refusal> {
        let unit = if self.department.is_empty() { &self.branch } else { &self.department };
        Ok(UserFilter {
            search: Some(self.q.clone()).filter(|q| !q.trim().is_empty()),
            role: id("role", &self.role)?,
            unit: id("department", unit)?,
            standing: match self.standing.as_str() {
                "invited" => Some(Standing::Invited),
                "active" => Some(Standing::Active),
                "banned" => Some(Standing::Banned),
                _ => None,
            },
            order: match self.sort.as_str() {
                "-name" => UserOrder::NameDescending,
                "seen" => UserOrder::SeenFirst,
                "-seen" => UserOrder::SeenLast,
                _ => UserOrder::Name,
            },
        })
    }

    fn is_narrowed(&self) -> bool {
        [&self.q, &self.role, &self.department, &self.branch, &self.standing].iter().any(|f| !f.is_empty())
    }

    /// The list's address with another order or another part.
    fn address(&self, list: &str, sort: &str, after: &str) -> String {
        let Asked { q, role, department, branch, standing, .. } = self;
        let fields = [
            ("q", q.as_str()),
            ("role", role),
            ("department", department),
            ("branch", branch),
            ("standing", standing),
            ("sort", sort),
            ("after", after),
        ];
        address(list, &fields)
    }
}

fn id(field: &'static str, text: &str) -> Result<Option<Id>, Refusal> {
    match text {
        "" => Ok(None),
        text => match text.parse() {
            Ok(id) => Ok(Some(Id(id))),
            Err(_) => Err(Refusal::invalid(field, "{field} must be chosen from the list.")),
        },
    }
}

/// The users that one may see.
pub async fn list(
    request: Request,
    visible: Visible<can::UserRead>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    let offset = asked.after.parse().ok().filter(|n| *n >= 0).unwrap_or(0);
    let slice = Slice { limit: ON_A_PAGE, offset };
    let found = users::list(&request.server.app, &visible, &asked.filter()?, slice).await?;
    let actor = visible.actor();
    let here = path(&request, "/users");
    let add = actor.may(Permission::UserInvite, &Thing::WORKSPACE).then(|| {
        button::link(&Button::new(Kind::Primary, t("Add user")).icon(Icon::Plus), &format!("{here}/new"))
    });
    let subtitle = match access::Reach::All {
        all if actor.powers().has(Permission::UserRead, all) => t("Everybody in the workspace."),
        _ => t("The people that you may see: yourself and the units that you lead."),
    };
    let main = html! {
        (page_head(&PageHead { title: t("Users"), subtitle, actions: add, ..PageHead::default() }))
        (filters(actor, &asked, &here))
        @if found.items.is_empty() { (nobody(&here)) }
        @else {
            (users_table(&found.items, &asked, &here, actor))
            (pages(&found, &asked, &here, offset))
        }
    };
    Ok(Frame::new(&request, t("Users")).around(main))
}

fn filters(actor: &Actor, asked: &Asked, here: &str) -> Markup {
    let model = actor.snapshot().model();
    let offered =
        |see: Permission, options: Options| if actor.holds(see) { options } else { Options::default() };
    let roles = offered(Permission::RoleRead, parts::roles(model));
    let departments = offered(Permission::DepartmentRead, parts::units(model, UnitKind::Department));
    let branches = offered(Permission::BranchRead, parts::units(model, UnitKind::Branch));
    let standings = [("active", t("Active")), ("invited", t("Invited")), ("banned", t("Banned"))]
        .map(|(value, label)| Choice { value, label });
    let clear = asked.is_narrowed().then(|| asked.address(here, &asked.sort, ""));
    let clear = clear.map(|_| address(here, &[("sort", &asked.sort)]));
    let select = |name, label, options: &Options, chosen: &str| {
        html! { @if !options.is_empty() { (filter::one_of(name, label, t("Any"), &options.choices(), chosen)) } }
    };
    filter_bar(
        here,
        clear.as_deref(),
        html! {
            (filter::search("q", t("Name, email, phone or code"), &asked.q))
            (select("role", t("Role"), &roles, &asked.role))
            (select("department", t("Department"), &departments, &asked.department))
            (select("branch", t("Branch"), &branches, &asked.branch))
            (filter::one_of("standing", t("State"), t("Any"), &standings, &asked.standing))
            @if !asked.sort.is_empty() { input type="hidden" name="sort" value=(asked.sort); }
        },
        None,
    )
}

fn users_table(people: &[UserView], asked: &Asked, here: &str, actor: &Actor) -> Markup {
    let (by_name, name_order) = match asked.sort.as_str() {
        "" | "name" => ("-name", Some(Order::Ascending)),
        "-name" => ("", Some(Order::Descending)),
        _ => ("", None),
    };
    let (by_seen, seen_order) = match asked.sort.as_str() {
        "-seen" => ("seen", Some(Order::Descending)),
        "seen" => ("-seen", Some(Order::Ascending)),
        _ => ("-seen", None),
    };
    let (by_name, by_seen) = (asked.address(here, by_name, ""), asked.address(here, by_seen, ""));
    let has = |kind| actor.snapshot().model().units.values().any(|unit| unit.kind == kind);
    let shown = [true, true, has(UnitKind::Department), has(UnitKind::Branch), true, true];
    let columns = [
        Column::new(t("Name")).sort(&by_name, name_order),
        Column::new(t("Role")),
        Column::new(t("Department")),
        Column::new(t("Branch")),
        Column::new(t("State")),
        Column::new(t("Last seen")).sort(&by_seen, seen_order),
    ];
    let columns: Vec<Column<'_>> =
        columns.into_iter().zip(shown).filter(|(_, s)| *s).map(|(c, _)| c).collect();
    let unit = |unit: &Option<workspace::Ref>| html! { (unit.as_ref().map_or("", |u| u.name.as_str())) };
    let row = |user: &UserView| {
        let cells = [
            person(&user.name, &user.email),
            html! { (said(&user.role.name)) },
            unit(&user.department),
            unit(&user.branch),
            parts::standing(&user.standing),
            parts::when_or(user.last_seen_at, t("never")),
        ];
        Row {
            id: format!("user-{}", user.id),
            href: Some(format!("{here}/{}", user.id)),
            cells: cells.into_iter().zip(shown).filter(|(_, s)| *s).map(|(c, _)| c).collect(),
        }
    };
    table(t("Users"), &columns, &people.iter().map(row).collect::<Vec<_>>())
}

fn nobody(here: &str) -> Markup {
    let all = button::link(&Button::new(Kind::Plain, t("Show everybody")), here);
    empty(
        Icon::Users,
        t("Nobody matches"),
        t("No user that you may see fits this search and these filters."),
        Some(all),
    )
}

fn pages(found: &List<UserView>, asked: &Asked, here: &str, offset: i64) -> Markup {
    let last = offset + i64::try_from(found.items.len()).unwrap_or(0);
    let summary = if found.total > ON_A_PAGE {
        let values: [(&str, &dyn std::fmt::Display); 3] =
            [("first", &(offset + 1)), ("last", &last), ("total", &number(found.total))];
        fill(t("{first}–{last} of {total} users"), &values)
    } else {
        count(found.total, "{n} user", "{n} users")
    };
    let at = |offset: i64| {
        asked.address(here, &asked.sort, &if offset > 0 { offset.to_string() } else { String::new() })
    };
    let first = (offset > 0).then(|| at(0));
    let previous = (offset > 0).then(|| at(offset - ON_A_PAGE));
    let next = found.next.as_ref().map(|_| at(offset + ON_A_PAGE));
    pager(&Pager {
        summary: &summary,
        first: first.as_deref(),
        previous: previous.as_deref(),
        next: next.as_deref(),
    })
}

/// The form that adds a user.
pub async fn new(request: Request, permit: Permit<can::UserInvite>, _: ()) -> Result<Markup, Refusal> {
    let actor = permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))?;
    Ok(form_page(&request, actor, &Pairs(vec![]), None))
}

/// Adds a user; what is wrong is said at its field, with everything typed still there.
pub async fn create(
    request: Request,
    permit: Permit<can::UserInvite>,
    typed: Pairs,
) -> Result<Response, Refusal> {
    let added = match read(&typed) {
        Ok(new) => users::invite(&request.server.app, &permit, &request.author(), new).await,
        Err(refusal) => Err(refusal),
    };
    match added {
        Ok(invited) => Ok(added_page(&request, &invited)),
        Err(refusal) if refusal.field.is_some() && !matches!(refusal.code, Code::NotFound) => {
            let actor = permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))?;
            let status =
                StatusCode::from_u16(refusal.code.status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            Ok((status, form_page(&request, actor, &typed, Some(&refusal))).into_response())
        }
        Err(refusal) => Err(refusal),
    }
}

fn read(typed: &Pairs) -> Result<NewUser, Refusal> {
    let text = |name: &str| typed.get(name).to_owned();
    Ok(NewUser {
        email: text("email"),
        name: text("name"),
        phone: text("phone"),
        employee_code: text("employee_code"),
        role: typed.id("role")?,
        department: typed.id("department")?,
        branch: typed.id("branch")?,
        language: parts::chosen_language(typed)?,
        password: Some(typed.raw("password").to_owned()).filter(|password| !password.is_empty()),
    })
}

fn form_page(request: &Request, actor: &Actor, typed: &Pairs, refusal: Option<&Refusal>) -> Markup {
    let here = path(request, "/users");
    let model = actor.snapshot().model();
    let wrong = refusal.and_then(|r| r.field.as_deref().map(|field| (field, in_words(&r.message))));
    let wrong = wrong.as_ref().map(|(field, message)| (*field, message.as_str()));
    let error = |name: &str| wrong.filter(|(field, _)| *field == name).map(|(_, message)| message);
    let field = |name: &'static str, label: &'static str| Field::new(name, label).error(error(name));
    let text = |field: &Field<'_>, kind| form::input(field, kind, typed.get(field.name));
    let roles = parts::givable_roles(actor);
    let default = model.preset.roles.iter().find(|r| r.default).map(|r| r.key.as_str());
    let default = model.roles.iter().find(|(_, r)| r.key.is_some() && r.key.as_deref() == default);
    let default = default.map_or_else(String::new, |(id, _)| id.to_string());
    let role = if typed.get("role").is_empty() { default.as_str() } else { typed.get("role") };
    let unit = |name, label, kind| {
        let options = parts::known_units(actor, kind, &[]);
        let any = !options.is_empty();
        let options = options.or_none(t("None"));
        html! { @if any { (form::select(&field(name, label), &options.choices(), typed.get(name))) } }
    };
    let body = html! {
        div.form-row {
            (text(&field("name", t("Name")).required(), form::Kind::Text))
            (text(&field("email", t("Email address")).required().hint(t("Unique in the workspace; they sign in with it.")), form::Kind::Email))
        }
        div.form-row {
            (text(&field("phone", t("Phone")).hint(t("In international form, like +442079460123.")), form::Kind::Phone))
            (text(&field("employee_code", t("Employee code")), form::Kind::Text))
        }
        (form::select(&field("role", t("Role")).required(), &roles.choices(), role))
        div.form-row {
            (unit("department", t("Department"), UnitKind::Department))
            (unit("branch", t("Branch"), UnitKind::Branch))
        }
        (parts::language_field("field", Language::of(typed.get("language"))))
        (form::input(&field("password", t("First password")).autocomplete("new-password")
            .hint(t("At least 10 characters. Leave it empty and a one-time password is made and shown once.")), form::Kind::Password, ""))
        (form::form_actions(html! {
            (button::link(&Button::new(Kind::Plain, t("Cancel")), &here))
            (button::submit(&Button::new(Kind::Primary, t("Add user"))))
        }))
    };
    let summary: Vec<(&str, &str)> = wrong.into_iter().collect();
    let main = html! {
        (page_head(&PageHead {
            title: t("Add user"),
            subtitle: t("They can sign in at once, with what their role gives and nothing more."),
            crumbs: &[Crumb { href: &here, label: t("Users") }], ..PageHead::default()
        }))
        (form::error_summary("field", &summary))
        (card(t("Account"), "", None, form::form("new-user", &here, &csrf(request), body)))
    };
    Frame::new(request, t("Add user")).around(main)
}

/// Says what was made, with the one-time password; reloading leads to the user's own page.
fn added_page(request: &Request, invited: &InvitedUser) -> Response {
    let here = path(request, "/users");
    let user = &invited.user;
    let page = format!("{here}/{}", user.id);
    let main = html! {
        (page_head(&PageHead {
            title: &fill(t("{name} was added"), &[("name", &user.name)]), crumbs: &[Crumb { href: &here, label: t("Users") }], ..PageHead::default()
        }))
        (card(t("How to sign in"), t("Give these to them over a channel that you trust."), None, html! {
            div.stack { (facts(&[(t("Workspace"), html! { (request.slug()) }), (t("Email address"), html! { (user.email) })]))
            @if let Some(password) = &invited.password {
                (secret(t("One-time password"), password, t("Copy it now: it is stored hashed and will not be shown again.")))
            } @else { p { (t("The password is the one that you typed.")) } }
            }
            (form::form_actions(html! {
                (button::link(&Button::new(Kind::Plain, t("Add another")).icon(Icon::Plus), &format!("{here}/new")))
                (button::link(&Button::new(Kind::Primary, t("Set their access")), &page))
            }))
        }))
    };
    let title = fill(t("{name} was added"), &[("name", &user.name)]);
    shown_at(&page, Frame::new(request, &title).around(main))
}
