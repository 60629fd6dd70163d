//! Revoking and acting at the same time, on two nodes: no act comes after a revocation that was answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use access::model::Setting;
use access::{Actor, Id, Permit, Thing, can};
use store::{Author, StoreError};
use testkit::TestServer;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_03_no_act_comes_after_a_revocation_that_was_answered_not_even_on_another_node() {
    const ROUNDS: usize = 60;
    let here = TestServer::start().await;
    let there = TestServer::on(here.database.clone()).await;
    let company = here.company("nuacom").await;
    let clerk = company.hire("user").await;
    let snapshot = here.app.store.snapshot(company.id, 0).await.unwrap();
    let toggle = snapshot.model().toggles.iter().find(|(_, t)| t.name == "Users").map(|(id, _)| *id).unwrap();
    for round in 0..ROUNDS {
        set(&here, company.id, Id(clerk.id), toggle, Some(Setting::Allow)).await;
        let snapshot = fresh(&there, company.id, &here).await;
        let permit = Actor::user(snapshot, Id(clerk.id)).unwrap().permit::<can::DepartmentWrite>().unwrap();
        let revoked = Arc::new(AtomicBool::new(false));
        let (store, seen) = (there.app.store.clone(), revoked.clone());
        let act = tokio::spawn(async move {
            let was_revoked = seen.load(Ordering::SeqCst);
            let author = Author::new(None, "clerk", "race");
            let done = match store.begin(&permit, &author).await {
                Ok((mut change, _)) => {
                    change
                        .add_unit(access::model::UnitKind::Department, &format!("Unit {round}"))
                        .await
                        .unwrap();
                    change.commit().await.is_ok()
                }
                Err(StoreError::Denied(_)) => false,
                Err(error) => panic!("{error}"),
            };
            assert!(!(was_revoked && done), "an act after the revocation was answered");
        });
        if round % 2 == 0 {
            tokio::task::yield_now().await;
        }
        set(&here, company.id, Id(clerk.id), toggle, None).await;
        revoked.store(true, Ordering::SeqCst);
        act.await.unwrap();
        // And from now on there is no way left, with whatever permit was minted before.
        let snapshot = fresh(&there, company.id, &here).await;
        assert!(Actor::user(snapshot, Id(clerk.id)).unwrap().permit::<can::DepartmentWrite>().is_err());
    }
}

/// The other node's snapshot at this node's version.
async fn fresh(node: &TestServer, workspace: i64, other: &TestServer) -> Arc<access::Snapshot> {
    let version = other.app.store.snapshot(workspace, 0).await.unwrap().model().version;
    node.app.store.snapshot(workspace, version).await.unwrap()
}

async fn set(server: &TestServer, workspace: i64, user: Id, toggle: Id, setting: Option<Setting>) {
    let permit = Permit::<can::UserSetAccess>::operator(workspace, Thing::WORKSPACE);
    let (mut change, _) = server.app.store.begin(&permit, &Author::operator()).await.unwrap();
    change.set_toggle(user, toggle, setting).await.unwrap();
    change.commit().await.unwrap();
}
