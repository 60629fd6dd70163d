//! Secrets: passwords as argon2id hashes, tokens as 256 random bits whose SHA-256 is kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use access::text;
use argon2::password_hash::{PasswordHash, SaltString};
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use rand::Rng as _;
use rand::distr::Alphanumeric;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use crate::kernel::refusal::{Code, Refusal};

/// So many hashes at once: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;
/// So many more wait for their turn, a second or so; whoever comes then is told to come again.
const WAITING: usize = 60;

/// Hashes and checks passwords off the async threads, a few at a time.
#[derive(Clone)]
pub struct Passwords {
    gate: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    checked: Arc<AtomicU64>,
}

impl Default for Passwords {
    fn default() -> Self {
        Passwords {
            gate: Arc::new(Semaphore::new(AT_ONCE)),
            queue: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            checked: Arc::default(),
        }
    }
}

impl Passwords {
    /// The argon2id hash of a password, in PHC form.
    pub async fn hash(&self, password: &str) -> Result<String, Refusal> {
        let password = password.to_owned();
        self.run(move || {
            let salt = random_bytes::<16>();
            let salt = SaltString::encode_b64(&salt).map_err(|_| Refusal::new(Code::Internal))?;
            let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
            hash.map(|h| h.to_string()).map_err(|_| Refusal::new(Code::Internal))
        })
        .await
    }

    /// Whether a password is the one that was hashed. With no hash, the same work is done and the answer is no,
    /// so that the time taken does not tell who has an account.
    pub async fn check(&self, password: &str, hash: Option<&str>) -> Result<bool, Refusal> {
        self.checked.fetch_add(1, Ordering::Relaxed);
        let (password, known) = (password.to_owned(), hash.is_some());
        let hash = hash.unwrap_or(NOBODY).to_owned();
        self.run(move || {
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
        work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let busy = || {
            let message = text!("Too many people sign in at this moment. Try again in a few seconds.");
            Refusal { retry_after: Some(2_000_000), ..Refusal::because(Code::Busy, message) }
        };
        let _place = self.queue.try_acquire().map_err(|_| busy())?;
        let _turn = self.gate.acquire().await.map_err(|_| Refusal::new(Code::Unavailable))?;
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
