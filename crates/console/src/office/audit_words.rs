//! Entries of the audit log as sentences: who did what to what. One table says how each act reads.

use access::{Id, Model, Noun, Permission};
use acts::Code;
use acts::office::audit::EntryView;
use maud::{Markup, html};
use serde_json::Value;

use ui::text::{fill, later, said, t, weave};

/// How an act that was done reads: where something came of nothing, where something became another, and where it is
/// gone. The entry's `before` and `after` tell which; what is empty never happens.
struct Reading {
    act: &'static str,
    made: &'static str,
    changed: &'static str,
    gone: &'static str,
}

const fn made(act: &'static str, made: &'static str) -> Reading {
    Reading { act, made, changed: "", gone: "" }
}

const fn changed(act: &'static str, changed: &'static str) -> Reading {
    Reading { act, made: "", changed, gone: "" }
}

const fn gone(act: &'static str, gone: &'static str) -> Reading {
    Reading { act, made: "", changed: "", gone }
}

const fn both(act: &'static str, made: &'static str, changed: &'static str) -> Reading {
    Reading { act, made, changed, gone: "" }
}

/// Every act that is written down. A test looks whether the acts in the code are here.
const READINGS: &[Reading] = &[
    made("workspace:create", later("{who} created the workspace {what}")),
    made("demo:create", later("{who} made the people, telephones and calls of {what}")),
    made(
        "seal_key:replace",
        later("{who} replaced the server's key, which took away PINs and links in waiting mail"),
    ),
    made("call:import", later("{who} imported calls from {what}")),
    made("user:export", later("{who} exported the list of people")),
    made("call_record:export", later("{who} exported the call log")),
    made("audit:export", later("{who} exported the audit log")),
    made("audit:verify", later("{who} verified the audit log")),
    changed("workspace:rename", later("{who} renamed the workspace {what}")),
    changed("workspace:transfer", later("{who} transferred ownership to {what}")),
    changed("settings:update", later("{who} changed the settings of {what}")),
    changed("auto_record:update", later("{who} changed automatic recording of {what}")),
    changed("billing:commit", later("{who} changed the plan of {what}")),
    changed("license:update", later("{who} changed the licences of {what}")),
    made("session:create", later("{who} signed in as {what}")),
    made("session:lift", later("{who} typed the password of {what} in a session that a PIN opened")),
    changed("pin:close", later("PIN sign-in of {what} was closed on new devices")),
    gone("session:delete", later("{who} signed out as {what}")),
    made("refusals:count", later("{who} was refused {more} times more")),
    gone("device:delete", later("{who} forgot a device of {what}")),
    made("view_as:start", later("{who} began to see the workspace as {what}")),
    gone("view_as:end", later("{who} stopped seeing the workspace as {what}")),
    both(
        "profile:update",
        later("{who} edited the profile of {what}"),
        later("{who} edited the profile of {what}"),
    ),
    both(
        "user:invite",
        later("{who} added the user {what}"),
        later("{who} changed the invitation of {what}"),
    ),
    made("invitation:accept", later("{who} accepted the invitation of {what}")),
    made("password_reset:ask", later("A new password for {what} was asked for")),
    made("password_reset:use", later("{who} set a new password for {what} by a link")),
    made("secret:withdraw", later("{who} made a password, PIN or link of {what} useless that others know")),
    made("mail:read", later("{who} opened a link that is for {what}")),
    made("mail:retry", later("{who} tried the mail to {what} again")),
    changed("user:update", later("{who} edited the user {what}")),
    changed("user:assign_role", later("{who} changed the role of {what}")),
    changed("user:ban", later("{who} changed the ban of {what}")),
    gone("user:delete", later("{who} deleted the user {what}")),
    made("user:reset_credentials", later("{who} reset the password of {what}")),
    Reading {
        act: "user:set_access",
        made: later("{who} gave access to {what}"),
        changed: later("{who} changed the access of {what}"),
        gone: later("{who} took access from {what}"),
    },
    Reading {
        act: "number:assign",
        made: later("{who} assigned a number to {what}"),
        changed: later("{who} changed how {what} may use a number"),
        gone: later("{who} took a number from {what}"),
    },
    made("number:purchase", later("{who} added the number {what}")),
    made("number:port", later("{who} ported the number {what} in")),
    changed("number:update", later("{who} edited the number {what}")),
    gone("number:release", later("{who} deleted the number {what}")),
    both(
        "extension:write",
        later("{who} added the extension {what}"),
        later("{who} edited the extension {what}"),
    ),
    gone("extension:delete", later("{who} deleted the extension {what}")),
    both("queue:write", later("{who} added the queue {what}"), later("{who} edited the queue {what}")),
    gone("queue:delete", later("{who} deleted the queue {what}")),
    both("role:write", later("{who} created the role {what}"), later("{who} edited the role {what}")),
    gone("role:delete", later("{who} deleted the role {what}")),
    both(
        "department:write",
        later("{who} created the department {what}"),
        later("{who} edited the department {what}"),
    ),
    gone("department:delete", later("{who} deleted the department {what}")),
    gone("number:delete_history", later("{who} deleted the calls of the number {what}")),
    both("branch:write", later("{who} created the branch {what}"), later("{who} edited the branch {what}")),
    gone("branch:delete", later("{who} deleted the branch {what}")),
    gone("recording:delete", later("{who} deleted the recording of call {what}")),
    both(
        "api_token:write",
        later("{who} created the API token {what}"),
        later("{who} revoked the API token {what}"),
    ),
    both(
        "access_request:create",
        later("{who} asked for access"),
        later("{who} took back a request for access"),
    ),
    both(
        "access_request:decide",
        later("{who} passed on the request of {what}"),
        later("{who} decided the request of {what}"),
    ),
    both(
        "access:review",
        later("{who} started the review {what}"),
        later("{who} went on with the review {what}"),
    ),
];

