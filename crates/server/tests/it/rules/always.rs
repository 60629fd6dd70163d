//! The rules that hold in every preset.

use reqwest::Method;
use serde_json::json;
use store::change::audit::Verdict;
use testkit::{TestCall, TestServer};

#[tokio::test]
async fn all_01_a_recording_is_checked_by_itself_and_not_by_the_page_that_links_to_it() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let (member, other) = (company.hire("member").await, company.hire("member").await);
    let call = company.call(TestCall { user: Some(member.id), recorded: true, ..TestCall::default() }).await;
    let file = format!("/api/v1/calls/{call}/recording");
    member.client.get(&file).await.expect(200);
    member.client.get(&format!("{file}/download")).await.expect(403);
    other.client.get(&file).await.expect(404);
    server.stranger().get(&file).await.expect(401);
    let page = format!("/w/{}/calls/{call}/recording", company.slug);
    let cookie = |token: &str| format!("__Host-ringfence-{}={token}", company.slug);
    let with = |token: &str| server.stranger().request(Method::GET, &page).header("cookie", cookie(token));
    let stranger = server.stranger();
    stranger.send(with(member.client.token.as_deref().unwrap())).await.expect(200);
    stranger.send(with(other.client.token.as_deref().unwrap())).await.expect(404);
    stranger.send(with("rfs_garbage")).await.expect(303);
}

#[tokio::test]
async fn all_02_nobody_hands_out_what_they_do_not_hold() {
    let server = TestServer::start().await;
    let company = server.company("nuacom").await;
    let clerk = company.hire("user").await;
    let other = company.hire("user").await;
    company.toggle(clerk.id, "Users", "allow").await.expect(200);
    let client = &clerk.client;
    // The clerk manages users and holds nothing else: no role, toggle or invitation carries more than that.
    let admin = company.role("admin").await;
    let refused =
        client.put(&format!("/api/v1/users/{}/role", other.id), json!({ "role": admin })).await.expect(403);
    assert_eq!(refused.code(), "gives_more");
    let new = json!({ "email": "x@nuacom.example", "name": "X", "role": admin });
    assert_eq!(client.post("/api/v1/users", new).await.expect(403).code(), "gives_more");
    let toggles = client.get(&format!("/api/v1/users/{}/toggles", other.id)).await.expect(200);
    let id = |name: &str| toggles.items().iter().find(|t| t["name"] == name).unwrap()["id"].clone();
    let set = |name: &str, who: u32| {
        let path = format!("/api/v1/users/{who}/toggles/{}", id(name));
        async move { client.put(&path, json!({ "setting": "allow" })).await }
    };
    assert_eq!(set("Billing", other.id).await.expect(403).code(), "gives_more");
    assert_eq!(set("Billing", clerk.id).await.expect(403).code(), "gives_more", "nor to themself");
    set("Users", other.id).await.expect(200);
    // Nor do they touch somebody who holds more.
    for answer in [
        client.delete(&format!("/api/v1/users/{}", company.owner.id)).await,
        client.post(&format!("/api/v1/users/{}/password", company.owner.id), json!({})).await,
        client
            .patch(&format!("/api/v1/users/{}", company.owner.id), json!({ "email": "mine@x.example" }))
            .await,
        client.put(&format!("/api/v1/users/{}/ban", company.owner.id), json!({})).await,
    ] {
        assert_eq!(answer.expect(403).code(), "holds_more");
    }
}

#[tokio::test]
async fn all_02_an_api_token_carries_at_most_its_scope_and_never_more_than_its_user() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let scope = json!({ "name": "reader", "scope": ["user:read", "role:read", "api_token:write"] });
    let (created, token) = company.token(&company.owner, scope).await;
    token.get("/api/v1/users").await.expect(200);
    assert_eq!(token.get("/api/v1/calls").await.expect(403).json["permission"], "call_record:read");
    let wider =
        json!({ "name": "wider", "scope": ["user:read", "call_record:read"], "password": testkit::PASSWORD });
    assert_eq!(token.post("/api/v1/tokens", wider).await.expect(403).code(), "gives_more");
    let listed = company.owner.client.get("/api/v1/tokens").await.expect(200);
    assert!(!listed.text.contains(created.json["secret"].as_str().unwrap()), "shown once");
    company.owner.client.delete(&format!("/api/v1/tokens/{}", created.json["token"]["id"])).await.expect(204);
    token.get("/api/v1/users").await.expect(401);
}

#[tokio::test]
async fn all_03_a_change_holds_for_the_next_request_and_an_addition_signs_nobody_out() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let member = company.hire("member").await;
    member.client.get("/api/v1/roles").await.expect(403);
    let path = format!("/api/v1/users/{}/role", member.id);
    company.owner.client.put(&path, json!({ "role": company.role("admin").await })).await.expect(200);
    member.client.get("/api/v1/roles").await.expect(200);
    company.owner.client.put(&path, json!({ "role": company.role("member").await })).await.expect(200);
    member.client.get("/api/v1/roles").await.expect(403);
}

