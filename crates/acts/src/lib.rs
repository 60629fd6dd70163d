//! The acts of the product, in areas, one module a noun: rule, change, audit entry, event.
//!
//! Each act takes the permit that allows it, checks its input, opens a [`store::Change`] (which decides again),
//! and answers with a view that the actor may see. Faces (console, REST, AuthZEN) call these and nothing below.

pub mod calls;
pub mod entry;
pub mod kernel;
pub mod lines;
pub mod money;
pub mod office;
pub mod people;
pub mod rights;

use std::sync::Arc;

use access::{Permit, Right, Snapshot};
use store::Store;
use store::change::consequences::Consequences;

use crate::entry::{lookups, resets, withdrawals};
use crate::kernel::asks::Asks;
use crate::kernel::{refusals, secrets};
use crate::rights::{access_requests, uses};

pub use kernel::moment::Moment;
pub use kernel::refusal::{Code, Refusal};
pub use store::Author;

/// Everything that the acts need: the store, and the one place where passwords are hashed.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// Hashes and checks passwords, a few at a time.
    pub passwords: secrets::Passwords,
    /// When permissions were last used, until it is written down.
    pub uses: Arc<uses::Uses>,
    /// Look-ups of tokens and links: who showed many wrong ones.
    pub lookups: lookups::Lookups,
    /// Refusals of the present minute that the audit log does not have yet.
    pub refusals: Arc<refusals::Refusals>,
    /// Places for people who forgot their password, while they are looked after.
    pub forgotten: resets::Places,
    /// Whether mails are sent; else they are kept for people to pass on, and whoever makes a link is shown it.
    pub sends_mail: bool,
}

/// Which area answers what.
static ASKS: Asks = Asks { waiting: &[access_requests::waiting] };

/// What follows from what, among the acts.
static CONSEQUENCES: Consequences =
    Consequences { secrets_withdrawn: &[withdrawals::tell], ..Consequences::NONE };

impl App {
    /// An app on a store, without a mail server.
    pub fn new(store: Store) -> App {
        let (passwords, lookups) = (secrets::Passwords::default(), lookups::Lookups::default());
        let (store, forgotten) = (store.followed_by(&CONSEQUENCES), resets::Places::default());
        let (uses, refusals) = (Arc::default(), Arc::default());
        App { store, passwords, uses, lookups, refusals, forgotten, sends_mail: false }
    }

    /// The access that a permit was decided on; for whoever runs the machine, the workspace's present one.
    async fn snapshot<R: Right>(&self, permit: &Permit<R>) -> Answer<Arc<Snapshot>> {
        match permit.actor() {
            Some(actor) => Ok(actor.snapshot().clone()),
            None => self.current(permit.workspace()).await,
        }
    }

    /// A workspace's access as it stands: with what was just committed, on this node or another.
    async fn current(&self, workspace: i64) -> Answer<Arc<Snapshot>> {
        Ok(self.store.snapshot(workspace).await?)
    }
}

/// What an act can answer.
pub type Answer<T> = Result<T, Refusal>;

/// A part of a list, as every face shows it.
#[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
#[schemars(rename = "{T}List")]
pub struct List<T> {
    /// The rows of this part.
    pub items: Vec<T>,
    /// How many rows the whole list has, for this asker.
    pub total: i64,
    /// What to ask for the next part with; none at the end.
    pub next: Option<String>,
}

impl<T> List<T> {
    /// A list that is answered as a whole.
    pub fn whole(items: Vec<T>) -> List<T> {
        let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
        List { items, total, next: None }
    }

    /// A part of a list that is paged by offset.
    fn part(items: Vec<T>, total: i64, slice: store::Slice) -> List<T> {
        let shown = slice.offset + i64::try_from(items.len()).unwrap_or(0);
        List { items, total, next: (shown < total).then(|| shown.to_string()) }
    }
}

/// An id as the databases have it.
pub(crate) fn id(raw: i64) -> access::Id {
    access::Id(u32::try_from(raw).unwrap_or(u32::MAX))
}

/// A thing named in another thing's view.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Ref {
    /// Its id.
    pub id: u32,
    /// What people call it.
    pub name: String,
}

impl Ref {
    /// A reference to a thing of the access model.
    pub fn to(model: &access::Model, id: access::Id) -> Ref {
        Ref { id: id.0, name: model.label(id).to_owned() }
    }
}
