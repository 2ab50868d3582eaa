//! Carry against a relay over real loopback TCP, and a desk whose other side is in the test's hands.

use super::*;
use crate::compose::Stationery;
use crate::courier::desk::Request;
use crate::courier::session::{Deadlines, Security};
use crate::domain::attempt::{Break, Scope, Verdict};
use crate::domain::delivery::{Leave, LeaveLinks, Outcome, Parcel, Past, Permit, Turn};
use crate::domain::edition::{Letterhead, Page, Print};
use crate::domain::id::{DeliveryId, DispatchId, EditionId};
use crate::domain::language::Language;
use crate::domain::moment::Moment;
use crate::domain::rulebook::Rulebook;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// A relay that takes one connection and does what `answer` says to each line of ours (to a text:
/// "."). It answers a flight as a flight. What it heard can be asked for at the end.
struct Relay {
    link: Link,
    heard: JoinHandle<Vec<String>>,
}

enum Does {
    Says(&'static str),
    HangsUp,
}
use Does::{HangsUp, Says};

fn friendly(line: &str) -> Does {
    match line.split(' ').next() {
        Some("EHLO") => Says("250-relay\r\n250 PIPELINING\r\n"),
        Some("DATA") => Says("354 go\r\n"),
        Some("QUIT") => Says("221 bye\r\n"),
        Some("hello") => Says("220 relay\r\n"),
        _ => Says("250 ok\r\n"),
    }
}

impl Relay {
    async fn open(answer: impl FnMut(&str) -> Does + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let link = link(listener.local_addr().expect("bound").port());
        let heard = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.expect("a caller");
            converse(stream, answer).await
        });
        Self { link, heard }
    }

    async fn heard(self) -> Vec<String> {
        self.heard.await.expect("the relay does not panic")
    }
}

async fn converse(mut stream: TcpStream, mut answer: impl FnMut(&str) -> Does) -> Vec<String> {
    let (from, mut to) = stream.split();
    let mut from = BufReader::new(from);
    let (mut heard, mut text, mut said) = (Vec::new(), false, Vec::new());
    let mut line = "hello".to_owned();
    loop {
        heard.push(line.clone());
        if !text || line == "." {
            match answer(&line) {
                Says(reply) => said.extend_from_slice(reply.as_bytes()),
                HangsUp => {
                    let _ = to.write_all(&said).await;
                    return heard;
                }
            }
            text = !text && said.ends_with(b"354 go\r\n");
        }
        if from.buffer().is_empty() {
            let _ = to.write_all(&said).await;
            said.clear();
        }
        line.clear();
        if from.read_line(&mut line).await.unwrap_or(0) == 0 {
            return heard;
        }
        line.truncate(line.trim_end().len());
    }
}

fn link(port: u16) -> Link {
    Link {
        name: "relay".to_owned(),
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::default(),
        trust: None,
        ehlo_name: "station.example".to_owned(),
        deadlines: Deadlines::default(),
        lane: None,
        letters_per_connection: 100,
        rulebook: Arc::new(Rulebook::built_in()),
    }
}

fn parcel(number: i64) -> Parcel {
    Parcel {
        delivery: DeliveryId(number),
        dispatch: Some(DispatchId(7)),
        edition: Some(EditionId(1)),
        to: format!("r{number}@reader.example").parse().expect("well formed"),
        return_path: "news@press.example".parse().expect("well formed"),
        message_id: format!("{number}@press.example"),
        dated: Moment(0),
        leave: Some(LeaveLinks { page: None, mailto: "mailto:news@press.example".to_owned() }),
        read: None,
        past: Past::default(),
        before: Vec::new(),
    }
}

fn stationery() -> Arc<Stationery> {
    let letterhead = Letterhead {
        slug: "press".parse().expect("lawful"),
        name: "The Press".to_owned(),
        from: "news@press.example".parse().expect("well formed"),
        reply_to: None,
        language: Language::English,
        zone: chrono_tz::UTC,
    };
    let page = || Page::cut(&"A line of text.\n".repeat(200));
    let print = Print {
        letterhead,
        subject: "An issue".to_owned(),
        html: page(),
        text: page(),
        pictures: Vec::new(),
        attachments: Vec::new(),
        whole: None,
    };
    Arc::new(Stationery::new(&print, EditionId(1), &print.digest()).expect("fit for SMTP"))
}

