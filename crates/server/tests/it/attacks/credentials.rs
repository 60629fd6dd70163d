//! Credentials: PINs that are guessed at, sessions that a PIN opened, tokens, passwords that are guessed first, and
//! addresses that many share.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Client, Company, Member, PASSWORD, TestServer};

const PHONE: &str = "+442079460123";
const PIN: &str = "7319";

/// A sign-in from a client address, perhaps on a device that is known.
async fn sign_in(server: &TestServer, path: &str, address: &str, body: Value) -> Answer {
    let stranger = server.stranger();
    let request = stranger.request(Method::POST, path).header("x-forwarded-for", address);
    stranger.send(request.json(&body)).await
}

async fn with_pin(company: &Company<'_>, address: &str, phone: &str, pin: &str) -> Answer {
    let body = json!({ "workspace": company.slug, "phone": phone, "pin": pin });
    sign_in(company.server, "/api/v1/sessions/pin", address, body).await
}

async fn with_password(company: &Company<'_>, address: &str, email: &str, password: &str) -> Answer {
    let body = json!({ "workspace": company.slug, "email": email, "password": password });
    sign_in(company.server, "/api/v1/sessions", address, body).await
}

/// Somebody with a phone number, the PIN and the password.
async fn phone_user(company: &Company<'_>, role: &str, phone: &str) -> Member {
    let member = company.hire_into(role, json!({ "phone": phone })).await;
    let path = format!("/api/v1/users/{}/pin", member.id);
    company.owner.client.post(&path, json!({ "pin": PIN })).await.expect(201);
    company.own_secrets(member.id).await;
    company.give_password(member.id).await;
    member
}

/// A session that a PIN opened.
async fn pin_session(company: &Company<'_>, address: &str) -> Client {
    let session = with_pin(company, address, PHONE, PIN).await.expect(201);
    company.server.stranger().with_token(session.json["token"].as_str().unwrap())
}

/// Ten wrong PINs in a row from strange devices, over as many days as it takes.
async fn ten_wrong(company: &Company<'_>, phone: &str) {
    let mut checked = 0;
    for at in 0..200 {
        let answer = with_pin(company, &format!("198.51.100.{at}"), phone, "4071").await;
        checked += i64::from(answer.status == 401 && answer.code() == "wrong_pin");
        company.server.pass(3_600);
        if checked == 10 {
            return;
        }
    }
    panic!("only {checked} were checked");
}

#[tokio::test]
async fn made_up_phone_numbers_keep_nobody_from_signing_in_with_their_pin() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    phone_user(&company, "agent", PHONE).await;
    let mut told = 0;
    for at in 0..600 {
        let address = format!("192.0.2.{}", at / 8);
        let answer = with_pin(&company, &address, &format!("+4420700{at:05}"), "4071").await;
        told += i64::from(answer.code() == "unknown_number");
    }
    assert!((150..=200).contains(&told), "{told}");
    with_pin(&company, "203.0.113.1", PHONE, PIN).await.expect(201);
    // Nobody is told of numbers any more: one that is known and one that is not answer alike, try for try.
    for at in 0..12 {
        let address = format!("203.0.113.{}", 10 + at);
        let known = with_pin(&company, &address, PHONE, "4071").await;
        let unknown = with_pin(&company, &address, "+442070099999", "4071").await;
        assert_eq!((known.status, &known.text), (unknown.status, &unknown.text), "try {at}");
        let wait = |answer: &Answer| answer.headers.get("retry-after").cloned();
        assert_eq!(wait(&known), wait(&unknown));
        server.pass(20);
    }
}

