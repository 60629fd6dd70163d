//! Many read while some change access, on two nodes: not one answer is from before a change that was answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use access::{Actor, Id, can};
use acts::Author;
use acts::office::audit::{self, AuditQuery};
use serde_json::json;
use testkit::{Client, Company, Member, TestServer};

const READERS: usize = 64;
const WRITERS: usize = 8;
const CHANGES: usize = 30;

/// What is switched, one after the other: a toggle, and a permission that tells how it stands.
const SWITCHES: [(&str, &str); 3] =
    [("Users", "department:read"), ("Integrations", "integration:read"), ("Billing", "billing:read")];

/// Somebody whose access is changed, and how far the changes are.
struct Subject {
    member: Member,
    begun: AtomicUsize,
    answered: AtomicUsize,
}

/// How the switches stand after so many changes: each in turn is switched on, then each in turn off.
fn expected(changes: usize) -> [bool; 3] {
    std::array::from_fn(|switch| {
        let turns = (changes + SWITCHES.len() - 1 - switch) / SWITCHES.len();
        turns % 2 == 1
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_03_of_64_clients_who_read_while_8_change_access_none_gets_an_answer_from_before_a_change() {
    let here = TestServer::start().await;
    let there = TestServer::on(here.database.clone()).await;
    let company = here.company("nuacom").await;
    let mut subjects = vec![];
    for _ in 0..WRITERS {
        let member = company.hire("user").await;
        subjects.push(Arc::new(Subject {
            member,
            begun: AtomicUsize::new(0),
            answered: AtomicUsize::new(0),
        }));
    }
    let over = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..READERS)
        .map(|nth| {
            let subject = subjects[nth % WRITERS].clone();
            // Every other reader asks the node that changes nothing itself.
            let node = if nth % 2 == 0 { &here } else { &there };
            let client = Client::new(node.url(), subject.member.client.token.clone());
            tokio::spawn(read(client, subject, nth / WRITERS, over.clone()))
        })
        .collect();
    let toggles = toggles(&here, &company).await;
    let owner = company.owner.client.clone();
    let writers: Vec<_> =
        subjects.iter().map(|s| tokio::spawn(write(owner.clone(), s.clone(), toggles))).collect();
    for writer in writers {
        writer.await.unwrap();
    }
    over.store(true, Ordering::SeqCst);
    let (mut answers, mut settled) = (0, 0);
    for reader in readers {
        let (read, sure) = reader.await.unwrap();
        answers += read;
        settled += sure;
    }
    assert!(answers > 10 * READERS, "only {answers} answers");
    assert!(settled * 10 > answers, "only {settled} of {answers} answers could be held against one state");
}

#[tokio::test]
async fn what_one_node_changes_the_other_knows_though_nobody_asked_it_in_between() {
    let here = TestServer::start().await;
    let there = TestServer::on(here.database.clone()).await;
    let company = here.company("nuacom").await;
    let member = company.hire("user").await;
    company.toggle(member.id, "Users", "allow").await.expect(200);
    let client = Client::new(there.url(), member.client.token.clone());
    client.get("/api/v1/me").await.expect(200);
    // The other node has the access from before the invitation in memory.
    let new = json!({ "email": "guest@two-nodes.example", "name": "Guest", "invite": true });
    let link =
        company.owner.client.post("/api/v1/users", new).await.expect(201).json["invitation"]["link"].clone();
    let path = link.as_str().unwrap().strip_prefix(&here.url()).unwrap().to_owned();
    let welcome = there.stranger().get(&path).await.expect(200);
    assert!(welcome.text.contains("guest@two-nodes.example"), "{}", welcome.text);

    let (until, owner) = (acts::Moment(here.now() + 3_600_000_000), &company.owner.client);
    let lent = json!({ "holds": { "audit:read": ["all"], "audit:export": ["all"] }, "expires_at": until });
    owner.post(&format!("/api/v1/users/{}/temporary", member.id), lent).await.expect(201);
    let actor = Actor::user(there.app.store.snapshot(company.id).await.unwrap(), Id(member.id)).unwrap();
    let (permit, author) = (actor.permit::<can::AuditExport>().unwrap(), Author::new(None, "", ""));
    let (app, all) = (&there.app, AuditQuery::default());
    let mut export = audit::export(app, &permit, &author, &all, audit::Format::Csv).await.unwrap();
    assert!(export.next().await.unwrap().is_some());
    owner.put(&format!("/api/v1/users/{}/ban", member.id), json!({})).await.expect(200);
    assert!(export.next().await.is_err(), "an export goes on after the ban on the other node");
}

async fn toggles(server: &TestServer, company: &Company<'_>) -> [u32; 3] {
    let snapshot = server.app.store.snapshot(company.id).await.unwrap();
    let toggles = &snapshot.model().toggles;
    SWITCHES.map(|(name, _)| toggles.iter().find(|(_, t)| t.name == name).map(|(id, _)| id.0).unwrap())
}

/// Switches one after the other, with a moment in between in which the state is settled.
async fn write(owner: Client, subject: Arc<Subject>, toggles: [u32; 3]) {
    for change in 0..CHANGES {
        let switch = change % SWITCHES.len();
        let setting = if expected(change + 1)[switch] { "allow" } else { "inherit" };
        let path = format!("/api/v1/users/{}/toggles/{}", subject.member.id, toggles[switch]);
        subject.begun.store(change + 1, Ordering::SeqCst);
        owner.put(&path, json!({ "setting": setting })).await.expect(200);
        subject.answered.store(change + 1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
}

/// Reads until it is over; how many answers came, and how many of them while nothing was being changed.
async fn read(client: Client, subject: Arc<Subject>, kind: usize, over: Arc<AtomicBool>) -> (usize, usize) {
    let (mut answers, mut settled) = (0, 0);
    while !over.load(Ordering::SeqCst) {
        let first = subject.answered.load(Ordering::SeqCst);
        let seen = if kind.is_multiple_of(2) { told(&client).await } else { tried(&client).await };
        let last = subject.begun.load(Ordering::SeqCst);
        let possible =
            |state: usize| seen.iter().zip(expected(state)).all(|(seen, is)| seen.is_none_or(|s| s == is));
        assert!((first..=last).any(possible), "{seen:?} is no answer of {first}..={last}");
        answers += 1;
        settled += usize::from(first == last);
    }
    (answers, settled)
}

/// What the client is told that it may do.
async fn told(client: &Client) -> [Option<bool>; 3] {
    let me = client.get("/api/v1/me").await.expect(200);
    SWITCHES.map(|(_, permission)| Some(me.json["permissions"].get(permission).is_some()))
}

/// What the client may really do.
async fn tried(client: &Client) -> [Option<bool>; 3] {
    let answer = client.get("/api/v1/departments").await;
    assert!([200, 403].contains(&answer.status), "{}", answer.text);
    [Some(answer.status == 200), None, None]
}
