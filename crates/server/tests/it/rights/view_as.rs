//! View as: read-only, attributed, never of somebody who holds more, and nothing that the viewer could not see themself.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Company, Member, TestCall, TestServer};
use tokio::task::JoinHandle;

use crate::browser::Browser;

async fn view_as(browser: &Browser<'_>, user: u32) -> Answer {
    browser.post(&format!("/users/{user}/view-as"), "").await
}

/// The latest entries of the audit log, newest first.
async fn log(company: &Company<'_>) -> Vec<Value> {
    let owner = company.owner.again(company.server).await;
    owner.client.get("/api/v1/audit?limit=20").await.expect(200).items().to_vec()
}

#[tokio::test]
async fn the_workspace_is_seen_as_the_other_user_sees_it_and_nothing_can_be_changed() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (admin, agent) = (company.hire("admin").await, company.hire("agent").await);
    let (own, other) = (
        company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await,
        company.create("/api/v1/numbers", json!({ "digits": "+12025550102" })).await,
    );
    company.grant(agent.id, own, true, true).await;
    let browser = Browser::of(&company, &admin);
    browser.get(&format!("/numbers/{other}")).await.expect(200);
    view_as(&browser, agent.id).await.expect(303);

    let home = browser.get("").await.expect(200).text;
    assert!(home.contains("You see the workspace as Test agent, read-only."));
    assert!(!home.contains(&format!("/w/{}/roles", company.slug)), "the menu is the agent's");
    let direct = Browser::of(&company, &agent);
    for path in ["/numbers", "/users", "/roles", "/settings", "/audit", "/calls", "/why", "/departments"] {
        assert_eq!(browser.get(path).await.status, direct.get(path).await.status, "{path}");
    }
    browser.get(&format!("/numbers/{own}")).await.expect(200);
    browser.get(&format!("/numbers/{other}")).await.expect(404);

    // Everything but looking is refused alike, whatever the other user may do, in the console and over REST.
    let before = server.database.fingerprint().await;
    let name = format!("name=Mine&phone=&revision=1&csrf={}", browser.csrf().await);
    let refused = browser.send(Method::POST, "/profile", Some(name)).await.expect(403);
    assert!(refused.text.contains("read-only"), "{}", refused.text);
    for (method, path) in [
        (Method::PATCH, "/api/v1/me".to_owned()),
        (Method::PUT, "/api/v1/me/password".to_owned()),
        (Method::DELETE, format!("/api/v1/users/{}", agent.id)),
        (Method::POST, "/api/v1/tokens".to_owned()),
        (Method::POST, format!("/w/{}/access/v1/evaluation", company.slug)),
    ] {
        let answer =
            admin.client.send(admin.client.request(method.clone(), &path).json(&json!({}))).await.expect(403);
        assert_eq!(answer.code(), "read_only", "{method} {path}");
    }
    assert_eq!(server.database.fingerprint().await, before);

    // Somebody's sessions are theirs alone.
    assert!(!browser.get("/profile").await.expect(200).text.contains("Where you are signed in"));
    assert_eq!(admin.client.get("/api/v1/me/sessions").await.expect(403).code(), "read_only");

    let back = browser.post("/view-as/end", "").await.expect(303);
    assert_eq!(back.headers["location"], format!("/w/{}/users/{}", company.slug, agent.id).as_str());
    browser.get("/roles").await.expect(200);
    admin.client.get("/api/v1/me/sessions").await.expect(200);
}

#[tokio::test]
async fn the_log_names_the_viewer_and_the_other_user_was_not_seen_here() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (admin, agent) = (company.hire("admin").await, company.hire("agent").await);
    let seen = format!("/api/v1/users/{}", agent.id);
    let before = company.owner.client.get(&seen).await.expect(200).json["last_seen_at"].clone();
    server.pass(600);
    let browser = Browser::of(&company, &admin);
    view_as(&browser, agent.id).await.expect(303);
    server.pass(600);
    browser.get("/roles").await.expect(403);
    browser.post("/view-as/end", "").await.expect(303);
    let entries = log(&company).await;
    let about = |act: &str| entries.iter().find(|e| e["act"] == act).unwrap();
    for act in ["view_as:start", "view_as:end", "role:read"] {
        assert_eq!(about(act)["actor_id"], json!(admin.id), "{act}");
    }
    assert_eq!(about("view_as:start")["object_id"], json!(agent.id));
    assert_eq!(about("view_as:end")["object_id"], json!(agent.id));
    assert!(about("role:read")["via"].as_str().unwrap().contains("as Test agent"));
    let after = company.owner.again(&server).await.client.get(&seen).await.expect(200);
    assert_eq!(after.json["last_seen_at"], before);
}

