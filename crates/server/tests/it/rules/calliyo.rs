//! Calliyo: Company Admin, Manager, Agent, and custom roles.

use reqwest::Method;
use serde_json::json;
use testkit::{Answer, Client, Company, Member, PASSWORD, TestServer};

#[tokio::test]
async fn cly_01_every_user_has_one_role_and_custom_roles_are_made_by_name_and_ticks() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let ticks = json!({ "lead:read": ["all"], "lead:write": ["all"], "task:read": ["own"], "access:explain": ["own"] });
    let role = company.create("/api/v1/roles", json!({ "name": "Telecaller", "holds": ticks })).await;
    let agent = company.hire("agent").await;
    let path = format!("/api/v1/users/{}/role", agent.id);
    let given = company.owner.client.put(&path, json!({ "role": role })).await.expect(200);
    assert_eq!(given.json["role"]["name"], "Telecaller");
    assert!(agent.may("lead:read", "*").await);
    assert!(!agent.may("lead:delete", "*").await);
    assert!(!agent.may("call:place", "*").await, "the role replaced the one before it");
    let taken = json!({ "name": "telecaller", "holds": {} });
    company.owner.client.post("/api/v1/roles", taken).await.expect(409);
}

/// Every field of the user form, as the console sends it.
const FORM: [(&str, &str); 8] = [
    ("name", "Asha Rao"),
    ("email", "asha@calliyo.example"),
    ("phone", "+919811100001"),
    ("employee_code", "E-7"),
    ("lead_cap", "40"),
    ("language", "de"),
    ("password", "correct horse battery"),
    ("pin", "7391"),
];

#[tokio::test]
async fn cly_02_the_user_form_has_every_field_and_every_field_can_be_edited() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let unit = |path: &'static str, name: &str| company.create(path, json!({ "name": name }));
    let (sales, care) =
        (unit("/api/v1/departments", "Sales").await, unit("/api/v1/departments", "Care").await);
    let (delhi, pune) = (unit("/api/v1/branches", "Delhi").await, unit("/api/v1/branches", "Pune").await);
    let (agent, manager) = (company.role("agent").await, company.role("manager").await);
    let places =
        [("role", agent), ("department", sales), ("branch", delhi)].map(|(f, id)| (f, id.to_string()));
    let mut form: Vec<(&str, &str)> = FORM.to_vec();
    form.extend(places.iter().map(|(field, id)| (*field, id.as_str())));
    form.push(("access", "password"));
    let shown = page(&company.owner, &company, "/users/new").await.expect(200).text;
    for (field, _) in &form {
        assert!(shown.contains(&format!("name=\"{field}\"")), "the form has no {field}");
    }
    post(&company.owner, &company, "/users", &form).await.expect(200);
    let found = company.owner.client.get("/api/v1/users?search=asha").await.expect(200).items()[0].clone();
    let user = format!("/api/v1/users/{}", found["id"]);
    let wanted = json!({ "name": "Asha Rao", "email": "asha@calliyo.example", "phone": "+919811100001",
        "employee_code": "E-7", "lead_cap": 40, "language": "de", "standing": "active", "has_pin": true,
        "role": { "id": agent, "name": "Agent" }, "department": { "id": sales, "name": "Sales" },
        "branch": { "id": delhi, "name": "Delhi" } });
    for (field, value) in wanted.as_object().unwrap() {
        assert_eq!(&found[field], value, "{field}");
    }
    let body = json!({ "workspace": company.slug, "email": "asha@calliyo.example", "password": "correct horse battery" });
    server.stranger().post("/api/v1/sessions", body).await.expect(201);
    // Each field alone, over the API.
    let edits = [
        ("name", json!("Asha R.")),
        ("email", json!("asha.rao@calliyo.example")),
        ("phone", json!("+919811100002")),
        ("employee_code", json!("E-8")),
        ("lead_cap", json!(0)),
        ("language", json!("fr")),
        ("role", json!(manager)),
        ("department", json!(care)),
        ("branch", json!(pune)),
    ];
    for (field, value) in edits {
        let edited = company.owner.client.patch(&user, json!({ field: value })).await.expect(200).json;
        let now = if edited[field].is_object() { &edited[field]["id"] } else { &edited[field] };
        assert_eq!(now, &value, "{field}");
    }
    let cleared = json!({ "lead_cap": null, "department": null, "branch": null, "language": null, "employee_code": "" });
    let cleared = company.owner.client.patch(&user, cleared).await.expect(200).json;
    assert!(
        cleared["lead_cap"].is_null() && cleared["department"].is_null() && cleared["language"].is_null()
    );
    // And in the console, all at once.
    let below = format!("/users/{}/record", found["id"]);
    let places =
        [("role", agent), ("department", sales), ("branch", delhi)].map(|(f, id)| (f, id.to_string()));
    let mut form: Vec<(&str, &str)> = FORM[..6].to_vec();
    form.extend(places.iter().map(|(field, id)| (*field, id.as_str())));
    form.push(("sure", "1"));
    post(&company.owner, &company, &below, &form).await.expect(303);
    let now = company.owner.client.get(&user).await.expect(200).json;
    for (field, value) in wanted.as_object().unwrap() {
        assert_eq!(&now[field], value, "{field}");
    }
}

