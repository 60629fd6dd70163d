//! What the first attack on the product found.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Client, Company, Member, PASSWORD, TestCall, TestServer};

/// A token of somebody's own, limited to a scope; a client that shows it.
pub(super) async fn limited(company: &Company<'_>, member: &Member, scope: Value) -> Client {
    company.token(member, json!({ "name": "limited", "scope": scope })).await.1
}

/// Somebody with a custom role that holds these cells.
pub(super) async fn with_role(company: &Company<'_>, holds: Value, more: Value) -> Member {
    let name = format!("Custom {}", company.server.now());
    let role = company.create("/api/v1/roles", json!({ "name": name, "holds": holds })).await;
    let member = company.hire_into("agent", more).await;
    let path = format!("/api/v1/users/{}/role", member.id);
    company.owner.client.put(&path, json!({ "role": role })).await.expect(200);
    company.server.pass(1);
    member
}

/// A moment so many seconds from now, as the API has it.
#[tokio::test]
async fn a_limited_token_does_not_get_its_users_password_and_with_it_all_that_they_may_do() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let admin = company.hire("admin").await;
    let token = limited(&company, &admin, json!(["user:read", "user:reset_credentials"])).await;
    token.post(&format!("/api/v1/users/{}/password", admin.id), json!({})).await.expect(403);
    admin.client.get("/api/v1/me").await.expect(200);
}

#[tokio::test]
async fn nobody_changes_their_own_email_address_without_their_password() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let admin = company.hire("admin").await;
    company.give_password(admin.id).await;
    let path = format!("/api/v1/users/{}", admin.id);
    let token = limited(&company, &admin, json!(["user:read", "user:update"])).await;
    token.patch(&path, json!({ "email": "evil@attacker.example" })).await.expect(403);
    let with = json!({ "email": "evil@attacker.example", "password": PASSWORD });
    token.patch(&path, with).await.expect(403);
    let open = admin.client.patch(&path, json!({ "email": "evil@attacker.example" })).await.expect(422);
    assert_eq!(open.json["field"], "password");
    let form = [("email", "evil@attacker.example"), ("password", "a wrong guess"), ("sure", "1")];
    company.form(&admin, &format!("/users/{}/record", admin.id), &form).await.expect(422);
    admin.client.patch(&path, json!({ "email": admin.email, "employee_code": "7" })).await.expect(200);
    let own = json!({ "email": "new@standard.example", "password": PASSWORD });
    assert_eq!(admin.client.patch(&path, own).await.expect(200).json["email"], "new@standard.example");
}

#[tokio::test]
async fn cal_02_nobody_revokes_a_token_of_the_owner() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let admin = company.hire("admin").await;
    let (made, _) = company.token(&company.owner, json!({ "name": "mine" })).await;
    let path = format!("/api/v1/tokens/{}", made.json["token"]["id"]);
    assert_eq!(admin.client.delete(&path).await.expect(403).code(), "owner_protected");
    company.owner.client.delete(&path).await.expect(204);
}

#[tokio::test]
async fn toggles_that_are_sent_together_are_set_all_or_none() {
    let server = TestServer::start().await;
    let company = server.company("nuacom").await;
    let user = company.hire("user").await;
    let toggles = company.owner.client.get("/api/v1/toggles").await.expect(200);
    let id = |name: &str| toggles.items().iter().find(|t| t["name"] == name).unwrap()["id"].to_string();
    let (users, none) = (format!("toggle-{}", id("Users")), "toggle-99999".to_owned());
    let form = [(users.as_str(), "allow"), (none.as_str(), "allow"), ("sure", "1")];
    company.form(&company.owner, &format!("/users/{}/toggles", user.id), &form).await.expect(404);
    let shown = company.owner.client.get(&format!("/api/v1/users/{}/toggles", user.id)).await.expect(200);
    assert!(shown.items().iter().all(|toggle| toggle["setting"] != "allow"), "{}", shown.text);
}

