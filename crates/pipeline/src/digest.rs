//! SHA-256 digests in hex, by which messages and objects are told apart.

use sha2::{Digest as _, Sha256};

/// A digest in the making.
#[derive(Clone, Default)]
pub(crate) struct Digest(Sha256);

impl Digest {
    /// Adds a piece with its length, so that no two lists of pieces are alike.
    pub(crate) fn piece(mut self, octets: &[u8]) -> Self {
        self.0.update((octets.len() as u64).to_be_bytes());
        self.0.update(octets);
        self
    }

    /// Adds octets as they are.
    pub(crate) fn octets(&mut self, octets: &[u8]) {
        self.0.update(octets);
    }

    /// The digest: 64 hex digits.
    pub(crate) fn hex(self) -> String {
        self.0
            .finalize()
            .iter()
            .map(|octet| format!("{octet:02x}"))
            .collect()
    }
}
