//! What people ask for: the list for whoever may decide, and one request with what can be given on it (CAL-20).

use access::{Actor, Noun, Permission, Reach, Reaches, Visible, authority, can};
use acts::rights::access_requests::{self, RequestView};
use acts::rights::request_decisions::{self, Decline, Grant, Pass};
use acts::{Moment, Ref, Refusal};
use axum::response::Redirect;
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use store::Slice;

use crate::rights::access_matrix::reaches;
use crate::rights::ask::ticked;
use crate::rights::user_access::{DURATIONS, lasts};
use crate::shell::frame::{Frame, csrf, done, path};
use crate::shell::parts::{self, Options};
use ui::avatar::person;
use ui::badge::{Tone, badge, status};
use ui::button::{self, Button, Kind};
use ui::card::{card, facts};
use ui::datetime::Show;
use ui::empty::empty;
use ui::form::{self, Field};
use ui::icon::Icon;
use ui::page::{Crumb, PageHead, notice, page_head};
use ui::reach::reach_chips;
use ui::table::{Column, Row, table};
use ui::tabs::{Tab, tabs};
use ui::text::{capital, count, fill, said, t};
use web::input::{Pairs, Query};
use web::request::Request;

/// So many requests of a kind are listed.
const LISTED: i64 = 200;

/// Which requests to list.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    show: String,
}

/// The requests that the reader may decide.
pub async fn list(
    request: Request,
    visible: Visible<can::AccessRequestDecide>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    let open = asked.show != "decided";
    let app = &request.server.app;
    let found = access_requests::list(app, &visible, open, Slice::first(LISTED)).await?.items;
    let (here, decided) = (path(&request, "/requests"), path(&request, "/requests?show=decided"));
    let waiting = match request.waits(Permission::AccessRequestDecide) {
        0 => String::new(),
        waiting => waiting.to_string(),
    };
    let columns = [
        Column::new(t("Who")),
        Column::new(t("Asks for")),
        Column::new(t("Reason")),
        Column::new(t("State")),
        Column::new(t("When")),
    ];
    let rows: Vec<Row> = found.iter().map(|one| row(visible.actor(), &here, one)).collect();
    let nothing = if open { t("Nobody waits for an answer") } else { t("Nothing was decided yet") };
    let about = t("People ask from a page that they may not see, or from their profile.");
    let main = html! {
        (page_head(&PageHead { title: t("Requests"), subtitle: t("What people ask for, as far as you may decide it."), ..PageHead::default() }))
        (tabs(t("Requests"), &[
            Tab { href: &here, label: t("Waiting"), count: &waiting, current: open },
            Tab { href: &decided, label: t("Decided"), count: "", current: !open },
        ]))
        @if found.is_empty() { (empty(Icon::Ask, nothing, about, None)) }
        @else { (table(t("Requests"), &columns, &rows)) }
    };
    Ok(Frame::new(&request, t("Requests")).around(main))
}

fn row(reader: &Actor, here: &str, asked: &RequestView) -> Row {
    let mine = asked.passed_to.as_ref().is_some_and(|to| to.id == reader.id().0);
    Row {
        id: format!("request-{}", asked.id),
        href: Some(format!("{here}/{}", asked.id)),
        cells: vec![
            person(&asked.user.name, &asked.email),
            html! { (asked_for(asked)) },
            html! { (asked.reason) },
            html! { (state(asked)) @if mine && asked.state == "open" { " " (badge(Tone::Accent, t("passed to you"))) } },
            parts::when(asked.created_at, Show::DateTime),
        ],
    }
}

/// What is asked for, in words.
pub fn asked_for(asked: &RequestView) -> Markup {
    html! {
        @if let Some(role) = &asked.role { strong { (fill(t("The role {name}"), &[("name", &said(&role.name))])) } }
        @for (name, words) in &asked.holds {
            div.asked { strong.capital { (said(meaning(name))) } " " (chips(name, words)) }
        }
    }
}

fn meaning(name: &str) -> &'static str {
    Permission::from_name(name).map_or("", |permission| permission.entry().meaning)
}

/// The reaches as chips; none where the permission is simply on or off.
fn chips(name: &str, words: &[impl AsRef<str>]) -> Markup {
    let set = words.iter().filter_map(|word| Reach::from_word(word.as_ref())).collect::<Vec<_>>();
    let rows = Permission::from_name(name).is_some_and(Permission::concerns_rows);
    html! { @if rows { (reach_chips(&reaches(Reaches::of(&set)))) } }
}

