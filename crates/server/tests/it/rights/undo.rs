//! What undo does not do: bring back what is gone, get around a rule or a right, or leave the log silent.

use serde_json::{Value, json};
use testkit::{Answer, Company, Member, PASSWORD, TestCall, TestServer};

/// The way back that an answer offers.
fn way_back(done: &Answer) -> String {
    let undo = done.headers.get("ringfence-undo").expect("the answer offers undo");
    format!("/api/v1/undo/{}", undo.to_str().unwrap())
}

async fn undo(member: &Member, way_back: &str) -> Answer {
    member.client.post(way_back, Value::Null).await
}

async fn set_standing(by: &Member, user: u32, banned: bool) -> Answer {
    let path = format!("/api/v1/users/{user}/ban");
    let client = &by.client;
    if banned { client.put(&path, Value::Null).await } else { client.delete(&path).await }.expect(200)
}

#[tokio::test]
async fn a_grant_on_something_deleted_since_does_not_come_back() {
    let server = TestServer::start().await;
    let company = server.company("nuacom").await;
    let (owner, user) = (&company.owner.client, company.hire("user").await);
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    let queue = company.create("/api/v1/queues", json!({ "name": "Sales" })).await;
    let unit = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    company.call(TestCall { queue: Some(queue), ..TestCall::default() }).await;
    let mut ways = vec![];
    for thing in [number, queue] {
        company.grant(user.id, thing, true, true).await;
        let path = format!("/api/v1/users/{}/grants/{thing}", user.id);
        ways.push(way_back(&owner.delete(&path).await.expect(204)));
    }
    let leads = format!("/api/v1/users/{}/leads", user.id);
    owner.put(&leads, json!({ "units": [unit] })).await.expect(200);
    ways.push(way_back(&owner.put(&leads, json!({ "units": [] })).await.expect(200)));
    let seen = user.client.get("/api/v1/calls").await.expect(200).json["total"].clone();
    for gone in [format!("numbers/{number}"), format!("queues/{queue}"), format!("departments/{unit}")] {
        owner.delete(&format!("/api/v1/{gone}")).await.expect(204);
    }
    for way in ways {
        assert_eq!(undo(&company.owner, &way).await.expect(409).code(), "not_undoable");
    }
    assert_eq!(user.client.get("/api/v1/calls").await.expect(200).json["total"], seen);
}

#[tokio::test]
async fn onf_07_a_number_that_somebody_else_got_since_does_not_come_back() {
    let server = TestServer::start().await;
    let company = server.company("onoff").await;
    let (ann, ben) = (company.hire("user").await, company.hire("user").await);
    let admin = company.hire("admin").await;
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    company.grant(ann.id, number, true, true).await;
    let path = format!("/api/v1/users/{}/grants/{number}", ann.id);
    let way = way_back(&admin.client.delete(&path).await.expect(204));
    company.grant(ben.id, number, true, true).await;
    assert_eq!(undo(&admin, &way).await.expect(422).json["field"], "number");
    ann.client.get(&format!("/api/v1/numbers/{number}")).await.expect(404);
}

#[tokio::test]
async fn cly_07_undoing_the_end_of_a_ban_is_a_ban() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let user = company.hire("agent").await;
    company.give_password(user.id).await;
    set_standing(&company.owner, user.id, true).await;
    let way = way_back(&set_standing(&company.owner, user.id, false).await);
    let user = user.again(&server).await;
    user.client.get("/api/v1/me").await.expect(200);
    undo(&company.owner, &way).await.expect(204);
    user.client.get("/api/v1/me").await.expect(401);
    set_standing(&company.owner, user.id, false).await;
    user.client.get("/api/v1/me").await.expect(401);
}

#[tokio::test]
async fn cly_07_no_link_lets_a_banned_person_in() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let new = json!({ "email": "guest@calliyo.example", "name": "Guest", "invite": true });
    let added = company.owner.client.post("/api/v1/users", new).await.expect(201);
    let guest = u32::try_from(added.json["user"]["id"].as_u64().unwrap()).unwrap();
    set_standing(&company.owner, guest, true).await;
    let way = way_back(&set_standing(&company.owner, guest, false).await);
    let again = format!("/api/v1/users/{guest}/invitation");
    let link = company.owner.client.post(&again, json!({})).await.expect(201).json["link"].clone();
    let link = link.as_str().unwrap().strip_prefix(&server.url()).unwrap().to_owned();
    undo(&company.owner, &way).await.expect(204);
    server.stranger().get(&link).await.expect(404);
    let stranger = server.stranger();
    let form = stranger.request(reqwest::Method::POST, &link).form(&[("password", "correct horse battery")]);
    stranger.send(form).await.expect(404);
    let shown = company.owner.client.get(&format!("/api/v1/users/{guest}")).await.expect(200);
    assert_eq!(shown.json["standing"], "banned");
}

/// Somebody who may do what an Admin may, by a custom role that can be narrowed.
async fn deputy(company: &Company<'_>) -> (Member, u32, Value) {
    let admin = company.role("admin").await;
    let role = company.owner.client.get(&format!("/api/v1/roles/{admin}")).await.expect(200);
    let mut holds = role.json["holds"].clone();
    holds
        .as_object_mut()
        .unwrap()
        .retain(|name, _| access::Permission::from_name(name).unwrap().can_be_given());
    let role = company.create("/api/v1/roles", json!({ "name": "Deputy", "holds": holds })).await;
    let member = company.hire("agent").await;
    let path = format!("/api/v1/users/{}/role", member.id);
    company.owner.client.put(&path, json!({ "role": role })).await.expect(200);
    (member, role, holds)
}

