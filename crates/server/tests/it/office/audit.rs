//! The audit log as people read it: filtered, by person and by thing, exported, and anchored outside the database.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{Client, Company, TestServer};

/// A page of the console, for somebody's session.
async fn page(company: &Company<'_>, client: &Client, path: &str) -> testkit::Answer {
    let token = client.token.clone().unwrap();
    let stranger = company.server.stranger();
    let request = stranger
        .request(Method::GET, &format!("/w/{}{path}", company.slug))
        .header("cookie", format!("__Host-ringfence-{}={token}", company.slug));
    stranger.send(request).await
}

fn acts(answer: &testkit::Answer) -> Vec<&str> {
    answer.items().iter().map(|entry| entry["act"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn entries_are_filtered_by_person_act_outcome_thing_day_and_text() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (admin, agent) = (company.hire("admin").await, company.hire("agent").await);
    admin.client.put(&format!("/api/v1/users/{}/ban", agent.id), json!({})).await.expect(200);
    admin.client.delete(&format!("/api/v1/users/{}/ban", agent.id)).await.expect(200);
    admin.client.delete(&format!("/api/v1/users/{}", company.owner.id)).await.expect(403);
    let queue = company.create("/api/v1/queues", json!({ "name": "Sales & Support" })).await;
    let owner = &company.owner.client;
    let list = async |query: &str| owner.get(&format!("/api/v1/audit?{query}")).await.expect(200);
    let did = list(&format!("actor={}&outcome=done&act=user:ban", admin.id)).await;
    assert_eq!(acts(&did), ["user:ban", "user:ban"]);
    let refused = list(&format!("actor={}&outcome=refused", admin.id)).await;
    assert_eq!(acts(&refused), ["user:delete"]);
    let both = list(&format!("party={}", agent.id)).await;
    assert!(acts(&both).contains(&"user:invite") && acts(&both).contains(&"user:ban"), "{}", both.text);
    assert!(both.items().iter().all(|e| e["object_id"] == agent.id || e["actor_id"] == agent.id));
    let of_queue = list(&format!("kind=queue&object={queue}")).await;
    assert_eq!(acts(&of_queue), ["queue:write"]);
    assert_eq!(acts(&list("search=sales+%26").await), ["queue:write"]);
    assert_eq!(acts(&list("search=s_les").await), [] as [&str; 0], "an underscore is no wildcard");
    // The clock stands at 2026-05-28 in UTC; the workspace is in Berlin.
    assert!(!list("since=2026-05-28&until=2026-05-28").await.items().is_empty());
    assert!(list("since=2026-05-29").await.items().is_empty());
    assert!(list("until=2026-05-27").await.items().is_empty());
    let wrong = owner.get("/api/v1/audit?outcome=maybe").await;
    assert_eq!((wrong.status, wrong.json["field"].as_str()), (422, Some("outcome")), "{}", wrong.text);
}

#[tokio::test]
async fn the_log_pages_by_place_without_missing_or_repeating_any() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    for n in 0..23 {
        company.create("/api/v1/departments", json!({ "name": format!("Team {n}") })).await;
    }
    let (mut seen, mut after) = (vec![], String::new());
    loop {
        let page = company.owner.client.get(&format!("/api/v1/audit?limit=7{after}")).await.expect(200);
        seen.extend(page.items().iter().map(|entry| entry["seq"].as_i64().unwrap()));
        let Some(next) = page.json["next"].as_str() else { break };
        after = format!("&after={next}");
        // What is written meanwhile is newer than what is read.
        company.create("/api/v1/branches", json!({ "name": format!("Branch {next}") })).await;
    }
    let first = seen[0];
    assert_eq!(seen, (1..=first).rev().collect::<Vec<i64>>());
}

#[tokio::test]
async fn the_pages_of_the_log_name_people_roles_and_units_and_escape_what_people_typed() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let sales = company.create("/api/v1/departments", json!({ "name": "Sales <b>" })).await;
    let agent = company.hire("agent").await;
    let edit = json!({ "department": sales });
    company.owner.client.patch(&format!("/api/v1/users/{}", agent.id), edit).await.expect(200);
    company.owner.client.put(&format!("/api/v1/users/{}/ban", agent.id), json!({})).await.expect(200);
    company.toggle(agent.id, "SMS", "deny").await.expect(200);
    let log = page(&company, &company.owner.client, "/audit").await.expect(200).text;
    for words in [
        "banned <strong>Test agent</strong>",
        "set the toggle <strong>SMS</strong>",
        "Sales &lt;b&gt;",
        "Europe/Berlin",
    ] {
        assert!(log.contains(words), "{words} is not there");
    }
    assert!(!log.contains("Sales <b>"));
    for (address, is_there, is_not) in [
        (format!("/audit?thing=department:{sales}"), "created the department", "banned"),
        (format!("/audit?person={}&side=had", agent.id), "banned", "created the department"),
        ("/audit?act=user:ban".into(), "banned", "created the department"),
        ("/audit?q=no+such+words".into(), "No entry fits", "created the department"),
    ] {
        let shown = page(&company, &company.owner.client, &address).await.expect(200).text;
        let list = shown.split("class=\"log\"").nth(1).unwrap_or(&shown);
        assert!(list.contains(is_there) && !list.contains(is_not), "{address}");
    }
    page(&company, &company.owner.client, "/audit?thing=queue").await.expect(422);
}

