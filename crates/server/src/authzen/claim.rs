//! What rows that Ringfence does not keep are said to touch.

use access::model::EntityKind;
use access::{Id, Model, Noun, Snapshot, Thing};
use serde_json::{Map, Value};

/// A row that is not kept, with what it is said to touch. Names that nobody here bears touch nothing.
pub fn row(snapshot: &Snapshot, claims: &Map<String, Value>) -> Thing {
    let model = snapshot.model();
    let mut touches = vec![];
    for (field, value) in claims {
        let names = value.as_array().into_iter().flatten().filter_map(name);
        match field.as_str() {
            "users" => touches
                .extend(names.filter_map(|n| snapshot.user_named(&n)).flat_map(|id| with_units(model, id))),
            "extensions" => touches.extend(names.filter_map(|n| entity(model, EntityKind::Extension, &n))),
            "queues" => touches.extend(names.filter_map(|n| entity(model, EntityKind::Queue, &n))),
            "numbers" => touches.extend(names.filter_map(|n| entity(model, EntityKind::Number, &n))),
            "units" => touches.extend(names.filter_map(|n| unit(model, &n))),
            _ => {}
        }
    }
    Thing::new(Noun::Outside, 0, touches)
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

/// A row that touches somebody touches their units, as calls do.
fn with_units(model: &Model, user: Id) -> Vec<Id> {
    let units = model.users.get(&user).into_iter().flat_map(|user| user.units());
    std::iter::once(user).chain(units).collect()
}

/// The extension, queue or number of that label or id. Labels count first: extensions are called by digits too.
fn entity(model: &Model, kind: EntityKind, name: &str) -> Option<Id> {
    let mut of_kind = model.entities.iter().filter(|(_, entity)| entity.kind == kind);
    let by_label = of_kind.find(|(_, entity)| entity.label == name).map(|(id, _)| *id);
    let by_id = || id(name).filter(|id| model.entities.get(id).is_some_and(|entity| entity.kind == kind));
    by_label.or_else(by_id)
}

fn unit(model: &Model, name: &str) -> Option<Id> {
    let by_name = || model.units.iter().find(|(_, unit)| unit.name == name).map(|(id, _)| *id);
    id(name).filter(|id| model.units.contains_key(id)).or_else(by_name)
}
