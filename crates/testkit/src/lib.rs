//! A running server on either database, companies with people in it, and HTTP clients, for tests.
//!
//! Tests run on the embedded database, or on the PostgreSQL server that `RINGFENCE_TEST_POSTGRES` names; `./test`
//! runs them on both. Everything here panics when something is not as it must be: this is a test's own code.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets the unexpected should stop there and say where"
)]

mod client;
mod company;
mod database;
mod smtp;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use acts::App;
use server::jobs;
use store::Store;
use web::Config;
use web::crowd::Room;
use web::listen::{self, Door};
use web::proxies::Proxies;
use web::rates::Rates;

pub use client::{Answer, Client};
pub use company::{Company, Member, PASSWORD, TestCall};
pub use database::Database;
pub use smtp::{MailServer, Taken};

/// Room for all that tests do at once.
const ROOM: Room = Room { most: 10_000, per_address: 10_000 };

/// A server that listens on a port of its own, with a clock that tests move.
pub struct TestServer {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it runs on.
    pub app: App,
    /// The database under it.
    pub database: Database,
    clock: Arc<AtomicI64>,
}

impl TestServer {
    /// Starts a server on a fresh database.
    pub async fn start() -> TestServer {
        TestServer::on(Database::create().await).await
    }

    /// Starts a server on a fresh database, set up in another way.
    pub async fn start_with(set_up: impl FnOnce(&mut Config)) -> TestServer {
        TestServer::set_up(Database::create().await, set_up).await
    }

    /// Starts a server on a database that may have data already, as a second node would.
    pub async fn on(database: Database) -> TestServer {
        TestServer::set_up(database, |_| {}).await
    }

    /// Starts a server on a fresh database with so much room for connections, before which there is no proxy.
    pub async fn start_with_room(room: Room) -> TestServer {
        let alone = |config: &mut Config| config.trusted_proxies = Proxies::default();
        TestServer::listening(Database::create().await, room, Rates::none(), alone).await
    }

    /// Starts a server on a fresh database that takes so many requests.
    pub async fn start_with_rates(rates: Rates) -> TestServer {
        TestServer::listening(Database::create().await, ROOM, rates, |_| {}).await
    }

    async fn set_up(database: Database, set_up: impl FnOnce(&mut Config)) -> TestServer {
        TestServer::listening(database, ROOM, Rates::none(), set_up).await
    }

    async fn listening(
        database: Database,
        room: Room,
        rates: Rates,
        set_up: impl FnOnce(&mut Config),
    ) -> TestServer {
        let clock = Arc::new(AtomicI64::new(1_780_000_000_000_000));
        let time = clock.clone();
        let key = server::seal_key::kept_in(&database.folder).unwrap();
        let clock_of_store = Arc::new(move || time.load(Ordering::SeqCst));
        let store = Store::open(&database.url, clock_of_store, key).await.unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut config = Config {
            data: database.folder.clone(),
            secure_cookies: true,
            address,
            trusted_proxies: "127.0.0.1".parse().unwrap(),
            public_url: None,
            sends_mail: false,
        };
        set_up(&mut config);
        let app = App { sends_mail: config.sends_mail, ..App::new(store) };
        let door = Door { room, trusted_proxies: config.trusted_proxies.clone() };
        let server = server::assemble(app.clone(), config, rates);
        jobs::start(&app);
        let router = server::router(server);
        tokio::spawn(async move { listen::serve(listener, door, router, std::future::pending()).await });
        TestServer { address, app, database, clock }
    }

    /// The server's address for clients.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lets time pass.
    pub fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// The server's present moment, in microseconds since the Unix epoch.
    pub fn now(&self) -> i64 {
        self.clock.load(Ordering::SeqCst)
    }

    /// A moment to come, as the API writes moments.
    pub fn later(&self, seconds: i64) -> String {
        acts::Moment(self.now() + seconds * 1_000_000).to_string()
    }

    /// A client without credentials.
    pub fn stranger(&self) -> Client {
        Client::new(self.url(), None)
    }

    /// A company created from a preset, with nobody but its first user.
    pub async fn company(&self, preset: &str) -> Company<'_> {
        Company::found(self, preset).await
    }

    /// Where the recordings of this server are.
    pub fn data(&self) -> PathBuf {
        self.database.folder.clone()
    }
}
