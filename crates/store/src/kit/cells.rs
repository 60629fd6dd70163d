//! Permissions with their reaches, as the databases have them.

use std::collections::BTreeMap;

use access::{Cell, Permission, Reaches};

/// The cells of a role as the databases have them: `{"call_record:read": "os"}`.
pub(crate) fn write_cells(cells: &[Cell]) -> String {
    let map: BTreeMap<&str, String> = cells.iter().map(|(p, r)| (p.name(), r.to_string())).collect();
    serde_json::json!(map).to_string()
}

/// Reads what `write_cells` wrote; what cannot be read gives nothing.
pub(crate) fn read_cells(text: &str) -> Vec<Cell> {
    let map: BTreeMap<String, String> = serde_json::from_str(text).unwrap_or_default();
    let known = map.iter().filter_map(|(name, letters)| {
        let permission = Permission::from_name(name)?;
        let reaches = Reaches::from_letters(letters)?.intersection(permission.entry().reaches);
        (!reaches.is_empty()).then_some((permission, reaches))
    });
    known.collect()
}