#[tokio::test]
async fn a_token_that_ends_makes_no_token_that_outlives_it() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let ends = server.later(60);
    let new = json!({ "name": "brief", "expires_at": ends });
    let (_, brief) = company.token(&company.owner, new).await;
    let forever = json!({ "name": "forever", "password": PASSWORD });
    let forever = brief.post("/api/v1/tokens", forever).await.expect(201);
    assert_eq!(forever.json["token"]["expires_at"], json!(ends));
    let longer = json!({ "name": "longer", "expires_at": server.later(3600), "password": PASSWORD });
    assert_eq!(brief.post("/api/v1/tokens", longer).await.expect(422).json["field"], "expires_at");
    let forever = brief.with_token(forever.json["secret"].as_str().unwrap());
    forever.get("/api/v1/users").await.expect(200);
    server.pass(60);
    forever.get("/api/v1/users").await.expect(401);
}

#[tokio::test]
async fn what_one_has_for_a_while_one_does_not_make_last() {
    let server = TestServer::start().await;
    let company = server.company("nuacom").await;
    let (clerk, other) = (company.hire("user").await, company.hire("user").await);
    company.toggle(clerk.id, "Users", "allow").await.expect(200);
    let given = json!({ "holds": { "billing:read": ["all"] }, "expires_at": server.later(60) });
    let path = |id: u32| format!("/api/v1/users/{id}/temporary");
    company.owner.client.post(&path(clerk.id), given.clone()).await.expect(201);
    // As long as one has it, and no longer, it can be given.
    clerk.client.post(&path(other.id), given).await.expect(201);
    let longer = json!({ "holds": { "billing:read": ["all"] }, "expires_at": server.later(61) });
    for id in [clerk.id, other.id] {
        assert_eq!(clerk.client.post(&path(id), longer.clone()).await.expect(403).code(), "gives_more");
    }
}

#[tokio::test]
async fn what_is_granted_for_a_while_is_granted_on_for_no_longer() {
    let server = TestServer::start().await;
    let company = server.company("nuacom").await;
    let (clerk, other) = (company.hire("user").await, company.hire("user").await);
    company.toggle(clerk.id, "Users", "allow").await.expect(200);
    let queue = company.create("/api/v1/queues", json!({ "name": "Line" })).await;
    let path = |id: u32| format!("/api/v1/users/{id}/grants/{queue}");
    let until = |seconds| json!({ "may_observe": true, "expires_at": server.later(seconds) });
    company.owner.client.put(&path(clerk.id), until(60)).await.expect(200);
    clerk.client.put(&path(other.id), until(60)).await.expect(200);
    for id in [clerk.id, other.id] {
        for wanted in [until(61), json!({ "may_observe": true })] {
            assert_eq!(clerk.client.put(&path(id), wanted).await.expect(403).code(), "gives_more");
        }
    }
}

#[tokio::test]
async fn a_token_whose_ticks_come_to_nothing_is_not_a_token_for_everything() {
    let server = TestServer::start().await;
    let company = server.company("onoff").await;
    let admin = company.hire("admin").await;
    // Admins of this preset have no billing: the tick names permissions of which they hold none.
    company.give_password(admin.id).await;
    let form = [("name", "bills"), ("scope", "Billing:Write"), ("password", PASSWORD)];
    let answer = company.form(&admin, "/tokens", &form).await;
    assert_eq!(answer.status, 422, "{}", answer.text);
    assert!(answer.text.contains("at least one permission"), "{}", answer.text);
    assert_eq!(company.owner.client.get("/api/v1/tokens").await.expect(200).json["total"], 0);
}

#[tokio::test]
async fn a_server_that_works_says_so_on_both_databases() {
    let server = TestServer::start().await;
    server.stranger().get("/healthz").await.expect(200);
}

#[tokio::test]
async fn an_odd_address_is_never_an_error_of_ours() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let stranger = server.stranger();
    for slug in ["%0A", "%00", "%0D%0Aset-cookie:%20a", "%E2%80%AE", "..", "a%20b"] {
        for page in ["", "/users", "/sign-in", "/live"] {
            let answer = stranger.get(&format!("/w/{slug}{page}")).await;
            assert!(answer.status < 500, "{slug}{page}: {} {}", answer.status, answer.text);
        }
        stranger.get(&format!("/.well-known/authzen-configuration/w/{slug}")).await.expect(404);
    }
    for id in ["-1", "0", "4294967296", "9223372036854775807", "99999999999999999999", "%00", "%0A", "a"] {
        for list in ["users", "roles", "departments", "numbers", "calls"] {
            company.owner.client.get(&format!("/api/v1/{list}/{id}")).await.expect(404);
        }
    }
}

