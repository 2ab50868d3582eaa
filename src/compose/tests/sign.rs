//! Signatures: letters signed with DKIM, judged by a plain verifier that knows nothing of how they are
//! prepared (RFC 6376 §6.1.3), itself held to the signature that RFC 8463 publishes.

use super::fixture::{parcel, print};
use crate::compose::Stationery;
use crate::compose::sign::{Algorithm, KeyName, NoKeyName, SigningKey, Unusable};
use crate::domain::delivery::Parcel;
use crate::domain::id::EditionId;
use crate::domain::language::Language;
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use data_encoding::BASE64;
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use std::sync::{Arc, LazyLock};

const PAGE: Option<&str> = Some("https://bulletin.example.cn/leave/abc");

/// The Ed25519 key of RFC 8463 A.2, and one of RSA.
static KEYS: LazyLock<Vec<Arc<SigningKey>>> = LazyLock::new(|| {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
    let der: Pkcs8V1Der<'_> = pair.as_der().expect("the key as DER");
    vec![key("r1._domainkey.bulletin.example.cn", der.as_ref()), published("brisbane._domainkey.bulletin.example.cn")]
});

fn key(name: &str, der: &[u8]) -> Arc<SigningKey> {
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", BASE64.encode(der));
    Arc::new(SigningKey::read(name.parse().expect("a key's name"), &pem).expect("a key"))
}

fn published(name: &str) -> Arc<SigningKey> {
    // PKCS#8 for Ed25519 (RFC 8410 §7), before the 32 octets of the key.
    const PKCS8: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    let seed = BASE64.decode(b"nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=").expect("base64");
    key(name, &[&PKCS8[..], &seed].concat())
}

fn letter(keys: &[Arc<SigningKey>], parcel: &Parcel) -> String {
    let print = print(Language::Chinese);
    let stationery = Stationery::new(&print, EditionId(5), &print.digest()).expect("fit to send").signed_with(keys);
    let mut out = Vec::new();
    stationery.letter(parcel, &mut out).expect("fit pieces");
    String::from_utf8(out).expect("ASCII")
}

#[test]
fn a_signature_is_the_golden_one() {
    let signed = letter(&[published("brisbane._domainkey.bulletin.example.cn")], &parcel("李涛 <li@example.cn>", PAGE));
    let (signature, _) = signed.split_once("\r\nTo: ").expect("the signature stands first");
    insta::assert_snapshot!("signature", signature.replace("\r\n", "\n"));
}

