//! Lists of people and units: sorted, searched, brought in and taken out as files, changed several at once, moved.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Answer, Client, Company, Member, TestServer};

/// Somebody with a custom role.
async fn with_role(company: &Company<'_>, holds: Value, more: Value) -> Member {
    let name = format!("Custom {}", company.server.now());
    let role = company.create("/api/v1/roles", json!({ "name": name, "holds": holds })).await;
    let member = company.hire_into("agent", more).await;
    assign(company, member.id, role).await;
    company.server.pass(1);
    member
}

async fn assign(company: &Company<'_>, user: u32, role: u32) {
    let path = format!("/api/v1/users/{user}/role");
    company.owner.client.put(&path, json!({ "role": role })).await.expect(200);
}

async fn leads(company: &Company<'_>, user: u32, units: &[u32]) {
    let path = format!("/api/v1/users/{user}/leads");
    company.owner.client.put(&path, json!({ "units": units })).await.expect(200);
}

async fn import(client: &Client, csv: &str) -> Answer {
    import_to(client, "/api/v1/users/import", csv).await
}

async fn import_to(client: &Client, path: &str, csv: &str) -> Answer {
    let request = client.request(Method::POST, path).header("content-type", "text/csv");
    client.send(request.body(csv.to_owned())).await
}

async fn names(client: &Client, query: &str) -> Vec<String> {
    let list = client.get(&format!("/api/v1/users?{query}")).await.expect(200);
    list.items().iter().map(|user| user["name"].as_str().unwrap().to_owned()).collect()
}

async fn user(client: &Client, id: u32) -> Value {
    client.get(&format!("/api/v1/users/{id}")).await.expect(200).json
}

/// The number of entries of an act in the audit log.
async fn entries(company: &Company<'_>, act: &str) -> usize {
    let log = company.owner.client.get("/api/v1/audit?limit=200").await.expect(200);
    log.items().iter().filter(|entry| entry["act"] == act && entry["outcome"] == "done").count()
}

// ── The list ──────────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn users_are_found_by_any_part_whatever_the_case_of_any_script() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = &company.owner.client;
    for (name, phone, code) in
        [("Ömer Şahin", "+4930123456", "É-7"), ("Anna Berg", "", ""), ("ЮЛИЯ Орлова", "", "")]
    {
        let email = format!("u{}@list.example", name.len());
        let new = json!({ "name": name, "email": email, "phone": phone, "employee_code": code });
        client.post("/api/v1/users", new).await.expect(201);
    }
    for (search, found) in [
        ("ömer", "Ömer Şahin"),
        ("ÖMER ŞAH", "Ömer Şahin"),
        ("ömer berg", "nobody"),
        ("юлия", "ЮЛИЯ Орлова"),
        ("berg anna", "Anna Berg"),
        ("30 1234", "Ömer Şahin"),
        ("é-7", "Ömer Şahin"),
    ] {
        let encoded: String = url(search);
        let names = names(client, &format!("search={encoded}")).await;
        let expected: Vec<&str> = if found == "nobody" { vec![] } else { vec![found] };
        assert_eq!(names, expected, "{search}");
    }
}

fn url(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}

#[tokio::test]
async fn the_list_sorts_filters_and_pages_alike_however_it_is_asked() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = &company.owner.client;
    let (sales, care) = (
        company.create("/api/v1/departments", json!({ "name": "sales" })).await,
        company.create("/api/v1/departments", json!({ "name": "Care" })).await,
    );
    let north = company.create("/api/v1/branches", json!({ "name": "North" })).await;
    company.hire_into("agent", json!({ "name": "émile", "department": sales, "branch": north })).await;
    company.hire_into("admin", json!({ "name": "Zoe", "department": care, "branch": north })).await;
    company.hire_into("agent", json!({ "name": "anna", "department": sales })).await;
    assert_eq!(names(client, "").await, ["anna", "First User", "Zoe", "émile"]);
    assert_eq!(names(client, "sort=-name").await, ["émile", "Zoe", "First User", "anna"]);
    assert_eq!(names(client, "sort=role").await, ["Zoe", "anna", "émile", "First User"]);
    assert_eq!(names(client, "sort=department").await, ["Zoe", "anna", "émile", "First User"]);
    assert_eq!(names(client, "sort=-department").await, ["anna", "émile", "Zoe", "First User"]);
    let both = format!("department={sales}&branch={north}&standing=active");
    assert_eq!(names(client, &both).await, ["émile"]);
    let mut paged = vec![];
    for offset in 0..4 {
        paged.extend(names(client, &format!("sort=role&limit=1&after={offset}")).await);
    }
    assert_eq!(paged, ["Zoe", "anna", "émile", "First User"]);
    let refused = client.get("/api/v1/users?sort=shoe").await.expect(422);
    assert_eq!(refused.json["field"], "sort");
}

