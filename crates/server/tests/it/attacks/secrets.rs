//! Secrets that somebody else knows: what they open, for how long, and that nobody rises by one.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use server::mail::{Mailer, send_due};
use testkit::{Answer, Client, Company, MailServer, Member, PASSWORD, TestServer};

const DAY: i64 = 86_400;
pub(super) const OWN: &str = "my very own words";

/// Somebody who was added: their id, their email address, and what they were given.
pub(super) struct Added {
    pub(super) id: u32,
    pub(super) email: String,
    pub(super) answer: Value,
}

impl Added {
    fn link(&self, company: &Company<'_>) -> String {
        let link = self.answer["invitation"]["link"].as_str().unwrap();
        link.strip_prefix(&company.server.url()).unwrap().to_owned()
    }
}

/// Adds somebody who has the default role unless `more` says otherwise.
pub(super) async fn add(company: &Company<'_>, by: &Client, more: Value) -> Added {
    let email = format!("new-{:08x}@{}.example", rand::random::<u32>(), company.slug);
    let mut body = json!({ "email": email, "name": "Newcomer" });
    for (field, value) in more.as_object().unwrap() {
        body[field] = value.clone();
    }
    let answer = by.post("/api/v1/users", body).await.expect(201).json;
    Added { id: u32::try_from(answer["user"]["id"].as_u64().unwrap()).unwrap(), email, answer }
}

/// Somebody with a custom role that may add people, reset their secrets and edit them, and nothing else that agents lack.
pub(super) async fn recruiter(company: &Company<'_>) -> Member {
    recruiter_with(company, json!({})).await
}

pub(super) async fn recruiter_with(company: &Company<'_>, more: Value) -> Member {
    let agent = company.role("agent").await;
    let role = company.owner.client.get(&format!("/api/v1/roles/{agent}")).await.expect(200);
    let mut holds = role.json["holds"].clone();
    for permission in ["user:read", "user:invite", "user:update", "user:reset_credentials", "role:read"] {
        holds[permission] = json!(["all"]);
    }
    for (permission, reaches) in more.as_object().unwrap() {
        holds[permission] = reaches.clone();
    }
    let name = format!("Recruiter {:08x}", rand::random::<u32>());
    let role = company.create("/api/v1/roles", json!({ "name": name, "holds": holds })).await;
    let member = company.hire("agent").await;
    give_role(company, member.id, role).await;
    member
}

pub(super) async fn give_role(company: &Company<'_>, user: u32, role: u32) {
    let path = format!("/api/v1/users/{user}/role");
    company.owner.client.put(&path, json!({ "role": role })).await.expect(200);
}

pub(super) async fn sign_in(company: &Company<'_>, email: &str, password: &str) -> Answer {
    let body = json!({ "workspace": company.slug, "email": email, "password": password });
    company.server.stranger().post("/api/v1/sessions", body).await
}

pub(super) async fn sign_in_by_pin(company: &Company<'_>, phone: &str, pin: &str) -> Answer {
    let body = json!({ "workspace": company.slug, "phone": phone, "pin": pin });
    company.server.stranger().post("/api/v1/sessions/pin", body).await
}

/// A client with the session of a sign-in that was good.
pub(super) fn client(company: &Company<'_>, session: Answer) -> Client {
    let session = session.expect(201);
    company.server.stranger().with_token(session.json["token"].as_str().unwrap())
}

pub(super) fn password(added: &Value) -> String {
    added["password"].as_str().unwrap().to_owned()
}

pub(super) async fn form(server: &TestServer, path: &str, pairs: &[(&str, &str)]) -> Answer {
    let stranger = server.stranger();
    stranger.send(stranger.request(Method::POST, path).form(pairs)).await
}

/// The kinds of the mails to a user, the newest first.
pub(super) async fn mails_to(company: &Company<'_>, user: u32) -> Vec<String> {
    let mails = company.owner.client.get("/api/v1/outbox").await.expect(200);
    let theirs = mails.items().iter().filter(|mail| mail["to"]["id"] == user);
    theirs.map(|mail| mail["kind"].as_str().unwrap().to_owned()).collect()
}

/// The path of the link in the newest mail to a user, as the Owner reads it in the outbox.
async fn newest_link(company: &Company<'_>, user: u32) -> String {
    let mails = company.owner.client.get("/api/v1/outbox").await.expect(200);
    let mail =
        mails.items().iter().find(|mail| mail["to"]["id"] == user && mail["body"].is_string()).unwrap();
    let link = mail["body"].as_str().unwrap().lines().find(|line| line.starts_with("http")).unwrap();
    link.strip_prefix(&company.server.url()).unwrap().to_owned()
}

async fn transfer(company: &Company<'_>, to: u32) -> Answer {
    company.owner.client.post("/api/v1/workspace/transfer", json!({ "to": to, "password": PASSWORD })).await
}