#[test]
fn the_verifier_agrees_with_rfc_8463() {
    let letter = RFC_8463.replace('\n', "\r\n");
    let keys = [published("brisbane._domainkey.football.example.com")];
    assert_eq!(keys[0].record(), "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
    assert_eq!(verdicts(&letter, &keys), [true]);
    assert_eq!(verdicts(&letter.replace("dinner", "supper"), &keys), [false]);
    assert_eq!(verdicts(&letter.replace("hungry", "angry"), &keys), [false]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_letter_verifies_and_no_changed_byte_of_it_does(
        local in "[a-zA-Z0-9&'+_-]{1,64}",
        token in proptest::option::of("[a-z0-9]{1,200}"),
        name in proptest::option::of("[一-龥a-z \"]{1,30}"),
        at in any::<prop::sample::Index>(),
    ) {
        let page = token.map(|token| format!("https://bulletin.example.cn/leave/{token}"));
        let mut parcel = parcel(&format!("{local}@example.cn"), page.as_deref());
        parcel.to.name = name;
        let signed = letter(&KEYS, &parcel);
        prop_assert_eq!(verdicts(&signed, &KEYS), [true, true]);
        prop_assert_eq!(&signed, &letter(&KEYS, &parcel), "a second try has the same bytes");
        prop_assert!(signed.ends_with(&letter(&[], &parcel)), "signing changes nothing of the letter");
        prop_assert!(signed.lines().all(|line| line.len() <= 998 && !line.starts_with('.')));

        let body = signed.find("\r\n\r\n").expect("a body") + 4;
        let at = body + at.index(signed.len() - body - 2);
        let other = if &signed[at..=at] == "x" { "y" } else { "x" };
        let changed = format!("{}{other}{}", &signed[..at], &signed[at + 1..]);
        prop_assert_eq!(verdicts(&changed, &KEYS), [false, false]);
    }
}

#[test]
fn every_header_is_signed_but_two_and_none_can_be_added() {
    let signed = letter(&KEYS, &parcel("李涛 <li@example.cn>", PAGE));
    let (headers, _) = signed.split_once("\r\n\r\n").expect("a body");
    for field in fields(headers).iter().filter(|field| name(field) != "dkim-signature") {
        let (changed, doubled) = (field.replacen(": ", ": x", 1), format!("{field}\r\n{field}"));
        let is_free = ["precedence", "content-language"].contains(&name(field).as_str());
        for other in [changed, doubled] {
            let other = signed.replacen(field.as_str(), &other, 1);
            assert_eq!(verdicts(&other, &KEYS), [is_free, is_free], "{field}");
        }
    }
}

#[test]
fn a_letter_without_one_click_lets_nobody_add_it() {
    let signed = letter(&KEYS, &parcel("li@example.cn", None));
    assert_eq!(verdicts(&signed, &KEYS), [true, true]);
    let other = signed.replacen("List-Id:", "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nList-Id:", 1);
    assert_eq!(verdicts(&other, &KEYS), [false, false]);
}

#[test]
fn only_keys_of_the_senders_own_domain_sign() {
    for (name, signs) in [
        ("k._domainkey.bulletin.example.cn", true),
        ("K._domainkey.Bulletin.Example.CN", true),
        ("k._domainkey.example.cn", false),
        ("k._domainkey.other.bulletin.example.cn", false),
    ] {
        let signed = letter(&[published(name)], &parcel("li@example.cn", None));
        assert_eq!(signed.starts_with("DKIM-Signature:"), signs, "{name}");
    }
}

#[test]
fn a_key_is_named_as_dns_names_it() {
    let long = format!("{}.cn", ["a"; 125].join("."));
    for (name, why) in [
        ("s1._domainkey.example.cn", None),
        ("a.b._domainkey.example.cn", None),
        ("s1.example.cn", Some(NoKeyName::Form)),
        ("._domainkey.example.cn", Some(NoKeyName::Selector)),
        ("-s._domainkey.example.cn", Some(NoKeyName::Selector)),
        ("s_1._domainkey.example.cn", Some(NoKeyName::Selector)),
        ("s1._domainkey.localhost", Some(NoKeyName::Domain)),
        ("s1._domainkey.a..cn", Some(NoKeyName::Domain)),
        ("s1._domainkey.../etc", Some(NoKeyName::Domain)),
        (&format!("s1._domainkey.{long}"), Some(NoKeyName::Selector)),
    ] {
        assert_eq!(name.parse::<KeyName>().err(), why, "{name}");
    }
    let name = KeyName::new("s1", "例子.cn").expect("a domain in Chinese");
    assert_eq!(name.to_string(), "s1._domainkey.xn--fsqu00a.cn");
}

#[test]
fn what_is_no_private_key_is_refused() {
    let read = |pem: &str| SigningKey::read("s._domainkey.example.cn".parse().expect("a name"), pem).err();
    assert_eq!(read(""), Some(Unusable::NotPem));
    assert_eq!(read("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"), Some(Unusable::NotPem));
    assert_eq!(read("-----BEGIN PRIVATE KEY-----\n刊\n-----END PRIVATE KEY-----\n"), Some(Unusable::NotPem));
    assert_eq!(read("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"), Some(Unusable::Kind));
    assert_eq!(read("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n"), Some(Unusable::Kind));
}

/// Whether each signature holds on a letter of this stationery, signed with every key.
pub(super) fn verdicts_of(stationery: impl Fn() -> Stationery) -> Vec<bool> {
    let signing = stationery().signed_with(&KEYS);
    let mut out = Vec::new();
    signing.letter(&parcel("li@example.cn", PAGE), &mut out).expect("fit pieces");
    verdicts(&String::from_utf8(out).expect("ASCII"), &KEYS)
}

/// Whether each signature of a letter holds, in the letter's order.
fn verdicts(letter: &str, keys: &[Arc<SigningKey>]) -> Vec<bool> {
    let (headers, body) = letter.split_once("\r\n\r\n").expect("a body");
    let fields = fields(headers);
    fields
        .iter()
        .filter(|field| name(field) == "dkim-signature")
        .map(|field| holds(field, &fields, body, keys))
        .collect()
}

fn holds(signature: &str, fields: &[String], body: &str, keys: &[Arc<SigningKey>]) -> bool {
    let tag = |tag: &str| {
        let (_, value) = signature.split_once(':').expect("a field");
        let mut tags = value.split(';').filter_map(|part| part.trim().split_once('='));
        let (_, value) = tags.find(|(name, _)| *name == tag).expect(tag);
        value.split_ascii_whitespace().collect::<String>()
    };
    let mut left: Vec<_> = fields.to_vec();
    let mut signed = String::new();
    for wanted in tag("h").split(':') {
        // From below, each once; a name without a field adds nothing (RFC 6376 §5.4.2).
        if let Some(at) = left.iter().rposition(|field| name(field) == wanted) {
            signed += &format!("{}\r\n", relaxed_field(&left.remove(at)));
        }
    }
    let (unsigned, _) = signature.rsplit_once("b=").expect("b= stands last");
    signed += &relaxed_field(&format!("{unsigned}b="));
    let digest = Sha256::digest(&signed);
    let name = format!("{}._domainkey.{}", tag("s"), tag("d"));
    let key = keys.iter().find(|key| key.name().to_string() == name).expect("a published key");
    assert_eq!(tag("a"), key.algorithm().tag());
    let public = BASE64.decode(key.record().rsplit_once("p=").expect("p=").1.as_bytes()).expect("base64");
    let value = BASE64.decode(tag("b").as_bytes()).expect("base64");
    let is_signed = match key.algorithm() {
        Algorithm::Rsa => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public).verify(signed.as_bytes(), &value),
        Algorithm::Ed25519 => UnparsedPublicKey::new(&ED25519, public).verify(&digest, &value),
    };
    is_signed.is_ok() && BASE64.encode(&Sha256::digest(relaxed_body(body))) == tag("bh")
}

/// The fields of a header block, folded as they are.
fn fields(headers: &str) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for line in headers.split("\r\n") {
        match fields.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => *last += &format!("\r\n{line}"),
            _ => fields.push(line.to_owned()),
        }
    }
    fields
}

fn name(field: &str) -> String {
    field.split(':').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// RFC 6376 §3.4.2, step by step.
fn relaxed_field(field: &str) -> String {
    let value = field.split_once(':').expect("a field").1.replace("\r\n", "");
    format!("{}:{}", name(field), one_space(&value).trim())
}

/// RFC 6376 §3.4.4, step by step.
fn relaxed_body(body: &str) -> String {
    let lines: Vec<_> = body.split("\r\n").map(|line| one_space(line).trim_end().to_owned()).collect();
    let text = lines.join("\r\n");
    let text = text.trim_end_matches("\r\n");
    if text.is_empty() { String::new() } else { format!("{text}\r\n") }
}

fn one_space(text: &str) -> String {
    let mut out = text.replace('\t', " ");
    while out.contains("  ") {
        out = out.replace("  ", " ");
    }
    out
}

/// RFC 8463 A.3, with the Ed25519 signature.
const RFC_8463: &str = "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
";
