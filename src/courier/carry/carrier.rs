//! Carrier: the bookkeeping of one connection, without I/O: which parcels it holds, what has to be
//! reported of them, and when it is time to go to the desk. Letter n's report and letter n+1's ask
//! go in one turn, so that they can be one commit.

use super::Ended;
use crate::compose::Stationery;
use crate::courier::desk::Granted;
use crate::courier::relay::Link;
use crate::courier::session::{Envelope, Event, NotTaken, Session, Settings, Told, Unfit};
use crate::domain::attempt::{Attempt, Break, Scope, Seen, Stage, Verdict};
use crate::domain::delivery::{Leave, Outcome, Parcel, Report, Turn};
use crate::domain::id::DeliveryId;
use crate::domain::moment::Moment;
use crate::domain::relay::Route;
use std::time::Duration;

/// How long a report may wait for the next letter's ask before it goes alone. Long enough for a
/// round trip across the country, short enough that a crash leaves little unknown.
const TOGETHER: Duration = Duration::from_millis(100);

pub(super) struct Carrier<'a> {
    link: &'a Link,
    /// The same moment on the steady reading, which deadlines go by, and as the time of day, for the log.
    began: (Moment, Moment),
    session: Session,
    held: Vec<Parcel>,
    reports: Vec<Report>,
    /// Whether the oldest of `reports` may still wait for company.
    overdue: Overdue,
    /// What the next turn asks leave for.
    ask: Option<DeliveryId>,
    /// What the turn at the desk asked for: leave, and room.
    asked: Option<DeliveryId>,
    asked_room: u32,
    leaving: bool,
    letters: u32,
    trouble: Option<(Stage, Seen)>,
    wants_tls: bool,
    unfit: Option<Unfit>,
}

/// A report waits a little for the next letter's ask, but not for ever.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Overdue {
    No,
    At(Moment),
    Passed,
}

