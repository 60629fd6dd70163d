//! The directory: who is there and on which extensions, for colleagues who may see no more of each other.

use access::model::{EntityKind, Standing};
use access::{Id, Model, Permit, can};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{Answer, App, List};

/// A colleague, as everybody who may see the directory sees them.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DirectoryEntry {
    /// Their id.
    pub id: u32,
    /// What people call them.
    pub name: String,
    /// The extensions that reach them, as they are dialled.
    pub extensions: Vec<String>,
}

/// Everybody who can be reached, by name. Banned people are not: they take no calls.
pub async fn list(app: &App, permit: &Permit<can::DirectoryRead>) -> Answer<List<DirectoryEntry>> {
    let snapshot = app.snapshot(permit).await?;
    let model = snapshot.model();
    let here = model.users.iter().filter(|(_, user)| user.standing != Standing::Banned);
    let mut entries: Vec<DirectoryEntry> = here
        .map(|(id, user)| DirectoryEntry {
            id: id.0,
            name: user.name.clone(),
            extensions: extensions(model, *id),
        })
        .collect();
    entries.sort_by_key(|entry| (entry.name.to_lowercase(), entry.id));
    Ok(List::whole(entries))
}

fn extensions(model: &Model, user: Id) -> Vec<String> {
    let entities = model.entities.values();
    let own = entities.filter(|e| e.kind == EntityKind::Extension && e.owner == Some(user));
    let mut digits: Vec<String> = own.map(|extension| extension.label.clone()).collect();
    digits.sort_unstable();
    digits
}
