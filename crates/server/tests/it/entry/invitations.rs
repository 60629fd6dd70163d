//! Invitations, forgotten passwords and the outbox: what a link is good for, for how long, and who gets to see it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use server::mail::{Mailer, send_due};
use testkit::{Answer, Company, MailServer, Member, TestServer};

const DAY: i64 = 86_400;
const GOOD: &str = "correct horse battery";

/// Somebody who was invited: their id, their email address, and the link's path.
struct Guest {
    id: u64,
    email: String,
    path: String,
}

async fn invite(company: &Company<'_>) -> Guest {
    invite_by(company, &company.owner).await
}

async fn invite_by(company: &Company<'_>, by: &Member) -> Guest {
    let email = format!("guest-{:08x}@{}.example", rand::random::<u32>(), company.slug);
    let new = json!({ "email": email, "name": "Guest", "invite": true });
    let added = by.client.post("/api/v1/users", new).await.expect(201);
    assert_eq!(added.json["user"]["standing"], "invited");
    assert_eq!(added.json["password"], Value::Null);
    let path = path_of(&added.json["invitation"]["link"], company);
    Guest { id: added.json["user"]["id"].as_u64().unwrap(), email, path }
}

fn path_of(link: &Value, company: &Company<'_>) -> String {
    let path = link.as_str().unwrap().strip_prefix(&company.server.url()).unwrap();
    assert!(path.starts_with(&format!("/w/{}/", company.slug)), "{path}");
    path.to_owned()
}

/// A form of somebody who is not signed in.
async fn form(server: &TestServer, path: &str, pairs: &[(&str, &str)]) -> Answer {
    let stranger = server.stranger();
    stranger.send(stranger.request(Method::POST, path).form(pairs)).await
}

async fn choose(server: &TestServer, path: &str, password: &str) -> Answer {
    form(server, path, &[("password", password)]).await
}

async fn sign_in(company: &Company<'_>, email: &str, password: &str) -> Answer {
    let body = json!({ "workspace": company.slug, "email": email, "password": password });
    company.server.stranger().post("/api/v1/sessions", body).await
}

async fn page(member: &Member, company: &Company<'_>, path: &str) -> Answer {
    let token = member.client.token.clone().unwrap();
    let stranger = company.server.stranger();
    let request = stranger.request(Method::GET, &format!("/w/{}{path}", company.slug));
    stranger.send(request.header("cookie", format!("__Host-ringfence-{}={token}", company.slug))).await
}

/// A form sent from a page of somebody's session.
async fn post(member: &Member, company: &Company<'_>, path: &str, pairs: &[(&str, &str)]) -> Answer {
    let token = member.client.token.clone().unwrap();
    let stranger = company.server.stranger();
    let request = stranger
        .request(Method::POST, &format!("/w/{}{path}", company.slug))
        .header("cookie", format!("__Host-ringfence-{}={token}", company.slug))
        .header("x-csrf-token", web::cookie::csrf(&token));
    stranger.send(request.form(pairs)).await
}

/// The outbox of somebody, the newest first.
async fn outbox(member: &Member) -> Vec<Value> {
    member.client.get("/api/v1/outbox").await.expect(200).items().to_vec()
}

/// Asks for a link as somebody who forgot their password; the mail with it, once it is written.
async fn forgot(company: &Company<'_>, email: &str) -> Option<Value> {
    let before = outbox(&company.owner).await.len();
    let path = format!("/w/{}/forgot", company.slug);
    form(company.server, &path, &[("email", email)]).await.expect(200);
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_millis(10)).await;
        let mails = outbox(&company.owner).await;
        if mails.len() > before {
            return Some(mails[0].clone());
        }
    }
    None
}

fn link_in(mail: &Value, company: &Company<'_>) -> String {
    let body = mail["body"].as_str().unwrap();
    let line = body.lines().find(|line| line.starts_with("http")).unwrap();
    path_of(&json!(line), company)
}

