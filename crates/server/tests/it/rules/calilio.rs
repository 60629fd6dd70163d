//! Calilio: Owner, Admin, Member.

use serde_json::json;
use testkit::{Company, Member, PASSWORD, TestCall, TestServer};

/// A company with an Admin and a Member.
async fn company(server: &TestServer) -> (Company<'_>, Member, Member) {
    let company = server.company("calilio").await;
    let admin = company.hire("admin").await;
    let member = company.hire("member").await;
    (company, admin, member)
}

#[tokio::test]
async fn cal_01_there_is_exactly_one_owner_at_all_times() {
    let server = TestServer::start().await;
    let (company, admin, _) = company(&server).await;
    let owner_role = company.role("owner").await;
    let second = json!({ "email": "second@owner.example", "name": "Second", "role": owner_role });
    let refused = company.owner.client.post("/api/v1/users", second).await.expect(422);
    assert_eq!(refused.json["field"], "role");
    let path = format!("/api/v1/users/{}/role", admin.id);
    let refused = company.owner.client.put(&path, json!({ "role": owner_role })).await.expect(409);
    assert_eq!(refused.code(), "one_owner");
    let own = format!("/api/v1/users/{}/role", company.owner.id);
    let admin_role = company.role("admin").await;
    let refused = company.owner.client.put(&own, json!({ "role": admin_role })).await.expect(409);
    assert_eq!(refused.code(), "one_owner");
}

#[tokio::test]
async fn cal_02_nobody_else_touches_the_owner() {
    let server = TestServer::start().await;
    let (company, admin, member) = company(&server).await;
    let owner = format!("/api/v1/users/{}", company.owner.id);
    let before = server.database.fingerprint().await;
    let client = &admin.client;
    let answers = [
        client.delete(&owner).await,
        client.patch(&owner, json!({ "name": "Renamed" })).await,
        client.put(&format!("{owner}/ban"), json!({})).await,
        client.put(&format!("{owner}/role"), json!({ "role": company.role("member").await })).await,
        client.post(&format!("{owner}/password"), json!({})).await,
        client.put(&format!("{owner}/leads"), json!({ "units": [] })).await,
    ];
    for answer in answers {
        assert!(["owner_protected", "one_owner"].contains(&answer.code()), "{}", answer.text);
    }
    assert_eq!(server.database.fingerprint().await, before, "a refusal changed something");
    // A Member does not even see the Owner's record.
    member.client.delete(&owner).await.expect(404);
}

#[tokio::test]
async fn cal_03_the_owner_may_do_everything() {
    let server = TestServer::start().await;
    let (company, ..) = company(&server).await;
    let me = company.owner.client.get("/api/v1/me").await.expect(200);
    let held = me.json["permissions"].as_object().unwrap().len();
    assert_eq!(held, access::Permission::ALL.len());
}

#[tokio::test]
async fn cal_04_an_admin_may_do_everything_but_transfer_and_close() {
    let server = TestServer::start().await;
    let (company, admin, _) = company(&server).await;
    let me = admin.client.get("/api/v1/me").await.expect(200);
    let held = me.json["permissions"].as_object().unwrap();
    let lacking: Vec<&str> =
        access::Permission::ALL.iter().map(|p| p.name()).filter(|p| !held.contains_key(*p)).collect();
    assert_eq!(lacking, ["workspace:transfer", "workspace:delete"]);
    let refused =
        admin.client.post("/api/v1/workspace/transfer", json!({ "to": admin.id })).await.expect(403);
    assert_eq!(refused.json["permission"], "workspace:transfer");
    drop(company);
}

#[tokio::test]
async fn cal_05_an_admin_manages_other_admins_members_and_teams() {
    let server = TestServer::start().await;
    let (company, admin, member) = company(&server).await;
    let other = company.hire("admin").await;
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    company.grant(other.id, number, true, true).await;
    admin.client.delete(&format!("/api/v1/users/{}/grants/{number}", other.id)).await.expect(204);
    admin.client.delete(&format!("/api/v1/users/{}", other.id)).await.expect(204);
    let new = json!({ "email": "new@member.example", "name": "New Member" });
    let added = admin.client.post("/api/v1/users", new).await.expect(201);
    let added = added.json["user"]["id"].as_u64().unwrap();
    admin.client.delete(&format!("/api/v1/users/{added}")).await.expect(204);
    let role = json!({ "role": company.role("admin").await });
    admin.client.put(&format!("/api/v1/users/{}/role", member.id), role).await.expect(200);
    admin.client.post("/api/v1/departments", json!({ "name": "Field" })).await.expect(201);
}

