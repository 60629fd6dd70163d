//! Where a demo may be: anybody signs in to it as its Owner, so it stays on its machine and writes to nobody.

use std::net::IpAddr;

use axum::http::Uri;
use store::Store;

use crate::Error;

/// Refuses to send mail, and to be reached at an address that is not this machine's, where there is a demo or one is to
/// be made.
pub async fn check(
    store: &Store,
    makes_demo: bool,
    sends_mail: bool,
    public_url: Option<&str>,
) -> Result<(), Error> {
    let workspaces = store.workspaces().await?;
    let is_there = workspaces.iter().any(|workspace| workspace.is_demo);
    let flag = match public_url {
        _ if sends_mail => "--smtp-url",
        Some(url) if !is_here(url) => "--public-url",
        _ => return Ok(()),
    };
    let why = "anybody who reaches a demo signs in to it as its Owner, with a click";
    if is_there {
        let mend = "remove them first: ringfence workspace delete-demo";
        return Err(format!("{flag} is not for a server with demo companies, since {why}; {mend}").into());
    }
    if makes_demo && workspaces.is_empty() {
        let mend = "start with `ringfence serve` without --demo, after `ringfence workspace create`";
        return Err(format!("{flag} is not for a demo, since {why}; {mend}").into());
    }
    Ok(())
}

/// Whether an address is this machine's own: localhost, 127.0.0.0/8 or ::1.
fn is_here(url: &str) -> bool {
    let address = url.parse::<Uri>().ok();
    let host = address.as_ref().and_then(Uri::host).unwrap_or_default();
    let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || ip.is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_here;

    #[test]
    fn only_this_machines_own_addresses_are_here() {
        for here in [
            "http://localhost:8080",
            "https://LOCALHOST",
            "http://127.0.0.1:1",
            "http://127.9.9.9/",
            "http://[::1]:80",
        ] {
            assert!(is_here(here), "{here}");
        }
        for elsewhere in [
            "https://phone.example.com",
            "http://localhost.example.com",
            "http://128.0.0.1",
            "http://[::2]",
            "nonsense here",
            "",
        ] {
            assert!(!is_here(elsewhere), "{elsewhere}");
        }
    }
}
