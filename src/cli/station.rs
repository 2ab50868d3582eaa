//! The station at work: courier and scheduler together, for as long as this process holds the right to
//! send. `serve` keeps trying for it (serve.rs), `courier` needs it, `--wait` takes it if nobody has it.

use super::context::Context;
use super::{dispatch, keys, output};
use crate::actions;
use crate::actions::station::{Rules, Run};
use crate::clock::Clock;
use crate::config::{RelayAddress, Settings};
use crate::courier::book::{self, Hindrance, Orders, Told};
use crate::courier::relay::Link;
use crate::courier::tls::Trust;
use crate::domain::relay::Condition;
use crate::scheduler;
use crate::store::{self, Store};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often a process without the right to send asks for it.
pub(super) const ASK_AGAIN: Duration = Duration::from_secs(5);

/// How often other processes' changes are looked for (DELIVERY.md §2).
const LISTEN_EVERY: Duration = Duration::from_millis(250);

/// A station at work.
#[derive(Debug)]
pub struct Running {
    pub(super) stop: watch::Sender<bool>,
    pub(super) change: watch::Sender<Orders>,
    pub(super) hindrance: watch::Receiver<Hindrance>,
    pub(super) conditions: watch::Receiver<Vec<Condition>>,
    pub(super) run: Arc<Run>,
    work: JoinHandle<actions::Result<()>>,
}

impl Running {
    /// Starts sending, if nobody else does. With `until_idle` it ends by itself when nothing is due.
    ///
    /// # Errors
    /// When the relay's settings or a signing key are wrong, or the database cannot be used.
    pub async fn begin(
        store: &Store,
        settings: &Settings,
        clock: &Clock,
        until_idle: bool,
    ) -> anyhow::Result<Option<Self>> {
        let orders = orders(store, settings, clock, until_idle)?;
        let begun = actions::station::begin_sending(store, clock.now(), orders.rules.clone()).await?;
        let Some((sending, recovered)) = begun else { return Ok(None) };
        let (store, clock) = (store.clone(), clock.clone());
        if recovered.uncertain > 0 {
            tracing::warn!(
                uncertain = recovered.uncertain,
                queued = recovered.queued,
                "recovered what an earlier process held"
            );
        }
        let run = Arc::clone(&sending.run);
        let hours = scheduler::Hours {
            grace: settings.scheduler.grace,
            remind: settings.notices.remind,
            inbox: settings.scheduler.inbox_of(store.folder()),
        };
        let (stop, told) = watch::channel(false);
        let (tell, hindrance) = watch::channel(None);
        let (show, conditions) = watch::channel(Vec::new());
        let (change, orders) = watch::channel(orders);
        let work = tokio::spawn(async move {
            let hours = scheduler::keep(store.clone(), clock.clone(), hours, told.clone());
            let ears = listen(store.clone(), clock.clone());
            let book = book::keep(sending, orders, store, clock, (told, Told { hindrance: tell, conditions: show }));
            // The book ends when it is told to, or when nothing is due; the others only with it.
            tokio::select! {
                ended = book => ended,
                Err(error) = hours => Err(error),
                Err(error) = ears => Err(error),
            }
        });
        Ok(Some(Self { stop, change, hindrance, conditions, run, work }))
    }

    /// Tells it to stop, and waits until letters on their way have come to an end.
    ///
    /// # Errors
    /// What went wrong while sending, if anything did.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.send_replace(true);
        self.ended().await
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// What went wrong while sending, if anything did.
    pub async fn ended(self) -> anyhow::Result<()> {
        Ok(self.work.await??)
    }

    /// Why nothing goes out, if so.
    pub fn hindrance(&self) -> Hindrance {
        self.hindrance.borrow().clone()
    }

    fn is_over(&self) -> bool {
        self.work.is_finished()
    }
}

/// What the settings and the folder of keys say of sending.
pub(super) fn orders(store: &Store, settings: &Settings, clock: &Clock, until_idle: bool) -> anyhow::Result<Orders> {
    let relays = relays(settings, clock)?;
    let known = settings.relays()?.into_iter().map(|address| address.relay).collect();
    let rules = Rules { relays: known, keys: keys::load(store.folder())?, ..settings.rules() };
    Ok(Orders { relays, rules, stop_within: settings.courier.stop_within, until_idle })
}

/// The ways to the relays, each with its connections at once.
pub(super) fn relays(settings: &Settings, clock: &Clock) -> anyhow::Result<Vec<(Link, u32)>> {
    let connections = |address: &RelayAddress| address.connections.unwrap_or(settings.courier.connections);
    let addresses = settings.relays()?;
    addresses.iter().map(|address| Ok((link(address, settings, clock)?, connections(address)))).collect()
}

/// The way to a relay.
pub(super) fn link(address: &RelayAddress, settings: &Settings, clock: &Clock) -> anyhow::Result<Link> {
    let RelayAddress { host, port, security, tls_name, authorities, ehlo_name, relay, .. } = address.clone();
    Ok(Link {
        name: relay.name,
        host,
        port,
        trust: Trust::of(security.encryption, &tls_name, authorities.as_deref(), clock)?,
        security,
        ehlo_name: ehlo_name.unwrap_or_else(host_name),
        deadlines: (&settings.deadlines).into(),
        lane: None,
        letters_per_connection: settings.courier.letters_per_connection,
        rulebook: Arc::new(settings.rulebook()?),
    })
}

