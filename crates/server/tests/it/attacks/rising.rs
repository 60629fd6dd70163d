//! Rising by what people and things belong to: units, leads, grants, plans, toggles.

use serde_json::{Value, json};
use testkit::{Answer, Client, Company, Member, TestCall, TestServer};

use super::first::with_role;

/// A Team Lead of the first of two departments, with the built-in toggle Users, and an agent of the second.
struct Teams {
    mine: u32,
    other: u32,
    lead: Member,
    agent: Member,
}

async fn two_teams(company: &Company<'_>) -> Teams {
    let mine = company.create("/api/v1/departments", json!({ "name": "Mine" })).await;
    let other = company.create("/api/v1/departments", json!({ "name": "Other" })).await;
    let lead = company.hire("team_lead").await;
    leads(company, &lead, mine).await;
    company.toggle(lead.id, "Users", "allow").await.expect(200);
    let agent = company.hire_into("agent", json!({ "department": other })).await;
    Teams { mine, other, lead, agent }
}

async fn leads(company: &Company<'_>, lead: &Member, unit: u32) {
    let path = format!("/api/v1/users/{}/leads", lead.id);
    company.owner.client.put(&path, json!({ "units": [unit] })).await.expect(200);
}

/// What a lead may do to a row that touches somebody now.
async fn powers_over(lead: &Member, user: u32) -> Vec<bool> {
    let mut may = vec![];
    for permission in [
        "live_call:listen",
        "live_call:whisper",
        "voicemail:read",
        "message:read",
        "contact:read",
        "lead:read",
    ] {
        may.push(lead.may_with(permission, "next", json!({ "users": [user.to_string()] })).await);
    }
    may
}

fn handed(answer: Answer) -> Answer {
    let answer = answer.expect(403);
    assert_eq!(answer.code(), "hands_over", "{}", answer.text);
    answer
}

#[tokio::test]
async fn all_02_moving_somebody_into_ones_team_gives_no_power_over_them() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let Teams { mine, other, lead, agent } = two_teams(&company).await;
    let none = vec![false; 6];
    assert_eq!(powers_over(&lead, agent.id).await, none);
    let path = format!("/api/v1/users/{}", agent.id);
    let refused = handed(lead.client.patch(&path, json!({ "department": mine })).await);
    let detail = refused.json["detail"].as_str().unwrap();
    assert!(detail.contains("let you do to") && detail.contains("listen to"), "{detail}");
    assert!(detail.contains("First User"), "who could do it: {detail}");
    let people = format!("/api/v1/departments/{mine}/people");
    handed(lead.client.post(&people, json!({ "add": [agent.id] })).await);
    handed(lead.client.post(&format!("{people}?try=true"), json!({ "add": [agent.id] })).await);
    handed(lead.client.delete(&format!("/api/v1/departments/{other}?move_to={mine}")).await);
    let file = format!("email,department\n{},Mine\n", agent.email);
    let imported = lead.client.send(
        lead.client
            .request(reqwest::Method::POST, "/api/v1/users/import")
            .header("content-type", "text/csv")
            .body(file),
    );
    let imported = imported.await.expect(200);
    assert_eq!(imported.json["failed"], 1, "{}", imported.text);
    assert_eq!(powers_over(&lead, agent.id).await, none);
    let branch = company.create("/api/v1/branches", json!({ "name": "Here" })).await;
    company
        .owner
        .client
        .put(&format!("/api/v1/users/{}/leads", lead.id), json!({ "units": [mine, branch] }))
        .await
        .expect(200);
    handed(lead.client.patch(&path, json!({ "branch": branch })).await);
    lead.client.patch(&path, json!({ "department": null })).await.expect(200);
}

#[tokio::test]
async fn all_02_the_refusal_names_who_could_do_it_and_leaves_its_entry() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let Teams { mine, lead, agent, .. } = two_teams(&company).await;
    let form = [("department", mine.to_string())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = company.form(&lead, &format!("/users/{}/record", agent.id), &form).await.expect(403);
    assert!(page.text.contains("Test agent") && page.text.contains("First User"), "{}", page.text);
    let log = company.owner.client.get("/api/v1/audit?limit=5").await.expect(200);
    assert!(log.text.contains("hands_over"), "{}", log.text);
}

