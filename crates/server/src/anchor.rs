//! Anchors: the ends of the audit logs' chains in a file outside the database, so that whoever can write to the
//! database can neither cut a log off nor write it anew unnoticed.
//!
//! One line an anchor: moment, workspace id, slug, place, hash. Lines are only ever added.

use std::collections::HashMap;
use std::fs::File;
use std::future::Future;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use store::Store;
use store::change::audit::Anchor;

use crate::{Error, private};

/// How often the ends are looked at while the server runs.
const EVERY: Duration = Duration::from_secs(60);

/// An anchor file that lines are added to.
pub struct Anchors {
    file: File,
    path: PathBuf,
    /// What was last written, by workspace.
    last: HashMap<i64, (i64, String)>,
}

impl Anchors {
    /// Opens a file, or makes it; refused where others on the machine can read it.
    pub fn open(path: &Path) -> Result<Anchors, Error> {
        let last = if path.exists() { read(path)? } else { vec![] };
        let last = last.into_iter().map(|anchor| (anchor.workspace, (anchor.seq, anchor.hash))).collect();
        let file = private::append_to(path)?;
        Ok(Anchors { file, path: path.to_owned(), last })
    }

    /// Adds a line for each log that has another end than the file says; how many. They are on the disk then.
    pub fn add(&mut self, ends: &[Anchor]) -> Result<usize, Error> {
        let new: Vec<&Anchor> = ends.iter().filter(|end| self.is_new(end)).collect();
        if new.is_empty() {
            return Ok(0);
        }
        let lines: String = new.iter().map(|anchor| line(anchor)).collect();
        let written = self.file.write_all(lines.as_bytes()).and_then(|()| self.file.sync_data());
        written.map_err(|e| format!("cannot write the anchor file {}: {e}", self.path.display()))?;
        self.last.extend(new.iter().map(|anchor| (anchor.workspace, (anchor.seq, anchor.hash.clone()))));
        Ok(new.len())
    }

    fn is_new(&self, end: &Anchor) -> bool {
        self.last.get(&end.workspace).is_none_or(|(seq, hash)| (*seq, hash) != (end.seq, &end.hash))
    }

    /// The same for the ends as they are now.
    pub async fn add_present(&mut self, store: &Store) -> Result<usize, Error> {
        let ends = store.anchors().await?;
        self.add(&ends)
    }

    /// Adds a line for each log that moved, every minute, until `stop` ends, and once more then.
    pub async fn keep(mut self, store: Store, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut stopped = false;
        while !stopped {
            if let Err(error) = self.add_present(&store).await {
                tracing::error!(%error, "the audit log was not anchored");
            }
            stopped = tokio::select! {
                () = tokio::time::sleep(EVERY) => false,
                () = &mut stop => true,
            };
        }
        if let Err(error) = self.add_present(&store).await {
            tracing::error!(%error, "the audit log was not anchored");
        }
    }
}

fn line(anchor: &Anchor) -> String {
    let at = Timestamp::from_microsecond(anchor.at).unwrap_or_default();
    format!("{at} {} {} {} {}\n", anchor.workspace, anchor.slug, anchor.seq, anchor.hash)
}

/// The anchors of a file.
pub fn read(path: &Path) -> Result<Vec<Anchor>, Error> {
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|e| format!("cannot read the anchor file {}: {e}", path.display()))?;
    let anchor = |(at, line): (usize, &str)| {
        parse(line).ok_or_else(|| {
            let (path, at) = (path.display(), at + 1);
            format!("{path}, line {at} is no anchor; remove it if the machine stopped while it was written")
                .into()
        })
    };
    text.lines().enumerate().map(anchor).collect()
}

fn parse(line: &str) -> Option<Anchor> {
    let words: Vec<&str> = line.split(' ').collect();
    let [at, workspace, slug, seq, hash] = words[..] else { return None };
    let at = at.parse::<Timestamp>().ok()?.as_microsecond();
    let (workspace, seq) = (workspace.parse().ok()?, seq.parse().ok().filter(|seq| *seq > 0)?);
    let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    is_hash.then(|| Anchor { at, workspace, slug: slug.to_owned(), seq, hash: hash.to_owned() })
}

#[cfg(test)]
mod tests {
    use store::change::audit::Anchor;

    use super::{line, parse};

    #[test]
    fn an_anchor_reads_as_it_was_written() {
        let anchor = Anchor {
            at: 1_795_000_000_000_000,
            workspace: 3,
            slug: "acme".into(),
            seq: 12,
            hash: "ab".repeat(32),
        };
        assert_eq!(parse(line(&anchor).trim_end()), Some(anchor));
    }

    #[test]
    fn a_line_that_was_half_written_is_no_anchor() {
        let whole = format!("2026-11-22T05:00:00Z 3 acme 12 {}", "ab".repeat(32));
        assert!(parse(&whole).is_some());
        for cut in 0..whole.len() {
            assert_eq!(parse(&whole[..cut]), None, "{cut}");
        }
    }
}
