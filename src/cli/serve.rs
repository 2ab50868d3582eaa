//! `yizhan serve`: readers' pages from the beginning to the end, and beside them the station, whenever this process
//! may send. Whatever stops the sending, a full disk or a key that others can read, the pages go on and say so,
//! and sending begins anew by itself, as after a crash: what was in hand is recovered by the epoch.

use super::context::Context;
use super::output;
use super::relays::Relays;
use super::station::{ASK_AGAIN, Running, orders, relays, told_to_stop};
use crate::actions;
use crate::config::{Settings, WebSettings};
use crate::courier::book::{Hindrance, Orders};
use crate::domain::language::{Language, Sentence};
use crate::store;
use crate::web::{self, Health, Pages};
use anyhow::Context as _;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// How long answers that readers wait for may take to end once the courier has stopped.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// `yizhan serve`: the service, until SIGTERM or Ctrl-C. Readers' pages are there from the beginning, also
/// while another process sends, and go last: who leaves while the last letters end is still heard.
pub(super) async fn serve(context: &Context) -> anyhow::Result<()> {
    // Settings that are wrong at the start end it; whatever goes wrong later does not.
    relays(&context.settings, &context.clock)?;
    let listen = context.settings.web.listen;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("the pages cannot listen on {listen}; free it, or set [web] listen to another"))?;
    output::aside(format!("the desk and readers' pages are on http://{}", listener.local_addr()?));
    if let Some(url) = context.settings.web.base_url.as_ref().filter(|url| !url.starts_with("https://")) {
        tracing::warn!("[web] base_url is {url}: mail programs leave by one click over https:// only (RFC 8058)");
    }
    let (tell, hindrance) = watch::channel(Some(Sentence::new("the service is starting", "程序正在启动，请稍候。")));
    let health = Health { hindrance, watchers: context.settings.web.watchers.clone() };
    let WebSettings { base_url, zone, trusted_proxies, .. } = context.settings.web.clone();
    let limits = web::Limits::new(trusted_proxies);
    let (store, clock) = (context.store.clone(), context.clock.clone());
    let capacity = context.settings.capacity()?;
    let relays = Relays::of(&context.settings);
    let shown = relays.for_pages(context.config());
    let pages =
        Pages { store, clock, mailbox: None, guest: None, base_url, zone, capacity, health, limits, relays: shown };
    say_the_first_way_in(context).await;
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
    let sender = Sender {
        context,
        settings: context.settings.clone(),
        hangup: signal(SignalKind::hangup())?,
        tell: &tell,
        relays: &relays,
        said: None,
    };
    let ended = tokio::select! {
        ended = sender.goes_on(Box::pin(stopped)) => ended,
        () = relays.walks(&context.store, &context.clock) => Ok(()),
    };
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

/// Where nobody can sign in yet, says how the first admin comes in. A full disk keeps nobody from reading.
async fn say_the_first_way_in(context: &Context) {
    match actions::account::invite_first(&context.store, context.clock.now()).await {
        Ok(Some(secret)) => {
            let link = format!("{}/welcome/{}", context.settings.web.desk_url(), secret.text());
            output::aside(format!("there is no account yet; the first admin comes in by {link}"));
        }
        Ok(None) => {}
        Err(error) => tracing::warn!("the first admin could not be invited: {error}"),
    }
}

/// The word to stop.
type Stopped<'a> = Pin<Box<dyn Future<Output = anyhow::Result<()>> + 'a>>;

/// Sends whenever it may, for as long as the service lasts.
struct Sender<'a> {
    context: &'a Context,
    /// As they were read last.
    settings: Settings,
    hangup: Signal,
    tell: &'a watch::Sender<Hindrance>,
    relays: &'a Relays,
    /// Why nothing is sent, as it was said last.
    said: Option<Sentence>,
}

/// How sending came to its end.
enum End {
    /// The service was told to stop.
    Told(anyhow::Result<()>),
    /// By itself.
    Failed(anyhow::Error),
}