#[tokio::test]
async fn all_02_undoing_a_move_asks_for_the_same_powers() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let Teams { mine, other, lead, .. } = two_teams(&company).await;
    let agent = company.hire_into("agent", json!({ "department": mine })).await;
    let moved = lead
        .client
        .patch(&format!("/api/v1/users/{}", agent.id), json!({ "department": other }))
        .await
        .expect(200);
    let undo = moved.headers["ringfence-undo"].to_str().unwrap();
    handed(lead.client.post(&format!("/api/v1/undo/{undo}"), json!({})).await);
    let moved = company
        .owner
        .client
        .patch(&format!("/api/v1/users/{}", agent.id), json!({ "department": null }))
        .await
        .expect(200);
    let undo = moved.headers["ringfence-undo"].to_str().unwrap();
    company.owner.client.post(&format!("/api/v1/undo/{undo}"), json!({})).await.expect(204);
}

#[tokio::test]
async fn all_02_whoever_adds_people_fills_departments_that_others_lead() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let Teams { mine, agent, .. } = two_teams(&company).await;
    let agent_holds =
        company.owner.client.get(&format!("/api/v1/roles/{}", company.role("agent").await)).await.expect(200);
    let mut holds = agent_holds.json["holds"].clone();
    for permission in ["user:read", "user:invite", "user:update", "user:assign_role", "department:read"] {
        holds[permission] = json!(["all"]);
    }
    let hr = with_role(&company, holds, json!({})).await;
    let new = json!({ "email": "new@hr.example", "name": "New", "role": company.role("agent").await, "department": mine });
    hr.client.post("/api/v1/users", new).await.expect(201);
    handed(hr.client.patch(&format!("/api/v1/users/{}", agent.id), json!({ "department": mine })).await);
}

/// The custom roles of a lead who assigns numbers and of somebody in training, and the number of another team.
async fn lead_with_numbers(company: &Company<'_>) -> (Member, Member, Member, u32) {
    let sales = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    let legal = company.create("/api/v1/departments", json!({ "name": "Legal" })).await;
    let all_but = json!(["own", "assigned", "team"]);
    let holds = json!({
        "user:read": ["all"], "user:set_access": ["team"], "number:read": ["all"], "number:assign": ["team"],
        "call_record:read": all_but, "recording:listen": all_but, "access_request:create": ["own"],
    });
    let lead = with_role(company, holds, json!({ "department": sales })).await;
    leads(company, &lead, sales).await;
    let trainee =
        with_role(company, json!({ "access_request:create": ["own"] }), json!({ "department": sales })).await;
    let own = json!({ "call_record:read": ["own"], "recording:listen": ["own"] });
    let vera = with_role(company, own, json!({ "department": legal })).await;
    let number = company.create("/api/v1/numbers", json!({ "digits": "+442079460001" })).await;
    company.grant(vera.id, number, true, false).await;
    (lead, trainee, vera, number)
}

#[tokio::test]
async fn all_02_giving_a_number_to_ones_team_shows_nobody_elses_calls() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (lead, trainee, vera, number) = lead_with_numbers(&company).await;
    let call = company
        .call(TestCall { user: Some(vera.id), number: Some(number), recorded: true, ..TestCall::default() })
        .await;
    let heard =
        |client: Client| async move { client.get(&format!("/api/v1/calls/{call}/recording")).await.status };
    assert_eq!(heard(lead.client.clone()).await, 404);
    let grant = |user: u32| format!("/api/v1/users/{user}/grants/{number}");
    handed(lead.client.put(&grant(trainee.id), json!({ "may_use": true })).await);
    handed(
        lead.client.put(&grant(trainee.id), json!({ "may_use": true, "expires_at": server.later(60) })).await,
    );
    assert_ne!(
        lead.client.put(&format!("/api/v1/numbers/{number}/users/{}", trainee.id), json!({})).await.status,
        200
    );
    // Once somebody who may has given it to the team, the lead takes it from others and gives it on, without its past.
    company.grant(trainee.id, number, true, false).await;
    lead.client.delete(&format!("/api/v1/numbers/{number}/users/{}", vera.id)).await.expect(204);
    let observed = lead.client.put(&grant(lead.id), json!({ "may_observe": true })).await.expect(403);
    assert_eq!(observed.code(), "gives_more");
    assert_eq!(heard(lead.client.clone()).await, 404);
}

