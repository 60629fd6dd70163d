//! One number, extension or queue: facts, holders, its last calls; edited and deleted.

use access::model::EntityKind;
use access::{Actor, Id, Noun, Permission, Permit, Reach, Thing, Visible, can};
use acts::calls::calls::{self, CallQuery};
use acts::lines::entities::{self, DeletesEntities, EditsEntities, EntityChange, EntityView, Holder};
use acts::rights::grants::{self, AssignmentRights, GrantRights};
use acts::{Code, Refusal};
use axum::response::Redirect;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use store::lines::entities::ReadsEntities;

use crate::calls::calls as call_log;
use crate::lines::entities::{Kind, Now, Typed, fields};
use crate::office::audit;
use crate::shell::choices;
use crate::shell::frame::{Frame, csrf, path};
use crate::shell::paging::address;
use crate::shell::parts::{Options, linked};
use crate::shell::when;
use ui::avatar::person;
use ui::badge::{Tone, badge};
use ui::button::{self, Button, Kind as Look};
use ui::card::{card, facts};
use ui::datetime::Show;
use ui::dialog;
use ui::form::{self, Field, form_actions};
use ui::icon::Icon;
use ui::page::{Crumb, PageHead, page_head, split};
use ui::text::{count, fill, t, weave};
use web::input::Form;
use web::recordings;
use web::request::Request;

/// So many of its last calls are shown.
const CALLS: i64 = 8;

/// What the page knows besides the thing itself.
struct Page<'a> {
    request: &'a Request,
    actor: &'a Actor,
    kind: EntityKind,
    thing: &'a Thing,
    zone: TimeZone,
}

/// The page of one.
pub async fn show<R: ReadsEntities>(request: Request, permit: Permit<R>, _: ()) -> Result<Markup, Refusal> {
    let view = entities::show(&request.server.app, &permit).await?;
    let actor = &request.identity()?.actor;
    let zone = when::zone(&request);
    let page = Page { request: &request, actor, kind: R::KIND, thing: permit.thing(), zone };
    let words = Kind::of(R::KIND);
    let last = page.last_calls(&view).await?;
    let title =
        if R::KIND == EntityKind::Queue || view.digits.is_empty() { &view.name } else { &view.digits };
    let subtitle = if R::KIND == EntityKind::Queue { &view.digits } else { &view.name };
    let main = html! {
        (page_head(&PageHead {
            title, subtitle,
            crumbs: &[Crumb { href: &words.list(&request), label: t(words.title) }],
            badges: None,
            actions: Some(html! { (page.delete_button(&view).unwrap_or_default()) (page.history(&view).unwrap_or_default()) }),
        }))
        (split(html! { (page.holders(&view)) @if let Some(last) = last { (last) } },
            html! { (page.details(&view)) (page.questions(&view)) }))
        @if page.may_assign() { (page.assign_dialog(&view)) }
    };
    Ok(Frame::new(&request, title).around(main))
}

