//! What an act changed, field by field, in words: names for ids, days for moments, one line a permission.

use std::collections::BTreeSet;

use access::{Id, Model, Permission};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::shell::when;
use ui::datetime::Show;
use ui::fields;
use ui::text::{fill, later, said, t, within};

/// What became of one field.
#[derive(Debug, PartialEq, Eq)]
pub struct Change {
    /// Which, in words.
    pub field: String,
    /// What it was; none where there was none.
    pub before: Option<String>,
    /// What it is; none where nothing is left.
    pub after: Option<String>,
}

/// What it takes to read a value: the workspace's names and its time zone.
pub struct Reader<'a> {
    /// The names.
    pub model: &'a Model,
    /// The zone in which moments are told.
    pub zone: &'a TimeZone,
}

/// Fields that say no more than the sentence does.
const UNTOLD: [&str; 5] = ["id", "kind", "revoked", "entity", "revision"];

/// Fields that hold the id of something with a name.
const NAMED: [&str; 9] = [
    "role",
    "department",
    "branch",
    "default_role",
    "preset_number",
    "chosen_number",
    "leads",
    "units",
    "user",
];

/// Words that stand for themselves in the log.
const WORDS: [&str; 15] = [
    later("active"),
    later("allow"),
    later("changed"),
    later("closed"),
    later("declined"),
    later("deny"),
    later("granted"),
    later("inherit"),
    later("invited"),
    later("keep"),
    later("made"),
    later("open"),
    later("remove"),
    later("reset"),
    later("sent again"),
];

impl Reader<'_> {
    /// The fields that are another after the act than before.
    pub fn changes(&self, detail: &Value) -> Vec<Change> {
        let side = |name| detail.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
        self.of_fields(&side("before"), &side("after"))
    }

    fn of_fields(&self, was: &Map<String, Value>, is: &Map<String, Value>) -> Vec<Change> {
        let fields: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
        let told = fields.into_iter().filter(|field| !UNTOLD.contains(&field.as_str()));
        told.flat_map(|field| {
            let value = |side: &Map<String, Value>| side.get(field).cloned().unwrap_or_default();
            let (before, after) = (value(was), value(is));
            // How a toggle is set, by the toggle's name: no field of anything.
            if field == "toggle" {
                let side = |value: &Value| value.as_object().cloned().unwrap_or_default();
                return self.of_fields(&side(&before), &side(&after));
            }
            if is_cells(&before) || is_cells(&after) {
                return self.of_cells(&before, &after);
            }
            self.change(label(field), field, &before, &after).into_iter().collect()
        })
        .collect()
    }

    /// A line for each permission that is held further or less far.
    fn of_cells(&self, before: &Value, after: &Value) -> Vec<Change> {
        let side = |value: &Value| value.as_object().cloned().unwrap_or_default();
        let (was, is) = (side(before), side(after));
        let permissions: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
        let change = |name: &String| {
            let value = |side: &Map<String, Value>| side.get(name).cloned().unwrap_or_default();
            let meaning = Permission::from_name(name).map_or(name.as_str(), |p| p.entry().meaning);
            self.change(said(meaning).into_owned(), "", &value(&was), &value(&is))
        };
        permissions.into_iter().filter_map(change).collect()
    }

    fn change(&self, name: String, field: &str, before: &Value, after: &Value) -> Option<Change> {
        let (before, after) = (self.words(field, before), self.words(field, after));
        (before != after).then_some(Change { field: name, before, after })
    }

    /// A value as people read it; none for nothing.
    fn words(&self, field: &str, value: &Value) -> Option<String> {
        match value {
            Value::Null => None,
            Value::String(text) if text.is_empty() => None,
            Value::String(text) if WORDS.contains(&text.as_str()) => Some(said(text).into_owned()),
            Value::String(text) => Some(self.moment(text).unwrap_or_else(|| said(text).into_owned())),
            Value::Bool(on) => Some(if *on { t("on") } else { t("off") }.into()),
            Value::Number(number) if field == "expires_at" => number.as_i64().map(|at| self.at(at)),
            Value::Number(number) => Some(self.name(field, number).unwrap_or_else(|| number.to_string())),
            Value::Array(items) => {
                let items: Vec<String> = items.iter().filter_map(|item| self.words(field, item)).collect();
                (!items.is_empty()).then(|| items.join(", "))
            }
            Value::Object(fields) => Some(self.object(fields)).filter(|text| !text.is_empty()),
        }
    }

    fn object(&self, fields: &Map<String, Value>) -> String {
        let told = fields.iter().filter(|(name, _)| !UNTOLD.contains(&name.as_str()));
        let part = |(name, value): (&String, &Value)| {
            let name_said = Permission::from_name(name)
                .map_or_else(|| label(name), |p| said(p.entry().meaning).into_owned());
            Some(fill(t("{name}: {value}"), &[("name", &name_said), ("value", &self.words(name, value)?)]))
        };
        told.filter_map(part).collect::<Vec<String>>().join("; ")
    }

    /// The name of what an id means.
    fn name(&self, field: &str, number: &serde_json::Number) -> Option<String> {
        let id = Id(u32::try_from(number.as_u64()?).ok()?);
        NAMED.contains(&field).then(|| self.model.label(id).to_owned())
    }

    /// A moment as people read it, if the text is one.
    fn moment(&self, text: &str) -> Option<String> {
        let moment: Timestamp = text.parse().ok()?;
        Some(self.at(moment.as_microsecond()))
    }

    fn at(&self, moment: access::Micros) -> String {
        when::text(acts::Moment(moment), self.zone, Show::DateTime)
    }
}

