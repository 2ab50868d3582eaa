//! Notice: the words of what the house says to somebody who works here, and the print of its letter. One value a
//! language for each kind, so that none can be half translated. Called by `actions::notice` when its letter is made.

mod chinese;
mod english;
mod sample;

pub use sample::samples;

use super::print::is_unfit;
use super::view;
use crate::domain::address::Mailbox;
use crate::domain::dispatch::Tally;
use crate::domain::edition::{Letterhead, Page, Piece, Print};
use crate::domain::language::Language;
use crate::domain::notice::{ENDS, Notice};
use chrono_tz::Tz;
use email_templates::notice as template;

/// A notice, and what its letter needs beside it.
#[derive(Debug)]
pub struct Letter<'a> {
    /// What is told.
    pub notice: &'a Notice,
    /// In which language.
    pub language: Language,
    /// Who writes.
    pub from: &'a Mailbox,
    /// To whom.
    pub to: &'a Mailbox,
    /// Where its link leads.
    pub link: &'a str,
    /// The page on which one chooses which notices come.
    pub account: &'a str,
}

/// What a notice says in one language.
struct Said {
    subject: String,
    title: String,
    lines: Vec<String>,
    facts: Vec<[String; 2]>,
    quote: Option<String>,
    next: Vec<String>,
    action: &'static str,
}

/// The words that each notice has in one language.
struct Closing {
    house: &'static str,
    why: &'static str,
    choose: &'static str,
}

/// Prints a notice. What people wrote may hold what no letter may: it is blank there, for a notice is not held back.
pub fn print(letter: &Letter<'_>) -> Print {
    let Letter { notice, language, from, to, link, account } = *letter;
    let email = to.address.as_str();
    let (said, closing) = match language {
        Language::Chinese => (chinese::said(notice, email), chinese::CLOSING),
        Language::English => (english::said(notice, email), english::CLOSING),
    };
    let view = template::Notice {
        language: view::language(language),
        house: from.name.clone().unwrap_or_else(|| closing.house.to_owned()),
        preheader: said.lines.first().cloned().unwrap_or_default(),
        title: said.title,
        lines: said.lines,
        facts: said.facts,
        quote: said.quote,
        next: said.next,
        action: [said.action.to_owned(), link.to_owned()],
        why: vec![closing.why.to_owned()],
        choose: notice.interest().map(|_| [closing.choose.to_owned(), account.to_owned()]),
    };
    Print {
        letterhead: Letterhead {
            reply_to: None,
            slug: "notices".parse().expect("a lawful short name"),
            name: view.house.clone(),
            from: from.clone(),
            language,
            zone: zone(notice),
        },
        subject: fit(&said.subject).replace('\n', " "),
        html: page(&template::notice(&view).into_string()),
        text: page(&template::plain(&view)),
        pictures: Vec::new(),
        attachments: Vec::new(),
        whole: None,
    }
}

/// The zone of its `Date`.
fn zone(notice: &Notice) -> Tz {
    match notice {
        Notice::Reset => Tz::UTC,
        Notice::Review { of, .. }
        | Notice::SentBack { of, .. }
        | Notice::Over { of, .. }
        | Notice::Paused { of, .. } => of.zone,
        Notice::Reminder { zone, .. } => *zone,
    }
}

fn page(text: &str) -> Page {
    Page(vec![Piece::Fixed(fit(text))])
}

fn fit(text: &str) -> String {
    text.replace("\r\n", "\n").chars().map(|c| if is_unfit(c) { ' ' } else { c }).collect()
}

/// A number with its thousands apart.
fn grouped(n: i64) -> String {
    let digits = n.to_string();
    let cut = digits.len() % 3;
    let mut groups: Vec<&str> = (cut..digits.len()).step_by(3).map(|at| &digits[at..at + 3]).collect();
    if cut > 0 {
        groups.insert(0, &digits[..cut]);
    }
    groups.join(",")
}

/// How a tally adds up to its audience: `990 + 10 = 1,000`; none where there is one figure only.
fn sum(tally: &Tally) -> Option<String> {
    let figures: Vec<String> = ENDS.map(|state| tally.of(state)).into_iter().filter(|n| *n > 0).map(grouped).collect();
    (figures.len() > 1).then(|| format!("{} = {}", figures.join(" + "), grouped(tally.sum())))
}
