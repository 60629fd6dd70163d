//! Who is handed what: a person or thing that comes under a department or branch comes under the powers of those who
//! lead it, and an extension under those of its owner. Whoever moves it must have had each of those powers over it.

use std::collections::{BTreeMap, BTreeSet};

use crate::authority::Breach;
use crate::decide::Actor;
use crate::holder::{Holder, PRESENT};
use crate::model::{Grant, Id, Micros, Model, Standing, User};
use crate::permission::Permission;
use crate::powers::PermissionSet;
use crate::reach::Reach;
use crate::snapshot::Snapshot;
use crate::text;
use crate::text::Text;

/// What a change would hand to somebody, and that whoever makes it could not do it themself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// The person, extension, queue or number.
    pub what: Id,
    /// Who would get power over it.
    pub to: Id,
    /// What they could do to it that the actor cannot.
    pub permissions: PermissionSet,
    /// Whether it is the actor who would get the power.
    to_oneself: bool,
    /// The names of the two, as far as the actor may know them.
    what_name: Option<String>,
    to_name: Option<String>,
    /// Some of the people who could do it, whom the actor may know.
    could: Vec<String>,
}

/// So many powers, and people who could do it, are named.
const NAMED: usize = 3;

impl HandOver {
    /// What it is and who could do it, in a sentence fragment for people.
    pub(crate) fn text(&self) -> Text {
        let name = |name: &String| Text::from(name.clone());
        let what = self.what_name.as_ref().map_or(text!("something"), name);
        let to = match &self.to_name {
            _ if self.to_oneself => text!("you"),
            Some(known) => name(known),
            None => text!("whoever leads there"),
        };
        // What weighs most comes first.
        let mut powers: Vec<Permission> = self.permissions.iter().collect();
        powers.sort_by_key(|permission| !permission.entry().risky);
        let more = powers.len().saturating_sub(NAMED);
        let mut powers: Vec<Text> =
            powers.into_iter().take(NAMED).map(|p| Text::new(p.entry().meaning)).collect();
        if more > 0 {
            powers.push(text!("{more} more", more));
        }
        let people = match self.could.as_slice() {
            [] => vec![text!("somebody who may do all that")],
            some => some.iter().map(name).collect(),
        };
        text!("this would let {to} do to {what} what you cannot do yourself: {powers}. It can be done by: {people}")
            .and("to", to)
            .and("what", what)
            .list("powers", powers)
            .list("people", people)
    }
}

/// Judges everything that comes under a unit, or gets another owner, by a change. What is new brings no rows along and
/// is handed to nobody.
pub(crate) fn judge(actor: &Actor, before: &Snapshot, after: &Snapshot) -> Result<(), Breach> {
    let step = Step { actor, before, after };
    let stands = |what, at| after.touches_at(what, at);
    came(before.model(), after.model()).into_iter().try_for_each(|what| step.judge(what, &stands))
}

/// Judges the move of one person to where their new record says, with what they use and own, before it is made.
pub(crate) fn may_move(actor: &Actor, before: &Snapshot, user: Id, record: &User) -> Result<(), Breach> {
    let model = before.model();
    let Some(old) = model.users.get(&user) else { return Ok(()) };
    let entered: Vec<Id> = record.units().filter(|unit| !old.units().any(|at| at == *unit)).collect();
    if entered.is_empty() {
        return Ok(());
    }
    let used = model.grants.iter().filter(|g| g.user == user && g.may_use).map(|g| g.entity);
    let owned = model.entities.iter().filter(|(_, e)| e.owner == Some(user)).map(|(id, _)| *id);
    let with_them: BTreeSet<Id> = used.chain(owned).chain([user]).collect();
    let stands =
        |what, at| Some(before.touches_at(what, at)?.into_iter().chain(entered.iter().copied()).collect());
    let step = Step { actor, before, after: before };
    with_them.into_iter().try_for_each(|what| step.judge(what, &stands))
}

/// The people, extensions, queues and numbers that were there before and may stand elsewhere now.
fn came(was: &Model, is: &Model) -> BTreeSet<Id> {
    let moved =
        |(id, user): &(&Id, &User)| was.users.get(id).is_some_and(|old| !old.units().eq(user.units()));
    let moved: BTreeSet<Id> = is.users.iter().filter(moved).map(|(id, _)| *id).collect();
    let alike = was.grants == is.grants;
    let old: BTreeMap<Id, &Grant> =
        was.grants.iter().filter(|_| !alike).map(|grant| (grant.id, grant)).collect();
    let other = |grant: &&Grant| !alike && old.get(&grant.id) != Some(grant);
    let used = is.grants.iter().filter(|g| g.may_use && (moved.contains(&g.user) || other(g)));
    let owned = is.entities.iter().filter(|(id, entity)| {
        let old = was.entities.get(id).map(|old| old.owner);
        old != Some(entity.owner) || entity.owner.is_some_and(|owner| moved.contains(&owner))
    });
    let entities: BTreeSet<Id> = used.map(|g| g.entity).chain(owned.map(|(id, _)| *id)).collect();
    moved.into_iter().chain(entities.into_iter().filter(|id| was.entities.contains_key(id))).collect()
}

