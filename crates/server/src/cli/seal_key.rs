//! `ringfence seal-key`: another key in place of one that was lost.

use clap::{Args, Subcommand};

use super::Place;
use crate::Error;

/// What to do with the key.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Go on with this server's key, where the one that the database was used with is lost: mails that wait with a link
    /// are dropped and PINs taken away, since nobody can open or check them any more. Stop every server first.
    Replace(Replace),
}

/// Whether it is meant.
#[derive(Debug, Args)]
pub struct Replace {
    /// Do it.
    #[arg(long)]
    yes: bool,
}

impl Command {
    /// Does it.
    pub async fn run(self, at: &Place) -> Result<(), Error> {
        let Command::Replace(Replace { yes }) = self;
        let app = at.open().await?;
        if app.store.knows_key().await? {
            println!("The database was used with this key already; nothing was changed.");
            return Ok(());
        }
        if !yes {
            return Err(
                "this drops mails that wait with a link, and takes everybody's PIN away; say --yes to do it"
                    .into(),
            );
        }
        app.store.replace_key().await?;
        println!("The database is used with this key from now on. Invite again, and have PINs set anew.");
        Ok(())
    }
}