/// Why signing in failed, as the log has it; the kinds of things come from the model.
const REASONS: [&str; 8] = [
    later("PIN closed on new devices"),
    later("wrong email address or password"),
    later("banned"),
    later("wrong present password"),
    later("temporary secret out of time"),
    later("unknown phone number"),
    later("wrong PIN"),
    later("the email address was changed less than a day ago, or by somebody who may do less"),
];

/// The acts that are no permissions, with what a filter calls them.
pub const OTHER_ACTS: [(&str, &str); 21] = [
    ("session:create", later("sign in")),
    ("session:lift", later("type the password after a PIN")),
    ("pin:close", later("close PIN sign-in on new devices")),
    ("session:delete", later("sign out")),
    ("device:delete", later("forget a device")),
    ("refusals:count", later("be refused very often")),
    ("invitation:accept", later("accept an invitation")),
    ("password_reset:ask", later("ask for a new password")),
    ("password_reset:use", later("set a new password by a link")),
    ("secret:withdraw", later("withdraw a secret that others know")),
    ("mail:read", later("open a link that is for somebody else")),
    ("view_as:start", later("begin to see as somebody else")),
    ("view_as:end", later("stop seeing as somebody else")),
    ("user:change", later("change people")),
    ("user:export", later("export people")),
    ("number:delete_history", later("delete the calls of a number")),
    ("mail:retry", later("send mail again")),
    ("workspace:create", later("create the workspace")),
    ("seal_key:replace", later("replace the server's key")),
    ("call:import", later("import calls")),
    ("demo:create", later("make a demo company")),
];

/// Those who act without a record of their own, and the ways that are no session and no token.
const OTHERS: [&str; 8] = [
    later("operator"),
    later("nobody"),
    later("command line"),
    later("sign-in"),
    later("no credentials"),
    later("schedule"),
    later("invitation link"),
    later("reset link"),
];

/// How somebody came, in words.
pub fn via(via: &str) -> String {
    if let Some((session, who)) = via.strip_prefix("session ").and_then(|rest| rest.split_once(" as ")) {
        return fill(t("session {id} as {name}"), &[("id", &session), ("name", &who)]);
    }
    let (word, id) = via.rsplit_once(' ').unwrap_or((via, ""));
    let template = match word {
        "session" => t("session {id}"),
        "api token" => t("API token {id}"),
        _ => return other(via),
    };
    fill(template, &[("id", &id)])
}

fn other(name: &str) -> String {
    OTHERS.into_iter().find(|known| *known == name).map_or(name, |known| t(known)).to_owned()
}

