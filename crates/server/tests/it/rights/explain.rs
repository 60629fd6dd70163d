//! Why?, Who? and What? over REST: they say what single checks say, and name nothing that the asker may not know of.

use std::collections::BTreeSet;

use access::{Noun, Permission, Thing};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use testkit::{Company, Member, TestCall, TestServer};

use crate::browser::Browser;

/// A company with units, telephones, people in every role, and access set at random.
async fn random_company<'s>(
    server: &'s TestServer,
    random: &mut StdRng,
) -> (Company<'s>, Vec<Member>, Vec<u32>) {
    let company = server.company("standard").await;
    let mut units = vec![];
    for name in ["North", "South"] {
        units.push(company.create("/api/v1/departments", json!({ "name": name })).await);
    }
    let mut entities = vec![];
    for n in 0..3 {
        entities.push(company.create("/api/v1/queues", json!({ "name": format!("Queue {n}") })).await);
        entities
            .push(company.create("/api/v1/numbers", json!({ "digits": format!("+1202555010{n}") })).await);
    }
    let mut people = vec![company.owner.clone()];
    for role in ["admin", "team_lead", "agent", "agent", "agent", "analyst", "auditor"] {
        let unit = units.choose(random).unwrap();
        people.push(company.hire_into(role, json!({ "department": unit })).await);
    }
    for member in &people[1..] {
        for entity in &entities {
            if random.random_bool(0.3) {
                company.grant(member.id, *entity, random.random(), true).await;
            }
        }
        if random.random_bool(0.4) {
            let path = format!("/api/v1/users/{}/leads", member.id);
            company
                .owner
                .client
                .put(&path, json!({ "units": [units.choose(random).unwrap()] }))
                .await
                .expect(200);
        }
        let toggle = ["Full Call Report Access", "Contacts", "Users"].choose(random).unwrap();
        let setting = ["allow", "deny"].choose(random).unwrap();
        company.toggle(member.id, toggle, setting).await.expect(200);
    }
    company.owner.client.put(&format!("/api/v1/users/{}/ban", people[5].id), json!({})).await.expect(200);
    (company, people, entities)
}

fn ids(list: &[Value]) -> BTreeSet<u32> {
    list.iter().map(|item| u32::try_from(item["id"].as_u64().unwrap()).unwrap()).collect()
}

#[tokio::test]
async fn who_names_exactly_those_for_whom_why_says_yes_and_what_lists_what_single_checks_show() {
    let server = TestServer::start().await;
    let mut random = StdRng::seed_from_u64(8);
    let (company, people, entities) = random_company(&server, &mut random).await;
    let owner = &company.owner.client;
    for permission in ["queue:read", "number:read", "call_record:read", "user:read", "wallboard:read"] {
        for entity in &entities {
            let snapshot = server.app.store.snapshot(company.id).await.unwrap();
            let kind = snapshot.model().entities[&access::Id(*entity)].kind.word();
            let about = format!("permission={permission}&kind={kind}&id={entity}");
            let who = owner.get(&format!("/api/v1/who?{about}")).await.expect(200);
            let named: BTreeSet<u32> = who
                .items()
                .iter()
                .map(|item| u32::try_from(item["user"]["id"].as_u64().unwrap()).unwrap())
                .collect();
            let mut able = BTreeSet::new();
            for member in &people {
                let why = owner.get(&format!("/api/v1/why?user={}&{about}", member.id)).await.expect(200);
                if why.json["allowed"] == true {
                    able.insert(member.id);
                }
            }
            assert_eq!(named, able, "{about}");
        }
    }
    for member in &people {
        let what = owner.get(&format!("/api/v1/what?user={}", member.id)).await.expect(200);
        for seen in what.json["sees"].as_array().unwrap() {
            let listed = ids(seen["items"].as_array().unwrap());
            let checked = seen_by(&server, &company, member.id, seen["kind"].as_str().unwrap()).await;
            assert_eq!(listed, checked, "{} sees {}", member.email, seen["kind"]);
            assert_eq!(seen["total"], listed.len());
        }
        let held = what.json["permissions"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|l| !l["reaches"].as_array().unwrap().is_empty());
        let held: BTreeSet<&str> = held.map(|line| line["permission"].as_str().unwrap()).collect();
        let snapshot = server.app.store.snapshot(company.id).await.unwrap();
        let powers = snapshot.user(access::Id(member.id)).unwrap().powers;
        assert_eq!(held, powers.iter().map(|(p, _)| p.name()).collect(), "{}", member.email);
    }
}

/// What single checks say that somebody sees.
async fn seen_by(server: &TestServer, company: &Company<'_>, user: u32, kind: &str) -> BTreeSet<u32> {
    let snapshot = server.app.store.snapshot(company.id).await.unwrap();
    let noun = Noun::from_word(kind).unwrap();
    let Some(actor) = access::Actor::user(snapshot.clone(), access::Id(user)) else { return BTreeSet::new() };
    let may = |thing: &Thing| actor.may(noun.see().unwrap(), thing);
    snapshot.things(noun).filter(may).map(|thing| u32::try_from(thing.id).unwrap()).collect()
}

