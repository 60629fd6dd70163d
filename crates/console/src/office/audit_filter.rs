//! Which entries of the audit log to show: the page's address read, and written back as filters.

use access::{Actor, Id, Model, Noun};
use acts::Refusal;
use acts::office::audit::AuditQuery;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::office::audit_words::OTHER_ACTS;
use crate::shell::choices;
use crate::shell::paging::{Place, address};
use crate::shell::parts::Options;
use crate::shell::when;
use ui::filter::{self, Choice, filter_bar};
use ui::tabs::{Tab, tabs};
use ui::text::{fill, later, said, t};
use web::request::Request;

const KINDS: [(&str, &str); 13] = [
    ("workspace", later("Workspace")),
    ("user", later("User")),
    ("role", later("Role")),
    ("toggle", later("Toggle")),
    ("department", later("Department")),
    ("branch", later("Branch")),
    ("number", later("Number")),
    ("extension", later("Extension")),
    ("queue", later("Queue")),
    ("call", later("Call")),
    ("api_token", later("API token")),
    ("access_request", later("Request")),
    ("review", later("Review")),
];

const OUTCOMES: [(&str, &str); 3] =
    [("done", later("Done")), ("refused", later("Refused")), ("expired", later("Expired"))];

/// What the page's address says.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    /// The id of a person.
    person: String,
    /// `did` for what they did, `had` for what was done to them; both where it is empty.
    side: String,
    /// A permission or another act.
    act: String,
    /// A kind of thing.
    kind: String,
    /// One thing: kind and id, like `queue:12`.
    thing: String,
    outcome: String,
    /// The first and the last day, in the workspace's zone.
    from: String,
    to: String,
    q: String,
    #[serde(flatten)]
    place: Place,
}

impl Asked {
    /// The place in the list.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The cursor, where this is not the first page.
    pub fn after(&self) -> Option<&str> {
        Some(self.place.cursor.as_str()).filter(|cursor| !cursor.is_empty())
    }

    /// Whether it is about one thing or one person.
    pub fn is_of_one(&self) -> bool {
        let others = [&self.act, &self.kind, &self.outcome, &self.from, &self.to, &self.q];
        others.into_iter().all(|value| value.is_empty()) && !(self.thing.is_empty() && self.person.is_empty())
    }

    /// The filters as they stand in an address.
    pub fn pairs(&self) -> [(&str, &str); 9] {
        [
            ("person", &self.person),
            ("side", &self.side),
            ("act", &self.act),
            ("kind", &self.kind),
            ("thing", &self.thing),
            ("outcome", &self.outcome),
            ("from", &self.from),
            ("to", &self.to),
            ("q", &self.q),
        ]
    }

    /// The question, as the act takes it.
    pub fn query(&self, request: &Request) -> Result<AuditQuery, Refusal> {
        let set = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let person: Option<u32> = match set(&self.person) {
            Some(text) => Some(text.parse().map_err(|_| chosen("person"))?),
            None => None,
        };
        let thing = self.thing()?;
        let mut query = AuditQuery {
            zone: Some(when::zone(request)),
            act: set(&self.act),
            kind: thing.map(|(noun, _)| noun.word().to_owned()).or_else(|| set(&self.kind)),
            object: thing.map(|(_, id)| id),
            outcome: set(&self.outcome),
            since: set(&self.from),
            until: set(&self.to),
            search: set(&self.q),
            ..AuditQuery::default()
        };
        match self.side.as_str() {
            "did" => query.actor = person,
            "had" if person.is_some() => {
                (query.kind, query.object) = (Some(Noun::User.word().into()), person.map(i64::from));
            }
            _ => query.party = person,
        }
        Ok(query)
    }

    fn thing(&self) -> Result<Option<(Noun, i64)>, Refusal> {
        if self.thing.is_empty() {
            return Ok(None);
        }
        let (kind, id) = self.thing.split_once(':').ok_or_else(|| chosen("thing"))?;
        let noun = Noun::from_word(kind).ok_or_else(|| chosen("thing"))?;
        Ok(Some((noun, id.parse().map_err(|_| chosen("thing"))?)))
    }

