//! Presence: who has an issue's edit page open now, and in which passage they are. It is kept in memory only, so many at
//! most; whoever closes the page is forgotten after a moment, which a browser has to come back in.

use crate::domain::id::{AccountId, IssueId};
use crate::domain::issue::BlockId;
use crate::domain::moment::Moment;
use crate::web::desk::Asked;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// The most people that are known at one issue; more may edit, only they are not shown.
const MOST: usize = 50;
/// The most issues at which people are known.
const MOST_ISSUES: usize = 500;
/// How long somebody is still there after their page was closed: a stream is opened anew each minute.
pub(super) const LINGERS: Duration = Duration::from_secs(5);

/// Who is where.
#[derive(Clone, Debug, Default)]
pub(in crate::web) struct Presence {
    rooms: Arc<Mutex<HashMap<IssueId, Vec<Present>>>>,
    bell: watch::Sender<u64>,
}

/// Somebody at an issue.
#[derive(Clone, Debug)]
struct Present {
    account: AccountId,
    name: String,
    passage: Option<BlockId>,
    /// Open pages.
    pages: u32,
    /// When the last page was closed.
    left: Option<Moment>,
}

/// Somebody else who is there, as pages show them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Other {
    pub(super) name: String,
    pub(super) passage: Option<BlockId>,
}

/// An open page; dropped, it is closed.
pub(super) struct Page {
    presence: Presence,
    issue: IssueId,
    account: AccountId,
    clock: crate::clock::Clock,
}

impl Presence {
    /// Somebody opens the page.
    pub(super) fn enter(&self, issue: IssueId, asked: &Asked) -> Page {
        let (account, clock) = (asked.account(), asked.pages.clock.clone());
        self.come(issue, (account.id, account.called()), clock.steady());
        self.ring();
        Page { presence: self.clone(), issue, account: account.id, clock }
    }

    /// Notes that somebody has come, where there is room to know them.
    fn come(&self, issue: IssueId, (account, name): (AccountId, &str), now: Moment) {
        let mut rooms = self.rooms();
        // A room is left while its last one may come back; nobody else would empty it.
        rooms.retain(|_, room| {
            room.retain(|one| one.is_there(now));
            !room.is_empty()
        });
        if rooms.contains_key(&issue) || rooms.len() < MOST_ISSUES {
            let room = rooms.entry(issue).or_default();
            let has_room = room.len() < MOST;
            match room.iter_mut().find(|one| one.account == account) {
                Some(one) => (one.pages, one.left) = (one.pages + 1, None),
                None if has_room => {
                    let name = name.to_owned();
                    room.push(Present { account, name, passage: None, pages: 1, left: None });
                }
                None => {}
            }
        }
    }

    /// Somebody who is there goes into a passage, or out of all.
    pub(super) fn go(&self, issue: IssueId, account: AccountId, passage: Option<BlockId>) {
        let mut rooms = self.rooms();
        let one = rooms.get_mut(&issue).and_then(|room| room.iter_mut().find(|one| one.account == account));
        let Some(one) = one.filter(|one| one.passage != passage) else { return };
        one.passage = passage;
        drop(rooms);
        self.ring();
    }

    /// Who else is there.
    pub(super) fn others(&self, issue: IssueId, asked: &Asked) -> Vec<Other> {
        let (own, now) = (asked.account().id, asked.pages.clock.steady());
        let rooms = self.rooms();
        let others = rooms.get(&issue).into_iter().flatten().filter(|one| one.account != own && one.is_there(now));
        others.map(|one| Other { name: one.name.clone(), passage: one.passage }).collect()
    }

    /// Rings when somebody comes, goes or moves.
    pub(super) fn ear(&self) -> watch::Receiver<u64> {
        self.bell.subscribe()
    }

    fn ring(&self) {
        self.bell.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Whoever panicked while holding it left plain data behind.
    fn rooms(&self) -> MutexGuard<'_, HashMap<IssueId, Vec<Present>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Present {
    fn is_there(&self, now: Moment) -> bool {
        self.left.is_none_or(|left| now.since(left) < LINGERS)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let now = self.clock.steady();
        let mut rooms = self.presence.rooms();
        if let Some(room) = rooms.get_mut(&self.issue) {
            if let Some(one) = room.iter_mut().find(|one| one.account == self.account) {
                one.pages = one.pages.saturating_sub(1);
                one.left = (one.pages == 0).then_some(now);
            }
            room.retain(|one| one.is_there(now));
            if room.is_empty() {
                rooms.remove(&self.issue);
            }
        }
        drop(rooms);
        self.presence.ring();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who is known at an issue.
    fn known(presence: &Presence, issue: i64) -> usize {
        presence.rooms().get(&IssueId(issue)).map_or(0, Vec::len)
    }

    #[test]
    fn no_more_issues_and_people_are_known_than_there_is_room_for_and_who_leaves_makes_some() {
        let (presence, clock) = (Presence::default(), crate::clock::Clock::wound(Moment(0)));
        let comes = |issue: i64, account: i64| presence.come(IssueId(issue), (AccountId(account), "a"), clock.steady());
        let most = i64::try_from(MOST_ISSUES).unwrap();
        (1..=most + 1).for_each(|issue| comes(issue, 1));
        assert_eq!((known(&presence, most), known(&presence, most + 1)), (1, 0));
        comes(1, 2);
        assert_eq!(known(&presence, 1), 2, "who comes to an issue that is known is known there");

        let leaves = |issue: i64, account: i64| {
            let (issue, account) = (IssueId(issue), AccountId(account));
            drop(Page { presence: presence.clone(), issue, account, clock: clock.clone() });
        };
        // Somebody who was not known has nothing to leave behind.
        leaves(most + 1, 1);
        leaves(most, 1);
        comes(most + 1, 1);
        assert_eq!(known(&presence, most + 1), 0, "the last one may come back for a moment");
        clock.wind(LINGERS);
        comes(most + 1, 1);
        assert_eq!((known(&presence, most), known(&presence, most + 1)), (0, 1));

        for account in 1..=100 {
            comes(2, account);
        }
        assert_eq!(known(&presence, 2), MOST);
    }
}
