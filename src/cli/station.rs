//! The station at work: courier and scheduler together, for as long as this process holds the right to
//! send. `serve` keeps trying for it, `courier` needs it, `--wait` takes it if nobody has it.

use super::context::Context;
use super::{keys, output};
use crate::actions;
use crate::actions::station::{Rules, Run};
use crate::clock::Clock;
use crate::config::{RelayAddress, Settings, WebSettings};
use crate::courier::book::{self, Hindrance, Orders};
use crate::courier::relay::Link;
use crate::courier::tls::Trust;
use crate::scheduler;
use crate::store::{self, Store};
use crate::web::{self, Health, Pages};
use anyhow::Context as _;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often a process without the right to send asks for it.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// How often other processes' changes are looked for (DELIVERY.md §2).
const LISTEN_EVERY: Duration = Duration::from_millis(250);

/// A station at work.
#[derive(Debug)]
pub struct Running {
    stop: watch::Sender<bool>,
    change: watch::Sender<Orders>,
    hindrance: watch::Receiver<Hindrance>,
    run: Arc<Run>,
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
        let (grace, run) = (settings.scheduler.grace, Arc::clone(&sending.run));
        let (stop, told) = watch::channel(false);
        let (tell, hindrance) = watch::channel(None);
        let (change, orders) = watch::channel(orders);
        let work = tokio::spawn(async move {
            let hours = scheduler::keep(store.clone(), clock.clone(), grace, told.clone());
            let ears = listen(store.clone(), clock.clone());
            let book = book::keep(sending, orders, store, clock, (told, tell));
            // The book ends when it is told to, or when nothing is due; the others only with it.
            tokio::select! {
                ended = book => ended,
                Err(error) = hours => Err(error),
                Err(error) = ears => Err(error),
            }
        });
        Ok(Some(Self { stop, change, hindrance, run, work }))
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

fn orders(store: &Store, settings: &Settings, clock: &Clock, until_idle: bool) -> anyhow::Result<Orders> {
    let addresses = settings.relays()?;
    let connections = |address: &RelayAddress| address.connections.unwrap_or(settings.courier.connections);
    let relays = addresses.iter().map(|address| Ok((link(address, settings, clock)?, connections(address))));
    let rules = Rules {
        relays: addresses.iter().map(|address| address.relay.clone()).collect(),
        keys: keys::load(store.folder())?,
        ..settings.rules()
    };
    let relays = relays.collect::<anyhow::Result<_>>()?;
    Ok(Orders { relays, rules, stop_within: settings.courier.stop_within, until_idle })
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
            Self::Sending(hindrance) => hindrance.as_deref(),
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
        let (why, words) = (book::without_again(&why), words.map(|words| format!(" (this run: {words})")));
        anyhow::bail!(
            "{why}; what is due stays in the queue, and goes with the next `yizhan courier` or `yizhan serve`{}",
            words.unwrap_or_default()
        );
    }
    words.iter().for_each(|words| output::aside(format!("This run: {words}.")));
    say_what_waits(context).await
}

/// What was not due any more and yet is not done: letters put off, and dispatches that are held.
async fn say_what_waits(context: &Context) -> anyhow::Result<()> {
    let mut reading = context.store.read().await?;
    let waiting = store::delivery::ways(&mut reading).await?;
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

/// How long answers that readers wait for may take to end once the courier has stopped.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// `yizhan serve`: the service, until SIGTERM or Ctrl-C. Readers' pages are there from the beginning, also
/// while another process sends, and go last: who leaves while the last letters end is still heard.
pub(super) async fn serve(context: &Context) -> anyhow::Result<()> {
    let listen = context.settings.web.listen;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("the pages cannot listen on {listen}; free it, or set [web] listen to another"))?;
    output::aside(format!("the desk and readers' pages are on http://{}", listener.local_addr()?));
    if let Some(url) = context.settings.web.base_url.as_ref().filter(|url| !url.starts_with("https://")) {
        tracing::warn!("[web] base_url is {url}: mail programs leave by one click over https:// only (RFC 8058)");
    }
    let (tell, hindrance) = watch::channel(Some("the service is starting".to_owned()));
    let health = Health { hindrance, watchers: context.settings.web.watchers.clone() };
    let WebSettings { base_url, zone, .. } = context.settings.web.clone();
    let (store, clock) = (context.store.clone(), context.clock.clone());
    let capacity = context.settings.capacity()?;
    let pages = Pages { store, clock, mailbox: None, guest: None, base_url, zone, capacity, health };
    say_the_first_way_in(context).await?;
    let (stop, told) = watch::channel(false);
    let mut serving = tokio::spawn(web::serve(listener, pages, told));
    // Without its pages readers cannot leave: then the service ends, as if it had been told to.
    let mut lost = None;
    let stopped = async {
        tokio::select! {
            signal = told_to_stop() => signal,
            ended = &mut serving => {
                lost = Some(anyhow::anyhow!("the pages ended ({ended:?}); start the service again"));
                Ok(())
            }
        }
    };
    let ended = send_until(context, stopped, &tell).await;
    if let Some(lost) = lost {
        return ended.and(Err(lost));
    }
    stop.send_replace(true);
    tokio::select! {
        _ = serving => {}
        () = context.clock.sleep_until(context.clock.now() + LAST_ANSWERS) => {}
    }
    ended
}

