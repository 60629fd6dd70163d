//! What would turn a refusal into a yes. Every remedy is tried on the user's own part of the model, none is guessed.

use crate::explain::Remedy;
use crate::model::{Grant, Id, Micros, Model, Setting, Standing};
use crate::permission::Permission;
use crate::preset::Plan;
use crate::snapshot::{Folded, Snapshot, settings_of};
use crate::thing::Thing;

/// What would make a refusal a yes: first everything that must be lifted (ban, plan, denied toggles), then, where
/// that is not enough, the ways of which any one is. Empty where nothing that can be set would help.
pub(crate) fn remedies(snapshot: &Snapshot, user: Id, permission: Permission, thing: &Thing) -> Vec<Remedy> {
    let refused = Trial::of(snapshot, user, permission, thing);
    let blocks = refused.blocks();
    let trial = refused.with(&blocks);
    let denials = trial.denials();
    let given = trial.with(&denials).allows();
    let ways = |lifted: &[Remedy]| trial.with(lifted).ways(snapshot.model());
    let helps =
        |lifted: &[Remedy]| if given { trial.with(lifted).allows() } else { !ways(lifted).is_empty() };
    if !helps(&denials) {
        return vec![];
    }
    let lifted = fewest(denials, helps);
    let then = if given { vec![] } else { ways(&lifted) };
    blocks.into_iter().chain(lifted).chain(then).collect()
}

/// The remedies of which none can be left out.
fn fewest(mut remedies: Vec<Remedy>, helps: impl Fn(&[Remedy]) -> bool) -> Vec<Remedy> {
    for candidate in remedies.clone() {
        let without: Vec<Remedy> = remedies.iter().filter(|r| **r != candidate).cloned().collect();
        if helps(&without) {
            remedies = without;
        }
    }
    remedies
}

/// One question, with the part of the model that decides it.
#[derive(Clone)]
struct Trial<'a> {
    model: Model,
    now: Micros,
    user: Id,
    permission: Permission,
    thing: &'a Thing,
}

impl<'a> Trial<'a> {
    fn of(snapshot: &Snapshot, user: Id, permission: Permission, thing: &'a Thing) -> Trial<'a> {
        let whole = snapshot.model();
        let model = Model {
            plan: whole.plan.clone(),
            roles: whole.roles.clone(),
            toggles: whole.toggles.clone(),
            units: Default::default(),
            users: whole.users.get(&user).map(|u| (user, u.clone())).into_iter().collect(),
            entities: Default::default(),
            settings: whole.settings.iter().filter(|((u, _), _)| *u == user).map(|(k, s)| (*k, *s)).collect(),
            leads: whole.leads.iter().filter(|(u, _)| *u == user).copied().collect(),
            grants: whole.grants_of(user, snapshot.at()).cloned().collect(),
            temporary: whole.temporary.iter().filter(|t| t.user == user).cloned().collect(),
            ..*whole
        };
        Trial { model, now: snapshot.at(), user, permission, thing }
    }

    fn allows(&self) -> bool {
        let folded = Folded::of(&self.model, self.user, self.now);
        folded.reach_to(&folded.powers, self.permission, self.thing).is_some()
    }

    /// What stands in the way whatever is given.
    fn blocks(&self) -> Vec<Remedy> {
        let banned = self.model.users.get(&self.user).is_some_and(|u| u.standing == Standing::Banned);
        let lacking = !self.model.allows.has(self.permission);
        let plan = Plan::all().iter().find(|p| lacking && p.allows.has(self.permission));
        let unban = banned.then_some(Remedy::Unban);
        unban.into_iter().chain(plan.map(|p| Remedy::Plan(p.name.clone()))).collect()
    }

    /// The denied toggles that name the permission.
    fn denials(&self) -> Vec<Remedy> {
        let names = |toggle: &Id| {
            self.model.toggles.get(toggle).is_some_and(|t| t.holds.iter().any(|(p, _)| *p == self.permission))
        };
        let denied = settings_of(&self.model, self.user, Setting::Deny);
        denied.filter(names).map(Remedy::StopDenying).collect()
    }

    /// The grants, units, toggles and roles of which any one makes the answer a yes.
    fn ways(&self, whole: &Model) -> Vec<Remedy> {
        let touches = self.thing.touches.iter().copied();
        let grants = touches.clone().filter(|id| whole.entities.contains_key(id)).map(Remedy::Grant);
        let units = touches.filter(|id| whole.units.contains_key(id)).map(Remedy::Lead);
        let toggles = whole.toggles.keys().copied().map(Remedy::AllowToggle);
        let roles = whole.roles.iter().filter(|(_, r)| !r.standing.owner).map(|(id, _)| Remedy::Role(*id));
        let candidates = grants.chain(units).chain(toggles).chain(roles);
        candidates.filter(|way| self.with(std::slice::from_ref(way)).allows()).collect()
    }

    fn with(&self, remedies: &[Remedy]) -> Trial<'a> {
        remedies.iter().fold(self.clone(), Trial::after)
    }

    fn after(mut self, remedy: &Remedy) -> Trial<'a> {
        let (model, user) = (&mut self.model, self.user);
        let record = model.users.get_mut(&user);
        match remedy {
            Remedy::Unban => record.into_iter().for_each(|u| u.standing = Standing::Active),
            Remedy::Role(role) => record.into_iter().for_each(|u| u.role = *role),
            Remedy::Plan(name) => {
                let plan = Plan::all().iter().find(|p| p.name == *name);
                model.allows = plan.map_or(model.allows, |p| p.allows);
            }
            Remedy::StopDenying(toggle) => drop(model.settings.remove(&(user, *toggle))),
            Remedy::AllowToggle(toggle) => drop(model.settings.insert((user, *toggle), Setting::Allow)),
            Remedy::Grant(entity) => model.grants.push(Grant {
                id: Id(0),
                user,
                entity: *entity,
                may_use: true,
                may_observe: true,
                expires_at: None,
            }),
            Remedy::Lead(unit) => model.leads.push((user, *unit)),
            // These come of veiling what was found.
            Remedy::GrantUnseen | Remedy::LeadUnseen | Remedy::RoleUnseen | Remedy::AllowToggleUnseen => {}
        }
        self
    }
}
