//! Settings: gathered from built-in defaults, then `config/yizhan.toml` (or the file named), then the
//! environment. Unknown keys are refused. What the program means by them is resolved here, once;
//! config/yizhan.toml lists every key with its default, unit and reason.

mod relay;

pub use relay::{RelayAddress, RelaySettings, ReturnPathSetting};

use crate::actions::station::Rules;
use crate::courier::session::Deadlines;
use crate::domain::address::{Mailbox, NoAddress};
use crate::domain::delivery::Patience;
use crate::domain::forecast::Capacity;
use crate::domain::lane::Pace;
use crate::domain::rulebook::{NoRulebook, Rulebook};
use crate::domain::valve::Limit;
use chrono_tz::Tz;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
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
    /// The rules for relays' answers are wrong.
    #[error("the rules in {0} are not right: {1}; config/replies.toml of the project shows how they are written")]
    Replies(PathBuf, String),
    /// The relays contradict each other.
    #[error("the relays in the settings are not right: {0}")]
    Relays(&'static str),
    /// The relay's address is wrong.
    #[error("the relay '{0}' is not right: {1}; write it as smtp://host:port")]
    Relay(String, String),
    /// A file that belongs to the relay's settings is not there, or cannot be read.
    #[error("[relay] {0} = '{1}' cannot be read: {2}; name a file that this user may read")]
    RelayFile(&'static str, PathBuf, std::io::Error),
}

/// Every setting, as written in the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `[relay]`
    pub relay: RelaySettings,
    /// `[[relays]]`, the first choice first; instead of `[relay]`.
    pub relays: Vec<RelaySettings>,
    /// `[lanes."qq.com"]`
    pub lanes: Lanes,
    /// `[courier]`
    pub courier: CourierSettings,
    /// `[deadlines]`
    pub deadlines: DeadlineSettings,
    /// `[patience]`
    pub patience: PatienceSettings,
    /// `[valve]`
    pub valve: ValveSettings,
    /// `[scheduler]`
    pub scheduler: SchedulerSettings,
    /// `[web]`
    pub web: WebSettings,
    /// `[notices]`
    pub notices: NoticeSettings,
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
    /// What relays' answers mean, in the form of config/replies.toml; the built-in rules by default.
    pub replies: Option<PathBuf>,
}

impl Default for CourierSettings {
    fn default() -> Self {
        Self { connections: 10, letters_per_connection: 1_000, stop_within: Duration::from_secs(30), replies: None }
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
    /// Until STARTTLS is answered, and then until the connection is encrypted.
    #[serde(with = "humantime_serde")]
    pub tls: Duration,
    /// Until each step of AUTH is answered.
    #[serde(with = "humantime_serde")]
    pub auth: Duration,
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
        let Deadlines { connect, greeting, ehlo, tls, auth, mail, rcpt, data, block, dot, quit } = Deadlines::default();
        Self { connect, greeting, ehlo, tls, auth, mail, rcpt, data, block, dot, quit }
    }
}

impl From<&DeadlineSettings> for Deadlines {
    fn from(settings: &DeadlineSettings) -> Self {
        let DeadlineSettings { connect, greeting, ehlo, tls, auth, mail, rcpt, data, block, dot, quit } = *settings;
        Self { connect, greeting, ehlo, tls, auth, mail, rcpt, data, block, dot, quit }
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
    /// When a letter would be put off for this long altogether, it expires instead of being tried again.
    #[serde(with = "humantime_serde")]
    pub give_up: Duration,
}

impl Default for PatienceSettings {
    fn default() -> Self {
        let Patience { first, longest, give_up } = Patience::default();
        Self { first, longest, give_up }
    }
}

/// How providers want to be written to, by the first of their domains.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Lanes(BTreeMap<String, LaneSettings>);

/// How one provider wants to be written to.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LaneSettings {
    /// Connections at once; as the relay has it without.
    pub connections: Option<u32>,
    /// Letters over one connection; as `[courier]` has it without.
    pub letters_per_connection: Option<u32>,
    /// Letters a minute; as fast as they go without.
    pub per_minute: Option<u32>,
}

impl Default for Lanes {
    /// QQ and NetEase count connections and letters over each (DELIVERY.md §4).
    fn default() -> Self {
        let careful = LaneSettings { connections: Some(4), letters_per_connection: Some(7), per_minute: None };
        Self(["163.com", "qq.com"].map(|lane| (lane.to_owned(), careful)).into())
    }
}

impl Lanes {
    /// Adds the defaults of the lanes that are not mentioned.
    fn complete(&mut self) {
        for (lane, settings) in Self::default().0 {
            self.0.entry(lane).or_insert(settings);
        }
    }

    fn paces(&self) -> BTreeMap<String, Pace> {
        let pace = |settings: &LaneSettings| Pace {
            connections: settings.connections.map(|n| n.max(1)),
            letters_per_connection: settings.letters_per_connection.map(|n| n.max(1)),
            per_minute: settings.per_minute.map(|n| n.max(1)),
        };
        self.0.iter().map(|(lane, settings)| (lane.clone(), pace(settings))).collect()
    }
}

