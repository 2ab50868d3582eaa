//! Password: long enough to be one, and kept as an Argon2id hash (RFC 9106). Hashing takes a tenth of a second and
//! 19 MiB on purpose: whoever calls does it off the threads that answer.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};

/// A password as somebody typed it.
#[derive(Clone)]
pub struct Password(String);

/// The fewest characters of one that is chosen (NIST SP 800-63B asks for 8; nothing else is asked of it).
pub const SHORTEST: usize = 10;

/// The most that is read of one: longer ones are a way to keep a server busy.
const LONGEST: usize = 256;

/// The hash of nobody's password: what is typed for an address without an account is measured against it, so that
/// the answer takes as long as for one with.
pub const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$\
    3v9Qh9b2XyvFGd0fJYTZrQ8bLQkRj3hA0mXGxq0m1kQ";

/// Why a password cannot be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weak {
    /// Fewer than [`SHORTEST`] characters.
    Short,
    /// More than anyone types.
    Long,
    /// One character over and over, or the account's own address.
    Obvious,
}

impl Password {
    /// One that is tried: whatever was typed.
    pub fn typed(text: &str) -> Self {
        Self(text.chars().take(LONGEST).collect())
    }

    /// One that is chosen for the account with this address.
    ///
    /// # Errors
    /// [`Weak`] when it is too easily guessed.
    pub fn chosen(text: &str, email: &str) -> Result<Self, Weak> {
        let count = text.chars().count();
        let mut characters = text.chars();
        let first = characters.next();
        match count {
            _ if count > LONGEST => Err(Weak::Long),
            _ if count < SHORTEST => Err(Weak::Short),
            _ if characters.all(|c| Some(c) == first) || text.eq_ignore_ascii_case(email) => Err(Weak::Obvious),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// Its hash in PHC form, made with this salt.
    pub fn hash(&self, salt: &[u8; 16]) -> String {
        let hashed: Result<PasswordHash, _> = argon2().hash_password_with_salt(self.0.as_bytes(), salt);
        hashed.expect("a salt of 16 bytes and the default parameters are lawful").to_string()
    }

    /// Whether it is the one that a hash was made of.
    pub fn is(&self, hash: &str) -> bool {
        PasswordHash::new(hash).is_ok_and(|hash| argon2().verify_password(self.0.as_bytes(), &hash).is_ok())
    }
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_by_its_hash_alone() {
        let password = Password::chosen("正确的马电池钉书针正确", "a@x.example").unwrap();
        let hash = password.hash(&[3; 16]);
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(Password::typed("正确的马电池钉书针正确").is(&hash));
        for wrong in ["正确的马电池钉书针正", "", "正确的马电池钉书针正确 "] {
            assert!(!Password::typed(wrong).is(&hash), "{wrong}");
        }
        assert!(!password.is("no hash"));
    }

    #[test]
    fn nobodys_hash_costs_as_much_as_anybodys() {
        let of = |hash: &str| PasswordHash::new(hash).map(|hash| (hash.algorithm, hash.version, hash.params)).unwrap();
        assert_eq!(of(NOBODYS), of(&Password::typed("any").hash(&[1; 16])));
    }

    #[test]
    fn an_easily_guessed_password_is_not_chosen() {
        for (text, weak) in [
            ("short", Weak::Short),
            ("aaaaaaaaaaaa", Weak::Obvious),
            ("Anna@office.example", Weak::Obvious),
            (&"x1".repeat(200), Weak::Long),
        ] {
            assert_eq!(Password::chosen(text, "anna@office.example").unwrap_err(), weak, "{text}");
        }
    }
}
