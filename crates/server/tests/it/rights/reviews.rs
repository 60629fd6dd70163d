//! Reviews of access: what they list, with the last use of it, and what closing one takes away.

use std::time::Duration;

use serde_json::{Value, json};
use testkit::{Company, Member, PASSWORD, TestServer};

const DAY: i64 = 86_400;

/// A moment so many seconds from now, as the API takes it.
/// Starts a review; its id.
async fn start(by: &Member, body: Value) -> i64 {
    by.client.post("/api/v1/reviews", body).await.expect(201).json["id"].as_i64().unwrap()
}

async fn lines(by: &Member, review: i64) -> Vec<Value> {
    by.client.get(&format!("/api/v1/reviews/{review}/lines")).await.expect(200).items().to_vec()
}

/// The line of somebody about something of a kind.
fn line<'l>(lines: &'l [Value], user: u32, kind: &str) -> &'l Value {
    let is = |line: &&Value| line["user"]["id"].as_u64() == Some(u64::from(user)) && line["kind"] == kind;
    lines.iter().find(is).unwrap_or_else(|| panic!("no {kind} of {user} in {lines:?}"))
}

async fn decide(by: &Member, review: i64, line: &Value, decision: &str) -> u16 {
    let path = format!("/api/v1/reviews/{review}/lines/{}", line["id"]);
    by.client.put(&path, json!({ "decision": decision })).await.status
}

async fn close(by: &Member, review: i64) {
    let closed = by.client.post(&format!("/api/v1/reviews/{review}/close"), json!({})).await.expect(200);
    assert!(closed.json["closed_at"].is_string());
}

/// A department with somebody who has something of each kind.
async fn equipped(company: &Company<'_>) -> (u32, Member) {
    let unit = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    let member = company.hire_into("member", json!({ "department": unit })).await;
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    company.grant(member.id, number, true, true).await;
    company.toggle(member.id, "Full Call Report Access", "allow").await.expect(200);
    let owner = &company.owner.client;
    owner.put(&format!("/api/v1/users/{}/leads", member.id), json!({ "units": [unit] })).await.expect(200);
    let body = json!({ "holds": { "audit:read": ["all"] }, "expires_at": company.server.later(400 * DAY) });
    owner.post(&format!("/api/v1/users/{}/temporary", member.id), body).await.expect(201);
    (unit, member)
}

#[tokio::test]
async fn a_review_lists_everything_that_each_person_in_it_has() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let (unit, member) = equipped(&company).await;
    company.hire("member").await;
    let review = start(&company.owner, json!({ "unit": unit })).await;
    let lines = lines(&company.owner, review).await;
    let kinds: Vec<&str> = lines.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["role", "toggle", "grant", "lead", "temporary"]);
    assert_eq!(line(&lines, member.id, "role")["label"], "Member");
    assert_eq!(line(&lines, member.id, "grant")["label"], "+12025550101");
    assert_eq!(line(&lines, member.id, "lead")["label"], "Sales");
    let shown = company.owner.client.get(&format!("/api/v1/reviews/{review}")).await.expect(200);
    assert_eq!((shown.json["name"].as_str(), shown.json["lines"].as_i64()), (Some("Sales"), Some(5)));
}

