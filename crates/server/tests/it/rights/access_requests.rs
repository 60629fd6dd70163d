//! Requests for access: who may ask, who may decide, what can be given, and what both sides see (CAL-20).

use reqwest::Method;
use serde_json::{Value, json};
use server::endpoints;
use testkit::{Answer, Company, Member, TestServer};

const DAY: i64 = 86_400;

/// A moment so many seconds from now, as the API takes it.
/// Asks for a permission; the id of the request.
async fn ask(member: &Member, permission: &str, reach: &str) -> i64 {
    let body = json!({ "holds": { permission: [reach] }, "reason": "for the quarter's figures" });
    member.client.post("/api/v1/access-requests", body).await.expect(201).json["id"].as_i64().unwrap()
}

async fn decide(member: &Member, request: i64, how: &str, body: Value) -> Answer {
    member.client.post(&format!("/api/v1/access-requests/{request}/{how}"), body).await
}

/// The ids of the open requests that somebody is shown.
async fn listed(member: &Member) -> Vec<i64> {
    let answer = member.client.get("/api/v1/access-requests?limit=200").await.expect(200);
    answer.items().iter().map(|item| item["id"].as_i64().unwrap()).collect()
}

/// A page of somebody's session.
async fn page(company: &Company<'_>, member: &Member, path: &str) -> Answer {
    let token = member.client.token.clone().unwrap();
    let stranger = company.server.stranger();
    let request = stranger
        .request(Method::GET, &format!("/w/{}{path}", company.slug))
        .header("cookie", format!("__Host-ringfence-{}={token}", company.slug));
    stranger.send(request).await
}

#[tokio::test]
async fn a_request_reaches_whoever_may_decide_it_and_is_granted_for_a_while() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let (admin, member) = (company.hire("admin").await, company.hire("member").await);
    let request = ask(&member, "audit:read", "all").await;
    assert_eq!(listed(&admin).await, [request]);
    member.client.get("/api/v1/access-requests").await.expect(403);
    let until = server.later(DAY);
    let granted = decide(&admin, request, "grant", json!({ "until": until, "note": "until tomorrow" })).await;
    assert_eq!(granted.expect(200).json["state"], "granted");
    member.client.get("/api/v1/audit").await.expect(200);
    let own = member.client.get("/api/v1/me/access-requests").await.expect(200);
    let own = &own.items()[0];
    assert_eq!((own["state"].as_str(), own["note"].as_str()), (Some("granted"), Some("until tomorrow")));
    assert_eq!(own["given"]["holds"]["audit:read"], json!(["all"]));
    assert_eq!(own["until"].as_str(), Some(until.as_str()));
    assert_eq!(own["decided_by"]["id"].as_u64(), Some(u64::from(admin.id)));
    assert!(listed(&admin).await.is_empty());
    server.pass(DAY);
    member.client.get("/api/v1/audit").await.expect(403);
}

#[tokio::test]
async fn permissions_are_not_given_for_good_and_a_toggle_is() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let member = company.hire("member").await;
    let request = ask(&member, "call_record:read", "all").await;
    let refused = decide(&company.owner, request, "grant", json!({})).await.expect(422);
    assert_eq!(refused.json["field"], "until");
    let toggles = format!("/api/v1/users/{}/toggles", member.id);
    let toggles = company.owner.client.get(&toggles).await.expect(200);
    let full = toggles.items().iter().find(|t| t["name"] == "Full Call Report Access").unwrap();
    let granted = decide(&company.owner, request, "grant", json!({ "toggle": full["id"] })).await.expect(200);
    assert_eq!(granted.json["given"]["toggle"], "Full Call Report Access");
    let me = member.client.get("/api/v1/me").await.expect(200);
    assert_eq!(me.json["permissions"]["call_record:read"], json!(["all"]));
}

