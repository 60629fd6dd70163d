//! What the console calls the input fields that refusals and the audit log name.

use super::text::{later, t};

/// Fields by the name that the API gives them.
pub const FIELDS: &[(&str, &str)] = &[
    ("auto_record", later("Automatic recording")),
    ("branch", later("Branch")),
    ("country_code", later("Country calling code")),
    ("current", later("Present password")),
    ("department", later("Department")),
    ("digits", later("Digits")),
    ("email", later("Email address")),
    ("employee_code", later("Employee code")),
    ("entity", later("Extension, queue or number")),
    ("expires", later("Last day")),
    ("expires_at", later("Expiry")),
    ("holds", later("Permissions")),
    ("kind", later("Kind")),
    ("language", later("Language")),
    ("leads", later("Leads")),
    ("may_observe", later("Observe")),
    ("may_use", later("Use")),
    ("move_to", later("Role that they get instead")),
    ("name", later("Name")),
    ("new", later("New password")),
    ("numbers", later("Numbers")),
    ("outcome", later("Outcome")),
    ("owner", later("Owner")),
    ("password", later("Password")),
    ("person", later("Person")),
    ("phone", later("Phone")),
    ("plan", later("Plan")),
    ("role", later("Role")),
    ("scope", later("What it may do")),
    ("setting", later("Setting")),
    ("slug", later("Address")),
    ("standing", later("State")),
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