#[tokio::test]
async fn what_was_not_used_for_so_many_days_is_marked_and_what_was_used_is_not() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let (unit, member) = equipped(&company).await;
    let marked = |lines: &[Value], kind| line(lines, member.id, kind)["marked"].as_bool().unwrap();
    let review = start(&company.owner, json!({ "unit": unit, "unused_days": 30 })).await;
    let found = lines(&company.owner, review).await;
    assert!(found.iter().all(|line| line["marked"] == false), "nobody is there for 30 days yet");
    server.pass(31 * DAY);
    let (owner, member) = (company.owner.again(&server).await, member.again(&server).await);
    member.client.get("/api/v1/audit").await.expect(200);
    member.client.get("/api/v1/users").await.expect(200);
    let review = start(&owner, json!({ "unit": unit, "unused_days": 30 })).await;
    let found = lines(&owner, review).await;
    assert!(!marked(&found, "role") && !marked(&found, "temporary"));
    assert!(marked(&found, "toggle"), "nobody looked at calls: {found:?}");
    let hour = 3_600_000_000;
    let used = server.now() - server.now() % hour;
    assert_eq!(line(&found, member.id, "temporary")["last_used_at"], json!(acts::Moment(used)));

    member.client.get("/api/v1/calls").await.expect(200);
    server.pass(31 * DAY);
    let (owner, member_again) = (owner.again(&server).await, member.again(&server).await);
    let review = start(&owner, json!({ "unit": unit, "unused_days": 32 })).await;
    assert!(!marked(&lines(&owner, review).await, "toggle"), "used 31 days ago");
    member_again.client.get("/api/v1/users").await.expect(200);
    let review = start(&owner, json!({ "unit": unit, "unused_days": 30 })).await;
    let found = lines(&owner, review).await;
    assert!(marked(&found, "toggle") && marked(&found, "temporary") && !marked(&found, "role"));
    let path = format!("/api/v1/reviews/{review}/remove-marked");
    let removed = owner.client.post(&path, json!({})).await.expect(200).json["removed"].as_u64().unwrap();
    let found = lines(&owner, review).await;
    let is_marked = |line: &&Value| line["marked"] == true;
    assert_eq!(found.iter().filter(is_marked).count() as u64, removed);
    assert!(found.iter().filter(is_marked).all(|line| line["decision"] == "remove"));
}

#[tokio::test]
async fn a_refused_or_failed_act_is_no_use() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let member = company.hire("member").await;
    server.pass(2 * DAY);
    member.client.get("/api/v1/users/99999").await.expect(404);
    member.client.get("/api/v1/audit").await.expect(403);
    member.client.patch("/api/v1/me", json!({ "phone": "not a number" })).await.expect(422);
    let path = format!("/api/v1/unused-permissions?days=1&limit=200&user={}", member.id);
    let names = |answer: &testkit::Answer| {
        answer.items().iter().map(|one| one["permission"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let unused = names(&company.owner.client.get(&path).await.expect(200));
    assert!(unused.contains(&"user:read".to_owned()) && unused.contains(&"profile:update".to_owned()));
    member.client.get("/api/v1/users").await.expect(200);
    member.client.patch("/api/v1/me", json!({ "phone": "+442079460123" })).await.expect(200);
    let unused = names(&company.owner.client.get(&path).await.expect(200));
    assert!(!unused.contains(&"user:read".to_owned()) && !unused.contains(&"profile:update".to_owned()));
    let held = member.client.get("/api/v1/me").await.expect(200);
    assert!(unused.iter().all(|name| !held.json["permissions"][name].is_null()), "only what is held");
}

#[tokio::test]
async fn whatever_one_changes_on_ones_profile_uses_the_permission_to() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let forms = [
        ("/profile", &[("name", "Somebody")][..]),
        ("/profile/password", &[("current", PASSWORD), ("new", "another long password")]),
        ("/profile/pin", &[("current", PASSWORD), ("pin", "7391")]),
        ("/profile/caller-id", &[("number", "")]),
    ];
    let mut people = vec![];
    for phone in (0..forms.len()).map(|at| format!("+44207946010{at}")) {
        let member = company.hire_into("member", json!({ "phone": phone })).await;
        company.give_password(member.id).await;
        people.push(member);
    }
    server.pass(2 * DAY);
    let owner = company.owner.again(&server).await;
    for ((path, typed), member) in forms.into_iter().zip(people) {
        let member = member.again(&server).await;
        let unused = format!("/api/v1/unused-permissions?days=1&limit=200&user={}", member.id);
        assert!(owner.client.get(&unused).await.expect(200).text.contains("profile:update"), "{path}");
        company.form(&member, path, typed).await.expect(303);
        assert!(!owner.client.get(&unused).await.expect(200).text.contains("profile:update"), "{path}");
    }
}

#[tokio::test]
async fn uses_are_counted_by_permission_and_outlive_the_server() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let (one, _other) = (company.hire("member").await, company.hire("member").await);
    server.pass(3 * DAY);
    one.client.get("/api/v1/users").await.expect(200);
    server::jobs::finish(&server.app).await;
    let next = TestServer::on(server.database.clone()).await;
    next.pass(3 * DAY);
    let owner = testkit::Client::new(next.url(), company.owner.client.token.clone());
    let uses = owner.get("/api/v1/permission-uses?days=2").await.expect(200);
    let of = |name: &str| uses.items().iter().find(|one| one["permission"] == name).unwrap().clone();
    let read = of("user:read");
    // The owner's own uses are noted on the node that they ask.
    assert_eq!(read["holders"], 3);
    assert!(
        (1..3).contains(&read["unused_by"].as_u64().unwrap()) && read["last_used_at"].is_string(),
        "{read}"
    );
    assert!(uses.items().iter().all(|one| one["permission"] != "call:place"), "nothing here asks for it");
}

