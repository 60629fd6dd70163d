//! What to say when a value must be unique and is not: which field, and who has it where the asker may know.

use access::{Actor, Snapshot, text};
use store::StoreError;

use crate::kernel::refusal::{Code, Refusal};

/// The refusal for an email address, with the name of whoever has it where the asker sees their record.
pub(crate) fn email(error: StoreError, snapshot: &Snapshot, asker: Option<&Actor>, email: &str) -> Refusal {
    let sees = |user: &access::Id| asker.is_none_or(|asker| asker.sees_user(*user));
    let holder = snapshot.by_email(email).filter(sees);
    by(error, holder.map(|user| snapshot.model().label(user)))
}

/// The refusal for a value of a thing, with the name of the thing that has it.
pub(crate) fn by(error: StoreError, holder: Option<&str>) -> Refusal {
    let (StoreError::Taken(field), Some(holder)) = (&error, holder) else { return error.into() };
    let message = text!("{field} is in use already: {holder} has it. Choose another value.", holder);
    Refusal::because(Code::Taken, message).at(*field)
}