#[tokio::test]
async fn cly_02_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let other = company.hire("agent").await;
    let agent = company.role("agent").await;
    let wrong = [
        ("name", ""),
        ("email", "no address"),
        ("email", &other.email),
        ("phone", "12345"),
        ("lead_cap", "-1"),
        ("lead_cap", "many"),
        ("language", "xx"),
        ("role", "999999"),
        ("password", "short"),
        ("pin", "12"),
    ];
    let agent = agent.to_string();
    for (field, value) in wrong {
        let mut form: Vec<(&str, &str)> = FORM.to_vec();
        form.push(("access", "password"));
        form.push(("role", &agent));
        form.iter_mut().filter(|(name, _)| *name == field).for_each(|(_, kept)| *kept = value);
        let before = server.database.fingerprint().await;
        let answer = post(&company.owner, &company, "/users", &form).await;
        assert!([409, 422].contains(&answer.status), "{field}={value}: {}", answer.status);
        assert!(answer.text.contains(&format!("id=\"field-{field}-error\"")), "{field}={value}");
        assert!(answer.text.contains("value=\"E-7\""), "{field}={value}: what was typed is gone");
        assert!(!answer.text.contains("correct horse battery") && !answer.text.contains("value=\"7391\""));
        assert_eq!(server.database.fingerprint().await, before);
        let mut new = json!({ "name": "Asha", "email": "asha@calliyo.example", "phone": "+919811100001" });
        let number = value.parse::<i64>().ok().filter(|_| matches!(field, "role" | "lead_cap"));
        new[field] = number.map_or_else(|| json!(value), |number| json!(number));
        let refused = company.owner.client.post("/api/v1/users", new).await;
        assert!([409, 422].contains(&refused.status), "{field}={value}: {}", refused.text);
        assert_eq!(refused.json["field"], field, "{}", refused.text);
    }
    let below = format!("/users/{}/record", other.id);
    let form = [("name", "Kept As Typed"), ("email", "no address"), ("lead_cap", "12")];
    let answer = post(&company.owner, &company, &below, &form).await.expect(422);
    assert!(answer.text.contains("id=\"record-email-error\"") && answer.text.contains("Kept As Typed"));
}

