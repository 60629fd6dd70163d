//! An open change of several people at once: each allowed by a decision of its own, all of them or none, and whatever
//! is refused says on whom it failed.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use access::{
    Actor, Id, Model, Noun, Permission, Permit, Right, Snapshot, Thing, Visible, authority, can, text,
};
use schemars::JsonSchema;
use serde::Serialize;
use store::people::users::UserRow;
use store::{Author, Change, StoreError};

use crate::kernel::known::Known;
use crate::kernel::refusal::{Code, Refusal};
use crate::{Answer, App, id};

/// So many people are changed at once at the most.
pub const MOST: usize = 5_000;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BulkDone {
    /// How many people were changed.
    pub changed: usize,
    /// How many were so already.
    pub unchanged: usize,
}

/// The people that were named: each is one whom the asker sees. Who is hidden is told like who is not there (ALL-05).
pub(crate) fn chosen(visible: &Visible<can::UserRead>, named: &[u32]) -> Answer<Vec<Id>> {
    if named.is_empty() {
        return Err(Refusal::invalid("users", "{field} must name at least one person."));
    }
    few("users", named)?;
    let mut people: Vec<Id> = named.iter().copied().map(Id).collect();
    let mut distinct = BTreeSet::new();
    people.retain(|user| distinct.insert(*user));
    match people.iter().find(|user| thing(visible.actor(), **user).is_none()) {
        Some(user) => {
            Err(Refusal::out_of_reach("users", text!("{field} has {user}, whom you do not see here.", user)))
        }
        None => Ok(people),
    }
}

/// Whether no more people are named than are changed at once.
pub(crate) fn few(field: &'static str, named: &[u32]) -> Answer<()> {
    if named.len() > MOST {
        let message = text!("{field} must name at most {most} people at once.", most = MOST);
        return Err(Refusal::invalid(field, message));
    }
    Ok(())
}

/// Somebody whom the asker sees.
fn thing(actor: &Actor, user: Id) -> Option<Thing> {
    let thing = actor.snapshot().thing(Noun::User, user)?;
    actor.may(Permission::UserRead, &thing).then_some(thing)
}

/// An open change of several people, each allowed by a decision of its own.
pub(crate) struct Open<'s, R> {
    change: Change<'s>,
    first: Permit<R>,
    /// Their records, read at once: one read each would hold the writer longer.
    rows: HashMap<Id, UserRow>,
    done: BulkDone,
}

impl<'s, R: Right> Open<'s, R> {
    /// Opens it: the permission is decided for each of them, before and again inside the transaction.
    pub async fn of(
        app: &'s App,
        visible: &Visible<can::UserRead>,
        author: &Author,
        people: &[Id],
    ) -> Answer<Open<'s, R>> {
        let permit = |actor: &Actor, user: Id| {
            let thing = thing(actor, user).ok_or_else(|| Refusal::new(Code::NotFound))?;
            let permit: Answer<Permit<R>> = actor.permit_on(thing).map_err(Refusal::from);
            permit.map_err(|refusal| about(actor.snapshot().model(), user, refusal))
        };
        for user in people {
            permit(visible.actor(), *user)?;
        }
        let first = *people.first().ok_or_else(|| Refusal::new(Code::NotFound))?;
        let first = permit(visible.actor(), first)?;
        let (mut change, first) = app.store.begin_or_rehearse(&first, author).await?;
        if let Some(actor) = first.actor() {
            for user in people {
                permit(actor, *user)?;
                authority::may_touch(actor, actor.snapshot(), *user)
                    .map_err(|breach| about(actor.snapshot().model(), *user, breach.into()))?;
            }
        }
        let rows = change.users_of(people).await?.into_iter().map(|row| (id(row.id), row)).collect();
        Ok(Open { change, first, rows, done: BulkDone { changed: 0, unchanged: 0 } })
    }

    /// Who may do what before the change.
    pub fn before(&self) -> Arc<Snapshot> {
        self.change.before().clone()
    }

    /// What whoever acts may know of.
    pub fn known(&self) -> Known<'_> {
        Known::to(self.first.actor(), self.change.before().model())
    }

    /// The change to write to.
    pub fn change(&mut self) -> &mut Change<'s> {
        &mut self.change
    }

    /// One of them, each once: the change to write to, who acts, and the record as it is.
    pub fn one(&mut self, user: Id) -> Answer<(&mut Change<'s>, Option<&Actor>, UserRow)> {
        let row = self.rows.remove(&user).ok_or_else(|| Refusal::new(Code::NotFound))?;
        Ok((&mut self.change, self.first.actor(), row))
    }

    /// What became of one of them: whether anything was to do, or a refusal, which then says who it is about.
    pub fn note(&mut self, user: Id, changed: Answer<bool>) -> Answer<()> {
        let changed = changed.map_err(|refusal| about(self.change.before().model(), user, refusal))?;
        self.done.changed += usize::from(changed);
        self.done.unchanged += usize::from(!changed);
        Ok(())
    }

    /// Makes it hold.
    pub async fn commit(self) -> Answer<BulkDone> {
        let before = self.change.before().clone();
        match self.change.commit().await {
            Ok(()) => Ok(self.done),
            Err(StoreError::Breach(breach)) => Err(match breach.user() {
                Some(user) => about(before.model(), user, breach.into()),
                None => breach.into(),
            }),
            Err(error) => Err(error.into()),
        }
    }
}

/// The same refusal with the name of the person that it is about.
fn about(model: &Model, user: Id, refusal: Refusal) -> Refusal {
    let message = text!("{name}: {why}", name = model.label(user)).and("why", refusal.message);
    Refusal { message, ..refusal }
}
