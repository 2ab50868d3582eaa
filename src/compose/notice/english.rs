//! What notices say in English.

use super::{Closing, Said, grouped, sum};
use crate::domain::account::RESET;
use crate::domain::delivery::State;
use crate::domain::dispatch::Tally;
use crate::domain::language::Language;
use crate::domain::moment::Moment;
use crate::domain::notice::{ENDS, Notice, Number, Pause};
use crate::domain::reason::Reason;
use crate::domain::schedule::Lacking;
use chrono::TimeZone;
use chrono_tz::Tz;

pub(super) const CLOSING: Closing = Closing {
    house: "Yizhan",
    why: "Yizhan wrote this letter by itself; please do not reply to it.",
    choose: "Choose which notices come to you",
};

pub(super) fn said(notice: &Notice, email: &str) -> Said {
    match notice {
        Notice::Reset => reset(email),
        Notice::Review { of, by, .. } => {
            let of = called(of);
            let by = by.as_deref().unwrap_or("The office");
            Said {
                subject: format!("To review: {of}"),
                title: format!("To review: {of}"),
                lines: vec![format!(
                    "{by} put {of} forward. Please look at it: approve it, or send it back and say why."
                )],
                action: "Open the approval",
                ..nothing()
            }
        }
        Notice::SentBack { of, by, why, .. } => {
            let of = called(of);
            Said {
                subject: format!("Sent back: {of}"),
                title: format!("Sent back: {of}"),
                lines: vec![format!("{by} sent {of} back and says:")],
                quote: Some(why.clone()),
                next: vec!["Please change it and put it forward again.".to_owned()],
                action: "Open the issue",
                ..nothing()
            }
        }
        Notice::Over { of, tally, reasons, .. } => over(&called(of), tally, reasons),
        Notice::Paused { of, pause, .. } => {
            let of = called(of);
            let [why, next] = paused(pause);
            Said {
                subject: format!("Dispatch paused itself: {of}"),
                title: format!("Dispatch paused itself: {of}"),
                lines: vec![why],
                next: vec![next],
                action: "Open the dispatch",
                ..nothing()
            }
        }
        Notice::Reminder { publication, at, zone, lacking, .. } => {
            let hour = hour(*at, *zone);
            Said {
                subject: format!("Nothing is ready for {publication} on {hour}"),
                title: format!("Nothing is ready for {publication} on {hour}"),
                lines: vec![format!(
                    "By its schedule {publication} goes out on {hour}, and cannot yet: {}",
                    lacks(*lacking)
                )],
                next: vec!["Where nothing is ready by then, nothing goes out that time.".to_owned()],
                action: "Make it ready",
                ..nothing()
            }
        }
    }
}

fn nothing() -> Said {
    let (subject, title) = (String::new(), String::new());
    Said { subject, title, lines: Vec::new(), facts: Vec::new(), quote: None, next: Vec::new(), action: "" }
}

fn reset(email: &str) -> Said {
    Said {
        subject: "Choose a new password".to_owned(),
        title: "Choose a new password".to_owned(),
        lines: vec![format!("Somebody asked for a new password for the account {email}; that should be you.")],
        next: vec![
            format!(
                "Open the link below within {} minutes and choose one. It works once; every browser that is signed in is then signed out.",
                RESET.as_secs() / 60
            ),
            "If it was not you, leave this letter alone: your password stays as it is.".to_owned(),
        ],
        action: "Choose a password",
        ..nothing()
    }
}

fn over(of: &str, tally: &Tally, reasons: &[(String, i64)]) -> Said {
    let all = grouped(tally.sum());
    let ends = ENDS.into_iter().filter(|state| *state == State::Accepted || tally.of(*state) > 0);
    let mut facts: Vec<_> = ends.map(|state| [end(state).to_owned(), grouped(tally.of(state))]).collect();
    facts.push(["Altogether".to_owned(), sum(tally).unwrap_or_else(|| all.clone())]);
    facts.extend(reasons.iter().filter_map(|(word, letters)| {
        let reason = Reason::from_word(word)?.spoken(Language::English);
        Some([format!("Not arrived ({reason})"), grouped(*letters)])
    }));
    let accepted = grouped(tally.accepted);
    let next = if tally.uncertain > 0 {
        vec!["The text of the uncertain ones was handed over and no answer came: find out, and settle them on the page of the dispatch.".to_owned()]
    } else {
        Vec::new()
    };
    Said {
        subject: if tally.accepted == tally.sum() {
            format!("Dispatch over: {of}, all {all} accepted")
        } else {
            format!("Dispatch over: {of}, {accepted} of {all} accepted")
        },
        title: format!("Dispatch over: {of}"),
        lines: vec![format!("Of {all} letters the readers’ servers accepted {accepted}.")],
        facts,
        next,
        action: "See the result",
        ..nothing()
    }
}

/// How letters ended.
fn end(state: State) -> &'static str {
    match state {
        State::Accepted => "Accepted",
        State::Failed => "Refused",
        State::Expired => "Put off until they expired",
        State::Skipped => "Skipped",
        State::Uncertain => "Uncertain",
        State::Queued | State::Claimed | State::Armed => "Waiting",
    }
}

/// Why a dispatch paused itself, and what to do.
fn paused(pause: &Pause) -> [String; 2] {
    match pause {
        Pause::Unknown { failed, tried } => [
            format!("Of {tried} letters that were answered, {failed} were refused because there is no such reader. The list is more likely wrong than the readers, so the dispatch stopped."),
            "Look at the delivery log, correct the list, then press Resume.".to_owned(),
        ],
        Pause::Refused { in_a_row, answer } => [
            format!("{in_a_row} letters in a row were refused and none was taken between, so the dispatch stopped. The answer was: {answer}"),
            "Find out whether it is the letter, the sender or the relay, correct it, then press Resume; those who were refused can be written to once more on the page of the dispatch.".to_owned(),
        ],
        Pause::Sender { answer } => [
            format!("The relay refuses the publication’s sender, so the dispatch stopped. The answer was: {answer}"),
            "Have the admin look at the sender and at the relay’s settings, then press Resume.".to_owned(),
        ],
        Pause::Unfit { why } => [
            format!("No letter can be made of this edition, so the dispatch stopped ({why})."),
            "Please hand this letter to the admin.".to_owned(),
        ],
    }
}

fn lacks(lacking: Lacking) -> &'static str {
    match lacking {
        Lacking::Issue => "there is no issue later than the last one; bring its document.",
        Lacking::Answers => "questions of the import are open.",
        Lacking::Submission => "it was not put forward, or was changed since.",
        Lacking::Place => "it has no year and number.",
        Lacking::Approval => "it is not approved, or was sent back.",
        Lacking::Readers => "the readers on its lists have it from another dispatch.",
    }
}

fn called(of: &Number) -> String {
    match &of.label {
        Some(label) => format!("{} {label}", of.publication),
        None => of.publication.clone(),
    }
}

fn hour(at: Moment, zone: Tz) -> String {
    zone.from_utc_datetime(&at.utc().naive_utc()).format("%-d %B, %H:%M").to_string()
}
