//! The laws of the opening: STARTTLS and AUTH, what is refused, and what must not be believed.

use super::*;
use crate::domain::attempt::Scope;
use crate::domain::attempt::Verdict;
use crate::domain::rulebook::Rulebook;

const GREETING: &str = "220 relay.example\r\n";
const OFFERS_TLS: &str = "250-relay.example\r\n250-PIPELINING\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n";
const OFFERS_PLAIN: &str = "250-relay.example\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN\r\n";
const OFFERS_LOGIN: &str = "250-relay.example\r\n250 AUTH LOGIN\r\n";
const GO: &str = "220 2.0.0 go\r\n";
const EHLO: &str = "EHLO station.example\r\n";
/// "\0news\0pass word" in base64.
const PLAIN_AUTH: &str = "AUTH PLAIN AG5ld3MAcGFzcyB3b3Jk\r\n";

fn login() -> Option<Login> {
    Some(Login { user: "news".to_owned(), password: "pass word".to_owned().into() })
}

fn terms(encryption: Encryption, login: Option<Login>) -> Security {
    Security { encryption, login, auth_in_clear: false }
}

fn opening(security: Security) -> Talk {
    let mut talk = Talk::on_terms(10, security);
    talk.hear(GREETING);
    talk
}

/// One that has its wire encrypted and has greeted anew.
fn secured(security: Security) -> Talk {
    let mut talk = opening(security);
    talk.hear(OFFERS_TLS).hear(GO);
    assert_eq!(talk.said(), format!("{EHLO}STARTTLS\r\n"));
    assert_eq!(talk.told(), [Event::Secure]);
    talk.session.secured(talk.now);
    talk.flow();
    assert_eq!(talk.said(), EHLO);
    talk
}

fn unfit(why: Unfit) -> Vec<Event> {
    vec![Event::Unfit(why), Event::Over(None)]
}

fn answer(code: u16, text: &str) -> Answer {
    Answer { code, enhanced: None, text: text.to_owned() }
}

#[test]
fn a_connection_is_encrypted_then_signed_in_then_carries_letters_however_it_is_cut() {
    type Chop<'a> = &'a dyn Fn(usize, &[u8]) -> Vec<Vec<u8>>;
    let play = |grain: usize, chop: Chop<'_>| {
        let mut talk = Talk::on_terms(10, terms(Encryption::Required, login()));
        talk.grain = grain;
        let flights = [GREETING, OFFERS_TLS, GO, OFFERS_LOGIN, "334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n"];
        for (number, flight) in flights.into_iter().chain(["235 2.7.0 welcome\r\n"]).enumerate() {
            for part in chop(number, flight.as_bytes()) {
                talk.hear(part);
            }
            if number == 2 {
                talk.session.secured(talk.now);
                talk.flow();
            }
        }
        (talk.said(), talk.told())
    };
    let whole = play(usize::MAX, &|_, bytes| vec![bytes.to_vec()]);
    // "news" and "pass word" in base64.
    assert_eq!(whole.0, format!("{EHLO}STARTTLS\r\n{EHLO}AUTH LOGIN\r\nbmV3cw==\r\ncGFzcyB3b3Jk\r\n"));
    assert_eq!(whole.1, [Event::Secure, Event::Ready]);
    assert_eq!(play(1, &|_, bytes| bytes.iter().map(|byte| vec![*byte]).collect()), whole);
    for flight in 0..7 {
        for at in 0..90 {
            let cut = |number: usize, bytes: &[u8]| {
                let at = if number == flight { at.min(bytes.len()) } else { bytes.len() };
                vec![bytes[..at].to_vec(), bytes[at..].to_vec()]
            };
            assert_eq!(play(3, &cut), whole, "flight {flight} cut at {at}");
        }
    }
}

#[test]
fn plain_saves_the_round_trips_of_login() {
    let mut talk = secured(terms(Encryption::Required, login()));
    assert_eq!(talk.hear(OFFERS_PLAIN).said(), PLAIN_AUTH);
    talk.hear("235 2.7.0 ok\r\n");
    assert_eq!(talk.told(), [Event::Ready]);
    assert_eq!(talk.offer(1).said(), flight(1), "PIPELINING was offered again");
}

