//! Numbers, extensions and queues: their lists, and adding one. The three are alike; what tells them apart is in
//! [`Kind`] and in the type of each endpoint's proof. One of them: [`super::entity`].

use access::model::EntityKind;
use access::{Actor, Id, Noun, Permission, Permit, Visible};
use acts::Refusal;
use acts::lines::entities::{self, AddsEntities, EntityView, NewEntity};
use axum::response::Redirect;
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use store::lines::entities::ReadsEntities;

use crate::shell::choices;
use crate::shell::frame::{Frame, csrf, list_of, page_of, path};
use crate::shell::paging::{Pages, address};
use crate::shell::parts::Options;
use ui::button::{self, Button, Kind as Look};
use ui::dialog;
use ui::empty::empty;
use ui::filter::{self, filter_bar};
use ui::form::{self, Field};
use ui::icon::Icon;
use ui::page::{PageHead, page_head};
use ui::table::{Column, Row, table};
use ui::text::{count, fill, later, t};
use web::input::{Form, Query};
use web::request::Request;

const ROWS: i64 = 50;

/// What the console says and asks of one of the three kinds.
pub struct Kind {
    /// Which kind of thing.
    pub noun: Noun,
    /// What the pages say of it.
    pub says: Sayings,
    /// Several of them, as a title.
    pub title: &'static str,
    /// Its picture.
    pub icon: Icon,
    /// What it is, for a list that is empty.
    pub about: &'static str,
    /// What is dialled, as a field's label and hint.
    pub digits: (&'static str, &'static str),
    /// Its name, as a field's label and hint.
    pub name: (&'static str, &'static str),
    /// The permission to add one.
    pub add: Permission,
    /// The permission to edit one.
    pub edit: Permission,
    /// The permission to delete one.
    pub delete: Permission,
}

/// What the pages say of one of the three kinds.
pub struct Sayings {
    /// To add one.
    pub add: &'static str,
    /// How many there are, `{n}`: one, and several.
    pub count: (&'static str, &'static str),
    /// Below the title of the list.
    pub list: &'static str,
    /// That nothing fits a search.
    pub none_fits: &'static str,
    /// That there is nothing in the list.
    pub none: &'static str,
    /// When there will be something in it.
    pub not_yet: &'static str,
    /// Asks before deleting `{name}`.
    pub delete: &'static str,
    /// To give it to somebody.
    pub give: &'static str,
    /// Asks who can see it.
    pub who_sees: &'static str,
}

const NUMBER: Kind = Kind {
    noun: Noun::Number,
    says: Sayings {
        add: later("Add number"),
        count: (later("{n} number"), later("{n} numbers")),
        list: later("The phone numbers that you may see, and who holds them."),
        none_fits: later("No number fits"),
        none: later("No numbers yet"),
        not_yet: later("You will see numbers here once they are given to you or to a team that you lead."),
        delete: later(
            "Delete the number {name}? Whoever holds it loses it at once. Its calls stay in the log.",
        ),
        give: later("Give this number to somebody"),
        who_sees: later("Who can see this number?"),
    },
    title: later("Numbers"),
    icon: Icon::Number,
    about: later(
        "A phone number that people outside can call. Add one, then assign it to those who answer and call with it.",
    ),
    digits: (later("Number"), later("In international form, like +44 20 7946 0018.")),
    name: (later("Label"), later("What people call it, like Sales London.")),
    add: Permission::NumberPurchase,
    edit: Permission::NumberUpdate,
    delete: Permission::NumberRelease,
};

const EXTENSION: Kind = Kind {
    noun: Noun::Extension,
    says: Sayings {
        add: later("Add extension"),
        count: (later("{n} extension"), later("{n} extensions")),
        list: later("The extensions that you may see, and whose they are."),
        none_fits: later("No extension fits"),
        none: later("No extensions yet"),
        not_yet: later("You will see extensions here once they are given to you or to a team that you lead."),
        delete: later(
            "Delete the extension {name}? Whoever holds it loses it at once. Its calls stay in the log.",
        ),
        give: later("Give this extension to somebody"),
        who_sees: later("Who can see this extension?"),
    },
    title: later("Extensions"),
    icon: Icon::Extension,
    about: later(
        "A short number inside the workspace, for one person or one phone. Add one for everybody who makes calls.",
    ),
    digits: (later("Digits"), later("2 to 8 digits, like 201.")),
    name: (later("Label"), later("Where the phone stands, say; may be empty.")),
    add: Permission::ExtensionWrite,
    edit: Permission::ExtensionWrite,
    delete: Permission::ExtensionDelete,
};

