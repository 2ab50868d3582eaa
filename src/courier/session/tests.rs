//! The laws of a session, in memory: every split, every silence, every answer at the wrong time.

mod opening;
mod torture;

use super::*;
use crate::domain::attempt::{Answer, Break};
use crate::domain::delivery::Permit;
use proptest::prelude::*;

const PIPELINING: &str = "250-relay.example\r\n250-PIPELINING\r\n250 SIZE 1000000\r\n";
const PLAIN: &str = "250-relay.example\r\n250 SIZE 1000000\r\n";

/// A session with its far end in the test's hands.
struct Talk {
    session: Session,
    now: Moment,
    written: String,
    events: Vec<Event>,
    /// How many bytes the network takes at once.
    grain: usize,
}

fn id(number: i64) -> DeliveryId {
    DeliveryId(number)
}

fn envelope(number: i64) -> Envelope {
    let address = |text: &str| text.parse().expect("well formed");
    Envelope {
        delivery: id(number),
        from: address("news@press.example"),
        to: address(&format!("r{number}@reader.example")),
    }
}

fn letter(number: i64) -> Vec<u8> {
    format!("Subject: {number}\r\n\r\n{}END-{number}\r\n", "text\r\n".repeat(300)).into_bytes()
}

fn flight(number: i64) -> String {
    format!("MAIL FROM:<news@press.example>\r\nRCPT TO:<r{number}@reader.example>\r\nDATA\r\n")
}

impl Talk {
    fn new() -> Self {
        Self::with(10)
    }

    fn with(letters: u32) -> Self {
        Self::on_terms(letters, Security::default())
    }

    fn on_terms(letters: u32, security: Security) -> Self {
        let (ehlo_name, deadlines) = ("station.example".to_owned(), Deadlines::default());
        let settings = Settings { ehlo_name, security, deadlines, letters };
        let session = Session::new(settings, Moment(0));
        Self { session, now: Moment(0), written: String::new(), events: Vec::new(), grain: usize::MAX }
    }

    /// A session that has greeted.
    fn ready(ehlo: &str) -> Self {
        Self::new().greeted(ehlo)
    }

    fn greeted(mut self, ehlo: &str) -> Self {
        self.hear("220 relay.example\r\n").hear(ehlo);
        assert_eq!(self.said(), "EHLO station.example\r\n");
        assert_eq!(self.told(), [Event::Ready]);
        self
    }

    /// One whose text is on the way and asks for its permit.
    fn texting() -> Self {
        let mut talk = Self::ready(PIPELINING);
        talk.offer(1).hear("250 ok\r\n250 ok\r\n354 go\r\n");
        assert_eq!(talk.told(), [Event::AskPermit(id(1))]);
        talk
    }

    /// One whose dot is written, with another letter's envelope behind it.
    fn chained() -> Self {
        let mut talk = Self::texting();
        talk.offer(2).permit(1);
        assert!(talk.said().ends_with(&format!("END-1\r\n.\r\n{}", flight(2))));
        talk
    }

    fn flow(&mut self) -> &mut Self {
        while !self.session.outgoing().is_empty() {
            self.flow_once();
        }
        while let Some(event) = self.session.next_event() {
            self.events.push(event);
        }
        self
    }

    fn flow_once(&mut self) {
        let outgoing = self.session.outgoing();
        let count = outgoing.len().min(self.grain);
        self.written.push_str(std::str::from_utf8(&outgoing[..count]).expect("these letters are ASCII"));
        self.session.wrote(count, self.now);
        self.session.flushed(self.now);
    }

    fn hear(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.session.receive(bytes.as_ref(), self.now);
        self.flow()
    }

    fn offer(&mut self, number: i64) -> &mut Self {
        self.session.offer(envelope(number), letter(number), self.now).expect("there is room");
        self.flow()
    }

    fn permit(&mut self, number: i64) -> &mut Self {
        self.session.permit(Permit { delivery: id(number) }, self.now);
        self.flow()
    }

    fn broken(&mut self, how: Break) -> &mut Self {
        self.session.broken(how, self.now);
        self.flow()
    }

    fn quit(&mut self) -> &mut Self {
        self.session.quit(self.now);
        self.flow()
    }

    /// What was written since this was last asked.
    fn said(&mut self) -> String {
        std::mem::take(&mut self.written)
    }