#[tokio::test]
async fn a_temporary_password_opens_nothing_but_the_way_to_ones_own() {
    let server = TestServer::start().await;
    let company = server.company("onoff").await;
    let role = company.role("admin").await;
    let added = add(&company, &company.owner.client, json!({ "role": role })).await;
    let session = sign_in(&company, &added.email, &password(&added.answer)).await.expect(201);
    assert_eq!(session.json["replace_first"], "password");
    let them = client(&company, session);
    let me = them.get("/api/v1/me").await.expect(200).json;
    assert_eq!((&me["replace_first"], &me["permissions"]), (&json!("password"), &json!({})));
    let token = json!({ "name": "mine", "password": OWN });
    for refused in [
        them.get("/api/v1/users").await,
        them.post("/api/v1/tokens", token.clone()).await,
        them.patch("/api/v1/me", json!({ "name": "X" })).await,
        them.get("/api/v1/me/sessions").await,
        them.put("/api/v1/me/pin", json!({ "pin": "7319" })).await,
        them.post(&format!("/w/{}/access/v1/evaluation", company.slug), json!({})).await,
    ] {
        assert_eq!((refused.status, refused.code()), (403, "own_secret_first"), "{}", refused.text);
    }
    let same = json!({ "new": password(&added.answer) });
    assert_eq!(them.put("/api/v1/me/password", same).await.expect(422).json["field"], "new");
    them.put("/api/v1/me/password", json!({ "new": "short" })).await.expect(422);
    them.put("/api/v1/me/password?try=true", json!({ "new": OWN })).await.expect(200);
    assert_eq!(them.get("/api/v1/me").await.expect(200).json["replace_first"], "password");
    them.put("/api/v1/me/password", json!({ "new": OWN })).await.expect(204);
    assert_eq!(them.get("/api/v1/me").await.expect(200).json["replace_first"], Value::Null);
    them.get("/api/v1/users").await.expect(200);
    sign_in(&company, &added.email, &password(&added.answer)).await.expect(401);
    client(&company, sign_in(&company, &added.email, OWN).await)
        .post("/api/v1/tokens", token)
        .await
        .expect(201);
}

#[tokio::test]
async fn the_console_leads_a_temporary_password_from_every_page_to_the_one_that_replaces_it() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let added = add(&company, &company.owner.client, json!({ "password": PASSWORD })).await;
    let home = format!("/w/{}", company.slug);
    let typed = [("email", added.email.as_str()), ("password", PASSWORD), ("next", &format!("{home}/calls"))];
    let entered = form(&server, &format!("{home}/sign-in"), &typed).await.expect(303);
    let wanted = format!("{home}/own-secret?next=%2Fw%2F{}%2Fcalls", company.slug);
    assert_eq!(entered.headers["location"], wanted, "the page that was wanted is not forgotten");
    let token = client(&company, sign_in(&company, &added.email, PASSWORD).await).token;
    let mut them = company.owner.clone();
    them.client.token = token;
    for page in ["", "/calls", "/users", "/profile", "/live"] {
        let led = company.page(&them, page).await.expect(303);
        let next = if ["", "/live"].contains(&page) { "" } else { page };
        let next = next.strip_prefix('/').map(|page| format!("?next=%2Fw%2F{}%2F{page}", company.slug));
        let to = format!("{home}/own-secret{}", next.unwrap_or_default());
        assert_eq!(led.headers["location"], to, "{page}");
    }
    company.form(&them, "/profile", &[("name", "X")]).await.expect(303);
    let page = company.page(&them, "/own-secret?next=https://example.com").await.expect(200).text;
    assert!(page.contains("Choose your own password") && !page.contains("Your profile"), "{page}");
    let calls = format!("{home}/calls?recorded=yes");
    let wrong = [("new", "short"), ("next", &*calls)];
    let wrong = company.form(&them, "/own-secret", &wrong).await.expect(422).text;
    assert!(
        wrong.contains("Choose your own password") && wrong.contains(&format!("value=\"{calls}\"")),
        "{wrong}"
    );
    let german = company.page(&them, "/own-secret?language=de").await.expect(200);
    assert!(
        german.text.contains("lang=\"de\"") && german.text.contains("hreflang=\"fr\""),
        "{}",
        german.text
    );
    assert!(german.headers["set-cookie"].to_str().unwrap().contains("de"), "{:?}", german.headers);
    let replaced = company.form(&them, "/own-secret", &[("new", OWN), ("next", &*calls)]).await.expect(303);
    assert_eq!(replaced.headers["location"], format!("{calls}&done=password"));
    company.page(&them, "/profile").await.expect(200);
    assert_eq!(company.page(&them, "/own-secret").await.expect(303).headers["location"], home);
    company.form(&them, "/sign-out", &[]).await.expect(303);
}

#[tokio::test]
async fn a_temporary_secret_is_replaced_without_any_permission_and_left_by_signing_out() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let role = json!({ "name": "Nothing", "holds": { "directory:read": ["all"] } });
    let role = company.create("/api/v1/roles", role).await;
    let added = add(&company, &company.owner.client, json!({ "role": role, "password": PASSWORD })).await;
    let out = client(&company, sign_in(&company, &added.email, PASSWORD).await);
    out.delete("/api/v1/sessions/current").await.expect(204);
    out.get("/api/v1/me").await.expect(401);
    let them = client(&company, sign_in(&company, &added.email, PASSWORD).await);
    them.put("/api/v1/me/password", json!({ "current": PASSWORD, "new": OWN })).await.expect(204);
    // Later on it takes the permission, as for everybody.
    let again = json!({ "current": OWN, "new": "and another one" });
    assert_eq!(them.put("/api/v1/me/password", again).await.expect(403).json["permission"], "profile:update");
}

