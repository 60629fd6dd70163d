//! Changes of many people that are only tried, made on a copy of the workspace in memory: SQLite has one writer for all
//! workspaces, and nobody should wait for it because somebody else wonders what would happen.

use std::path::Path;
use std::str::FromStr as _;

use access::{Permit, Right};
use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use crate::change::{Author, Change, Intent};
use crate::kit::db::{Db, Result, SQLITE, Tx, exec_sqlite, q};
use crate::{Result as StoreResult, Store};

/// What is copied: whatever says who may do what, and what goes with people. Calls and the audit log, which are long,
/// decide nothing here.
const COPIED: [&str; 17] = [
    "INSERT INTO workspaces SELECT * FROM kept.workspaces WHERE id = ",
    "INSERT INTO roles SELECT * FROM kept.roles WHERE workspace_id = ",
    "INSERT INTO toggles SELECT * FROM kept.toggles WHERE workspace_id = ",
    "INSERT INTO units SELECT * FROM kept.units WHERE workspace_id = ",
    "INSERT INTO users SELECT * FROM kept.users WHERE workspace_id = ",
    "INSERT INTO toggle_settings SELECT * FROM kept.toggle_settings WHERE workspace_id = ",
    "INSERT INTO unit_leads SELECT * FROM kept.unit_leads WHERE workspace_id = ",
    "INSERT INTO temporary_access SELECT * FROM kept.temporary_access WHERE workspace_id = ",
    "INSERT INTO extensions SELECT * FROM kept.extensions WHERE workspace_id = ",
    "INSERT INTO queues SELECT * FROM kept.queues WHERE workspace_id = ",
    "INSERT INTO numbers SELECT * FROM kept.numbers WHERE workspace_id = ",
    "INSERT INTO grants SELECT * FROM kept.grants WHERE workspace_id = ",
    "INSERT INTO sessions SELECT * FROM kept.sessions WHERE workspace_id = ",
    "INSERT INTO api_tokens SELECT * FROM kept.api_tokens WHERE workspace_id = ",
    "INSERT INTO links SELECT * FROM kept.links WHERE workspace_id = ",
    "INSERT INTO devices SELECT * FROM kept.devices WHERE workspace_id = ",
    "INSERT INTO access_requests SELECT * FROM kept.access_requests WHERE workspace_id = ",
];

impl Store {
    /// Opens a change of people or their access as [`Store::begin`] does, where its author only tries: then on a copy
    /// where that keeps others from waiting, and never to be made.
    pub async fn begin_or_rehearse<R: Right>(
        &self,
        permit: &Permit<R>,
        author: &Author,
    ) -> StoreResult<(Change<'_>, Permit<R>)> {
        match (&self.db, author.intent) {
            (Db::Sqlite { file, .. }, Intent::Try) => {
                let tx = copy(file, permit.workspace()).await?;
                self.begin_in(tx, permit, author).await
            }
            // Writers of PostgreSQL wait for those of the same workspace alone.
            _ => self.begin(permit, author).await,
        }
    }
}

/// A transaction on a copy of a workspace, as it is at this moment.
async fn copy(file: &Path, workspace: i64) -> Result<Tx> {
    let options = SqliteConnectOptions::from_str("sqlite::memory:")?.foreign_keys(false);
    let one = SqlitePoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
    let memory = one.test_before_acquire(false).connect_with(options.disable_statement_logging()).await?;
    SQLITE.run(&memory).await?;
    exec_sqlite(&memory, q("ATTACH DATABASE ").v(read_only(file)).s(" AS kept")).await?;
    // Not IMMEDIATE, which would wait for the writer of what is attached.
    let mut tx = memory.begin().await?;
    for table in COPIED {
        exec_sqlite(&mut *tx, q(table).v(workspace)).await?;
    }
    tx.commit().await?;
    exec_sqlite(&memory, q("DETACH DATABASE kept")).await?;
    exec_sqlite(&memory, q("PRAGMA foreign_keys = ON")).await?;
    Ok(Tx::Sqlite(memory.begin().await?))
}

/// A file as a URI of SQLite; without its mode it would be in memory, as what it is attached to.
fn read_only(file: &Path) -> String {
    let path = file.display().to_string().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{path}?mode=ro&cache=private")
}

#[cfg(test)]
mod tests {
    use crate::kit::db::{Db, Tx, q};

    #[tokio::test]
    async fn a_copy_has_the_workspace_and_waits_for_no_writer() {
        let folder = std::env::temp_dir().join(format!("ringfence 50% ?#{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("kept.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&file).create_if_missing(true);
        let pool = sqlx::sqlite::SqlitePool::connect_with(options).await.unwrap();
        super::SQLITE.run(&pool).await.unwrap();
        let kept = Db::Sqlite { writer: pool.clone(), readers: pool, file: file.clone() };
        let insert =
            q("INSERT INTO workspaces (id, slug, name, preset, plan, time_zone, created_at) VALUES ");
        kept.exec(insert.list(["1", "acme", "Acme", "standard", "", "UTC", "0"])).await.unwrap();
        let writing: Tx = kept.begin().await.unwrap();
        let mut copy = super::copy(&file, 1).await.unwrap();
        let name: Option<(String,)> = copy.one(q("SELECT name FROM workspaces")).await.unwrap();
        assert_eq!(name, Some(("Acme".into(),)));
        drop(writing);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
