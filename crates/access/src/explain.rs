//! Why, who and what: the decision taken apart, from the unfolded model, with what would change it.

use std::fmt;

use crate::decide::Actor;
use crate::model::{Id, Micros, Model, Setting, Standing};
use crate::permission::Permission;
use crate::powers::{Cell, Powers};
use crate::reach::{Reach, Reaches};
use crate::remedies::remedies;
use crate::snapshot::{Snapshot, settings_of, shown, toggle_cells};
use crate::text;
use crate::text::Text;
use crate::thing::{Noun, Thing};

/// What gives a user a permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Giver {
    /// Their role.
    Role(Id),
    /// A toggle that is allowed for them.
    Toggle(Id),
    /// Access given for a while, until a moment.
    Temporary(Id, Micros),
}

/// What takes a permission away from a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taker {
    /// A toggle that is denied for them.
    DeniedToggle(Id),
    /// The plan lacks the permission.
    Plan,
    /// They are banned.
    Ban,
}

/// One permission of a user: how far it goes and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which permission.
    pub permission: Permission,
    /// How far it goes in the end; empty when it is not held.
    pub reaches: Reaches,
    /// What gives it, and how far.
    pub given: Vec<(Giver, Reaches)>,
    /// What takes it away or narrows it.
    pub taken: Vec<Taker>,
}

/// How a row comes into reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The user takes part in it, owns it or is assigned to it.
    TakesPart,
    /// It touches a thing that is granted to them.
    Granted(Id),
    /// It touches a thing that is granted to them, and that the asker may not know of.
    GrantedUnseen,
    /// It belongs to a unit that they lead.
    Leads(Id),
    /// It belongs to a unit that they lead, and that the asker may not know of.
    LeadsUnseen,
    /// Every row is in reach.
    Everything,
    /// The permission is held, but does not reach this row.
    OutOfReach,
}

/// What would make a refusal a yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// Lift the ban.
    Unban,
    /// Move to a plan that has the permission.
    Plan(String),
    /// Stop denying the toggle.
    StopDenying(Id),
    /// Allow the toggle.
    AllowToggle(Id),
    /// Allow a toggle that the asker may not know of.
    AllowToggleUnseen,
    /// Give them a role that holds it so far.
    Role(Id),
    /// Give them a role that the asker may not know of.
    RoleUnseen,
    /// Grant them the thing.
    Grant(Id),
    /// Grant them a thing that the asker may not know of.
    GrantUnseen,
    /// Make them lead the unit.
    Lead(Id),
    /// Make them lead a unit that the asker may not know of.
    LeadUnseen,
}

/// Why a user may or may not do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The answer, the same as the decision's.
    pub allowed: bool,
    /// The permission with what gives and takes it.
    pub line: Line,
    /// How the row comes into reach; none where no row was asked about or the permission is not held.
    pub relation: Option<Relation>,
    /// What would make it a yes; empty when it is one.
    pub remedies: Vec<Remedy>,
}

/// Why a user may or may not do something to a thing.
pub fn why(snapshot: &Snapshot, user: Id, permission: Permission, thing: &Thing) -> Explanation {
    let line = line(snapshot, user, permission);
    let reach = reach(snapshot, user, permission, thing);
    let relation = (!line.reaches.is_empty()).then(|| match reach {
        None => Relation::OutOfReach,
        Some(reach) => relation(snapshot, user, permission, thing, reach),
    });
    let remedies = if reach.is_some() { vec![] } else { remedies(snapshot, user, permission, thing) };
    Explanation { allowed: reach.is_some(), line, relation, remedies }
}

impl Explanation {
    /// The same for somebody's eyes: without the names of extensions, queues, numbers, units, roles and toggles that
    /// they may not know of.
    #[must_use]
    pub fn veiled(mut self, asker: &Actor) -> Explanation {
        self.relation = self.relation.map(|relation| match relation {
            Relation::Granted(entity) if !asker.may_be_told(entity) => Relation::GrantedUnseen,
            Relation::Leads(unit) if !asker.sees_unit(unit) => Relation::LeadsUnseen,
            seen => seen,
        });
        let told: Vec<Remedy> = self.remedies.into_iter().map(|remedy| remedy.veiled(asker)).collect();
        self.remedies = vec![];
        for remedy in told {
            if !self.remedies.contains(&remedy) {
                self.remedies.push(remedy);
            }
        }
        self
    }

