//! Undoing a change of access: the rows that it changed, as they were and as it left them.
//!
//! A change is undone by whoever made it, as a change like any other: the permission that it took is asked for again,
//! so is the one that each row's way back takes by itself, and the outcome is judged. It cannot be undone once somebody
//! else has changed one of its rows, or what they name is gone.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::{Actor, Id, Micros, Model, Noun, Permission, Snapshot, Thing};
use rand::Rng as _;

use crate::change::consequences::Follows;
use crate::change::{Author, Change};
use crate::kit::db::{Tx, q, row};
use crate::rights::undo_rows::{Edit, Key, rows};
use crate::{Result, Store, StoreError};

/// Changes can be undone for this long.
const KEPT: Micros = 7 * 86_400 * 1_000_000;

/// A change that can be undone.
struct Made<'a> {
    receipt: &'a str,
    user: Id,
    permission: Permission,
    thing: &'a Thing,
}

/// Writes down how to undo a change, as access becomes another one, if somebody made it and it can be undone.
pub(crate) fn leave<'c>(change: &'c mut Change<'_>, after: &'c Arc<Snapshot>) -> Follows<'c> {
    Box::pin(change.leave_undo(after))
}

/// What a change did to the rows of the access model; none where it did nothing to them, or did what cannot be taken
/// back: people, extensions, queues or numbers came or went.
fn edits(before: &Model, after: &Model) -> Option<Vec<Edit>> {
    if !before.users.keys().eq(after.users.keys()) || !before.entities.keys().eq(after.entities.keys()) {
        return None;
    }
    let (mut was, mut is) = (rows(before), rows(after));
    was.retain(|key, row| {
        is.get(key) != Some(row) || {
            is.remove(key);
            false
        }
    });
    let keys: BTreeSet<Key> = was.keys().chain(is.keys()).copied().collect();
    let edits: Vec<Edit> =
        keys.into_iter().map(|key| Edit { key, was: was.remove(&key), is: is.remove(&key) }).collect();
    (!edits.is_empty()).then_some(edits)
}

