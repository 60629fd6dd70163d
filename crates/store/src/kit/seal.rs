//! The server's key: a copy of the database without it gives away no link and no PIN.

use chacha20poly1305::aead::{Aead as _, AeadCore as _, KeyInit as _, OsRng, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest as _, Sha256};

/// The nonce's length: 192 bits, enough to be drawn at random each time.
const NONCE: usize = 24;

/// 256 random bits that are kept beside the database, never in it. Every node has the same.
#[derive(Clone)]
pub struct SealKey([u8; 32]);

/// Without the key.
impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealKey")
    }
}

impl SealKey {
    /// A new one.
    pub fn generate() -> SealKey {
        SealKey(XChaCha20Poly1305::generate_key(&mut OsRng).into())
    }

    /// The key that was written down as 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<SealKey> {
        let mut key = [0; 32];
        hex::decode_to_slice(text, &mut key).ok()?;
        Some(SealKey(key))
    }

    /// The key, to be written down.
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    /// What tells this key from another and gives nothing of it away.
    pub(crate) fn digest(&self) -> String {
        hex::encode(Sha256::new().chain_update("ringfence key").chain_update(self.0).finalize())
    }

    /// Seals a secret for one place (XChaCha20-Poly1305): moved to another one it cannot be opened.
    pub(crate) fn seal(&self, place: &str, secret: &str) -> Option<String> {
        let nonce = XChaCha20Poly1305::generate_nonce(&mut OsRng);
        let payload = Payload { msg: secret.as_bytes(), aad: place.as_bytes() };
        let sealed = self.cipher().encrypt(&nonce, payload).ok()?;
        Some(hex::encode(nonce) + &hex::encode(sealed))
    }

    /// The secret that was sealed for a place; none where it was altered, moved, or sealed with another key.
    pub(crate) fn open(&self, place: &str, sealed: &str) -> Option<String> {
        let bytes = hex::decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        String::from_utf8(self.cipher().decrypt(XNonce::from_slice(nonce), payload).ok()?).ok()
    }

    /// What stands for a PIN before it is hashed as passwords are: so few digits could be tried out one after the
    /// other by whoever has the hash, and cannot without the key.
    pub fn keyed(&self, pin: &str) -> String {
        // The inner hash has a fixed length and is of its own kind, so that this key is used for nothing else.
        let key = Sha256::new().chain_update("ringfence pin").chain_update(self.0).finalize();
        hex::encode(Sha256::new().chain_update(key).chain_update(pin).finalize())
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }
}

#[cfg(test)]
mod tests {
    use crate::kit::seal::SealKey;

    #[test]
    fn what_is_sealed_is_opened_by_its_key_in_its_place_alone() {
        let (key, other) = (SealKey::generate(), SealKey::generate());
        let sealed = key.seal("mail 1 7", "/reset/rfr_1").unwrap();
        assert_eq!(key.open("mail 1 7", &sealed).as_deref(), Some("/reset/rfr_1"));
        assert_ne!(key.seal("mail 1 7", "/reset/rfr_1").unwrap(), sealed, "each nonce is its own");
        assert_eq!(key.open("mail 1 8", &sealed), None);
        assert_eq!(other.open("mail 1 7", &sealed), None);
        assert_eq!(key.open("mail 1 7", "00ff"), None);
        let again = SealKey::from_hex(&key.to_hex()).unwrap();
        assert!(again.open("mail 1 7", &sealed).is_some() && again.keyed("7391") == key.keyed("7391"));
        assert_ne!(other.keyed("7391"), key.keyed("7391"));
        assert!(SealKey::from_hex("").is_none() && SealKey::from_hex(&"g".repeat(64)).is_none());
    }
}
