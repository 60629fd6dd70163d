//! Input that means something else than whoever wrote it thinks.

use reqwest::Method;
use serde_json::{Value, json};
use server::endpoints;
use testkit::{Client, Company, PASSWORD, TestServer};
use web::endpoint::Face;
use web::input::Place;

/// Sends a request with any body as JSON.
async fn send(client: &Client, method: &Method, path: &str, body: &str) -> testkit::Answer {
    let request = client.request(method.clone(), path).header("content-type", "application/json");
    client.send(request.body(body.to_owned())).await
}

// ── Tries ─────────────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_try_that_is_neither_true_nor_false_does_nothing_on_any_endpoint() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let before = server.database.fingerprint().await;
    for endpoint in endpoints::all().iter().filter(|e| matches!(e.face, Face::Rest | Face::AuthZen)) {
        let path = endpoint.path.replace("{slug}", &company.slug).replace(['{', '}'], "");
        for tried in
            ["try=True", "try=1", "try=", "try", "try=null", "try=true&try=true", "try=false&try=true"]
        {
            let path = format!("{path}?{tried}");
            let answer = send(&company.owner.client, &endpoint.method, &path, "").await;
            assert_eq!(answer.status, 422, "{} {path}: {}", endpoint.method, answer.text);
            assert_eq!(answer.json["field"], "try", "{} {path}: {}", endpoint.method, answer.text);
        }
    }
    assert_eq!(server.database.fingerprint().await, before);
}

#[tokio::test]
async fn a_user_is_deleted_by_a_try_that_is_false_alone() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (client, path) = (&company.owner.client, format!("/api/v1/users/{}", company.hire("agent").await.id));
    for tried in ["True", "TRUE", "1", "yes", "", "%74rue%20"] {
        client.delete(&format!("{path}?try={tried}")).await.expect(422);
    }
    client.delete(&format!("{path}?try=%74rue")).await.expect(200);
    client.get(&path).await.expect(200);
    client.delete(&format!("{path}?try=false")).await.expect(204);
    client.get(&path).await.expect(404);
}

// ── What is not read ──────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_query_parameter_that_nothing_reads_is_refused_with_those_that_are_nearest() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = &company.owner.client;
    for (path, field, near) in [
        ("/api/v1/users?deparment=3", "deparment", "`department`"),
        ("/api/v1/users?Limit=3", "Limit", "`limit`"),
        ("/api/v1/calls?sinse=2026-01-01", "sinse", "`since`"),
        ("/api/v1/calls/export?limit=1", "limit", "`until`"),
        ("/api/v1/roles?limit=1&x=2", "limit", "there is none"),
        ("/api/v1/me?fields=name", "fields", "there is none"),
        ("/api/v1/openapi.json?v=3", "v", "there is none"),
    ] {
        let refused = client.get(path).await.expect(422);
        assert_eq!(refused.json["field"], field, "{path}");
        assert!(refused.json["detail"].as_str().unwrap().contains(near), "{path}: {}", refused.text);
    }
    let path = format!("/api/v1/users/{}?tri=true", company.hire("agent").await.id);
    assert!(client.delete(&path).await.expect(422).text.contains("`try`"));
    let path = format!("/w/{}/access/v1/evaluation?x=1", company.slug);
    assert_eq!(client.post(&path, json!({})).await.expect(422).json["field"], "x");
}

#[tokio::test]
async fn pages_take_parameters_that_nothing_reads_for_links_come_back_with_more_than_they_had() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let mut opened = 0;
    for endpoint in endpoints::all().iter().filter(|e| e.face == Face::Console && e.method.is_safe()) {
        let Some(path) = endpoint.path.strip_prefix("/w/{slug}").filter(|path| !path.contains('{')) else {
            continue;
        };
        if path.ends_with("/live") {
            continue;
        }
        let plain = company.page(&company.owner, path).await;
        let more = company.page(&company.owner, &format!("{path}?utm_source=mail&fbclid=1")).await;
        assert_eq!(more.status, plain.status, "{path}: {}", more.text);
        opened += usize::from(more.status == 200);
    }
    assert!(opened > 20, "only {opened} were opened");
}