impl Page<'_> {
    fn words(&self) -> &'static Kind {
        Kind::of(self.kind)
    }

    fn here(&self, view: &EntityView) -> String {
        self.words().page(self.request, view.id)
    }

    fn may(&self, permission: Permission) -> bool {
        self.actor.may(permission, self.thing)
    }

    fn history(&self, view: &EntityView) -> Option<Markup> {
        audit::link(self.request, self.actor, self.thing.noun, view.id)
    }

    fn delete_button(&self, view: &EntityView) -> Option<Markup> {
        let words = self.words();
        let name = if view.name.is_empty() { &view.digits } else { &view.name };
        let question = fill(t(words.says.delete), &[("name", name)]);
        let ask = Button::new(Look::Danger, t("Delete")).confirm(&question);
        let act = format!("{}/delete", self.here(view));
        self.may(words.delete).then(|| button::post(&ask, &act, &csrf(self.request)))
    }

    /// The facts; as a form for whoever may edit them.
    fn details(&self, view: &EntityView) -> Markup {
        let words = self.words();
        if self.may(words.edit) {
            let now = Now {
                digits: &view.digits,
                name: &view.name,
                user: view.user.as_ref().map(|u| u.id),
                kept: true,
            };
            let body = html! {
                input type="hidden" name="revision" value=(view.revision);
                (fields(self.kind, self.actor, &now))
                (form_actions(button::submit(&Button::new(Look::Primary, t("Save")))))
            };
            return card(
                t("Details"),
                "",
                None,
                form::form("edit", &self.here(view), &csrf(self.request), body),
            );
        }
        let owner = view.user.as_ref().map_or(html! { (t("nobody")) }, |user| {
            linked(self.request, self.actor, Noun::User, user, html! { (user.name) })
        });
        let text = |text: &str| html! { @if text.is_empty() { "–" } @else { (text) } };
        let mut lines = vec![(t(words.digits.0), text(&view.digits)), (t(words.name.0), text(&view.name))];
        if self.kind == EntityKind::Extension {
            lines.push((t("Whose"), owner));
        }
        card(t("Details"), "", None, facts(&lines))
    }

    /// Numbers are assigned on the number; the other two are given as a part of somebody's access.
    fn may_assign(&self) -> bool {
        match self.kind {
            EntityKind::Number => self.may(Permission::NumberAssign),
            EntityKind::Extension | EntityKind::Queue => self.actor.holds(Permission::UserSetAccess),
        }
    }

    fn assigns(&self) -> Permission {
        if self.kind == EntityKind::Number { Permission::NumberAssign } else { Permission::UserSetAccess }
    }

    fn may_take_back(&self, holder: &Holder) -> bool {
        match self.kind {
            EntityKind::Number => self.may(Permission::NumberAssign),
            _ => self.actor.may_to(Permission::UserSetAccess, Noun::User, Id(holder.user.id)),
        }
    }

    fn holders(&self, view: &EntityView) -> Markup {
        let verb = if self.kind == EntityKind::Number { t("Assign") } else { t("Give to…") };
        let assign = self
            .may_assign()
            .then(|| button::opens(&Button::new(Look::Plain, verb).icon(Icon::Plus), "assign"));
        let hint = t("Use: place and receive calls with it. Observe: see its calls and figures.");
        let body = html! {
            @if view.holders.is_empty() { p.quiet-text { (t("Nobody that you may see holds it.")) } }
            @for holder in &view.holders { (self.holder(view, holder)) }
        };
        card(t("Holders"), hint, assign, body)
    }

    fn holder(&self, view: &EntityView, holder: &Holder) -> Markup {
        let question = fill(t("Take it back from {name}? It holds at once."), &[("name", &holder.user.name)]);
        let label = fill(t("Take back from {name}"), &[("name", &holder.user.name)]);
        let ask = Button::new(Look::Quiet, &label).icon_only(Icon::Close).confirm(&question);
        let act = format!("{}/holders/{}/remove", self.here(view), holder.user.id);
        html! {
            div.setting id={ "holder-" (holder.user.id) } {
                div.setting-text { (linked(self.request, self.actor, Noun::User, &holder.user, person(&holder.user.name, ""))) }
                span.chips {
                    @if holder.may_use { (badge(Tone::Accent, t("use"))) }
                    @if holder.may_observe { (badge(Tone::Neutral, t("observe"))) }
                    @if let Some(at) = holder.expires_at { span.badge.tone-warn { (weave(t("until {moment}"), &[("moment", when::moment(at, &self.zone, Show::DateTime))])) } }
                }
                @if self.may_take_back(holder) { (button::post(&ask, &act, &csrf(self.request))) }
            }
        }
    }

    fn assign_dialog(&self, view: &EntityView) -> Markup {
        let permission = self.assigns();
        let people = choices::that(self.actor, Noun::User, |user| self.actor.may(permission, user));
        let people: Options = people.into_iter().collect();
        let tick = |name, label, hint| {
            form::checkbox(&Field::new(name, label).form("assign").hint(hint), "yes", true)
        };
        let until = Field::new("until", t("Until"))
            .form("assign")
            .hint(t("The last day on which it counts; empty for good."));
        let fields = html! {
            (form::select(&Field::new("user", t("Who")).form("assign").required(), &people.choices(), ""))
            (tick("may_use", t("Use"), t("Place and receive calls with it, choose it as caller ID.")))
            (tick("may_observe", t("Observe"), t("See its calls, recordings and figures as far as their role lets them.")))
            @if self.kind == EntityKind::Number { (self.history_choice(view)) }
            @else { (form::input(&until, form::Kind::Date, "")) }
        };
        let (title, give) = (t(self.words().says.give), Button::new(Look::Primary, t("Give")));
        let act = format!("{}/holders", self.here(view));
        dialog::asking("assign", title, &act, &csrf(self.request), &give, fields)
    }

    /// What becomes of the number's calls when it passes to another user, where it belongs to one at a time (ONF-07).
    fn history_choice(&self, view: &EntityView) -> Markup {
        let exclusive = self.actor.snapshot().model().preset.rules.exclusive_numbers;
        let needed = [Permission::NumberAssign, Permission::RecordingDelete];
        let may_delete = needed.into_iter().all(|p| self.actor.powers().has(p, Reach::All));
        let delete = Field::new("delete_history", t("Delete its history"))
            .form("assign")
            .hint(t("Every call that went through it so far, with its recording, for good. It is kept unless you say so."));
        let hint = fill(t("Only to delete its history: type {number}."), &[("number", &view.digits)]);
        let confirm = Field::new("confirm", t("The number, typed once more")).form("assign").hint(&hint);
        html! {
            @if exclusive {
                p.hint { (t("It belongs to one person at a time: whoever has it now loses it at once.")) }
                @if may_delete { (form::checkbox(&delete, "yes", false)) (form::input(&confirm, form::Kind::Text, "")) }
            }
        }
    }

    /// Its last calls, for whoever has a call log.
    async fn last_calls(&self, view: &EntityView) -> Result<Option<Markup>, Refusal> {
        let Ok(visible) = self.actor.visible::<can::CallRecordRead>() else { return Ok(None) };
        let query = CallQuery { touching: Some(view.id), ..CallQuery::default() };
        let found = calls::list(&self.request.server.app, &visible, &query, CALLS, None).await?;
        let all = address(&path(self.request, "/calls"), &[("touching", &view.id.to_string())]);
        let label = count(found.total, "All {n} calls", "All {n} calls");
        let link = (found.next.is_some()).then(|| button::link(&Button::new(Look::Plain, &label), &all));
        let body = html! {
            @if found.items.is_empty() { p.quiet-text { (t("No call that you may see.")) } }
            @else { (call_log::last(self.request, &self.zone, &found.items)) }
        };
        Ok(Some(card(t("Last calls"), "", link, body)))
    }

    fn questions(&self, view: &EntityView) -> Markup {
        let words = self.words();
        let see = words.noun.see().map_or("", Permission::name);
        let thing = format!("{}:{}", words.noun.word(), view.id);
        let ask = |permission, label: &'static str| {
            let query = [("tab", "who"), ("permission", permission), ("thing", thing.as_str())];
            (label, address(&path(self.request, "/why"), &query))
        };
        let links = [
            ask(see, t(words.says.who_sees)),
            ask("call_record:read", t("Who can see its calls?")),
            ask("recording:listen", t("Who can hear its recordings?")),
        ];
        html! {
            @if self.actor.holds(Permission::AccessExplain) {
                (card(t("Access"), "", None, html! { ul.links { @for (label, href) in &links { li { a href=(href) { (label) } } } } }))
            }
        }
    }
}

