//! What an import tells whoever runs it: progress, bad rows, and a summary.

use std::fs::File;
use std::io::{BufWriter, IsTerminal as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use acts::kernel::spreadsheet::harmless;

use super::read::Batch;
use crate::Error;
use crate::import::BadRow;

/// Bad rows that are printed; all of them go into the file of `--bad-rows`.
const SHOWN: usize = 50;

/// Unused recordings that are printed.
const SHOWN_AUDIO: usize = 10;

const EVERY: Duration = Duration::from_millis(200);

/// Counts of an import, and where its bad rows go.
pub struct Report {
    /// Calls that are new.
    pub imported: u64,
    /// Calls that were there.
    pub known: u64,
    /// Recordings that were attached.
    pub attached: u64,
    /// Recordings that somebody deleted here before, and that were left out.
    pub deleted: u64,
    /// Rows that are no calls.
    pub bad: u64,
    calls: u64,
    matched: u64,
    first_bad: Vec<BadRow>,
    bad_file: Option<csv::Writer<BufWriter<File>>>,
    unused_audio: u64,
    first_unused_audio: Vec<String>,
    length: Option<u64>,
    bytes_read: u64,
    began: Instant,
    shown_at: Option<Instant>,
}

impl Report {
    /// A report about a file of so many bytes.
    pub fn new(length: Option<u64>, bad_rows: Option<&Path>) -> Result<Report, Error> {
        let open = |path: &Path| {
            let file = File::create(path).map_err(|e| format!("cannot write {}: {e}", path.display()))?;
            let mut file = csv::WriterBuilder::new()
                .quote_style(csv::QuoteStyle::Always)
                .from_writer(BufWriter::new(file));
            file.write_record(["line", "reason"])?;
            Ok::<_, Error>(file)
        };
        Ok(Report {
            imported: 0,
            known: 0,
            attached: 0,
            deleted: 0,
            bad: 0,
            calls: 0,
            matched: 0,
            first_bad: vec![],
            bad_file: bad_rows.map(open).transpose()?,
            unused_audio: 0,
            first_unused_audio: vec![],
            length,
            bytes_read: 0,
            began: Instant::now(),
            shown_at: None,
        })
    }

    /// Counts what a batch holds.
    pub fn read(&mut self, batch: &Batch) -> Result<(), Error> {
        self.calls += batch.calls.len() as u64;
        self.matched += batch.matched;
        self.bad += batch.bad.len() as u64;
        self.bytes_read = batch.bytes_read;
        for bad in &batch.bad {
            if self.first_bad.len() < SHOWN {
                self.first_bad.push(bad.clone());
            }
            if let Some(file) = &mut self.bad_file {
                // What is wrong with a row says what stands in it.
                file.write_record([bad.line.to_string(), harmless(&bad.reason)])?;
            }
        }
        self.unused_audio(&batch.unused_audio);
        Ok(())
    }

    /// Counts recordings that are of no use.
    pub fn unused_audio(&mut self, why: &[String]) {
        self.unused_audio += why.len() as u64;
        let room = SHOWN_AUDIO.saturating_sub(self.first_unused_audio.len());
        self.first_unused_audio.extend(why.iter().take(room).cloned());
    }

    /// Shows how far it is, now and then, to people only.
    pub fn progress(&mut self) {
        let is_due = self.shown_at.is_none_or(|at| at.elapsed() >= EVERY);
        if !is_due || !std::io::stderr().is_terminal() {
            return;
        }
        self.shown_at = Some(Instant::now());
        let rows = self.calls + self.bad;
        let share = self.length.filter(|length| *length > 0).map(|length| 100 * self.bytes_read / length);
        let share = share.map_or_else(String::new, |percent| format!(", {percent} %"));
        let speed = rows as f64 / self.began.elapsed().as_secs_f64().max(0.001);
        eprint!("\r\x1b[K{rows} rows{share}, {speed:.0} a second, {} bad", self.bad);
    }

    /// Tells how it ended: the counts on the standard output, bad rows on the standard error.
    pub fn tell(&mut self, dry_run: bool, has_audio: bool) -> Result<(), Error> {
        if self.shown_at.is_some() {
            eprint!("\r\x1b[K");
        }
        for bad in &self.first_bad {
            eprintln!("{bad}");
        }
        let more = self.bad.saturating_sub(self.first_bad.len() as u64);
        if more > 0 {
            let hint = if self.bad_file.is_some() { "" } else { "; --bad-rows FILE keeps them all" };
            eprintln!("… and {more} more bad rows{hint}");
        }
        for why in &self.first_unused_audio {
            eprintln!("{why}");
        }
        if let Some(file) = &mut self.bad_file {
            file.flush()?;
        }
        let mut out = std::io::stdout().lock();
        if dry_run {
            writeln!(out, "{} calls could be imported; nothing was changed.", self.calls)?;
        } else {
            writeln!(out, "{} calls imported, {} were there already.", self.imported, self.known)?;
        }
        writeln!(
            out,
            "{} of {} calls concern an extension, queue or number of the workspace.",
            self.matched, self.calls
        )?;
        writeln!(out, "{} bad rows.", self.bad)?;
        if has_audio && !dry_run {
            writeln!(out, "{} recordings attached, {} not usable.", self.attached, self.unused_audio)?;
        }
        if self.deleted > 0 {
            writeln!(out, "{} recordings left out: somebody deleted them here.", self.deleted)?;
        }
        writeln!(out, "{:.1} seconds.", self.began.elapsed().as_secs_f64())?;
        Ok(())
    }
}