#[tokio::test]
async fn nobody_views_as_themself_the_owner_or_somebody_who_holds_more() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (admin, lead, agent) =
        (company.hire("admin").await, company.hire("team_lead").await, company.hire("agent").await);
    let browser = |member: &Member| Browser::of(&company, member);
    view_as(&browser(&admin), company.owner.id).await.expect(403);
    view_as(&browser(&admin), admin.id).await.expect(409);
    view_as(&browser(&lead), admin.id).await.expect(404);
    view_as(&browser(&agent), lead.id).await.expect(404);
    view_as(&browser(&admin), 99_999).await.expect(404);
    // No session looks as anybody after a refusal.
    for member in [&admin, &lead, &agent] {
        assert!(!browser(member).get("").await.expect(200).text.contains("read-only"));
    }
    // An API token has no session that could look as somebody.
    let (made, _) = company.token(&admin, json!({ "name": "t" })).await;
    let mut token = Browser::of(&company, &admin);
    token.token = made.json["secret"].as_str().unwrap().to_owned();
    let csrf = web::cookie::csrf(&token.token);
    token.post_with(&format!("/users/{}/view-as", agent.id), "", &csrf).await.expect(303);
    assert!(log(&company).await.iter().all(|e| e["act"] != "view_as:start"));
}

#[tokio::test]
async fn the_viewing_ends_with_the_right_to_it() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let owner = &company.owner.client;
    let role = |user: u32, role: u32| async move {
        owner.put(&format!("/api/v1/users/{user}/role"), json!({ "role": role })).await.expect(200)
    };
    let (admins, agents) = (company.role("admin").await, company.role("agent").await);
    let (admin, agent) = (company.hire("admin").await, company.hire("agent").await);
    let browser = Browser::of(&company, &admin);
    let ended = async |why: &str| {
        // Told once, and nothing was done as either of the two; then everything is the viewer's own.
        let answer = browser.get("/users").await.expect(409);
        assert!(answer.text.contains(why), "{}", answer.text);
        browser.get("/roles").await.expect(200);
        let entries = log(&company).await;
        assert_eq!(entries.iter().find(|e| e["act"] == "view_as:end").unwrap()["actor_id"], json!(admin.id));
    };

    // The other one comes to hold more.
    view_as(&browser, agent.id).await.expect(303);
    role(agent.id, company.role("billing").await).await;
    ended("further than you do").await;
    view_as(&browser, agent.id).await.expect(403);
    role(agent.id, agents).await;

    // The other one is banned.
    view_as(&browser, agent.id).await.expect(303);
    owner.put(&format!("/api/v1/users/{}/ban", agent.id), json!({})).await.expect(200);
    ended("banned").await;
    owner.delete(&format!("/api/v1/users/{}/ban", agent.id)).await.expect(200);

    // The other one is deleted.
    let leaver = company.hire("agent").await;
    view_as(&browser, leaver.id).await.expect(303);
    owner.delete(&format!("/api/v1/users/{}", leaver.id)).await.expect(204);
    ended("you do not see this user").await;

    // The viewer is made an agent: their own page is theirs, the other's is not.
    view_as(&browser, agent.id).await.expect(303);
    role(admin.id, agents).await;
    browser.get("/calls").await.expect(409);
    browser.get("/roles").await.expect(403);
    role(admin.id, admins).await;

    // The viewer is banned: no session, no view.
    view_as(&browser, agent.id).await.expect(303);
    owner.put(&format!("/api/v1/users/{}/ban", admin.id), json!({})).await.expect(200);
    browser.get("/users").await.expect(303);
}

#[tokio::test]
async fn open_pages_are_told_when_somebody_else_is_seen_or_no_longer() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (admin, agent) = (company.hire("admin").await, company.hire("agent").await);
    let browser = Browser::of(&company, &admin);
    // The stream of a page of one's own, until the server closes it.
    let listen = async |query: &str| {
        let mut stream = browser.request(Method::GET, &format!("/live{query}")).send().await.unwrap();
        let mut told = String::from_utf8_lossy(&stream.chunk().await.unwrap().unwrap()).into_owned();
        assert!(told.contains("ready"), "{told}");
        let rest = async move {
            while let Some(chunk) = stream.chunk().await.unwrap() {
                told.push_str(&String::from_utf8_lossy(&chunk));
            }
            told
        };
        let listening: JoinHandle<String> = tokio::spawn(rest);
        // Given in something, so that nobody takes the one waiting for the other.
        (listening,)
    };
    let home = format!("event: signed-out\ndata: /w/{}\n", company.slug);
    let (told,) = listen("").await;
    view_as(&browser, agent.id).await.expect(303);
    assert!(told.await.unwrap().contains(&home), "another one is seen from now on");
    let late = browser.get("/live").await.expect(200);
    assert!(late.text.contains(&home), "a page of one's own that comes to listen late hears it too");
    let (told,) = listen(&format!("?as={}", agent.id)).await;
    company.owner.client.put(&format!("/api/v1/users/{}/ban", agent.id), json!({})).await.expect(200);
    assert!(told.await.unwrap().contains(&home), "nobody else is seen any more");
    let (told,) = listen("").await;
    company.owner.client.put(&format!("/api/v1/users/{}/ban", admin.id), json!({})).await.expect(200);
    assert!(told.await.unwrap().contains("/sign-in?reason=banned"));
}