#[tokio::test]
async fn a_body_that_nothing_reads_is_refused_and_nothing_is_done() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = &company.owner.client;
    let unit = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    let path = format!("/api/v1/departments/{unit}");
    let refused = send(client, &Method::DELETE, &path, r#"{"move_to": 5}"#).await.expect(422);
    assert!(refused.text.contains("`move_to`"), "{}", refused.text);
    send(client, &Method::GET, &path, r#"{"x": 1}"#).await.expect(422);
    let role = company.role("agent").await;
    send(client, &Method::PUT, &format!("/api/v1/roles/{role}/default"), r#"{"x": 1}"#).await.expect(422);
    client.get(&path).await.expect(200);
    send(client, &Method::DELETE, &path, " {} ").await.expect(204);
}

// ── Arrays and doubles ────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn an_array_is_no_object_to_any_endpoint() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let mut tried = 0;
    for endpoint in endpoints::all() {
        let programs = matches!(endpoint.face, Face::Rest | Face::AuthZen);
        if !programs || !matches!(endpoint.input, Some((Place::Body, _))) {
            continue;
        }
        // Of endpoints on a thing, only those of the asker's own record are reached without one.
        let own =
            endpoint.path.replace("{slug}", &company.slug).replace("{user}", &company.owner.id.to_string());
        let path = own.replace("{role}", &company.role("agent").await.to_string());
        if path.contains('{') {
            continue;
        }
        for fields in 0..12 {
            let body = json!(vec![Value::Null; fields]).to_string();
            let answer = send(&company.owner.client, &endpoint.method, &path, &body).await;
            let wanted = if endpoint.face == Face::Rest { 422 } else { 400 };
            let about = format!("{} {path} {body}: {}", endpoint.method, answer.text);
            // Some acts on the Owner are refused before their input is read.
            assert!(answer.status == wanted || answer.status == 403, "{about}");
        }
        tried += 1;
    }
    assert!(tried > 30, "only {tried} were tried");
}

#[tokio::test]
async fn arrays_for_objects_and_fields_said_twice_change_nothing() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = &company.owner.client;
    let before = server.database.fingerprint().await;
    for body in [r#"["X", null, null, null]"#, r#"[]"#, r#"{"name": "X", "name": "Y"}"#, r#"{"name": ["X"]}"#]
    {
        send(client, &Method::PATCH, "/api/v1/me", body).await.expect(422);
    }
    let twice = send(client, &Method::PATCH, "/api/v1/me", r#"{"name": "X", "\u006eame": "Y"}"#).await;
    assert_eq!(twice.json["field"], "name", "{}", twice.text);
    for holds in [r#"[["user:read", ["all"]]]"#, r#"{"user:read": ["own"], "user:read": ["all"]}"#] {
        let body = format!(r#"{{"name": "X", "holds": {holds}}}"#);
        let refused = send(client, &Method::POST, "/api/v1/roles", &body).await.expect(422);
        assert!(refused.json["field"].as_str().unwrap().starts_with("holds"), "{}", refused.text);
    }
    let question =
        r#"{"subject": ["user", "1"], "action": {"name": "read"}, "resource": {"type": "user", "id": "1"}}"#;
    let path = format!("/w/{}/access/v1/evaluation", company.slug);
    let refused = send(client, &Method::POST, &path, question).await.expect(400);
    assert!(refused.text.contains("subject"), "{}", refused.text);
    assert_eq!(server.database.fingerprint().await, before);
}

// ── Spreadsheets ──────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn no_export_has_a_formula_whatever_separates_cells_and_names_come_back_as_they_were() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = &company.owner.client;
    for name in ["Ana;=1+1;x", "＝1+1", "Ben|@sum", "'=quoted", "Cy, -1", "Dee;\"=2+2"] {
        company.hire_into("agent", json!({ "name": name, "employee_code": name })).await;
        client.post("/api/v1/departments", json!({ "name": name })).await.expect(201);
    }
    let review =
        client.post("/api/v1/reviews", json!({ "name": "R", "role": company.role("agent").await })).await;
    let review = review.expect(201).json["id"].to_string();
    let people = client.get("/api/v1/users/export").await.expect(200).text;
    for file in [
        people.clone(),
        client.get("/api/v1/audit.csv").await.expect(200).text,
        client.get(&format!("/api/v1/reviews/{review}/lines.csv")).await.expect(200).text,
    ] {
        assert!(file.lines().all(|line| line.starts_with('"') && line.ends_with('"')), "{file}");
        let mut cells =
            file.split([';', ',', '|', '\t', '\n']).map(|cell| cell.trim_start_matches(['"', ' ']));
        let formula = cells.find(|cell| cell.starts_with(['=', '@', '＝']));
        assert_eq!(formula, None, "{file}");
    }
    let again = client.request(Method::POST, "/api/v1/users/import").header("content-type", "text/csv");
    let again = client.send(again.body(people)).await.expect(200);
    let counts = ["added", "updated", "failed"].map(|what| again.json[what].as_u64().unwrap());
    assert_eq!(counts, [0, 0, 0], "{}", again.text);
}

// ── Names and addresses ───────────────────────────────────────────────────────────────────────────────────

/// Adds somebody with an address; what was answered.
async fn add(company: &Company<'_>, email: &str) -> testkit::Answer {
    let new = json!({ "email": email, "name": "Somebody", "role": company.role("agent").await });
    company.owner.client.post("/api/v1/users", new).await
}

#[tokio::test]
async fn nobody_is_two_people_by_another_spelling_of_their_address() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    for (first, others) in [
        (
            "zw@probe.example",
            vec![
                "\u{200b}zw@probe.example",
                "ZW@ＰＲＯＢＥ.example",
                "mailto:zw@probe.example",
                "Z <zw@probe.example>",
            ],
        ),
        (
            "ann@bücher.example",
            vec!["ann@xn--bcher-kva.example", "ann@BU\u{308}CHER.example", "ann@b\u{ad}ücher.example"],
        ),
    ] {
        let added = add(&company, first).await.expect(201);
        assert_eq!(added.json["user"]["email"], first);
        for other in others {
            assert_eq!(add(&company, other).await.expect(409).json["field"], "email", "{other}");
        }
    }
    for address in [
        ".dot@probe.example",
        "a..b@probe.example",
        "ann@-bad.example",
        "ann@[127.0.0.1]",
        "jürg@probe.example",
    ] {
        assert_eq!(add(&company, address).await.expect(422).json["field"], "email", "{address}");
    }
}

#[tokio::test]
async fn either_spelling_of_a_domain_signs_in_and_finds_the_person() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let added = add(&company, "Ann@Bücher.example").await.expect(201);
    let id = added.json["user"]["id"].as_u64().unwrap();
    company.give_password(u32::try_from(id).unwrap()).await;
    for email in ["ann@bücher.example", "ANN@xn--bcher-kva.example", " ann@bu\u{308}cher.example\u{feff}"] {
        let who = json!({ "workspace": company.slug, "email": email, "password": PASSWORD });
        server.stranger().post("/api/v1/sessions", who).await.expect(201);
    }
    company.owner.client.get("/api/v1/what?user=ann@b%C3%BCcher.example").await.expect(200);
    let file = "email,name\nann@xn--bcher-kva.example,Annie\nAnn <ann@bücher.example>,Twice\n";
    let import = company.owner.client.request(Method::POST, "/api/v1/users/import");
    let done =
        company.owner.client.send(import.header("content-type", "text/csv").body(file)).await.expect(200);
    assert_eq!((&done.json["updated"], &done.json["failed"]), (&json!(1), &json!(1)), "{}", done.text);
}

