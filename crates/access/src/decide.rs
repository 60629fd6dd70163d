//! The decision: may this actor do this to that, and which rows do they see. Proofs come only from here.

use std::marker::PhantomData;
use std::sync::Arc;

use crate::model::{Id, Standing};
use crate::permission::{Permission, Right, Verb};
use crate::powers::{PermissionSet, Powers};
use crate::reach::Reach;
use crate::snapshot::{Folded, Snapshot};
use crate::thing::{Noun, Thing};

/// Somebody who asks, with the workspace's access as it stands.
#[derive(Debug, Clone)]
pub struct Actor {
    snapshot: Arc<Snapshot>,
    folded: Arc<Folded>,
    scope: PermissionSet,
    powers: Powers,
    /// Who looks at the workspace as this user; none where the user acts themself.
    pub(crate) viewer: Option<Arc<Actor>>,
}

/// Why a decision was no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// The actor may not even know of the thing: it answers as if it did not exist (ALL-05).
    Hidden,
    /// The actor sees the thing, or it concerns no row, and lacks this permission over it.
    Lacks(Permission),
}

/// Proof that an actor was allowed one permission on one thing at one version. Only a decision makes it.
#[derive(Debug)]
pub struct Permit<R> {
    by: By,
    thing: Thing,
    right: PhantomData<fn() -> R>,
}

/// Proof that an actor may list rows, and which ones. Only a decision makes it.
#[derive(Debug)]
pub struct Visible<R> {
    actor: Actor,
    rows: Rows,
    right: PhantomData<fn() -> R>,
}

/// The rows that a list may show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// Every row of the workspace.
    All,
    /// The rows that touch at least one of these, sorted; none where it is empty.
    Touching(Vec<Id>),
    /// The rows that touch one of the first and one of the second, both sorted: what one person sees of what another
    /// one sees.
    TouchingBoth(Vec<Id>, Vec<Id>),
}

impl Rows {
    /// The lists of ids of which a row must touch one each; none where every row may be shown.
    pub fn keys(&self) -> Vec<&[Id]> {
        match self {
            Rows::All => vec![],
            Rows::Touching(keys) => vec![keys],
            Rows::TouchingBoth(first, second) => vec![first, second],
        }
    }

    fn and(self, other: Rows) -> Rows {
        match (self, other) {
            (Rows::All, rows) | (rows, Rows::All) => rows,
            (Rows::Touching(first), Rows::Touching(second)) if first == second => Rows::Touching(first),
            (Rows::Touching(first), Rows::Touching(second)) => Rows::TouchingBoth(first, second),
            // Nobody looks through somebody who looks through somebody.
            _ => Rows::Touching(vec![]),
        }
    }
}

#[derive(Debug, Clone)]
enum By {
    Actor(Actor),
    Operator { workspace: i64 },
}

impl Actor {
    /// A user who acts themself; none if they are not in the workspace or are banned.
    pub fn user(snapshot: Arc<Snapshot>, id: Id) -> Option<Actor> {
        Actor::scoped(snapshot, id, PermissionSet::EVERY)
    }

    /// A user who acts through an API token, with at most the token's permissions.
    pub fn scoped(snapshot: Arc<Snapshot>, id: Id, scope: PermissionSet) -> Option<Actor> {
        let standing = snapshot.model().users.get(&id)?.standing;
        let folded = snapshot.user(id)?.clone();
        let powers = folded.powers.only(scope);
        (standing != Standing::Banned).then_some(Actor { snapshot, folded, scope, powers, viewer: None })
    }

    /// The same actor under another snapshot, if still there; somebody who looks as another, if they still may.
    pub fn renew(&self, snapshot: Arc<Snapshot>) -> Option<Actor> {
        match &self.viewer {
            None => Actor::scoped(snapshot, self.id(), self.scope),
            Some(viewer) => viewer.renew(snapshot)?.view_as(self.id()).ok(),
        }
    }

    /// Who it is.
    pub fn id(&self) -> Id {
        self.folded.user
    }

    /// The most that the actor may do however much their user may: the token's scope.
    pub fn scope(&self) -> PermissionSet {
        self.scope
    }

    /// The access that this actor's decisions are made from.
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// What the actor may do, and how far, the token's scope included.
    pub fn powers(&self) -> &Powers {
        &self.powers
    }

    /// The actor's folded access, without a token's scope.
    pub fn folded(&self) -> &Folded {
        &self.folded
    }

    /// The narrowest reach by which the actor may do something to a row that touches these ids, if any.
    #[inline]
    pub fn reach_over(&self, permission: Permission, touches: &[Id]) -> Option<Reach> {
        let reach = self.folded.reach_over(&self.powers, permission, touches)?;
        self.viewer_too(permission, |viewer| viewer.reach_over(permission, touches).is_some())
            .then_some(reach)
    }