    /// What it is about, where it is about one thing or person, with the sides of a person's part.
    pub fn about(&self, model: &Model, here: &str) -> Markup {
        let name = |id: i64| u32::try_from(id).map_or("", |id| model.label(Id(id)));
        let thing = self.thing().ok().flatten();
        html! {
            @if let Some((noun, id)) = thing {
                p.lead { (match noun {
                    Noun::Call | Noun::Token => fill(t("Only what concerns {kind} {name}."), &[("kind", &kind_name(noun)), ("name", &id)]),
                    _ => fill(t("Only what concerns {kind} {name}."), &[("kind", &kind_name(noun)), ("name", &name(id))]),
                }) }
            }
            @if let Ok(person) = self.person.parse::<i64>() { (self.sides(name(person), here)) }
        }
    }

    fn sides(&self, name: &str, here: &str) -> Markup {
        let to = |side: &str| {
            let pairs = self
                .pairs()
                .map(|(key, value)| (key, if key == "side" { side.to_owned() } else { value.to_owned() }));
            address(here, &pairs.each_ref().map(|(key, value)| (*key, value.as_str())))
        };
        let (both, did, had) = (to(""), to("did"), to("had"));
        let tab = |href, label, current| Tab { href, label, count: "", current };
        let is = |side: &str| self.side == side;
        tabs(
            name,
            &[
                tab(&both, t("Did and was done to"), !is("did") && !is("had")),
                tab(&did, t("Did"), is("did")),
                tab(&had, t("Was done to"), is("had")),
            ],
        )
    }

    /// The filters.
    pub fn bar(&self, actor: &Actor, here: &str, zone: &TimeZone) -> Markup {
        let people: Options = choices::seen(actor, Noun::User).into_iter().collect();
        let kinds = KINDS.map(|(value, label)| (value, said(label)));
        let kinds: Vec<Choice<'_>> = kinds.iter().map(|(value, label)| Choice { value, label }).collect();
        let outcomes = OUTCOMES.map(|(value, label)| (value, said(label)));
        let outcomes: Vec<Choice<'_>> =
            outcomes.iter().map(|(value, label)| Choice { value, label }).collect();
        let zone = zone.iana_name().unwrap_or("UTC");
        let any = self.pairs().iter().any(|(_, value)| !value.is_empty());
        let controls = html! {
            @for (name, value) in [("side", &self.side), ("thing", &self.thing)] {
                @if !value.is_empty() { input type="hidden" name=(name) value=(value); }
            }
            (filter::search("q", t("Search"), &self.q))
            (filter::one_of("person", t("Person"), t("Anyone"), &people.choices(), &self.person))
            (filter::one_of_groups("act", t("Act"), t("Anything"), &acts(), &self.act))
            @if self.thing.is_empty() { (filter::one_of("kind", t("About"), t("Anything"), &kinds, &self.kind)) }
            (filter::one_of("outcome", t("Outcome"), t("Any"), &outcomes, &self.outcome))
            (filter::day("from", t("Since"), &self.from))
            (filter::day("to", t("Until"), &self.to))
            (filter::days_of(zone))
        };
        filter_bar(here, any.then_some(here), controls, None)
    }
}

/// Every act: the permissions, and the others.
fn acts() -> Vec<(&'static str, Vec<Choice<'static>>)> {
    let others = OTHER_ACTS.iter().map(|(value, label)| Choice { value, label: t(label) }).collect();
    choices::permissions().into_iter().chain([(t("Other acts"), others)]).collect()
}

fn chosen(field: &'static str) -> Refusal {
    Refusal::invalid(field, "{field} must be chosen from the list.")
}

/// A kind of thing in a sentence.
fn kind_name(noun: Noun) -> &'static str {
    match noun {
        Noun::User => t("the user"),
        Noun::Role => t("the role"),
        Noun::Department => t("the department"),
        Noun::Branch => t("the branch"),
        Noun::Extension => t("the extension"),
        Noun::Queue => t("the queue"),
        Noun::Number => t("the number"),
        Noun::Call => t("the call"),
        Noun::Token => t("the API token"),
        Noun::Workspace | Noun::Outside => t("the workspace"),
    }
}