impl Sender<'_> {
    async fn goes_on(mut self, mut stopped: Stopped<'_>) -> anyhow::Result<()> {
        let context = self.context;
        loop {
            let why = match Running::begin(&context.store, &self.settings, &context.clock, false).await {
                Ok(Some(running)) => match self.works(running, &mut stopped).await {
                    End::Told(ended) => return ended,
                    End::Failed(error) => outlived(error)?,
                },
                Ok(None) => Sentence::new(
                    "another yizhan is sending from this data folder; waiting to take over",
                    "另一个驿站程序正在寄这个数据目录里的信；它停下后，由本程序接着寄。",
                ),
                Err(error) => outlived(error)?,
            };
            self.says(why);
            tokio::select! {
                told = &mut stopped => return told,
                Some(()) = self.hangup.recv() => drop(self.reads_settings()),
                () = context.clock.sleep_until(context.clock.now() + ASK_AGAIN) => {}
            }
        }
    }

    fn says(&mut self, why: Sentence) {
        self.relays.conditions.send_replace(None);
        // The pages know it before it is said: who reads it may ask them at once.
        self.tell.send_replace(Some(why.clone()));
        if self.said.as_ref() != Some(&why) {
            output::aside(&why.english);
            self.said = Some(why);
        }
    }

    async fn works(&mut self, running: Running, stopped: &mut Stopped<'_>) -> End {
        self.tell.send_replace(running.hindrance());
        output::aside("yizhan is at work; Ctrl-C stops it");
        self.said = None;
        let (stop, hindrance, change) = (running.stop.clone(), running.hindrance.clone(), running.change.clone());
        let (run, tell) = (Arc::clone(&running.run), self.tell);
        let (conditions, relays) = (running.conditions.clone(), self.relays);
        let ended = running.ended();
        tokio::pin!(ended);
        tokio::select! {
            ended = &mut ended => match ended {
                Ok(()) => End::Told(Ok(())),
                Err(error) => End::Failed(error),
            },
            never = pass_on(hindrance, tell) => match never {},
            never = relays.hears(conditions) => match never {},
            never = self.heeds_changes(&change) => match never {},
            told = stopped => {
                tracing::info!("told to stop; letters under way come to their end");
                stop.send_replace(true);
                let ended = ended.await;
                tracing::info!("stopped; since the start {}", run.words().as_deref().unwrap_or("no letter was tried"));
                End::Told(told.and(ended))
            }
        }
    }

    /// Applies the settings anew at each SIGHUP.
    async fn heeds_changes(&mut self, change: &watch::Sender<Orders>) -> Infallible {
        loop {
            if self.hangup.recv().await.is_none() {
                std::future::pending::<()>().await;
            }
            if let Some(orders) = self.reads_settings() {
                change.send_replace(orders);
            }
        }
    }

    /// Reads the settings anew. Wrong ones are said, and those before stay.
    fn reads_settings(&mut self) -> Option<Orders> {
        let context = self.context;
        let read = context.settings_anew().and_then(|settings| {
            let orders = orders(&context.store, &settings, &context.clock, false)?;
            Ok((settings, orders))
        });
        match read {
            Ok((settings, orders)) => {
                let unheeded = context.settings.unheeded(&settings);
                if !unheeded.is_empty() {
                    tracing::warn!("{} changed, which counts only when the service starts again", unheeded.join(", "));
                }
                tracing::info!(relays = orders.relays.len(), "the settings were read anew");
                self.relays.follow(&settings);
                self.settings = settings;
                Some(orders)
            }
            Err(error) => {
                tracing::error!("the settings were not changed: {error:#}");
                None
            }
        }
    }
}

/// Why nothing is sent, where the service can outlive it: only a database that was replaced it cannot, for the
/// pages would go on with the old one.
fn outlived(error: anyhow::Error) -> anyhow::Result<Sentence> {
    match error.downcast_ref() {
        Some(actions::Error::Store(store::Error::Replaced(_))) => Err(error),
        Some(held @ actions::Error::Held(_)) => {
            Ok(Sentence::new(error.to_string(), web::spoken(held, Language::Chinese)))
        }
        Some(_) | None => {
            let seconds = ASK_AGAIN.as_secs();
            Ok(Sentence::new(
                format!("sending has stopped, and is tried again every {seconds} s: {error:#}"),
                format!("寄信的部分停下了，程序每 {seconds} 秒自己再试；一直不行，请管理员看程序的日志。"),
            ))
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