    /// Whether it was asked about the whole workspace, and some of it is within reach.
    pub fn is_partly(&self, thing: &Thing) -> bool {
        !self.allowed && thing.noun == Noun::Workspace && !self.line.reaches.is_empty()
    }
}

impl Remedy {
    /// The same for somebody's eyes. What a preset brings is no secret; a role or toggle of the workspace's own is for
    /// those who may see roles.
    fn veiled(self, asker: &Actor) -> Remedy {
        let model = asker.snapshot().model();
        let own_role = |role| model.roles.get(role).is_some_and(|role| role.key.is_none());
        let own_toggle = |toggle| model.toggles.get(toggle).is_some_and(|toggle| toggle.key.is_none());
        let sees = asker.holds(Permission::RoleRead);
        match &self {
            Remedy::Grant(entity) if !asker.may_be_told(*entity) => Remedy::GrantUnseen,
            Remedy::Lead(unit) if !asker.sees_unit(*unit) => Remedy::LeadUnseen,
            Remedy::Role(role) if !sees && own_role(role) => Remedy::RoleUnseen,
            Remedy::AllowToggle(toggle) if !sees && own_toggle(toggle) => Remedy::AllowToggleUnseen,
            _ => self,
        }
    }
}

/// Everybody who may do something to a thing, with why.
pub fn who(snapshot: &Snapshot, permission: Permission, thing: &Thing) -> Vec<(Id, Explanation)> {
    let users = snapshot.model().users.keys().copied();
    users
        .filter(|id| reach(snapshot, *id, permission, thing).is_some())
        .map(|id| (id, why(snapshot, id, permission, thing)))
        .collect()
}

/// Every permission of a user with its reasons, held or not, in catalogue order.
pub fn what(snapshot: &Snapshot, user: Id) -> Vec<Line> {
    Permission::ALL.iter().map(|p| line(snapshot, user, *p)).collect()
}

/// The decision for somebody who need not be the one who asks.
fn reach(snapshot: &Snapshot, user: Id, permission: Permission, thing: &Thing) -> Option<Reach> {
    let folded = snapshot.user(user)?;
    folded.reach_to(&folded.powers, permission, thing)
}

fn line(snapshot: &Snapshot, user: Id, permission: Permission) -> Line {
    let model = snapshot.model();
    let given = given(model, user, permission, snapshot.at());
    let folded = snapshot.user(user).map_or(Powers::NONE, |f| f.powers);
    let taken = if given.is_empty() { vec![] } else { taken(model, user, permission, &given) };
    Line { permission, reaches: shown(permission, folded.reaches(permission)), given, taken }
}

fn given(model: &Model, user: Id, permission: Permission, now: Micros) -> Vec<(Giver, Reaches)> {
    let mut given = vec![];
    let mut add = |giver: Giver, reaches: Reaches| {
        if !reaches.is_empty() {
            given.push((giver, reaches.shortest()));
        }
    };
    if let (Some(record), Some(role)) = (model.users.get(&user), model.role_of(user)) {
        add(Giver::Role(record.role), reaches_in(role.holds.iter(), permission));
    }
    for toggle in settings_of(model, user, Setting::Allow) {
        add(Giver::Toggle(toggle), reaches_in(toggle_cells(model, user, toggle), permission));
    }
    for temporary in model.temporary.iter().filter(|t| t.user == user && now < t.expires_at) {
        let giver = Giver::Temporary(temporary.id, temporary.expires_at);
        add(giver, reaches_in(temporary.holds.iter(), permission));
    }
    given
}

fn reaches_in<'a>(cells: impl Iterator<Item = &'a Cell>, permission: Permission) -> Reaches {
    cells.filter(|(p, _)| *p == permission).fold(Reaches::NONE, |all, (_, r)| all.union(*r))
}

fn taken(model: &Model, user: Id, permission: Permission, given: &[(Giver, Reaches)]) -> Vec<Taker> {
    let unrestricted = model.role_of(user).is_some_and(|r| r.standing.unrestricted);
    let given: Powers = given.iter().map(|(_, reaches)| (permission, *reaches)).collect();
    let narrows = |toggle: &Id| model.toggles.get(toggle).is_some_and(|t| given.minus(&t.holds) != given);
    let denied = settings_of(model, user, Setting::Deny).filter(|t| !unrestricted && narrows(t));
    let plan = (!model.allows.has(permission)).then_some(Taker::Plan);
    let ban = model.users.get(&user).is_some_and(|p| p.standing == Standing::Banned).then_some(Taker::Ban);
    denied.map(Taker::DeniedToggle).chain(plan).chain(ban).collect()
}

