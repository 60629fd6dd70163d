//! Calliyo: Company Admin, Manager, Agent, and custom roles.

use serde_json::json;
use testkit::TestServer;

#[tokio::test]
async fn cly_01_every_user_has_one_role_and_custom_roles_are_made_by_name_and_ticks() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let ticks = json!({ "lead:read": ["all"], "lead:write": ["all"], "task:read": ["own"], "access:explain": ["own"] });
    let role = company.create("/api/v1/roles", json!({ "name": "Telecaller", "holds": ticks })).await;
    let agent = company.hire("agent").await;
    let path = format!("/api/v1/users/{}/role", agent.id);
    let given = company.owner.client.put(&path, json!({ "role": role })).await.expect(200);
    assert_eq!(given.json["role"]["name"], "Telecaller");
    assert!(agent.may("lead:read", "*").await);
    assert!(!agent.may("lead:delete", "*").await);
    assert!(!agent.may("call:place", "*").await, "the role replaced the one before it");
    let taken = json!({ "name": "telecaller", "holds": {} });
    company.owner.client.post("/api/v1/roles", taken).await.expect(409);
}

#[tokio::test]
async fn cly_03_an_email_change_holds_at_once() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let new =
        json!({ "email": "old@calliyo.example", "name": "Somebody", "password": "correct horse battery" });
    let user = company.owner.client.post("/api/v1/users", new).await.expect(201).json["user"]["id"].clone();
    let changed = json!({ "email": "new@calliyo.example" });
    company.owner.client.patch(&format!("/api/v1/users/{user}"), changed).await.expect(200);
    let sign_in = |email: &str| {
        let body = json!({ "workspace": company.slug, "email": email, "password": "correct horse battery" });
        let stranger = server.stranger();
        async move { stranger.post("/api/v1/sessions", body).await.status }
    };
    assert_eq!(sign_in("new@calliyo.example").await, 201);
    assert_eq!(sign_in("old@calliyo.example").await, 401);
}

#[tokio::test]
async fn cly_07_a_banned_user_cannot_sign_in_and_keeps_what_is_assigned() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let agent = company.hire("agent").await;
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    company.grant(agent.id, number, true, false).await;
    company.owner.client.put(&format!("/api/v1/users/{}/ban", agent.id), json!({})).await.expect(200);
    agent.client.get("/api/v1/me").await.expect(401);
    let grants = company.owner.client.get(&format!("/api/v1/users/{}/grants", agent.id)).await.expect(200);
    assert_eq!(grants.items().len(), 1);
    company.owner.client.delete(&format!("/api/v1/users/{}/ban", agent.id)).await.expect(200);
    agent.client.get("/api/v1/me").await.expect(401);
    agent.again(&server).await.client.get("/api/v1/me").await.expect(200);
}

#[tokio::test]
async fn cly_08_without_read_the_api_answers_403_and_the_page_says_no_permission() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let agent = company.hire("agent").await;
    let refused = agent.client.get("/api/v1/roles").await.expect(403);
    assert_eq!(refused.json["permission"], "role:read");
    let page = |path: &str| {
        let cookie = format!("__Host-ringfence-{}={}", company.slug, agent.client.token.clone().unwrap());
        let request = server.stranger().request(reqwest::Method::GET, &format!("/w/{}{path}", company.slug));
        let stranger = server.stranger();
        async move { stranger.send(request.header("cookie", cookie)).await }
    };
    let refused = page("/roles").await.expect(403);
    assert!(refused.text.contains("role:read"), "the page names the missing permission");
    let home = page("").await.expect(200);
    assert!(
        !home.text.contains(&format!("/w/{}/roles", company.slug)),
        "the menu hides what one may not read"
    );
    assert!(home.text.contains(&format!("/w/{}/calls", company.slug)));
}

#[tokio::test]
async fn cly_09_the_last_company_admin_is_neither_deleted_demoted_banned_nor_stripped() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let second = company.hire("company_admin").await;
    let first = format!("/api/v1/users/{}", company.owner.id);
    let manager = json!({ "role": company.role("manager").await });
    second.client.put(&format!("{first}/role"), manager.clone()).await.expect(200);
    let last = format!("/api/v1/users/{}", second.id);
    let refused = second.client.put(&format!("{last}/role"), manager).await.expect(409);
    assert_eq!(refused.code(), "last_admin");
    // Nobody deletes or bans themself, and nobody else is left who could.
    second.client.delete(&last).await.expect(403);
    second.client.put(&format!("{last}/ban"), json!({})).await.expect(403);
    let toggles = second.client.get(&format!("{last}/toggles")).await.expect(200);
    let users = toggles.items().iter().find(|t| t["name"] == "Users").unwrap()["id"].clone();
    let strip = json!({ "setting": "deny" });
    let refused = second.client.put(&format!("{last}/toggles/{users}"), strip).await.expect(409);
    assert_eq!(refused.code(), "last_admin");
}
