//! Cedar: users, roles and rows as entities, what a role holds as a set of actions for each reach, one policy for each reach.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use access::{Permission, Reach};
use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression,
};

use crate::engine::Engine;
use crate::fixture::{CALLS, DEPARTMENTS, Fixture, NUMBERS, ROLES, Words};

pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    requests: Vec<Request>,
    changed: Vec<Entity>,
}

impl Engine for Cedar {
    const NAME: &'static str = "cedar-policy 4";
    const SETUP: &'static str = "all 5,400 entities preloaded, requests prebuilt, one policy for each reach over what the role holds \
        (faster here than action groups with one for each role and reach); a change is `upsert_entities` of one user";

    fn new(fixture: &Fixture) -> Self {
        let mut entities: Vec<Entity> = (0..fixture.users.len()).map(|n| user(fixture, n)).collect();
        entities.extend((0..CALLS).map(|n| call(fixture, n)));
        entities.extend((0..NUMBERS).map(|n| plain("Number", &format!("n{n}"))));
        entities.extend((0..DEPARTMENTS).map(|n| plain("Department", &format!("d{n}"))));
        entities.extend((0..ROLES.len()).map(|n| role(fixture, n)));
        entities.push(plain("Workspace", "w"));
        entities.extend(Permission::ALL.iter().map(|p| plain("Action", p.name())));
        Cedar {
            authorizer: Authorizer::new(),
            policies: PolicySet::from_str(POLICIES).unwrap(),
            entities: Entities::from_entities(entities, None).unwrap(),
            requests: fixture.words().iter().map(request).collect(),
            changed: (0..64).map(|n| user(fixture, 100 + n)).collect(),
        }
    }

    fn decide(&mut self, question: usize) -> bool {
        let request = &self.requests[question];
        self.authorizer.is_authorized(request, &self.policies, &self.entities).decision() == Decision::Allow
    }

    fn change(&mut self, n: usize) -> bool {
        let entity = self.changed[n % self.changed.len()].clone();
        let entities = std::mem::replace(&mut self.entities, Entities::empty());
        self.entities = entities.upsert_entities([entity], None).unwrap();
        true
    }
}

const POLICIES: &str = r#"
permit(principal, action, resource) when { principal.role.all.contains(action) };
permit(principal, action, resource)
when { principal.role.own.contains(action) && (resource == principal || (resource has agent && resource.agent == principal)) };
permit(principal, action, resource)
when { principal.role.team.contains(action) && resource has department && principal.leads.contains(resource.department) };
permit(principal, action, resource)
when { principal.role.assigned.contains(action)
    && (principal.numbers.contains(resource) || (resource has number && principal.numbers.contains(resource.number))) };
"#;

fn uid(kind: &str, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(EntityTypeName::from_str(kind).unwrap(), EntityId::new(id))
}

fn of(kind: &str, id: String) -> RestrictedExpression {
    RestrictedExpression::new_entity_uid(uid(kind, &id))
}

fn plain(kind: &str, id: &str) -> Entity {
    Entity::new_no_attrs(uid(kind, id), HashSet::new())
}

fn user(fixture: &Fixture, n: usize) -> Entity {
    let user = &fixture.users[n];
    let leads = user.leads.iter().map(|d| of("Department", format!("d{d}")));
    let numbers = user.numbers.iter().map(|n| of("Number", format!("n{n}")));
    let facts = HashMap::from([
        ("department".into(), of("Department", format!("d{}", user.department))),
        ("role".into(), of("Role", ROLES[user.role].to_owned())),
        ("leads".into(), RestrictedExpression::new_set(leads)),
        ("numbers".into(), RestrictedExpression::new_set(numbers)),
    ]);
    Entity::new(uid("User", &format!("u{n}")), facts, HashSet::new()).unwrap()
}

fn call(fixture: &Fixture, n: usize) -> Entity {
    let call = &fixture.calls[n];
    let facts = HashMap::from([
        ("agent".into(), of("User", format!("u{}", call.agent))),
        ("department".into(), of("Department", format!("d{}", call.department))),
        ("number".into(), of("Number", format!("n{}", call.number))),
    ]);
    Entity::new(uid("Call", &format!("c{n}")), facts, HashSet::new()).unwrap()
}

/// What a role holds, as one set of actions for each reach.
fn role(fixture: &Fixture, n: usize) -> Entity {
    let held = |reach| fixture.held(n, reach).map(|p| of("Action", p.name().to_owned()));
    let sets = Reach::ALL.into_iter().map(|r| (r.word().to_owned(), RestrictedExpression::new_set(held(r))));
    Entity::new(uid("Role", ROLES[n]), sets.collect(), HashSet::new()).unwrap()
}

fn request(words: &Words) -> Request {
    let kind = match words.kind {
        "workspace" => "Workspace",
        "call" => "Call",
        "number" => "Number",
        _ => "User",
    };
    let (user, action) = (uid("User", &words.user), uid("Action", words.permission));
    Request::new(user, action, uid(kind, &words.id), Context::empty(), None).unwrap()
}