#[tokio::test]
async fn closing_takes_away_what_was_decided_and_keeps_the_rest() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let (unit, member) = equipped(&company).await;
    let admin = company.hire_into("admin", json!({ "department": unit })).await;
    let review = start(&company.owner, json!({ "unit": unit })).await;
    let found = lines(&company.owner, review).await;
    for kind in ["toggle", "grant", "lead", "temporary"] {
        assert_eq!(decide(&company.owner, review, line(&found, member.id, kind), "remove").await, 200);
    }
    assert_eq!(decide(&company.owner, review, line(&found, admin.id, "role"), "remove").await, 200);
    assert_eq!(decide(&company.owner, review, line(&found, member.id, "role"), "keep").await, 200);
    member.client.get("/api/v1/audit").await.expect(200);
    close(&company.owner, review).await;
    member.client.get("/api/v1/audit").await.expect(403);
    let of = |rest: &str| {
        let path = format!("/api/v1/users/{}{rest}", member.id);
        let owner = company.owner.client.clone();
        async move { owner.get(&path).await.expect(200) }
    };
    assert!(of("/grants").await.items().is_empty() && of("/temporary").await.items().is_empty());
    assert_eq!(of("").await.json["leads"], json!([]));
    assert!(of("/toggles").await.items().iter().all(|toggle| toggle["setting"] == "inherit"));
    let admin = company.owner.client.get(&format!("/api/v1/users/{}", admin.id)).await.expect(200);
    assert_eq!(admin.json["role"]["name"], "Member", "the default role");
    let found = lines(&company.owner, review).await;
    let outcome = |kind| line(&found, member.id, kind)["outcome"].as_str().unwrap().to_owned();
    assert_eq!((outcome("role").as_str(), outcome("toggle").as_str()), ("kept", "removed"));
    assert_eq!(decide(&company.owner, review, &found[0], "remove").await, 409, "a closed review stays");
    let csv = company.owner.client.get(&format!("/api/v1/reviews/{review}/lines.csv")).await.expect(200);
    assert_eq!(csv.text.lines().count(), found.len() + 1);
    assert!(csv.text.contains("removed"));
}

#[tokio::test]
async fn a_line_that_was_removed_says_when_the_person_has_it_again() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let (unit, member) = equipped(&company).await;
    let review = start(&company.owner, json!({ "unit": unit })).await;
    let found = lines(&company.owner, review).await;
    let (toggle, lead) = (line(&found, member.id, "toggle"), line(&found, member.id, "lead"));
    assert_eq!(decide(&company.owner, review, toggle, "remove").await, 200);
    assert_eq!(decide(&company.owner, review, lead, "remove").await, 200);
    close(&company.owner, review).await;
    company.toggle(member.id, "Full Call Report Access", "allow").await.expect(200);
    let found = lines(&company.owner, review).await;
    let again =
        |kind| (&line(&found, member.id, kind)["outcome"], &line(&found, member.id, kind)["has_it_again"]);
    assert_eq!(again("toggle"), (&json!("removed"), &json!(true)));
    assert_eq!(again("lead"), (&json!("removed"), &json!(false)));
    assert_eq!(again("grant"), (&json!("kept"), &json!(false)));
}