async fn with_password(company: &Company<'_>, role: &str) -> (u64, String) {
    let email = format!("{role}-{:08x}@{}.example", rand::random::<u32>(), company.slug);
    let role = company.role(role).await;
    let new = json!({ "email": email, "name": "Person", "password": GOOD, "role": role });
    let added = company.owner.client.post("/api/v1/users", new).await.expect(201);
    (added.json["user"]["id"].as_u64().unwrap(), email)
}

#[tokio::test]
async fn an_invited_person_sets_their_password_and_is_in() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let guest = invite(&company).await;
    sign_in(&company, &guest.email, GOOD).await.expect(401);
    // Mail programs look at links by themselves: that uses nothing up.
    for _ in 0..3 {
        let page = server.stranger().get(&guest.path).await.expect(200);
        assert!(page.text.contains(&guest.email) && page.headers["cache-control"] == "no-store");
    }
    let short = choose(&server, &guest.path, "short").await.expect(422);
    assert!(short.text.contains("at least 10 characters"), "{}", short.text);
    let entered = choose(&server, &guest.path, GOOD).await.expect(303);
    assert_eq!(entered.headers["location"], format!("/w/{}", company.slug));
    let cookie = entered.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let stranger = server.stranger();
    let home = stranger.request(Method::GET, &format!("/w/{}", company.slug)).header("cookie", cookie);
    stranger.send(home).await.expect(200);
    let user = company.owner.client.get(&format!("/api/v1/users/{}", guest.id)).await.expect(200);
    assert_eq!(user.json["standing"], "active");
    sign_in(&company, &guest.email, GOOD).await.expect(201);
    let log = company.owner.client.get("/api/v1/audit?kind=user").await.expect(200);
    assert!(log.items().iter().any(|e| e["act"] == "invitation:accept" && e["via"] == "invitation link"));
}

#[tokio::test]
async fn an_invitation_dies_with_its_use_time_renewal_withdrawal_ban_deletion_and_another_address() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let client = || async { company.owner.again(&server).await.client };
    let used = invite(&company).await;
    choose(&server, &used.path, GOOD).await.expect(303);
    let renewed = invite(&company).await;
    let again = client().await.post(&format!("/api/v1/users/{}/invitation", renewed.id), json!({})).await;
    let newer = path_of(&again.expect(201).json["link"], &company);
    let withdrawn = invite(&company).await;
    client().await.delete(&format!("/api/v1/users/{}/invitation", withdrawn.id)).await.expect(204);
    let banned = invite(&company).await;
    client().await.put(&format!("/api/v1/users/{}/ban", banned.id), json!({})).await.expect(200);
    let deleted = invite(&company).await;
    client().await.delete(&format!("/api/v1/users/{}", deleted.id)).await.expect(204);
    let moved = invite(&company).await;
    let edit = json!({ "email": format!("moved@{}.example", company.slug) });
    client().await.patch(&format!("/api/v1/users/{}", moved.id), edit).await.expect(200);
    let given = invite(&company).await;
    client().await.post(&format!("/api/v1/users/{}/password", given.id), json!({})).await.expect(201);
    let dead = [&used, &renewed, &withdrawn, &banned, &deleted, &moved, &given];
    let mut pages = vec![];
    for guest in dead {
        pages.push(server.stranger().get(&guest.path).await.expect(404).text);
        choose(&server, &guest.path, "another good password").await.expect(404);
    }
    let unknown = format!("/w/{}/welcome/rfi_{}", company.slug, "0".repeat(64));
    pages.push(server.stranger().get(&unknown).await.expect(404).text);
    assert!(pages.iter().all(|page| *page == pages[0]), "why a link is no longer good is nobody's business");
    let late = invite(&company).await;
    server.pass(7 * DAY - 1);
    server.stranger().get(&newer).await.expect(200);
    server.stranger().get(&late.path).await.expect(200);
    server.pass(1);
    choose(&server, &newer, GOOD).await.expect(404);
    choose(&server, &late.path, GOOD).await.expect(404);
}

