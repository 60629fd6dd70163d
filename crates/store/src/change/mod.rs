//! A change of one workspace: one transaction with the decision made again, the act, its audit entry and the
//! guard on its outcome. Nothing of a tenant is written in any other way.

pub mod audit;
pub mod consequences;
pub mod mail;
pub(crate) mod rehearsal;
pub mod secrets;
pub(crate) mod watch;
pub mod workspaces;

use std::sync::{Arc, Mutex, PoisonError};

use access::authority::{self, Breach};
use access::{Actor, Difference, Id, Micros, Permission, Permit, Right, Snapshot, Thing};
use rand::Rng as _;

use crate::change::audit::Act;
use crate::kit::db::{Q, ROWS_PER_QUERY, Tx, q};
use crate::kit::load::{self, Reader};
use crate::{Changed, Result, Store, StoreError, What};

/// Who writes, for the audit log: the name of the person and the session or token they came by.
#[derive(Debug, Clone)]
pub struct Author {
    /// The user; none for whoever runs the machine.
    pub id: Option<Id>,
    /// What people call them.
    pub name: String,
    /// How they came: `session 12`, `api token 7`, `command line`.
    pub via: String,
    /// Whether what they ask for is to be done, or only foreseen.
    pub intent: Intent,
    /// What the change leaves to undo it by.
    pub receipt: Receipt,
    /// The session or token that they came by, which must still be there when the change is made.
    pub credential: Option<Via>,
}

/// How somebody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Via {
    /// A session that they signed in to.
    Session(Id),
    /// An API token.
    Token(Id),
}

/// Whether a change is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Intent {
    /// Make it.
    #[default]
    Do,
    /// Make it, unless somebody gains or loses access by it: then say who and what, and change nothing.
    Ask,
    /// Say who would gain and lose what; change nothing in any case.
    Try,
}

/// Where a change leaves the receipt that it can be undone by.
#[derive(Debug, Clone, Default)]
pub struct Receipt(Arc<Mutex<Option<String>>>);

impl Receipt {
    /// The receipt to undo the latest change by; none where there is nothing to undo.
    pub fn undo(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn leave(&self, undo: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(undo);
    }
}

impl Author {
    /// Whoever runs the machine.
    pub fn operator() -> Author {
        Author::new(None, "operator", "command line")
    }

    /// Somebody who wants what they ask for to be done.
    pub fn new(id: Option<Id>, name: impl Into<String>, via: impl Into<String>) -> Author {
        let (intent, receipt) = (Intent::Do, Receipt::default());
        Author { id, name: name.into(), via: via.into(), intent, receipt, credential: None }
    }

    /// Ringfence itself, for what happens at its time and by nobody's hand.
    pub fn itself() -> Author {
        Author::new(None, "Ringfence", "schedule")
    }
}

/// An open change. Dropped without a commit, it never was.
pub struct Change<'s> {
    store: &'s Store,
    pub(crate) tx: Tx,
    workspace: i64,
    before: Arc<Snapshot>,
    pub(crate) actor: Option<Actor>,
    pub(crate) decided: Option<(Permission, Thing)>,
    pub(crate) author: Author,
    now: Micros,
    next_id: i64,
    next_call: i64,
    chain: audit::Head,
    acts: Vec<Act>,
    touched: Vec<Id>,
    /// The addresses that rest, once they were asked for; see [`Change::address_is_free`].
    pub(crate) resting: Option<Vec<(Id, String)>>,
    changes_access: bool,
    is_noted_only: bool,
    pub(crate) is_for_good: bool,
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
        let tx = self.db.begin().await?;
        self.begin_in(tx, permit, author).await
    }

    /// The same in a transaction that is open.
    pub(crate) async fn begin_in<R: Right>(
        &self,
        tx: Tx,
        permit: &Permit<R>,
        author: &Author,
    ) -> Result<(Change<'_>, Permit<R>)> {
        let mut change = self.change_in(tx, permit.workspace(), author).await?;
        change.still_signed_in().await?;
        let permit = permit.renew(&change.before)?;
        change.actor = permit.actor().cloned();
        change.decided = Some((permit.permission(), permit.thing().clone()));
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
            decided: None,
            author: author.clone(),
            now,
            next_id: head.next_id,
            next_call: head.next_call,
            chain: audit::Head { seq: head.audit_seq, hash: head.audit_head },
            acts: vec![],
            touched: vec![],
            resting: None,
            changes_access: false,
            is_noted_only: false,
            is_for_good: false,
        })
    }
}