/// Where each thing stands at a moment: what it touches.
type Stands<'a> = dyn Fn(Id, Micros) -> Option<Vec<Id>> + 'a;

struct Step<'a> {
    actor: &'a Actor,
    before: &'a Snapshot,
    after: &'a Snapshot,
}

impl Step<'_> {
    fn judge(&self, what: Id, stands: &Stands<'_>) -> Result<(), Breach> {
        self.moments(what, stands).into_iter().try_for_each(|at| self.judge_at(what, stands, at))
    }

    fn judge_at(&self, what: Id, stands: &Stands<'_>, at: Micros) -> Result<(), Breach> {
        let moment = at.max(self.after.at());
        let (was, is) = (self.before.touches_at(what, moment), stands(what, moment));
        let (Some(was), Some(is)) = (was, is) else { return Ok(()) };
        for id in is.iter().filter(|id| !was.contains(id)) {
            for (to, reach) in self.receivers(*id) {
                let permissions = self.lacked(to, reach, (&was, &is), at);
                if permissions != PermissionSet::NONE {
                    return Err(self.breach(what, to, permissions));
                }
            }
        }
        Ok(())
    }

    /// Who gets power over what comes to touch an id, and at which reach: those who lead the unit, or the owner.
    fn receivers(&self, id: Id) -> Vec<(Id, Reach)> {
        let model = self.after.model();
        if model.users.contains_key(&id) {
            return vec![(id, Reach::Own)];
        }
        model.leads.iter().filter(|(_, unit)| *unit == id).map(|(user, _)| (*user, Reach::Team)).collect()
    }

    /// What somebody could newly do to something that the actor could not do to it before. Permissions that cannot reach
    /// everything are about what one does oneself, such as placing calls, and about nobody's rows.
    fn lacked(&self, to: Id, reach: Reach, (was, is): (&[Id], &[Id]), at: Micros) -> PermissionSet {
        let Some(now) = Holder::of(self.after, to, at) else { return PermissionSet::NONE };
        let then = Holder::of(self.before, to, at);
        let giver = Holder::acting(self.actor, at);
        let could = |who: &Option<Holder>, p| who.as_ref().is_some_and(|who| who.reaches(p, was));
        let given = now.powers.at_reach(reach).iter().filter(|p| p.entry().reaches.has(Reach::All));
        given
            .filter(|p: &Permission| now.reaches(*p, is) && !could(&then, *p) && !could(&giver, *p))
            .collect()
    }

    /// Now, and each moment to come at which the powers of the actor or of a receiver change, or the thing stands elsewhere.
    fn moments(&self, what: Id, stands: &Stands<'_>) -> BTreeSet<Micros> {
        let now = self.after.at();
        let mut moments = BTreeSet::from([PRESENT]);
        if self.before.valid_until() == Micros::MAX && self.after.valid_until() == Micros::MAX {
            return moments;
        }
        let touched = stands(what, now).unwrap_or_default();
        let mut people: BTreeSet<Id> =
            touched.into_iter().flat_map(|id| self.receivers(id)).map(|(to, _)| to).collect();
        people.insert(self.actor.id());
        for model in [self.before.model(), self.after.model()] {
            let grants = model.grants.iter().filter(|g| g.entity == what || people.contains(&g.user));
            moments.extend(grants.filter_map(|g| g.expires_at).filter(|at| *at > now));
            let temporary = model.temporary.iter().filter(|t| people.contains(&t.user));
            moments.extend(temporary.map(|t| t.expires_at).filter(|at| *at > now));
        }
        moments
    }

    fn breach(&self, what: Id, to: Id, permissions: PermissionSet) -> Breach {
        let name = |id: Id| self.actor.may_be_told(id).then(|| self.after.model().label(id).to_owned());
        let (what_name, to_name, to_oneself) = (name(what), name(to), to == self.actor.id());
        let could = self.could(what, permissions).filter_map(name).take(NAMED).collect();
        Breach::HandsOver(Box::new(HandOver { what, to, permissions, to_oneself, what_name, to_name, could }))
    }

    /// The people who have all these powers over something as it stands.
    fn could(&self, what: Id, permissions: PermissionSet) -> impl Iterator<Item = Id> {
        let touches = self.before.touches_at(what, self.before.at()).unwrap_or_default();
        let of_others = move |id: Id| touches.iter().copied().filter(|at| *at != id).collect::<Vec<Id>>();
        let active = self.before.model().users.iter().filter(|(_, user)| user.standing == Standing::Active);
        active.map(|(id, _)| *id).filter(move |id| {
            let holder = Holder::of(self.before, *id, PRESENT);
            let touches = of_others(*id);
            holder.is_some_and(|holder| permissions.iter().all(|p| holder.reaches(p, &touches)))
        })
    }
}