/// Edits one.
pub async fn edit<R: EditsEntities>(
    request: Request,
    permit: Permit<R>,
    Form(typed): Form<Typed>,
) -> Result<Redirect, Refusal> {
    let user = if R::KIND == EntityKind::Extension { Some(typed.user()?) } else { None };
    let edit = EntityChange { digits: typed.digits, name: Some(typed.name), user, revision: typed.revision };
    let view = entities::update(&request.server.app, &permit, &request.author(), edit).await?;
    Ok(Redirect::to(&format!("{}?done=saved", Kind::of(R::KIND).page(&request, view.id))))
}

/// Deletes one.
pub async fn delete<R: DeletesEntities>(
    request: Request,
    permit: Permit<R>,
    _: (),
) -> Result<Redirect, Refusal> {
    entities::delete(&request.server.app, &permit, &request.author()).await?;
    Ok(Redirect::to(&format!("{}?done=deleted", Kind::of(R::KIND).list(&request))))
}

/// What the form of a holder sends.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Given {
    user: u32,
    may_use: String,
    may_observe: String,
    until: String,
    delete_history: String,
    confirm: String,
}

/// Assigns a number.
pub async fn assign_number(
    request: Request,
    permit: Permit<can::NumberAssign>,
    Form(given): Form<Given>,
) -> Result<Redirect, Refusal> {
    let rights = AssignmentRights {
        may_use: !given.may_use.is_empty(),
        may_observe: !given.may_observe.is_empty(),
        delete_history: !given.delete_history.is_empty(),
        confirm: given.confirm,
    };
    let (app, author) = (&request.server.app, request.author());
    let assigned = grants::assign(app, &permit, &author, given.user, rights).await?;
    recordings::remove_all(&request, &assigned.recordings).await?;
    Ok(back(&request, EntityKind::Number, permit.id().0, "assigned"))
}

