//! Onoff Business: Owner, Admin, Team Lead, User.

use serde_json::json;
use testkit::{Company, Member, TestCall, TestServer};

struct Floor<'s> {
    company: Company<'s>,
    lead: Member,
    own: i64,
    team: i64,
    elsewhere: i64,
    teammate: Member,
    outsider: Member,
}

/// A team lead of Sales who sits in no department, somebody of Sales, somebody of Support, and a call of each.
async fn floor(server: &TestServer) -> Floor<'_> {
    let company = server.company("onoff").await;
    let sales = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    let support = company.create("/api/v1/departments", json!({ "name": "Support" })).await;
    let lead = company.hire("team_lead").await;
    let teammate = company.hire_into("user", json!({ "department": sales })).await;
    let outsider = company.hire_into("user", json!({ "department": support })).await;
    let leads = json!({ "units": [sales] });
    company.owner.client.put(&format!("/api/v1/users/{}/leads", lead.id), leads).await.expect(200);
    let call = |user: u32| company.call(TestCall { user: Some(user), recorded: true, ..TestCall::default() });
    let own = call(lead.id).await;
    server.pass(1);
    let team = call(teammate.id).await;
    server.pass(1);
    let elsewhere = call(outsider.id).await;
    Floor { lead, own, team, elsewhere, teammate, outsider, company }
}

#[tokio::test]
async fn onf_01_the_owner_has_everything_billing_included() {
    let server = TestServer::start().await;
    let company = server.company("onoff").await;
    for permission in access::Permission::ALL {
        let held = company.owner.client.get("/api/v1/me").await.expect(200);
        assert!(held.json["permissions"][permission.name()].is_array(), "{permission}");
    }
}

#[tokio::test]
async fn onf_02_an_admin_manages_users_and_numbers_and_has_no_billing() {
    let server = TestServer::start().await;
    let company = server.company("onoff").await;
    let admin = company.hire("admin").await;
    admin.client.post("/api/v1/numbers", json!({ "digits": "+12025550101" })).await.expect(201);
    admin.client.post("/api/v1/users", json!({ "email": "u@onoff.example", "name": "U" })).await.expect(201);
    let refused =
        admin.client.put("/api/v1/workspace/plan", json!({ "plan": "essential" })).await.expect(403);
    assert_eq!(refused.json["permission"], "billing:commit");
    for permission in
        ["billing:read", "billing:update", "payment_method:update", "license:update", "wallet:load"]
    {
        assert!(!admin.may(permission, "*").await, "{permission}");
    }
    // Nor can billing come to anybody through them.
    let user = company.hire("user").await;
    let toggles = admin.client.get(&format!("/api/v1/users/{}/toggles", user.id)).await.expect(200);
    let billing = toggles.items().iter().find(|t| t["name"] == "Billing").unwrap()["id"].clone();
    let path = format!("/api/v1/users/{}/toggles/{billing}", user.id);
    let refused = admin.client.put(&path, json!({ "setting": "allow" })).await.expect(403);
    assert_eq!(refused.code(), "gives_more");
}

#[tokio::test]
async fn onf_03_a_team_lead_sees_their_team_and_no_other() {
    let server = TestServer::start().await;
    let floor = floor(&server).await;
    let client = &floor.lead.client;
    let list = client.get("/api/v1/calls").await.expect(200);
    let seen: Vec<i64> = list.items().iter().map(|c| c["id"].as_i64().unwrap()).collect();
    assert_eq!(seen, [floor.team, floor.own]);
    client.get(&format!("/api/v1/calls/{}/recording", floor.team)).await.expect(200);
    client.get(&format!("/api/v1/calls/{}/recording", floor.elsewhere)).await.expect(404);
    let (team, other) = (json!({ "users": [floor.teammate.id] }), json!({ "users": [floor.outsider.id] }));
    for permission in
        ["statistic:read", "heatmap:read", "live_call:read", "live_call:listen", "live_call:whisper"]
    {
        assert!(floor.lead.may_with(permission, "row", team.clone()).await, "{permission}");
        assert!(!floor.lead.may_with(permission, "row", other.clone()).await, "{permission}");
    }
    assert!(!floor.lead.may("billing:read", "*").await);
}

