//! Access for a while: it ends by itself at its moment, is prolonged like a gift, and the log says that it expired.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Company, Database, Member, TestServer};

const HOUR: i64 = 3600;

/// A moment so many seconds from now, as the API takes it.
/// Gives somebody a permission for so many seconds; the id of what was given.
async fn give(by: &Member, to: &Member, server: &TestServer, permission: &str, seconds: i64) -> i64 {
    let body = json!({ "holds": { permission: ["all"] }, "expires_at": server.later(seconds) });
    let path = format!("/api/v1/users/{}/temporary", to.id);
    by.client.post(&path, body).await.expect(201).json["id"].as_i64().unwrap()
}

/// The entries of the audit log that say that something expired, once there are as many, or after three seconds.
async fn expired(company: &Company<'_>, count: usize) -> Vec<Value> {
    let mut found = vec![];
    for _ in 0..60 {
        let answer = company.owner.client.get("/api/v1/audit?outcome=expired").await.expect(200);
        found = answer.items().to_vec();
        if found.len() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    found
}

#[tokio::test]
async fn temporary_access_ends_by_itself_at_the_second_and_the_log_says_expired() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let member = company.hire("member").await;
    member.client.get("/api/v1/audit").await.expect(403);
    give(&company.owner, &member, &server, "audit:read", HOUR).await;
    server.pass(HOUR - 1);
    member.client.get("/api/v1/audit").await.expect(200);
    server.pass(1);
    member.client.get("/api/v1/audit").await.expect(403);
    let entries = expired(&company, 1).await;
    assert_eq!(entries.len(), 1);
    let entry = &entries[0];
    assert_eq!(
        (entry["actor"].as_str(), entry["act"].as_str()),
        (Some("Ringfence"), Some("user:set_access"))
    );
    assert_eq!(entry["object_id"].as_i64(), Some(i64::from(member.id)));
    assert!(entry["detail"]["before"]["temporary"]["holds"]["audit:read"].is_array(), "{entry}");
    let left = company.owner.client.get(&format!("/api/v1/users/{}/temporary", member.id)).await.expect(200);
    assert!(left.items().is_empty());
    let rows = server.database.tamper("DELETE FROM temporary_access").await;
    assert_eq!(rows, 0, "what has ended is not kept");
}

#[tokio::test]
async fn a_grant_with_an_end_ends_by_itself_and_the_log_says_what_and_whose() {
    let server = TestServer::start().await;
    let company = server.company("nuacom").await;
    let user = company.hire("user").await;
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    let path = format!("/api/v1/users/{}/grants/{number}", user.id);
    let grant = json!({ "may_use": true, "may_observe": true, "expires_at": server.later(HOUR) });
    company.owner.client.put(&path, grant).await.expect(200);
    user.client.get(&format!("/api/v1/numbers/{number}")).await.expect(200);
    server.pass(HOUR);
    user.client.get(&format!("/api/v1/numbers/{number}")).await.expect(404);
    let entries = expired(&company, 1).await;
    assert_eq!(entries[0]["detail"]["before"]["entity"], "+12025550101");
    assert_eq!(entries[0]["object_id"].as_i64(), Some(i64::from(user.id)));
}

#[tokio::test]
async fn of_two_nodes_one_takes_away_what_has_ended() {
    let database = Database::create().await;
    let (server, other) = (TestServer::on(database.clone()).await, TestServer::on(database).await);
    let company = server.company("calilio").await;
    let member = company.hire("member").await;
    for _ in 0..5 {
        give(&company.owner, &member, &server, "audit:read", HOUR).await;
    }
    server.pass(HOUR);
    other.pass(HOUR);
    assert_eq!(expired(&company, 5).await.len(), 5);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(expired(&company, 5).await.len(), 5, "each is written down once");
    let whole = company.owner.client.get("/api/v1/audit/verify").await.expect(200);
    assert_eq!(whole.json["whole"], true);
}

#[tokio::test]
async fn temporary_access_is_prolonged_into_the_future_and_ended_early() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let member = company.hire("member").await;
    let id = give(&company.owner, &member, &server, "audit:read", HOUR).await;
    let path = format!("/api/v1/users/{}/temporary/{id}", member.id);
    let past = json!({ "expires_at": server.later(-1) });
    let refused = company.owner.client.patch(&path, past).await.expect(422);
    assert_eq!(refused.json["field"], "expires_at");
    let new = json!({ "expires_at": server.later(2 * HOUR) });
    company.owner.client.patch(&path, new).await.expect(200);
    server.pass(HOUR);
    member.client.get("/api/v1/audit").await.expect(200);
    company.owner.client.delete(&path).await.expect(204);
    member.client.get("/api/v1/audit").await.expect(403);
    let ended = json!({ "expires_at": server.later(HOUR) });
    company.owner.client.patch(&path, ended).await.expect(404);
}

#[tokio::test]
async fn all_02_nobody_prolongs_what_they_have_for_less_long_themselves() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let (admin, member) = (company.hire("admin").await, company.hire("member").await);
    give(&company.owner, &admin, &server, "workspace:delete", HOUR).await;
    let id = give(&company.owner, &member, &server, "workspace:delete", HOUR / 2).await;
    let path = format!("/api/v1/users/{}/temporary/{id}", member.id);
    let until = |seconds| json!({ "expires_at": server.later(seconds) });
    admin.client.patch(&path, until(HOUR)).await.expect(200);
    let refused = admin.client.patch(&path, until(HOUR + 1)).await.expect(403);
    assert_eq!(refused.code(), "gives_more");
    company.owner.client.patch(&path, until(HOUR + 1)).await.expect(200);
}

#[tokio::test]
async fn all_02_what_does_not_count_at_present_is_not_prolonged_without_holding_it_either() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let (admin, member) = (company.hire("admin").await, company.hire("member").await);
    company.toggle(admin.id, "Full Call Report Access", "deny").await.expect(200);
    company.toggle(member.id, "Full Call Report Access", "deny").await.expect(200);
    let id = give(&company.owner, &member, &server, "call_record:read", HOUR).await;
    let path = format!("/api/v1/users/{}/temporary/{id}", member.id);
    let refused =
        admin.client.patch(&path, json!({ "expires_at": server.later(2 * HOUR) })).await.expect(403);
    assert_eq!(refused.code(), "gives_more");
}