#[test]
fn what_was_offered_in_clear_is_forgotten() {
    let mut talk = secured(terms(Encryption::Required, login()));
    assert_eq!(talk.hear("250 relay.example\r\n").told(), unfit(Unfit::NoAuth));
    let mut talk = secured(terms(Encryption::Required, None));
    assert_eq!(talk.hear("250 relay.example\r\n").told(), [Event::Ready]);
    assert_eq!(talk.offer(1).said(), "MAIL FROM:<news@press.example>\r\n", "no PIPELINING any more");
    let mut talk = secured(terms(Encryption::Required, None));
    assert_eq!(talk.hear(OFFERS_TLS).told(), [Event::Ready], "encrypted once is enough");
}

#[test]
fn bytes_behind_the_answer_to_starttls_break_the_connection() {
    // CVE-2011-0411: what somebody on the way has put behind the 220 must not pass for the relay's word.
    for injected in [OFFERS_PLAIN, "2", "250-half", "\r\n", "\0"] {
        let mut talk = opening(terms(Encryption::Required, login()));
        talk.hear(OFFERS_TLS).hear(format!("{GO}{injected}"));
        assert_eq!(talk.told(), [Event::Secure, over(Stage::StartTls, Break::Garbage)], "{injected:?}");
        talk.session.secured(talk.now);
        assert_eq!(talk.flow().said(), format!("{EHLO}STARTTLS\r\n"), "nothing more is said");
        // The same in a segment of its own, before the wire is encrypted.
        let mut talk = opening(terms(Encryption::Opportunistic, None));
        talk.hear(OFFERS_TLS).hear(GO).hear(injected);
        assert_eq!(talk.told(), [Event::Secure, over(Stage::StartTls, Break::Garbage)], "{injected:?}");
    }
    // And the answer itself before it was asked for.
    let mut talk = opening(terms(Encryption::Required, login()));
    talk.hear(format!("{OFFERS_TLS}{GO}"));
    assert_eq!(talk.told(), [over(Stage::StartTls, Break::Garbage)]);
}

#[test]
fn while_the_wire_is_encrypted_nobody_speaks_and_a_break_is_the_relays() {
    let minute = Duration::from_secs(60);
    let securing = || {
        let mut talk = opening(terms(Encryption::Required, None));
        talk.hear(OFFERS_TLS).hear(GO).told();
        talk.said();
        talk
    };
    let mut talk = securing();
    assert_eq!((talk.session.outgoing(), talk.session.room(), talk.session.is_idle()), (&b""[..], 0, false));
    assert_eq!(talk.session.deadline(), Some(Moment(0) + minute));
    talk.session.tick(Moment(0) + minute);
    assert_eq!(talk.flow().told(), [over(Stage::StartTls, Break::Timeout)]);
    assert_eq!(securing().broken(Break::Closed).told(), [over(Stage::StartTls, Break::Closed)]);
    assert_eq!(securing().quit().told(), [Event::Over(None)]);
    let mut cut = secured(terms(Encryption::Required, login()));
    assert_eq!(cut.hear("250-relay").broken(Break::Closed).told(), [over(Stage::Ehlo, Break::Closed)]);
    let mut cut = secured(terms(Encryption::Required, login()));
    assert_eq!(cut.hear(OFFERS_PLAIN).broken(Break::Closed).told(), [over(Stage::Auth, Break::Closed)]);
}

#[test]
fn required_means_encrypted_or_not_at_all() {
    for no_tls in [OFFERS_PLAIN, "250 relay.example\r\n", "250-relay.example\r\n250 XSTARTTLS\r\n"] {
        let mut talk = opening(terms(Encryption::Required, login()));
        assert_eq!(talk.hear(no_tls).told(), unfit(Unfit::NoTls), "{no_tls:?}");
        assert_eq!(talk.said(), EHLO, "no word more in clear");
    }
    let mut talk = opening(terms(Encryption::Required, None));
    assert_eq!(talk.hear("502 what?\r\n").hear("250-relay\r\n250 STARTTLS\r\n").told(), unfit(Unfit::NoTls), "HELO");
    let mut talk = opening(terms(Encryption::Required, None));
    assert_eq!(talk.hear(OFFERS_TLS).hear("502 5.5.1 no\r\n").told(), unfit(Unfit::NoTls));
    let mut talk = opening(terms(Encryption::Required, None));
    let events = talk.hear(OFFERS_TLS).hear("454 TLS not available\r\n").told();
    let why = Seen::Answer(answer(454, "TLS not available"));
    assert_eq!(events, [Event::Over(Some((Stage::StartTls, why)))], "temporary: the relay's own matter");
}