/// Keeps what it takes to undo a change, and forgets what is too old to be undone.
async fn keep(tx: &mut Tx, workspace: i64, now: Micros, made: &Made<'_>, edits: &[Edit]) -> Result<()> {
    let old = q("DELETE FROM undos WHERE workspace_id = ").v(workspace).s(" AND made_at < ").v(now - KEPT);
    tx.exec(old).await?;
    let insert = q(
        "INSERT INTO undos (workspace_id, receipt, user_id, permission, thing_kind, thing_id, edits, made_at) VALUES ",
    );
    let insert = insert.list(row![
        workspace,
        made.receipt,
        made.user,
        made.permission.name(),
        made.thing.noun.word(),
        made.thing.id,
        serde_json::json!(edits).to_string(),
        now
    ]);
    tx.exec(insert).await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Kept {
    user_id: i64,
    permission: String,
    thing_kind: String,
    thing_id: i64,
    edits: String,
    made_at: i64,
    undone_at: Option<i64>,
}

impl Store {
    /// Undoes a change that the actor made, if they may still make such changes and nobody has changed the same rows
    /// since. Other people's changes answer like ones that never were.
    pub async fn undo(&self, actor: &Actor, author: &Author, receipt: &str) -> Result<()> {
        let mut change = self.open_change(actor.snapshot().model().workspace, author).await?;
        let select =
            q("SELECT user_id, permission, thing_kind, thing_id, edits, made_at, undone_at FROM undos \
                        WHERE workspace_id = ")
            .v(change.workspace())
            .s(" AND receipt = ")
            .v(receipt);
        let kept: Option<Kept> = change.tx.one(select).await?;
        let kept = kept.filter(|kept| kept.user_id == i64::from(actor.id().0)).ok_or(StoreError::Missing)?;
        change.still_signed_in().await?;
        change.decide_again(actor, &kept)?;
        if kept.undone_at.is_some() {
            return Err(StoreError::NotUndoable("This is undone already."));
        }
        if kept.made_at + KEPT < change.now() {
            return Err(StoreError::NotUndoable("This was too long ago to be undone."));
        }
        // What another release wrote may be unreadable here: then nothing is undone, and nothing is said to be.
        let edits: Vec<Edit> = serde_json::from_str(&kept.edits).map_err(|_| {
            StoreError::NotUndoable(
                "It cannot be undone: what was kept of it cannot be read by this release.",
            )
        })?;
        change.take_back(&edits).await.map_err(|error| match error {
            // Others refer to what would go.
            StoreError::Database(sqlx::Error::Database(e)) if e.is_foreign_key_violation() => {
                StoreError::NotUndoable("It cannot be undone any more: what it made is in use by now.")
            }
            error => error,
        })?;
        change.decide_each(&edits).await?;
        let done = q("UPDATE undos SET undone_at = ").v(change.now()).s(" WHERE workspace_id = ");
        change.tx.exec(done.v(change.workspace()).s(" AND receipt = ").v(receipt)).await?;
        for edit in &edits {
            change.record(edit.act(change.before().model(), receipt));
        }
        change.commit().await
    }
}

impl Change<'_> {
    async fn leave_undo(&mut self, after: &Snapshot) -> Result<()> {
        if self.is_for_good {
            return Ok(());
        }
        let (Some(actor), Some((permission, thing))) = (&self.actor, &self.decided) else { return Ok(()) };
        let Some(edits) = edits(self.before().model(), after.model()) else { return Ok(()) };
        // A number would tell how many changes others make.
        let receipt = hex::encode(rand::rng().random::<[u8; 16]>());
        let (workspace, now) = (self.workspace(), self.now());
        let made = Made { receipt: &receipt, user: actor.id(), permission: *permission, thing };
        keep(&mut self.tx, workspace, now, &made, &edits).await?;
        self.author.receipt.leave(receipt);
        Ok(())
    }

    /// Asks again for the permission that the change took, on the same thing, or on the workspace if that is gone.
    fn decide_again(&mut self, actor: &Actor, kept: &Kept) -> Result<()> {
        let permission = Permission::from_name(&kept.permission).ok_or(StoreError::Missing)?;
        let actor = actor.renew(self.before().clone()).ok_or(access::Denied::Lacks(permission))?;
        let thing = Noun::from_word(&kept.thing_kind)
            .and_then(|noun| self.before().thing(noun, crate::kit::load::id(kept.thing_id)))
            .unwrap_or(Thing::WORKSPACE);
        if !actor.may(permission, &thing) {
            return Err(access::Denied::Lacks(permission).into());
        }
        self.actor = Some(actor);
        self.decided = Some((permission, thing));
        Ok(())
    }

    /// Asks for the permission that each row's way back takes by itself, over what it is about as it stands and as it
    /// comes to stand: the change may have been made under another one, or by somebody who saw more than now.
    async fn decide_each(&mut self, edits: &[Edit]) -> Result<()> {
        let (before, after) = (self.before().clone(), self.after().await?);
        let Some(actor) = &self.actor else { return Ok(()) };
        for edit in edits {
            // What the actor no longer sees, they no longer bring back or take away.
            if edit.moves().into_iter().any(|id| before.model().is_placed(id) && !actor.knows(id)) {
                return Err(StoreError::Unseen);
            }
            let (noun, id) = edit.about();
            let things = || [&*before, &after].into_iter().filter_map(|stands| stands.thing(noun, id));
            for permission in edit.takes() {
                let may = |thing| actor.acts_on(permission, &thing);
                // What is in no snapshot is decided of as of the workspace.
                let over = if things().next().is_none() { may(Thing::WORKSPACE) } else { things().all(may) };
                // A number may have been given, or taken back, by whoever assigns numbers.
                let assigns = |number| actor.may_to(Permission::NumberAssign, Noun::Number, number);
                if !over && !edit.grants().is_some_and(assigns) {
                    return Err(access::Denied::Lacks(permission).into());
                }
            }
        }
        Ok(())
    }

    async fn take_back(&mut self, edits: &[Edit]) -> Result<()> {
        let before = self.before().clone();
        let now = rows(before.model());
        if edits.iter().any(|edit| now.get(&edit.key) != edit.is.as_ref()) {
            return Err(StoreError::NotUndoable(
                "It cannot be undone any more: somebody has changed the same since.",
            ));
        }
        let comes_back = |id: Id| edits.iter().any(|edit| edit.key.id == id && edit.defines());
        let is_there = |id: &Id| before.model().has(*id) || comes_back(*id);
        let named = edits.iter().filter_map(|edit| Some(edit.was.as_ref()?.names(edit.key)));
        if !named.flatten().all(|id| is_there(&id)) {
            return Err(StoreError::NotUndoable(
                "It cannot be undone any more: what it was about was deleted since.",
            ));
        }
        // What others depend on comes first and goes last.
        for edit in edits {
            if let Some(row) = &edit.was {
                self.put(edit.key, row).await?;
            }
        }
        for edit in edits.iter().rev().filter(|edit| edit.was.is_none()) {
            self.remove(edit.key, edit.is.as_ref()).await?;
        }
        Ok(())
    }
}
