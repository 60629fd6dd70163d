//! `ringfence workspace`: create, list, let a locked-out Owner in, and delete the demo.

use std::io::ErrorKind;
use std::path::Path;

use access::Preset;
use acts::Moment;
use acts::entry::{resets, tokens};
use acts::kernel::secrets::Turn;
use acts::kernel::{check, secrets};
use clap::{Args, Subcommand};
use serde_json::json;
use store::Author;
use store::entry::known_secrets;
use store::office::workspaces::NewWorkspace;

use super::{Place, workspace_of};
use crate::Error;

/// A day in microseconds.
const DAY: i64 = 86_400 * 1_000_000;

/// What to do with workspaces.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create a workspace from a preset, with its first user.
    Create(Create),
    /// List the workspaces.
    List,
    /// Make a link that sets another password, good for one hour and once: the way back in for a locked-out Owner.
    ResetPassword(ResetPassword),
    /// Delete the companies of the demo, with everything that is theirs: people, calls, recordings, audit logs.
    DeleteDemo(DeleteDemo),
}

/// A workspace to be created.
#[derive(Debug, Args)]
pub struct Create {
    /// Its name in addresses: lower-case letters, digits and hyphens.
    #[arg(long)]
    slug: String,
    /// What people call it.
    #[arg(long)]
    name: String,
    /// The model of roles that it starts with.
    #[arg(long, default_value = "standard", value_parser = ["standard", "calilio", "calliyo", "nuacom", "onoff"])]
    preset: String,
    /// Email address of the Owner, or of the first Admin where the preset has no Owner.
    #[arg(long)]
    owner_email: String,
    /// Their name; what stands before the @ of their address unless told.
    #[arg(long)]
    owner_name: Option<String>,
    /// IANA time zone.
    #[arg(long, default_value = "Etc/UTC")]
    time_zone: String,
    /// How many people the subscription pays for; not counted unless told.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    seats: Option<u32>,
    /// How many numbers the licences pay for; not counted unless told.
    #[arg(long, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    licences: Option<u32>,
    /// How many days the API token of the first user is good for.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=3650))]
    token_days: u16,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

impl Command {
    /// Does it.
    pub async fn run(self, at: &Place) -> Result<(), Error> {
        match self {
            Command::Create(create) => create.run(at).await,
            Command::List => list(at).await,
            Command::ResetPassword(reset) => reset.run(at).await,
            Command::DeleteDemo(delete) => delete.run(at).await,
        }
    }
}

impl Create {
    async fn run(self, at: &Place) -> Result<(), Error> {
        let slug = check::slug(&self.slug)?;
        let name = check::text("name", &self.name, 120)?;
        let email = check::email(&self.owner_email)?;
        let time_zone = check::time_zone(&self.time_zone)?;
        let preset = Preset::by_key(&self.preset).ok_or("there is no such preset")?;
        let app = at.open().await?;
        let password = secrets::new_password();
        let hash = app.passwords.hash(&password, Turn::SignedIn(0)).await?;
        let new = NewWorkspace {
            slug: &slug,
            name: &name,
            preset,
            time_zone: &time_zone,
            country_code: "",
            is_demo: false,
            // Until they say how they are called: an address would be taken apart in every mail.
            owner_name: self.owner_name.as_deref().or(email.split('@').next()).unwrap_or(&email),
            owner_email: &email,
            owner_password: Some(&hash),
            seats: self.seats,
            licences: self.licences,
        };
        let (workspace, owner) = app.store.create_workspace(&new, &Author::operator()).await?;
        let lasts = i64::from(self.token_days) * DAY;
        let token = tokens::create_for(&app, workspace, owner, "command line", lasts).await?;
        let token_until = token.token.expires_at;
        let (token, password_until) = (token.secret, Moment(app.store.now() + known_secrets::LASTS));
        if self.json {
            println!(
                "{}",
                json!({ "workspace": slug, "owner": email, "password": password, "password_until": password_until,
                    "token": token, "token_until": token_until })
            );
        } else {
            println!("Workspace {slug} is ready. Sign in at /w/{slug} as {email}.");
            println!("Temporary password: {password}");
            println!("API token:          {token}");
            println!("Both are shown this once and kept nowhere.");
            println!("The password is good for 7 days, to sign in and choose another one.");
            println!("The API token is good for {} days; make others in the console.", self.token_days);
        }
        Ok(())
    }
}

/// Whose password to reset.
#[derive(Debug, Args)]
pub struct ResetPassword {
    /// The workspace's name in addresses.
    #[arg(long)]
    slug: String,
    /// With what they sign in.
    #[arg(long)]
    email: String,
    /// The address that people use.
    #[arg(long, env = "RINGFENCE_PUBLIC_URL", default_value = "http://127.0.0.1:8080")]
    public_url: String,
}

impl ResetPassword {
    async fn run(self, at: &Place) -> Result<(), Error> {
        let app = at.open().await?;
        let workspace = workspace_of(&app, &self.slug).await?;
        let path = resets::make_for(&app, &workspace, &self.email).await?;
        println!("{}/w/{}{path}", self.public_url.trim_end_matches('/'), workspace.slug);
        eprintln!("The link sets another password for {}. It is good for one hour, and once.", self.email);
        Ok(())
    }
}

/// Whether it is meant.
#[derive(Debug, Args)]
pub struct DeleteDemo {
    /// Do it. Without this, what would be deleted is only named.
    #[arg(long)]
    yes: bool,
}

impl DeleteDemo {
    async fn run(self, at: &Place) -> Result<(), Error> {
        let app = at.open().await?;
        let mut demos = app.store.workspaces().await?;
        demos.retain(|workspace| workspace.is_demo);
        let names: Vec<&str> = demos.iter().map(|workspace| workspace.slug.as_str()).collect();
        let names = names.join(", ");
        if demos.is_empty() {
            println!("There is no demo.");
            return Ok(());
        }
        if !self.yes {
            return Err(format!("this deletes {names} for good; say --yes to do it").into());
        }
        app.store.delete_demo().await?;
        for workspace in &demos {
            delete_folder(&at.recordings(workspace.id))?;
        }
        println!("Deleted: {names}.");
        Ok(())
    }
}

/// Deletes a folder with what is in it; of a link, the link itself.
fn delete_folder(folder: &Path) -> Result<(), Error> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(format!(
            "cannot delete the recordings in {}: {error}; delete them yourself",
            folder.display()
        )
        .into()),
        _ => Ok(()),
    }
}

async fn list(at: &Place) -> Result<(), Error> {
    let app = at.open().await?;
    for workspace in app.store.workspaces().await? {
        println!("{:<24} {:<10} {:<12} {}", workspace.slug, workspace.preset, workspace.plan, workspace.name);
    }
    Ok(())
}
