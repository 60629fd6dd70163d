//! The refusal sweep: every endpoint × every method × every kind of credential is really sent, answers with the
//! right status, and changes nothing where it refuses. Counted on answers, so that nothing is covered by being listed.

use std::collections::{BTreeMap, BTreeSet};

use access::{Noun, Permission, Preset};
use reqwest::Method;
use serde_json::json;
use server::endpoints;
use testkit::{Client, Company, PASSWORD, TestCall, TestServer};
use web::endpoint::{Asks, Endpoint, Face};

const METHODS: [Method; 7] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];

/// Somebody who asks, and what they may do.
struct Caller {
    name: String,
    token: Option<String>,
    /// None where the credentials are no good in this company.
    holds: Option<BTreeSet<&'static str>>,
}

#[tokio::test]
async fn every_endpoint_refuses_every_credential_that_lacks_its_permission_and_nothing_changes() {
    let server = TestServer::start().await;
    let mut sent = 0;
    let mut missing: BTreeSet<String> = endpoints::all().iter().map(name).collect();
    for preset in Preset::all() {
        let company = server.company(preset.key).await;
        let things = things(&server, &company).await;
        let callers = callers(&server, &company, preset).await;
        let before = server.database.fingerprint().await;
        for endpoint in endpoints::all() {
            let path = fill(endpoint.path, &things, &company.slug);
            for caller in &callers {
                if may_pass(&endpoint, caller) {
                    continue;
                }
                let answer = send(&server, &endpoint, &endpoint.method, &path, caller).await;
                check(&endpoint, caller, &answer);
                missing.remove(&name(&endpoint));
                sent += 1;
            }
        }
        let after = server.database.fingerprint().await;
        assert_eq!(after, before, "a refusal in {} changed something", preset.key);
    }
    // What asks for nothing, or only for somebody to be signed in, is refused to nobody or to strangers alone.
    missing.retain(|name| {
        !endpoints::all().iter().any(|e| self::name(e) == *name && matches!(e.asks, Asks::Nothing(_)))
    });
    assert!(missing.is_empty(), "never refused: {missing:?}");
    assert!(sent > 3_000, "only {sent} refusals were seen");
}

#[tokio::test]
async fn a_method_that_an_address_does_not_take_answers_405_to_everybody() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let things = things(&server, &company).await;
    let mut taken: BTreeMap<&'static str, Vec<Method>> = BTreeMap::new();
    for endpoint in endpoints::all() {
        taken.entry(endpoint.path).or_default().push(endpoint.method);
    }
    for (path, methods) in taken {
        let address = fill(path, &things, &company.slug);
        for method in METHODS {
            let has = methods.contains(&method) || (method == Method::HEAD && methods.contains(&Method::GET));
            if has {
                continue;
            }
            for client in [server.stranger(), company.owner.client.clone()] {
                let answer = client.send(client.request(method.clone(), &address)).await;
                assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text);
            }
        }
    }
}

#[tokio::test]
async fn a_try_of_anything_changes_nothing_and_is_foreseen_or_refused() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    company.give_password(company.owner.id).await;
    let things = tried_things(&server, &company).await;
    let client = &company.owner.client;
    let before = server.database.fingerprint().await;
    let mut foreseen = 0;
    for endpoint in endpoints::all() {
        if endpoint.face != Face::Rest || endpoint.method.is_safe() || endpoint.path.ends_with("/import") {
            continue;
        }
        let path = fill(endpoint.path, &things, &company.slug);
        let request = client.request(endpoint.method.clone(), &format!("{path}?try=true"));
        let answer = client.send(request.json(&tried_body(&endpoint, &server, &things))).await;
        let about = format!("{}: {} {}", name(&endpoint), answer.status, answer.text);
        assert_eq!(server.database.fingerprint().await, before, "{about}");
        if endpoint.can_be_tried() {
            assert!(answer.status < 500, "{about}");
            foreseen += usize::from(answer.status == 200);
        } else {
            assert_eq!((answer.status, answer.json["field"].as_str()), (422, Some("try")), "{about}");
        }
    }
    assert!(foreseen > 60, "only {foreseen} were foreseen");
    let recording = format!("/api/v1/calls/{}/recording", things[Noun::Call.word()]);
    assert!(client.get(&recording).await.expect(200).text.starts_with("RIFF"));
}