#[tokio::test]
async fn nobody_gives_on_a_request_what_they_lack_and_passes_it_to_somebody_who_can() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let (admin, member) = (company.hire("admin").await, company.hire("member").await);
    let other = company.hire("admin").await;
    let request = ask(&member, "workspace:delete", "all").await;
    let before = server.database.fingerprint().await;
    let until = json!({ "until": server.later(DAY) });
    let refused = decide(&admin, request, "grant", until.clone()).await.expect(403);
    assert_eq!(refused.code(), "gives_more");
    assert_eq!(server.database.fingerprint().await, before, "a refusal changed something");
    let cannot = decide(&admin, request, "pass", json!({ "user": other.id })).await.expect(422);
    assert_eq!(cannot.json["field"], "user");
    decide(&admin, request, "pass", json!({ "user": company.owner.id })).await.expect(200);
    let seen = company.owner.client.get(&format!("/api/v1/access-requests/{request}")).await.expect(200);
    assert_eq!(seen.json["passed_to"]["id"].as_u64(), Some(u64::from(company.owner.id)));
    decide(&company.owner, request, "grant", until).await.expect(200);
}

#[tokio::test]
async fn nobody_decides_their_own_request() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let admin = company.hire("admin").await;
    let request = ask(&admin, "workspace:delete", "all").await;
    assert!(listed(&admin).await.is_empty());
    assert_eq!(listed(&company.owner).await, [request]);
    let before = server.database.fingerprint().await;
    for (how, body) in [
        ("grant", json!({ "until": server.later(DAY) })),
        ("decline", json!({})),
        ("pass", json!({ "user": company.owner.id })),
    ] {
        decide(&admin, request, how, body).await.expect(403);
    }
    assert_eq!(server.database.fingerprint().await, before, "a refusal changed something");
}

#[tokio::test]
async fn whoever_decides_for_their_team_is_shown_exactly_what_they_may_decide() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let snapshot = server.app.store.snapshot(company.id).await.unwrap();
    let decide_permission = access::Permission::AccessRequestDecide;
    let lead =
        snapshot.model().preset.roles.iter().find(|role| {
            role.holds.iter().any(|(p, r)| *p == decide_permission && !r.has(access::Reach::All))
        });
    let lead_role = lead.unwrap().key.clone();
    let sales = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    let support = company.create("/api/v1/departments", json!({ "name": "Support" })).await;
    let lead = company.hire_into(&lead_role, json!({ "department": sales })).await;
    let leads = format!("/api/v1/users/{}/leads", lead.id);
    company.owner.client.put(&leads, json!({ "units": [sales] })).await.expect(200);
    let default = snapshot.model().preset.roles.iter().find(|role| role.default).unwrap().key.clone();
    let mut people = vec![lead.clone()];
    for unit in [Some(sales), Some(sales), Some(support), None] {
        people.push(company.hire_into(&default, json!({ "department": unit })).await);
    }
    let mut requests = vec![];
    for person in &people {
        requests.push(ask(person, "billing:commit", "all").await);
    }
    for decider in [&lead, &company.owner] {
        let shown = listed(decider).await;
        for request in &requests {
            let seen = decider.client.get(&format!("/api/v1/access-requests/{request}")).await.status == 200;
            // An answer that cannot be: whoever may decide is told what is wrong with it.
            let may =
                decide(decider, *request, "grant", json!({ "role": 1, "toggle": 1 })).await.status == 422;
            let own = decider.id == lead.id && *request == requests[0];
            assert_eq!(shown.contains(request), may, "request {request}");
            assert_eq!(seen, may || own, "request {request}");
        }
    }
    assert_eq!(listed(&lead).await.len(), 2, "those of the people of Sales, but their own");
    assert_eq!(listed(&company.owner).await.len(), 5);
}

