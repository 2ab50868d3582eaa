//! Link: how a delivery's number travels outside the house: never bare, always with a MAC. The
//! Message-ID, the links to leave and to read and (later) the return path are all made here.

mod leave;

pub use leave::Leaver;

use super::address::Address;
use super::delivery::LeaveLinks;
use super::edition::Letterhead;
use super::id::DeliveryId;
use super::relay::ReturnPath;
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The secret that tokens are made with; kept in the database, so that a backup keeps old links alive.
#[derive(Clone)]
pub struct Keyring(pub [u8; 32]);

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyring(secret)")
    }
}

/// What a token is good for; a token of one use never opens another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Names a letter.
    MessageId,
    /// Leaves the lists: in letters from before tokens named their reader ([`Keyring::mint_leave`]).
    Leave,
    /// Is where returned mail goes.
    ReturnPath,
    /// Shows the letter on a page.
    Read,
}

impl Use {
    fn label(self) -> &'static [u8] {
        match self {
            Self::MessageId => b"yizhan message-id 1",
            Self::Leave => b"yizhan leave 1",
            Self::ReturnPath => b"yizhan return-path 1",
            Self::Read => b"yizhan read 1",
        }
    }
}

/// 80 bits: a forger who tries a million times a second needs ten billion years.
const MAC_BYTES: usize = 10;

impl Keyring {
    /// The token of a delivery for one use: lower-case base32, 29 characters.
    pub fn mint(&self, usage: Use, delivery: DeliveryId) -> String {
        let mut bytes = delivery.0.to_be_bytes().to_vec();
        let mac = self.mac(usage.label(), &bytes);
        bytes.extend_from_slice(&mac);
        BASE32_NOPAD.encode(&bytes).to_ascii_lowercase()
    }

    /// The delivery that a token names, if we minted it for this use.
    pub fn open(&self, usage: Use, token: &str) -> Option<DeliveryId> {
        let bytes = BASE32_NOPAD.decode(token.to_ascii_uppercase().as_bytes()).ok()?;
        let (id, mac) = bytes.split_at_checked(8)?;
        let delivery = DeliveryId(i64::from_be_bytes(id.try_into().ok()?));
        self.is_genuine(usage.label(), id, mac).then_some(delivery)
    }

    /// The Message-ID of a delivery, without angle brackets, under the sender's domain.
    pub fn message_id(&self, delivery: DeliveryId, from: &Address) -> String {
        format!("{}@{}", self.mint(Use::MessageId, delivery), from.domain())
    }

    /// What stands in `MAIL FROM`: with VERP `b+TOKEN@` the domain that returned mail goes to (local part < 64
    /// octets, RFC 5321 §4.5.3.1.1).
    pub fn return_path(&self, delivery: DeliveryId, from: &Address, how: &ReturnPath) -> Address {
        match how {
            ReturnPath::Sender => from.clone(),
            ReturnPath::Account(address) => address.clone(),
            ReturnPath::Verp(domain) => {
                let made = format!("b+{}@{domain}", self.mint(Use::ReturnPath, delivery));
                made.parse().unwrap_or_else(|_| from.clone())
            }
        }
    }

    /// The ways to leave that a letter to this reader offers. `base_url` has no slash at its end.
    pub fn leave_links(
        &self,
        delivery: DeliveryId,
        reader: &Address,
        letterhead: &Letterhead,
        base_url: Option<&str>,
    ) -> LeaveLinks {
        let (from, slug) = (&letterhead.from.address, &letterhead.slug);
        let token = self.mint_leave(delivery, reader, slug);
        LeaveLinks {
            mailto: format!("mailto:{from}?subject=leave%20{slug}%20{token}"),
            page: base_url.map(|base| format!("{base}/leave/{token}")),
        }
    }

    /// Where a delivery's letter can be read on a page. `base_url` has no slash at its end.
    pub fn read_page(&self, delivery: DeliveryId, base_url: &str) -> String {
        format!("{base_url}/read/{}", self.mint(Use::Read, delivery))
    }

    fn mac(&self, label: &[u8], what: &[u8]) -> [u8; MAC_BYTES] {
        let full = self.hmac(label, what).finalize().into_bytes();
        let mut mac = [0; MAC_BYTES];
        mac.copy_from_slice(&full[..MAC_BYTES]);
        mac
    }

    fn is_genuine(&self, label: &[u8], what: &[u8], mac: &[u8]) -> bool {
        mac.len() == MAC_BYTES && self.hmac(label, what).verify_truncated_left(mac).is_ok()
    }

    fn hmac(&self, label: &[u8], what: &[u8]) -> Hmac<Sha256> {
        let mut hmac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        hmac.update(label);
        hmac.update(what);
        hmac
    }
}

#[cfg(test)]
pub(crate) mod forger;

#[cfg(test)]
mod tests {
    use super::forger::Forger;
    use super::*;

    const RING: Keyring = Keyring([7; 32]);

    #[test]
    fn a_token_opens_only_for_the_use_it_was_minted_for() {
        let token = RING.mint(Use::Leave, DeliveryId(42));
        assert_eq!(RING.open(Use::Leave, &token), Some(DeliveryId(42)));
        assert_eq!(RING.open(Use::MessageId, &token), None);
        assert_eq!(Keyring([8; 32]).open(Use::Leave, &token), None);
    }

    #[test]
    fn a_token_with_any_character_changed_or_missing_opens_nothing() {
        let token = RING.mint(Use::Leave, DeliveryId(42));
        for at in 0..token.len() {
            let other = if &token[at..=at] == "a" { "b" } else { "a" };
            let changed = format!("{}{other}{}", &token[..at], &token[at + 1..]);
            assert_eq!(RING.open(Use::Leave, &changed), None, "changed at {at}");
            assert_eq!(RING.open(Use::Leave, &token[..at]), None, "cut at {at}");
        }
    }

    /// `cargo xtask prove leaving` asks for a million.
    #[test]
    #[expect(clippy::print_stdout, reason = "a proof shows its figures")]
    fn nothing_that_a_forger_makes_opens() {
        let asked = std::env::var("YIZHAN_FORGERIES").ok();
        let count = asked.map_or(50_000, |count| count.parse().unwrap());
        let mut forger = Forger::new(&RING, 300);
        for nth in 0..count {
            let forged = forger.forges();
            for usage in [Use::MessageId, Use::Leave, Use::Read] {
                let genuine = forger.is_genuine(usage, &forged);
                let opens = match usage {
                    Use::Leave => RING.open_leave(&forged).is_some(),
                    Use::MessageId | Use::ReturnPath | Use::Read => RING.open(usage, &forged).is_some(),
                };
                assert_eq!(opens, genuine, "{nth}: {forged:?} as {usage:?}");
            }
        }
        println!("{count} forged tokens, for each of three uses: none opened");
    }
}
