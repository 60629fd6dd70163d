//! The demo's companies, deleted with everything that is theirs.

use crate::kit::db::q;
use crate::{Result, Store};

/// Empties every table of what belongs to the demo's workspaces, in an order in which none is needed by those after it.
const DELETE_DEMO: [&str; 27] = [
    "DELETE FROM audit WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM call_touches WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM calls WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM deleted_calls WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM permission_uses WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM review_lines WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM reviews WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM access_requests WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM devices WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM mails WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM links WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM undos WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM api_tokens WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM sessions WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM grants WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM numbers WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM queues WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM extensions WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM temporary_access WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM unit_leads WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM toggle_settings WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM known_secrets WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM users WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM toggles WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM units WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM roles WHERE workspace_id IN (SELECT id FROM workspaces WHERE is_demo)",
    "DELETE FROM workspaces WHERE is_demo",
];

impl Store {
    /// Deletes the companies of the demo with everything that is theirs, for whoever runs the machine; their recordings'
    /// files are for the caller to delete.
    pub async fn delete_demo(&self) -> Result<()> {
        let mut tx = self.db.begin().await?;
        for statement in DELETE_DEMO {
            tx.exec(q(statement)).await?;
        }
        Ok(tx.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use crate::office::demo::DELETE_DEMO;

    #[test]
    fn every_table_of_a_workspaces_things_is_emptied_of_the_demos() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite");
        let mut tables = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            for table in text
                .split("CREATE TABLE ")
                .skip(1)
                .map(|rest| rest.split(");").next().unwrap())
                .filter(|table| table.contains("workspace_id"))
            {
                let name = table.split([' ', '(']).next().unwrap();
                let renamed = text.split_once(&format!("ALTER TABLE {name} RENAME TO "));
                let name = renamed.map_or(name, |(_, rest)| rest.split(';').next().unwrap());
                let start = format!("DELETE FROM {name} ");
                assert!(DELETE_DEMO.iter().any(|statement| statement.starts_with(&start)), "{name}");
                tables += 1;
            }
        }
        assert!(tables >= 25, "{tables} tables were found");
    }
}