#[tokio::test]
async fn ten_wrong_pins_in_a_row_close_it_to_new_devices_until_the_password_is_shown() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let agent = phone_user(&company, "agent", PHONE).await;
    let known = with_pin(&company, "192.0.2.1", PHONE, PIN).await.expect(201);
    let device = known.json["device"].clone();
    let on_known = |pin: &str| {
        let body = json!({ "workspace": company.slug, "phone": PHONE, "pin": pin, "device": device });
        sign_in(&server, "/api/v1/sessions/pin", "192.0.2.1", body)
    };
    ten_wrong(&company, PHONE).await;
    server.pass(10 * 86_400);
    // Not even the right one, days later, from anywhere new; the known device goes on, and opens it to nobody else.
    let closed = with_pin(&company, "203.0.113.1", PHONE, PIN).await.expect(401);
    assert_eq!(closed.code(), "pin_closed");
    on_known(PIN).await.expect(201);
    assert_eq!(with_pin(&company, "203.0.113.2", PHONE, PIN).await.expect(401).code(), "pin_closed");
    let mine = agent.client.get("/api/v1/me").await.expect(401);
    assert_eq!(mine.code(), "unauthenticated", "the reset of the PIN had ended it");
    let path = format!("/api/v1/users/{}", agent.id);
    assert_eq!(company.owner.client.get(&path).await.expect(200).json["pin_closed"], true);
    let record = company.page(&company.owner, &format!("/users/{}/record", agent.id)).await.expect(200);
    assert!(record.text.contains("closed on new devices"));
    let again = agent.again(&server).await;
    // Signing in as the test does it counts as the password.
    assert_eq!(again.client.get("/api/v1/me").await.expect(200).json["user"]["pin_closed"], false);
    with_pin(&company, "203.0.113.3", PHONE, PIN).await.expect(201);
    let mails = company.owner.client.get("/api/v1/outbox?limit=200").await.expect(200);
    let told = mails.items().iter().filter(|mail| mail["kind"] == "pin_closed").count();
    assert_eq!(told, 1, "they are told once: {}", mails.text);
    let log = company.owner.client.get("/api/v1/audit?act=pin:close").await.expect(200);
    assert_eq!(log.json["total"], 1, "{}", log.text);
}

#[tokio::test]
async fn a_closed_pin_is_said_on_the_profile_and_a_password_or_a_reset_opens_it() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let agent = phone_user(&company, "agent", PHONE).await.again(&server).await;
    ten_wrong(&company, PHONE).await;
    let profile = company.page(&agent, "/profile").await.expect(200).text;
    assert!(profile.contains("PIN sign-in is closed on new devices until you sign in with your password"));
    with_password(&company, "203.0.113.1", &agent.email, PASSWORD).await.expect(201);
    server.pass(86_400);
    with_pin(&company, "203.0.113.2", PHONE, PIN).await.expect(201);
    ten_wrong(&company, PHONE).await;
    server.pass(86_400);
    assert_eq!(with_pin(&company, "203.0.113.3", PHONE, PIN).await.expect(401).code(), "pin_closed");
    let reset = format!("/api/v1/users/{}/pin", agent.id);
    company.owner.client.post(&reset, json!({ "pin": "8264" })).await.expect(201);
    with_pin(&company, "203.0.113.4", PHONE, "8264").await.expect(201);
}

#[tokio::test]
async fn a_right_pin_from_a_new_device_ends_the_row_of_wrong_ones() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    phone_user(&company, "agent", PHONE).await;
    for day in 0..6 {
        for at in 0..4 {
            let answer = with_pin(&company, &format!("198.51.100.{at}"), PHONE, "4071").await.expect(401);
            assert_eq!(answer.code(), "wrong_pin", "day {day}");
        }
        with_pin(&company, "203.0.113.1", PHONE, PIN).await.expect(201);
        server.pass(2 * 86_400);
    }
}

#[tokio::test]
async fn one_pin_tried_on_many_phones_is_slowed_by_address_and_stopped_for_the_day_by_workspace() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let mut phones = vec![];
    for at in 0..60 {
        let phone = format!("+4420794601{at:02}");
        phone_user(&company, "agent", &phone).await;
        phones.push(phone);
    }
    let known = with_pin(&company, "192.0.2.1", &phones[0], PIN).await.expect(201);
    // All day long from one address: fewer than half of what a hundred would be.
    let mut checked = 0;
    for at in 0..(24 * 60) {
        let phone = &phones[at % phones.len()];
        checked += i32::from(with_pin(&company, "198.51.100.1", phone, "4071").await.status == 401);
        server.pass(60);
    }
    assert!((10..50).contains(&checked), "{checked}");
    server.pass(86_400);
    // From as many addresses as one likes: a hundred a day in the whole workspace.
    let mut checked = 0;
    for at in 0..180 {
        let address = format!("198.51.100.{at}");
        checked += i32::from(with_pin(&company, &address, &phones[1 + at % 59], "4071").await.status == 401);
    }
    assert_eq!(checked, 100);
    let body =
        json!({ "workspace": company.slug, "phone": phones[0], "pin": PIN, "device": known.json["device"] });
    sign_in(&server, "/api/v1/sessions/pin", "192.0.2.1", body).await.expect(201);
}

