//! What every REST endpoint has in common: how input is refused, what hidden things answer, how files are sent.

use reqwest::Method;
use serde_json::json;
use testkit::{TestCall, TestServer};

#[tokio::test]
async fn input_that_cannot_be_taken_names_the_field_and_changes_nothing() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = &company.owner.client;
    let before = server.database.fingerprint().await;
    for (body, field) in [
        (json!({}), "name"),
        (json!({ "name": 5 }), "name"),
        (json!({ "name": "" }), "name"),
        (json!({ "name": "x", "colour": "red" }), "colour"),
    ] {
        let refused = client.post("/api/v1/departments", body).await.expect(422);
        assert_eq!(refused.json["field"], field, "{}", refused.text);
    }
    for (query, field) in
        [("limit=0", "limit"), ("limit=x", "limit"), ("after=-1", "after"), ("colour=red", "colour")]
    {
        let refused = client.get(&format!("/api/v1/users?{query}")).await.expect(422);
        assert_eq!(refused.json["field"], field, "{}", refused.text);
    }
    for (content_type, body, status) in [
        ("text/plain", r#"{"name":"x"}"#, 415),
        ("application/json", r#"{"name":"#, 400),
        ("application/json", "", 400),
        ("application/json", r#"{"name":"x"}{"name":"y"}"#, 400),
        ("application/json; charset=utf-8", r#"{"name":["x"]}"#, 422),
    ] {
        let request =
            client.request(Method::POST, "/api/v1/departments").header("content-type", content_type);
        let refused = client.send(request.body(body)).await.expect(status);
        assert_eq!(refused.headers["content-type"], "application/problem+json");
    }
    let long = "x".repeat(1 << 20);
    client.post("/api/v1/departments", json!({ "name": long })).await.expect(413);
    assert_eq!(server.database.fingerprint().await, before);
}

#[tokio::test]
async fn pages_of_a_list_meet_without_gap_or_overlap() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    for name in ["a", "b", "c", "d", "e"] {
        company.create("/api/v1/queues", json!({ "name": name })).await;
    }
    let (mut names, mut next) = (vec![], Some(String::new()));
    while let Some(after) = next {
        let page =
            company.owner.client.get(&format!("/api/v1/queues?limit=2&after={after}")).await.expect(200);
        assert_eq!(page.json["total"], 5);
        names.extend(page.items().iter().map(|queue| queue["name"].as_str().unwrap().to_owned()));
        next = page.json["next"].as_str().map(str::to_owned);
    }
    assert_eq!(names, ["a", "b", "c", "d", "e"]);
}

#[tokio::test]
async fn a_recording_is_sent_whole_or_in_part_and_gone_when_deleted() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = &company.owner.client;
    let call = company.call(TestCall { recorded: true, ..TestCall::default() }).await;
    let path = format!("/api/v1/calls/{call}/recording");
    let whole = client.get(&path).await.expect(200);
    assert_eq!(whole.headers["content-type"], "audio/wav");
    let part = client.send(client.request(Method::GET, &path).header("range", "bytes=0-3")).await.expect(206);
    assert_eq!((part.text.as_str(), part.headers["content-length"].to_str().unwrap()), ("RIFF", "4"));
    client.send(client.request(Method::GET, &path).header("range", "bytes=9999-")).await.expect(416);
    let file = client.get(&format!("{path}/download")).await.expect(200);
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment;"));
    client.delete(&path).await.expect(204);
    client.get(&path).await.expect(404);
    assert_eq!(client.get(&format!("/api/v1/calls/{call}")).await.expect(200).json["has_recording"], false);
}

#[tokio::test]
async fn why_and_who_answer_about_what_the_asker_sees_and_nothing_else() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (ann, ben) = (company.hire("agent").await, company.hire("agent").await);
    let call = company.call(TestCall { user: Some(ann.id), ..TestCall::default() }).await;
    let why = format!("/api/v1/why?user={}&permission=call_record:read&kind=call&id={call}", ann.email);
    assert_eq!(ann.client.get(&why).await.expect(200).json["allowed"], true);
    let hidden = ben.client.get(&why).await.expect(404);
    let absent = ben.client.get("/api/v1/why?user=99999&permission=call_record:read").await.expect(404);
    assert_eq!(hidden.text, absent.text);
    let who = format!("/api/v1/who?permission=call_record:read&kind=call&id={call}");
    let names = |answer: &testkit::Answer| {
        answer.items().iter().map(|who| who["user"]["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(&ann.client.get(&who).await.expect(200)), [json!(ann.id)]);
    assert!(names(&company.owner.client.get(&who).await.expect(200)).contains(&json!(company.owner.id)));
    ben.client.get(&who).await.expect(404);
}

#[tokio::test]
async fn me_says_what_the_token_that_is_shown_may_do() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let whole = company.owner.client.get("/api/v1/me").await.expect(200);
    assert_eq!(whole.json["permissions"]["user:read"], json!(["all"]));
    let new = json!({ "name": "small", "scope": ["directory:read"] });
    let (_, client) = company.token(&company.owner, new).await;
    let limited = client.get("/api/v1/me").await.expect(200);
    assert_eq!(limited.json["permissions"], json!({ "directory:read": ["all"] }));
    assert_eq!(
        (&limited.json["via"], &limited.json["workspace"]),
        (&json!("api_token"), &json!(company.slug))
    );
    assert_eq!(client.get("/api/v1/directory").await.expect(200).items().len(), 1);
}

#[tokio::test]
async fn days_that_are_asked_for_are_days_of_the_workspaces_time_zone() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    // 00:26 of the 29th in Berlin, where the company is, and still the 28th in UTC.
    server.pass(2 * 3600);
    let call = company.call(TestCall { user: Some(company.owner.id), ..TestCall::default() }).await;
    let owner = &company.owner.client;
    for (query, listed) in [("since=2026-05-29", 1), ("until=2026-05-28", 0)] {
        let calls = owner.get(&format!("/api/v1/calls?{query}")).await.expect(200);
        assert_eq!(calls.items().len(), listed, "{query}");
        let file = owner.get(&format!("/api/v1/calls/export?{query}")).await.expect(200);
        assert_eq!(file.text.lines().skip(1).count(), listed, "{query}: {}", file.text);
    }
    owner.get(&format!("/api/v1/calls/{call}")).await.expect(200);
    let log = owner.get("/api/v1/audit?since=2026-05-29&act=call_record:export").await.expect(200);
    assert_eq!(log.items().len(), 2, "{}", log.text);
}
