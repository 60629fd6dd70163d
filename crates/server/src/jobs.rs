//! What the server does by itself, without anybody's request: it takes away what has ended, and writes down when
//! permissions were last used.

use std::time::Duration;

use access::Micros;
use acts::App;
use acts::kernel::refusals;
use acts::rights::{expiry, uses};
use store::{Changed, What};
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// How often it is looked whether the time of something is over. The clock is asked each time, not the database.
const TICK: Duration = Duration::from_secs(1);

/// How often uses of permissions are written down.
const FLUSH: Duration = Duration::from_secs(30);

/// How often the numbers of refusals are written down whose minute is over.
const COUNT: Duration = Duration::from_secs(5);

/// How often it is looked whether the database is used with another key.
const KEY: Duration = Duration::from_secs(2);

/// Starts what runs for as long as the server does.
pub fn start(app: &App) {
    tokio::spawn(expire(app.clone()));
    tokio::spawn(keep_uses(app.clone()));
    tokio::spawn(count_refusals(app.clone()));
}

/// What is left to do before the server stops.
pub async fn finish(app: &App) {
    if let Err(error) = uses::flush(app).await {
        tracing::warn!(%error, "the last uses of permissions are lost");
    }
    if let Err(error) = refusals::flush(app, Micros::MAX).await {
        tracing::warn!(%error, "the number of the last refusals is lost");
    }
}

/// Waits until the database is used with another key than this server's: what it sealed from then on nobody could open.
pub async fn key_replaced(app: &App) {
    loop {
        tokio::time::sleep(KEY).await;
        match app.store.knows_key().await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(%error, "cannot look which key the database is used with"),
        }
    }
}

/// Takes away what has ended, a second after it ended at the latest.
async fn expire(app: App) {
    let mut changes = app.store.subscribe();
    loop {
        let next = match expiry::sweep(&app).await {
            Ok(()) => app.store.next_end().await.map_err(acts::Refusal::from),
            Err(error) => Err(error),
        };
        match next {
            Ok(next) => wait(&app, next.unwrap_or(Micros::MAX), &mut changes).await,
            Err(error) => {
                tracing::warn!(%error, "cannot take away what has ended; trying again");
                tokio::time::sleep(TICK).await;
            }
        }
    }
}

/// Waits for the next end, or for a change of access, which may have brought an earlier one.
async fn wait(app: &App, next: Micros, changes: &mut Receiver<Changed>) {
    loop {
        let left = next.saturating_sub(app.store.now());
        let left = Duration::from_micros(u64::try_from(left).unwrap_or(0));
        if left.is_zero() {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(left.min(TICK)) => {}
            changed = changes.recv() => match changed {
                Ok(changed) if changed.what == What::Access => return,
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => return,
                Err(RecvError::Closed) => return tokio::time::sleep(TICK).await,
            },
        }
    }
}

/// Writes down when permissions were used, now and then.
async fn keep_uses(app: App) {
    loop {
        tokio::time::sleep(FLUSH).await;
        if let Err(error) = uses::flush(&app).await {
            tracing::warn!(%error, "cannot write down the last uses of permissions; trying again");
        }
    }
}

/// Writes down how many refusals there were beyond those that were written one by one.
async fn count_refusals(app: App) {
    loop {
        tokio::time::sleep(COUNT).await;
        if let Err(error) = refusals::flush(&app, app.store.now()).await {
            tracing::warn!(%error, "cannot write down how much was refused; trying again");
        }
    }
}
