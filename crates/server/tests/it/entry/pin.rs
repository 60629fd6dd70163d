//! Signing in with a phone number and a PIN: setting one, mobile pages, what is said and what is not.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Client, Company, Member, PASSWORD, TestServer};

/// Somebody with a phone number and the PIN 7319 of their own; their record.
async fn with_pin(company: &Company<'_>, phone: &str) -> Member {
    let member = company.hire_into("agent", json!({ "phone": phone })).await;
    let path = format!("/api/v1/users/{}/pin", member.id);
    company.owner.client.post(&path, json!({ "pin": "7319" })).await.expect(201);
    company.own_secrets(member.id).await;
    member
}

async fn sign_in(client: &Client, slug: &str, phone: &str, pin: &str) -> Answer {
    client.post("/api/v1/sessions/pin", json!({ "workspace": slug, "phone": phone, "pin": pin })).await
}

#[tokio::test]
async fn a_pin_is_set_with_the_present_password_and_needs_a_phone_number_of_ones_own() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let (ann, ben) = (company.hire("agent").await, company.hire("agent").await);
    company.give_password(ann.id).await;
    company.give_password(ben.id).await;
    let set = |member: &Member, current: &str, pin: &str| {
        let (client, body) = (member.client.clone(), json!({ "current": current, "pin": pin }));
        async move { client.put("/api/v1/me/pin", body).await }
    };
    assert_eq!(set(&ann, PASSWORD, "7319").await.expect(422).json["field"], "phone");
    let phone = json!({ "phone": "+442079460123" });
    ann.client.patch("/api/v1/me", phone.clone()).await.expect(200);
    ben.client.patch("/api/v1/me", phone.clone()).await.expect(200);
    for easy in ["1234", "0000", "1212", "1984", "12345", "12e4", ""] {
        assert_eq!(set(&ann, PASSWORD, easy).await.expect(422).json["field"], "pin", "{easy}");
    }
    assert_eq!(set(&ann, "a wrong guess", "7319").await.expect(422).json["field"], "current");
    set(&ann, PASSWORD, "7319").await.expect(204);
    // The number of somebody with a PIN is theirs, and stays while they have one.
    assert_eq!(set(&ben, PASSWORD, "4071").await.expect(409).json["field"], "phone");
    ben.client.patch("/api/v1/me", json!({ "phone": "+442079460124" })).await.expect(200);
    set(&ben, PASSWORD, "4071").await.expect(204);
    assert_eq!(ben.client.patch("/api/v1/me", phone).await.expect(409).json["field"], "phone");
    let gone = ann.client.patch("/api/v1/me", json!({ "phone": "" })).await.expect(422);
    assert_eq!(gone.json["field"], "phone");
    assert_eq!(ann.client.get("/api/v1/me").await.expect(200).json["user"]["has_pin"], true);
    // The same address at the same time as the phone number: each is named for what it is.
    let mail = json!({ "email": ann.email });
    let mail = company.owner.client.patch(&format!("/api/v1/users/{}", ben.id), mail).await.expect(409);
    assert_eq!(mail.json["field"], "email");
}

#[tokio::test]
async fn what_is_wrong_is_said_on_the_mobile_page_beside_the_field_it_is_about() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let agent = with_pin(&company, "+442079460123").await;
    let path = format!("/w/{}/mobile", company.slug);
    let send = |body: &'static str| {
        let stranger = server.stranger();
        let request = stranger.request(Method::POST, &path).body(body);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        async move { stranger.send(request).await }
    };
    let page = server.stranger().get(&path).await.expect(200).text;
    assert!(page.contains("inputmode=\"numeric\"") && page.contains("maxlength=\"4\""), "{page}");
    let german = server.stranger().get(&format!("{path}?language=de")).await.expect(200);
    assert!(
        german.text.contains("lang=\"de\"") && german.text.contains("hreflang=\"fr\""),
        "{}",
        german.text
    );
    assert!(german.headers.contains_key("set-cookie"), "the choice is kept");
    assert!(send("phone=%2B442079460199&pin=7319").await.expect(401).text.contains("Nobody signs in here"));
    let wrong = send("phone=%2B442079460123&pin=4071").await.expect(401).text;
    assert!(wrong.contains("The PIN is wrong") && wrong.contains("+442079460123") && !wrong.contains("4071"));
    let short = send("phone=%2B442079460123&pin=40").await.expect(422).text;
    assert!(short.contains("id=\"field-pin-error\""), "{short}");
    let signed_in = send("phone=%2B44+20+7946+0123&pin=7319").await.expect(303);
    assert_eq!(signed_in.headers["location"], format!("/w/{}", company.slug));
    let cookies: Vec<&str> =
        signed_in.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap()).collect();
    assert_eq!(cookies.len(), 2, "{cookies:?}");
    assert!(cookies[1].starts_with("__Host-device=") && cookies[1].contains("HttpOnly"), "{cookies:?}");
    company.owner.client.put(&format!("/api/v1/users/{}/ban", agent.id), json!({})).await.expect(200);
    let banned = send("phone=%2B442079460123&pin=7319").await.expect(401).text;
    assert!(banned.contains("This account is banned"), "{banned}");
}