#[tokio::test]
async fn whoever_was_banned_before_they_came_is_invited_again_once_the_ban_is_lifted() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let guest = invite(&company).await;
    let ban = format!("/api/v1/users/{}/ban", guest.id);
    company.owner.client.put(&ban, json!({})).await.expect(200);
    let lifted = company.owner.client.delete(&ban).await.expect(200);
    assert_eq!(lifted.json["standing"], "invited");
    let path = format!("/api/v1/users/{}/invitation", guest.id);
    let again = company.owner.client.post(&path, json!({})).await.expect(201);
    choose(&server, &path_of(&again.json["link"], &company), GOOD).await.expect(303);
    // Whoever has come is not invited again.
    company.owner.client.post(&path, json!({})).await.expect(409);
}

#[tokio::test]
async fn a_link_is_good_in_its_own_workspace_for_its_own_purpose_and_once_however_fast() {
    let server = TestServer::start().await;
    let (company, other) = (server.company("standard").await, server.company("standard").await);
    let guest = invite(&company).await;
    let secret = guest.path.rsplit('/').next().unwrap();
    choose(&server, &format!("/w/{}/welcome/{secret}", other.slug), GOOD).await.expect(404);
    choose(&server, &format!("/w/{}/reset/{secret}", company.slug), GOOD).await.expect(404);
    let tries = (0..8).map(|n| {
        let (server, path) = (&server, &guest.path);
        async move { choose(server, path, &format!("a good password {n}")).await.status }
    });
    let answers = futures(tries.collect()).await;
    assert_eq!(answers.iter().filter(|status| **status == 303).count(), 1, "{answers:?}");
}