#[tokio::test]
async fn a_temporary_pin_is_replaced_by_a_pin_and_opens_nothing_else() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let phone = "+919811100001";
    let more = json!({ "phone": phone, "pin": "4071" });
    let added = add(&company, &company.owner.client, more).await;
    let session = sign_in_by_pin(&company, phone, "4071").await.expect(201);
    assert_eq!(session.json["replace_first"], "pin");
    let them = client(&company, session);
    assert_eq!(them.get("/api/v1/calls").await.expect(403).code(), "own_secret_first");
    assert_eq!(
        them.put("/api/v1/me/password", json!({ "new": OWN })).await.expect(403).code(),
        "own_secret_first"
    );
    assert_eq!(them.put("/api/v1/me/pin", json!({ "pin": "4071" })).await.expect(422).json["field"], "pin");
    them.put("/api/v1/me/pin", json!({ "pin": "7319" })).await.expect(204);
    assert_eq!(them.get("/api/v1/me").await.expect(200).json["replace_first"], Value::Null);
    sign_in_by_pin(&company, phone, "4071").await.expect(401);
    assert_eq!(sign_in_by_pin(&company, phone, "7319").await.expect(201).json["replace_first"], Value::Null);
    // A reset makes it temporary again, also on the page for phones.
    let reset = format!("/api/v1/users/{}/pin", added.id);
    let pin = company.owner.client.post(&reset, json!({})).await.expect(201).json["pin"].clone();
    let typed = [("phone", phone), ("pin", pin.as_str().unwrap())];
    let entered = form(&server, &format!("/w/{}/mobile", company.slug), &typed).await.expect(303);
    assert_eq!(entered.headers["location"], format!("/w/{}/own-secret", company.slug));
}

#[tokio::test]
async fn all_07_what_one_has_for_a_while_makes_no_secret_that_outlasts_it() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let helpdesk = recruiter(&company).await;
    let (above, alike) = (company.hire("team_lead").await, company.hire("agent").await);
    let role = company.role("team_lead").await;
    let role = company.owner.client.get(&format!("/api/v1/roles/{role}")).await.expect(200);
    let lent = json!({ "holds": role.json["holds"], "expires_at": server.later(3600) });
    let path = |id: u32, what: &str| format!("/api/v1/users/{id}/{what}");
    company.owner.client.post(&path(helpdesk.id, "temporary"), lent).await.expect(201);
    company
        .owner
        .client
        .patch(&format!("/api/v1/users/{}", above.id), json!({ "phone": "+33612345678" }))
        .await;
    for what in ["password", "pin"] {
        let refused = helpdesk.client.post(&path(above.id, what), json!({})).await.expect(403);
        assert_eq!(refused.code(), "holds_more");
        assert!(refused.json["detail"].as_str().unwrap().contains("for a while"), "{}", refused.text);
        above.again(&server).await.client.get("/api/v1/me").await.expect(200);
    }
    helpdesk.client.post(&path(alike.id, "password"), json!({})).await.expect(201);
    // Nor does it show a link that somebody else made.
    form(&server, &format!("/w/{}/forgot", company.slug), &[("email", above.email.as_str())]).await;
    let mails = helpdesk.client.get("/api/v1/outbox").await.expect(200);
    let shown = mails.items().iter().any(|mail| mail["to"]["id"] == above.id && mail["body"].is_string());
    assert!(!shown, "{}", mails.text);
}

#[tokio::test]
async fn a_temporary_password_confirms_nothing() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let admin = company.hire("company_admin").await;
    let reset = format!("/api/v1/users/{}/password", admin.id);
    let given = company.owner.client.post(&reset, json!({})).await.expect(201).json;
    // A session that their PIN opened, say: a full one.
    let them = admin.again(&server).await.client;
    let settings = json!({ "time_zone": "Europe/Paris", "password": password(&given) });
    let refused = them.patch("/api/v1/workspace", settings).await.expect(422);
    assert!(refused.json["detail"].as_str().unwrap().contains("others know"), "{}", refused.text);
    let change = json!({ "current": password(&given), "new": OWN });
    them.put("/api/v1/me/password", change).await.expect(204);
    let settings = json!({ "time_zone": "Europe/Paris", "password": OWN });
    them.patch("/api/v1/workspace", settings).await.expect(200);
}

