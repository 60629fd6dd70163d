//! What is asked of whichever areas have something to say: whoever asks knows none of them. What answers is in the table
//! that the top of this crate fills ([`crate::ASKS`]).

use std::future::Future;
use std::pin::Pin;

use access::{Actor, Permission};

use crate::{Answer, App};

/// An answer, once it is there.
pub type Says<'a, T> = Pin<Box<dyn Future<Output = Answer<T>> + Send + 'a>>;

/// Makes the form of the table, and for each row the way to ask; the answers come in the order of the table.
macro_rules! asks {
    ($($(#[$meaning:meta])* $name:ident($about:ty) -> $answer:ty;)+) => {
        /// Who answers what.
        #[derive(Debug, Clone, Copy)]
        pub struct Asks {
            $($(#[$meaning])* pub $name: &'static [for<'a> fn(&'a App, &'a $about) -> Says<'a, $answer>],)+
        }

        impl App {
            $($(#[$meaning])*
            pub async fn $name(&self, about: &$about) -> Answer<Vec<$answer>> {
                let mut answers = vec![];
                for says in crate::ASKS.$name {
                    answers.push(says(self, about).await?);
                }
                Ok(answers)
            })+
        }
    };
}

asks! {
    /// How many things wait for somebody, with the permission by which they see to them: for the menu of a page.
    waiting(Actor) -> (Permission, i64);
}
