//! The bodies of requests that are being read into memory: never more than a share for each caller, nor than all of them
//! together, however many connections and streams they come by.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acts::{Code, Refusal};

/// So many bytes are held for all callers together.
const MOST: usize = 256 << 20;

/// So many of one caller: somebody, or an address.
const EACH: usize = 8 << 20;

/// The bodies that are held at present.
#[derive(Clone, Default)]
pub struct Bodies(Arc<Mutex<Held>>);

#[derive(Default)]
struct Held {
    all: usize,
    by: HashMap<String, usize>,
}

/// Room for one body, until it is dropped.
pub struct Room {
    bodies: Bodies,
    caller: String,
    bytes: usize,
}

impl Bodies {
    /// Room for a body of at most so many bytes; a refusal where the caller, or everybody together, holds too many.
    pub fn room(&self, caller: &str, bytes: usize) -> Result<Room, Refusal> {
        let mut held = self.held();
        let own = held.by.get(caller).copied().unwrap_or_default();
        if held.all + bytes > MOST || own + bytes > EACH {
            let message = "Too much is being sent at this moment. Wait a moment and try again.";
            let refusal = Refusal::because(Code::Busy, message);
            return Err(Refusal { retry_after: Some(2_000_000), ..refusal });
        }
        held.all += bytes;
        *held.by.entry(caller.to_owned()).or_default() += bytes;
        Ok(Room { bodies: self.clone(), caller: caller.to_owned(), bytes })
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut held = self.bodies.held();
        held.all -= self.bytes;
        if let Some(own) = held.by.get_mut(&self.caller) {
            *own -= self.bytes;
            if *own == 0 {
                held.by.remove(&self.caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bodies, EACH, MOST, Room};

    #[test]
    fn neither_one_caller_nor_many_hold_more_than_there_is_room_for() {
        let bodies = Bodies::default();
        let take = |caller: &str| bodies.room(caller, 1 << 20);
        let one: Vec<Room> = (0..100).filter_map(|_| take("one").ok()).collect();
        assert_eq!(one.len(), EACH >> 20);
        let many: Vec<Room> = (0..1_000).filter_map(|n| take(&n.to_string()).ok()).collect();
        assert_eq!(one.len() + many.len(), MOST >> 20);
        drop((one, many));
        assert!(take("one").is_ok());
        assert!(bodies.held().by.is_empty() && bodies.held().all == 0);
    }
}