    /// Whether whoever looks as this user may see it too. Looking as somebody shows nothing that one may not see oneself;
    /// what only changes something is shown as the other would have it, and refused.
    #[inline]
    fn viewer_too(&self, permission: Permission, may: impl FnOnce(&Actor) -> bool) -> bool {
        self.viewer.as_deref().is_none_or(|viewer| permission.entry().verb != Verb::Read || may(viewer))
    }

    /// Whether the actor may do something to a thing. To the workspace itself: with the reach `all`, or, for a
    /// permission that cannot reach so far (placing calls), with any.
    #[inline]
    pub fn may(&self, permission: Permission, thing: &Thing) -> bool {
        self.folded.allows(&self.powers, permission, thing)
            && (self.viewer.is_none() || self.viewer_may(permission, thing))
    }

    /// Kept out of [`Actor::may`], so that whoever acts as themself pays nothing for a viewer that is not there.
    #[cold]
    fn viewer_may(&self, permission: Permission, thing: &Thing) -> bool {
        self.viewer_too(permission, |viewer| viewer.may(permission, thing))
    }

    /// Whether the actor may do something to what has that id; never to what is not there.
    pub fn may_to(&self, permission: Permission, noun: Noun, id: Id) -> bool {
        self.snapshot.thing(noun, id).is_some_and(|thing| self.may(permission, &thing))
    }

    /// Whether the actor may see a user's record.
    pub fn sees_user(&self, user: Id) -> bool {
        self.may_to(Permission::UserRead, Noun::User, user)
    }

    /// Whether the actor may know a user by name: sees them, or the directory.
    pub fn knows_user(&self, user: Id) -> bool {
        let directory = self.id() == user || self.holds(Permission::DirectoryRead);
        (directory || self.sees_user(user))
            && self.viewer.as_deref().is_none_or(|viewer| viewer.knows_user(user))
    }

    /// Whether the actor may know of a department or branch: sees it, or leads it.
    pub fn sees_unit(&self, unit: Id) -> bool {
        let Some(kind) = self.snapshot.model().units.get(&unit).map(|unit| Noun::from(unit.kind)) else {
            return false;
        };
        let seen = kind.see().is_some_and(|see| self.may_to(see, kind, unit));
        (self.folded.leads(unit) || seen)
            && self.viewer.as_deref().is_none_or(|viewer| viewer.sees_unit(unit))
    }

    /// Whether the actor may know of a person, unit, extension, queue or number; never of what is not there.
    pub fn knows(&self, id: Id) -> bool {
        let model = self.snapshot.model();
        if let Some(entity) = model.entities.get(&id) {
            let noun = Noun::from(entity.kind);
            return noun.see().is_some_and(|see| self.may_to(see, noun, id));
        }
        if model.units.contains_key(&id) {
            return self.sees_unit(id);
        }
        model.users.contains_key(&id) && self.knows_user(id)
    }

    /// Whether an extension, queue or number may be named to the actor where something of theirs touches it: they
    /// may know of it, or it is theirs.
    pub fn may_be_told(&self, entity: Id) -> bool {
        let owned = self.snapshot.model().entities.get(&entity).is_some_and(|e| e.owner == Some(self.id()));
        (owned || self.folded.has_grant(entity) || self.knows(entity))
            && self.viewer.as_deref().is_none_or(|viewer| viewer.may_be_told(entity))
    }

    /// Whether the actor holds a permission at any reach: whether its page or menu item is shown (CLY-08).
    pub fn holds(&self, permission: Permission) -> bool {
        self.powers.permissions().has(permission)
            && self.viewer_too(permission, |viewer| viewer.holds(permission))
    }

    /// Asks for a permission that concerns the workspace and no row.
    pub fn permit<R: Right>(&self) -> Result<Permit<R>, Denied> {
        self.permit_on(Thing::WORKSPACE)
    }

    /// Asks for a permission on a thing. A thing that the actor may not see answers [`Denied::Hidden`], whatever they may
    /// do to such things: what cannot be seen cannot be touched.
    pub fn permit_on<R: Right>(&self, thing: Thing) -> Result<Permit<R>, Denied> {
        if self.acts_on(R::PERMISSION, &thing) {
            return Ok(Permit { by: By::Actor(self.clone()), thing, right: PhantomData });
        }
        Err(if self.sees(&thing) { Denied::Lacks(R::PERMISSION) } else { Denied::Hidden })
    }

    /// Whether the actor may do something to a thing, and may know that it is there.
    pub fn acts_on(&self, permission: Permission, thing: &Thing) -> bool {
        self.may(permission, thing) && self.may_name(thing)
    }

