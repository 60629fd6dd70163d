//! Entries of the audit log in words: who did what to what, and what became of each field.

use access::Permission;
use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::{Map, Value};
use workspace::audit_log::EntryView;

/// What acts that are done read like: the act, what it is called where something was made of nothing, where
/// something was changed, and where it was taken away. An act is told apart by its `before` and `after`.
const PHRASES: &[(&str, &str, &str, &str)] = &[
    ("workspace:create", "created the workspace", "", ""),
    ("demo:create", "made the people, telephones and calls of", "", ""),
    ("workspace:rename", "", "renamed the workspace", ""),
    ("workspace:transfer", "", "transferred ownership to", ""),
    ("settings:update", "", "changed the settings of", ""),
    ("auto_record:update", "", "changed automatic recording of", ""),
    ("billing:commit", "", "changed the plan of", ""),
    ("session:create", "signed in as", "signed in as", "signed in as"),
    ("session:delete", "signed out as", "signed out as", "signed out as"),
    ("view_as:start", "began to see the workspace as", "", ""),
    ("view_as:end", "stopped seeing the workspace as", "", ""),
    ("profile:update", "edited the profile of", "edited the profile of", ""),
    ("user:invite", "added the user", "", ""),
    ("user:update", "", "edited the user", ""),
    ("user:assign_role", "", "changed the role of", ""),
    ("user:ban", "", "changed the ban of", ""),
    ("user:delete", "", "", "deleted the user"),
    ("user:reset_credentials", "reset the password of", "reset the password of", ""),
    ("user:set_access", "gave access to", "changed the access of", "took access from"),
    ("number:assign", "assigned a number to", "changed the number of", "took a number from"),
    ("number:purchase", "added the number", "", ""),
    ("number:update", "", "edited the number", ""),
    ("number:release", "", "", "deleted the number"),
    ("extension:write", "added the extension", "edited the extension", ""),
    ("extension:delete", "", "", "deleted the extension"),
    ("queue:write", "added the queue", "edited the queue", ""),
    ("queue:delete", "", "", "deleted the queue"),
    ("role:write", "created the role", "edited the role", ""),
    ("role:delete", "", "", "deleted the role"),
    ("department:write", "created the department", "edited the department", ""),
    ("department:delete", "", "", "deleted the department"),
    ("branch:write", "created the branch", "edited the branch", ""),
    ("branch:delete", "", "", "deleted the branch"),
    ("recording:delete", "", "deleted the recording of call", "deleted the recording of call"),
    ("api_token:write", "created the API token", "revoked the API token", ""),
];

/// An entry as a sentence.
pub fn sentence(entry: &EntryView) -> Markup {
    let who = html! { strong { (entry.actor) } };
    let what = html! { @if !entry.object.is_empty() { strong { (entry.object) } } @else if entry.object_id > 0 { (entry.object_kind.replace('_', " ")) " " (entry.object_id) } };
    if entry.outcome != "done" {
        return refused(entry, &who, &what);
    }
    let oneself = entry.actor == entry.object && entry.act.starts_with("session:");
    match phrase(entry) {
        Some(phrase) if oneself => html! { (who) " " (phrase.trim_end_matches(" as")) },
        Some(phrase) => html! { (who) " " (phrase) " " (what) },
        None => html! { (who) " did " code { (entry.act) } " " (what) },
    }
}

fn phrase(entry: &EntryView) -> Option<&'static str> {
    let has = |side| entry.detail.get(side).is_some_and(|value| !value.is_null());
    let (_, made, changed, gone) = PHRASES.iter().find(|(act, ..)| *act == entry.act)?;
    let best = match (has("before"), has("after")) {
        (true, true) => changed,
        (true, false) => gone,
        (false, _) => made,
    };
    [best, changed, made, gone].into_iter().find(|phrase| !phrase.is_empty()).copied()
}

