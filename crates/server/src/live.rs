//! The live stream of an open page: told at once when something changes, and why when access ends (ALL-03, NUA-08).

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use access::model::Standing;
use access::{Id, Micros, Permission, text};
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use store::{Changed, Identity, What};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use workspace::secrets::token_hash;
use workspace::{Code, Refusal};

use crate::Server;
use crate::output::Events;
use crate::request::Request;

/// What a page is told of a change. One that shows a refusal asks again only when access changed: being refused is itself
/// written into the audit log, so that asking again at every change would never end.
const fn word(what: What) -> &'static str {
    match what {
        What::Access => "access",
        What::Data | What::Log => "data",
    }
}

/// So many streams may one session have open: a tab each.
const PER_SESSION: usize = 24;

/// How many streams each session has open, by the hash of its token.
#[derive(Debug, Clone, Default)]
pub struct Streams(Arc<Mutex<HashMap<String, usize>>>);

/// A place among the streams of a session, until it is dropped.
struct Seat {
    streams: Streams,
    token_hash: String,
}

impl Streams {
    fn open(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seat(&self, token_hash: &str) -> Result<Seat, Refusal> {
        let mut open = self.open();
        let count = open.entry(token_hash.to_owned()).or_insert(0);
        if *count >= PER_SESSION {
            let message = text!("Too many pages of this session are open. Close some.");
            return Err(Refusal::because(Code::TooManyTries, message));
        }
        *count += 1;
        Ok(Seat { streams: self.clone(), token_hash: token_hash.to_owned() })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.streams.open();
        if let Some(count) = open.get_mut(&self.token_hash) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.token_hash);
            }
        }
    }
}

/// One stream: whose session, and what it has been told.
struct Stream {
    server: Server,
    workspace: i64,
    token_hash: String,
    home: String,
    page: mpsc::Sender<Result<Event, Infallible>>,
}

/// The address of the stream for a page: it says as whom the workspace is seen on that page, so that a page that comes
/// to listen late hears that this is over.
pub fn address(request: &Request) -> String {
    let seen_as = request.who.as_ref().filter(|who| who.viewer.is_some()).map(|who| who.actor.id());
    let query = seen_as.map_or_else(String::new, |user| format!("?as={user}"));
    format!("/w/{}/live{query}", request.slug())
}

/// Server-sent events: `change` when the page should be fetched again, `signed-out` with the address that says why when the
/// session no longer holds.
pub async fn stream(request: Request, who: Identity, _: ()) -> Result<Events, Refusal> {
    let token_hash = token_hash(request.secret.as_deref().unwrap_or_default());
    let seat = request.server.streams.seat(&token_hash)?;
    let (page, events) = mpsc::channel(8);
    let of_another_page = address(&request) != request.uri.path_and_query().map_or("", |p| p.as_str());
    let changes = request.server.app.store.subscribe();
    let stream = Stream {
        workspace: who.actor.snapshot().model().workspace,
        token_hash,
        home: format!("/w/{}", request.slug()),
        server: request.server,
        page,
    };
    tokio::spawn(async move {
        if of_another_page {
            stream.go(stream.home.clone()).await
        } else {
            stream.run(changes, who).await
        }
        drop(seat);
    });
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(15));
    Ok(Events(Sse::new(ReceiverStream::new(events)).keep_alive(keep_alive).into_response()))
}

impl Stream {
    /// Tells the page until it is closed or the session ends.
    async fn run(&self, mut changes: Receiver<Changed>, mut who: Identity) {
        let _ = self.page.send(Ok(Event::default().event("ready").data("ready"))).await;
        loop {
            // What expires by itself is a change too.
            let next = who.actor.snapshot().valid_until().min(who.expires_at.unwrap_or(Micros::MAX));
            let wait = u64::try_from(next.saturating_sub(self.server.app.store.now())).unwrap_or(0);
            let what = tokio::select! {
                () = self.page.closed() => return,
                () = tokio::time::sleep(Duration::from_micros(wait.min(86_400_000_000))) => What::Access,
                what = self.changed(&mut changes) => match what { Some(what) => what, None => return },
            };
            match self.server.app.store.by_session(&self.token_hash).await {
                // Another one looks, or is looked as: the whole page is another one. The page that asked for it is on its
                // way already and must not be called back.
                Ok(Some(now)) if now.viewer != who.viewer || now.actor.id() != who.actor.id() => {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    return self.go(self.home.clone()).await;
                }
                Ok(Some(now)) => who = now,
                Ok(None) => return self.sign_out(who.actor.id()).await,
                // The database is away; the page keeps what it has and asks again with the next change.
                Err(_) => continue,
            }
            // Who signs in and who is refused what shows to those alone who may read the log.
            if what == What::Log && !who.actor.holds(Permission::AuditRead) {
                continue;
            }
            if self.page.send(Ok(Event::default().event("change").data(word(what)))).await.is_err() {
                return;
            }
        }
    }

    /// Waits for a change of this workspace; none once nothing can change any more.
    async fn changed(&self, changes: &mut Receiver<Changed>) -> Option<What> {
        loop {
            match changes.recv().await {
                Ok(changed) if changed.workspace == self.workspace => return Some(changed.what),
                Ok(_) => {}
                // Too many to remember: something changed, that is all one needs to know.
                Err(RecvError::Lagged(_)) => return Some(What::Access),
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// Sends the page to sign in again, with the reason why it must (ALL-03).
    async fn sign_out(&self, user: Id) {
        let snapshot = self.server.app.store.snapshot(self.workspace).await;
        let standing = snapshot.map(|s| s.model().users.get(&user).map(|user| user.standing));
        let reason = match standing {
            Ok(None) => "deleted",
            Ok(Some(Standing::Banned)) => "banned",
            _ => "ended",
        };
        self.go(format!("{}/sign-in?reason={reason}", self.home)).await;
    }

    /// Sends the page to another address.
    async fn go(&self, address: String) {
        let _ = self.page.send(Ok(Event::default().event("signed-out").data(address))).await;
    }
}