const QUEUE: Kind = Kind {
    noun: Noun::Queue,
    says: Sayings {
        add: later("Add queue"),
        count: (later("{n} queue"), later("{n} queues")),
        list: later("The queues that you may see, and who works in them."),
        none_fits: later("No queue fits"),
        none: later("No queues yet"),
        not_yet: later("You will see queues here once they are given to you or to a team that you lead."),
        delete: later(
            "Delete the queue {name}? Whoever holds it loses it at once. Its calls stay in the log.",
        ),
        give: later("Give this queue to somebody"),
        who_sees: later("Who can see this queue?"),
    },
    title: later("Queues"),
    icon: Icon::Queue,
    about: later(
        "A queue rings several people for one call. Add one, then give it to the people who should answer.",
    ),
    digits: (later("Digits"), later("2 to 8 digits that reach it from inside; may be empty.")),
    name: (later("Name"), later("What people call it, like Support.")),
    add: Permission::QueueWrite,
    edit: Permission::QueueWrite,
    delete: Permission::QueueDelete,
};

impl Kind {
    /// The kind's words.
    pub const fn of(kind: EntityKind) -> &'static Kind {
        match kind {
            EntityKind::Number => &NUMBER,
            EntityKind::Extension => &EXTENSION,
            EntityKind::Queue => &QUEUE,
        }
    }

    /// The address of its list.
    pub fn list(&self, request: &Request) -> String {
        path(request, list_of(self.noun))
    }

    /// The address of one of them.
    pub fn page(&self, request: &Request, id: u32) -> String {
        page_of(request, self.noun, id)
    }
}

/// What the list's address says.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    q: String,
    after: String,
}

/// The list of numbers, extensions or queues.
pub async fn list<R: ReadsEntities>(
    request: Request,
    visible: Visible<R>,
    Query(asked): Query<Asked>,
) -> Result<Markup, Refusal> {
    let kind = Kind::of(R::KIND);
    let pages = Pages::after(&asked.after, ROWS);
    let search = Some(asked.q.trim()).filter(|q| !q.is_empty());
    let found = entities::list(&request.server.app, &visible, search, pages.slice()).await?;
    let (actor, here) = (visible.actor(), kind.list(&request));
    let may_add = actor.may(kind.add, &access::Thing::WORKSPACE);
    let adder = |look| button::opens(&Button::new(look, t(kind.says.add)).icon(Icon::Plus), "add");
    let main = html! {
        (page_head(&PageHead { title: t(kind.title), subtitle: t(kind.says.list), actions: may_add.then(|| adder(Look::Primary)), ..PageHead::default() }))
        @if found.total > 0 || search.is_some() {
            (filter_bar(&here, search.map(|_| here.as_str()), filter::search("q", t("Digits or name"), &asked.q), None))
        }
        @if found.items.is_empty() && search.is_some() {
            (empty(Icon::Search, t(kind.says.none_fits), t("Try fewer digits or letters."), Some(button::link(&Button::new(Look::Plain, t("Clear the search")), &here))))
        } @else if found.items.is_empty() {
            (empty(kind.icon, t(kind.says.none), nothing(kind, may_add), None))
        } @else {
            (rows(&request, R::KIND, &found.items))
            (pages.pager(found.total, &count(found.total, kind.says.count.0, kind.says.count.1), |after| address(&here, &[("q", &asked.q), ("after", after)])))
        }
        @if may_add { (add_dialog(&request, R::KIND, actor)) }
    };
    Ok(Frame::new(&request, t(kind.title)).around(main))
}

fn nothing(kind: &Kind, may_add: bool) -> &'static str {
    t(if may_add { kind.about } else { kind.says.not_yet })
}

fn rows(request: &Request, kind: EntityKind, items: &[EntityView]) -> Markup {
    let extension = kind == EntityKind::Extension;
    let words = Kind::of(kind);
    let mut columns = vec![Column::new(t(words.digits.0)), Column::new(t(words.name.0))];
    if kind == EntityKind::Queue {
        columns.reverse();
    }
    if extension {
        columns.push(Column::new(t("Whose")));
    }
    columns.push(Column::new(t("Held by")));
    let row = |item: &EntityView| {
        let mut cells =
            vec![html! { span.number { (or_dash(&item.digits)) } }, html! { (or_dash(&item.name)) }];
        if kind == EntityKind::Queue {
            cells.reverse();
        }
        if extension {
            cells.push(
                html! { @match &item.user { Some(user) => (user.name), None => span.quiet-text { "–" } } },
            );
        }
        cells.push(html! { (holders(item)) });
        Row {
            id: format!("{}-{}", words.noun.word(), item.id),
            href: Some(words.page(request, item.id)),
            cells,
        }
    };
    table(t(words.title), &columns, &items.iter().map(row).collect::<Vec<Row>>())
}

