//! A secret of one's own in place of one that others know too.

use store::{Author, Change, Identity, StoreError};

use crate::kernel::refusal::{Code, Refusal};
use crate::{Answer, App};

/// Opens the change that replaces the temporary secret of a session; whose secret was replaced meanwhile signs in anew.
pub(crate) async fn begin_replacing<'a>(app: &'a App, who: &Identity, author: &Author) -> Answer<Change<'a>> {
    app.store.begin_with_temporary(who, author).await.map_err(|error| match error {
        StoreError::Missing => Refusal::new(Code::Unauthenticated),
        error => error.into(),
    })
}