#[tokio::test]
async fn whoever_sees_only_themself_is_led_to_their_profile_instead_of_a_list_of_one() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    let page = company.page(&agent, "/users").await;
    assert!(page.text.contains("/profile") && !page.text.contains("<tbody"), "{}", page.text);
    let list = company.page(&company.owner, "/users").await;
    assert!(list.text.contains("<tbody"));
}

// ── Files ─────────────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn a_file_is_one_change_of_all_rows_that_can_be_done_and_says_why_of_the_others() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = &company.owner.client;
    let sales = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    let anna = company.hire_into("agent", json!({ "name": "Anna", "email": "anna@file.example" })).await;
    let file = "\u{feff}Team;E-Mail;Full name;Role;Lead cap;Shoe size\r\n\
        sales;new@file.example;\"Berg; Ben\";team lead;7;44\r\n\
        Sales;ANNA@file.example;;;;\r\n\
        ;first-is-wrong;X;;;\r\n\
        Care;c@file.example;C;;;\r\n\
        ;o@file.example;O;Owner;;\r\n\
        ;;;;;\r\n\
        ;new@file.example;Twice;;;\r\n\
        ;n@file.example;;;;\r\n\
        ;m@file.example;M;;many;\r\n";
    let before = server.database.fingerprint().await;
    let tried = import_to(client, "/api/v1/users/import?try=true", file).await.expect(200);
    assert_eq!(server.database.fingerprint().await, before);
    assert_eq!(tried.json["applied"], false);
    let done = import(client, file).await.expect(200);
    assert_eq!(done.json["rows"], tried.json["rows"]);
    let counts = ["added", "updated", "skipped", "failed"].map(|what| done.json[what].as_u64().unwrap());
    assert_eq!((done.json["applied"].as_bool(), counts), (Some(true), [1, 1, 0, 6]));
    assert_eq!(done.json["unused_columns"], json!(["Shoe size"]));
    let rows = done.json["rows"].as_array().unwrap();
    let failed: Vec<(u64, &str)> = rows
        .iter()
        .filter(|row| row["outcome"] == "failed")
        .map(|row| (row["line"].as_u64().unwrap(), row["field"].as_str().unwrap()))
        .collect();
    let expected =
        [(4, "email"), (5, "department"), (6, "role"), (8, "email"), (9, "name"), (10, "lead_cap")];
    assert_eq!(failed, expected);
    assert!(rows[5]["reason"].as_str().unwrap_or_default().contains("line 2"), "{rows:?}");
    let edited = user(client, anna.id).await;
    assert_eq!((edited["department"]["id"].as_u64(), &edited["name"]), (Some(sales.into()), &json!("Anna")));
    let added = client.get("/api/v1/users?search=new@file").await.expect(200).items()[0].clone();
    assert_eq!((&added["standing"], &added["lead_cap"]), (&json!("invited"), &json!(7)));
    assert_eq!((&added["name"], &added["role"]["name"]), (&json!("Berg; Ben"), &json!("Team Lead")));
    assert_eq!((entries(&company, "user:invite").await, entries(&company, "user:update").await), (2, 1));
    // The same file again has nothing to do.
    let again = import(client, file).await.expect(200);
    assert_eq!((&again.json["applied"], &again.json["skipped"]), (&json!(false), &json!(2)));
}

