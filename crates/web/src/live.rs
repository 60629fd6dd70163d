//! The live stream of an open page: told at once when something changes, and why when access ends (ALL-03, NUA-08).

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use access::model::Standing;
use access::{Id, Micros, Permission};
use acts::Refusal;
use acts::kernel::secrets::token_hash;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use store::{Changed, Identity, What};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::sync::{Notify, mpsc};
use tokio_stream::wrappers::ReceiverStream;

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

/// So many streams are open of one user. The pages of a browser share one, so that this is for devices and windows.
const PER_USER: usize = 8;

/// The streams that are open, by workspace and user, the oldest first; each with what ends it.
#[derive(Debug, Clone, Default)]
pub struct Streams(Arc<Mutex<Open>>);

type Open = HashMap<(i64, Id), VecDeque<Arc<Notify>>>;

/// A place among the streams of a user, until it is dropped.
struct Seat {
    streams: Streams,
    user: (i64, Id),
    ends: Arc<Notify>,
}

impl Streams {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a new stream. Where a user has too many, their oldest one ends: a page that was just opened is
    /// looked at, and one that was left open long ago asks again when it is.
    fn seat(&self, user: (i64, Id)) -> Seat {
        let ends = Arc::new(Notify::new());
        let mut open = self.open();
        let seats = open.entry(user).or_default();
        seats.push_back(ends.clone());
        if seats.len() > PER_USER
            && let Some(oldest) = seats.pop_front()
        {
            oldest.notify_one();
        }
        Seat { streams: self.clone(), user, ends }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.streams.open();
        if let Some(seats) = open.get_mut(&self.user) {
            seats.retain(|ends| !Arc::ptr_eq(ends, &self.ends));
            if seats.is_empty() {
                open.remove(&self.user);
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
/// session no longer holds, `rest` when the stream ends because the user has too many newer ones.
pub async fn stream(request: Request, who: Identity, _: ()) -> Result<Events, Refusal> {
    let token_hash = token_hash(request.secret.as_deref().unwrap_or_default());
    let workspace = who.actor.snapshot().model().workspace;
    let seat = request.server.streams.seat((workspace, who.owner()));
    let (page, events) = mpsc::channel(8);
    let of_another_page = address(&request) != request.uri.path_and_query().map_or("", |p| p.as_str());
    let changes = request.server.app.store.subscribe();
    let stream = Stream {
        workspace,
        token_hash,
        home: format!("/w/{}", request.slug()),
        server: request.server,
        page,
    };
    tokio::spawn(async move {
        let told = async {
            if of_another_page {
                stream.go(stream.home.clone()).await
            } else {
                stream.run(changes, who).await
            }
        };
        tokio::select! {
            () = told => {}
            // Not waited for: a page that reads nothing must not keep its place.
            () = seat.ends.notified() => drop(stream.page.try_send(Ok(Event::default().event("rest").data("rest")))),
        }
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
