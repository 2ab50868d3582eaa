//! Pacing: what may be sent now, by which relay, on which lane. It joins what waits (the ways) with what lanes
//! bear and relays take, and hears what attempts tell about both. Kept in memory while this process sends;
//! nothing of it can send a letter twice or lose one.

use crate::actions::Result;
use crate::actions::station::Sending;
use crate::domain::address::Address;
use crate::domain::delivery::{Outcome, Report};
use crate::domain::id::{DeliveryId, DispatchId, EditionId};
use crate::domain::lane::{Heard, Lane, Pace};
use crate::domain::language::Sentence;
use crate::domain::moment::Moment;
use crate::domain::quota::Spent;
use crate::domain::relay::{Relay, Route, relays_for};
use crate::store::delivery::Way;
use crate::store::{self, Connection};
use std::collections::{BTreeMap, HashMap};

/// Letters that wait for connections of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Want {
    /// The relays that may take them, by name, the first choice first.
    pub relays: Vec<String>,
    /// Their lane, where it has a pace of its own.
    pub lane: Option<String>,
    /// How many are due (counted up to a few each way).
    pub due: u32,
    /// How many connections their lane bears.
    pub connections: Option<u32>,
    /// How many letters go over one of them.
    pub letters_per_connection: Option<u32>,
}

/// What there is to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// What can go now.
    pub wants: Vec<Want>,
    /// When more can go: the next letter is due, a lane has rested, a quota frees.
    pub next: Option<Moment>,
    /// Why what is due does not go now, if something is held back.
    pub held_back: Option<Sentence>,
}

/// What is known of lanes, relays and senders.
#[derive(Debug, Default)]
pub(in crate::actions) struct Pacing {
    pub(in crate::actions) lanes: HashMap<String, Lane>,
    pub(super) spent: HashMap<String, Spent>,
    pub(super) senders: HashMap<DispatchId, Address>,
    /// Whom the test letters of an edition are from.
    pub(super) trial_senders: HashMap<EditionId, Address>,
    /// Whom notices are from.
    pub(super) house: Option<Address>,
    /// Letters in sessions' hands: for which relay each was claimed, and when.
    out: HashMap<DeliveryId, (String, Moment)>,
    /// Whether what relays had before this process began is known.
    knows_last_day: bool,
}

/// What the roads of one turn are to have, by relay and by lane.
#[derive(Debug, Default)]
pub(super) struct Promised {
    relays: HashMap<String, u32>,
    lanes: HashMap<String, u32>,
}

impl Sending {
    /// What a relay has had, as far as it counts against its quota.
    pub fn spent(&self, relay: &str) -> Spent {
        self.pacing.spent.get(relay).cloned().unwrap_or_default()
    }
}