#[tokio::test]
async fn cly_02_to_edit_the_role_takes_the_permission_to_assign_roles() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let cells = json!({ "user:read": ["all"], "user:update": ["all"] });
    let role = company.create("/api/v1/roles", json!({ "name": "Clerk", "holds": cells })).await;
    let (clerk, other) = (company.hire("agent").await, company.hire("agent").await);
    for member in [&clerk, &other] {
        let path = format!("/api/v1/users/{}/role", member.id);
        company.owner.client.put(&path, json!({ "role": role })).await.expect(200);
    }
    let user = format!("/api/v1/users/{}", other.id);
    let agent = company.role("agent").await;
    let refused = clerk.client.patch(&user, json!({ "name": "New", "role": agent })).await.expect(403);
    assert_eq!(refused.json["permission"], "user:assign_role");
    let kept = company.owner.client.get(&user).await.expect(200).json;
    assert_eq!((&kept["role"]["id"], &kept["name"]), (&json!(role), &json!("Test agent")), "all or nothing");
    clerk.client.patch(&user, json!({ "name": "New", "role": role })).await.expect(200);
    let shown = page(&clerk, &company, &format!("/users/{}/record", other.id)).await.expect(200).text;
    assert!(shown.contains("name=\"lead_cap\"") && !shown.contains("name=\"role\""));
}

/// A page of the console as somebody gets it.
async fn page(member: &Member, company: &Company<'_>, path: &str) -> Answer {
    let token = member.client.token.clone().unwrap();
    let stranger = company.server.stranger();
    let request = stranger.request(Method::GET, &format!("/w/{}{path}", company.slug));
    stranger.send(request.header("cookie", format!("__Host-ringfence-{}={token}", company.slug))).await
}

/// A form of the console, sent by somebody.
async fn post(member: &Member, company: &Company<'_>, path: &str, pairs: &[(&str, &str)]) -> Answer {
    let token = member.client.token.clone().unwrap();
    let stranger = company.server.stranger();
    let request = stranger
        .request(Method::POST, &format!("/w/{}{path}", company.slug))
        .header("cookie", format!("__Host-ringfence-{}={token}", company.slug))
        .header("x-csrf-token", web::cookie::csrf(&token));
    stranger.send(request.form(pairs)).await
}

#[tokio::test]
async fn cly_03_an_email_change_holds_at_once() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let new =
        json!({ "email": "old@calliyo.example", "name": "Somebody", "password": "correct horse battery" });
    let user = company.owner.client.post("/api/v1/users", new).await.expect(201).json["user"]["id"].clone();
    let changed = json!({ "email": "new@calliyo.example" });
    company.owner.client.patch(&format!("/api/v1/users/{user}"), changed).await.expect(200);
    let sign_in = |email: &str| {
        let body = json!({ "workspace": company.slug, "email": email, "password": "correct horse battery" });
        let stranger = server.stranger();
        async move { stranger.post("/api/v1/sessions", body).await.status }
    };
    assert_eq!(sign_in("new@calliyo.example").await, 201);
    assert_eq!(sign_in("old@calliyo.example").await, 401);
}

#[tokio::test]
async fn cly_07_a_banned_user_cannot_sign_in_and_keeps_what_is_assigned() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let agent = company.hire("agent").await;
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    company.grant(agent.id, number, true, false).await;
    company.owner.client.put(&format!("/api/v1/users/{}/ban", agent.id), json!({})).await.expect(200);
    agent.client.get("/api/v1/me").await.expect(401);
    let grants = company.owner.client.get(&format!("/api/v1/users/{}/grants", agent.id)).await.expect(200);
    assert_eq!(grants.items().len(), 1);
    company.owner.client.delete(&format!("/api/v1/users/{}/ban", agent.id)).await.expect(200);
    agent.client.get("/api/v1/me").await.expect(401);
    agent.again(&server).await.client.get("/api/v1/me").await.expect(200);
}

