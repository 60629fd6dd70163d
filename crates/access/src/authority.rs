//! Who may act on whom: the rules that every change of access must satisfy, checked on its outcome.
//!
//! A change is judged by comparing the workspace before and after it, so that no kind of change, present or
//! future, needs a rule of its own: nobody gains what the actor lacks, over nobody and nothing new either
//! ([`crate::handover`]), nobody who holds more is touched, the owner is left alone, nothing is in use beyond what was
//! bought, and somebody can always manage people and roles. What is held is looked at under any plan.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::decide::Actor;
use crate::handover::{self, HandOver};
use crate::holder::{Atom, Holder, PRESENT};
use crate::limits::{self, Full};
use crate::model::{Grant, Id, Micros, Model, Role, Setting, Standing, Temporary, User};
use crate::permission::Permission;
use crate::powers::{Cell, Powers};
use crate::reach::Reach;
use crate::snapshot::Snapshot;
use crate::text;
use crate::text::Text;

/// The rule that a change would break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Breach {
    /// Nobody but the Owner changes the Owner (CAL-02).
    OwnerProtected,
    /// There is exactly one Owner (CAL-01).
    OneOwner,
    /// Somebody active must keep the role that manages people and roles (ALL-07, CLY-09).
    LastGuardian,
    /// Somebody would get a permission that the actor does not hold so far (ALL-02).
    GivesMore {
        /// Who would get it; none where a role or toggle itself would hold it.
        user: Option<Id>,
        /// What.
        permission: Permission,
    },
    /// Somebody would get a person or thing under their powers over whom or which the actor does not have those powers
    /// so far (ALL-02).
    HandsOver(Box<HandOver>),
    /// The user holds a permission that the actor does not hold so far (ALL-02).
    HoldsMore {
        /// Who.
        user: Id,
        /// What.
        permission: Permission,
    },
    /// The user holds more than the actor will once what the actor has for a while has ended: a secret of theirs, made
    /// or seen today, would outlast it (ALL-02, ALL-07).
    HoldsLonger {
        /// Who.
        user: Id,
    },
    /// The permission can be in no role, toggle, grant or token (CAL-18).
    CannotBeGiven(Permission),
    /// There would be more of something than was bought (CLY-06, ONF-06, ONF-07).
    Full(Full),
}

impl Breach {
    /// What it is, in a sentence fragment for people.
    pub fn text(&self) -> Text {
        match self {
            Breach::OwnerProtected => text!("only the Owner can change the Owner"),
            Breach::OneOwner => {
                text!("a workspace has exactly one Owner; ownership is transferred, not given")
            }
            Breach::LastGuardian => text!(
                "this would leave nobody who can manage people and roles; give somebody else that role first"
            ),
            Breach::GivesMore { permission, .. } => {
                text!("this would give `{permission}` further than you hold it yourself", permission)
            }
            Breach::HandsOver(hand_over) => hand_over.text(),
            // Which permission is not said: whoever may act on somebody need not be able to ask what they hold.
            Breach::HoldsMore { .. } => {
                text!("this user holds more than you do, so you cannot change them")
            }
            Breach::HoldsLonger { .. } => text!(
                "this user holds more than you will when what you have for a while ends, so you cannot make or see a password, PIN or link of theirs"
            ),
            Breach::CannotBeGiven(permission) => {
                text!("`{permission}` cannot be put into a role or given", permission)
            }
            Breach::Full(full) => full.text(),
        }
    }
}