#[tokio::test]
async fn nobody_is_led_astray_after_signing_in() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let admin = company.hire("admin").await;
    let reset = format!("/api/v1/users/{}/password", admin.id);
    let password = company.owner.client.post(&reset, json!({})).await.expect(201).json["password"].clone();
    company.own_secrets(admin.id).await;
    let home = format!("/w/{}", company.slug);
    for (next, to) in [
        (format!("{home}/users?q=a"), format!("{home}/users?q=a")),
        ("//evil.example".into(), home.clone()),
        ("https://evil.example".into(), home.clone()),
        (format!("{home}.evil.example"), home.clone()),
        (format!("{home}/\r\nset-cookie: a=b"), home.clone()),
        (format!("{home}/\0"), home.clone()),
    ] {
        let typed = [
            ("email", admin.email.as_str()),
            ("password", password.as_str().unwrap()),
            ("next", next.as_str()),
        ];
        let stranger = server.stranger();
        let request = stranger.request(Method::POST, &format!("{home}/sign-in"));
        let answer = stranger.send(request.form(&typed)).await.expect(303);
        assert_eq!(answer.headers["location"].to_str().unwrap(), to);
    }
}

#[tokio::test]
async fn text_with_a_nul_character_is_refused_alike_on_both_databases() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (stranger, client) = (server.stranger(), &company.owner.client);
    let typed = |workspace: &str, email: &str| json!({ "workspace": workspace, "email": email, "password": "a long password" });
    let refused = stranger.post("/api/v1/sessions", typed(&company.slug, "a\0b@x.example")).await.expect(400);
    assert_eq!(refused.code(), "bad_request");
    stranger.post("/api/v1/sessions", typed("a\0b", "a@x.example")).await.expect(401);
    for list in ["users?search=%00", "queues?search=a%00b", "audit?kind=%00", "audit?act=%00"] {
        assert_eq!(client.get(&format!("/api/v1/{list}")).await.expect(400).code(), "bad_request");
    }
}

#[tokio::test]
async fn somebody_with_very_many_grants_still_has_a_call_log() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    let call = company.call(TestCall { user: Some(agent.id), ..TestCall::default() }).await;
    let queue = company.create("/api/v1/queues", json!({ "name": "Line" })).await;
    let also = company.call(TestCall { queue: Some(queue), ..TestCall::default() }).await;
    let boss = with_role(
        &company,
        json!({ "call_record:read": ["own", "assigned"], "call_record:unmask": ["own", "assigned"] }),
        json!({}),
    )
    .await;
    company.grant(boss.id, queue, false, true).await;
    for n in 0..1200 {
        let (entity, grant) = (1_000_000 + 2 * n, 1_000_001 + 2 * n);
        server
            .database
            .tamper(&format!(
                "INSERT INTO queues (workspace_id, id, digits, name) VALUES ({}, {entity}, '', 'q{n}')",
                company.id
            ))
            .await;
        server.database.tamper(&format!("INSERT INTO grants (workspace_id, id, user_id, entity_id, may_use, may_observe) VALUES ({}, {grant}, {}, {entity}, true, true)", company.id, boss.id)).await;
    }
    company.create("/api/v1/queues", json!({ "name": "Another" })).await;
    for query in ["", "&search=2025", "&direction=inbound"] {
        let seen = boss.client.get(&format!("/api/v1/calls?limit=10{query}")).await.expect(200);
        assert_eq!(seen.items().iter().map(|c| c["id"].as_i64().unwrap()).collect::<Vec<_>>(), [also]);
        assert_eq!(seen.json["total"], 1);
    }
    boss.client.get(&format!("/api/v1/calls/{call}")).await.expect(404);
}