#[tokio::test]
async fn the_same_request_twice_is_one_and_ten_can_be_open() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let member = company.hire("member").await;
    let first = ask(&member, "audit:read", "all").await;
    assert_eq!(ask(&member, "audit:read", "all").await, first);
    let names = ["audit:export", "user:invite", "user:ban", "role:write", "role:delete", "billing:read"];
    let more = ["billing:commit", "user:delete", "department:write"];
    for name in names.into_iter().chain(more) {
        ask(&member, name, "all").await;
    }
    let body = json!({ "holds": { "branch:write": ["all"] }, "reason": "one too many" });
    member.client.post("/api/v1/access-requests", body.clone()).await.expect(422);
    decide(&member, first, "withdraw", json!({})).await.expect(204);
    member.client.post("/api/v1/access-requests", body).await.expect(201);
    let refused = decide(&company.owner, first, "grant", json!({ "until": server.later(DAY) })).await;
    assert_eq!(refused.expect(409).code(), "conflict");
}

#[tokio::test]
async fn somebody_elses_request_cannot_be_withdrawn_and_says_nothing() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let (one, other) = (company.hire("member").await, company.hire("member").await);
    let request = ask(&one, "audit:read", "all").await;
    let theirs = decide(&other, request, "withdraw", json!({})).await.expect(404);
    let absent = decide(&other, 99_999, "withdraw", json!({})).await.expect(404);
    assert_eq!(theirs.text, absent.text);
}

#[tokio::test]
async fn what_one_holds_what_nobody_can_give_and_the_owners_role_cannot_be_asked_for() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let member = company.hire("member").await;
    let owner = company.role("owner").await;
    for (body, field) in [
        (json!({ "holds": { "access_request:create": ["own"] }, "reason": "x" }), "holds"),
        (json!({ "holds": { "workspace:transfer": ["all"] }, "reason": "x" }), "holds"),
        (json!({ "holds": {}, "reason": "x" }), "holds"),
        (json!({ "role": owner, "reason": "x" }), "role"),
        (json!({ "role": 99_999, "reason": "x" }), "role"),
        (json!({ "holds": { "audit:read": ["all"] }, "reason": "" }), "reason"),
    ] {
        let refused = member.client.post("/api/v1/access-requests", body).await.expect(422);
        assert_eq!(refused.json["field"], field, "{}", refused.text);
    }
}

#[tokio::test]
async fn less_than_was_asked_can_be_given_and_more_cannot() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let member = company.hire("member").await;
    let body = json!({ "holds": { "audit:read": ["all"], "user:read": ["team", "all"] }, "reason": "x" });
    let asked = member.client.post("/api/v1/access-requests", body).await.expect(201);
    let request = asked.json["id"].as_i64().unwrap();
    let until = server.later(DAY);
    let more = json!({ "holds": { "audit:export": ["all"] }, "until": until });
    assert_eq!(decide(&company.owner, request, "grant", more).await.expect(422).json["field"], "holds");
    let less = json!({ "holds": { "user:read": ["team"] }, "until": until });
    decide(&company.owner, request, "grant", less).await.expect(200);
    let me = member.client.get("/api/v1/me").await.expect(200);
    assert!(me.json["permissions"]["audit:read"].is_null());
    let reaches = me.json["permissions"]["user:read"].as_array().unwrap();
    assert!(reaches.contains(&json!("team")) && !reaches.contains(&json!("all")), "{reaches:?}");
}

#[tokio::test]
async fn to_decide_requests_is_not_yet_to_set_access_or_to_give_roles() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let holds = json!({ "user:read": ["all"], "access_request:decide": ["all"], "audit:read": ["all"],
        "role:read": ["all"], "access_request:create": ["own"] });
    let role = json!({ "name": "Decider", "holds": holds });
    let role = company.owner.client.post("/api/v1/roles", role).await.expect(201).json["id"].clone();
    let (decider, member) = (company.hire("member").await, company.hire("member").await);
    let path = format!("/api/v1/users/{}/role", decider.id);
    company.owner.client.put(&path, json!({ "role": role })).await.expect(200);
    let request = ask(&member, "audit:read", "all").await;
    let until = json!({ "until": server.later(DAY) });
    let refused = decide(&decider, request, "grant", until).await.expect(403);
    assert_eq!(refused.json["permission"], "user:set_access");
    let refused = decide(&decider, request, "grant", json!({ "role": role })).await.expect(403);
    assert_eq!(refused.json["permission"], "user:assign_role");
    decide(&decider, request, "decline", json!({ "note": "ask an Admin" })).await.expect(200);
}

