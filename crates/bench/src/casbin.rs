//! Casbin: rights of roles with their reach as policy rows, users as role groupings, leads and numbers as two more.

use casbin::prelude::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};
use tokio::runtime::Runtime;

use crate::engine::Engine;
use crate::fixture::{Fixture, ROLES};

const MODEL: &str = r#"
[request_definition]
r = sub, act, agent, dept, number
[policy_definition]
p = role, act, reach
[role_definition]
g = _, _
g2 = _, _
g3 = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = r.act == p.act && g(r.sub, p.role) && (p.reach == "all" || (p.reach == "own" && r.agent == r.sub) || (p.reach == "team" && g2(r.sub, r.dept)) || (p.reach == "assigned" && g3(r.sub, r.number)))
"#;

pub struct Casbin {
    runtime: Runtime,
    enforcer: Enforcer,
    requests: Vec<[String; 5]>,
}

impl Engine for Casbin {
    const NAME: &'static str = "casbin 2.20";
    const SETUP: &'static str = "one row for each right of a role with its reach, matcher with the action first, no cache (4,096 \
        distinct questions do not fit its 200 entries); a change moves one user to another role and back";

    fn new(fixture: &Fixture) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let enforcer = runtime.block_on(enforcer(fixture));
        let requests = fixture.words().into_iter().zip(&fixture.questions).map(|(words, q)| {
            let fact = |letter: char, n: Option<usize>| n.map_or(String::new(), |n| format!("{letter}{n}"));
            let (agent, department) = (fact('u', fixture.agent(q.row)), fact('d', fixture.department(q.row)));
            [words.user, words.permission.into(), agent, department, fact('n', fixture.number(q.row))]
        });
        Casbin { runtime, enforcer, requests: requests.collect() }
    }

    fn decide(&mut self, question: usize) -> bool {
        let [user, permission, agent, department, number] = &self.requests[question];
        let request =
            (user.as_str(), permission.as_str(), agent.as_str(), department.as_str(), number.as_str());
        self.enforcer.enforce(request).unwrap()
    }

    fn change(&mut self, n: usize) -> bool {
        let user = format!("u{}", 100 + n / 2 % 64);
        let (from, to) = if n.is_multiple_of(2) { ("agent", "team_lead") } else { ("team_lead", "agent") };
        self.runtime.block_on(async {
            self.enforcer.remove_grouping_policy(vec![user.clone(), from.into()]).await.unwrap();
            self.enforcer.add_grouping_policy(vec![user, to.into()]).await.unwrap();
        });
        true
    }
}

async fn enforcer(fixture: &Fixture) -> Enforcer {
    let model = DefaultModel::from_str(MODEL).await.unwrap();
    let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await.unwrap();
    let right = |r: &crate::fixture::Right| {
        vec![ROLES[r.role].into(), r.permission.name().into(), r.reach.word().into()]
    };
    enforcer.add_policies(fixture.rights.iter().map(right).collect()).await.unwrap();
    let users = || fixture.users.iter().enumerate();
    let roles = users().map(|(n, u)| vec![format!("u{n}"), ROLES[u.role].into()]).collect();
    enforcer.add_grouping_policies(roles).await.unwrap();
    let leads =
        users().flat_map(|(n, u)| u.leads.iter().map(move |d| vec![format!("u{n}"), format!("d{d}")]));
    enforcer.add_named_grouping_policies("g2", leads.collect()).await.unwrap();
    let numbers =
        users().flat_map(|(n, u)| u.numbers.iter().map(move |x| vec![format!("u{n}"), format!("n{x}")]));
    enforcer.add_named_grouping_policies("g3", numbers.collect()).await.unwrap();
    enforcer
}