#[tokio::test]
async fn what_is_partly_within_reach_is_not_simply_refused() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    let ask = |permission| format!("/api/v1/why?user={}&permission={permission}", agent.id);
    let partly = company.owner.client.get(&ask(Permission::CallRecordRead)).await.expect(200);
    assert_eq!((&partly.json["allowed"], &partly.json["partly"]), (&json!(false), &json!(true)));
    let refused = company.owner.client.get(&ask(Permission::RoleWrite)).await.expect(200);
    assert_eq!((&refused.json["allowed"], &refused.json["partly"]), (&json!(false), &json!(false)));
}

#[tokio::test]
async fn all_05_why_and_a_call_name_no_queue_and_no_number_that_the_asker_may_not_know_of() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550177" })).await;
    let queue = company.create("/api/v1/queues", json!({ "name": "Secret Sales" })).await;
    let role = json!({ "name": "Asker", "holds": { "access:explain": ["all"], "user:read": ["all"], "call_record:read": ["all"] } });
    let role = company.create("/api/v1/roles", role).await;
    let (asker, agent) = (company.hire("agent").await, company.hire("agent").await);
    company
        .owner
        .client
        .put(&format!("/api/v1/users/{}/role", asker.id), json!({ "role": role }))
        .await
        .expect(200);
    let watcher =
        json!({ "name": "Watcher", "holds": { "call_record:read": ["assigned"], "user:read": ["own"] } });
    let watcher = company.create("/api/v1/roles", watcher).await;
    company
        .owner
        .client
        .put(&format!("/api/v1/users/{}/role", agent.id), json!({ "role": watcher }))
        .await
        .expect(200);
    company.grant(agent.id, queue, false, true).await;
    let call =
        company.call(TestCall { queue: Some(queue), number: Some(number), ..TestCall::default() }).await;
    let seen = asker.client.get(&format!("/api/v1/calls/{call}")).await.expect(200);
    assert_eq!((&seen.json["queue"], &seen.json["number"]), (&Value::Null, &Value::Null), "{}", seen.text);
    let ask = |user: u32, permission| {
        format!("/api/v1/why?user={user}&permission={permission}&kind=call&id={call}")
    };
    for user in [agent.id, asker.id] {
        for permission in ["call_record:read", "recording:listen"] {
            let why = asker.client.get(&ask(user, permission)).await.expect(200);
            assert!(!why.text.contains("Secret Sales"), "{}", why.text);
        }
    }
    let owner = company.owner.client.get(&ask(agent.id, "call_record:read")).await.expect(200);
    assert!(owner.text.contains("Secret Sales"), "whoever may see the queue is told: {}", owner.text);
    let page = company.owner.client.get(&format!("/api/v1/calls/{call}")).await.expect(200);
    assert_eq!((&page.json["queue"]["id"], &page.json["number"]["id"]), (&json!(queue), &json!(number)));
}

#[tokio::test]
async fn what_is_asked_only_of_people_whose_access_one_may_ask_about() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    agent.client.get(&format!("/api/v1/what?user={}", agent.id)).await.expect(200);
    agent.client.get(&format!("/api/v1/what?user={}", company.owner.id)).await.expect(404);
    agent.client.get("/api/v1/what?user=99999").await.expect(404);
}

#[tokio::test]
async fn every_link_of_what_somebody_sees_leads_to_a_page() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let department = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    let branch = company.create("/api/v1/branches", json!({ "name": "North" })).await;
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550177" })).await;
    let places = json!({ "department": department, "branch": branch });
    let admin = company.hire_into("admin", places).await;
    let browser = Browser::of(&company, &company.owner);
    let page = browser.get(&format!("/why?tab=what&user={}", admin.id)).await.expect(200).text;
    let home = format!("href=\"/w/{}", company.slug);
    let links = page.split(&home).skip(1).map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&"));
    let links: BTreeSet<String> = links.collect();
    for row in
        [format!("/departments/{department}"), format!("/branches/{branch}"), format!("/numbers/{number}")]
    {
        assert!(links.contains(&row), "{row} in {links:?}");
    }
    for link in &links {
        let answer = browser.get(link).await;
        assert_eq!(answer.status, 200, "{link}");
    }
}

#[tokio::test]
async fn where_a_plan_lacks_something_why_leads_to_the_page_that_changes_the_plan() {
    let server = TestServer::start().await;
    let company = server.company("onoff").await;
    company.owner.client.put("/api/v1/workspace/plan", json!({ "plan": "essential" })).await.expect(200);
    let page = Browser::of(&company, &company.owner).get("/why?permission=wallboard:read").await.expect(200);
    let (_, changes) = page.text.split_once("<ul class=\"changes\">").unwrap();
    let (_, link) = changes.split_once("href=\"").unwrap();
    assert!(link.starts_with(&format!("/w/{}/plan\"", company.slug)), "{changes}");
}
