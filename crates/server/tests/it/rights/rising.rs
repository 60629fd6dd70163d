//! Nobody rises through the running server: random acts by people with odd roles, each judged by the slow oracle of the
//! engine's tests, whatever way the act takes through the house: edits, files, several at once, requests, undo.

#[path = "../../../../access/tests/it/oracle.rs"]
#[allow(dead_code, reason = "what several people can do together is tried in the engine's own tests")]
mod oracle;

use std::collections::BTreeSet;

use access::model::Model;
use access::{Id, Permission, Reach};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Company, Member, TestServer};

/// So many acts in each preset; `RINGFENCE_ACTS` draws more.
fn acts() -> usize {
    std::env::var("RINGFENCE_ACTS").ok().and_then(|n| n.parse().ok()).unwrap_or(60)
}

/// What somebody tries: the request, and whether a file stands in place of JSON.
struct Try {
    method: Method,
    path: String,
    body: Value,
    file: Option<String>,
}

/// A company with odd people in it, and what random acts choose among.
struct World<'s> {
    company: Company<'s>,
    people: Vec<Member>,
    ways_back: Vec<(Id, String)>,
    asked: Vec<String>,
    random: StdRng,
}

impl<'s> World<'s> {
    async fn start(server: &'s TestServer, preset: &str, mut random: StdRng) -> World<'s> {
        let company = server.company(preset).await;
        let mut world_units = vec![];
        for (kind, name) in [("departments", "One"), ("departments", "Two"), ("branches", "Here")] {
            world_units.push(company.create(&format!("/api/v1/{kind}"), json!({ "name": name })).await);
        }
        let mut things = vec![];
        for n in 0..2 {
            things.push(
                company.create("/api/v1/numbers", json!({ "digits": format!("+44207946000{n}") })).await,
            );
            things.push(company.create("/api/v1/queues", json!({ "name": format!("Queue {n}") })).await);
            things.push(company.create("/api/v1/extensions", json!({ "digits": format!("20{n}") })).await);
        }
        let mut people = vec![company.owner.clone()];
        for n in 0..6 {
            let role = json!({ "name": format!("Odd {n}"), "holds": odd_role(&mut random) });
            let role = company.create("/api/v1/roles", role).await;
            let unit = *world_units[..2].choose(&mut random).unwrap();
            let member =
                company.hire_into(default_role(preset), json!({ "role": role, "department": unit })).await;
            let units: BTreeSet<u32> =
                world_units.iter().copied().filter(|_| random.random_bool(0.3)).collect();
            let path = format!("/api/v1/users/{}/leads", member.id);
            company.owner.client.put(&path, json!({ "units": units })).await.expect(200);
            let path = format!("/api/v1/users/{}/grants/{}", member.id, things.choose(&mut random).unwrap());
            let grant = json!({ "may_use": random.random_bool(0.7), "may_observe": true });
            // Where a number belongs to one person at a time, some are taken already.
            let _ = company.owner.client.put(&path, grant).await;
            people.push(member);
        }
        World { company, people, ways_back: vec![], asked: vec![], random }
    }

    async fn model(&self) -> Model {
        self.company.server.app.store.snapshot(self.company.id).await.unwrap().model().clone()
    }

    fn one_of(&mut self, ids: impl Iterator<Item = Id>) -> u32 {
        ids.collect::<Vec<Id>>().choose(&mut self.random).map_or(0, |id| id.0)
    }

    /// Any act of any kind, with what it needs drawn from the workspace as it stands.
    fn any_try(&mut self, model: &Model, by: Id) -> Try {
        let user = self.one_of(model.users.keys().copied());
        let other = self.one_of(model.users.keys().copied());
        let role = self.one_of(model.roles.keys().copied());
        let toggle = self.one_of(model.toggles.keys().copied());
        let thing = self.one_of(model.entities.keys().copied());
        let number = self.one_of(model.entities.keys().copied().filter(|id| model.is_number(*id)));
        let extension = |e: &access::model::Entity| e.kind.word() == "extension";
        let extension = self.one_of(model.entities.iter().filter(|(_, e)| extension(e)).map(|(id, _)| *id));
        let department = |u: &access::model::Unit| u.kind.word() == "department";
        let unit = self.one_of(model.units.iter().filter(|(_, u)| department(u)).map(|(id, _)| *id));
        let second = self.one_of(model.units.iter().filter(|(_, u)| department(u)).map(|(id, _)| *id));
        let branch = self.one_of(model.units.iter().filter(|(_, u)| !department(u)).map(|(id, _)| *id));
        let temporary = self.one_of(model.temporary.iter().map(|t| t.id));
        let setting = *["allow", "deny", "inherit"].choose(&mut self.random).unwrap();
        let until = self.company.server.later(*[60, 6_000].choose(&mut self.random).unwrap());
        let (may_use, may_observe) = (self.random.random_bool(0.6), self.random.random_bool(0.6));
        let cells = odd_cells(&mut self.random, 2);
        let address = |id: u32| model.users.get(&Id(id)).map_or(String::new(), |user| user.email.clone());
        let unit_name = model.units.get(&Id(unit)).map_or("", |unit| unit.name.as_str());
        let fresh = self.random.random::<u32>();
        let to = |method: Method, path: String, body: Value| Try { method, path, body, file: None };
        match self.random.random_range(0..30) {
            0 => to(Method::PUT, format!("users/{user}/role"), json!({ "role": role })),
            1 => to(Method::PUT, format!("users/{user}/toggles/{toggle}"), json!({ "setting": setting })),
            2 | 3 => to(
                Method::PUT,
                format!("users/{user}/grants/{thing}"),
                json!({ "may_use": may_use, "may_observe": may_observe }),
            ),
            4 => to(
                Method::PUT,
                format!("users/{user}/grants/{thing}"),
                json!({ "may_use": may_use, "may_observe": may_observe, "expires_at": until }),
            ),
            5 => to(Method::DELETE, format!("users/{user}/grants/{thing}"), Value::Null),
            6 => to(
                Method::PUT,
                format!("numbers/{number}/users/{user}"),
                json!({ "may_use": may_use, "may_observe": may_observe }),
            ),
            7 => to(Method::DELETE, format!("numbers/{number}/users/{user}"), Value::Null),
            8 => to(Method::PUT, format!("users/{user}/leads"), json!({ "units": [unit] })),
            9 | 10 => to(Method::PATCH, format!("users/{user}"), json!({ "department": unit })),
            11 => to(Method::PATCH, format!("users/{user}"), json!({ "branch": branch })),
            12 => to(Method::POST, format!("departments/{unit}/people"), json!({ "add": [user, other] })),
            13 => to(Method::DELETE, format!("departments/{unit}?move_to={second}"), Value::Null),
            14 => to(Method::PUT, format!("users/{user}/ban"), json!({})),
            15 => to(Method::DELETE, format!("users/{user}/ban"), Value::Null),
            16 => to(
                Method::POST,
                "users".into(),
                json!({ "email": format!("n{fresh}@odd.example"), "name": "New", "role": role, "department": unit }),
            ),
            17 => to(
                Method::POST,
                "users/bulk".into(),
                json!({ "users": [user, other], "change": { "department": unit } }),
            ),
            18 => to(
                Method::POST,
                "users/bulk".into(),
                json!({ "users": [user, other], "change": { "role": role } }),
            ),
            19 => to(
                Method::POST,
                format!("users/{user}/temporary"),
                json!({ "holds": cells, "expires_at": until }),
            ),
            20 => to(
                Method::PATCH,
                format!("users/{user}/temporary/{temporary}"),
                json!({ "expires_at": until }),
            ),
            21 => to(Method::PATCH, format!("extensions/{extension}"), json!({ "user": user })),
            22 => to(Method::PATCH, format!("roles/{role}"), json!({ "holds": odd_role(&mut self.random) })),
            23 => to(Method::PUT, format!("roles/{role}/default"), json!({})),
            24 => to(
                Method::PUT,
                "workspace/plan".into(),
                json!({ "plan": if may_use { "essential" } else { "complete" } }),
            ),
            25 => {
                to(Method::POST, "access-requests".into(), json!({ "holds": cells, "reason": "for tests" }))
            }
            26 => {
                let request = self.asked.choose(&mut self.random).cloned().unwrap_or_default();
                to(Method::POST, format!("access-requests/{request}/grant"), json!({ "until": until }))
            }
            27 => {
                let file = format!(
                    "email,department\n{},{unit_name}\n{},{unit_name}\n",
                    address(user),
                    address(other)
                );
                Try { method: Method::POST, path: "users/import".into(), body: Value::Null, file: Some(file) }
            }
            28 => to(Method::DELETE, format!("users/{user}"), Value::Null),
            _ => {
                let own = self.ways_back.iter().filter(|(who, _)| *who == by).map(|(_, way)| way.clone());
                let way = own.collect::<Vec<_>>().choose(&mut self.random).cloned().unwrap_or_default();
                to(Method::POST, format!("undo/{way}"), json!({}))
            }
        }
    }

    async fn send(&self, member: &Member, what: &Try) -> Answer {
        let request = member.client.request(what.method.clone(), &format!("/api/v1/{}", what.path));
        let request = match (&what.file, &what.body) {
            (Some(file), _) => request.header("content-type", "text/csv").body(file.clone()),
            (None, Value::Null) => request,
            (None, body) => request.json(body),
        };
        member.client.send(request).await
    }

    /// One act by anybody; whether it was done. What the oracle finds ends the test.
    async fn act(&mut self) -> bool {
        let member = self.people.choose(&mut self.random).unwrap().clone();
        let before = self.model().await;
        let what = self.any_try(&before, Id(member.id));
        let answer = self.send(&member, &what).await;
        assert!(answer.status < 500, "{} {}: {}", what.method, what.path, answer.text);
        if let Some(way) = answer.headers.get("ringfence-undo") {
            self.ways_back.push((Id(member.id), way.to_str().unwrap().to_owned()));
        }
        if what.path == "access-requests" && answer.status == 201 {
            self.asked.push(answer.json["id"].to_string().trim_matches('"').to_owned());
        }
        let after = self.model().await;
        if after.version == before.version {
            return false;
        }
        let now = self.company.server.now();
        let calls = past_calls(&before);
        if let Err(why) = oracle::nobody_rises(Id(member.id), &before, &after, now, &calls) {
            panic!("{why}, by {} {} {} {:?}", what.method, what.path, what.body, what.file);
        }
        true
    }
}

/// A call of the past on each extension, queue and number, of somebody who was not asked.
fn past_calls(model: &Model) -> Vec<Vec<Id>> {
    let users: Vec<Id> = model.users.keys().copied().collect();
    let call = |(n, entity): (usize, &Id)| {
        let user = users.get(n % users.len().max(1)).copied();
        [*entity].into_iter().chain(user).collect()
    };
    model.entities.keys().enumerate().map(call).collect()
}

fn default_role(preset: &str) -> &'static str {
    let preset = access::Preset::by_key(preset).unwrap();
    preset.roles.iter().find(|role| role.default).unwrap().key.as_str()
}