#[tokio::test]
async fn a_line_that_cannot_be_removed_says_why_and_stays() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let (unit, member) = equipped(&company).await;
    let admin = company.hire_into("admin", json!({ "department": unit })).await;
    let owner = format!("/api/v1/users/{}", company.owner.id);
    company.owner.client.patch(&owner, json!({ "department": unit })).await.expect(200);
    let review = start(&company.owner, json!({ "unit": unit })).await;
    let found = lines(&company.owner, review).await;
    decide(&admin, review, line(&found, company.owner.id, "role"), "remove").await;
    decide(&admin, review, line(&found, member.id, "toggle"), "remove").await;
    decide(&admin, review, line(&found, member.id, "role"), "remove").await;
    let grant = line(&found, member.id, "grant");
    decide(&admin, review, grant, "remove").await;
    let number = found.iter().find(|line| line["kind"] == "grant").unwrap()["label"].clone();
    let numbers = company.owner.client.get("/api/v1/numbers").await.expect(200);
    let id = numbers.items().iter().find(|n| n["digits"] == number).unwrap()["id"].clone();
    let path = format!("/api/v1/users/{}/grants/{id}", member.id);
    company.owner.client.delete(&path).await.expect(204);
    close(&admin, review).await;
    let found = lines(&admin, review).await;
    let outcome = |user, kind| line(&found, user, kind)["outcome"].as_str().unwrap().to_owned();
    assert!(outcome(company.owner.id, "role").contains("only the Owner can change the Owner"), "{found:?}");
    assert_eq!(outcome(member.id, "toggle"), "removed", "one line in the way does not keep the others");
    assert_eq!(outcome(member.id, "grant"), "gone");
    assert!(outcome(member.id, "role").contains("default role"));
    let owner = company.owner.client.get(&owner).await.expect(200);
    assert_eq!(owner.json["role"]["name"], "Owner");
}

#[tokio::test]
async fn the_last_who_can_manage_people_keeps_their_role_through_a_review() {
    let server = TestServer::start().await;
    let company = server.company("nuacom").await;
    let second = company.hire("admin").await;
    let review = start(&company.owner, json!({ "role": company.role("admin").await })).await;
    for line in lines(&company.owner, review).await {
        decide(&company.owner, review, &line, "remove").await;
    }
    close(&company.owner, review).await;
    let snapshot = server.app.store.snapshot(company.id).await.unwrap();
    let admins =
        snapshot.model().users.values().filter(|u| snapshot.model().roles[&u.role].standing.guardian);
    assert_eq!(admins.count(), 1);
    let outcomes =
        |client: testkit::Client| async move { client.get(&format!("/api/v1/reviews/{review}/lines")).await };
    let (one, other) = (outcomes(company.owner.client.clone()).await, outcomes(second.client.clone()).await);
    let seen = if one.status == 200 { one } else { other };
    let outcomes: Vec<&str> = seen.items().iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes.iter().filter(|o| **o == "removed").count(), 1, "{outcomes:?}");
}

#[tokio::test]
async fn a_reviewer_is_shown_exactly_the_lines_that_they_may_decide() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let (unit, member) = equipped(&company).await;
    let outside = company.hire("member").await;
    let holds = json!({ "user:read": ["team"], "access:review": ["all"], "role:read": ["all"] });
    let role = json!({ "name": "Reviewer", "holds": holds });
    let role = company.owner.client.post("/api/v1/roles", role).await.expect(201).json["id"].clone();
    let reviewer = company.hire("member").await;
    let path = format!("/api/v1/users/{}", reviewer.id);
    company.owner.client.put(&format!("{path}/role"), json!({ "role": role })).await.expect(200);
    company.owner.client.put(&format!("{path}/leads"), json!({ "units": [unit] })).await.expect(200);
    let review = start(&company.owner, json!({ "role": company.role("member").await })).await;
    let (all, shown) = (lines(&company.owner, review).await, lines(&reviewer, review).await);
    assert!(shown.len() < all.len());
    line(&all, outside.id, "role");
    for one in &all {
        let may = decide(&reviewer, review, one, "keep").await;
        let is_shown = shown.iter().any(|other| other["id"] == one["id"]);
        assert_eq!(may, if is_shown { 200 } else { 404 }, "{one}");
    }
    assert!(shown.iter().all(|line| line["user"]["id"].as_u64() == Some(u64::from(member.id))));
    decide(&company.owner, review, line(&all, outside.id, "role"), "undecided").await;
    for reader in [&company.owner, &reviewer] {
        let own = lines(reader, review).await;
        let decided = own.iter().filter(|line| line["decision"] != "").count();
        let listed = reader.client.get("/api/v1/reviews").await.expect(200).items()[0].clone();
        assert_eq!((&listed["lines"], &listed["decided"]), (&json!(own.len()), &json!(decided)), "{own:?}");
    }
    // What they decide, they cannot take away: that needs its own permission over the person.
    decide(&reviewer, review, line(&all, member.id, "toggle"), "remove").await;
    close(&reviewer, review).await;
    let found = lines(&company.owner, review).await;
    assert!(line(&found, member.id, "toggle")["outcome"].as_str().unwrap().contains("user:set_access"));
}