#[tokio::test]
async fn onf_04_a_user_has_their_own_figures_and_settings() {
    let server = TestServer::start().await;
    let floor = floor(&server).await;
    let list = floor.teammate.client.get("/api/v1/calls").await.expect(200);
    assert_eq!((list.json["total"].as_i64(), list.items()[0]["id"].as_i64()), (Some(1), Some(floor.team)));
    let (mine, others) = (json!({ "users": [floor.teammate.id] }), json!({ "users": [floor.lead.id] }));
    for permission in ["statistic:read", "heatmap:read"] {
        assert!(floor.teammate.may_with(permission, "row", mine.clone()).await, "{permission}");
        assert!(!floor.teammate.may_with(permission, "row", others.clone()).await, "{permission}");
    }
    assert!(floor.teammate.may("profile:update", "*").await);
}

#[tokio::test]
async fn onf_05_statistics_and_heatmap_are_all_team_or_own_and_recordings_all_or_team() {
    let server = TestServer::start().await;
    let floor = floor(&server).await;
    let admin = floor.company.hire("admin").await;
    let me = |member: &Member| {
        let client = member.client.clone();
        async move { client.get("/api/v1/me").await.expect(200).json["permissions"].clone() }
    };
    let (all, team, own) = (me(&admin).await, me(&floor.lead).await, me(&floor.teammate).await);
    for permission in ["statistic:read", "heatmap:read"] {
        assert_eq!(all[permission], json!(["all"]), "{permission}");
        assert_eq!(team[permission], json!(["own", "team"]), "{permission}");
        assert_eq!(own[permission], json!(["own"]), "{permission}");
    }
    assert_eq!(all["recording:listen"], json!(["all"]));
    assert_eq!(team["recording:listen"], json!(["team"]));
    floor.lead.client.get(&format!("/api/v1/calls/{}/recording", floor.own)).await.expect(403);
    assert!(own["recording:listen"].is_null());
    floor.teammate.client.get(&format!("/api/v1/calls/{}/recording", floor.team)).await.expect(403);
}

#[tokio::test]
async fn onf_07_a_number_belongs_to_one_user_at_a_time() {
    let server = TestServer::start().await;
    let floor = floor(&server).await;
    let number = floor.company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    floor.company.grant(floor.teammate.id, number, true, true).await;
    floor.teammate.client.get(&format!("/api/v1/numbers/{number}")).await.expect(200);
    floor.company.grant(floor.outsider.id, number, true, true).await;
    floor.outsider.client.get(&format!("/api/v1/numbers/{number}")).await.expect(200);
    floor.teammate.client.get(&format!("/api/v1/numbers/{number}")).await.expect(404);
}

#[tokio::test]
async fn onf_10_owner_cannot_be_chosen_when_a_user_is_created() {
    let server = TestServer::start().await;
    let company = server.company("onoff").await;
    let new = json!({ "email": "o2@onoff.example", "name": "O", "role": company.role("owner").await });
    let refused = company.owner.client.post("/api/v1/users", new).await.expect(422);
    assert_eq!(refused.json["field"], "role");
}

/// A page of somebody's, asked for by a browser that speaks certain languages.
async fn page(company: &Company<'_>, member: &Member, path: &str, speaks: &str) -> String {
    let token = member.client.token.clone().unwrap();
    let stranger = company.server.stranger();
    let request = stranger.request(reqwest::Method::GET, &format!("/w/{}{path}", company.slug));
    let request = request.header("cookie", format!("__Host-ringfence-{}={token}", company.slug));
    stranger.send(request.header("accept-language", speaks)).await.expect(200).text
}

