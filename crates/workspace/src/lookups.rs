//! Look-ups of secrets that are too long to guess (sessions, tokens, links): whoever shows many that are wrong is not
//! heard any more that day, before anything is looked up.
//!
//! Kept in memory, by each node for itself: with 256 random bits the count is there to stop floods and to make them
//! seen, and costs no query.

use std::collections::{HashMap, HashSet, VecDeque};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use access::Micros;
use store::attempts::Block;

use crate::guesses::{self, Caller};
use crate::{Answer, App};

const DAY: Micros = 86_400 * 1_000_000;
/// So many different wrong secrets are looked up in a day for one client address, or for one device that somebody
/// signed in on.
const PER_DAY: usize = 50;
/// So many secrets, and so many callers, are remembered.
const MOST: usize = 20_000;

/// What is remembered of look-ups.
#[derive(Clone, Default)]
pub struct Lookups(Arc<Mutex<Memory>>);

#[derive(Default)]
struct Memory {
    good: Recent,
    wrong: Recent,
    callers: HashMap<String, Misses>,
}

/// The wrong look-ups of one caller within the last day, and until when somebody was told that there are too many.
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

    fn remove(&mut self, hash: &str) {
        self.now.remove(hash);
        self.before.remove(hash);
    }
}

impl Memory {
    /// Counts a look-up, unless there were too many wrong ones.
    fn take(&mut self, caller: &str, now: Micros) -> Result<(), Block> {
        if self.callers.len() >= MOST && !self.callers.contains_key(caller) {
            self.callers.retain(|_, misses| misses.at.back().is_some_and(|last| last + DAY > now));
            if self.callers.len() >= MOST {
                self.callers.clear();
            }
        }
        let misses = self.callers.entry(caller.to_owned()).or_default();
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

    fn give_back(&mut self, caller: &str) {
        if let Some(misses) = self.callers.get_mut(caller) {
            misses.at.pop_back();
        }
    }
}

impl Lookups {
    /// Remembers a secret that was just made: it is good.
    pub fn made(&self, hash: &str) {
        self.memory().good.add(hash);
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks a secret up by its hash, unless its caller showed too many that were wrong. One that was good lately is always
/// looked up, and one that was wrong lately counts no second time: it is no new guess. `slug` is the workspace whose
/// audit log hears of it when a caller is first turned away; empty where the request names none.
pub async fn find<T>(
    app: &App,
    caller: &Caller,
    slug: &str,
    hash: &str,
    find: impl Future<Output = store::Result<Option<T>>>,
) -> Answer<Option<T>> {
    let seen = {
        let memory = app.lookups.memory();
        memory.good.has(hash) || memory.wrong.has(hash)
    };
    let counted = if seen { None } else { Some(counted_as(app, caller).await?) };
    if let Some(key) = &counted {
        let taken = app.lookups.memory().take(key, app.store.now());
        if let Err(block) = taken {
            return Err(guesses::blocked_lookup(app, caller, slug, block).await?);
        }
    }
    let found = find.await;
    let mut memory = app.lookups.memory();
    match &found {
        Ok(Some(_)) => memory.good.add(hash),
        Ok(None) => {
            memory.good.remove(hash);
            memory.wrong.add(hash);
        }
        Err(_) => {}
    }
    if let (Some(key), false) = (&counted, matches!(found, Ok(None))) {
        memory.give_back(key);
    }
    Ok(found?)
}

/// A device that somebody signed in on is counted by itself, so that it is not held up by strangers behind the same
/// address.
async fn counted_as(app: &App, caller: &Caller) -> Answer<String> {
    if let Some(device) = caller.device_hash()
        && app.store.knows_device(&device).await?
    {
        return Ok(format!("device {device}"));
    }
    Ok(format!("address {}", caller.address))
}

#[cfg(test)]
mod tests {
    use super::{DAY, MOST, Memory, PER_DAY, Recent};

    #[test]
    fn a_caller_is_turned_away_after_so_many_in_any_24_hours_and_told_of_once() {
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
        assert!(recent.now.len() + recent.before.len() <= 2 * MOST && memory.callers.len() <= MOST);
        assert!(recent.has(&(3 * MOST - 1).to_string()) && !recent.has("0"));
    }
}