/// One thing of each kind that can be written to, the asker's own sessions, devices and requests among them.
pub async fn tried_things(server: &TestServer, company: &Company<'_>) -> BTreeMap<&'static str, String> {
    let mut things = things(server, company).await;
    let client = &company.owner.client;
    for (path, phone) in
        [("me".to_owned(), "+442079460111"), (format!("users/{}", things["user"]), "+442079460112")]
    {
        client.patch(&format!("/api/v1/{path}"), json!({ "phone": phone })).await.expect(200);
    }
    let other = company.owner.again(server).await;
    let latest = |list: testkit::Answer| list.items()[0]["id"].to_string();
    things.insert("session", latest(other.client.get("/api/v1/me/sessions").await.expect(200)));
    things.insert("device", latest(client.get("/api/v1/me/devices").await.expect(200)));
    let agent = company.hire("agent").await;
    let asked = json!({ "holds": { "audit:read": ["all"] }, "reason": "figures" });
    agent.client.post("/api/v1/access-requests", asked).await.expect(201);
    things.insert("access_request", latest(client.get("/api/v1/access-requests").await.expect(200)));
    let until = acts::Moment(server.now() + 86_400_000_000).to_string();
    let given = json!({ "holds": { "billing:read": ["all"] }, "expires_at": until });
    let path = format!("/api/v1/users/{}/temporary", things["user"]);
    things.insert("temporary", client.post(&path, given).await.expect(201).json["id"].to_string());
    let review = json!({ "role": company.role("agent").await });
    let review = client.post("/api/v1/reviews", review).await.expect(201).json["id"].to_string();
    things.insert("line", latest(client.get(&format!("/api/v1/reviews/{review}/lines")).await.expect(200)));
    things.insert("review", review);
    things.insert("admin", company.hire("admin").await.id.to_string());
    let toggle = json!({ "name": "Own", "holds": { "call_record:read": ["all"] } });
    things.insert("toggle", company.create("/api/v1/toggles", toggle.clone()).await.to_string());
    things.insert("role", company.create("/api/v1/roles", toggle).await.to_string());
    let invited = json!({ "email": "guest@tried.example", "name": "Guest", "invite": true });
    client.post("/api/v1/users", invited).await.expect(201);
    things.insert("mail", latest(client.get("/api/v1/outbox").await.expect(200)));
    let edit = json!({ "holds": { "call_record:read": ["own"] } });
    let path = format!("/api/v1/toggles/{}", things["toggle"]);
    let user = format!("/api/v1/users/{}/toggles/{}", things["user"], things["toggle"]);
    client.put(&user, json!({ "setting": "allow" })).await.expect(200);
    let undo = client.patch(&path, edit).await.expect(200).headers["ringfence-undo"].clone();
    things.insert("undo", undo.to_str().unwrap().to_owned());
    things
}

/// A body that the endpoint would act on.
pub fn tried_body(
    endpoint: &Endpoint,
    server: &TestServer,
    things: &BTreeMap<&'static str, String>,
) -> serde_json::Value {
    let id = |thing: &str| things[thing].parse::<u32>().unwrap();
    let until = acts::Moment(server.now() + 3_600_000_000).to_string();
    let holds = json!({ "number:read": ["all"] });
    let path = endpoint.path.strip_prefix("/api/v1/").unwrap();
    match (endpoint.method.as_str(), path) {
        ("PUT", "me/password") => json!({ "current": PASSWORD, "new": "another good password" }),
        ("PUT", "me/pin") => json!({ "current": PASSWORD, "pin": "4071" }),
        ("PATCH", "workspace") => json!({ "time_zone": "Europe/Paris" }),
        ("PUT", "workspace/auto-record") => json!({ "on": true }),
        ("POST", "tokens") => json!({ "name": "Tried", "password": PASSWORD }),
        ("PUT", "workspace/licences") => json!({ "licences": 9 }),
        ("PUT", "workspace/plan") => json!({ "seats": 50 }),
        ("POST", "users") => json!({ "email": "new@tried.example", "name": "New", "invite": true }),
        ("POST", "users/bulk") => json!({ "users": [id("user")], "change": { "banned": true } }),
        ("PUT", "users/{user}/role") => json!({ "role": id("role") }),
        ("PUT", "users/{user}/toggles/{toggle}") => json!({ "setting": "inherit" }),
        ("PUT", "users/{user}/grants/{entity}") => json!({ "may_use": true, "may_observe": true }),
        ("PUT", "users/{user}/leads") => json!({ "units": [id("department")] }),
        ("POST", "users/{user}/temporary") => json!({ "holds": holds, "expires_at": until }),
        ("PATCH", "users/{user}/temporary/{temporary}") => json!({ "expires_at": until }),
        ("POST", "access-requests/{access_request}/grant") => json!({ "until": until }),
        ("POST", "reviews") => json!({ "unit": id("department") }),
        ("PUT", "reviews/{review}/lines/{line}") => json!({ "decision": "remove" }),
        ("POST", "roles" | "toggles") => json!({ "name": "Tried", "holds": holds }),
        (_, "departments/{department}/people" | "departments/{department}/leaders")
        | (_, "branches/{branch}/people" | "branches/{branch}/leaders") => json!({ "add": [id("user")] }),
        ("POST", "extensions") => json!({ "digits": "299" }),
        ("POST", "numbers") => json!({ "digits": "+12025550199" }),
        ("PATCH", "me" | "users/{user}" | "roles/{role}" | "toggles/{toggle}" | "queues/{queue}")
        | ("PATCH", "departments/{department}" | "branches/{branch}")
        | ("POST", "departments" | "branches" | "queues")
        | ("POST", "roles/{role}/clone" | "toggles/{toggle}/clone")
        | ("PUT", "workspace/name") => json!({ "name": "Tried" }),
        ("POST", "workspace/transfer") => json!({ "to": id("admin"), "password": PASSWORD }),
        ("POST", "access-requests/{access_request}/pass") => json!({ "user": id("admin") }),
        _ => json!({}),
    }
}

#[tokio::test]
async fn an_unknown_address_answers_404_and_tells_nothing() {
    let server = TestServer::start().await;
    for path in ["/api/v1/nothing", "/api/v2/users", "/w/nobody/calls", "/w/nobody", "/nothing"] {
        let answer = server.stranger().get(path).await;
        assert!([303, 404].contains(&answer.status), "{path}: {}", answer.status);
    }
}

pub fn name(endpoint: &Endpoint) -> String {
    format!("{} {}", endpoint.method, endpoint.path)
}

/// One thing of each kind, which the path variables name.
async fn things(server: &TestServer, company: &Company<'_>) -> BTreeMap<&'static str, String> {
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    let user = company.hire(lowest(company).await.as_str()).await;
    let (token, _) = company.token(&company.owner, json!({ "name": "swept" })).await;
    let toggles = company.owner.client.get(&format!("/api/v1/users/{}/toggles", user.id)).await.expect(200);
    let call =
        company.call(TestCall { user: Some(company.owner.id), recorded: true, ..TestCall::default() }).await;
    server.pass(1);
    BTreeMap::from([
        (Noun::User.word(), user.id.to_string()),
        (Noun::Role.word(), company.role(&lowest(company).await).await.to_string()),
        (
            Noun::Department.word(),
            company.create("/api/v1/departments", json!({ "name": "Swept" })).await.to_string(),
        ),
        (
            Noun::Branch.word(),
            company.create("/api/v1/branches", json!({ "name": "Swept" })).await.to_string(),
        ),
        (
            Noun::Extension.word(),
            company.create("/api/v1/extensions", json!({ "digits": "201" })).await.to_string(),
        ),
        (Noun::Queue.word(), company.create("/api/v1/queues", json!({ "name": "Swept" })).await.to_string()),
        (Noun::Number.word(), number.to_string()),
        (Noun::Call.word(), call.to_string()),
        (Noun::Token.word(), token.json["token"]["id"].to_string()),
        ("toggle", toggles.items()[0]["id"].to_string()),
        ("entity", number.to_string()),
        ("temporary", "99999".into()),
        ("access_request", "99999".into()),
        ("review", "99999".into()),
        ("line", "99999".into()),
        ("session", "99999".into()),
        ("mail", "99999".into()),
        ("secret", "rfi_0".into()),
        ("device", "99999".into()),
        ("undo", "99999".into()),
    ])
}

async fn lowest(company: &Company<'_>) -> String {
    let snapshot = company.server.app.store.snapshot(company.id).await.unwrap();
    let preset = snapshot.model().preset;
    preset.roles.iter().find(|r| r.default).unwrap().key.clone()
}

/// Everybody who asks: nobody, garbage, another company's owner, somebody banned, each role, a token of one scope.
async fn callers(server: &TestServer, company: &Company<'_>, preset: &Preset) -> Vec<Caller> {
    let none = |name: &str, token: Option<String>| Caller { name: name.into(), token, holds: None };
    let other = server.company(preset.key).await;
    let banned = company.hire(&lowest(company).await).await;
    company.owner.client.put(&format!("/api/v1/users/{}/ban", banned.id), json!({})).await.expect(200);
    let mut callers = vec![
        none("nobody", None),
        none("garbage", Some("rft_garbage".into())),
        none("a garbage session", Some(format!("rfs_{}", "0".repeat(64)))),
        none("another company's owner", other.owner.client.token.clone()),
        none("somebody banned", banned.client.token.clone()),
    ];
    for role in &preset.roles {
        let member = if role.standing.owner { company.owner.clone() } else { company.hire(&role.key).await };
        let held = role.holds.iter().map(|(p, _)| p.name()).collect();
        callers.push(Caller { name: role.name.clone(), token: member.client.token, holds: Some(held) });
    }
    let scope = json!({ "name": "scoped", "scope": ["directory:read"] });
    let (scoped, _) = company.token(&company.owner, scope).await;
    callers.push(Caller {
        name: "a token of one scope".into(),
        token: scoped.json["secret"].as_str().map(str::to_owned),
        holds: Some(BTreeSet::from([Permission::DirectoryRead.name()])),
    });
    callers
}

pub fn fill(path: &str, things: &BTreeMap<&'static str, String>, slug: &str) -> String {
    let mut filled = path.replace("{slug}", slug).replace("{*file}", "app.css");
    for (variable, id) in things {
        filled = filled.replace(&format!("{{{variable}}}"), id);
    }
    assert!(!filled.contains('{'), "{path} has a variable that the sweep has no thing for");
    filled
}

/// Whether the endpoint might do what is asked: then it is no refusal, and the rules' own tests look at it.
fn may_pass(endpoint: &Endpoint, caller: &Caller) -> bool {
    // A REST address names no workspace: there, another company's owner is simply in their own company.
    if caller.name == "another company's owner" && endpoint.face == Face::Rest {
        return true;
    }
    match (endpoint.asks, &caller.holds) {
        (Asks::Nothing(_), _) => true,
        (_, None) => false,
        (Asks::SignedIn, Some(_)) => !(endpoint.face == Face::Console && caller.name.starts_with("a token")),
        (Asks::May(p) | Asks::On(p, _) | Asks::List(p), Some(held)) => {
            held.contains(p.name()) && !(endpoint.face == Face::Console && caller.name.starts_with("a token"))
        }
    }
}

async fn send(
    server: &TestServer,
    endpoint: &Endpoint,
    method: &Method,
    path: &str,
    caller: &Caller,
) -> testkit::Answer {
    let client = Client::new(server.url(), None);
    let mut request = client.request(method.clone(), path);
    if let Some(token) = &caller.token {
        request = match endpoint.face {
            Face::Console => {
                let slug = path.split('/').nth(2).unwrap_or_default();
                let csrf = web::cookie::csrf(token);
                request
                    .header("cookie", format!("__Host-ringfence-{slug}={token}"))
                    .header("x-csrf-token", csrf)
            }
            _ => request.bearer_auth(token),
        };
    }
    if !method.is_safe() && endpoint.face != Face::Console {
        request = request.json(&json!({}));
    }
    client.send(request).await
}

fn check(endpoint: &Endpoint, caller: &Caller, answer: &testkit::Answer) {
    let about = format!("{} as {}: {} {}", name(endpoint), caller.name, answer.status, answer.text);
    let stranger =
        caller.holds.is_none() || (endpoint.face == Face::Console && caller.name.starts_with("a token"));
    let expected: &[u16] = match endpoint.face {
        // Pages send people to sign in; the live stream and forms of a page do the same.
        Face::Console if stranger => &[303],
        _ if stranger => &[401],
        _ => &[403, 404],
    };
    assert!(expected.contains(&answer.status), "{about}");
    if endpoint.face != Face::Console {
        assert!(answer.json["code"].is_string(), "{about}");
        if answer.status == 403 {
            let missing = endpoint.asks.permission().map(|p| p.name());
            assert_eq!(answer.json["permission"].as_str(), missing, "{about}");
        }
    }
}