/// Whether a value is a list of permissions with their reaches.
fn is_cells(value: &Value) -> bool {
    let cells = value.as_object().filter(|fields| !fields.is_empty());
    cells.is_some_and(|fields| fields.keys().all(|name| Permission::from_name(name).is_some()))
}

fn label(field: &str) -> String {
    fields::label(field).map_or_else(|| field.replace('_', " "), within)
}

#[cfg(test)]
mod tests {
    use access::preset::Preset;
    use jiff::tz::TimeZone;
    use serde_json::{Value, json};

    use crate::office::audit_changes::{Change, Reader};

    fn told(detail: &Value) -> Vec<(String, Option<String>, Option<String>)> {
        let model = model();
        let reader = Reader { model: &model, zone: &TimeZone::fixed(jiff::tz::offset(1)) };
        reader
            .changes(detail)
            .into_iter()
            .map(|Change { field, before, after }| (field, before, after))
            .collect()
    }

    fn model() -> access::Model {
        let role = access::model::Role {
            name: "Member".into(),
            key: None,
            standing: access::preset::RoleStanding::default(),
            holds: vec![],
        };
        access::Model {
            workspace: 1,
            version: 1,
            preset: Preset::by_key("standard").expect("a preset"),
            plan: "complete".into(),
            allows: access::PermissionSet::EVERY,
            seats: None,
            licences: None,
            default_role: None,
            roles: [(access::Id(7), role)].into(),
            toggles: Default::default(),
            units: Default::default(),
            users: Default::default(),
            entities: Default::default(),
            settings: Default::default(),
            leads: vec![],
            grants: vec![],
            temporary: vec![],
        }
    }

    fn line(field: &str, before: &str, after: &str) -> (String, Option<String>, Option<String>) {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        (field.to_owned(), some(before), some(after))
    }

    #[test]
    fn only_what_is_another_than_before_is_told() {
        let detail = json!({ "before": { "name": "A", "plan": "x", "on": true }, "after": { "name": "B", "plan": "x", "on": false } });
        assert_eq!(told(&detail), [line("name", "A", "B"), line("on", "on", "off")]);
    }

    #[test]
    fn what_is_made_has_no_before_and_what_is_gone_no_after() {
        assert_eq!(told(&json!({ "after": { "name": "A", "phone": "" } })), [line("name", "", "A")]);
        assert_eq!(told(&json!({ "before": { "name": "A" }, "after": null })), [line("name", "A", "")]);
        assert_eq!(told(&json!({ "reason": "forbidden" })), []);
    }

    #[test]
    fn ids_of_roles_and_units_are_told_by_name_and_moments_in_the_workspaces_zone() {
        let detail = json!({ "before": { "role": 9, "expires_at": null }, "after": { "role": 7, "expires_at": "2026-11-22T05:00:00Z" } });
        let expected =
            [line("end", "", "22 Nov 2026, 06:00 +01"), line("role", "something deleted", "Member")];
        assert_eq!(told(&detail), expected);
    }

    #[test]
    fn a_toggle_is_told_by_its_own_name() {
        let set = |to| json!({ "toggle": { "Contacts": to } });
        let detail = json!({ "before": set("inherit"), "after": set("deny") });
        assert_eq!(told(&detail), [line("Contacts", "inherit", "deny")]);
    }

    #[test]
    fn a_role_is_told_by_the_permissions_that_it_gained_or_lost_and_no_others() {
        let holds = |cells: Value| json!({ "name": "Coach", "holds": cells });
        let detail = json!({ "before": holds(json!({ "user:read": ["own"], "queue:read": ["all"] })),
            "after": holds(json!({ "user:read": ["team"], "queue:read": ["all"] })) });
        assert_eq!(told(&detail), [line("see user records", "own", "team")]);
    }
}