#[tokio::test]
async fn all_02_a_row_that_gives_more_or_touches_somebody_who_holds_more_fails_alone() {
    let server = TestServer::start().await;
    let company = server.company("onoff").await;
    let admin = company.hire("admin").await;
    let biller = company
        .create("/api/v1/roles", json!({ "name": "Biller", "holds": { "billing:read": ["all"] } }))
        .await;
    let richer = company.hire("user").await;
    assign(&company, richer.id, biller).await;
    let file = format!(
        "email,name,role\nok@rows.example,Ok,User\nmore@rows.example,More,Biller\n{},Renamed,\n{},Owned,\n{},Me,User\n",
        richer.email, company.owner.email, company.owner.email
    );
    let done = import(&admin.client, &file).await.expect(200);
    let outcomes: Vec<&str> =
        done.json["rows"].as_array().unwrap().iter().map(|row| row["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["added", "failed", "failed", "failed", "failed"], "{}", done.text);
    assert_eq!(user(&company.owner.client, richer.id).await["name"], "Test user");
}

#[tokio::test]
async fn all_07_a_file_leaves_somebody_who_manages_people_and_roles() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let second = company.hire("company_admin").await;
    let file = format!("email,role\n{},Agent\n{},Agent\n", second.email, company.owner.email);
    let done = import(&company.owner.client, &file).await.expect(200);
    assert_eq!((&done.json["updated"], &done.json["failed"]), (&json!(1), &json!(1)), "{}", done.text);
    assert_eq!(done.json["rows"][1]["outcome"], "failed");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_changes_nothing_and_says_why() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = &company.owner.client;
    let refused = import(client, "name\nAnna\n").await.expect(422);
    assert_eq!(refused.json["field"], "file");
    import(client, &format!("email\n{}", "x".repeat(2 << 20))).await.expect(413);
    client.post("/api/v1/users/import", json!({})).await.expect(415);
}

#[tokio::test]
async fn the_page_shows_what_a_file_would_do_then_does_it_and_gives_back_what_failed() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let file = "email,name\nana@page.example,Ana\nwrong,Ben\n";
    let shown = upload(&company, "/users/import", &[("file", Some("a.csv"), file)]).await.expect(200);
    assert!(shown.text.contains("Import 1 person") && shown.text.contains("ana@page.example"));
    assert!(names(&company.owner.client, "search=ana@page").await.is_empty());
    let sent = [("text", None, file), ("sure", None, "1")];
    let done = upload(&company, "/users/import", &sent).await.expect(200);
    assert!(done.text.contains("The file is imported"), "{}", done.text);
    assert_eq!(names(&company.owner.client, "search=ana@page").await, ["Ana"]);
    let mend = upload(&company, "/users/import/failed", &[("text", None, file)]).await.expect(200);
    let lines: Vec<&str> = mend.text.lines().collect();
    assert_eq!(lines[0], "\"email\",\"name\",\"problem\"");
    assert!(lines.len() == 2 && lines[1].starts_with("\"wrong\",\"Ben\","), "{}", mend.text);
}

/// A form with files in it, sent from a page of the owner.
async fn upload(company: &Company<'_>, path: &str, fields: &[(&str, Option<&str>, &str)]) -> Answer {
    let mut body = String::new();
    for (name, file, text) in fields {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        body += &format!("--b0\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{text}\r\n");
    }
    body += "--b0--\r\n";
    let token = company.owner.client.token.clone().unwrap();
    let stranger = company.server.stranger();
    let request = stranger
        .request(Method::POST, &format!("/w/{}{path}", company.slug))
        .header("cookie", format!("__Host-ringfence-{}={token}", company.slug))
        .header("x-csrf-token", web::cookie::csrf(&token))
        .header("content-type", "multipart/form-data; boundary=b0");
    stranger.send(request.body(body)).await
}

#[tokio::test]
async fn all_04_an_export_has_exactly_the_rows_that_one_sees_harmless_and_is_written_down() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let sales = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    let lead = company.hire("team_lead").await;
    leads(&company, lead.id, &[sales]).await;
    let theirs = company.hire_into("agent", json!({ "department": sales, "name": "=cmd()" })).await;
    let other = company.hire("agent").await;
    let file = lead.client.get("/api/v1/users/export").await.expect(200);
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8; header=present");
    let seen = lead.client.get("/api/v1/users").await.expect(200).json["total"].as_u64().unwrap();
    assert_eq!(file.text.lines().count() as u64, seen + 1);
    assert!(file.text.contains(&theirs.email) && file.text.contains("'=cmd()"));
    assert!(!file.text.contains(&other.email) && !file.text.contains(&company.owner.email));
    assert_eq!(entries(&company, "user:export").await, 1);
    let narrowed = company.owner.client.get(&format!("/api/v1/users/export?department={sales}")).await;
    assert_eq!(narrowed.expect(200).text.lines().count(), 2);
    // What was taken out can be brought in again: nothing is to do.
    let all = company.owner.client.get("/api/v1/users/export").await.expect(200).text;
    let again = import(&company.owner.client, &all).await.expect(200);
    let counts = ["added", "updated", "failed"].map(|what| again.json[what].as_u64().unwrap());
    assert_eq!((counts, &again.json["unused_columns"]), ([0, 0, 0], &json!([])), "{}", again.text);
    company.owner.client.get("/api/v1/calls/export").await.expect(200);
    assert_eq!(entries(&company, "call_record:export").await, 1);
}