impl Pacing {
    /// Sorts what waits by what can be done about it.
    pub(super) fn look<'w>(
        &mut self,
        ways: impl Iterator<Item = &'w Way>,
        (relays, paces): (&[Relay], &BTreeMap<String, Pace>),
        now: Moment,
    ) -> Look {
        self.spent.values_mut().for_each(|spent| spent.settle(now));
        let mut look = Look::default();
        for way in ways {
            if way.due > now {
                look.wait_for(way.due);
                continue;
            }
            let lane = self.lane(&way.lane, paces);
            if let Some(rest) = lane.rests_until(now) {
                look.wait_for(rest);
                look.held_back = Some(Sentence::new(
                    format!("{} has had enough for now", way.lane),
                    format!("{} 要求寄慢一些，过一会儿自动再寄，不用处理。", way.lane),
                ));
                continue;
            }
            let (pace, connections) = (lane.pace(), lane.connections());
            let takers = relays_for(relays, self.sender(way));
            let open = takers.iter().filter(|relay| self.room(relay, now) != Some(0));
            let names: Vec<String> = open.map(|relay| relay.name.clone()).collect();
            if names.is_empty() {
                let frees = takers.iter().filter_map(|relay| self.frees_at(relay, now)).min();
                frees.into_iter().for_each(|frees| look.wait_for(frees));
                look.held_back = Some(match frees {
                    Some(_) => Sentence::new(
                        "the relay's quota is used up for now",
                        "发信通道的限额暂时用完，额度恢复后自动再寄，不用处理。",
                    ),
                    None => Sentence::new(
                        "no relay is set for the sender of a letter",
                        "没有一条发信通道收这个发件人的信；请管理员在设置文件里为它设一条，或在刊物的“设置”里改发件地址。",
                    ),
                });
                continue;
            }
            look.add(Want {
                relays: names,
                lane: pace.is_apart().then(|| way.lane.clone()),
                due: way.ready,
                connections,
                letters_per_connection: pace.letters_per_connection,
            });
        }
        look
    }

    /// Whom the letters of a way are from, where that is known.
    fn sender(&self, way: &Way) -> Option<&Address> {
        match (way.dispatch, way.edition) {
            (Some(dispatch), _) => self.senders.get(&dispatch),
            (None, Some(edition)) => self.trial_senders.get(&edition),
            (None, None) => self.house.as_ref(),
        }
    }

    /// Whether letters of a way may go by a route now.
    pub(super) fn fits(&self, way: &Way, route: &Route, relays: &[Relay], now: Moment) -> bool {
        let lane = self.lanes.get(&way.lane);
        let apart = lane.is_some_and(|lane| lane.pace().is_apart());
        let by_lane = match &route.lane {
            Some(lane) => *lane == way.lane,
            None => !apart,
        };
        way.due <= now
            && by_lane
            && lane.is_none_or(|lane| lane.rests_until(now).is_none())
            && relays_for(relays, self.sender(way)).iter().any(|relay| relay.name == route.relay)
    }

    /// How many letters may be claimed for a route, of the `room` that its sessions have; other roads of the turn may
    /// have been `promised` some of what its relay and lane take.
    pub(super) fn most(
        &self,
        route: &Route,
        relays: &[Relay],
        (room, promised): (u32, &mut Promised),
        now: Moment,
    ) -> u32 {
        let theirs = promised.relays.entry(route.relay.clone()).or_default();
        let relay = relays.iter().find(|relay| relay.name == route.relay).and_then(|relay| self.room(relay, now));
        let mut most = relay.map_or(room, |left| room.min(left.saturating_sub(*theirs)));
        if let Some(name) = &route.lane {
            let promised = promised.lanes.entry(name.clone()).or_default();
            let left = self.lanes.get(name).and_then(|lane| lane.room(now));
            most = left.map_or(most, |left| most.min(left.saturating_sub(*promised)));
            *promised += most;
        }
        *theirs += most;
        most
    }

    /// A letter of a lane was claimed for a relay.
    pub(super) fn set_out(&mut self, delivery: DeliveryId, lane: &str, relay: &str, now: Moment) {
        if let Some(lane) = self.lanes.get_mut(lane) {
            lane.set_out(1, now);
        }
        self.spend(relay, 1, now);
        self.out.insert(delivery, (relay.to_owned(), now));
    }

    /// A letter is out of the sessions' hands. One that never came to the dot is taken back from where it counted.
    pub(super) fn came_back(&mut self, delivery: DeliveryId, came_to_the_dot: bool) {
        if let Some((relay, at)) = self.out.remove(&delivery)
            && !came_to_the_dot
            && let Some(spent) = self.spent.get_mut(&relay)
        {
            spent.take_back(1, at);
        }
    }

    /// Reads what relays had in the last day, whoever brought it, once there is a quota that it counts against.
    pub(in crate::actions) async fn know_last_day(
        &mut self,
        conn: &mut Connection,
        relays: &[Relay],
        now: Moment,
    ) -> Result<()> {
        if self.knows_last_day || !relays.iter().any(|relay| relay.quota.is_limited()) {
            return Ok(());
        }
        self.spent.clear();
        for (relay, at, letters) in store::attempt::last_day(conn, now).await? {
            if relay.is_empty() {
                // The station stopped while they were under way: any of the relays may have had them.
                relays.iter().for_each(|relay| self.spend(&relay.name, letters, at));
            } else {
                self.spend(&relay, letters, at);
            }
        }
        for (relay, at) in self.out.values() {
            self.spent.entry(relay.clone()).or_default().add(1, *at);
        }
        self.knows_last_day = true;
        Ok(())
    }

    /// So many letters go to a relay. They count from the claim on, so that no quota is passed by those that are
    /// under way.
    fn spend(&mut self, relay: &str, letters: u32, now: Moment) {
        self.spent.entry(relay.to_owned()).or_default().add(letters, now);
    }

    /// What a report tells about its lane.
    pub(super) fn hear(&mut self, report: &Report, now: Moment) {
        let Outcome::Tried { attempt, verdict } = &report.outcome else { return };
        let Some(heard) = Heard::of(attempt, verdict) else { return };
        let Some(lane) = self.lanes.get_mut(&report.lane) else { return };
        if let Some(until) = lane.hear(&heard, now) {
            tracing::info!(lane = report.lane, minutes = until.since(now).as_secs() / 60, "the lane rests");
        }
    }

    fn lane(&mut self, name: &str, paces: &BTreeMap<String, Pace>) -> &mut Lane {
        let pace = || paces.get(name).copied().unwrap_or_default();
        self.lanes.entry(name.to_owned()).or_insert_with(|| Lane::new(pace()))
    }

    fn room(&self, relay: &Relay, now: Moment) -> Option<u32> {
        let fresh = Spent::default();
        self.spent.get(&relay.name).unwrap_or(&fresh).room(relay.quota, now)
    }

    fn frees_at(&self, relay: &Relay, now: Moment) -> Option<Moment> {
        self.spent.get(&relay.name).and_then(|spent| spent.frees_at(relay.quota, now))
    }
}