#[tokio::test]
async fn onf_11_each_user_chooses_their_language() {
    let server = TestServer::start().await;
    let company = server.company("onoff").await;
    let (mia, ben) = (company.hire("user").await, company.hire("user").await);
    let record = |language| [("name", "Mia"), ("phone", ""), ("language", language)];

    // Until they choose, their browser does; where it speaks none of ours, the workspace does.
    assert!(page(&company, &mia, "/calls", "it, de-AT;q=0.8").await.contains("<html lang=\"de\""));
    assert!(page(&company, &mia, "/calls", "it").await.contains("<html lang=\"en\""));
    company.owner.client.patch("/api/v1/workspace", json!({ "language": "es" })).await.expect(200);
    assert!(page(&company, &mia, "/calls", "it").await.contains("<html lang=\"es\""));

    // Their own choice is theirs alone, and goes before everything else.
    company.form(&mia, "/profile", &record("fr")).await.expect(303);
    let (hers, his) =
        (page(&company, &mia, "/calls", "de").await, page(&company, &ben, "/calls", "de").await);
    assert!(hers.contains("<html lang=\"fr\"") && hers.contains("Appels"), "{hers}");
    assert!(his.contains("<html lang=\"de\"") && his.contains("Anrufe"), "{his}");
    assert_eq!(mia.client.get("/api/v1/me").await.json["user"]["language"], "fr");
    ben.client.patch("/api/v1/me", json!({ "language": "es" })).await.expect(200);
    assert!(page(&company, &ben, "/calls", "de").await.contains("Llamadas"));

    // Back to the browser's; an administrator may set it too; nothing else is taken for a language.
    company.form(&mia, "/profile", &record("")).await.expect(303);
    assert!(page(&company, &mia, "/calls", "de").await.contains("<html lang=\"de\""));
    let path = format!("/api/v1/users/{}", ben.id);
    company.owner.client.patch(&path, json!({ "language": null })).await.expect(200);
    assert!(page(&company, &ben, "/calls", "de").await.contains("<html lang=\"de\""));
    let refused = ben.client.patch("/api/v1/me", json!({ "language": "tlh" })).await.expect(422);
    assert_eq!(refused.json["field"], "language");
    company.form(&mia, "/profile", &record("tlh")).await.expect(422);

    // A refusal on a page speaks the reader's language; the API speaks English.
    assert!(page_refused(&company, &ben).await.contains("Sie haben keinen Zugriff"));
    let refused = ben.client.get("/api/v1/roles").await.expect(403);
    assert!(refused.json["detail"].as_str().unwrap().starts_with("You lack the permission"));
}

async fn page_refused(company: &Company<'_>, member: &Member) -> String {
    let token = member.client.token.clone().unwrap();
    let stranger = company.server.stranger();
    let request = stranger.request(reqwest::Method::GET, &format!("/w/{}/roles", company.slug));
    let request = request.header("cookie", format!("__Host-ringfence-{}={token}", company.slug));
    stranger.send(request.header("accept-language", "de")).await.expect(403).text
}

#[tokio::test]
async fn onf_11_the_sign_in_page_offers_the_languages_and_keeps_the_one_that_was_chosen() {
    let server = TestServer::start().await;
    let company = server.company("onoff").await;
    let stranger = server.stranger();
    let sign_in = format!("/w/{}/sign-in", company.slug);
    let german = stranger.request(reqwest::Method::GET, &sign_in).header("accept-language", "de");
    let german = stranger.send(german).await.expect(200).text;
    for offered in ["English", "Français", "Deutsch", "Español", "<html lang=\"de\""] {
        assert!(german.contains(offered), "{offered}");
    }
    let chosen = stranger.get(&format!("{sign_in}?language=fr")).await.expect(200);
    assert!(chosen.text.contains("<html lang=\"fr\""));
    let cookie = chosen.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let again = stranger.request(reqwest::Method::GET, &sign_in).header("cookie", cookie);
    assert!(stranger.send(again).await.expect(200).text.contains("<html lang=\"fr\""));
}

/// A company with that many licences, and that many numbers.
async fn licensed<'s>(server: &'s TestServer, licences: u32, numbers: u32) -> (Company<'s>, Vec<u32>) {
    let company = server.company("onoff").await;
    let mut ids = vec![];
    for n in 0..numbers {
        ids.push(company.create("/api/v1/numbers", json!({ "digits": format!("+12025550{n:03}") })).await);
    }
    let bought = json!({ "licences": licences });
    company.owner.client.put("/api/v1/workspace/licences", bought).await.expect(200);
    (company, ids)
}

