//! What rows that Ringfence does not keep are said to touch.

use std::collections::HashMap;
use std::sync::OnceLock;

use access::model::EntityKind;
use access::{Id, Noun, Snapshot, Thing, text};
use acts::kernel::email;
use acts::{Code, Refusal};
use serde_json::{Map, Value};

/// So many things may a row be said to touch.
const MOST: usize = 200;

/// What things are called in a workspace, for the claims of one request.
pub struct Names<'a> {
    snapshot: &'a Snapshot,
    labels: OnceLock<HashMap<(Option<EntityKind>, &'a str), Id>>,
}

impl<'a> Names<'a> {
    /// What they are called now.
    pub fn of(snapshot: &'a Snapshot) -> Names<'a> {
        Names { snapshot, labels: OnceLock::new() }
    }

    /// A row that is not kept, with what it is said to touch. Names that nobody here bears touch nothing.
    pub fn row(&self, claims: Option<&Map<String, Value>>) -> Result<Thing, Refusal> {
        let lists =
            || claims.into_iter().flatten().filter_map(|(field, value)| Some((field, value.as_array()?)));
        if lists().map(|(_, names)| names.len()).sum::<usize>() > MOST {
            let message = text!("{field} names more than {most} things that it touches.", most = MOST);
            return Err(Refusal::because(Code::BadRequest, message).at("resource.properties"));
        }
        let mut touches = vec![];
        for (field, names) in lists() {
            let names = names.iter().filter_map(name);
            match field.as_str() {
                "users" => touches.extend(
                    names
                        .filter_map(|n| email::user_named(self.snapshot, &n))
                        .flat_map(|id| self.with_units(id)),
                ),
                "extensions" => touches.extend(names.filter_map(|n| self.entity(EntityKind::Extension, &n))),
                "queues" => touches.extend(names.filter_map(|n| self.entity(EntityKind::Queue, &n))),
                "numbers" => touches.extend(names.filter_map(|n| self.entity(EntityKind::Number, &n))),
                "units" => touches.extend(names.filter_map(|n| self.unit(&n))),
                _ => {}
            }
        }
        Ok(Thing::new(Noun::Outside, 0, touches))
    }

    /// A row that touches somebody touches their units, as calls do.
    fn with_units(&self, user: Id) -> Vec<Id> {
        let units = self.snapshot.model().users.get(&user).into_iter().flat_map(|user| user.units());
        std::iter::once(user).chain(units).collect()
    }

    /// The extension, queue or number of that label or id. Labels count first: extensions are called by digits too.
    fn entity(&self, kind: EntityKind, name: &str) -> Option<Id> {
        let entities = &self.snapshot.model().entities;
        let by_id = || id(name).filter(|id| entities.get(id).is_some_and(|entity| entity.kind == kind));
        self.labelled(Some(kind), name).or_else(by_id)
    }

    fn unit(&self, name: &str) -> Option<Id> {
        let by_id = id(name).filter(|id| self.snapshot.model().units.contains_key(id));
        by_id.or_else(|| self.labelled(None, name))
    }

    /// What is labelled so, of its kind; units have none. The first of several that share a label.
    fn labelled(&self, kind: Option<EntityKind>, label: &str) -> Option<Id> {
        let model = self.snapshot.model();
        let labels = self.labels.get_or_init(|| {
            let entities = model.entities.iter().map(|(id, e)| ((Some(e.kind), e.label.as_str()), *id));
            let units = model.units.iter().map(|(id, unit)| ((None, unit.name.as_str()), *id));
            units.rev().chain(entities.rev()).collect()
        });
        labels.get(&(kind, label)).copied()
    }
}

/// An id or a label, as text.
fn name(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn id(name: &str) -> Option<Id> {
    name.parse().ok().map(Id)
}