impl Look {
    fn wait_for(&mut self, moment: Moment) {
        self.next = Some(self.next.map_or(moment, |next| next.min(moment)));
    }

    fn add(&mut self, want: Want) {
        match self.wants.iter_mut().find(|known| known.relays == want.relays && known.lane == want.lane) {
            Some(known) => known.due = known.due.saturating_add(want.due),
            None => self.wants.push(want),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::quota::Quota;
    use crate::domain::relay::ReturnPath;

    #[test]
    fn two_roads_of_one_turn_share_what_their_relay_and_their_lane_take() {
        let relay = |name: &str, per_day| {
            let quota = Quota { per_hour: None, per_day };
            Relay { name: name.into(), senders: Vec::new(), quota, return_path: ReturnPath::Sender }
        };
        let relays = [relay("small", Some(10)), relay("large", None)];
        let route = |relay: &str, lane: Option<&str>| Route { relay: relay.into(), lane: lane.map(str::to_owned) };
        let (mut pacing, now) = (Pacing::default(), Moment(0));
        pacing.spend("small", 3, now);
        let pace = Pace { per_minute: Some(30), ..Pace::default() };
        pacing.lanes.insert("qq.com".into(), Lane::new(pace));
        let mut promised = Promised::default();
        let mut most = |relay, lane, room| pacing.most(&route(relay, lane), &relays, (room, &mut promised), now);
        assert_eq!((most("small", None, 5), most("small", Some("qq.com"), 4)), (5, 2));
        assert_eq!(most("large", Some("qq.com"), 100), 28, "the lane's minute has thirty, whoever brings them");
    }

    #[test]
    fn a_letter_that_never_came_to_the_dot_is_taken_back_from_the_minute_of_its_claim() {
        let quota = Quota { per_hour: None, per_day: Some(10) };
        let relay = Relay { name: "small".into(), senders: Vec::new(), quota, return_path: ReturnPath::Sender };
        let (mut pacing, minute) = (Pacing::default(), |n: i64| Moment(n * 60_000));
        for (n, at) in [(1, 0), (2, 0), (3, 5)] {
            pacing.set_out(DeliveryId(n), "x.cn", "small", minute(at));
        }
        pacing.came_back(DeliveryId(1), false);
        pacing.came_back(DeliveryId(2), true);
        assert_eq!(pacing.room(&relay, minute(24 * 60)), Some(9), "of minute 0 nothing is left, of minute 5 one");
        pacing.came_back(DeliveryId(1), false);
        assert_eq!(pacing.room(&relay, minute(5)), Some(8), "nothing is taken back twice");
    }
}