// ── Several at once ───────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn several_people_are_changed_all_or_none_and_the_first_on_whom_it_fails_is_named() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = &company.owner.client;
    let admin = company.hire("admin").await;
    let (ana, ben) = (
        company.hire_into("agent", json!({ "name": "Ana" })).await,
        company.hire_into("agent", json!({ "name": "Ben" })).await,
    );
    let sales = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    let both = json!([ana.id, ben.id]);
    let bulk = |change: Value| json!({ "users": both, "change": change });
    let path = "/api/v1/users/bulk";
    let done = admin.client.post(path, bulk(json!({ "department": sales }))).await.expect(200);
    assert_eq!(done.json, json!({ "changed": 2, "unchanged": 0 }));
    let role = company.role("team_lead").await;
    admin.client.post(path, bulk(json!({ "role": role }))).await.expect(200);
    let again = admin.client.post(path, bulk(json!({ "role": role }))).await.expect(200);
    assert_eq!(again.json, json!({ "changed": 0, "unchanged": 2 }));
    let toggles = client.get(&format!("/api/v1/users/{}/toggles", ana.id)).await.expect(200);
    let toggle = toggles.items()[0]["id"].clone();
    let set = json!({ "toggle": { "toggle": toggle, "setting": "deny" } });
    client.post(path, bulk(set)).await.expect(200);
    let before = server.database.fingerprint().await;
    // The Owner's bill clerk is beyond the Admin: nobody is changed, and the refusal says whom it is about.
    for (users, change, code, about) in [
        (json!([ana.id, company.owner.id]), json!({ "banned": true }), "owner_protected", "First User"),
        (json!([ana.id, ben.id]), json!({ "role": company.role("billing").await }), "gives_more", "Ana"),
        (json!([ben.id, admin.id]), json!("delete"), "forbidden", "Test admin"),
    ] {
        let body = json!({ "users": users, "change": change });
        let refused = admin.client.post(path, body).await.expect(403);
        assert_eq!(refused.code(), code, "{}", refused.text);
        assert!(refused.json["detail"].as_str().unwrap().starts_with(about), "{}", refused.text);
    }
    assert_eq!(server.database.fingerprint().await, before);
    admin.client.post(path, bulk(json!({ "banned": true }))).await.expect(200);
    ana.client.get("/api/v1/me").await.expect(401);
    admin.client.post(path, bulk(json!("delete"))).await.expect(200);
    client.get(&format!("/api/v1/users/{}", ben.id)).await.expect(404);
    assert_eq!(entries(&company, "user:delete").await, 2);
}

#[tokio::test]
async fn all_05_somebody_hidden_and_somebody_absent_are_told_alike_in_a_change_of_several() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (agent, other) = (company.hire("agent").await, company.hire("agent").await);
    let ask = |id: u32| json!({ "users": [id], "change": { "banned": true } });
    let hidden = agent.client.post("/api/v1/users/bulk", ask(other.id)).await.expect(422);
    let absent = agent.client.post("/api/v1/users/bulk", ask(999_999)).await.expect(422);
    assert_eq!(hidden.text.replace(&other.id.to_string(), "999999"), absent.text);
    // Oneself is seen, and the missing permission named.
    let own = agent.client.post("/api/v1/users/bulk", ask(agent.id)).await.expect(403);
    assert_eq!(own.json["permission"], "user:ban");
}

