//! Every SQL statement of Ringfence, on SQLite and PostgreSQL.
//!
//! Reads of tenant data take a proof ([`access::Permit`] or [`access::Visible`]) and are bound to its workspace;
//! writes go through a [`Change`], which can only be opened with a permit. Start at [`change`].

pub mod calls;
pub mod change;
pub mod entry;
pub mod kit;
pub mod lines;
pub mod office;
pub mod people;
pub mod rights;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use access::{Denied, Micros, Snapshot};
use tokio::sync::broadcast;

use crate::change::consequences::Consequences;
use crate::change::watch;
use crate::entry::known_secrets;
use crate::kit::{db, load, seal};

pub use change::{Author, Change, Foreseen, Intent, Receipt, Via};
pub use entry::identity::{Identity, Viewer};
pub use kit::page::{Page, Slice};

/// Tells the time; passed in, so that tests can move it.
pub type Clock = Arc<dyn Fn() -> Micros + Send + Sync>;

/// What follows from what, among the areas of this crate.
static CONSEQUENCES: Consequences = Consequences {
    access_changes: &[known_secrets::withdraw, rights::undo::leave],
    entity_deleted: &[rights::forget_entity],
    users_deleted: &[lines::entities::forget_users, rights::forget_users],
    ..Consequences::NONE
};

/// The database with what is kept in memory of it.
#[derive(Clone)]
pub struct Store {
    db: db::Db,
    clock: Clock,
    seal: seal::SealKey,
    snapshots: Arc<RwLock<HashMap<i64, Arc<Snapshot>>>>,
    changes: broadcast::Sender<Changed>,
    announced: Arc<Mutex<HashMap<i64, (i64, What)>>>,
    consequences: [&'static Consequences; 2],
}

/// Something in a workspace is another than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// Where.
    pub workspace: i64,
    /// Rises with each change of the workspace, so that one told twice is noticed once.
    pub mark: i64,
    /// What kind of change it is.
    pub what: What,
}

