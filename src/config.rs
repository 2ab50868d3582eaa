//! Settings: gathered from built-in defaults, then `config/yizhan.toml` (or the file named), then the
//! environment. Unknown keys are refused. What the program means by them is resolved here, once;
//! config/yizhan.toml lists every key with its default, unit and reason.

use crate::actions::station::Rules;
use crate::courier::session::Deadlines;
use crate::domain::delivery::Patience;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file that was named is not there, or cannot be read.
    #[error("the settings in {0} cannot be read: {1}; name another file with --config")]
    Unreadable(PathBuf, std::io::Error),
    /// A key or value is wrong; the sentence says where.
    #[error("the settings in {0} are not right: {1}; config/yizhan.toml of the project lists every key")]
    Wrong(PathBuf, String),
    /// The relay's address is wrong.
    #[error("the relay '{0}' is not right: {1}; write it as smtp://host:port")]
    Relay(String, String),
}

/// Every setting, as written in the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `[relay]`
    pub relay: RelaySettings,
    /// `[courier]`
    pub courier: CourierSettings,
    /// `[deadlines]`
    pub deadlines: DeadlineSettings,
    /// `[patience]`
    pub patience: PatienceSettings,
    /// `[scheduler]`
    pub scheduler: SchedulerSettings,
    /// `[web]`
    pub web: WebSettings,
}

/// The mail server that takes our letters onward.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RelaySettings {
    /// `smtp://host:port`; without it nothing is claimed.
    pub url: Option<String>,
    /// The name we give in EHLO; the machine's own by default.
    pub ehlo_name: Option<String>,
}

/// How letters are carried.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CourierSettings {
    /// Connections at once.
    pub connections: u32,
    /// Letters on one connection before it is closed.
    pub letters_per_connection: u32,
    /// How long letters on their way may take to come to an end when the service stops.
    #[serde(with = "humantime_serde")]
    pub stop_within: Duration,
}

impl Default for CourierSettings {
    fn default() -> Self {
        Self { connections: 10, letters_per_connection: 1_000, stop_within: Duration::from_secs(30) }
    }
}

/// How long each stage of a session may be silent.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeadlineSettings {
    /// Until the connection stands.
    #[serde(with = "humantime_serde")]
    pub connect: Duration,
    /// Until the relay's first line.
    #[serde(with = "humantime_serde")]
    pub greeting: Duration,
    /// Until EHLO is answered.
    #[serde(with = "humantime_serde")]
    pub ehlo: Duration,
    /// Until MAIL is answered.
    #[serde(with = "humantime_serde")]
    pub mail: Duration,
    /// Until RCPT is answered.
    #[serde(with = "humantime_serde")]
    pub rcpt: Duration,
    /// Until DATA is answered.
    #[serde(with = "humantime_serde")]
    pub data: Duration,
    /// Until a further piece of the text is taken.
    #[serde(with = "humantime_serde")]
    pub block: Duration,
    /// Until the final dot is answered.
    #[serde(with = "humantime_serde")]
    pub dot: Duration,
    /// Until QUIT is answered.
    #[serde(with = "humantime_serde")]
    pub quit: Duration,
}

impl Default for DeadlineSettings {
    fn default() -> Self {
        let Deadlines { connect, greeting, ehlo, mail, rcpt, data, block, dot, quit } = Deadlines::default();
        Self { connect, greeting, ehlo, mail, rcpt, data, block, dot, quit }
    }
}

impl From<&DeadlineSettings> for Deadlines {
    fn from(settings: &DeadlineSettings) -> Self {
        let DeadlineSettings { connect, greeting, ehlo, mail, rcpt, data, block, dot, quit } = *settings;
        Self { connect, greeting, ehlo, mail, rcpt, data, block, dot, quit }
    }
}

/// When a letter is tried again.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PatienceSettings {
    /// The first wait.
    #[serde(with = "humantime_serde")]
    pub first: Duration,
    /// No wait is longer.
    #[serde(with = "humantime_serde")]
    pub longest: Duration,
    /// When a letter is this old, it expires instead of being tried again.
    #[serde(with = "humantime_serde")]
    pub give_up: Duration,
}

impl Default for PatienceSettings {
    fn default() -> Self {
        let Patience { first, longest, give_up } = Patience::default();
        Self { first, longest, give_up }
    }
}

/// How the hours are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SchedulerSettings {
    /// How late the hour of a schedule may fire, where the schedule itself does not say.
    #[serde(with = "humantime_serde")]
    pub grace: Duration,
}

impl Default for SchedulerSettings {
    fn default() -> Self {
        Self { grace: Duration::from_secs(12 * 60 * 60) }
    }
}

/// Pages.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebSettings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where readers reach the pages, as `https://letters.example.cn`; without it letters offer a
    /// mailto link to leave.
    pub base_url: Option<String>,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8470)), base_url: None }
    }
}

/// The file that is read when none is named and it is there.
const DEFAULT_FILE: &str = "config/yizhan.toml";

