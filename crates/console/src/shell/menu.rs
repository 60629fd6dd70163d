//! The menu: one table of pages with the permission that shows each.

use access::{Actor, Permission};

use ui::icon::Icon;
use ui::text::later;

/// One page of the menu.
pub struct Item {
    /// The heading that it stands under; empty for none.
    pub group: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// Its address below the workspace's.
    pub path: &'static str,
    /// Its picture.
    pub icon: Icon,
    /// The permission that its page asks for; none for pages that everybody has.
    pub needs: Option<Permission>,
}

const fn item(
    group: &'static str,
    label: &'static str,
    path: &'static str,
    icon: Icon,
    needs: Option<Permission>,
) -> Item {
    Item { group, label, path, icon, needs }
}

/// Every page of the menu, in order.
pub const ITEMS: &[Item] = &[
    item("", later("Home"), "", Icon::Home, None),
    item("", later("Calls"), "/calls", Icon::Call, Some(Permission::CallRecordRead)),
    item(later("People"), later("Users"), "/users", Icon::Users, Some(Permission::UserRead)),
    item(later("People"), later("Roles"), "/roles", Icon::Role, Some(Permission::RoleRead)),
    item(later("People"), later("Requests"), "/requests", Icon::Ask, Some(Permission::AccessRequestDecide)),
    item(later("People"), later("Reviews"), "/reviews", Icon::Check, Some(Permission::AccessReview)),
    item(later("People"), later("Toggles"), "/toggles", Icon::Toggle, Some(Permission::RoleRead)),
    item(later("People"), later("Departments"), "/departments", Icon::Unit, Some(Permission::DepartmentRead)),
    item(later("People"), later("Branches"), "/branches", Icon::Unit, Some(Permission::BranchRead)),
    item(later("Phone system"), later("Numbers"), "/numbers", Icon::Number, Some(Permission::NumberRead)),
    item(
        later("Phone system"),
        later("Extensions"),
        "/extensions",
        Icon::Extension,
        Some(Permission::ExtensionRead),
    ),
    item(later("Phone system"), later("Queues"), "/queues", Icon::Queue, Some(Permission::QueueRead)),
    item(later("Workspace"), later("Why?"), "/why", Icon::Why, Some(Permission::AccessExplain)),
    item(later("Workspace"), later("Audit log"), "/audit", Icon::Audit, Some(Permission::AuditRead)),
    item(later("Workspace"), later("Outbox"), "/outbox", Icon::Mail, Some(Permission::UserInvite)),
    item(later("Workspace"), later("API tokens"), "/tokens", Icon::Key, Some(Permission::ApiTokenRead)),
    item(later("Workspace"), later("Plan"), "/plan", Icon::Card, Some(Permission::BillingRead)),
    item(later("Workspace"), later("Licences"), "/licences", Icon::Licence, Some(Permission::LicenseRead)),
    item(later("Workspace"), later("Settings"), "/settings", Icon::Settings, Some(Permission::SettingsRead)),
];

/// The pages that somebody may read (CLY-08).
pub fn shown(actor: &Actor) -> impl Iterator<Item = &'static Item> {
    ITEMS.iter().filter(|item| item.needs.is_none_or(|p| actor.holds(p)))
}
