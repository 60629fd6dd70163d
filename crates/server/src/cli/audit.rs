//! `ringfence audit`: check the log, and anchor its end outside the database.

use std::path::PathBuf;
use std::process::ExitCode;

use access::{Permit, Thing, can};
use acts::App;
use clap::{Args, Subcommand};
use store::change::audit::{Anchor, Verdict};
use store::change::workspaces::WorkspaceRow;

use super::{Place, workspace_of};
use crate::Error;
use crate::anchor::{self, Anchors};

/// What to do with the audit log.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check that no entry was altered, moved or removed. Exits with 1 where one was, where there is no log to check, and
    /// where a log has no anchor in the file that is to show that it is the same one.
    Verify(Verify),
    /// Add the ends of the logs to a file outside the database, against which they can be checked later.
    Anchor(ToFile),
}

/// Which log to check.
#[derive(Debug, Args)]
pub struct Verify {
    /// The workspace's slug; every workspace where none is given.
    #[arg(long)]
    workspace: Option<String>,
    /// A file of anchors: finds also what was cut off at the end, and a log that was written anew.
    #[arg(long)]
    anchor: Option<PathBuf>,
}

/// Where to put anchors.
#[derive(Debug, Args)]
pub struct ToFile {
    /// The file; lines are added to it. Keep it where nobody who can write to the database can.
    #[arg(long)]
    to: PathBuf,
}

impl Command {
    /// Does it.
    pub async fn run(self, at: &Place) -> Result<ExitCode, Error> {
        let app = at.open().await?;
        match self {
            Command::Verify(verify) => verify.run(&app).await,
            Command::Anchor(ToFile { to }) => {
                let added = Anchors::open(&to)?.add_present(&app.store).await?;
                println!("{added} anchors added to {}.", to.display());
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

impl Verify {
    async fn run(self, app: &App) -> Result<ExitCode, Error> {
        let anchors = self.anchor.as_deref().map(anchor::read).transpose()?.unwrap_or_default();
        let workspaces = match &self.workspace {
            Some(slug) => vec![workspace_of(app, slug).await?],
            None => app.store.workspaces().await?,
        };
        let mut all_whole = true;
        for workspace in &workspaces {
            let permit = Permit::<can::AuditExport>::operator(workspace.id, Thing::WORKSPACE);
            // One log that cannot be read keeps nobody from checking the others.
            match app.store.verify_audit_against(&permit, &anchors).await {
                Ok(verdict) => {
                    let of_it = || anchors.iter().any(|anchor| anchor.workspace == workspace.id);
                    let anchored = self.anchor.as_ref().map(|_| of_it());
                    all_whole &= tell(workspace, &verdict, anchored);
                }
                Err(error) => {
                    all_whole = false;
                    println!("The audit log of {} could not be checked: {error}.", workspace.slug);
                }
            }
        }
        if workspaces.is_empty() {
            all_whole = false;
            println!("There is no workspace, and so no audit log that could be checked.");
        }
        if self.workspace.is_none() {
            all_whole &= tell_of_missing(&workspaces, &anchors);
        }
        Ok(if all_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Says what was found, where the file of anchors, if there is one, has some of this log or not; whether all is well.
fn tell(workspace: &WorkspaceRow, verdict: &Verdict, anchored: Option<bool>) -> bool {
    let slug = &workspace.slug;
    match verdict {
        Verdict::Whole { entries: 1.. } if anchored == Some(false) => {
            println!(
                "The audit log of {slug} is whole in itself, and the file has no anchor of it: whether its end was cut \
                 off, or it was written anew, cannot be told."
            );
            return false;
        }
        Verdict::Whole { entries } => {
            let anchored = if anchored == Some(true) { ", and every anchor is in it" } else { "" };
            println!("The audit log of {slug} is whole: {entries} entries{anchored}.");
        }
        Verdict::Broken { seq } => println!(
            "The audit log of {slug} is broken: entry {seq} was altered, moved, removed or added. \
             What comes before it is whole."
        ),
        Verdict::Replaced { seq } => println!(
            "The audit log of {slug} is not the one that was anchored: its end was cut off before entry {seq}, or \
             entries up to there were written anew."
        ),
    }
    matches!(verdict, Verdict::Whole { .. })
}

/// Names the anchored workspaces that are gone; whether there is none.
fn tell_of_missing(workspaces: &[WorkspaceRow], anchors: &[Anchor]) -> bool {
    let mut missing: Vec<&Anchor> =
        anchors.iter().filter(|anchor| workspaces.iter().all(|w| w.id != anchor.workspace)).collect();
    missing.dedup_by_key(|anchor| anchor.workspace);
    for anchor in &missing {
        println!("The workspace {} was anchored and is not there any more.", anchor.slug);
    }
    missing.is_empty()
}
