//! The reply matrix: every stage, every code, without, with and contradicting enhanced code, and every text of the
//! providers, against tables written down from DELIVERY.md §3 and not from the code. `cargo xtask prove replies`.

use super::*;
use Expected::*;

/// What DELIVERY.md §3 says of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    Taken,
    Unknown,
    /// Back to the queue, not counted.
    Back(Scope),
    /// Queued later, counted.
    Counted(Scope),
    /// Failed for this issue; the address stays good.
    Failed(Scope),
    /// Failed, and the address must not be written to again.
    Gone,
}

impl Expected {
    /// The same as a verdict, but for a provider's own wait.
    fn of(verdict: &Verdict) -> Self {
        match *verdict {
            Verdict::Accepted => Taken,
            Verdict::Uncertain => Unknown,
            Verdict::Later { scope, counted: false, .. } => Back(scope),
            Verdict::Later { scope, counted: true, .. } => Counted(scope),
            Verdict::Refused { scope: Scope::Recipient, suppress: true } => Gone,
            Verdict::Refused { scope, suppress } => {
                assert!(!suppress, "only a recipient is suppressed");
                Failed(scope)
            }
        }
    }
}

/// The class of two codes together: "if basic and enhanced class disagree, the milder wins". `!` is a no beside
/// an enhanced yes, `-` is no final answer at all.
const CLASSES: [(u16, Option<u8>, char); 16] = [
    (2, None, '2'),
    (2, Some(2), '2'),
    (2, Some(4), '2'),
    (2, Some(5), '2'),
    (3, None, '-'),
    (3, Some(2), '-'),
    (3, Some(4), '-'),
    (3, Some(5), '-'),
    (4, None, '4'),
    (4, Some(2), '!'),
    (4, Some(4), '4'),
    (4, Some(5), '4'),
    (5, None, '5'),
    (5, Some(2), '!'),
    (5, Some(4), '4'),
    (5, Some(5), '5'),
];

