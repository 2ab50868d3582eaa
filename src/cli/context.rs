//! What a command works with: the store, the settings, the clock, and who acts.

use super::{Everywhere, output, user};
use crate::actions;
use crate::clock::Clock;
use crate::config::{self, Settings};
use crate::domain::audit::Actor;
use crate::domain::han::narrowed;
use crate::store::{self, Connection, Store};
use chrono_tz::Tz;
use std::path::{Path, PathBuf};

/// What a command works with.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) store: Store,
    pub(super) settings: Settings,
    /// The file that they were read from, if one was named.
    config: Option<PathBuf>,
    pub(super) clock: Clock,
    pub(super) actor: Actor,
    pub(super) json: bool,
}

impl Context {
    /// Opens the data folder that the command names, and founds the station if it is new.
    /// A slip in the settings ends it only where the command goes by them; beside others it is said.
    pub(super) async fn open(everywhere: &Everywhere, goes_by_settings: bool) -> anyhow::Result<Self> {
        let settings = match settings(everywhere) {
            Err(error) if !goes_by_settings => {
                output::aside(format!("yizhan: {error}; this command goes on without them"));
                Settings::default()
            }
            read => read?,
        };
        Self::open_in(&everywhere.folder(), settings, everywhere).await
    }

    /// The zone in which times are told that belong to no publication: that of the first one, or that of the desk.
    pub(super) async fn zone(&self, conn: &mut Connection) -> anyhow::Result<Tz> {
        let first = store::publication::all(conn).await?.into_iter().next();
        Ok(first.map_or(self.settings.web.zone, |publication| publication.profile.zone))
    }

    /// The file that the settings were read from, if one was named.
    pub(super) fn config(&self) -> Option<&Path> {
        self.config.as_deref()
    }

    /// The settings as they stand in the file now.
    pub(super) fn settings_anew(&self) -> anyhow::Result<Settings> {
        Ok(Settings::read(self.config.as_deref(), std::env::var("YIZHAN_RELAY").ok())?)
    }

    /// The same in a folder and with settings of one's own.
    pub(super) async fn open_in(folder: &Path, settings: Settings, everywhere: &Everywhere) -> anyhow::Result<Self> {
        let clock = Clock::System;
        let store = Store::open(folder).await?;
        actions::station::found(&store, operator(), clock.now()).await?;
        let actor = match &everywhere.account {
            None => operator(),
            Some(email) => Actor::Account(account(&store, email).await?),
        };
        let config = everywhere.config.clone();
        Ok(Self { store, settings, config, clock, actor, json: everywhere.json })
    }
}

fn settings(everywhere: &Everywhere) -> Result<Settings, config::Error> {
    let settings = Settings::read(everywhere.config.as_deref(), std::env::var("YIZHAN_RELAY").ok())?;
    settings.relays()?;
    settings.rulebook()?;
    Ok(settings)
}

/// Whoever sits at the machine, by their Unix name.
pub(super) fn operator() -> Actor {
    Actor::Operator(user::own())
}

pub(super) async fn account(store: &Store, email: &str) -> anyhow::Result<crate::domain::id::AccountId> {
    let found = store::account::by_email(&mut *store.read().await?, &narrowed(email)).await?;
    found.ok_or_else(|| {
        anyhow::anyhow!("there is no account {email}; add it with `yizhan account add {email} --role editor`")
    })
}