#[tokio::test]
async fn a_temporary_secret_signs_nobody_in_after_seven_days() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let phone = "+919811100001";
    let more = json!({ "phone": phone, "pin": "4071", "password": PASSWORD });
    let added = add(&company, &company.owner.client, more).await;
    let them = client(&company, sign_in(&company, &added.email, PASSWORD).await);
    server.pass(7 * DAY - 60);
    them.get("/api/v1/me").await.expect(200);
    sign_in_by_pin(&company, phone, "4071").await.expect(201);
    server.pass(61);
    them.get("/api/v1/me").await.expect(401);
    assert_eq!(sign_in(&company, &added.email, PASSWORD).await.expect(401).code(), "secret_expired");
    assert_eq!(sign_in_by_pin(&company, phone, "4071").await.expect(401).code(), "secret_expired");
    // Whoever does not know it learns nothing.
    assert_eq!(sign_in(&company, &added.email, "a guess").await.expect(401).code(), "wrong_credentials");
    let typed = [("email", added.email.as_str()), ("password", PASSWORD)];
    let said = form(&server, &format!("/w/{}/sign-in", company.slug), &typed).await.expect(401).text;
    assert!(said.contains("temporary and is out of time"), "{said}");
}

#[tokio::test]
async fn cal_18_an_admin_does_not_become_owner_through_an_account_that_they_made() {
    let server = TestServer::start().await;
    let company = server.company("onoff").await;
    company.give_password(company.owner.id).await;
    let admin = company.hire("admin").await;
    let role = company.role("admin").await;
    let ceo = add(&company, &admin.client, json!({ "role": role })).await;
    let refused = transfer(&company, ceo.id).await.expect(422);
    assert!(refused.text.contains("password of their own"), "{}", refused.text);
    // The Admin, who knows the password, chooses another one as the CEO: it is still theirs.
    let them = client(&company, sign_in(&company, &ceo.email, &password(&ceo.answer)).await);
    them.put("/api/v1/me/password", json!({ "new": OWN })).await.expect(204);
    them.put("/api/v1/me/password", json!({ "current": OWN, "new": "yet another one" })).await.expect(204);
    assert!(transfer(&company, ceo.id).await.expect(422).text.contains("somebody else knew"));
    let reset = format!("/api/v1/users/{}/password", ceo.id);
    let given = company.owner.client.post(&reset, json!({})).await.expect(201).json;
    sign_in(&company, &ceo.email, "yet another one").await.expect(401);
    transfer(&company, ceo.id).await.expect(422);
    let them = client(&company, sign_in(&company, &ceo.email, &password(&given)).await);
    them.put("/api/v1/me/password", json!({ "new": OWN })).await.expect(204);
    // It was the Admin who typed the address: the Owner vouches for it, having asked the CEO.
    assert_eq!(transfer(&company, ceo.id).await.expect(422).json["field"], "email");
    let heir = |email: &str| json!({ "to": ceo.id, "email": email, "password": PASSWORD });
    let transfer = |heir| company.owner.client.post("/api/v1/workspace/transfer", heir);
    transfer(heir("ceo@elsewhere.example")).await.expect(422);
    transfer(heir(&ceo.email)).await.expect(204);
    assert_eq!(sign_in(&company, &ceo.email, OWN).await.expect(201).json["replace_first"], Value::Null);
}

#[tokio::test]
async fn cal_18_ownership_does_not_pass_to_whoever_came_by_a_link_that_another_saw_or_never_chose_a_password()
{
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    company.give_password(company.owner.id).await;
    let (admin, role) = (company.hire("admin").await, company.role("admin").await);
    let heir = add(&company, &admin.client, json!({ "role": role, "invite": true })).await;
    form(&server, &heir.link(&company), &[("password", OWN)]).await.expect(303);
    assert!(transfer(&company, heir.id).await.expect(422).text.contains("somebody else knew"));
    // An invitation that the Owner alone was answered leaves no such doubt.
    let heir = add(&company, &company.owner.client, json!({ "role": role, "invite": true })).await;
    let link = heir.link(&company);
    form(&server, &link, &[("password", OWN)]).await.expect(303);
    transfer(&company, heir.id).await.expect(204);
}

#[tokio::test]
async fn cal_18_an_admin_who_reads_a_link_in_the_outbox_casts_the_same_doubt() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    company.give_password(company.owner.id).await;
    let (admin, role) = (company.hire("admin").await, company.role("admin").await);
    let heir = add(&company, &company.owner.client, json!({ "role": role, "invite": true })).await;
    let link = heir.link(&company);
    let seen = admin.client.get("/api/v1/outbox").await.expect(200).text;
    assert!(seen.contains(&link), "{seen}");
    form(&server, &link, &[("password", OWN)]).await.expect(303);
    transfer(&company, heir.id).await.expect(422);
    let log = company.owner.client.get("/api/v1/audit?act=mail:read").await.expect(200);
    assert!(log.items().iter().any(|entry| entry["object_id"] == heir.id), "{}", log.text);
}

