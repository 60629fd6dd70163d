//! A change of one workspace: one transaction with the decision made again, the act, its audit entry and the
//! guard on its outcome. Nothing of a tenant is written in any other way.

use std::sync::Arc;

use access::{Actor, Id, Micros, Permit, Right, Snapshot, authority};

use crate::audit::{self, Act};
use crate::db::{Tx, q};
use crate::load::{self, Reader};
use crate::{Changed, Result, Store, StoreError};

/// Who writes, for the audit log: the name of the person and the session or token they came by.
#[derive(Debug, Clone)]
pub struct Author {
    /// The user; none for whoever runs the machine.
    pub id: Option<Id>,
    /// What people call them.
    pub name: String,
    /// How they came: `session 12`, `api token 7`, `command line`.
    pub via: String,
}

impl Author {
    /// Whoever runs the machine.
    pub fn operator() -> Author {
        Author { id: None, name: "operator".into(), via: "command line".into() }
    }
}

/// An open change. Dropped without a commit, it never was.
pub struct Change<'s> {
    store: &'s Store,
    pub(crate) tx: Tx,
    workspace: i64,
    before: Arc<Snapshot>,
    actor: Option<Actor>,
    author: Author,
    now: Micros,
    next_id: i64,
    next_call: i64,
    chain: audit::Head,
    acts: Vec<Act>,
    touched: Vec<Id>,
    changes_access: bool,
}

#[derive(sqlx::FromRow)]
struct Head {
    version: i64,
    next_id: i64,
    next_call: i64,
    audit_seq: i64,
    audit_head: String,
}

impl Store {
    /// Opens a change with a permit. The decision is made again at the workspace's present version, so that no
    /// act outlives a revocation; the renewed permit is the one to act on.
    pub async fn begin<R: Right>(
        &self,
        permit: &Permit<R>,
        author: &Author,
    ) -> Result<(Change<'_>, Permit<R>)> {
        let mut change = self.open_change(permit.workspace(), author).await?;
        let permit = permit.renew(&change.before)?;
        change.actor = permit.actor().cloned();
        Ok((change, permit))
    }

    /// Opens a change that is nobody's act: a refusal to be written down, a sign-in.
    pub(crate) async fn open_change(&self, workspace: i64, author: &Author) -> Result<Change<'_>> {
        let tx = self.db.begin().await?;
        self.change_in(tx, workspace, author).await
    }

    /// Makes a transaction a change of a workspace.
    pub(crate) async fn change_in(&self, mut tx: Tx, workspace: i64, author: &Author) -> Result<Change<'_>> {
        let lock = tx.for_update();
        let head = q("SELECT version, next_id, next_call, audit_seq, audit_head FROM workspaces WHERE id = ");
        let head: Head = tx.one(head.v(workspace).s(lock)).await?.ok_or(StoreError::Missing)?;
        let now = self.now();
        let cached = self.cached(workspace).filter(|s| s.model().version == head.version);
        let before = match cached {
            Some(snapshot) if now < snapshot.valid_until() => snapshot,
            Some(snapshot) => self.keep(Snapshot::build(snapshot.model().clone(), now)),
            None => self.keep(Snapshot::build(load::model(&mut Reader::Tx(&mut tx), workspace).await?, now)),
        };
        Ok(Change {
            store: self,
            tx,
            workspace,
            before,
            actor: None,
            author: author.clone(),
            now,
            next_id: head.next_id,
            next_call: head.next_call,
            chain: audit::Head { seq: head.audit_seq, hash: head.audit_head },
            acts: vec![],
            touched: vec![],
            changes_access: false,
        })
    }
}

impl Change<'_> {
    /// The workspace that is changed.
    pub fn workspace(&self) -> i64 {
        self.workspace
    }

    /// The moment of the change.
    pub fn now(&self) -> Micros {
        self.now
    }

    /// Who may do what before the change.
    pub fn before(&self) -> &Arc<Snapshot> {
        &self.before
    }

    /// Who acts; none for whoever runs the machine.
    pub fn actor(&self) -> Option<&Actor> {
        self.actor.as_ref()
    }

    /// Says who acts, once that is known from inside the change.
    pub(crate) fn is_by(&mut self, author: Author) {
        self.author = author;
    }

    /// The next id of the workspace.
    pub fn new_id(&mut self) -> Id {
        self.next_id += 1;
        load::id(self.next_id - 1)
    }

    /// The first of `count` new call ids.
    pub(crate) fn new_call_ids(&mut self, count: i64) -> i64 {
        self.next_call += count;
        self.next_call - count
    }

    /// Writes the act into the audit log when the change is committed.
    pub fn record(&mut self, act: Act) {
        self.acts.push(act);
    }

    /// Says that the act concerns a user beyond what the access model shows, so that the guard looks at them.
    pub fn touches(&mut self, user: Id) {
        self.touched.push(user);
    }

    pub(crate) fn changes_access(&mut self) {
        self.changes_access = true;
    }

    /// What would be in force after the change; the change itself stays open.
    pub async fn after(&mut self) -> Result<Snapshot> {
        let mut model = load::model(&mut Reader::Tx(&mut self.tx), self.workspace).await?;
        model.version = self.before.model().version + 1;
        Ok(Snapshot::build(model, self.now))
    }

    /// Checks the outcome against the rules about who may act on whom, writes the audit entries, and makes it
    /// hold: for the next request and for what is open.
    pub async fn commit(mut self) -> Result<()> {
        let after = if self.changes_access { Some(self.after().await?) } else { None };
        let outcome = after.as_ref().unwrap_or(&self.before);
        if self.changes_access || !self.touched.is_empty() {
            authority::guard(self.actor.as_ref(), &self.before, outcome, &self.touched)?;
        }
        for act in std::mem::take(&mut self.acts) {
            audit::append(&mut self.tx, self.workspace, &mut self.chain, &self.author, self.now, act).await?;
        }
        let version = outcome.model().version;
        self.tx
            .exec(
                q("UPDATE workspaces SET version = ")
                    .v(version)
                    .s(", next_id = ")
                    .v(self.next_id)
                    .s(", next_call = ")
                    .v(self.next_call)
                    .s(", audit_seq = ")
                    .v(self.chain.seq)
                    .s(", audit_head = ")
                    .v(&self.chain.hash)
                    .s(" WHERE id = ")
                    .v(self.workspace),
            )
            .await?;
        let mark = version + self.chain.seq + self.next_call;
        let changed = Changed { workspace: self.workspace, mark, access: self.changes_access };
        crate::watch::notify(&mut self.tx, changed).await?;
        self.tx.commit().await?;
        if let Some(after) = after {
            self.store.keep(after);
        }
        self.store.announce(changed);
        Ok(())
    }
}