fn or_dash(text: &str) -> Markup {
    html! { @if text.is_empty() { span.quiet-text { "–" } } @else { (text) } }
}

/// The first holders by name, and how many more.
fn holders(item: &EntityView) -> Markup {
    const NAMED: usize = 3;
    let names: Vec<&str> = item.holders.iter().take(NAMED).map(|holder| holder.user.name.as_str()).collect();
    let more = item.holders.len().saturating_sub(NAMED);
    html! {
        @if names.is_empty() { span.quiet-text { (t("nobody")) } }
        @if more > 0 { (fill(t("{some} and {n} more"), &[("some", &names.join(", ")), ("n", &more)])) } @else { (names.join(", ")) }
    }
}

fn add_dialog(request: &Request, kind: EntityKind, actor: &Actor) -> Markup {
    let words = Kind::of(kind);
    let label = t(words.says.add);
    let fields = fields(kind, actor, &Now::default());
    let add = Button::new(Look::Primary, label);
    dialog::asking("add", label, &words.list(request), &csrf(request), &add, fields)
}

/// How a form is filled in before anybody types.
#[derive(Default)]
pub struct Now<'a> {
    /// What is dialled.
    pub digits: &'a str,
    /// What people call it.
    pub name: &'a str,
    /// Whose it is.
    pub user: Option<u32>,
    /// Whether it is there already: a number's digits then stay as they are.
    pub kept: bool,
}

/// The fields of a number, extension or queue.
pub fn fields(kind: EntityKind, actor: &Actor, now: &Now<'_>) -> Markup {
    let words = Kind::of(kind);
    let form = if now.kept { "edit" } else { "add" };
    let field = |name, (label, hint): (&'static str, &'static str), required| {
        let field = Field::new(name, t(label)).form(form).hint(t(hint));
        if required { field.required() } else { field }
    };
    let digits_kind = if kind == EntityKind::Number { form::Kind::Phone } else { form::Kind::Text };
    let digits =
        form::input(&field("digits", words.digits, kind != EntityKind::Queue), digits_kind, now.digits);
    let name = form::input(&field("name", words.name, kind == EntityKind::Queue), form::Kind::Text, now.name);
    html! {
        @if kind == EntityKind::Queue { (name) (digits) }
        @else { @if kind != EntityKind::Number || !now.kept { (digits) } (name) }
        @if kind == EntityKind::Extension { (owner_field(actor, form, now.user)) }
    }
}

fn owner_field(actor: &Actor, form: &str, owner: Option<u32>) -> Markup {
    let people: Options = choices::seen(actor, Noun::User).into_iter().collect();
    let about = Field::new("user", t("Whose")).form(form).hint(t("Their calls with it count as their own."));
    form::select(
        &about,
        &people.or_none(t("Nobody")).choices(),
        &owner.map(|id| id.to_string()).unwrap_or_default(),
    )
}

/// What the forms send.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Typed {
    /// What is dialled; absent from the form of a number that is there already.
    pub digits: Option<String>,
    /// What people call it.
    pub name: String,
    /// Whose extension it is; empty for nobody's.
    pub user: String,
    /// The revision that the edit was made on.
    pub revision: Option<i64>,
}

impl Typed {
    /// Whose extension it is.
    pub fn user(&self) -> Result<Option<u32>, Refusal> {
        let unknown = |_| Refusal::invalid("user", "{field} must be chosen from the list.");
        Some(&self.user).filter(|id| !id.is_empty()).map(|id| id.parse().map_err(unknown)).transpose()
    }
}

/// Adds one.
pub async fn add<R: AddsEntities>(
    request: Request,
    permit: Permit<R>,
    Form(typed): Form<Typed>,
) -> Result<Redirect, Refusal> {
    let user = typed.user()?;
    let new = NewEntity { digits: typed.digits.unwrap_or_default(), name: typed.name, user };
    let added = entities::create(&request.server.app, &permit, &request.author(), new).await?;
    let page = Kind::of(R::KIND).page(&request, added.id);
    // Whoever may add one need not be able to see it: then back to the list.
    let actor = &request.identity()?.actor;
    let model = request.server.app.store.snapshot(permit.workspace()).await?;
    let seen = model.thing(Noun::from(R::KIND), Id(added.id)).zip(Noun::from(R::KIND).see());
    let to = if seen.is_some_and(|(thing, see)| actor.may(see, &thing)) {
        page
    } else {
        Kind::of(R::KIND).list(&request)
    };
    Ok(Redirect::to(&format!("{to}?done=added")))
}
