//! Asset: bytes under their digest, so that the same bytes are kept once: documents, the pictures in them, and what is
//! attached to an issue. Plain values; `store::asset` keeps them.

use super::document::Digest;
use std::collections::BTreeMap;

/// Bytes in hand, by their digests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assets(BTreeMap<Digest, Vec<u8>>);

impl Assets {
    /// Takes bytes in, once.
    pub fn keep(&mut self, bytes: Vec<u8>) -> Digest {
        let digest = Digest::of(&bytes);
        self.0.entry(digest).or_insert(bytes);
        digest
    }

    /// The bytes with this digest.
    pub fn get(&self, digest: &Digest) -> Option<&[u8]> {
        self.0.get(digest).map(Vec::as_slice)
    }

    /// All of them, each once.
    pub fn all(&self) -> impl Iterator<Item = &[u8]> {
        self.0.values().map(Vec::as_slice)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them together, in bytes.
    pub fn size(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }
}
