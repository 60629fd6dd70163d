//! `ringfence recordings`: whether the recordings are still what was taken in.

use std::io::ErrorKind;
use std::process::ExitCode;

use access::{Permit, Thing, can};
use acts::App;
use clap::{Args, Subcommand};
use store::calls::recordings::RecordingRow;
use store::change::workspaces::WorkspaceRow;

use super::{Place, workspace_of};
use crate::Error;
use web::recordings;

/// How many recordings are looked up at once.
const AT_ONCE: i64 = 1_000;

/// What to do with recordings.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read every recording and compare it with what was taken in. Exits with 1 where one is another, or is missing.
    Verify(Verify),
}

/// Which recordings to check.
#[derive(Debug, Args)]
pub struct Verify {
    /// The workspace's slug; every workspace where none is given.
    #[arg(long)]
    workspace: Option<String>,
}

/// What was found.
#[derive(Default)]
struct Found {
    same: u64,
    wrong: u64,
    unknown: u64,
}

impl Command {
    /// Does it.
    pub async fn run(self, at: &Place) -> Result<ExitCode, Error> {
        let Command::Verify(verify) = self;
        let app = at.open().await?;
        let workspaces = match &verify.workspace {
            Some(slug) => vec![workspace_of(&app, slug).await?],
            None => app.store.workspaces().await?,
        };
        let mut wrong = 0;
        for workspace in &workspaces {
            let found = check(&app, at, workspace).await?;
            tell(workspace, &found);
            wrong += found.wrong;
        }
        Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

async fn check(app: &App, at: &Place, workspace: &WorkspaceRow) -> Result<Found, Error> {
    let permit = Permit::<can::IntegrationWrite>::operator(workspace.id, Thing::WORKSPACE);
    let (mut found, mut after) = (Found::default(), 0);
    loop {
        let rows = app.store.recordings(&permit, after, AT_ONCE).await?;
        let Some(last) = rows.last() else { return Ok(found) };
        after = last.id;
        for row in &rows {
            look(&mut found, at, workspace, row);
        }
    }
}

fn look(found: &mut Found, at: &Place, workspace: &WorkspaceRow, row: &RecordingRow) {
    let file =
        recordings::StoredFile { data: at.data.clone(), workspace: workspace.id, file: row.file.clone() };
    let here = file.open().and_then(|mut file| recordings::digest(&mut file));
    let what = match (&here, &row.digest) {
        (Ok(_), None) => return found.unknown += 1,
        (Ok(here), Some(taken_in)) if here == taken_in => return found.same += 1,
        (Ok(_), Some(_)) => "is another than was taken in".to_owned(),
        (Err(error), _) if error.kind() == ErrorKind::NotFound => "is missing".to_owned(),
        (Err(error), _) => format!("cannot be read: {error}"),
    };
    found.wrong += 1;
    println!("{}, call {}: the recording {} {what}.", workspace.slug, row.id, row.file);
}

fn tell(workspace: &WorkspaceRow, found: &Found) {
    let Found { same, wrong, unknown } = found;
    let unknown = if *unknown == 0 {
        String::new()
    } else {
        format!(" {unknown} were taken in by an earlier version, which kept nothing to compare them with.")
    };
    println!("Recordings of {}: {same} are as they were taken in, {wrong} are not.{unknown}", workspace.slug);
}
