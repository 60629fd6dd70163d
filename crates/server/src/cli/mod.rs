//! The command line: what it takes, and where each command is carried out.

pub mod audit;
pub mod import;
pub mod recordings;
pub mod seal_key;
pub mod serve;
pub mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use acts::App;
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use store::Store;
use store::change::workspaces::WorkspaceRow;

use crate::{Error, private};

/// A self-hosted business phone workspace with one permission engine.
///
/// Without a command, Ringfence serves the workspaces of the data folder; where there are none, it first makes a
/// demo company for each preset.
#[derive(Debug, Parser)]
#[command(name = "ringfence", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    at: Place,
    #[command(flatten)]
    serve: serve::Serve,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the console and the API.
    Serve(serve::Serve),
    /// Create and list workspaces.
    #[command(subcommand)]
    Workspace(workspace::Command),
    /// Import what other systems recorded.
    #[command(subcommand)]
    Import(import::Command),
    /// Check the recordings.
    #[command(subcommand)]
    Recordings(recordings::Command),
    /// Replace a key that was lost.
    #[command(subcommand)]
    SealKey(seal_key::Command),
    /// Check the audit log.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Write shell completions to the standard output.
    Completions {
        /// The shell to write them for.
        shell: clap_complete::Shell,
    },
}

/// Where the data is. Every command takes the same, and works beside a running server.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// Folder of the embedded database and the recordings.
    #[arg(long, global = true, default_value = "data", env = "RINGFENCE_DATA")]
    pub data: PathBuf,
    /// A PostgreSQL database instead of the embedded one: postgres://USER:PASSWORD@HOST/NAME.
    #[arg(long, global = true, env = "RINGFENCE_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    /// The file of the key that links in mails are sealed with and PINs hashed, which is the same for every server of a
    /// database; DATA/seal.key unless told, made at the first start.
    #[arg(long, global = true, value_name = "FILE", env = "RINGFENCE_SEAL_KEY")]
    pub seal_key: Option<PathBuf>,
}

impl Place {
    /// The folder of a workspace's recordings.
    fn recordings(&self, workspace: i64) -> PathBuf {
        web::recordings_folder(&self.data, workspace)
    }

    /// Opens the database. Refused where others on the machine can read the data folder or what is ours in it.
    pub async fn open(&self) -> Result<App, Error> {
        private::data_folder(&self.data)?;
        let key = match &self.seal_key {
            Some(file) => crate::seal_key::read(file)?,
            None => crate::seal_key::kept_in(&self.data)?,
        };
        let url = match &self.database {
            Some(url) if !url.starts_with("postgres") => {
                return Err("--database must be like postgres://USER:PASSWORD@HOST/NAME; the embedded database is in the \
                            folder of --data"
                    .into());
            }
            Some(url) => url.clone(),
            None => {
                let file = self.data.join(private::DATABASE);
                private::make_database(&file).map_err(|e| format!("cannot make {}: {e}", file.display()))?;
                format!("sqlite://{}", file.display())
            }
        };
        Ok(App::new(Store::open(&url, Arc::new(now), key).await?))
    }
}

/// The machine's clock: the only place that reads it.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
fn now() -> i64 {
    jiff::Timestamp::now().as_microsecond()
}

/// A workspace by its slug.
async fn workspace_of(app: &App, slug: &str) -> Result<WorkspaceRow, Error> {
    let found = app.store.workspace_by_slug(slug).await?;
    Ok(found.ok_or_else(|| {
        format!("there is no workspace {slug}; `ringfence workspace list` shows those that there are")
    })?)
}

/// Carries a command out; what to exit with.
pub async fn run(cli: Cli) -> Result<ExitCode, Error> {
    match cli.command {
        None => cli.serve.or_demo().run(&cli.at).await?,
        Some(Command::Serve(serve)) => serve.run(&cli.at).await?,
        Some(Command::Workspace(command)) => command.run(&cli.at).await?,
        Some(Command::Import(command)) => return command.run(&cli.at).await,
        Some(Command::SealKey(command)) => command.run(&cli.at).await?,
        Some(Command::Recordings(command)) => return command.run(&cli.at).await,
        Some(Command::Audit(command)) => return command.run(&cli.at).await,
        Some(Command::Completions { shell }) => {
            clap_complete::generate(shell, &mut Cli::command(), "ringfence", &mut std::io::stdout());
        }
    }
    Ok(ExitCode::SUCCESS)
}
