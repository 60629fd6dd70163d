//! The menu: one table of pages with the permission that shows each.

use access::{Actor, Permission};

use crate::ui::icon::Icon;

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

/// The page of what people ask for; its entry says how much waits.
pub const REQUESTS: &str = "/requests";

/// Every page of the menu, in order.
pub const ITEMS: &[Item] = &[
    item("", "Home", "", Icon::Home, None),
    item("", "Calls", "/calls", Icon::Call, Some(Permission::CallRecordRead)),
    item("People", "Users", "/users", Icon::Users, Some(Permission::UserRead)),
    item("People", "Roles", "/roles", Icon::Role, Some(Permission::RoleRead)),
    item("People", "Requests", REQUESTS, Icon::Ask, Some(Permission::AccessRequestDecide)),
    item("People", "Departments", "/departments", Icon::Unit, Some(Permission::DepartmentRead)),
    item("People", "Branches", "/branches", Icon::Unit, Some(Permission::BranchRead)),
    item("Phone system", "Numbers", "/numbers", Icon::Number, Some(Permission::NumberRead)),
    item("Phone system", "Extensions", "/extensions", Icon::Extension, Some(Permission::ExtensionRead)),
    item("Phone system", "Queues", "/queues", Icon::Queue, Some(Permission::QueueRead)),
    item("Workspace", "Why?", "/why", Icon::Why, Some(Permission::AccessExplain)),
    item("Workspace", "Audit log", "/audit", Icon::Audit, Some(Permission::AuditRead)),
    item("Workspace", "API tokens", "/tokens", Icon::Key, Some(Permission::ApiTokenRead)),
    item("Workspace", "Settings", "/settings", Icon::Settings, Some(Permission::SettingsRead)),
];

/// The pages that somebody may read (CLY-08).
pub fn shown(actor: &Actor) -> impl Iterator<Item = &'static Item> {
    ITEMS.iter().filter(|item| item.needs.is_none_or(|p| actor.holds(p)))
}
