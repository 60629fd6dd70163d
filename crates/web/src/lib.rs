//! The way of a request: what an endpoint is, who asks, what it sends, the decision, the answer, and the refusals. It knows
//! no page and no endpoint; whoever puts a server together hands them in.
//!
//! Start at [`endpoint`], which hands a handler its proof, and [`dispatch`], the way from a connection to a handler.

pub mod bodies;
pub mod cookie;
pub mod crowd;
pub mod dispatch;
pub mod download;
pub mod endpoint;
mod host;
pub mod input;
mod json;
pub mod listen;
pub mod live;
mod multipart;
pub mod openapi;
pub mod output;
pub mod own_secret;
pub mod pages;
pub mod password_first;
pub mod proxies;
pub mod rates;
pub mod recordings;
pub mod refuse;
pub mod request;
pub mod schema;
mod unread;
pub mod viewing;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use acts::App;

/// A server: the acts, and how it is set up.
#[derive(Clone)]
pub struct Server {
    /// The acts.
    pub app: App,
    /// How it is set up.
    pub config: Arc<Config>,
    /// The live streams that are open.
    pub streams: live::Streams,
    /// How many requests each caller sent lately.
    pub rates: rates::Rates,
    /// The bodies that are being read.
    pub bodies: bodies::Bodies,
    /// What people see instead of what they asked for.
    pub pages: &'static pages::Pages,
}

impl Server {
    /// A server that nobody has asked anything yet.
    pub fn new(app: App, config: Config, rates: rates::Rates, pages: &'static pages::Pages) -> Server {
        let (streams, bodies) = (live::Streams::default(), bodies::Bodies::default());
        Server { app, config: Arc::new(config), streams, rates, bodies, pages }
    }
}

/// How a server is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where recordings are kept.
    pub data: PathBuf,
    /// Whether cookies are `Secure`: on, unless somebody serves plain HTTP to a browser that insists.
    pub secure_cookies: bool,
    /// Where it listens.
    pub address: SocketAddr,
    /// The proxies that are believed when they say whom they pass on.
    pub trusted_proxies: proxies::Proxies,
    /// The address that callers use, without a slash at the end, where it is not the one that it listens on.
    pub public_url: Option<String>,
    /// Whether mails are sent; else they are kept for people to pass on. The acts are told the same ([`App::sends_mail`]).
    pub sends_mail: bool,
}

impl Config {
    /// The server's own address, without a slash at the end: never what a request says that it is.
    pub fn own_url(&self) -> String {
        let address = || match self.address.ip() {
            ip if ip.is_unspecified() => format!("http://localhost:{}", self.address.port()),
            _ => format!("http://{}", self.address),
        };
        self.public_url.clone().unwrap_or_else(address)
    }

    /// The folder of a workspace's recordings.
    pub fn recordings(&self, workspace: i64) -> PathBuf {
        recordings_folder(&self.data, workspace)
    }
}

/// The folder of a workspace's recordings below the data folder.
pub fn recordings_folder(data: &Path, workspace: i64) -> PathBuf {
    data.join("recordings").join(workspace.to_string())
}
