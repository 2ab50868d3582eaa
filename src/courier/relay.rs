//! Relay: the way to a mail server that takes our letters onward: where it is, on what terms we talk
//! with it, and how its answers are read. Plain values; `wire` goes that way.

use super::session::{Deadlines, Security};
use super::tls::Trust;
use crate::domain::rulebook::Rulebook;
use std::sync::Arc;

/// How to reach a relay, and how to read it.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its name in the settings and in every attempt.
    pub name: String,
    /// Host name or IP address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// On what terms we talk with it.
    pub security: Security,
    /// How it proves who it is; there is one wherever `security` may encrypt.
    pub trust: Option<Trust>,
    /// The name that EHLO gives.
    pub ehlo_name: String,
    /// How long each stage may be silent.
    pub deadlines: Deadlines,
    /// The lane whose letters go over this connection; none is for all without a pace of their own.
    pub lane: Option<String>,
    /// Letters over one connection.
    pub letters_per_connection: u32,
    /// What its answers mean.
    pub rulebook: Arc<Rulebook>,
}
