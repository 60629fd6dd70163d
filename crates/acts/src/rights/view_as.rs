//! View as: seeing the workspace, read-only, as another user would.

use access::{CannotView, Permit, can, text};
use store::change::audit::Act;
use store::{Identity, Via};

use crate::kernel::refusal::{Code, Refusal};
use crate::{Answer, App};

/// Lets a session look at the workspace as the user that the permit is for. Refused on people who hold more than the
/// one who asks, on the Owner, and on whoever came by an API token.
pub async fn start(app: &App, permit: &Permit<can::AccessExplain>, who: &Identity) -> Answer<()> {
    let Via::Session(session) = who.via else {
        return Err(Refusal::because(Code::BadRequest, "An API token cannot see the workspace as somebody."));
    };
    let (mut change, permit) = app.store.begin(permit, &who.author()).await?;
    let user = permit.id();
    permit.actor().ok_or_else(|| Refusal::new(Code::Unauthenticated))?.view_as(user)?;
    change.start_viewing(session, user).await?;
    change.is_noted_only();
    let label = change.before().model().label(user).to_owned();
    change.record(Act::done("view_as:start", "user", i64::from(user.0), label));
    Ok(change.commit().await?)
}

/// Ends it; nothing happens where nobody is looked as.
pub async fn end(app: &App, who: &Identity) -> Answer<()> {
    if who.viewer.is_none() {
        return Ok(());
    }
    Ok(app.store.end_viewing(who, who.actor.id(), serde_json::json!({})).await?)
}

impl From<CannotView> for Refusal {
    fn from(why: CannotView) -> Refusal {
        let code = match why {
            CannotView::Denied(denied) => return denied.into(),
            CannotView::Owner => Code::OwnerProtected,
            CannotView::HoldsMore(_) => Code::HoldsMore,
            CannotView::Oneself | CannotView::Banned => Code::InUse,
        };
        let permission = match why {
            CannotView::HoldsMore(permission) => Some(permission),
            _ => None,
        };
        let message = text!("Not done: {why}.").and("why", why.text());
        Refusal { permission, ..Refusal::because(code, message) }
    }
}