#[tokio::test]
async fn cly_08_without_read_the_api_answers_403_and_the_page_says_no_permission() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let agent = company.hire("agent").await;
    let refused = agent.client.get("/api/v1/roles").await.expect(403);
    assert_eq!(refused.json["permission"], "role:read");
    let page = |path: &str| {
        let cookie = format!("__Host-ringfence-{}={}", company.slug, agent.client.token.clone().unwrap());
        let request = server.stranger().request(reqwest::Method::GET, &format!("/w/{}{path}", company.slug));
        let stranger = server.stranger();
        async move { stranger.send(request.header("cookie", cookie)).await }
    };
    let refused = page("/roles").await.expect(403);
    assert!(refused.text.contains("role:read"), "the page names the missing permission");
    let home = page("").await.expect(200);
    assert!(
        !home.text.contains(&format!("/w/{}/roles", company.slug)),
        "the menu hides what one may not read"
    );
    assert!(home.text.contains(&format!("/w/{}/calls", company.slug)));
}

#[tokio::test]
async fn cly_09_the_last_company_admin_is_neither_deleted_demoted_banned_nor_stripped() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let second = company.hire("company_admin").await;
    let first = format!("/api/v1/users/{}", company.owner.id);
    let manager = json!({ "role": company.role("manager").await });
    second.client.put(&format!("{first}/role"), manager.clone()).await.expect(200);
    let last = format!("/api/v1/users/{}", second.id);
    let refused = second.client.put(&format!("{last}/role"), manager).await.expect(409);
    assert_eq!(refused.code(), "last_admin");
    // Nobody deletes or bans themself, and nobody else is left who could.
    second.client.delete(&last).await.expect(403);
    second.client.put(&format!("{last}/ban"), json!({})).await.expect(403);
    let toggles = second.client.get(&format!("{last}/toggles")).await.expect(200);
    let users = toggles.items().iter().find(|t| t["name"] == "Users").unwrap()["id"].clone();
    let strip = json!({ "setting": "deny" });
    let refused = second.client.put(&format!("{last}/toggles/{users}"), strip).await.expect(409);
    assert_eq!(refused.code(), "last_admin");
}

#[tokio::test]
async fn cly_06_at_the_seat_limit_add_user_is_disabled_in_the_page_and_refused_in_the_api() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let owner = &company.owner;
    let agent = company.hire("agent").await;
    let button = |page: &str| page.contains(&format!("/w/{}/users/new\"", company.slug));
    assert!(button(&company.page(owner, "/users").await.expect(200).text), "seats are not counted yet");
    let bought = owner
        .client
        .put("/api/v1/workspace/plan", json!({ "seats": 2, "password": PASSWORD }))
        .await
        .expect(200);
    assert_eq!(bought.json["seats"], json!({ "bought": 2, "used": 2, "free": 0 }));

    let before = server.database.fingerprint().await;
    let new = json!({ "email": "third@calliyo.example", "name": "Third" });
    let refused = owner.client.post("/api/v1/users", new.clone()).await.expect(409);
    assert_eq!(refused.code(), "seats_full");
    assert!(refused.json["detail"].as_str().unwrap().contains("2 of 2"), "{}", refused.text);
    assert_eq!(server.database.fingerprint().await, before);
    let page = company.page(owner, "/users").await.expect(200).text;
    assert!(!button(&page) && page.contains("disabled"), "Add user cannot be pressed");
    assert!(page.contains("All seats are taken (2 of 2)"), "and says why");
    assert!(page.contains(&format!("/w/{}/plan", company.slug)), "and where to buy more");
    let form = [("name", "Third"), ("email", "third@calliyo.example")];
    company.form(owner, "/users", &form).await.expect(409);

    // A banned user keeps the seat; a deleted one frees it.
    let path = format!("/api/v1/users/{}", agent.id);
    owner.client.put(&format!("{path}/ban"), json!({})).await.expect(200);
    assert_eq!(owner.client.post("/api/v1/users", new.clone()).await.expect(409).code(), "seats_full");
    owner.client.delete(&path).await.expect(204);
    owner.client.post("/api/v1/users", new).await.expect(201);
}

