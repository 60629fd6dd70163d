//! Mail: sent once by whichever node claims it, tried again, given up.

use access::{Id, Permit, Text, Thing, can};
use acts::kernel::mail::{Kind, post};
use server::mail::{Mailer, send_due};
use store::Author;
use testkit::{Company, MailServer, TestServer};

const HOUR: i64 = 3600;

fn mailer(smtp: &MailServer) -> Mailer {
    Mailer::new(&smtp.url, "Acme Phones <phones@acme.example>", "https://phone.acme.example").unwrap()
}

async fn tell(company: &Company<'_>, user: u32, by: &str) {
    let permit = Permit::<can::SettingsUpdate>::operator(company.id, Thing::WORKSPACE);
    let (mut change, _) = company.server.app.store.begin(&permit, &Author::operator()).await.unwrap();
    let filled = |mail: Text| mail.with("by", by).with("outcome", "granted").with("path", "/requests/1");
    post(&mut change, Id(user), Kind::RequestDecided, filled).await.unwrap();
    change.commit().await.unwrap();
}

async fn body_is_empty(server: &TestServer) -> bool {
    server.database.tamper("UPDATE mails SET kind = kind WHERE body <> ''").await == 0
}

#[tokio::test]
async fn a_mail_is_sent_once_however_many_nodes_send() {
    let server = TestServer::start().await;
    let node = TestServer::on(server.database.clone()).await;
    let smtp = MailServer::start().await;
    let company = server.company("standard").await;
    for n in 0..20 {
        tell(&company, company.owner.id, &format!("Somebody {n}")).await;
    }
    let (here, there) = (mailer(&smtp), mailer(&smtp));
    let (a, b) = tokio::join!(send_due(&server.app.store, &here), send_due(&node.app.store, &there));
    a.unwrap();
    b.unwrap();
    let taken = smtp.taken();
    assert_eq!(taken.len(), 20);
    for n in 0..20 {
        let of = |mail: &&testkit::Taken| mail.text.contains(&format!("Somebody {n} decided"));
        assert_eq!(taken.iter().filter(of).count(), 1, "{n}");
    }
    let first = &taken[0];
    assert_eq!(first.to, company.owner.email);
    for part in ["From: \"Acme Phones\" <phones@acme.example>", "Auto-Submitted: auto-generated"] {
        assert!(first.text.contains(part), "{part} is not in {}", first.text);
    }
    assert!(first.text.contains(&format!("https://phone.acme.example/w/{}/requests/1", company.slug)));
    assert!(body_is_empty(&server).await);
}

#[tokio::test]
async fn a_flood_of_one_company_does_not_hold_anothers_mail() {
    let server = TestServer::start().await;
    let smtp = MailServer::start().await;
    let (busy, quiet) = (server.company("standard").await, server.company("standard").await);
    for n in 0..40 {
        tell(&busy, busy.owner.id, &format!("Somebody {n}")).await;
    }
    tell(&quiet, quiet.owner.id, "Jana").await;
    send_due(&server.app.store, &mailer(&smtp)).await.unwrap();
    let taken = smtp.taken();
    assert_eq!(taken.len(), 41);
    let turn = taken.iter().position(|mail| mail.text.contains("Jana decided"));
    assert!(turn.is_some_and(|turn| turn < 10), "{turn:?}");
}

#[tokio::test]
async fn a_mail_that_is_not_taken_is_tried_again_later_and_later() {
    let server = TestServer::start().await;
    let smtp = MailServer::start().await;
    let company = server.company("standard").await;
    let mailer = mailer(&smtp);
    tell(&company, company.owner.id, "Somebody").await;
    smtp.refuse(Some("451 try later"));
    send_due(&server.app.store, &mailer).await.unwrap();
    smtp.refuse(None);
    send_due(&server.app.store, &mailer).await.unwrap();
    assert!(smtp.taken().is_empty(), "it is not tried again at once");
    server.pass(61);
    send_due(&server.app.store, &mailer).await.unwrap();
    assert_eq!(smtp.taken().len(), 1);
}

#[tokio::test]
async fn a_mail_is_given_up_after_some_tries_and_at_once_when_there_is_no_such_mailbox() {
    let server = TestServer::start().await;
    let smtp = MailServer::start().await;
    let company = server.company("standard").await;
    let mailer = mailer(&smtp);
    tell(&company, company.owner.id, "Once").await;
    smtp.refuse(Some("550 no such mailbox"));
    send_due(&server.app.store, &mailer).await.unwrap();
    tell(&company, company.owner.id, "Often").await;
    smtp.refuse(Some("451 try later"));
    for _ in 0..9 {
        send_due(&server.app.store, &mailer).await.unwrap();
        server.pass(25 * HOUR);
    }
    smtp.refuse(None);
    send_due(&server.app.store, &mailer).await.unwrap();
    assert!(smtp.taken().is_empty());
    let given_up =
        "UPDATE mails SET kind = kind WHERE next_try_at IS NULL AND sent_at IS NULL AND failure <> ''";
    assert_eq!(server.database.tamper(given_up).await, 2);
}

#[tokio::test]
async fn a_mail_that_a_dying_node_had_claimed_is_sent_by_another() {
    let server = TestServer::start().await;
    let smtp = MailServer::start().await;
    let company = server.company("standard").await;
    let mailer = mailer(&smtp);
    tell(&company, company.owner.id, "Somebody").await;
    assert!(server.app.store.claim_mail(company.id).await.unwrap().is_some());
    send_due(&server.app.store, &mailer).await.unwrap();
    assert!(smtp.taken().is_empty(), "it is claimed");
    server.pass(601);
    send_due(&server.app.store, &mailer).await.unwrap();
    assert_eq!(smtp.taken().len(), 1);
}

#[tokio::test]
async fn a_mail_speaks_the_readers_language() {
    let server = TestServer::start().await;
    let smtp = MailServer::start().await;
    let company = server.company("standard").await;
    server.database.tamper("UPDATE users SET language = 'de'").await;
    tell(&company, company.owner.id, "Jana").await;
    send_due(&server.app.store, &mailer(&smtp)).await.unwrap();
    assert!(smtp.taken()[0].text.contains("entschieden"), "{}", smtp.taken()[0].text);
}
