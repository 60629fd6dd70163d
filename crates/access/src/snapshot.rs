//! The folded model: per user one set of masks, ready for decisions. Immutable; replaced at each change.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use crate::model::{EntityKind, Grant, Id, Micros, Model, Setting, Standing, UnitKind, User};
use crate::permission::{GrantUse, Permission};
use crate::powers::{Cell, Powers};
use crate::reach::{Reach, Reaches};
use crate::thing::{Noun, Thing};

/// One workspace's access, folded at one version and one moment.
#[derive(Debug)]
pub struct Snapshot {
    model: Model,
    users: HashMap<Id, Arc<Folded>>,
    emails: HashMap<Box<str>, Id>,
    /// Units that a granted extension, queue or number belongs to: those of the people who may use it.
    entity_units: HashMap<Id, Vec<Id>>,
    at: Micros,
    valid_until: Micros,
}

/// One user's access with role, toggles, temporary access, denials, plan and ban folded in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folded {
    /// Who.
    pub user: Id,
    /// What they may do, and how far.
    pub powers: Powers,
    /// What is granted to them, sorted by id.
    granted: Box<[(Id, GrantBits)]>,
    /// The units that they lead, sorted.
    led: Box<[Id]>,
}

/// Which rights the grants on one thing add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
struct GrantBits(u8);

impl GrantBits {
    const USE: u8 = 1;
    const OBSERVE: u8 = 2;

    fn of(grant: &Grant) -> GrantBits {
        GrantBits(u8::from(grant.may_use) * GrantBits::USE + u8::from(grant.may_observe) * GrantBits::OBSERVE)
    }

    const fn counts_for(self, wanted: GrantUse) -> bool {
        let wanted = match wanted {
            GrantUse::Use => GrantBits::USE,
            GrantUse::Observe => GrantBits::OBSERVE,
            GrantUse::Either => GrantBits::USE | GrantBits::OBSERVE,
        };
        self.0 & wanted != 0
    }
}

impl Folded {
    /// Whether a grant of this user on a thing counts for a permission.
    #[inline]
    pub fn is_granted(&self, permission: Permission, entity: Id) -> bool {
        self.granted
            .binary_search_by_key(&entity, |(id, _)| *id)
            .ok()
            .and_then(|at| self.granted.get(at))
            .is_some_and(|(_, bits)| bits.counts_for(permission.grant_use()))
    }

    /// Whether a thing is granted to this user for anything at all.
    pub fn has_grant(&self, entity: Id) -> bool {
        self.granted.binary_search_by_key(&entity, |(id, _)| *id).is_ok()
    }

    /// Whether this user leads a unit.
    #[inline]
    pub fn leads(&self, unit: Id) -> bool {
        self.led.binary_search(&unit).is_ok()
    }

    /// A word that is another one whenever this access is: it tells of nothing that happens to anybody else.
    pub fn mark(&self) -> String {
        let mut hasher = DefaultHasher::new();
        (self.user, self.powers, &self.granted, &self.led).hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }

    /// The units that this user leads, sorted.
    pub fn led(&self) -> &[Id] {
        &self.led
    }

    /// The granted extensions, queues and numbers that count for a permission, sorted.
    pub fn granted(&self, permission: Permission) -> impl Iterator<Item = Id> {
        let wanted = permission.grant_use();
        self.granted.iter().filter(move |(_, bits)| bits.counts_for(wanted)).map(|(id, _)| *id)
    }

    /// The narrowest reach by which the user may do something to a row that touches these ids, if any.
    ///
    /// It reads a few words and allocates nothing.
    #[inline]
    pub fn reach_over(&self, powers: &Powers, permission: Permission, touches: &[Id]) -> Option<Reach> {
        let held = |reach| powers.has(permission, reach);
        if held(Reach::Own) && touches.contains(&self.user) {
            return Some(Reach::Own);
        }
        if held(Reach::Assigned) && touches.iter().any(|id| self.is_granted(permission, *id)) {
            return Some(Reach::Assigned);
        }
        if held(Reach::Team) && touches.iter().any(|id| self.leads(*id)) {
            return Some(Reach::Team);
        }
        held(Reach::All).then_some(Reach::All)
    }

