//! Torture: every class of what is no reply, every silence and every close, at every place of a session, however
//! the bytes are cut; docs/wire.md names the classes. Before the dot nothing was accepted and nobody is to blame
//! but the relay; after it nobody knows; the letter behind goes back untouched.

use super::*;
use crate::domain::attempt::{Scope, Verdict};
use crate::domain::rulebook::Rulebook;

/// Where a session may be when it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Greeting,
    Ehlo,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// The text is under way and waits for its permit.
    Text,
    Dot,
}

const PLACES: [Place; 9] = [
    Place::Greeting,
    Place::Ehlo,
    Place::StartTls,
    Place::Auth,
    Place::Mail,
    Place::Rcpt,
    Place::Data,
    Place::Text,
    Place::Dot,
];

impl Place {
    /// A session that is there; from MAIL on with a letter under way and another behind it.
    fn reached(self) -> Talk {
        let login = Some(Login { user: "news".to_owned(), password: "pass".to_owned().into() });
        let terms = |encryption, login| Security { encryption, login, auth_in_clear: false };
        let mut talk = match self {
            Self::Greeting | Self::Ehlo => Talk::new(),
            Self::StartTls => Talk::on_terms(10, terms(Encryption::Required, None)),
            Self::Auth => Talk::on_terms(10, terms(Encryption::Implicit, login)),
            Self::Mail | Self::Rcpt | Self::Data => Talk::ready(PIPELINING),
            Self::Text => Talk::texting(),
            Self::Dot => Talk::chained(),
        };
        match self {
            Self::Greeting | Self::Dot => &mut talk,
            Self::Ehlo => talk.hear("220 relay\r\n"),
            Self::StartTls => talk.hear("220 relay\r\n").hear("250-relay\r\n250 STARTTLS\r\n"),
            Self::Auth => talk.hear("220 relay\r\n").hear("250-relay\r\n250 AUTH PLAIN\r\n"),
            Self::Mail => talk.offer(1).offer(2),
            Self::Rcpt => talk.offer(1).offer(2).hear("250 ok\r\n"),
            Self::Data => talk.offer(1).offer(2).hear("250 ok\r\n250 ok\r\n"),
            Self::Text => talk.offer(2),
        };
        talk.said();
        talk.told();
        talk
    }

    fn stage(self) -> Stage {
        match self {
            Self::Greeting => Stage::Greeting,
            Self::Ehlo => Stage::Ehlo,
            Self::StartTls => Stage::StartTls,
            Self::Auth => Stage::Auth,
            Self::Mail => Stage::Mail,
            Self::Rcpt => Stage::Rcpt,
            Self::Data | Self::Text => Stage::Data,
            Self::Dot => Stage::Dot,
        }
    }

    /// What a break must come to: events in their order.
    fn broken(self, how: Break) -> Vec<Event> {
        let stage = self.stage();
        let letters = [told(1, stage, how), Event::GivenBack(id(2))];
        let of_letters = letters.into_iter().filter(|_| stage >= Stage::Mail);
        of_letters.chain([over(stage, how)]).collect()
    }
}

/// What is no reply (RFC 5321 §4.2), each class with its name in docs/wire.md.
fn garbage() -> Vec<(&'static str, Vec<u8>)> {
    let endless_reply = "250-and more\r\n".repeat(600);
    vec![
        ("bare LF", b"250 ok\n".to_vec()),
        ("bare LF within a reply", b"250-one\n250 two\r\n".to_vec()),
        ("NUL", b"250 o\0k\r\n".to_vec()),
        ("endless line", [&b"250 "[..], &[b'x'; 70_000]].concat()),
        ("endless digits", vec![b'2'; 70_000]),
        ("endless reply", endless_reply.into_bytes()),
        ("no code", b"hello\r\n".to_vec()),
        ("empty line", b"\r\n".to_vec()),
        ("short code", b"25\r\n".to_vec()),
        ("long code", b"2500 ok\r\n".to_vec()),
        ("code without a space", b"250ok\r\n".to_vec()),
        ("code out of range", b"150 soon\r\n".to_vec()),
        ("two codes in one reply", b"250-one\r\n251 two\r\n".to_vec()),
        ("bytes of no text", vec![0xff, 0xfe, 0x80, b'\r', b'\n']),
    ]
}