/// When a dispatch pauses itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ValveSettings {
    /// More refusals because of the reader's address than so many of a hundred letters.
    pub failures: u32,
    /// Of at least so many letters.
    pub of_at_least: u32,
}

impl Default for ValveSettings {
    fn default() -> Self {
        let Limit { percent, of_at_least } = Limit::default();
        Self { failures: percent, of_at_least }
    }
}

/// How the hours are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SchedulerSettings {
    /// How late the hour of a schedule may fire, where the schedule itself does not say.
    #[serde(with = "humantime_serde")]
    pub grace: Duration,
    /// The folder that documents are dropped into, with one for each publication in it; `inbox` in the data folder
    /// without it.
    pub inbox: Option<PathBuf>,
}

impl Default for SchedulerSettings {
    fn default() -> Self {
        Self { grace: Duration::from_secs(12 * 60 * 60), inbox: None }
    }
}

impl SchedulerSettings {
    /// Where documents are dropped for the station with this data folder.
    pub fn inbox_of(&self, data: &Path) -> PathBuf {
        self.inbox.clone().unwrap_or_else(|| data.join("inbox"))
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
    /// The zone in which the desk shows times that belong to no publication.
    pub zone: Tz,
    /// Who may ask for `/metrics` and for the reasons in `/healthz`, beside this machine.
    pub watchers: Vec<IpAddr>,
    /// Proxies before the pages, whose word on who asks is taken.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8470)),
            base_url: None,
            zone: chrono_tz::Asia::Shanghai,
            watchers: Vec::new(),
            trusted_proxies: Vec::new(),
        }
    }
}

impl WebSettings {
    /// Where people who work here reach the desk, without a slash at the end.
    pub fn desk_url(&self) -> String {
        self.base_url.clone().unwrap_or_else(|| format!("http://{}", self.listen))
    }
}

/// What the house says by letter to those who work here.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoticeSettings {
    /// Whom it writes as, as `驿站 <yizhan@example.cn>`; without it it writes nothing.
    #[serde(deserialize_with = "mailbox")]
    pub from: Option<Mailbox>,
    /// How long before an hour of a schedule its editors are reminded where nothing is ready for it; zero is never.
    #[serde(with = "humantime_serde")]
    pub remind: Duration,
}

impl Default for NoticeSettings {
    fn default() -> Self {
        Self { from: None, remind: Duration::from_hours(24) }
    }
}

fn mailbox<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Mailbox>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let wrong =
        |why: NoAddress| D::Error::custom(format!("'{text}' is no sender ({why}); write NAME <name@example.cn>"));
    text.parse().map(Some).map_err(wrong)
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
        let courier = &settings.courier;
        for (number, key) in
            [(courier.connections, "connections"), (courier.letters_per_connection, "letters_per_connection")]
        {
            if number == 0 {
                return Err(Error::Wrong(path.to_owned(), format!("[courier] {key} is 0, so nothing could be sent")));
            }
        }
        if settings.valve.failures > 100 {
            return Err(Error::Wrong(path.to_owned(), "[valve] failures is a percentage, so at most 100".into()));
        }
        if let Some(url) = settings.web.base_url.as_ref().filter(|url| !is_web_address(url)) {
            let why = format!(
                "[web] base_url is '{url}', where letters' links would lead nowhere; write it with http:// or https://, as https://letters.example.cn"
            );
            return Err(Error::Wrong(path.to_owned(), why));
        }
        if relay_url.is_some() {
            settings.relays.clear();
            settings.relay.url = relay_url.map(Into::into);
        }
        settings.lanes.complete();
        Ok(settings)
    }

    /// The keys whose values in `newer` count only when the service starts again.
    pub fn unheeded(&self, newer: &Self) -> Vec<&'static str> {
        let (old, new) = (&self.web, &newer.web);
        [
            ("[web] listen", old.listen != new.listen),
            ("[web] zone", old.zone != new.zone),
            ("[web] watchers", old.watchers != new.watchers),
            ("[web] trusted_proxies", old.trusted_proxies != new.trusted_proxies),
            ("[scheduler] grace", self.scheduler.grace != newer.scheduler.grace),
            ("[notices] remind", self.notices.remind != newer.notices.remind),
        ]
        .into_iter()
        .filter_map(|(key, differs)| differs.then_some(key))
        .collect()
    }

    /// The rules that sending goes by.
    pub fn rules(&self) -> Rules {
        let PatienceSettings { first, longest, give_up } = self.patience;
        let base_url = self.web.base_url.as_ref().map(|url| url.trim_end_matches('/').to_owned());
        let patience = Patience { first, longest, give_up };
        let ValveSettings { failures, of_at_least } = self.valve;
        let valve = Limit { percent: failures, of_at_least };
        let notices = self.notices.from.clone();
        Rules { patience, valve, base_url, notices, paces: self.lanes.paces(), ..Rules::default() }
    }

    /// What relays and providers take: what the desk reckons with.
    ///
    /// # Errors
    /// As [`Settings::relays`].
    pub fn capacity(&self) -> Result<Capacity, Error> {
        let relays = self.relays()?.into_iter().map(|address| address.relay).collect();
        Ok(Capacity { relays, paces: self.lanes.paces() })
    }

    /// What relays' answers mean.
    ///
    /// # Errors
    /// [`Error::Unreadable`], or [`Error::Replies`] when the file is no rulebook.
    pub fn rulebook(&self) -> Result<Rulebook, Error> {
        let Some(file) = &self.courier.replies else { return Ok(Rulebook::built_in()) };
        let text = std::fs::read_to_string(file).map_err(|error| Error::Unreadable(file.clone(), error))?;
        Rulebook::parse(&text).map_err(|error| {
            let what = match error {
                NoRulebook::Form(error) => in_a_sentence(&error, &text),
                rule @ NoRulebook::Rule { .. } => rule.to_string(),
            };
            Error::Replies(file.clone(), what)
        })
    }

    /// The relays, the first choice first; none where none is set.
    ///
    /// # Errors
    /// [`Error::Relay`], [`Error::RelayFile`], [`Error::Relays`].
    pub fn relays(&self) -> Result<Vec<RelayAddress>, Error> {
        if self.relays.is_empty() {
            return Ok(self.relay.address()?.into_iter().collect());
        }
        if self.relay.url.is_some() {
            return Err(Error::Relays("[relay] url and [[relays]] are both set; move the one into the other"));
        }
        let mut addresses = Vec::with_capacity(self.relays.len());
        for settings in &self.relays {
            addresses.push(settings.address()?.ok_or(Error::Relays("one of [[relays]] has no url; give it one"))?);
        }
        let names: BTreeSet<_> = addresses.iter().map(|address| &address.relay.name).collect();
        if names.len() < addresses.len() {
            return Err(Error::Relays("two of [[relays]] have the same name; give each a name of its own"));
        }
        Ok(addresses)
    }
}