/// The other side of the desk: hands out the parcels 1 to `letters` and grants every ask but those
/// in `refused`. Ends with every turn it saw.
fn book(mut requests: mpsc::Receiver<Request>, letters: i64, refused: &'static [i64]) -> JoinHandle<Vec<Turn>> {
    tokio::spawn(async move {
        let (mut turns, mut given) = (Vec::new(), 0);
        while let Some(Request { turn, reply }) = requests.recv().await {
            let fresh = (given + 1)..=letters.min(given + i64::from(turn.room));
            given += i64::try_from(fresh.clone().count()).expect("small");
            let parcels = fresh.map(|number| (parcel(number), stationery())).collect();
            let leave = turn.ask.map(|delivery| match refused.contains(&delivery.0) {
                true => Leave::Refused,
                false => Leave::Granted(Permit { delivery }),
            });
            turns.push(turn);
            let _ = reply.send(Granted { leave, parcels });
        }
        turns
    })
}

/// Carries `letters` over `relay`, with a clock that stands still.
async fn carried(link: &Link, letters: i64, refused: &'static [i64]) -> (Ended, Vec<Turn>) {
    let (desk, requests) = Desk::new(4);
    let turns = book(requests, letters, refused);
    let (_go_on, stop) = watch::channel(false);
    let ended = carry(link, desk, Clock::wound(Moment(0)), stop).await;
    (ended, turns.await.expect("the book does not panic"))
}

/// What was reported, in order.
fn reported(turns: &[Turn]) -> Vec<(i64, Option<Verdict>)> {
    let reports = turns.iter().flat_map(|turn| &turn.reports);
    let short = |outcome: &Outcome| match outcome {
        Outcome::GivenBack => None,
        Outcome::Tried { verdict, .. } => Some(verdict.clone()),
    };
    reports.map(|report| (report.delivery.0, short(&report.outcome))).collect()
}

const RELAYS_MATTER: Verdict = Verdict::Later { scope: Scope::Relay, counted: false, after: None };

#[tokio::test]
async fn each_letter_is_carried_and_its_report_goes_with_the_next_ones_ask() {
    let relay = Relay::open(friendly).await;
    let (ended, turns) = carried(&relay.link, 5, &[]).await;
    assert_eq!(ended, Ended::Finished { letters: 5 });
    let says: Vec<_> = turns
        .iter()
        .map(|turn| {
            let reports: Vec<_> = turn.reports.iter().map(|report| report.delivery.0).collect();
            (reports, turn.ask.map(|ask| ask.0), turn.room)
        })
        .collect();
    let expected = [
        (vec![], None, 1),
        (vec![], Some(1), 1),
        (vec![1], Some(2), 1),
        (vec![2], Some(3), 1),
        (vec![3], Some(4), 1),
        (vec![4], Some(5), 1),
        (vec![5], None, 1),
    ];
    assert_eq!(says, expected);
    assert!(reported(&turns).iter().all(|(_, verdict)| *verdict == Some(Verdict::Accepted)));
    let heard = relay.heard().await;
    for number in 1..=5 {
        assert!(heard.contains(&format!("RCPT TO:<r{number}@reader.example>")));
        assert!(heard.contains(&format!("Message-ID: <{number}@press.example>")));
    }
    assert_eq!(heard.last().map(String::as_str), Some("QUIT"));
}

#[tokio::test]
async fn a_relay_without_pipelining_is_served_step_by_step() {
    let relay = Relay::open(|line| if line.starts_with("EHLO") { Says("250 relay\r\n") } else { friendly(line) }).await;
    let (ended, turns) = carried(&relay.link, 3, &[]).await;
    assert_eq!(ended, Ended::Finished { letters: 3 });
    assert_eq!(reported(&turns), [1, 2, 3].map(|number| (number, Some(Verdict::Accepted))));
}

