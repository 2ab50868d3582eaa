//! First floor: foreign bytes become our nouns. Pure: no files, no clock, no store.

mod archive;
pub mod document;
mod encoding;
pub mod letter;
pub mod roster;

/// Whether an old container holds a locked document: the name of its one stream, in UTF-16 ([MS-OFFCRYPTO] 2.3).
fn is_locked(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.windows(name.len()).any(|window| window == name)
}