#[tokio::test]
async fn a_form_of_a_page_made_for_one_of_the_two_is_not_taken_from_the_other() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (admin, agent) = (company.hire("admin").await, company.hire("agent").await);
    let browser = Browser::of(&company, &admin);
    let own = browser.csrf().await;
    view_as(&browser, agent.id).await.expect(303);
    let viewed = browser.csrf().await;
    assert_ne!(own, viewed);
    browser.post("/view-as/end", "").await.expect(303);
    let stale =
        browser.post_with("/profile", "name=Somebody+else&phone=&revision=1", &viewed).await.expect(403);
    assert!(stale.text.contains("did not come from a page"), "{}", stale.text);
    assert_eq!(admin.client.get("/api/v1/me").await.json["user"]["name"], "Test admin");
}

#[tokio::test]
async fn nothing_is_shown_that_the_viewer_could_not_see_themself() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let sales = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    let care = company.create("/api/v1/departments", json!({ "name": "Care" })).await;
    let lead = company.hire_into("team_lead", json!({ "department": sales })).await;
    let agent = company.hire_into("agent", json!({ "department": care })).await;
    company
        .owner
        .client
        .put(&format!("/api/v1/users/{}/leads", lead.id), json!({ "units": [sales] }))
        .await
        .expect(200);
    // A call from before the agent came to the lead's team stays with the old team.
    let old = company.call(TestCall { user: Some(agent.id), recorded: true, ..TestCall::default() }).await;
    company
        .owner
        .client
        .patch(&format!("/api/v1/users/{}", agent.id), json!({ "department": sales }))
        .await
        .expect(200);
    server.pass(60);
    let browser = Browser::of(&company, &lead);
    agent.client.get(&format!("/api/v1/calls/{old}")).await.expect(200);
    lead.client.get(&format!("/api/v1/calls/{old}")).await.expect(404);
    view_as(&browser, agent.id).await.expect(303);
    lead.client.get(&format!("/api/v1/calls/{old}")).await.expect(404);
    lead.client.get(&format!("/api/v1/calls/{old}/recording")).await.expect(404);
    let seen = lead.client.get("/api/v1/calls").await.expect(200);
    assert_eq!((seen.items().len(), seen.json["total"].clone()), (0, json!(0)), "{}", seen.text);
    assert_eq!(lead.client.get("/api/v1/me").await.expect(200).json["user"]["id"], json!(agent.id));
}

#[tokio::test]
async fn nobody_reads_ones_own_reset_link_in_the_outbox_of_another() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (admin, other) = (company.hire("admin").await, company.hire("admin").await);
    company.give_password(admin.id).await;
    let asked = [("email", admin.email.as_str())];
    let stranger = server.stranger();
    let request = stranger.request(Method::POST, &format!("/w/{}/forgot", company.slug));
    stranger.send(request.form(&asked)).await.expect(200);
    let mails = "SELECT count(*) FROM mails WHERE kind = 'password_reset'";
    while server.database.number(mails).await == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let link = |page: &Answer| page.text.contains("/reset/rfr_");
    assert!(link(&Browser::of(&company, &other).get("/outbox").await.expect(200)));
    let browser = Browser::of(&company, &admin);
    assert!(!link(&browser.get("/outbox").await.expect(200)));
    view_as(&browser, other.id).await.expect(303);
    let outbox = browser.get("/outbox").await.expect(200);
    assert!(outbox.text.contains(&admin.email) && !link(&outbox));
    assert!(!link(&admin.client.get("/api/v1/outbox").await.expect(200)));
}

#[tokio::test]
async fn what_somebody_was_answered_is_no_news_to_whoever_looks_as_them() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (admin, agent) = (company.hire("admin").await, company.hire("agent").await);
    let body = json!({ "holds": { "audit:read": ["all"] }, "reason": "figures" });
    let asked = agent.client.post("/api/v1/access-requests", body).await.expect(201);
    let path = format!("/api/v1/access-requests/{}/decline", asked.json["id"]);
    company.owner.client.post(&path, json!({ "note": "Not while you are on probation" })).await.expect(200);
    assert!(Browser::of(&company, &agent).get("").await.expect(200).text.contains("on probation"));
    let browser = Browser::of(&company, &admin);
    view_as(&browser, agent.id).await.expect(303);
    for page in ["", "/profile"] {
        assert!(!browser.get(page).await.expect(200).text.contains("on probation"), "{page}");
    }
}
