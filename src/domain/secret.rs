//! Secret: what lets its bearer in: the cookie of a session, the link of an invitation. Its text is shown once;
//! only its digest is kept, so that whoever reads the database cannot become anybody.

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};

/// 256 bits of chance.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Secret {
    /// The secret made of bytes that nobody can guess.
    pub fn of(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What its bearer carries: lower-case base32, 52 characters.
    pub fn text(&self) -> String {
        BASE32_NOPAD.encode(&self.0).to_ascii_lowercase()
    }

    /// What is kept of it: its SHA-256.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

impl std::str::FromStr for Secret {
    type Err = NoSecret;

    /// # Errors
    /// When the text is not one of ours in form.
    fn from_str(text: &str) -> Result<Self, NoSecret> {
        let bytes = BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).map_err(|_| NoSecret)?;
        bytes.try_into().map(Self).map_err(|_| NoSecret)
    }
}

/// A text that is no secret of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no secret of ours")]
pub struct NoSecret;

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_comes_back_from_its_text_and_nothing_else_does() {
        let secret = Secret::of([7; 32]);
        assert_eq!(secret.text().parse(), Ok(secret.clone()));
        assert_eq!(secret.text().len(), 52);
        for text in ["", "a", &"a".repeat(51), &"1".repeat(52), "你好"] {
            assert_eq!(text.parse::<Secret>(), Err(NoSecret), "{text:?}");
        }
        assert_ne!(secret.digest(), Secret::of([8; 32]).digest());
    }
}