#[tokio::test]
async fn a_relay_that_is_down_or_unfriendly_costs_no_claim() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let nobody = link(listener.local_addr().expect("bound").port());
    drop(listener);
    let (ended, turns) = carried(&nobody, 5, &[]).await;
    assert_eq!(ended, Ended::Trouble { stage: Stage::Connect, seen: Seen::Broken(Break::Refused) });
    assert_eq!(turns, []);
    let relay = Relay::open(|_| Says("554 5.7.1 listed\r\n")).await;
    let (ended, turns) = carried(&relay.link, 5, &[]).await;
    assert!(
        matches!(ended, Ended::Trouble { stage: Stage::Greeting, seen: Seen::Answer(answer) } if answer.code == 554)
    );
    assert_eq!(turns, []);
}

#[tokio::test]
async fn a_refused_reader_does_not_stop_the_others() {
    let relay = Relay::open(|line| match line {
        "RCPT TO:<r2@reader.example>" => Says("550 5.1.1 no such user\r\n"),
        _ => friendly(line),
    })
    .await;
    let (ended, turns) = carried(&relay.link, 3, &[]).await;
    let gone = Verdict::Refused { scope: Scope::Recipient, suppress: true };
    assert_eq!(ended, Ended::Finished { letters: 3 });
    assert_eq!(reported(&turns), [(1, Some(Verdict::Accepted)), (2, Some(gone)), (3, Some(Verdict::Accepted))]);
    let heard = relay.heard().await;
    assert!(!heard.contains(&"Message-ID: <2@press.example>".to_owned()));
}

#[tokio::test]
async fn a_letter_without_leave_gets_no_dot_and_no_report() {
    let relay = Relay::open(friendly).await;
    let (ended, turns) = carried(&relay.link, 5, &[2]).await;
    assert_eq!(ended, Ended::Finished { letters: 1 });
    assert_eq!(reported(&turns), [(1, Some(Verdict::Accepted)), (3, None)]);
    let dots = relay.heard().await.iter().filter(|line| *line == ".").count();
    assert_eq!(dots, 1);
}

#[tokio::test]
async fn a_letter_that_cannot_be_composed_fails_alone() {
    let relay = Relay::open(friendly).await;
    let mut hand = ByHand::new(relay.link.clone());
    let (_, reply) = hand.next().await;
    let unfit = Parcel { message_id: "two\r\nlines@press.example".to_owned(), ..parcel(1) };
    reply.send(Granted { leave: None, parcels: vec![(unfit, stationery())] }).expect("carry waits");
    let turn = hand.grant(&[2]).await;
    assert_eq!(reported(&[turn]), [(1, Some(Verdict::Refused { scope: Scope::Message, suppress: false }))]);
    hand.grant(&[]).await;
    assert_eq!(reported(&[hand.grant(&[]).await]), [(2, Some(Verdict::Accepted))]);
    assert_eq!(hand.ended().await, Ended::Finished { letters: 1 });
    assert!(!relay.heard().await.iter().any(|line| line.contains("r1@") || line.contains("lines@")));
}

#[tokio::test]
async fn a_relay_that_hangs_up_at_the_dot_leaves_one_letter_unknown_and_the_next_given_back() {
    let mut dots = 0;
    let relay = Relay::open(move |line| {
        dots += u32::from(line == ".");
        if dots == 2 { HangsUp } else { friendly(line) }
    })
    .await;
    let (ended, turns) = carried(&relay.link, 5, &[]).await;
    assert!(matches!(ended, Ended::Trouble { stage: Stage::Dot, .. }), "{ended:?}");
    assert_eq!(reported(&turns), [(1, Some(Verdict::Accepted)), (2, Some(Verdict::Uncertain)), (3, None)]);
}

#[tokio::test]
async fn what_the_relay_says_of_itself_ends_the_connection() {
    let relay =
        Relay::open(|line| if line.starts_with("MAIL") { Says("451 4.3.0 busy\r\n") } else { friendly(line) }).await;
    let (ended, turns) = carried(&relay.link, 5, &[]).await;
    assert!(matches!(ended, Ended::Trouble { stage: Stage::Mail, .. }), "{ended:?}");
    assert_eq!(reported(&turns), [(1, Some(RELAYS_MATTER))]);
}