#[tokio::test]
async fn all_02_who_knows_a_temporary_password_does_not_rise_with_its_person() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let hr = recruiter(&company).await;
    let added = add(&company, &hr.client, json!({ "password": PASSWORD })).await;
    let open = client(&company, sign_in(&company, &added.email, PASSWORD).await);
    give_role(&company, added.id, company.role("admin").await).await;
    open.get("/api/v1/me").await.expect(401);
    assert_eq!(sign_in(&company, &added.email, PASSWORD).await.expect(401).code(), "wrong_credentials");
    // Both are told, the log says so, and the person has a way in of their own.
    assert_eq!(mails_to(&company, added.id).await, ["own_secret"]);
    assert_eq!(mails_to(&company, hr.id).await, ["secret_withdrawn"]);
    let log = company.owner.client.get("/api/v1/audit?act=secret:withdraw").await.expect(200);
    assert_eq!(log.items()[0]["object_id"], added.id, "{}", log.text);
    let seen = hr.client.get("/api/v1/outbox").await.expect(200).text;
    assert!(!seen.contains("/reset/rfr_"), "whoever knew the password does not see the link: {seen}");
    server.pass(6 * DAY);
    form(&server, &newest_link(&company, added.id).await, &[("password", OWN)]).await.expect(303);
    let them = client(&company, sign_in(&company, &added.email, OWN).await);
    them.get("/api/v1/users").await.expect(200);
}

#[tokio::test]
async fn all_02_who_knows_an_invitation_or_a_pin_does_not_rise_with_its_person() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (hr, admin) = (recruiter(&company).await, company.role("admin").await);
    let guest = add(&company, &hr.client, json!({ "invite": true })).await;
    let old = guest.link(&company);
    give_role(&company, guest.id, admin).await;
    form(&server, &old, &[("password", PASSWORD)]).await.expect(404);
    assert_eq!(mails_to(&company, guest.id).await, ["own_secret", "invitation"]);
    let fresh = newest_link(&company, guest.id).await;
    assert!(fresh.contains("/welcome/"), "{fresh}");
    form(&server, &fresh, &[("password", OWN)]).await.expect(303);
    // A PIN that was reset, of somebody who has a password of their own.
    let member = company.hire_into("agent", json!({ "phone": "+442079460111" })).await;
    let reset = format!("/api/v1/users/{}/pin", member.id);
    let pin = hr.client.post(&reset, json!({})).await.expect(201).json["pin"].as_str().unwrap().to_owned();
    give_role(&company, member.id, admin).await;
    sign_in_by_pin(&company, "+442079460111", &pin).await.expect(401);
    assert_eq!(mails_to(&company, member.id).await, ["pin_withdrawn"]);
    assert_eq!(mails_to(&company, hr.id).await, ["secret_withdrawn"; 2]);
}

#[tokio::test]
async fn all_02_who_reads_a_link_in_the_outbox_does_not_rise_with_its_person_while_it_is_good() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let hr = recruiter(&company).await;
    let forgot = format!("/w/{}/forgot", company.slug);
    for (wait, kinds) in [(0, vec!["own_secret", "password_reset"]), (3600, vec!["password_reset"])] {
        let person = company.hire("agent").await;
        form(&server, &forgot, &[("email", &person.email)]).await.expect(200);
        let mut seen = String::new();
        for _ in 0..100 {
            seen = hr.client.get("/api/v1/outbox").await.expect(200).text;
            if seen.contains(&person.email) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let link = seen.split("/reset/").nth(1).unwrap().split(['\\', '"']).next().unwrap();
        let link = format!("/w/{}/reset/{link}", company.slug);
        server.pass(wait);
        give_role(&company, person.id, company.role("admin").await).await;
        form(&server, &link, &[("password", PASSWORD)]).await.expect(404);
        assert_eq!(mails_to(&company, person.id).await, kinds);
    }
}

#[tokio::test]
async fn all_02_no_way_of_rising_leaves_a_secret_with_whoever_may_do_less() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let owner = &company.owner.client;
    let hr = recruiter(&company).await;
    let until = acts::Moment(server.now() + 86_400_000_000).to_string();
    let sales = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    let toggle = json!({ "name": "Audits", "holds": { "audit:read": ["all"] } });
    let toggle = company.create("/api/v1/toggles", toggle).await;
    let leads = json!({ "call_record:read": ["own", "assigned", "team"], "user:read": ["team"] });
    for way in ["role edit", "toggle", "temporary", "lead", "bulk", "file", "undo"] {
        let role = json!({ "name": format!("Role for {way}"), "holds": { "directory:read": ["all"] } });
        let role = company.create("/api/v1/roles", role).await;
        let added = add(&company, &hr.client, json!({ "role": role, "password": PASSWORD })).await;
        let user = format!("/api/v1/users/{}", added.id);
        let works = || async { sign_in(&company, &added.email, PASSWORD).await.status == 201 };
        assert!(works().await, "{way}");
        match way {
            "role edit" => {
                let edit = json!({ "holds": { "directory:read": ["all"], "audit:read": ["all"] } });
                owner.patch(&format!("/api/v1/roles/{role}"), edit).await.expect(200);
            }
            "toggle" => {
                let path = format!("{user}/toggles/{toggle}");
                owner.put(&path, json!({ "setting": "allow" })).await.expect(200);
            }
            "temporary" => {
                let given = json!({ "holds": { "audit:read": ["all"] }, "expires_at": until });
                owner.post(&format!("{user}/temporary"), given).await.expect(201);
            }
            "lead" => {
                owner.patch(&format!("/api/v1/roles/{role}"), json!({ "holds": leads })).await.expect(200);
                owner.put(&format!("{user}/leads"), json!({ "units": [sales] })).await.expect(200);
            }
            "bulk" => {
                let change =
                    json!({ "users": [added.id], "change": { "role": company.role("admin").await } });
                owner.post("/api/v1/users/bulk", change).await.expect(200);
            }
            "file" => {
                let file = format!("email,role\n{},Admin\n", added.email);
                let request = owner.request(Method::POST, "/api/v1/users/import").body(file);
                let done = owner.send(request.header("content-type", "text/csv")).await.expect(200);
                assert_eq!(done.json["updated"], 1, "{}", done.text);
            }
            _ => {
                // It rises, falls with another secret, and rises again by an undo of the fall.
                give_role(&company, added.id, company.role("admin").await).await;
                let fall = owner.put(&format!("{user}/role"), json!({ "role": role })).await.expect(200);
                let undo = fall.headers["ringfence-undo"].to_str().unwrap().to_owned();
                let reset = hr.client.post(&format!("{user}/password"), json!({})).await.expect(201).json;
                sign_in(&company, &added.email, &password(&reset)).await.expect(201);
                owner.post(&format!("/api/v1/undo/{undo}"), json!({})).await.expect(204);
                sign_in(&company, &added.email, &password(&reset)).await.expect(401);
            }
        }
        assert!(!works().await, "{way}");
    }
}

