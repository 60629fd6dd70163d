//! The list of users, and adding one.

use access::model::UnitKind;
use access::{Actor, Permission, Rows, Visible, can};
use acts::people::users::{self, InvitedUser, NewUser, UserView};
use acts::{Code, Refusal};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use crate::money::plan;
use crate::people::user_form::UserForm;
use crate::people::user_list::Asked;
use crate::people::user_record;
use crate::rights::bulk;
use crate::shell::frame::{Frame, csrf, path, shown_at};
use crate::shell::paging::{Pages, address};
use crate::shell::parts::{self, Options};
use ui::avatar::person;
use ui::button::{self, Button, Kind};
use ui::card::{card, facts};
use ui::empty::empty;
use ui::filter::{self, Choice, filter_bar};
use ui::form;
use ui::icon::Icon;
use ui::page::{Crumb, PageHead, page_head};
use ui::secret::secret;
use ui::table::{Column, Order, Row, Tick, Ticks, table, ticked_table};
use ui::text::{count, fill, said, t};
use web::input::{Pairs, Query};
use web::request::Request;

/// How many users one page lists.
const ON_A_PAGE: i64 = 50;

/// The users that one may see.
pub async fn list(
    request: Request,
    visible: Visible<can::UserRead>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    let actor = visible.actor();
    if *visible.rows() == Rows::Touching(vec![actor.id()]) && !actor.holds(Permission::UserInvite) {
        return Ok(only_oneself(&request));
    }
    let pages = Pages::after(&asked.after, ON_A_PAGE);
    let found = users::list(&request.server.app, &visible, &asked.filter()?, pages.slice()).await?;
    let here = path(&request, "/users");
    let full = plan::no_seat(&request, actor).filter(|_| actor.holds(Permission::UserInvite));
    let subtitle = match access::Reach::All {
        all if actor.powers().has(Permission::UserRead, all) => t("Everybody in the workspace."),
        _ => t("The people that you may see: yourself and the units that you lead."),
    };
    let main = html! {
        (page_head(&PageHead { title: t("Users"), subtitle, actions: Some(actions(&request, actor, &asked, &here)), ..PageHead::default() }))
        @if let Some(full) = full { (full) }
        (filters(actor, &asked, &here))
        @if found.items.is_empty() { (nobody(&here)) }
        @else {
            (users_table(&found.items, &asked, &here, actor))
            @if bulk::may_any(actor) { (bulk::bar(&request, &asked, found.total)) }
            (pages.pager(found.total, &count(found.total, "{n} user", "{n} users"), |after| asked.address(&here, &asked.sort, after)))
        }
    };
    Ok(Frame::new(&request, t("Users")).around(main))
}

/// Instead of a list of one: whoever sees nobody else has their profile.
fn only_oneself(request: &Request) -> Markup {
    let profile = button::link(&Button::new(Kind::Primary, t("Your profile")), &path(request, "/profile"));
    let main = html! {
        (page_head(&PageHead { title: t("Users"), ..PageHead::default() }))
        (empty(
            Icon::Users,
            t("Here you would see your colleagues"),
            t("Your role shows you your own record only. All that concerns you is in your profile."),
            Some(profile),
        ))
    };
    Frame::new(request, t("Users")).around(main)
}

