//! Onoff Business: Owner, Admin, Team Lead, User.

use serde_json::json;
use testkit::{Company, Member, TestCall, TestServer};

struct Floor<'s> {
    company: Company<'s>,
    lead: Member,
    own: i64,
    team: i64,
    elsewhere: i64,
    teammate: Member,
    outsider: Member,
}

/// A team lead of Sales who sits in no department, somebody of Sales, somebody of Support, and a call of each.
async fn floor(server: &TestServer) -> Floor<'_> {
    let company = server.company("onoff").await;
    let sales = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    let support = company.create("/api/v1/departments", json!({ "name": "Support" })).await;
    let lead = company.hire("team_lead").await;
    let teammate = company.hire_into("user", json!({ "department": sales })).await;
    let outsider = company.hire_into("user", json!({ "department": support })).await;
    let leads = json!({ "units": [sales] });
    company.owner.client.put(&format!("/api/v1/users/{}/leads", lead.id), leads).await.expect(200);
    let call = |user: u32| company.call(TestCall { user: Some(user), recorded: true, ..TestCall::default() });
    let own = call(lead.id).await;
    server.pass(1);
    let team = call(teammate.id).await;
    server.pass(1);
    let elsewhere = call(outsider.id).await;
    Floor { lead, own, team, elsewhere, teammate, outsider, company }
}

#[tokio::test]
async fn onf_01_the_owner_has_everything_billing_included() {
    let server = TestServer::start().await;
    let company = server.company("onoff").await;
    for permission in access::Permission::ALL {
        let held = company.owner.client.get("/api/v1/me").await.expect(200);
        assert!(held.json["permissions"][permission.name()].is_array(), "{permission}");
    }
}

#[tokio::test]
async fn onf_02_an_admin_manages_users_and_numbers_and_has_no_billing() {
    let server = TestServer::start().await;
    let company = server.company("onoff").await;
    let admin = company.hire("admin").await;
    admin.client.post("/api/v1/numbers", json!({ "digits": "+12025550101" })).await.expect(201);
    admin.client.post("/api/v1/users", json!({ "email": "u@onoff.example", "name": "U" })).await.expect(201);
    let refused =
        admin.client.put("/api/v1/workspace/plan", json!({ "plan": "essential" })).await.expect(403);
    assert_eq!(refused.json["permission"], "billing:commit");
    for permission in
        ["billing:read", "billing:update", "payment_method:update", "license:update", "wallet:load"]
    {
        assert!(!admin.may(permission, "*").await, "{permission}");
    }
    // Nor can billing come to anybody through them.
    let user = company.hire("user").await;
    let toggles = admin.client.get(&format!("/api/v1/users/{}/toggles", user.id)).await.expect(200);
    let billing = toggles.items().iter().find(|t| t["name"] == "Billing").unwrap()["id"].clone();
    let path = format!("/api/v1/users/{}/toggles/{billing}", user.id);
    let refused = admin.client.put(&path, json!({ "setting": "allow" })).await.expect(403);
    assert_eq!(refused.code(), "gives_more");
}

#[tokio::test]
async fn onf_03_a_team_lead_sees_their_team_and_no_other() {
    let server = TestServer::start().await;
    let floor = floor(&server).await;
    let client = &floor.lead.client;
    let list = client.get("/api/v1/calls").await.expect(200);
    let seen: Vec<i64> = list.items().iter().map(|c| c["id"].as_i64().unwrap()).collect();
    assert_eq!(seen, [floor.team, floor.own]);
    client.get(&format!("/api/v1/calls/{}/recording", floor.team)).await.expect(200);
    client.get(&format!("/api/v1/calls/{}/recording", floor.elsewhere)).await.expect(404);
    let (team, other) = (json!({ "users": [floor.teammate.id] }), json!({ "users": [floor.outsider.id] }));
    for permission in
        ["statistic:read", "heatmap:read", "live_call:read", "live_call:listen", "live_call:whisper"]
    {
        assert!(floor.lead.may_with(permission, "row", team.clone()).await, "{permission}");
        assert!(!floor.lead.may_with(permission, "row", other.clone()).await, "{permission}");
    }
    assert!(!floor.lead.may("billing:read", "*").await);
}

#[tokio::test]
async fn onf_04_a_user_has_their_own_figures_and_settings() {
    let server = TestServer::start().await;
    let floor = floor(&server).await;
    let list = floor.teammate.client.get("/api/v1/calls").await.expect(200);
    assert_eq!((list.json["total"].as_i64(), list.items()[0]["id"].as_i64()), (Some(1), Some(floor.team)));
    let (mine, others) = (json!({ "users": [floor.teammate.id] }), json!({ "users": [floor.lead.id] }));
    for permission in ["statistic:read", "heatmap:read"] {
        assert!(floor.teammate.may_with(permission, "row", mine.clone()).await, "{permission}");
        assert!(!floor.teammate.may_with(permission, "row", others.clone()).await, "{permission}");
    }
    assert!(floor.teammate.may("profile:update", "*").await);
}

#[tokio::test]
async fn onf_05_statistics_and_heatmap_are_all_team_or_own_and_recordings_all_or_team() {
    let server = TestServer::start().await;
    let floor = floor(&server).await;
    let admin = floor.company.hire("admin").await;
    let me = |member: &Member| {
        let client = member.client.clone();
        async move { client.get("/api/v1/me").await.expect(200).json["permissions"].clone() }
    };
    let (all, team, own) = (me(&admin).await, me(&floor.lead).await, me(&floor.teammate).await);
    for permission in ["statistic:read", "heatmap:read"] {
        assert_eq!(all[permission], json!(["all"]), "{permission}");
        assert_eq!(team[permission], json!(["own", "team"]), "{permission}");
        assert_eq!(own[permission], json!(["own"]), "{permission}");
    }
    assert_eq!(all["recording:listen"], json!(["all"]));
    assert_eq!(team["recording:listen"], json!(["team"]));
    floor.lead.client.get(&format!("/api/v1/calls/{}/recording", floor.own)).await.expect(403);
    assert!(own["recording:listen"].is_null());
    floor.teammate.client.get(&format!("/api/v1/calls/{}/recording", floor.team)).await.expect(403);
}

#[tokio::test]
async fn onf_07_a_number_belongs_to_one_user_at_a_time() {
    let server = TestServer::start().await;
    let floor = floor(&server).await;
    let number = floor.company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    floor.company.grant(floor.teammate.id, number, true, true).await;
    floor.teammate.client.get(&format!("/api/v1/numbers/{number}")).await.expect(200);
    floor.company.grant(floor.outsider.id, number, true, true).await;
    floor.outsider.client.get(&format!("/api/v1/numbers/{number}")).await.expect(200);
    floor.teammate.client.get(&format!("/api/v1/numbers/{number}")).await.expect(404);
}

#[tokio::test]
async fn onf_10_owner_cannot_be_chosen_when_a_user_is_created() {
    let server = TestServer::start().await;
    let company = server.company("onoff").await;
    let new = json!({ "email": "o2@onoff.example", "name": "O", "role": company.role("owner").await });
    let refused = company.owner.client.post("/api/v1/users", new).await.expect(422);
    assert_eq!(refused.json["field"], "role");
}