#[tokio::test]
async fn the_page_for_several_asks_with_their_number_and_takes_no_others() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (ana, ben) = (company.hire("agent").await, company.hire("agent").await);
    let page = company.page(&company.owner, &format!("/users/bulk?user={}&user={}", ana.id, ben.id)).await;
    assert!(page.text.contains("Ban 2 people?") && page.text.contains("Give 2 people another role"));
    let (ana_id, ben_id) = (ana.id.to_string(), ben.id.to_string());
    let form = [("what", "ban"), ("user", &ana_id), ("user", &ben_id), ("expected", "2"), ("sure", "1")];
    company.form(&company.owner, "/users/bulk", &form).await.expect(303);
    assert_eq!(user(&company.owner.client, ana.id).await["standing"], "banned");
    // One more agent matches by now than was shown.
    let role = company.role("agent").await.to_string();
    company.hire("agent").await;
    let form = [("what", "unban"), ("all", "yes"), ("role", &role), ("expected", "2"), ("sure", "1")];
    company.form(&company.owner, "/users/bulk", &form).await.expect(409);
    let form = [("what", "unban"), ("all", "yes"), ("role", &role), ("expected", "3"), ("sure", "1")];
    company.form(&company.owner, "/users/bulk", &form).await.expect(303);
    assert_eq!(user(&company.owner.client, ben.id).await["standing"], "active");
}

// ── Teams ─────────────────────────────────────────────────────────────────────────────────────────────────

/// A lead of `Sales` with team reach over people, and a department that they do not lead.
async fn team<'s>(company: &Company<'s>) -> (Member, u32, u32, u32) {
    let sales = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    let care = company.create("/api/v1/departments", json!({ "name": "Care" })).await;
    let north = company.create("/api/v1/branches", json!({ "name": "North" })).await;
    let team = |own: &[&str]| json!([own, &["team"]].concat());
    let holds = json!({ "user:read": team(&["own"]), "user:invite": team(&[]), "user:update": team(&[]),
        "user:set_access": team(&[]), "department:read": ["all"], "branch:read": ["all"], "profile:update": ["own"] });
    let lead = with_role(company, holds, json!({})).await;
    leads(company, lead.id, &[sales]).await;
    (lead, sales, care, north)
}

#[tokio::test]
async fn whoever_adds_people_to_their_team_adds_them_to_units_that_they_lead_and_to_no_other() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (lead, sales, care, north) = team(&company).await;
    let plain = company.create("/api/v1/roles", json!({ "name": "Plain", "holds": {} })).await;
    let new = |at: usize, place: Value| {
        let mut new = json!({ "email": format!("t{at}@team.example"), "name": "T", "role": plain });
        place.as_object().unwrap().iter().for_each(|(key, value)| new[key] = value.clone());
        new
    };
    for (at, (place, field)) in [
        (json!({}), "department"),
        (json!({ "department": care }), "department"),
        (json!({ "department": sales, "branch": north }), "branch"),
        (json!({ "branch": north }), "branch"),
    ]
    .into_iter()
    .enumerate()
    {
        let refused = lead.client.post("/api/v1/users", new(at, place)).await.expect(422);
        assert_eq!(refused.json["field"], field, "{}", refused.text);
    }
    lead.client.post("/api/v1/users", new(9, json!({ "department": sales }))).await.expect(201);
    let file = "email,name,role,department\na@team.example,A,Plain,Sales\nb@team.example,B,Plain,Care\n";
    let done = import(&lead.client, file).await.expect(200);
    assert_eq!((&done.json["added"], &done.json["failed"]), (&json!(1), &json!(1)), "{}", done.text);
    // Once they lead nothing, there is nowhere to add anybody.
    leads(&company, lead.id, &[]).await;
    let refused =
        lead.client.post("/api/v1/users", new(10, json!({ "department": sales }))).await.expect(403);
    assert_eq!(refused.json["permission"], "user:invite");
}

