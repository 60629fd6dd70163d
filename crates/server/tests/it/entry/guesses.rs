//! Guessing at every secret: a flood of tries is checked fewer than 100 times a day for one account, and the person's own
//! device signs in meanwhile.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Client, Company, PASSWORD, TestServer};
use tokio::task::JoinSet;

const TRIES: i64 = 10_000;
const AT_ONCE: usize = 20;
const PHONE: &str = "+442079460123";

/// A POST from a client address, with the device's secret where there is one.
async fn post(client: &Client, path: &str, address: &str, device: Option<&str>, body: &Value) -> Answer {
    let mut body = body.clone();
    if let Some(device) = device {
        body["device"] = json!(device);
    }
    let request = client.request(Method::POST, path).header("x-forwarded-for", address);
    client.send(request.json(&body)).await
}

/// An address of its own for each try.
fn address(of: i64) -> String {
    format!("10.{}.{}.{}", of / 65_536 % 256, of / 256 % 256, of % 256)
}

/// A company with somebody who has a password and a PIN, and who signed in on a device: its secret.
async fn with_device(server: &TestServer) -> (Company<'_>, String, String) {
    let company = server.company("calliyo").await;
    let agent = company.hire_into("agent", json!({ "phone": PHONE })).await;
    let path = format!("/api/v1/users/{}/pin", agent.id);
    company.owner.client.post(&path, json!({ "pin": "7319" })).await.expect(201);
    company.give_password(agent.id).await;
    let body = json!({ "workspace": company.slug, "email": agent.email, "password": PASSWORD });
    let first = post(&server.stranger(), "/api/v1/sessions", "192.0.2.1", None, &body).await.expect(201);
    let device = first.json["device"].as_str().unwrap().to_owned();
    (company, agent.email, device)
}

/// Tries to sign in all day long, each time from another address; how many tries were checked, by the answers. The device
/// signs in now and then.
async fn flood(server: &TestServer, path: &str, wrong: Value, right: Value, device: &str) -> i64 {
    let (stranger, mut answered) = (server.stranger(), 0);
    for first in (0..TRIES).step_by(AT_ONCE) {
        // At the same moment, so that none can be checked before the others are counted.
        let mut tries = JoinSet::new();
        for at in (first..TRIES).take(AT_ONCE) {
            let (stranger, path, wrong) = (stranger.clone(), path.to_owned(), wrong.clone());
            tries.spawn(async move { post(&stranger, &path, &address(at), None, &wrong).await });
        }
        for answer in tries.join_all().await {
            assert!(matches!(answer.status, 401 | 429), "{} {}", answer.status, answer.text);
            answered += i64::from(answer.status == 401);
        }
        server.pass(160);
        if first % 2_000 == 1_980 {
            post(&stranger, path, "198.51.100.7", Some(device), &right).await.expect(201);
            // From anywhere else not even the right one is checked.
            post(&stranger, path, "198.51.100.8", None, &right).await.expect(429);
        }
    }
    answered
}

#[tokio::test]
async fn whoever_signs_in_over_and_over_waits_and_does_not_fill_the_log() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    company.give_password(agent.id).await;
    let right = json!({ "workspace": company.slug, "email": agent.email, "password": PASSWORD });
    let sign_in = async || server.stranger().post("/api/v1/sessions", right.clone()).await;
    let mut signed_in = 0;
    let refused = loop {
        let answer = sign_in().await;
        if answer.status != 201 {
            break answer.expect(429);
        }
        signed_in += 1;
    };
    assert!((50..100).contains(&signed_in), "{signed_in}");
    sign_in().await.expect(429);
    let log = company.owner.client.get("/api/v1/audit?act=session:create&limit=200").await.expect(200);
    assert!(log.json["total"].as_i64().unwrap() <= signed_in + 3, "{}", log.json["total"]);
    server.pass(refused.headers["retry-after"].to_str().unwrap().parse::<i64>().unwrap() + 1);
    sign_in().await.expect(201);
}