#[tokio::test]
async fn a_connection_carries_its_share_and_no_more() {
    let mut relay = Relay::open(friendly).await;
    relay.link.letters_per_connection = 2;
    let (ended, turns) = carried(&relay.link, 5, &[]).await;
    assert_eq!(ended, Ended::Finished { letters: 2 });
    assert_eq!(reported(&turns), [(1, Some(Verdict::Accepted)), (2, Some(Verdict::Accepted))]);
    assert!(turns.iter().map(|turn| turn.room).sum::<u32>() <= 2, "no parcel is asked for that cannot go");
}

/// A desk in the test's own hands.
struct ByHand {
    carrying: JoinHandle<Ended>,
    requests: mpsc::Receiver<Request>,
    stop: watch::Sender<bool>,
    clock: Clock,
}

impl ByHand {
    fn new(link: Link) -> Self {
        let (desk, requests) = Desk::new(4);
        let (stop, stopping) = watch::channel(false);
        let clock = Clock::wound(Moment(0));
        let theirs = clock.clone();
        let carrying = tokio::spawn(async move { carry(&link, desk, theirs, stopping).await });
        Self { carrying, requests, stop, clock }
    }

    async fn next(&mut self) -> (Turn, oneshot::Sender<Granted>) {
        let Request { turn, reply } = self.requests.recv().await.expect("a turn");
        (turn, reply)
    }

    /// Answers the next turn, granting what it asks and adding `fresh`.
    async fn grant(&mut self, fresh: &[i64]) -> Turn {
        let (turn, reply) = self.next().await;
        let leave = turn.ask.map(|delivery| Leave::Granted(Permit { delivery }));
        let parcels = fresh.iter().map(|number| (parcel(*number), stationery())).collect();
        reply.send(Granted { leave, parcels }).expect("carry waits");
        turn
    }

    async fn ended(self) -> Ended {
        self.carrying.await.expect("carry does not panic")
    }
}

#[tokio::test]
async fn asked_to_stop_it_lets_the_armed_letter_read_its_reply() {
    let relay = Relay::open(friendly).await;
    let mut hand = ByHand::new(relay.link.clone());
    hand.grant(&[1]).await;
    let (turn, reply) = hand.next().await;
    assert_eq!(turn.ask, Some(DeliveryId(1)));
    hand.stop.send_replace(true);
    let leave = Some(Leave::Granted(Permit { delivery: DeliveryId(1) }));
    reply.send(Granted { leave, parcels: vec![(parcel(2), stationery())] }).expect("carry waits");
    let mut turns = Vec::new();
    while turns.iter().flat_map(|turn: &Turn| &turn.reports).count() < 2 {
        turns.push(hand.grant(&[]).await);
    }
    let mut reports = reported(&turns);
    reports.sort_by_key(|(number, _)| *number);
    assert_eq!(reports[0], (1, Some(Verdict::Accepted)));
    assert_eq!(reports[1], (2, None));
    assert_eq!(hand.ended().await, Ended::Finished { letters: 1 });
    assert_eq!(relay.heard().await.iter().filter(|line| *line == ".").count(), 1);
}

#[tokio::test]
async fn asked_to_stop_before_anything_it_just_ends() {
    let (desk, _requests) = Desk::new(4);
    let (_stop, stopping) = watch::channel(true);
    let relay = Relay::open(friendly).await;
    let ended = carry(&relay.link, desk, Clock::wound(Moment(0)), stopping).await;
    assert_eq!(ended, Ended::Finished { letters: 0 });
    relay.heard.abort();
}

#[tokio::test]
async fn when_the_book_is_gone_nothing_more_is_sent() {
    let relay = Relay::open(friendly).await;
    let mut hand = ByHand::new(relay.link.clone());
    hand.grant(&[1]).await;
    drop(hand.next().await);
    assert_eq!(hand.ended().await, Ended::Finished { letters: 0 });
    assert_eq!(relay.heard().await.iter().filter(|line| *line == ".").count(), 0);
}

#[tokio::test]
async fn carry_dropped_at_the_dot_says_nothing_more() {
    let (dotted, dot) = oneshot::channel();
    let mut dotted = Some(dotted);
    let relay = Relay::open(move |line| match line {
        "." => {
            dotted.take().map(|dotted| dotted.send(()));
            Says("")
        }
        _ => friendly(line),
    })
    .await;
    let mut hand = ByHand::new(relay.link.clone());
    hand.grant(&[1]).await;
    hand.grant(&[2]).await;
    dot.await.expect("the dot came");
    hand.carrying.abort();
    assert!(hand.requests.recv().await.is_none(), "the row stays armed");
}

