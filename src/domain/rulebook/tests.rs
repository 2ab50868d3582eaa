//! Every rule of config/replies.toml with the answers it was written for, and what a rule may not say.

use super::super::attempt::Seen;
use super::*;
use Stage::{Data, Dot, Mail, Rcpt};
use std::collections::BTreeSet;

const HOUR: Option<Duration> = Some(Duration::from_secs(3600));

fn reply(line: &str) -> Answer {
    let (code, text) = line.split_once(' ').expect("a code and a text");
    Answer { code: code.parse().expect("digits"), enhanced: None, text: text.to_owned() }
}

fn later(scope: Scope, after: Option<Duration>) -> Verdict {
    Verdict::Later { scope, counted: true, after }
}

fn failed(scope: Scope, suppress: bool) -> Verdict {
    Verdict::Refused { scope, suppress }
}

fn known() -> Vec<(Stage, &'static str, &'static str, Verdict)> {
    let minutes = |number: u64| Some(Duration::from_secs(60 * number));
    let quota = later(Scope::Provider, HOUR);
    let fewer = later(Scope::Provider, None);
    vec![
        (Rcpt, "qq.com", "550 Ip frequency limited. http://service.mail.qq.com/detail/0/51", quota.clone()),
        (Mail, "qq.com", "550 Domain frequency limited", quota.clone()),
        (Dot, "qq.com", "550 Sender frequency limited", quota.clone()),
        (Rcpt, "qq.com", "550 Connection frequency limited", quota.clone()),
        (Dot, "company.cn", "550 host mx.qq.com said: IP FREQUENCY LIMITED", quota.clone()),
        (Rcpt, "qq.com", "550 Mailbox unavailable or access denied", later(Scope::Recipient, HOUR)),
        (Dot, "qq.com", "550 Mailbox unavailable or access denied", later(Scope::Recipient, HOUR)),
        (
            Rcpt,
            "qq.com",
            "550 Mailbox not found. http://service.mail.qq.com/detail/122/169",
            failed(Scope::Recipient, true),
        ),
        (Dot, "qq.com", "550 Mail content denied. http://service.mail.qq.com", failed(Scope::Message, false)),
        (Dot, "qq.com", "550 Suspected spam", failed(Scope::Message, false)),
        (Rcpt, "163.com", "421 HL:REP 163 smtp8,x", quota.clone()),
        (Mail, "163.com", "421 HL:ICC", quota.clone()),
        (Data, "163.com", "421 HL:IFC", quota.clone()),
        (Dot, "163.com", "421 HL:MEP", quota.clone()),
        (Rcpt, "163.com", "450 MI:DMC 163 smtp1", fewer.clone()),
        (Rcpt, "163.com", "451 RP:DRC", fewer.clone()),
        (Dot, "company.cn", "451 host 163mx00.mxmail.netease.com said: MI:CEL", fewer),
        (Dot, "163.com", "451 DT:SPM 163 smtp", later(Scope::Message, minutes(5))),
        (Rcpt, "163.com", "550 RP:ORQ", quota.clone()),
        (Mail, "163.com", "554 HL:ITC", quota),
        (Mail, "163.com", "451 MI:SFQ", later(Scope::Provider, minutes(15))),
        (Dot, "163.com", "554 DT:SPM 163 smtp", failed(Scope::Message, false)),
    ]
}

#[test]
fn every_rule_of_the_file_is_known_by_the_answers_it_was_written_for() {
    let book = Rulebook::built_in();
    let mut used = BTreeSet::new();
    for (stage, lane, line, verdict) in known() {
        let answer = reply(line);
        used.extend(book.place(stage, &answer, lane));
        assert_eq!(Verdict::of(stage, &Seen::Answer(answer), &book, lane, &[]), verdict, "{stage:?} {lane} {line}");
    }
    assert_eq!(used.len(), book.rules.len(), "a rule without a case: {used:?}");
}

