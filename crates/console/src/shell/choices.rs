//! What drop-down lists offer: people and things of the workspace, as far as the reader may know of them.

use std::collections::BTreeMap;

use access::permission::Group;
use access::{Actor, Id, Noun, Permission};

use crate::shell::parts::Options;
use ui::filter::Choice;
use ui::text::{later, said, t};

/// The kinds of things that calls touch, with their headings.
pub const TOUCHED: [(Noun, &str); 6] = [
    (Noun::User, later("People")),
    (Noun::Queue, later("Queues")),
    (Noun::Number, later("Numbers")),
    (Noun::Extension, later("Extensions")),
    (Noun::Department, later("Departments")),
    (Noun::Branch, later("Branches")),
];

/// Things to choose from, under headings.
#[derive(Debug, Default)]
pub struct Groups(pub Vec<(&'static str, Options)>);

impl Groups {
    /// Those of some kinds that the reader may see; `value` writes a thing as it is sent.
    pub fn of(actor: &Actor, kinds: &[(Noun, &'static str)], value: impl Fn(Noun, Id) -> String) -> Groups {
        let group = |(noun, heading): &(Noun, &'static str)| {
            let seen = seen(actor, *noun).into_iter().map(|(id, name)| (value(*noun, id), name)).collect();
            (*heading, seen)
        };
        Groups(kinds.iter().map(group).collect())
    }

    /// As the components take them.
    pub fn groups(&self) -> Vec<(&'static str, Vec<Choice<'_>>)> {
        self.0.iter().map(|(heading, things)| (t(heading), things.choices())).collect()
    }
}

/// The things of a kind that somebody may see, with their names, by name.
pub fn seen(actor: &Actor, noun: Noun) -> Vec<(Id, String)> {
    let Some(see) = noun.see() else { return vec![] };
    that(actor, noun, |thing| {
        let known = noun == Noun::User && actor.holds(Permission::DirectoryRead);
        known || actor.may(see, thing)
    })
}

/// The things of a kind that fit, of those that somebody may know of, with their names, by name.
pub fn that(actor: &Actor, noun: Noun, fits: impl Fn(&access::Thing) -> bool) -> Vec<(Id, String)> {
    let (snapshot, mut by_name) = (actor.snapshot(), BTreeMap::new());
    let model = snapshot.model();
    for thing in snapshot.things(noun).filter(|thing| fits(thing) && actor.may_name(thing)) {
        let Ok(id) = u32::try_from(thing.id).map(Id) else { continue };
        // Built-in roles have their names from us, people and units from the workspace.
        let label = if noun == Noun::Role { said(model.label(id)) } else { model.label(id).into() };
        by_name.insert((label.to_lowercase(), id), label.into_owned());
    }
    by_name.into_iter().map(|((_, id), name)| (id, name)).collect()
}

/// Every permission under its group's heading, by what it means.
pub fn permissions() -> Vec<(&'static str, Vec<Choice<'static>>)> {
    let choice = |p: &Permission| Choice { value: p.name(), label: t(p.entry().meaning) };
    Group::ALL
        .into_iter()
        .map(|group| {
            let within = Permission::ALL.iter().filter(|p| p.entry().group == group).map(choice).collect();
            (t(group.label()), within)
        })
        .collect()
}
