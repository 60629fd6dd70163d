//! Which users a list shows, as its address says it.

use crate::shell::paging::address;
use access::Id;
use acts::Refusal;
use acts::people::users;
use schemars::JsonSchema;
use serde::Deserialize;
use store::people::users::UserFilter;
use web::input::Pairs;

/// Which users to list; all of it is in the address.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Asked {
    pub(crate) q: String,
    pub(crate) role: String,
    pub(crate) department: String,
    pub(crate) branch: String,
    pub(crate) standing: String,
    pub(crate) sort: String,
    pub(crate) after: String,
}

impl Asked {
    /// What a form sent of it.
    pub(crate) fn of(sent: &Pairs) -> Asked {
        let text = |name: &str| sent.get(name).to_owned();
        Asked {
            q: text("q"),
            role: text("role"),
            department: text("department"),
            branch: text("branch"),
            standing: text("standing"),
            ..Asked::default()
        }
    }

    /// The filter that the address means.
    pub(crate) fn filter(&self) -> Result<UserFilter, Refusal> {
        let units = [id("department", &self.department)?, id("branch", &self.branch)?];
        // An address with an order that is none shows the list all the same.
        let (order, descending) = users::order(&self.sort).unwrap_or_default();
        Ok(UserFilter {
            search: Some(self.q.clone()).filter(|q| !q.trim().is_empty()),
            role: id("role", &self.role)?,
            units: units.into_iter().flatten().collect(),
            standing: users::standing(&self.standing).ok(),
            order,
            descending,
        })
    }

    pub(crate) fn is_narrowed(&self) -> bool {
        [&self.q, &self.role, &self.department, &self.branch, &self.standing].iter().any(|f| !f.is_empty())
    }

    /// What narrows the list, as an address has it.
    pub(crate) fn filters(&self) -> [(&str, &str); 5] {
        let Asked { q, role, department, branch, standing, .. } = self;
        [("q", q), ("role", role), ("department", department), ("branch", branch), ("standing", standing)]
    }

    /// The list's address with another order or another part.
    pub(crate) fn address(&self, list: &str, sort: &str, after: &str) -> String {
        address(list, &[&self.filters()[..], &[("sort", sort), ("after", after)]].concat())
    }
}

fn id(field: &'static str, text: &str) -> Result<Option<Id>, Refusal> {
    match text {
        "" => Ok(None),
        text => match text.parse() {
            Ok(id) => Ok(Some(Id(id))),
            Err(_) => Err(Refusal::invalid(field, "{field} must be chosen from the list.")),
        },
    }
}
