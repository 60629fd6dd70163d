//! What the demo's administrators set for single people: toggles, access for a while, a role of their own.

use access::model::{Setting, Standing};
use access::{Cell, Id, Micros, Permission, PresetToggle, Reach, Reaches};
use acts::Moment;
use serde_json::json;
use store::Change;
use store::change::audit::Act;

use super::company::Company;
use super::people::Person;
use crate::Error;

const DAY: Micros = 86_400_000_000;

use Setting::{Allow, Deny};

/// Toggles by the place of a person among those of the plainest role. NUACOM's users have nothing but these.
const NUACOM: &[(usize, &str, Setting)] = &[
    (0, "full_call_report_access", Allow),
    (0, "wallboard", Allow),
    (1, "full_call_report_access", Allow),
    (2, "wallboard", Allow),
    (3, "sms", Allow),
    (3, "contacts", Allow),
    (4, "sms", Allow),
    (4, "voicemail", Allow),
    (5, "live_calls", Allow),
    (6, "email_reports", Allow),
    (7, "greetings", Allow),
    (7, "integrations", Allow),
    (8, "billing", Allow),
    (9, "users", Allow),
    (10, "voicemail", Allow),
    (11, "sms", Deny),
];

const OTHERS: &[(usize, &str, Setting)] = &[
    (1, "sms", Deny),
    (2, "full_call_report_access", Allow),
    (2, "wallboard", Allow),
    (3, "voicemail", Deny),
    (4, "live_calls", Allow),
    (5, "contacts", Deny),
];

/// Makes the settings of a company.
pub async fn set(change: &mut Change<'_>, company: &Company, staff: &[Person]) -> Result<(), Error> {
    let plain: Vec<&Person> =
        staff.iter().filter(|p| p.role == company.plain && p.standing == Standing::Active).collect();
    let table = if company.slug == "nuacom" { NUACOM } else { OTHERS };
    for (at, key, setting) in table {
        if let (Some(person), Some(toggle)) = (plain.get(*at), toggle(change, key)) {
            change.set_toggle(person.id, toggle, Some(*setting)).await?;
            let name = change.before().model().label(toggle).to_owned();
            let word = if *setting == Allow { "allow" } else { "deny" };
            let detail = json!({ "before": { "toggle": { &name: "inherit" } }, "after": { "toggle": { &name: word } } });
            change
                .record(Act::done("user:set_access", "user", person.id.0, person.name.as_str()).with(detail));
        }
    }
    if let Some(deputy) = plain.get(6) {
        let until = change.now() + 5 * DAY;
        change.add_temporary(deputy.id, &everybodys_calls(), until).await?;
        let detail = json!({ "before": null, "after": { "temporary": {
            "holds": { "call_record:read": ["all"], "recording:listen": ["all"] }, "expires_at": Moment(until) } } });
        change.record(Act::done("user:set_access", "user", deputy.id.0, deputy.name.as_str()).with(detail));
    }
    if company.slug == "calliyo" {
        own_role(change, &plain).await?;
    }
    Ok(())
}

/// Calliyo's admins make roles of their own: one who listens to everybody's calls to coach them.
async fn own_role(change: &mut Change<'_>, plain: &[&Person]) -> Result<(), Error> {
    let mut holds = everybodys_calls();
    holds.extend([
        (Permission::StatisticRead, Reaches::of(&[Reach::All])),
        (Permission::DirectoryRead, Reaches::of(&[Reach::All])),
        (Permission::ProfileUpdate, Reaches::of(&[Reach::Own])),
    ]);
    let role = change.add_role("Call Coach", &holds).await?;
    change.record(Act::done("role:write", "role", role.0, "Call Coach"));
    if let Some(coach) = plain.last() {
        change.set_role(coach.id, role).await?;
        change.record(Act::done("user:assign_role", "user", coach.id.0, coach.name.as_str()));
    }
    Ok(())
}

fn everybodys_calls() -> Vec<Cell> {
    let all = Reaches::of(&[Reach::All]);
    vec![(Permission::CallRecordRead, all), (Permission::RecordingListen, all)]
}

fn toggle(change: &Change<'_>, key: &str) -> Option<Id> {
    let name = &PresetToggle::by_key(key)?.name;
    change.before().model().toggles.iter().find(|(_, t)| t.name == *name).map(|(id, _)| *id)
}
