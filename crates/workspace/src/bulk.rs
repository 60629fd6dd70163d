//! One change for several people at once: all of them or none, with the name of the first on whom it fails.

use access::model::Setting;
use access::{Id, Visible, authority, can};
use schemars::JsonSchema;
use serde::Deserialize;
use store::user::UserRow;
use store::{Author, Change};

use crate::refusal::Refusal;
use crate::several::{BulkDone, Open, chosen};
use crate::user_access::{self, SettingWord};
use crate::users::{self, UserChange};
use crate::{Answer, App, check, id};

/// What to change, and for whom.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    /// The users, each once.
    pub users: Vec<u32>,
    /// What becomes of each of them.
    pub change: BulkChange,
}

/// What becomes of each of several people.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkChange {
    /// They get this role.
    Role(u32),
    /// They belong to this department, or to none.
    Department(Option<u32>),
    /// They belong to this branch, or to none.
    Branch(Option<u32>),
    /// They are banned, or their ban is lifted.
    Banned(bool),
    /// A toggle is set for them.
    Toggle(BulkToggle),
    /// They are deleted.
    Delete,
}

/// How a toggle is set for several people.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkToggle {
    /// A toggle of the workspace.
    pub toggle: u32,
    /// What it is set to.
    pub setting: SettingWord,
}

/// Changes all of them, or none.
pub async fn apply(app: &App, visible: &Visible<can::UserRead>, author: &Author, bulk: Bulk) -> Answer<BulkDone> {
    let people = chosen(visible, &bulk.users)?;
    match bulk.change {
        BulkChange::Role(role) => {
            let (mut open, people) = Open::<can::UserAssignRole>::of(app, visible, author, people).await?;
            let role = check::role(open.model(), Id(role))?;
            open.each(people, async |change, _, row| {
                let gets = id(row.role_id) != role;
                if gets {
                    judged(change, row, |user| user.role = role)?;
                    users::give_role(change, row, role).await?;
                }
                Ok(gets)
            })
            .await?;
            open.commit().await
        }
        BulkChange::Department(unit) => {
            moved(app, visible, author, people, UserChange { department: Some(unit), ..UserChange::default() }).await
        }
        BulkChange::Branch(unit) => {
            moved(app, visible, author, people, UserChange { branch: Some(unit), ..UserChange::default() }).await
        }
        BulkChange::Banned(banned) => {
            let (mut open, people) = Open::<can::UserBan>::of(app, visible, author, people).await?;
            open.each(people, async |change, actor, row| {
                let gets = (row.standing == "banned") != banned;
                if gets {
                    users::ban(change, actor, row, banned).await?;
                }
                Ok(gets)
            })
            .await?;
            open.commit().await
        }
        BulkChange::Toggle(BulkToggle { toggle, setting }) => {
            let (mut open, people) = Open::<can::UserSetAccess>::of(app, visible, author, people).await?;
            let setting: Option<Setting> = setting.into();
            if !open.model().toggles.contains_key(&Id(toggle)) {
                return Err(Refusal::invalid("toggle", "toggle is not a toggle of this workspace."));
            }
            open.each(people, async |change, _, row| {
                let user = id(row.id);
                let now = change.before().model().settings.get(&(user, Id(toggle))).copied();
                if now != setting {
                    user_access::switch(change, user, Id(toggle), setting).await?;
                }
                Ok(now != setting)
            })
            .await?;
            open.commit().await
        }
        BulkChange::Delete => {
            let (mut open, people) = Open::<can::UserDelete>::of(app, visible, author, people).await?;
            open.each(people, async |change, actor, row| {
                users::remove(change, actor, row).await?;
                Ok(true)
            })
            .await?;
            open.commit().await
        }
    }
}

async fn moved(
    app: &App,
    visible: &Visible<can::UserRead>,
    author: &Author,
    people: Vec<Id>,
    edit: UserChange,
) -> Answer<BulkDone> {
    let (mut open, people) = Open::<can::UserUpdate>::of(app, visible, author, people).await?;
    let before = open.before();
    open.each(people, async |change, actor, row| {
        let old = users::input_of(row);
        let new = users::checked_edit(before.model(), &edit, old.clone())?;
        if new != old {
            users::rewrite(change, actor, row, &new, None).await?;
        }
        Ok(new != old)
    })
    .await?;
    open.commit().await
}

/// Judges what one of them would be by itself, so that a refusal can say who it is about.
fn judged(
    change: &Change<'_>,
    row: &UserRow,
    edit: impl FnOnce(&mut access::model::User),
) -> Answer<()> {
    let (before, user) = (change.before(), id(row.id));
    let Some((actor, record)) = change.actor().zip(before.model().users.get(&user)) else { return Ok(()) };
    let mut record = record.clone();
    edit(&mut record);
    Ok(authority::may_record(actor, before, user, &record)?)
}
