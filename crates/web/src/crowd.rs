//! The connections that are open, so that there are never too many: a new one takes the place of the one that has been
//! idle the longest, and neither heads that are never sent whole nor answers that are never read close the server to
//! anybody.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::Body;
use hyper::body::{Body as _, Bytes, Frame, SizeHint};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::sync::Notify;

/// More connections than this are not held, whatever the machine allows.
const MOST: usize = 10_000;

/// An answer of which nothing could be sent for so long keeps its place no longer than an idle connection does: its client
/// does not read. Live streams say something more often than that.
const STALLED: Duration = Duration::from_secs(60);

/// How many connections are held at once.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// From all addresses together.
    pub most: usize,
    /// From one client address; trusted proxies may have all.
    pub per_address: usize,
}

impl Room {
    /// The room on this machine. Half of the files that the process may open are for connections, the other half for the
    /// database and for what is sent from files; and no address takes more than half of the room.
    pub fn here(per_address: usize) -> Room {
        let most = (open_files() / 2).clamp(16, MOST);
        Room { most, per_address: per_address.clamp(1, most / 2) }
    }
}

/// How many files the process may open, after asking for as many as it may ask for.
fn open_files() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let allowed = if setrlimit(Resource::Nofile, raised).is_ok() { raised.current } else { limit.current };
    allowed.and_then(|files| usize::try_from(files).ok()).unwrap_or(usize::MAX)
}

/// The open connections, by their order of arrival.
#[derive(Debug, Clone)]
pub struct Crowd {
    room: Room,
    members: Arc<Mutex<Members>>,
}

#[derive(Debug, Default)]
struct Members {
    next: u64,
    all: BTreeMap<u64, Arc<Member>>,
}

/// One connection.
#[derive(Debug)]
struct Member {
    /// From where it counts; none behind a trusted proxy, which carries many clients.
    address: Option<IpAddr>,
    state: Mutex<State>,
    leave: Notify,
}

#[derive(Debug)]
struct State {
    /// How many requests are being answered.
    answers: usize,
    /// Of how many of those the body is still to come: while it is awaited, nothing is done for them.
    receiving: usize,
    /// When one last began, went on or ended.
    moved_at: Instant,
}

/// A connection's place, until it is dropped.
#[derive(Debug)]
pub struct Place {
    crowd: Crowd,
    number: u64,
    member: Arc<Member>,
}

/// A request that is being answered, until it is dropped: its connection is not idle.
#[derive(Debug)]
pub struct Answering(Arc<Member>);

impl Crowd {
    /// Nobody so far.
    pub fn new(room: Room) -> Crowd {
        Crowd { room, members: Arc::default() }
    }

    /// A place for a new connection, perhaps that of the one that has been idle the longest; none where all are busy.
    pub fn enter(&self, address: Option<IpAddr>) -> Option<Place> {
        let mut members = self.members();
        let same = |member: &Member| address.is_some() && member.address == address;
        if members.all.values().filter(|member| same(member)).count() >= self.room.per_address {
            members.send_away(same)?;
        } else if members.all.len() >= self.room.most {
            members.send_away(|_| true)?;
        }
        let state = Mutex::new(State { answers: 0, receiving: 0, moved_at: Instant::now() });
        let member = Arc::new(Member { address, state, leave: Notify::new() });
        let number = members.next;
        members.next += 1;
        members.all.insert(number, member.clone());
        Some(Place { crowd: self.clone(), number, member })
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Members {
    /// Sends the one away that has been idle the longest; where none is idle, the one that has stalled the longest.
    fn send_away(&mut self, among: impl Fn(&Member) -> bool) -> Option<()> {
        let idle = |(number, member): (&u64, &Arc<Member>)| Some((member.may_go()?, *number));
        let (_, number) = self.all.iter().filter(|(_, member)| among(member)).filter_map(idle).min()?;
        self.all.remove(&number)?.leave.notify_one();
        Some(())
    }
}

impl Member {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it may go for another one: those that answer nothing first, and of each those that have not moved the
    /// longest.
    fn may_go(&self) -> Option<(bool, Instant)> {
        let state = self.state();
        let answers = state.answers > 0;
        let waits = state.answers == state.receiving;
        (waits || state.moved_at.elapsed() > STALLED).then_some((answers, state.moved_at))
    }
}

impl Place {
    /// Ready when the connection must go for another one.
    pub fn taken(&self) -> impl Future<Output = ()> + Send + 'static {
        let member = self.member.clone();
        async move { member.leave.notified().await }
    }

    /// The body of a request, until whose end the connection only waits.
    pub fn receiving(&self, body: Body) -> Body {
        if body.is_end_stream() {
            return body;
        }
        self.member.state().receiving += 1;
        Body::new(Received { body, member: Some(self.member.clone()) })
    }

    /// Says that a request is being answered.
    pub fn answering(&self) -> Answering {
        let mut state = self.member.state();
        state.answers += 1;
        state.moved_at = Instant::now();
        Answering(self.member.clone())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.crowd.members().all.remove(&self.number);
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.answers -= 1;
        state.moved_at = Instant::now();
    }
}

impl Answering {
    /// The body of the answer, until whose end the connection is busy.
    pub fn with(self, body: Body) -> Body {
        Body::new(Answer { body, answering: self })
    }
}

/// The body of a request on its way; the member until its end.
struct Received {
    body: Body,
    member: Option<Arc<Member>>,
}

impl Received {
    fn end(&mut self) {
        if let Some(member) = self.member.take() {
            let mut state = member.state();
            state.receiving -= 1;
            state.moved_at = Instant::now();
        }
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        self.end();
    }
}

impl hyper::body::Body for Received {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        match &frame {
            Poll::Ready(Some(Ok(_))) if !self.body.is_end_stream() => {
                if let Some(member) = &self.member {
                    member.state().moved_at = Instant::now();
                }
            }
            Poll::Ready(_) => self.end(),
            Poll::Pending => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

struct Answer {
    body: Body,
    answering: Answering,
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        // Asked for more only as long as what was given before finds its way to the client.
        self.answering.0.state().moved_at = Instant::now();
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use std::time::Duration;