/// Makes something of a name; what was answered.
async fn name(client: &Client, path: &str, name: &str) -> testkit::Answer {
    let new = match path {
        "roles" | "toggles" => json!({ "name": name, "holds": { "audit:read": ["all"] } }),
        _ => json!({ "name": name }),
    };
    client.post(&format!("/api/v1/{path}"), new).await
}

#[tokio::test]
async fn nothing_is_named_so_that_it_looks_like_another_or_like_nothing() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = &company.owner.client;
    for path in ["roles", "toggles", "departments", "branches", "queues"] {
        name(client, path, "Zürich Sales").await.expect(201);
        for copy in ["Zu\u{308}rich Sales", "Zürich\u{200b}  Sales", "\u{202e}ZÜRICH Sales", "Zürich Sаles"]
        {
            assert_eq!(name(client, path, copy).await.expect(409).json["field"], "name", "{path} {copy:?}");
        }
        for nothing in ["\u{feff}", "\u{3164}", " \u{2800} "] {
            assert_eq!(
                name(client, path, nothing).await.expect(422).json["field"],
                "name",
                "{path} {nothing:?}"
            );
        }
        // Words of another script, and plain ASCII, are names of their own.
        for own in ["Мото", "MOTO", "Zurich Sales"] {
            name(client, path, own).await.expect(201);
        }
    }
    assert_eq!(name(client, "roles", "Аdmin").await.expect(409).json["field"], "name");
    assert_eq!(name(client, "roles", "Admin\u{200b}").await.expect(409).json["field"], "name");
    client.patch("/api/v1/me", json!({ "name": "\u{200b}\u{feff}" })).await.expect(422);
    let me = client.patch("/api/v1/me", json!({ "name": "Ana\u{202e}\u{a0} Lima" })).await.expect(200);
    assert_eq!(
        me.json["user"]["name"].as_str().or(me.json["name"].as_str()),
        Some("Ana Lima"),
        "{}",
        me.text
    );
}

