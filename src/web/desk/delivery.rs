//! The delivery log: whom a letter went to, how that ended and why, with each attempt unfolded on
//! asking. What a relay said stands as it said it: it is evidence.

use super::super::page::{number, time};
use super::super::words::Words;
use super::tally;
use crate::domain::attempt::Stage;
use crate::domain::delivery::{Skip, State};
use crate::domain::dispatch::Phase;
use crate::domain::link::{Keyring, Use};
use crate::store::attempt::{Entry, Line, Search};
use chrono_tz::Tz;
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Deliveries on one page.
pub(super) const PAGE: usize = 100;

/// What the log is shown with.
pub(super) struct Log<'a> {
    pub(super) words: &'static Words,
    /// Makes each delivery's Message-ID.
    pub(super) keyring: &'a Keyring,
    /// The publication's zone.
    pub(super) zone: Tz,
    /// Whether letters can be looked at in the built-in mailbox.
    pub(super) letters: bool,
}

/// Asks for a part of the log.
pub(super) fn form(words: &Words, search: &Search) -> Markup {
    html! {
        form .filter method="get" {
            label {
                span { (words.state) }
                select name="state" {
                    option value="" { (words.every_state) }
                    @for state in State::ALL {
                        option value=(state.word()) selected[search.state == Some(state)] { ((words.state_of)(state)) }
                    }
                }
            }
            label {
                span { (words.address) }
                input type="search" name="address" value=[search.address_part.as_deref()] placeholder=(words.address_hint)
                    autocomplete="off" autocapitalize="off" spellcheck="false";
            }
            button type="submit" { (words.search) }
        }
    }
}

impl Log<'_> {
    /// A page of the log: `entries` holds one more than is shown when there is a next page.
    pub(super) fn page(&self, search: &Search, entries: &[Entry]) -> Markup {
        let words = self.words;
        let shown = &entries[..entries.len().min(PAGE)];
        if shown.is_empty() {
            return html! { p .empty { (words.nothing_fits) } };
        }
        html! {
            table .rows.log {
                thead { tr {
                    th scope="col" .number { "#" }
                    th scope="col" { (words.reader) }
                    th scope="col" { (words.address) }
                    th scope="col" { (words.state) }
                    th scope="col" { (words.attempts) }
                } }
                tbody { @for entry in shown { (self.row(entry)) } }
            }
            @if search.after.is_some() || entries.len() > PAGE {
                nav .pager {
                    @if search.after.is_some() { a href=(at(search, None)) { (words.first) } }
                    @if let Some(last) = shown.last().filter(|_| entries.len() > PAGE) {
                        a href=(at(search, Some(last.delivery.0))) { (words.next) }
                    }
                }
            }
        }
    }

    fn row(&self, entry: &Entry) -> Markup {
        html! {
            tr {
                td .number.muted { (entry.delivery) }
                td .lead { (entry.name.as_deref().unwrap_or("—")) }
                td .address { (entry.address) }
                td { (self.standing(entry)) }
                td .wide {
                    details id={ "d" (entry.delivery) } {
                        summary id={ "s" (entry.delivery) } {
                            @match entry.attempts.last() {
                                None => (self.words.not_tried),
                                Some(last) => {
                                    ((self.words.attempt_count)(entry.attempts.len()))
                                    " " span .muted { (time(last.at, self.zone)) }
                                }
                            }
                        }
                        (self.unfolded(entry))
                    }
                }
            }
        }
    }

    /// Where a delivery is, in words, and why.
    pub(super) fn standing(&self, entry: &Entry) -> Markup {
        let state = State::from_word(&entry.state);
        let why = entry.why.as_deref().map(|why| Skip::from_word(why).map_or(why, self.words.skip));
        html! {
            @match state {
                Some(state) => (tally::state(self.words, state)),
                None => (entry.state),
            }
            @if let Some(why) = why { " " span .why { (why) } }
            @if entry.is_held {
                " " span .why { ((self.words.phase)(Phase::Paused)) }
            } @else if let Some(due) = entry.due_at.filter(|_| !entry.attempts.is_empty()) {
                " " span .why { (self.words.again_at) " " (time(due, self.zone)) }
            }
        }
    }

    /// Each attempt, and the letter's name.
    pub(super) fn unfolded(&self, entry: &Entry) -> Markup {
        let name = self.keyring.mint(Use::MessageId, entry.delivery);
        html! {
            @if !entry.attempts.is_empty() {
                ol .attempts { @for line in &entry.attempts { (self.attempt(line)) } }
            }
            p .name { span .muted { "Message-ID " } code { "<" (name) "@" (entry.from_domain) ">" } }
        }
    }

    fn attempt(&self, line: &Line) -> Markup {
        let stage = Stage::from_word(&line.stage).map_or(line.stage.as_str(), self.words.stage);
        html! {
            li value=(line.number) {
                span .answer { (answer(line)) }
                ul .facts {
                    li { (time(line.at, self.zone)) }
                    @if !line.relay.is_empty() { li { span .muted { (self.words.relay) } " " (line.relay) } }
                    li { span .muted { (self.words.reached) } " " (stage) }
                    li { span .muted { (self.words.duration) } " " (number(line.duration_ms)) " ms" }
                    @if let Some(letter) = self.letter(line) {
                        li { a href={ "/mailbox/" (letter) } { (self.words.see_letter) } }
                    }
                }
            }
        }
    }

    /// The number of the letter in the built-in mailbox, which names it in its answer to the dot.
    fn letter(&self, line: &Line) -> Option<u64> {
        let (_, name) = line.text.rsplit_once(" queued as ").filter(|_| self.letters)?;
        name.parse().ok()
    }
}

/// What the relay said, or what happened instead.
pub(super) fn answer(line: &Line) -> String {
    let enhanced = line.enhanced.as_deref().filter(|enhanced| !line.text.starts_with(enhanced));
    let code = line.code.map(|code| code.to_string());
    let parts: Vec<_> = code.as_deref().into_iter().chain(enhanced).chain([line.text.as_str()]).collect();
    parts.join(" ")
}

/// The address of another page of the same search.
fn at(search: &Search, after: Option<i64>) -> String {
    let state = search.state.map_or("", State::word);
    let part = search.address_part.as_deref().unwrap_or_default();
    let after = after.map(|after| format!("&after={after}")).unwrap_or_default();
    format!("?state={state}&address={}{after}#log", utf8_percent_encode(part, NON_ALPHANUMERIC))
}
