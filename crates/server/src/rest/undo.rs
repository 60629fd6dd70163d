//! `/api/v1/undo`: taking a change of one's own back.

use store::Identity;
use workspace::{Code, Refusal, foresight};

use crate::output::Done;
use crate::request::Request;

/// Undoes a change of one's own, by the number that its answer's `Ringfence-Undo` header gave.
pub async fn undo(request: Request, who: Identity, _: ()) -> Result<Done, Refusal> {
    let undo = request.param("undo").parse().map_err(|_| Refusal::new(Code::NotFound))?;
    foresight::undo(&request.server.app, &who.actor, &request.author(), undo).await?;
    Ok(Done)
}