/// What somebody hears of a letter whose session ended so.
fn verdicts(events: &[Event]) -> Vec<Verdict> {
    let rulebook = Rulebook::built_in();
    let told = events.iter().filter_map(|event| match event {
        Event::Told(told) => Some(told),
        Event::Secure | Event::Heard(_) | Event::Unfit(_) | Event::Ready => None,
        Event::AskPermit(_) | Event::GivenBack(_) | Event::Over(_) => None,
    });
    told.map(|told| Verdict::of(told.stage, &told.seen, &rulebook, "reader.example", &[])).collect()
}

/// Holds what came of it against the place.
fn judge(place: Place, how: Break, mut talk: Talk, case: &str) {
    let mut events = talk.told();
    for event in &mut events {
        if let Event::Told(told) = event {
            told.duration = Duration::ZERO;
        }
    }
    assert_eq!(events, place.broken(how), "{case} at {place:?}");
    let relays = Verdict::Later { scope: Scope::Relay, counted: false, after: None };
    match place {
        Place::Greeting | Place::Ehlo | Place::StartTls | Place::Auth => assert_eq!(verdicts(&events), []),
        Place::Mail | Place::Rcpt | Place::Data | Place::Text => assert_eq!(verdicts(&events), [relays], "{case}"),
        Place::Dot => assert_eq!(verdicts(&events), [Verdict::Uncertain], "{case}"),
    }
    assert!(talk.session.is_over() && talk.session.deadline().is_none(), "{case} at {place:?}");
    // Nothing more is said, whatever is permitted or heard after the end.
    talk.permit(1).hear("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n").permit(2);
    assert_eq!((talk.said().as_str(), talk.told()), ("", vec![]), "{case} at {place:?}");
}

#[test]
fn what_is_no_reply_ends_the_session_wherever_it_comes_and_however_it_is_cut() {
    for (place, (case, bytes)) in PLACES.into_iter().flat_map(|place| garbage().into_iter().map(move |it| (place, it)))
    {
        let cuts =
            if bytes.len() < 100 { (0..bytes.len()).collect() } else { vec![0, 1, 3, 4, 5, 4096, bytes.len() - 1] };
        for at in cuts {
            let mut talk = place.reached();
            talk.hear(&bytes[..at]).hear(&bytes[at..]);
            judge(place, Break::Garbage, talk, case);
        }
        let mut talk = place.reached();
        for byte in &bytes {
            talk.hear([*byte]);
        }
        judge(place, Break::Garbage, talk, case);
    }
}

/// Replies that have begun well and are not whole; to a text that waits every byte is too early.
const HALVES: [&str; 7] = ["", "2", "25", "250", "250-one\r\n", "250 ok", "250 ok\r"];

#[test]
fn a_close_is_judged_by_its_place_whatever_half_of_a_reply_came_before() {
    for (place, half) in PLACES.into_iter().flat_map(|place| HALVES.map(|half| (place, half))) {
        let mut talk = place.reached();
        talk.hear(half).broken(Break::Closed);
        let early = place == Place::Text && !half.is_empty();
        judge(place, if early { Break::Garbage } else { Break::Closed }, talk, half);
    }
}

#[test]
fn silence_is_judged_by_its_place_whatever_half_of_a_reply_came_before() {
    for (place, half) in PLACES.into_iter().flat_map(|place| HALVES.map(|half| (place, half))) {
        let mut talk = place.reached();
        talk.hear(half);
        // While a text waits for its permit nobody is silent but we.
        if place == Place::Text {
            assert!(half.is_empty() == talk.session.deadline().is_none() || talk.session.is_over(), "{half:?}");
            continue;
        }
        let deadline = talk.session.deadline().expect("every place has its patience");
        talk.session.tick(deadline);
        talk.flow();
        judge(place, Break::Timeout, talk, half);
    }
}
