//! A demo, in which anybody is the Owner with a click, is nobody's relay and stays on its machine.

use serde_json::json;
use server::mail::{Mailer, send_due};
use testkit::{MailServer, TestServer};

use super::Machine;

const SMTP: [&str; 6] = [
    "--smtp-url",
    "smtp://127.0.0.1:1",
    "--mail-from",
    "a@b.example",
    "--public-url",
    "http://localhost:8080",
];

#[tokio::test]
async fn mail_of_a_demo_is_kept_whatever_the_server_sends() {
    let server = TestServer::start_with(|config| config.sends_mail = true).await;
    let (demo, own) = (server.company("standard").await, server.company("standard").await);
    server.database.tamper(&format!("UPDATE workspaces SET is_demo = TRUE WHERE id = {}", demo.id)).await;
    for (company, email) in [(&demo, "stranger@anywhere.example"), (&own, "guest@own.example")] {
        let new = json!({ "email": email, "name": "Payroll. Open https://evil.example now", "invite": true });
        let added = company.owner.client.post("/api/v1/users", new).await.expect(201);
        let link = &added.json["invitation"]["link"];
        assert_eq!(link.is_string(), company.id == demo.id, "the link is passed on where no mail is sent");
    }
    let smtp = MailServer::start().await;
    let mailer = Mailer::new(&smtp.url, "phones@real.example", "http://localhost:8080").unwrap();
    send_due(&server.app.store, &mailer).await.unwrap();
    let to: Vec<String> = smtp.taken().into_iter().map(|mail| mail.to).collect();
    assert_eq!(to, ["guest@own.example"]);
    let kept = demo.owner.client.get("/api/v1/outbox").await.expect(200);
    assert_eq!(kept.items()[0]["state"], "kept");
    let page = demo.page(&demo.owner, "/outbox").await.expect(200);
    assert!(page.text.contains("This is a demo company: its mail is kept here and never sent."));
}

#[tokio::test]
async fn a_server_with_a_demo_neither_sends_mail_nor_has_a_public_address_until_the_demo_is_deleted() {
    let server = TestServer::start().await;
    let (demo, own) = (server.company("standard").await, server.company("standard").await);
    for company in [&demo, &own] {
        company.hire("agent").await;
        company
            .call(testkit::TestCall { user: Some(company.owner.id), recorded: true, ..Default::default() })
            .await;
    }
    let machine = Machine::of(&server.database);
    let serve = |more: &[&str]| machine.run(&[&["serve", "--listen", "127.0.0.1:0"][..], more].concat());
    server.database.tamper(&format!("UPDATE workspaces SET is_demo = TRUE WHERE id = {}", demo.id)).await;
    let mend = "ringfence workspace delete-demo";
    serve(&SMTP).expect(1, &["--smtp-url", mend]);
    for url in ["https://phone.example.com", "http://192.0.2.7:8080", "http://localhost.evil.example"] {
        serve(&["--public-url", url]).expect(1, &["--public-url", mend]);
    }
    machine.run(&["workspace", "delete-demo"]).expect(1, &[&demo.slug, "--yes"]);
    demo.owner.client.get("/api/v1/me").await.expect(200);
    let recordings = |id: i64| server.data().join("recordings").join(id.to_string());
    assert!(recordings(demo.id).exists());
    let said = machine.run(&["workspace", "delete-demo", "--yes"]).expect(0, &[&demo.slug]);
    assert!(!said.contains(&own.slug), "{said}");
    assert!(!recordings(demo.id).exists() && recordings(own.id).exists());
    demo.owner.client.get("/api/v1/me").await.expect(401);
    own.owner.client.get("/api/v1/calls").await.expect(200);
    for table in ["workspaces", "users", "roles", "calls", "call_touches", "audit", "sessions"] {
        let key = if table == "workspaces" { "id" } else { "workspace_id" };
        let left = format!("SELECT count(*) FROM {table} WHERE {key} = ");
        assert_eq!(server.database.number(&format!("{left}{}", demo.id)).await, 0, "{table}");
        assert!(server.database.number(&format!("{left}{}", own.id)).await > 0, "{table}");
    }
    machine.run(&["workspace", "delete-demo", "--yes"]).expect(0, &["There is no demo."]);
    machine.run(&["audit", "verify"]).expect(0, &["is whole"]);
}

#[test]
fn a_demo_is_not_made_on_a_server_that_sends_mail_or_has_a_public_address() {
    let machine = Machine::new();
    machine
        .run(&[&["serve", "--demo", "--listen", "127.0.0.1:0"][..], &SMTP].concat())
        .expect(1, &["--smtp-url"]);
    let public = ["--listen", "127.0.0.1:0", "--public-url", "https://phone.example.com"];
    machine.run(&public).expect(1, &["--public-url", "ringfence workspace create"]);
    assert!(machine.run(&["workspace", "list"]).expect(0, &[]).is_empty());
}
