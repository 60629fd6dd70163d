//! The acts of the product, one module a noun: rule, change, audit entry, event.
//!
//! Each act takes the permit that allows it, checks its input, opens a [`store::Change`] (which decides again),
//! and answers with a view that the actor may see. Faces (console, REST, AuthZEN) call these and nothing below.

pub mod check;
pub mod refusal;
pub mod secrets;
pub mod sign_in;
pub mod users;

use store::Store;

pub use refusal::{Code, Refusal};
pub use store::Author;

/// Everything that the acts need: the store, and the one place where passwords are hashed.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// Hashes and checks passwords, a few at a time.
    pub passwords: secrets::Passwords,
}

impl App {
    /// An app on a store.
    pub fn new(store: Store) -> App {
        App { store, passwords: secrets::Passwords::default() }
    }
}

/// What an act can answer.
pub type Answer<T> = Result<T, Refusal>;

/// A part of a list, as every face shows it.
#[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
pub struct List<T> {
    /// The rows of this part.
    pub items: Vec<T>,
    /// How many rows the whole list has, for this asker.
    pub total: i64,
    /// What to ask for the next part with; none at the end.
    pub next: Option<String>,
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