#[tokio::test]
async fn trying_units_to_lead_tells_nothing_of_units_that_one_may_not_see() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let ours = company.create("/api/v1/departments", json!({ "name": "Ours" })).await;
    let secret = company.create("/api/v1/departments", json!({ "name": "Project Zebra" })).await;
    let holds = json!({ "user:read": ["team"], "user:set_access": ["team"], "user:update": ["team"] });
    let lead = with_role(&company, holds, json!({})).await;
    let path = |id: u32| format!("/api/v1/users/{id}/leads");
    company.owner.client.put(&path(lead.id), json!({ "units": [ours] })).await.expect(200);
    let agent = company.hire_into("agent", json!({ "department": ours })).await;
    let hidden = lead.client.put(&path(agent.id), json!({ "units": [secret] })).await.expect(422);
    let absent = lead.client.put(&path(agent.id), json!({ "units": [4_000_000] })).await.expect(422);
    let said = |refused: &Answer, unit: u32| {
        refused.json["detail"].as_str().unwrap().replace(&unit.to_string(), "N")
    };
    assert_eq!(said(&hidden, secret), said(&absent, 4_000_000));
    let token = lead.client.token.clone().unwrap();
    for page in [format!("/users/{}", agent.id), format!("/users/{}/record", agent.id)] {
        let stranger = server.stranger();
        let cookie = format!("__Host-ringfence-{}={token}", company.slug);
        let page = stranger.request(Method::GET, &format!("/w/{}{page}", company.slug));
        let page = stranger.send(page.header("cookie", cookie)).await.expect(200);
        assert!(page.text.contains("Ours") && !page.text.contains("Zebra"));
    }
}

#[tokio::test]
async fn a_form_that_names_somebody_hidden_answers_as_if_they_were_not_there() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let unit = company.create("/api/v1/departments", json!({ "name": "Ours" })).await;
    let queue = company.create("/api/v1/queues", json!({ "name": "Line" })).await;
    let holds = json!({ "user:read": ["team"], "user:set_access": ["team"], "queue:read": ["team"] });
    let lead = with_role(&company, holds, json!({})).await;
    let path = format!("/api/v1/users/{}/leads", lead.id);
    company.owner.client.put(&path, json!({ "units": [unit] })).await.expect(200);
    let hidden = company.hire("agent").await.id.to_string();
    let path = format!("/queues/{queue}/holders");
    let answers = [
        company.form(&lead, &path, &[("user", &hidden), ("may_use", "yes")]).await,
        company.form(&lead, &path, &[("user", "4000000"), ("may_use", "yes")]).await,
    ];
    assert_eq!((answers[0].status, answers[1].status), (404, 404));
    assert_eq!(answers[0].text, answers[1].text);
}

#[tokio::test]
async fn a_record_names_only_the_grants_that_its_reader_may_see() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    let number = company.create("/api/v1/numbers", json!({ "digits": "+442079460123" })).await;
    company.grant(agent.id, number, true, true).await;
    let reader = with_role(&company, json!({ "user:read": ["all"] }), json!({})).await;
    reader.client.get(&format!("/api/v1/numbers/{number}")).await.expect(404);
    let path = format!("/api/v1/users/{}/grants", agent.id);
    let grants = reader.client.get(&path).await.expect(200);
    assert_eq!((grants.items().len(), &grants.json["total"]), (0, &json!(0)));
    for member in [&agent, &company.owner] {
        assert_eq!(member.client.get(&path).await.expect(200).items().len(), 1);
    }
}

#[tokio::test]
async fn a_unit_names_only_leaders_whom_its_reader_may_know_of() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let unit = company.create("/api/v1/departments", json!({ "name": "Ours" })).await;
    let lead = company.hire_into("team_lead", json!({ "department": unit })).await;
    let path = format!("/api/v1/users/{}/leads", lead.id);
    company.owner.client.put(&path, json!({ "units": [unit] })).await.expect(200);
    let reader = with_role(&company, json!({ "department:read": ["all"] }), json!({})).await;
    let seen = reader.client.get(&format!("/api/v1/departments/{unit}")).await.expect(200);
    assert_eq!(seen.json["leaders"], json!([]));
    let seen = company.owner.client.get(&format!("/api/v1/departments/{unit}")).await.expect(200);
    assert_eq!(seen.json["leaders"][0]["id"], lead.id);
}

#[tokio::test]
async fn a_wrong_guess_at_ones_own_password_is_written_down() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let guess = json!({ "current": "not my password", "new": "a new password" });
    company.owner.client.put("/api/v1/me/password", guess).await.expect(422);
    let log = company.owner.client.get("/api/v1/audit?outcome=refused").await.expect(200);
    assert_eq!(log.items()[0]["act"], "profile:update");
    assert!(!log.text.contains("not my password"));
}

