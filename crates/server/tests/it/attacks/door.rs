//! At the door: floods of wrong secrets, connections, requests and refusals, and what requests say of themselves.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Connection as _;
use testkit::{Answer, Company, Member, PASSWORD, TestServer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use web::crowd::Room;
use web::proxies::Proxies;
use web::rates::Rates;

/// Shows many wrong tokens, sessions and links from this machine.
async fn show_wrong_secrets(server: &TestServer, slug: &str) {
    let stranger = server.stranger();
    for at in 0..40 {
        for kind in ["rft", "rfs"] {
            let wrong = stranger.with_token(&format!("{kind}_{at:064x}"));
            assert!(matches!(wrong.get("/api/v1/me").await.status, 401 | 429));
        }
        let link = stranger.get(&format!("/w/{slug}/welcome/rfi_{at:064x}")).await;
        assert!(matches!(link.status, 404 | 429));
    }
    stranger.with_token(&format!("rft_{:064x}", 99)).get("/api/v1/me").await.expect(429);
}

async fn secrets_pass(server: &TestServer, company: &Company<'_>, token: &str, link: &str) {
    let stranger = server.stranger();
    stranger.with_token(token).get("/api/v1/me").await.expect(200);
    let session = company.owner.client.token.clone().unwrap();
    stranger.with_token(&session).get("/api/v1/me").await.expect(200);
    let cookie = format!("__Host-ringfence-{}={session}", company.slug);
    let page = stranger.request(Method::GET, &format!("/w/{}/users", company.slug)).header("cookie", cookie);
    stranger.send(page).await.expect(200);
    stranger.get(link).await.expect(200);
}

#[tokio::test]
async fn a_good_token_session_and_link_pass_whatever_was_tried_from_their_address() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let owner = &company.owner.client;
    let (made, _) = company.token(&company.owner, json!({ "name": "nightly" })).await;
    let token = made.json["secret"].as_str().unwrap();
    let guest = json!({ "email": "guest@standard.example", "name": "Guest", "invite": true });
    let added = owner.post("/api/v1/users", guest).await.expect(201);
    let link = added.json["invitation"]["link"].as_str().unwrap().strip_prefix(&server.url()).unwrap();
    show_wrong_secrets(&server, &company.slug).await;
    secrets_pass(&server, &company, token, link).await;
    // A server that has just started has seen none of them before.
    let again = TestServer::on(server.database.clone()).await;
    show_wrong_secrets(&again, &company.slug).await;
    secrets_pass(&again, &company, token, link).await;
}

/// Signs in with a password from where a proxy says that the client is.
async fn sign_in(company: &Company<'_>, email: &str, password: &str, forwarded: (&str, &str)) -> Answer {
    let stranger = company.server.stranger();
    let body = json!({ "workspace": company.slug, "email": email, "password": password });
    let request = stranger.request(Method::POST, "/api/v1/sessions").header(forwarded.0, forwarded.1);
    stranger.send(request.json(&body)).await
}

#[tokio::test]
async fn clients_whose_proxy_writes_ports_and_brackets_are_told_apart() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    company.give_password(company.owner.id).await;
    for at in 0..101 {
        let forwarded = match at % 3 {
            0 => ("x-forwarded-for", format!("203.0.113.{at}:51234")),
            1 => ("x-forwarded-for", format!("[2001:db8:{at:x}::1]:443")),
            _ => ("forwarded", format!("for=\"[2001:db8:{at:x}::1]\";proto=https")),
        };
        let email = format!("nobody-{at}@standard.example");
        sign_in(&company, &email, "a guess", (forwarded.0, &forwarded.1)).await.expect(401);
    }
    let right =
        sign_in(&company, &company.owner.email, PASSWORD, ("x-forwarded-for", "198.51.100.1:1")).await;
    right.expect(201);
}

#[tokio::test]
async fn what_a_client_says_of_its_own_address_counts_only_from_a_trusted_proxy() {
    let server = TestServer::start_with(|config| config.trusted_proxies = Proxies::default()).await;
    let company = server.company("standard").await;
    let mut refused = 0;
    for at in 0..105 {
        let (email, address) = (format!("nobody-{at}@standard.example"), format!("203.0.113.{at}"));
        let answer = sign_in(&company, &email, "a guess", ("x-forwarded-for", &address)).await;
        refused += usize::from(answer.status == 429);
    }
    assert_eq!(refused, 55, "all of them are one client");
}