#[tokio::test]
async fn an_early_answer_ends_the_letter_before_leave_is_asked() {
    let relay = Relay::open(|line| match line {
        "DATA" => Says("354 go\r\n250 early\r\n"),
        _ => friendly(line),
    })
    .await;
    let (ended, turns) = carried(&relay.link, 1, &[]).await;
    assert_eq!(turns.iter().filter_map(|turn| turn.ask).count(), 0);
    assert_eq!(reported(&turns), [(1, Some(RELAYS_MATTER))]);
    assert_eq!(ended, Ended::Trouble { stage: Stage::Data, seen: Seen::Broken(Break::Garbage) });
}

#[tokio::test]
async fn a_connection_that_breaks_while_leave_is_asked_reports_by_what_the_desk_says() {
    for (granted, expected) in [(true, vec![(1, Some(RELAYS_MATTER)), (2, None)]), (false, vec![(2, None)])] {
        let (hang_up, told_to) = oneshot::channel::<()>();
        let (link, relay) = relay_that_hangs_up_in_the_text(told_to).await;
        let mut hand = ByHand::new(link);
        hand.grant(&[1]).await;
        let (turn, reply) = hand.next().await;
        assert_eq!(turn.ask, Some(DeliveryId(1)));
        hang_up.send(()).expect("the relay waits");
        relay.await.expect("hung up");
        for _ in 0..200 {
            tokio::task::yield_now().await; // the runtime looks at its sockets every 61 turns
        }
        let leave = if granted { Leave::Granted(Permit { delivery: DeliveryId(1) }) } else { Leave::Refused };
        reply.send(Granted { leave: Some(leave), parcels: vec![(parcel(2), stationery())] }).expect("carry waits");
        let mut reports = reported(&[hand.grant(&[]).await]);
        reports.sort_by_key(|(number, _)| *number);
        assert_eq!(reports, expected);
        assert_eq!(hand.ended().await, Ended::Trouble { stage: Stage::Data, seen: Seen::Broken(Break::Closed) });
    }
}

async fn relay_that_hangs_up_in_the_text(told_to: oneshot::Receiver<()>) -> (Link, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let link = link(listener.local_addr().expect("bound").port());
    let hanging = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a caller");
        let (from, mut to) = stream.split();
        let mut from = BufReader::new(from);
        for reply in ["220 relay\r\n", "250 relay\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n"] {
            to.write_all(reply.as_bytes()).await.expect("open");
            from.read_line(&mut String::new()).await.expect("a line");
        }
        told_to.await.expect("told");
    });
    (link, hanging)
}

#[tokio::test]
async fn a_report_does_not_wait_for_ever_for_company() {
    let (next_letter, envelope_came) = oneshot::channel();
    let mut next_letter = Some(next_letter);
    let relay = Relay::open(move |line| match line {
        "MAIL FROM:<news@press.example>" | "hello" => friendly(line),
        "RCPT TO:<r2@reader.example>" => {
            next_letter.take().map(|tell| tell.send(()));
            Says("250-thinking\r\n")
        }
        "DATA" if next_letter.is_none() => Says(""),
        _ => friendly(line),
    })
    .await;
    let mut hand = ByHand::new(relay.link.clone());
    hand.grant(&[1]).await;
    hand.grant(&[2]).await;
    envelope_came.await.expect("the second envelope came");
    // Letter 1 has its answer, letter 2 has none. Wind until the report has gone alone.
    let turn = loop {
        tokio::select! {
            biased;
            turn = hand.requests.recv() => break turn.expect("a turn"),
            () = tokio::task::yield_now() => hand.clock.wind(Duration::from_millis(1)),
        }
    };
    assert_eq!(reported(&[turn.turn]), [(1, Some(Verdict::Accepted))]);
    assert!(hand.clock.now() < Moment(250), "alone after a tenth of a second");
    hand.carrying.abort();
}
