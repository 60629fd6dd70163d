//! Who leads a department or branch.

use access::model::UnitKind;
use access::{Id, Permission, Visible, can};
use store::Author;

use crate::kernel::refusal::Refusal;
use crate::people::several::BulkDone;
use crate::people::units::{self, UnitPeople};
use crate::rights::user_access;
use crate::{Answer, App};

/// Lets people lead a department or branch, beside what else they lead, and lets others lead it no longer.
pub async fn change(
    app: &App,
    visible: &Visible<can::UserRead>,
    author: &Author,
    unit: (UnitKind, Id),
    edit: &UnitPeople,
) -> Answer<BulkDone> {
    let (mut open, unit, people) =
        units::open::<can::UserSetAccess>(app, visible, author, unit, edit).await?;
    let before = open.before();
    for (user, comes) in people {
        let (change, actor, _) = open.one(user)?;
        let led = user_access::led(before.model(), user);
        let leads = led.contains(&unit);
        let mut done = Ok(());
        if comes
            && !leads
            && actor.is_some_and(|a| a.reach_over(Permission::UserSetAccess, &[unit]).is_none())
        {
            done = Err(Refusal::out_of_reach("add", "You can let people lead only what you lead yourself."));
        } else if leads != comes {
            let others = led.into_iter().filter(|led| *led != unit);
            let units: Vec<Id> = others.chain(comes.then_some(unit)).collect();
            done = user_access::let_lead(change, user, &units).await;
        }
        open.note(user, done.map(|()| leads != comes))?;
    }
    open.commit().await
}
