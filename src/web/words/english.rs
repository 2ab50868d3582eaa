//! The pages' words in English.

use super::{Trouble, Words};
use crate::domain::attempt::Stage;
use crate::domain::delivery::{Skip, State};
use crate::domain::dispatch::{LeftOut, Phase};

pub(super) static WORDS: Words = Words {
    house: "Yizhan",
    home: "Home",
    publications: "Publications",
    dispatches: "Dispatches",
    mailbox: "Mailbox",
    newer: "Newer",
    older: "Older",
    first: "First page",
    next: "Next page",
    search: "Search",

    leave_title: ["Leave ", ""],
    leave_ask: [" gets ", " now. Once you press the button, no more issues go there."],
    leave_unknown: "The address that this link was sent to",
    leave_button: "Leave",
    leave_note: "Opening this page changes nothing; only the button does.",
    leave_one: "Or leave only one of its lists:",
    left_one: ["You have left the list “", "”. The others go on."],
    left_short: "You have left",
    left_title: ["No more issues of ", ""],
    left: [" is on no list of ", " any more. Nothing further goes to this address."],
    left_note: "If that was a slip, ask the editors to put you back.",

    no_dispatches: "There are no dispatches yet: start one on an issue’s page “Dispatch”.",
    issue: "Issue",
    publication: "Publication",
    to: "Lists",
    hour: "Time",
    state: "State",
    tally: "Tally",
    settled: ["", " of ", " have come to an end"],
    not_opened: "the audience is not written down yet",
    audience: "Audience",
    sum_holds: "all states add up to the audience",
    sum_broken: "the states do not add up to the audience: stop sending and check the database",
    left_out: "Left out",
    nobody_left_out: "Everyone on its lists is in.",
    read_letters: "Read the letters as readers do",
    phase,
    state_of,
    meaning,
    left_out_for,

    log: "Delivery log",
    again_at: "again at",
    time: "Time",
    relay: "Relay",
    reached: "Stage reached",
    duration: "Took",
    see_letter: "See this letter",
    stage,
    skip,

    no_letters: "No letters have come yet; they appear here once a dispatch goes out.",
    letters: ["", " letters"],
    letter: ["Letter ", ""],
    from: "From",
    recipient: "To",
    subject: "Subject",
    no_subject: "(no subject)",
    unreadable_letter: "(cannot be read; see its source)",
    letter_html: "The letter itself",
    wide: "Desktop",
    phone: "Phone",
    text: "Plain text",
    headers: "Headers",
    source: "Source",
    no_part: "This letter has no such part.",
    this_delivery: "This letter's delivery",
    whole_log: "The whole log",
    not_ours: "This letter is no delivery of this station, so there is no log of it.",

    no_page: Trouble {
        title: "There is no such page",
        why: "Nothing is at this address: it is written wrongly, or it is not for your account to see.",
        next: "Look at the address again, or find it from the home page.",
    },
    no_link: Trouble {
        title: "There is no such page",
        why: "Nothing is at this address, or the link is incomplete.",
        next: "Open the link from the letter again, or copy all of it.",
    },
    to_home: "To the home page",
    leave_by_letter: Trouble {
        title: "Leave by the link in your own letter",
        why: "A page can be passed on, so it carries nobody's link to leave.",
        next: "Open the letter itself and follow the link at its end. If you no longer have it, write to the editors.",
    },
    unreadable: Trouble {
        title: "That request makes no sense here",
        why: "What follows the question mark in the address cannot be read.",
        next: "Go back a page and search again.",
    },
    method: Trouble {
        title: "Not this way",
        why: "This address does not take requests of this kind.",
        next: "Open it in a browser.",
    },
    not_stored: Trouble {
        title: "Your leaving was not stored",
        why: "Nothing can be written at the moment, so you are still subscribed.",
        next: "Press the button again in a few minutes; if that does not help, reply to a letter and tell the editors.",
    },
    unavailable: Trouble {
        title: "This cannot be shown now",
        why: "The database cannot be read at the moment.",
        next: "Try again soon; if that does not help, the operator should run `yizhan check`.",
    },
    signed_out: Trouble {
        title: "Please sign in",
        why: "You are not signed in, or your session has run out; nothing was done.",
        next: "Sign in and do it once more.",
    },
    not_yours: Trouble {
        title: "Your account may not do that",
        why: "This is not among the things that your account may do.",
        next: "Ask an admin if you need it.",
    },
    foreign: Trouble {
        title: "Not done",
        why: "This request does not come from a page of ours, so it was not carried out.",
        next: "Open the page here and do it there.",
    },
    not_done: Trouble { title: "Not done", why: "", next: "Nothing was changed; go back to the page before." },
    too_many: Trouble {
        title: "Too many requests",
        why: "More was asked from this address in a short time than people ask.",
        next: "Wait a minute, then open the page again.",
    },
    no_mailbox: Trouble {
        title: "The mailbox cannot be read",
        why: "The folder that holds its letters cannot be opened.",
        next: "Check that the folder is there and may be read.",
    },
};

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Planned => "planned",
        Phase::Opening => "being opened",
        Phase::Open => "going out",
        Phase::Paused => "paused",
        Phase::Cancelling => "being cancelled",
        Phase::Closed => "closed",
        Phase::Cancelled => "cancelled",
    }
}

fn state_of(state: State) -> &'static str {
    state.word()
}

fn meaning(state: State) -> &'static str {
    match state {
        State::Queued => "not on its way yet",
        State::Claimed => "being handed to the relay",
        State::Armed => "handed over, the answer is awaited",
        State::Accepted => "the relay took it",
        State::Failed => "definitely refused",
        State::Expired => "never taken, tried no more",
        State::Skipped => "left, suppressed or cancelled",
        State::Uncertain => "may have been taken, nobody knows",
    }
}

fn left_out_for(why: LeftOut) -> &'static str {
    match why {
        LeftOut::Left => "had left before",
        LeftOut::Suppressed => "address suppressed",
        LeftOut::Elsewhere => "written to by another dispatch",
        LeftOut::Missed => "left to another dispatch, which did not reach them",
    }
}

fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Connect => "connect",
        Stage::Greeting => "greeting",
        Stage::Ehlo => "EHLO",
        Stage::StartTls => "encryption (STARTTLS)",
        Stage::Auth => "signing in (AUTH)",
        Stage::Mail => "MAIL FROM",
        Stage::Rcpt => "RCPT TO",
        Stage::Data => "DATA",
        Stage::Dot => "final dot",
    }
}

fn skip(why: Skip) -> &'static str {
    match why {
        Skip::Suppressed => "the address is suppressed",
        Skip::Left => "the reader left",
        Skip::Cancelled => "the dispatch was cancelled",
    }
}
