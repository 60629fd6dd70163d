//! The audit log: whatever is done to it behind the server's back is found.

use access::{Permit, Thing, can};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use store::Author;
use store::change::audit::{Act, Anchor, Verdict};
use testkit::{Company, TestServer};

/// Entries of the log that is tampered with.
const ENTRIES: i64 = 40;

/// A company with that many entries.
async fn logged(server: &TestServer) -> (Company<'_>, i64) {
    let company = server.company("standard").await;
    let mut entries = 0;
    while entries < ENTRIES {
        append(server, company.id).await;
        entries = count(server, company.id).await;
    }
    (company, entries)
}

async fn append(server: &TestServer, workspace: i64) {
    let act =
        Act::done("test:write", "call", 7, "entry").with(serde_json::json!({ "before": 1, "after": 2 }));
    server.app.store.record_refusal(workspace, &Author::operator(), act).await.unwrap();
}

async fn count(server: &TestServer, workspace: i64) -> i64 {
    match verify(server, workspace, &[]).await {
        Verdict::Whole { entries } => entries,
        broken => panic!("the log was broken before anything was done: {broken:?}"),
    }
}

async fn verify(server: &TestServer, workspace: i64, anchors: &[Anchor]) -> Verdict {
    let permit = Permit::<can::AuditExport>::operator(workspace, Thing::WORKSPACE);
    server.app.store.verify_audit_against(&permit, anchors).await.unwrap()
}

/// Somebody's work on the log, as statements separated by semicolons.
fn tampering(random: &mut StdRng, here: &str, entries: i64) -> String {
    const FIELDS: [&str; 9] =
        ["actor", "via", "act", "outcome", "object_kind", "object", "detail", "hash", "actor"];
    let seq = random.random_range(1..=entries);
    let other = (seq + random.random_range(1..entries) - 1) % entries + 1;
    let field = FIELDS[random.random_range(0..FIELDS.len())];
    let row = format!("WHERE {here} AND seq = {seq}");
    match random.random_range(0..8) {
        0 => format!("UPDATE audit SET {field} = {field} || '!' {row}"),
        1 => format!("UPDATE audit SET at = at + {} {row}", random.random_range(1..1_000_000)),
        2 => format!("UPDATE audit SET object_id = object_id + 1 {row}"),
        3 => format!("UPDATE audit SET actor_id = coalesce(actor_id, 0) + 1 {row}"),
        4 => format!("DELETE FROM audit {row}"),
        5 if seq != other => {
            let step =
                |to: i64, from: i64| format!("UPDATE audit SET seq = {to} WHERE {here} AND seq = {from}");
            [step(-1, seq), step(seq, other), step(other, -1)].join(";")
        }
        6 => format!(
            "INSERT INTO audit SELECT workspace_id, {} , at, actor_id, actor, via, act, outcome, object_kind, \
             object_id, object, detail, hash FROM audit {row}",
            if seq % 2 == 0 { entries + 1 } else { -seq }
        ),
        _ => format!("DELETE FROM audit WHERE {here} AND seq >= {seq}"),
    }
}

#[tokio::test]
async fn all_06_each_of_1000_random_edits_deletions_reorderings_and_truncations_is_found() {
    let server = TestServer::start().await;
    let (company, entries) = logged(&server).await;
    let here = format!("workspace_id = {}", company.id);
    let seed = std::env::var("RINGFENCE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(6);
    let mut random = StdRng::seed_from_u64(seed);
    server.database.tamper("CREATE TABLE kept AS SELECT * FROM audit").await;
    for turn in 0..1_000 {
        let tamper = tampering(&mut random, &here, entries);
        for statement in tamper.split(';') {
            assert!(server.database.tamper(statement).await >= 1, "{statement}");
        }
        let found = verify(&server, company.id, &[]).await;
        assert!(
            matches!(found, Verdict::Broken { .. }),
            "turn {turn} of seed {seed} was not found: {tamper}"
        );
        // Each tampering is undone before the next, so that every one of them is found by itself.
        server.database.tamper(&format!("DELETE FROM audit WHERE {here}")).await;
        server.database.tamper(&format!("INSERT INTO audit SELECT * FROM kept WHERE {here}")).await;
    }
    assert_eq!(verify(&server, company.id, &[]).await, Verdict::Whole { entries });
}

#[tokio::test]
async fn all_06_a_log_that_goes_on_after_its_end_was_cut_off_is_found_by_its_anchor() {
    let server = TestServer::start().await;
    let (company, entries) = logged(&server).await;
    let anchors = server.app.store.anchors().await.unwrap();
    assert_eq!((anchors.len(), anchors[0].seq), (1, entries));
    assert_eq!(verify(&server, company.id, &anchors).await, Verdict::Whole { entries });
    cut_off(&server, company.id, entries - 5).await;
    let whole = Verdict::Whole { entries: entries - 5 };
    assert_eq!(verify(&server, company.id, &[]).await, whole, "the chain alone holds in itself");
    let replaced = Verdict::Replaced { seq: entries };
    assert_eq!(verify(&server, company.id, &anchors).await, replaced);
    // A second later, so that the new entries are not by chance the same as those that were cut off.
    server.pass(1);
    for _ in 0..20 {
        append(&server, company.id).await;
    }
    assert!(matches!(verify(&server, company.id, &[]).await, Verdict::Whole { .. }));
    assert_eq!(verify(&server, company.id, &anchors).await, replaced, "grown past the anchor again");
}

/// Cuts off a log's end as somebody with the whole database in their hands can: with the head beside it.
async fn cut_off(server: &TestServer, workspace: i64, last: i64) {
    let database = &server.database;
    database.tamper(&format!("DELETE FROM audit WHERE workspace_id = {workspace} AND seq > {last}")).await;
    let head = format!("SELECT hash FROM audit WHERE workspace_id = {workspace} AND seq = {last}");
    let set =
        format!("UPDATE workspaces SET audit_seq = {last}, audit_head = ({head}) WHERE id = {workspace}");
    assert_eq!(database.tamper(&set).await, 1);
}

#[tokio::test]
async fn all_06_a_log_that_was_written_anew_from_the_start_is_found_by_its_anchors() {
    let server = TestServer::start().await;
    let (company, entries) = logged(&server).await;
    let early = Anchor {
        seq: 10,
        hash: hash_at(&server, company.id, 10).await,
        ..server.app.store.anchors().await.unwrap().remove(0)
    };
    assert_eq!(verify(&server, company.id, std::slice::from_ref(&early)).await, Verdict::Whole { entries });
    // The same number of entries, each with a good hash: nothing in the database itself tells of it.
    server.database.tamper(&format!("DELETE FROM audit WHERE workspace_id = {}", company.id)).await;
    server
        .database
        .tamper(&format!("UPDATE workspaces SET audit_seq = 0, audit_head = '' WHERE id = {}", company.id))
        .await;
    for _ in 0..entries {
        append(&server, company.id).await;
    }
    assert_eq!(verify(&server, company.id, &[]).await, Verdict::Whole { entries });
    assert_eq!(verify(&server, company.id, &[early]).await, Verdict::Replaced { seq: 10 });
}

async fn hash_at(server: &TestServer, workspace: i64, seq: i64) -> String {
    let permit = Permit::<can::AuditRead>::operator(workspace, Thing::WORKSPACE);
    let filter = store::change::audit::AuditFilter { before: Some(seq + 1), ..Default::default() };
    let page = server.app.store.audit(&permit, &filter, store::Slice::first(1)).await.unwrap();
    assert_eq!(page.rows[0].seq, seq);
    page.rows[0].hash.clone()
}