#[tokio::test]
async fn all_03_temporary_access_ends_by_itself_to_the_second() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let member = company.hire("member").await;
    let ends = jiff::Timestamp::from_microsecond(server.now() + 60_000_000).unwrap();
    let body = json!({ "holds": { "role:read": ["all"] }, "expires_at": ends.to_string() });
    company.owner.client.post(&format!("/api/v1/users/{}/temporary", member.id), body).await.expect(201);
    member.client.get("/api/v1/roles").await.expect(200);
    server.pass(59);
    member.client.get("/api/v1/roles").await.expect(200);
    server.pass(1);
    member.client.get("/api/v1/roles").await.expect(403);
}

#[tokio::test]
async fn all_04_lists_counts_and_pages_show_exactly_what_single_checks_allow() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let unit = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    let queue = company.create("/api/v1/queues", json!({ "name": "Line" })).await;
    let lead = company.hire("team_lead").await;
    let leads = json!({ "units": [unit] });
    company.owner.client.put(&format!("/api/v1/users/{}/leads", lead.id), leads).await.expect(200);
    let agents =
        [company.hire_into("agent", json!({ "department": unit })).await, company.hire("agent").await];
    company.grant(agents[1].id, queue, true, true).await;
    for turn in 0..12 {
        let user = agents[turn % 2].id;
        let queue = (turn % 3 == 0).then_some(queue);
        company.call(TestCall { user: Some(user), queue, ..TestCall::default() }).await;
        server.pass(1);
    }
    let all: Vec<i64> = (1..=12).collect();
    for member in [&company.owner, &lead, &agents[0], &agents[1]] {
        let mut checked = vec![];
        for call in &all {
            if member.client.get(&format!("/api/v1/calls/{call}")).await.status == 200 {
                checked.push(*call);
            }
        }
        let (mut listed, mut next) = (vec![], String::new());
        loop {
            let page = member.client.get(&format!("/api/v1/calls?limit=5{next}")).await.expect(200);
            assert_eq!(page.json["total"].as_u64().unwrap(), checked.len() as u64);
            listed.extend(page.items().iter().map(|c| c["id"].as_i64().unwrap()));
            let Some(cursor) = page.json["next"].as_str() else { break };
            next = format!("&after={cursor}");
        }
        listed.sort_unstable();
        assert_eq!(listed, checked);
    }
}

#[tokio::test]
async fn all_05_hidden_rows_answer_exactly_like_rows_that_do_not_exist() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let other = server.company("calilio").await;
    let member = company.hire("member").await;
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    let call =
        company.call(TestCall { user: Some(company.owner.id), recorded: true, ..TestCall::default() }).await;
    let role = company.role("owner").await;
    let hidden = [
        (format!("/api/v1/numbers/{number}"), "/api/v1/numbers/99999"),
        (format!("/api/v1/users/{}", company.owner.id), "/api/v1/users/99999"),
        (format!("/api/v1/calls/{call}"), "/api/v1/calls/99999"),
        (format!("/api/v1/calls/{call}/recording"), "/api/v1/calls/99999/recording"),
        (format!("/api/v1/roles/{role}"), "/api/v1/roles/99999"),
    ];
    for (there, absent) in hidden {
        for method in [Method::GET, Method::DELETE] {
            let hidden = member.client.send(member.client.request(method.clone(), &there)).await;
            let gone = member.client.send(member.client.request(method.clone(), absent)).await;
            assert_eq!((hidden.status, &hidden.text), (gone.status, &gone.text), "{method} {there}");
            let names = |answer: &testkit::Answer| {
                let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
                names.sort_unstable();
                names
            };
            assert_eq!(names(&hidden), names(&gone), "{method} {there}");
        }
    }
    // Another company's rows are no rows at all.
    other.owner.client.get(&format!("/api/v1/numbers/{number}")).await.expect(404);
    // What is seen and not theirs to touch answers 403 with the permission.
    company.grant(member.id, number, true, true).await;
    let refused = member.client.delete(&format!("/api/v1/numbers/{number}")).await.expect(403);
    assert_eq!(refused.json["permission"], "number:release");
}