#[tokio::test]
async fn cal_06_a_member_sees_only_numbers_assigned_to_them() {
    let server = TestServer::start().await;
    let (company, _, member) = company(&server).await;
    let theirs = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    let others = company.create("/api/v1/numbers", json!({ "digits": "+12025550102" })).await;
    company.grant(member.id, theirs, true, true).await;
    let seen = member.client.get("/api/v1/numbers").await.expect(200);
    assert_eq!(seen.json["total"], 1);
    assert_eq!(seen.items()[0]["id"], theirs);
    member.client.get(&format!("/api/v1/numbers/{others}")).await.expect(404);
    assert!(!member.may("number:read", "*").await, "the inventory is not theirs");
}

#[tokio::test]
async fn cal_07_a_member_cannot_purchase_a_number() {
    let server = TestServer::start().await;
    let (_company, _, member) = company(&server).await;
    let refused =
        member.client.post("/api/v1/numbers", json!({ "digits": "+12025550101" })).await.expect(403);
    assert_eq!(refused.json["permission"], "number:purchase");
}

#[tokio::test]
async fn cal_08_a_member_can_port_a_number_in_decision_only() {
    let server = TestServer::start().await;
    let (_company, _, member) = company(&server).await;
    assert!(member.may("number:port", "*").await);
}

#[tokio::test]
async fn cal_09_a_member_cannot_delete_a_number_not_even_their_own() {
    let server = TestServer::start().await;
    let (company, _, member) = company(&server).await;
    let theirs = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    company.grant(member.id, theirs, true, true).await;
    let refused = member.client.delete(&format!("/api/v1/numbers/{theirs}")).await.expect(403);
    assert_eq!(refused.json["permission"], "number:release");
}

#[tokio::test]
async fn cal_10_a_member_cannot_toggle_auto_record() {
    let server = TestServer::start().await;
    let (company, _, member) = company(&server).await;
    let body = json!({ "on": true });
    let refused = member.client.put("/api/v1/workspace/auto-record", body.clone()).await.expect(403);
    assert_eq!(refused.json["permission"], "auto_record:update");
    company.owner.client.put("/api/v1/workspace/auto-record", body).await.expect(200);
}

#[tokio::test]
async fn cal_11_a_member_has_no_live_call_monitoring_decision_only() {
    let server = TestServer::start().await;
    let (_company, admin, member) = company(&server).await;
    for permission in ["live_call:read", "live_call:listen", "live_call:whisper", "live_call:barge"] {
        let their_own = json!({ "users": [member.id] });
        assert!(!member.may_with(permission, "call-1", their_own).await, "{permission}");
        assert!(admin.may(permission, "*").await, "{permission}");
    }
}

#[tokio::test]
async fn cal_12_a_member_cannot_rename_the_workspace() {
    let server = TestServer::start().await;
    let (_company, admin, member) = company(&server).await;
    let name = json!({ "name": "Renamed" });
    let refused = member.client.put("/api/v1/workspace/name", name.clone()).await.expect(403);
    assert_eq!(refused.json["permission"], "workspace:rename");
    let renamed = admin.client.put("/api/v1/workspace/name", name).await.expect(200);
    assert_eq!(renamed.json["name"], "Renamed");
}

#[tokio::test]
async fn cal_13_a_member_cannot_invite() {
    let server = TestServer::start().await;
    let (_company, _, member) = company(&server).await;
    let new = json!({ "email": "new@member.example", "name": "New" });
    let refused = member.client.post("/api/v1/users", new).await.expect(403);
    assert_eq!(refused.json["permission"], "user:invite");
}

#[tokio::test]
async fn cal_14_a_member_neither_sees_nor_changes_subscription_and_payment_decision_only() {
    let server = TestServer::start().await;
    let (_company, admin, member) = company(&server).await;
    for permission in
        ["billing:read", "billing:update", "billing:commit", "payment_method:read", "payment_method:update"]
    {
        assert!(!member.may(permission, "*").await, "{permission}");
        assert!(admin.may(permission, "*").await, "{permission}");
    }
}

#[tokio::test]
async fn cal_15_a_member_loads_the_wallet_and_switches_neither_alert_nor_recharge_decision_only() {
    let server = TestServer::start().await;
    let (_company, _, member) = company(&server).await;
    assert!(member.may("wallet:load", "*").await);
    assert!(!member.may("wallet:alert", "*").await);
    assert!(!member.may("wallet:recharge", "*").await);
}

#[tokio::test]
async fn cal_16_a_member_works_with_what_is_theirs() {
    let server = TestServer::start().await;
    let (company, _, member) = company(&server).await;
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    company.grant(member.id, number, true, true).await;
    let own =
        company.call(TestCall { user: Some(member.id), number: Some(number), ..TestCall::default() }).await;
    let others = company.call(TestCall { user: Some(company.owner.id), ..TestCall::default() }).await;
    let seen = member.client.get("/api/v1/calls").await.expect(200);
    assert_eq!((seen.json["total"].as_i64(), seen.items()[0]["id"].as_i64()), (Some(1), Some(own)));
    member.client.get(&format!("/api/v1/calls/{others}")).await.expect(404);
    assert!(member.may("call:place", "*").await && member.may("call:receive", "*").await);
    let assigned = json!({ "numbers": [number] });
    assert!(member.may_with("message:send", "m1", assigned.clone()).await);
    assert!(member.may_with("message:read", "m1", assigned).await, "the Callbox");
    assert!(!member.may_with("message:read", "m2", json!({ "numbers": ["+12025550199"] })).await);
    let mine = json!({ "users": [member.id] });
    for permission in ["statistic:read", "contact:read", "contact:write"] {
        assert!(member.may_with(permission, "row", mine.clone()).await, "{permission}");
    }
    assert!(
        member.may("profile:update", &member.id.to_string()).await || member.may("profile:update", "*").await
    );
}

