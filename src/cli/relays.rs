//! Relays, as the pages show them: how each is reached by the settings, how it stands, and walks to one that somebody
//! asked for there. Walks go here, beside the station, one at a time and within a limit; they end whoever looks on.

use super::station;
use crate::actions;
use crate::clock::Clock;
use crate::config::{RelayAddress, Settings};
use crate::courier::{advice, probe};
use crate::domain::address::{Address, Mailbox};
use crate::domain::audit::Actor;
use crate::domain::id::DeliveryId;
use crate::domain::language::Sentence;
use crate::domain::relay::{Condition, ReturnPath, Way};
use crate::domain::walk::{Found, Leg, Step, Trouble, Walk};
use crate::store::Store;
use crate::web;
use std::convert::Infallible;
use std::path::Path;
use std::time::Duration;
use tokio::sync::watch;

/// No walk lasts longer.
const AT_MOST: Duration = Duration::from_secs(60);

/// What the pages are told of relays.
#[derive(Debug)]
pub struct Relays {
    settings: watch::Sender<Settings>,
    ways: watch::Sender<Vec<Way>>,
    pub(super) conditions: watch::Sender<Option<Vec<Condition>>>,
    sheet: watch::Sender<Option<Walk>>,
}

impl Relays {
    /// By these settings.
    pub fn of(settings: &Settings) -> Self {
        let relays = Self {
            settings: watch::Sender::new(settings.clone()),
            ways: watch::Sender::new(Vec::new()),
            conditions: watch::Sender::new(None),
            sheet: watch::Sender::new(None),
        };
        relays.follow(settings);
        relays
    }

    /// From now on by these.
    pub(super) fn follow(&self, settings: &Settings) {
        self.settings.send_replace(settings.clone());
        self.ways.send_replace(ways(settings));
    }

    /// Tells the pages how relays stand, each time that this changes.
    pub(super) async fn hears(&self, mut told: watch::Receiver<Vec<Condition>>) -> Infallible {
        loop {
            let now = told.borrow_and_update().clone();
            self.conditions.send_replace(Some(now));
            if told.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }

    /// What pages are given. `file` is where the settings stand.
    pub fn for_pages(&self, file: Option<&Path>) -> web::Relays {
        let file = file.map_or_else(|| "config/yizhan.toml".into(), |file| file.display().to_string());
        let (ways, conditions) = (self.ways.subscribe(), self.conditions.subscribe());
        web::Relays { ways, conditions, sheet: self.sheet.clone(), file }
    }

    /// Goes each walk that is asked for, as long as it is let.
    pub async fn walks(&self, store: &Store, clock: &Clock) {
        let mut sheet = self.sheet.subscribe();
        loop {
            let asked = sheet.wait_for(|walk| walk.as_ref().is_some_and(|walk| !walk.is_over)).await;
            // Its sender is our own, so it cannot be gone.
            let Ok(Some(walk)) = asked.map(|walk| walk.clone()) else { return };
            let settings = self.settings.borrow().clone();
            let goes = self.goes(&walk, &settings, clock);
            let deadline = clock.steady() + AT_MOST;
            let went_well = tokio::select! {
                well = goes => well,
                () = clock.rest_until(deadline) => {
                    self.note(out_of_time());
                    false
                }
            };
            let letter = if went_well { letter(&walk, store, clock).await } else { None };
            self.change(|walk| (walk.letter, walk.is_over) = (letter, true));
        }
    }

    /// Returns whether it came to its end.
    async fn goes(&self, walk: &Walk, settings: &Settings, clock: &Clock) -> bool {
        let order = &walk.order;
        let found = settings.relays().ok().and_then(|all| all.into_iter().find(|a| a.relay.name == order.relay));
        let link = found.as_ref().and_then(|address| station::link(address, settings, clock).ok());
        let (Some(address), Some(link)) = (found, link) else {
            self.note(nowhere());
            return false;
        };
        let sender = order.sender.as_ref().map(|sender| envelope_from(&address, sender));
        let envelope = sender.map(|from| (from, order.to.clone()));
        let probed = probe::walk(&link, clock, envelope, |step| self.note(step)).await;
        advice::of_walk(&link, &probed).is_none()
    }

    fn note(&self, step: Step) {
        self.change(|walk| walk.steps.push(step));
    }

    fn change(&self, change: impl FnOnce(&mut Walk)) {
        self.sheet.send_modify(|walk| {
            if let Some(walk) = walk {
                change(walk);
            }
        });
    }
}

/// What stands in `MAIL FROM` of a sender's letters at this relay.
pub(super) fn envelope_from(address: &RelayAddress, sender: &Address) -> Address {
    match &address.relay.return_path {
        ReturnPath::Sender => sender.clone(),
        ReturnPath::Account(account) => account.clone(),
        ReturnPath::Verp(domain) => format!("b+check@{domain}").parse().unwrap_or_else(|_| sender.clone()),
    }
}

fn ways(settings: &Settings) -> Vec<Way> {
    let way = |address: RelayAddress| Way {
        connections: address.connections.unwrap_or(settings.courier.connections),
        relay: address.relay,
        host: address.host,
        port: address.port,
        encryption: address.security.encryption,
        user: address.security.login.map(|login| login.user),
    };
    // Wrong ones never came to stand: they were refused when they were read.
    settings.relays().unwrap_or_default().into_iter().map(way).collect()
}

/// Queues the test letter that was asked for: it goes the way of every letter.
async fn letter(walk: &Walk, store: &Store, clock: &Clock) -> Option<Result<DeliveryId, Sentence>> {
    let order = &walk.order;
    let issue = order.letter?;
    let to = [Mailbox { name: None, address: order.to.clone() }];
    let tried = actions::edition::trial::try_issue(store, Actor::Account(order.by), clock.now(), issue, &to).await;
    Some(match tried {
        Ok(trials) => trials.first().map(|trial| trial.delivery).ok_or_else(unmade),
        Err(actions::Error::Refused(why)) => Err(why),
        Err(_) => Err(unmade()),
    })
}

fn unmade() -> Sentence {
    Sentence {
        english: "no test letter can be made of that issue now; its preview says why".into(),
        chinese: "这一期现在不能做成测试信；请看它的“预览”，那里写明原因。".into(),
    }
}

fn out_of_time() -> Step {
    let why = Sentence {
        english: format!("the walk took longer than {} s and was ended", AT_MOST.as_secs()),
        chinese: format!("测试超过 {} 秒，已经停止。", AT_MOST.as_secs()),
    };
    let next = Sentence {
        english: "see whether a firewall holds the connection up".into(),
        chinese: "请看防火墙是否拦住了连接，对方服务器是否太忙。".into(),
    };
    ended(AT_MOST, why, next)
}

fn nowhere() -> Step {
    let why = Sentence {
        english: "the settings know no relay of this name any more, or cannot be used".into(),
        chinese: "设置里已没有这条通道，或设置不能使用。".into(),
    };
    let next = Sentence { english: "open the page anew".into(), chinese: "请重新打开本页。".into() };
    ended(Duration::ZERO, why, next)
}

fn ended(took: Duration, why: Sentence, next: Sentence) -> Step {
    let leg = Leg::Connect;
    Step { leg, took, found: Found::Trouble(Trouble { leg, why, next, reply: None }) }
}
