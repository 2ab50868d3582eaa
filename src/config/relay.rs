//! The relay's settings: its address as people write it, `smtp://user:password@host:port?tls=required`,
//! and the files beside it. What is contradictory, or would give a password away, is refused here, in a
//! sentence that never shows the password.

use super::Error;
use crate::courier::session::{Encryption, Login, Secret, Security};
use crate::domain::quota::Quota;
use crate::domain::relay::{Relay, ReturnPath};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// The mail server that takes our letters onward.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RelaySettings {
    /// `smtp://host:port`; without it nothing is claimed. It may hold a password.
    pub url: Option<Secret>,
    /// A file with the password of the user that `url` names.
    pub password_file: Option<PathBuf>,
    /// A PEM file with authorities to trust beside the machine's own.
    pub ca_file: Option<PathBuf>,
    /// The name in the relay's certificate; the host of `url` by default.
    pub tls_name: Option<String>,
    /// Whether the password may go unencrypted, or to whom nobody vouches for.
    pub auth_in_clear: bool,
    /// The name we give in EHLO; the machine's own by default.
    pub ehlo_name: Option<String>,
    /// Its name in the log; host and port by default.
    pub name: Option<String>,
    /// The senders it takes: addresses, or domains as `@example.cn`; every other sender without it.
    pub senders: Vec<String>,
    /// Letters that it takes in any hour.
    pub per_hour: Option<u32>,
    /// Letters that it takes in any 24 hours.
    pub per_day: Option<u32>,
    /// What stands in `MAIL FROM`.
    pub return_path: ReturnPathSetting,
    /// The domain of `return_path = "verp"`.
    pub bounce_domain: Option<String>,
}

/// What stands in `MAIL FROM`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReturnPathSetting {
    /// The account that signs in, where it is an address; otherwise the publication's sender.
    #[default]
    Fixed,
    /// An address for each delivery, under `bounce_domain`.
    Verp,
}

/// A relay, as its settings say.
#[derive(Clone, Debug)]
pub struct RelayAddress {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Connections at once, where the address says so.
    pub connections: Option<u32>,
    /// On what terms we talk with it.
    pub security: Security,
    /// The name that its certificate must be for.
    pub tls_name: String,
    /// Authorities to trust beside the machine's own, in PEM.
    pub authorities: Option<Vec<u8>>,
    /// The name that it is given in EHLO, where one is set.
    pub ehlo_name: Option<String>,
    /// What it is for.
    pub relay: Relay,
}

impl RelaySettings {
    /// The relay, if there is one, with what its files hold.
    ///
    /// # Errors
    /// [`Error::Relay`], [`Error::RelayFile`].
    pub fn address(&self) -> Result<Option<RelayAddress>, Error> {
        let Some(url) = &self.url else { return Ok(None) };
        let shown = shown(url.reveal());
        let wrong = |why: &str| Error::Relay(shown.to_owned(), why.to_owned());
        let url = Url::parse(url.reveal()).map_err(|why| wrong(&why))?;
        let authorities = self.ca_file.as_deref().map(|path| read("ca_file", path)).transpose()?;
        let login = self.login(&url)?.map_err(wrong)?;
        let auth_in_clear = self.auth_in_clear || is_loopback(&url.host);
        // Who gives a password away wants to know to whom; on this machine itself nobody listens or lies.
        let usual = if login.is_some() && !auth_in_clear { Encryption::Required } else { Encryption::Opportunistic };
        let encryption = url.encryption.unwrap_or(usual);
        if login.is_some() && !auth_in_clear && !encryption.verifies() {
            return Err(wrong(
                "a password goes only to a relay that proves who it is (tls=required); for one on a network of your own set [relay] auth_in_clear = true",
            ));
        }
        let security = Security { encryption, login, auth_in_clear };
        let tls_name = self.tls_name.clone().unwrap_or_else(|| url.host.clone());
        let return_path = self.return_path(security.login.as_ref()).map_err(wrong)?;
        let Url { host, port, connections, .. } = url;
        let relay = Relay {
            name: self.name.clone().unwrap_or_else(|| format!("{host}:{port}")),
            senders: self.senders.clone(),
            quota: Quota { per_hour: self.per_hour, per_day: self.per_day },
            return_path,
        };
        let ehlo_name = self.ehlo_name.clone();
        Ok(Some(RelayAddress { host, port, connections, security, tls_name, authorities, ehlo_name, relay }))
    }