#[tokio::test]
async fn guessing_at_a_password_and_a_pin_for_a_day_is_checked_fewer_than_100_times_together() {
    let server = TestServer::start().await;
    let (company, email, device) = with_device(&server).await;
    let before = server.app.passwords.checked();
    let password = |word: &str| json!({ "workspace": company.slug, "email": email, "password": word });
    let pin = |digits: &str| json!({ "workspace": company.slug, "phone": PHONE, "pin": digits });
    let passwords = flood(&server, "/api/v1/sessions", password("a guess"), password(PASSWORD), &device);
    let passwords = passwords.await;
    let pins = flood(&server, "/api/v1/sessions/pin", pin("4071"), pin("7319"), &device).await;
    let signed_in = i64::from(2 * (TRIES as i32 / 2_000));
    let checked = i64::try_from(server.app.passwords.checked() - before).unwrap() - signed_in;
    assert_eq!(checked, passwords + pins, "what is answered 429 was not checked");
    assert!((20..100).contains(&checked), "{checked}: {passwords} passwords and {pins} PINs");
    // The log tells of each block once, and not of the thousands of tries that were not heard.
    let log = company.owner.client.get("/api/v1/audit?outcome=refused&limit=200").await.expect(200);
    let entries = log.json["total"].as_i64().unwrap();
    assert!((checked..3 * checked).contains(&entries), "{entries} entries for {checked} checks");
    assert!(log.text.contains("too_many_tries"));
}

#[tokio::test]
async fn guessing_from_the_known_device_itself_stops_too() {
    let server = TestServer::start().await;
    let (company, email, device) = with_device(&server).await;
    let wrong = json!({ "workspace": company.slug, "email": email, "password": "a guess" });
    let (stranger, mut checked) = (server.stranger(), 0);
    for _ in 0..500 {
        let answer = post(&stranger, "/api/v1/sessions", "192.0.2.1", Some(&device), &wrong).await;
        checked += i64::from(answer.status == 401);
        server.pass(120);
    }
    assert!((5..=15).contains(&checked), "{checked}");
    let right = json!({ "workspace": company.slug, "email": email, "password": PASSWORD });
    post(&stranger, "/api/v1/sessions", "192.0.2.9", None, &right).await.expect(201);
}

#[tokio::test]
async fn wrong_tokens_are_told_to_stop_and_good_ones_pass() {
    let server = TestServer::start().await;
    let (company, ..) = with_device(&server).await;
    let ask = |token: String, address: &'static str| {
        let client = server.stranger().with_token(&token);
        let request = client.request(Method::GET, "/api/v1/me").header("x-forwarded-for", address);
        async move { client.send(request).await.status }
    };
    let (token, _) = company.token(&company.owner, json!({ "name": "robot" })).await;
    let good = token.json["secret"].as_str().unwrap().to_owned();
    let mut called_wrong = 0;
    for at in 0..TRIES {
        let kind = if at % 2 == 0 { "rft" } else { "rfs" };
        let status = ask(format!("{kind}_{at:064x}"), "192.0.2.1").await;
        assert!(matches!(status, 401 | 429));
        called_wrong += i64::from(status == 401);
    }
    assert_eq!(called_wrong, 50);
    // A good one passes that was never shown before; what was wrong before is no new guess, nor is another address.
    assert_eq!(ask(good, "192.0.2.1").await, 200);
    assert_eq!(ask(format!("rft_{:064x}", 0), "192.0.2.1").await, 401);
    assert_eq!(ask(format!("rft_{:064x}", TRIES + 1), "192.0.2.2").await, 401);
    assert_eq!(ask(format!("rft_{:064x}", TRIES + 3), "192.0.2.1").await, 429);
    // Pages for everybody go on being for everybody, and the others lead to them.
    let stranger = server.stranger();
    let open = |path: &str, at: i64| {
        let session = format!("__Host-ringfence-{}=rfs_{:064x}", company.slug, TRIES + at);
        let request = stranger.request(Method::GET, &format!("/w/{}{path}", company.slug));
        stranger.send(request.header("x-forwarded-for", "192.0.2.1").header("cookie", session))
    };
    open("/sign-in", 4).await.expect(200);
    open("/users", 5).await.expect(303);
    server.pass(86_400);
    assert_eq!(ask(format!("rft_{:064x}", TRIES + 6), "192.0.2.1").await, 401);
}

#[tokio::test]
async fn what_is_no_token_at_all_is_not_looked_up() {
    let server = TestServer::start().await;
    for at in 0..200 {
        let client = server.stranger().with_token(&format!("rft_{at}"));
        client.get("/api/v1/me").await.expect(401);
    }
}

