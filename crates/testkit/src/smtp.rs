//! A mail server in a test: takes mails, or refuses them as it is told.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail server on a port of its own that keeps what it takes.
pub struct MailServer {
    /// How to reach it: `smtp://127.0.0.1:…`.
    pub url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    taken: Vec<Taken>,
    refusal: Option<&'static str>,
}

/// A mail that the server took.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Whom it was for.
    pub to: String,
    /// Head and body as they were sent.
    pub text: String,
}

impl MailServer {
    /// Starts one.
    pub async fn start() -> MailServer {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let state = Arc::<Mutex<State>>::default();
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = shared.clone();
                tokio::spawn(async move { converse(stream, &shared).await });
            }
        });
        MailServer { url, state }
    }

    /// Has every recipient refused with a reply (`550 no such mailbox`), or taken again.
    pub fn refuse(&self, reply: Option<&'static str>) {
        self.state.lock().unwrap().refusal = reply;
    }

    /// What it has taken so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.state.lock().unwrap().taken.clone()
    }
}

/// One connection (RFC 5321), as far as senders of plain mails go.
async fn converse(stream: TcpStream, state: &Mutex<State>) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut to = String::new();
    write.write_all(b"220 test\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let word = line.split([' ', ':']).next().unwrap().to_uppercase();
        let refusal = state.lock().unwrap().refusal.filter(|_| word == "RCPT");
        let reply = match (word.as_str(), refusal) {
            (_, Some(refusal)) => refusal,
            ("RCPT", _) => {
                to = line.split(['<', '>']).nth(1).unwrap().to_owned();
                "250 ok"
            }
            ("DATA", _) => "354 go on",
            ("QUIT", _) => "221 bye",
            _ => "250 ok",
        };
        write.write_all(format!("{reply}\r\n").as_bytes()).await.ok()?;
        if word == "DATA" {
            let mut text = String::new();
            while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                text.push_str(&line);
                text.push('\n');
            }
            state.lock().unwrap().taken.push(Taken { to: to.clone(), text });
            write.write_all(b"250 taken\r\n").await.ok()?;
        }
    }
    Some(())
}