impl<'a> Carrier<'a> {
    /// `now` is the steady reading, as everywhere here; `today` the time of day.
    pub(super) fn new(link: &'a Link, now: Moment, today: Moment) -> Self {
        let settings = Settings {
            ehlo_name: link.ehlo_name.clone(),
            security: link.security.clone(),
            deadlines: link.deadlines,
            letters: link.letters_per_connection,
        };
        Self {
            link,
            began: (now, today),
            session: Session::new(settings, now),
            held: Vec::new(),
            reports: Vec::new(),
            overdue: Overdue::No,
            ask: None,
            asked: None,
            asked_room: 0,
            leaving: false,
            letters: 0,
            trouble: None,
            wants_tls: false,
            unfit: None,
        }
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// When [`Carrier::tick`] is due.
    pub(super) fn hour(&self) -> Option<Moment> {
        let alone = match self.overdue {
            Overdue::At(hour) => Some(hour),
            Overdue::No | Overdue::Passed => None,
        };
        [self.session.hour(), alone].into_iter().flatten().min()
    }

    /// The turn to say at the desk now, if it is time for one.
    pub(super) fn turn(&mut self) -> Option<Turn> {
        let room = self.session.room();
        let wants_work = self.session.is_idle() && room > 0;
        let nothing_follows = self.session.is_idle() || self.session.is_over();
        let reports_go = !self.reports.is_empty() && (nothing_follows || self.overdue == Overdue::Passed);
        if self.ask.is_none() && !wants_work && !reports_go {
            return None;
        }
        self.overdue = Overdue::No;
        self.asked = self.ask.take();
        self.asked_room = room;
        let route = Route { relay: self.link.name.clone(), lane: self.link.lane.clone() };
        Some(Turn { reports: std::mem::take(&mut self.reports), ask: self.asked, room, route })
    }

    /// The desk's answer to the last turn; none when the book is gone.
    pub(super) fn granted(&mut self, granted: Option<Granted>, now: Moment) {
        let Some(Granted { leave, parcels }) = granted else { return self.abandon(now) };
        let had_enough = parcels.is_empty() && self.asked_room > 0;
        for (parcel, stationery) in parcels {
            self.take(parcel, &stationery, now);
        }
        match (self.asked.take(), leave) {
            (None, _) => {}
            (Some(_), Some(Leave::Granted(permit))) => self.session.permit(permit, now),
            (Some(delivery), Some(Leave::Refused) | None) => self.refused(delivery, now),
        }
        if had_enough && self.session.is_idle() {
            self.session.quit(now);
        }
        self.listen(now);
    }

    pub(super) fn receive(&mut self, bytes: &[u8], now: Moment) {
        self.session.receive(bytes, now);
        self.listen(now);
    }

    /// Bytes went; with `left`, all of them for certain.
    pub(super) fn wrote(&mut self, count: usize, left: bool, now: Moment) {
        self.session.wrote(count, now);
        if left {
            self.session.flushed(now);
        }
    }

    /// Whether the wire is to be encrypted before anything else.
    pub(super) fn wants_tls(&self) -> bool {
        self.wants_tls && !self.session.is_over()
    }

    /// The wire is encrypted.
    pub(super) fn secured(&mut self, now: Moment) {
        self.wants_tls = false;
        self.session.secured(now);
    }

    pub(super) fn closed(&mut self, now: Moment) {
        self.session.broken(Break::Closed, now);
        self.listen(now);
    }

    pub(super) fn tick(&mut self, now: Moment) {
        if matches!(self.overdue, Overdue::At(hour) if hour <= now) {
            self.overdue = Overdue::Passed;
        }
        self.session.tick(now);
        self.listen(now);
    }

    /// Asks for no more; what is armed reads its reply, the rest is given back.
    pub(super) fn leave(&mut self, now: Moment) {
        self.leaving = true;
        self.session.quit(now);
        self.listen(now);
    }

    pub(super) fn is_leaving(&self) -> bool {
        self.leaving
    }

    /// Whether the connection can be closed; reports may still have to be brought to the desk.
    pub(super) fn is_done(&self) -> bool {
        self.session.is_over()
    }

    pub(super) fn ended(self) -> Ended {
        match (self.unfit, self.trouble) {
            (Some(why), _) => Ended::Unfit(why),
            (None, Some((stage, seen))) => Ended::Trouble { stage, seen },
            (None, None) => Ended::Finished { letters: self.letters },
        }
    }

    fn take(&mut self, parcel: Parcel, stationery: &Stationery, now: Moment) {
        let delivery = parcel.delivery;
        let (from, to) = (parcel.return_path.clone(), parcel.to.address.clone());
        let mut letter = self.session.spare();
        let composed = stationery.opening(&parcel, &mut letter);
        self.held.push(parcel);
        let envelope = Envelope { delivery, from, to };
        match composed.map(|closes| self.session.offer_sharing(envelope, (letter, closes), now)) {
            Ok(Ok(())) => {}
            Ok(Err(NotTaken::NoRoom)) => self.report(delivery, now, |_| Outcome::GivenBack),
            Ok(Err(why @ NotTaken::Unsafe)) => self.unfit(delivery, &why, now),
            Err(why) => self.unfit(delivery, &why, now),
        }
    }

    /// A letter that no relay may see. Given back it would come again for ever, so it fails.
    fn unfit(&mut self, delivery: DeliveryId, why: &dyn std::error::Error, now: Moment) {
        tracing::error!(%delivery, "a letter was not made: {why}");
        let at = self.time_of_day(now);
        self.report(delivery, now, |_| Outcome::unmade(why, at));
    }

    fn listen(&mut self, now: Moment) {
        while let Some(event) = self.session.next_event() {
            match event {
                Event::Ready | Event::Heard(_) => {}
                Event::Secure => self.wants_tls = true,
                Event::Unfit(why) => self.unfit = Some(why),
                Event::AskPermit(delivery) => self.ask = Some(delivery),
                Event::Told(told) => self.told(told, now),
                Event::GivenBack(delivery) => self.report(delivery, now, |_| Outcome::GivenBack),
                Event::Over(None) => {}
                // At the dot an answer is about the letter, even when it also closes the connection.
                Event::Over(Some((Stage::Dot, Seen::Answer(_)))) => {}
                Event::Over(Some(why)) => self.trouble = self.trouble.take().or(Some(why)),
            }
        }
    }

    fn told(&mut self, told: Told, now: Moment) {
        let Told { delivery, stage, seen, at, duration } = told;
        let (link, mut relays_matter) = (self.link, false);
        self.letters += u32::from(matches!(seen, Seen::Answer(_)));
        self.ask = self.ask.filter(|ask| *ask != delivery);
        let (trouble, at) = ((stage, seen.clone()), self.time_of_day(at));
        self.report(delivery, now, |parcel| {
            let verdict = Verdict::of(stage, &seen, &link.rulebook, parcel.to.address.lane(), &parcel.before);
            relays_matter = matches!(verdict, Verdict::Later { scope: Scope::Relay, .. });
            let duration_ms = u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
            let attempt = Attempt { at, relay: link.name.clone(), stage, seen, duration_ms };
            Outcome::Tried { attempt, verdict }
        });
        // What the relay says of itself it would say to the next letter too.
        if relays_matter && !self.session.is_over() {
            self.trouble = Some(trouble);
            self.session.quit(now);
        }
    }

    fn time_of_day(&self, steady: Moment) -> Moment {
        self.began.1 + steady.since(self.began.0)
    }

    /// Puts down what became of a parcel in hand; one that the desk has refused is not in hand.
    fn report(&mut self, delivery: DeliveryId, now: Moment, outcome: impl FnOnce(&Parcel) -> Outcome) {
        let Some(at) = self.held.iter().position(|parcel| parcel.delivery == delivery) else { return };
        let parcel = self.held.swap_remove(at);
        let (dispatch, past, lane) = (parcel.dispatch, parcel.past, parcel.to.address.lane().to_owned());
        let outcome = outcome(&parcel);
        self.reports.push(Report { delivery, dispatch, lane, outcome, past });
        if self.overdue == Overdue::No {
            self.overdue = Overdue::At(now + TOGETHER);
        }
    }

    /// The row has been put where it belongs already: nothing is reported of it any more.
    fn refused(&mut self, delivery: DeliveryId, now: Moment) {
        self.held.retain(|parcel| parcel.delivery != delivery);
        self.reports.retain(|report| report.delivery != delivery);
        self.session.withdraw(now);
    }

    /// With nobody to report to, nothing may be sent and nothing can be said.
    fn abandon(&mut self, now: Moment) {
        self.held.clear();
        self.session.withdraw(now);
        self.listen(now);
        self.reports.clear();
    }
}
