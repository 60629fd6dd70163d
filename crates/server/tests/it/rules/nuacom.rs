//! NUACOM: Admin, and users who start with nothing and are given access one by one.

use serde_json::json;
use testkit::{Company, Member, TestCall, TestServer};

/// A company with a queue, a number, an extension of somebody else, and a call through each.
struct Office<'s> {
    company: Company<'s>,
    user: Member,
    colleague: Member,
    extension: u32,
    queue: u32,
    number: u32,
    by_extension: i64,
    by_queue: i64,
    by_number: i64,
    unrelated: i64,
}

async fn office(server: &TestServer) -> Office<'_> {
    let company = server.company("nuacom").await;
    let user = company.hire("user").await;
    let colleague = company.hire("user").await;
    let extension =
        company.create("/api/v1/extensions", json!({ "digits": "201", "user": colleague.id })).await;
    let queue = company.create("/api/v1/queues", json!({ "name": "Sales" })).await;
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    let call = |call: TestCall| company.call(TestCall { user: Some(colleague.id), recorded: true, ..call });
    let by_extension = call(TestCall { extension: Some(extension), ..TestCall::default() }).await;
    server.pass(1);
    let by_queue = call(TestCall { queue: Some(queue), ..TestCall::default() }).await;
    server.pass(1);
    let by_number = call(TestCall { number: Some(number), ..TestCall::default() }).await;
    server.pass(1);
    let unrelated = call(TestCall::default()).await;
    Office {
        user,
        colleague,
        extension,
        queue,
        number,
        by_extension,
        by_queue,
        by_number,
        unrelated,
        company,
    }
}

