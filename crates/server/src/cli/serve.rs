//! `ringfence serve`: the server until somebody stops it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use tokio::net::TcpListener;
use workspace::App;

use super::Place;
use crate::Error;
use crate::anchor::Anchors;
use crate::{Config, Server, dispatch, listen};

/// How to serve.
#[derive(Debug, Clone, Args)]
pub struct Serve {
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:8080", env = "RINGFENCE_LISTEN")]
    listen: SocketAddr,
    /// Make a demo company for each preset, where the database has no workspace yet.
    #[arg(long)]
    demo: bool,
    /// The address that people use, where a proxy stands before the server: https://phone.example.com.
    #[arg(long, env = "RINGFENCE_PUBLIC_URL")]
    public_url: Option<String>,
    /// A proxy stands before the server: count clients by the last address in its `X-Forwarded-For` header. Without
    /// a proxy that writes it, anybody could write anything there.
    #[arg(long, env = "RINGFENCE_BEHIND_PROXY")]
    behind_proxy: bool,
    /// Send cookies over plain HTTP too, for browsers that do not take secure ones from this machine (Safari).
    #[arg(long)]
    insecure_cookies: bool,
    /// A file outside the database to which the ends of the audit logs are added while they grow, so that a log that
    /// is cut off or written anew is found: `ringfence audit verify --anchor FILE`.
    #[arg(long, value_name = "FILE", env = "RINGFENCE_ANCHOR")]
    anchor: Option<PathBuf>,
}

impl Serve {
    /// The same, with the demo where there is no workspace: what happens without any command.
    #[must_use]
    pub fn or_demo(self) -> Serve {
        Serve { demo: true, ..self }
    }

    /// Serves until a signal stops it.
    pub async fn run(self, at: &Place) -> Result<(), Error> {
        let app = at.open().await?;
        let anchors = self.anchor.as_deref().map(Anchors::open).transpose()?;
        let listener = TcpListener::bind(self.listen).await.map_err(|e| {
            format!("cannot listen on {}: {e}; choose another address with --listen", self.listen)
        })?;
        let address = listener.local_addr()?;
        let config = Config {
            data: at.data.clone(),
            secure_cookies: !self.insecure_cookies,
            behind_proxy: self.behind_proxy,
            public_url: self.public_url.map(|url| url.trim_end_matches('/').to_owned()),
        };
        let server = Server { app, config: Arc::new(config), streams: crate::live::Streams::default() };
        if self.demo {
            crate::demo::make(&server).await?;
        }
        greet(&server.app, address).await?;
        let (served, done) = tokio::sync::oneshot::channel::<()>();
        let store = server.app.store.clone();
        let anchoring = anchors.map(|anchors| tokio::spawn(anchors.keep(store, async { drop(done.await) })));
        tokio::select! {
            ended = listen::serve(listener, dispatch::router(server), stopped()) => ended?,
            // Open live streams would keep the server for ever.
            () = long_stopped() => {}
        }
        drop(served);
        if let Some(anchoring) = anchoring {
            anchoring.await?;
        }
        Ok(())
    }
}

/// Says where to go.
async fn greet(app: &App, address: SocketAddr) -> Result<(), Error> {
    let workspaces = app.store.workspaces().await?;
    println!("Ringfence is at http://{address}/");
    for workspace in &workspaces {
        let preset = access::Preset::by_key(&workspace.preset).map_or("", |p| p.name.as_str());
        println!("  {:<24} {:<16} http://{address}/w/{}", workspace.name, preset, workspace.slug);
    }
    if workspaces.is_empty() {
        println!("There is no workspace yet. Make one: ringfence workspace create --help");
    }
    Ok(())
}

/// Waits for Ctrl-C or the signal that service managers send.
async fn stopped() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}

/// Waits for the same, and then for what is under way to end.
async fn long_stopped() {
    stopped().await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
}