#[tokio::test]
async fn all_02_a_secret_goes_with_the_maker_who_is_banned_and_stays_with_one_who_may_do_as_much() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (hr, admin) = (recruiter(&company).await, company.hire("admin").await);
    let theirs = add(&company, &hr.client, json!({ "password": PASSWORD })).await;
    let others = add(&company, &admin.client, json!({ "password": PASSWORD })).await;
    company.owner.client.put(&format!("/api/v1/users/{}/ban", hr.id), json!({})).await.expect(200);
    sign_in(&company, &theirs.email, PASSWORD).await.expect(401);
    give_role(&company, others.id, company.role("admin").await).await;
    sign_in(&company, &others.email, PASSWORD).await.expect(201);
    assert!(mails_to(&company, hr.id).await.is_empty(), "somebody banned gets no mail");
}

#[tokio::test]
async fn a_try_and_a_refusal_withdraw_nothing() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let hr = recruiter(&company).await;
    let added = add(&company, &hr.client, json!({ "password": PASSWORD })).await;
    let role = json!({ "role": company.role("admin").await });
    let path = format!("/api/v1/users/{}/role", added.id);
    let before = server.database.fingerprint().await;
    company.owner.client.put(&format!("{path}?try=true"), role.clone()).await.expect(200);
    hr.client.put(&path, role).await.expect(403);
    assert_eq!(server.database.fingerprint().await, before);
    sign_in(&company, &added.email, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn anothers_email_address_takes_the_permission_to_reset_credentials() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.role("agent").await;
    let role = company.owner.client.get(&format!("/api/v1/roles/{agent}")).await.expect(200);
    let mut holds = role.json["holds"].clone();
    holds["user:read"] = json!(["all"]);
    holds["user:update"] = json!(["all"]);
    let clerk = company.hire("agent").await;
    let role = company.create("/api/v1/roles", json!({ "name": "Clerk", "holds": holds })).await;
    give_role(&company, clerk.id, role).await;
    let victim = company.hire("agent").await;
    let path = format!("/api/v1/users/{}", victim.id);
    let edit = json!({ "email": "clerk.private@evil.example", "name": "Other" });
    let refused = clerk.client.patch(&path, edit).await.expect(403);
    assert_eq!(refused.json["permission"], "user:reset_credentials");
    let typed = [("email", "clerk.private@evil.example"), ("name", "Other"), ("sure", "1")];
    company.form(&clerk, &format!("/users/{}/record", victim.id), &typed).await.expect(403);
    let same = json!({ "email": victim.email, "name": "Renamed" });
    assert_eq!(clerk.client.patch(&path, same).await.expect(200).json["name"], "Renamed");
}

