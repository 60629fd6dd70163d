//! One row of the log that somebody made unreadable is found, and keeps nobody from the rest.

use serde_json::json;
use testkit::TestServer;

use super::Machine;

/// What somebody with the file in their hands can put where a number or text belongs. PostgreSQL takes none of it.
const ALTERED: [&str; 7] = [
    "UPDATE audit SET seq = 'x' WHERE workspace_id = {w} AND seq = 3",
    "INSERT INTO audit SELECT workspace_id, 'x', at, actor_id, actor, via, act, outcome, object_kind, object_id, object, \
     detail, hash FROM audit WHERE workspace_id = {w} AND seq = 3",
    "INSERT INTO audit SELECT workspace_id, 2.5, at, actor_id, actor, via, act, outcome, object_kind, object_id, object, \
     detail, hash FROM audit WHERE workspace_id = {w} AND seq = 3",
    "UPDATE audit SET at = 'yesterday' WHERE workspace_id = {w} AND seq = 3",
    "UPDATE audit SET detail = x'ff00' WHERE workspace_id = {w} AND seq = 3",
    "UPDATE audit SET actor = x'ff' WHERE workspace_id = {w} AND seq = 3",
    "UPDATE audit SET object_id = 1.5 WHERE workspace_id = {w} AND seq = 3",
];

#[tokio::test]
async fn all_06_a_row_that_cannot_be_read_is_found_and_marked_and_the_rest_is_shown() {
    for altered in ALTERED {
        let server = TestServer::start().await;
        if server.database.is_postgres() {
            return;
        }
        let (company, other) = (server.company("standard").await, server.company("standard").await);
        let owner = &company.owner.client;
        for n in 0..4 {
            company.create("/api/v1/departments", json!({ "name": format!("Team {n}") })).await;
        }
        let statement = altered.replace("{w}", &company.id.to_string());
        assert_eq!(server.database.tamper(&statement).await, 1, "{statement}");
        let verdict = owner.get("/api/v1/audit/verify").await.expect(200).json;
        assert_eq!(verdict["whole"], false, "{altered}");
        let entries = owner.get("/api/v1/audit").await.expect(200);
        let marked = entries.items().iter().filter(|entry| entry["unreadable"] == true).count();
        assert_eq!(marked, 1, "{altered}: {}", entries.text);
        assert!(entries.text.contains("Team 3"));
        // A page at a time, it comes once as well.
        let (mut after, mut seen) = (String::new(), 0);
        for _ in 0..30 {
            let page = owner.get(&format!("/api/v1/audit?limit=1{after}")).await.expect(200);
            seen += page.items().iter().filter(|entry| entry["unreadable"] == true).count();
            let Some(next) = page.json["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(seen, 1, "{altered}");
        for file in ["audit.csv", "audit.jsonl"] {
            let file = owner.get(&format!("/api/v1/{file}")).await.expect(200).text;
            assert!(file.contains("unreadable") && file.contains("Team 3"), "{altered}: {file}");
        }
        let page = company.page(&company.owner, "/audit").await.expect(200).text;
        assert!(page.contains("cannot be read") && page.contains("Team 3"), "{altered}");
        assert!(
            company.form(&company.owner, "/audit/verify", &[]).await.expect(200).text.contains("altered")
        );
        company.create("/api/v1/departments", json!({ "name": "After" })).await;
        let said = Machine::of(&server.database).run(&["audit", "verify"]);
        said.expect(
            1,
            &[&format!("log of {} is broken", company.slug), &format!("log of {} is whole", other.slug)],
        );
    }
}
