//! `ringfence serve`: the server until somebody stops it.

use std::net::SocketAddr;
use std::path::PathBuf;

use acts::App;
use clap::Args;
use tokio::net::TcpListener;

use super::Place;
use crate::anchor::Anchors;
use crate::mail::{self, Mailer};
use crate::{Error, jobs};
use web::Config;
use web::crowd::Room;
use web::listen::{self, Door};
use web::proxies::Proxies;
use web::rates::Rates;

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
    /// A mail server to send invitations and password resets through: smtps://USER:PASSWORD@HOST, or smtp://HOST:587
    /// with STARTTLS (`?tls=none` does without). Without one, mails stay in the outbox, for people to pass on.
    #[arg(long, env = "RINGFENCE_SMTP_URL", hide_env_values = true)]
    smtp_url: Option<String>,
    /// As whom mails are sent: Acme Phones <phones@acme.example>.
    #[arg(long, env = "RINGFENCE_MAIL_FROM")]
    mail_from: Option<String>,
    /// The proxies that stand before the server, as networks or addresses: 127.0.0.1,10.0.0.0/8. What they write into
    /// `X-Forwarded-For` or `Forwarded` is the client's address, for whatever is counted by that; of anybody else such
    /// headers count for nothing. Without it, all clients behind a proxy are one.
    #[arg(
        long,
        value_name = "CIDR[,CIDR]",
        default_value = "",
        hide_default_value = true,
        env = "RINGFENCE_TRUSTED_PROXIES"
    )]
    trusted_proxies: Proxies,
    /// How many connections one client address may have open; trusted proxies may have all that there is room for.
    #[arg(long, value_name = "N", default_value_t = 256, env = "RINGFENCE_CONNECTIONS_PER_ADDRESS")]
    connections_per_address: usize,
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

    /// The mail server, where one is set up. The links in mails lead to the public address: the one that a request
    /// claims to have come to may be anybody's.
    fn mailer(&self) -> Result<Option<Mailer>, Error> {
        let Some(url) = &self.smtp_url else { return Ok(None) };
        let from = self.mail_from.as_deref().ok_or("--smtp-url needs --mail-from")?;
        let address = self.public_url.as_deref().ok_or("--smtp-url needs --public-url")?;
        Mailer::new(url, from, &trimmed(address)).map(Some)
    }

    /// Serves until a signal stops it.
    pub async fn run(self, at: &Place) -> Result<(), Error> {
        let mailer = self.mailer()?;
        let app = App { sends_mail: mailer.is_some(), ..at.open().await? };
        knows_key(&app).await?;
        crate::demo::confines::check(&app.store, self.demo, app.sends_mail, self.public_url.as_deref())
            .await?;
        let anchors = self.anchor.as_deref().map(Anchors::open).transpose()?;
        let listener = TcpListener::bind(self.listen).await.map_err(|e| {
            format!("cannot listen on {}: {e}; choose another address with --listen", self.listen)
        })?;
        let address = listener.local_addr()?;
        let config = Config {
            data: at.data.clone(),
            secure_cookies: !self.insecure_cookies,
            address,
            trusted_proxies: self.trusted_proxies.clone(),
            public_url: self.public_url.as_deref().map(trimmed),
            sends_mail: app.sends_mail,
        };
        let room = Room::here(self.connections_per_address);
        let door = Door { room, trusted_proxies: self.trusted_proxies.clone() };
        let server = crate::assemble(app, config, Rates::new());
        if self.demo {
            crate::demo::make(&server).await?;
        }
        greet(&server.app, address).await?;
        tokio::spawn(mail::run(server.app.store.clone(), mailer));
        let app = server.app.clone();
        jobs::start(&app);
        let (served, done) = tokio::sync::oneshot::channel::<()>();
        let store = server.app.store.clone();
        let anchoring = anchors.map(|anchors| tokio::spawn(anchors.keep(store, async { drop(done.await) })));
        tokio::select! {
            ended = listen::serve(listener, door, crate::router(server), stopped()) => ended?,
            // Open live streams would keep the server for ever.
            () = long_stopped() => {}
            () = jobs::key_replaced(&app) => return Err(OTHER_KEY.into()),
        }
        drop(served);
        jobs::finish(&app).await;
        if let Some(anchoring) = anchoring {
            anchoring.await?;
        }
        Ok(())
    }
}

/// Refuses to serve with another key than the database is used with: what the other servers sealed could not be opened,
/// and every PIN that was set there would be wrong.
async fn knows_key(app: &App) -> Result<(), Error> {
    if app.store.knows_key().await? {
        return Ok(());
    }
    Err(OTHER_KEY.into())
}

const OTHER_KEY: &str = "this server's key is not the one that the database is used with. Give it that key with --seal-key \
    FILE: it is the seal.key in the data folder of the first server. Where it is lost, `ringfence seal-key replace` goes on \
    without it";

/// An address without a slash at the end.
fn trimmed(url: &str) -> String {
    url.trim_end_matches('/').to_owned()
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
    let demo = workspaces.iter().any(|workspace| workspace.is_demo);
    if let Some(warning) = open_to_all(address).filter(|_| demo) {
        println!("{warning}");
    }
    Ok(())
}

/// Said of a demo, whose people a click signs in, where other machines reach it.
fn open_to_all(address: SocketAddr) -> Option<String> {
    let warning = format!(
        "Warning: whoever reaches {address} signs in to the demo companies as their Owner, without a password. Keep them to \
         this machine with --listen 127.0.0.1:{}, or delete them: ringfence workspace delete-demo",
        address.port()
    );
    (!address.ip().is_loopback()).then_some(warning)
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

#[cfg(test)]
mod tests {
    use super::open_to_all;

    #[test]
    fn a_demo_that_other_machines_reach_is_warned_of_and_one_on_this_machine_is_not() {
        for here in ["127.0.0.1:8080", "127.3.2.1:80", "[::1]:8080"] {
            assert_eq!(open_to_all(here.parse().unwrap()), None, "{here}");
        }
        for there in ["0.0.0.0:8080", "[::]:8080", "192.168.1.5:8080"] {
            let warning = open_to_all(there.parse().unwrap()).unwrap();
            let parts = [there, "as their Owner", "--listen 127.0.0.1:8080", "delete-demo"];
            assert!(parts.iter().all(|part| warning.contains(part)) && !warning.contains('\n'), "{warning}");
        }
    }
}