/// The machine's own name, as EHLO gives it; an address literal where it has none.
fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    let lawful = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    if lawful { name.to_owned() } else { "[127.0.0.1]".to_owned() }
}

/// Rings this process's bell when another process has committed.
async fn listen(store: Store, clock: Clock) -> actions::Result<()> {
    let mut seen = store.data_version().await?;
    loop {
        clock.sleep_until(clock.now() + LISTEN_EVERY).await;
        let version = store.data_version().await?;
        if version != seen {
            seen = version;
            store.bell().ring();
        }
    }
}

impl Context {
    /// Starts sending, if nobody else does.
    async fn begin_sending(&self, until_idle: bool) -> anyhow::Result<Option<Running>> {
        Running::begin(&self.store, &self.settings, &self.clock, until_idle).await
    }
}

/// Sends for a command that waits: takes the right to send when nobody has it, also later when the
/// one who had it dies.
#[derive(Debug)]
pub(super) struct Sender<'a> {
    context: &'a Context,
    running: Option<Running>,
    ask_at: crate::domain::moment::Moment,
}

/// Who sends while a command waits.
#[derive(Debug)]
pub(super) enum Tended {
    /// This process; and why nothing goes out, if so.
    Sending(Hindrance),
    /// Another one.
    Watching,
}

impl Tended {
    /// What to say beside the progress.
    pub(super) fn words(&self) -> Option<&str> {
        match self {
            Self::Sending(hindrance) => hindrance.as_ref().map(|why| why.english.as_str()),
            Self::Watching => Some("another yizhan is sending from this data folder; watching it"),
        }
    }
}

impl<'a> Sender<'a> {
    pub(super) fn new(context: &'a Context) -> Self {
        Self { context, running: None, ask_at: context.clock.now() }
    }

    /// Looks after the work; returns who sends, and why nothing goes out, if so.
    pub(super) async fn tend(&mut self) -> anyhow::Result<Tended> {
        if let Some(running) = self.running.take() {
            if running.is_over() {
                running.ended().await?;
            } else {
                let hindrance = running.hindrance();
                self.running = Some(running);
                return Ok(Tended::Sending(hindrance));
            }
        }
        let now = self.context.clock.now();
        if now >= self.ask_at {
            self.ask_at = now + ASK_AGAIN;
            self.running = self.context.begin_sending(false).await?;
        }
        Ok(if self.running.is_some() { Tended::Sending(None) } else { Tended::Watching })
    }

    pub(super) async fn stop(self) -> anyhow::Result<()> {
        match self.running {
            Some(running) => running.stop().await,
            None => Ok(()),
        }
    }
}

/// `yizhan courier`: sends what is due until nothing is.
pub(super) async fn courier(context: &Context) -> anyhow::Result<()> {
    if context.settings.relays()?.is_empty() {
        anyhow::bail!("no relay is set, so nothing can be sent; set YIZHAN_RELAY=smtp://host:port or [relay] url");
    }
    let begun = context.clock.now();
    let Some(running) = context.begin_sending(true).await? else {
        anyhow::bail!("another yizhan is sending from this data folder; it sends what is due");
    };
    let (stop, hindrance, run) = (running.stop.clone(), running.hindrance.clone(), Arc::clone(&running.run));
    let ended = running.ended();
    tokio::pin!(ended);
    let ended = tokio::select! {
        ended = &mut ended => ended,
        signal = told_to_stop() => {
            signal?;
            stop.send_replace(true);
            ended.await
        }
    };
    ended?;
    let (why, words) = (hindrance.borrow().clone(), run.words());
    if let Some(why) = why {
        let (why, words) = (book::without_again(&why.english), words.map(|words| format!(" (this run: {words})")));
        anyhow::bail!(
            "{why}; what is due stays in the queue, and goes with the next `yizhan courier` or `yizhan serve`{}",
            words.unwrap_or_default()
        );
    }
    words.iter().for_each(|words| output::aside(format!("This run: {words}.")));
    say_what_waits(context).await?;
    if let Some(failed) = run.all_failed() {
        let reasons = store::dispatch::reasons_since(&mut *context.store.read().await?, begun).await?;
        return Err(dispatch::none_accepted(i64::try_from(failed).unwrap_or(i64::MAX), &reasons));
    }
    Ok(())
}

/// What was not due any more and yet is not done: letters put off, and dispatches that are paused.
async fn say_what_waits(context: &Context) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let waiting = store::delivery::ways(&mut reading, context.clock.now()).await?;
    if let Some(first) = waiting.iter().map(|way| way.due).min() {
        output::aside(match first.since(context.clock.now()).as_secs().div_ceil(60) {
            0 => "Some letters wait for a quota, or for a provider that has had enough for now.".to_owned(),
            minutes => format!("Some letters were put off; the first is due again in {minutes} min."),
        });
    }
    for (id, why) in store::dispatch::paused(&mut reading).await? {
        output::aside(format!("Dispatch {id} is paused ({why}); `yizhan dispatch resume {id}` lets it go on."));
    }
    Ok(())
}

/// Returns when the process is told to stop, by SIGTERM or Ctrl-C.
pub(super) async fn told_to_stop() -> anyhow::Result<()> {
    let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        _ = term.recv() => Ok(()),
        done = tokio::signal::ctrl_c() => Ok(done?),
    }
}