#[tokio::test]
async fn cly_06_fewer_seats_than_people_are_not_bought() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let agent = company.hire("agent").await;
    let refused = company
        .owner
        .client
        .put("/api/v1/workspace/plan", json!({ "seats": 1, "password": PASSWORD }))
        .await
        .expect(409);
    assert_eq!((refused.code(), refused.json["field"].as_str()), ("in_use", Some("seats")));
    company
        .owner
        .client
        .put("/api/v1/workspace/plan", json!({ "seats": 0, "password": PASSWORD }))
        .await
        .expect(422);
    let refused = agent.client.put("/api/v1/workspace/plan", json!({ "seats": 9 })).await.expect(403);
    assert_eq!(refused.json["permission"], "billing:commit");
    agent.client.get("/api/v1/workspace/plan").await.expect(403);
}

#[tokio::test]
async fn cly_06_two_who_add_the_last_user_at_once_do_not_both_succeed() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    company
        .owner
        .client
        .put("/api/v1/workspace/plan", json!({ "seats": 3, "password": PASSWORD }))
        .await
        .expect(200);
    let add = |n: usize| {
        let client = company.owner.client.clone();
        async move {
            let new = json!({ "email": format!("racer{n}@calliyo.example"), "name": "Racer" });
            client.post("/api/v1/users", new).await.status
        }
    };
    let (a, b, c, d) = tokio::join!(add(1), add(2), add(3), add(4));
    let mut answers = [a, b, c, d];
    answers.sort_unstable();
    assert_eq!(answers, [201, 201, 409, 409]);
}

#[tokio::test]
async fn cly_04_a_pin_of_4_or_6_digits_signs_in_and_a_reset_or_ban_ends_every_session() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let agent = company.hire_into("agent", json!({ "phone": "+442079460123" })).await;
    let owner = &company.owner.client;
    company.give_password(company.owner.id).await;
    let path = format!("/api/v1/users/{}", agent.id);
    for digits in [4, 6] {
        let settings = json!({ "pin_digits": digits, "password": PASSWORD });
        owner.patch("/api/v1/workspace", settings).await.expect(200);
        let before = agent.again(&server).await;
        let reset = owner.post(&format!("{path}/pin"), json!({})).await.expect(201);
        let pin = reset.json["pin"].as_str().unwrap();
        assert_eq!(pin.len(), digits);
        before.client.get("/api/v1/me").await.expect(401);
        let body = json!({ "workspace": company.slug, "phone": "+442079460123", "pin": pin });
        let session = server.stranger().post("/api/v1/sessions/pin", body.clone()).await.expect(201);
        let mobile = server.stranger().with_token(session.json["token"].as_str().unwrap());
        mobile.get("/api/v1/me").await.expect(200);
        owner.put(&format!("{path}/ban"), json!({})).await.expect(200);
        mobile.get("/api/v1/me").await.expect(401);
        owner.delete(&format!("{path}/ban")).await.expect(200);
        mobile.get("/api/v1/me").await.expect(401);
        server.stranger().post("/api/v1/sessions/pin", body).await.expect(201);
    }
    // There is no way to a new PIN without an administrator or the password.
    agent.again(&server).await.client.post(&format!("{path}/pin"), json!({})).await.expect(403);
}

#[tokio::test]
async fn cly_05_unknown_number_wrong_pin_and_banned_are_said_plainly_and_throttled() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let agent = company.hire_into("agent", json!({ "phone": "+442079460123" })).await;
    let path = format!("/api/v1/users/{}", agent.id);
    company.owner.client.post(&format!("{path}/pin"), json!({ "pin": "7319" })).await.expect(201);
    let sign_in = |phone: &str, pin: &str| {
        let body = json!({ "workspace": company.slug, "phone": phone, "pin": pin });
        let stranger = server.stranger();
        async move { stranger.post("/api/v1/sessions/pin", body).await }
    };
    assert_eq!(sign_in("+442079460199", "7319").await.expect(401).code(), "unknown_number");
    assert_eq!(sign_in("+442079460123", "4071").await.expect(401).code(), "wrong_pin");
    sign_in("+442079460123", "7319").await.expect(201);
    company.owner.client.put(&format!("{path}/ban"), json!({})).await.expect(200);
    assert_eq!(sign_in("+442079460123", "7319").await.expect(401).code(), "banned");
    let mut answers = vec![];
    for at in 0..200 {
        answers.push(sign_in(&format!("+4420794601{at:02}"), "4071").await);
    }
    let last = answers.last().unwrap();
    assert_eq!(last.status, 429);
    assert_eq!(sign_in("+442079460123", "7319").await.expect(429).text, last.text);
}

