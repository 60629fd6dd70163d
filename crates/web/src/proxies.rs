//! Proxies before the server: whose word on a client's address counts, and which address that comes to.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Once;

use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ipnet::IpNet;

/// The networks in which the proxies are that are believed. None: nobody is.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<IpNet>);

impl FromStr for Proxies {
    type Err = String;

    /// Networks (`10.0.0.0/8`) or single addresses (`192.0.2.7`, `2001:db8::1`), separated by commas.
    fn from_str(text: &str) -> Result<Proxies, String> {
        let network = |part: &str| {
            let address = |_| part.parse::<IpAddr>().map(IpNet::from);
            let network = part.parse::<IpNet>().or_else(address);
            network.map_err(|_| format!("`{part}` is neither a network like 10.0.0.0/8 nor an address"))
        };
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(network)
            .collect::<Result<_, _>>()
            .map(Proxies)
    }
}

impl Proxies {
    /// Whether what comes from there is what a proxy of ours passes on.
    pub fn trust(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The client's address, as strangers are counted by it: of the hops that proxies wrote down (RFC 7239, section 5.2,
    /// or `X-Forwarded-For`), read from the nearest one back, the first that is no trusted proxy. What stands before
    /// that, a client may have made up; and where one cannot be read, the nearest that could counts.
    pub fn client(&self, parts: &Parts) -> String {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        let client = peer.map(|peer| counted(self.behind(peer, &parts.headers)));
        client.map_or_else(String::new, |client| client.to_string())
    }

    fn behind(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let written = [
            headers.contains_key("x-forwarded-for").then(|| self.walk(peer, &forwarded_for(headers))),
            headers.contains_key("forwarded").then(|| self.walk(peer, &forwarded(headers))),
        ];
        match written {
            [Some(one), Some(other)] if counted(one) != counted(other) => {
                // One of them is the client's own word, passed on by a proxy that writes only the other.
                warn_once(self.trust(peer), "`Forwarded` and `X-Forwarded-For` differ");
                peer
            }
            [Some(one), _] | [None, Some(one)] => one,
            [None, None] => peer,
        }
    }

    /// Goes back from the peer, hop by hop, for as long as whoever wrote the hop down is trusted.
    fn walk(&self, peer: IpAddr, hops: &[String]) -> IpAddr {
        let mut nearest = peer.to_canonical();
        for hop in hops.iter().rev() {
            if !self.trust(nearest) {
                break;
            }
            let Some(address) = address(hop) else {
                warn_once(true, "a proxy wrote down a client that cannot be read as an address");
                break;
            };
            nearest = address.to_canonical();
        }
        nearest
    }
}

/// Said once: whoever can send such a header could fill the log with it.
fn warn_once(trusted: bool, what: &str) {
    static ONCE: Once = Once::new();
    if trusted {
        ONCE.call_once(|| tracing::warn!("{what}: the nearest proxy's address counts in its place"));
    }
}

/// The lines of a header, each as it came.
fn lines(headers: &HeaderMap, name: &str) -> impl Iterator<Item = String> {
    headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn forwarded_for(headers: &HeaderMap) -> Vec<String> {
    let cut = |line: String| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    lines(headers, "x-forwarded-for").flat_map(cut).collect()
}

/// What stands for a hop that cannot be read.
const UNREADABLE: String = String::new();

/// The `for` of each element of a `Forwarded` header (RFC 7239, section 4). Each line is cut by itself: quotes that a
/// client left open in one of its own take nothing in that a proxy wrote into the next. A line whose quotes do not close
/// is one hop that cannot be read: where they are a client's, what a proxy added behind them can be told from nothing.
fn forwarded(headers: &HeaderMap) -> Vec<String> {
    let hops = |line: String| match cut(&line, ',') {
        Some(elements) => elements.into_iter().map(named).collect(),
        None => vec![UNREADABLE],
    };
    lines(headers, "forwarded").flat_map(hops).collect()
}

/// What an element names as `for`.
fn named(element: &str) -> String {
    let pairs = cut(element, ';').unwrap_or_default();
    let mut values = pairs.iter().filter_map(|pair| pair.split_once('='));
    let found = values.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    found.map_or(UNREADABLE, |(_, value)| value.to_owned())
}

/// The parts between separators that do not stand in quotes, in which a backslash takes the next character as it is
/// (RFC 9110, section 5.6.4). None where quotes do not close, or are anything but a whole value: they may be another's.
fn cut(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut quoted, mut escaped, mut good) = (false, false, true);
    let mut before = separator;
    let parts = text.split(|c: char| {
        if quoted {
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            return false;
        }
        if c.is_whitespace() {
            return false;
        }
        good &= (c != '"' || before == '=') && (before != '"' || matches!(c, ';' | ','));
        quoted = c == '"';
        before = c;
        c == separator
    });
    let parts = parts.collect();
    (good && !quoted).then_some(parts)
}

/// An address as proxies write it: plain, with a port (`192.0.2.7:51234`), in brackets, in quotes, with spaces around.
fn address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim().trim_matches('"').trim();
    let with_port = || hop.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    hop.parse().ok().or_else(with_port).or_else(in_brackets)
}

