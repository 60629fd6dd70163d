//! Secrets: passwords as argon2id hashes, tokens as 256 random bits whose SHA-256 is kept.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use access::text;
use argon2::password_hash::{PasswordHash, SaltString};
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use rand::Rng as _;
use rand::distr::Alphanumeric;
use sha2::{Digest as _, Sha256};
use store::Intent;
use tokio::sync::Semaphore;

use crate::kernel::refusal::{Code, Refusal};

/// So many hashes of a lane at once: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;
/// So many of a lane are under way or wait for their turn, a second or so; whoever comes then is told to come again.
const PLACES: usize = 60;
/// So many of those for one address, or for one workspace among those who are known.
const PLACES_EACH: usize = 20;
/// So many of those for the strangers of one workspace: others have theirs beside a flood.
const PLACES_OF_STRANGERS: usize = 40;

/// Whose turn it is. Each kind has a lane of its own, so that no flood of one keeps the others out.
#[derive(Debug, Clone, Copy)]
pub enum Turn<'a> {
    /// Somebody unknown at a workspace, by the address that they are counted by.
    Stranger(i64, &'a str),
    /// Somebody of a workspace, on a device that they signed in on before.
    Known(i64),
    /// Somebody of a workspace who is signed in; 0 for whoever runs the machine.
    SignedIn(i64),
}

impl Turn<'_> {
    /// The shares of its lane that it takes a place of, each with the most that it may have.
    fn shares(self) -> Vec<(String, usize)> {
        let mut shares = match self {
            Turn::Stranger(workspace, address) => {
                vec![
                    (format!("address {address}"), PLACES_EACH),
                    (format!("{workspace}"), PLACES_OF_STRANGERS),
                ]
            }
            Turn::Known(workspace) | Turn::SignedIn(workspace) => vec![(format!("{workspace}"), PLACES_EACH)],
        };
        shares.push(("all".to_owned(), PLACES));
        shares
    }
}

/// Hashes and checks passwords off the async threads, a few at a time.
#[derive(Clone, Default)]
pub struct Passwords {
    strangers: Arc<Lane>,
    known: Arc<Lane>,
    signed_in: Arc<Lane>,
    checked: Arc<AtomicU64>,
}

/// The checks of one kind of people.
struct Lane {
    gate: Semaphore,
    /// How many places each address and workspace has taken.
    taken: Mutex<HashMap<String, usize>>,
}

impl Default for Lane {
    fn default() -> Lane {
        Lane { gate: Semaphore::new(AT_ONCE), taken: Mutex::default() }
    }
}

/// A place in a lane, until it is dropped.
struct Place {
    lane: Arc<Lane>,
    shares: Vec<String>,
}

impl Lane {
    fn taken(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// A place out of the shares of whoever asks, each with the most that it may have; none where one of them is taken.
    fn of(lane: &Arc<Lane>, shares: &[(String, usize)]) -> Option<Place> {
        let mut taken = lane.taken();
        let has_room =
            |(share, most): &(String, usize)| taken.get(share).copied().unwrap_or_default() < *most;
        if !shares.iter().all(has_room) {
            return None;
        }
        let shares: Vec<String> = shares.iter().map(|(share, _)| share.clone()).collect();
        for share in &shares {
            *taken.entry(share.clone()).or_default() += 1;
        }
        drop(taken);
        Some(Place { lane: lane.clone(), shares })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.lane.taken();
        for share in &self.shares {
            if let Some(own) = taken.get_mut(share) {
                *own -= 1;
            }
        }
        taken.retain(|_, own| *own > 0);
    }
}

impl Passwords {
    /// The argon2id hash of a password, in PHC form.
    pub async fn hash(&self, password: &str, turn: Turn<'_>) -> Result<String, Refusal> {
        let password = password.to_owned();
        self.run(turn, move || {
            let salt = random_bytes::<16>();
            let salt = SaltString::encode_b64(&salt).map_err(|_| Refusal::new(Code::Internal))?;
            let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
            hash.map(|h| h.to_string()).map_err(|_| Refusal::new(Code::Internal))
        })
        .await
    }

