//! `/api/v1/undo`: taking a change of one's own back.

use acts::Refusal;
use acts::kernel::foresight;
use store::Identity;

use web::output::Done;
use web::request::Request;

/// Undoes a change of one's own, by the receipt that its answer's `Ringfence-Undo` header gave.
pub async fn undo(request: Request, who: Identity, _: ()) -> Result<Done, Refusal> {
    foresight::undo(&request.server.app, &who.actor, &request.author(), request.param("undo")).await?;
    Ok(Done)
}
