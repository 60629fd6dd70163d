//! Try before saving, and undo after.

use serde_json::{Value, json};
use testkit::{Company, Member, TestServer};

/// Whether somebody holds the role with that id.
async fn has_role(company: &Company<'_>, who: &Member, role: u32) -> bool {
    let record = company.owner.client.get(&format!("/api/v1/users/{}", who.id)).await.expect(200);
    record.json["role"]["id"] == role
}

/// A company with a role that somebody holds.
async fn with_role<'s>(server: &'s TestServer) -> (Company<'s>, u32, Member) {
    let company = server.company("standard").await;
    let holds = json!({ "user:read": ["all"] });
    let role = company.create("/api/v1/roles", json!({ "name": "Desk", "holds": holds })).await;
    let holder = company.hire("agent").await;
    let path = format!("/api/v1/users/{}/role", holder.id);
    company.owner.client.put(&path, json!({ "role": role })).await.expect(200);
    (company, role, holder)
}

#[tokio::test]
async fn trying_an_edit_of_a_role_says_who_gains_and_loses_what_and_changes_nothing() {
    let server = TestServer::start().await;
    let (company, role, holder) = with_role(&server).await;
    let before = server.database.fingerprint().await;
    let edit = json!({ "holds": { "call_record:read": ["team"] } });
    let tried = company.owner.client.patch(&format!("/api/v1/roles/{role}?try=true"), edit).await.expect(200);
    let groups = tried.json["groups"].as_array().unwrap();
    assert_eq!(groups.len(), 1);
    assert_eq!(groups[0]["people"][0]["id"], holder.id);
    assert_eq!(groups[0]["gains"][0]["name"], "call_record:read");
    assert_eq!(groups[0]["loses"][0]["name"], "user:read");
    assert_eq!(server.database.fingerprint().await, before);
}

#[tokio::test]
async fn trying_what_is_refused_is_refused() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    let owner = company.owner.id;
    let path = format!("/api/v1/users/{owner}/ban?try=true");
    agent.client.put(&path, Value::Null).await.expect(404);
    company.owner.client.delete(&format!("/api/v1/users/{owner}?try=true")).await.expect(403);
}

#[tokio::test]
async fn a_form_of_the_console_asks_first_and_offers_undo_after() {
    let server = TestServer::start().await;
    let (company, role, holder) = with_role(&server).await;
    let path = format!("/users/{}/role", holder.id);
    let agent = company.role("agent").await.to_string();
    let asked = company.form(&company.owner, &path, &[("role", &agent)]).await.expect(200);
    assert!(asked.text.contains("Who gains and who loses by this"), "{}", asked.text);
    assert!(has_role(&company, &holder, role).await);
    let sure = [("role", agent.as_str()), ("sure", "1")];
    let done = company.form(&company.owner, &path, &sure).await.expect(303);
    let address = done.headers["location"].to_str().unwrap().to_owned();
    let undo = address.rsplit_once("undo=").expect("the answer offers undo").1.to_owned();
    let undone = company.form(&company.owner, &format!("/undo/{undo}"), &[("sure", "1")]).await;
    assert!(undone.expect(303).headers["location"].to_str().unwrap().contains("done=undone"));
    assert!(has_role(&company, &holder, role).await);
}

#[tokio::test]
async fn undoing_the_deletion_of_a_role_gives_it_back_to_its_holders() {
    let server = TestServer::start().await;
    let (company, role, holder) = with_role(&server).await;
    let before = server.database.fingerprint().await;
    let heir = company.role("agent").await;
    let gone = company.owner.client.delete(&format!("/api/v1/roles/{role}?move_to={heir}")).await;
    let undo = gone.headers["ringfence-undo"].to_str().unwrap().to_owned();
    company.owner.client.get(&format!("/api/v1/roles/{role}")).await.expect(404);
    company.owner.client.post(&format!("/api/v1/undo/{undo}"), Value::Null).await.expect(204);
    assert!(has_role(&company, &holder, role).await);
    let after = server.database.fingerprint().await;
    // The workspace's version and the person's revision went on, and how to undo either is kept; all else is as it was.
    let not_in = |rows: &[String], others: &[String]| -> Vec<String> {
        let missing = |row: &&String| !others.contains(row) && !row.starts_with("undos ");
        rows.iter().filter(missing).cloned().collect()
    };
    let (new, gone) = (not_in(&after, &before), not_in(&before, &after));
    assert!(new.len() <= 2 && gone.len() == new.len(), "new: {new:#?}, gone: {gone:#?}");
    company.owner.client.post(&format!("/api/v1/undo/{undo}"), Value::Null).await.expect(409);
}

#[tokio::test]
async fn only_ones_own_changes_can_be_undone_and_only_while_nobody_changed_the_same_since() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let admin = company.hire("admin").await;
    let agent = company.hire("agent").await;
    let path = format!("/api/v1/users/{}/role", agent.id);
    let role = company.role("analyst").await;
    let done = admin.client.put(&path, json!({ "role": role })).await.expect(200);
    let undo = format!("/api/v1/undo/{}", done.headers["ringfence-undo"].to_str().unwrap());
    company.owner.client.post(&undo, Value::Null).await.expect(404);
    let auditor = company.role("auditor").await;
    company.owner.client.put(&path, json!({ "role": auditor })).await.expect(200);
    admin.client.post(&undo, Value::Null).await.expect(409);
}

#[tokio::test]
async fn whoever_may_no_longer_make_a_change_cannot_undo_it_either() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let admin = company.hire("admin").await;
    let agent = company.hire("agent").await;
    let role = company.role("analyst").await;
    let path = format!("/api/v1/users/{}/role", agent.id);
    let done = admin.client.put(&path, json!({ "role": role })).await.expect(200);
    let undo = format!("/api/v1/undo/{}", done.headers["ringfence-undo"].to_str().unwrap());
    let demoted = json!({ "role": company.role("agent").await });
    company.owner.client.put(&format!("/api/v1/users/{}/role", admin.id), demoted).await.expect(200);
    admin.client.post(&undo, Value::Null).await.expect(403);
}

#[tokio::test]
async fn trying_a_grant_names_the_thing_and_what_comes_with_it() {
    let server = TestServer::start().await;
    let company = server.company("nuacom").await;
    let user = company.hire("user").await;
    let queue = company.create("/api/v1/queues", json!({ "name": "Results" })).await;
    let path = format!("/api/v1/users/{}/grants/{queue}?try=true", user.id);
    let both = json!({ "may_use": true, "may_observe": true });
    let tried = company.owner.client.put(&path, both).await.expect(200);
    let gains = &tried.json["groups"][0]["gains"];
    assert_eq!(gains[0]["name"], "Results", "{tried:?}");
    assert_eq!(gains[0]["reaches"], json!(["use", "observe"]));
    let fields = [("new", "yes"), ("entity", &*queue.to_string()), ("may_use", "yes"), ("expires_at", "")];
    let asked = company.form(&company.owner, &format!("/users/{}/grants", user.id), &fields).await;
    assert!(asked.expect(200).text.contains("Results"));
}