    /// The reach by which the user may do something to a thing. To the workspace itself: `all`, or, for a
    /// permission that cannot reach so far (placing calls), any.
    #[inline]
    pub fn reach_to(&self, powers: &Powers, permission: Permission, thing: &Thing) -> Option<Reach> {
        if thing.noun == Noun::Workspace && !permission.entry().reaches.has(Reach::All) {
            return powers.reaches(permission).iter().next();
        }
        self.reach_over(powers, permission, &thing.touches)
    }

    /// Whether the user may do something to a thing: whether there is a reach to it ([`Folded::reach_to`]), without looking
    /// for the narrowest one.
    ///
    /// This is the decision.
    #[inline]
    pub fn allows(&self, powers: &Powers, permission: Permission, thing: &Thing) -> bool {
        powers.has(permission, Reach::All) || self.reach_to(powers, permission, thing).is_some()
    }

    /// One user's access, folded from a model at a moment.
    pub fn of(model: &Model, user: Id, now: Micros) -> Folded {
        let grants: Vec<&Grant> = model.grants_of(user, now).collect();
        fold(model, user, role_powers(model, user), &grants, now)
    }
}

impl Snapshot {
    /// Folds a model as it stands at a moment.
    pub fn build(model: Model, now: Micros) -> Snapshot {
        let mut grants: HashMap<Id, Vec<&Grant>> = HashMap::new();
        let mut entity_units: HashMap<Id, Vec<Id>> = HashMap::new();
        for grant in model.grants.iter().filter(|g| g.counts_at(now)) {
            grants.entry(grant.user).or_default().push(grant);
            if let Some(user) = model.users.get(&grant.user).filter(|_| grant.may_use) {
                entity_units.entry(grant.entity).or_default().extend(user.units());
            }
        }
        // Most people have their role and nothing besides: what each role gives is worked out once.
        let roles: HashMap<Id, Powers> =
            model.roles.iter().map(|(id, role)| (*id, role.holds.iter().collect())).collect();
        let users = model
            .users
            .iter()
            .map(|(id, user)| {
                let own = grants.get(id).map_or(&[][..], Vec::as_slice);
                let role = roles.get(&user.role).copied().unwrap_or(Powers::NONE);
                (*id, Arc::new(fold(&model, *id, role, own, now)))
            })
            .collect();
        let emails = model.users.iter().map(|(id, p)| (p.email.as_str().into(), *id)).collect();
        Snapshot { users, emails, entity_units, at: now, valid_until: valid_until(&model, now), model }
    }

    /// The unfolded model that this snapshot was made from.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The moment at which the model was folded.
    pub fn at(&self) -> Micros {
        self.at
    }

    /// The moment at which a grant or temporary access next expires and the snapshot must be folded anew.
    pub fn valid_until(&self) -> Micros {
        self.valid_until
    }

    /// A word that is another one whenever a user's access is; empty for people who are not in the workspace.
    pub fn mark_of(&self, id: Id) -> String {
        self.user(id).map(|folded| folded.mark()).unwrap_or_default()
    }

    /// The folded access of a user; none for people who are not, or no longer, in the workspace.
    pub fn user(&self, id: Id) -> Option<&Arc<Folded>> {
        self.users.get(&id)
    }

    /// The user with that email address, compared in lower case.
    pub fn by_email(&self, email: &str) -> Option<Id> {
        let email = email.trim();
        // Most arrive in lower case already: those need no copy.
        self.emails.get(email).or_else(|| self.emails.get(email.to_lowercase().as_str())).copied()
    }