/// Some cells, each with the permission that it is of no use without.
fn odd_cells(random: &mut StdRng, count: usize) -> Value {
    let mut holds = json!({});
    for _ in 0..count {
        let permission = *Permission::ALL.choose(random).unwrap();
        let reaches: Vec<Reach> = permission.entry().reaches.iter().collect();
        let reach = *reaches.choose(random).unwrap();
        for permission in permission.requires().into_iter().chain([permission]) {
            let has = permission.entry().reaches;
            let reach = if has.has(reach) { reach } else { has.iter().last().unwrap() };
            holds[permission.name()] = json!([reach.word()]);
        }
    }
    if holds.get("workspace:transfer").is_some() {
        holds.as_object_mut().unwrap().remove("workspace:transfer");
    }
    holds
}

/// A role of somebody who manages people and things as far as chance has it.
fn odd_role(random: &mut StdRng) -> Value {
    let mut holds = odd_cells(random, 25);
    let manages = [
        "user:read",
        "user:update",
        "user:set_access",
        "user:assign_role",
        "user:invite",
        "user:ban",
        "user:delete",
        "number:read",
        "number:assign",
        "extension:read",
        "extension:write",
        "queue:read",
        "department:read",
        "department:write",
        "department:delete",
        "branch:read",
        "branch:write",
        "role:read",
        "role:write",
        "billing:read",
        "billing:commit",
        "access_request:create",
        "access_request:decide",
        "call_record:read",
        "recording:listen",
    ];
    for name in manages {
        if random.random_bool(0.3) {
            continue;
        }
        let permission = Permission::from_name(name).unwrap();
        let reaches: Vec<&str> = permission.entry().reaches.words();
        let wide = random.random_bool(0.6);
        let reach = if wide { *reaches.last().unwrap() } else { *reaches.choose(random).unwrap() };
        if let Some(needed) = permission.requires()
            && holds.get(needed.name()).is_none()
        {
            holds[needed.name()] = json!([needed.entry().reaches.words().last()]);
        }
        holds[name] = json!([reach]);
    }
    holds
}

#[tokio::test]
async fn all_02_nobody_rises_by_any_act_through_the_server() {
    let seed = std::env::var("RINGFENCE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7);
    eprintln!("RINGFENCE_SEED={seed} replays this run");
    let server = TestServer::start().await;
    let (mut tried, mut done) = (0, 0);
    for (n, preset) in (0_u64..).zip(["standard", "onoff", "nuacom", "calliyo"]) {
        let mut world = World::start(&server, preset, StdRng::seed_from_u64(seed ^ (n << 40))).await;
        for _ in 0..acts() {
            tried += 1;
            done += usize::from(world.act().await);
        }
    }
    eprintln!("{done} of {tried} acts were done");
    assert!(done * 12 > tried, "only {done} of {tried} acts were done");
}
