//! A session that a PIN opened counts for more while the password was typed lately.

use access::{Micros, text};
use store::{Identity, Via};

use crate::entry::confirm::{self, Confirmation};
use crate::kernel::refusal::{Code, Refusal};
use crate::{Answer, App};

/// The password counts for so long in a session that a PIN opened.
pub const LASTS: Micros = 900 * 1_000_000;

/// Notes that whoever is in a session typed their present password: for a while it counts as one that the password
/// opened. Guesses are counted with those at sign-in.
pub async fn lift(app: &App, who: &Identity, typed: &Confirmation<'_>) -> Answer<()> {
    let Via::Session(session) = who.via else {
        let message = text!("An API token is no session: this is for sessions that a PIN opened.");
        return Err(Refusal::because(Code::BadRequest, message));
    };
    let (workspace, author) = (who.actor.snapshot().model().workspace, who.author());
    confirm::typed(app, &who.actor, &author, "session:lift", typed).await?;
    Ok(app.store.lift_session(workspace, &author, session, app.store.now() + LASTS).await?)
}