#[test]
fn another_providers_words_are_not_qqs() {
    let answer = Seen::Answer(reply("550 Mailbox not found"));
    let verdict = |lane| Verdict::of(Rcpt, &answer, &Rulebook::built_in(), lane, &[]);
    assert_eq!(verdict("qq.com"), failed(Scope::Recipient, true));
    assert_eq!(verdict("example.cn"), failed(Scope::Policy, false));
}

#[test]
fn a_rule_with_times_fails_when_they_are_used_up() {
    let answer = Seen::Answer(reply("451 DT:SPM"));
    let verdict = |before: &[&str]| {
        let before: Vec<_> = before.iter().map(|line| (Dot, reply(line))).collect();
        Verdict::of(Dot, &answer, &Rulebook::built_in(), "163.com", &before)
    };
    let goes_on = later(Scope::Message, Some(Duration::from_secs(300)));
    assert_eq!(verdict(&["451 DT:SPM"; 2]), goes_on);
    assert_eq!(verdict(&["451 DT:SPM"; 3]), failed(Scope::Message, false));
    assert_eq!(
        verdict(&["451 greylisted", "451 DT:SPM", "450 MI:DMC", "451 DT:SPM"]),
        goes_on,
        "others are not its matter"
    );
}

#[test]
fn an_acceptance_is_no_matter_for_rules() {
    let answer = Seen::Answer(Answer { code: 250, enhanced: None, text: "HL:REP DT:SPM".to_owned() });
    assert_eq!(Verdict::of(Dot, &answer, &Rulebook::built_in(), "163.com", &[]), Verdict::Accepted);
}

#[test]
fn a_rule_at_the_greeting_changes_nothing() {
    let answer = Seen::Answer(reply("421 HL:REP"));
    let verdict = Verdict::of(Stage::Greeting, &answer, &Rulebook::built_in(), "163.com", &[]);
    assert_eq!(verdict, Verdict::Later { scope: Scope::Relay, counted: false, after: None });
}

#[test]
fn a_rule_is_bound_to_its_stages() {
    let book = "[[rule]]\nmeaning='m'\ntext=['no']\nstages=['dot']\nscope='policy'\noutcome='later'\nafter='90 s'";
    let book = Rulebook::parse(book).expect("well formed");
    assert_eq!(book.place(Rcpt, &reply("550 no"), "x.cn"), None);
    assert_eq!(
        book.verdict(Dot, &reply("550 no"), "x.cn", &[]),
        Some(later(Scope::Policy, Some(Duration::from_secs(90))))
    );
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    for (rule, why) in [
        ("scope='policy'\noutcome='later'\ntext=[]", "at least one text"),
        ("scope='policy'\noutcome='later'\ntext=[' ']", "at least one text"),
        ("scope='policy'\noutcome='later'\ntext=['a']\ncodes=[250]", "no refusal"),
        ("scope='policy'\noutcome='later'\ntext=['a']\nstages=['ehlo']", "before any letter"),
        ("scope='relay'\noutcome='later'\ntext=['a']", "only the station"),
        ("scope='recipient'\noutcome='later'\ntext=['a']\nsuppress=true", "cannot suppress"),
        ("scope='recipient'\noutcome='later'\ntext=['a']\ntimes=0", "zero times"),
        ("scope='policy'\noutcome='failed'\ntext=['a']\nsuppress=true", "not its own matter"),
        ("scope='policy'\noutcome='failed'\ntext=['a']\nafter='1 h'", "drop them"),
        ("scope='policy'\noutcome='later'\ntext=['a']\nafter='1 week'", "cannot be read"),
        ("scope='policy'\noutcome='later'\ntext=['a']\nafter='1h'", "cannot be read"),
    ] {
        let error = Rulebook::parse(&format!("[[rule]]\nmeaning='odd'\n{rule}")).expect_err(rule).to_string();
        assert!(error.starts_with("rule 1 of the rulebook (\"odd\")") && error.contains(why), "{error}");
    }
    for text in ["[[rule]]\nmeaning='m'\ncolour='red'", "[[rules]]", "rule = 3"] {
        assert!(matches!(Rulebook::parse(text), Err(NoRulebook::Form(_))), "{text}");
    }
}