#[tokio::test]
async fn a_stranger_fills_the_audit_log_with_no_more_than_an_email_address() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let body =
        |letters| json!({ "workspace": company.slug, "email": "x".repeat(letters), "password": "wrong" });
    let cut_off = server.stranger().post("/api/v1/sessions", body(100_000)).await.expect(413);
    assert_eq!(cut_off.headers["connection"], "close", "the rest of it is not read");
    server.stranger().post("/api/v1/sessions", body(10_000)).await.expect(401);
    let log = company.owner.client.get("/api/v1/audit?outcome=refused").await.expect(200);
    assert_eq!(log.items().len(), 1);
    assert!(log.items()[0]["object"].as_str().unwrap().chars().count() <= 254);
}

#[tokio::test]
async fn two_admins_who_demote_each_other_at_once_leave_one() {
    let server = TestServer::start().await;
    let company = server.company("nuacom").await;
    let second = company.hire("admin").await;
    let user = company.role("user").await;
    let demote = |client: &Client, id: u32| {
        let client = client.clone();
        async move { client.put(&format!("/api/v1/users/{id}/role"), json!({ "role": user })).await.status }
    };
    let outcome =
        tokio::join!(demote(&company.owner.client, second.id), demote(&second.client, company.owner.id));
    assert!(matches!(outcome, (200, 403..=409) | (403..=409, 200)), "{outcome:?}");
}

#[tokio::test]
async fn one_number_given_to_two_people_at_once_has_one() {
    let server = TestServer::start().await;
    let company = server.company("onoff").await;
    let (ann, ben) = (company.hire("user").await, company.hire("user").await);
    let number = company.create("/api/v1/numbers", json!({ "digits": "+442079460123" })).await;
    let give = |id: u32| {
        let client = company.owner.client.clone();
        async move { client.put(&format!("/api/v1/numbers/{number}/users/{id}"), json!({})).await.status }
    };
    assert_eq!(tokio::join!(give(ann.id), give(ben.id)), (200, 200));
    let seen = company.owner.client.get(&format!("/api/v1/numbers/{number}")).await.expect(200);
    assert_eq!(seen.json["holders"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_limited_token_signs_its_user_out_nowhere() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let sessions = company.owner.client.get("/api/v1/me/sessions").await.expect(200);
    let path = format!("/api/v1/me/sessions/{}", sessions.items()[0]["id"]);
    let reader = limited(&company, &company.owner, json!(["user:read"])).await;
    reader.delete(&path).await.expect(403);
    company.owner.client.get("/api/v1/me").await.expect(200);
    limited(&company, &company.owner, json!(["profile:update"])).await.delete(&path).await.expect(204);
    company.owner.client.get("/api/v1/me").await.expect(401);
}

#[tokio::test]
async fn deep_and_odd_bodies_are_refused_and_never_an_error_of_ours() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = &company.owner.client;
    let paths = ["/api/v1/roles".to_owned(), format!("/w/{}/access/v1/evaluations", company.slug)];
    for path in paths {
        let deep = format!("{{\"evaluations\":[{}{}]}}", "[".repeat(200_000), "]".repeat(200_000));
        for body in [deep.into_bytes(), b"{\"name\":\"\xff\"}".to_vec(), b"\0".to_vec()] {
            let request = client.request(Method::POST, &path).header("content-type", "application/json");
            let answer = client.send(request.body(body)).await;
            assert!(matches!(answer.status, 400 | 422), "{path}: {} {}", answer.status, answer.text);
        }
    }
    let home = format!("/w/{}", company.slug);
    let cookie = format!("__Host-ringfence-{}={}", company.slug, client.token.as_deref().unwrap());
    let most = i64::MAX;
    for page in [
        format!("/users?after={most}"),
        format!("/numbers?after={most}"),
        format!("/calls?cursor={most}.{most}&page={most}&trail=%00"),
        format!("/calls?q={}", "%25_!".repeat(16)),
        "/calls?from=9999-12-31&to=9999-12-31".into(),
        "/audit?person=-1&cursor=x".into(),
        format!("/why?user={most}&thing=call:{most}"),
        "/why?thing=user:-1&permission=user:read".into(),
    ] {
        let stranger = server.stranger();
        let request = stranger.request(Method::GET, &format!("{home}{page}"));
        let answer = stranger.send(request.header("cookie", &cookie)).await;
        assert!(answer.status < 500, "{page}: {} {}", answer.status, answer.text);
    }
}

#[tokio::test]
async fn more_people_than_are_changed_at_once_are_refused_before_they_are_looked_at() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let unit = company.create("/api/v1/departments", json!({ "name": "Ours" })).await;
    let many = vec![company.hire("agent").await.id; 5_001];
    for what in ["people", "leaders"] {
        for field in ["add", "remove"] {
            let path = format!("/api/v1/departments/{unit}/{what}");
            let refused = company.owner.client.post(&path, json!({ field: many })).await.expect(422);
            assert_eq!(refused.json["field"], field, "{}", refused.text);
        }
    }
    let bulk = json!({ "users": many, "change": { "banned": true } });
    let refused = company.owner.client.post("/api/v1/users/bulk", bulk).await.expect(422);
    assert_eq!(refused.json["field"], "users");
}