impl Settings {
    /// Reads the settings: from `file` if one is named, otherwise from [`DEFAULT_FILE`] if it is there,
    /// otherwise the defaults; then `relay_url` (`YIZHAN_RELAY`) over them.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn read(file: Option<&Path>, relay_url: Option<String>) -> Result<Self, Error> {
        let path = file.unwrap_or(Path::new(DEFAULT_FILE));
        let mut settings = match std::fs::read_to_string(path) {
            Ok(text) => {
                toml::from_str(&text).map_err(|error| Error::Wrong(path.to_owned(), in_a_sentence(&error, &text)))?
            }
            Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => Self::default(),
            Err(error) => return Err(Error::Unreadable(path.to_owned(), error)),
        };
        if relay_url.is_some() {
            settings.relay.url = relay_url;
        }
        Ok(settings)
    }

    /// The rules that sending goes by.
    pub fn rules(&self) -> Rules {
        let PatienceSettings { first, longest, give_up } = self.patience;
        let base_url = self.web.base_url.as_ref().map(|url| url.trim_end_matches('/').to_owned());
        Rules { patience: Patience { first, longest, give_up }, base_url }
    }

    /// The relay, if there is one.
    ///
    /// # Errors
    /// [`Error::Relay`].
    pub fn relay(&self) -> Result<Option<RelayAddress>, Error> {
        self.relay.url.as_deref().map(RelayAddress::parse).transpose()
    }
}

/// What is wrong and in which line; the library's own words draw a picture over several lines.
fn in_a_sentence(error: &toml::de::Error, text: &str) -> String {
    let what = error.message().lines().collect::<Vec<_>>().join(" ");
    let line = error.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
    line.map_or_else(|| what.clone(), |line| format!("line {line}: {what}"))
}

/// Where a relay is, as `smtp://host:port?connections=N` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayAddress {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Connections at once, where the address says so.
    pub connections: Option<u32>,
}

impl RelayAddress {
    /// Reads a relay's address.
    ///
    /// # Errors
    /// [`Error::Relay`], also for what this version cannot do yet: TLS and signing in.
    pub fn parse(url: &str) -> Result<Self, Error> {
        // A password may stand in it: only what follows the @ is ever shown.
        let shown = url.rsplit('@').next().unwrap_or_default();
        let wrong = |why: &str| Error::Relay(shown.to_owned(), why.to_owned());
        if url.starts_with("smtps://") {
            return Err(wrong("this version does not speak TLS yet"));
        }
        let rest = url.strip_prefix("smtp://").ok_or_else(|| wrong("it does not begin with smtp://"))?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        if place.contains('@') {
            return Err(wrong("this version does not sign in to relays yet"));
        }
        let place = place.trim_end_matches('/');
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                (host, port.parse().map_err(|_| wrong("its port is no number from 1 to 65535"))?)
            }
            _ => (place, 25),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() {
            return Err(wrong("it names no host"));
        }
        let mut connections = None;
        for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            match (key, value) {
                ("connections", number) => {
                    let number = number.parse().ok().filter(|n| (1..=100).contains(n));
                    connections = Some(number.ok_or_else(|| wrong("connections is no number from 1 to 100"))?);
                }
                ("tls", "none") => {}
                ("tls", _) => return Err(wrong("this version does not speak TLS yet; only tls=none")),
                _ => return Err(wrong("it has a part that is not known; known are connections and tls")),
            }
        }
        Ok(Self { host, port, connections })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_is_read_as_people_write_it() {
        for (url, host, port, connections) in [
            ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, None),
            ("smtp://relay.example.cn", "relay.example.cn", 25, None),
            ("smtp://[::1]:25?connections=4&tls=none", "::1", 25, Some(4)),
            ("smtp://relay.example.cn:587/", "relay.example.cn", 587, None),
        ] {
            let relay = RelayAddress::parse(url).expect(url);
            assert_eq!((relay.host.as_str(), relay.port, relay.connections), (host, port, connections), "{url}");
        }
    }

    #[test]
    fn a_wrong_relay_is_refused_without_showing_its_password() {
        for url in
            ["relay:25", "smtp://", "smtp://h:99999", "smtp://h?connections=0", "smtp://h?x=1", "smtps://u:secret@h"]
        {
            let said = RelayAddress::parse(url).expect_err(url).to_string();
            assert!(!said.contains("secret") && said.contains("smtp://host:port"), "{said}");
        }
    }

    #[test]
    fn the_file_that_lists_every_key_says_the_defaults() {
        let listed: Settings = toml::from_str(include_str!("../config/yizhan.toml")).expect("our own file is right");
        assert_eq!(format!("{listed:?}"), format!("{:?}", Settings::default()));
    }

    #[test]
    fn a_key_that_is_not_known_is_refused() {
        assert!(toml::from_str::<Settings>("[courier]\nconections = 3").is_err());
    }
}
