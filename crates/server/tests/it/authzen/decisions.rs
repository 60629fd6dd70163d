//! A workspace as a decision point.

use serde_json::{Value, json};
use testkit::{Answer, Company, Member, TestCall, TestServer};

async fn ask(company: &Company<'_>, asker: &Member, question: Value) -> Answer {
    asker.client.post(&format!("/w/{}/access/v1/evaluation", company.slug), question).await
}

fn question(subject: impl ToString, permission: &str, id: impl ToString) -> Value {
    let (resource, action) = permission.split_once(':').unwrap();
    json!({
        "subject": { "type": "user", "id": subject.to_string() },
        "action": { "name": action },
        "resource": { "type": resource, "id": id.to_string() },
    })
}

#[tokio::test]
async fn a_decision_is_the_one_that_the_endpoint_itself_makes() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (ann, ben) = (company.hire("agent").await, company.hire("agent").await);
    let call = company.call(TestCall { user: Some(ann.id), recorded: true, ..TestCall::default() }).await;
    for (agent, status) in [(&ann, 200), (&ben, 404)] {
        agent.client.get(&format!("/api/v1/calls/{call}")).await.expect(status);
        let answer =
            ask(&company, &company.owner, question(agent.id, "call_record:read", call)).await.expect(200);
        assert_eq!(answer.json["decision"], status == 200);
        assert!(!answer.json["context"]["reason"].as_array().unwrap().is_empty());
        assert_eq!(answer.json["context"]["version"].as_str().unwrap().len(), 16);
    }
    let by_email =
        ask(&company, &company.owner, question(&ann.email, "call_record:read", call)).await.expect(200);
    assert_eq!(by_email.json["decision"], true);
}

#[tokio::test]
async fn what_is_unknown_or_hidden_is_a_no_with_a_reason_and_both_alike() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let other = server.company("standard").await;
    let (ann, ben) = (company.hire("agent").await, company.hire("agent").await);
    let hidden = company.call(TestCall { user: Some(ben.id), ..TestCall::default() }).await;
    let no = async |asker: &Member, question: Value| {
        let answer = ask(&company, asker, question).await.expect(200);
        assert_eq!(answer.json["decision"], false);
        assert_eq!(answer.json["context"]["reason"].as_array().unwrap().len(), 1);
        answer.text
    };
    no(&company.owner, question(ann.id, "call_record:paint", "*")).await;
    no(&company.owner, question(other.owner.email, "call_record:read", "*")).await;
    let absent = no(&ann, question(99_999, "call_record:read", "*")).await;
    assert_eq!(no(&ann, question(ben.id, "call_record:read", "*")).await, absent);
    let absent = no(&ann, question(ann.id, "call_record:read", 99_999)).await;
    assert_eq!(no(&ann, question(ann.id, "call_record:read", hidden)).await, absent);
}

#[tokio::test]
async fn the_star_is_the_workspace() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    for (permission, decision) in [
        // Can reach all: only `all` is enough for the workspace.
        ("call_record:read", false),
        ("number:purchase", false),
        // Cannot reach all: any reach is.
        ("call:place", true),
    ] {
        let answer = ask(&company, &company.owner, question(agent.id, permission, "*")).await.expect(200);
        assert_eq!(answer.json["decision"], decision, "{permission}: {}", answer.text);
    }
    let owner = company.owner.id;
    let answer = ask(&company, &company.owner, question(owner, "call_record:read", "*")).await.expect(200);
    assert_eq!(answer.json["decision"], true);
}

#[tokio::test]
async fn a_row_that_is_not_kept_touches_what_it_is_said_to_and_a_kept_one_does_not() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let (ann, ben) = (company.hire("member").await, company.hire("member").await);
    let may = async |permission: &str, id: &str, properties: Value| {
        let mut question = question(ann.id, permission, id);
        question["resource"]["properties"] = properties;
        ask(&company, &company.owner, question).await.expect(200).json["decision"] == true
    };
    assert!(!may("message:read", "m-1", json!({})).await);
    assert!(may("message:read", "m-1", json!({ "users": [ann.email] })).await);
    assert!(may("message:read", "m-1", json!({ "users": [ann.id] })).await);
    assert!(!may("message:read", "m-1", json!({ "users": [ben.email, "nobody@nowhere.example"] })).await);
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    let by_number = json!({ "numbers": ["+12025550101"] });
    assert!(!may("message:send", "new", by_number.clone()).await);
    company.grant(ann.id, number, true, true).await;
    assert!(may("message:send", "new", by_number).await);
    let call = company.call(TestCall { user: Some(ben.id), ..TestCall::default() }).await.to_string();
    assert!(!may("call_record:read", &call, json!({ "users": [ann.email] })).await);
}

#[tokio::test]
async fn a_row_is_said_to_touch_no_more_than_a_decision_can_look_at() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let ann = company.hire("member").await;
    let touching = |emails: usize| {
        let names = vec![&ann.email; emails];
        let mut question = question(ann.id, "message:read", "m-1");
        question["resource"]["properties"] = json!({ "users": names, "queues": ["Line"] });
        question
    };
    let (enough, many) = (touching(199), touching(200));
    assert_eq!(ask(&company, &company.owner, enough.clone()).await.expect(200).json["decision"], true);
    let path = format!("/w/{}/access/v1/evaluations", company.slug);
    let batch = |common: &Value, own: Value| {
        let mut batch = common.clone();
        batch["evaluations"] = own;
        company.owner.client.post(&path, batch)
    };
    let thousand = batch(&enough, json!(vec![json!({}); 1000])).await.expect(200);
    let answers = thousand.json["evaluations"].as_array().unwrap();
    assert!(answers.len() == 1000 && answers.iter().all(|answer| answer["decision"] == true));
    for refused in [
        ask(&company, &company.owner, many.clone()).await,
        batch(&many, json!([{}])).await,
        batch(&enough, json!([{}, { "resource": many["resource"] }])).await,
    ] {
        assert_eq!(refused.expect(400).json["field"], "resource.properties");
    }
}

#[tokio::test]
async fn a_caller_asks_about_those_whose_access_they_may_explain_and_needs_to_be_somebody_of_the_workspace() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let other = server.company("standard").await;
    let asked = question(company.owner.id, "number:purchase", "*");
    ask(&company, &other.owner, asked.clone()).await.expect(401);
    let stranger =
        server.stranger().post(&format!("/w/{}/access/v1/evaluation", company.slug), asked.clone()).await;
    assert_eq!((stranger.status, stranger.headers.contains_key("www-authenticate")), (401, true));
    let scope = json!({ "name": "calls", "scope": ["call_record:read"] });
    let (_, scoped) = company.token(&company.owner, scope).await;
    let refused = scoped.post(&format!("/w/{}/access/v1/evaluation", company.slug), asked).await.expect(403);
    assert_eq!(refused.json["permission"], "access:explain");
}

#[tokio::test]
async fn discovery_names_the_endpoints_and_only_of_workspaces_that_are_there() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let found = server
        .stranger()
        .get(&format!("/.well-known/authzen-configuration/w/{}", company.slug))
        .await
        .expect(200);
    let point = format!("{}/w/{}", server.url(), company.slug);
    assert_eq!(found.json["policy_decision_point"], point);
    assert_eq!(found.json["access_evaluation_endpoint"], format!("{point}/access/v1/evaluation"));
    assert_eq!(found.json["access_evaluations_endpoint"], format!("{point}/access/v1/evaluations"));
    server.stranger().get("/.well-known/authzen-configuration/w/nobody").await.expect(404);
}