#[tokio::test]
async fn whoever_edits_their_team_moves_nobody_into_units_that_they_do_not_lead() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (lead, sales, care, north) = team(&company).await;
    let plain = company.create("/api/v1/roles", json!({ "name": "Plain", "holds": {} })).await;
    let ana = company.hire_into("agent", json!({ "name": "Ana", "department": sales, "role": plain })).await;
    assign(&company, ana.id, plain).await;
    let path = format!("/api/v1/users/{}", ana.id);
    for (edit, field) in
        [(json!({ "department": care }), "department"), (json!({ "branch": north }), "branch")]
    {
        assert_eq!(lead.client.patch(&path, edit).await.expect(422).json["field"], field);
    }
    let bulk = json!({ "users": [ana.id], "change": { "department": care } });
    assert_eq!(lead.client.post("/api/v1/users/bulk", bulk).await.expect(422).json["field"], "department");
    let into = json!({ "add": [ana.id] });
    let path = format!("/api/v1/departments/{care}/people");
    lead.client.post(&path, into).await.expect(422);
    // Where somebody is already they may stay, and be taken out.
    company
        .owner
        .client
        .patch(&format!("/api/v1/users/{}", ana.id), json!({ "branch": north }))
        .await
        .expect(200);
    let renamed = json!({ "name": "Ana Lima", "branch": north });
    lead.client.patch(&format!("/api/v1/users/{}", ana.id), renamed).await.expect(200);
    let out = json!({ "remove": [ana.id] });
    lead.client.post(&format!("/api/v1/departments/{sales}/people"), out).await.expect(200);
    lead.client.get(&format!("/api/v1/users/{}", ana.id)).await.expect(404);
}

// ── Units ─────────────────────────────────────────────────────────────────────────────────────────────────

#[tokio::test]
async fn people_come_and_go_and_lead_by_the_units_own_address() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = &company.owner.client;
    let sales = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    let care = company.create("/api/v1/departments", json!({ "name": "Care" })).await;
    let (ana, ben) =
        (company.hire("agent").await, company.hire_into("team_lead", json!({ "department": care })).await);
    let people = format!("/api/v1/departments/{sales}/people");
    let moved = client.post(&people, json!({ "add": [ana.id, ben.id] })).await.expect(200);
    assert_eq!(moved.json, json!({ "changed": 2, "unchanged": 0 }));
    let unit =
        |id: u32| async move { client.get(&format!("/api/v1/departments/{id}")).await.expect(200).json };
    assert_eq!(
        (unit(sales).await["members"].as_i64(), unit(care).await["members"].as_i64()),
        (Some(2), Some(0))
    );
    for unit in [sales, care] {
        let path = format!("/api/v1/departments/{unit}/leaders");
        client.post(&path, json!({ "add": [ben.id] })).await.expect(200);
    }
    let led = user(client, ben.id).await["leads"].as_array().unwrap().len();
    assert_eq!((led, &unit(sales).await["leaders"][0]["id"]), (2, &json!(ben.id)));
    ben.client.get(&format!("/api/v1/users/{}", ana.id)).await.expect(200);
    client
        .post(&format!("/api/v1/departments/{sales}/leaders"), json!({ "remove": [ben.id] }))
        .await
        .expect(200);
    ben.client.get(&format!("/api/v1/users/{}", ana.id)).await.expect(404);
    client.post(&people, json!({ "remove": [ana.id], "add": [ana.id] })).await.expect(422);
    client.post(&people, json!({ "remove": [ana.id] })).await.expect(200);
    assert_eq!(user(client, ana.id).await["department"], Value::Null);
    let agent = company.hire("agent").await;
    agent.client.post(&people, json!({ "add": [agent.id] })).await.expect(404);
}

#[tokio::test]
async fn a_unit_with_people_is_deleted_only_with_a_place_for_them() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = &company.owner.client;
    let sales = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    let care = company.create("/api/v1/departments", json!({ "name": "Care" })).await;
    let north = company.create("/api/v1/branches", json!({ "name": "North" })).await;
    let ana = company.hire_into("agent", json!({ "department": sales })).await;
    let lead = company.hire("team_lead").await;
    leads(&company, lead.id, &[sales]).await;
    let path = format!("/api/v1/departments/{sales}");
    let refused = client.delete(&path).await.expect(409);
    assert_eq!((refused.code(), &refused.json["field"]), ("in_use", &json!("move_to")));
    for wrong in [sales, north, 999_999] {
        client.delete(&format!("{path}?move_to={wrong}")).await.expect(422);
    }
    client.delete(&format!("{path}?move_to={care}")).await.expect(204);
    assert_eq!(user(client, ana.id).await["department"]["id"], care);
    assert_eq!(user(client, lead.id).await["leads"], json!([]));
    client.delete(&format!("/api/v1/departments/{care}?move_to=none")).await.expect(204);
    assert_eq!(user(client, ana.id).await["department"], Value::Null);
    client.delete(&format!("/api/v1/branches/{north}")).await.expect(204);
}

