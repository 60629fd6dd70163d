//! What follows elsewhere from what an area does, in the same transaction: an area says what happens and knows nobody above
//! it; what follows is in the tables that the top of this crate ([`crate::CONSEQUENCES`]) and of the crate above fill.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use access::{Id, Snapshot};

use crate::change::Change;
use crate::change::secrets::Withdrawn;
use crate::{Result, Store};

/// What follows, once it is done.
pub type Follows<'c> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'c>>;

/// Makes the form of the tables, and for each row the way to say that it happens.
macro_rules! consequences {
    ($($(#[$meaning:meta])* $name:ident($what:ty);)+) => {
        /// What follows from what, in the order in which it is done.
        #[derive(Debug, Clone, Copy)]
        pub struct Consequences {
            $($(#[$meaning])* pub $name: &'static [for<'c> fn(&'c mut Change<'_>, &'c $what) -> Follows<'c>],)+
        }

        impl Consequences {
            /// Nothing follows from anything.
            pub const NONE: Consequences = Consequences { $($name: &[]),+ };
        }

        impl Change<'_> {
            $($(#[$meaning])*
            pub(crate) async fn $name(&mut self, what: &$what) -> Result<()> {
                for table in self.store.consequences {
                    for follow in table.$name {
                        follow(self, what).await?;
                    }
                }
                Ok(())
            })+
        }
    };
}

consequences! {
    /// Access becomes another one: as it will be, before it is.
    access_changes(Arc<Snapshot>);
    /// An extension, queue or number is deleted.
    entity_deleted(Id);
    /// Secrets no longer work, because those whose they are will hold more than some who know them.
    secrets_withdrawn([Withdrawn]);
    /// Users are deleted: what is theirs alone goes.
    users_deleted([Id]);
}

impl Store {
    /// The same store, in whose changes more follows.
    #[must_use]
    pub fn followed_by(self, above: &'static Consequences) -> Store {
        let [own, _] = self.consequences;
        Store { consequences: [own, above], ..self }
    }
}
