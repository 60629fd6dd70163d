//! The faces of Ringfence put together: the table of endpoints, the command line, jobs, mail, import, the demo.
//!
//! Start at [`endpoints`], the table of everything that can be called.

mod anchor;
pub mod cli;
mod demo;
pub mod endpoints;
pub mod import;
pub mod jobs;
pub mod mail;
pub mod private;
pub mod seal_key;

use acts::App;
use web::rates::Rates;
use web::{Config, Server, dispatch};

/// Why a command could not be carried out, for whoever typed it.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// A server with the console's pages.
pub fn assemble(app: App, config: Config, rates: Rates) -> Server {
    Server::new(app, config, rates, &console::PAGES)
}

/// The router of everything that can be called.
pub fn router(server: Server) -> axum::Router {
    dispatch::router(server, endpoints::all())
}