#[tokio::test]
async fn an_export_is_whole_safe_for_spreadsheets_and_itself_in_the_log() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    company.create("/api/v1/departments", json!({ "name": "=HYPERLINK(\"http://x\")" })).await;
    let owner = &company.owner.client;
    let lines = owner.get("/api/v1/audit.jsonl").await.expect(200);
    let entries: Vec<Value> = lines.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(entries[0]["act"], "audit:export", "the export is the newest entry of itself");
    let places: Vec<i64> = entries.iter().map(|entry| entry["seq"].as_i64().unwrap()).collect();
    assert_eq!(places, (1..=places[0]).rev().collect::<Vec<i64>>());
    let csv = owner.get("/api/v1/audit.csv?act=department:write").await.expect(200);
    assert!(csv.headers["content-disposition"].to_str().unwrap().contains("audit.csv"));
    assert_eq!(csv.text.lines().count(), 2, "{}", csv.text);
    assert!(csv.text.contains("'=HYPERLINK") && !csv.text.contains(",\"=HYPERLINK"), "{}", csv.text);
    let newest = owner.get("/api/v1/audit?limit=1").await.expect(200);
    assert_eq!(newest.items()[0]["detail"]["filter"], json!({ "act": "department:write" }));
}

#[tokio::test]
async fn nobody_exports_a_log_that_they_may_not_read() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let role = json!({ "name": "Blind", "holds": { "audit:export": ["all"], "audit:read": ["all"] } });
    let role = company.create("/api/v1/roles", role).await;
    let agent = company.hire("agent").await;
    company
        .owner
        .client
        .put(&format!("/api/v1/users/{}/role", agent.id), json!({ "role": role }))
        .await
        .expect(200);
    agent.client.get("/api/v1/audit.csv").await.expect(200);
    let scope = json!({ "name": "narrow", "scope": ["audit:export"] });
    let (_, narrow) = company.token(&company.owner, scope).await;
    let refused = narrow.get("/api/v1/audit.csv").await.expect(403);
    assert_eq!(refused.json["permission"], "audit:read");
}