/// Runs all of them at the same time.
async fn futures<F: Future<Output = u16>>(all: Vec<F>) -> Vec<u16> {
    let mut all: Vec<_> = all.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<u16>> = vec![None; all.len()];
    std::future::poll_fn(|context| {
        for (one, done) in all.iter_mut().zip(&mut done).filter(|(_, done)| done.is_none()) {
            if let std::task::Poll::Ready(status) = one.as_mut().poll(context) {
                *done = Some(status);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test]
async fn only_hashes_of_links_are_kept_beside_what_is_sealed_and_both_are_wiped() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let guest = invite(&company).await;
    let secret = guest.path.rsplit('/').next().unwrap().to_owned();
    let rows = |rows: Vec<String>| rows.into_iter().filter(|row| row.contains(&secret)).count();
    let sealed = async || server.database.number("SELECT count(*) FROM mails WHERE sealed <> ''").await;
    assert_eq!((rows(server.database.fingerprint().await), sealed().await), (0, 1));
    choose(&server, &guest.path, GOOD).await.expect(303);
    assert_eq!(sealed().await, 0);
    let mail = &outbox(&company.owner).await[0];
    assert_eq!((&mail["state"], &mail["body"]), (&json!("dropped"), &Value::Null));
    let late = invite(&company).await;
    server.pass(7 * DAY);
    let owner = company.owner.again(&server).await;
    assert_eq!(outbox(&owner).await[0]["body"], Value::Null);
    server.app.store.tidy_mails().await.unwrap();
    assert!(late.path.contains("/welcome/") && sealed().await == 0);
}

#[tokio::test]
async fn a_forgotten_password_is_set_again_by_a_link_which_ends_sessions_and_tokens() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (id, email) = with_password(&company, "agent").await;
    let session = sign_in(&company, &email, GOOD).await.expect(201);
    let session = server.stranger().with_token(session.json["token"].as_str().unwrap());
    session.get("/api/v1/me").await.expect(200);
    let mail = forgot(&company, &email).await.unwrap();
    assert_eq!((&mail["kind"], &mail["to"]["id"]), (&json!("password_reset"), &json!(id)));
    let path = link_in(&mail, &company);
    session.get("/api/v1/me").await.expect(200);
    choose(&server, &path, "short").await.expect(422);
    let set = choose(&server, &path, "another good password").await.expect(303);
    assert!(!set.headers.contains_key("set-cookie"), "signing in is the next step");
    session.get("/api/v1/me").await.expect(401);
    sign_in(&company, &email, GOOD).await.expect(401);
    sign_in(&company, &email, "another good password").await.expect(201);
    choose(&server, &path, "a third good password").await.expect(404);
    let log = company.owner.client.get("/api/v1/audit?kind=user").await.expect(200);
    assert!(log.items().iter().any(|e| e["act"] == "password_reset:use" && e["via"] == "reset link"));
}

#[tokio::test]
async fn a_reset_link_dies_after_an_hour_and_with_every_other_change_of_the_password() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (id, email) = with_password(&company, "agent").await;
    let link = |mail: Option<Value>| link_in(&mail.unwrap(), &company);
    let earlier = link(forgot(&company, &email).await);
    server.pass(900);
    let first = link(forgot(&company, &email).await);
    server.stranger().get(&earlier).await.expect(404);
    company.owner.client.post(&format!("/api/v1/users/{id}/password"), json!({})).await.expect(201);
    choose(&server, &first, GOOD).await.expect(404);
    let second = link(forgot(&company, &email).await);
    let edit = json!({ "email": format!("moved@{}.example", company.slug) });
    company.owner.client.patch(&format!("/api/v1/users/{id}"), edit).await.expect(200);
    choose(&server, &second, GOOD).await.expect(404);
    let (_, email) = with_password(&company, "agent").await;
    let third = link(forgot(&company, &email).await);
    server.pass(3_600);
    choose(&server, &third, GOOD).await.expect(404);
}

#[tokio::test]
async fn asking_for_a_link_tells_nobody_who_has_an_account_and_floods_nobody() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (banned, banned_email) = with_password(&company, "agent").await;
    company.owner.client.put(&format!("/api/v1/users/{banned}/ban"), json!({})).await.expect(200);
    let guest = invite(&company).await;
    let (_, email) = with_password(&company, "agent").await;
    let path = format!("/w/{}/forgot", company.slug);
    let mut answers = vec![];
    for asked in ["nobody@nowhere.example", "no address", "", &banned_email, &guest.email, &email] {
        answers.push(form(&server, &path, &[("email", asked)]).await.expect(200).text);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    for _ in 0..40 {
        form(&server, &path, &[("email", &email)]).await.expect(200);
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mails = outbox(&company.owner).await;
    let resets: Vec<&Value> = mails.iter().filter(|mail| mail["kind"] == "password_reset").collect();
    assert!((1..=5).contains(&resets.len()), "{} mails", resets.len());
    assert!(resets.iter().all(|mail| mail["recipient"] == json!(email)));
}

#[tokio::test]
async fn an_admin_never_sees_the_owners_link_and_nobody_sees_one_that_they_could_not_have_made() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let admin = company.hire("admin").await;
    let (_, agent) = with_password(&company, "agent").await;
    assert!(forgot(&company, &company.owner.email).await.is_some());
    assert!(forgot(&company, &agent).await.is_some());
    let of = |mails: &[Value], email: &str| {
        mails.iter().find(|mail| mail["recipient"] == json!(email)).unwrap().clone()
    };
    let seen = outbox(&admin).await;
    assert_eq!(of(&seen, &company.owner.email)["body"], Value::Null);
    assert!(of(&seen, &agent)["body"].is_string());
    let shown = page(&admin, &company, "/outbox").await.expect(200).text;
    assert_eq!(shown.matches("/reset/rfr_").count(), 1);
    // Not one's own either: a session left open is not the password.
    assert_eq!(of(&outbox(&company.owner).await, &company.owner.email)["body"], Value::Null);

    // Whoever may invite and not reset sees invitations, and no resets.
    let cells = json!({ "user:invite": ["all"], "user:read": ["all"] });
    let role = company.create("/api/v1/roles", json!({ "name": "Inviter", "holds": cells })).await;
    let inviter = company.hire("agent").await;
    let path = format!("/api/v1/users/{}/role", inviter.id);
    company.owner.client.put(&path, json!({ "role": role })).await.expect(200);
    let guest = company
        .owner
        .client
        .post("/api/v1/users", json!({ "email": "g@g.example", "name": "G", "invite": true, "role": role }));
    guest.await.expect(201);
    let seen = outbox(&inviter).await;
    assert!(seen.iter().filter(|mail| mail["kind"] == "password_reset").all(|mail| mail["body"].is_null()));
    assert!(of(&seen, "g@g.example")["body"].is_string());
    // And of somebody who may do more than they, not even the invitation.
    let admins = company.role("admin").await;
    let boss = json!({ "email": "boss@g.example", "name": "Boss", "invite": true, "role": admins });
    let boss = company.owner.client.post("/api/v1/users", boss).await.expect(201);
    assert!(of(&outbox(&inviter).await, "boss@g.example")["body"].is_null());
    let again = format!("/api/v1/users/{}/invitation", boss.json["user"]["id"]);
    assert_eq!(inviter.client.post(&again, json!({})).await.expect(403).code(), "holds_more");
    assert_eq!(inviter.client.delete(&again).await.expect(403).code(), "holds_more");
}

#[tokio::test]
async fn a_team_lead_who_invites_sees_the_mail_to_their_team_and_no_other() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let department = company.create("/api/v1/departments", json!({ "name": "Sales" })).await;
    let cells = json!({ "user:invite": ["team"], "user:read": ["team"] });
    let role = company.create("/api/v1/roles", json!({ "name": "Lead", "holds": cells })).await;
    let lead = company.hire_into("agent", json!({ "department": department })).await;
    let set = |path: String, body: Value| {
        let client = company.owner.client.clone();
        async move { client.put(&path, body).await.expect(200) }
    };
    set(format!("/api/v1/users/{}/role", lead.id), json!({ "role": role })).await;
    set(format!("/api/v1/users/{}/leads", lead.id), json!({ "units": [department] })).await;
    let theirs = json!({ "email": "in@g.example", "name": "In", "invite": true, "department": department });
    let others = json!({ "email": "out@g.example", "name": "Out", "invite": true });
    for new in [theirs, others] {
        company.owner.client.post("/api/v1/users", new).await.expect(201);
    }
    let seen: Vec<Value> = outbox(&lead).await.iter().map(|mail| mail["recipient"].clone()).collect();
    assert_eq!(seen, [json!("in@g.example")]);
    let hidden = outbox(&company.owner).await[0]["id"].clone();
    lead.client.post(&format!("/api/v1/outbox/{hidden}/retry"), json!({})).await.expect(404);
    company.hire("agent").await.client.get("/api/v1/outbox").await.expect(403);
}

