//! Why?, Who? and What?: any decision taken apart. The question is the page's address, so that it can be passed on.

use std::borrow::Cow;

use access::explain::{Explanation, Giver, Relation, Remedy, Say as _, Taker};
use access::{Actor, Id, Model, Noun, Permission, Permit, Reach, Reaches, Thing, Visible, can};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use workspace::calls::{self, CallQuery};
use workspace::user_access::{self, EffectiveLine};
use workspace::{Code, Ref, Refusal, explain};

use super::call::linked;
use super::calls::outside;
use super::choices::{self, Choices, borrowed};
use super::frame::{Frame, path};
use super::paging::address;
use super::{parts, when};
use crate::input::Query;
use crate::request::Request;
use crate::ui::avatar::person;
use crate::ui::button::{self, Button, Kind};
use crate::ui::card::card;
use crate::ui::datetime::Show;
use crate::ui::filter::{self, Choice, filter_bar};
use crate::ui::page::{PageHead, page_head, split};
use crate::ui::reach::{self, reach_chips};
use crate::ui::reason::{Change, Reason, Weight, changes, reasons, verdict};
use crate::ui::table::{Column, Row, table};
use crate::ui::tabs::{Tab, tabs};
use crate::ui::text::{capital, fill, in_words, later, listed, number, plural, said, t, weave};

/// So many of the latest calls can be chosen from; others are asked about from their own page.
const CALLS: i64 = 15;

/// Kinds of things to ask about, besides the workspace and calls.
const THINGS: [(Noun, &str); 7] = [
    (Noun::User, later("People")),
    (Noun::Number, later("Numbers")),
    (Noun::Queue, later("Queues")),
    (Noun::Extension, later("Extensions")),
    (Noun::Department, later("Departments")),
    (Noun::Branch, later("Branches")),
    (Noun::Role, later("Roles")),
];

/// The question.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    /// `why`, `who` or `what`.
    tab: String,
    /// The id of a person; the reader where it is empty.
    user: String,
    /// `resource:action`.
    permission: String,
    /// `*` for the workspace, or kind and id, like `queue:12`.
    thing: String,
}

/// What the page is made of.
struct Page<'a> {
    request: &'a Request,
    visible: &'a Visible<can::AccessExplain>,
    zone: TimeZone,
    asked: &'a Asked,
    user: Id,
    permission: Permission,
    thing: Thing,
    /// What people call the thing.
    name: String,
    /// The latest calls, to choose from.
    calls: Vec<(String, String)>,
}

/// The page.
pub async fn show(
    request: Request,
    visible: Visible<can::AccessExplain>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    let page = Page::read(&request, &visible, &asked).await?;
    let answer = match asked.tab.as_str() {
        "who" => page.who().await?,
        "what" => page.what().await?,
        _ => page.why().await?,
    };
    let subtitle =
        t("For any person, action and thing: allowed or refused, by which rule, and what would change it.");
    let main = html! {
        (page_head(&PageHead { title: t("Why?"), subtitle, ..PageHead::default() }))
        (page.tabs())
        (page.bar())
        (answer)
    };
    Ok(Frame::new(&request, t("Why?")).around(main))
}