/// Where a request stands.
pub fn state(asked: &RequestView) -> Markup {
    match asked.state.as_str() {
        "open" => status(Tone::Warn, t("Waiting")),
        "granted" => status(Tone::Good, t("Granted")),
        "declined" => status(Tone::Bad, t("Declined")),
        _ => status(Tone::Neutral, t("Withdrawn")),
    }
}

/// One request, with what can be given on it.
pub async fn show(
    request: Request,
    visible: Visible<can::AccessRequestDecide>,
    _: (),
) -> Result<Markup, Refusal> {
    let (app, id) = (&request.server.app, request.id("access_request")?.0);
    let asked = access_requests::show(app, &visible, id).await?;
    let others = request_decisions::who_can(app, &visible, id).await?;
    let list = path(&request, "/requests");
    let title = fill(t("{name} asks for access"), &[("name", &asked.user.name)]);
    let page = Page { request: &request, actor: visible.actor(), asked: &asked };
    let own = asked.user.id == visible.actor().id().0;
    let body = match asked.state.as_str() {
        "open" if own => notice(Tone::Neutral, html! { (t("Nobody decides their own request.")) }),
        // What was asked for comes first.
        "open" if asked.role.is_some() => {
            html! { (page.for_good()) (page.for_a_while()) (page.decline()) (page.pass(&others)) }
        }
        "open" => html! { (page.for_a_while()) (page.for_good()) (page.decline()) (page.pass(&others)) },
        _ => page.outcome(),
    };
    let main = html! {
        (page_head(&PageHead { title: &title, crumbs: &[Crumb { href: &list, label: t("Requests") }], badges: Some(state(&asked)), ..PageHead::default() }))
        div.stack { (page.about()) (body) }
    };
    Ok(Frame::new(&request, &title).around(main))
}

/// The page of one request, for one reader.
struct Page<'a> {
    request: &'a Request,
    actor: &'a Actor,
    asked: &'a RequestView,
}