fn relation(snapshot: &Snapshot, user: Id, permission: Permission, thing: &Thing, reach: Reach) -> Relation {
    let Some(folded) = snapshot.user(user) else { return Relation::OutOfReach };
    let mut touches = thing.touches.iter().copied();
    let found = match reach {
        Reach::Own => Some(Relation::TakesPart),
        Reach::Assigned => touches.find(|id| folded.is_granted(permission, *id)).map(Relation::Granted),
        Reach::Team => touches.find(|id| folded.leads(*id)).map(Relation::Leads),
        Reach::All => Some(Relation::Everything),
    };
    found.unwrap_or(Relation::TakesPart)
}

/// Speaks of a piece of an explanation in a sentence, with the names of the workspace.
pub trait Say {
    /// A sentence fragment for people.
    fn say(&self, model: &Model) -> Text;
}

impl Say for (Giver, Reaches) {
    fn say(&self, model: &Model) -> Text {
        let far = self.1.words().into_iter().map(Text::new).collect();
        match &self.0 {
            Giver::Role(role) => text!("role {role} gives it ({far})").and("role", named(model, *role)),
            Giver::Toggle(toggle) => {
                text!("toggle {toggle} is allowed ({far})").and("toggle", named(model, *toggle))
            }
            Giver::Temporary(..) => text!("given for a while ({far})"),
        }
        .list("far", far)
    }
}

impl Say for Taker {
    fn say(&self, model: &Model) -> Text {
        match self {
            Taker::DeniedToggle(toggle) => {
                text!("toggle {toggle} is denied").and("toggle", named(model, *toggle))
            }
            Taker::Plan => text!("the plan does not have it"),
            Taker::Ban => text!("the user is banned"),
        }
    }
}

impl Say for Relation {
    fn say(&self, model: &Model) -> Text {
        match self {
            Relation::TakesPart => text!("takes part in it, owns it or is assigned to it"),
            Relation::Granted(id) => match model.entities.get(id) {
                Some(entity) => text!("{kind} {name} is granted", name = &entity.label)
                    .and("kind", Text::new(entity.kind.word())),
                None => text!("it is granted"),
            },
            Relation::GrantedUnseen => text!("something that you cannot see is granted"),
            Relation::Leads(unit) => text!("leads {unit}", unit = model.label(*unit)),
            Relation::LeadsUnseen => text!("leads a unit that you cannot see"),
            Relation::Everything => text!("reaches everything in the workspace"),
            Relation::OutOfReach => text!("it does not reach this"),
        }
    }
}

impl Say for Remedy {
    fn say(&self, model: &Model) -> Text {
        match self {
            Remedy::Unban => text!("lift the ban"),
            Remedy::Plan(plan) => text!("move to the plan {plan}").and("plan", Text::from(plan.clone())),
            Remedy::StopDenying(toggle) => {
                text!("stop denying the toggle {toggle}").and("toggle", named(model, *toggle))
            }
            Remedy::AllowToggle(toggle) => {
                text!("allow the toggle {toggle}").and("toggle", named(model, *toggle))
            }
            Remedy::Role(role) => text!("give the role {role}").and("role", named(model, *role)),
            Remedy::AllowToggleUnseen => text!("allow a toggle that you cannot see"),
            Remedy::RoleUnseen => text!("give a role that you cannot see"),
            Remedy::Grant(id) => match model.entities.get(id) {
                Some(entity) => text!("grant {kind} {name}", name = &entity.label)
                    .and("kind", Text::new(entity.kind.word())),
                None => text!("grant it"),
            },
            Remedy::GrantUnseen => text!("grant something that you cannot see"),
            Remedy::Lead(unit) => text!("let them lead {unit}", unit = model.label(*unit)),
            Remedy::LeadUnseen => text!("let them lead a unit that you cannot see"),
        }
    }
}

/// A role's or toggle's name; those of built-in ones are texts of the product.
fn named(model: &Model, id: Id) -> Text {
    Text::from(model.label(id).to_owned())
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Relation::TakesPart => "own",
            Relation::Granted(_) | Relation::GrantedUnseen => "assigned",
            Relation::Leads(_) | Relation::LeadsUnseen => "team",
            Relation::Everything => "all",
            Relation::OutOfReach => "none",
        })
    }
}
