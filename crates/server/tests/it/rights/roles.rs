//! The pages of roles: the list, the matrix that is edited in place, and deleting.

use serde_json::json;
use testkit::{Company, TestServer};

use crate::browser::Browser;

async fn custom(company: &Company<'_>, holds: serde_json::Value) -> u32 {
    company.create("/api/v1/roles", json!({ "name": "Helpers", "holds": holds })).await
}

async fn holds(company: &Company<'_>, role: u32) -> serde_json::Value {
    company.owner.client.get(&format!("/api/v1/roles/{role}")).await.expect(200).json["holds"].clone()
}

#[tokio::test]
async fn ticking_a_permission_ticks_what_it_needs_and_says_so() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let role = custom(&company, json!({})).await;
    let browser = Browser::of(&company, &company.owner);
    let form = "sure=1&was=&user%3Aupdate=team";
    let saved = browser.post(&format!("/roles/{role}"), form).await.expect(303);
    assert_eq!(holds(&company, role).await, json!({ "user:read": ["team"], "user:update": ["team"] }));
    let address = saved.headers["location"].to_str().unwrap();
    let below = address.split_once(&company.slug).unwrap().1;
    let page = browser.get(below).await.expect(200).text;
    assert!(page.contains("Comes with it: see user records."));

    let form = "sure=1&was=user%3Aread/team+user%3Aupdate/team&user%3Aupdate=team";
    let saved = browser.post(&format!("/roles/{role}"), form).await.expect(303);
    assert_eq!(holds(&company, role).await, json!({}));
    let address = saved.headers["location"].to_str().unwrap();
    let page = browser.get(address.split_once(&company.slug).unwrap().1).await.expect(200).text;
    assert!(page.contains("Goes with it, for want of it: edit user records."));
}

#[tokio::test]
async fn an_address_puts_no_words_into_the_message() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let role = custom(&company, json!({})).await;
    let browser = Browser::of(&company, &company.owner);
    let page = browser.get(&format!("/roles/{role}?came=you+have+won")).await.expect(200).text;
    assert!(!page.contains("you have won") && !page.contains("Comes with it"));
}

#[tokio::test]
async fn what_the_editor_does_not_hold_cannot_be_ticked_and_the_matrix_says_why() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let role = custom(&company, json!({ "call_record:read": ["team"] })).await;
    let admin = company.hire("admin").await;
    let page = Browser::of(&company, &admin).get(&format!("/roles/{role}")).await.expect(200).text;
    // The Admin of this preset has no say in what the company commits to.
    let row = page.split("value=\"all\"").find(|part| part.contains("name=\"billing:commit\"")).unwrap();
    assert!(row.contains("You do not hold this yourself, so you cannot give it."));
    let group = "sure=1&group=billing%3Awrite%3Aall";
    Browser::of(&company, &admin).post(&format!("/roles/{role}"), group).await.expect(303);
    assert!(holds(&company, role).await.get("billing:commit").is_none());
    let forged = "sure=1&was=&billing%3Acommit=all";
    Browser::of(&company, &admin).post(&format!("/roles/{role}"), forged).await.expect(403);
}

#[tokio::test]
async fn the_list_finds_roles_by_name_kind_and_what_they_may() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    custom(&company, json!({ "call_record:read": ["own"] })).await;
    let browser = Browser::of(&company, &company.owner);
    let list = async |query: &str| browser.get(&format!("/roles{query}")).await.expect(200).text;
    let rows = |page: &str| page.matches("<tr id=\"role-").count();
    assert_eq!(rows(&list("").await), 8);
    assert_eq!(rows(&list("?q=help").await), 1);
    assert_eq!(rows(&list("?kind=custom").await), 1);
    assert!(rows(&list("?holds=call_record:read").await) < 8);
    assert!(list("?q=nothing+like+it").await.contains("No such role"));
    assert_eq!(list("").await.matches(">Default<").count(), 1);
}

#[tokio::test]
async fn a_role_lists_its_holders_a_page_at_a_time() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    for _ in 0..32 {
        let email = format!("{:08x}@many.example", rand::random::<u32>());
        let new = json!({ "email": email, "name": "Somebody", "role": company.role("agent").await });
        company.owner.client.post("/api/v1/users", new).await.expect(201);
    }
    let browser = Browser::of(&company, &company.owner);
    let agent = company.role("agent").await;
    let first = browser.get(&format!("/roles/{agent}")).await.expect(200).text;
    assert!(first.contains("32 people · 1–30"));
    let second = browser.get(&format!("/roles/{agent}?after=30")).await.expect(200).text;
    assert!(second.contains("32 people · 31–32"));
    browser.get(&format!("/roles/{agent}?after={}", i64::MAX)).await.expect(200);
}

#[tokio::test]
async fn deleting_a_role_asks_where_its_holders_go_and_preselects_nothing() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let role = custom(&company, json!({})).await;
    let member = company.hire("agent").await;
    let assign = format!("/api/v1/users/{}/role", member.id);
    company.owner.client.put(&assign, json!({ "role": role })).await.expect(200);
    let browser = Browser::of(&company, &company.owner);
    let page = browser.get(&format!("/roles/{role}")).await.expect(200).text;
    assert!(page.contains("1 person has this role.") && page.contains("Choose a role"));
    let refused = browser.post(&format!("/roles/{role}/delete"), "sure=1&move_to=").await.expect(409);
    assert!(refused.text.contains("which role they get instead"));
    let agent = company.role("agent").await;
    browser.post(&format!("/roles/{role}/delete"), &format!("sure=1&move_to={agent}")).await.expect(303);
    let now = company.owner.client.get(&format!("/api/v1/users/{}", member.id)).await.expect(200);
    assert_eq!(now.json["role"]["id"], json!(agent));
}

#[tokio::test]
async fn a_smaller_plan_keeps_nobody_from_giving_and_cloning_the_roles_that_it_cuts() {
    let server = TestServer::start().await;
    for preset in ["standard", "calliyo", "onoff", "nuacom"] {
        let company = server.company(preset).await;
        let owner = &company.owner.client;
        let essential = json!({ "plan": "essential", "password": testkit::PASSWORD });
        owner.put("/api/v1/workspace/plan", essential).await.expect(200);
        let default = access::Preset::by_key(preset).unwrap().roles.iter().find(|role| role.default).unwrap();
        let role = company.role(&default.key).await;
        let form = Browser::of(&company, &company.owner).get("/users/new").await.expect(200).text;
        assert!(form.contains(&format!("<option value=\"{role}\" selected")), "{preset}: {form}");
        let clone = format!("/api/v1/roles/{role}/clone");
        owner.post(&clone, json!({ "name": "As it is" })).await.expect(201);
    }
}