async fn lose(company: &Company<'_>, role: u32, mut holds: Value, permission: &str) {
    holds.as_object_mut().unwrap().remove(permission).unwrap();
    let path = format!("/api/v1/roles/{role}");
    company.owner.client.patch(&path, json!({ "holds": holds })).await.expect(200);
}

#[tokio::test]
async fn undo_takes_what_each_part_of_it_takes_by_itself() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (deputy, role, holds) = deputy(&company).await;
    let agent = company.hire("agent").await;
    let edit = json!({ "role": company.role("analyst").await });
    let edited = deputy.client.patch(&format!("/api/v1/users/{}", agent.id), edit).await.expect(200);
    lose(&company, role, holds, "user:assign_role").await;
    let refused = undo(&deputy, &way_back(&edited)).await.expect(403);
    assert_eq!(refused.json["permission"], "user:assign_role");
}

#[tokio::test]
async fn undo_reaches_nobody_whom_one_no_longer_leads() {
    let server = TestServer::start().await;
    let company = server.company("nuacom").await;
    let (here, there) = (
        company.create("/api/v1/departments", json!({ "name": "Here" })).await,
        company.create("/api/v1/departments", json!({ "name": "There" })).await,
    );
    let user = format!("/api/v1/roles/{}", company.role("user").await);
    let mut holds = company.owner.client.get(&user).await.expect(200).json["holds"].clone();
    holds["user:read"] = json!(["own", "team"]);
    holds["user:set_access"] = json!(["team"]);
    let role = company.create("/api/v1/roles", json!({ "name": "Lead", "holds": holds })).await;
    let lead = company.hire("user").await;
    let owner = &company.owner.client;
    owner.put(&format!("/api/v1/users/{}/role", lead.id), json!({ "role": role })).await.expect(200);
    owner.put(&format!("/api/v1/users/{}/leads", lead.id), json!({ "units": [here] })).await.expect(200);
    let in_here = json!({ "department": here });
    let (stays, goes) =
        (company.hire_into("user", in_here.clone()).await, company.hire_into("user", in_here).await);
    for user in [&lead, &stays, &goes] {
        company.toggle(user.id, "Full Call Report Access", "allow").await.expect(200);
    }
    let toggles = owner.get("/api/v1/toggles").await.expect(200);
    let toggle =
        toggles.items().iter().find(|toggle| toggle["name"] == "Full Call Report Access").unwrap()["id"]
            .clone();
    let bulk = json!({ "users": [stays.id, goes.id], "change": { "toggle": { "toggle": toggle, "setting": "inherit" } } });
    let done = lead.client.post("/api/v1/users/bulk", bulk).await.expect(200);
    owner.patch(&format!("/api/v1/users/{}", goes.id), json!({ "department": there })).await.expect(200);
    undo(&lead, &way_back(&done)).await.expect(403);
    let shown = owner.get(&format!("/api/v1/users/{}/toggles", goes.id)).await.expect(200);
    assert!(shown.items().iter().all(|toggle| toggle["setting"] != "allow"), "{}", shown.text);
}

#[tokio::test]
async fn no_undo_is_offered_where_it_would_take_back_half() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    let path = format!("/api/v1/users/{}", agent.id);
    let edit = json!({ "name": "Another Name", "role": company.role("analyst").await });
    let edited = company.owner.client.patch(&path, edit).await.expect(200);
    assert!(!edited.headers.contains_key("ringfence-undo"));
    // Nor of a reset by which somebody invited came in.
    let new = json!({ "email": "guest@standard.example", "name": "Guest", "invite": true });
    let added = company.owner.client.post("/api/v1/users", new).await.expect(201);
    let reset = format!("/api/v1/users/{}/password", added.json["user"]["id"]);
    let reset = company.owner.client.post(&reset, json!({})).await.expect(201);
    assert!(!reset.headers.contains_key("ringfence-undo"));
}

#[tokio::test]
async fn all_06_the_log_says_what_was_undone_of_whom() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    let path = format!("/api/v1/users/{}/role", agent.id);
    let edited = company.owner.client.put(&path, json!({ "role": company.role("analyst").await })).await;
    let way = way_back(&edited.expect(200));
    undo(&company.owner, &way).await.expect(204);
    let log = company.owner.client.get("/api/v1/audit?limit=1").await.expect(200);
    let entry = &log.items()[0];
    assert_eq!(
        (&entry["act"], &entry["object_id"]),
        (&json!("user:assign_role"), &json!(agent.id)),
        "{entry}"
    );
    assert_eq!(entry["detail"]["before"]["role"], company.role("analyst").await);
    assert_eq!(entry["detail"]["after"]["role"], company.role("agent").await);
    assert_eq!(format!("/api/v1/undo/{}", entry["detail"]["undone"].as_str().unwrap()), way);
    let page = company.page(&company.owner, "/audit").await.expect(200);
    assert!(page.text.contains("Analyst") && page.text.contains("undo"), "{}", page.text);
}

#[tokio::test]
async fn a_pin_does_not_outlive_the_reset_of_its_users_password() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let user = company.hire_into("agent", json!({ "phone": "+442079460123" })).await;
    company.give_password(user.id).await;
    let set = json!({ "current": PASSWORD, "pin": "7319" });
    user.client.put("/api/v1/me/pin", set).await.expect(204);
    let sign_in = json!({ "workspace": company.slug, "phone": "+442079460123", "pin": "7319" });
    server.stranger().post("/api/v1/sessions/pin", sign_in.clone()).await.expect(201);
    company.owner.client.post(&format!("/api/v1/users/{}/password", user.id), json!({})).await.expect(201);
    server.stranger().post("/api/v1/sessions/pin", sign_in).await.expect(401);
}
