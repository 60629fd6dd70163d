//! Notices what other processes change: the command line beside a running server, or another node.
//!
//! PostgreSQL tells (`LISTEN`); SQLite is asked for its `data_version`, which costs microseconds.

use std::collections::HashMap;
use std::time::Duration;

use sqlx::postgres::PgListener;

use crate::db::{Db, Result, Tx, q};
use crate::{Changed, Store};

const CHANNEL: &str = "ringfence";
const SQLITE_POLL: Duration = Duration::from_millis(20);

/// Tells other nodes of a change when the transaction commits.
pub(crate) async fn notify(tx: &mut Tx, changed: Changed) -> Result<()> {
    if let Tx::Postgres(_) = tx {
        let payload = format!("{} {} {}", changed.workspace, changed.mark, u8::from(changed.access));
        tx.exec(q("SELECT pg_notify('ringfence', ").v(payload).s(")")).await?;
    }
    Ok(())
}

/// Starts to watch, for as long as the store lives.
pub(crate) async fn start(store: &Store) -> std::result::Result<(), sqlx::Error> {
    match store.db.clone() {
        Db::Postgres(pool) => {
            let mut listener = PgListener::connect_with(&pool).await?;
            listener.listen(CHANNEL).await?;
            let store = store.clone();
            tokio::spawn(async move { listen(&store, listener).await });
        }
        Db::Sqlite { .. } => {
            let store = store.clone();
            tokio::spawn(async move { poll(&store).await });
        }
    }
    Ok(())
}

async fn listen(store: &Store, mut listener: PgListener) {
    loop {
        // The listener reconnects by itself; an error only means that this attempt failed.
        match listener.recv().await {
            Ok(notice) => {
                if let Some(changed) = read(notice.payload()) {
                    store.announce(changed);
                }
            }
            Err(error) => {
                tracing::warn!(error = %error, "cannot listen for changes of other nodes");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

fn read(payload: &str) -> Option<Changed> {
    let mut words = payload.split(' ');
    let mut number = || words.next()?.parse::<i64>().ok();
    Some(Changed { workspace: number()?, mark: number()?, access: number()? == 1 })
}

async fn poll(store: &Store) {
    let Db::Sqlite { readers, .. } = &store.db else { return };
    // data_version compares within one connection, so this one is kept.
    let Ok(mut connection) = readers.acquire().await else { return };
    let mut seen_version = 0_i64;
    let mut known: HashMap<i64, (i64, i64)> = HashMap::new();
    loop {
        tokio::time::sleep(SQLITE_POLL).await;
        let version = sqlx::query_scalar::<_, i64>("PRAGMA data_version").fetch_one(&mut *connection).await;
        match version {
            Ok(version) if version == seen_version => continue,
            Ok(version) => seen_version = version,
            Err(_) => continue,
        }
        let heads = q("SELECT id, version, version + audit_seq + next_call FROM workspaces");
        let Ok(heads) = store.db.all::<(i64, i64, i64)>(heads).await else { continue };
        for (workspace, version, mark) in heads {
            let before = known.insert(workspace, (version, mark));
            if before.is_some_and(|(_, seen)| seen != mark) {
                let access = before.is_some_and(|(seen, _)| seen != version);
                store.announce(Changed { workspace, mark, access });
            }
        }
    }
}