// ── The default role, and values in use ───────────────────────────────────────────────────────────────────

#[tokio::test]
async fn the_default_role_is_what_new_people_get_and_goes_on_to_the_heir() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = &company.owner.client;
    let added = |at: usize| async move {
        let new = json!({ "email": format!("d{at}@default.example"), "name": "D" });
        client.post("/api/v1/users", new).await.expect(201).json["user"]["role"]["name"].clone()
    };
    assert_eq!(added(0).await, "Agent");
    let role = company.create("/api/v1/roles", json!({ "name": "Newcomer", "holds": {} })).await;
    let set = |role: u32| format!("/api/v1/roles/{role}/default");
    let shown = client.put(&set(role), json!({})).await.expect(200);
    assert_eq!((&shown.json["is_default"], added(1).await), (&json!(true), json!("Newcomer")));
    import(client, "email,name\nd2@default.example,D\n").await.expect(200);
    let listed = client.get("/api/v1/users?search=d2@default").await.expect(200);
    assert_eq!(listed.items()[0]["role"]["name"], "Newcomer");
    // Nobody makes a role the default that they could not give, and nobody the Owner's.
    let admin = company.hire("admin").await;
    let billing = company.role("billing").await;
    assert_eq!(admin.client.put(&set(billing), json!({})).await.expect(403).code(), "gives_more");
    client.put(&set(company.role("owner").await), json!({})).await.expect(403);
    let analyst = company.role("analyst").await;
    client.delete(&format!("/api/v1/roles/{role}?move_to={analyst}")).await.expect(204);
    assert_eq!(added(3).await, "Analyst");
}

#[tokio::test]
async fn a_value_in_use_says_which_field_it_is_and_who_has_it_to_those_who_may_know() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = &company.owner.client;
    let (lead, sales, _, _) = team(&company).await;
    company.hire_into("agent", json!({ "name": "Ana Lima", "email": "ana@taken.example" })).await;
    let plain = company.create("/api/v1/roles", json!({ "name": "Plain", "holds": {} })).await;
    let new = json!({ "email": "ANA@taken.example", "name": "Other", "department": sales, "role": plain });
    let told = client.post("/api/v1/users", new.clone()).await.expect(409);
    assert_eq!((told.code(), &told.json["field"]), ("taken", &json!("email")));
    assert!(told.json["detail"].as_str().unwrap().contains("Ana Lima has it"), "{}", told.text);
    let untold = lead.client.post("/api/v1/users", new).await.expect(409);
    assert!(!untold.text.contains("Ana"), "{}", untold.text);
    company.create("/api/v1/extensions", json!({ "digits": "201" })).await;
    let told = client.post("/api/v1/extensions", json!({ "digits": "201" })).await.expect(409);
    assert!(told.json["detail"].as_str().unwrap().contains("extension 201 has it"), "{}", told.text);
}

/// A file is brought in some rows at a time, so that nobody else waits long; what holds of the whole file holds all the same.
#[tokio::test]
async fn a_long_file_is_brought_in_by_steps_and_told_as_one() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = &company.owner.client;
    let mut file = String::from("email,name\n");
    for n in 0..250 {
        file.push_str(&format!("p{n}@file.example,Person {n}\n"));
    }
    file.push_str("p3@file.example,Twice\n");
    let version = || async { server.app.store.snapshot(company.id).await.unwrap().model().version };
    let before = version().await;
    let tried = import_to(client, "/api/v1/users/import?try=true", &file).await.expect(200);
    assert_eq!(version().await, before);
    let done = import(client, &file).await.expect(200);
    assert_eq!(done.json["rows"], tried.json["rows"]);
    assert_eq!((&done.json["added"], &done.json["failed"]), (&json!(250), &json!(1)));
    let last = done.json["rows"].as_array().unwrap().last().unwrap().clone();
    assert!(last["reason"].as_str().unwrap().contains("line 5"), "the line of another step: {last}");
    assert_eq!(version().await - before, 3, "three changes, none of which holds the writer for long");
    let again = import(client, &file).await.expect(200);
    assert_eq!((&again.json["skipped"], &again.json["applied"]), (&json!(250), &json!(false)));
}
