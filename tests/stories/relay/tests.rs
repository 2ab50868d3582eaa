//! The relay tried by itself, with dialogues written by hand.

use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const LETTER: &str = "Message-ID:\r\n <k3@x.cn>\r\n\r\n..hi\r\n";

/// Everything the relay says to one flight, until it closes or the client has said QUIT.
async fn hears(relay: &Relay, flight: &str) -> String {
    let mut client = TcpStream::connect(relay.address()).await.unwrap();
    client.write_all(flight.as_bytes()).await.unwrap();
    let mut heard = Vec::new();
    // A connection that is cut may end with a reset; what was said before it still counts.
    let _ = client.read_to_end(&mut heard).await;
    String::from_utf8(heard).unwrap()
}

fn dialogue(rcpt: &str) -> String {
    format!("EHLO t\r\nMAIL FROM:<a@x.cn>\r\nRCPT TO:<{rcpt}>\r\nDATA\r\n{LETTER}.\r\nQUIT\r\n")
}

fn codes(heard: &str) -> Vec<&str> {
    heard.lines().filter(|line| line.as_bytes().get(3) == Some(&b' ')).map(|line| &line[..3]).collect()
}

#[tokio::test]
async fn it_accepts_and_records_what_it_was_not_told_to_refuse() {
    let relay = Relay::start();
    assert!(relay.url().starts_with("smtp://127.0.0.1:"));
    let heard = hears(&relay, &dialogue("b@y.cn")).await;
    assert_eq!(codes(&heard), ["220", "250", "250", "250", "354", "250", "221"]);
    relay.waits_for(1).await;
    let [taken] = &relay.record()[..] else { panic!("one letter") };
    assert_eq!((taken.rcpt.as_str(), taken.message_id.as_str(), taken.nth), ("b@y.cn", "k3@x.cn", 1));
    assert_eq!(&*taken.letter, b"Message-ID:\r\n <k3@x.cn>\r\n\r\n.hi\r\n");
    assert_eq!((relay.tries("b@y.cn"), relay.tries("c@y.cn"), relay.connections()), (1, 0, 1));
}

#[tokio::test]
async fn it_misbehaves_as_told_and_records_only_what_it_took() {
    let temporary = "451 4.7.1 later".to_owned();
    let unknown = "550 5.1.1 unknown".to_owned();
    for (behaviour, said, accepted) in [
        (Behaviour::Answer(Stage::Rcpt, unknown.clone()), "220 250 250 550 554 500 500 500 500 500 221", 0),
        (Behaviour::Answer(Stage::Dot, temporary), "220 250 250 250 354 451 221", 0),
        (Behaviour::Answer(Stage::Dot, "421 4.3.2 closing".into()), "220 250 250 250 354 421", 0),
        (Behaviour::Answer(Stage::Dot, "200 strange".into()), "220 250 250 250 354 200 221", 1),
        (Behaviour::CloseAt(Stage::Rcpt), "220 250 250", 0),
        (Behaviour::CloseAt(Stage::Dot), "220 250 250 250 354", 0),
        (Behaviour::CloseAfterDot, "220 250 250 250 354", 1),
        (Behaviour::CloseBeforeDot, "220 250 250 250 354", 0),
        (Behaviour::AcceptAndGarble("250-half".into()), "220 250 250 250 354", 1),
        (Behaviour::EarlyReply, "220 250 250 250 354 250 554 221", 0),
        (Behaviour::RefuseButTakeData(unknown), "220 250 250 550 354 554 221", 0),
    ] {
        let relay = Relay::start();
        let told = behaviour.clone();
        relay.will(move |_, _| told.clone());
        let heard = hears(&relay, &dialogue("b@y.cn")).await;
        assert_eq!(codes(&heard).join(" "), said, "{behaviour:?}");
        assert_eq!(relay.record().len(), accepted, "{behaviour:?}");
    }
}