/// A data folder of one test with one workspace; gone afterwards.
struct Place(PathBuf);

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Place {
    fn new(name: &str) -> Place {
        let folder = std::env::temp_dir().join(format!("ringfence-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let place = Place(folder);
        place.run(&[
            "workspace",
            "create",
            "--slug",
            "acme",
            "--name",
            "Acme",
            "--owner-email",
            "o@acme.example",
        ]);
        place
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ringfence"));
        command.arg("--data").arg(&self.0).args(args).env_remove("RINGFENCE_DATABASE");
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    async fn tamper(&self, sql: &str) {
        use sqlx::Connection as _;
        let url = format!("sqlite://{}", self.0.join("ringfence.db").display());
        let mut raw = sqlx::SqliteConnection::connect(&url).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut raw).await.unwrap();
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test]
async fn all_06_the_command_line_anchors_the_log_and_finds_what_was_cut_off() {
    let place = Place::new("anchor");
    let file = place.0.join("elsewhere.txt");
    let file = file.to_str().unwrap();
    let anchor = || place.run(&["audit", "anchor", "--to", file]);
    let verify = || place.run(&["audit", "verify", "--anchor", file]);
    assert!(said(&anchor()).contains("1 anchors added"), "{}", said(&anchor()));
    assert!(said(&anchor()).contains("0 anchors added"), "nothing moved");
    let whole = verify();
    assert_eq!(whole.status.code(), Some(0), "{}", said(&whole));
    assert!(said(&whole).contains("every anchor is in it"), "{}", said(&whole));
    // Somebody with the whole database in their hands takes the log away, and the head with it.
    place.tamper("DELETE FROM audit").await;
    place.tamper("UPDATE workspaces SET audit_seq = 0, audit_head = ''").await;
    let alone = place.run(&["audit", "verify", "--workspace", "acme"]);
    assert_eq!(alone.status.code(), Some(0), "the database alone tells nothing: {}", said(&alone));
    let found = verify();
    assert_eq!(found.status.code(), Some(1), "{}", said(&found));
    assert!(said(&found).contains("is not the one that was anchored"), "{}", said(&found));
    std::fs::write(file, "nonsense\n").unwrap();
    let unreadable = verify();
    assert!(!unreadable.status.success() && said(&unreadable).contains("line 1"), "{}", said(&unreadable));
}

#[tokio::test]
async fn all_06_a_check_that_could_show_nothing_is_no_success() {
    let place = Place::new("no-anchor");
    let file = place.0.join("elsewhere.txt");
    let verify = || place.run(&["audit", "verify", "--anchor", file.to_str().unwrap()]);
    std::fs::write(&file, "").unwrap();
    let unanchored = verify();
    assert_eq!(unanchored.status.code(), Some(1), "{}", said(&unanchored));
    assert!(said(&unanchored).contains("of acme is whole in itself, and the file has no anchor of it"));
    // A workspace that came after the last anchor is said by name, and the anchored one beside it is well.
    std::fs::remove_file(&file).unwrap();
    assert!(place.run(&["audit", "anchor", "--to", file.to_str().unwrap()]).status.success());
    assert_eq!(verify().status.code(), Some(0));
    let again = ["workspace", "create", "--slug", "two", "--name", "Two", "--owner-email", "o@two.example"];
    assert!(place.run(&again).status.success());
    let one_of_two = verify();
    assert_eq!(one_of_two.status.code(), Some(1), "{}", said(&one_of_two));
    assert!(said(&one_of_two).contains("of two is whole in itself"), "{}", said(&one_of_two));
    assert!(said(&one_of_two).contains("every anchor is in it"), "{}", said(&one_of_two));
    let empty = place.0.join("empty");
    let none = Place(empty).run(&["audit", "verify"]);
    assert!(!none.status.success(), "{}", said(&none));
    assert!(said(&none).contains("There is no workspace"), "{}", said(&none));
}

#[tokio::test]
async fn all_06_a_server_anchors_the_log_when_it_starts_and_when_it_is_stopped() {
    let place = Place::new("serve-anchor");
    let file = place.0.join("anchors.txt");
    let mut server = place
        .command(&["serve", "--listen", "127.0.0.1:0", "--anchor", file.to_str().unwrap()])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    wait_for(&file, 1).await;
    // Something is written down while it runs.
    let again = ["workspace", "create", "--slug", "two", "--name", "Two", "--owner-email", "o@two.example"];
    assert!(place.run(&again).status.success());
    assert!(Command::new("kill").arg(server.id().to_string()).status().unwrap().success());
    server.wait().unwrap();
    wait_for(&file, 2).await;
    let verify = place.run(&["audit", "verify", "--anchor", file.to_str().unwrap()]);
    assert!(verify.status.success(), "{}", said(&verify));
}

async fn wait_for(file: &Path, lines: usize) {
    for _ in 0..600 {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        if text.lines().count() >= lines {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{} has not {lines} lines", file.display());
}

#[tokio::test]
async fn a_server_and_a_command_that_start_at_once_on_an_empty_folder_take_turns() {
    for round in 0..3 {
        let folder = std::env::temp_dir().join(format!("ringfence-at-once-{round}-{}", std::process::id()));
        let place = Place(folder);
        let slugs = ["one", "two", "three"];
        let running = slugs.map(|slug| {
            let email = format!("o@{slug}.example");
            let args = ["workspace", "create", "--slug", slug, "--name", slug, "--owner-email", &email];
            place.command(&args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        });
        for command in running {
            let output = command.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", said(&output));
        }
        let listed = said(&place.run(&["workspace", "list"]));
        assert!(slugs.iter().all(|slug| listed.contains(slug)), "{listed}");
    }
}

#[tokio::test]
async fn all_06_a_refusal_through_a_departments_page_names_the_department_and_what_was_missing() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let sales = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    let role = async |name: &str, holds: Value| {
        company.create("/api/v1/roles", json!({ "name": name, "holds": holds })).await
    };
    let looks = json!({ "user:read": ["all"], "department:read": ["all"] });
    let edits = json!({ "user:read": ["all"], "department:read": ["all"], "user:update": ["all"] });
    let looker = company.hire_into("agent", json!({ "role": role("Looker", looks).await })).await;
    let editor = company.hire_into("agent", json!({ "role": role("Editor", edits).await })).await;
    let people = format!("/api/v1/departments/{sales}/people");
    looker.client.post(&people, json!({ "add": [editor.id] })).await.expect(403);
    let leaders = format!("/departments/{sales}/leaders");
    let add = editor.id.to_string();
    company.form(&looker, &leaders, &[("add", &add), ("sure", "1")]).await.expect(403);
    editor.client.post(&people, json!({ "add": [company.owner.id] })).await.expect(403);
    let refused = company.owner.client.get("/api/v1/audit?outcome=refused&kind=department").await.expect(200);
    assert_eq!(acts(&refused), ["user:change", "user:set_access", "user:update"], "{}", refused.text);
    assert!(refused.items().iter().all(|entry| entry["object_id"] == sales), "{}", refused.text);
    let log = page(&company, &company.owner.client, "/audit").await.expect(200).text;
    assert!(log.contains("change people: <strong>Sales</strong>"), "{log}");
}

#[tokio::test]
async fn the_log_says_in_the_readers_language_why_a_pin_was_refused_how_a_toggle_was_set_and_what_was_reached_for()
 {
    let server = TestServer::start().await;
    let company = server.company("nuacom").await;
    let user = company.hire_into("user", json!({ "phone": "+442079460123", "pin": "7319" })).await;
    let pin = json!({ "workspace": company.slug, "phone": "+442079460123", "pin": "4071" });
    server.stranger().post("/api/v1/sessions/pin", pin).await.expect(401);
    company.toggle(user.id, "Users", "allow").await.expect(200);
    company.owner.client.patch("/api/v1/me", json!({ "language": "de" })).await.expect(200);
    let email = format!("new@{}.example", company.slug);
    let new = json!({ "email": email, "name": "Newcomer", "password": testkit::PASSWORD });
    company.owner.client.post("/api/v1/users", new).await.expect(201);
    let credentials = json!({ "workspace": company.slug, "email": email, "password": testkit::PASSWORD });
    let session = server.stranger().post("/api/v1/sessions", credentials).await.expect(201);
    let newcomer = server.stranger().with_token(session.json["token"].as_str().unwrap());
    page(&company, &newcomer, "/profile").await.expect(303);
    let log = page(&company, &company.owner.client, "/audit").await.expect(200).text;
    for said in ["falsche PIN", "erben", "erlauben", "diese Adresse erreichen"] {
        assert!(log.contains(said), "{said}: {log}");
    }
    for raw in ["wrong PIN", ">inherit<", ">allow<", "<code>/w/{slug}/profile</code>"] {
        assert!(!log.contains(raw), "{raw}: {log}");
    }
}