#[tokio::test]
async fn a_changed_email_address_is_told_to_the_old_one_and_sends_no_link_for_a_day() {
    let server = TestServer::start_with(|config| config.sends_mail = true).await;
    let company = server.company("standard").await;
    let smtp = MailServer::start().await;
    let mailer = Mailer::new(&smtp.url, "phones@acme.example", &server.url()).unwrap();
    let hr = recruiter(&company).await;
    let victim = company.hire("agent").await;
    let new = format!("moved@{}.example", company.slug);
    let path = format!("/api/v1/users/{}", victim.id);
    hr.client.patch(&path, json!({ "email": new })).await.expect(200);
    send_due(&server.app.store, &mailer).await.unwrap();
    let told = smtp.taken().into_iter().find(|mail| mail.to == victim.email).unwrap();
    assert!(told.text.contains("was changed"), "{}", told.text);
    let links = || smtp.taken().iter().filter(|mail| mail.text.contains("/reset/")).count();
    let ask = || async {
        form(&server, &format!("/w/{}/forgot", company.slug), &[("email", &new)]).await.expect(200);
        let asked = |log: &Answer| log.items().len();
        let path = "/api/v1/audit?act=password_reset:ask";
        let before = asked(&company.owner.client.get(path).await);
        for _ in 0..100 {
            if asked(&company.owner.client.get(path).await) > before {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        send_due(&server.app.store, &mailer).await.unwrap();
    };
    server.pass(DAY - 60);
    ask().await;
    assert_eq!(links(), 0);
    let log = company.owner.client.get("/api/v1/audit?act=password_reset:ask").await.expect(200).text;
    assert!(log.contains("less than a day ago"), "{log}");
    server.pass(61);
    ask().await;
    assert_eq!(links(), 1);
}

#[tokio::test]
async fn cal_18_of_a_link_that_only_the_mail_had_the_owner_vouches_for_the_address() {
    let server = TestServer::start_with(|config| config.sends_mail = true).await;
    let company = server.company("standard").await;
    company.give_password(company.owner.id).await;
    let smtp = MailServer::start().await;
    let mailer = Mailer::new(&smtp.url, "phones@acme.example", &server.url()).unwrap();
    let (admin, role) = (company.hire("admin").await, company.role("admin").await);
    let heir = add(&company, &admin.client, json!({ "role": role, "invite": true })).await;
    send_due(&server.app.store, &mailer).await.unwrap();
    let text = smtp.taken()[0].text.replace("=\n", "").replace("=3D", "=");
    let link = text.lines().find(|line| line.starts_with("http")).unwrap();
    let path = link.strip_prefix(&server.url()).unwrap();
    transfer(&company, heir.id).await.expect(422);
    form(&server, path, &[("password", OWN)]).await.expect(303);
    // Whose mailbox it is that the Admin typed, the Owner must know.
    assert_eq!(transfer(&company, heir.id).await.expect(422).json["field"], "email");
    let vouched = json!({ "to": heir.id, "email": heir.email, "password": PASSWORD });
    company.owner.client.post("/api/v1/workspace/transfer", vouched).await.expect(204);
}

#[test]
fn a_workspace_from_the_command_line_begins_with_a_temporary_password_and_a_token_that_ends() {
    let folder = std::env::temp_dir().join(format!("ringfence_cli_{:016x}", rand::random::<u64>()));
    let run = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ringfence"));
        let done = command.args(arguments).arg("--data").arg(&folder).output().unwrap();
        (done.status.success(), String::from_utf8(done.stdout).unwrap())
    };
    let create = ["workspace", "create", "--slug", "cli", "--name", "CLI", "--owner-email", "o@cli.example"];
    let (done, said) = run(&[&create[..], &["--json", "--token-days", "30"]].concat());
    assert!(done, "{said}");
    let made: Value = serde_json::from_str(&said).unwrap();
    assert!(made["password"].is_string() && made["token"].as_str().unwrap().starts_with("rft_"), "{made}");
    let at = |field: &str| made[field].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_second();
    // Seven days the password, thirty the token.
    assert_eq!((at("token_until") - at("password_until") + 60) / DAY, 23);
    let again = ["workspace", "create", "--slug", "two", "--name", "Two", "--owner-email", "o@two.example"];
    assert!(!run(&[&again[..], &["--token-days", "0"]].concat()).0);
    let (_, said) = run(&again);
    assert!(said.contains("Temporary password") && said.contains("good for 7 days"), "{said}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn all_02_whoever_may_have_chosen_a_secret_does_not_rise_with_its_person() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let hr = recruiter(&company).await;
    let admin = company.role("admin").await;
    // The maker signs in first and chooses: what they chose goes with the first gain that they lack.
    let added = add(&company, &hr.client, json!({})).await;
    let maker = client(&company, sign_in(&company, &added.email, &password(&added.answer)).await);
    maker.put("/api/v1/me/password", json!({ "new": OWN })).await.expect(204);
    maker.get("/api/v1/me").await.expect(200);
    give_role(&company, added.id, company.role("agent").await).await;
    maker.get("/api/v1/me").await.expect(200);
    give_role(&company, added.id, admin).await;
    maker.get("/api/v1/me").await.expect(401);
    sign_in(&company, &added.email, OWN).await.expect(401);
    assert!(mails_to(&company, added.id).await.contains(&"own_secret".to_owned()));
    // So does a PIN, beside a password that is the person's own.
    let person = company.hire_into("agent", json!({ "phone": "+442079460133" })).await;
    company.give_password(person.id).await;
    let reset = format!("/api/v1/users/{}/pin", person.id);
    let pin = hr.client.post(&reset, json!({})).await.expect(201).json["pin"].as_str().unwrap().to_owned();
    let maker = client(&company, sign_in_by_pin(&company, "+442079460133", &pin).await);
    maker.put("/api/v1/me/pin", json!({ "pin": "7391" })).await.expect(204);
    give_role(&company, person.id, admin).await;
    maker.get("/api/v1/me").await.expect(401);
    sign_in_by_pin(&company, "+442079460133", "7391").await.expect(401);
    sign_in(&company, &person.email, PASSWORD).await.expect(201);
}

#[tokio::test]
async fn a_pin_that_another_may_have_chosen_goes_with_the_password() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let person = company.hire_into("agent", json!({ "phone": "+442079460134" })).await;
    company.give_password(person.id).await;
    let reset = format!("/api/v1/users/{}/pin", person.id);
    let pin = company.owner.client.post(&reset, json!({ "pin": "7391" })).await.expect(201).json;
    let maker =
        client(&company, sign_in_by_pin(&company, "+442079460134", pin["pin"].as_str().unwrap()).await);
    maker.put("/api/v1/me/pin", json!({ "pin": "8264" })).await.expect(204);
    let own = client(&company, sign_in(&company, &person.email, PASSWORD).await);
    own.put("/api/v1/me/password", json!({ "current": PASSWORD, "new": OWN })).await.expect(204);
    sign_in_by_pin(&company, "+442079460134", "8264").await.expect(401);
}

#[tokio::test]
async fn cal_18_ownership_does_not_pass_to_an_address_that_was_changed() {
    let server = TestServer::start_with(|config| config.sends_mail = true).await;
    let company = server.company("onoff").await;
    let admin = company.hire("admin").await;
    let role = company.role("admin").await;
    let ceo = add(&company, &admin.client, json!({ "role": role })).await;
    company.give_password(ceo.id).await;
    let them = client(&company, sign_in(&company, &ceo.email, PASSWORD).await);
    let edit = json!({ "email": "ceo@onoff.example", "password": PASSWORD });
    them.patch(&format!("/api/v1/users/{}", ceo.id), edit).await.expect(200);
    assert_eq!(mails_to(&company, ceo.id).await, ["address_changed"]);
    transfer(&company, ceo.id).await.expect(422);
    let forgot = format!("/w/{}/forgot", company.slug);
    form(&server, &forgot, &[("email", "ceo@onoff.example")]).await.expect(200);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(mails_to(&company, ceo.id).await, ["address_changed"], "for a day, no link is sent");
}

#[tokio::test]
async fn cly_04_what_checked_the_old_password_does_not_come_in_after_the_reset() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    for _ in 0..4 {
        let person = company.hire("agent").await;
        company.give_password(person.id).await;
        let (email, reset) = (person.email.clone(), format!("/api/v1/users/{}/password", person.id));
        let (token, change) =
            (json!({ "name": "late", "password": PASSWORD }), json!({ "current": PASSWORD, "new": OWN }));
        let (one, two, late, changed, done) = tokio::join!(
            sign_in(&company, &email, PASSWORD),
            sign_in(&company, &email, PASSWORD),
            person.client.post("/api/v1/tokens", token),
            person.client.put("/api/v1/me/password", change),
            company.owner.client.post(&reset, json!({})),
        );
        done.expect(201);
        for answer in [one, two, late] {
            let secret = answer.json["token"].as_str().or(answer.json["secret"].as_str()).map(str::to_owned);
            if let Some(secret) = secret {
                server.stranger().with_token(&secret).get("/api/v1/me").await.expect(401);
            }
        }
        let _ = changed;
        sign_in(&company, &email, OWN).await.expect(401);
    }
    // The same without luck: a hash that was checked before.
    let person = company.hire("agent").await;
    let new = store::entry::sessions::NewSession {
        token_hash: "late",
        device_hash: None,
        agent: "",
        expires_at: i64::MAX,
        by_pin: false,
        temporary: None,
        checked: Some("the hash of the password before"),
    };
    let late = server.app.store.start_session(company.id, access::Id(person.id), "Late", &new).await;
    assert!(matches!(late, Err(store::StoreError::Missing)));
}

