//! Look-ups of secrets that are too long to guess (sessions, tokens, links): each is looked up first, so that a good one
//! is never refused, whatever others tried from the same address. Whoever shows many that are wrong is told to stop.
//!
//! Kept in memory, by each node for itself: with 256 random bits the count is there to make floods seen and to answer
//! them, not to stop guesses. A wrong one costs one indexed read, as any page for strangers does.

use std::collections::{HashMap, HashSet, VecDeque};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use access::Micros;
use store::entry::guesses::Block;

use crate::entry::guesses::{self, Caller};
use crate::{Answer, App};

const DAY: Micros = 86_400 * 1_000_000;
/// So many different wrong secrets are called wrong in a day for one client address; after them it hears to wait.
const PER_DAY: usize = 50;
/// So many secrets, and so many addresses, are remembered.
const MOST: usize = 20_000;

/// What is remembered of look-ups.
#[derive(Clone, Default)]
pub struct Lookups(Arc<Mutex<Memory>>);

#[derive(Default)]
struct Memory {
    wrong: Recent,
    addresses: HashMap<String, Misses>,
}

/// The wrong look-ups of one address within the last day, and until when somebody was told that there are too many.
#[derive(Default)]
struct Misses {
    at: VecDeque<Micros>,
    told_until: Micros,
}

/// Hashes of secrets seen lately: between `MOST` and twice as many.
#[derive(Default)]
struct Recent {
    now: HashSet<String>,
    before: HashSet<String>,
}

impl Recent {
    fn has(&self, hash: &str) -> bool {
        self.now.contains(hash) || self.before.contains(hash)
    }

    fn add(&mut self, hash: &str) {
        if self.now.len() >= MOST {
            self.before = std::mem::take(&mut self.now);
        }
        self.now.insert(hash.to_owned());
    }
}

impl Memory {
    /// Counts a wrong secret. One that was wrong lately counts no second time: it is no new guess, but an old session.
    fn miss(&mut self, address: &str, hash: &str, now: Micros) -> Result<(), Block> {
        if self.wrong.has(hash) {
            return Ok(());
        }
        self.take(address, now)?;
        self.wrong.add(hash);
        Ok(())
    }

    fn take(&mut self, address: &str, now: Micros) -> Result<(), Block> {
        if self.addresses.len() >= MOST && !self.addresses.contains_key(address) {
            self.addresses.retain(|_, misses| misses.at.back().is_some_and(|last| last + DAY > now));
            if self.addresses.len() >= MOST {
                self.addresses.clear();
            }
        }
        let misses = self.addresses.entry(address.to_owned()).or_default();
        while misses.at.front().is_some_and(|first| first + DAY <= now) {
            misses.at.pop_front();
        }
        if misses.at.len() < PER_DAY {
            misses.at.push_back(now);
            return Ok(());
        }
        let until = misses.at.front().map_or(now, |first| first + DAY);
        let begins = misses.told_until <= now;
        misses.told_until = misses.told_until.max(until);
        Err(Block { wait: until - now, begins })
    }
}

impl Lookups {
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks a secret up by its hash. Of a wrong one there is none, or a refusal where too many different ones came from
/// the same client address. `slug` is the workspace whose audit log hears of it when that begins; empty where the
/// request names none.
pub async fn find<T>(
    app: &App,
    caller: &Caller,
    slug: &str,
    hash: &str,
    find: impl Future<Output = store::Result<Option<T>>>,
) -> Answer<Option<T>> {
    if let Some(found) = find.await? {
        return Ok(Some(found));
    }
    let missed = app.lookups.memory().miss(&caller.address, hash, app.store.now());
    match missed {
        Ok(()) => Ok(None),
        Err(block) => Err(guesses::blocked_lookup(app, caller, slug, block).await?),
    }
}

#[cfg(test)]
mod tests {
    use crate::entry::lookups::{DAY, MOST, Memory, PER_DAY, Recent};

    #[test]
    fn an_address_is_told_to_stop_after_so_many_in_any_24_hours_and_told_of_once() {
        let mut memory = Memory::default();
        for at in 0..PER_DAY {
            memory.take("a", i64::try_from(at).unwrap() * 1_000).unwrap();
        }
        let first = memory.take("a", DAY / 2).unwrap_err();
        assert!(first.begins && first.wait == DAY / 2);
        assert!(!memory.take("a", DAY / 2 + 1).unwrap_err().begins);
        memory.take("b", DAY / 2).unwrap();
        memory.take("a", DAY).unwrap();
        assert!(memory.take("a", DAY).is_err(), "one place was free and no more");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (mut recent, mut memory) = (Recent::default(), Memory::default());
        for at in 0..3 * MOST {
            recent.add(&at.to_string());
            memory.take(&at.to_string(), 0).unwrap();
        }
        assert!(recent.now.len() + recent.before.len() <= 2 * MOST && memory.addresses.len() <= MOST);
        assert!(recent.has(&(3 * MOST - 1).to_string()) && !recent.has("0"));
    }
}
