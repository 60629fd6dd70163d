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