#[tokio::test]
async fn all_02_an_extension_is_handed_on_with_what_is_in_its_box() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (ann, bob) = (company.hire("agent").await, company.hire("agent").await);
    let extension = company.create("/api/v1/extensions", json!({ "digits": "201", "user": ann.id })).await;
    let agent =
        company.owner.client.get(&format!("/api/v1/roles/{}", company.role("agent").await)).await.expect(200);
    let mut holds = agent.json["holds"].clone();
    for permission in ["extension:read", "extension:write", "user:read"] {
        holds[permission] = json!(["all"]);
    }
    let technician = with_role(&company, holds, json!({})).await;
    let path = format!("/api/v1/extensions/{extension}");
    let refused = handed(technician.client.patch(&path, json!({ "user": bob.id })).await);
    assert!(
        refused.json["detail"].as_str().unwrap().contains("It can be done by: First User"),
        "{}",
        refused.text
    );
    let new = json!({ "digits": "202", "user": bob.id });
    technician.client.post("/api/v1/extensions", new).await.expect(201);
    company.owner.client.patch(&path, json!({ "user": bob.id })).await.expect(200);
}

#[tokio::test]
async fn all_02_what_a_smaller_plan_masks_is_not_given_either() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let hr = json!({ "user:read": ["all"], "user:assign_role": ["all"], "user:set_access": ["all"], "role:read": ["all"] });
    let mut listens = hr.clone();
    for permission in ["live_call:read", "live_call:listen", "live_call:whisper"] {
        listens[permission] = json!(["all"]);
    }
    let (one, mate) =
        (with_role(&company, hr.clone(), json!({})).await, with_role(&company, hr, json!({})).await);
    let listener = company.create("/api/v1/roles", json!({ "name": "Listener", "holds": listens })).await;
    company.owner.client.put("/api/v1/workspace/plan", json!({ "plan": "essential" })).await.expect(200);
    let gives_more = |answer: Answer| assert_eq!(answer.expect(403).code(), "gives_more");
    gives_more(one.client.put(&format!("/api/v1/users/{}/role", one.id), json!({ "role": listener })).await);
    let toggles = company.owner.client.get("/api/v1/toggles").await.expect(200);
    let toggle =
        |name: &str| toggles.items().iter().find(|t| t["name"] == name).map(|t| t["id"].clone()).unwrap();
    for name in ["Live calls", "Wallboard"] {
        let path = format!("/api/v1/users/{}/toggles/{}", mate.id, toggle(name));
        gives_more(one.client.put(&path, json!({ "setting": "allow" })).await);
    }
    company.owner.client.put("/api/v1/workspace/plan", json!({ "plan": "complete" })).await.expect(200);
    let me: Value = one.client.get("/api/v1/me").await.expect(200).json;
    assert!(me["permissions"].get("live_call:listen").is_none(), "{me}");
}

#[tokio::test]
async fn all_02_a_toggle_or_role_that_reaches_nothing_yet_is_given_only_by_who_holds_it() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let hr = json!({ "user:read": ["all"], "user:assign_role": ["all"], "user:set_access": ["all"], "user:invite": ["all"], "role:read": ["all"], "api_token:read": ["all"], "api_token:write": ["all"] });
    let one = with_role(&company, hr, json!({})).await;
    let coach = json!({ "call_record:read": ["assigned", "team"], "recording:listen": ["assigned", "team"] });
    let coach = company.create("/api/v1/roles", json!({ "name": "Coach", "holds": coach })).await;
    let snapshot = server.app.store.snapshot(company.id).await.unwrap();
    let live =
        snapshot.model().toggles.iter().find(|(_, t)| t.name == "Live calls").map(|(id, _)| id.0).unwrap();
    let gives_more = |answer: Answer| assert_eq!(answer.expect(403).code(), "gives_more");
    gives_more(
        one.client
            .put(&format!("/api/v1/users/{}/toggles/{live}", one.id), json!({ "setting": "allow" }))
            .await,
    );
    gives_more(
        one.client
            .post("/api/v1/users", json!({ "email": "x@hr.example", "name": "X", "role": coach }))
            .await,
    );
    let token = super::first::limited(&company, &one, json!(["user:read", "user:set_access"])).await;
    gives_more(
        token.put(&format!("/api/v1/users/{}/toggles/{live}", one.id), json!({ "setting": "allow" })).await,
    );
}