impl Page<'_> {
    fn form(&self, id: &str, below: &str, body: Markup) -> Markup {
        let action = path(self.request, &format!("/requests/{}/{below}", self.asked.id));
        form::form(id, &action, &csrf(self.request), body)
    }

    fn may(&self, permission: Permission) -> bool {
        self.actor.may_to(permission, Noun::User, access::Id(self.asked.user.id))
    }

    fn about(&self) -> Markup {
        let asked = self.asked;
        let model = self.actor.snapshot().model();
        let user = access::Id(asked.user.id);
        let role = model.role_of(user).map_or("", |role| role.name.as_str());
        let link = self.may(Permission::UserRead).then(|| path(self.request, &format!("/users/{user}")));
        let name = html! { @match &link { Some(link) => a href=(link) { (asked.user.name) }, None => (asked.user.name) } };
        let passed =
            |to: &Ref| notice(Tone::Accent, html! { (fill(t("Passed to {name}."), &[("name", &to.name)])) });
        html! {
            @if let Some(to) = &asked.passed_to { (passed(to)) }
            (card(t("The request"), "", None, facts(&[
                (t("Who"), name),
                (t("Email"), html! { (asked.email) }),
                (t("Present role"), html! { (said(role)) }),
                (t("Asks for"), asked_for(asked)),
                (t("Reason"), html! { (asked.reason) }),
                (t("Asked"), parts::when(asked.created_at, Show::DateTime)),
            ])))
        }
    }

    /// What of the request the reader could give: each permission with its reaches, and whether they hold it.
    fn giveable(&self) -> Vec<(Permission, Reach, bool)> {
        let model = self.actor.snapshot().model();
        let role = self.asked.role.as_ref().and_then(|role| model.roles.get(&access::Id(role.id)));
        let cells: Vec<access::Cell> = match role {
            Some(role) => role.holds.clone(),
            None => {
                let read = |words: &Vec<&str>| {
                    words.iter().filter_map(|word| Reach::from_word(word)).collect::<Vec<_>>()
                };
                let cell = |(name, words): (&String, &Vec<&str>)| {
                    Some((Permission::from_name(name)?, Reaches::of(&read(words))))
                };
                self.asked.holds.iter().filter_map(cell).collect()
            }
        };
        let held =
            self.actor.snapshot().user(access::Id(self.asked.user.id)).map(|f| f.powers).unwrap_or_default();
        let new = cells
            .into_iter()
            .flat_map(|(p, r)| access::shown(p, r).iter().map(move |reach| (p, reach)).collect::<Vec<_>>());
        let new = new.filter(|(p, reach)| p.can_be_given() && !held.has(*p, *reach));
        let can = |p, reach| authority::may_define(self.actor, &[(p, Reaches::of(&[reach]))]).is_ok();
        new.map(|(p, reach)| (p, reach, can(p, reach))).collect()
    }

    /// The permissions, each to tick, until a moment.
    fn for_a_while(&self) -> Markup {
        let cells = self.giveable();
        if !self.may(Permission::UserSetAccess) || cells.is_empty() {
            return html! {};
        }
        let durations: Options = DURATIONS.iter().map(|(key, label, _)| (*key, t(label))).collect();
        let lacking = cells.iter().filter(|(.., can)| !can).count();
        let field = |name, label| Field::new(name, label).form("while");
        let kind = if self.asked.role.is_some() { Kind::Plain } else { Kind::Primary };
        let body = html! {
            fieldset.boxes {
                legend.sr-only { (t("What to give")) }
                @for (permission, reach, can) in &cells { (tick(*permission, *reach, *can)) }
            }
            @if lacking > 0 {
                p.hint { (count(i64::try_from(lacking).unwrap_or(i64::MAX), "{n} you do not hold yourself and cannot give.", "{n} you do not hold yourself and cannot give.")) }
            }
            (form::select(&field("for", t("For")).required(), &durations.choices(), "7d"))
            (form::input(&field("note", t("Note")), form::Kind::Text, ""))
            (form::form_actions(button::submit(&Button::new(kind, t("Give")))))
        };
        card(
            t("Give for a while"),
            t("It ends by itself. Untick what you do not want to give."),
            None,
            self.form("while", "grant", body),
        )
    }

    /// A role or a toggle: what lasts.
    fn for_good(&self) -> Markup {
        let assigns = self.may(Permission::UserAssignRole);
        let roles = if assigns { parts::givable_roles(self.actor) } else { Options::default() };
        let toggles = self.toggles();
        let asked = self.asked.role.as_ref().map(|role| role.id.to_string()).unwrap_or_default();
        let note = |form_id| form::input(&Field::new("note", t("Note")).form(form_id), form::Kind::Text, "");
        let give = |asked| {
            let kind = if asked { Kind::Primary } else { Kind::Plain };
            form::form_actions(button::submit(&Button::new(kind, t("Give for good"))))
        };
        html! {
            @if !roles.is_empty() {
                (card(t("Give a role"), t("In place of the present one, until somebody changes it"), None, self.form("role", "grant", html! {
                    (form::select(&Field::new("role", t("Role")).required().form("role"), &roles.choices(), &asked))
                    (note("role")) (give(self.asked.role.is_some()))
                })))
            }
            @if !toggles.is_empty() && self.may(Permission::UserSetAccess) {
                (card(t("Allow a toggle"), t("A bundle that holds some of what is asked for, until somebody changes it"), None, self.form("toggle", "grant", html! {
                    (form::select(&Field::new("toggle", t("Toggle")).required().form("toggle"), &toggles.choices(), ""))
                    (note("toggle")) (give(false))
                })))
            }
        }
    }

    /// The toggles that hold some of what is asked for, and that the reader could give.
    fn toggles(&self) -> Options {
        let wanted = self.giveable();
        let model = self.actor.snapshot().model();
        let helps = |cells: &[access::Cell]| {
            let powers: access::Powers = cells.iter().collect();
            wanted.iter().any(|(p, reach, _)| powers.has(*p, *reach))
        };
        let toggles = model.toggles.iter().filter(|(_, toggle)| helps(&toggle.holds));
        let toggles = toggles.filter(|(_, toggle)| authority::may_define(self.actor, &toggle.holds).is_ok());
        toggles.map(|(id, toggle)| (id, said(&toggle.name))).collect()
    }

    fn decline(&self) -> Markup {
        let body = html! {
            (form::input(&Field::new("note", t("Note")).hint(t("Why not, or what to do instead.")).form("decline"), form::Kind::Text, ""))
            (form::form_actions(button::submit(&Button::new(Kind::Danger, t("Decline")))))
        };
        card(t("Decline"), "", None, self.form("decline", "decline", body))
    }

    /// To somebody who can give it, where the reader cannot.
    fn pass(&self, others: &[Ref]) -> Markup {
        let others: Options = others.iter().map(|person| (person.id, person.name.as_str())).collect();
        if others.is_empty() {
            return html! {};
        }
        let body = html! {
            (form::select(&Field::new("user", t("To")).required().form("pass"), &others.choices(), ""))
            (form::form_actions(button::submit(&Button::new(Kind::Plain, t("Pass on")))))
        };
        card(
            t("Pass on"),
            t("These people can give everything that is asked for"),
            None,
            self.form("pass", "pass", body),
        )
    }

    /// What became of it.
    fn outcome(&self) -> Markup {
        let asked = self.asked;
        let given = asked.given.as_ref();
        let by = asked.decided_by.as_ref().map_or("–", |by| by.name.as_str());
        let gave = html! {
            @if let Some(given) = given {
                @if let Some(role) = &given.role { (fill(t("The role {name}"), &[("name", &said(role))])) }
                @if let Some(toggle) = &given.toggle { (fill(t("The toggle {name}"), &[("name", &said(toggle))])) }
                @for (name, words) in &given.holds { div.asked { span.capital { (said(meaning(name))) } " " (chips(name, words)) } }
                @if let Some(until) = asked.until { p.hint { (parts::until(until)) } }
            } @else { "–" }
        };
        card(
            t("Decision"),
            "",
            None,
            facts(&[
                (t("State"), state(asked)),
                (t("By"), html! { (by) }),
                (t("When"), parts::when_or(asked.decided_at, "–")),
                (t("Gave"), gave),
                (t("Note"), html! { @if asked.note.is_empty() { "–" } @else { (asked.note) } }),
            ]),
        )
    }
}

