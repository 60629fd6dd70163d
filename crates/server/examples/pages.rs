//! How fast the console is: a hundred people who click once a second, on a company of a thousand people.
//!
//! `cargo run --release -p ringfence --example pages` builds and starts the server with its demo, grows the company,
//! and writes `docs/generated/pages.md`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    reason = "a measurement stops at whatever goes wrong, and nobody depends on it"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use serde_json::{Value, json};

const COMPANY: &str = "standard";
const PEOPLE: usize = 1_000;
const READERS: usize = 100;
const CLICKS: u32 = 30;
const LISTEN: &str = "127.0.0.1:18999";
const PAGES: [(&str, &str); 7] = [
    ("Home", ""),
    ("Users, page 1 of 20", "/users"),
    ("Users, a search", "/users?q=person+77"),
    ("A user's access", "/users/{user}"),
    ("Roles", "/roles"),
    ("Calls", "/calls"),
    ("Departments", "/departments"),
];

/// The server under measurement; stopped when dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::main]
async fn main() {
    let folder = std::env::temp_dir().join(format!("ringfence-pages-{}", std::process::id()));
    let _server = start(&folder).await;
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let owner = sign_in(&http, 0).await;
    let user = grow(&http, &owner).await;
    let readers: Vec<String> = futures(READERS, |n| sign_in(&http, n)).await;
    let document = report(&measure(&http, readers, user).await);
    std::fs::remove_dir_all(&folder).ok();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/generated/pages.md");
    std::fs::write(path, &document).unwrap();
    println!("{document}");
}

async fn futures<T, F: Future<Output = T>>(count: usize, each: impl Fn(usize) -> F) -> Vec<T> {
    let mut all = vec![];
    for n in 0..count {
        all.push(each(n).await);
    }
    all
}

/// The binary as people run it.
fn built() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let args = ["build", "--release", "-p", "ringfence", "--bin", "ringfence"];
    assert!(Command::new(cargo).args(args).status().unwrap().success(), "the server builds");
    let example = std::env::current_exe().unwrap();
    example.parent().and_then(Path::parent).unwrap().join("ringfence")
}

/// Starts the server on an empty folder with the demo: the binary that RINGFENCE_BIN names, else one built for it.
async fn start(folder: &Path) -> Server {
    let binary = std::env::var_os("RINGFENCE_BIN").map_or_else(built, PathBuf::from);
    let mut command = Command::new(binary);
    command.args(["serve", "--demo", "--listen", LISTEN, "--data"]).arg(folder);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let server = Server(child);
    for _ in 0..600 {
        if reqwest::get(format!("http://{LISTEN}/healthz")).await.is_ok_and(|answer| answer.status() == 200) {
            return server;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the server does not answer");
}

fn page(below: &str) -> String {
    format!("http://{LISTEN}/w/{COMPANY}{below}")
}

/// Signs in as one of the people that the demo's sign-in page offers; the session's cookie.
async fn sign_in(http: &reqwest::Client, nth: usize) -> String {
    let offered = http.get(page("/sign-in")).send().await.unwrap().text().await.unwrap();
    let users: Vec<&str> =
        offered.split("name=\"user\" value=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    // Somebody of the demo is banned: the next one comes instead.
    for next in nth.. {
        let answer = offer(http, users[next % users.len()]).await;
        if answer.headers().contains_key(LOCATION) {
            let cookies = answer.headers().get_all(SET_COOKIE).iter();
            let cookies = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
            return cookies.collect::<Vec<_>>().join("; ");
        }
    }
    unreachable!("somebody can sign in")
}

async fn offer(http: &reqwest::Client, user: &str) -> reqwest::Response {
    let origin = format!("http://{LISTEN}");
    http.post(page("/sign-in/demo"))
        .header("origin", &origin)
        .header("sec-fetch-site", "same-origin")
        .form(&[("user", user)])
        .send()
        .await
        .unwrap()
}

/// Adds people until there are a thousand; one of them.
async fn grow(http: &reqwest::Client, cookies: &str) -> u64 {
    let session = cookies.split("; ").find(|cookie| cookie.starts_with("__Host-ringfence-")).unwrap();
    let token = session.split_once('=').unwrap().1;
    let users = format!("http://{LISTEN}/api/v1/users");
    let list: Value = http.get(&users).bearer_auth(token).send().await.unwrap().json().await.unwrap();
    let there = usize::try_from(list["total"].as_i64().unwrap()).unwrap();
    let mut last = 0;
    for n in there..PEOPLE {
        let new = json!({ "email": format!("person{n}@grown.example"), "name": format!("Person {n}"), "invite": true });
        let added = loop {
            let added = http.post(&users).bearer_auth(token).json(&new).send().await.unwrap();
            // Nobody adds people faster than that.
            if added.status() != 429 {
                break added;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        };
        assert_eq!(added.status(), 201, "{}", added.text().await.unwrap());
        let added: Value = added.json().await.unwrap();
        last = added["user"]["id"].as_u64().unwrap();
    }
    last
}

type Times = Arc<Mutex<Vec<Vec<Duration>>>>;

/// Every reader opens one page a second, each beginning at another moment of it.
async fn measure(http: &reqwest::Client, readers: Vec<String>, user: u64) -> Vec<Vec<Duration>> {
    let times: Times = Arc::new(Mutex::new(vec![vec![]; PAGES.len()]));
    let mut tasks = vec![];
    for (n, cookies) in readers.into_iter().enumerate() {
        let (http, times) = (http.clone(), times.clone());
        tasks.push(tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(n as u64 * 1_000 / READERS as u64)).await;
            let mut clock = tokio::time::interval(Duration::from_secs(1));
            for click in 0..CLICKS + 3 {
                clock.tick().await;
                let which = (n + click as usize) % PAGES.len();
                let address = page(&PAGES[which].1.replace("{user}", &user.to_string()));
                let began = Instant::now();
                let answer = http.get(address).header(COOKIE, &cookies).send().await.unwrap();
                let _ = answer.bytes().await.unwrap();
                if click >= 3 {
                    times.lock().unwrap()[which].push(began.elapsed());
                }
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    Arc::try_unwrap(times).unwrap().into_inner().unwrap()
}

fn report(times: &[Vec<Duration>]) -> String {
    let mut text = String::from(
        "# How fast pages are\n\nWritten by `cargo run --release -p ringfence --example pages`; do not edit. Times depend \
         on the machine.\n\nA hundred people are signed in to the demo company grown to a thousand people; each opens a page \
         a second, whatever the server does meanwhile. The clock runs from the click to the last byte, and whoever asks \
         runs on the same machine.\n\n| page | opened | p50 | p99 | target |\n|---|---:|---:|---:|---|\n",
    );
    let mut all: Vec<Duration> = times.iter().flatten().copied().collect();
    for ((name, _), times) in PAGES.iter().zip(times) {
        let mut times = times.clone();
        row(&mut text, name, &mut times, "");
    }
    let p99 = row(&mut text, "**all**", &mut all, "p99 ≤ 20 ms");
    let verdict = if p99 <= Duration::from_millis(20) { "met" } else { "**missed**" };
    let _ = writeln!(text, "\nThe target is {verdict}.");
    text
}

fn row(text: &mut String, name: &str, times: &mut [Duration], target: &str) -> Duration {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    let (p50, p99) = (at(50), at(99));
    let _ = writeln!(text, "| {name} | {} | {:.1} ms | {:.1} ms | {target} |", times.len(), ms(p50), ms(p99));
    p99
}