impl<'a> Page<'a> {
    async fn read(
        request: &'a Request,
        visible: &'a Visible<can::AccessExplain>,
        asked: &'a Asked,
    ) -> Result<Page<'a>, Refusal> {
        let actor = visible.actor();
        let missing = || Refusal::new(Code::NotFound);
        let user =
            if asked.user.is_empty() { actor.id() } else { Id(asked.user.parse().map_err(|_| missing())?) };
        let permission = match asked.permission.as_str() {
            "" => Permission::CallRecordRead,
            name => Permission::from_name(name).ok_or_else(missing)?,
        };
        let zone = when::zone(request).await?;
        let mut page = Page {
            request,
            visible,
            zone,
            asked,
            user,
            permission,
            thing: Thing::WORKSPACE,
            name: String::new(),
            calls: vec![],
        };
        page.read_thing().await?;
        page.read_calls().await?;
        Ok(page)
    }

    fn actor(&self) -> &Actor {
        self.visible.actor()
    }

    fn model(&self) -> &Model {
        self.actor().snapshot().model()
    }

    /// Looks up what the question is about. What the reader may not see answers as if it were not there.
    async fn read_thing(&mut self) -> Result<(), Refusal> {
        let missing = || Refusal::new(Code::NotFound);
        if !self.permission.concerns_rows() {
            return Ok(());
        }
        let Some((kind, id)) = self.asked.thing.split_once(':') else { return Ok(()) };
        let id: i64 = id.parse().map_err(|_| missing())?;
        if kind == Noun::Call.word() {
            let store = &self.request.server.app.store;
            let thing = store.call_thing(self.model().workspace, id).await?.ok_or_else(missing)?;
            let permit = self.actor().permit_on::<can::CallRecordRead>(thing.clone())?;
            let call = calls::show(&self.request.server.app, &permit).await?;
            self.name = self.call_name(&call);
            self.thing = thing;
            return Ok(());
        }
        let (noun, _) = THINGS.iter().find(|(noun, _)| noun.word() == kind).ok_or_else(missing)?;
        let id = Id(u32::try_from(id).map_err(|_| missing())?);
        let thing = self.actor().snapshot().thing(*noun, id).ok_or_else(missing)?;
        if noun.see().is_some_and(|see| !self.actor().may(see, &thing)) {
            return Err(missing());
        }
        self.name = thing_name(*noun, self.model().label(id));
        self.thing = thing;
        Ok(())
    }

    fn call_name(&self, call: &calls::CallView) -> String {
        let at = when::text(call.started_at, &self.zone, Show::DateTime);
        fill(t("the call of {at}, {name}"), &[("at", &at), ("name", &outside(call))])
    }

    async fn read_calls(&mut self) -> Result<(), Refusal> {
        let Ok(visible) = self.actor().visible::<can::CallRecordRead>() else { return Ok(()) };
        let app = &self.request.server.app;
        let found = calls::list(app, &visible, &CallQuery::default(), CALLS, None).await?;
        self.calls = found
            .items
            .iter()
            .map(|call| {
                let at = when::text(call.started_at, &self.zone, Show::DateTime);
                (format!("call:{}", call.id), format!("{at} · {}", outside(call)))
            })
            .collect();
        if self.thing.noun == Noun::Call && !self.calls.iter().any(|(value, _)| *value == self.asked.thing) {
            self.calls.insert(0, (self.asked.thing.clone(), self.name.clone()));
        }
        Ok(())
    }

    /// The address of another question that keeps what is not said anew.
    fn address(&self, tab: &str, user: Option<Id>) -> String {
        let user = user.map_or_else(|| self.asked.user.clone(), |id| id.to_string());
        let query = [
            ("tab", tab),
            ("user", user.as_str()),
            ("permission", self.asked.permission.as_str()),
            ("thing", self.asked.thing.as_str()),
        ];
        address(&path(self.request, "/why"), &query)
    }

    fn tabs(&self) -> Markup {
        let (why, who, what) =
            (self.address("", None), self.address("who", None), self.address("what", None));
        let tab = self.asked.tab.as_str();
        let one = |href, label, current| Tab { href, label, count: "", current };
        tabs(
            t("Questions"),
            &[
                one(&why, t("May they?"), !matches!(tab, "who" | "what")),
                one(&who, t("Who may?"), tab == "who"),
                one(&what, t("What may they?"), tab == "what"),
            ],
        )
    }

    fn bar(&self) -> Markup {
        let tab = self.asked.tab.as_str();
        let people =
            choices::that(self.actor(), Noun::User, |user| self.actor().may(Permission::AccessExplain, user));
        let people: Vec<(String, String)> =
            people.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
        let user = self.user.to_string();
        let mut things = Choices::of(self.actor(), &THINGS, |noun, id| format!("{}:{id}", noun.word()));
        things.0.insert(0, (t("Everything"), vec![("*".into(), t("The whole workspace").into())]));
        things.0.push((t("Latest calls"), self.calls.clone()));
        let thing = if self.asked.thing.is_empty() { "*" } else { &self.asked.thing };
        let controls = html! {
            @if !tab.is_empty() { input type="hidden" name="tab" value=(tab); }
            @if tab != "who" { (person_filter(&people, &user)) }
            @if tab != "what" {
                (filter::one_of_groups("permission", t("Do what"), "", &permissions(), self.permission.name()))
                @if self.permission.concerns_rows() { (filter::one_of_groups("thing", t("To what"), "", &things.groups(), thing)) }
            }
        };
        filter_bar(&path(self.request, "/why"), None, controls, None)
    }

    fn user_thing(&self) -> Result<Thing, Refusal> {
        let thing = self.actor().snapshot().thing(Noun::User, self.user);
        thing.ok_or_else(|| Refusal::new(Code::NotFound))
    }

    fn permit(&self) -> Result<Permit<can::AccessExplain>, Refusal> {
        Ok(self.actor().permit_on(self.user_thing()?)?)
    }

    async fn why(&self) -> Result<Markup, Refusal> {
        let app = &self.request.server.app;
        let why = explain::explanation(app, &self.permit()?, self.permission, &self.thing).await?;
        let meaning = self.permission.entry().meaning;
        let name = self.model().label(self.user);
        let limited = !why.allowed && !why.line.reaches.is_empty() && self.thing.noun == Noun::Workspace;
        let (who, what) = (html! { strong { (name) } }, html! { (t(meaning)) });
        let rows = self.permission.concerns_rows() && self.permission.entry().reaches.has(Reach::All);
        let template = match (why.allowed, self.thing.noun != Noun::Workspace, rows) {
            (true, true, _) => t("{who} may {what}: {thing}."),
            (true, false, true) => t("{who} may {what} everywhere in the workspace."),
            (true, false, false) => t("{who} may {what}."),
            (false, true, _) => t("{who} may not {what}: {thing}."),
            (false, false, true) => t("{who} may not {what} everywhere in the workspace."),
            (false, false, false) => t("{who} may not {what}."),
        };
        let sentence = html! {
            (weave(template, &[("who", who), ("what", what), ("thing", html! { strong { (self.name) } })]))
            @if limited { " " (t("Only some of it is within their reach: choose a thing to ask about.")) }
        };
        let remedies = self.remedies(&why);
        let list = self.reasons(&why);
        let others = html! {
            ul.links {
                li { a href=(self.address("who", None)) { (t("Who may do this?")) } }
                li { a href=(self.address("what", None)) { (fill(t("What else may {name} do?"), &[("name", &name)])) } }
                li { (linked(self.request, self.actor(), Noun::User, &Ref::to(self.model(), self.user), html! { (fill(t("Page of {name}"), &[("name", &name)])) })) }
            }
        };
        Ok(html! {
            (verdict(why.allowed, sentence))
            (split(card(t("Reasons"), t("What gives it, what takes it away, and how far it reaches."), None, reasons(&list)), html! {
                @if !remedies.is_empty() { (card(t("What would change it"), t("Any one of these."), None, self.changes(&remedies))) }
                (card(t("Ask on"), "", None, others))
            }))
        })
    }

    fn reasons(&self, why: &Explanation) -> Vec<Reason<'static>> {
        let model = self.model();
        let reason = |weight, source, text, decisive| Reason { weight, source, text, decisive };
        let taken_off = why.line.reaches.is_empty() && !why.line.taken.is_empty();
        let mut all: Vec<Reason<'static>> = vec![];
        for (giver, reaches) in &why.line.given {
            let weight = if taken_off { Weight::Silent } else { Weight::Allows };
            let (source, text) = self.gives(giver, *reaches);
            all.push(reason(weight, source, text, false));
        }
        if why.line.given.is_empty() {
            let role = model.users.get(&self.user).map_or("", |user| model.label(user.role));
            let text = weave(
                t("Neither the role {role} nor a toggle nor access for a while gives it."),
                &[("role", strong(&said(role)))],
            );
            all.push(reason(Weight::Refuses, t("Nothing"), text, true));
        }
        for taker in &why.line.taken {
            let (source, text) = match taker {
                Taker::DeniedToggle(toggle) => (
                    t("Toggle"),
                    weave(
                        t("The toggle {toggle} is denied. A deny wins over role and toggles."),
                        &[("toggle", strong(&said(model.label(*toggle))))],
                    ),
                ),
                Taker::Plan => (t("Plan"), html! { (t("The workspace’s plan does not have it.")) }),
                Taker::Ban => (t("Ban"), html! { (t("They are banned, and may do nothing at all.")) }),
            };
            all.push(reason(Weight::Refuses, source, text, taken_off));
        }
        all.extend(why.relation.and_then(|relation| self.relation(relation)));
        all
    }

    /// How the thing comes into reach; nothing where the workspace itself was asked about and no row.
    fn relation(&self, relation: Relation) -> Option<Reason<'static>> {
        let (model, whole) = (self.model(), self.thing.noun == Noun::Workspace);
        let (weight, text) = match relation {
            Relation::TakesPart if whole => return None,
            Relation::TakesPart => {
                (Weight::Allows, html! { (t("They take part in it, own it or are assigned to it.")) })
            }
            Relation::Granted(entity) => {
                let thing = model.entities.get(&entity);
                let thing = thing.map_or_else(String::new, |e| parts::entity_name(e.kind.word(), &e.label));
                (
                    Weight::Allows,
                    weave(t("It touches what is granted to them: {thing}."), &[("thing", strong(&thing))]),
                )
            }
            Relation::Leads(unit) => (
                Weight::Allows,
                weave(t("They lead {unit}, to which this belongs."), &[("unit", strong(model.label(unit)))]),
            ),
            Relation::Everything => {
                (Weight::Allows, html! { (t("It reaches everything in the workspace.")) })
            }
            Relation::OutOfReach if whole => {
                (Weight::Refuses, html! { (t("It does not reach the whole workspace.")) })
            }
            Relation::OutOfReach => (
                Weight::Refuses,
                html! { (t("This is not within that reach: they take no part in it, nothing that is granted to them touches it, and it belongs to no team that they lead.")) },
            ),
        };
        Some(Reason { weight, source: t("Reach"), text, decisive: true })
    }

    /// What gives it and how far, in a sentence.
    fn gives(&self, giver: &Giver, reaches: Reaches) -> (&'static str, Markup) {
        let model = self.model();
        let far = self.far(reaches);
        let far =
            |within: &'static str, everywhere: &'static str| if far.is_empty() { everywhere } else { within };
        let (source, template, values) = match giver {
            Giver::Role(role) => (
                t("Role"),
                far(t("The role {role} gives it, for {far}."), t("The role {role} gives it.")),
                ("role", strong(&said(model.label(*role)))),
            ),
            Giver::Toggle(toggle) => (
                t("Toggle"),
                far(
                    t("The toggle {toggle} is allowed and gives it, for {far}."),
                    t("The toggle {toggle} is allowed and gives it."),
                ),
                ("toggle", strong(&said(model.label(*toggle)))),
            ),
            Giver::Temporary(_, until) => (
                t("For a while"),
                far(
                    t("Access for a while gives it, for {far}, until {moment}."),
                    t("Access for a while gives it, until {moment}."),
                ),
                ("moment", when::moment(*until, &self.zone, Show::DateTime)),
            ),
        };
        (source, weave(template, &[values, ("far", html! { (self.far(reaches)) })]))
    }

    /// How far something is given, in words; nothing where it concerns no rows.
    fn far(&self, reaches: Reaches) -> String {
        if !self.permission.concerns_rows() {
            return String::new();
        }
        let words = reaches.iter().map(|reach| match reach {
            Reach::Own => t("what they take part in"),
            Reach::Assigned => t("what is granted to them"),
            Reach::Team => t("the teams that they lead"),
            Reach::All => t("the whole workspace"),
        });
        listed(&words.collect::<Vec<&str>>())
    }

    /// What would make it a yes: what to do, and where, for whoever may do it there.
    fn remedies(&self, why: &Explanation) -> Vec<(String, Option<String>)> {
        let (model, actor) = (self.model(), self.actor());
        let user = self.user_thing().ok();
        let about_user = |permission| user.as_ref().is_some_and(|user| actor.may(permission, user));
        let page = || path(self.request, &format!("/users/{}", self.user));
        let to_user = |permission| about_user(permission).then(page);
        why.remedies
            .iter()
            .map(|remedy| {
                let where_to = match remedy {
                    Remedy::Unban => to_user(Permission::UserBan),
                    Remedy::Plan(_) => actor
                        .may(Permission::BillingCommit, &Thing::WORKSPACE)
                        .then(|| path(self.request, "/settings")),
                    Remedy::Role(_) => to_user(Permission::UserAssignRole),
                    Remedy::StopDenying(_) | Remedy::AllowToggle(_) | Remedy::Grant(_) | Remedy::Lead(_) => {
                        to_user(Permission::UserSetAccess)
                    }
                };
                (capital(&in_words(&remedy.say(model))), where_to)
            })
            .collect()
    }

    fn changes(&self, remedies: &[(String, Option<String>)]) -> Markup {
        let list: Vec<Change<'_>> =
            remedies.iter().map(|(text, href)| Change { text, href: href.as_deref() }).collect();
        changes(&list)
    }

    async fn who(&self) -> Result<Markup, Refusal> {
        let found =
            explain::who(&self.request.server.app, self.visible, self.permission, self.thing.clone()).await?;
        let meaning = self.permission.entry().meaning;
        let rows: Vec<Row> = found
            .items
            .iter()
            .map(|who| Row {
                id: format!("who-{}", who.user.id),
                href: None,
                cells: vec![
                    linked(
                        self.request,
                        self.actor(),
                        Noun::User,
                        &who.user,
                        person(&who.user.name, &self.role(Id(who.user.id))),
                    ),
                    html! { ul.items { @for reason in &who.reasons { li.capital { (in_words(reason)) } } } },
                    button::link(
                        &Button::new(Kind::Quiet, t("Why?")),
                        &self.address("", Some(Id(who.user.id))),
                    ),
                ],
            })
            .collect();
        let template = if self.thing.noun == Noun::Workspace {
            plural(
                found.total,
                "{n} person may {what} everywhere in the workspace.",
                "{n} people may {what} everywhere in the workspace.",
            )
        } else {
            plural(found.total, "{n} person may {what}: {thing}.", "{n} people may {what}: {thing}.")
        };
        let values = [
            ("n", strong(&number(found.total))),
            ("what", html! { (t(meaning)) }),
            ("thing", html! { (self.name) }),
        ];
        let lead = weave(t(template), &values);
        let columns = [Column::new(t("Who")), Column::new(t("Through what")), Column::actions(t("Why"))];
        Ok(html! {
            p.lead { (lead) }
            @if rows.is_empty() {
                p.hint { (t("Nobody whose access you may ask about. There may be others.")) }
            } @else { (table(t("Who may"), &columns, &rows)) }
        })
    }

    fn role(&self, user: Id) -> Cow<'_, str> {
        said(self.model().users.get(&user).map_or("", |user| self.model().label(user.role)))
    }

    async fn what(&self) -> Result<Markup, Refusal> {
        let lines = user_access::effective(&self.request.server.app, &self.permit()?).await?;
        let held: Vec<&EffectiveLine> = lines.iter().filter(|line| !line.reaches.is_empty()).collect();
        let lost: Vec<&EffectiveLine> =
            lines.iter().filter(|line| line.reaches.is_empty() && !line.taken.is_empty()).collect();
        let name = self.model().label(self.user);
        let many = number(i64::try_from(held.len()).unwrap_or(0));
        let all = number(i64::try_from(lines.len()).unwrap_or(0));
        let lead = weave(
            t("{who} may do {n} of {total} things."),
            &[("who", strong(name)), ("n", html! { (many) }), ("total", html! { (all) })],
        );
        Ok(html! {
            p.lead { (lead) }
            @for part in held.chunk_by(|a, b| a.group == b.group) {
                @if let Some(first) = part.first() { section.section { h2 { (t(first.group)) } (self.lines(t(first.group), part)) } }
            }
            @if !lost.is_empty() { section.section { h2 { (t("Given, and taken away again")) } (self.lines(t("Given, and taken away again"), &lost)) } }
        })
    }

    fn lines(&self, caption: &str, lines: &[&EffectiveLine]) -> Markup {
        let columns = [
            Column::new(t("What")),
            Column::new(t("How far")),
            Column::new(t("Because")),
            Column::actions(t("Why")),
        ];
        let row = |line: &&EffectiveLine| {
            let why = [("user", self.user.to_string()), ("permission", line.permission.to_owned())];
            let why: Vec<(&str, &str)> = why.iter().map(|(name, value)| (*name, value.as_str())).collect();
            Row {
                id: format!("may-{}", line.permission.replace(':', "-")),
                href: None,
                cells: vec![
                    html! { span.matrix-meaning { span.capital { (t(line.meaning)) } code { (line.permission) } } },
                    how_far(line),
                    html! { ul.items { @for reason in line.reasons.iter().chain(&line.taken) { li.capital { (in_words(reason)) } } } },
                    button::link(
                        &Button::new(Kind::Quiet, t("Why?")),
                        &address(&path(self.request, "/why"), &why),
                    ),
                ],
            }
        };
        table(caption, &columns, &lines.iter().map(row).collect::<Vec<Row>>())
    }
}

