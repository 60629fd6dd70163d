//! What lies on the disk: who can read it, what a copy of it gives away, and what becomes of it when it is altered.

mod database;
mod demo;
mod folder;
mod log;
mod recordings;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rand::Rng as _;
use testkit::Database;

/// A data folder that is not there yet, for the command line; gone afterwards.
struct Machine {
    data: PathBuf,
    database: Option<String>,
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

impl Machine {
    fn new() -> Machine {
        let name = format!("ringfence-rest-{:016x}", rand::rng().random::<u64>());
        Machine { data: std::env::temp_dir().join(name), database: None }
    }

    /// The one that a test's server runs on, closed to others as the command line wants it.
    fn of(database: &Database) -> Machine {
        let url = database.is_postgres().then(|| database.url.clone());
        let machine = Machine { data: database.folder.clone(), database: url };
        machine.shell("chmod -R go= .");
        machine
    }

    /// A command under the umask that most machines have, by which others can read what is made.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", "umask 022; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_ringfence"), "--data"]);
        command.arg(&self.data).args(args);
        for name in ["DATABASE", "SEAL_KEY", "SMTP_URL", "MAIL_FROM", "PUBLIC_URL", "ANCHOR"] {
            command.env_remove(format!("RINGFENCE_{name}"));
        }
        if let Some(url) = &self.database {
            command.env("RINGFENCE_DATABASE", url);
        }
        command
    }

    fn run(&self, args: &[&str]) -> Said {
        self.command(args).output().unwrap().into()
    }

    fn create(&self, slug: &str) -> Said {
        let mail = format!("o@{slug}.example");
        self.run(&["workspace", "create", "--slug", slug, "--name", slug, "--owner-email", &mail])
    }

    fn shell(&self, line: &str) {
        let done = Command::new("sh").args(["-c", line]).current_dir(&self.data).status().unwrap();
        assert!(done.success(), "{line}");
    }

    fn path(&self, name: &str) -> String {
        self.data.join(name).to_str().unwrap().to_owned()
    }
}

/// What a command said, on both of its outputs, and what it exited with.
#[derive(Debug)]
struct Said {
    code: Option<i32>,
    text: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Said {
        let text = [output.stdout, output.stderr].concat();
        Said { code: output.status.code(), text: String::from_utf8_lossy(&text).into_owned() }
    }
}

impl Said {
    #[track_caller]
    fn expect(self, code: i32, words: &[&str]) -> String {
        assert_eq!(self.code, Some(code), "{}", self.text);
        for words in words {
            assert!(self.text.contains(words), "{words} is not in {}", self.text);
        }
        self.text
    }
}

/// A file that begins as WAV files do.
fn wav(sound: &str) -> Vec<u8> {
    [b"RIFF\x24\0\0\0WAVEfmt ", sound.as_bytes()].concat()
}

/// Every file and folder below one, and itself.
fn everything(folder: &Path) -> Vec<PathBuf> {
    let mut all = vec![folder.to_owned()];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(everything(&path)) } else { all.push(path) }
    }
    all
}