#[tokio::test]
async fn cly_07_a_banned_user_cannot_sign_in_on_web_or_mobile() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let agent = company.hire_into("agent", json!({ "phone": "+442079460123" })).await;
    company.give_password(agent.id).await;
    let path = format!("/api/v1/users/{}", agent.id);
    company.owner.client.post(&format!("{path}/pin"), json!({ "pin": "7319" })).await.expect(201);
    let web = json!({ "workspace": company.slug, "email": agent.email, "password": PASSWORD });
    let mobile = json!({ "workspace": company.slug, "phone": "+442079460123", "pin": "7319" });
    for (address, body) in [("/api/v1/sessions", web), ("/api/v1/sessions/pin", mobile)] {
        server.stranger().post(address, body.clone()).await.expect(201);
        company.owner.client.put(&format!("{path}/ban"), json!({})).await.expect(200);
        assert_eq!(server.stranger().post(address, body).await.expect(401).code(), "banned");
        company.owner.client.delete(&format!("{path}/ban")).await.expect(200);
    }
}

#[tokio::test]
async fn cly_19_changing_company_configuration_asks_for_the_password_again() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    company.give_password(company.owner.id).await;
    let owner = &company.owner.client;
    let changes = [
        (Method::PATCH, "/api/v1/workspace", json!({ "time_zone": "Asia/Kolkata" })),
        (Method::PUT, "/api/v1/workspace/name", json!({ "name": "Renamed" })),
        (Method::PUT, "/api/v1/workspace/auto-record", json!({ "on": true })),
        (Method::PUT, "/api/v1/workspace/plan", json!({ "seats": 9 })),
        (Method::PUT, "/api/v1/workspace/plan", json!({ "plan": "essential" })),
        (Method::PUT, "/api/v1/workspace/licences", json!({ "licences": 7 })),
    ];
    let (_, program) = company.token(&company.owner, json!({ "name": "all" })).await;
    for (method, path, body) in changes {
        let send = |client: &Client, password: Option<&str>| {
            let mut body = body.clone();
            if let Some(password) = password {
                body["password"] = json!(password);
            }
            let (client, request) = (client.clone(), client.request(method.clone(), path).json(&body));
            async move { client.send(request).await }
        };
        let before = server.database.fingerprint().await;
        for password in [None, Some(""), Some("a wrong guess")] {
            assert_eq!(send(owner, password).await.expect(422).json["field"], "password", "{path}");
        }
        let refused = send(&program, Some(PASSWORD)).await.expect(403);
        assert!(refused.text.contains("API token"), "{}", refused.text);
        assert_eq!(server.database.fingerprint().await, before, "{path}");
        // The fifth wrong one and those after it make one wait.
        server.pass(60);
        send(owner, Some(PASSWORD)).await.expect(200);
    }
    // Wrong ones are guesses, counted with those at sign-in.
    let mut last = 422;
    for _ in 0..20 {
        let guess = json!({ "name": "Guessed", "password": "a wrong guess" });
        last = owner.put("/api/v1/workspace/name", guess).await.status;
    }
    assert_eq!(last, 429);
    // The pages that change them have the field.
    for page in ["/settings", "/plan", "/licences"] {
        assert!(
            company.page(&company.owner, page).await.expect(200).text.contains("name=\"password\""),
            "{page}"
        );
    }
    // Presets without that rule ask for nothing.
    let other = server.company("nuacom").await;
    other.owner.client.put("/api/v1/workspace/name", json!({ "name": "Renamed" })).await.expect(200);
}
