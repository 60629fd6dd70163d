//! Signing in, sessions and cookies: how one comes to be somebody, and how one stops.

use reqwest::Method;
use serde_json::json;
use testkit::{Answer, Client, Company, PASSWORD, TestServer};

/// A company with somebody who has a password of their own; their email address.
async fn with_password(server: &TestServer) -> (Company<'_>, String, u64) {
    let company = server.company("calilio").await;
    let email = format!("person@{}.example", company.slug);
    let new = json!({ "email": email, "name": "Person", "password": "correct horse battery" });
    let added = company.owner.client.post("/api/v1/users", new).await.expect(201);
    let id = added.json["user"]["id"].as_u64().unwrap();
    company.own_secrets(u32::try_from(id).unwrap()).await;
    (company, email, id)
}

async fn sign_in(client: &Client, slug: &str, email: &str, password: &str) -> Answer {
    let body = json!({ "workspace": slug, "email": email, "password": password });
    client.post("/api/v1/sessions", body).await
}

/// A form of the console, sent with more headers.
async fn form(server: &TestServer, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
    let client = server.stranger();
    let mut request = client.request(Method::POST, path).body(body.to_owned());
    request = request.header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client.send(request).await
}

#[tokio::test]
async fn guessing_gets_slow_and_stops_below_100_checks_a_day() {
    let server = TestServer::start().await;
    let (company, email, _) = with_password(&server).await;
    let stranger = server.stranger();
    let mut checked = 0;
    for _ in 0..400 {
        let answer = sign_in(&stranger, &company.slug, &email, "a wrong guess").await;
        match answer.status {
            401 => checked += 1,
            429 => {
                let wait: i64 = answer.headers["retry-after"].to_str().unwrap().parse().unwrap();
                assert!(wait > 0);
                if wait > 7200 {
                    break;
                }
                server.pass(wait);
            }
            status => panic!("{status}: {}", answer.text),
        }
    }
    assert!((5..100).contains(&checked), "{checked} guesses were checked");
    // Not even the right password is checked while guessing is stopped, and another account is not held up.
    sign_in(&stranger, &company.slug, &email, "correct horse battery").await.expect(429);
    sign_in(&stranger, &company.slug, "somebody@else.example", "a wrong guess").await.expect(401);
    server.pass(86_400);
    sign_in(&stranger, &company.slug, &email, "correct horse battery").await.expect(201);
}

#[tokio::test]
async fn wrong_address_wrong_password_and_no_password_answer_alike() {
    let server = TestServer::start().await;
    let (company, email, _) = with_password(&server).await;
    let stranger = server.stranger();
    let wrong = sign_in(&stranger, &company.slug, &email, "a wrong guess").await.expect(401);
    let unknown =
        sign_in(&stranger, &company.slug, "nobody@nowhere.example", "a wrong guess").await.expect(401);
    let unset = sign_in(&stranger, &company.slug, &company.owner.email, "a wrong guess").await.expect(401);
    let elsewhere = sign_in(&stranger, "no-such-company", &email, "a wrong guess").await.expect(401);
    for other in [unknown, unset, elsewhere] {
        assert_eq!(wrong.text, other.text);
    }
}

#[tokio::test]
async fn a_session_ends_with_ban_reset_deletion_sign_out_and_time() {
    let server = TestServer::start().await;
    let (company, email, id) = with_password(&server).await;
    let stranger = server.stranger();
    let owner = &company.owner.client;
    let session = |answer: Answer| stranger.with_token(answer.expect(201).json["token"].as_str().unwrap());
    let mine = session(sign_in(&stranger, &company.slug, &email, "correct horse battery").await);
    mine.get("/api/v1/me").await.expect(200);
    mine.delete("/api/v1/sessions/current").await.expect(204);
    mine.get("/api/v1/me").await.expect(401);

    let mine = session(sign_in(&stranger, &company.slug, &email, "correct horse battery").await);
    let reset = owner.post(&format!("/api/v1/users/{id}/password"), json!({})).await.expect(201);
    mine.get("/api/v1/me").await.expect(401);
    sign_in(&stranger, &company.slug, &email, "correct horse battery").await.expect(401);
    let password = reset.json["password"].as_str().unwrap().to_owned();
    company.own_secrets(u32::try_from(id).unwrap()).await;

    let mine = session(sign_in(&stranger, &company.slug, &email, &password).await);
    server.pass(31 * 86_400);
    mine.get("/api/v1/me").await.expect(401);

    let owner = company.owner.again(&server).await.client;
    let mine = session(sign_in(&stranger, &company.slug, &email, &password).await);
    owner.delete(&format!("/api/v1/users/{id}")).await.expect(204);
    mine.get("/api/v1/me").await.expect(401);
    sign_in(&stranger, &company.slug, &email, &password).await.expect(401);
}

