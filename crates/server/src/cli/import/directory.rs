//! What the parties of imported calls are matched to: the workspace's telephones and people.

use access::model::EntityKind;
use access::{Id, Micros, Model, Permit, Thing, can};
use acts::App;

use crate::Error;
use crate::import::{Directory, NumberPlan};

/// The directory of a workspace as it is now.
pub async fn of(app: &App, workspace: i64, plan: NumberPlan) -> Result<Directory, Error> {
    let snapshot = app.store.snapshot(workspace).await?;
    let model = snapshot.model();
    let mut directory = Directory::new(plan);
    for (id, entity) in &model.entities {
        let label = entity.label.as_str();
        match entity.kind {
            EntityKind::Extension => directory.add_extension(label, id.0, entity.owner.map(|user| user.0)),
            EntityKind::Queue => directory.add_queue(label, id.0),
            EntityKind::Number => directory.add_number(label, id.0, assignee(model, *id, app.store.now())),
        }
    }
    let permit = Permit::<can::QueueRead>::operator(workspace, Thing::WORKSPACE);
    for (id, digits) in app.store.queue_digits(&permit).await? {
        directory.add_queue(&digits, id.0);
    }
    for (id, user) in &model.users {
        directory.add_user(id.0, user.department.map(|unit| unit.0), user.branch.map(|unit| unit.0));
    }
    Ok(directory)
}

/// The one person who may use a number: a number that several share is nobody's in particular.
fn assignee(model: &Model, number: Id, now: Micros) -> Option<u32> {
    let lasts = |expires_at: Option<Micros>| expires_at.is_none_or(|at| now < at);
    let mut users = model.grants.iter().filter(|g| g.entity == number && g.may_use && lasts(g.expires_at));
    match (users.next(), users.next()) {
        (Some(grant), None) => Some(grant.user.0),
        _ => None,
    }
}
