//! Stories: one file per promise to a person, told against the real service over HTTP and SMTP.
//! Here stand the characters they play with: the scripted relay, and what is outside the house
//! (Postfix, Chromium), each a real server or program. No story sleeps.

#![allow(clippy::unwrap_used, reason = "a story that cannot go on has failed")]
#![allow(clippy::print_stderr, reason = "a skipped story says so")]

mod apart;
mod attachments;
mod authority;
mod bad_input;
mod browser;
mod cases;
mod cli;
mod contract;
mod demo;
mod desk;
mod dns;
mod drill;
mod faults;
mod full_disk;
mod gate;
mod hours;
mod imap;
mod inbox;
mod killed;
mod leaving;
mod letters;
mod looks;
mod newcomer;
mod notices;
mod once;
mod opening;
mod outage;
mod outside;
mod pacing;
mod pictures;
mod postfix;
mod prompt;
mod real_relay;
mod refusals;
mod reimported;
mod relay;
mod restored;
mod roster;
mod rosters;
mod rounds;
mod seed;
mod serving;
mod signed;
mod station;
mod sum;
mod summaries;
mod tls;
mod turn;
mod walk;
mod wire;
