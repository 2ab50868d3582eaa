//! Address: where a letter can be brought. An [`Address`] that exists is one that SMTP accepts:
//! ASCII local part, domain in lower-case A-labels. Cleaning what people type is intake's work.

use lettre::address::Address as Checked;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A mail address, checked (RFC 5321 §4.1.2) and ready for an envelope.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    text: String,
    at: usize,
}

/// Why a text is no address we can write to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAddress {
    /// It does not have the form `local@domain`.
    #[error("is not of the form name@domain")]
    Form,
    /// The part before the @ has letters outside ASCII, which most providers refuse.
    #[error("has letters before the @ that mail servers refuse")]
    LocalPart,
    /// The domain is not one that DNS can hold.
    #[error("has a domain that cannot exist")]
    Domain,
    /// Longer than RFC 5321 §4.5.3.1 allows (64 octets before the @, 254 in all).
    #[error("is longer than a mail address may be")]
    TooLong,
}

impl Address {
    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The part before the @, as written.
    pub fn local_part(&self) -> &str {
        &self.text[..self.at]
    }

    /// The domain, lower-case, in A-labels.
    pub fn domain(&self) -> &str {
        &self.text[self.at + 1..]
    }

    /// The address as strangers may see it: `l***@example.cn`.
    pub fn masked(&self) -> String {
        let first: String = self.local_part().chars().take(1).collect();
        format!("{first}***@{}", self.domain())
    }

    /// What two spellings of one mailbox share: the address in lower case. It identifies a
    /// subscriber and a suppression.
    pub fn key(&self) -> String {
        self.text.to_ascii_lowercase()
    }

    /// The lane its letters travel on: the provider behind the domain (DELIVERY.md §4).
    pub fn lane(&self) -> &str {
        lane_of(self.domain())
    }
}

/// The lane of a domain in lower case: the provider behind it.
pub fn lane_of(domain: &str) -> &str {
    match domain {
        "qq.com" | "foxmail.com" | "vip.qq.com" => "qq.com",
        "163.com" | "126.com" | "yeah.net" | "vip.163.com" | "vip.126.com" | "188.com" => "163.com",
        other => other,
    }
}

impl FromStr for Address {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (local, domain) = text.trim().rsplit_once('@').ok_or(NoAddress::Form)?;
        if !local.is_ascii() {
            return Err(NoAddress::LocalPart);
        }
        let domain = idna::domain_to_ascii(domain).map_err(|_| NoAddress::Domain)?;
        if !domain.contains('.') && domain != "localhost" {
            return Err(NoAddress::Domain);
        }
        let text = format!("{local}@{domain}");
        if local.len() > 64 || text.len() > 254 {
            return Err(NoAddress::TooLong);
        }
        Checked::new(local, &domain).map_err(|_| NoAddress::Form)?;
        Ok(Self { at: local.len(), text })
    }
}

impl TryFrom<String> for Address {
    type Error = NoAddress;

    fn try_from(text: String) -> Result<Self, NoAddress> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.text
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// An address with the name it goes by: `李涛 <li@example.cn>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    /// The display name, when there is one. No control characters.
    pub name: Option<String>,
    /// The address.
    pub address: Address,
}

impl FromStr for Mailbox {
    type Err = NoAddress;

    /// Reads `NAME <ADDRESS>`, `"NAME" <ADDRESS>` or a bare address.
    fn from_str(text: &str) -> Result<Self, NoAddress> {
        let text = text.trim();
        let Some((name, rest)) = text.rsplit_once('<') else {
            return Ok(Self { name: None, address: text.parse()? });
        };
        let address = rest.strip_suffix('>').ok_or(NoAddress::Form)?.parse()?;
        let name = name.trim().trim_matches('"').trim();
        if name.chars().any(char::is_control) {
            return Err(NoAddress::Form);
        }
        Ok(Self { name: (!name.is_empty()).then(|| name.to_owned()), address })
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.address),
            None => self.address.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_address_shows_a_letter_and_the_provider() {
        for (address, masked) in [("Li.Tao@Example.cn", "L***@example.cn"), ("a@b.cn", "a***@b.cn")] {
            assert_eq!(address.parse::<Address>().unwrap().masked(), masked);
        }
    }

    #[test]
    fn an_address_is_kept_as_written_but_for_its_domain() {
        let address: Address = " Li.Tao@Example.CN ".parse().expect("well formed");
        assert_eq!(address.as_str(), "Li.Tao@example.cn");
        assert_eq!(address.key(), "li.tao@example.cn");
        assert_eq!((address.local_part(), address.domain()), ("Li.Tao", "example.cn"));
    }

    #[test]
    fn what_smtp_would_refuse_is_no_address() {
        for (text, why) in [
            ("nobody", NoAddress::Form),
            ("李@example.cn", NoAddress::LocalPart),
            ("a@", NoAddress::Domain),
            ("a@office", NoAddress::Domain),
            ("a b@example.cn", NoAddress::Form),
            ("a@b@example.cn", NoAddress::Form),
            ("a\r\nRCPT@example.cn", NoAddress::Form),
        ] {
            assert_eq!(text.parse::<Address>(), Err(why), "{text:?}");
        }
    }

    #[test]
    fn one_provider_is_one_lane() {
        for (address, lane) in [("a@foxmail.com", "qq.com"), ("a@yeah.net", "163.com"), ("a@gov.cn", "gov.cn")] {
            assert_eq!(address.parse::<Address>().expect("well formed").lane(), lane);
        }
    }
}
