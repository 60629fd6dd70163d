//! Secrets that travel: by a PIN beside a password, by mail, by somebody who is acted as, and by what ends.

use serde_json::{Value, json};
use server::mail::{Mailer, send_due};
use testkit::{Client, Company, MailServer, TestServer};

use super::secrets::{
    Added, OWN, add, client, form, give_role, password, recruiter, sign_in, sign_in_by_pin,
};

/// Signs in with the temporary password of somebody who was added, and chooses another one in their place.
async fn chosen_by_its_maker(company: &Company<'_>, added: &Added, chosen: &str) -> Client {
    let given = password(&added.answer);
    let them = client(company, sign_in(company, &added.email, &given).await);
    them.put("/api/v1/me/password", json!({ "new": chosen })).await.expect(204);
    client(company, sign_in(company, &added.email, chosen).await)
}

async fn low(company: &Company<'_>) -> u32 {
    let holds = json!({ "directory:read": ["all"], "profile:update": ["own"] });
    let name = format!("Low {:08x}", rand::random::<u32>());
    company.create("/api/v1/roles", json!({ "name": name, "holds": holds })).await
}

#[tokio::test]
async fn all_02_a_pin_that_was_set_with_a_chosen_password_goes_with_it() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let hr = recruiter(&company).await;
    let role = low(&company).await;
    let added = add(&company, &hr.client, json!({ "role": role, "password": null })).await;
    let them = chosen_by_its_maker(&company, &added, OWN).await;
    let phone = "+442079460999";
    them.patch("/api/v1/me", json!({ "phone": phone })).await.expect(200);
    them.put("/api/v1/me/pin", json!({ "current": OWN, "pin": "7319" })).await.expect(204);
    sign_in_by_pin(&company, phone, "7319").await.expect(201);
    give_role(&company, added.id, company.role("admin").await).await;
    sign_in(&company, &added.email, OWN).await.expect(401);
    sign_in_by_pin(&company, phone, "7319").await.expect(401);
}

#[tokio::test]
async fn all_02_no_link_is_mailed_to_an_address_that_somebody_set_who_may_do_less() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let smtp = MailServer::start().await;
    let mailer = Mailer::new(&smtp.url, "Acme <phones@acme.example>", "https://phone.acme.example").unwrap();
    let hr = recruiter(&company).await;
    let person = company.hire("agent").await;
    let typed = format!("sink-{:08x}@elsewhere.example", rand::random::<u32>());
    let path = format!("/api/v1/users/{}", person.id);
    hr.client.patch(&path, json!({ "email": typed })).await.expect(200);
    give_role(&company, person.id, company.role("admin").await).await;
    send_due(&server.app.store, &mailer).await.unwrap();
    let told = |what: &str| smtp.taken().iter().any(|mail| mail.to == typed && mail.text.contains(what));
    assert!(told("temporary password"), "the person is told what to do");
    assert!(!told("/reset/"), "at once");
    // Nor does waiting help: the address stays one that somebody else set.
    server.pass(2 * 86_400);
    form(&server, &format!("/w/{}/forgot", company.slug), &[("email", &typed)]).await.expect(200);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    send_due(&server.app.store, &mailer).await.unwrap();
    assert!(!told("/reset/"), "after two days");
    // An administrator hands over a temporary password, and all is well.
    let given = company.owner.client.post(&format!("{path}/password"), json!({})).await.expect(201).json;
    sign_in(&company, &typed, given["password"].as_str().unwrap()).await.expect(201);
}