#[tokio::test]
async fn a_file_of_very_many_columns_is_refused_before_each_row_gets_them() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let file = format!("email{}\nann@x.example\n", ",".repeat(200));
    let request = company.owner.client.request(Method::POST, "/api/v1/users/import");
    let request = request.header("content-type", "text/csv").body(file);
    let refused = company.owner.client.send(request).await.expect(422);
    assert_eq!(refused.json["field"], "file");
}

#[tokio::test]
async fn names_of_roles_and_toggles_are_for_those_who_may_see_them() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let holds = json!({ "call_record:read": ["all"] });
    for name in ["Zebra one", "Zebra two"] {
        for path in ["/api/v1/roles", "/api/v1/toggles"] {
            company.create(path, json!({ "name": name, "holds": holds })).await;
        }
    }
    let agent = company.hire("agent").await;
    let why = format!("/api/v1/why?user={}&permission=call_record:read", agent.id);
    let toggles = format!("/api/v1/users/{}/toggles", agent.id);
    let told = agent.client.get(&why).await.expect(200);
    let remedies: Vec<&str> =
        told.json["remedies"].as_array().unwrap().iter().map(|r| r.as_str().unwrap()).collect();
    for unseen in ["give a role that you cannot see", "allow a toggle that you cannot see"] {
        assert_eq!(remedies.iter().filter(|remedy| **remedy == unseen).count(), 1, "{remedies:?}");
    }
    assert!(!told.text.contains("Zebra") && remedies.contains(&"give the role Admin"), "{}", told.text);
    assert!(!agent.client.get(&toggles).await.expect(200).text.contains("Zebra"));
    for path in [&why, &toggles] {
        assert!(company.owner.client.get(path).await.expect(200).text.contains("Zebra one"));
    }
    company.toggle(agent.id, "Zebra two", "deny").await.expect(200);
    let own = agent.client.get(&toggles).await.expect(200).text;
    assert!(own.contains("Zebra two") && !own.contains("Zebra one"));
    let page = company.page(&agent, &format!("/users/{}", agent.id)).await.expect(200);
    assert!(page.text.contains("Zebra two") && !page.text.contains("Zebra one"));
}

#[tokio::test]
async fn asking_and_taking_back_over_and_over_mails_deciders_no_more_than_20_times_a_day() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    let body = json!({ "holds": { "audit:read": ["all"] }, "reason": "again" });
    let ask = || agent.client.post("/api/v1/access-requests", body.clone());
    for _ in 0..20 {
        let asked = ask().await.expect(201);
        let path = format!("/api/v1/access-requests/{}/withdraw", asked.json["id"]);
        agent.client.post(&path, json!({})).await.expect(204);
    }
    let mails = "SELECT count(*) FROM mails WHERE kind = 'request_made'";
    let mailed = server.database.number(mails).await;
    assert!(ask().await.expect(422).text.contains("20 times"));
    assert_eq!(server.database.number(mails).await, mailed);
    server.pass(86_400);
    let agent = agent.again(&server).await;
    agent.client.post("/api/v1/access-requests", body.clone()).await.expect(201);
}

