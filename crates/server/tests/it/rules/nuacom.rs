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

/// Whether a call of somebody would go out, as the server explains it.
async fn line(company: &Company<'_>, user: u32, number: Option<u32>) -> serde_json::Value {
    let asked = number.map(|n| format!("?number={n}")).unwrap_or_default();
    company.owner.client.get(&format!("/api/v1/users/{user}/line{asked}")).await.expect(200).json
}

#[tokio::test]
async fn nua_06_an_extension_is_needed_to_place_and_to_receive_calls() {
    let server = TestServer::start().await;
    let company = server.company("nuacom").await;
    let user = company.hire("user").await;
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    company.grant(user.id, number, true, false).await;
    let without = line(&company, user.id, None).await;
    assert_eq!((&without["allowed"], &without["refused"]), (&json!(false), &json!("no_extension")));
    assert_eq!(without["receives"], false);
    let extension = company.create("/api/v1/extensions", json!({ "digits": "201" })).await;
    company.grant(user.id, extension, false, true).await;
    assert_eq!(line(&company, user.id, None).await["allowed"], false, "observing is not using");
    company.grant(user.id, extension, true, false).await;
    let with = line(&company, user.id, None).await;
    assert_eq!((&with["allowed"], &with["receives"]), (&json!(true), &json!(true)));
    assert_eq!(with["extension"]["id"], extension);
    let own = company.hire("user").await;
    let new = json!({ "digits": "202", "user": own.id });
    company.create("/api/v1/extensions", new).await;
    assert_eq!(line(&company, own.id, None).await["receives"], true);
    assert_eq!(line(&company, own.id, None).await["refused"], "no_number");
}

/// A company with a user who has an extension, and two numbers.
async fn caller(server: &TestServer) -> (Company<'_>, Member, u32, u32) {
    let company = server.company("nuacom").await;
    let user = company.hire("user").await;
    company.create("/api/v1/extensions", json!({ "digits": "201", "user": user.id })).await;
    let first = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    let second = company.create("/api/v1/numbers", json!({ "digits": "+12025550102" })).await;
    (company, user, first, second)
}

#[tokio::test]
async fn nua_07_the_caller_id_is_a_choice_among_the_granted_numbers() {
    let server = TestServer::start().await;
    let (company, user, first, second) = caller(&server).await;
    let choose = |number: serde_json::Value| {
        let client = user.client.clone();
        async move { client.put("/api/v1/me/caller-id", json!({ "number": number })).await }
    };
    choose(json!(first)).await.expect(422);
    company.grant(user.id, first, true, false).await;
    company.grant(user.id, second, true, false).await;
    let mine = user.client.get("/api/v1/me/caller-id").await.expect(200).json;
    assert_eq!((&mine["in_force"]["id"], &mine["because"]), (&json!(first), &json!("granted_first")));
    assert_eq!(mine["choices"].as_array().unwrap().len(), 2);
    let mine = choose(json!(second)).await.expect(200).json;
    assert_eq!((&mine["in_force"]["id"], &mine["because"]), (&json!(second), &json!("chosen")));
    assert_eq!(line(&company, user.id, None).await["caller_id"]["id"], second);
    assert_eq!(line(&company, user.id, Some(first)).await["because"], "asked");
    // The profile chooses by itself, and withdrawing the number falls back at once.
    company
        .form(&user, "/profile/caller-id", &[("number", &first.to_string()), ("sure", "1")])
        .await
        .expect(303);
    assert_eq!(line(&company, user.id, None).await["caller_id"]["id"], first);
    let grant = format!("/api/v1/users/{}/grants/{first}", user.id);
    company.owner.client.delete(&grant).await.expect(204);
    assert_eq!(line(&company, user.id, None).await["caller_id"]["id"], second);
}

#[tokio::test]
async fn nua_07_with_none_granted_the_preset_number_and_with_neither_a_refusal() {
    let server = TestServer::start().await;
    let (company, user, first, second) = caller(&server).await;
    let none = line(&company, user.id, None).await;
    assert_eq!((&none["allowed"], &none["refused"]), (&json!(false), &json!("no_number")));
    assert!(none["reason"].as_str().unwrap().contains("number"));
    let path = format!("/api/v1/users/{}/caller-id", user.id);
    let refused = user.client.put(&path, json!({ "number": second })).await;
    assert!([403, 404].contains(&refused.status), "only an Admin presets: {}", refused.text);
    company.owner.client.put(&path, json!({ "number": 9_999 })).await.expect(422);
    company.owner.client.put(&path, json!({ "number": second })).await.expect(200);
    let preset = line(&company, user.id, None).await;
    assert_eq!((&preset["caller_id"]["id"], &preset["because"]), (&json!(second), &json!("preset")));
    company.grant(user.id, first, true, false).await;
    assert_eq!(line(&company, user.id, None).await["caller_id"]["id"], first, "what is granted comes first");
    let page = company.page(&user, "/profile").await.expect(200).text;
    assert!(page.contains("Your caller ID") && page.contains("It is the only number granted for use."));
}

