//! The table of DELIVERY.md §3, line by line.

mod matrix;

use super::*;
use Stage::{Auth, Connect, Data, Dot, Ehlo, Greeting, Mail, Rcpt, StartTls};
use std::sync::LazyLock;

fn answer(reply: &str) -> Seen {
    let (code, rest) = reply.split_once(' ').unwrap_or((reply, ""));
    let first = rest.split(' ').next().unwrap_or("");
    let digits: Vec<u16> = first.split('.').filter_map(|part| part.parse().ok()).collect();
    let enhanced = match digits[..] {
        [class, subject, detail] => Some(Enhanced(u8::try_from(class).unwrap(), subject, detail)),
        _ => None,
    };
    Seen::Answer(Answer { code: code.parse().unwrap(), enhanced, text: rest.to_owned() })
}

fn later(scope: Scope) -> Verdict {
    Verdict::Later { scope, counted: true, after: None }
}

fn judged(stage: Stage, seen: &Seen) -> Verdict {
    static BOOK: LazyLock<Rulebook> = LazyLock::new(Rulebook::built_in);
    Verdict::of(stage, seen, &BOOK, "example.cn", &[])
}

#[test]
fn scope_comes_before_class() {
    let sender = Verdict::Later { scope: Scope::Sender, counted: false, after: None };
    let gone = Verdict::Refused { scope: Scope::Recipient, suppress: true };
    let policy = Verdict::Refused { scope: Scope::Policy, suppress: false };
    let content = Verdict::Refused { scope: Scope::Message, suppress: false };
    for (stage, reply, verdict) in [
        (Connect, "554 go away", RELAY),
        (Greeting, "554 5.7.1 your address is listed", RELAY),
        (Greeting, "421 too busy", RELAY),
        (Ehlo, "550 5.1.1 who are you", RELAY),
        (StartTls, "454 4.7.0 TLS not available for the moment", RELAY),
        (StartTls, "502 5.5.1 what?", CONFIGURATION),
        (Auth, "421 closing", RELAY),
        (Auth, "454 4.7.0 try again later", RELAY),
        (Auth, "535 5.7.8 authentication failed", CONFIGURATION),
        (Auth, "535 Login Fail. Please enter your authorization code to login.", CONFIGURATION),
        (Auth, "535 4.7.0 perhaps later", RELAY),
        (Mail, "421 4.3.2 closing", RELAY),
        (Mail, "451 4.3.0 busy", RELAY),
        (Mail, "550 5.1.8 unknown sender", sender.clone()),
        (Mail, "553 5.1.1 unknown user", sender),
        (Rcpt, "421 4.7.0 closing", RELAY),
        (Rcpt, "450 4.2.1 try again", later(Scope::Recipient)),
        (Rcpt, "451 try again", later(Scope::Recipient)),
        (Rcpt, "450 4.7.1 greylisted", later(Scope::Provider)),
        (Rcpt, "550 5.1.1 no such user", gone.clone()),
        (Rcpt, "550 5.1.2 no such domain", gone.clone()),
        (Rcpt, "553 5.1.3 bad syntax", gone.clone()),
        (Rcpt, "551 5.1.6 moved", gone.clone()),
        (Rcpt, "556 5.1.10 null MX", gone),
        (Rcpt, "550 5.1.0 address rejected", policy.clone()),
        (Rcpt, "552 5.2.2 mailbox full", later(Scope::Recipient)),
        (Rcpt, "550 5.2.1 disabled", policy.clone()),
        (Rcpt, "550 5.7.1 blocked", policy.clone()),
        (Rcpt, "554 5.7.606 blocked", policy.clone()),
        (Rcpt, "550 no such user", policy.clone()),
        (Rcpt, "550 User unknown", policy),
        (Data, "421 closing", RELAY),
        (Data, "451 4.3.0 later", later(Scope::Message)),
        (Data, "554 5.5.1 no", content.clone()),
        (Dot, "250 2.0.0 queued as 4Xy", Verdict::Accepted),
        (Dot, "250 ok", Verdict::Accepted),
        (Dot, "421 4.3.2 closing", later(Scope::Message)),
        (Dot, "451 4.3.0 later", later(Scope::Message)),
        (Dot, "554 5.7.1 spam", content.clone()),
        (Dot, "550 5.1.1 no such user", content),
        (Dot, "552 5.2.2 mailbox full", later(Scope::Recipient)),
        (Dot, "354 go on", Verdict::Uncertain),
    ] {
        assert_eq!(judged(stage, &answer(reply)), verdict, "{stage:?} {reply}");
    }
}

#[test]
fn the_milder_of_two_classes_wins_but_a_no_never_becomes_a_yes() {
    for (stage, reply, verdict) in [
        (Rcpt, "550 4.1.1 perhaps later", later(Scope::Recipient)),
        (Rcpt, "450 5.1.1 no such user, perhaps", later(Scope::Recipient)),
        (Rcpt, "550 2.1.5 fine", later(Scope::Recipient)),
        (Dot, "554 4.7.1 later", later(Scope::Message)),
        (Dot, "451 5.7.1 later", later(Scope::Message)),
        (Dot, "250 5.0.0 taken all the same", Verdict::Accepted),
        (Dot, "554 2.0.0 taken?", Verdict::Uncertain),
        (Dot, "451 2.0.0 taken?", Verdict::Uncertain),
    ] {
        assert_eq!(judged(stage, &answer(reply)), verdict, "{stage:?} {reply}");
    }
}

#[test]
fn a_break_is_the_relays_matter_before_the_dot_and_nobodys_knowledge_after_it() {
    for how in [Break::Refused, Break::Closed, Break::Timeout, Break::Garbage] {
        for stage in [Connect, Greeting, Ehlo, Mail, Rcpt, Data] {
            assert_eq!(judged(stage, &Seen::Broken(how)), RELAY, "{stage:?} {how:?}");
        }
        assert_eq!(judged(Dot, &Seen::Broken(how)), Verdict::Uncertain, "{how:?}");
    }
    assert_eq!(judged(Dot, &Seen::Broken(Break::Withdrawn)), RELAY);
}

#[test]
fn no_answer_at_all_suppresses_a_reader_but_no_such_user() {
    for code in 200..=599 {
        for stage in [Connect, Greeting, Ehlo, Mail, Rcpt, Data, Dot] {
            for enhanced in [None, Some(Enhanced(4, 1, 1)), Some(Enhanced(5, 7, 1)), Some(Enhanced(5, 2, 1))] {
                let seen = Seen::Answer(Answer { code, enhanced, text: "no".to_owned() });
                let verdict = judged(stage, &seen);
                assert!(!matches!(verdict, Verdict::Refused { suppress: true, .. }), "{stage:?} {code} {enhanced:?}");
                let accepted = stage == Dot && (200..300).contains(&code);
                assert_eq!(verdict == Verdict::Accepted, accepted, "{stage:?} {code} {enhanced:?}");
            }
        }
    }
}