#[tokio::test]
async fn an_address_that_looks_like_somebody_elses_is_refused() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    add(&company, "boss@acme.example").await.expect(201);
    for address in ["boss@аcme.example", "boss@xn--cme-5cd.example", "boss@асme.example"] {
        let refused = add(&company, address).await;
        assert_eq!(
            (refused.status, refused.json["field"].as_str()),
            (409, Some("email")),
            "{address} {}",
            refused.text
        );
    }
    let own = company.hire("agent").await;
    let edit = json!({ "email": "boss@аcme.example" });
    company.owner.client.patch(&format!("/api/v1/users/{}", own.id), edit).await.expect(409);
    let file = "email,name\nboss@аcme.example,Boss\nann@twin.example,Ann\nann@twіn.example,Ann\n";
    let import = company.owner.client.request(Method::POST, "/api/v1/users/import");
    let done =
        company.owner.client.send(import.header("content-type", "text/csv").body(file)).await.expect(200);
    assert_eq!((&done.json["added"], &done.json["failed"]), (&json!(1), &json!(2)), "{}", done.text);
    add(&company, "boss@bücher.example").await.expect(201);
}

#[tokio::test]
async fn a_file_finds_names_in_whatever_composition_they_are() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = &company.owner.client;
    client.post("/api/v1/branches", json!({ "name": "Zürich" })).await.expect(201);
    client.post("/api/v1/departments", json!({ "name": "Ko\u{308}ln" })).await.expect(201);
    let file = "email,name,branch,department\nnfd@probe.example,Ann,Zu\u{308}rich,KÖLN\u{200b}\n";
    let import = client.request(Method::POST, "/api/v1/users/import").header("content-type", "text/csv");
    let done = client.send(import.body(file)).await.expect(200);
    assert_eq!(done.json["added"], 1, "{}", done.text);
}

#[tokio::test]
async fn a_form_with_a_secret_is_not_sent_out_again() {
    assert!(web::request::SECRET.contains(&"client_secret"));
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let role = company.create("/api/v1/roles", json!({ "name": "Custom", "holds": {} })).await;
    let agent = company.hire("agent").await;
    let form = [("role", role.to_string()), ("secret", "hunter2hunter2".into())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = company.form(&company.owner, &format!("/users/{}/role", agent.id), &form).await;
    assert!(!answer.text.contains("hunter2hunter2"), "{}", answer.text);
}

#[tokio::test]
async fn a_mailbox_has_no_second_spelling_in_quotes() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    for email in ["\"boss\"@acme.example", "\"b\\oss\"@acme.example"] {
        let new = json!({ "email": email, "name": "Boss" });
        assert_eq!(company.owner.client.post("/api/v1/users", new).await.expect(422).json["field"], "email");
    }
}
