//! Certificate: for whom a certificate is and until when, read from its DER (RFC 5280 §4.1). For people to look at
//! only: whether it is to be trusted, rustls decides.

use crate::domain::moment::Moment;
use chrono::NaiveDateTime;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What people want to know of a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Certificate {
    /// The names and addresses that it is for.
    pub(super) names: Vec<String>,
    /// When it ends.
    pub(super) until: Option<Moment>,
}

const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const EXPLICIT_VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const DNS_NAME: u8 = 0x82;
const IP_ADDRESS: u8 = 0x87;
/// `subjectAltName`, 2.5.29.17, as an object identifier.
const ALTERNATIVE_NAMES: [u8; 5] = [0x06, 0x03, 0x55, 0x1d, 0x11];

/// Reads one; what cannot be read is left out.
pub(super) fn read(der: &[u8]) -> Certificate {
    inner(der).unwrap_or_default()
}

fn inner(der: &[u8]) -> Option<Certificate> {
    let (_, whole) = element(&mut &*der)?;
    let (_, mut signed) = element(&mut &*whole)?;
    if signed.first() == Some(&EXPLICIT_VERSION) {
        element(&mut signed)?;
    }
    // Serial number, algorithm, issuer.
    for _ in 0..3 {
        element(&mut signed)?;
    }
    let (_, mut validity) = element(&mut signed)?;
    element(&mut validity)?;
    let until = element(&mut validity).and_then(|(tag, text)| time(tag, text));
    let mut names = Vec::new();
    while let Some((tag, body)) = element(&mut signed) {
        if tag == EXTENSIONS {
            names = alternative_names(body).unwrap_or_default();
        }
    }
    Some(Certificate { names, until })
}

fn alternative_names(extensions: &[u8]) -> Option<Vec<String>> {
    let (_, mut list) = element(&mut &*extensions)?;
    while let Some((SEQUENCE, extension)) = element(&mut list) {
        let Some(mut rest) = extension.strip_prefix(&ALTERNATIVE_NAMES) else { continue };
        // An octet string, after a mark of being critical where there is one.
        let mut value = None;
        while let Some((_, body)) = element(&mut rest) {
            value = Some(body);
        }
        let (_, mut names) = element(&mut value?)?;
        let all = std::iter::from_fn(|| element(&mut names));
        return Some(all.filter_map(|(tag, body)| name(tag, body)).collect());
    }
    None
}

fn name(tag: u8, body: &[u8]) -> Option<String> {
    match tag {
        DNS_NAME => std::str::from_utf8(body).ok().map(str::to_owned),
        IP_ADDRESS => {
            let four = <[u8; 4]>::try_from(body).map(|bytes| IpAddr::from(Ipv4Addr::from(bytes)));
            let sixteen = <[u8; 16]>::try_from(body).map(|bytes| IpAddr::from(Ipv6Addr::from(bytes)));
            four.or(sixteen).ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

/// RFC 5280 §4.1.2.5: two digits of a year from 50 on are of the last century.
fn time(tag: u8, text: &[u8]) -> Option<Moment> {
    let text = std::str::from_utf8(text).ok()?;
    let whole = match tag {
        UTC_TIME if text.get(..2)? >= "50" => format!("19{text}"),
        UTC_TIME => format!("20{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let read = NaiveDateTime::parse_from_str(&whole, "%Y%m%d%H%M%SZ").ok()?;
    Some(Moment(read.and_utc().timestamp_millis()))
}

/// Takes the next element: its tag and its body.
fn element<'a>(rest: &mut &'a [u8]) -> Option<(u8, &'a [u8])> {
    let (&tag, after) = rest.split_first()?;
    let (&first, after) = after.split_first()?;
    let (length, after) = if first < 0x80 {
        (usize::from(first), after)
    } else {
        let (digits, after) =
            after.split_at_checked(usize::from(first & 0x7f)).filter(|(digits, _)| digits.len() <= 4)?;
        (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), after)
    };
    let (body, after) = after.split_at_checked(length)?;
    *rest = after;
    Some((tag, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_says_for_whom_it_is_and_until_when() {
        let mut params =
            rcgen::CertificateParams::new(vec!["mail.example.cn".to_owned(), "192.0.2.7".to_owned()]).expect("names");
        for (year, millis) in [(2027, 1_798_761_600_000), (2070, 3_155_760_000_000)] {
            params.not_after = rcgen::date_time_ymd(year, 1, 1);
            let key = rcgen::KeyPair::generate().expect("a key");
            let certificate = params.self_signed(&key).expect("a certificate");
            let read = read(certificate.der());
            assert_eq!(read.names, ["mail.example.cn", "192.0.2.7"]);
            assert_eq!(read.until, Some(Moment(millis)));
        }
    }

    #[test]
    fn what_is_no_certificate_says_nothing() {
        for bytes in [&b""[..], b"\x30", b"\x30\x84\xff\xff\xff\xff", b"\x30\x03\x30\x01\x00", b"no certificate"] {
            assert_eq!(read(bytes), Certificate::default());
        }
    }
}