    fn sees(&self, thing: &Thing) -> bool {
        thing.noun.see().is_none_or(|see| self.may(see, thing))
    }

    /// Whether the actor may know of a thing: they see it, or know of it by the directory, by leading it, as their own.
    pub fn may_name(&self, thing: &Thing) -> bool {
        if self.sees(thing) {
            return true;
        }
        let Ok(id) = u32::try_from(thing.id).map(Id) else { return false };
        match thing.noun {
            Noun::User => self.knows_user(id),
            Noun::Department | Noun::Branch => self.sees_unit(id),
            Noun::Extension | Noun::Queue | Noun::Number => self.may_be_told(id),
            Noun::Role | Noun::Call | Noun::Token | Noun::Workspace | Noun::Outside => false,
        }
    }

    /// Asks for a list. Whoever holds the permission at no reach is refused; a list may well be empty.
    pub fn visible<R: Right>(&self) -> Result<Visible<R>, Denied> {
        if !self.holds(R::PERMISSION) {
            return Err(Denied::Lacks(R::PERMISSION));
        }
        Ok(Visible { rows: self.rows(R::PERMISSION), actor: self.clone(), right: PhantomData })
    }

    /// The rows for which a check of this permission would say yes, as what they touch.
    pub fn rows(&self, permission: Permission) -> Rows {
        let viewer = self.viewer.as_deref().filter(|_| permission.entry().verb == Verb::Read);
        let also = viewer.map_or(Rows::All, |viewer| viewer.rows(permission));
        self.own_rows(permission).and(also)
    }

    fn own_rows(&self, permission: Permission) -> Rows {
        if self.powers.has(permission, Reach::All) {
            return Rows::All;
        }
        let mut keys = vec![];
        if self.powers.has(permission, Reach::Own) {
            keys.push(self.id());
        }
        if self.powers.has(permission, Reach::Assigned) {
            keys.extend(self.folded.granted(permission));
        }
        if self.powers.has(permission, Reach::Team) {
            keys.extend(self.folded.led());
        }
        keys.sort_unstable();
        keys.dedup();
        Rows::Touching(keys)
    }
}

/// Written out because a derived one would ask for `R: Clone`.
impl<R> Clone for Permit<R> {
    fn clone(&self) -> Self {
        Permit { by: self.by.clone(), thing: self.thing.clone(), right: PhantomData }
    }
}

impl<R: Right> Permit<R> {
    /// The authority of whoever runs the machine: the command line, the demo and scheduled jobs. Never a request.
    pub fn operator(workspace: i64, thing: Thing) -> Permit<R> {
        Permit { by: By::Operator { workspace }, thing, right: PhantomData }
    }

    /// The permission that was decided.
    pub fn permission(&self) -> Permission {
        R::PERMISSION
    }

    /// The thing that it was decided for.
    pub fn thing(&self) -> &Thing {
        &self.thing
    }

    /// The id of a thing of the model.
    pub fn id(&self) -> Id {
        Id(u32::try_from(self.thing.id).unwrap_or(u32::MAX))
    }

    /// The workspace that it was decided in.
    pub fn workspace(&self) -> i64 {
        match &self.by {
            By::Actor(actor) => actor.snapshot.model().workspace,
            By::Operator { workspace } => *workspace,
        }
    }

    /// Who was allowed; none for the operator of the machine.
    pub fn actor(&self) -> Option<&Actor> {
        match &self.by {
            By::Actor(actor) => Some(actor),
            By::Operator { .. } => None,
        }
    }

    /// Makes the same decision again under another snapshot: the permit to act on, inside the transaction.
    pub fn renew(&self, snapshot: &Arc<Snapshot>) -> Result<Permit<R>, Denied> {
        let By::Actor(actor) = &self.by else { return Ok(self.clone()) };
        let actor = actor.renew(snapshot.clone()).ok_or(Denied::Lacks(R::PERMISSION))?;
        let thing = match self.thing.noun {
            Noun::Workspace | Noun::Call | Noun::Token | Noun::Outside => self.thing.clone(),
            noun => snapshot.thing(noun, self.id()).ok_or(Denied::Hidden)?,
        };
        actor.permit_on(thing)
    }
}

impl<R: Right> Visible<R> {
    /// Which rows the list may show, by what they touch.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// Who asked.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The workspace that it was decided in.
    pub fn workspace(&self) -> i64 {
        self.actor.snapshot.model().workspace
    }

    /// The ids of the things of the model that the list may show.
    pub fn things(&self, noun: Noun) -> Vec<Id> {
        let seen = self.actor.snapshot.things(noun).filter(|t| self.actor.acts_on(R::PERMISSION, t));
        seen.filter_map(|t| u32::try_from(t.id).ok()).map(Id).collect()
    }
}