#[tokio::test]
async fn a_session_that_a_pin_opened_administers_nothing_until_the_password_is_typed() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let admin = phone_user(&company, "admin", PHONE).await;
    let agent = company.hire("agent").await;
    let (role, agent_role) = (company.role("team_lead").await, company.role("agent").await);
    let mobile = pin_session(&company, "192.0.2.1").await;
    let me = mobile.get("/api/v1/me").await.expect(200);
    assert_eq!((&me.json["user"]["id"], &me.json["needs_password"]), (&json!(admin.id), &json!(true)));
    let user = format!("/api/v1/users/{}", agent.id);
    let acts = [
        (Method::PUT, format!("{user}/role"), json!({ "role": role })),
        (Method::POST, format!("{user}/password"), json!({})),
        (Method::PUT, format!("{user}/ban"), json!({})),
        (Method::DELETE, user.clone(), json!({})),
        (Method::POST, "/api/v1/users".into(), json!({ "email": "new@a.example", "name": "New" })),
        (
            Method::POST,
            "/api/v1/users/bulk".into(),
            json!({ "users": [agent.id], "change": { "banned": true } }),
        ),
        (Method::POST, "/api/v1/roles".into(), json!({ "name": "Mine" })),
        (Method::POST, "/api/v1/departments".into(), json!({ "name": "Mine" })),
        (Method::PATCH, "/api/v1/workspace".into(), json!({ "time_zone": "Europe/Paris" })),
        (Method::POST, "/api/v1/numbers".into(), json!({ "digits": "+12025550177" })),
        (Method::POST, "/api/v1/undo/1".into(), json!({})),
    ];
    let before = server.database.fingerprint().await;
    for (method, path, body) in &acts {
        let refused = mobile.send(mobile.request(method.clone(), path).json(body)).await.expect(403);
        assert_eq!(refused.code(), "password_needed", "{method} {path}");
    }
    let absent = mobile.delete("/api/v1/users/99999").await.expect(403);
    assert_eq!(absent.code(), "password_needed", "what is there and what is not answer alike");
    assert_eq!(server.database.fingerprint().await, before);
    // Daily work and what is one's own go on.
    mobile.get("/api/v1/users").await.expect(200);
    mobile.get("/api/v1/calls").await.expect(200);
    mobile.patch("/api/v1/me", json!({ "name": "New Name" })).await.expect(200);
    let elevate = |password: &str| mobile.post("/api/v1/me/elevate", json!({ "password": password }));
    assert_eq!(elevate("a wrong guess").await.expect(422).json["field"], "password");
    let put = |role: u32| mobile.put(&acts[0].1, json!({ "role": role }));
    assert_eq!(put(role).await.expect(403).code(), "password_needed");
    elevate(PASSWORD).await.expect(204);
    put(role).await.expect(200);
    server.pass(899);
    put(agent_role).await.expect(200);
    server.pass(1);
    assert_eq!(put(role).await.expect(403).code(), "password_needed", "it counts for a quarter of an hour");
    let log = company.owner.client.get("/api/v1/audit?outcome=refused&limit=200").await.expect(200);
    assert!(log.text.contains("password_needed"));
    // Signing in with the password opens a session that needs no more.
    let session = with_password(&company, "192.0.2.1", &admin.email, PASSWORD).await.expect(201);
    let full = mobile.with_token(session.json["token"].as_str().unwrap());
    assert_eq!(full.get("/api/v1/me").await.expect(200).json["needs_password"], false);
    full.put(&acts[0].1, json!({ "role": role })).await.expect(200);
}