    use axum::body::Body;
    use hyper::body::Bytes;

    use super::{Crowd, Place, Room, STALLED};

    fn from(last: u8) -> Option<IpAddr> {
        Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)))
    }

    fn count(crowd: &Crowd) -> usize {
        crowd.members().all.len()
    }

    #[test]
    fn the_one_that_is_idle_the_longest_makes_place_and_a_busy_one_never_does() {
        let crowd = Crowd::new(Room { most: 3, per_address: 2 });
        let places: Vec<Place> = [1, 1, 2].map(|last| crowd.enter(from(last)).unwrap()).into();
        let busy = places[0].answering();
        let fourth = crowd.enter(from(3)).unwrap();
        let is_in = |place: &Place| crowd.members().all.contains_key(&place.number);
        assert!(is_in(&places[0]) && !is_in(&places[1]) && is_in(&places[2]) && is_in(&fourth));
        let answers: Vec<_> = [&places[2], &fourth].map(Place::answering).into();
        assert!(crowd.enter(from(4)).is_none(), "all are busy");
        drop((busy, answers));
        assert!(crowd.enter(from(4)).is_some());
        drop((places, fourth));
        assert_eq!(count(&crowd), 0);
    }

    #[test]
    fn an_answer_that_is_not_read_keeps_no_place_once_it_has_stalled() {
        let crowd = Crowd::new(Room { most: 2, per_address: 2 });
        let places: Vec<Place> = [1, 2].map(|last| crowd.enter(from(last)).unwrap()).into();
        let answers: Vec<_> = places.iter().map(Place::answering).collect();
        assert!(crowd.enter(from(3)).is_none(), "both answer");
        places[1].member.state().moved_at -= STALLED + Duration::from_secs(1);
        let third = crowd.enter(from(3)).unwrap();
        assert!(!crowd.members().all.contains_key(&places[1].number));
        assert!(crowd.enter(from(4)).is_some() && crowd.enter(from(4)).is_some(), "idle ones go first");
        assert!(crowd.members().all.contains_key(&places[0].number));
        drop((answers, third));
    }

    #[test]
    fn a_body_that_is_awaited_keeps_no_place() {
        let crowd = Crowd::new(Room { most: 2, per_address: 2 });
        let places: Vec<Place> = [1, 2].map(|last| crowd.enter(from(last)).unwrap()).into();
        let answers: Vec<_> = places.iter().map(Place::answering).collect();
        let (_, awaited) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(1);
        let awaited = Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(awaited));
        let body = places[1].receiving(awaited);
        let third = crowd.enter(from(3)).unwrap();
        assert!(!crowd.members().all.contains_key(&places[1].number));
        drop(body);
        let third_answers = third.answering();
        assert!(crowd.enter(from(4)).is_none(), "the others answer");
        drop((answers, third_answers));
    }

    #[test]
    fn one_address_takes_its_own_places_and_not_those_of_others() {
        let crowd = Crowd::new(Room { most: 4, per_address: 2 });
        let other = crowd.enter(from(9)).unwrap();
        let own: Vec<Place> = (0..20).map(|_| crowd.enter(from(1)).unwrap()).collect();
        assert_eq!(count(&crowd), 3);
        assert!(crowd.members().all.contains_key(&other.number));
        let busy: Vec<_> = own.iter().map(Place::answering).collect();
        assert!(crowd.enter(from(1)).is_none() && crowd.enter(from(2)).is_some());
        drop(busy);
    }

    #[test]
    fn a_trusted_proxy_has_the_whole_room() {
        let crowd = Crowd::new(Room { most: 4, per_address: 2 });
        let all: Vec<Place> = (0..4).map(|_| crowd.enter(None).unwrap()).collect();
        assert_eq!((all.len(), count(&crowd)), (4, 4));
    }
}