/// What a change concerns, and so who needs to be told of it; what comes later concerns more people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// The log alone, or one's own sessions: a refusal, a sign-in.
    Log,
    /// Anything that people see.
    Data,
    /// Who may do what, so that decisions may be others than before.
    Access,
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be reached, or the address is wrong.
    #[error("cannot open the database: {0}")]
    Connect(#[from] sqlx::Error),
    /// Its schema cannot be brought up to date.
    #[error("cannot bring the database's schema up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

/// Why something in the store did not happen.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(sqlx::Error),
    /// A text has a NUL character, which not every database can keep or look for.
    #[error("a text has a NUL character")]
    Nul,
    /// The permit no longer holds at the current version.
    #[error("no longer permitted")]
    Denied(Denied),
    /// The change would break a rule about who may act on whom.
    #[error("{0}")]
    Breach(#[from] access::authority::Breach),
    /// Nothing was changed, as was asked: this is what the change would do.
    #[error("not done, only foreseen")]
    Foreseen(Box<change::Foreseen>),
    /// The change cannot be undone any more; why.
    #[error("{0}")]
    NotUndoable(&'static str),
    /// The change would touch somebody of whom the actor may not know, and whom they may not touch.
    #[error("somebody whom the actor may not see would be changed")]
    Unseen,
    /// Somebody else changed the record in the meantime.
    #[error("the record was changed in the meantime")]
    Stale,
    /// A value that must be unique is taken; the field that holds it.
    #[error("{0} is taken")]
    Taken(&'static str),
    /// A secret could not be sealed.
    #[error("a secret could not be sealed")]
    Unsealed,
    /// The session or token by which somebody acts is no longer there.
    #[error("the session has ended")]
    SessionEnded,
    /// No such row.
    #[error("no such row")]
    Missing,
    /// Whoever the change concerns could not be told of it.
    #[error("cannot tell those concerned: {0}")]
    Untold(Box<dyn std::error::Error + Send + Sync>),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Encode(cause) if cause.is::<db::Nul>() => StoreError::Nul,
            error => StoreError::Database(error),
        }
    }
}

impl From<Denied> for StoreError {
    fn from(denied: Denied) -> Self {
        StoreError::Denied(denied)
    }
}

/// What a store operation can fail with.
pub type Result<T> = std::result::Result<T, StoreError>;

impl Store {
    /// Opens `sqlite:PATH` or `postgres://…`, brings its schema up to date, and starts to watch it for changes
    /// that other processes make. What it keeps sealed is sealed with the key.
    pub async fn open(url: &str, clock: Clock, seal: seal::SealKey) -> std::result::Result<Store, OpenError> {
        let (changes, _) = broadcast::channel(1024);
        let store = Store {
            db: db::Db::open(url).await?,
            clock,
            seal,
            snapshots: Arc::default(),
            changes,
            announced: Arc::default(),
            consequences: [&CONSEQUENCES, &Consequences::NONE],
        };
        watch::start(&store).await?;
        Ok(store)
    }

    /// Now.
    pub fn now(&self) -> Micros {
        (self.clock)()
    }

    /// The server's key.
    pub fn seal_key(&self) -> &seal::SealKey {
        &self.seal
    }

    /// What changes from now on, in this process or another.
    pub fn subscribe(&self) -> broadcast::Receiver<Changed> {
        self.changes.subscribe()
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        self.db.one::<(i64,)>(db::q("SELECT CAST(1 AS BIGINT)")).await?;
        Ok(())
    }

    /// A workspace's access as the database has it, whichever process changed it last, folded for now.
    pub async fn snapshot(&self, workspace: i64) -> Result<Arc<Snapshot>> {
        let query = db::q("SELECT version FROM workspaces WHERE id = ").v(workspace);
        let (version,) = self.db.one::<(i64,)>(query).await?.ok_or(StoreError::Missing)?;
        self.snapshot_since(workspace, version).await
    }

    /// A workspace's access at a version that was read just now, or later.
    async fn snapshot_since(&self, workspace: i64, version: i64) -> Result<Arc<Snapshot>> {
        let now = self.now();
        let cached = self.cached(workspace).filter(|s| s.model().version >= version);
        if let Some(snapshot) = cached {
            if now < snapshot.valid_until() {
                return Ok(snapshot);
            }
            return Ok(self.keep(Snapshot::build(snapshot.model().clone(), now)));
        }
        let model = load::model(&mut load::Reader::Db(&self.db), workspace).await?;
        Ok(self.keep(Snapshot::build(model, now)))
    }

    fn cached(&self, workspace: i64) -> Option<Arc<Snapshot>> {
        self.snapshots.read().unwrap_or_else(PoisonError::into_inner).get(&workspace).cloned()
    }

    /// Puts a snapshot in place unless a later one is there.
    fn keep(&self, snapshot: impl Into<Arc<Snapshot>>) -> Arc<Snapshot> {
        let snapshot = snapshot.into();
        let mut kept = self.snapshots.write().unwrap_or_else(PoisonError::into_inner);
        let newer =
            |old: &Arc<Snapshot>| (old.model().version, old.at()) > (snapshot.model().version, snapshot.at());
        match kept.get(&snapshot.model().workspace) {
            Some(old) if newer(old) => old.clone(),
            _ => {
                kept.insert(snapshot.model().workspace, snapshot.clone());
                snapshot
            }
        }
    }

    /// Tells whoever listens of a change, once: our own commits are seen by the watch of the database too, which may come
    /// first and know less of them.
    fn announce(&self, changed: Changed) {
        let mut announced = self.announced.lock().unwrap_or_else(PoisonError::into_inner);
        let last = announced.entry(changed.workspace).or_insert((0, What::Log));
        if *last < (changed.mark, changed.what) {
            *last = (changed.mark, changed.what);
            // Nobody listening is no error.
            let _ = self.changes.send(changed);
        }
    }
}

/// Turns the database's word that a unique value is taken into the field it is about.
fn taken(field: &'static str) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |error| match &error {
        sqlx::Error::Database(e) if e.is_unique_violation() => StoreError::Taken(field),
        _ => error.into(),
    }
}
