//! Who leads a department or branch.

use access::model::UnitKind;
use access::{Id, Permission, Visible, can};
use store::Author;

use crate::kernel::refusal::Refusal;
use crate::people::several::{BulkDone, Open, chosen};
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
    let (_, unit) = units::known(visible.actor(), unit)?;
    let (named, coming) = edit.sorted()?;
    let people = chosen(visible, &named)?;
    let mut open = Open::<can::UserSetAccess>::of(app, visible, author, &people).await?;
    let before = open.before();
    for user in people {
        let (change, actor, _) = open.one(user)?;
        let led = user_access::led(before.model(), user);
        let (leads, is_to) = (led.contains(&unit), coming.contains(&user.0));
        let mut done = Ok(());
        if is_to
            && !leads
            && actor.is_some_and(|a| a.reach_over(Permission::UserSetAccess, &[unit]).is_none())
        {
            done = Err(Refusal::out_of_reach("add", "You can let people lead only what you lead yourself."));
        } else if leads != is_to {
            let others = led.into_iter().filter(|led| *led != unit);
            let units: Vec<Id> = others.chain(is_to.then_some(unit)).collect();
            done = user_access::let_lead(change, user, &units).await;
        }
        open.note(user, done.map(|()| leads != is_to))?;
    }
    open.commit().await
}