/// An entry as a sentence, with the names that the workspace has for what the entry has only an id of.
pub fn sentence(model: &Model, entry: &EntryView) -> Markup {
    let who = html! { strong { (other(&entry.actor)) } };
    let what = html! { strong { (thing_name(model, entry)) } };
    if let Some(more) = entry.detail.get("more").and_then(Value::as_u64) {
        let more = html! { (more) };
        return weave(t("{who} was refused {more} times more"), &[("who", who), ("more", more)]);
    }
    match entry.outcome.as_str() {
        "refused" => refused(entry, who, what),
        "expired" => weave(t("What was given to {what} for a while has expired"), &[("what", what)]),
        _ if is_about_oneself(entry) => oneself(entry, who),
        _ => done(entry, who, what),
    }
}

fn is_about_oneself(entry: &EntryView) -> bool {
    entry.actor == entry.object && ["session:create", "session:delete"].contains(&entry.act.as_str())
}

fn oneself(entry: &EntryView, who: Markup) -> Markup {
    let text = if entry.act == "session:create" { t("{who} signed in") } else { t("{who} signed out") };
    weave(text, &[("who", who)])
}

fn done(entry: &EntryView, who: Markup, what: Markup) -> Markup {
    let (template, more) = template(entry);
    let Some(template) = template else {
        return weave(
            t("{who} did {act} {what}"),
            &[("who", who), ("act", act_in_words(&entry.act)), ("what", what)],
        );
    };
    weave(&said(template), &[("who", who), ("what", what), ("more", html! { strong { (more) } })])
}

/// The text for an act that was done, and what it names besides.
fn template(entry: &EntryView) -> (Option<&'static str>, &str) {
    let (before, after) = (entry.detail.get("before"), entry.detail.get("after"));
    let side = |name: &str| [after, before].into_iter().flatten().find_map(|side| text(side, name));
    let was = before.is_some_and(|value| !value.is_null());
    let is = after.is_some_and(|value| !value.is_null());
    if entry.object_kind == "toggle" {
        let template = match (was, is) {
            (true, true) => later("{who} edited the toggle {what}"),
            (true, false) => later("{who} deleted the toggle {what}"),
            (false, _) => later("{who} defined the toggle {what}"),
        };
        return (Some(template), "");
    }
    if after.or(before).is_some_and(|side| side.get("default_caller_id").is_some()) {
        return (Some(later("{who} changed the default caller ID of {what}")), "");
    }
    let set = after.or(before).and_then(|side| side.get("toggle")).and_then(Value::as_object);
    if let Some(toggle) = set.and_then(|set| set.keys().next()) {
        return (Some(later("{who} set the toggle {more} of {what}")), toggle);
    }
    if let Some(entity) = side("entity") {
        let template = match (was, is) {
            (true, true) => later("{who} changed how {what} may use {more}"),
            (true, false) => later("{who} took {more} from {what}"),
            (false, _) => later("{who} gave {more} to {what}"),
        };
        return (Some(template), entity);
    }
    let temporary =
        |side: Option<&Value>| side.and_then(|side| side.get("temporary")).is_some_and(|v| !v.is_null());
    match (temporary(before), temporary(after)) {
        (false, true) => return (Some(later("{who} gave {what} access for a while")), ""),
        (true, false) => return (Some(later("{who} ended access that {what} had for a while")), ""),
        (true, true) => return (Some(later("{who} changed how long {what} has access")), ""),
        (false, false) => {}
    }
    if entry.act == "access:review" && after.and_then(|after| text(after, "review")) == Some("closed") {
        return (Some(later("{who} closed the review {what}")), "");
    }
    if entry.act == "user:ban" {
        let banned = after.and_then(|after| text(after, "standing")) == Some("banned");
        let template =
            if banned { later("{who} banned {what}") } else { later("{who} lifted the ban of {what}") };
        return (Some(template), "");
    }
    if entry.act == "user:set_access" && after.is_some_and(|after| after.get("leads").is_some()) {
        return (Some(later("{who} changed which units {what} leads")), "");
    }
    (reading(&entry.act, was, is), "")
}

/// The table's text for an act; where it has none for the case at hand, another of the same act.
fn reading(act: &str, was: bool, is: bool) -> Option<&'static str> {
    let reading = READINGS.iter().find(|reading| reading.act == act)?;
    let best = match (was, is) {
        (true, true) => reading.changed,
        (true, false) => reading.gone,
        (false, _) => reading.made,
    };
    [best, reading.changed, reading.made, reading.gone].into_iter().find(|text| !text.is_empty())
}