#[tokio::test]
async fn a_decision_is_seen_by_the_other_reviewer_at_once() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let (unit, member) = equipped(&company).await;
    let admin = company.hire("admin").await;
    let review = start(&company.owner, json!({ "unit": unit })).await;
    let found = lines(&company.owner, review).await;
    let mut changes = server.app.store.subscribe();
    decide(&admin, review, line(&found, member.id, "toggle"), "remove").await;
    let told = tokio::time::timeout(Duration::from_secs(2), changes.recv()).await;
    assert_eq!(told.unwrap().unwrap().workspace, company.id, "open pages are told");
    let found = lines(&company.owner, review).await;
    let seen = line(&found, member.id, "toggle");
    assert_eq!(
        (seen["decision"].as_str(), seen["decided_by"]["id"].as_u64()),
        (Some("remove"), Some(u64::from(admin.id)))
    );
    decide(&company.owner, review, line(&found, member.id, "toggle"), "undecided").await;
    assert_eq!(line(&lines(&admin, review).await, member.id, "toggle")["decision"], "");
}

#[tokio::test]
async fn a_review_is_made_in_the_console() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let (unit, member) = equipped(&company).await;
    server.pass(40 * DAY);
    let (owner, member) = (company.owner.again(&server).await, member.again(&server).await);
    member.client.get("/api/v1/users").await.expect(200);
    let of = format!("unit-{unit}");
    let typed = [("of", of.as_str()), ("name", "Autumn"), ("unused_days", "30")];
    let started = company.form(&owner, "/reviews", &typed).await.expect(303);
    let address = started.headers["location"].to_str().unwrap().split('?').next().unwrap().to_owned();
    let token = owner.client.token.clone().unwrap();
    let page = |path: String| {
        let request = server.stranger().request(reqwest::Method::GET, &path);
        let request = request.header("cookie", format!("__Host-ringfence-{}={token}", company.slug));
        async { server.stranger().send(request).await.expect(200).text }
    };
    let text = page(address.clone()).await;
    assert!(
        text.contains("Autumn") && text.contains("marked for removal") && text.contains("Last used"),
        "{text}"
    );
    let below = address.strip_prefix(&format!("/w/{}", company.slug)).unwrap();
    let typed = [("line", "2"), ("decision", "remove"), ("sure", "1")];
    company.form(&owner, &format!("{below}/lines"), &typed).await.expect(303);
    let asked = company.form(&owner, &format!("{below}/close"), &[]).await.expect(200);
    assert!(asked.text.contains("Who gains and who loses"), "closing asks first");
    company.form(&owner, &format!("{below}/close"), &[("sure", "1")]).await.expect(303);
    let text = page(address.clone()).await;
    assert!(text.contains("Closed") && text.contains("removed"));
    let csv = page(format!("{address}/lines.csv")).await;
    assert!(csv.starts_with("\"person\",\"kind\",\"what\","));
    let unused = page(format!("/w/{}/reviews/unused?days=30", company.slug)).await;
    assert!(unused.contains("Do not use it"));
    page(format!("/w/{}/reviews/unused?person={}&days=30", company.slug, member.id)).await;
    page(format!("/w/{}/reviews", company.slug)).await;
}