#[tokio::test]
async fn what_a_denied_toggle_would_take_at_once_is_not_given() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let member = company.hire("member").await;
    let request = ask(&member, "call_record:read", "all").await;
    company.toggle(member.id, "Full Call Report Access", "deny").await.expect(200);
    let refused = decide(&company.owner, request, "grant", json!({ "until": server.later(DAY) })).await;
    assert_eq!(refused.expect(422).json["field"], "holds");
}

#[tokio::test]
async fn of_two_who_decide_at_once_one_decides() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let (admin, member) = (company.hire("admin").await, company.hire("member").await);
    for _ in 0..5 {
        let request = ask(&member, "audit:read", "all").await;
        let (one, other) = tokio::join!(
            decide(&admin, request, "decline", json!({})),
            decide(&company.owner, request, "decline", json!({}))
        );
        let mut both = [one.status, other.status];
        both.sort_unstable();
        assert_eq!(both, [200, 409]);
    }
}

#[tokio::test]
async fn a_role_that_is_asked_for_can_be_given_for_a_while_as_its_permissions() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let member = company.hire("member").await;
    let body = json!({ "role": company.role("admin").await, "reason": "on holiday duty" });
    let asked = member.client.post("/api/v1/access-requests", body).await.expect(201);
    let request = asked.json["id"].as_i64().unwrap();
    decide(&company.owner, request, "grant", json!({ "until": server.later(DAY) })).await.expect(200);
    member.client.get("/api/v1/audit").await.expect(200);
    let me = member.client.get("/api/v1/me").await.expect(200);
    assert_eq!(me.json["user"]["role"]["name"], "Member", "{}", me.text);
    server.pass(DAY);
    member.client.get("/api/v1/audit").await.expect(403);
}

