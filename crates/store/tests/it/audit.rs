//! The audit log: whatever is done to it behind the server's back is found.

use access::{Permit, Thing, can};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use store::Author;
use store::audit::{Act, Verdict};
use testkit::TestServer;

#[tokio::test]
async fn all_06_any_edit_deletion_or_reordering_of_the_log_is_found() {
    const ENTRIES: i64 = 60;
    let server = TestServer::start().await;
    let company = server.company("standard").await;
    let permit = Permit::<can::AuditExport>::operator(company.id, Thing::WORKSPACE);
    for n in 0..ENTRIES {
        let act = Act::done("test:write", "call", n, format!("entry {n}"));
        server.app.store.record_refusal(company.id, &Author::operator(), act).await.unwrap();
    }
    let verify = || async { server.app.store.verify_audit(&permit).await.unwrap() };
    let Verdict::Whole { entries } = verify().await else {
        panic!("the log was broken before anything was done")
    };
    assert!(entries >= ENTRIES);
    let mut random = StdRng::seed_from_u64(6);
    let here = format!("workspace_id = {}", company.id);
    for turn in 0..120 {
        let seq = random.random_range(1..entries);
        // Each tampering is undone before the next, so that every one of them is found by itself.
        let (tamper, undo) = match turn % 4 {
            0 => (
                format!("UPDATE audit SET actor = actor || '!' WHERE {here} AND seq = {seq}"),
                format!(
                    "UPDATE audit SET actor = substr(actor, 1, length(actor) - 1) WHERE {here} AND seq = {seq}"
                ),
            ),
            1 => (
                format!("UPDATE audit SET at = at + 1 WHERE {here} AND seq = {seq}"),
                format!("UPDATE audit SET at = at - 1 WHERE {here} AND seq = {seq}"),
            ),
            2 => (
                format!("UPDATE audit SET seq = -seq WHERE {here} AND seq = {seq}"),
                format!("UPDATE audit SET seq = -seq WHERE {here} AND seq = -{seq}"),
            ),
            _ => (swap(&here, seq, seq + 1), swap(&here, seq, seq + 1)),
        };
        run(&server, &tamper).await;
        assert!(matches!(verify().await, Verdict::Broken { .. }), "not found: {tamper}");
        run(&server, &undo).await;
        assert_eq!(verify().await, Verdict::Whole { entries }, "not undone: {undo}");
    }
    let last = format!("DELETE FROM audit WHERE {here} AND seq = {entries}");
    server.database.tamper(&last).await;
    assert_eq!(verify().await, Verdict::Broken { seq: entries }, "the end was cut off");
}

/// Statements, separated by semicolons, that let two entries change places.
fn swap(here: &str, a: i64, b: i64) -> String {
    let step = |to: i64, from: i64| format!("UPDATE audit SET seq = {to} WHERE {here} AND seq = {from}");
    [step(-1, a), step(a, b), step(b, -1)].join(";")
}

async fn run(server: &TestServer, statements: &str) {
    for statement in statements.split(';') {
        assert_eq!(server.database.tamper(statement).await, 1, "{statement}");
    }
}