fn refused(entry: &EntryView, who: &Markup, what: &Markup) -> Markup {
    let meaning = Permission::from_name(&entry.act).map(|permission| permission.entry().meaning);
    let (reason, request) = (text(&entry.detail, "reason"), text(&entry.detail, "request"));
    html! {
        (who) " tried to "
        @match meaning { Some(meaning) => (meaning), None => { "do " code { (entry.act) } } }
        @if entry.object_id > 0 || !entry.object.is_empty() { ": " (what) }
        @if let Some(permission) = entry.detail.get("permission").and_then(Value::as_str) { ", without " code { (permission) } }
        @else if let Some(reason) = reason { " (" (reason.replace('_', " ")) ")" }
        @if let Some(request) = request { span.log-request { code { (request) } } }
    }
}

fn text<'a>(detail: &'a Value, name: &str) -> Option<&'a str> {
    detail.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// What became of one field.
pub struct Change {
    /// Which, in words.
    pub field: String,
    /// What it was; none where there was none.
    pub before: Option<String>,
    /// What it is; none where nothing is left.
    pub after: Option<String>,
}

/// Fields that say no more than the sentence does.
const UNTOLD: [&str; 3] = ["id", "kind", "revoked"];

/// The fields that are another after the act than before.
pub fn changes(detail: &Value) -> Vec<Change> {
    let side = |name| detail.get(name).and_then(Value::as_object);
    let nothing = Map::new();
    let (before, after) = (side("before").unwrap_or(&nothing), side("after").unwrap_or(&nothing));
    let mut fields: Vec<&String> =
        before.keys().chain(after.keys()).filter(|field| !UNTOLD.contains(&field.as_str())).collect();
    fields.sort_unstable();
    fields.dedup();
    let change = |field: &String| {
        let (was, is) = (before.get(field).and_then(words), after.get(field).and_then(words));
        (was != is).then(|| Change { field: label(field), before: was, after: is })
    };
    fields.into_iter().filter_map(change).collect()
}

fn label(field: &str) -> String {
    field.strip_prefix("may_").unwrap_or(field).replace('_', " ")
}

/// A moment as people read it, if the text is one.
fn moment(text: &str) -> Option<String> {
    let moment: Timestamp = text.parse().ok()?;
    Some(moment.strftime("%-d %b %Y, %H:%M UTC").to_string())
}

/// A value as people read it; none for nothing.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(moment(text).unwrap_or_else(|| text.clone())),
        Value::Bool(on) => Some(if *on { "on" } else { "off" }.into()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) if items.is_empty() => None,
        Value::Array(items) => Some(items.iter().filter_map(words).collect::<Vec<String>>().join(", ")),
        Value::Object(fields) => {
            let parts =
                fields.iter().filter_map(|(name, value)| Some(format!("{}: {}", label(name), words(value)?)));
            Some(parts.collect::<Vec<String>>().join("; "))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::changes;

    #[test]
    fn only_what_is_another_than_before_is_told() {
        let detail = json!({ "before": { "name": "A", "plan": "x", "on": true }, "after": { "name": "B", "plan": "x", "on": false } });
        let told: Vec<_> = changes(&detail).into_iter().map(|c| (c.field, c.before, c.after)).collect();
        let text = |s: &str| Some(s.to_owned());
        assert_eq!(
            told,
            [("name".to_owned(), text("A"), text("B")), ("on".to_owned(), text("on"), text("off"))]
        );
    }

    #[test]
    fn what_is_made_has_no_before_and_what_is_gone_no_after() {
        let made = changes(&json!({ "after": { "name": "A", "phone": "" } }));
        assert_eq!(
            made.iter().map(|c| (c.before.is_none(), c.after.as_deref())).collect::<Vec<_>>(),
            [(true, Some("A"))]
        );
        let gone = changes(&json!({ "before": { "name": "A" }, "after": null }));
        assert_eq!(
            gone.iter().map(|c| (c.before.as_deref(), c.after.is_none())).collect::<Vec<_>>(),
            [(Some("A"), true)]
        );
    }
}
