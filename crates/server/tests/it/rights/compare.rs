//! Two roles, two people, or a role and a person side by side, for whoever may ask about both.

use serde_json::{Value, json};
use testkit::{Company, Member, TestServer};

use crate::browser::Browser;

fn line<'a>(comparison: &'a Value, permission: &str) -> &'a Value {
    comparison["permissions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|line| line["permission"] == permission)
        .unwrap()
}

async fn compare(member: &Member, a: &str, b: &str) -> testkit::Answer {
    member.client.get(&format!("/api/v1/compare?a={a}&b={b}")).await
}

async fn two_agents<'a>(company: &Company<'a>) -> (Member, Member) {
    (company.hire("agent").await, company.hire("agent").await)
}

#[tokio::test]
async fn two_roles_differ_where_one_holds_what_the_other_does_not_or_further() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (lead, agent) = (company.role("team_lead").await, company.role("agent").await);
    let found =
        compare(&company.owner, &format!("role:{lead}"), &format!("role:{agent}")).await.expect(200).json;
    let statistics = line(&found, "statistic:read");
    assert_eq!(statistics["differs"], true);
    assert_ne!(statistics["a"], statistics["b"]);
    let differing = found["permissions"].as_array().unwrap().iter().filter(|l| l["a"] != l["b"]).count();
    assert_eq!(found["differing"], json!(differing));
    let same =
        compare(&company.owner, &format!("role:{lead}"), &format!("role:{lead}")).await.expect(200).json;
    assert_eq!(same["differing"], 0);
}

#[tokio::test]
async fn two_people_differ_in_what_they_may_do_lead_and_were_given() {
    let server = TestServer::start().await;
    let company = server.company("nuacom").await;
    let (one, other) = (company.hire("user").await, company.hire("user").await);
    let sales = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    let queue = company.create("/api/v1/queues", json!({ "name": "Orders" })).await;
    company.toggle(one.id, "Billing", "allow").await.expect(200);
    company.grant(one.id, queue, false, true).await;
    let leads = format!("/api/v1/users/{}/leads", other.id);
    company.owner.client.put(&leads, json!({ "units": [sales] })).await.expect(200);
    let (a, b) = (format!("user:{}", one.id), format!("user:{}", other.id));
    let found = compare(&company.owner, &a, &b).await.expect(200).json;
    assert_eq!(line(&found, "billing:read")["a"], json!(["all"]));
    assert_eq!(line(&found, "billing:read")["b"], json!([]));
    assert_eq!(found["a"]["granted"][0]["entity"]["name"], "Orders");
    assert_eq!(found["b"]["leads"][0]["name"], "Sales");
    // A person beside their role: what the toggle adds.
    let role = format!("role:{}", company.role("user").await);
    let beside = compare(&company.owner, &role, &a).await.expect(200).json;
    assert_eq!(line(&beside, "billing:read")["differs"], true);

    let page =
        Browser::of(&company, &company.owner).get(&format!("/compare?a={a}&b={b}")).await.expect(200).text;
    for words in ["Queue Orders (observe)", "Sales", "billing:read"] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("call:place"), "what is the same is left out");
}

#[tokio::test]
async fn nobody_compares_whom_they_may_not_ask_about_or_what_they_may_not_see() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (one, other) = two_agents(&company).await;
    let roles = (company.role("admin").await, company.role("agent").await);
    let (a, b) = (format!("user:{}", one.id), format!("user:{}", other.id));
    compare(&one, &a, &b).await.expect(404);
    compare(&one, &format!("role:{}", roles.0), &format!("role:{}", roles.1)).await.expect(404);
    compare(&company.owner, "role:99999", &a).await.expect(404);
    assert_eq!(compare(&company.owner, "queue:1", &a).await.expect(422).json["field"], "a");
    let stranger = server.company("standard").await;
    compare(&stranger.owner, &a, &b).await.expect(404);
    server.stranger().get(&format!("/api/v1/compare?a={a}&b={b}")).await.expect(401);
    Browser::of(&company, &one).get(&format!("/compare?a={a}&b={b}")).await.expect(404);
}
