//! A copy of the database alone gives no link, session, token or PIN; the mail does.

use acts::kernel::secrets::Turn;
use std::process::Stdio;
use std::time::Duration;

use access::Id;
use acts::entry::tokens;
use reqwest::Method;
use serde_json::{Value, json};
use server::mail::{Mailer, send_due};
use sqlx::{Connection as _, Row as _};
use testkit::{Company, Database, MailServer, TestServer};
use tokio::io::AsyncReadExt as _;

use super::{Machine, Said};

/// All that there is in a database, each byte of it.
async fn all_of(database: &Database) -> Vec<u8> {
    if !database.is_postgres() {
        let files = ["ringfence.db", "ringfence.db-wal"].map(|name| database.folder.join(name));
        return files.iter().flat_map(|file| std::fs::read(file).unwrap()).collect();
    }
    let mut connection = sqlx::PgConnection::connect(&database.url).await.unwrap();
    let tables = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut connection).await.unwrap();
    let mut all = String::new();
    for table in tables {
        let rows = sqlx::AssertSqlSafe(format!("SELECT t::text FROM {table} AS t"));
        let rows = sqlx::query(rows).fetch_all(&mut connection).await.unwrap();
        all.extend(rows.iter().map(|row| row.get::<String, _>(0)));
    }
    all.into_bytes()
}

fn has(haystack: &[u8], needle: &str) -> bool {
    haystack.windows(needle.len()).any(|part| part == needle.as_bytes())
}

async fn outbox(company: &Company<'_>) -> Vec<Value> {
    company.owner.client.get("/api/v1/outbox").await.expect(200).items().to_vec()
}

/// Invites somebody; the secret of the link.
async fn invite(company: &Company<'_>, email: &str) -> String {
    let new = json!({ "email": email, "name": "Guest", "invite": true });
    let added = company.owner.client.post("/api/v1/users", new).await.expect(201);
    added.json["invitation"]["link"].as_str().unwrap_or_default().rsplit('/').next().unwrap().to_owned()
}

/// The secret of the link that a mail has in it.
fn secret_in(text: &str) -> String {
    let text = text.replace("=\r\n", "").replace("=\n", "");
    let line = text.lines().find(|line| line.starts_with("http")).unwrap();
    line.trim().rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_copy_of_the_database_has_no_link_session_or_token_in_it() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let agent = company.hire("agent").await;
    let invitation = invite(&company, "guest@acme.example").await;
    let forgot = server.stranger().request(Method::POST, &format!("/w/{}/forgot", company.slug));
    server.stranger().send(forgot.form(&[("email", &agent.email)])).await.expect(200);
    let mut mails = vec![];
    while mails.len() < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        mails = outbox(&company).await;
    }
    // The outbox shows the link to whoever could have made it.
    let reset = secret_in(mails[0]["body"].as_str().unwrap());
    assert!(reset.starts_with("rfr_") && secret_in(mails[1]["body"].as_str().unwrap()) == invitation);
    let token =
        tokens::create_for(&server.app, company.id, Id(company.owner.id), "script", 7 * 86_400_000_000)
            .await
            .unwrap()
            .secret;
    let session = company.owner.client.token.clone().unwrap();
    let copy = all_of(&server.database).await;
    assert!(has(&copy, "guest@acme.example"), "the copy is one");
    for secret in [&invitation, &reset, &session, &token] {
        let random = secret.rsplit('_').next().unwrap();
        assert!(random.len() == 64 && !has(&copy, random), "{secret} is in the database");
    }
    let page = format!("/w/{}/reset/{reset}", company.slug);
    server.stranger().get(&page).await.expect(200);
}

#[tokio::test]
async fn cly_04_a_pin_is_not_found_by_trying_all_of_them_on_a_copy_of_the_database() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let agent = company.hire_into("agent", json!({ "phone": "+442079460123" })).await;
    let path = format!("/api/v1/users/{}/pin", agent.id);
    let pin = company.owner.client.post(&path, json!({})).await.expect(201).json["pin"]
        .as_str()
        .unwrap()
        .to_owned();
    let snapshot = server.app.store.pin_holder(company.id, "+442079460123").await.unwrap().unwrap();
    assert!(!server.app.passwords.check(&pin, Some(&snapshot.pin_hash), Turn::SignedIn(0)).await.unwrap());
    let body = json!({ "workspace": company.slug, "phone": "+442079460123", "pin": pin });
    server.stranger().post("/api/v1/sessions/pin", body).await.expect(201);
}