    /// What the session said since this was last asked.
    fn told(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// The same, endings only, in short.
    fn endings(&mut self) -> Vec<(i64, Option<(Stage, u16)>)> {
        let short = |event: Event| match event {
            Event::Told(Told { delivery, stage, seen: Seen::Answer(answer), .. }) => {
                Some((delivery.0, Some((stage, answer.code))))
            }
            Event::Told(Told { delivery, stage, seen: Seen::Broken(_) | Seen::Unmade(_), .. }) => {
                Some((delivery.0, Some((stage, 0))))
            }
            Event::GivenBack(delivery) => Some((delivery.0, None)),
            Event::Secure | Event::Heard(_) | Event::Unfit(_) | Event::Ready => None,
            Event::AskPermit(_) | Event::Over(_) => None,
        };
        self.told().into_iter().filter_map(short).collect()
    }
}

#[test]
fn an_end_that_letters_share_is_written_whole_and_its_dot_waits() {
    let shared: std::sync::Arc<[u8]> = "file\r\n".repeat(2_000).into_bytes().into();
    for (grain, large) in [(usize::MAX, false), (7, false), (1_000, false), (usize::MAX, true)] {
        let mut talk = Talk::ready(PIPELINING);
        talk.grain = grain;
        let shared = if large { shared.repeat(100).into() } else { std::sync::Arc::clone(&shared) };
        let octets = letter(1).len() + shared.len();
        let whole = format!("{}{}", String::from_utf8_lossy(&letter(1)), String::from_utf8_lossy(&shared));
        talk.session.offer_sharing(envelope(1), (letter(1), shared), talk.now).expect("there is room");
        talk.flow();
        // RFC 1870: a relay that has a limit refuses at MAIL, before the megabytes.
        let size = if large { format!(" SIZE={octets}") } else { String::new() };
        assert_eq!(talk.said(), flight(1).replacen(">\r\n", &format!(">{size}\r\n"), 1));
        talk.hear("250 ok\r\n250 ok\r\n354 go\r\n");
        assert_eq!(talk.told(), [Event::AskPermit(id(1))]);
        let text = talk.said();
        assert!(whole.starts_with(&text) && text.len() < whole.len(), "all but its tail");
        talk.permit(1).offer(2);
        assert_eq!(text + &talk.said(), format!("{whole}.\r\n{}", flight(2)));
        talk.hear("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n").permit(2).hear("250 ok\r\n");
        assert_eq!(talk.endings(), [(1, Some((Stage::Dot, 250))), (2, Some((Stage::Dot, 250)))]);
        assert!(talk.said().ends_with("END-2\r\n.\r\n"));
    }
}

fn over(stage: Stage, how: Break) -> Event {
    Event::Over(Some((stage, Seen::Broken(how))))
}

fn told(number: i64, stage: Stage, how: Break) -> Event {
    let seen = Seen::Broken(how);
    Event::Told(Told { delivery: id(number), stage, seen, at: Moment(0), duration: Duration::ZERO })
}

/// Two letters from greeting to QUIT; `chop` cuts each flight of the relay as it likes.
fn two_letters(ehlo: &str, grain: usize, chop: impl Fn(usize, &[u8]) -> Vec<Vec<u8>>) -> (String, Vec<Event>) {
    let mut talk = Talk::new();
    talk.grain = grain;
    let mut flights = 0;
    let mut hear = |talk: &mut Talk, bytes: &str| {
        for part in chop(flights, bytes.as_bytes()) {
            talk.hear(part);
        }
        flights += 1;
    };
    let envelope = if ehlo == PIPELINING {
        &["250 ok\r\n250-o\r\n250 k\r\n354 go\r\n"][..]
    } else {
        &["250 ok\r\n", "250 ok\r\n", "354 go\r\n"]
    };
    hear(&mut talk, "220 relay.example\r\n");
    hear(&mut talk, ehlo);
    talk.offer(1);
    envelope.iter().for_each(|flight| hear(&mut talk, flight));
    talk.offer(2).permit(1);
    if ehlo == PIPELINING {
        hear(&mut talk, &format!("250 2.0.0 queued as 1\r\n{}", envelope[0]));
    } else {
        hear(&mut talk, "250 2.0.0 queued as 1\r\n");
        envelope.iter().for_each(|flight| hear(&mut talk, flight));
    }
    talk.permit(2);
    hear(&mut talk, "550-5.7.1 no\r\n550 5.7.1 never\r\n");
    talk.quit();
    hear(&mut talk, "221 bye\r\n");
    (talk.said(), talk.told())
}

#[test]
fn a_dialogue_goes_the_same_however_it_is_cut() {
    let text = |number| String::from_utf8(letter(number)).expect("ASCII") + ".\r\n";
    for (ehlo, flights) in [(PIPELINING, 6), (PLAIN, 11)] {
        let whole = two_letters(ehlo, usize::MAX, |_, bytes| vec![bytes.to_vec()]);
        let expected = format!("{}{}{}{}", flight(1), text(1), flight(2), text(2));
        let expected = expected.replacen("MAIL", "EHLO station.example\r\nMAIL", 1);
        // The second letter was refused at its dot: that ends a transaction by itself.
        assert_eq!(whole.0, format!("{expected}QUIT\r\n"));
        assert_eq!(whole.1.len(), 6, "{:?}", whole.1);
        assert_eq!(two_letters(ehlo, 1, |_, bytes| bytes.iter().map(|byte| vec![*byte]).collect()), whole);
        for flight in 0..flights {
            for at in 0..100 {
                let cut = |number: usize, bytes: &[u8]| {
                    let at = if number == flight { at.min(bytes.len()) } else { bytes.len() };
                    vec![bytes[..at].to_vec(), bytes[at..].to_vec()]
                };
                assert_eq!(two_letters(ehlo, 700, cut), whole, "flight {flight} cut at {at}");
            }
        }
    }
}

#[test]
fn two_letters_end_as_the_relay_said() {
    let (_, events) = two_letters(PIPELINING, usize::MAX, |_, bytes| vec![bytes.to_vec()]);
    let answer = |code, enhanced, text: &str| Seen::Answer(Answer { code, enhanced, text: text.to_owned() });
    let told = |number, seen| {
        Event::Told(Told { delivery: id(number), stage: Stage::Dot, seen, at: Moment(0), duration: Duration::ZERO })
    };
    use crate::domain::attempt::Enhanced;
    assert_eq!(
        events,
        [
            Event::Ready,
            Event::AskPermit(id(1)),
            told(1, answer(250, Some(Enhanced(2, 0, 0)), "queued as 1")),
            Event::AskPermit(id(2)),
            told(2, answer(550, Some(Enhanced(5, 7, 1)), "no never")),
            Event::Over(None),
        ]
    );
}

#[test]
fn the_text_goes_ahead_but_no_dot_without_a_permit() {
    let mut talk = Talk::texting();
    let said = talk.said();
    assert!(said.starts_with(&flight(1)) && said.len() > flight(1).len() + 500, "the text waits for nothing");
    assert!(!said.contains("END-1"), "the tail waits for the dot");
    talk.permit(2);
    assert_eq!(talk.said(), "", "another letter's permit opens nothing");
    talk.session.permit(Permit { delivery: id(1) }, talk.now);
    let last = String::from_utf8(talk.session.outgoing().to_vec()).expect("ASCII");
    assert!(last.ends_with("text\r\nEND-1\r\n.\r\n"), "tail and dot are one write");
}

#[test]
fn without_ehlo_there_is_helo() {
    let mut talk = Talk::new();
    talk.hear("220 relay\r\n").hear("502 what?\r\n").hear("250 relay\r\n");
    assert_eq!(talk.said(), "EHLO station.example\r\nHELO station.example\r\n");
    assert_eq!(talk.told(), [Event::Ready]);
    assert_eq!(talk.offer(1).said(), "MAIL FROM:<news@press.example>\r\n", "HELO offers no PIPELINING");
}

#[test]
fn a_relay_that_does_not_welcome_us_ends_it() {
    for (replies, stage, code) in [
        (&["554 5.7.1 listed\r\n"][..], Stage::Greeting, 554),
        (&["421 too busy\r\n"], Stage::Greeting, 421),
        (&["250 odd\r\n"], Stage::Greeting, 250),
        (&["220 relay\r\n", "421 busy\r\n"], Stage::Ehlo, 421),
        (&["220 relay\r\n", "500 what\r\n", "550 no\r\n"], Stage::Ehlo, 550),
    ] {
        let mut talk = Talk::new();
        for reply in replies {
            talk.hear(reply);
        }
        let events = talk.told();
        assert!(
            matches!(&events[..], [Event::Over(Some((at, Seen::Answer(answer))))] if *at == stage && answer.code == code),
            "{replies:?}: {events:?}"
        );
        assert_eq!(talk.session.room(), 0);
    }
}

#[test]
fn a_refused_letter_does_not_harm_the_next() {
    let flight2 = format!("RSET\r\n{}", flight(2));
    for (replies, stage, code, bare_dot) in [
        ("550 no\r\n503 no\r\n503 no\r\n", Stage::Mail, 550, false),
        ("250 ok\r\n450 later\r\n503 no\r\n", Stage::Rcpt, 450, false),
        ("250 ok\r\n550 5.1.1 <r1@reader.example>\r\n554 none\r\n", Stage::Rcpt, 550, false),
        ("250 ok\r\n550 no\r\n354 go\r\n", Stage::Rcpt, 550, true),
        ("452 busy\r\n503 no\r\n354 go\r\n", Stage::Mail, 452, true),
        ("250 ok\r\n250 ok\r\n451 later\r\n", Stage::Data, 451, false),
    ] {
        let mut talk = Talk::ready(PIPELINING);
        talk.offer(1).offer(2);
        assert_eq!(talk.said(), flight(1), "the second waits");
        talk.hear(replies);
        assert_eq!(talk.endings(), [(1, Some((stage, code)))], "{replies:?}");
        if bare_dot {
            assert_eq!(talk.said(), ".\r\n");
            talk.hear("250 taken?\r\n");
            assert_eq!(talk.endings(), [], "what a bare dot is answered is nobody's ending");
        }
        assert_eq!(talk.said(), flight2, "{replies:?}");
        talk.hear("250 reset\r\n250 ok\r\n250 ok\r\n354 go\r\n").permit(2).hear("250 ok\r\n");
        assert_eq!(talk.endings(), [(2, Some((Stage::Dot, 250)))]);
        assert!(talk.said().ends_with("END-2\r\n.\r\n"));
    }
}

#[test]
fn step_by_step_a_refusal_is_followed_by_rset() {
    for (replies, said) in [
        (&["550 no\r\n"][..], ""),
        (&["250 ok\r\n", "550 no\r\n"], "RCPT TO:<r1@reader.example>\r\n"),
        (&["250 ok\r\n", "250 ok\r\n", "451 no\r\n"], "RCPT TO:<r1@reader.example>\r\nDATA\r\n"),
    ] {
        let mut talk = Talk::ready(PLAIN);
        talk.offer(1).offer(2);
        for reply in replies {
            talk.hear(reply);
        }
        let mail = "MAIL FROM:<news@press.example>\r\n";
        assert_eq!(talk.said(), format!("{mail}{said}RSET\r\n{mail}"));
        talk.hear("250 reset\r\n250 ok\r\n");
        assert_eq!(talk.said(), "RCPT TO:<r2@reader.example>\r\n");
    }
}

#[test]
fn an_answer_before_its_time_breaks_the_connection() {
    for early in ["2", "250 ok\r\n", "354 go\r\n", "\r\n"] {
        let mut talk = Talk::texting();
        talk.hear(early).permit(1);
        assert!(!talk.said().contains("END-1"), "no dot after {early:?}");
        assert_eq!(talk.told(), [told(1, Stage::Data, Break::Garbage), over(Stage::Data, Break::Garbage)]);
    }
    // In one segment with the answer to DATA.
    let mut talk = Talk::ready(PIPELINING);
    talk.offer(1).hear("250 ok\r\n250 ok\r\n354 go\r\n250 ok\r\n");
    assert_eq!(talk.endings(), [(1, Some((Stage::Data, 0)))]);
    // After the permit, before the dot is written.
    let mut talk = Talk::texting();
    talk.session.permit(Permit { delivery: id(1) }, talk.now);
    talk.hear("250 ok\r\n");
    assert_eq!(talk.told(), [told(1, Stage::Data, Break::Garbage), over(Stage::Data, Break::Garbage)]);
    // Step by step, the answer to RCPT before RCPT.
    let mut talk = Talk::ready(PLAIN);
    talk.offer(1).hear("250 ok\r\n250 ok\r\n");
    assert_eq!(talk.endings(), [(1, Some((Stage::Rcpt, 0)))]);
    // Before EHLO, and while nothing is asked.
    let mut talk = Talk::new();
    assert_eq!(talk.hear("220 relay\r\n250 hello\r\n").told(), [over(Stage::Ehlo, Break::Garbage)]);
    let mut talk = Talk::ready(PIPELINING);
    assert_eq!(talk.hear("250 ok\r\n").told(), [over(Stage::Mail, Break::Garbage)]);
}

#[test]
fn an_answer_while_the_dot_is_half_written_leaves_the_letter_unknown() {
    let mut talk = Talk::texting();
    talk.session.permit(Permit { delivery: id(1) }, talk.now);
    talk.grain = talk.session.outgoing().len() - 2;
    talk.flow_once();
    assert!(talk.written.ends_with("\r\n."));
    talk.hear("250 ok\r\n");
    assert_eq!(talk.told(), [told(1, Stage::Dot, Break::Garbage), over(Stage::Dot, Break::Garbage)]);
}

#[test]
fn an_extra_reply_is_never_the_next_letters() {
    let mut talk = Talk::chained();
    talk.hear("250 one\r\n250 extra\r\n250 mail\r\n250 rcpt\r\n354 go\r\n");
    assert_eq!(talk.told().last(), Some(&over(Stage::Data, Break::Garbage)));
    let mut talk = Talk::chained();
    talk.hear("250 one\r\n250 mail\r\n250 rcpt\r\n354 go\r\n250 extra\r\n");
    assert_eq!(talk.endings(), [(1, Some((Stage::Dot, 250))), (2, Some((Stage::Data, 0)))]);
}

#[test]
fn what_is_no_answer_at_the_dot_leaves_the_letter_unknown_and_gives_the_next_back() {
    for bytes in [
        &b"250 ok\n"[..],
        b"250 o\0k\r\n",
        b"200ok\r\n",
        b"250-one\r\n251 two\r\n",
        b"354 go\r\n",
        b"399 odd\r\n",
        &[b'2'; 70_000],
    ] {
        let mut talk = Talk::chained();
        talk.hear(bytes);
        let expected = [told(1, Stage::Dot, Break::Garbage), Event::GivenBack(id(2)), over(Stage::Dot, Break::Garbage)];
        assert_eq!(talk.told(), expected, "{:?}", &bytes[..bytes.len().min(20)]);
    }
    for half in ["", "2", "250", "250-queued\r\n", "250 queued", "250 queued\r"] {
        let mut talk = Talk::chained();
        talk.hear(half).broken(Break::Closed);
        let expected = [told(1, Stage::Dot, Break::Closed), Event::GivenBack(id(2)), over(Stage::Dot, Break::Closed)];
        assert_eq!(talk.told(), expected, "{half:?}");
    }
}

#[test]
fn what_is_no_answer_to_a_command_breaks_the_connection_there() {
    for (replies, stage) in [
        ("354 go\r\n", Stage::Mail),
        ("250 ok\r\n354 go\r\n", Stage::Rcpt),
        ("250 ok\r\n250 ok\r\n250 ok\r\n", Stage::Data),
        ("250 ok\r\n250 ok\r\n355 odd\r\n", Stage::Data),
        ("250 ok\r\n250 ok\n", Stage::Rcpt),
        ("250 ok\r\n550 no\r\n250 ok\r\n", Stage::Rcpt),
    ] {
        let mut talk = Talk::ready(PIPELINING);
        talk.offer(1).offer(2).hear(replies);
        let endings = talk.endings();
        assert!(matches!(endings[..], [(1, Some((at, _))), (2, None)] if at == stage), "{replies:?} {endings:?}");
        assert!(talk.session.is_over());
    }
}

#[test]
fn a_421_judges_only_the_letter_it_answers() {
    for (replies, stage) in [
        ("421 bye\r\n", Stage::Mail),
        ("250 ok\r\n421 bye\r\n", Stage::Rcpt),
        ("250 ok\r\n250 ok\r\n421 bye\r\n", Stage::Data),
    ] {
        let mut talk = Talk::ready(PIPELINING);
        talk.offer(1).offer(2).hear(replies);
        assert_eq!(talk.endings(), [(1, Some((stage, 421))), (2, None)], "{replies:?}");
        assert!(talk.session.is_over());
    }
    let mut talk = Talk::chained();
    talk.hear("421 4.3.2 shutting down\r\n");
    assert_eq!(talk.endings(), [(1, Some((Stage::Dot, 421))), (2, None)]);
    assert!(talk.session.is_over());
    let mut talk = Talk::ready(PIPELINING);
    talk.offer(1).hear("250 ok\r\n550 no\r\n421 bye\r\n");
    assert_eq!(talk.endings(), [(1, Some((Stage::Rcpt, 550)))], "a told letter is not told again");
}

#[test]
fn a_relay_that_cannot_reset_gets_no_more() {
    let mut talk = Talk::ready(PIPELINING);
    talk.offer(1).offer(2).hear("550 no\r\n503 no\r\n503 no\r\n").offer(3).hear("500 what?\r\n");
    assert_eq!(talk.endings(), [(1, Some((Stage::Mail, 550))), (2, None), (3, None)]);
    assert!(talk.session.is_over());
}

#[test]
fn closing_judges_the_letter_under_way_by_its_stage() {
    for (replies, stage) in [
        ("", Stage::Mail),
        ("250 ok\r\n", Stage::Rcpt),
        ("250 ok\r\n250 ok\r\n", Stage::Data),
        ("250 ok\r\n250 ok\r\n354 go\r\n", Stage::Data),
    ] {
        let mut talk = Talk::ready(PIPELINING);
        talk.offer(1).offer(2).hear(replies).broken(Break::Closed);
        assert_eq!(talk.endings(), [(1, Some((stage, 0))), (2, None)], "{replies:?}");
    }
    // Permitted, but no byte of the dot written: certainly not accepted.
    let mut talk = Talk::texting();
    talk.session.permit(Permit { delivery: id(1) }, talk.now);
    talk.session.broken(Break::Closed, talk.now);
    assert_eq!(talk.flow().endings(), [(1, Some((Stage::Data, 0)))]);
    let mut talk = Talk::chained();
    talk.hear("250 ok\r\n").broken(Break::Closed);
    assert_eq!(talk.endings(), [(1, Some((Stage::Dot, 250))), (2, Some((Stage::Mail, 0)))]);
}

#[test]
fn each_stage_has_its_own_patience() {
    let minutes = |number: u64| Duration::from_secs(60 * number);
    let ready = || Talk::ready(PIPELINING);
    let mail = || std::mem::replace(ready().offer(1), Talk::new());
    let after = |mut talk: Talk, replies: &str| std::mem::replace(talk.hear(replies), Talk::new());
    for (mut talk, wait, stage) in [
        (Talk::new(), minutes(5), Stage::Greeting),
        (after(after(Talk::new(), "220 hello\r\n"), "250-half"), minutes(5), Stage::Ehlo),
        (mail(), minutes(5), Stage::Mail),
        (after(mail(), "250 ok\r\n25"), minutes(5), Stage::Rcpt),
        (after(mail(), "250 ok\r\n250 ok\r\n"), minutes(2), Stage::Data),
        (Talk::chained(), minutes(10), Stage::Dot),
    ] {
        assert_eq!(talk.session.deadline(), Some(Moment(0) + wait), "{stage:?}");
        talk.session.tick(Moment(0) + wait - Duration::from_millis(1));
        assert!(!talk.session.is_over(), "{stage:?}");
        talk.session.tick(Moment(0) + wait);
        assert_eq!(talk.flow().told().last(), Some(&over(stage, Break::Timeout)), "{stage:?}");
        assert_eq!(talk.session.deadline(), None);
    }
}

#[test]
fn a_relay_that_stops_reading_breaks_the_text() {
    let mut talk = Talk::ready(PIPELINING);
    talk.offer(1);
    talk.session.receive(b"250 ok\r\n250 ok\r\n354 go\r\n", Moment(5000));
    assert_eq!(talk.session.deadline(), Some(Moment(5000) + Duration::from_secs(180)));
    talk.session.wrote(10, Moment(6000));
    talk.session.flushed(Moment(6000));
    assert_eq!(talk.session.deadline(), Some(Moment(6000) + Duration::from_secs(180)));
    talk.flow();
    assert_eq!(talk.session.deadline(), None, "the permit is our own matter");
}

#[test]
fn half_a_reply_does_not_win_time() {
    let mut talk = Talk::ready(PIPELINING);
    talk.offer(1);
    talk.now = Moment(60_000);
    talk.hear("250-still\r\n250-thinking\r\n");
    assert_eq!(talk.session.deadline(), Some(Moment(300_000)));
}

#[test]
fn a_letter_waits_a_minute_behind_a_slow_one_and_goes_back() {
    let minute = Moment(60_000);
    let mut talk = Talk::texting();
    talk.offer(2);
    assert_eq!(talk.session.hour(), Some(minute));
    talk.session.tick(minute);
    talk.now = minute;
    assert_eq!(talk.flow().told(), [Event::GivenBack(id(2))]);
    assert_eq!(talk.session.room(), 0, "nothing more waits behind the slow one");
    talk.permit(1).hear("250 taken\r\n");
    assert_eq!((talk.endings(), talk.session.room()), (vec![(1, Some((Stage::Dot, 250)))], 1));
}

#[test]
fn a_letter_whose_envelope_is_on_the_wire_goes_back_and_no_text_follows_it() {
    let mut talk = Talk::chained();
    talk.now = Moment(60_000);
    talk.session.tick(talk.now);
    assert_eq!(talk.flow().told(), [Event::GivenBack(id(2))]);
    talk.hear("250 taken\r\n250 ok\r\n250 ok\r\n354 go\r\n");
    assert_eq!((talk.endings(), talk.said().as_str()), (vec![(1, Some((Stage::Dot, 250)))], ""));
    assert!(talk.session.is_over());
}

#[test]
fn a_refusal_within_the_text_is_the_answer_to_it() {
    for (reply, ending) in [
        ("552 5.3.4 too big\r\n", Some((Stage::Data, 552))),
        ("452 4.3.1 full\r\n", Some((Stage::Data, 452))),
        ("421 closing\r\n", Some((Stage::Data, 421))),
        ("250 fine already\r\n", Some((Stage::Data, 0))),
        ("552 half", Some((Stage::Data, 0))),
    ] {
        let mut talk = Talk::texting();
        talk.hear(reply);
        assert!(talk.session.is_over(), "{reply}");
        assert_eq!(talk.endings(), [(1, ending)], "{reply}");
        assert!(!talk.permit(1).said().contains("\r\n."), "{reply}");
    }
}

#[test]
fn a_withdrawn_letter_leaves_no_dot_behind() {
    let mut talk = Talk::texting();
    talk.offer(2);
    talk.session.withdraw(talk.now);
    talk.flow();
    assert!(!talk.said().contains("\r\n."));
    assert_eq!(talk.told(), [told(1, Stage::Data, Break::Withdrawn), Event::GivenBack(id(2)), Event::Over(None)]);
}

#[test]
fn after_its_share_the_session_parts() {
    let mut talk = Talk::with(2).greeted(PIPELINING);
    talk.offer(1).offer(2).hear("250 ok\r\n250 ok\r\n354 go\r\n").permit(1);
    assert_eq!(talk.session.room(), 0);
    assert_eq!(talk.session.offer(envelope(3), letter(3), talk.now), Err(NotTaken::NoRoom));
    talk.hear("250 ok\r\n250 ok\r\n550 no\r\n503 no\r\n");
    assert!(talk.said().ends_with("QUIT\r\n"));
    talk.hear("221 bye\r\n");
    assert_eq!(talk.endings(), [(1, Some((Stage::Dot, 250))), (2, Some((Stage::Rcpt, 550)))]);
    assert!(talk.session.is_over());
}

#[test]
fn asked_to_quit_it_finishes_only_what_has_its_text_under_way() {
    let mut talk = Talk::ready(PIPELINING);
    assert_eq!(talk.quit().said(), "QUIT\r\n");
    assert_eq!(talk.broken(Break::Closed).told(), [Event::Over(None)], "nothing depends on a goodbye");
    let mut talk = Talk::new();
    assert_eq!(talk.quit().told(), [Event::Over(None)]);
    let mut talk = Talk::ready(PIPELINING);
    assert_eq!(talk.offer(1).offer(2).quit().endings(), [(2, None), (1, None)]);
    let mut talk = Talk::texting();
    talk.offer(2).quit();
    assert_eq!(talk.endings(), [(2, None)]);
    talk.said();
    talk.permit(1).hear("250 ok\r\n");
    assert_eq!(talk.endings(), [(1, Some((Stage::Dot, 250)))]);
    assert!(talk.said().ends_with("END-1\r\n.\r\nQUIT\r\n"));
    let mut talk = Talk::chained();
    talk.quit().hear("250 ok\r\n");
    assert_eq!(talk.endings(), [(1, Some((Stage::Dot, 250))), (2, None)]);
    assert!(talk.session.is_over());
}

#[test]
fn a_letter_that_could_be_read_as_smtp_is_not_taken() {
    for bytes in
        ["", "text", "text\n", "text\r", ".\r\n", "a\r\n.\r\nb\r\n", "a\r\n.b\r\n", "a\nb\r\n", "a\rb\r\n", "a\n.\r\n"]
    {
        let mut talk = Talk::ready(PIPELINING);
        let refused = talk.session.offer(envelope(1), bytes.as_bytes().to_vec(), talk.now);
        assert_eq!(refused, Err(NotTaken::Unsafe), "{bytes:?}");
        assert_eq!(talk.flow().said(), "");
    }
}

#[test]
fn the_readers_address_is_not_told() {
    let mut talk = Talk::ready(PIPELINING);
    talk.offer(1).hear("250 ok\r\n550 5.1.1 <R1@Reader.example> unknown\r\n");
    let events = talk.told();
    assert!(
        matches!(&events[..], [Event::Told(Told { seen: Seen::Answer(answer), .. })] if answer.text == "<rcpt> unknown"),
        "{events:?}"
    );
}

#[test]
fn a_letters_buffer_is_used_again() {
    let mut talk = Talk::texting();
    let room = talk.session.spare().capacity();
    assert!(room > 0, "the line's old buffer");
    talk.permit(1).hear("250 ok\r\n").offer(2).hear("250 ok\r\n250 ok\r\n354 go\r\n");
    assert!(talk.session.spare().capacity() >= letter(1).len());
}

#[derive(Clone, Debug)]
enum Move {
    Hear(Vec<u8>),
    Write(usize),
    Offer,
    Permit,
    Withdraw,
    Quit,
    Break,
    Wait(u32),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let reply = prop::sample::select(vec![
        "250 ok\r\n",
        "250 ok\r\n",
        "250 ok\r\n250 ok\r\n354 go\r\n",
        "354 go\r\n",
        "354 go\r\n",
        "550 no\r\n",
        "451 later\r\n",
        "421 bye\r\n",
        "250-half\r\n",
        "25",
        "0 ok\r\n",
        "250 ok\n",
        "220 hi\r\n",
        "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n",
    ]);
    let one = prop_oneof![
        12 => reply.prop_map(|reply| Move::Hear(reply.as_bytes().to_vec())),
        1 => prop::collection::vec(any::<u8>(), 0..20).prop_map(Move::Hear),
        8 => (1usize..2500).prop_map(Move::Write),
        8 => Just(Move::Write(usize::MAX)),
        6 => Just(Move::Offer),
        6 => Just(Move::Permit),
        1 => Just(Move::Withdraw),
        1 => Just(Move::Quit),
        1 => Just(Move::Break),
        1 => (0u32..400_000).prop_map(Move::Wait),
    ];
    prop::collection::vec(one, 0..60)
}

/// Plays the moves, then closes; returns what was written, the permits used and every event.
fn play(moves: Vec<Move>, pipelining: bool) -> (Talk, i64, Vec<i64>) {
    let mut talk = Talk::ready(if pipelining { PIPELINING } else { PLAIN });
    let (mut offered, mut permitted) = (0, Vec::new());
    for one in moves {
        match one {
            Move::Hear(bytes) => talk.session.receive(&bytes, talk.now),
            Move::Write(count) => {
                talk.grain = count;
                talk.flow_once();
            }
            Move::Offer => {
                let taken = talk.session.offer(envelope(offered + 1), letter(offered + 1), talk.now).is_ok();
                offered += i64::from(taken);
            }
            Move::Permit => {
                let asks = talk.events.iter().rev().find_map(|event| match event {
                    Event::AskPermit(delivery) => Some(delivery.0),
                    Event::Secure
                    | Event::Heard(_)
                    | Event::Unfit(_)
                    | Event::Ready
                    | Event::Told(_)
                    | Event::GivenBack(_)
                    | Event::Over(_) => None,
                });
                if let Some(number) = asks {
                    permitted.push(number);
                    talk.session.permit(Permit { delivery: id(number) }, talk.now);
                }
            }
            Move::Withdraw => talk.session.withdraw(talk.now),
            Move::Quit => talk.session.quit(talk.now),
            Move::Break => talk.session.broken(Break::Closed, talk.now),
            Move::Wait(ms) => {
                talk.now = talk.now + Duration::from_millis(u64::from(ms));
                talk.session.tick(talk.now);
            }
        }
        while let Some(event) = talk.session.next_event() {
            talk.events.push(event);
        }
    }
    talk.broken(Break::Closed);
    (talk, offered, permitted)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_relay_says_every_letter_ends_once_and_truly(moves in moves(), pipelining: bool) {
        let (mut talk, offered, permitted) = play(moves, pipelining);
        let (said, endings) = (talk.said(), talk.endings());
        prop_assert_eq!(endings.len() as i64, offered);
        for number in 1..=offered {
            let mine: Vec<_> = endings.iter().filter(|(delivery, _)| *delivery == number).collect();
            prop_assert_eq!(mine.len(), 1, "letter {} in {:?}", number, endings);
            let at_dot = matches!(mine[0], (_, Some((Stage::Dot, _))));
            let dot_begun = said.contains(&format!("\r\nEND-{number}\r\n."));
            prop_assert_eq!(at_dot, dot_begun, "letter {} of {}: {:?}", number, said, endings);
            prop_assert!(!dot_begun || permitted.contains(&number), "letter {}", number);
        }
    }

    #[test]
    fn whatever_comes_at_the_greeting_nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut talk = Talk::new();
        talk.hear(&bytes).broken(Break::Closed);
        prop_assert!(talk.session.is_over());
    }
}
