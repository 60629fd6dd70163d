//! Connections: accepted, with limits on how long a client may take to ask, and told from where they come.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::http::request::Parts;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulConnection, GracefulShutdown};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

/// So long may a client take for the head of a request, and so long may a connection lie idle.
const HEAD_WITHIN: Duration = Duration::from_secs(30);

/// Serves until `stop` is ready, then lets the requests that are under way end.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) -> io::Result<()> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD_WITHIN).keep_alive_timeout(HEAD_WITHIN);
    let graceful = GracefulShutdown::new();
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
        let connection = connection(&builder, stream, peer, router.clone());
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, %peer, "a connection ended early");
            }
        });
    }
    graceful.shutdown().await;
    Ok(())
}

/// One connection, answered by the router.
fn connection(
    builder: &Builder<TokioExecutor>,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
) -> impl GracefulConnection<Error = Box<dyn std::error::Error + Send + Sync>> + Send + 'static {
    let answer = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    // An answer in several parts must not wait for the client's acknowledgements.
    let _ = stream.set_nodelay(true);
    builder.serve_connection(TokioIo::new(stream), answer).into_owned()
}

/// The client's address as strangers are counted by it. Behind a proxy, the last hop that it wrote down: what stands
/// before that, a client may have made up.
pub fn client_address(parts: &Parts, behind_proxy: bool) -> String {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let hop = || {
        let last = parts.headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        last.rsplit(',').next()?.trim().parse().ok()
    };
    let address = if behind_proxy { hop().or(peer) } else { peer };
    address.map_or_else(String::new, |address| counted(address).to_string())
}

/// An IPv6 customer has at least 64 bits to choose from (RFC 6177): all of them are one client.
fn counted(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::extract::ConnectInfo;
    use axum::http::Request;

    use super::client_address;

    fn address(peer: &str, forwarded: &[&str], behind_proxy: bool) -> String {
        let mut request = Request::builder();
        for value in forwarded {
            request = request.header("x-forwarded-for", *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        client_address(&parts, behind_proxy)
    }

    #[test]
    fn what_a_client_says_of_its_address_counts_for_nothing_without_a_proxy() {
        assert_eq!(address("192.0.2.7:1", &["198.51.100.1"], false), "192.0.2.7");
    }

    #[test]
    fn behind_a_proxy_the_hop_counts_that_the_proxy_wrote_down() {
        let made_up = ["203.0.113.5", "203.0.113.6, 198.51.100.1"];
        assert_eq!(address("192.0.2.7:1", &made_up, true), "198.51.100.1");
        assert_eq!(address("192.0.2.7:1", &["no address"], true), "192.0.2.7");
    }

    #[test]
    fn all_addresses_of_an_ipv6_network_are_one_client() {
        assert_eq!(address("[2001:db8:1:2:3:4:5:6]:1", &[], false), "2001:db8:1:2::");
        assert_eq!(address("[::ffff:192.0.2.7]:1", &[], false), "192.0.2.7");
    }
}