/// Sends the beginning of a request on a connection of its own.
async fn begin(server: &TestServer, head: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// What a server answers to bytes, up to the end of the connection.
async fn answer_to(server: &TestServer, bytes: &str) -> String {
    let mut stream = begin(server, bytes).await;
    let mut answer = vec![];
    let read = stream.read_to_end(&mut answer);
    timeout(Duration::from_secs(10), read).await.expect("an answer").unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(path: &str, host: &str) -> String {
    format!("GET {path} HTTP/1.1\r\n{host}Connection: close\r\n\r\n")
}

#[tokio::test]
async fn half_sent_heads_and_bodies_close_the_server_to_nobody() {
    let rooms = [Room { most: 20, per_address: 10 }, Room { most: 10, per_address: 20 }];
    let halves = [
        "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        "POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
    ];
    for (room, half) in rooms.into_iter().flat_map(|room| halves.map(|half| (room, half))) {
        let server = TestServer::start_with_room(room).await;
        let company = server.company("standard").await;
        let mut held = vec![];
        for _ in 0..100 {
            held.push(begin(&server, half).await);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        for path in ["/healthz".to_owned(), format!("/w/{}/sign-in", company.slug)] {
            let answer = answer_to(&server, &get(&path, "Host: x\r\n")).await;
            assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        }
        drop(held);
    }
}

#[tokio::test]
async fn where_every_connection_is_busy_the_server_still_says_that_it_works() {
    let server = TestServer::start_with_room(Room { most: 4, per_address: 4 }).await;
    let company = server.company("standard").await;
    // Streams that are open say something now and then.
    let mut busy = vec![];
    for _ in 0..4 {
        busy.push(stream_of(&company, &company.owner).await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // Whoever asks halfway even then keeps nobody else from asking.
    let mut held = vec![];
    for _ in 0..40 {
        held.push(begin(&server, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ").await);
    }
    let health = answer_to(&server, &get("/healthz", "Host: x\r\n")).await;
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
    let page = format!("/w/{}/sign-in", company.slug);
    let full = answer_to(&server, &get(&page, "Host: x\r\n")).await;
    assert!(full.starts_with("HTTP/1.1 503") && full.contains("retry-after: 10"), "{full}");
    drop(busy);
    for _ in 0..100 {
        if answer_to(&server, &get(&page, "Host: x\r\n")).await.starts_with("HTTP/1.1 200") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no place came free after the busy ones had gone");
}

async fn stream_of(company: &Company<'_>, member: &Member) -> reqwest::Response {
    let cookie = format!("__Host-ringfence-{}={}", company.slug, member.client.token.clone().unwrap());
    let stranger = company.server.stranger();
    let request =
        stranger.request(Method::GET, &format!("/w/{}/live", company.slug)).header("cookie", cookie);
    request.send().await.unwrap()
}

#[tokio::test]
async fn one_user_has_so_many_streams_open_and_the_oldest_ends_for_a_new_one() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let other = company.hire("admin").await;
    let others = stream_of(&company, &other).await;
    let first = stream_of(&company, &company.owner).await;
    assert_eq!(first.status(), 200);
    let mut newer = vec![];
    for _ in 0..8 {
        newer.push(stream_of(&company, &company.owner).await);
    }
    assert!(newer.iter().all(|stream| stream.status() == 200));
    let told = timeout(Duration::from_secs(5), first.text()).await.expect("the first stream ends").unwrap();
    assert!(told.ends_with("event: rest\ndata: rest\n\n"), "{told}");
    for mut stream in newer.into_iter().chain([others]) {
        // Nothing but its greeting comes: it goes on.
        let mut said = String::new();
        while let Ok(part) = timeout(Duration::from_millis(100), stream.chunk()).await {
            said.push_str(&String::from_utf8_lossy(&part.unwrap().expect("the stream goes on")));
        }
        assert!(!said.contains("rest"), "{said}");
    }
}

#[tokio::test]
async fn all_06_a_flood_of_refusals_leaves_its_number_in_the_log() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    for _ in 0..50 {
        agent.client.get("/api/v1/tokens").await.expect(403);
    }
    let long = format!("/api/v1/users/{}", "9".repeat(6_000));
    agent.client.get(&long).await.expect(404);
    let path = format!("/api/v1/audit?outcome=refused&actor={}&limit=200", agent.id);
    let log = || async { company.owner.client.get(&path).await.expect(200).items().to_vec() };
    let entries = log().await;
    assert_eq!(entries.len(), 20, "{entries:?}");
    assert_eq!(entries[0]["detail"]["further"], "counted");
    server.pass(61);
    agent.client.get(&long).await.expect(404);
    let entries = log().await;
    let counted: Vec<u64> = entries.iter().filter_map(|entry| entry["detail"]["more"].as_u64()).collect();
    assert_eq!((entries.len(), counted), (22, vec![31]), "{entries:?}");
    let request = entries[0]["detail"]["request"].as_str().unwrap();
    assert!(request.starts_with("GET /api/v1/users/999") && request.len() < 250, "{request}");
    let page = company.page(&company.owner, "/audit").await.expect(200);
    assert!(
        page.text.contains("was refused <strong>31</strong> times more")
            || page.text.contains("was refused 31 times more")
    );
    // Others are written down as ever, and so is what was refused in a minute after which nothing more is.
    let other = company.hire("agent").await;
    for _ in 0..25 {
        other.client.get("/api/v1/tokens").await.expect(403);
    }
    server.pass(61);
    let path = format!("/api/v1/audit?outcome=refused&actor={}&limit=200", other.id);
    for _ in 0..100 {
        let log = company.owner.client.get(&path).await.expect(200);
        if log.json["total"] == 21 {
            assert_eq!(log.items()[0]["detail"]["more"], 5);
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("the number of refusals was not written down when the minute was over");
}

#[tokio::test]
async fn too_many_requests_are_refused_by_token_and_take_nothing_from_others() {
    let server = TestServer::start_with_rates(Rates::of(|_| Some((1, 20)))).await;
    let company = server.company("standard").await;
    let owner = &company.owner.client;
    let (_, robot) = company.token(&company.owner, json!({ "name": "robot" })).await;
    let flood = async |client: &testkit::Client, path: &str| {
        let mut last = client.get(path).await;
        for _ in 0..200 {
            if last.status == 429 {
                break;
            }
            last = client.get(path).await;
        }
        last.expect(429)
    };
    let refused = flood(&robot, "/api/v1/users").await;
    assert_eq!(refused.code(), "too_many_tries");
    assert!(refused.headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 0);
    // Another class of the same token, and another token of the same user from the same address, have their own.
    robot.get("/api/v1/users/export").await.expect(200);
    owner.get("/api/v1/users").await.expect(200);
    // Nor do strangers take anything from them.
    let page = format!("/w/{}/sign-in", company.slug);
    flood(&server.stranger(), &page).await;
    server.stranger().get("/api/v1/users").await.expect(429);
    server.stranger().get("/healthz").await.expect(200);
    owner.get("/api/v1/users").await.expect(200);
}

#[tokio::test]
async fn a_person_is_one_caller_however_many_sessions_they_open() {
    let server = TestServer::start_with_rates(Rates::of(|_| Some((1, 20)))).await;
    let company = server.company("standard").await;
    let mut answered = 0;
    for _ in 0..10 {
        let again = company.owner.again(&server).await.client;
        for _ in 0..20 {
            answered += i32::from(again.get("/api/v1/users").await.status == 200);
        }
    }
    assert!((20..100).contains(&answered), "{answered} of 200");
}

#[tokio::test]
async fn nobody_meets_the_limits_who_does_what_people_do() {
    let server = TestServer::start_with_rates(Rates::new()).await;
    let company = server.company("standard").await;
    for _ in 0..300 {
        company.page(&company.owner, "/users").await.expect(200);
    }
    let asked = json!({ "subject": { "type": "user", "id": company.owner.id.to_string() },
        "action": { "name": "read" }, "resource": { "type": "user", "id": company.owner.id.to_string() } });
    let path = format!("/w/{}/access/v1/evaluation", company.slug);
    for _ in 0..300 {
        company.owner.client.post(&path, asked.clone()).await.expect(200);
    }
}

#[tokio::test]
async fn a_request_names_its_host_once_and_nothing_else_as_one() {
    let server = TestServer::start().await;
    for wrong in [
        "",
        "Host: a\r\nHost: b\r\n",
        "Host: \"><script>\r\n",
        "Host: a/b\r\n",
        "Host: me@a\r\n",
        "Host: \r\n",
    ] {
        let answer = answer_to(&server, &get("/healthz", wrong)).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{wrong:?}: {answer}");
    }
    for right in ["Host: a\r\n", "Host: a.example:8080\r\n", "Host: [::1]:80\r\n", "Host: 127.0.0.1\r\n"] {
        let answer = answer_to(&server, &get("/healthz", right)).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{right:?}: {answer}");
    }
}

#[tokio::test]
async fn where_the_decision_point_is_comes_from_the_server_and_never_from_the_request() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let path = format!("/.well-known/authzen-configuration/w/{}", company.slug);
    let stranger = server.stranger();
    let request = stranger.request(Method::GET, &path).header("host", "evil.example");
    let found = stranger.send(request).await.expect(200);
    assert_eq!(found.json["policy_decision_point"], format!("{}/w/{}", server.url(), company.slug));
    assert!(!found.text.contains("evil"));
    let public =
        TestServer::start_with(|config| config.public_url = Some("https://phone.example".into())).await;
    let company = public.company("standard").await;
    let path = format!("/.well-known/authzen-configuration/w/{}", company.slug);
    let found = public.stranger().get(&path).await.expect(200);
    assert_eq!(found.json["policy_decision_point"], format!("https://phone.example/w/{}", company.slug));
}

fn guest(email: &str) -> Value {
    json!({ "email": email, "name": "Guest", "invite": true })
}

#[tokio::test]
async fn a_stranger_is_invited_so_often_a_day_by_all_companies_together() {
    let server = TestServer::start().await;
    let (one, other) = (server.company("standard").await, server.company("onoff").await);
    let email = "stranger@anywhere.example";
    // Deleted and added again, sent again, invited by others: five in all.
    for _ in 0..2 {
        let added = one.owner.client.post("/api/v1/users", guest(email)).await.expect(201);
        let path = format!("/api/v1/users/{}", added.json["user"]["id"]);
        one.owner.client.delete(&path).await.expect(204);
    }
    let added = other.owner.client.post("/api/v1/users", guest(email)).await.expect(201);
    let again = format!("/api/v1/users/{}/invitation", added.json["user"]["id"]);
    for _ in 0..2 {
        other.owner.client.post(&again, json!({})).await.expect(201);
    }
    let people = one.owner.client.get("/api/v1/users").await.expect(200).json["total"].clone();
    let refused = one.owner.client.post("/api/v1/users", guest(email)).await.expect(429);
    assert_eq!(refused.json["field"], "email");
    assert!(refused.text.contains(email) && refused.headers.contains_key("retry-after"), "{}", refused.text);
    assert_eq!(one.owner.client.get("/api/v1/users").await.expect(200).json["total"], people);
    other.owner.client.post(&again, json!({})).await.expect(429);
    one.owner.client.post("/api/v1/users", guest("another@anywhere.example")).await.expect(201);
    server.pass(86_400);
    one.owner.client.post("/api/v1/users", guest(email)).await.expect(201);
}

#[tokio::test]
async fn names_make_no_links_and_no_letters_of_mail() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let owner = &company.owner.client;
    let name = format!("Payroll. Open https://evil.example/now or www.evil.example {}", "x".repeat(60));
    owner.patch("/api/v1/me", json!({ "name": name })).await.expect(200);
    let mut new = guest("stranger@anywhere.example");
    new["name"] = json!("Win at http://prize.example");
    owner.post("/api/v1/users", new).await.expect(201);
    let mails = owner.get("/api/v1/outbox").await.expect(200);
    let body = mails.items()[0]["body"].as_str().unwrap();
    assert!(
        !["evil.example", "prize.example", "http://prize", "https://evil", "xxx"]
            .iter()
            .any(|link| body.contains(link)),
        "{body}"
    );
    assert!(body.contains("Payroll. Open https evil. example now or www. evil. example"), "{body}");
}

#[tokio::test]
async fn what_is_only_tried_with_many_people_waits_for_no_writer_and_holds_none_up() {
    let server = TestServer::start().await;
    if server.database.is_postgres() {
        // Its writers wait for those of the same workspace alone.
        return;
    }
    let company = server.company("standard").await;
    let mut people = vec![];
    for _ in 0..5 {
        people.push(company.hire("agent").await.id);
    }
    let before = server.database.fingerprint().await;
    // Somebody else writes, and goes on writing.
    let mut other = sqlx::SqliteConnection::connect(&server.database.url).await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let owner = &company.owner.client;
    let role = company.role("team_lead").await;
    let bulk = |change: Value| json!({ "users": people, "change": change });
    let tried = owner.post("/api/v1/users/bulk?try=true", bulk(json!({ "role": role }))).await.expect(200);
    let groups = tried.json["groups"].as_array().unwrap().iter();
    assert_eq!(groups.flat_map(|g| g["people"].as_array().unwrap()).count(), 5, "{}", tried.text);
    for change in [json!({ "banned": true }), json!("delete")] {
        owner.post("/api/v1/users/bulk?try=true", bulk(change)).await.expect(200);
    }
    let file =
        owner.request(Method::POST, "/api/v1/users/import?try=true").header("content-type", "text/csv");
    let told = owner.send(file.body("email,name\nnew@standard.example,New\n")).await.expect(200);
    assert_eq!((&told.json["added"], &told.json["applied"]), (&json!(1), &json!(false)), "{}", told.text);
    drop(other);
    assert_eq!(server.database.fingerprint().await, before);
    // What was foreseen is what comes.
    let done = owner.post("/api/v1/users/bulk", bulk(json!({ "role": role }))).await.expect(200);
    assert_eq!(done.json["changed"], 5);
}

#[tokio::test]
async fn a_refusal_is_answered_however_much_is_still_being_sent() {
    let server = TestServer::start().await;
    let client = server.stranger().with_token(&format!("rft_{}", "0".repeat(64)));
    for size in [14, 200_000, 900_000] {
        for _ in 0..10 {
            let body = "x".repeat(size);
            let request =
                client.request(Method::POST, "/api/v1/users").header("content-type", "application/json");
            client.send(request.body(body)).await.expect(401);
        }
    }
}
