//! The whole matrix, cell by cell, asked of the running server over AuthZEN: every preset, role and permission, on
//! rows of the user's own, assigned, of their team and of nobody, against the published table.

use std::collections::BTreeMap;

use access::{Permission, Preset, Reach, Reaches};
use serde_json::{Value, json};
use testkit::{Company, Member, TestCall, TestServer};

/// The rows of one kind, by how they relate to the user who is asked about.
type Rows = BTreeMap<&'static str, Value>;

/// Somebody who leads a unit and is granted one of each thing, with rows of every relation around them.
struct World<'s> {
    company: Company<'s>,
    subject: Member,
    rows: BTreeMap<&'static str, Rows>,
    /// What rows that the server does not store claim to touch.
    claims: Rows,
}

#[tokio::test]
async fn every_cell_of_every_preset_is_what_the_running_server_decides() {
    let server = TestServer::start().await;
    let mut wrong = vec![];
    let mut asked = 0;
    for preset in Preset::all() {
        for role in &preset.roles {
            let world = World::new(&server, preset.key, &role.key, role.standing.owner).await;
            for permission in Permission::ALL {
                let held =
                    role.holds.iter().find(|(p, _)| p == permission).map_or(Reaches::NONE, |(_, r)| *r);
                let (questions, expected) = world.questions(*permission, held);
                asked += expected.len();
                let answers = world.ask(*permission, &questions).await;
                if answers != expected {
                    wrong.push(format!(
                        "{}.{} {permission} {held}: {answers:?}, not {expected:?}",
                        preset.key, role.key
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {asked} cells:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked > 5_000, "only {asked} decisions were asked for");
}

impl World<'_> {
    async fn new<'s>(server: &'s TestServer, preset: &str, role: &str, is_owner: bool) -> World<'s> {
        let company = server.company(preset).await;
        let unit = company.create("/api/v1/departments", json!({ "name": "Led" })).await;
        let subject = if is_owner { company.owner.clone() } else { company.hire(role).await };
        let led = json!({ "units": [unit] });
        company.owner.client.put(&format!("/api/v1/users/{}/leads", subject.id), led).await.expect(200);
        let lesser = default_role(preset);
        let teammate = company.hire_into(lesser, json!({ "department": unit })).await;
        let stranger = company.hire(lesser).await;
        let mut rows: BTreeMap<&'static str, Rows> = BTreeMap::new();
        let mut granted = BTreeMap::new();
        for (at, (relation, holder)) in
            [("assigned", subject.id), ("team", teammate.id), ("nobody", stranger.id)].into_iter().enumerate()
        {
            let extension = json!({ "digits": format!("30{at}"), "user": if relation == "assigned" { Value::Null } else { json!(holder) } });
            let things = [
                ("extension", company.create("/api/v1/extensions", extension).await),
                ("queue", company.create("/api/v1/queues", json!({ "name": relation })).await),
                (
                    "number",
                    company.create("/api/v1/numbers", json!({ "digits": format!("+1202555010{at}") })).await,
                ),
            ];
            for (kind, id) in things {
                company.grant(holder, id, true, true).await;
                rows.entry(kind).or_default().insert(relation, json!(id));
                granted.insert((kind, relation), id);
            }
        }
        let own = company.create("/api/v1/extensions", json!({ "digits": "200", "user": subject.id })).await;
        rows.entry("extension").or_default().insert("own", json!(own));
        let users = [("own", subject.id), ("team", teammate.id), ("nobody", stranger.id)];
        for kind in ["user", "profile", "access"] {
            rows.insert(kind, users.iter().map(|(relation, id)| (*relation, json!(id))).collect());
        }
        let queue = granted[&("queue", "assigned")];
        let calls = [
            ("own", TestCall { user: Some(subject.id), ..TestCall::default() }),
            ("assigned", TestCall { queue: Some(queue), ..TestCall::default() }),
            ("team", TestCall { user: Some(teammate.id), ..TestCall::default() }),
            ("nobody", TestCall { user: Some(stranger.id), ..TestCall::default() }),
        ];
        for (relation, call) in calls {
            server.pass(1);
            let id = company.call(TestCall { recorded: true, ..call }).await;
            for kind in ["call_record", "recording"] {
                rows.entry(kind).or_default().insert(relation, json!(id));
            }
        }
        let claims = Rows::from([
            ("own", json!({ "users": [subject.id] })),
            ("assigned", json!({ "queues": [queue] })),
            ("team", json!({ "users": [teammate.id] })),
            ("nobody", json!({ "users": [stranger.id] })),
        ]);
        World { company, subject, rows, claims }
    }

    /// The resources to ask about, and what must be answered for a role that holds the permission so far.
    fn questions(&self, permission: Permission, held: Reaches) -> (Vec<Value>, Vec<bool>) {
        let kind = permission.resource();
        let all = held.has(Reach::All);
        let anywhere = if permission.entry().reaches.has(Reach::All) { all } else { !held.is_empty() };
        let mut questions = vec![json!({ "type": kind, "id": "*" })];
        let mut expected = vec![anywhere];
        if !permission.concerns_rows() {
            return (questions, expected);
        }
        for (relation, reach) in [
            ("own", Some(Reach::Own)),
            ("assigned", Some(Reach::Assigned)),
            ("team", Some(Reach::Team)),
            ("nobody", None),
        ] {
            let resource = match self.rows.get(kind) {
                Some(rows) => match rows.get(relation) {
                    Some(id) => json!({ "type": kind, "id": id.to_string() }),
                    None => continue,
                },
                None => json!({ "type": kind, "id": "row", "properties": self.claims[relation] }),
            };
            questions.push(resource);
            expected.push(all || reach.is_some_and(|reach| held.has(reach)));
        }
        (questions, expected)
    }

    async fn ask(&self, permission: Permission, resources: &[Value]) -> Vec<bool> {
        let evaluations: Vec<Value> = resources.iter().map(|r| json!({ "resource": r })).collect();
        let question = json!({
            "subject": { "type": "user", "id": self.subject.id.to_string() },
            "action": { "name": permission.action() },
            "evaluations": evaluations,
        });
        let path = format!("/w/{}/access/v1/evaluations", self.company.slug);
        let answer = self.company.owner.client.post(&path, question).await.expect(200);
        let decisions = answer.json["evaluations"].as_array().unwrap();
        decisions.iter().map(|d| d["decision"].as_bool().unwrap()).collect()
    }
}

/// The role that a new person of a preset gets.
fn default_role(preset: &str) -> &'static str {
    let preset = Preset::by_key(preset).unwrap();
    preset.roles.iter().find(|r| r.default).map(|r| r.key.as_str()).unwrap()
}
