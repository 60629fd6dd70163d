//! The faces of Ringfence: console, REST, AuthZEN, live stream, command line.
//!
//! Start at [`endpoints`], the table of everything that can be called, and [`dispatch`], the way of a request.

mod anchor;
pub mod authzen;
pub mod cli;
pub mod cookie;
pub mod crowd;
mod demo;
pub mod dispatch;
pub mod download;
pub mod endpoint;
pub mod endpoints;
mod host;
pub mod import;
pub mod input;
pub mod jobs;
mod json;
pub mod listen;
pub mod live;
pub mod mail;
mod multipart;
pub mod openapi;
pub mod output;
pub mod own_secret;
pub mod pages;
mod password_first;
pub mod private;
pub mod proxies;
pub mod rates;
pub mod recordings;
pub mod refuse;
pub mod request;
pub mod rest;
mod schema;
pub mod seal_key;
pub mod ui;
mod unread;
mod viewing;

pub mod console;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use acts::App;

/// Why a command could not be carried out, for whoever typed it.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

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
    /// What people see instead of what they asked for.
    pub pages: &'static pages::Pages,
}

impl Server {
    /// A server that nobody has asked anything yet.
    pub fn new(app: App, config: Config, rates: rates::Rates, pages: &'static pages::Pages) -> Server {
        Server { app, config: Arc::new(config), streams: live::Streams::default(), rates, pages }
    }
}

/// A server with the console's pages.
pub fn assemble(app: App, config: Config, rates: rates::Rates) -> Server {
    Server::new(app, config, rates, &console::PAGES)
}

/// The router of everything that can be called.
pub fn router(server: Server) -> axum::Router {
    dispatch::router(server, endpoints::all())
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
fn recordings_folder(data: &Path, workspace: i64) -> PathBuf {
    data.join("recordings").join(workspace.to_string())
}
