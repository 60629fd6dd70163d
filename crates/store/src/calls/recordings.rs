//! Recordings of calls: which file, and what was in it when it was taken in.

use std::collections::HashMap;

use access::{Permit, can};

use crate::kit::db::q;
use crate::{Result, Store};

/// So many calls are looked up by one statement.
const IDS_AT_ONCE: usize = 500;

/// A recording that was taken in.
#[derive(Debug, Clone)]
pub struct NewRecording {
    /// Its file, below the workspace's recordings folder.
    pub file: String,
    /// SHA-256 of what is in the file, hex: whether it is still what was taken in.
    pub digest: String,
}

/// A recording as it is kept.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RecordingRow {
    /// The call.
    pub id: i64,
    /// The recording's file, below the workspace's recordings folder.
    pub file: String,
    /// SHA-256 of what was taken in, hex; none where an earlier version took it in.
    pub digest: Option<String>,
}

impl Store {
    /// Which of these calls need no recording any more, and whether that is since somebody deleted it.
    pub async fn recorded_among(
        &self,
        permit: &Permit<can::IntegrationWrite>,
        source: &str,
        unique_ids: &[&str],
    ) -> Result<HashMap<String, bool>> {
        let mut found = HashMap::new();
        for part in unique_ids.chunks(IDS_AT_ONCE) {
            let query =
                q("SELECT unique_id, recording_deleted_at IS NOT NULL FROM calls WHERE workspace_id = ");
            let query = query.v(permit.workspace()).s(" AND source = ").v(source);
            let query = query.s(" AND (recording IS NOT NULL OR recording_deleted_at IS NOT NULL)");
            let query = query.s(" AND unique_id IN ").list(part.iter().copied());
            found.extend(self.db.all::<(String, bool)>(query).await?);
        }
        Ok(found)
    }

    /// A workspace's recordings after a call, in the order of their calls, for whoever runs the machine.
    pub async fn recordings(
        &self,
        permit: &Permit<can::IntegrationWrite>,
        after: i64,
        limit: i64,
    ) -> Result<Vec<RecordingRow>> {
        let query =
            q("SELECT id, recording AS file, recording_digest AS digest FROM calls WHERE workspace_id = ");
        let query = query.v(permit.workspace()).s(" AND recording IS NOT NULL AND id > ").v(after);
        Ok(self.db.all(query.s(" ORDER BY id LIMIT ").v(limit)).await?)
    }
}
