//! Revoking and acting at the same time, on two nodes: no act comes after a revocation that was answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use access::model::{Setting, Standing};
use access::{Actor, Id, Permit, Snapshot, Thing, can};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use store::change::audit::{Act, AuditFilter};
use store::kit::seal::SealKey;
use store::{Author, Slice, Store, StoreError};
use testkit::{Database, TestServer};

/// Who opens an empty database at the same moment.
const OPENERS: usize = 8;

/// Revocations, and acts that race with each: 10^4 interleavings.
const ROUNDS: usize = 1_250;
const ACTS: usize = 8;

/// What the audit log calls the acts and the revocations of this test.
const ACT: &str = "department:write";
const GIVE: &str = "test:give";
const REVOKE: &str = "test:revoke";

/// A clerk of a company on two nodes, who gets and loses one toggle.
struct Race {
    here: Store,
    there: Store,
    workspace: i64,
    clerk: Id,
    toggle: Id,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_03_in_10_000_interleavings_no_act_comes_after_a_revocation_that_was_answered() {
    let here = TestServer::start().await;
    let there = TestServer::on(here.database.clone()).await;
    let company = here.company("nuacom").await;
    let clerk = Id(company.hire("user").await.id);
    let snapshot = here.app.store.snapshot(company.id).await.unwrap();
    let toggle = snapshot.model().toggles.iter().find(|(_, t)| t.name == "Users").map(|(id, _)| *id).unwrap();
    let (here, there) = (here.app.store.clone(), there.app.store.clone());
    let race = Race { here, there, workspace: company.id, clerk, toggle };
    let seed = std::env::var("RINGFENCE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(3);
    let mut random = StdRng::seed_from_u64(seed);
    let mut done = 0;
    for round in 0..ROUNDS {
        done += race.round(round, &mut random).await;
    }
    let tried = ROUNDS * ACTS;
    assert!(done > tried / 20 && done < tried - tried / 20, "{done} of {tried} acts came first: no race");
    race.log_shows_no_act_while_revoked(done).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_open_an_empty_database_at_once_take_turns() {
    for _ in 0..5 {
        let database = Database::create().await;
        let opening: Vec<_> = (0..OPENERS)
            .map(|_| {
                let url = database.url.clone();
                tokio::spawn(
                    async move { Store::open(&url, Arc::new(|| 0), SealKey::generate()).await.map(drop) },
                )
            })
            .collect();
        for opened in opening {
            opened.await.unwrap().unwrap();
        }
    }
}

impl Race {
    /// Gives the right, revokes it while acts are under way on the other node; how many acts were done.
    async fn round(&self, round: usize, random: &mut StdRng) -> usize {
        self.change(GIVE, Some(Setting::Allow), Standing::Active).await;
        let permit = self.actor().await.unwrap().permit::<can::DepartmentWrite>().unwrap();
        let revoked = Arc::new(AtomicBool::new(false));
        let acts: Vec<_> = (0..ACTS)
            .map(|_| {
                let wait = Duration::from_micros(random.random_range(0..1_500));
                tokio::spawn(act(self.there.clone(), permit.clone(), revoked.clone(), wait))
            })
            .collect();
        if round.is_multiple_of(2) {
            tokio::time::sleep(Duration::from_micros(random.random_range(0..1_000))).await;
        }
        match round % 3 {
            0 => self.change(REVOKE, None, Standing::Active).await,
            1 => self.change(REVOKE, Some(Setting::Deny), Standing::Active).await,
            _ => self.change(REVOKE, Some(Setting::Allow), Standing::Banned).await,
        }
        revoked.store(true, Ordering::SeqCst);
        let mut done = 0;
        for act in acts {
            done += usize::from(act.await.unwrap());
        }
        // And from now on there is no way left.
        assert!(self.actor().await.is_none_or(|actor| actor.permit::<can::DepartmentWrite>().is_err()));
        done
    }

    /// The clerk on the other node.
    async fn actor(&self) -> Option<Actor> {
        let snapshot: Arc<Snapshot> = self.there.snapshot(self.workspace).await.unwrap();
        Actor::user(snapshot, self.clerk)
    }

    async fn change(&self, word: &'static str, setting: Option<Setting>, standing: Standing) {
        let permit = Permit::<can::UserSetAccess>::operator(self.workspace, Thing::WORKSPACE);
        let (mut change, _) = self.here.begin(&permit, &Author::operator()).await.unwrap();
        change.set_toggle(self.clerk, self.toggle, setting).await.unwrap();
        match standing {
            Standing::Banned => change.ban(&[self.clerk]).await.unwrap(),
            _ => change.activate(self.clerk).await.unwrap(),
        }
        change.record(Act::done(word, "user", i64::from(self.clerk.0), "clerk"));
        change.commit().await.unwrap();
    }

    /// The log has every act that was done, and none between a revocation and the next gift.
    async fn log_shows_no_act_while_revoked(&self, done: usize) {
        let permit = Permit::<can::AuditRead>::operator(self.workspace, Thing::WORKSPACE);
        let page = self.here.audit(&permit, &AuditFilter::default(), Slice::first(100_000)).await.unwrap();
        let (mut may, mut acts, mut revocations) = (false, 0, 0);
        for entry in page.rows.iter().rev().filter(|entry| entry.outcome == "done") {
            match entry.act.as_str() {
                GIVE => may = true,
                REVOKE => (may, revocations) = (false, revocations + 1),
                ACT => {
                    assert!(may, "entry {} was done after the right to it was gone", entry.seq);
                    acts += 1;
                }
                _ => {}
            }
        }
        assert_eq!((acts, revocations), (done, ROUNDS));
    }
}

/// Acts with a permit from before; whether it was done.
async fn act(
    store: Store,
    permit: Permit<can::DepartmentWrite>,
    revoked: Arc<AtomicBool>,
    wait: Duration,
) -> bool {
    tokio::time::sleep(wait).await;
    let was_revoked = revoked.load(Ordering::SeqCst);
    let done = match store.begin(&permit, &Author::new(permit.actor().map(Actor::id), "clerk", "race")).await
    {
        Ok((mut change, _)) => {
            change.record(Act::done(ACT, "department", 1, "Sales"));
            change.commit().await.unwrap();
            true
        }
        Err(StoreError::Denied(_)) => false,
        Err(error) => panic!("{error}"),
    };
    assert!(!(was_revoked && done), "an act after the revocation was answered");
    done
}
