//! Sample: a notice of every kind with invented facts, for the gallery and for the golden letters.

use crate::domain::dispatch::Tally;
use crate::domain::id::{DispatchId, IssueId};
use crate::domain::language::Language;
use crate::domain::moment::Moment;
use crate::domain::notice::{Notice, Number, Pause};
use crate::domain::schedule::Lacking;

/// A notice of every kind.
pub fn samples(language: Language) -> Vec<Notice> {
    let zone = chrono_tz::Asia::Shanghai;
    let (publication, label, why) = match language {
        Language::Chinese => ("河湾简报", "2026年第3期", "第二篇的日期应为3月2日。\n标题请再短一些。"),
        Language::English => {
            ("Riverbend Notes", "2026 No. 3", "The second date should be 2 March.\nA shorter title, please.")
        }
    };
    let of = || Number { publication: publication.into(), label: Some(label.into()), zone };
    let tally = Tally { accepted: 11_981, failed: 12, expired: 3, skipped: 2, uncertain: 2, ..Tally::default() };
    let reasons = vec![("recipient".into(), 9), ("policy".into(), 6), ("left".into(), 2), ("unclear".into(), 2)];
    let pauses = [
        Pause::Unknown { failed: 9, tried: 120 },
        Pause::Refused { in_a_row: 20, answer: "554 DT:SPM".into() },
        Pause::Sender { answer: "550 not authorised".into() },
        Pause::Unfit { why: "line 3".into() },
    ];
    let reminder = |lacking, issue| Notice::Reminder {
        publication: publication.into(),
        slug: "riverbend".parse().expect("a short name"),
        at: Moment(1_772_416_800_000),
        zone,
        lacking,
        issue,
    };
    let mut all = vec![
        Notice::Reset,
        Notice::Review { of: of(), issue: IssueId(3), by: Some("林编辑".into()) },
        Notice::SentBack { of: of(), issue: IssueId(3), by: "周主任".into(), why: why.into() },
        Notice::Over { of: of(), dispatch: DispatchId(7), tally, reasons },
        Notice::Over {
            of: of(),
            dispatch: DispatchId(7),
            tally: Tally { accepted: 3, ..Tally::default() },
            reasons: vec![],
        },
        reminder(Lacking::Issue, None),
        reminder(Lacking::Approval, Some(IssueId(3))),
    ];
    all.extend(pauses.map(|pause| Notice::Paused { of: of(), dispatch: DispatchId(7), pause }));
    all
}
