//! Closing a review: what was decided to be removed is taken away in one change, under the authority of whoever
//! closes. A line that they may not take away stays, and says why.

use std::collections::BTreeMap;

use access::authority::{Breach, guard};
use access::{Actor, Id, Model, Noun, Permission, Permit, Snapshot, can};
use store::change::audit::Act;
use store::rights::reviews::ReviewLineRow;
use store::{Author, Change};

use crate::kernel::refusal::Refusal;
use crate::people::users;
use crate::rights::reviews::{REMOVED, ReviewView, is_there, may_see, open, reviewer, show};
use crate::{Answer, App};

/// Closes a review.
pub async fn close(
    app: &App,
    permit: &Permit<can::AccessReview>,
    author: &Author,
    review: u32,
) -> Answer<ReviewView> {
    let (mut change, permit) = app.store.begin(permit, author).await?;
    let actor = reviewer(&permit)?.clone();
    let (row, _) = open(&mut change, &actor, review).await?;
    // All lines, also of people whom the closer may not see: of those nothing can be taken, and that is written down.
    let lines = change.review_lines(row.id).await?;
    let closing = Closing::of(&actor, change.now(), &lines)?;
    let mut became: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for line in &lines {
        let outcome = closing.outcomes.get(&line.id).map_or("kept", String::as_str);
        if outcome == REMOVED {
            closing.take(&mut change, line, &row.name).await?;
        }
        became.entry(outcome).or_default().push(line.id);
    }
    for (outcome, lines) in became {
        change.set_outcome(row.id, &lines, outcome).await?;
    }
    change.close_review(row.id).await?;
    let removed = closing.outcomes.values().filter(|outcome| *outcome == REMOVED).count();
    let detail = serde_json::json!({ "before": { "review": "open" },
        "after": { "review": "closed", "lines": lines.len(), "removed": removed } });
    change.record(Act::done("access:review", "review", row.id, row.name.as_str()).with(detail));
    change.commit().await?;
    show(app, &permit, review).await
}

/// What becomes of each line that is to be removed.
struct Closing<'a> {
    before: &'a Snapshot,
    default_role: Id,
    /// The model with everything taken away that can be.
    after: Model,
    outcomes: BTreeMap<i64, String>,
}

impl<'a> Closing<'a> {
    /// Judges every removal by the guard before any is made: what it would refuse is left out.
    fn of(actor: &'a Actor, now: access::Micros, lines: &[ReviewLineRow]) -> Answer<Closing<'a>> {
        let before = actor.snapshot();
        let default_role = users::default_role(before.model())?;
        let mut closing =
            Closing { before, default_role, after: before.model().clone(), outcomes: BTreeMap::new() };
        let mut left = vec![];
        for line in lines.iter().filter(|line| line.decision == "remove") {
            if line.kind == "role" && line.source() == default_role {
                closing.outcomes.insert(line.id, "It is the default role, and everybody has a role.".into());
            } else if !is_there(before.model(), line) {
                closing.outcomes.insert(line.id, "gone".into());
            } else if let Err(refusal) = may_take(actor, line) {
                closing.outcomes.insert(line.id, refusal.message.to_string());
            } else {
                left.push(line);
            }
        }
        closing.settle(actor, now, &left);
        Ok(closing)
    }

    /// Takes away as many of these lines as the guard lets through: all at once, else half by half.
    fn settle(&mut self, actor: &Actor, now: access::Micros, lines: &[&ReviewLineRow]) {
        let tried = lines.iter().fold(self.after.clone(), |model, line| self.without(model, line));
        let touched: Vec<Id> = lines.iter().map(|line| line.user()).collect();
        let judged = guard(Some(actor), self.before, &Snapshot::build(tried.clone(), now), &touched);
        match (judged, lines) {
            (Ok(()), _) => {
                self.after = tried;
                self.outcomes.extend(lines.iter().map(|line| (line.id, REMOVED.to_owned())));
            }
            (Err(breach), [line]) => {
                self.outcomes.insert(line.id, reason(breach));
            }
            (Err(_), _) => {
                let (some, others) = lines.split_at(lines.len() / 2);
                self.settle(actor, now, some);
                self.settle(actor, now, others);
            }
        }
    }

    fn without(&self, mut model: Model, line: &ReviewLineRow) -> Model {
        let (user, source) = (line.user(), line.source());
        match line.kind.as_str() {
            "role" => {
                model.users.get_mut(&user).into_iter().for_each(|record| record.role = self.default_role)
            }
            "toggle" => drop(model.settings.remove(&(user, source))),
            "grant" => model.grants.retain(|g| g.user != user || g.entity != source),
            "lead" => model.leads.retain(|lead| *lead != (user, source)),
            _ => model.temporary.retain(|t| t.user != user || t.id != source),
        }
        model
    }

    /// Takes away what a line is about, and writes down whose it was and by which review.
    async fn take(&self, change: &mut Change<'_>, line: &ReviewLineRow, review: &str) -> Answer<()> {
        let (user, source) = (line.user(), line.source());
        match line.kind.as_str() {
            "role" => {
                let old = change.user(user).await?;
                return users::give_role(change, &old, self.default_role).await;
            }
            "toggle" => change.set_toggle(user, source, None).await?,
            "grant" => change.delete_grant(user, source).await?,
            "lead" => {
                let led = self.after.leads.iter().filter(|(who, _)| *who == user).map(|(_, unit)| *unit);
                change.set_leads(user, &led.collect::<Vec<_>>()).await?;
            }
            _ => change.delete_temporary(user, source).await?,
        }
        let detail = serde_json::json!({ "review": review, "before": { line.kind.as_str(): line.label }, "after": null });
        let label = self.before.model().label(user);
        change.record(Act::done("user:set_access", "user", user.0, label).with(detail));
        Ok(())
    }
}

/// Taking a role is assigning another one; taking anything else is setting somebody's access. A line that the closer does
/// not see is not theirs to take.
fn may_take(actor: &Actor, line: &ReviewLineRow) -> Answer<()> {
    let takes = if line.kind == "role" { Permission::UserAssignRole } else { Permission::UserSetAccess };
    let seen = may_see(actor, line.user(), line.about());
    if seen && actor.may_to(takes, Noun::User, line.user()) { Ok(()) } else { Err(Refusal::lacks(takes)) }
}

fn reason(breach: Breach) -> String {
    Refusal::from(breach).message.to_string()
}