fn refused(entry: &EntryView, who: Markup, what: Markup) -> Markup {
    let named = entry.object_id > 0 || !entry.object.is_empty();
    let template = if named { t("{who} tried to {act}: {what}") } else { t("{who} tried to {act}") };
    html! {
        (weave(template, &[("who", who), ("act", act_in_words(&entry.act)), ("what", what)]))
        @if let Some(permission) = text(&entry.detail, "permission") {
            (weave(t(", without {permission}"), &[("permission", html! { code { (permission) } })]))
        } @else if let Some(reason) = text(&entry.detail, "reason") { " (" (refusal(reason)) ")" }
        @if let Some(request) = text(&entry.detail, "request") { span.log-request { code { (request) } } }
    }
}

/// Why something was refused: what the table of refusals says of the word, or the words of a failed sign-in.
fn refusal(word: &str) -> String {
    let code = Code::ALL.iter().find(|code| code.word() == word).map(|code| code.title());
    let failed = REASONS.into_iter().find(|reason| *reason == word);
    code.or(failed).map_or_else(|| word.to_owned(), |text| t(text).trim_end_matches('.').to_owned())
}

/// What an act is, as a verb: a permission's meaning, where it is one. Where nothing but being signed in was asked for,
/// the act is the address, which stands below the sentence.
fn act_in_words(act: &str) -> Markup {
    if act.starts_with('/') {
        return html! { (t("reach this address")) };
    }
    let other = OTHER_ACTS.iter().find(|(name, _)| *name == act).map(|(_, words)| *words);
    match Permission::from_name(act).map(|permission| permission.entry().meaning).or(other) {
        Some(words) => html! { (said(words)) },
        None => html! { code { (act) } },
    }
}

/// What an entry is about: the name that it was written down with, else the present one, else kind and id.
fn thing_name(model: &Model, entry: &EntryView) -> String {
    if !entry.object.is_empty() {
        return entry.object.clone();
    }
    let id = u32::try_from(entry.object_id).map_or(Id(0), Id);
    let is_named = match Noun::from_word(&entry.object_kind) {
        Some(Noun::User) => model.users.contains_key(&id),
        Some(Noun::Role) => model.roles.contains_key(&id),
        Some(Noun::Department | Noun::Branch) => model.units.contains_key(&id),
        Some(Noun::Extension | Noun::Queue | Noun::Number) => model.entities.contains_key(&id),
        _ => false,
    };
    match (is_named, entry.object_id) {
        (true, _) => model.label(id).to_owned(),
        (false, 0) => t("the workspace").to_owned(),
        (false, id) => {
            fill("{kind} {id}", &[("kind", &said(&entry.object_kind.replace('_', " "))), ("id", &id)])
        }
    }
}

fn text<'a>(detail: &'a Value, name: &str) -> Option<&'a str> {
    detail.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use crate::office::audit_words::{OTHER_ACTS, READINGS, reading};

    /// The first words of `Act::done(` in the sources of the crates that write acts down.
    fn acts_in(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).expect("a folder of sources").flatten() {
            let path = entry.path();
            if path.is_dir() {
                acts_in(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = std::fs::read_to_string(&path).expect("a source");
                let after = source.split("Act::done(").skip(1);
                let names = after.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next());
                let is_act = |name: &&str| name.chars().all(|c| c.is_ascii_lowercase() || "_:".contains(c));
                let names = names.filter(is_act).filter(|name| !name.starts_with("test:"));
                found.extend(names.map(str::to_owned));
            }
        }
    }

    #[test]
    fn every_act_that_the_code_writes_down_reads_as_a_sentence() {
        let mut found = BTreeSet::new();
        for folder in ["../acts/src", "../store/src", "../web/src", "../api/src", "../server/src", "src"] {
            acts_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
        }
        assert!(found.len() > 15, "only {found:?} were found");
        let silent: Vec<&String> = found.iter().filter(|act| reading(act, false, true).is_none()).collect();
        assert!(silent.is_empty(), "no sentence for {silent:?}");
    }

    #[test]
    fn an_act_is_in_the_table_once_and_is_a_permission_or_among_the_others() {
        let mut acts: Vec<&str> = READINGS.iter().map(|reading| reading.act).collect();
        let others = |act: &str| OTHER_ACTS.iter().any(|(name, _)| *name == act);
        assert!(
            acts.iter().all(|act| super::Permission::from_name(act).is_some()
                || others(act)
                || *act == "audit:verify")
        );
        acts.sort_unstable();
        assert!(acts.windows(2).all(|two| two[0] != two[1]));
    }
}
