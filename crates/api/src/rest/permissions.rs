//! The permission catalogue over REST.

use access::Permission;
use acts::{List, Refusal};
use schemars::JsonSchema;
use serde::Serialize;
use store::Identity;

use web::output::Json;
use web::request::Request;

/// A permission, as the catalogue has it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PermissionView {
    /// `resource:action`.
    pub name: &'static str,
    /// A sentence fragment for people.
    pub meaning: &'static str,
    /// The heading that it stands under.
    pub group: &'static str,
    /// `Read`, `Write` or `Delete`.
    pub verb: &'static str,
    /// The reaches that it can have.
    pub reaches: Vec<&'static str>,
    /// Whether it spends money, destroys, exposes people or hands out power.
    pub risky: bool,
    /// The permission without which it is of no use.
    pub requires: Option<&'static str>,
}

impl From<Permission> for PermissionView {
    fn from(permission: Permission) -> PermissionView {
        let entry = permission.entry();
        PermissionView {
            name: entry.name,
            meaning: entry.meaning,
            group: entry.group.label(),
            verb: entry.verb.label(),
            reaches: entry.reaches.words(),
            risky: entry.risky,
            requires: permission.requires().map(Permission::name),
        }
    }
}

/// Every permission, in catalogue order.
pub async fn list(_: Request, _: Identity, _: ()) -> Result<Json<List<PermissionView>>, Refusal> {
    let all = Permission::ALL.iter().copied().map(PermissionView::from);
    Ok(Json(List::whole(all.collect())))
}
