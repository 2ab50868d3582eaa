//! Limits: how much may be asked from one place: failed sign-ins and looks at readers' pages by address, the API by token.
//! In memory, of a bounded size; a restart forgets it. Behind a proxy the asker is whom a trusted one names.

use super::Pages;
use crate::domain::id::TokenId;
use crate::domain::moment::Moment;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Places that are remembered of each kind; more than ask within a minute.
const MOST: usize = 10_000;

/// Failed sign-ins of an address: a whole office may mistype at nine, while a guesser of many accounts gets 720 an hour.
const ENTERING: Rate = Rate { burst: 60, every: Duration::from_secs(5) };

/// Asks for a letter to choose a password: five at once, and five an hour.
const FORGETTING: Rate = Rate { burst: 5, every: Duration::from_mins(12) };

/// Looks at readers' pages: a provider's scanners look at every link of a thousand letters.
const LOOKING: Rate = Rate { burst: 1_000, every: Duration::from_millis(50) };

/// Requests with no token that opens: who guesses does not use up what readers' looks from the same address may.
const GUESSING: Rate = Rate { burst: 100, every: Duration::from_secs(1) };

/// Requests of one token.
const ASKING: Rate = Rate { burst: 200, every: Duration::from_millis(50) };

/// How much may be asked from one place; clones share what they remember.
#[derive(Clone, Debug, Default)]
pub struct Limits(Arc<Known>);

#[derive(Debug, Default)]
struct Known {
    proxies: Vec<IpAddr>,
    entering: Mutex<Places<IpAddr>>,
    forgetting: Mutex<Places<IpAddr>>,
    looking: Mutex<Places<IpAddr>>,
    guessing: Mutex<Places<IpAddr>>,
    asking: Mutex<Places<TokenId>>,
}

impl Limits {
    /// Limits behind these proxies, whose word on who asks is taken.
    pub fn new(proxies: Vec<IpAddr>) -> Self {
        Self(Arc::new(Known { proxies, ..Known::default() }))
    }

    /// Counts a try to sign in.
    ///
    /// # Errors
    /// After how long one is listened to again.
    pub(super) fn tries_to_enter(&self, asker: IpAddr, now: Moment) -> Result<(), Duration> {
        held(&self.0.entering, |places| places.take(asker, ENTERING, now))
    }

    /// A try that succeeded does not count.
    pub(super) fn entered(&self, asker: IpAddr) {
        held(&self.0.entering, |places| places.give_back(asker, ENTERING));
    }

    /// Counts an ask for a letter to choose a password.
    ///
    /// # Errors
    /// As [`Limits::tries_to_enter`].
    pub(super) fn forgets(&self, asker: IpAddr, now: Moment) -> Result<(), Duration> {
        held(&self.0.forgetting, |places| places.take(asker, FORGETTING, now))
    }

    /// Counts a look at a page that is open to everyone.
    ///
    /// # Errors
    /// As [`Limits::tries_to_enter`].
    pub(super) fn looks(&self, asker: IpAddr, now: Moment) -> Result<(), Duration> {
        held(&self.0.looking, |places| places.take(asker, LOOKING, now))
    }

    /// Counts a request with no token that opens.
    ///
    /// # Errors
    /// As [`Limits::tries_to_enter`].
    pub(super) fn guesses(&self, asker: IpAddr, now: Moment) -> Result<(), Duration> {
        held(&self.0.guessing, |places| places.take(asker, GUESSING, now))
    }

    /// Counts a request of a token.
    ///
    /// # Errors
    /// As [`Limits::tries_to_enter`].
    pub(super) fn asks(&self, token: TokenId, now: Moment) -> Result<(), Duration> {
        held(&self.0.asking, |places| places.take(token, ASKING, now))
    }

    /// Who asks: the peer, or, where that is a trusted proxy, the last whom `X-Forwarded-For` names that is none.
    fn asker(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let is_proxy = |ip: &IpAddr| self.0.proxies.contains(ip);
        let mut asker = peer.to_canonical();
        let passed_on = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let mut named: Vec<&str> = passed_on.flat_map(|value| value.split(',')).collect();
        while is_proxy(&asker) {
            let Some(before) = named.pop().and_then(|name| name.trim().parse::<IpAddr>().ok()) else { break };
            asker = before.to_canonical();
        }
        of_one_place(asker)
    }
}

