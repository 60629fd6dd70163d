//! Biscuit: a Datalog authorizer without a token, one policy for each role and reach, facts given for each request.

use std::time::Duration;

use access::Reach;
use biscuit_auth::AuthorizerLimits;
use biscuit_auth::builder::{AuthorizerBuilder, Fact, fact, string};

use crate::engine::Engine;
use crate::fixture::{Fixture, ROLES};

pub struct Biscuit {
    policies: AuthorizerBuilder,
    facts: Vec<Vec<Fact>>,
}

impl Engine for Biscuit {
    const NAME: &'static str = "biscuit-auth 6";
    const SETUP: &'static str = "policies parsed once and cloned, only the facts of the question given, facts prebuilt, no token \
        and so no signature; a change is in the facts of the next request, so there is nothing to time";

    fn new(fixture: &Fixture) -> Self {
        let policies = AuthorizerBuilder::new().code(policies(fixture)).unwrap();
        let facts = fixture.questions.iter().zip(fixture.words()).map(|(q, words)| {
            let user = &fixture.users[q.user];
            let one = |name: &str, value: &str| fact(name, &[string(value)]);
            let mut facts = vec![
                one("user", &words.user),
                one("role", ROLES[user.role]),
                one("action", words.permission),
            ];
            facts.extend(user.leads.iter().map(|d| one("leads", &format!("d{d}"))));
            facts.extend(user.numbers.iter().map(|n| one("given", &format!("n{n}"))));
            facts.extend(fixture.agent(q.row).map(|n| one("agent", &format!("u{n}"))));
            facts.extend(fixture.department(q.row).map(|n| one("department", &format!("d{n}"))));
            facts.extend(fixture.number(q.row).map(|n| one("number", &format!("n{n}"))));
            facts
        });
        Biscuit { policies, facts: facts.collect() }
    }

    fn decide(&mut self, question: usize) -> bool {
        let builder =
            self.facts[question].iter().fold(self.policies.clone(), |b, f| b.fact(f.clone()).unwrap());
        let limits = AuthorizerLimits { max_time: Duration::from_secs(1), ..AuthorizerLimits::default() };
        builder.build_unauthenticated().unwrap().authorize_with_limits(limits).is_ok()
    }

    fn change(&mut self, _: usize) -> bool {
        false
    }
}

fn policies(fixture: &Fixture) -> String {
    let mut text = String::new();
    for reach in [Reach::All, Reach::Own, Reach::Team, Reach::Assigned] {
        for (role, name) in ROLES.iter().enumerate() {
            let held: Vec<String> = fixture.held(role, reach).map(|p| format!("\"{p}\"")).collect();
            let within = match reach {
                Reach::All => "",
                Reach::Own => ", user($u), agent($u)",
                Reach::Team => ", leads($d), department($d)",
                Reach::Assigned => ", given($n), number($n)",
            };
            if !held.is_empty() {
                text += &format!(
                    "allow if role(\"{name}\"), action($a), [{}].contains($a){within};\n",
                    held.join(", ")
                );
            }
        }
    }
    text + "deny if true;\n"
}
