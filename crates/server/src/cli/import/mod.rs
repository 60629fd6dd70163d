//! `ringfence import`: takes in what other phone systems recorded.
//!
//! One thread reads the file and matches its calls to the workspace ([`read`]); the other writes them, a batch
//! in each change ([`write`]). What is there already is skipped, so an import that broke off is run again.

mod audio;
mod directory;
mod read;
mod report;
mod write;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use acts::App;
use acts::kernel::check;
use clap::{Args, Subcommand, ValueEnum};
use jiff::tz::TimeZone;
use store::change::workspaces::WorkspaceRow;

use super::{Place, workspace_of};
use crate::Error;
use crate::import::{Mapping, NumberPlan, Recordings};
use read::{Reader, Source};
use report::Report;
use write::Writer;

/// What to import.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Import call records from a file, and recordings from a folder.
    ///
    /// Calls that are there already are skipped, so an import that broke off can be run again. Exits with 0 when
    /// every row went in, 2 when some rows were bad and the rest went in, 1 when it gave up.
    Calls(Calls),
}

/// Which calls to import.
#[derive(Debug, Args)]
pub struct Calls {
    /// The file; `-` for the standard input.
    file: PathBuf,
    /// The slug of the workspace that they belong to.
    #[arg(long)]
    workspace: String,
    /// What wrote the file.
    #[arg(long)]
    format: Format,
    /// Which column holds what, where the header does not tell (format csv): started="Start Time".
    #[arg(long = "map", value_name = "FIELD=HEADER")]
    map: Vec<String>,
    /// The time zone of times without an offset; the workspace's unless told.
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// The country calling code of numbers without one, such as 49; the workspace's unless told.
    #[arg(long, value_name = "CC")]
    country_code: Option<String>,
    /// A folder of WAV files, and folders in it, whose names carry the ids of the calls.
    #[arg(long, value_name = "FOLDER")]
    recordings: Option<PathBuf>,
    /// Write every bad row with its line and reason to this file, as CSV.
    #[arg(long, value_name = "FILE")]
    bad_rows: Option<PathBuf>,
    /// Read and match everything, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

/// What wrote a file of call records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Asterisk's cdr-csv/Master.csv.
    Asterisk,
    /// FreeSWITCH's cdr-csv/Master.csv in the default template.
    Freeswitch,
    /// Any CSV with a header.
    Csv,
}

impl Format {
    /// The word that calls are kept with.
    fn word(self) -> &'static str {
        match self {
            Format::Asterisk => "asterisk",
            Format::Freeswitch => "freeswitch",
            Format::Csv => "csv",
        }
    }
}

impl Command {
    /// Does it; what to exit with.
    pub async fn run(self, at: &Place) -> Result<ExitCode, Error> {
        let Command::Calls(calls) = self;
        calls.run(at).await
    }
}

impl Calls {
    async fn run(self, at: &Place) -> Result<ExitCode, Error> {
        self.check()?;
        let app = at.open().await?;
        let workspace = workspace_of(&app, &self.workspace).await?;
        let source = Source::open(&self.file)?;
        let mut report = Report::new(source.length, self.bad_rows.as_deref())?;
        let audio = self.recordings.as_deref().map(index).transpose()?;
        let has_audio = audio.is_some();
        let reader = self.reader(&app, &workspace, audio).await?;
        let batches = reader.start(source.input)?;
        let writer = Writer {
            app: &app,
            workspace: workspace.id,
            format: self.format.word(),
            file: self.name(),
            recordings: has_audio.then(|| at.recordings(workspace.id)),
            dry_run: self.dry_run,
        };
        let ended = writer.write(batches, &mut report).await;
        report.tell(self.dry_run, has_audio)?;
        ended?;
        Ok(if report.bad == 0 { ExitCode::SUCCESS } else { ExitCode::from(2) })
    }

    fn check(&self) -> Result<(), Error> {
        if !self.map.is_empty() && self.format != Format::Csv {
            return Err("--map is for --format csv only: the other formats have no header".into());
        }
        let same =
            |file: &Path| file.canonicalize().ok().is_some_and(|f| Some(f) == self.file.canonicalize().ok());
        if self.bad_rows.as_deref().is_some_and(same) {
            return Err("--bad-rows would overwrite the file that is imported; name another one".into());
        }
        Ok(())
    }

    /// What the audit log calls the file.
    fn name(&self) -> String {
        let name = self.file.file_name().map(|name| name.to_string_lossy().into_owned());
        name.filter(|name| name != "-").unwrap_or_else(|| "standard input".into())
    }

    async fn reader(
        &self,
        app: &App,
        workspace: &WorkspaceRow,
        audio: Option<Recordings>,
    ) -> Result<Reader, Error> {
        let zone = self.time_zone.as_deref().unwrap_or(&workspace.time_zone);
        check::time_zone(zone)?;
        let code = self.country_code.as_deref().unwrap_or(&workspace.country_code).trim_start_matches('+');
        let plan = match code {
            "" => NumberPlan::default(),
            code => {
                let number =
                    code.parse().map_err(|_| format!("--country-code {code:?} must be digits, like 49"))?;
                NumberPlan::of_calling_code(number)?
            }
        };
        Ok(Reader {
            format: self.format,
            zone: TimeZone::get(zone)?,
            mapping: Mapping::parse(self.map.iter().map(String::as_str))?,
            directory: directory::of(app, workspace.id, plan).await?,
            audio,
        })
    }
}

fn index(folder: &Path) -> Result<Recordings, Error> {
    let audio = Recordings::index(folder)
        .map_err(|e| format!("cannot read the recordings folder {}: {e}", folder.display()))?;
    for folder in audio.unreadable() {
        eprintln!("cannot read {}: its recordings are left out", folder.display());
    }
    Ok(audio)
}