fn held<K, T>(places: &Mutex<Places<K>>, f: impl FnOnce(&mut Places<K>) -> T) -> T {
    f(&mut places.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Whoever has one IPv6 address has the 2^64 around it too (RFC 6177).
fn of_one_place(asker: IpAddr) -> IpAddr {
    match asker {
        IpAddr::V4(_) => asker,
        IpAddr::V6(ip) => Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64).into(),
    }
}

/// Who asks, for counting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asker(pub(super) IpAddr);

impl Asker {
    /// Who asks, by the connection and what proxies said.
    pub(super) fn of(limits: &Limits, connection: &Extensions, headers: &HeaderMap) -> Self {
        let peer = connection.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
        Self(limits.asker(peer, headers))
    }
}

impl FromRequestParts<Pages> for Asker {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Infallible> {
        Ok(Self::of(&pages.limits, &parts.extensions, &parts.headers))
    }
}

/// So many at once, and one more each time that `every` has passed.
#[derive(Clone, Copy)]
struct Rate {
    burst: u32,
    every: Duration,
}

/// For each place, when all that it took will have come back (the theoretical arrival time of GCRA, ITU-T I.371).
#[derive(Debug)]
struct Places<K>(HashMap<K, Moment>);

impl<K> Default for Places<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Copy + Eq + Hash> Places<K> {
    fn take(&mut self, place: K, rate: Rate, now: Moment) -> Result<(), Duration> {
        let back = self.0.get(&place).copied().unwrap_or(now).max(now) + rate.every;
        let over = back.since(now).saturating_sub(rate.every * rate.burst);
        if !over.is_zero() {
            return Err(over);
        }
        self.make_room(now);
        self.0.insert(place, back);
        Ok(())
    }

    fn give_back(&mut self, place: K, rate: Rate) {
        if let Some(back) = self.0.get_mut(&place) {
            *back = *back - rate.every;
        }
    }

    /// When full, forgets who has nothing to wait for, and at least the half that has the least.
    fn make_room(&mut self, now: Moment) {
        if self.0.len() < MOST {
            return;
        }
        let mut all: Vec<(K, Moment)> = self.0.drain().filter(|(_, back)| *back > now).collect();
        all.sort_unstable_by_key(|(_, back)| std::cmp::Reverse(*back));
        all.truncate(MOST / 2);
        self.0.extend(all);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment(1_000_000);
    const RATE: Rate = Rate { burst: 3, every: Duration::from_secs(10) };

    #[test]
    fn so_many_at_once_and_then_one_each_time() {
        let mut places = Places::default();
        for _ in 0..3 {
            assert_eq!(places.take(1, RATE, NOW), Ok(()));
        }
        assert_eq!(places.take(1, RATE, NOW), Err(Duration::from_secs(10)));
        assert_eq!(places.take(2, RATE, NOW), Ok(()), "another place is not held back");
        let later = NOW + Duration::from_secs(10);
        assert_eq!(places.take(1, RATE, later), Ok(()));
        assert!(places.take(1, RATE, later).is_err());
        places.give_back(1, RATE);
        assert_eq!(places.take(1, RATE, later), Ok(()), "what is given back may be taken");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut places = Places::default();
        for _ in 0..3 {
            assert_eq!(places.take(0, RATE, NOW), Ok(()));
        }
        for place in 1..MOST * 2 {
            assert_eq!(places.take(place, RATE, NOW), Ok(()));
            assert!(places.0.len() <= MOST);
        }
        assert!(places.take(0, RATE, NOW).is_err(), "who has the most to wait for is remembered");
    }

    #[test]
    fn who_asks_is_whom_a_trusted_proxy_names() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let limits = Limits::new(vec![ip("127.0.0.1"), ip("10.0.0.2")]);
        for (peer, said, asker) in [
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("127.0.0.1", "", "127.0.0.1"),
            ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("::ffff:127.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1"),
            ("127.0.0.1", "1.2.3.4, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("127.0.0.1", "1.2.3.4, nonsense", "127.0.0.1"),
            ("127.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ] {
            let headers = [("x-forwarded-for".parse().unwrap(), said.parse().unwrap())].into_iter().collect();
            assert_eq!(limits.asker(ip(peer), &headers), ip(asker), "{peer} {said}");
        }
        assert_eq!(Limits::default().asker(ip("127.0.0.1"), &HeaderMap::new()), ip("127.0.0.1"));
    }
}