#[tokio::test]
async fn nua_07_the_server_decides_whatever_the_client_sends() {
    let server = TestServer::start().await;
    let (company, user, first, second) = caller(&server).await;
    company.grant(user.id, first, true, false).await;
    let path = format!("/api/v1/users/{}/caller-id", user.id);
    company.owner.client.put(&path, json!({ "number": second })).await.expect(200);
    for number in [second, 9_999, user.id] {
        let refused = line(&company, user.id, Some(number)).await;
        assert_eq!(refused["refused"], "not_their_number", "{number}");
    }
    let ask = |context: serde_json::Value| {
        let question = json!({
            "subject": { "type": "user", "id": user.id.to_string() },
            "action": { "name": "place" },
            "resource": { "type": "call", "id": "*" },
            "context": context,
        });
        let (client, path) =
            (company.owner.client.clone(), format!("/w/{}/access/v1/evaluation", company.slug));
        async move { client.post(&path, question).await.expect(200).json["decision"].clone() }
    };
    assert_eq!(ask(json!({ "caller_id": "+12025550101" })).await, true);
    assert_eq!(ask(json!({ "caller_id": first })).await, true);
    assert_eq!(ask(json!({ "caller_id": null })).await, true);
    assert_eq!(ask(json!({ "caller_id": "+12025550102" })).await, false);
    assert_eq!(ask(json!({ "caller_id": "+1202555" })).await, false);
    assert_eq!(ask(json!({})).await, true);
    // An expired grant does not count, at the second.
    let until = acts::Moment(server.now() + 5_000_000);
    let grant = format!("/api/v1/users/{}/grants/{first}", user.id);
    company.owner.client.put(&grant, json!({ "may_use": true, "expires_at": until })).await.expect(200);
    assert_eq!(line(&company, user.id, Some(first)).await["allowed"], true);
    server.pass(5);
    assert_eq!(line(&company, user.id, Some(first)).await["allowed"], false);
    assert_eq!(line(&company, user.id, None).await["because"], "preset");
}

#[tokio::test]
async fn nua_02_an_admin_defines_a_bundle_and_switches_it_on_for_one_person() {
    let server = TestServer::start().await;
    let company = server.company("nuacom").await;
    let (user, other) = (company.hire("user").await, company.hire("user").await);
    let bundle = json!({ "name": "Number desk", "summary": "label and route numbers",
        "holds": { "number:read": ["all"], "number:update": ["all"] } });
    user.client.post("/api/v1/toggles", bundle.clone()).await.expect(403);
    let toggle = company.create("/api/v1/toggles", bundle.clone()).await;
    company.owner.client.post("/api/v1/toggles", bundle).await.expect(409);
    let number = company.create("/api/v1/numbers", json!({ "digits": "+12025550101" })).await;
    let edit = |by: &Member| {
        let client = by.client.clone();
        async move { client.patch(&format!("/api/v1/numbers/{number}"), json!({ "name": "Desk" })).await.status }
    };
    assert_eq!(edit(&user).await, 404);
    let page = company.page(&company.owner, &format!("/users/{}", user.id)).await.expect(200).text;
    assert!(
        page.contains("Number desk") && page.contains("Full Call Report Access"),
        "beside the built-in ones"
    );
    company.toggle(user.id, "Number desk", "allow").await.expect(200);
    assert_eq!(edit(&user).await, 200);
    assert_eq!(edit(&other).await, 404, "for one person");
    let path = format!("/api/v1/toggles/{toggle}");
    let shown = company.owner.client.get(&path).await.expect(200).json;
    assert_eq!(
        shown["set_for"],
        json!([{ "user": { "id": user.id, "name": "Test user" }, "setting": "allow" }])
    );

    // A change of the bundle holds at once for whoever has it; deleting it takes it away.
    company.owner.client.patch(&path, json!({ "holds": { "number:read": ["all"] } })).await.expect(200);
    assert_eq!(edit(&user).await, 403);
    company.owner.client.delete(&path).await.expect(204);
    assert_eq!(edit(&user).await, 404);
    let grants = company.owner.client.get(&format!("/api/v1/users/{}/toggles", user.id)).await.expect(200);
    assert!(grants.items().iter().all(|t| t["name"] != "Number desk"));
}

#[tokio::test]
async fn nua_02_built_in_bundles_are_cloned_and_never_changed() {
    let server = TestServer::start().await;
    let company = server.company("nuacom").await;
    let toggles = company.owner.client.get("/api/v1/toggles").await.expect(200);
    let wallboard = toggles.items().iter().find(|t| t["key"] == "wallboard").unwrap()["id"].clone();
    let path = format!("/api/v1/toggles/{wallboard}");
    for refused in [
        company.owner.client.patch(&path, json!({ "name": "Other" })).await,
        company.owner.client.delete(&path).await,
    ] {
        assert_eq!((refused.status, refused.code()), (409, "built_in"));
    }
    let cloned =
        company.owner.client.post(&format!("{path}/clone"), json!({ "name": "Wallboard too" })).await;
    assert_eq!(cloned.expect(201).json["holds"], json!({ "wallboard:read": ["assigned"] }));
    company.owner.client.get("/api/v1/toggles/99999").await.expect(404);
}

#[tokio::test]
async fn the_matrix_of_a_toggle_saves_what_was_ticked_on_it() {
    let server = TestServer::start().await;
    let company = server.company("nuacom").await;
    let toggle = company.create("/api/v1/toggles", json!({ "name": "Desk" })).await;
    let page = format!("/toggles/{toggle}");
    let ticked = [("was", ""), ("number:update", "all"), ("sure", "1")];
    company.form(&company.owner, &page, &ticked).await.expect(303);
    let shown = company.owner.client.get(&format!("/api/v1{page}")).await.expect(200).json;
    assert_eq!(shown["holds"], json!({ "number:read": ["all"], "number:update": ["all"] }));
    let named = [("name", "Front desk"), ("summary", "numbers"), ("sure", "1")];
    company.form(&company.owner, &format!("{page}/name"), &named).await.expect(303);
    let list = company.page(&company.owner, "/toggles").await.expect(200).text;
    assert!(list.contains("Front desk") && list.contains("Wallboard"));
    company.form(&company.owner, &format!("{page}/delete"), &[("sure", "1")]).await.expect(303);
    company.page(&company.owner, &page).await.expect(404);
}