    /// The same for what may be only tried, which keeps no hash and so costs none.
    pub async fn hash_unless_tried(
        &self,
        password: &str,
        turn: Turn<'_>,
        intent: Intent,
    ) -> Result<String, Refusal> {
        if intent == Intent::Try { Ok(NOBODY.to_owned()) } else { self.hash(password, turn).await }
    }

    /// Whether a password is the one that was hashed. With no hash, the same work is done and the answer is no,
    /// so that the time taken does not tell who has an account.
    pub async fn check(&self, password: &str, hash: Option<&str>, turn: Turn<'_>) -> Result<bool, Refusal> {
        self.checked.fetch_add(1, Ordering::Relaxed);
        let (password, known) = (password.to_owned(), hash.is_some());
        let hash = hash.unwrap_or(NOBODY).to_owned();
        self.run(turn, move || {
            let hash = PasswordHash::new(&hash).map_err(|_| Refusal::new(Code::Internal))?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && known)
        })
        .await
    }

    /// How many passwords and PINs were checked since the start.
    pub fn checked(&self) -> u64 {
        self.checked.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(
        &self,
        turn: Turn<'_>,
        work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let busy = || {
            let message = text!("Too many people sign in at this moment. Try again in a few seconds.");
            Refusal { retry_after: Some(2_000_000), ..Refusal::because(Code::Busy, message) }
        };
        let lane = match turn {
            Turn::Stranger(..) => &self.strangers,
            Turn::Known(_) => &self.known,
            Turn::SignedIn(_) => &self.signed_in,
        };
        let _place = Place::of(lane, &turn.shares()).ok_or_else(busy)?;
        let _turn = lane.gate.acquire().await.map_err(|_| Refusal::new(Code::Unavailable))?;
        tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::new(Code::Internal))?
    }
}

/// A hash with the default parameters that no password has been found for: random bits.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$cmluZ2ZlbmNlLW5vYm9keQ$\
                      q2n4mV0dC6m3o0m0Yd2m1xkq6s8m0r1N0r7v1m2J3kA";

/// A new token: a prefix that says what it is (secret scanners look for such), and 256 random bits.
pub fn new_token(prefix: &str) -> String {
    format!("{prefix}_{}", hex::encode(random_bytes::<32>()))
}

/// A new secret of a device: 128 random bits.
pub fn new_device() -> String {
    hex::encode(random_bytes::<16>())
}

/// What is kept of a token. Tokens have too many bits to guess, so a plain hash is enough.
pub fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// A temporary password for people to type: 20 letters and digits in four groups, 119 bits.
pub fn new_password() -> String {
    let letters: Vec<char> = rand::rng().sample_iter(&Alphanumeric).take(20).map(char::from).collect();
    let groups: Vec<String> = letters.chunks(5).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::{PLACES, PLACES_EACH, PLACES_OF_STRANGERS, Passwords, Place, Turn};

    #[test]
    fn no_flood_takes_the_places_of_others() {
        let passwords = Passwords::default();
        let place = |workspace: i64, address: usize| {
            let address = address.to_string();
            Place::of(&passwords.strangers, &Turn::Stranger(workspace, &address).shares())
        };
        let one: Vec<Place> = (0..2 * PLACES_EACH).filter_map(|_| place(1, 1)).collect();
        assert_eq!(one.len(), PLACES_EACH, "one address");
        let many: Vec<Place> = (2..1_000).filter_map(|address| place(1, address)).collect();
        assert_eq!(one.len() + many.len(), PLACES_OF_STRANGERS, "many addresses at one workspace");
        let others: Vec<Place> = (2..1_000).filter_map(|address| place(2, address)).collect();
        assert_eq!(one.len() + many.len() + others.len(), PLACES, "others have theirs");
        assert!(Place::of(&passwords.known, &Turn::Known(1).shares()).is_some(), "and so have known devices");
        drop((one, many, others));
        assert!(place(1, 1).is_some() && passwords.strangers.taken().is_empty());
    }
}
