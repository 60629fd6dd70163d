//! Workspaces are created, from a preset.

use access::model::Standing;
use access::{Id, Preset, PresetToggle};

use crate::change::audit::Act;
use crate::change::secrets::Secret;
use crate::change::{Author, Change};
use crate::kit::db::{q, row};
use crate::people::users::UserInput;
use crate::{Result, Store, StoreError, taken};

/// A workspace to be created, with its first user.
#[derive(Debug)]
pub struct NewWorkspace<'a> {
    /// Its name in addresses; checked by the caller.
    pub slug: &'a str,
    /// What people call it.
    pub name: &'a str,
    /// What it is created from.
    pub preset: &'static Preset,
    /// IANA time zone name.
    pub time_zone: &'a str,
    /// Country calling code without `+`.
    pub country_code: &'a str,
    /// Whether the demo makes it.
    pub is_demo: bool,
    /// Who gets the role that manages people and roles.
    pub owner_name: &'a str,
    /// Their email address.
    pub owner_email: &'a str,
    /// Their temporary password's hash in PHC form: whoever creates the workspace knows it.
    pub owner_password: Option<&'a str>,
    /// How many people the subscription pays for; none for no count.
    pub seats: Option<u32>,
    /// How many numbers the licences pay for; none for no count.
    pub licences: Option<u32>,
}

impl Store {
    /// Creates a workspace with its built-in roles, toggles and first user; the workspace's and the user's ids.
    pub async fn create_workspace(&self, new: &NewWorkspace<'_>, author: &Author) -> Result<(i64, Id)> {
        let insert = q(
            "INSERT INTO workspaces (slug, name, preset, plan, time_zone, country_code, is_demo, created_at, \
             seats, licences) VALUES ",
        )
        .list(row![
            new.slug,
            new.name,
            new.preset.key,
            "complete",
            new.time_zone,
            new.country_code,
            new.is_demo,
            self.now(),
            new.seats.map(i64::from),
            new.licences.map(i64::from)
        ]);
        let mut tx = self.db.begin().await?;
        let created: Option<(i64,)> = tx.one(insert.s(" RETURNING id")).await.map_err(taken("slug"))?;
        let (workspace,) = created.ok_or(StoreError::Missing)?;
        let mut change = self.change_in(tx, workspace, author).await?;
        let owner = change.found(new).await?;
        change.record(Act::done("workspace:create", "workspace", 0, new.name));
        change.commit().await?;
        Ok((workspace, owner))
    }
}

impl Change<'_> {
    async fn found(&mut self, new: &NewWorkspace<'_>) -> Result<Id> {
        let mut first_role = None;
        for role in &new.preset.roles {
            let id = self.add_built_in_role(&role.name, &role.key).await?;
            if role.standing.guardian {
                first_role = Some(id);
            }
        }
        for toggle in PresetToggle::all() {
            let id = self.new_id();
            let insert = q("INSERT INTO toggles (workspace_id, id, preset_key) VALUES ");
            self.tx.exec(insert.list(row![self.workspace(), id, toggle.key.as_str()])).await?;
        }
        let input = UserInput {
            email: new.owner_email.to_owned(),
            name: new.owner_name.to_owned(),
            role: first_role.ok_or(StoreError::Missing)?,
            ..UserInput::default()
        };
        let owner = self.add_user(&input, Standing::Active, new.owner_password).await?;
        if new.owner_password.is_some() {
            self.known_to_its_maker(owner, Secret::Password).await?;
        }
        Ok(owner)
    }
}
