//! The OpenID conformance suite's scenarios for evaluation and evaluations, sent through the server's own dispatcher
//! and handlers to the decision point that the suite describes: alice, bob, record-1, record-2.

use access::{Visible, can};
use acts::Refusal;
use api::authzen::{self, Answer, Asked, Batch, Body, Context, Decision, DecisionPoint, Question};
use reqwest::Method;
use serde_json::Value;
use testkit::{Client, TestServer};
use web::endpoint::Endpoint;
use web::output::Json;
use web::proxies::Proxies;
use web::rates::Rates;
use web::request::Request;
use web::{Config, dispatch};

/// The suite's fixture. Writing takes alice, or an admin where the record is archived; deleting takes alice and `soft`.
struct Fixture;

impl DecisionPoint for Fixture {
    async fn decide(&self, question: &Question<'_>) -> Result<Decision, Refusal> {
        let (who, what) = (question.subject.id, question.resource.id);
        let known = ["alice", "bob"].contains(&who) && ["record-1", "record-2"].contains(&what);
        let claimed = |properties: Option<&serde_json::Map<String, Value>>, name: &str, value: &str| {
            properties.and_then(|properties| properties.get(name)).and_then(Value::as_str) == Some(value)
        };
        let archived = claimed(question.resource.properties, "status", "archived");
        let admin = claimed(question.subject.properties, "role", "admin");
        let soft = question.how.and_then(|how| how.get("soft")) == Some(&Value::Bool(true));
        let decision = match question.action {
            "read" => known,
            "write" if archived => known && admin,
            "write" => known && who == "alice",
            "delete" => known && who == "alice" && soft,
            _ => false,
        };
        Ok(Decision { decision, context: Context::default() })
    }
}

async fn evaluation(
    _: Request,
    _: Visible<can::AccessExplain>,
    Body(asked): Body<Asked>,
) -> Result<Json<Decision>, Refusal> {
    authzen::single(&Fixture, &asked).await.map(Json)
}

async fn evaluations(
    _: Request,
    _: Visible<can::AccessExplain>,
    Body(batch): Body<Batch>,
) -> Result<Json<Answer>, Refusal> {
    authzen::batch::answer(&Fixture, batch).await.map(Json)
}

/// A server with the fixture where workspaces have their own decision point; its address.
async fn serve(server: &TestServer) -> String {
    let rows = vec![
        Endpoint::list::<can::AccessExplain, _, _, _, _>(
            (Method::POST, "/w/{slug}/access/v1/evaluation", "One."),
            evaluation,
        ),
        Endpoint::list::<can::AccessExplain, _, _, _, _>(
            (Method::POST, "/w/{slug}/access/v1/evaluations", "Many."),
            evaluations,
        ),
    ];
    let config = Config {
        data: server.data(),
        secure_cookies: true,
        address: server.address,
        trusted_proxies: Proxies::default(),
        public_url: None,
        sends_mail: false,
    };
    let router = dispatch::router(server::assemble(server.app.clone(), config, Rates::none()), rows);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

#[tokio::test]
async fn every_scenario_of_the_conformance_suite_is_answered_as_it_expects() {
    let scenarios: Value = serde_json::from_str(include_str!("scenarios.json")).unwrap();
    let tests = scenarios["tests"].as_array().unwrap();
    assert_eq!(tests.len(), 60);
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = Client::new(serve(&server).await, company.owner.client.token.clone());
    let mut failed = vec![];
    for test in tests {
        for _ in 0..test["repeat"].as_u64().unwrap_or(1) {
            if let Err(why) = run(&client, &company.slug, test).await {
                failed.push(format!("{}: {why}", test["id"]));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

async fn run(client: &Client, slug: &str, test: &Value) -> Result<(), String> {
    let token = match (&test["no_credentials"], &test["bad_credentials"]) {
        (Value::Bool(true), _) => None,
        (_, Value::Bool(true)) => Some("rft_wrong".to_owned()),
        _ => client.token.clone(),
    };
    let mut client = client.clone();
    client.token = token;
    let method = Method::from_bytes(test["method"].as_str().unwrap().as_bytes()).unwrap();
    let path = format!("/w/{slug}{}", test["endpoint"].as_str().unwrap());
    let body = test["raw_body"].as_str().map_or_else(|| test["request"].to_string(), str::to_owned);
    let request = client
        .request(method, &path)
        .header("content-type", test["content_type"].as_str().unwrap())
        .header("x-request-id", "a-request")
        .body(body);
    let answer = client.send(request).await;
    let good = test["status"].as_array().unwrap().iter().any(|status| *status == answer.status);
    if !good {
        return Err(format!("answered {}: {}", answer.status, answer.text));
    }
    if test["x_request_id_echo"] == true && answer.headers["x-request-id"] != "a-request" {
        return Err("did not echo X-Request-ID".into());
    }
    if answer.status == 200 && answer.headers["content-type"] != "application/json" {
        return Err(format!("is {:?}", answer.headers["content-type"]));
    }
    let decisions = bare(&answer.json);
    if test["expect"].is_object() && decisions != test["expect"] {
        return Err(format!("answered {decisions}, not {}", test["expect"]));
    }
    Ok(())
}

/// An answer without what may come with it.
fn bare(answer: &Value) -> Value {
    match answer["evaluations"].as_array() {
        Some(all) => serde_json::json!({ "evaluations": all.iter().map(bare).collect::<Vec<_>>() }),
        None => serde_json::json!({ "decision": answer["decision"] }),
    }
}