#[tokio::test]
async fn cal_17_a_member_joins_a_campaign_when_assigned_and_manages_none_decision_only() {
    let server = TestServer::start().await;
    let (_company, _, member) = company(&server).await;
    assert!(member.may_with("campaign:join", "c1", json!({ "users": [member.id] })).await);
    assert!(!member.may_with("campaign:join", "c2", json!({ "users": [] })).await);
    assert!(!member.may_with("campaign:write", "c1", json!({ "users": [member.id] })).await);
}

#[tokio::test]
async fn cal_18_only_the_owner_transfers_ownership_and_only_to_an_admin() {
    let server = TestServer::start().await;
    let (company, admin, member) = company(&server).await;
    let owner = &company.owner.client;
    company.give_password(company.owner.id).await;
    let to = |user: u32, password: &str| json!({ "to": user, "password": password });
    let transfer = |body| owner.post("/api/v1/workspace/transfer", body);
    let unconfirmed = transfer(json!({ "to": admin.id })).await.expect(422);
    assert_eq!(unconfirmed.json["field"], "password");
    assert_eq!(transfer(to(admin.id, "a wrong guess")).await.expect(422).json["field"], "password");
    assert_eq!(transfer(to(member.id, PASSWORD)).await.expect(422).json["field"], "to");
    let (_, program) = company.token(&company.owner, json!({ "name": "all" })).await;
    program.post("/api/v1/workspace/transfer", to(admin.id, PASSWORD)).await.expect(403);
    let done = transfer(to(admin.id, PASSWORD)).await.expect(204);
    assert!(!done.headers.contains_key("ringfence-undo"), "only the new Owner can give it back");
    let role = |user: u32| {
        let path = format!("/api/v1/users/{user}");
        async move { owner.get(&path).await.expect(200).json["role"]["name"].clone() }
    };
    assert_eq!(role(admin.id).await, "Owner");
    assert_eq!(role(company.owner.id).await, "Admin");
    transfer(to(admin.id, PASSWORD)).await.expect(403);
}

#[tokio::test]
async fn cal_19_who_may_not_spend_sets_neither_auto_recharge_nor_the_alert_decision_only() {
    let server = TestServer::start().await;
    let (company, admin, member) = company(&server).await;
    for permission in ["wallet:recharge", "wallet:alert"] {
        assert!(company.owner.may(permission, "*").await && admin.may(permission, "*").await);
        assert!(!member.may(permission, "*").await);
    }
}

#[tokio::test]
async fn cal_20_a_member_asks_for_a_role_and_owner_or_admin_grants_or_declines_it() {
    let server = TestServer::start().await;
    let (company, admin, member) = company(&server).await;
    let other = company.hire("member").await;
    let role = company.role("admin").await;
    let body = json!({ "role": role, "reason": "I look after the office now" });
    let ask = |who: &Member| {
        let (client, body) = (who.client.clone(), body.clone());
        async move { client.post("/api/v1/access-requests", body).await.expect(201).json["id"].clone() }
    };
    let (granted, declined) = (ask(&member).await, ask(&other).await);
    for decider in [&company.owner, &admin] {
        let seen = decider.client.get("/api/v1/access-requests").await.expect(200);
        assert_eq!(seen.json["total"], 2, "it reaches Owner and Admins");
    }
    member.client.get("/api/v1/access-requests").await.expect(403);
    let path = |request: &serde_json::Value, how: &str| format!("/api/v1/access-requests/{request}/{how}");
    member.client.post(&path(&declined, "grant"), json!({})).await.expect(403);
    admin.client.post(&path(&granted, "grant"), json!({})).await.expect(200);
    let no = json!({ "note": "one is enough" });
    company.owner.client.post(&path(&declined, "decline"), no).await.expect(200);
    let role_of = |who: &Member| {
        let client = who.client.clone();
        async move { client.get("/api/v1/me").await.expect(200).json["user"]["role"]["name"].clone() }
    };
    assert_eq!((role_of(&member).await, role_of(&other).await), (json!("Admin"), json!("Member")));
    let told = other.client.get("/api/v1/me/access-requests").await.expect(200);
    assert_eq!(
        (&told.items()[0]["state"], &told.items()[0]["note"]),
        (&json!("declined"), &json!("one is enough"))
    );
}