    /// The user who is named by id or by email address.
    pub fn user_named(&self, name: &str) -> Option<Id> {
        let by_id = name.parse().ok().map(Id).filter(|id| self.model.users.contains_key(id));
        by_id.or_else(|| self.by_email(name))
    }

    /// What a user could do were they not banned: what those who act on them must not lack (ALL-02).
    pub fn latent(&self, id: Id) -> Powers {
        unbanned_powers(&self.model, id, self.at)
    }

    /// What a user could do at a moment were they not banned and did the plan hold everything: roles, toggles and the
    /// rest outlast a plan, and less of what was given for a while is there at a later moment (ALL-02).
    pub(crate) fn under_any_plan(&self, id: Id, at: Micros) -> Powers {
        powers_under_any_plan(&self.model, id, at)
    }

    /// What stays of a user's access once everything that was given for a while has ended (ALL-07).
    pub fn lasting(&self, id: Id) -> Powers {
        unbanned_powers(&self.model, id, Micros::MAX)
    }

    /// The units that an extension, queue or number belongs to: those of the people who may use it.
    pub fn units_of(&self, entity: Id) -> &[Id] {
        self.entity_units.get(&entity).map_or(&[], Vec::as_slice)
    }

    /// What a person, extension, queue or number touches at a moment to come; none for anything else.
    pub(crate) fn touches_at(&self, id: Id, at: Micros) -> Option<Vec<Id>> {
        if let Some(user) = self.model.users.get(&id) {
            return Some([id].into_iter().chain(user.units()).collect());
        }
        let entity = self.model.entities.get(&id)?;
        let used = self.model.grants.iter().filter(|g| g.entity == id && g.may_use && g.counts_at(at));
        let units = |user: Id| self.model.users.get(&user).into_iter().flat_map(User::units);
        let owner = entity.owner.filter(|owner| self.model.users.contains_key(owner));
        let owned = owner.into_iter().chain(owner.into_iter().flat_map(units));
        Some([id].into_iter().chain(owned).chain(used.flat_map(|grant| units(grant.user))).collect())
    }

    /// The thing of the model with that id, as a decision sees it; calls and what hangs on them are in the store.
    pub fn thing(&self, noun: Noun, id: Id) -> Option<Thing> {
        let touches = match noun {
            Noun::User => {
                let user = self.model.users.get(&id)?;
                [id].into_iter().chain(user.units()).collect()
            }
            Noun::Extension | Noun::Queue | Noun::Number => {
                let entity = self.model.entities.get(&id).filter(|e| noun == Noun::from(e.kind))?;
                let owner = entity.owner.and_then(|o| Some((o, self.model.users.get(&o)?)));
                let owned = owner.into_iter().flat_map(|(o, user)| [o].into_iter().chain(user.units()));
                let used = self.units_of(id).iter().copied();
                [id].into_iter().chain(owned).chain(used).collect()
            }
            Noun::Department | Noun::Branch => {
                let kind = if noun == Noun::Department { UnitKind::Department } else { UnitKind::Branch };
                self.model.units.get(&id).filter(|u| u.kind == kind)?;
                vec![id]
            }
            Noun::Role => {
                self.model.roles.get(&id)?;
                vec![]
            }
            Noun::Call | Noun::Token | Noun::Workspace | Noun::Outside => return None,
        };
        Some(Thing::new(noun, i64::from(id.0), touches))
    }

    /// Every thing of a kind that the model knows.
    pub fn things(&self, noun: Noun) -> impl Iterator<Item = Thing> {
        let users = self.model.users.keys();
        let entities = self.model.entities.keys();
        let units = self.model.units.keys();
        let roles = self.model.roles.keys();
        users.chain(entities).chain(units).chain(roles).filter_map(move |id| self.thing(noun, *id))
    }
}

impl From<EntityKind> for Noun {
    fn from(kind: EntityKind) -> Noun {
        match kind {
            EntityKind::Extension => Noun::Extension,
            EntityKind::Queue => Noun::Queue,
            EntityKind::Number => Noun::Number,
        }
    }
}