#[tokio::test]
async fn a_pin_of_another_length_than_the_company_asks_for_signs_nobody_in_and_says_whom_to_ask() {
    let server = TestServer::start().await;
    let company = server.company("onoff").await;
    let user = company.hire_into("user", json!({ "phone": "+442079460123" })).await;
    let owner = &company.owner.client;
    let pin = owner.post(&format!("/api/v1/users/{}/pin", user.id), json!({})).await.expect(201);
    let pin = pin.json["pin"].as_str().unwrap().to_owned();
    let stranger = server.stranger();
    sign_in(&stranger, &company.slug, "+442079460123", &pin).await.expect(201);
    assert_eq!(
        owner.patch("/api/v1/workspace", json!({ "pin_digits": 5 })).await.expect(422).json["field"],
        "pin_digits"
    );
    let settings = owner.patch("/api/v1/workspace", json!({ "pin_digits": 6 })).await.expect(200);
    assert_eq!(settings.json["pin_digits"], 6);
    let refused = sign_in(&stranger, &company.slug, "+442079460123", &pin).await.expect(422);
    assert!(refused.text.contains("ask an administrator"), "{}", refused.text);
    let pin = owner.post(&format!("/api/v1/users/{}/pin", user.id), json!({})).await.expect(201);
    let pin = pin.json["pin"].as_str().unwrap().to_owned();
    assert_eq!(pin.len(), 6);
    sign_in(&stranger, &company.slug, "+442079460123", &pin).await.expect(201);
}

#[tokio::test]
async fn nobody_resets_the_pin_of_somebody_who_holds_more_nor_their_own() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let admin = company.hire("admin").await;
    let phone = json!({ "phone": "+442079460123" });
    company.owner.client.patch("/api/v1/me", phone).await.expect(200);
    let before = server.database.fingerprint().await;
    let path = |id: u32| format!("/api/v1/users/{id}/pin");
    admin.client.post(&path(company.owner.id), json!({})).await.expect(403);
    company.owner.client.post(&path(company.owner.id), json!({})).await.expect(403);
    assert_eq!(server.database.fingerprint().await, before);
}

#[tokio::test]
async fn ones_devices_are_listed_and_forgotten_and_other_sessions_end_together() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let agent = with_pin(&company, "+442079460123").await.again(&server).await;
    let devices = agent.client.get("/api/v1/me/devices").await.expect(200);
    assert_eq!(devices.items().len(), 1, "those from before the reset are forgotten: {}", devices.text);
    let more = sign_in(&server.stranger(), &company.slug, "+442079460123", "7319").await.expect(201);
    let devices = agent.client.get("/api/v1/me/devices").await.expect(200);
    assert_eq!(devices.items().len(), 2);
    let other: Value = devices.items()[0]["id"].clone();
    agent.client.delete(&format!("/api/v1/me/devices/{other}")).await.expect(204);
    agent.client.delete(&format!("/api/v1/me/devices/{other}")).await.expect(404);
    company
        .owner
        .client
        .delete(&format!("/api/v1/me/devices/{}", devices.items()[1]["id"]))
        .await
        .expect(404);
    agent.client.delete("/api/v1/me/sessions").await.expect(204);
    agent.client.get("/api/v1/me").await.expect(200);
    server.stranger().with_token(more.json["token"].as_str().unwrap()).get("/api/v1/me").await.expect(401);
    // After 90 days a device is a stranger's again.
    server.pass(91 * 86_400);
    let agent = agent.again(&server).await;
    assert_eq!(agent.client.get("/api/v1/me/devices").await.expect(200).items().len(), 1);
}

#[tokio::test]
async fn a_session_by_pin_is_not_offered_what_it_may_not_make_and_one_by_password_is_asked_for_nothing() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let phone = "+442079460123";
    company.owner.client.patch("/api/v1/me", json!({ "phone": phone })).await.expect(200);
    company.give_password(company.owner.id).await;
    let mut by_password = company.owner.again(&server).await;
    let pin = json!({ "current": PASSWORD, "pin": "7319" });
    by_password.client.put("/api/v1/me/pin", pin).await.expect(204);
    by_password = by_password.again(&server).await;
    let session = sign_in(&server.stranger(), &company.slug, phone, "7319").await.expect(201);
    let mut by_pin = by_password.clone();
    by_pin.client.token = session.json["token"].as_str().map(str::to_owned);
    let tokens = company.page(&by_password, "/tokens").await.expect(200).text;
    assert!(tokens.contains("id=\"create\"") && !tokens.contains("which makes no API tokens"), "{tokens}");
    let asked = company.page(&by_password, "/elevate").await.expect(200).text;
    assert!(
        asked.contains("No password is needed") && !asked.contains("You signed in with a PIN"),
        "{asked}"
    );
    assert!(!asked.contains("type=\"password\""), "{asked}");
    let asked = company.page(&by_pin, "/elevate").await.expect(200).text;
    assert!(asked.contains("You signed in with a PIN") && asked.contains("type=\"password\""), "{asked}");
    // Not even with the password typed.
    company.form(&by_pin, "/elevate", &[("password", PASSWORD)]).await.expect(303);
    let tokens = company.page(&by_pin, "/tokens").await.expect(200).text;
    assert!(!tokens.contains("id=\"create\"") && tokens.contains("which makes no API tokens"), "{tokens}");
    assert!(tokens.contains("/sign-in?next="), "{tokens}");
    let lifted = company.page(&by_pin, "/elevate").await.expect(200).text;
    assert!(lifted.contains("No password is needed"), "{lifted}");
}
