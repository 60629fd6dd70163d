//! Ownership and the last admin while many act at once: one Owner at every instant, and always somebody who can manage
//! people and roles.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use reqwest::Method;
use serde_json::json;
use testkit::{Client, Company, Database, Member, PASSWORD, TestServer};

/// How many active users of a workspace have the Owner's role, as the database has it at one instant.
async fn owners(database: &Database, workspace: i64) -> i64 {
    let text = "SELECT count(*) FROM users u JOIN roles r ON r.workspace_id = u.workspace_id AND r.id = u.role_id \
                WHERE r.preset_key = 'owner' AND u.deleted_at IS NULL AND u.standing = 'active' AND u.workspace_id = ";
    database.number(&format!("{text}{workspace}")).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cal_18_two_owners_never_exist_not_even_for_an_instant() {
    const ROUNDS: usize = 8;
    let server = TestServer::start().await;
    let company = server.company("calilio").await;
    let mut people = vec![company.owner.clone()];
    for _ in 0..5 {
        people.push(company.hire("admin").await);
    }
    for member in &people {
        company.give_password(member.id).await;
    }
    let (over, seen) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let watch = {
        let (over, seen, database, id) = (over.clone(), seen.clone(), server.database.clone(), company.id);
        tokio::spawn(async move {
            while !over.load(Ordering::SeqCst) {
                assert_eq!(owners(&database, id).await, 1);
                seen.fetch_add(1, Ordering::SeqCst);
            }
        })
    };
    let listed = {
        let (over, client) = (over.clone(), people[1].client.clone());
        tokio::spawn(async move {
            while !over.load(Ordering::SeqCst) {
                let users = client.get("/api/v1/users").await.expect(200);
                let owners = users.items().iter().filter(|u| u["role"]["name"] == "Owner").count();
                assert_eq!(owners, 1, "{}", users.text);
            }
        })
    };
    for _ in 0..ROUNDS {
        // Everybody tries to hand ownership to everybody else; one transfer happens, by the one who was Owner.
        let mut transfers = tokio::task::JoinSet::new();
        for (from, to) in people
            .iter()
            .enumerate()
            .flat_map(|(at, from)| people.iter().cycle().skip(at + 1).take(3).map(move |to| (from, to)))
        {
            let (client, body) =
                (from.client.clone(), json!({ "to": to.id, "email": to.email, "password": PASSWORD }));
            transfers.spawn(async move { client.post("/api/v1/workspace/transfer", body).await });
        }
        let mut done = 0;
        while let Some(answer) = transfers.join_next().await {
            let answer = answer.unwrap();
            done += usize::from(answer.status == 204);
            assert!(matches!(answer.status, 204 | 403 | 422 | 429), "{} {}", answer.status, answer.text);
        }
        assert!(done >= 1, "somebody was Owner and could transfer");
        assert_eq!(owners(&server.database, company.id).await, 1);
    }
    over.store(true, Ordering::SeqCst);
    watch.await.unwrap();
    listed.await.unwrap();
    assert!(seen.load(Ordering::SeqCst) > ROUNDS, "the database was watched all the time");
}

/// What one admin can do to another so that they are admin no more.
async fn unmake(client: &Client, how: usize, other: u32, role: u32) -> u16 {
    let path = format!("/api/v1/users/{other}");
    let (method, path, body) = match how % 3 {
        0 => (Method::PUT, format!("{path}/role"), json!({ "role": role })),
        1 => (Method::PUT, format!("{path}/ban"), json!({})),
        _ => (Method::DELETE, path, json!({})),
    };
    client.send(client.request(method, &path).json(&body)).await.status
}

async fn still_admin(member: &Member) -> bool {
    member.client.get("/api/v1/roles").await.status == 200
}

/// Two admins and nobody else who could manage people, again and again: each takes the other's power away at once.
async fn duel(mut company: Company<'_>, admin: &str, other: &str, rounds: usize) {
    let role = company.role(other).await;
    for round in 0..rounds {
        let (first, second) = (company.owner.clone(), company.hire(admin).await);
        let outcome = tokio::join!(
            unmake(&first.client, round, second.id, role),
            unmake(&second.client, round / 3, first.id, role)
        );
        let done = |status: u16| (200..300).contains(&status);
        assert!(done(outcome.0) != done(outcome.1), "{outcome:?}");
        let left = if done(outcome.0) { first } else { second };
        assert!(still_admin(&left).await);
        company.owner = left;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cly_09_two_admins_who_demote_ban_or_delete_each_other_at_once_leave_one() {
    let server = TestServer::start().await;
    duel(server.company("calliyo").await, "company_admin", "agent", 27).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_07_two_admins_who_demote_ban_or_delete_each_other_at_once_leave_one() {
    let server = TestServer::start().await;
    duel(server.company("nuacom").await, "admin", "user", 27).await;
}