/// What can be done on top of the list.
fn actions(request: &Request, actor: &Actor, asked: &Asked, here: &str) -> Markup {
    let import = Button::new(Kind::Plain, t("Import")).icon(Icon::Upload);
    let full = plan::seat_reason(actor);
    let add =
        Button { disabled: full.as_deref(), ..Button::new(Kind::Primary, t("Add user")) }.icon(Icon::Plus);
    let file = asked.address(&path(request, "/users.csv"), &asked.sort, "");
    html! {
        (button::download(&Button::new(Kind::Plain, t("Export")).icon(Icon::Download), &file))
        @if actor.holds(Permission::UserInvite) {
            (button::link(&import, &format!("{here}/import")))
            (button::link(&add, &format!("{here}/new")))
        }
    }
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
    let clear = asked.is_narrowed().then(|| address(here, &[("sort", &asked.sort)]));
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

/// The address of the list sorted by a column, the other way round if it is already, and how it is sorted now. Whoever
/// was here last comes first at the first click.
fn sorting(asked: &Asked, here: &str, word: &str) -> (String, Option<Order>) {
    let now = if asked.sort.is_empty() { "name" } else { asked.sort.as_str() };
    let down = format!("-{word}");
    let (next, order) = match now {
        now if now == word => (down.as_str(), Some(Order::Ascending)),
        now if now == down => (word, Some(Order::Descending)),
        _ if word == "seen" => (down.as_str(), None),
        _ => (word, None),
    };
    (asked.address(here, if next == "name" { "" } else { next }, ""), order)
}

fn users_table(people: &[UserView], asked: &Asked, here: &str, actor: &Actor) -> Markup {
    let [name, role, department, seen] =
        ["name", "role", "department", "seen"].map(|word| sorting(asked, here, word));
    let has = |kind| actor.snapshot().model().units.values().any(|unit| unit.kind == kind);
    let shown = [true, true, has(UnitKind::Department), has(UnitKind::Branch), true, true];
    let columns = [
        Column::new(t("Name")).sort(&name.0, name.1),
        Column::new(t("Role")).sort(&role.0, role.1),
        Column::new(t("Department")).sort(&department.0, department.1),
        Column::new(t("Branch")),
        Column::new(t("State")),
        Column::new(t("Last seen")).sort(&seen.0, seen.1),
    ];
    let columns: Vec<Column<'_>> =
        columns.into_iter().zip(shown).filter(|(_, s)| *s).map(|(c, _)| c).collect();
    let unit = |unit: &Option<acts::Ref>| html! { (unit.as_ref().map_or("", |u| u.name.as_str())) };
    let row = |user: &UserView| {
        let cells = [
            person(&user.name, &user.email),
            html! { (said(&user.role.name)) },
            unit(&user.department),
            unit(&user.branch),
            parts::standing(user.standing),
            parts::when_or(user.last_seen_at, t("never")),
        ];
        Row {
            id: format!("user-{}", user.id),
            href: Some(format!("{here}/{}", user.id)),
            cells: cells.into_iter().zip(shown).filter(|(_, s)| *s).map(|(c, _)| c).collect(),
        }
    };
    let rows: Vec<Row> = people.iter().map(row).collect();
    if !bulk::may_any(actor) {
        return table(t("Users"), &columns, &rows);
    }
    let ticks: Vec<Tick<'_>> =
        people.iter().map(|user| Tick { value: user.id.to_string(), label: &user.name }).collect();
    ticked_table(t("Users"), &columns, &rows, &Ticks { form: bulk::CHOSEN, name: "user", rows: &ticks })
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

/// The form that adds a user.
pub async fn new(request: Request, visible: Visible<can::UserInvite>, _: ()) -> Result<Markup, Refusal> {
    form_page(&request, visible.actor(), &Pairs(vec![]), None).await
}

/// Adds a user; what is wrong is said at its field, with everything typed still there.
pub async fn create(
    request: Request,
    visible: Visible<can::UserInvite>,
    typed: Pairs,
) -> Result<Response, Refusal> {
    let permit = users::permit_to_invite(&visible)?;
    let added = match read(&typed) {
        Ok(new) => users::invite(&request.server.app, &permit, &request.author(), new).await,
        Err(refusal) => Err(refusal),
    };
    match added {
        Ok(invited) => Ok(added_page(&request, invited)),
        Err(refusal) if refusal.field.is_some() && !matches!(refusal.code, Code::NotFound) => {
            let status =
                StatusCode::from_u16(refusal.code.status()).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            Ok((status, form_page(&request, visible.actor(), &typed, Some(&refusal)).await?).into_response())
        }
        Err(refusal) => Err(refusal),
    }
}

fn read(typed: &Pairs) -> Result<NewUser, Refusal> {
    let text = |name: &str| typed.get(name).to_owned();
    let secret = |name: &str| Some(typed.raw(name).to_owned()).filter(|secret| !secret.is_empty());
    let (way, password) = (typed.get("access"), secret("password"));
    if way == "password" && password.is_none() {
        return Err(Refusal::invalid("password", "{field} is needed."));
    }
    if way == "one_time" && password.is_some() {
        return Err(Refusal::invalid(
            "password",
            "{field} is made for you: leave it out, or choose to set one.",
        ));
    }
    Ok(NewUser {
        email: text("email"),
        name: text("name"),
        phone: text("phone"),
        employee_code: text("employee_code"),
        lead_cap: typed.number("lead_cap")?,
        role: typed.id("role")?,
        department: typed.id("department")?,
        branch: typed.id("branch")?,
        language: parts::chosen_language(typed)?,
        invite: way == "invite",
        password,
        pin: secret("pin"),
    })
}

async fn form_page(
    request: &Request,
    actor: &Actor,
    typed: &Pairs,
    refusal: Option<&Refusal>,
) -> Result<Markup, Refusal> {
    let digits = request.identity()?.workspace.pin_digits;
    let here = path(request, "/users");
    let model = actor.snapshot().model();
    let full = plan::seat_reason(actor);
    let default = users::default_role(model).ok().map(|id| ("role".to_owned(), id.to_string()));
    let values = Pairs(if typed.0.is_empty() { default.into_iter().collect() } else { typed.0.clone() });
    let fields = UserForm { actor, id: "field", values: &values, refusal, user: None };
    let body = html! {
        (fields.record(true))
        (fields.access(request.sends_mail(), digits))
        (form::form_actions(html! {
            (button::link(&Button::new(Kind::Plain, t("Cancel")), &here))
            (button::submit(&Button { disabled: full.as_deref(), ..Button::new(Kind::Primary, t("Add user")) }))
        }))
    };
    let main = html! {
        (page_head(&PageHead {
            title: t("Add user"),
            subtitle: t("They get what their role gives and nothing more."),
            crumbs: &[Crumb { href: &here, label: t("Users") }], ..PageHead::default()
        }))
        @if let Some(full) = plan::no_seat(request, actor) { (full) }
        (fields.summary())
        (card(t("Account"), "", None, form::form("new-user", &here, &csrf(request), body)))
    };
    Ok(Frame::new(request, t("Add user")).around(main))
}

/// Says what was made, with the secret that is shown this once; reloading leads to the user's own page.
fn added_page(request: &Request, invited: InvitedUser) -> Response {
    let here = path(request, "/users");
    let InvitedUser { user, password, invitation } = invited;
    let link = invitation.map(|invitation| request.shown(invitation).link);
    let page = format!("{here}/{}", user.id);
    let title = fill(t("{name} was added"), &[("name", &user.name)]);
    let hint = match &link {
        Some(None) => t("They set their password with the link in the mail."),
        _ => t("Give these to them over a channel that you trust."),
    };
    let main = html! {
        (page_head(&PageHead {
            title: &title, crumbs: &[Crumb { href: &here, label: t("Users") }], ..PageHead::default()
        }))
        (card(t("How to sign in"), hint, None, html! {
            div.stack { (facts(&[(t("Workspace"), html! { (request.slug()) }), (t("Email address"), html! { (user.email) })]))
            @match (&link, &password) {
                (Some(Some(link)), _) => (secret(t("Invitation link"), link, t("Good for 7 days and once. It stays in the outbox until then."))),
                (Some(None), _) => p { (fill(t("An invitation is on its way to {email}."), &[("email", &user.email)])) },
                (None, Some(password)) => (secret(t("Temporary password"), password, t(user_record::ONCE))),
                (None, None) => p { (t("The password is the one that you typed. They choose their own when they sign in with it, within 7 days.")) },
            } }
            (form::form_actions(html! {
                (button::link(&Button::new(Kind::Plain, t("Add another")).icon(Icon::Plus), &format!("{here}/new")))
                (button::link(&Button::new(Kind::Primary, t("Set their access")), &page))
            }))
        }))
    };
    shown_at(&page, Frame::new(request, &title).around(main))
}
