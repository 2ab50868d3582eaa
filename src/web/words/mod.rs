//! Words: everything that pages say, one value for each language, so that none can be half
//! translated. Words that name a state are functions over its enum, so that none can be missing.

pub(super) mod api;
pub(super) mod approval;
pub(super) mod attachment;
pub(super) mod audit;
mod chinese;
pub(super) mod edit;
mod english;
pub(super) mod entry;
pub(super) mod extent;
pub(super) mod facts;
pub(super) mod groups;
pub(super) mod home;
pub(super) mod house;
pub(super) mod issue;
pub(super) mod log;
pub(super) mod order;
pub(super) mod preview;
pub(super) mod progress;
pub(super) mod readers;
pub(super) mod reimport;
pub(super) mod relays;
pub(super) mod reset;
pub(super) mod review;
pub(super) mod schedule;
pub(super) mod settings;
pub(super) mod token;

use crate::domain::attempt::Stage;
use crate::domain::delivery::{Skip, State};
use crate::domain::dispatch::{LeftOut, Phase};
use crate::domain::language::Language;

/// What went wrong, why, and what to do.
pub(super) struct Trouble {
    pub(super) title: &'static str,
    pub(super) why: &'static str,
    pub(super) next: &'static str,
}

/// Everything that pages say. Pairs stand around a value.
pub(super) struct Words {
    pub(super) house: &'static str,
    pub(super) home: &'static str,
    pub(super) publications: &'static str,
    pub(super) dispatches: &'static str,
    pub(super) mailbox: &'static str,
    pub(super) newer: &'static str,
    pub(super) older: &'static str,
    pub(super) first: &'static str,
    pub(super) next: &'static str,
    pub(super) search: &'static str,

    // readers
    pub(super) leave_title: [&'static str; 2],
    pub(super) leave_ask: [&'static str; 2],
    pub(super) leave_unknown: &'static str,
    pub(super) leave_button: &'static str,
    pub(super) leave_note: &'static str,
    pub(super) leave_one: &'static str,
    pub(super) left_one: [&'static str; 2],
    pub(super) left_short: &'static str,
    pub(super) left_title: [&'static str; 2],
    pub(super) left: [&'static str; 2],
    pub(super) left_note: &'static str,

    // dispatches
    pub(super) no_dispatches: &'static str,
    pub(super) issue: &'static str,
    pub(super) publication: &'static str,
    pub(super) to: &'static str,
    pub(super) hour: &'static str,
    pub(super) state: &'static str,
    pub(super) tally: &'static str,
    pub(super) settled: [&'static str; 3],
    pub(super) not_opened: &'static str,
    pub(super) audience: &'static str,
    pub(super) sum_holds: &'static str,
    pub(super) sum_broken: &'static str,
    pub(super) left_out: &'static str,
    pub(super) nobody_left_out: &'static str,
    pub(super) read_letters: &'static str,
    pub(super) phase: fn(Phase) -> &'static str,
    pub(super) state_of: fn(State) -> &'static str,
    pub(super) meaning: fn(State) -> &'static str,
    pub(super) left_out_for: fn(LeftOut) -> &'static str,

    // the log
    pub(super) log: &'static str,
    pub(super) again_at: &'static str,
    pub(super) time: &'static str,
    pub(super) relay: &'static str,
    pub(super) reached: &'static str,
    pub(super) duration: &'static str,
    pub(super) see_letter: &'static str,
    pub(super) stage: fn(Stage) -> &'static str,
    pub(super) skip: fn(Skip) -> &'static str,

    // the mailbox
    pub(super) no_letters: &'static str,
    pub(super) letters: [&'static str; 2],
    pub(super) letter: [&'static str; 2],
    pub(super) from: &'static str,
    pub(super) recipient: &'static str,
    pub(super) subject: &'static str,
    pub(super) no_subject: &'static str,
    pub(super) unreadable_letter: &'static str,
    pub(super) letter_html: &'static str,
    pub(super) wide: &'static str,
    pub(super) phone: &'static str,
    pub(super) text: &'static str,
    pub(super) headers: &'static str,
    pub(super) source: &'static str,
    pub(super) no_part: &'static str,
    pub(super) this_delivery: &'static str,
    pub(super) whole_log: &'static str,
    pub(super) not_ours: &'static str,

    pub(super) leave_by_letter: Trouble,

    // errors
    pub(super) no_page: Trouble,
    pub(super) no_link: Trouble,
    pub(super) to_home: &'static str,
    pub(super) unreadable: Trouble,
    pub(super) method: Trouble,
    pub(super) not_stored: Trouble,
    pub(super) unavailable: Trouble,
    pub(super) signed_out: Trouble,
    pub(super) not_yours: Trouble,
    pub(super) foreign: Trouble,
    pub(super) not_done: Trouble,
    pub(super) too_many: Trouble,
    pub(super) no_mailbox: Trouble,
}

impl Words {
    /// The words of a language.
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::Chinese => &chinese::WORDS,
            Language::English => &english::WORDS,
        }
    }
}