#[tokio::test]
async fn guessing_fast_finds_out_about_no_phone_number() {
    let server = TestServer::start().await;
    let (company, ..) = with_device(&server).await;
    let stranger = server.stranger();
    let ask = |phone: String, from: String| {
        let body = json!({ "workspace": company.slug, "phone": phone, "pin": "4071" });
        let stranger = stranger.clone();
        async move { post(&stranger, "/api/v1/sessions/pin", &from, None, &body).await }
    };
    let number = |at: i64| format!("+4420794{at:05}");
    let mut said = 0;
    for at in 0..1_000 {
        said += i64::from(ask(number(at), address(at / 5)).await.code() == "unknown_number");
    }
    assert!(said <= 200, "{said} numbers were said to be unknown");
    // Over the limit, a number that is known and one that is not answer alike, to anybody new.
    for from in ["10.0.0.7", "198.51.100.1"] {
        let known = ask(PHONE.into(), from.into()).await.expect(401);
        let unknown = ask(number(2_000), from.into()).await.expect(401);
        assert_eq!(known.text, unknown.text);
    }
    server.pass(86_400);
    assert_eq!(ask(number(2_000), "192.0.2.1".into()).await.expect(401).code(), "unknown_number");
}

#[tokio::test]
async fn a_flood_of_passwords_is_told_to_come_again_and_counts_for_nothing() {
    let server = TestServer::start().await;
    let (company, email, device) = with_device(&server).await;
    let mut tries = JoinSet::new();
    for at in 0..200 {
        let (stranger, slug) = (server.stranger(), company.slug.clone());
        tries.spawn(async move {
            let email = format!("nobody-{at}@nowhere.example");
            let body = json!({ "workspace": slug, "email": email, "password": "a guess" });
            post(&stranger, "/api/v1/sessions", &address(at), None, &body).await
        });
    }
    let answers = tries.join_all().await;
    let busy: Vec<&Answer> = answers.iter().filter(|a| a.status == 503).collect();
    assert!(busy.iter().all(|a| a.code() == "busy" && a.headers.contains_key("retry-after")));
    assert!(answers.iter().all(|a| matches!(a.status, 401 | 503)));
    let right = json!({ "workspace": company.slug, "email": email, "password": PASSWORD });
    post(&server.stranger(), "/api/v1/sessions", "192.0.2.1", Some(&device), &right).await.expect(201);
}

#[tokio::test]
async fn old_counts_are_dropped() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let guess = |at: i64| {
        let email = format!("nobody-{at}@nowhere.example");
        let body = json!({ "workspace": company.slug, "email": email, "password": "a guess" });
        let stranger = server.stranger();
        async move { post(&stranger, "/api/v1/sessions", &address(at), None, &body).await.expect(401) }
    };
    for at in 0..10 {
        guess(at).await;
    }
    assert_eq!(server.database.number("SELECT count(*) FROM attempts").await, 20);
    server.pass(3 * 86_400);
    guess(10).await;
    assert_eq!(server.database.number("SELECT count(*) FROM attempts").await, 2);
}

#[tokio::test]
async fn wrong_links_are_told_to_stop_and_good_ones_pass() {
    let server = TestServer::start().await;
    let (company, ..) = with_device(&server).await;
    let guest = json!({ "email": "guest@calliyo.example", "name": "Guest", "invite": true });
    let added = company.owner.client.post("/api/v1/users", guest).await.expect(201);
    let link = added.json["invitation"]["link"].as_str().unwrap().to_owned();
    let open = |path: String, method: Method| {
        let stranger = server.stranger();
        let request = stranger.request(method.clone(), &path).header("x-forwarded-for", "192.0.2.1");
        let form = [("password", PASSWORD)];
        let request = if method == Method::POST { request.form(&form) } else { request };
        async move { stranger.send(request).await.status }
    };
    let before = server.app.passwords.checked();
    let mut called_wrong = 0;
    for at in 0..TRIES {
        let (method, path) = match at % 2 {
            0 => (Method::GET, format!("/w/{}/welcome/rfi_{at:064x}", company.slug)),
            _ => (Method::POST, format!("/w/{}/reset/rfr_{at:064x}", company.slug)),
        };
        let status = open(path, method).await;
        assert!(matches!(status, 404 | 429), "{status}");
        called_wrong += i64::from(status == 404);
    }
    assert_eq!(called_wrong, 50);
    assert_eq!(server.app.passwords.checked(), before);
    let path = link.strip_prefix(&server.url()).unwrap();
    assert_eq!(open(path.to_owned(), Method::GET).await, 200);
    assert_eq!(open(path.to_owned(), Method::POST).await, 303);
    // The log tells of the address once.
    let log = company.owner.client.get("/api/v1/audit?outcome=refused&limit=200").await.expect(200);
    assert_eq!(log.text.matches("too_many_tries").count(), 1);
}