/// Subject and detail of an enhanced code, any by default.
type Detail = Option<(u16, &'static [u16])>;

/// Stages, classes, subject and details, and what is expected; the first line that fits counts. The lines with a
/// remark are not in DELIVERY.md's table; what they say is decided here.
const TABLE: &[(&[Stage], &str, Detail, Expected)] = &[
    (&[Connect, Greeting, Ehlo], "2-!45", None, Back(Scope::Relay)),
    // AUTH refused, required TLS absent: only a definite no is a matter of settings.
    (&[StartTls, Auth], "5", None, Back(Scope::Configuration)),
    (&[StartTls, Auth], "2-!4", None, Back(Scope::Relay)),
    // The relay takes no letter of the size that MAIL told it (RFC 1870 §6.1): no fault of the sender.
    (&[Mail], "5", Some((3, &[4])), Failed(Scope::Message)),
    (&[Mail], "5", Some((2, &[3])), Failed(Scope::Message)),
    (&[Mail], "5", None, Back(Scope::Sender)),
    // MAIL 4xx: a relay that is too busy for any sender.
    (&[Mail], "2-!4", None, Back(Scope::Relay)),
    // An answer that is no refusal where a refusal is judged: the relay's confusion.
    (&[Rcpt, Data], "2-", None, Back(Scope::Relay)),
    // A no beside an enhanced yes, before the dot: certainly not accepted, and the milder no.
    (&[Rcpt], "4!", Some((7, ANY)), Counted(Scope::Provider)),
    (&[Rcpt], "4!", None, Counted(Scope::Recipient)),
    (&[Rcpt], "5", Some((1, &[1, 2, 3, 6, 10])), Gone),
    (&[Rcpt], "5", Some((2, &[2])), Counted(Scope::Recipient)),
    (&[Rcpt], "5", None, Failed(Scope::Policy)),
    (&[Dot], "2", None, Taken),
    (&[Dot], "-!", None, Unknown),
    (&[Data, Dot], "4!", None, Counted(Scope::Message)),
    // A mailbox that is full is soft wherever it is said.
    (&[Data, Dot], "5", Some((2, &[2])), Counted(Scope::Recipient)),
    (&[Data, Dot], "5", None, Failed(Scope::Message)),
];

const ANY: &[u16] = &[0, 1, 2, 3, 4, 5, 6, 10, 26, 606];

fn expected(stage: Stage, code: u16, enhanced: Option<Enhanced>) -> Expected {
    // "421 before the dot": the relay closes, whatever it was asked.
    if code == 421 && stage < Dot {
        return Back(Scope::Relay);
    }
    // The same without an enhanced code.
    if stage == Mail && code == 552 && enhanced.is_none() {
        return Failed(Scope::Message);
    }
    let both = (code / 100, enhanced.map(|enhanced| enhanced.0));
    let class = CLASSES.iter().find(|(basic, own, _)| (*basic, *own) == both).expect("every pair is there").2;
    let fits = |detail: &Detail| match (detail, enhanced) {
        (None, _) => true,
        (Some((subject, details)), Some(Enhanced(_, said, detail))) => *subject == said && details.contains(&detail),
        (Some(_), None) => false,
    };
    let line = TABLE
        .iter()
        .find(|(stages, classes, detail, _)| stages.contains(&stage) && classes.contains(class) && fits(detail));
    line.expect("every answer is in the table").3
}

#[test]
fn every_stage_code_and_enhanced_code_means_what_the_table_says() {
    let details = (0..=7).flat_map(|subject| ANY.iter().map(move |detail| (subject, *detail)));
    let with = details.flat_map(|(subject, detail)| [2, 4, 5].map(|class| Some(Enhanced(class, subject, detail))));
    let enhanced: Vec<_> = [None].into_iter().chain(with).collect();
    let mut cases = 0;
    for stage in Stage::ALL {
        for code in 200..=599 {
            for enhanced in &enhanced {
                let seen = Seen::Answer(Answer { code, enhanced: *enhanced, text: "some words".to_owned() });
                let found = judged(stage, &seen);
                assert_eq!(Expected::of(&found), expected(stage, code, *enhanced), "{stage:?} {code} {enhanced:?}");
                assert!(!matches!(found, Verdict::Later { after: Some(_), .. }), "no rule asks for a wait");
                cases += 1;
            }
        }
    }
    assert_eq!(cases, 9 * 400 * 241);
}

#[test]
fn every_line_of_the_table_is_needed() {
    for (at, (stages, classes, detail, _)) in TABLE.iter().enumerate() {
        let earlier = &TABLE[..at];
        // A line is dead when an earlier one takes all that it takes.
        let dead = stages.iter().all(|stage| {
            classes.chars().all(|class| {
                earlier.iter().any(|(of, taken, wanted, _)| {
                    of.contains(stage) && taken.contains(class) && (wanted.is_none() || wanted == detail)
                })
            })
        });
        assert!(!dead, "line {at} says nothing");
    }
}

/// The least and the most minutes that a provider's own meaning asks to wait; none where patience says.
type Wait = Option<(u64, u64)>;

/// DELIVERY.md §3's table of providers: the provider's domains, codes, texts, what is expected, the wait, and
/// after how many tries it has failed.
type Said = (&'static [&'static str], &'static [u16], &'static [&'static str], Expected, Wait, Option<u32>);

const QQ: &[&str] = &["qq.com", "foxmail.com"];
const NETEASE: &[&str] = &["163.com", "126.com", "yeah.net"];

const PROVIDERS: &[Said] = &[
    // "quota → retry later, lane pauses 10 min → 1 h → next day"
    (
        QQ,
        &[550],
        &[
            "Ip frequency limited",
            "Domain frequency limited",
            "Sender frequency limited",
            "Connection frequency limited",
        ],
        Counted(Scope::Provider),
        Some((10, 60)),
        None,
    ),
    // "this reader got too much → retry in 1 h"
    (QQ, &[550], &["Mailbox unavailable or access denied"], Counted(Scope::Recipient), Some((60, 60)), None),
    (QQ, &[550], &["Mailbox not found"], Gone, None, None),
    (QQ, &[550], &["Mail content denied", "Suspected spam"], Failed(Scope::Message), None, None),
    // "lane to 1 connection, pause 1 h"
    (NETEASE, &[421], &["HL:REP", "HL:ICC", "HL:IFC", "HL:MEP"], Counted(Scope::Provider), Some((60, 60)), None),
    (NETEASE, &[450, 451], &["MI:DMC", "RP:DRC", "MI:CEL"], Counted(Scope::Provider), None, None),
    // "retry in minutes, 3 times"
    (NETEASE, &[451], &["DT:SPM"], Counted(Scope::Message), Some((1, 30)), Some(3)),
    // "day or quarter-hour quota → lane pauses"
    (NETEASE, &[550], &["RP:ORQ"], Counted(Scope::Provider), Some((15, 24 * 60)), None),
    (NETEASE, &[554], &["HL:ITC"], Counted(Scope::Provider), Some((15, 24 * 60)), None),
    (NETEASE, &[451], &["MI:SFQ"], Counted(Scope::Provider), Some((15, 15)), None),
    (NETEASE, &[554], &["DT:SPM"], Failed(Scope::Message), None, None),
];

/// Each text of the providers' table, in each of the forms that it comes in: what is wrong with a rulebook's
/// reading of them.
fn misread(rulebook: &Rulebook) -> Vec<String> {
    let mut wrong = Vec::new();
    for (domains, codes, texts, expected, wait, times) in PROVIDERS {
        for (text, code) in texts.iter().flat_map(|text| codes.iter().map(move |code| (text, *code))) {
            let forms =
                [(*text).to_owned(), text.to_lowercase(), format!("host mx.example said: {text}. http://x.cn/1")];
            for (form, domain) in forms.iter().flat_map(|form| domains.iter().map(move |domain| (form, domain))) {
                let lane = format!("reader@{domain}").parse::<crate::domain::address::Address>().expect("well formed");
                // A rule stands above what the enhanced code would say.
                for enhanced in [None, Some(Enhanced(5, 7, 1)), Some(Enhanced(4, 7, 0)), Some(Enhanced(5, 1, 1))] {
                    for stage in [Mail, Rcpt, Data, Dot] {
                        let answer = Answer { code, enhanced, text: form.clone() };
                        let seen = Seen::Answer(answer.clone());
                        let verdict = |before| {
                            let before = vec![(stage, answer.clone()); before];
                            Verdict::of(stage, &seen, rulebook, lane.lane(), &before)
                        };
                        if !means(&verdict(0), *expected, *wait) || !ends(times, &verdict) {
                            wrong.push(format!("{stage:?} {code} {enhanced:?} {form}: {:?}", verdict(0)));
                        }
                    }
                }
            }
        }
    }
    wrong
}

fn means(verdict: &Verdict, expected: Expected, wait: Wait) -> bool {
    let asked = match verdict {
        Verdict::Later { after, .. } => after.map(|after| after.as_secs() / 60),
        Verdict::Accepted | Verdict::Refused { .. } | Verdict::Uncertain => None,
    };
    let waits = match (wait, asked) {
        (None, None) => true,
        (Some((least, most)), Some(minutes)) => (least..=most).contains(&minutes),
        (Some(_), None) | (None, Some(_)) => false,
    };
    Expected::of(verdict) == expected && waits
}

/// After so many tries it has failed for this issue, and not before; otherwise never by itself.
fn ends(times: &Option<u32>, verdict: &impl Fn(usize) -> Verdict) -> bool {
    let refused = |before: u32| matches!(verdict(before as usize), Verdict::Refused { suppress: false, .. });
    times.map_or_else(|| verdict(99) == verdict(0), |times| !refused(times - 1) && refused(times))
}

#[test]
fn every_text_of_every_provider_means_what_the_table_says() {
    assert_eq!(misread(&Rulebook::built_in()), Vec::<String>::new());
}

#[test]
fn without_any_one_rule_or_any_one_of_its_texts_a_text_is_misread() {
    let file = include_str!("../../../../config/replies.toml");
    let (head, rules) = file.split_once("\n[[rule]]\n").expect("there are rules");
    let rules: Vec<_> = rules.split("\n[[rule]]\n").collect();
    let read = |rules: &[&str]| {
        let text: String = rules.iter().map(|rule| format!("\n[[rule]]\n{rule}\n")).collect();
        Rulebook::parse(&format!("{head}{text}")).expect("well formed")
    };
    assert_eq!(read(&rules), Rulebook::built_in());
    for nth in 0..rules.len() {
        let others = [&rules[..nth], &rules[nth + 1..]].concat();
        assert!(!misread(&read(&others)).is_empty(), "nothing needs this rule:\n{}", rules[nth]);
        let line = rules[nth].lines().find(|line| line.starts_with("text = ")).expect("a rule has texts");
        for text in line.split('"').skip(1).step_by(2) {
            let without = rules[nth].replace(&format!("\"{text}\""), "\"words that nobody says\"");
            let changed = [&rules[..nth], &[&without[..]], &rules[nth + 1..]].concat();
            assert!(!misread(&read(&changed)).is_empty(), "nothing needs {text:?}");
        }
    }
}

#[test]
fn a_providers_words_kill_no_address_elsewhere() {
    for (_, codes, texts, ..) in PROVIDERS {
        for (text, stage) in texts.iter().flat_map(|text| [Mail, Rcpt, Data, Dot].map(|stage| (text, stage))) {
            for (lane, code) in [("example.cn", codes[0]), ("gmail.com", 550), ("qq.com", 450), ("163.com", 553)] {
                let seen = Seen::Answer(Answer { code, enhanced: None, text: (*text).to_owned() });
                let verdict = Verdict::of(stage, &seen, &Rulebook::built_in(), lane, &[]);
                assert_ne!(Expected::of(&verdict), Gone, "{lane} {code} {text}");
            }
        }
    }
}
