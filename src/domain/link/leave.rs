//! The token of a leave link. It names its letter, and so that it keeps its power in a database that has lost the letter
//! (docs/decisions/0015), also its reader, by a seal, and its publication. Tokens of letters from before that name
//! the letter only, and are good for ever too.

use super::{Keyring, MAC_BYTES, Use};
use crate::domain::address::Address;
use crate::domain::id::DeliveryId;
use crate::domain::journal::Seal;
use crate::domain::publication::Slug;
use data_encoding::BASE32_NOPAD;

/// What a leave link says of who may leave by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaver {
    /// The letter that it stood in.
    pub delivery: DeliveryId,
    /// The letter's reader and its publication; none where only the letter is named.
    pub named: Option<(Seal, Slug)>,
}

const LABEL: &[u8] = b"yizhan leave 2";
const NUMBER: usize = 8;
const SEAL: usize = 16;

impl Keyring {
    /// The token by which the reader of a letter leaves: lower-case base32, up to 119 characters.
    pub fn mint_leave(&self, delivery: DeliveryId, reader: &Address, publication: &Slug) -> String {
        let mut bytes = delivery.0.to_be_bytes().to_vec();
        bytes.extend_from_slice(&Seal::of_reader(self, reader).0);
        bytes.extend_from_slice(publication.as_str().as_bytes());
        let mac = self.mac(LABEL, &bytes);
        bytes.extend_from_slice(&mac);
        BASE32_NOPAD.encode(&bytes).to_ascii_lowercase()
    }

    /// Who may leave by a token, if we minted it for that.
    pub fn open_leave(&self, token: &str) -> Option<Leaver> {
        if let Some(delivery) = self.open(Use::Leave, token) {
            return Some(Leaver { delivery, named: None });
        }
        let bytes = BASE32_NOPAD.decode(token.to_ascii_uppercase().as_bytes()).ok()?;
        let (said, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC_BYTES)?)?;
        if !self.is_genuine(LABEL, said, mac) {
            return None;
        }
        let (number, said) = said.split_at_checked(NUMBER)?;
        let (seal, slug) = said.split_at_checked(SEAL)?;
        let delivery = DeliveryId(i64::from_be_bytes(number.try_into().ok()?));
        let named = (Seal(seal.try_into().ok()?), std::str::from_utf8(slug).ok()?.parse().ok()?);
        Some(Leaver { delivery, named: Some(named) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RING: Keyring = Keyring([7; 32]);

    fn minted() -> String {
        RING.mint_leave(DeliveryId(42), &"Anna@readers.example".parse().unwrap(), &"notes".parse().unwrap())
    }

    #[test]
    fn it_names_letter_reader_and_publication_and_shows_no_address() {
        let reader = Seal::of_reader(&RING, &"anna@readers.example".parse().unwrap());
        let leaver = Leaver { delivery: DeliveryId(42), named: Some((reader, "notes".parse().unwrap())) };
        assert_eq!(RING.open_leave(&minted()), Some(leaver));
        assert_eq!(Keyring([8; 32]).open_leave(&minted()), None);
        assert!(minted().len() < 70, "{}", minted());
    }

    #[test]
    fn one_from_before_names_its_letter() {
        let old = RING.mint(Use::Leave, DeliveryId(42));
        assert_eq!(RING.open_leave(&old), Some(Leaver { delivery: DeliveryId(42), named: None }));
        assert_eq!(RING.open_leave(&RING.mint(Use::Read, DeliveryId(42))), None);
    }

    #[test]
    fn one_with_any_character_changed_or_missing_opens_nothing_and_it_opens_for_nothing_else() {
        let token = minted();
        for at in 0..token.len() {
            let other = if &token[at..=at] == "a" { "b" } else { "a" };
            let changed = format!("{}{other}{}", &token[..at], &token[at + 1..]);
            assert_eq!(RING.open_leave(&changed), None, "changed at {at}");
            assert_eq!(RING.open_leave(&token[..at]), None, "cut at {at}");
        }
        for usage in [Use::MessageId, Use::Leave, Use::ReturnPath, Use::Read] {
            assert_eq!(RING.open(usage, &token), None, "{usage:?}");
        }
    }
}
