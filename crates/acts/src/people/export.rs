//! People as a file: who may be seen, with what stands in their records, in the columns that an import takes.

use access::{Visible, can};
use store::Author;
use store::change::audit::Act;
use store::people::users::UserFilter;

use crate::kernel::spreadsheet;
use crate::people::users::UserView;
use crate::{Answer, App, Ref};

const HEADER: [&str; 12] = [
    "email",
    "name",
    "phone",
    "employee_code",
    "role",
    "department",
    "branch",
    "lead_cap",
    "leads",
    "standing",
    "created_at",
    "last_seen_at",
];

/// The users that the asker may see and that fit, as CSV (RFC 4180, UTF-8, moments as in RFC 3339). That they took it
/// is written down.
pub async fn export(
    app: &App,
    visible: &Visible<can::UserRead>,
    author: &Author,
    filter: &UserFilter,
) -> Answer<String> {
    let ids = app.store.user_ids(visible, filter).await?;
    let rows = app.store.user_rows(visible, &ids).await?;
    let model = visible.actor().snapshot().model();
    let detail = serde_json::json!({ "people": rows.len(), "filter": {
        "search": filter.search, "role": filter.role.map(|role| model.label(role)),
        "units": filter.units.iter().map(|unit| model.label(*unit)).collect::<Vec<_>>(), "standing": filter.standing } });
    let act = Act::done("user:export", "workspace", 0, "").with(detail);
    app.store.record_export(visible, author, act).await?;
    let head = HEADER.map(str::to_owned).to_vec();
    let people = rows.into_iter().map(|row| record(UserView::of(model, row)));
    spreadsheet::csv(std::iter::once(head).chain(people))
}

fn record(user: UserView) -> Vec<String> {
    let name = |thing: Option<Ref>| thing.map_or_else(String::new, |thing| thing.name);
    let leads: Vec<String> = user.leads.into_iter().map(|unit| unit.name).collect();
    vec![
        user.email,
        user.name,
        user.phone,
        user.employee_code,
        user.role.name,
        name(user.department),
        name(user.branch),
        user.lead_cap.map(|cap| cap.to_string()).unwrap_or_default(),
        leads.join("; "),
        user.standing.to_owned(),
        user.created_at.to_string(),
        user.last_seen_at.map(|at| at.to_string()).unwrap_or_default(),
    ]
}