#[tokio::test]
async fn a_claimed_host_gets_into_no_link_but_its_own_senders() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let smtp = MailServer::start().await;
    let (_, email) = with_password(&company, "agent").await;
    let stranger = server.stranger();
    let ask = stranger.request(Method::POST, &format!("/w/{}/forgot", company.slug));
    let ask = ask.header("host", "evil.example").form(&[("email", &email)]);
    stranger.send(ask).await.expect(200);
    tokio::time::sleep(Duration::from_millis(200)).await;
    // The outbox shows the address that its own reader came to; a mail has the one that the server was given.
    let body = outbox(&company.owner).await[0]["body"].as_str().unwrap().to_owned();
    assert!(body.contains(&server.url()) && !body.contains("evil"), "{body}");
    let mailer = Mailer::new(&smtp.url, "phones@acme.example", "https://phone.acme.example").unwrap();
    send_due(&server.app.store, &mailer).await.unwrap();
    let sent = &smtp.taken()[0].text;
    assert!(sent.contains("https://phone.acme.example/w/") && !sent.contains("evil"), "{sent}");
}

#[tokio::test]
async fn where_mail_is_sent_the_link_is_in_the_mail_alone() {
    let server = TestServer::start_with(|config| config.sends_mail = true).await;
    let company = server.company("standard").await;
    let smtp = MailServer::start().await;
    let new = json!({ "email": "g@g.example", "name": "G", "invite": true });
    let added = company.owner.client.post("/api/v1/users", new).await.expect(201);
    assert_eq!(added.json["invitation"]["link"], Value::Null);
    assert_eq!(outbox(&company.owner).await[0]["state"], "waiting");
    let mailer = Mailer::new(&smtp.url, "phones@acme.example", &server.url()).unwrap();
    send_due(&server.app.store, &mailer).await.unwrap();
    let mail = &outbox(&company.owner).await[0];
    assert_eq!((&mail["state"], &mail["body"]), (&json!("sent"), &Value::Null));
    let text = smtp.taken()[0].text.replace("=\n", "").replace("=3D", "=");
    let line = text.lines().find(|line| line.starts_with("http")).unwrap().to_owned();
    choose(&server, &path_of(&json!(line), &company), GOOD).await.expect(303);
}