/// Folds one user's access; `role` is what their role gives.
fn fold(model: &Model, id: Id, role: Powers, grants: &[&Grant], now: Micros) -> Folded {
    let banned = model.users.get(&id).is_none_or(|p| p.standing == Standing::Banned);
    let powers = if banned { Powers::NONE } else { with_exceptions(model, id, role, now).only(model.allows) };
    let mut bits: BTreeMap<Id, GrantBits> = BTreeMap::new();
    for grant in grants {
        bits.entry(grant.entity).or_default().0 |= GrantBits::of(grant).0;
    }
    let mut led: Vec<Id> = model.leads.iter().filter(|(p, _)| *p == id).map(|(_, unit)| *unit).collect();
    led.sort_unstable();
    led.dedup();
    Folded { user: id, powers, granted: bits.into_iter().collect(), led: led.into() }
}

/// ((role ∪ allowed toggles ∪ unexpired temporary access) − denied toggles) ∩ plan.
fn unbanned_powers(model: &Model, id: Id, now: Micros) -> Powers {
    powers_under_any_plan(model, id, now).only(model.allows)
}

fn powers_under_any_plan(model: &Model, id: Id, now: Micros) -> Powers {
    with_exceptions(model, id, role_powers(model, id), now)
}

fn role_powers(model: &Model, id: Id) -> Powers {
    model.role_of(id).map_or(Powers::NONE, |role| role.holds.iter().collect())
}

/// What a user has when what their role gives is joined by what is set and lent for them alone.
fn with_exceptions(model: &Model, id: Id, role: Powers, now: Micros) -> Powers {
    let Some(standing) = model.role_of(id).map(|role| role.standing) else { return Powers::NONE };
    let toggles = settings_of(model, id, Setting::Allow).flat_map(|t| toggle_cells(model, id, t));
    let temporary =
        model.temporary.iter().filter(|t| t.user == id && now < t.expires_at).flat_map(|t| t.holds.iter());
    let given = role.union(&toggles.chain(temporary).collect());
    if standing.unrestricted {
        return given;
    }
    let denied: Vec<Cell> = settings_of(model, id, Setting::Deny)
        .filter_map(|t| model.toggles.get(&t))
        .flat_map(|t| t.holds.iter().copied())
        .collect();
    given.minus(&denied)
}

/// The toggles of a user that stand at a setting.
pub(crate) fn settings_of(model: &Model, user: Id, setting: Setting) -> impl Iterator<Item = Id> {
    model
        .settings
        .range((user, Id(0))..=(user, Id(u32::MAX)))
        .filter(move |(_, s)| **s == setting)
        .map(|((_, toggle), _)| *toggle)
}

/// What an allowed toggle gives a user, with what it gives beside another allowed toggle.
pub(crate) fn toggle_cells(model: &Model, user: Id, toggle: Id) -> impl Iterator<Item = &Cell> {
    let toggle = model.toggles.get(&toggle);
    let with = toggle
        .and_then(|t| t.with.as_ref())
        .filter(|(other, _)| model.settings.get(&(user, *other)) == Some(&Setting::Allow))
        .map(|(_, cells)| cells);
    toggle.map(|t| &t.holds).into_iter().chain(with).flatten()
}

fn valid_until(model: &Model, now: Micros) -> Micros {
    let grants = model.grants.iter().filter_map(|g| g.expires_at);
    let temporary = model.temporary.iter().map(|t| t.expires_at);
    grants.chain(temporary).filter(|at| now < *at).min().unwrap_or(Micros::MAX)
}

/// The reaches in which people read a set: `all` alone where it is held, and only what the permission can have.
pub fn shown(permission: Permission, reaches: Reaches) -> Reaches {
    reaches.intersection(permission.entry().reaches).shortest()
}