async fn assign(by: &Member, number: u32, user: u32) -> testkit::Answer {
    by.client.put(&format!("/api/v1/numbers/{number}/users/{user}"), json!({})).await
}

#[tokio::test]
async fn onf_06_assigning_needs_a_free_licence_and_reassigning_uses_none() {
    let server = TestServer::start().await;
    let (company, numbers) = licensed(&server, 1, 2).await;
    let (first, second) = (company.hire("user").await, company.hire("user").await);
    let admin = company.hire("admin").await;
    assign(&admin, numbers[0], first.id).await.expect(200);
    let refused = assign(&admin, numbers[1], second.id).await.expect(409);
    assert_eq!(refused.code(), "licences_full");
    let path = format!("/api/v1/users/{}/grants/{}", second.id, numbers[1]);
    let granted = company.owner.client.put(&path, json!({ "may_use": true })).await.expect(409);
    assert_eq!(granted.code(), "licences_full", "whichever way it is assigned");
    assign(&admin, numbers[0], second.id).await.expect(200);
    let licences = admin.client.get("/api/v1/workspace/licences").await.expect(200).json;
    assert_eq!(licences["licences"], json!({ "bought": 1, "used": 1, "free": 0 }));
    assert_eq!(licences["carried"][0]["users"][0]["id"], second.id);
}

#[tokio::test]
async fn onf_06_deleting_a_number_or_its_user_frees_the_licence_which_stays_billed() {
    let server = TestServer::start().await;
    let (company, numbers) = licensed(&server, 1, 3).await;
    let (first, second) = (company.hire("user").await, company.hire("user").await);
    let licences = || async {
        let client = company.owner.client.clone();
        client.get("/api/v1/workspace/licences").await.expect(200).json["licences"].clone()
    };
    assign(&company.owner, numbers[0], first.id).await.expect(200);
    company.owner.client.delete(&format!("/api/v1/numbers/{}", numbers[0])).await.expect(204);
    assert_eq!(licences().await, json!({ "bought": 1, "used": 0, "free": 1 }));
    assign(&company.owner, numbers[1], first.id).await.expect(200);
    company.owner.client.delete(&format!("/api/v1/users/{}", first.id)).await.expect(204);
    assert_eq!(licences().await, json!({ "bought": 1, "used": 0, "free": 1 }));
    assign(&company.owner, numbers[2], second.id).await.expect(200);
    let fewer = company.owner.client.put("/api/v1/workspace/licences", json!({ "licences": 0 })).await;
    assert_eq!((fewer.status, fewer.code()), (409, "in_use"));
}

#[tokio::test]
async fn onf_02_an_admin_sees_licences_and_changes_none() {
    let server = TestServer::start().await;
    let (company, _) = licensed(&server, 1, 0).await;
    let admin = company.hire("admin").await;
    let refused = admin.client.put("/api/v1/workspace/licences", json!({ "licences": 9 })).await.expect(403);
    assert_eq!(refused.json["permission"], "license:update");
    admin.client.get("/api/v1/workspace/licences").await.expect(200);
    let page = company.page(&admin, "/licences").await.expect(200).text;
    assert!(!page.contains("name=\"licences\""), "no form to change them");
    company.page(&admin, "/plan").await.expect(403);
}

