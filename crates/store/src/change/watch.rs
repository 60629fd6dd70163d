//! Notices what other processes change: the command line beside a running server, or another node.
//!
//! PostgreSQL tells (`LISTEN`); SQLite is asked for its `data_version`, which costs microseconds.

use std::collections::HashMap;
use std::time::Duration;

use sqlx::postgres::PgListener;

use crate::kit::db::{Db, Result, Tx, q};
use crate::{Changed, Store, What};

const CHANNEL: &str = "ringfence";
const SQLITE_POLL: Duration = Duration::from_millis(20);

/// Tells other nodes of a change when the transaction commits.
pub(crate) async fn notify(tx: &mut Tx, changed: Changed) -> Result<()> {
    if let Tx::Postgres(_) = tx {
        let what = match changed.what {
            What::Log => 'l',
            What::Data => 'd',
            What::Access => 'a',
        };
        let payload = format!("{} {} {what}", changed.workspace, changed.mark);
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
    let (workspace, mark) = (number()?, number()?);
    let what = match words.next()? {
        "l" => What::Log,
        "d" => What::Data,
        // Of what another release tells, the most is believed.
        _ => What::Access,
    };
    Some(Changed { workspace, mark, what })
}

/// How far a workspace has come.
#[derive(Clone, Copy, sqlx::FromRow)]
struct Head {
    id: i64,
    version: i64,
    mark: i64,
    shown: i64,
}

impl Head {
    /// What happened between an earlier head and this one.
    fn since(self, before: Head) -> What {
        if before.version != self.version {
            What::Access
        } else if before.shown != self.shown {
            What::Data
        } else {
            What::Log
        }
    }
}

async fn poll(store: &Store) {
    let Db::Sqlite { readers, .. } = &store.db else { return };
    // data_version compares within one connection, so this one is kept.
    let Ok(mut connection) = readers.acquire().await else { return };
    let mut seen_version = 0_i64;
    let mut known: HashMap<i64, Head> = HashMap::new();
    loop {
        tokio::time::sleep(SQLITE_POLL).await;
        let version = sqlx::query_scalar::<_, i64>("PRAGMA data_version").fetch_one(&mut *connection).await;
        match version {
            Ok(version) if version == seen_version => continue,
            Ok(version) => seen_version = version,
            Err(_) => continue,
        }
        let heads = q("SELECT id, version, version + audit_seq + next_call AS mark, shown FROM workspaces");
        let Ok(heads) = store.db.all::<Head>(heads).await else { continue };
        for head in heads {
            let before = known.insert(head.id, head);
            if let Some(before) = before.filter(|before| before.mark != head.mark) {
                store.announce(Changed { workspace: head.id, mark: head.mark, what: head.since(before) });
            }
        }
    }
}