/// The ids of the calls that somebody's list shows, lowest first.
async fn calls(member: &Member) -> Vec<i64> {
    let list = member.client.get("/api/v1/calls").await.expect(200);
    let mut ids: Vec<i64> = list.items().iter().map(|call| call["id"].as_i64().unwrap()).collect();
    assert_eq!(list.json["total"].as_i64().unwrap(), i64::try_from(ids.len()).unwrap());
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn nua_01_an_admin_has_everything_and_cannot_be_restricted() {
    let server = TestServer::start().await;
    let company = server.company("nuacom").await;
    let admin = company.hire("admin").await;
    company.toggle(admin.id, "Full Call Report Access", "deny").await.expect(422);
    assert!(admin.may("call_record:read", "*").await);
    let me = admin.client.get("/api/v1/me").await.expect(200);
    let lacking = access::Permission::ALL.len() - me.json["permissions"].as_object().unwrap().len();
    assert_eq!(lacking, 1, "all but the transfer of an ownership that this preset does not have");
}

#[tokio::test]
async fn nua_02_a_user_starts_with_nothing_and_an_admin_switches_features_on() {
    let server = TestServer::start().await;
    let company = server.company("nuacom").await;
    let user = company.hire("user").await;
    for (permission, toggle) in [
        ("billing:read", "Billing"),
        ("greeting:write", "Greetings"),
        ("integration:write", "Integrations"),
        ("user:read", "Users"),
        ("report:write", "Email reports"),
    ] {
        assert!(!user.may(permission, "*").await, "{permission} before");
        company.toggle(user.id, toggle, "allow").await.expect(200);
        assert!(user.may(permission, "*").await, "{permission} with {toggle}");
        company.toggle(user.id, toggle, "inherit").await.expect(200);
        assert!(!user.may(permission, "*").await, "{permission} after");
    }
    let mine = json!({ "users": [user.id] });
    assert!(!user.may_with("voicemail:read", "v1", mine.clone()).await);
    company.toggle(user.id, "Voicemail", "allow").await.expect(200);
    assert!(user.may_with("voicemail:read", "v1", mine).await);
    assert!(!user.may_with("voicemail:read", "v2", json!({ "users": [company.owner.id] })).await);
}

#[tokio::test]
async fn nua_02_wallboard_shows_granted_queues_and_all_with_full_call_report_access() {
    let server = TestServer::start().await;
    let office = office(&server).await;
    let (user, company) = (&office.user, &office.company);
    company.grant(user.id, office.queue, false, true).await;
    company.toggle(user.id, "Wallboard", "allow").await.expect(200);
    assert!(user.may_with("wallboard:read", "w", json!({ "queues": [office.queue] })).await);
    assert!(!user.may("wallboard:read", "*").await);
    company.toggle(user.id, "Full Call Report Access", "allow").await.expect(200);
    assert!(user.may("wallboard:read", "*").await);
}

#[tokio::test]
async fn nua_03_full_call_report_access_shows_all_logs_and_recordings_and_never_settings() {
    let server = TestServer::start().await;
    let office = office(&server).await;
    office.company.toggle(office.user.id, "Full Call Report Access", "allow").await.expect(200);
    assert_eq!(calls(&office.user).await.len(), 4);
    let client = &office.user.client;
    client.get(&format!("/api/v1/calls/{}/recording", office.unrelated)).await.expect(200);
    for list in ["/api/v1/queues", "/api/v1/extensions", "/api/v1/numbers"] {
        assert_eq!(client.get(list).await.expect(200).json["total"], 1, "{list}");
    }
    client.get("/api/v1/workspace").await.expect(403);
    client.get("/api/v1/roles").await.expect(403);
    client.post("/api/v1/queues", json!({ "name": "Mine" })).await.expect(403);
    assert!(!office.user.may("settings:update", "*").await);
}

#[tokio::test]
async fn nua_04_without_it_the_union_of_what_granted_extensions_queues_and_numbers_show() {
    let server = TestServer::start().await;
    let office = office(&server).await;
    let (user, company) = (&office.user, &office.company);
    assert_eq!(calls(user).await, Vec::<i64>::new());
    company.grant(user.id, office.extension, false, true).await;
    assert_eq!(calls(user).await, [office.by_extension]);
    company.grant(user.id, office.queue, false, true).await;
    assert_eq!(calls(user).await, [office.by_extension, office.by_queue]);
    company.grant(user.id, office.number, false, true).await;
    assert_eq!(calls(user).await, [office.by_extension, office.by_queue, office.by_number]);
    user.client.get(&format!("/api/v1/calls/{}", office.unrelated)).await.expect(404);
    // The right to use a thing is not the right to look at its log.
    company.grant(user.id, office.queue, true, false).await;
    assert_eq!(calls(user).await, [office.by_extension, office.by_number]);
    user.client.get(&format!("/api/v1/queues/{}", office.queue)).await.expect(200);
}

#[tokio::test]
async fn nua_05_with_no_report_permission_only_their_own_calls_and_no_recordings() {
    let server = TestServer::start().await;
    let office = office(&server).await;
    let own = calls(&office.colleague).await;
    assert_eq!(own.len(), 4, "all four calls were theirs");
    let recording = format!("/api/v1/calls/{}/recording", office.by_queue);
    let refused = office.colleague.client.get(&recording).await.expect(403);
    assert_eq!(refused.json["permission"], "recording:listen");
    for permission in ["heatmap:read", "wallboard:read", "report:read"] {
        let mine = json!({ "users": [office.colleague.id] });
        assert!(!office.colleague.may_with(permission, "row", mine).await, "{permission}");
    }
    assert!(office.by_number > 0);
}

#[tokio::test]
async fn nua_08_a_change_holds_for_the_very_next_request_of_every_session_and_token() {
    let server = TestServer::start().await;
    let office = office(&server).await;
    let second = office.user.again(&server).await;
    for _ in 0..20 {
        office.company.toggle(office.user.id, "Full Call Report Access", "allow").await.expect(200);
        assert_eq!(calls(&office.user).await.len(), 4);
        assert_eq!(calls(&second).await.len(), 4);
        office.company.toggle(office.user.id, "Full Call Report Access", "inherit").await.expect(200);
        assert_eq!(calls(&office.user).await.len(), 0);
        assert_eq!(calls(&second).await.len(), 0);
    }
}