#[tokio::test]
async fn a_mail_sealed_with_another_servers_key_is_not_sent_and_the_outbox_says_so() {
    let server = TestServer::start_with(|config| config.sends_mail = true).await;
    let company = server.company("standard").await;
    invite(&company, "guest@acme.example").await;
    // A second node that was given no key of the first one's.
    std::fs::remove_file(server.database.folder.join("seal.key")).unwrap();
    let stranger = TestServer::on(server.database.clone()).await;
    let smtp = MailServer::start().await;
    let mailer = Mailer::new(&smtp.url, "phones@acme.example", "https://phone.acme.example").unwrap();
    let there = testkit::Client::new(stranger.url(), company.owner.client.token.clone());
    let seen = there.get("/api/v1/outbox").await.expect(200).items()[0].clone();
    assert_eq!((&seen["state"], &seen["body"]), (&json!("foreign"), &Value::Null), "{seen}");
    send_due(&stranger.app.store, &mailer).await.unwrap();
    assert!(smtp.taken().is_empty());
    let seen = there.get("/api/v1/outbox").await.expect(200).items()[0].clone();
    assert!(seen["failure"].as_str().unwrap().contains("made by another server"), "{seen}");
    // The one that made it sends it once it is its turn, with a link that works.
    server.pass(61);
    send_due(&server.app.store, &mailer).await.unwrap();
    let secret = secret_in(&smtp.taken()[0].text);
    server.stranger().get(&format!("/w/{}/welcome/{secret}", company.slug)).await.expect(200);
    let wiped = server.database.number("SELECT count(*) FROM mails WHERE sealed <> '' OR body <> ''").await;
    assert_eq!(wiped, 0, "what was sent is wiped");
}

#[tokio::test]
async fn what_is_sealed_for_one_mail_cannot_be_read_by_putting_it_into_another() {
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    invite(&company, "guest@acme.example").await;
    invite(&company, "accomplice@acme.example").await;
    let swap = "UPDATE mails SET sealed = (SELECT sealed FROM mails WHERE recipient = 'guest@acme.example') \
                WHERE recipient = 'accomplice@acme.example'";
    assert_eq!(server.database.tamper(swap).await, 1);
    let mails = outbox(&company).await;
    assert_eq!((&mails[0]["state"], &mails[0]["body"]), (&json!("foreign"), &Value::Null));
    assert_eq!(mails[1]["state"], "kept");
}

#[tokio::test]
async fn a_server_with_another_key_than_the_databases_does_not_start_until_the_lost_one_is_replaced() {
    let server = TestServer::start().await;
    let company = server.company("calliyo").await;
    let agent = company.hire_into("agent", json!({ "phone": "+442079460123" })).await;
    company.owner.client.post(&format!("/api/v1/users/{}/pin", agent.id), json!({})).await.expect(201);
    invite(&company, "guest@acme.example").await;
    assert!(server.app.store.knows_key().await.unwrap(), "the first one's is the database's");
    let machine = Machine::of(&server.database);
    machine.shell("mv seal.key lost.key");
    let listen = ["serve", "--listen", "127.0.0.1:0"];
    machine.run(&listen).expect(1, &["--seal-key", "seal-key replace"]);
    machine.run(&["workspace", "list"]).expect(0, &[&company.slug]);
    machine.run(&["seal-key", "replace"]).expect(1, &["--yes"]);
    let lost = "SELECT (SELECT count(*) FROM users WHERE pin_hash IS NOT NULL) + \
                (SELECT count(*) FROM mails WHERE sealed <> '' OR body <> '')";
    assert_eq!(server.database.number(lost).await, 2);
    let running = machine.command(&[&listen[..], &["--seal-key", &machine.path("lost.key")]].concat());
    let mut running = tokio::process::Command::from(running);
    running.kill_on_drop(true).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = running.spawn().unwrap();
    let mut greeting = [0; 12];
    running.stdout.as_mut().unwrap().read_exact(&mut greeting).await.unwrap();
    assert_eq!(&greeting, b"Ringfence is");
    machine.run(&["seal-key", "replace", "--yes"]).expect(0, &["from now on"]);
    assert_eq!(server.database.number(lost).await, 0);
    machine.run(&["seal-key", "replace"]).expect(0, &["already"]);
    // What a server that still runs would seal from now on nobody could open.
    let ended = tokio::time::timeout(Duration::from_secs(30), running.wait_with_output()).await;
    Said::from(ended.expect("it stops by itself").unwrap()).expect(1, &["is not the one"]);
    let log = company.owner.client.get("/api/v1/audit?act=seal_key:replace").await.expect(200);
    assert_eq!(log.items().len(), 1);
    machine.run(&["audit", "verify"]).expect(0, &["is whole"]);
}