#[tokio::test]
async fn an_owner_who_came_with_a_pin_buys_and_hands_over_nothing_without_the_password() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let owner = &company.owner.client;
    owner.patch("/api/v1/me", json!({ "phone": PHONE })).await.expect(200);
    owner.put("/api/v1/me/pin", json!({ "current": PASSWORD, "pin": PIN })).await.expect(204);
    let mobile = pin_session(&company, "192.0.2.1").await;
    let heir = company.hire("admin").await;
    let acts = [
        (Method::PUT, "plan", json!({ "seats": 50 })),
        (Method::PUT, "licences", json!({ "licences": 50 })),
        (Method::POST, "transfer", json!({ "to": heir.id, "password": PASSWORD })),
    ];
    let before = server.database.fingerprint().await;
    for (method, below, body) in &acts {
        let path = format!("/api/v1/workspace/{below}");
        let refused = mobile.send(mobile.request(method.clone(), &path).json(body)).await.expect(403);
        assert_eq!(refused.code(), "password_needed", "{path}");
    }
    assert_eq!(server.database.fingerprint().await, before);
    mobile.post("/api/v1/me/elevate", json!({ "password": PASSWORD })).await.expect(204);
    mobile.put("/api/v1/workspace/plan", json!({ "seats": 50 })).await.expect(200);
}

#[tokio::test]
async fn a_session_that_a_pin_opened_makes_no_token_and_whoever_lacks_a_permission_is_told_that() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    phone_user(&company, "admin", PHONE).await;
    let mobile = pin_session(&company, "192.0.2.1").await;
    let mint = || mobile.post("/api/v1/tokens", json!({ "name": "mine", "password": PASSWORD }));
    mint().await.expect(403);
    mobile.post("/api/v1/me/elevate", json!({ "password": PASSWORD })).await.expect(204);
    assert!(mint().await.expect(403).text.contains("Sign in with your password"));
    assert_eq!(server.database.number("SELECT count(*) FROM api_tokens").await, 0);
    phone_user(&company, "agent", "+442079460199").await;
    let session = with_pin(&company, "192.0.2.1", "+442079460199", PIN).await.expect(201);
    let agent = mobile.with_token(session.json["token"].as_str().unwrap());
    let refused = agent.post("/api/v1/roles", json!({ "name": "Mine" })).await.expect(403);
    assert_eq!(refused.json["permission"], "role:write");
}

#[tokio::test]
async fn the_console_asks_a_pin_session_for_the_password_once_and_leads_back() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let mut mobile = phone_user(&company, "admin", PHONE).await;
    mobile.client = pin_session(&company, "192.0.2.1").await;
    let asked = company.form(&mobile, "/departments", &[("name", "Sales")]).await.expect(403);
    assert!(asked.text.contains("/elevate\"") && asked.text.contains("name=\"password\""), "{}", asked.text);
    assert!(company.page(&mobile, "/profile").await.expect(200).text.contains("You signed in with a PIN"));
    company.page(&mobile, "/elevate").await.expect(200);
    let next = format!("/w/{}/departments", company.slug);
    let elevate = |password: &'static str, next: String| {
        let (company, mobile) = (&company, &mobile);
        async move { company.form(mobile, "/elevate", &[("password", password), ("next", &next)]).await }
    };
    elevate("a wrong guess", next.clone()).await.expect(422);
    let elsewhere = elevate(PASSWORD, "//evil.example/".into()).await.expect(303);
    assert_eq!(elsewhere.headers["location"], format!("/w/{}?done=lifted", company.slug));
    assert_eq!(
        elevate(PASSWORD, next.clone()).await.expect(303).headers["location"],
        format!("{next}?done=lifted")
    );
    company.form(&mobile, "/departments", &[("name", "Sales")]).await.expect(303);
    assert!(!company.page(&mobile, "/profile").await.expect(200).text.contains("You signed in with a PIN"));
}