    fn return_path(&self, login: Option<&Login>) -> Result<ReturnPath, &'static str> {
        match (self.return_path, &self.bounce_domain) {
            (ReturnPathSetting::Verp, Some(domain)) => Ok(ReturnPath::Verp(domain.clone())),
            (ReturnPathSetting::Verp, None) => {
                Err("return_path = \"verp\" needs a bounce_domain, whose mail comes here")
            }
            (ReturnPathSetting::Fixed, _) => {
                Ok(login.and_then(|login| login.user.parse().ok()).map_or(ReturnPath::Sender, ReturnPath::Account))
            }
        }
    }

    /// User and password, or why they cannot be used.
    fn login(&self, url: &Url) -> Result<Result<Option<Login>, &'static str>, Error> {
        let from_file = || self.password_file.as_deref().map(|path| read("password_file", path)).transpose();
        let (user, password) = match (&url.user, &url.password) {
            (None, _) if self.password_file.is_some() => {
                return Ok(Err("[relay] password_file needs a user, as smtp://user@host"));
            }
            (None, _) => return Ok(Ok(None)),
            (Some(user), Some(password)) => (user.clone(), password.reveal().as_bytes().to_vec()),
            (Some(user), None) => match from_file()? {
                Some(password) => (user.clone(), password),
                None => return Ok(Err("it names a user without a password; set [relay] password_file")),
            },
        };
        let Ok(password) = String::from_utf8(password) else { return Ok(Err("its password is not UTF-8")) };
        let password = password.trim_end_matches(['\r', '\n']);
        if user.is_empty() || password.is_empty() || user.contains('\0') || password.contains('\0') {
            return Ok(Err("user and password may not be empty, nor hold NUL"));
        }
        Ok(Ok(Some(Login { user, password: password.to_owned().into() })))
    }
}

/// What follows the password: only that is ever shown.
fn shown(url: &str) -> &str {
    url.rsplit('@').next().unwrap_or_default()
}

fn read(key: &'static str, path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|error| Error::RelayFile(key, path.to_owned(), error))
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A relay's address, taken apart.
struct Url {
    host: String,
    port: u16,
    user: Option<String>,
    password: Option<Secret>,
    connections: Option<u32>,
    encryption: Option<Encryption>,
}

impl Url {
    fn parse(url: &str) -> Result<Self, String> {
        let (implicit, rest) = match (url.strip_prefix("smtps://"), url.strip_prefix("smtp://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err("it does not begin with smtp:// or smtps://".to_owned()),
        };
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (login, place) = match place.rsplit_once('@') {
            Some((login, place)) => (Some(login), place),
            None => (None, place),
        };
        let (user, password) = match login.map(|login| login.split_once(':').unwrap_or((login, ""))) {
            Some((user, "")) => (Some(decoded(user)?), None),
            Some((user, password)) => (Some(decoded(user)?), Some(decoded(password)?.into())),
            None => (None, None),
        };
        let (host, port) = host_and_port(place.trim_end_matches('/'), if implicit { 465 } else { 25 })?;
        let encryption = implicit.then_some(Encryption::Implicit);
        Self { host, port, user, password, connections: None, encryption }.with(query)
    }

    /// The same, with what stands behind the question mark.
    fn with(mut self, query: &str) -> Result<Self, String> {
        for part in query.split('&').filter(|part| !part.is_empty()) {
            match (part.split_once('=').unwrap_or((part, "")), self.encryption) {
                (("connections", number), _) => {
                    let number = number.parse().ok().filter(|n| (1..=100).contains(n));
                    self.connections = Some(number.ok_or("connections is no number from 1 to 100")?);
                }
                (("tls", "required"), Some(Encryption::Implicit)) => {}
                (("tls", _), Some(Encryption::Implicit)) => {
                    return Err(
                        "smtps:// is encrypted from the first byte, so only tls=required goes with it".to_owned()
                    );
                }
                (("tls", "none"), _) => self.encryption = Some(Encryption::None),
                (("tls", "opportunistic"), _) => self.encryption = Some(Encryption::Opportunistic),
                (("tls", "required"), _) => self.encryption = Some(Encryption::Required),
                (("tls", _), _) => return Err("tls is none of none, opportunistic, required".to_owned()),
                _ => return Err("it has a part that is not known; known are connections and tls".to_owned()),
            }
        }
        Ok(self)
    }
}

fn host_and_port(place: &str, usual: u16) -> Result<(String, u16), String> {
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => {
            (host, port.parse().map_err(|_| "its port is no number from 1 to 65535".to_owned())?)
        }
        _ => (place, usual),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    if host.is_empty() { Err("it names no host".to_owned()) } else { Ok((host, port)) }
}

fn decoded(part: &str) -> Result<String, String> {
    let decoded = percent_decode_str(part).decode_utf8().map_err(|_| "user and password are not UTF-8".to_owned())?;
    Ok(decoded.into_owned())
}

#[cfg(test)]
mod tests;
