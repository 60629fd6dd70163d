//! Entries of the audit log in words: who did what to what, and what became of each field.

use access::Permission;
use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::{Map, Value};
use workspace::Code;
use workspace::audit_log::EntryView;

use crate::ui::fields;
use crate::ui::text::{later, said, t, weave};

/// What acts that are done read like: the act, what it is called where something was made of nothing, where
/// something was changed, and where it was taken away. An act is told apart by its `before` and `after`.
const PHRASES: &[(&str, &str, &str, &str)] = &[
    ("workspace:create", later("{who} created the workspace {what}"), "", ""),
    ("demo:create", later("{who} made the people, telephones and calls of {what}"), "", ""),
    ("workspace:rename", "", later("{who} renamed the workspace {what}"), ""),
    ("workspace:transfer", "", later("{who} transferred ownership to {what}"), ""),
    ("settings:update", "", later("{who} changed the settings of {what}"), ""),
    ("auto_record:update", "", later("{who} changed automatic recording of {what}"), ""),
    ("billing:commit", "", later("{who} changed the plan of {what}"), ""),
    (
        "session:create",
        later("{who} signed in as {what}"),
        later("{who} signed in as {what}"),
        later("{who} signed in as {what}"),
    ),
    (
        "session:delete",
        later("{who} signed out as {what}"),
        later("{who} signed out as {what}"),
        later("{who} signed out as {what}"),
    ),
    (
        "profile:update",
        later("{who} edited the profile of {what}"),
        later("{who} edited the profile of {what}"),
        "",
    ),
    ("user:invite", later("{who} added the user {what}"), "", ""),
    ("user:update", "", later("{who} edited the user {what}"), ""),
    ("user:assign_role", "", later("{who} changed the role of {what}"), ""),
    ("user:ban", "", later("{who} changed the ban of {what}"), ""),
    ("user:delete", "", "", later("{who} deleted the user {what}")),
    (
        "user:reset_credentials",
        later("{who} reset the password of {what}"),
        later("{who} reset the password of {what}"),
        "",
    ),
    (
        "user:set_access",
        later("{who} gave access to {what}"),
        later("{who} changed the access of {what}"),
        later("{who} took access from {what}"),
    ),
    (
        "number:assign",
        later("{who} assigned a number to {what}"),
        later("{who} changed the number of {what}"),
        later("{who} took a number from {what}"),
    ),
    ("number:purchase", later("{who} added the number {what}"), "", ""),
    ("number:update", "", later("{who} edited the number {what}"), ""),
    ("number:release", "", "", later("{who} deleted the number {what}")),
    (
        "extension:write",
        later("{who} added the extension {what}"),
        later("{who} edited the extension {what}"),
        "",
    ),
    ("extension:delete", "", "", later("{who} deleted the extension {what}")),
    ("queue:write", later("{who} added the queue {what}"), later("{who} edited the queue {what}"), ""),
    ("queue:delete", "", "", later("{who} deleted the queue {what}")),
    ("role:write", later("{who} created the role {what}"), later("{who} edited the role {what}"), ""),
    ("role:delete", "", "", later("{who} deleted the role {what}")),
    (
        "department:write",
        later("{who} created the department {what}"),
        later("{who} edited the department {what}"),
        "",
    ),
    ("department:delete", "", "", later("{who} deleted the department {what}")),
    ("branch:write", later("{who} created the branch {what}"), later("{who} edited the branch {what}"), ""),
    ("branch:delete", "", "", later("{who} deleted the branch {what}")),
    (
        "recording:delete",
        "",
        later("{who} deleted the recording of call {what}"),
        later("{who} deleted the recording of call {what}"),
    ),
    (
        "api_token:write",
        later("{who} created the API token {what}"),
        later("{who} revoked the API token {what}"),
        "",
    ),
];

/// Why signing in failed, as the log has it; the kinds of things come from the model.
const REASONS: [&str; 3] =
    [later("wrong email address or password"), later("banned"), later("wrong present password")];

/// An entry as a sentence.
pub fn sentence(entry: &EntryView) -> Markup {
    let who = html! { strong { (entry.actor) } };
    let what = html! {
        @if !entry.object.is_empty() { strong { (entry.object) } }
        @else if entry.object_id > 0 { (said(&entry.object_kind.replace('_', " "))) " " (entry.object_id) }
    };
    if entry.outcome != "done" {
        return refused(entry, who, what);
    }
    let oneself = entry.actor == entry.object;
    match (phrase(entry), entry.act.as_str()) {
        (Some(_), "session:create") if oneself => weave(t("{who} signed in"), &[("who", who)]),
        (Some(_), "session:delete") if oneself => weave(t("{who} signed out"), &[("who", who)]),
        (Some(phrase), _) => weave(t(phrase), &[("who", who), ("what", what)]),
        (None, act) => {
            let act = html! { code { (act) } };
            weave(t("{who} did {act} {what}"), &[("who", who), ("act", act), ("what", what)])
        }
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

fn refused(entry: &EntryView, who: Markup, what: Markup) -> Markup {
    let (reason, request) = (text(&entry.detail, "reason"), text(&entry.detail, "request"));
    let missing = entry.detail.get("permission").and_then(Value::as_str);
    let about = entry.object_id > 0 || !entry.object.is_empty();
    let act = match Permission::from_name(&entry.act) {
        Some(permission) => html! { (t(permission.entry().meaning)) },
        None => html! { code { (entry.act) } },
    };
    let template = if about { t("{who} tried to {act}: {what}") } else { t("{who} tried to {act}") };
    html! {
        (weave(template, &[("who", who), ("act", act), ("what", what)]))
        @if let Some(permission) = missing { (weave(t(", without {permission}"), &[("permission", html! { code { (permission) } })])) }
        @else if let Some(reason) = reason { " (" (refusal(reason)) ")" }
        @if let Some(request) = request { span.log-request { code { (request) } } }
    }
}

/// Why something was refused: what the table of refusals says of the word, or the words of a failed sign-in.
fn refusal(word: &str) -> String {
    let code = Code::ALL.iter().find(|code| code.word() == word).map(|code| code.title());
    let failed = REASONS.into_iter().find(|reason| *reason == word);
    code.or(failed).map_or_else(|| word.to_owned(), |text| t(text).trim_end_matches('.').to_owned())
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
    fields::label(field).map_or_else(|| field.replace('_', " "), str::to_lowercase)
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
        Value::String(text) => Some(moment(text).unwrap_or_else(|| said(text).into_owned())),
        Value::Bool(on) => Some(if *on { t("on") } else { t("off") }.into()),
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
