//! Cedar: role, department and number as entities, actions grouped by what a role holds at a reach, one policy for each group.

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
    const SETUP: &'static str = "all 5,400 entities preloaded, requests prebuilt, action groups instead of lists of actions, \
        one policy for each role and reach; a change is `upsert_entities` of one user";

    fn new(fixture: &Fixture) -> Self {
        let mut entities: Vec<Entity> = (0..fixture.users.len()).map(|n| user(fixture, n)).collect();
        entities.extend((0..CALLS).map(|n| call(fixture, n)));
        entities.extend((0..NUMBERS).map(|n| plain("Number", &format!("n{n}"))));
        entities.extend((0..DEPARTMENTS).map(|n| plain("Department", &format!("d{n}"))));
        entities.extend(ROLES.iter().map(|role| plain("Role", role)));
        entities.push(plain("Workspace", "w"));
        entities.extend(Permission::ALL.iter().map(|p| action(fixture, *p)));
        Cedar {
            authorizer: Authorizer::new(),
            policies: PolicySet::from_str(&policies(fixture)).unwrap(),
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

fn group(role: usize, reach: Reach) -> String {
    format!("{} {}", ROLES[role], reach.word())
}

fn policies(fixture: &Fixture) -> String {
    let mut text = String::new();
    for (role, name) in ROLES.iter().enumerate() {
        for reach in Reach::ALL.into_iter().filter(|r| fixture.held(role, *r).next().is_some()) {
            let when = match reach {
                Reach::All => "",
                Reach::Own => {
                    " when { resource == principal || (resource has agent && resource.agent == principal) }"
                }
                Reach::Team => {
                    " when { resource has department && principal.leads.contains(resource.department) }"
                }
                Reach::Assigned => {
                    " when { principal.numbers.contains(resource) || (resource has number && principal.numbers.contains(resource.number)) }"
                }
            };
            let group = group(role, reach);
            text += &format!(
                "permit(principal in Role::\"{name}\", action in Action::\"{group}\", resource){when};\n"
            );
        }
    }
    text
}

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
        ("leads".into(), RestrictedExpression::new_set(leads)),
        ("numbers".into(), RestrictedExpression::new_set(numbers)),
    ]);
    Entity::new(uid("User", &format!("u{n}")), facts, HashSet::from([uid("Role", ROLES[user.role])])).unwrap()
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

fn action(fixture: &Fixture, permission: Permission) -> Entity {
    let rights = fixture.rights.iter().filter(|r| r.permission == permission);
    let groups = rights.map(|r| uid("Action", &group(r.role, r.reach))).collect();
    Entity::new_no_attrs(uid("Action", permission.name()), groups)
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