#[tokio::test]
async fn whoever_may_reset_a_password_or_pin_is_told_on_the_persons_page_that_it_is_temporary_and_until_when()
{
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let more = json!({ "password": PASSWORD, "phone": "+919811100001", "pin": "4071" });
    let added = add(&company, &company.owner.client, more).await;
    let looker = json!({ "name": "Looker", "holds": { "user:read": ["all"] } });
    let looker = company.create("/api/v1/roles", looker).await;
    let looker = company.hire_into("agent", json!({ "role": looker })).await;
    let record = format!("/users/{}/record", added.id);
    let of = async |member: &Member| company.page(member, &record).await.expect(200).text;
    let owner = company.owner.again(&server).await;
    let said = of(&owner).await;
    assert!(said.contains("Their password is temporary: somebody else knows it"), "{said}");
    assert!(said.contains("Their PIN is temporary: somebody else knows it"), "{said}");
    assert!(!of(&looker).await.contains("temporary: somebody else"), "only whoever may set it anew is told");
    server.pass(7 * DAY);
    let said = of(&company.owner.again(&server).await).await;
    assert!(said.contains("Their password was temporary"), "{said}");
    company.own_secrets(added.id).await;
    assert!(!of(&company.owner.again(&server).await).await.contains("temporary: somebody else"));
}
