//! Connections: accepted as far as there is room, and with limits on how long a client may take to ask.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tower::ServiceExt as _;

use crate::crowd::{Crowd, Place, Room};
use crate::proxies::{Proxies, counted};

/// So long may a client take for the head of a request, and so long may a connection lie idle.
const HEAD_WITHIN: Duration = Duration::from_secs(30);

/// Where there is no room, so many more connections are heard out, whether the server works: the newest ones.
const RESERVE: usize = 16;

/// So long is one of the reserve heard.
const HEARD_FOR: Duration = Duration::from_secs(5);

/// So many requests at once on one HTTP/2 connection, and so many bytes of them on their way.
const STREAMS: u32 = 64;
const STREAM_WINDOW: u32 = 64 << 10;
const CONNECTION_WINDOW: u32 = 512 << 10;

/// What of the server is answered where there is no room.
const HEALTH: &str = "/healthz";

/// How connections are taken in.
#[derive(Debug, Clone)]
pub struct Door {
    /// How many there may be.
    pub room: Room,
    /// The proxies whose connections carry many clients.
    pub trusted_proxies: Proxies,
}

/// Serves until `stop` is ready, then lets the requests that are under way end.
pub async fn serve(
    listener: TcpListener,
    door: Door,
    router: Router,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let (builder, graceful) = (patient(), GracefulShutdown::new());
    let (crowd, mut reserve) = (Crowd::new(door.room), Reserve::default());
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, say: others may close some.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    continue;
                }
            },
        };
        let address = (!door.trusted_proxies.trust(peer.ip())).then(|| counted(peer.ip()));
        let Some(place) = crowd.enter(address) else {
            reserve.hear(stream, peer, router.clone());
            continue;
        };
        let taken = place.taken();
        let connection = graceful.watch(connection(&builder, stream, peer, router.clone(), place));
        tokio::spawn(async move {
            tokio::select! {
                ended = connection => if let Err(error) = ended {
                    tracing::debug!(%error, %peer, "a connection ended early");
                },
                () = taken => tracing::debug!(%peer, "an idle connection made room for another one"),
            }
        });
    }
    graceful.shutdown().await;
    Ok(())
}

fn patient() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD_WITHIN).keep_alive_timeout(HEAD_WITHIN);
    // What a client may send before anybody reads it is kept in memory.
    builder.http2().max_concurrent_streams(STREAMS).initial_stream_window_size(STREAM_WINDOW);
    builder.http2().initial_connection_window_size(CONNECTION_WINDOW);
    builder
}

/// One connection, answered by the router.
fn connection(
    builder: &Builder<TokioExecutor>,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    place: Place,
) -> impl GracefulConnection<Error = Box<dyn std::error::Error + Send + Sync>> + Send + 'static {
    let answer = service_fn(move |request: Request<Incoming>| {
        let answering = place.answering();
        let request = request.map(|body| place.receiving(Body::new(body)));
        let answer = router.clone().oneshot(from(peer, request));
        async move { Ok::<_, Infallible>(answer.await?.map(|body| answering.with(body))) }
    });
    // An answer in several parts must not wait for the client's acknowledgements.
    let _ = stream.set_nodelay(true);
    builder.serve_connection(TokioIo::new(stream), answer).into_owned()
}

fn from(peer: SocketAddr, mut request: Request<Body>) -> Request<Body> {
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

/// The connections beyond the room: each new one takes the place of the oldest, is heard for a moment, and hears of
/// anything but the server's health that there is no room.
#[derive(Default)]
struct Reserve(VecDeque<AbortHandle>);

impl Reserve {
    fn hear(&mut self, stream: TcpStream, peer: SocketAddr, router: Router) {
        let heard = tokio::spawn(tokio::time::timeout(HEARD_FOR, async move {
            let answer = service_fn(move |request: Request<Incoming>| {
                let router = router.clone();
                async move {
                    if request.uri().path() == HEALTH {
                        return router.oneshot(from(peer, request.map(Body::new))).await;
                    }
                    Ok::<_, Infallible>(no_room())
                }
            });
            let mut builder = Builder::new(TokioExecutor::new()).http1_only();
            builder.http1().keep_alive(false);
            drop(builder.serve_connection(TokioIo::new(stream), answer).await);
        }));
        self.0.push_back(heard.abort_handle());
        if self.0.len() > RESERVE
            && let Some(oldest) = self.0.pop_front()
        {
            oldest.abort();
        }
    }
}

fn no_room() -> Response {
    let head = [(header::RETRY_AFTER, HeaderValue::from_static("10"))];
    (StatusCode::SERVICE_UNAVAILABLE, head, "Too many connections are open. Try again in a moment.\n")
        .into_response()
}
