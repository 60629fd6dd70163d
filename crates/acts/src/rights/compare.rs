//! Comparing: two roles, two people, or a role with a person, side by side.

use access::explain::what;
use access::{Actor, Id, Noun, Permission, Permit, Reaches, can, shown};
use schemars::JsonSchema;
use serde::Serialize;

use crate::kernel::refusal::{Code, Refusal};
use crate::rights::grants::{GrantView, input};
use crate::{Answer, App, Ref};

/// One of the two that are compared, with the proof that the asker may know what it holds.
#[derive(Debug, Clone)]
pub enum Subject {
    /// What a role holds.
    Role(Permit<can::RoleRead>),
    /// What a person may do in effect.
    Person(Permit<can::AccessExplain>),
}

impl Subject {
    /// The role or person of that kind and id, if the asker may know what it holds.
    pub fn of(actor: &Actor, noun: Noun, id: Id) -> Answer<Subject> {
        let thing = actor.snapshot().thing(noun, id).ok_or_else(|| Refusal::new(Code::NotFound))?;
        match noun {
            Noun::Role => Ok(Subject::Role(actor.permit_on(thing)?)),
            Noun::User => Ok(Subject::Person(actor.permit_on(thing)?)),
            _ => Err(Refusal::new(Code::NotFound)),
        }
    }

    fn id(&self) -> Id {
        match self {
            Subject::Role(permit) => permit.id(),
            Subject::Person(permit) => permit.id(),
        }
    }
}

/// Two things side by side.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Comparison {
    /// The first.
    pub a: SideView,
    /// The second.
    pub b: SideView,
    /// Every permission, with how far each of the two holds it.
    pub permissions: Vec<ComparedLine>,
    /// How many permissions differ.
    pub differing: i64,
}

/// One of the two.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SideView {
    /// `role` or `user`.
    pub kind: &'static str,
    /// Which.
    pub id: u32,
    /// What people call it.
    pub name: String,
    /// The role of a person.
    pub role: Option<Ref>,
    /// The units that a person leads, of those that the asker may know.
    pub leads: Vec<Ref>,
    /// The extensions, queues and numbers given to a person, of those that the asker may see.
    pub granted: Vec<GrantView>,
}

/// One permission as each of the two holds it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ComparedLine {
    /// `resource:action`.
    pub permission: &'static str,
    /// A sentence fragment for people.
    pub meaning: &'static str,
    /// The heading that it stands under.
    pub group: &'static str,
    /// How far the first holds it; empty when it does not.
    pub a: Vec<&'static str>,
    /// How far the second holds it.
    pub b: Vec<&'static str>,
    /// Whether the two differ.
    pub differs: bool,
    /// Whether the plan has it; what a role holds beyond the plan does not count.
    pub in_plan: bool,
}

/// Compares what a role holds, or what a person may do in effect, with another.
pub fn compare(app: &App, actor: &Actor, a: &Subject, b: &Subject) -> Comparison {
    let model = actor.snapshot().model();
    let (held_a, held_b) = (held(actor, a), held(actor, b));
    let line = |permission: &Permission| {
        let (a, b) = (held_a(*permission), held_b(*permission));
        let entry = permission.entry();
        ComparedLine {
            permission: entry.name,
            meaning: entry.meaning,
            group: entry.group.label(),
            a: a.words(),
            b: b.words(),
            differs: a != b,
            in_plan: model.allows.has(*permission),
        }
    };
    let permissions: Vec<ComparedLine> = Permission::ALL.iter().map(line).collect();
    let differing = permissions.iter().filter(|line| line.differs).count();
    Comparison {
        a: side(app, actor, a),
        b: side(app, actor, b),
        permissions,
        differing: i64::try_from(differing).unwrap_or(i64::MAX),
    }
}

/// How far one of the two holds each permission, as people read it.
fn held(actor: &Actor, subject: &Subject) -> impl Fn(Permission) -> Reaches {
    let snapshot = actor.snapshot();
    let cells: Vec<(Permission, Reaches)> = match subject {
        Subject::Role(permit) => {
            snapshot.model().roles.get(&permit.id()).map(|role| role.holds.clone()).unwrap_or_default()
        }
        Subject::Person(permit) => {
            what(snapshot, permit.id()).into_iter().map(|line| (line.permission, line.reaches)).collect()
        }
    };
    move |permission| {
        let reaches = cells.iter().filter(|(p, _)| *p == permission).map(|(_, reaches)| *reaches);
        shown(permission, reaches.fold(Reaches::NONE, Reaches::union))
    }
}

fn side(app: &App, actor: &Actor, subject: &Subject) -> SideView {
    let (model, id) = (actor.snapshot().model(), subject.id());
    let name = model.label(id).to_owned();
    match subject {
        Subject::Role(_) => {
            SideView { kind: Noun::Role.word(), id: id.0, name, role: None, leads: vec![], granted: vec![] }
        }
        Subject::Person(_) => {
            let led = model.leads.iter().filter(|(user, unit)| *user == id && actor.sees_unit(*unit));
            SideView {
                kind: Noun::User.word(),
                id: id.0,
                name,
                role: model.users.get(&id).map(|user| Ref::to(model, user.role)),
                leads: led.map(|(_, unit)| Ref::to(model, *unit)).collect(),
                granted: granted(app, actor, id),
            }
        }
    }
}

fn granted(app: &App, actor: &Actor, user: Id) -> Vec<GrantView> {
    let model = actor.snapshot().model();
    let grants = model.grants_of(user, app.store.now()).filter(|grant| actor.knows(grant.entity));
    let mut views: Vec<GrantView> = grants.filter_map(|grant| GrantView::of(model, &input(grant))).collect();
    views.sort_by(|a, b| (a.kind, &a.entity.name).cmp(&(b.kind, &b.entity.name)));
    views
}

/// A role or person as addresses name one.
pub fn parse(text: &str) -> Option<(Noun, Id)> {
    let (word, id) = text.split_once(':')?;
    let noun = Noun::from_word(word).filter(|noun| matches!(noun, Noun::Role | Noun::User))?;
    Some((noun, Id(id.parse().ok()?)))
}
