//! The faces of Ringfence: console, REST, AuthZEN, live stream, command line.
//!
//! Start at [`endpoints`], the table of everything that can be called, and [`dispatch`], the way of a request.

mod anchor;
pub mod authzen;
pub mod cli;
pub mod cookie;
mod demo;
pub mod dispatch;
pub mod download;
pub mod endpoint;
pub mod endpoints;
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
pub mod recordings;
pub mod refuse;
pub mod request;
pub mod rest;
mod schema;
pub mod ui;
mod unread;
mod viewing;

pub mod console;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use workspace::App;

/// Why a command could not be carried out, for whoever typed it.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// A server: the acts, and how it is set up.
#[derive(Clone)]
pub struct Server {
    /// The acts.
    pub app: App,
    /// How it is set up.
    pub config: Arc<Config>,
    /// How many live streams each session has open.
    pub streams: live::Streams,
}

/// How a server is set up.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where recordings are kept.
    pub data: PathBuf,
    /// Whether cookies are `Secure`: on, unless somebody serves plain HTTP to a browser that insists.
    pub secure_cookies: bool,
    /// Whether a proxy stands before the server, whose last `X-Forwarded-For` hop is the client's address.
    pub behind_proxy: bool,
    /// The address that callers use, without a slash at the end; taken from the request where it is none.
    pub public_url: Option<String>,
    /// Whether mails are sent; else they are kept for people to pass on.
    pub sends_mail: bool,
}

impl Config {
    /// The folder of a workspace's recordings.
    pub fn recordings(&self, workspace: i64) -> PathBuf {
        recordings_folder(&self.data, workspace)
    }
}

/// The folder of a workspace's recordings below the data folder.
fn recordings_folder(data: &Path, workspace: i64) -> PathBuf {
    data.join("recordings").join(workspace.to_string())
}
