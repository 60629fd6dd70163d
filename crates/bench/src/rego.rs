//! Regorus: one Rego rule over a data document of users, roles and rows, compiled for its virtual machine.

use access::Reach;
use regorus::Value;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use serde_json::{Map, json};

use crate::engine::Engine;
use crate::fixture::{Fixture, ROLES, User, Words};

const POLICY: &str = r#"
package authz
import rego.v1
default allow := false
user := data.users[input.user]
role := data.roles[user.role]
row := data.rows[input.id]
allow if role.all[input.permission]
allow if { role.own[input.permission]; row.agent == input.user }
allow if { role.team[input.permission]; user.leads[row.department] }
allow if { role.assigned[input.permission]; user.numbers[row.number] }
"#;
const RULE: &str = "data.authz.allow";

pub struct Rego {
    machine: RegoVM,
    inputs: Vec<Value>,
    data: Value,
    changed: Vec<(Value, Value)>,
}

impl Engine for Rego {
    const NAME: &'static str = "regorus 0.14 (RVM)";
    const SETUP: &'static str = "policy compiled to bytecode once, machine reused, inputs prebuilt, every test a look-up in an \
        object; a change edits one user in the data document in place and hands it over (`set_data`)";

    fn new(fixture: &Fixture) -> Self {
        let data = Value::from_json_str(&document(fixture)).unwrap();
        let mut engine = regorus::Engine::new();
        engine.add_policy("authz.rego".into(), POLICY.into()).unwrap();
        engine.add_data(data.clone()).unwrap();
        let policy = engine.compile_with_entrypoint(&RULE.into()).unwrap();
        let program = Compiler::compile_from_policy(&policy, &[RULE]).unwrap();
        let mut machine = RegoVM::new_with_policy(policy);
        machine.load_program(program);
        machine.set_data(data.clone()).unwrap();
        let changed = (100..164).map(|n| (format!("u{n}").into(), value(&user(&fixture.users[n]))));
        Rego {
            machine,
            inputs: fixture.words().iter().map(input).collect(),
            data,
            changed: changed.collect(),
        }
    }

    fn decide(&mut self, question: usize) -> bool {
        self.machine.set_input(self.inputs[question].clone());
        self.machine.execute().unwrap() == Value::from(true)
    }

    fn change(&mut self, n: usize) -> bool {
        let (id, user) = self.changed[n % self.changed.len()].clone();
        self.machine.set_data(Value::new_object()).unwrap();
        let users = self.data.as_object_mut().unwrap().get_mut(&"users".into()).unwrap();
        users.as_object_mut().unwrap().insert(id, user);
        self.machine.set_data(self.data.clone()).unwrap();
        true
    }
}

fn value(json: &serde_json::Value) -> Value {
    Value::from_json_str(&json.to_string()).unwrap()
}

fn input(words: &Words) -> Value {
    value(&json!({ "user": words.user, "permission": words.permission, "id": words.id }))
}

/// `{ "a": true, … }`: a set, as Rego looks it up fastest.
fn set(names: impl Iterator<Item = String>) -> serde_json::Value {
    names.map(|name| (name, true.into())).collect::<Map<_, _>>().into()
}

fn user(user: &User) -> serde_json::Value {
    json!({
        "role": ROLES[user.role],
        "leads": set(user.leads.iter().map(|d| format!("d{d}"))),
        "numbers": set(user.numbers.iter().map(|n| format!("n{n}"))),
    })
}

fn document(fixture: &Fixture) -> String {
    let held = |role, reach| set(fixture.held(role, reach).map(|p| p.name().to_owned()));
    let role = |n| Reach::ALL.into_iter().map(|r| (r.word().to_owned(), held(n, r))).collect::<Map<_, _>>();
    let roles: Map<_, _> =
        ROLES.iter().enumerate().map(|(n, key)| ((*key).to_owned(), role(n).into())).collect();
    let users: Map<_, _> =
        fixture.users.iter().enumerate().map(|(n, u)| (format!("u{n}"), user(u))).collect();
    let rows: Map<_, _> = fixture
        .words()
        .iter()
        .zip(&fixture.questions)
        .map(|(words, q)| {
            let mut row = Map::new();
            let facts = [
                ("agent", 'u', fixture.agent(q.row)),
                ("department", 'd', fixture.department(q.row)),
                ("number", 'n', fixture.number(q.row)),
            ];
            for (fact, letter, n) in facts {
                row.extend(n.map(|n| (fact.to_owned(), format!("{letter}{n}").into())));
            }
            (words.id.clone(), row.into())
        })
        .collect();
    json!({ "roles": roles, "users": users, "rows": rows }).to_string()
}