/// One piece to give, or not.
fn tick(permission: Permission, reach: Reach, can: bool) -> Markup {
    let name = permission.name();
    let id = format!("give-{}-{}", name.replace(':', "-"), reach.word());
    html! {
        div.field.check {
            label for=(id) {
                input id=(id) type="checkbox" name=(name) value=(reach.word()) checked[can] disabled[!can];
                span {
                    (capital(&said(permission.entry().meaning))) " " (chips(name, &[reach.word()]))
                    @if permission.entry().risky { " " (badge(Tone::Warn, t("sensitive"))) }
                    @if !can { " " span.quiet-text { (t("you do not hold this yourself")) } }
                }
            }
        }
    }
}

/// Grants it: what was ticked for a while, or a toggle, or a role.
pub async fn grant(
    request: Request,
    visible: Visible<can::AccessRequestDecide>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let id = request.id("access_request")?.0;
    let note = typed.get("note").to_owned();
    let (role, toggle) = (typed.id("role")?, typed.id("toggle")?);
    let grant = if role.is_some() || toggle.is_some() {
        Grant { role, toggle, note, ..Grant::default() }
    } else {
        let until = request.server.app.store.now() + lasts("for", &typed)?;
        Grant { holds: Some(ticked(&typed)), until: Some(Moment(until)), note, ..Grant::default() }
    };
    request_decisions::grant(&request.server.app, &visible, &request.author(), id, grant).await?;
    Ok(done(&request, &format!("/requests/{id}"), "decided"))
}

/// Declines it.
pub async fn decline(
    request: Request,
    visible: Visible<can::AccessRequestDecide>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let id = request.id("access_request")?.0;
    let answer = Decline { note: typed.get("note").to_owned() };
    request_decisions::decline(&request.server.app, &visible, &request.author(), id, answer).await?;
    Ok(done(&request, &format!("/requests/{id}"), "decided"))
}

/// Asks somebody else to decide it.
pub async fn pass(
    request: Request,
    visible: Visible<can::AccessRequestDecide>,
    typed: Pairs,
) -> Result<Redirect, Refusal> {
    let id = request.id("access_request")?.0;
    let missing = || Refusal::invalid("user", "{field} must be chosen from the list.");
    let user = typed.id("user")?.ok_or_else(missing)?;
    request_decisions::pass(&request.server.app, &visible, &request.author(), id, Pass { user }).await?;
    Ok(done(&request, &format!("/requests/{id}"), "passed"))
}