#[test]
fn opportunistic_takes_what_is_offered_and_none_takes_nothing() {
    for (encryption, offers) in [
        (Encryption::Opportunistic, OFFERS_PLAIN),
        (Encryption::None, OFFERS_TLS),
        (Encryption::None, OFFERS_PLAIN),
        (Encryption::Implicit, OFFERS_TLS),
    ] {
        let mut talk = opening(terms(encryption, None));
        assert_eq!(talk.hear(offers).told(), [Event::Ready], "{encryption:?}");
        assert_eq!(talk.said(), EHLO);
    }
    let mut talk = secured(terms(Encryption::Opportunistic, None));
    assert_eq!(talk.hear(OFFERS_PLAIN).told(), [Event::Ready]);
    let mut talk = opening(terms(Encryption::Opportunistic, None));
    let bye = Seen::Answer(answer(421, "bye"));
    assert_eq!(talk.hear(OFFERS_TLS).hear("421 bye\r\n").told(), [Event::Over(Some((Stage::StartTls, bye)))]);
    for no in ["454 not now\r\n", "502 no\r\n"] {
        let mut talk = opening(terms(Encryption::Opportunistic, None));
        assert_eq!(talk.hear(OFFERS_TLS).hear(no).told(), [Event::Ready], "{no:?}");
        assert_eq!(talk.offer(1).said(), format!("{EHLO}STARTTLS\r\n{}", flight(1)), "what was offered still counts");
    }
}

#[test]
fn a_password_goes_to_nobody_who_is_not_known() {
    for encryption in [Encryption::None, Encryption::Opportunistic] {
        let mut talk = opening(terms(encryption, login()));
        assert_eq!(talk.hear(OFFERS_PLAIN).told(), unfit(Unfit::InClear), "{encryption:?}");
        assert_eq!(talk.said(), EHLO);
        let mut talk = opening(Security { auth_in_clear: true, ..terms(encryption, login()) });
        assert_eq!(talk.hear(OFFERS_PLAIN).said(), format!("{EHLO}{PLAIN_AUTH}"), "{encryption:?}");
    }
    // Encrypted, but nobody vouches for whoever it is.
    let mut talk = secured(terms(Encryption::Opportunistic, login()));
    assert_eq!(talk.hear(OFFERS_PLAIN).told(), unfit(Unfit::InClear));
    let mut talk = opening(terms(Encryption::Implicit, login()));
    assert_eq!(talk.hear(OFFERS_PLAIN).said(), format!("{EHLO}{PLAIN_AUTH}"));
}

#[test]
fn a_refused_login_is_a_matter_of_settings_and_a_busy_one_the_relays() {
    let asked = || {
        let mut talk = opening(terms(Encryption::Implicit, login()));
        talk.hear(OFFERS_PLAIN);
        talk
    };
    let rulebook = Rulebook::built_in();
    for (reply, code, text) in [("535 no\r\n", 535, "no"), ("550 not you\r\n", 550, "not you")] {
        let refused = answer(code, text);
        let verdict = Verdict::of(Stage::Auth, &Seen::Answer(refused.clone()), &rulebook, "x.cn", &[]);
        assert_eq!(verdict, Verdict::Later { scope: Scope::Configuration, counted: false, after: None });
        assert_eq!(asked().hear(reply).told(), unfit(Unfit::Login(refused)));
    }
    for (reply, code, text) in [
        ("454 later\r\n", 454, "later"),
        ("421 bye\r\n", 421, "bye"),
        ("334 more?\r\n", 334, "more?"),
        ("250 odd\r\n", 250, "odd"),
    ] {
        let seen = Seen::Answer(answer(code, text));
        let scope = Verdict::of(Stage::Auth, &seen, &rulebook, "x.cn", &[]);
        assert_eq!(scope, Verdict::Later { scope: Scope::Relay, counted: false, after: None }, "{reply:?}");
        assert_eq!(asked().hear(reply).told(), [Event::Over(Some((Stage::Auth, seen)))], "{reply:?}");
    }
    // Step by step, at each step.
    let mut talk = opening(terms(Encryption::Implicit, login()));
    assert_eq!(talk.hear(OFFERS_LOGIN).hear("535 no\r\n").told(), unfit(Unfit::Login(answer(535, "no"))));
    let mut talk = opening(terms(Encryption::Implicit, login()));
    talk.hear(OFFERS_LOGIN).hear("334 x\r\n").hear("535 no\r\n");
    assert_eq!(talk.told(), unfit(Unfit::Login(answer(535, "no"))));
    assert_eq!(talk.said(), format!("{EHLO}AUTH LOGIN\r\nbmV3cw==\r\n"), "the password was not asked for");
}

