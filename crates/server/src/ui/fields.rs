//! What the console calls the input fields that refusals and the audit log name.

use super::text::{later, t};

/// Fields by the name that the API gives them.
pub const FIELDS: &[(&str, &str)] = &[
    ("auto_record", later("Automatic recording")),
    ("branch", later("Branch")),
    ("caller_id", later("Caller ID")),
    ("calls", later("Calls")),
    ("confirm", later("The number, typed once more")),
    ("country_code", later("Country calling code")),
    ("current", later("Present password")),
    ("default_caller_id", later("Default caller ID")),
    ("delete_history", later("Delete its history")),
    ("department", later("Department")),
    ("digits", later("Digits")),
    ("email", later("Email address")),
    ("employee_code", later("Employee code")),
    ("entity", later("Extension, queue or number")),
    ("expires", later("Last day")),
    ("expires_at", later("End")),
    ("holds", later("Permissions")),
    ("kind", later("Kind")),
    ("language", later("Language")),
    ("leads", later("Leads")),
    ("licences", later("Licences")),
    ("may_observe", later("Observe")),
    ("may_use", later("Use")),
    ("move_to", later("Role that they get instead")),
    ("name", later("Name")),
    ("new", later("New password")),
    ("number", later("Number")),
    ("numbers", later("Numbers")),
    ("outcome", later("Outcome")),
    ("owner", later("Owner")),
    ("password", later("Password")),
    ("person", later("Person")),
    ("phone", later("Phone")),
    ("pin", later("PIN")),
    ("pin_digits", later("Digits of a PIN")),
    ("plan", later("Plan")),
    ("recordings", later("Recordings")),
    ("role", later("Role")),
    ("scope", later("What it may do")),
    ("seats", later("Seats")),
    ("setting", later("Setting")),
    ("slug", later("Address")),
    ("standing", later("State")),
    ("summary", later("What it gives")),
    ("time_zone", later("Time zone")),
    ("to", later("New Owner")),
    ("toggle", later("Toggle")),
    ("touching", later("Of")),
    ("units", later("Leads")),
    ("until", later("Until")),
    ("user", later("User")),
    ("workspace", later("Workspace")),
];

/// What people call a field, where it is a known one.
pub fn label(field: &str) -> Option<&'static str> {
    FIELDS.iter().find(|(name, _)| *name == field).map(|(_, label)| t(label))
}