impl Change<'_> {
    /// The workspace that is changed.
    pub fn workspace(&self) -> i64 {
        self.workspace
    }

    /// The store that is changed.
    pub(crate) fn store(&self) -> &Store {
        self.store
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

    /// Whether the session or token that the author came by is still there: a reset that was answered before ends what
    /// was under way.
    pub(crate) async fn still_signed_in(&mut self) -> Result<()> {
        let query = match self.author.credential {
            None => return Ok(()),
            Some(Via::Session(id)) => q("SELECT 1 AS one FROM sessions WHERE id = ").v(id),
            Some(Via::Token(id)) => q("SELECT 1 AS one FROM api_tokens WHERE id = ").v(id),
        };
        let found: Option<(i32,)> = self.tx.one(query.s(" AND workspace_id = ").v(self.workspace)).await?;
        found.map(|_| ()).ok_or(StoreError::SessionEnded)
    }

    /// Says who acts, once that is known from inside the change.
    pub(crate) fn is_by(&mut self, author: Author) {
        self.author = author;
    }

    /// Says under which permission the change is made where that is not the one that opened it: undoing it takes the
    /// same.
    pub fn under<R: Right>(&mut self, permit: &Permit<R>) {
        self.decided = Some((permit.permission(), permit.thing().clone()));
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

    /// Refuses to go on where a row, whose revision a query finds, is not there, or somebody else edited it since.
    pub(crate) async fn is_at(&mut self, found: Q, revision: Option<i64>) -> Result<()> {
        let found: Option<(i64,)> = self.tx.one(found).await?;
        match (found, revision) {
            (None, None) => Err(StoreError::Missing),
            (Some(_), None) => Ok(()),
            (found, Some(revision)) if found == Some((revision,)) => Ok(()),
            (_, Some(_)) => Err(StoreError::Stale),
        }
    }

    /// Does the same to what is some users': a statement up to where it says which rows.
    pub(crate) async fn run_for(&mut self, statement: &'static str, users: &[Id]) -> Result<()> {
        for some in users.chunks(ROWS_PER_QUERY) {
            let query = q(statement).s(" WHERE workspace_id = ").v(self.workspace).s(" AND user_id IN ");
            self.tx.exec(query.list(some.iter().copied())).await?;
        }
        Ok(())
    }

    /// Says that the change shows in the log alone, and to its author: nobody else is told that anything happened.
    pub fn is_noted_only(&mut self) {
        self.is_noted_only = true;
    }

    /// What the change is told as to whoever listens.
    fn what(&self) -> What {
        match (self.changes_access, self.is_noted_only) {
            (true, _) => What::Access,
            (false, true) => What::Log,
            (false, false) => What::Data,
        }
    }

    /// An id for a row of a kind of which nobody is to count what others make of it: drawn at random among those that
    /// are free. `taken` selects the ids of a workspace's rows of that kind.
    pub(crate) async fn new_opaque_id(&mut self, taken: &'static str) -> Result<Id> {
        loop {
            let id = rand::rng().random_range(1..i64::from(u32::MAX));
            let is_taken: Option<(i64,)> =
                self.tx.one(q(taken).v(self.workspace).s(" AND id = ").v(id)).await?;
            if is_taken.is_none() {
                return Ok(load::id(id));
            }
        }
    }

    /// Says that the change does something that cannot be taken back, so that no undo is offered that would take back
    /// half of it.
    pub fn is_for_good(&mut self) {
        self.is_for_good = true;
    }

    /// What would be in force after the change; the change itself stays open.
    pub async fn after(&mut self) -> Result<Snapshot> {
        let mut model = load::model(&mut Reader::Tx(&mut self.tx), self.workspace).await?;
        model.version = self.before.model().version + 1;
        Ok(Snapshot::build(model, self.now))
    }

    /// Checks the outcome against the rules about who may act on whom, withdraws secrets that somebody knows who must
    /// not any more, writes the audit entries, and makes it hold: for the next request and for what is open.
    pub async fn commit(mut self) -> Result<()> {
        let after = if self.changes_access { Some(Arc::new(self.after().await?)) } else { None };
        let before = self.before.clone();
        let outcome = after.as_ref().unwrap_or(&before);
        if self.changes_access || !self.touched.is_empty() {
            let judged = authority::guard(self.actor.as_ref(), &before, outcome, &self.touched);
            judged.map_err(|breach| self.told(breach))?;
        }
        self.foresee(outcome)?;
        if let Some(after) = &after {
            self.access_changes(after).await?;
        }
        let acts = std::mem::take(&mut self.acts);
        audit::append(&mut self.tx, self.workspace, &mut self.chain, &self.author, self.now, acts).await?;
        let version = outcome.model().version;
        self.tx
            .exec(
                q("UPDATE workspaces SET version = ")
                    .v(version)
                    .s(", next_id = ")
                    .v(self.next_id)
                    .s(", next_call = ")
                    .v(self.next_call)
                    .s(", shown = shown + ")
                    .v(i64::from(self.what() != What::Log))
                    .s(", audit_seq = ")
                    .v(self.chain.seq)
                    .s(", audit_head = ")
                    .v(&self.chain.hash)
                    .s(" WHERE id = ")
                    .v(self.workspace),
            )
            .await?;
        let mark = version + self.chain.seq + self.next_call;
        let changed = Changed { workspace: self.workspace, mark, what: self.what() };
        crate::change::watch::notify(&mut self.tx, changed).await?;
        self.tx.commit().await?;
        if let Some(after) = after {
            self.store.keep(after);
        }
        self.store.announce(changed);
        Ok(())
    }

    /// A breach as the actor may be told of it: of somebody of whom they may not know, not even that they are the Owner or
    /// hold more (ALL-05).
    pub(crate) fn told(&self, breach: Breach) -> StoreError {
        let model = self.before.model();
        let owner = || model.users.keys().copied().find(|user| model.is_owner(*user));
        let user = if matches!(breach, Breach::OwnerProtected) { owner() } else { breach.user() };
        let hidden = |user: &Id| {
            model.users.contains_key(user)
                && self.actor.as_ref().is_some_and(|actor| !actor.knows_user(*user))
        };
        if user.as_ref().is_some_and(hidden) { StoreError::Unseen } else { breach.into() }
    }

    /// Stops here with what the change would do, where that is what was asked.
    fn foresee(&self, after: &Snapshot) -> Result<()> {
        if self.author.intent == Intent::Do || (self.author.intent == Intent::Ask && !self.changes_access) {
            return Ok(());
        }
        let difference = Difference::between(&self.before, after, self.actor.as_ref());
        if self.author.intent == Intent::Ask && difference.is_empty() {
            return Ok(());
        }
        Err(StoreError::Foreseen(Box::new(Foreseen { difference, before: self.before.clone() })))
    }
}

/// What a change would do, had it been made.
#[derive(Debug)]
pub struct Foreseen {
    /// Who gains and loses what.
    pub difference: Difference,
    /// The access before it, by which things are named.
    pub before: Arc<Snapshot>,
}