#[tokio::test]
async fn a_token_is_made_with_the_password_and_not_without() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let owner = &company.owner;
    let before = server.database.fingerprint().await;
    for password in [json!(null), json!(""), json!("a wrong guess")] {
        let new = json!({ "name": "left open", "password": password });
        assert_eq!(owner.client.post("/api/v1/tokens", new).await.expect(422).json["field"], "password");
    }
    company.form(owner, "/tokens", &[("name", "left open"), ("sure", "1")]).await.expect(422);
    assert_eq!(server.database.fingerprint().await, before);
    let page = company.page(owner, "/tokens").await.expect(200).text;
    assert!(page.contains("name=\"password\""));
    company.form(owner, "/tokens", &[("name", "asked"), ("password", PASSWORD)]).await.expect(200);
    // A token makes another one where it knows the password, and guesses at it as a stranger does.
    let (_, program) = company.token(owner, json!({ "name": "program" })).await;
    program.post("/api/v1/tokens", json!({ "name": "child" })).await.expect(422);
    program.post("/api/v1/tokens", json!({ "name": "child", "password": PASSWORD })).await.expect(201);
    let mut last = 422;
    for _ in 0..10 {
        let guess = json!({ "name": "child", "password": "a wrong guess" });
        last = program.post("/api/v1/tokens", guess).await.status;
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn whoever_changes_their_password_sees_their_tokens_and_can_revoke_them_with_it() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let admin = company.hire("admin").await;
    let (made, first) = company.token(&admin, json!({ "name": "nightly export" })).await;
    let (_, second) = company.token(&admin, json!({ "name": "wallboard" })).await;
    let (others, other) = company.token(&company.owner, json!({ "name": "of the owner" })).await;
    let profile = company.page(&admin, "/profile").await.expect(200).text;
    for text in ["nightly export", "wallboard", "your 2 API tokens go on working", "name=\"revoke_tokens\""] {
        assert!(profile.contains(text), "{text}");
    }
    assert!(!profile.contains("of the owner"));
    let own = admin.client.get("/api/v1/me/tokens").await.expect(200);
    assert_eq!(own.json["total"], 2, "{}", own.text);
    admin.client.delete(&format!("/api/v1/me/tokens/{}", others.json["token"]["id"])).await.expect(404);
    other.get("/api/v1/me").await.expect(200);
    admin.client.delete(&format!("/api/v1/me/tokens/{}", made.json["token"]["id"])).await.expect(204);
    first.get("/api/v1/me").await.expect(401);
    let change = |new: &str, current: &str, revoke: bool| {
        let body = json!({ "current": current, "new": new, "revoke_tokens": revoke });
        admin.client.put("/api/v1/me/password", body)
    };
    change("seven lamps in the harbour", PASSWORD, false).await.expect(204);
    second.get("/api/v1/me").await.expect(200);
    change("eleven kites above the pier", "seven lamps in the harbour", true).await.expect(204);
    second.get("/api/v1/me").await.expect(401);
    // Ending one's other sessions offers the same.
    let (_, third) = company.token(&admin, json!({ "name": "third" })).await;
    admin.client.delete("/api/v1/me/sessions").await.expect(204);
    third.get("/api/v1/me").await.expect(200);
    admin.client.delete("/api/v1/me/sessions?revoke_tokens=true").await.expect(204);
    third.get("/api/v1/me").await.expect(401);
    let (_, fourth) = company.token(&admin, json!({ "name": "fourth" })).await;
    company.form(&admin, "/profile/sessions/end", &[("revoke_tokens", "yes")]).await.expect(303);
    fourth.get("/api/v1/me").await.expect(401);
}

#[tokio::test]
async fn passwords_that_are_guessed_first_are_refused_wherever_one_is_chosen() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (owner, agent) = (&company.owner, company.hire("agent").await);
    company.give_password(agent.id).await;
    let invited = json!({ "email": "guest@lighthouse.example", "name": "Guest Person", "invite": true });
    let invited = owner.client.post("/api/v1/users", invited).await.expect(201);
    let link =
        invited.json["invitation"]["link"].as_str().unwrap().strip_prefix(&server.url()).unwrap().to_owned();
    let accept = |password: &str| {
        let stranger = server.stranger();
        let request = stranger.request(Method::POST, &link).form(&[("password", password)]);
        async move { stranger.send(request).await }
    };
    for easy in ["1234567890", "aaaaaaaaaa", "          ", "qwertyuiop", "password1234", "lighthouse1"] {
        let new = json!({ "email": "somebody@lighthouse.example", "name": "Somebody", "password": easy });
        let refused = owner.client.post("/api/v1/users", new).await.expect(422);
        assert_eq!(refused.json["field"], "password", "{easy}");
        assert!(refused.text.contains("words that do not belong together"), "{}", refused.text);
        accept(easy).await.expect(422);
        let form = [("email", "somebody@lighthouse.example"), ("name", "Somebody"), ("password", easy)];
        company.form(owner, "/users", &form).await.expect(422);
    }
    let change =
        |new: String| agent.client.put("/api/v1/me/password", json!({ "current": PASSWORD, "new": new }));
    for easy in ["1234567890".to_owned(), company.slug.clone(), agent.email.clone()] {
        assert_eq!(change(easy.clone()).await.expect(422).json["field"], "new", "{easy}");
    }
    change("seven lamps in the harbour".to_owned()).await.expect(204);
    accept("seven lamps in the harbour").await.expect(303);
}