#[tokio::test]
async fn a_client_that_dies_before_its_dot_leaves_nothing_on_the_record() {
    let relay = Relay::start();
    let flight = dialogue("b@y.cn");
    let dot = flight.find("\r\n.\r\n").unwrap();
    for cut in [4, flight.find("DATA").unwrap(), dot, dot + 4] {
        let mut client = TcpStream::connect(relay.address()).await.unwrap();
        client.write_all(&flight.as_bytes()[..cut]).await.unwrap();
    }
    hears(&relay, &dialogue("c@y.cn")).await;
    let record: Vec<_> = relay.record().into_iter().map(|taken| taken.rcpt).collect();
    assert_eq!(record, ["c@y.cn"]);
}

#[tokio::test]
async fn a_script_may_depend_on_the_recipient_and_on_how_often_it_was_tried() {
    let relay = Relay::start();
    relay.will(|rcpt, nth| match (rcpt, nth) {
        ("slow@y.cn", 1..=2) => Behaviour::Answer(Stage::Dot, "451 4.7.1 later".into()),
        _ => Behaviour::Accept,
    });
    for rcpt in ["slow@y.cn", "b@y.cn", "slow@y.cn", "slow@y.cn"] {
        hears(&relay, &dialogue(rcpt)).await;
    }
    let record: Vec<_> = relay.record().into_iter().map(|taken| (taken.rcpt, taken.nth)).collect();
    assert_eq!(record, [("b@y.cn".to_owned(), 1), ("slow@y.cn".to_owned(), 3)]);
}

#[tokio::test]
async fn a_script_may_turn_whole_connections_away() {
    let relay = Relay::start();
    relay.will_at_connection(|nth| match nth {
        1 => Behaviour::Answer(Stage::Greeting, "421 4.3.2 busy".into()),
        2 => Behaviour::CloseAt(Stage::Ehlo),
        3 => Behaviour::Answer(Stage::Mail, "550 5.7.1 not you".into()),
        _ => Behaviour::Accept,
    });
    let mut said = Vec::new();
    for _ in 0..4 {
        said.push(codes(&hears(&relay, &dialogue("b@y.cn")).await)[..].join(" "));
    }
    assert!(said[0].starts_with("421") && said[1] == "220" && said[2].starts_with("220 250 550"), "{said:?}");
    assert_eq!(said[3], "220 250 250 250 354 250 221");
    assert_eq!(relay.connections(), 4);
}

#[tokio::test]
async fn what_is_held_goes_on_when_it_is_released_and_was_taken_before() {
    let relay = Relay::start();
    relay.will(|_, _| Behaviour::HeldAt(Stage::Dot));
    let told = async {
        relay.waits_for_stalled(1).await;
        assert_eq!(relay.record().len(), 1);
        relay.releases();
    };
    let flight = dialogue("b@y.cn");
    let (heard, ()) = tokio::join!(hears(&relay, &flight), told);
    assert_eq!(codes(&heard).last(), Some(&"221"));
}

#[tokio::test]
async fn a_relay_that_is_down_refuses_and_comes_back_on_the_same_port() {
    let relay = Relay::start();
    relay.will(|_, _| Behaviour::SilentAt(Stage::Dot));
    let flight = dialogue("b@y.cn");
    let cut = async {
        relay.waits_for_stalled(1).await;
        relay.down().await;
    };
    let (heard, ()) = tokio::join!(hears(&relay, &flight), cut);
    assert_eq!(codes(&heard).last(), Some(&"354"));
    let refused = TcpStream::connect(relay.address()).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    relay.up();
    relay.will(|_, _| Behaviour::Accept);
    relay.forgets_letters();
    hears(&relay, &flight).await;
    assert_eq!(relay.record().len(), 1);
    assert!(relay.record()[0].letter.is_empty());
}

#[tokio::test]
async fn a_client_that_breaks_the_protocol_is_noted() {
    let relay = Relay::start();
    relay.without_pipelining();
    let flight = dialogue("b@y.cn").replace("..hi", &format!("bare\n{}", "x".repeat(999)));
    assert!(!hears(&relay, &flight).await.contains("PIPELINING"));
    let violations = relay.violations().join("\n");
    for expected in ["PIPELINING was not offered", "without waiting for 354", "bare CR or LF", "998 octets"] {
        assert!(violations.contains(expected), "{expected:?} in {violations}");
    }
}
