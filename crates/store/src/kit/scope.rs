//! Proofs as SQL has them: which rows a list may show.

use access::{Id, Noun, Right, Rows, Visible};

/// The ids that a list is narrowed to; none for no narrowing.
pub(crate) fn narrowed<R: Right>(visible: &Visible<R>, noun: Noun) -> Option<Vec<Id>> {
    // What one may do to everything is still listed as far as one may see it.
    let sees_all = noun.see().is_none_or(|see| visible.actor().rows(see) == Rows::All);
    match visible.rows() {
        Rows::All if sees_all => None,
        _ => Some(visible.things(noun)),
    }
}