/// Whether a browser can go there: a scheme that it knows, then a host.
fn is_web_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !rest.contains(char::is_whitespace))
}

/// What is wrong and in which line; the library's own words draw a picture over several lines.
fn in_a_sentence(error: &toml::de::Error, text: &str) -> String {
    let what = error.message().lines().collect::<Vec<_>>().join(" ");
    let line = error.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
    line.map_or_else(|| what.clone(), |line| format!("line {line}: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_lists_every_key_says_the_defaults() {
        let listed: Settings = toml::from_str(include_str!("../config/yizhan.toml")).expect("our own file is right");
        assert_eq!(format!("{listed:?}"), format!("{:?}", Settings::default()));
    }

    #[test]
    fn what_counts_only_after_a_restart_is_named() {
        let read = |text: &str| toml::from_str::<Settings>(text).expect("well formed");
        let before = Settings::default();
        assert_eq!(before.unheeded(&Settings::default()), [""; 0]);
        let heeded = read(
            "[relay]\nurl = \"smtp://a.example\"\n[patience]\nfirst = \"1s\"\n[web]\nbase_url = \"https://a.example\"",
        );
        assert_eq!(before.unheeded(&heeded), [""; 0]);
        let after = read(
            "[web]\nlisten = \"127.0.0.1:1\"\nzone = \"UTC\"\nwatchers = [\"10.0.0.1\"]\n[scheduler]\ngrace = \"1h\"\n[notices]\nremind = \"2h\"",
        );
        let named = ["[web] listen", "[web] zone", "[web] watchers", "[scheduler] grace", "[notices] remind"];
        assert_eq!(before.unheeded(&after), named);
    }

    #[test]
    fn letters_link_to_web_addresses_only() {
        for (url, lawful) in [
            ("https://letters.example.cn", true),
            ("http://10.0.0.1:8470/", true),
            ("letters.kjj.example", false),
            ("letters.kjj.example:8470", false),
            ("ftp://letters.example", false),
            ("https://", false),
            ("https:///leave", false),
        ] {
            assert_eq!(is_web_address(url), lawful, "{url}");
        }
    }

    #[test]
    fn notices_are_from_an_address_and_go_where_there_is_a_relay_and_a_way_back() {
        let read = |text: &str| toml::from_str::<Settings>(text);
        assert!(read("[notices]\nfrom = \"驿站\"").is_err());
        let from = "[notices]\nfrom = \"驿站 <yizhan@example.cn>\"\n";
        let rules = |more: &str| read(&format!("{from}{more}")).expect("well formed").rules();
        assert_eq!(rules("").notices.map(|from| from.to_string()).as_deref(), Some("驿站 <yizhan@example.cn>"));
        assert!(rules("[web]\nbase_url = \"https://a.example\"").notices_from().is_none(), "no relay is known");
    }

    #[test]
    fn a_key_that_is_not_known_is_refused() {
        assert!(toml::from_str::<Settings>("[courier]\nconections = 3").is_err());
    }
}