/// Takes a number back.
pub async fn unassign_number(
    request: Request,
    permit: Permit<can::NumberAssign>,
    _: (),
) -> Result<Redirect, Refusal> {
    let user = request.id("user")?;
    grants::unassign(&request.server.app, &permit, &request.author(), user.0).await?;
    Ok(back(&request, EntityKind::Number, permit.id().0, "taken-back"))
}

/// Gives an extension to the person whom the form names; the decision is about that person.
pub async fn give_extension(
    request: Request,
    visible: Visible<can::UserSetAccess>,
    Form(given): Form<Given>,
) -> Result<Redirect, Refusal> {
    give(&request, &visible, EntityKind::Extension, given).await
}

/// Gives a queue to the person whom the form names; the decision is about that person.
pub async fn give_queue(
    request: Request,
    visible: Visible<can::UserSetAccess>,
    Form(given): Form<Given>,
) -> Result<Redirect, Refusal> {
    give(&request, &visible, EntityKind::Queue, given).await
}

async fn give(
    request: &Request,
    visible: &Visible<can::UserSetAccess>,
    kind: EntityKind,
    given: Given,
) -> Result<Redirect, Refusal> {
    let entity = request.id(kind.word())?.0;
    let user = visible.actor().snapshot().thing(Noun::User, Id(given.user));
    let user = user.ok_or_else(|| Refusal::new(Code::NotFound))?;
    let permit = visible.actor().permit_on::<can::UserSetAccess>(user)?;
    let rights = GrantRights {
        may_use: !given.may_use.is_empty(),
        may_observe: !given.may_observe.is_empty(),
        expires_at: when::end_of_day("until", &given.until, &when::zone(request))?,
    };
    grants::set(&request.server.app, &permit, &request.author(), entity, rights).await?;
    Ok(back(request, kind, entity, "assigned"))
}

/// Takes an extension back.
pub async fn take_extension(
    request: Request,
    permit: Permit<can::UserSetAccess>,
    _: (),
) -> Result<Redirect, Refusal> {
    take(&request, &permit, EntityKind::Extension).await
}

/// Takes a queue back.
pub async fn take_queue(
    request: Request,
    permit: Permit<can::UserSetAccess>,
    _: (),
) -> Result<Redirect, Refusal> {
    take(&request, &permit, EntityKind::Queue).await
}

async fn take(
    request: &Request,
    permit: &Permit<can::UserSetAccess>,
    kind: EntityKind,
) -> Result<Redirect, Refusal> {
    let entity = request.id(kind.word())?.0;
    grants::remove(&request.server.app, permit, &request.author(), entity).await?;
    Ok(back(request, kind, entity, "taken-back"))
}

fn back(request: &Request, kind: EntityKind, id: u32, done: &str) -> Redirect {
    Redirect::to(&format!("{}?done={done}", Kind::of(kind).page(request, id)))
}