#[tokio::test]
async fn all_02_an_invitation_to_an_address_that_somebody_set_who_may_do_less_lets_nobody_in() {
    let server = TestServer::start_with(|config| config.sends_mail = true).await;
    let company = server.company("standard").await;
    let smtp = MailServer::start().await;
    let mailer = Mailer::new(&smtp.url, "phones@acme.example", &server.url()).unwrap();
    let hr = recruiter(&company).await;
    let invited = add(&company, &company.owner.client, json!({ "invite": true })).await;
    let typed = format!("sink-{:08x}@elsewhere.example", rand::random::<u32>());
    let path = format!("/api/v1/users/{}", invited.id);
    hr.client.patch(&path, json!({ "email": typed })).await.expect(200);
    for rises_first in [false, true] {
        if rises_first {
            give_role(&company, invited.id, company.role("admin").await).await;
        }
        company.owner.client.post(&format!("{path}/invitation"), json!({})).await.expect(201);
        send_due(&server.app.store, &mailer).await.unwrap();
        if !rises_first {
            give_role(&company, invited.id, company.role("admin").await).await;
        }
        let mails = smtp.taken();
        let text =
            mails.iter().rev().find(|mail| mail.to == typed && mail.text.contains("/welcome/")).unwrap();
        let text = text.text.replace("=\n", "").replace("=3D", "=");
        let link = text.lines().find(|line| line.contains("/welcome/")).unwrap();
        let link = link.strip_prefix(&server.url()).unwrap();
        let refused = form(&server, link, &[("password", OWN)]).await;
        assert!([404, 422].contains(&refused.status), "{}", refused.text);
        assert!(refused.text.contains("no longer good"), "{}", refused.text);
        sign_in(&company, &typed, OWN).await.expect(401);
        give_role(&company, invited.id, company.role("agent").await).await;
    }
}

#[tokio::test]
async fn all_02_what_is_chosen_by_a_link_to_such_an_address_is_known_to_whoever_set_it() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let hr = recruiter(&company).await;
    let person = company.hire("agent").await;
    let typed = format!("sink-{:08x}@elsewhere.example", rand::random::<u32>());
    hr.client.patch(&format!("/api/v1/users/{}", person.id), json!({ "email": typed })).await.expect(200);
    server.pass(2 * 86_400);
    form(&server, &format!("/w/{}/forgot", company.slug), &[("email", &typed)]).await.expect(200);
    let mut link = String::new();
    for _ in 0..100 {
        let mails = company.owner.client.get("/api/v1/outbox").await.expect(200);
        let bodies = mails.items().iter().filter(|mail| mail["to"]["id"] == person.id);
        let reset = |body: &Value| {
            Some(body["body"].as_str()?.split("/reset/").nth(1)?.split_whitespace().next()?.to_owned())
        };
        if let Some(found) = bodies.filter_map(reset).next() {
            link = format!("/w/{}/reset/{found}", company.slug);
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    form(&server, &link, &[("password", OWN)]).await.expect(303);
    sign_in(&company, &typed, OWN).await.expect(201);
    give_role(&company, person.id, company.role("admin").await).await;
    sign_in(&company, &typed, OWN).await.expect(401);
}

#[tokio::test]
async fn all_02_who_acts_as_somebody_knows_the_secrets_that_they_make() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let hr = recruiter(&company).await;
    let as_hr = company.owner.client.get(&format!("/api/v1/users/{}", hr.id)).await.expect(200);
    let role = as_hr.json["role"]["id"].clone();
    let between = add(&company, &hr.client, json!({ "role": role, "password": null })).await;
    let between_them = chosen_by_its_maker(&company, &between, OWN).await;
    let low = low(&company).await;
    let far = add(&company, &between_them, json!({ "role": low, "password": null })).await;
    chosen_by_its_maker(&company, &far, "another of my own words").await;
    // Who stands between may know by now whatever the last of them may do.
    give_role(&company, between.id, company.role("admin").await).await;
    give_role(&company, far.id, company.role("team_lead").await).await;
    sign_in(&company, &far.email, "another of my own words").await.expect(401);
}

