//! Key: a DKIM key with the name it is published under, and the DNS record that publishes it. Read
//! from PEM as openssl, opendkim-genkey and `yizhan dkim new` write it.

use aws_lc_rs::digest::Digest;
use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use data_encoding::BASE64;
use std::fmt;
use std::str::FromStr;

/// What stands between selector and domain (RFC 6376 §3.6.2.1).
const NAMESPACE: &str = "._domainkey.";

/// Where a key is published: `SELECTOR._domainkey.DOMAIN`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyName {
    selector: String,
    domain: String,
}

/// Why a text names no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoKeyName {
    /// It is not `SELECTOR._domainkey.DOMAIN`.
    #[error("is not of the form SELECTOR._domainkey.DOMAIN")]
    Form,
    /// The selector is not one or more DNS labels.
    #[error("has a selector that is not made of letters, digits and hyphens")]
    Selector,
    /// The domain is not one that DNS can hold.
    #[error("has a domain that cannot exist")]
    Domain,
}

impl KeyName {
    /// The key `selector` of a domain, which may be written in letters of any script.
    ///
    /// # Errors
    /// [`NoKeyName::Selector`], [`NoKeyName::Domain`].
    pub fn new(selector: &str, domain: &str) -> Result<Self, NoKeyName> {
        let domain = idna::domain_to_ascii(domain).map_err(|_| NoKeyName::Domain)?;
        if !domain.contains('.') || !is_labels(&domain) {
            return Err(NoKeyName::Domain);
        }
        // RFC 1035 §2.3.4 gives a whole name 255 octets, two of them unseen.
        if !is_labels(selector) || selector.len() + NAMESPACE.len() + domain.len() > 253 {
            return Err(NoKeyName::Selector);
        }
        Ok(Self { selector: selector.to_ascii_lowercase(), domain })
    }

    /// The selector (`s=`).
    pub fn selector(&self) -> &str {
        &self.selector
    }

    /// The domain that signs (`d=`), lower-case, in A-labels.
    pub fn domain(&self) -> &str {
        &self.domain
    }
}

fn is_labels(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.split('.').all(is_label)
}

impl FromStr for KeyName {
    type Err = NoKeyName;

    fn from_str(text: &str) -> Result<Self, NoKeyName> {
        let (selector, domain) = text.split_once(NAMESPACE).ok_or(NoKeyName::Form)?;
        Self::new(selector, domain)
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{NAMESPACE}{}", self.selector, self.domain)
    }
}

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// RSA over SHA-256, which every receiver knows.
    Rsa,
    /// Ed25519 over SHA-256 (RFC 8463), beside an RSA signature.
    Ed25519,
}

impl Algorithm {
    /// As a signature names it (`a=`).
    pub fn tag(self) -> &'static str {
        match self {
            Self::Rsa => "rsa-sha256",
            Self::Ed25519 => "ed25519-sha256",
        }
    }

    /// As a DNS record names it (`k=`).
    pub fn word(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Ed25519 => "ed25519",
        }
    }
}

/// Why a file is no key of ours. Says nothing of what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// No private key in PEM stands in it.
    #[error("holds no private key in PEM; a key with a password is not read either")]
    NotPem,
    /// Neither RSA of a size that is still safe nor Ed25519.
    #[error("is neither an RSA key of 2048 to 8192 bits nor an Ed25519 key")]
    Kind,
}

/// A private key and its name.
pub struct SigningKey {
    name: KeyName,
    secret: Secret,
}

enum Secret {
    Rsa(RsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl SigningKey {
    /// Reads a private key: PKCS#8 (`PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`).
    ///
    /// # Errors
    /// [`Unusable`].
    pub fn read(name: KeyName, pem: &str) -> Result<Self, Unusable> {
        let secret = match (decoded(pem, "PRIVATE KEY"), decoded(pem, "RSA PRIVATE KEY")) {
            (Some(der), _) => RsaKeyPair::from_pkcs8(&der)
                .map(Secret::Rsa)
                .or_else(|_| Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).map(Secret::Ed25519)),
            (None, Some(der)) => RsaKeyPair::from_der(&der).map(Secret::Rsa),
            (None, None) => return Err(Unusable::NotPem),
        };
        Ok(Self { name, secret: secret.map_err(|_| Unusable::Kind)? })
    }

    /// Where its public half is published.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// How it signs.
    pub fn algorithm(&self) -> Algorithm {
        match self.secret {
            Secret::Rsa(_) => Algorithm::Rsa,
            Secret::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    /// The TXT record that publishes it (RFC 6376 §3.6.1; RFC 8463 §4 for Ed25519: the bare 32 octets).
    pub fn record(&self) -> String {
        let public = match &self.secret {
            Secret::Rsa(pair) => {
                let der: PublicKeyX509Der<'_> = pair.public_key().as_der().expect("a key that was read can be written");
                BASE64.encode(der.as_ref())
            }
            Secret::Ed25519(pair) => BASE64.encode(pair.public_key().as_ref()),
        };
        format!("v=DKIM1; k={}; p={public}", self.algorithm().word())
    }

    /// Its signature of a SHA-256 digest; Ed25519 signs the digest itself (RFC 8463 §3).
    pub fn sign(&self, digest: &Digest) -> Vec<u8> {
        match &self.secret {
            Secret::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign_digest(&RSA_PKCS1_SHA256, digest, &mut signature)
                    .expect("an RSA key of 2048 bits or more signs any SHA-256 digest");
                signature
            }
            Secret::Ed25519(pair) => pair.sign(digest.as_ref()).as_ref().to_vec(),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.name)
    }
}

/// What stands between the lines that begin and end a PEM block of this kind (RFC 7468).
fn decoded(pem: &str, kind: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once(&format!("-----BEGIN {kind}-----"))?;
    let (base64, _) = rest.split_once(&format!("-----END {kind}-----"))?;
    let base64: String = base64.split_ascii_whitespace().collect();
    BASE64.decode(base64.as_bytes()).ok()
}
