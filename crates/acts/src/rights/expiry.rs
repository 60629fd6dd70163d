//! What ends by itself. It stops counting at its very microsecond whatever happens here; this takes the rows away
//! and writes into the audit log that their time was over.

use access::{Id, Permit, Thing, can};
use store::change::audit::{Act, Outcome};
use store::{Author, Change};

use crate::rights::{grants, user_access};
use crate::{Answer, App};

/// Takes away what has ended, in every workspace.
pub async fn sweep(app: &App) -> Answer<()> {
    for workspace in app.store.ended().await? {
        end(app, workspace).await?;
    }
    Ok(())
}

/// Takes away what has ended in a workspace. The change holds the workspace's lock, so that of several nodes one
/// does it and the others find nothing left.
async fn end(app: &App, workspace: i64) -> Answer<()> {
    let permit = Permit::<can::UserSetAccess>::operator(workspace, Thing::WORKSPACE);
    let (mut change, _) = app.store.begin(&permit, &Author::itself()).await?;
    let (before, now) = (change.before().clone(), change.now());
    let model = before.model();
    let mut any = false;
    for over in model.temporary.iter().filter(|t| t.expires_at <= now) {
        change.delete_temporary(over.user, over.id).await?;
        let was = serde_json::json!({ "temporary": user_access::temporary_view(over) });
        record(&mut change, over.user, model.label(over.user), was);
        any = true;
    }
    for over in model.grants.iter().filter(|g| !g.counts_at(now)) {
        change.delete_grant(over.user, over.entity).await?;
        record(&mut change, over.user, model.label(over.user), grants::record(model, &grants::input(over)));
        any = true;
    }
    if any { Ok(change.commit().await?) } else { Ok(()) }
}

fn record(change: &mut Change<'_>, user: Id, name: &str, was: serde_json::Value) {
    let detail = serde_json::json!({ "before": was, "after": null });
    let act = Act::done("user:set_access", "user", user.0, name).with(detail);
    change.record(Act { outcome: Outcome::Expired, ..act });
}