#[tokio::test]
async fn a_pin_is_not_the_end_of_the_phone_number() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let agent = phone_user(&company, "agent", "+442079468264").await.again(&server).await;
    let own = agent.client.put("/api/v1/me/pin", json!({ "current": PASSWORD, "pin": "8264" })).await;
    assert_eq!(own.expect(422).json["field"], "pin");
    let path = format!("/api/v1/users/{}/pin", agent.id);
    let reset = company.owner.client.post(&path, json!({ "pin": "8264" })).await;
    assert_eq!(reset.expect(422).json["field"], "pin");
    let new =
        json!({ "email": "new@calliyo.example", "name": "New", "phone": "+442079463952", "pin": "3952" });
    assert_eq!(company.owner.client.post("/api/v1/users", new).await.expect(422).json["field"], "pin");
}

#[tokio::test]
async fn guesses_from_an_office_at_one_account_keep_its_other_people_from_nothing() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let office = "192.0.2.1";
    let (ann, ben) = (company.hire("agent").await, company.hire("agent").await);
    company.give_password(ann.id).await;
    company.give_password(ben.id).await;
    for _ in 0..60 {
        with_password(&company, office, &company.owner.email, "a guess").await;
    }
    with_password(&company, office, &ann.email, PASSWORD).await.expect(201);
    // Whatever somebody there makes up, the others wait for minutes and not for the day.
    for at in 0..300 {
        with_password(&company, office, &format!("nobody-{at}@nowhere.example"), "a guess").await;
        server.pass(10);
    }
    let told = with_password(&company, office, &ben.email, PASSWORD).await;
    if told.status == 429 {
        let wait: i64 = told.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!(wait <= 900, "{wait} s");
        server.pass(wait);
        with_password(&company, office, &ben.email, PASSWORD).await.expect(201);
    }
}

#[tokio::test]
async fn a_session_that_a_pin_opened_reads_no_links_in_the_outbox() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    phone_user(&company, "company_admin", PHONE).await;
    let mobile = pin_session(&company, "192.0.2.1").await;
    assert_eq!(mobile.get("/api/v1/outbox").await.expect(403).code(), "password_needed");
    mobile.post("/api/v1/me/elevate", json!({ "password": PASSWORD })).await.expect(204);
    mobile.get("/api/v1/outbox").await.expect(200);
}

#[tokio::test]
async fn a_reset_opens_the_door_that_a_strangers_guesses_closed() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    company.give_password(agent.id).await;
    for at in 0..40 {
        with_password(&company, &format!("198.51.100.{at}"), &agent.email, "a stranger's guess").await;
    }
    with_password(&company, "203.0.113.1", &agent.email, PASSWORD).await.expect(429);
    let reset = format!("/api/v1/users/{}/password", agent.id);
    let given = company.owner.client.post(&reset, json!({})).await.expect(201).json;
    let given = given["password"].as_str().unwrap();
    with_password(&company, "203.0.113.1", &agent.email, given).await.expect(201);
}

#[tokio::test]
async fn a_name_makes_no_password_harder() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let new = |password: &str| json!({ "email": "olive@garden.example", "name": "Olive Garden", "password": password });
    for easy in ["Olive2026!!", "olive-garden-1", "garden.example1"] {
        let refused = company.owner.client.post("/api/v1/users", new(easy)).await.expect(422);
        assert_eq!(refused.json["field"], "password", "{easy}");
    }
    company.owner.client.post("/api/v1/users", new("lantern goose olive trombone")).await.expect(201);
}