#[tokio::test]
async fn all_06_every_change_and_every_refusal_leaves_one_entry_and_verify_finds_any_edit() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let member = company.hire("member").await;
    let count = || {
        let client = company.owner.client.clone();
        async move { client.get("/api/v1/audit?limit=1").await.expect(200).json["total"].as_i64().unwrap() }
    };
    let before = count().await;
    company.owner.client.post("/api/v1/departments", json!({ "name": "Sales" })).await.expect(201);
    assert_eq!(count().await, before + 1, "a change");
    member.client.get("/api/v1/roles").await.expect(403);
    assert_eq!(count().await, before + 2, "a refusal");
    member.client.get(&format!("/api/v1/users/{}", company.owner.id)).await.expect(404);
    assert_eq!(count().await, before + 3, "a refusal of something hidden");
    member.client.get("/api/v1/me").await.expect(200);
    assert_eq!(count().await, before + 3, "a read");
    let entries = company.owner.client.get("/api/v1/audit?limit=3").await.expect(200);
    let created = &entries.items()[2];
    assert_eq!(
        (created["act"].as_str(), created["outcome"].as_str()),
        (Some("department:write"), Some("done"))
    );
    assert_eq!(entries.items()[1]["outcome"], "refused");

    let permit = access::Permit::<access::can::AuditExport>::operator(company.id, access::Thing::WORKSPACE);
    let verdict = || async { server.app.store.verify_audit(&permit).await.unwrap() };
    assert_eq!(verdict().await, Verdict::Whole { entries: before + 3 });
    let edit = format!("UPDATE audit SET actor = 'nobody' WHERE workspace_id = {} AND seq = 3", company.id);
    server.database.tamper(&edit).await;
    assert_eq!(verdict().await, Verdict::Broken { seq: 3 });
}

#[tokio::test]
async fn all_07_no_act_leaves_a_workspace_without_somebody_who_manages_people_and_roles() {
    let server = TestServer::start().await;
    for preset in ["standard", "calilio", "calliyo", "nuacom", "onoff"] {
        let company = server.company(preset).await;
        let roles = company.owner.client.get("/api/v1/roles").await.expect(200);
        let lesser = roles.items().last().unwrap()["id"].clone();
        let path = format!("/api/v1/users/{}/role", company.owner.id);
        let refused = company.owner.client.put(&path, json!({ "role": lesser })).await.expect(409);
        assert!(["last_admin", "one_owner"].contains(&refused.code()), "{preset}: {}", refused.text);
    }
}

#[tokio::test]
async fn all_08_listening_downloading_deleting_and_full_numbers_are_separate_rights() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let listener =
        json!({ "name": "Listener", "holds": { "call_record:read": ["all"], "recording:listen": ["all"] } });
    let role = company.create("/api/v1/roles", listener).await;
    let member = company.hire("agent").await;
    company
        .owner
        .client
        .put(&format!("/api/v1/users/{}/role", member.id), json!({ "role": role }))
        .await
        .expect(200);
    let call =
        company.call(TestCall { user: Some(company.owner.id), recorded: true, ..TestCall::default() }).await;
    let path = format!("/api/v1/calls/{call}");
    let seen = member.client.get(&path).await.expect(200);
    assert!(!seen.text.contains("+12025550143"), "the outside number is masked: {}", seen.text);
    assert!(company.owner.client.get(&path).await.expect(200).text.contains("+12025550143"));
    let search = member.client.get("/api/v1/calls?search=2025550143").await.expect(200);
    assert_eq!(search.json["total"], 0, "searching does not see through the mask");
    member.client.get(&format!("{path}/recording")).await.expect(200);
    let refused = member.client.get(&format!("{path}/recording/download")).await.expect(403);
    assert_eq!(refused.json["permission"], "recording:download");
    let refused = member.client.delete(&format!("{path}/recording")).await.expect(403);
    assert_eq!(refused.json["permission"], "recording:delete");
    company.owner.client.delete(&format!("{path}/recording")).await.expect(204);
    member.client.get(&format!("{path}/recording")).await.expect(404);
}

#[tokio::test]
async fn all_02_nobody_defines_a_bundle_with_more_than_they_hold() {
    let server = TestServer::start().await;
    let company = server.company("onoff").await;
    let admin = company.hire("admin").await;
    let bundle = json!({ "name": "Bill", "holds": { "billing:read": ["all"] } });
    let refused = admin.client.post("/api/v1/toggles", bundle.clone()).await.expect(403);
    assert_eq!(refused.code(), "gives_more");
    let toggle = company.create("/api/v1/toggles", bundle).await;
    let user = company.hire("user").await;
    let path = format!("/api/v1/users/{}/toggles/{toggle}", user.id);
    let refused = admin.client.put(&path, json!({ "setting": "allow" })).await.expect(403);
    assert_eq!(refused.code(), "gives_more");
    let more = json!({ "holds": { "billing:read": ["all"], "wallet:read": ["all"] } });
    admin.client.patch(&format!("/api/v1/toggles/{toggle}"), more).await.expect(403);
}
