//! What pages share: moments, account states, lists to choose from, names that lead to their pages.

use access::model::UnitKind;
use access::{Actor, Id, Model, Noun, authority};
use acts::kernel::language::Language;
use acts::{Moment, Ref, Refusal};
use jiff::tz::TimeZone;
use maud::{Markup, html};

use crate::shell::frame::page_of;
use crate::shell::when::moment;
use ui::badge::{Tone, status};
use ui::datetime::Show;
use ui::filter::Choice;
use ui::form::{self, Field};
use ui::text::{fill, said, t, weave};
use web::input::Pairs;
use web::request::Request;

/// A moment: in the reader's time zone, or in UTC where the browser runs no scripts.
pub fn when(at: Moment, show: Show) -> Markup {
    moment(at.0, &TimeZone::UTC, show)
}

/// The same where there may be none.
pub fn when_or(at: Option<Moment>, none: &str) -> Markup {
    match at {
        Some(at) => when(at, Show::DateTime),
        None => html! { span.quiet-text { (none) } },
    }
}

/// Until when something lasts.
pub fn until(at: Moment) -> Markup {
    weave(t("until {moment}"), &[("moment", when(at, Show::DateTime))])
}

/// The field for one's present password, in a form that asks for it.
pub fn own_password(form: &str) -> Markup {
    let field = Field::new("password", t("Your password")).form(form).required();
    let field = field.hint(t("Confirm that it is you.")).autocomplete("current-password");
    form::input(&field, form::Kind::Password, "")
}

/// Where an account stands.
pub fn standing(word: &str) -> Markup {
    match word {
        "active" => status(Tone::Good, t("Active")),
        "invited" => status(Tone::Warn, t("Invited")),
        "banned" => status(Tone::Bad, t("Banned")),
        other => status(Tone::Neutral, other),
    }
}

/// Entries of a drop-down list: what is sent, and what is shown.
#[derive(Debug, Clone, Default)]
pub struct Options(Vec<(String, String)>);

impl Options {
    /// With an entry for "none" on top.
    pub fn or_none(mut self, label: &str) -> Options {
        self.0.insert(0, (String::new(), label.to_owned()));
        self
    }

    /// Without one of the entries.
    pub fn without(mut self, value: &str) -> Options {
        self.0.retain(|(known, _)| known != value);
        self
    }

    /// With other entries after these.
    pub fn and(mut self, others: Options) -> Options {
        self.0.extend(others.0);
        self
    }

    /// The entries, as the components take them.
    pub fn choices(&self) -> Vec<Choice<'_>> {
        self.0.iter().map(|(value, label)| Choice { value, label }).collect()
    }

    /// Whether there is nothing to choose.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<V: ToString, L: Into<String>> FromIterator<(V, L)> for Options {
    fn from_iter<I: IntoIterator<Item = (V, L)>>(entries: I) -> Options {
        Options(entries.into_iter().map(|(value, label)| (value.to_string(), label.into())).collect())
    }
}

/// The languages of the console, each by its own name.
pub fn languages() -> Options {
    Language::ALL.into_iter().map(|language| (language.code(), language.name())).collect()
}

/// The field in which somebody's language is chosen.
pub fn language_field(form: &str, chosen: Option<Language>) -> Markup {
    let about = Field::new("language", t("Language"))
        .form(form)
        .hint(t("Of the console and of the mail that it sends."));
    let options = languages().or_none(t("As the browser asks"));
    form::select(&about, &options.choices(), chosen.map_or("", Language::code))
}

/// The language that a form chose; none where it left that to the browser.
pub fn chosen_language(typed: &Pairs) -> Result<Option<Language>, Refusal> {
    let unknown = || Refusal::invalid("language", "{field} must be chosen from the list.");
    match typed.get("language") {
        "" => Ok(None),
        code => Language::of(code).map(Some).ok_or_else(unknown),
    }
}

/// Every role.
pub fn roles(model: &Model) -> Options {
    model.roles.iter().map(|(id, role)| (id, said(&role.name))).collect()
}

/// The roles that somebody could give: not the Owner's, and none that holds more than they do (ALL-02, ONF-10).
pub fn givable_roles(actor: &Actor) -> Options {
    let model = actor.snapshot().model();
    let roles = model.roles.iter().filter(|(_, role)| authority::may_give(actor, role));
    roles.map(|(id, role)| (id, said(&role.name))).collect()
}

/// The departments or branches that somebody may know of, and those that are shown to them anyway.
pub fn known_units(actor: &Actor, kind: UnitKind, shown: &[u32]) -> Options {
    let model = actor.snapshot().model();
    let known = |id: Id| shown.contains(&id.0) || actor.sees_unit(id);
    let mut units: Vec<(&Id, &str)> = model
        .units
        .iter()
        .filter(|(id, unit)| unit.kind == kind && known(**id))
        .map(|(id, unit)| (id, unit.name.as_str()))
        .collect();
    units.sort_by_key(|(_, name)| name.to_lowercase());
    units.into_iter().collect()
}

/// Every department, or every branch, by name.
pub fn units(model: &Model, kind: UnitKind) -> Options {
    let mut units: Vec<(&Id, &str)> =
        model.units.iter().filter(|(_, u)| u.kind == kind).map(|(id, u)| (id, u.name.as_str())).collect();
    units.sort_by_key(|(_, name)| name.to_lowercase());
    units.into_iter().collect()
}

/// The extensions, queues and numbers that somebody may see.
pub fn entities(actor: &Actor) -> Options {
    let all = actor.snapshot().model().entities.iter().filter(|(id, _)| actor.knows(**id));
    let mut all: Vec<_> = all.map(|(id, e)| (e.kind, e.label.as_str(), id)).collect();
    all.sort_unstable();
    all.into_iter().map(|(kind, label, id)| (id, entity_name(kind.word(), label))).collect()
}

/// An extension, queue or number with its kind: `Queue Support`.
pub fn entity_name(kind: &str, name: &str) -> String {
    let template = match kind {
        "extension" => t("Extension {name}"),
        "queue" => t("Queue {name}"),
        _ => t("Number {name}"),
    };
    fill(template, &[("name", &name)])
}

/// A name, as a link to its page for whoever may see that.
pub fn linked(request: &Request, actor: &Actor, noun: Noun, thing: &Ref, name: Markup) -> Markup {
    let seen = noun.see().is_some_and(|see| actor.may_to(see, noun, Id(thing.id)));
    html! { @if seen { a href=(page_of(request, noun, thing.id)) { (name) } } @else { (name) } }
}