#[tokio::test]
async fn a_mail_that_was_given_up_is_tried_again_on_request() {
    let server = TestServer::start_with(|config| config.sends_mail = true).await;
    let company = server.company("standard").await;
    let smtp = MailServer::start().await;
    let mailer = Mailer::new(&smtp.url, "phones@acme.example", &server.url()).unwrap();
    let new = json!({ "email": "g@g.example", "name": "G", "invite": true });
    company.owner.client.post("/api/v1/users", new).await.expect(201);
    smtp.refuse(Some("550 no such mailbox"));
    send_due(&server.app.store, &mailer).await.unwrap();
    let mail = outbox(&company.owner).await[0].clone();
    assert_eq!(mail["state"], "failed");
    assert!(mail["failure"].as_str().unwrap().contains("no such mailbox"), "{mail}");
    let shown = page(&company.owner, &company, "/outbox").await.expect(200).text;
    assert!(shown.contains("no such mailbox") && shown.contains("Try again"));
    smtp.refuse(None);
    post(&company.owner, &company, &format!("/outbox/{}/retry", mail["id"]), &[]).await.expect(303);
    send_due(&server.app.store, &mailer).await.unwrap();
    assert_eq!(smtp.taken().len(), 1);
    let again = format!("/api/v1/outbox/{}/retry", mail["id"]);
    company.owner.client.post(&again, json!({})).await.expect(409);
}

#[tokio::test]
async fn strangers_who_ask_for_a_link_leave_the_one_that_somebody_was_just_sent() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (_, email) = with_password(&company, "agent").await;
    let path = link_in(&forgot(&company, &email).await.unwrap(), &company);
    for _ in 0..3 {
        assert!(forgot(&company, &email).await.is_none(), "one link is enough");
    }
    choose(&server, &path, "another good password").await.expect(303);
}

#[tokio::test]
async fn strangers_who_ask_all_day_keep_nobody_from_asking_where_they_have_signed_in() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let (_, email) = with_password(&company, "agent").await;
    let signed_in = sign_in(&company, &email, GOOD).await.expect(201);
    for _ in 0..10 {
        assert!(forgot(&company, &email).await.is_some());
        server.pass(900);
    }
    assert!(forgot(&company, &email).await.is_none(), "strangers are sent no more of them that day");
    let before = outbox(&company.owner).await.len();
    let device = signed_in.json["device"].as_str().unwrap();
    let stranger = server.stranger();
    let request = stranger.request(Method::POST, &format!("/w/{}/forgot", company.slug));
    let request = request.header("cookie", format!("__Host-device={device}"));
    stranger.send(request.form(&[("email", &email)])).await.expect(200);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(outbox(&company.owner).await.len(), before + 1);
}

#[tokio::test]
async fn one_client_address_asks_for_50_links_a_day_and_asking_for_nobody_keeps_nothing() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let path = format!("/w/{}/forgot", company.slug);
    let ask = async |n: usize| {
        let email = format!("nobody{n}@nowhere.example");
        form(&server, &path, &[("email", &email)]).await
    };
    for n in 0..50 {
        ask(n).await.expect(200);
    }
    ask(50).await.expect(429);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(server.database.number("SELECT count(*) FROM attempts").await, 1);
    server.pass(86_400);
    ask(51).await.expect(200);
}
