//! Forger: who tries to make a link, for the tests: from genuine ones, in every way that costs nothing. The same
//! forger makes the same forgeries.

use super::{Keyring, Use};
use crate::domain::id::DeliveryId;
use std::collections::HashMap;

const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";

/// How many characters of a token hold the delivery's number, the last of them in part.
const NUMBER: usize = 13;

pub(crate) struct Forger {
    genuine: HashMap<String, Use>,
    known: Vec<String>,
    chance: u64,
}

impl Forger {
    /// A forger who has seen every link of the first deliveries.
    pub(crate) fn new(keyring: &Keyring, deliveries: i64) -> Self {
        let uses = [Use::MessageId, Use::Leave, Use::Read];
        let mint = |id| uses.map(|usage| (keyring.mint(usage, DeliveryId(id)), usage));
        let old: Vec<_> = (1..=deliveries).flat_map(mint).collect();
        let leave = |id| {
            let reader = format!("reader{id}@y.example").parse().unwrap();
            (keyring.mint_leave(DeliveryId(id), &reader, &"brief".parse().unwrap()), Use::Leave)
        };
        let seen: Vec<_> = (1..=deliveries).map(leave).chain(old).collect();
        let known = seen.iter().map(|(token, _)| token.clone()).collect();
        Self { genuine: seen.into_iter().collect(), known, chance: 0x9e37_79b9_7f4a_7c15 }
    }

    /// Whether it is one of the links seen, in whatever case, and for this use: such a one opens rightly.
    pub(crate) fn is_genuine(&self, usage: Use, token: &str) -> bool {
        self.genuine.get(&token.to_ascii_lowercase()) == Some(&usage)
    }

    /// The next try.
    pub(crate) fn forges(&mut self) -> String {
        let (mut token, other) = (self.pick().into_bytes(), self.pick());
        let at = self.below(token.len());
        match self.below(10) {
            0 => (0..=self.below(4)).for_each(|_| {
                let at = self.below(token.len());
                token[at] = self.letter();
            }),
            1 => token.swap(at, (at + 1) % 29),
            2 => drop(token.remove(at)),
            3 => token.insert(at, self.letter()),
            4 => token.truncate(at),
            5 => token.fill_with(|| self.letter()),
            // The number of one and the seal of another.
            6 => token.splice(..NUMBER, other.bytes().take(NUMBER)).for_each(drop),
            7 => token.extend(other.bytes()),
            // One of another use, as it is.
            8 => token.make_ascii_uppercase(),
            _ => token[at] = u8::try_from(self.below(128)).unwrap(),
        }
        String::from_utf8(token).unwrap()
    }

    fn pick(&mut self) -> String {
        let at = self.below(self.known.len());
        self.known[at].clone()
    }

    fn letter(&mut self) -> u8 {
        LETTERS[self.below(LETTERS.len())]
    }

    /// Xorshift64: any sequence that is the same each time will do.
    fn below(&mut self, bound: usize) -> usize {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        usize::try_from(self.chance % bound as u64).unwrap()
    }
}