#[tokio::test]
async fn whoever_tries_phone_numbers_on_the_own_profile_is_soon_not_answered() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (agent, other) = (company.hire("agent").await, company.hire("agent").await);
    for (member, phone) in [(&agent, "+442079460100"), (&other, "+442079460199")] {
        company.give_password(member.id).await;
        member.client.patch("/api/v1/me", json!({ "phone": phone })).await.expect(200);
        let pin = json!({ "current": PASSWORD, "pin": "4071" });
        let set = member.client.put("/api/v1/me/pin", pin).await;
        assert!(set.status == 204, "{}", set.text);
    }
    let set = |phone: String| agent.client.patch("/api/v1/me", json!({ "phone": phone }));
    assert_eq!(set("+442079460199".into()).await.expect(409).json["field"], "phone");
    for n in 0..8 {
        set(format!("+44207946011{n}")).await.expect(200);
    }
    // The number that one has already is no try, and neither is anything else.
    set("+442079460117".into()).await.expect(200);
    agent.client.patch("/api/v1/me", json!({ "name": "Still Me" })).await.expect(200);
    for phone in ["+442079460199", "+442079460198"] {
        assert_eq!(set(phone.into()).await.expect(429).code(), "too_many_tries");
    }
    server.pass(86_400);
    let agent = agent.again(&server).await;
    agent.client.patch("/api/v1/me", json!({ "phone": "+442079460198" })).await.expect(200);
}

#[tokio::test]
async fn how_many_people_there_are_is_told_to_those_who_may_know_of_all_of_them() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let role = company
        .create("/api/v1/roles", json!({ "name": "Night shift", "holds": { "call:place": ["own"] } }))
        .await;
    let unit = company.create("/api/v1/departments", json!({ "name": "Ours" })).await;
    for _ in 0..3 {
        let member = company.hire_into("agent", json!({ "department": unit })).await;
        let path = format!("/api/v1/users/{}/role", member.id);
        company.owner.client.put(&path, json!({ "role": role })).await.expect(200);
    }
    let holds = json!({ "role:read": ["all"], "role:write": ["all"], "role:delete": ["all"],
        "department:read": ["all"], "department:delete": ["all"], "call:place": ["own"],
        "call_record:read": ["own"] });
    let keeper = with_role(&company, holds, json!({})).await;
    assert!(keeper.client.get("/api/v1/users").await.text.matches("\"email\"").count() <= 1);
    for path in [format!("/api/v1/roles/{role}"), format!("/api/v1/departments/{unit}")] {
        let all = company.owner.client.delete(&path).await.expect(409).json["detail"].to_string();
        assert!(all.contains('3'), "{all}");
        let some = keeper.client.delete(&path).await.expect(409).json["detail"].to_string();
        assert!(some.contains("you cannot see all of them") && !some.contains('3'), "{some}");
    }
    let path = format!("/api/v1/roles/{role}?try=true");
    let holds = json!({ "holds": { "call:place": ["own"], "call_record:read": ["own"] } });
    let tried = keeper.client.patch(&path, holds).await.expect(200);
    let group = &tried.json["groups"][0];
    assert_eq!((group["people"].as_array().unwrap().len(), &group["others"]), (0, &json!(true)));
}

#[tokio::test]
async fn a_list_of_people_to_change_names_nothing_that_its_reader_does_not_see() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let queue = company.create("/api/v1/queues", json!({ "name": "Project Zebra" })).await;
    let reader = with_role(&company, json!({ "user:read": ["own"] }), json!({})).await;
    let path = |id: u32| format!("/users/bulk?user={id}");
    company.page(&reader, &path(reader.id)).await.expect(200);
    for (hidden, name) in [(company.owner.id, "First User"), (queue, "Zebra"), (4_000_000, "no such person")]
    {
        let refused = company.page(&reader, &path(hidden)).await.expect(422).text;
        assert!(refused.contains(&format!("{hidden}, whom you do not see here")) && !refused.contains(name));
    }
}

#[tokio::test]
async fn a_form_of_very_many_fields_is_refused_before_they_are_looked_at() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    let fields = vec![("toggle-1", ""); 10_001];
    company.form(&company.owner, &format!("/users/{}/toggles", agent.id), &fields).await.expect(413);
}
