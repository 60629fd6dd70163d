//! Why?, Who? and What?: the question, which is the page's address, so that it can be passed on. Each has its answer
//! in a file of its own.

use access::{Actor, Id, Model, Noun, Permission, Permit, Thing, Visible, can};
use acts::calls::calls;
use acts::rights::explain;
use acts::{Code, Refusal};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::calls::calls::outside;
use crate::shell::choices::{self, Groups};
use crate::shell::frame::{Frame, path};
use crate::shell::paging::address;
use crate::shell::parts::Options;
use crate::shell::{parts, when};
use ui::datetime::Show;
use ui::filter::{self, filter_bar};
use ui::page::{PageHead, page_head};
use ui::tabs::{Tab, tabs};
use ui::text::{fill, later, t};
use web::download;
use web::input::Query;
use web::output::Csv;
use web::request::Request;

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
    pub(crate) tab: String,
    /// The id of a person; the reader where it is empty.
    pub(crate) user: String,
    /// `resource:action`.
    pub(crate) permission: String,
    /// `*` for the workspace, or kind and id, like `queue:12`.
    pub(crate) thing: String,
}

/// What the page is made of.
pub(crate) struct Page<'a> {
    pub(crate) request: &'a Request,
    pub(crate) visible: &'a Visible<can::AccessExplain>,
    pub(crate) zone: TimeZone,
    pub(crate) asked: &'a Asked,
    pub(crate) user: Id,
    pub(crate) permission: Permission,
    pub(crate) thing: Thing,
    /// What people call the thing.
    pub(crate) name: String,
}

/// The page.
pub async fn show(
    request: Request,
    visible: Visible<can::AccessExplain>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    let page = Page::read(&request, &visible, &asked).await?;
    let answer = match asked.tab.as_str() {
        "who" => page.who()?,
        "what" => page.what().await?,
        _ => page.why().await?,
    };
    let calls = page.calls().await?;
    let subtitle =
        t("For any person, action and thing: allowed or refused, by which rule, and what would change it.");
    let main = html! {
        (page_head(&PageHead { title: t("Why?"), subtitle, ..PageHead::default() }))
        (page.tabs())
        (page.bar(calls))
        (answer)
    };
    Ok(Frame::new(&request, t("Why?")).around(main))
}

/// Who may do something, as a file.
pub async fn who_csv(
    request: Request,
    visible: Visible<can::AccessExplain>,
    Query(asked): Query<Asked>,
) -> Result<Csv, Refusal> {
    let page = Page::read(&request, &visible, &asked).await?;
    let csv = explain::who_csv(&visible, page.permission, page.thing)?;
    Ok(Csv(download::whole(csv, "who", download::Kind::Csv)))
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
        let zone = when::zone(request);
        let mut page = Page {
            request,
            visible,
            zone,
            asked,
            user,
            permission,
            thing: Thing::WORKSPACE,
            name: String::new(),
        };
        page.read_thing().await?;
        Ok(page)
    }

    pub(crate) fn actor(&self) -> &Actor {
        self.visible.actor()
    }

    pub(crate) fn model(&self) -> &Model {
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

    /// Whether the question is asked of a thing.
    fn asks_of_things(&self) -> bool {
        self.asked.tab != "what" && self.permission.concerns_rows()
    }

    /// The latest calls, to choose from.
    async fn calls(&self) -> Result<Options, Refusal> {
        let visible = self.actor().visible::<can::CallRecordRead>().ok().filter(|_| self.asks_of_things());
        let Some(visible) = visible else { return Ok(Options::default()) };
        let found = calls::latest(&self.request.server.app, &visible, CALLS).await?;
        let mut calls: Vec<(String, String)> = found
            .iter()
            .map(|call| {
                let at = when::text(call.started_at, &self.zone, Show::DateTime);
                (format!("call:{}", call.id), format!("{at} · {}", outside(call)))
            })
            .collect();
        if self.thing.noun == Noun::Call && !calls.iter().any(|(value, _)| *value == self.asked.thing) {
            calls.insert(0, (self.asked.thing.clone(), self.name.clone()));
        }
        Ok(calls.into_iter().collect())
    }

    /// The address of another question that keeps what is not said anew.
    pub(crate) fn address(&self, tab: &str, user: Option<Id>) -> String {
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

    fn bar(&self, calls: Options) -> Markup {
        let tab = self.asked.tab.as_str();
        let people =
            choices::that(self.actor(), Noun::User, |user| self.actor().may(Permission::AccessExplain, user));
        let people: Options = people.into_iter().collect();
        let user = self.user.to_string();
        let mut things = Groups::of(self.actor(), &THINGS, |noun, id| format!("{}:{id}", noun.word()));
        things.0.insert(0, (t("Everything"), [("*", t("The whole workspace"))].into_iter().collect()));
        things.0.push((t("Latest calls"), calls));
        let thing = if self.asked.thing.is_empty() { "*" } else { &self.asked.thing };
        let controls = html! {
            @if !tab.is_empty() { input type="hidden" name="tab" value=(tab); }
            @if tab != "who" { (person_filter(&people, &user)) }
            @if tab != "what" {
                (filter::one_of_groups("permission", t("Do what"), "", &choices::permissions(), self.permission.name()))
                @if self.asks_of_things() { (filter::one_of_groups("thing", t("To what"), "", &things.groups(), thing)) }
            }
        };
        filter_bar(&path(self.request, "/why"), None, controls, None)
    }

    pub(crate) fn user_thing(&self) -> Result<Thing, Refusal> {
        let thing = self.actor().snapshot().thing(Noun::User, self.user);
        thing.ok_or_else(|| Refusal::new(Code::NotFound))
    }

    pub(crate) fn permit(&self) -> Result<Permit<can::AccessExplain>, Refusal> {
        Ok(self.actor().permit_on(self.user_thing()?)?)
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

/// A name in a sentence.
pub(crate) fn strong(text: &str) -> Markup {
    html! { strong { (text) } }
}

fn person_filter(people: &Options, user: &str) -> Markup {
    filter::one_of_groups("user", t("Who"), "", &[(t("People"), people.choices())], user)
}