/// An IPv6 customer has at least 64 bits to choose from (RFC 6177, section 2): all of them are one client, or else
/// one customer would be as many strangers as they like.
pub fn counted(address: IpAddr) -> IpAddr {
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

    use super::Proxies;

    /// The client of a request with these headers, where 192.0.2.0/24 and 2001:db8:aa::/48 are trusted.
    fn client(peer: &str, headers: &[(&str, &str)]) -> String {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        "192.0.2.0/24, 2001:db8:aa::/48".parse::<Proxies>().unwrap().client(&parts)
    }

    fn told(value: &str) -> String {
        client("192.0.2.7:1", &[("x-forwarded-for", value)])
    }

    #[test]
    fn what_anybody_but_a_trusted_proxy_says_of_addresses_counts_for_nothing() {
        let made_up = [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=198.51.100.1")];
        assert_eq!(client("203.0.113.9:1", &made_up), "203.0.113.9");
        let (mut parts, ()) =
            Request::builder().header("x-forwarded-for", "198.51.100.1").body(()).unwrap().into_parts();
        parts.extensions.insert(ConnectInfo("192.0.2.7:1".parse::<SocketAddr>().unwrap()));
        assert_eq!(Proxies::default().client(&parts), "192.0.2.7");
    }

    #[test]
    fn hops_are_walked_from_the_nearest_past_trusted_proxies() {
        assert_eq!(told("203.0.113.5, 198.51.100.1"), "198.51.100.1");
        assert_eq!(told("203.0.113.5,198.51.100.1,192.0.2.8, 192.0.2.9:443"), "198.51.100.1");
        let lines = [("x-forwarded-for", "203.0.113.5"), ("x-forwarded-for", "203.0.113.6, 198.51.100.1")];
        assert_eq!(client("192.0.2.7:1", &lines), "198.51.100.1");
        assert_eq!(told("192.0.2.8"), "192.0.2.8");
        assert_eq!(client("[2001:db8:aa::1]:1", &lines), "198.51.100.1");
        assert_eq!(client("[::ffff:192.0.2.7]:1", &lines), "198.51.100.1");
    }

    #[test]
    fn addresses_are_understood_as_proxies_write_them() {
        for written in [
            "198.51.100.1",
            "198.51.100.1:51234",
            " 198.51.100.1 ",
            "\"198.51.100.1\"",
            "\" 198.51.100.1:80 \"",
            "::ffff:198.51.100.1",
            "[::ffff:198.51.100.1]:443",
        ] {
            assert_eq!(told(written), "198.51.100.1", "{written}");
        }
        for written in ["2001:db8:1::2", "[2001:db8:1::2]", "[2001:db8:1::2]:443", "\"[2001:db8:1::2]:443\""]
        {
            assert_eq!(told(written), "2001:db8:1::", "{written}");
            let forwarded = format!("for=203.0.113.5, proto=https;by=\"a,b;c\";For={written};host=h");
            assert_eq!(client("192.0.2.7:1", &[("forwarded", &forwarded)]), "2001:db8:1::", "{written}");
        }
    }

    #[test]
    fn where_a_hop_cannot_be_read_the_nearest_that_can_counts() {
        for written in
            ["unknown", "_hidden", "", "198.51.100.1:99999", "[198.51.100.1", "1.2.3", "é", "198.51.100.1 x"]
        {
            assert_eq!(told(written), "192.0.2.7", "{written}");
            assert_eq!(told(&format!("203.0.113.5, {written}, 192.0.2.9")), "192.0.2.9", "{written}");
        }
        assert_eq!(client("192.0.2.7:1", &[("forwarded", "proto=https")]), "192.0.2.7");
    }

    #[test]
    fn quotes_that_a_client_leaves_open_hide_nothing_that_a_proxy_wrote() {
        let lines = |lines: &[&str]| {
            client("192.0.2.7:1", &lines.iter().map(|line| ("forwarded", *line)).collect::<Vec<_>>())
        };
        for open in
            ["for=198.51.100.7;x=\"", "\"", "for=\"198.51.100.7", "for=198.51.100.7;x=\"\\\"", "x=\"\\"]
        {
            for added in ["for=203.0.113.9", "for=\"203.0.113.9:443\"", "by=\"a\\\"b\";for=203.0.113.9"] {
                // In a line of its own, the proxy's word counts; in the client's, nobody can tell it from the client's.
                assert_eq!(lines(&[open, added]), "203.0.113.9", "{open} {added}");
                assert_eq!(lines(&[open, "for=192.0.2.8", added]), "203.0.113.9", "{open} {added}");
                assert_eq!(lines(&[&format!("{open}, {added}")]), "192.0.2.7", "{open} {added}");
            }
            // The walk ends there, with the nearest proxy that was named.
            assert_eq!(lines(&["for=198.51.100.7", open]), "192.0.2.7", "{open}");
            assert_eq!(lines(&[open, "for=192.0.2.8"]), "192.0.2.8", "{open}");
            assert_eq!(lines(&[open, "\";for=198.51.100.7", "for=203.0.113.9"]), "203.0.113.9", "{open}");
        }
        assert_eq!(lines(&["for=198.51.100.7;x=\"\\\"\", for=203.0.113.9"]), "203.0.113.9");
        assert_eq!(lines(&["for=198.51.100.7;x=\", \", for=203.0.113.9"]), "203.0.113.9");
        assert_eq!(lines(&["for=198.51.100.7\\, for=203.0.113.9"]), "203.0.113.9");
    }

    #[test]
    fn of_two_headers_that_differ_neither_is_believed() {
        let both = |one, other| client("192.0.2.7:1", &[("x-forwarded-for", one), ("forwarded", other)]);
        assert_eq!(both("198.51.100.1", "for=203.0.113.5"), "192.0.2.7");
        assert_eq!(both("198.51.100.1", "for=\"198.51.100.1:80\""), "198.51.100.1");
    }

    #[test]
    fn all_addresses_of_an_ipv6_network_are_one_client() {
        assert_eq!(client("[2001:db8:1:2:3:4:5:6]:1", &[]), "2001:db8:1:2::");
        assert_eq!(client("[::ffff:203.0.113.7]:1", &[]), "203.0.113.7");
    }

    #[test]
    fn what_is_no_network_is_refused_with_its_name() {
        for wrong in ["10.0.0.0/33", "localhost", "10.0.0.1,proxy"] {
            assert!(wrong.parse::<Proxies>().unwrap_err().contains("neither a network"), "{wrong}");
        }
        let trusted: Proxies = "127.0.0.1, ::1,10.0.0.0/8".parse().unwrap();
        assert!(trusted.trust("127.0.0.1".parse().unwrap()) && trusted.trust("::1".parse().unwrap()));
        assert!(!trusted.trust("127.0.0.2".parse().unwrap()));
    }
}