/// Where nobody can sign in yet, says how the first admin comes in.
async fn say_the_first_way_in(context: &Context) -> anyhow::Result<()> {
    let first = actions::account::invite_first(&context.store, context.clock.now()).await?;
    if let Some(secret) = first {
        let desk = context.settings.web.desk_url();
        output::aside(format!("there is no account yet; the first admin comes in by {desk}/welcome/{}", secret.text()));
    }
    Ok(())
}

/// Whether nothing is sent until a person has looked: the pages go on, and so does the waiting.
fn is_held(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(actions::Error::Held(_)))
}

async fn send_until(
    context: &Context,
    stopped: impl Future<Output = anyhow::Result<()>>,
    tell: &watch::Sender<Hindrance>,
) -> anyhow::Result<()> {
    tokio::pin!(stopped);
    let mut said = None;
    let running = loop {
        let waiting = match context.begin_sending(false).await {
            Ok(Some(running)) => break running,
            Ok(None) => "another yizhan is sending from this data folder; waiting to take over".to_owned(),
            Err(error) if is_held(&error) => error.to_string(),
            Err(error) => return Err(error),
        };
        if said.as_ref() != Some(&waiting) {
            // The pages know it before it is said: who reads it may ask them at once.
            tell.send_replace(Some(waiting.clone()));
            output::aside(&waiting);
            said = Some(waiting);
        }
        tokio::select! {
            signal = &mut stopped => return signal,
            () = context.clock.sleep_until(context.clock.now() + ASK_AGAIN) => {}
        }
    };
    output::aside("yizhan is at work; Ctrl-C stops it");
    let (stop, hindrance, change) = (running.stop.clone(), running.hindrance.clone(), running.change.clone());
    let run = Arc::clone(&running.run);
    let ended = running.ended();
    tokio::pin!(ended);
    tokio::select! {
        ended = &mut ended => ended,
        never = pass_on(hindrance, tell) => match never {},
        never = heed_changes(context, &change) => match never? {},
        signal = stopped => {
            signal?;
            tracing::info!("told to stop; letters under way come to their end");
            stop.send_replace(true);
            let ended = ended.await;
            tracing::info!("stopped; since the start {}", run.words().as_deref().unwrap_or("no letter was tried"));
            ended
        }
    }
}

/// Tells the pages why nothing goes out, each time that this changes.
async fn pass_on(mut hindrance: watch::Receiver<Hindrance>, tell: &watch::Sender<Hindrance>) -> Infallible {
    loop {
        let now = hindrance.borrow_and_update().clone();
        tell.send_replace(now);
        if hindrance.changed().await.is_err() {
            return std::future::pending().await;
        }
    }
}

/// Applies the settings anew at each SIGHUP. Wrong ones are said, and those before stay.
async fn heed_changes(context: &Context, change: &watch::Sender<Orders>) -> anyhow::Result<Infallible> {
    let mut hangup = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())?;
    loop {
        if hangup.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
        let settings = context.settings_anew();
        match settings.and_then(|settings| orders(&context.store, &settings, &context.clock, false)) {
            Ok(orders) => {
                tracing::info!(relays = orders.relays.len(), "the settings were read anew");
                change.send_replace(orders);
            }
            Err(error) => tracing::error!("the settings were not changed: {error:#}"),
        }
    }
}

/// Returns when the process is told to stop, by SIGTERM or Ctrl-C.
pub(super) async fn told_to_stop() -> anyhow::Result<()> {
    let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        _ = term.recv() => Ok(()),
        done = tokio::signal::ctrl_c() => Ok(done?),
    }
}