impl Breach {
    /// The user whom it is about, where it is about one.
    pub fn user(&self) -> Option<Id> {
        match self {
            Breach::GivesMore { user, .. } => *user,
            Breach::HoldsMore { user, .. } | Breach::HoldsLonger { user } => Some(*user),
            _ => None,
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

impl std::error::Error for Breach {}

/// Judges a change by its outcome. `touched` names users whom the change concerns beyond what the model shows
/// (a password reset, say). With no actor, only the rules that bind even the operator are checked.
///
/// What another plan or the passing of time gives and takes is nobody's gift: the rest of the change is judged as
/// if both had come first.
pub fn guard(
    actor: Option<&Actor>,
    before: &Snapshot,
    after: &Snapshot,
    touched: &[Id],
) -> Result<(), Breach> {
    if let Some(actor) = actor {
        let same_plan =
            before.model().plan == after.model().plan && before.model().allows == after.model().allows;
        if same_plan && after.at() < before.valid_until() {
            judge(actor, before, after, touched)?;
        } else {
            let (plan, allows) = (after.model().plan.clone(), after.model().allows);
            let model = Model { plan, allows, ..before.model().clone() };
            let before = Arc::new(Snapshot::build(model, after.at()));
            let actor = actor.renew(before.clone());
            actor.map_or(Ok(()), |actor| judge(&actor, &before, after, touched))?;
        }
    }
    limits::check(before.model(), after.model(), after.at())?;
    standing(after)
}

fn judge(actor: &Actor, before: &Snapshot, after: &Snapshot, touched: &[Id]) -> Result<(), Breach> {
    definitions(actor, before.model(), after.model())?;
    for user in changed(before.model(), after.model()).into_iter().chain(touched.iter().copied()) {
        may_touch(actor, before, user)?;
        prolongs(actor, before.model(), after.model(), user)?;
        gains(actor, before, after, user)?;
    }
    handover::judge(actor, before, after)
}

/// Whether what a user has for longer than before is something that the actor could give: a later end is a gift, also of
/// what does not count at present.
fn prolongs(actor: &Actor, before: &Model, after: &Model, user: Id) -> Result<(), Breach> {
    let was =
        |new: &Temporary| before.temporary.iter().find(|old| old.id == new.id).map(|old| old.expires_at);
    let longer = |new: &&Temporary| new.user == user && was(new).is_some_and(|end| end < new.expires_at);
    after.temporary.iter().filter(longer).try_for_each(|new| may_define(actor, &new.holds))
}

/// What must hold of a workspace at all times: one owner where the preset has one, and no lock-out.
pub fn standing(snapshot: &Snapshot) -> Result<(), Breach> {
    let model = snapshot.model();
    if model.preset.has_owner() && model.users.keys().filter(|p| model.is_owner(**p)).count() != 1 {
        return Err(Breach::OneOwner);
    }
    let keys = [Permission::UserAssignRole, Permission::UserSetAccess, Permission::RoleWrite];
    let keeps_the_keys = |(id, user): (&Id, &User)| {
        let lasting = snapshot.lasting(*id);
        model.role_of(*id).is_some_and(|r| r.standing.guardian)
            && user.standing == Standing::Active
            && keys.into_iter().all(|p| lasting.has(p, Reach::All))
    };
    if model.users.iter().any(keeps_the_keys) { Ok(()) } else { Err(Breach::LastGuardian) }
}

/// Whether an actor may hand a list of cells out, as a role, toggle, token or temporary access. What the plan lacks
/// counts as held by whoever would hold it: a smaller plan keeps nobody from giving the roles that it cuts.
pub fn may_define(actor: &Actor, cells: &[Cell]) -> Result<(), Breach> {
    may_define_at(actor, cells, actor.snapshot().at())
}

fn may_define_at(actor: &Actor, cells: &[Cell], at: Micros) -> Result<(), Breach> {
    if let Some((permission, _)) = cells.iter().find(|(p, _)| !p.can_be_given()) {
        return Err(Breach::CannotBeGiven(*permission));
    }
    let wanted: Powers = cells.iter().collect();
    let held = actor.snapshot().under_any_plan(actor.id(), at).only(actor.scope());
    let lacks = |(p, reaches): &Cell| reaches.iter().any(|r| !held.has(*p, r));
    match wanted.iter().find(lacks) {
        Some((permission, _)) => Err(Breach::GivesMore { user: None, permission }),
        None => Ok(()),
    }
}

/// Whether an actor could give somebody a role: not the Owner's, and none that holds more than they do (ALL-02, ONF-10).
pub fn may_give(actor: &Actor, role: &Role) -> bool {
    let given: Vec<Cell> = role.holds.iter().filter(|(p, _)| p.can_be_given()).copied().collect();
    !role.standing.owner && may_define(actor, &given).is_ok()
}

/// Judges the record that a new or present user would have, everything else staying as it is: one row of many, by the
/// rules that the change of all of them is judged by. What holds of the whole workspace ([`standing`]) is not looked at.
pub fn may_record(actor: &Actor, before: &Snapshot, id: Id, record: &User) -> Result<(), Breach> {
    may_touch(actor, before, id)?;
    handover::may_move(actor, before, id, record)?;
    let model = before.model();
    let theirs = (id, Id(0))..=(id, Id(u32::MAX));
    // Folding the others anew would change nothing for this user.
    let alone = Model {
        workspace: model.workspace,
        version: model.version,
        preset: model.preset,
        plan: model.plan.clone(),
        allows: model.allows,
        seats: model.seats,
        licences: model.licences,
        default_role: model.default_role,
        roles: model.roles.clone(),
        toggles: model.toggles.clone(),
        units: BTreeMap::new(),
        users: BTreeMap::from([(id, record.clone())]),
        entities: model
            .entities
            .iter()
            .filter(|(_, e)| e.owner == Some(id))
            .map(|(id, e)| (*id, e.clone()))
            .collect(),
        settings: model.settings.range(theirs).map(|(key, setting)| (*key, *setting)).collect(),
        leads: model.leads.iter().filter(|(user, _)| *user == id).copied().collect(),
        grants: model.grants.iter().filter(|grant| grant.user == id).cloned().collect(),
        temporary: model.temporary.iter().filter(|given| given.user == id).cloned().collect(),
    };
    gains(actor, before, &Snapshot::build(alone, before.at()), id)
}

/// Judges the bundles of permissions that are new or hold more: roles, toggles, access for a while; and the role that
/// new people get without anybody's giving it to them.
fn definitions(actor: &Actor, before: &Model, after: &Model) -> Result<(), Breach> {
    let default = after.default_role.filter(|_| before.default_role != after.default_role);
    if let Some(role) = default.and_then(|role| after.roles.get(&role)) {
        // It is given for good, so it is no gift of somebody who holds it for a while.
        may_define_at(actor, &role.holds, Micros::MAX)?;
    }
    let held = bundles(before);
    for (id, cells) in bundles(after) {
        let held = held.get(&id).map_or(&[][..], Vec::as_slice);
        let new: Vec<Cell> = cells.into_iter().filter(|cell| !held.contains(cell)).collect();
        may_define(actor, &new)?;
    }
    Ok(())
}

/// Every bundle by the id of what holds it; what a toggle holds beside another is a bundle of its own.
fn bundles(model: &Model) -> BTreeMap<(Id, bool), Vec<Cell>> {
    let roles = model.roles.iter().map(|(id, r)| ((*id, false), r.holds.clone()));
    let toggles = model.toggles.iter().map(|(id, t)| ((*id, false), t.holds.clone()));
    let beside = model.toggles.iter().filter_map(|(id, t)| Some(((*id, true), t.with.as_ref()?.1.clone())));
    let temporary = model.temporary.iter().map(|t| ((t.id, false), t.holds.clone()));
    roles.chain(toggles).chain(beside).chain(temporary).collect()
}

/// The users whose record is another after the change, or for whom something else is set, even if it makes no
/// difference today: a denial that bites with the next role, or anything at all while they are banned.
pub fn changed(was: &Model, is: &Model) -> BTreeSet<Id> {
    let mut users = holders_of_changed(was, is);
    users.extend(differing(&was.users, &is.users));
    // Most changes leave most of these alone, and comparing them whole is cheap.
    let mut set = |keys: BTreeSet<(Id, Id)>| users.extend(keys.into_iter().map(|(user, _)| user));
    if was.settings != is.settings {
        set(differing(settings(was), settings(is)));
    }
    if was.grants != is.grants {
        set(differing(grants(was), grants(is)));
    }
    if was.temporary != is.temporary {
        set(differing(temporary(was), temporary(is)));
    }
    if was.leads != is.leads {
        set(differing(leads(was), leads(is)));
    }
    users
}

fn settings(model: &Model) -> impl Iterator<Item = ((Id, Id), Setting)> {
    model.settings.iter().map(|(key, setting)| (*key, *setting))
}

fn grants(model: &Model) -> impl Iterator<Item = ((Id, Id), &Grant)> {
    model.grants.iter().map(|g| ((g.user, g.id), g))
}

fn temporary(model: &Model) -> impl Iterator<Item = ((Id, Id), &Temporary)> {
    model.temporary.iter().map(|t| ((t.user, t.id), t))
}

fn leads(model: &Model) -> impl Iterator<Item = ((Id, Id), ())> {
    model.leads.iter().map(|lead| (*lead, ()))
}

/// The users who have a role or a toggle that holds something else after the change.
fn holders_of_changed(was: &Model, is: &Model) -> BTreeSet<Id> {
    let roles = differing(roles(was), roles(is));
    let toggles = differing(toggles(was), toggles(is));
    if roles.is_empty() && toggles.is_empty() {
        return BTreeSet::new();
    }
    let of_role = is.users.iter().filter(|(_, user)| roles.contains(&user.role)).map(|(id, _)| *id);
    let of_toggle = is.settings.keys().filter(|(_, toggle)| toggles.contains(toggle)).map(|(user, _)| *user);
    of_role.chain(of_toggle).collect()
}

fn roles(model: &Model) -> impl Iterator<Item = (Id, &[Cell])> {
    model.roles.iter().map(|(id, role)| (*id, role.holds.as_slice()))
}

/// What a toggle holds, and what beside another.
type ToggleCells<'m> = (&'m [Cell], Option<&'m (Id, Vec<Cell>)>);

fn toggles(model: &Model) -> impl Iterator<Item = (Id, ToggleCells<'_>)> {
    model.toggles.iter().map(|(id, toggle)| (*id, (toggle.holds.as_slice(), toggle.with.as_ref())))
}

/// The keys of what is in only one of the two or is not the same in both.
fn differing<K: Ord + Copy, V: PartialEq>(
    before: impl IntoIterator<Item = (K, V)>,
    after: impl IntoIterator<Item = (K, V)>,
) -> BTreeSet<K> {
    let mut differing = BTreeMap::from_iter(before);
    let mut keys = BTreeSet::new();
    for (key, value) in after {
        if differing.remove(&key).is_none_or(|old| old != value) {
            keys.insert(key);
        }
    }
    keys.extend(differing.into_keys());
    keys
}

/// Whether an actor may change a user at all: nobody touches the Owner or whoever holds more (CAL-02, ALL-02).
pub fn may_touch(actor: &Actor, before: &Snapshot, user: Id) -> Result<(), Breach> {
    if user == actor.id() {
        return Ok(());
    }
    if before.model().is_owner(user) {
        return Err(Breach::OwnerProtected);
    }
    match holds_beyond(actor, before, user, PRESENT) {
        Some(permission) => Err(Breach::HoldsMore { user, permission }),
        None => Ok(()),
    }
}

/// Whether an actor may make or see a secret of a user's, which lasts: they may touch the user now, and still could at
/// every later moment at which something that either has for a while has ended.
pub fn may_know_secret(actor: &Actor, before: &Snapshot, user: Id) -> Result<(), Breach> {
    may_touch(actor, before, user)?;
    let rises = |at| holds_beyond(actor, before, user, at).is_some();
    let longer =
        user != actor.id() && ends(before, &[actor.id(), user], &BTreeSet::new()).into_iter().any(rises);
    if longer { Err(Breach::HoldsLonger { user }) } else { Ok(()) }
}

/// The first permission that a user holds at a moment further than an actor does then.
fn holds_beyond(actor: &Actor, before: &Snapshot, user: Id, at: Micros) -> Option<Permission> {
    let holder = Holder::of(before, user, at)?;
    beyond(&holder, None, Holder::acting(actor, at).as_ref(), holder.atoms())
}

/// Whether somebody holds anything, under any plan, that they did not hold before: now, or at a later moment at which
/// something that they have for a while has ended, so that what they get for longer counts. Asked of each in turn it costs
/// some folds each: ask it of those whom the change concerns ([`changed`]).
pub fn has_gained(before: &Snapshot, after: &Snapshot, user: Id) -> bool {
    let none = BTreeSet::new();
    let ends = [before, after].into_iter().flat_map(|snapshot| ends(snapshot, &[user], &none));
    std::iter::once(PRESENT).chain(ends).any(|at| {
        let (now, then) = (Holder::of(after, user, at), Holder::of(before, user, at));
        now.is_some_and(|now| beyond(&now, then.as_ref(), None, now.atoms()).is_some())
    })
}

/// The first permission that somebody holds further than they had it and than a giver could give it, at a reach or in an
/// atom. A reach counts whatever it is over: who leads and is granted nothing today may lead or be granted something
/// tomorrow.
fn beyond(
    holder: &Holder,
    had: Option<&Holder>,
    giver: Option<&Holder>,
    mut atoms: impl Iterator<Item = Atom>,
) -> Option<Permission> {
    let without = |powers: Powers, other: Option<&Holder>| other.map_or(powers, |o| powers.except(&o.powers));
    let cell = without(without(holder.powers, had), giver).iter().next();
    let gained = |atom: &Atom| had.is_none_or(|had| !had.holds(atom));
    let could = |atom: &Atom| giver.is_some_and(|giver| giver.may_give(atom));
    if let Some((permission, _)) = cell {
        return Some(permission);
    }
    atoms.find(|atom| gained(atom) && !could(atom)).map(|atom| atom.permission)
}

/// Whether a user gains nothing that the actor lacks: not now, and not at any later moment at which something that
/// the actor or the user has for a while has ended, or what is the user's no longer stands where the actor reaches it.
/// What one has for a while can be given on for that while only.
fn gains(actor: &Actor, before: &Snapshot, after: &Snapshot, user: Id) -> Result<(), Breach> {
    let granted = after.model().grants.iter().filter(|g| g.user == user).map(|g| g.entity);
    let owned = after.model().entities.iter().filter(|(_, e)| e.owner == Some(user)).map(|(id, _)| *id);
    let ends = ends(before, &[actor.id(), user], &granted.chain(owned).collect());
    std::iter::once(PRESENT).chain(ends).try_for_each(|at| gains_at(actor, before, after, user, at))
}

/// The moments to come at which something ends that these users have for a while, or that anybody has of these
/// extensions, queues and numbers.
fn ends(snapshot: &Snapshot, users: &[Id], entities: &BTreeSet<Id>) -> BTreeSet<Micros> {
    let model = snapshot.model();
    if snapshot.valid_until() == Micros::MAX {
        return BTreeSet::new();
    }
    let grants = model.grants.iter().filter(|g| users.contains(&g.user) || entities.contains(&g.entity));
    let temporary = model.temporary.iter().filter(|t| users.contains(&t.user)).map(|t| t.expires_at);
    grants.filter_map(|g| g.expires_at).chain(temporary).filter(|at| *at > snapshot.at()).collect()
}

fn gains_at(actor: &Actor, before: &Snapshot, after: &Snapshot, user: Id, at: Micros) -> Result<(), Breach> {
    let Some(now) = Holder::of(after, user, at) else { return Ok(()) };
    let (then, giver) = (Holder::of(before, user, at), Holder::acting(actor, at));
    // What comes with another owner is the hand-over's to judge.
    let owned = now.atoms_over_owned().filter(|atom| then.as_ref().is_some_and(|then| then.owns(atom)));
    match beyond(&now, then.as_ref(), giver.as_ref(), now.atoms().chain(owned)) {
        Some(permission) => Err(Breach::GivesMore { user: Some(user), permission }),
        None => Ok(()),
    }
}