#[tokio::test]
async fn a_refused_page_offers_to_ask_and_the_request_is_decided_on_its_page() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let member = company.hire("member").await;
    let refused = page(&company, &member, "/audit").await.expect(403);
    let address = "/requests/new?permission=audit:read&amp;reach=all";
    assert!(refused.text.contains(address), "{}", refused.text);
    let form = page(&company, &member, "/requests/new?permission=audit:read&reach=all").await.expect(200);
    assert!(form.text.contains(r#"name="audit:read""#));
    let typed = [("audit:read", "all"), ("reason", "to look something up")];
    company.form(&member, "/requests", &typed).await.expect(303);
    let profile = page(&company, &member, "/profile").await.expect(200);
    assert!(profile.text.contains("to look something up"));
    let listed = page(&company, &company.owner, "/requests").await.expect(200);
    assert!(listed.text.contains("to look something up"));
    assert!(listed.text.contains(r#"<span class="count">1</span>"#), "the menu counts what waits");
    let request = self::listed(&company.owner).await[0];
    let one = page(&company, &company.owner, &format!("/requests/{request}")).await.expect(200);
    assert!(one.text.contains(r#"name="audit:read""#));
    let typed = [("audit:read", "all"), ("for", "1d"), ("sure", "1")];
    company.form(&company.owner, &format!("/requests/{request}/grant"), &typed).await.expect(303);
    page(&company, &member, "/audit").await.expect(200);
    let profile = page(&company, &member, "/profile").await.expect(200);
    assert!(profile.text.contains("Granted") && profile.text.contains("First User"));
    page(&company, &company.owner, "/requests?show=decided").await.expect(200);
    page(&company, &company.owner, &format!("/requests/{request}")).await.expect(200);
}

#[tokio::test]
async fn asking_from_a_thing_asks_for_the_narrowest_reach_that_would_do() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let member = company.hire("member").await;
    let mine =
        company.call(testkit::TestCall { user: Some(member.id), recorded: true, ..Default::default() });
    let mine = mine.await;
    company.toggle(member.id, "Full Call Report Access", "inherit").await.expect(200);
    let me = member.client.get("/api/v1/me").await.expect(200);
    assert!(me.json["permissions"]["recording:delete"].is_null(), "{}", me.text);
    let path = format!("/calls/{mine}/recording/delete");
    let refused = company.form(&member, &path, &[]).await.expect(403);
    assert!(refused.text.contains("permission=recording:delete&amp;reach=own"), "{}", refused.text);
}

#[tokio::test]
async fn both_sides_are_told_by_mail() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let member = company.hire("member").await;
    let mails = || async {
        let rows = server.database.fingerprint().await;
        rows.into_iter()
            .filter(|row| row.contains("request_made") || row.contains("request_decided"))
            .collect::<Vec<_>>()
    };
    let request = ask(&member, "audit:read", "all").await;
    let asked = mails().await;
    assert_eq!(asked.len(), 1);
    assert!(asked[0].contains(&company.owner.email) && asked[0].contains(&format!("/requests/{request}")));
    assert!(asked[0].contains("for the quarter's figures"));
    decide(&company.owner, request, "decline", json!({ "note": "ask Ana" })).await.expect(200);
    let told = mails().await;
    assert!(
        told.iter()
            .any(|row| row.contains(&member.email) && row.contains("declined") && row.contains("ask Ana"))
    );
}

#[tokio::test]
async fn mail_about_a_request_is_wholly_in_the_language_of_its_reader() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let member = company.hire("member").await;
    for person in [&company.owner, &member] {
        person.client.patch("/api/v1/me", json!({ "language": "de" })).await.expect(200);
    }
    company.owner.client.patch("/api/v1/workspace", json!({ "time_zone": "Asia/Tokyo" })).await.expect(200);
    let request = ask(&member, "audit:read", "all").await;
    let until = json!(acts::Moment(server.now() + 3_600_000_000));
    decide(&company.owner, request, "grant", json!({ "until": until })).await.expect(200);
    let rows = server.database.fingerprint().await;
    let written = |text: &str| rows.iter().any(|row| row.contains(text));
    assert!(written("bittet bei") && written("um Zugriff: das Audit-Protokoll sehen"));
    assert!(written("entschieden: bewilligt bis") && written("(Asia/Tokyo)"));
}

#[tokio::test]
async fn every_page_with_a_menu_says_how_much_waits() {
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let (member, leaver) = (company.hire("member").await, company.hire("member").await);
    ask(&member, "audit:read", "all").await;
    let owner = &company.owner;
    let counts =
        |answer: Answer| assert!(answer.text.contains(r#"<span class="count">1</span>"#), "{}", answer.text);
    counts(page(&company, owner, "").await.expect(200));
    counts(page(&company, owner, "/users").await.expect(200));
    counts(page(&company, owner, "/calls/999/recording").await.expect(404));
    let role = company.role("member").await.to_string();
    let typed = [("email", "nobody"), ("name", "Nobody"), ("role", role.as_str()), ("sure", "1")];
    counts(company.form(owner, "/users", &typed).await.expect(422));
    let question = company.form(owner, &format!("/users/{}/ban", leaver.id), &[]).await.expect(200);
    assert!(question.text.contains("Nothing has been changed yet."), "{}", question.text);
    counts(question);
}

#[test]
fn files_and_streams_do_not_count_what_waits() {
    let no_pages = [".csv", ".jsonl", "/recording", "/download", "/live"];
    for endpoint in endpoints::all().iter().filter(|endpoint| endpoint.page) {
        assert!(!no_pages.iter().any(|end| endpoint.path.ends_with(end)), "{}", endpoint.path);
    }
}