#[test]
fn a_password_that_a_relay_repeats_is_not_told() {
    let mut talk = opening(terms(Encryption::Implicit, login()));
    talk.hear(OFFERS_PLAIN).hear("535 AG5ld3MAcGFzcyB3b3Jk <pass word> cGFzcyB3b3Jk is wrong\r\n");
    let told = format!("{:?} {:?}", talk.told(), talk.session);
    assert!(told.contains("<secret> <secret> <secret> is wrong"), "{told}");
    assert!(!told.contains("pass word") && !told.contains("cGFzcyB3b3Jk"), "{told}");
}

#[test]
fn signing_in_has_its_own_patience() {
    let mut talk = opening(terms(Encryption::Implicit, login()));
    talk.hear(OFFERS_PLAIN);
    assert_eq!(talk.session.deadline(), Some(Moment(0) + Duration::from_secs(120)));
    let mut talk = opening(terms(Encryption::Required, login()));
    talk.hear(OFFERS_TLS);
    assert_eq!(talk.session.deadline(), Some(Moment(0) + Duration::from_secs(60)));
}

#[test]
fn an_answer_to_what_is_held_back_is_too_early_and_leaves_the_letter_unknown() {
    let mut talk = Talk::texting();
    talk.session.permit(Permit { delivery: id(1) }, talk.now);
    // TLS has taken the dot, but whether it has left, nobody knows.
    talk.session.wrote(talk.session.outgoing().len(), talk.now);
    talk.session.receive(b"250 ok\r\n", talk.now);
    assert_eq!(talk.flow().told(), [told(1, Stage::Dot, Break::Garbage), over(Stage::Dot, Break::Garbage)]);
    // The same before a command: nothing was taken for certain.
    let mut talk = Talk::ready(PIPELINING);
    talk.session.offer(envelope(1), letter(1), talk.now).expect("room");
    talk.session.wrote(talk.session.outgoing().len(), talk.now);
    talk.session.receive(b"250 ok\r\n", talk.now);
    assert_eq!(talk.flow().told(), [told(1, Stage::Mail, Break::Garbage), over(Stage::Mail, Break::Garbage)]);
}

#[test]
fn a_dot_that_was_held_back_and_then_left_is_answered_as_any_other() {
    let mut talk = Talk::texting();
    talk.session.permit(Permit { delivery: id(1) }, talk.now);
    talk.session.wrote(talk.session.outgoing().len(), talk.now);
    assert_eq!(talk.session.deadline(), Some(talk.now + Duration::from_secs(180)), "it still flows");
    talk.session.flushed(talk.now);
    assert_eq!(talk.session.deadline(), Some(talk.now + Duration::from_secs(600)));
    assert_eq!(talk.hear("250 ok\r\n").endings(), [(1, Some((Stage::Dot, 250)))]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_relay_says_the_password_goes_only_where_it_may(
        replies in prop::collection::vec(prop::sample::select(vec![
            GREETING, OFFERS_TLS, OFFERS_PLAIN, OFFERS_LOGIN, GO, "334 x\r\n", "235 ok\r\n", "250 ok\r\n",
            "454 no\r\n", "502 no\r\n", "535 no\r\n", "421 bye\r\n", "25",
        ]), 0..12),
        encryption in prop::sample::select(vec![
            Encryption::None, Encryption::Opportunistic, Encryption::Required, Encryption::Implicit,
        ]),
    ) {
        let mut talk = Talk::on_terms(10, terms(encryption, login()));
        let (mut encrypted, mut in_clear) = (encryption == Encryption::Implicit, String::new());
        for reply in replies {
            talk.hear(reply);
            let said = talk.said();
            if !encrypted {
                in_clear.push_str(&said);
            }
            if talk.told().contains(&Event::Secure) && !talk.session.is_over() {
                talk.session.secured(talk.now);
                encrypted = true;
                talk.flow();
            }
        }
        prop_assert!(!in_clear.contains("AUTH") && !in_clear.contains("cGFzcyB3b3Jk"), "{}", in_clear);
        talk.broken(Break::Closed);
        prop_assert!(talk.session.is_over());
    }
}
