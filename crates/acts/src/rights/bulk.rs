//! One change for several people at once: all of them or none, with the name of the first on whom it fails.

use access::model::{Setting, Standing};
use access::{Id, Visible, authority, can, text};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Author, Change, Intent};

use crate::kernel::known::Known;
use crate::kernel::refusal::Refusal;
use crate::people::several::{BulkDone, Open, chosen};
use crate::people::users::{self, UserChange};
use crate::rights::user_access::{self, SettingWord};
use crate::{Answer, App, id};

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

/// Changes all of them, or none. What is asked about first is tried first, which holds up nobody who writes, and done
/// only where there is nothing to ask about.
pub async fn apply(
    app: &App,
    visible: &Visible<can::UserRead>,
    author: &Author,
    bulk: Bulk,
) -> Answer<BulkDone> {
    if author.intent == Intent::Ask {
        let tries = Author { intent: Intent::Try, ..author.clone() };
        match carry_out(app, visible, &tries, bulk.clone()).await {
            Err(Refusal { foresight: Some(foresight), .. }) if foresight.groups.is_empty() => {}
            answered => return answered,
        }
    }
    carry_out(app, visible, author, bulk).await
}

async fn carry_out(
    app: &App,
    visible: &Visible<can::UserRead>,
    author: &Author,
    bulk: Bulk,
) -> Answer<BulkDone> {
    let people = chosen(visible, &bulk.users)?;
    let edit = UserChange::default;
    match bulk.change {
        BulkChange::Role(role) => {
            let open = Open::<can::UserAssignRole>::of(app, visible, author, &people).await?;
            give_role(open, people, role).await
        }
        BulkChange::Department(unit) => {
            let open = Open::<can::UserUpdate>::of(app, visible, author, &people).await?;
            rewrite(open, people, UserChange { department: Some(unit), ..edit() }).await
        }
        BulkChange::Branch(unit) => {
            let open = Open::<can::UserUpdate>::of(app, visible, author, &people).await?;
            rewrite(open, people, UserChange { branch: Some(unit), ..edit() }).await
        }
        BulkChange::Banned(banned) => {
            let open = Open::<can::UserBan>::of(app, visible, author, &people).await?;
            ban(open, people, banned).await
        }
        BulkChange::Toggle(set) => {
            let open = Open::<can::UserSetAccess>::of(app, visible, author, &people).await?;
            switch(open, people, set).await
        }
        BulkChange::Delete => {
            let open = Open::<can::UserDelete>::of(app, visible, author, &people).await?;
            delete(open, people).await
        }
    }
}

async fn give_role(mut open: Open<'_, can::UserAssignRole>, people: Vec<Id>, role: u32) -> Answer<BulkDone> {
    let role = open.known().role(role)?;
    for user in people {
        let (change, _, row) = open.one(user)?;
        let gets = id(row.role_id) != role;
        let mut done = Ok(());
        if gets {
            done = judged(change, user, |record| record.role = role);
        }
        if gets && done.is_ok() {
            done = users::give_role(change, &row, role).await;
        }
        open.note(user, done.map(|()| gets))?;
    }
    open.commit().await
}

async fn rewrite(mut open: Open<'_, can::UserUpdate>, people: Vec<Id>, edit: UserChange) -> Answer<BulkDone> {
    let before = open.before();
    for user in people {
        let (change, actor, row) = open.one(user)?;
        let (old, known) = (users::input_of(&row), Known::to(actor, before.model()));
        let new = users::checked_edit(known, &edit, old.clone())?;
        let moves = new != old;
        let mut done = Ok(());
        if moves {
            done = users::rewrite(change, actor, &row, &new, None).await;
        }
        open.note(user, done.map(|()| moves))?;
    }
    open.commit().await
}

async fn ban(mut open: Open<'_, can::UserBan>, people: Vec<Id>, banned: bool) -> Answer<BulkDone> {
    let mut rows = vec![];
    for user in people {
        let (_, actor, row) = open.one(user)?;
        let gets = (row.standing == Standing::Banned) != banned;
        let other = users::not_oneself(actor, user, text!("You cannot ban yourself."));
        open.note(user, if gets { other.map(|()| true) } else { Ok(false) })?;
        rows.extend(gets.then_some(row));
    }
    users::ban(open.change(), &rows, banned).await?;
    open.commit().await
}

async fn delete(mut open: Open<'_, can::UserDelete>, people: Vec<Id>) -> Answer<BulkDone> {
    let mut rows = vec![];
    for user in people {
        let (_, actor, row) = open.one(user)?;
        let other = users::not_oneself(actor, user, text!("You cannot delete yourself."));
        open.note(user, other.map(|()| true))?;
        rows.push(row);
    }
    users::remove(open.change(), &rows).await?;
    open.commit().await
}

async fn switch(
    mut open: Open<'_, can::UserSetAccess>,
    people: Vec<Id>,
    set: BulkToggle,
) -> Answer<BulkDone> {
    let (toggle, setting) = (open.known().toggle(set.toggle)?, Option::<Setting>::from(set.setting));
    let before = open.before();
    for user in people {
        let (change, _, _) = open.one(user)?;
        let sets = before.model().settings.get(&(user, toggle)).copied() != setting;
        let mut done = Ok(());
        if sets {
            done = user_access::switch(change, user, toggle, setting).await.map(drop);
        }
        open.note(user, done.map(|()| sets))?;
    }
    open.commit().await
}

/// Judges what one of them would be by itself, so that a refusal can say who it is about.
fn judged(change: &Change<'_>, user: Id, edit: impl FnOnce(&mut access::model::User)) -> Answer<()> {
    let before = change.before();
    let Some((actor, record)) = change.actor().zip(before.model().users.get(&user)) else { return Ok(()) };
    let mut record = record.clone();
    edit(&mut record);
    Ok(authority::may_record(actor, before, user, &record)?)
}