#[tokio::test]
async fn all_02_what_is_made_to_last_is_a_gain() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let hr = recruiter(&company).await;
    let owner = &company.owner.client;
    for way in ["prolonged", "toggle"] {
        let low = low(&company).await;
        let added = add(&company, &hr.client, json!({ "role": low, "password": null })).await;
        let lent = json!({ "holds": { "audit:read": ["all"] }, "expires_at": server.later(60) });
        let lent_to = |id: u32| format!("/api/v1/users/{id}/temporary");
        owner.post(&lent_to(hr.id), lent.clone()).await.expect(201);
        let theirs = owner.post(&lent_to(added.id), lent).await.expect(201);
        let reset = format!("/api/v1/users/{}/password", added.id);
        let given = hr.client.post(&reset, json!({})).await.expect(201).json;
        let them =
            client(&company, sign_in(&company, &added.email, given["password"].as_str().unwrap()).await);
        them.put("/api/v1/me/password", json!({ "new": OWN })).await.expect(204);
        if way == "prolonged" {
            let path = format!("{}/{}", lent_to(added.id), theirs.json["id"]);
            owner.patch(&path, json!({ "expires_at": server.later(86_400) })).await.expect(200);
        } else {
            let toggle = json!({ "name": "Audits", "holds": { "audit:read": ["all"] } });
            let toggle = company.create("/api/v1/toggles", toggle).await;
            let path = format!("/api/v1/users/{}/toggles/{toggle}", added.id);
            owner.put(&path, json!({ "setting": "allow" })).await.expect(200);
        }
        sign_in(&company, &added.email, OWN).await.expect(401);
        server.pass(61);
    }
}

#[tokio::test]
async fn what_is_in_use_cannot_be_undone_and_is_said_so() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let admin = company.hire("admin").await;
    let role = json!({ "name": "Brief", "holds": { "directory:read": ["all"] } });
    let made = admin.client.post("/api/v1/roles", role).await.expect(201);
    let receipt = made.headers["ringfence-undo"].to_str().unwrap().to_owned();
    let somebody = company.hire("agent").await;
    give_role(&company, somebody.id, u32::try_from(made.json["id"].as_u64().unwrap()).unwrap()).await;
    let undone = admin.client.post(&format!("/api/v1/undo/{receipt}"), json!({})).await.expect(409);
    assert!(undone.json["detail"].as_str().unwrap().contains("in use"), "{}", undone.text);
}

#[tokio::test]
async fn nobody_gets_an_address_that_was_somebody_elses_a_moment_ago() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (person, other) = (company.hire("agent").await, company.hire("agent").await);
    let owner = &company.owner.client;
    let path = |id: u32| format!("/api/v1/users/{id}");
    owner.patch(&path(person.id), json!({ "email": "moved@elsewhere.example" })).await.expect(200);
    let taken = json!({ "email": person.email });
    assert_eq!(owner.patch(&path(other.id), taken.clone()).await.expect(409).code(), "taken");
    let new = json!({ "email": person.email, "name": "Somebody new" });
    assert_eq!(owner.post("/api/v1/users", new.clone()).await.expect(409).code(), "taken");
    // It can be given back, and is anybody's in a week.
    owner.patch(&path(person.id), taken).await.expect(200);
    owner.patch(&path(person.id), json!({ "email": "moved@elsewhere.example" })).await.expect(200);
    server.pass(8 * 86_400);
    owner.post("/api/v1/users", new).await.expect(201);
}

#[tokio::test]
async fn nobody_has_more_sessions_than_can_be_shown() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let person = company.hire("agent").await;
    company.give_password(person.id).await;
    let first = sign_in(&company, &person.email, testkit::PASSWORD).await;
    let first = client(&company, first);
    server.pass(1);
    for _ in 0..110 {
        // Whoever signs in more often than anybody does has to wait.
        server.pass(1_000);
        sign_in(&company, &person.email, testkit::PASSWORD).await.expect(201);
    }
    first.get("/api/v1/me").await.expect(401);
    let last = client(&company, sign_in(&company, &person.email, testkit::PASSWORD).await);
    assert_eq!(last.get("/api/v1/me/sessions").await.expect(200).items().len(), 100);
}
