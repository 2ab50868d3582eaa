//! Resolver: asks DNS, for `yizhan check` alone. Short limits: a check is waited for. Who does not answer is told
//! apart from what is not there.

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};
use std::net::SocketAddr;
use std::time::Duration;

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whoever answers questions about names.
pub(super) struct Resolver(TokioResolver);

/// Why a question has no answer.
#[derive(Debug)]
pub(super) enum Silence {
    /// Nobody answers here, so no other question will be answered either.
    Nobody(String),
    /// The answer to this one is an error.
    Unclear(String),
}

impl Resolver {
    /// That of this machine (/etc/resolv.conf), or this one.
    ///
    /// # Errors
    /// [`Silence::Nobody`] where this machine names none.
    pub(super) fn of(server: Option<SocketAddr>) -> Result<Self, Silence> {
        let mut builder = match server {
            None => TokioResolver::builder_tokio().map_err(Silence::from)?,
            Some(server) => {
                let at = |mut connection: ConnectionConfig| {
                    connection.port = server.port();
                    connection
                };
                let connections = vec![at(ConnectionConfig::udp()), at(ConnectionConfig::tcp())];
                let server = NameServerConfig::new(server.ip(), true, connections);
                let config = ResolverConfig::from_name_servers(vec![server]);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
        };
        let options = builder.options_mut();
        options.timeout = PATIENCE;
        options.attempts = 1;
        options.edns0 = true; // a key's record does not fit 512 bytes
        builder.build().map(Self).map_err(Silence::from)
    }

    /// The TXT records of a name, each as one string.
    pub(super) async fn texts(&self, name: &str) -> Result<Vec<String>, Silence> {
        let text = |data: RData| match data {
            RData::TXT(text) => Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned()),
            _ => None,
        };
        Ok(self.ask(name, RecordType::TXT).await?.into_iter().filter_map(text).collect())
    }

    /// Whether mail to this domain has a place to go: MX, or an address (RFC 5321 §5.1).
    pub(super) async fn takes_mail(&self, domain: &str) -> Result<bool, Silence> {
        for kind in [RecordType::MX, RecordType::A, RecordType::AAAA] {
            if !self.ask(domain, kind).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn ask(&self, name: &str, kind: RecordType) -> Result<Vec<RData>, Silence> {
        // With its dot at the end no search list of this machine is tried.
        match self.0.lookup(format!("{name}."), kind).await {
            Ok(found) => Ok(found.answers().iter().map(|record| record.data.clone()).collect()),
            Err(error) if error.is_no_records_found() => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }
}

impl From<NetError> for Silence {
    fn from(error: NetError) -> Self {
        match error {
            NetError::Dns(_) | NetError::Proto(_) => Self::Unclear(error.to_string()),
            error => Self::Nobody(error.to_string()),
        }
    }
}