/// What people call a thing, with its kind.
fn thing_name(noun: Noun, name: &str) -> String {
    let template = match noun {
        Noun::User => t("the user {name}"),
        Noun::Department => t("the department {name}"),
        Noun::Branch => t("the branch {name}"),
        Noun::Role => t("the role {name}"),
        Noun::Token => t("the API token {name}"),
        _ => return parts::entity_name(noun.word(), name),
    };
    fill(template, &[("name", &name)])
}

fn strong(text: &str) -> Markup {
    html! { strong { (text) } }
}

fn how_far(line: &EffectiveLine) -> Markup {
    let rows = Permission::from_name(line.permission).is_some_and(Permission::concerns_rows);
    let held: Vec<reach::Reach> = line
        .reaches
        .iter()
        .filter_map(|word| match *word {
            "own" => Some(reach::Reach::Own),
            "assigned" => Some(reach::Reach::Assigned),
            "team" => Some(reach::Reach::Team),
            "all" => Some(reach::Reach::All),
            _ => None,
        })
        .collect();
    html! { @if rows || held.is_empty() { (reach_chips(&held)) } @else { span.chips { span.chip.reach-all { (t("On")) } } } }
}

fn person_filter(people: &[(String, String)], user: &str) -> Markup {
    filter::one_of_groups("user", t("Who"), "", &[(t("People"), borrowed(people))], user)
}

/// Every permission under its group's heading, by what it means.
fn permissions() -> Vec<(&'static str, Vec<Choice<'static>>)> {
    let choice = |p: &Permission| Choice { value: p.name(), label: t(p.entry().meaning) };
    access::permission::Group::ALL
        .into_iter()
        .map(|group| {
            let within = Permission::ALL.iter().filter(|p| p.entry().group == group).map(choice).collect();
            (t(group.label()), within)
        })
        .collect()
}