#[tokio::test]
async fn cookies_are_host_only_secure_and_out_of_reach_of_scripts() {
    let server = TestServer::start().await;
    let (company, email, _) = with_password(&server).await;
    let path = format!("/w/{}/sign-in", company.slug);
    let body = format!("email={email}&password=correct+horse+battery");
    let answer = form(&server, &path, &body, &[]).await.expect(303);
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-ringfence-"), "{cookie}");
    for part in ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    // 256 random bits, and not kept anywhere as they are.
    let token = cookie.split(['=', ';']).nth(1).unwrap();
    assert_eq!(token.len(), "rfs_".len() + 64);
    assert!(!server.database.fingerprint().await.concat().contains(token));
}

#[tokio::test]
async fn a_form_of_another_site_changes_nothing() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let token = company.owner.client.token.clone().unwrap();
    let cookie = format!("__Host-ringfence-{}={token}", company.slug);
    let csrf = web::cookie::csrf(&token);
    let path = format!("/w/{}/departments", company.slug);
    let good = format!("name=Sales&csrf={csrf}");
    let before = server.database.fingerprint().await;
    for (body, headers) in [
        ("name=Sales", vec![("cookie", cookie.as_str())]),
        ("name=Sales&csrf=guess", vec![("cookie", &cookie)]),
        (&good, vec![("cookie", &cookie), ("sec-fetch-site", "cross-site")]),
        (&good, vec![("cookie", &cookie), ("sec-fetch-site", "same-site")]),
        (&good, vec![("cookie", &cookie), ("origin", "https://evil.example")]),
    ] {
        let refused = form(&server, &path, body, &headers).await;
        assert_eq!(refused.status, 403, "{body} {headers:?}");
    }
    assert_eq!(server.database.fingerprint().await, before);
    form(&server, &path, &good, &[("cookie", &cookie), ("sec-fetch-site", "same-origin")]).await.expect(303);
    // A cookie is no bearer token, and a bearer token opens no page.
    let stranger = server.stranger();
    let request = stranger.request(Method::GET, "/api/v1/me").header("cookie", &cookie);
    stranger.send(request).await.expect(401);
    company.owner.client.get(&format!("/w/{}", company.slug)).await.expect(303);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    for path in ["/", "/healthz", "/api/v1/users", "/nothing", &format!("/w/{}/sign-in", company.slug)] {
        let answer = server.stranger().get(path).await;
        let header = |name: &str| answer.headers.get(name).map_or("", |v| v.to_str().unwrap()).to_owned();
        let policy = header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert!(header("strict-transport-security").contains("max-age=31536000"), "{path}");
        assert_eq!(header("referrer-policy"), "same-origin", "{path}");
    }
}

#[tokio::test]
async fn the_way_back_after_signing_in_leads_nowhere_else() {
    let server = TestServer::start().await;
    let (company, email, _) = with_password(&server).await;
    let slug = &company.slug;
    let path = format!("/w/{slug}/sign-in");
    let home = format!("/w/{slug}");
    for (next, leads_to) in [
        (format!("/w/{slug}/calls"), format!("/w/{slug}/calls")),
        ("https://evil.example/".into(), home.clone()),
        ("//evil.example/".into(), home.clone()),
        (format!("/w/{slug}@evil.example"), home.clone()),
        (format!("/w/{slug}\\..\\..\\evil"), home.clone()),
        ("/w/other/calls".into(), home.clone()),
    ] {
        let fields = [("email", email.as_str()), ("password", "correct horse battery"), ("next", &next)];
        let body = serde_urlencoded::to_string(fields).unwrap();
        let answer = form(&server, &path, &body, &[]).await.expect(303);
        assert_eq!(answer.headers["location"].to_str().unwrap(), leads_to, "{next}");
    }
}

#[tokio::test]
async fn whoever_is_signed_in_signs_in_as_somebody_else_from_the_page_for_that() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let admin = company.hire("admin").await;
    company.give_password(admin.id).await;
    let page = company.page(&company.owner, "/sign-in").await.expect(200).text;
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let token = company.owner.client.token.clone().unwrap();
    let stranger = server.stranger();
    let form = [("email", admin.email.as_str()), ("password", PASSWORD), ("csrf", csrf)];
    let request = stranger
        .request(reqwest::Method::POST, &format!("/w/{}/sign-in", company.slug))
        .header("cookie", format!("__Host-ringfence-{}={token}", company.slug));
    let entered = stranger.send(request.form(&form)).await.expect(303);
    assert!(entered.headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn a_slash_after_an_address_leads_to_the_page() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    for (asked, there) in [("", ""), ("/users", "/users"), ("/users/?q=a", "/users?q=a")] {
        let (path, query) =
            asked.split_once('?').map_or((asked, String::new()), |(p, q)| (p, format!("?{q}")));
        let asked = format!("/w/{}{}/{query}", company.slug, path.trim_end_matches('/'));
        let led = server.stranger().get(&asked).await.expect(308);
        assert_eq!(led.headers["location"], format!("/w/{}{there}", company.slug), "{asked}");
    }
    for odd in ["/w//evil.example/", "/w//", "//evil.example/", "/api/v1/users/"] {
        server.stranger().get(odd).await.expect(404);
    }
}
