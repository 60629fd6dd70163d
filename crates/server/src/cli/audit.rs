//! `ringfence audit`: check the log.

use std::process::ExitCode;

use access::{Permit, Thing, can};
use clap::{Args, Subcommand};
use store::audit::Verdict;

use super::{Place, workspace_of};
use crate::Error;

/// What to do with the audit log.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check that no entry was altered, moved or removed. Exits with 1 where one was.
    Verify(Verify),
}

/// Which log to check.
#[derive(Debug, Args)]
pub struct Verify {
    /// The workspace's slug.
    #[arg(long)]
    workspace: String,
}

impl Command {
    /// Does it.
    pub async fn run(self, at: &Place) -> Result<ExitCode, Error> {
        let Command::Verify(verify) = self;
        let app = at.open().await?;
        let workspace = workspace_of(&app, &verify.workspace).await?;
        let permit = Permit::<can::AuditExport>::operator(workspace.id, Thing::WORKSPACE);
        Ok(match app.store.verify_audit(&permit).await? {
            Verdict::Whole { entries } => {
                println!("The audit log of {} is whole: {entries} entries.", workspace.slug);
                ExitCode::SUCCESS
            }
            Verdict::Broken { seq } => {
                println!(
                    "The audit log of {} is broken: entry {seq} was altered, moved or removed. \
                     What comes before it is whole.",
                    workspace.slug
                );
                ExitCode::FAILURE
            }
        })
    }
}
