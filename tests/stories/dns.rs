//! What receivers look up about the senders is looked up by `yizhan check`, from a server of DNS that stands here.

use crate::cli::Cli;
use crate::relay::Relay;
use serde_json::Value;
use std::collections::HashMap;
use std::net::UdpSocket;

const MX: u16 = 15;
const TXT: u16 = 16;

/// What stands in the zone: the data of each record by name and kind.
type Zone = HashMap<(String, u16), Vec<Vec<u8>>>;

/// Answers from this zone until the story is over; its address.
fn serves(zone: Zone) -> String {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let mut question = [0; 4096];
        while let Ok((length, from)) = socket.recv_from(&mut question) {
            socket.send_to(&answer(&question[..length], &zone), from).unwrap();
        }
    });
    address
}

/// RFC 1035 §4.1: the question as it came, and the records behind it; NXDOMAIN where there are none.
fn answer(question: &[u8], zone: &Zone) -> Vec<u8> {
    let (mut at, mut labels) = (12, Vec::new());
    while question[at] > 0 {
        let end = at + 1 + usize::from(question[at]);
        labels.push(String::from_utf8(question[at + 1..end].to_vec()).unwrap().to_lowercase());
        at = end;
    }
    let kind = u16::from_be_bytes([question[at + 1], question[at + 2]]);
    let records = zone.get(&(labels.join("."), kind)).cloned().unwrap_or_default();
    let code = if records.is_empty() { 3 } else { 0 };
    let mut bytes =
        vec![question[0], question[1], 0x81, 0x80 | code, 0, 1, 0, u8::try_from(records.len()).unwrap(), 0, 0, 0, 0];
    bytes.extend(&question[12..at + 5]);
    for data in records {
        bytes.extend([0xc0, 12]);
        bytes.extend(kind.to_be_bytes());
        bytes.extend([0, 1, 0, 0, 0, 60]);
        bytes.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        bytes.extend(data);
    }
    bytes
}

fn text(value: &str) -> Vec<u8> {
    let strings = value.as_bytes().chunks(255);
    strings.flat_map(|string| [&[u8::try_from(string.len()).unwrap()], string].concat()).collect()
}

/// What a check finds in DNS: how each thing stands, and what is said of it.
fn findings(cli: &Cli, zone: Zone) -> Vec<(String, String)> {
    let ran = cli.run(&["check", "--resolver", &serves(zone)]);
    let seen = ran.json().remove(0);
    let dns = |finding: &&Value| finding["what"] == "DNS";
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let all = seen["findings"].as_array().unwrap().iter().filter(dns);
    all.map(|finding| (word(&finding["standing"]), format!("{}; {}", word(&finding["says"]), word(&finding["next"]))))
        .collect()
}

#[test]
fn a_check_looks_up_what_receivers_look_up() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    let key = cli.prints(&["dkim", "new", "harbour.example", "--selector", "k1"])["record"]["value"].clone();
    let other = cli.prints(&["dkim", "new", "other.example", "--selector", "k1"])["record"]["value"].clone();
    let key = key.as_str().unwrap();
    let zone = |key: &str| {
        Zone::from([
            (("harbour.example".into(), MX), vec![[&[0, 10][..], b"\x04mail\x07harbour\x07example\x00"].concat()]),
            (("harbour.example".into(), TXT), vec![text("site-verification=1"), text("v=spf1 ip4:203.0.113.5 -all")]),
            (("k1._domainkey.harbour.example".into(), TXT), vec![text(key)]),
            (("_dmarc.harbour.example".into(), TXT), vec![text("v=DMARC1; p=none")]),
        ])
    };
    // As other programs write the record.
    let found = findings(&cli, zone(&key.replace("; ", ";")));
    assert_eq!(found.iter().map(|(standing, _)| standing.as_str()).collect::<Vec<_>>(), ["well"], "{found:?}");
    assert!(found[0].1.contains("v=spf1 ip4:203.0.113.5 -all"), "{found:?}");

    let found = findings(&cli, zone(other.as_str().unwrap()));
    assert_eq!(found.iter().map(|(standing, _)| standing.as_str()).collect::<Vec<_>>(), ["well", "mend"]);
    assert!(found[1].1.contains("is not our key"), "{found:?}");

    let mut twice = zone(key);
    twice.get_mut(&("harbour.example".into(), TXT)).unwrap().push(text("v=spf1 -all"));
    let found = findings(&cli, twice);
    assert!(found[1].0 == "mend" && found[1].1.contains("2 SPF records"), "{found:?}");

    let found = findings(&cli, Zone::new());
    for (standing, says) in
        [("mend", "publish an MX record"), ("look", "v=spf1"), ("mend", "is not published"), ("look", "v=DMARC1")]
    {
        assert!(found.iter().any(|(stands, said)| stands == standing && said.contains(says)), "{says}: {found:?}");
    }
    assert_eq!(found.len(), 4);
}

#[test]
fn without_a_resolver_a_check_says_so_in_one_sentence_and_nothing_fails() {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    let seen = cli.prints(&["check", "--resolver", "127.0.0.1:1"]);
    let dns: Vec<_> = seen["findings"].as_array().unwrap().iter().filter(|finding| finding["what"] == "DNS").collect();
    assert_eq!((dns.len(), &dns[0]["standing"], &seen["well"]), (1, &"unknown".into(), &true.into()), "{seen}");
    assert!(dns[0]["says"].as_str().unwrap().contains("nobody answers here about harbour.example"), "{seen}");
}
