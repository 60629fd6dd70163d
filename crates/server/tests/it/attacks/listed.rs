//! Lists that name nobody, and nothing, of whom or which their reader may not know (ALL-05).

use serde_json::{Value, json};
use testkit::{Company, Member, TestServer};

use super::secrets::give_role;

/// Somebody who knows of themself alone, and holds this besides.
async fn holder(company: &Company<'_>, permissions: &[&str]) -> Member {
    let mut holds = json!({ "user:read": ["own"], "profile:update": ["own"] });
    for permission in permissions {
        holds[permission] = json!(["all"]);
    }
    let role = company.create("/api/v1/roles", json!({ "name": "Narrow", "holds": holds })).await;
    let member = company.hire("agent").await;
    give_role(company, member.id, role).await;
    member
}

#[tokio::test]
async fn all_05_tokens_of_hidden_people_are_neither_listed_nor_found() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let reader = holder(&company, &["api_token:read", "api_token:write"]).await;
    let (made, _) = company.token(&company.owner, json!({ "name": "hers" })).await;
    reader.client.get(&format!("/api/v1/users/{}", company.owner.id)).await.expect(404);
    let listed = reader.client.get("/api/v1/tokens").await.expect(200);
    assert!(!listed.text.contains("hers"), "{}", listed.text);
    let path = |id: &Value| format!("/api/v1/tokens/{id}");
    let hidden = reader.client.delete(&path(&made.json["token"]["id"])).await.expect(404);
    let absent = reader.client.delete(&path(&json!(999_999))).await.expect(404);
    assert_eq!(hidden.text, absent.text);
    let theirs = company.owner.client.get("/api/v1/tokens").await.expect(200);
    assert!(theirs.text.contains("hers"), "{}", theirs.text);
}

#[tokio::test]
async fn all_05_reviews_of_units_that_one_may_not_know_of_are_not_listed() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let reader = holder(&company, &["access:review"]).await;
    let secret = company.create("/api/v1/departments", json!({ "name": "Secret Legal" })).await;
    let new = json!({ "unit": secret });
    let review = company.owner.client.post("/api/v1/reviews", new).await.expect(201).json["id"].clone();
    let listed = reader.client.get("/api/v1/reviews").await.expect(200);
    assert!(listed.items().is_empty(), "{}", listed.text);
    let hidden = reader.client.get(&format!("/api/v1/reviews/{review}")).await.expect(404);
    let absent = reader.client.get("/api/v1/reviews/999999").await.expect(404);
    assert_eq!(hidden.text, absent.text);
    let own = company.owner.client.get("/api/v1/reviews").await.expect(200);
    assert_eq!(own.items().len(), 1);
}