#[tokio::test]
async fn onf_07_the_old_holder_loses_the_number_at_once_and_its_history_is_kept() {
    let server = TestServer::start().await;
    let floor = floor(&server).await;
    let (company, admin) = (&floor.company, floor.company.hire("admin").await);
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    assign(&admin, number, floor.teammate.id).await.expect(200);
    let call = TestCall { user: Some(floor.teammate.id), number: Some(number), ..TestCall::default() };
    let call = company.call(call).await;
    let line = |user: u32| {
        let client = company.owner.client.clone();
        async move { client.get(&format!("/api/v1/users/{user}/line")).await.expect(200).json["allowed"].clone() }
    };
    assert_eq!(line(floor.teammate.id).await, true);
    let refused = assign(&floor.lead, number, floor.outsider.id).await;
    assert!([403, 404].contains(&refused.status), "a team lead reassigns nothing");
    assign(&admin, number, floor.outsider.id).await.expect(200);
    floor.teammate.client.get(&format!("/api/v1/numbers/{number}")).await.expect(404);
    assert_eq!(line(floor.teammate.id).await, false);
    assert_eq!(line(floor.outsider.id).await, true);
    floor.teammate.client.get(&format!("/api/v1/calls/{call}")).await.expect(200);
}

#[tokio::test]
async fn onf_07_the_history_is_deleted_where_that_is_chosen_and_said_twice() {
    let server = TestServer::start().await;
    let floor = floor(&server).await;
    let company = &floor.company;
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    assign(&company.owner, number, floor.teammate.id).await.expect(200);
    let through = || TestCall {
        user: Some(floor.teammate.id),
        number: Some(number),
        recorded: true,
        ..TestCall::default()
    };
    let call = company.call(through()).await;
    server.pass(1);
    company.call(through()).await;
    let files =
        || std::fs::read_dir(server.data().join("recordings").join(company.id.to_string())).unwrap().count();
    let recorded = files();
    let path = format!("/api/v1/numbers/{number}/users/{}", floor.outsider.id);
    let before = server.database.fingerprint().await;
    let once = company.owner.client.put(&path, json!({ "delete_history": true })).await.expect(422);
    assert_eq!(once.json["field"], "confirm");
    assert!(once.text.contains("calls: 2, recordings: 2"), "{}", once.text);
    assert_eq!(server.database.fingerprint().await, before);
    let twice = json!({ "delete_history": true, "confirm": "+12025550101" });
    let done = company.owner.client.put(&path, twice.clone()).await.expect(200);
    assert!(done.headers.get("ringfence-undo").is_none(), "what is deleted does not come back");
    company.owner.client.get(&format!("/api/v1/calls/{call}")).await.expect(404);
    company.owner.client.get(&format!("/api/v1/calls/{}", floor.team)).await.expect(200);
    assert_eq!(files(), recorded - 2, "the recordings' files are gone too");
    for list in ["/api/v1/calls", &format!("/api/v1/calls?touching={number}")] {
        let list = company.owner.client.get(list).await.expect(200);
        assert!(list.items().iter().all(|c| c["number"]["id"] != number), "{}", list.text);
    }
    let log = company.owner.client.get("/api/v1/audit").await.expect(200);
    let entry = log.items().iter().find(|e| e["act"] == "number:delete_history").unwrap();
    assert_eq!(entry["detail"]["before"], json!({ "calls": 2, "recordings": 2 }));
    // To somebody who has it already there is nothing to pass on.
    let again = company.owner.client.put(&path, twice).await.expect(422);
    assert_eq!(again.json["field"], "delete_history");
}

#[tokio::test]
async fn onf_07_the_plan_limits_how_many_numbers_one_user_has() {
    let server = TestServer::start().await;
    let (company, numbers) = licensed(&server, 9, 4).await;
    let user = company.hire("user").await;
    company.owner.client.put("/api/v1/workspace/plan", json!({ "plan": "essential" })).await.expect(200);
    for number in &numbers[..3] {
        assign(&company.owner, *number, user.id).await.expect(200);
    }
    let refused = assign(&company.owner, numbers[3], user.id).await.expect(409);
    assert_eq!(refused.code(), "numbers_full");
    company.owner.client.put("/api/v1/workspace/plan", json!({ "plan": "complete" })).await.expect(200);
    assign(&company.owner, numbers[3], user.id).await.expect(200);
    // Moving down again takes nothing from anybody.
    company.owner.client.put("/api/v1/workspace/plan", json!({ "plan": "essential" })).await.expect(200);
    assign(&company.owner, numbers[3], company.owner.id).await.expect(200);
}
