//! `yizhan demo`: the whole main job on embedded parts, on a fresh data folder. A publication, its
//! readers, a document imported, its questions answered, an edition dispatched over real SMTP to the
//! built-in mailbox on loopback; and a desk where everybody on this machine is its admin, with the next number under
//! review.

use super::context::Context;
use super::relays::Relays;
use super::{Everywhere, dispatch, issue, output, progress, station, subscriber};
use crate::actions;
use crate::actions::account::Newcomer;
use crate::actions::dispatch::Order;
use crate::actions::subscriber::Destination;
use crate::config::Settings;
use crate::domain::account::Role;
use crate::domain::address::Mailbox as Sender;
use crate::domain::dispatch::Occasion;
use crate::domain::id::{AccountId, DispatchId};
use crate::domain::language::Language;
use crate::domain::list::ListPath;
use crate::domain::publication::{Changes, Profile, Undated};
use crate::domain::subscriber::{Basis, Person, Reading, Roster, RosterRow};
use crate::mailbox::Mailbox;
use crate::web;
use anyhow::Context as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The bulletin that the demo sends when no other document is named.
const SAMPLE: &[u8] = include_bytes!("../../samples/bulletin.zh-CN.txt");

/// The number after it, which waits for an approval while the other is out.
const NEXT: &[u8] = include_bytes!("../../samples/bulletin-next.zh-CN.txt");

/// Where the pages are looked for first; any free port when it is taken.
const PORT: u16 = 8470;

#[derive(Debug, clap::Args)]
pub(super) struct Demo {
    /// Exit when the dispatch has closed
    #[arg(long)]
    once: bool,
    /// Send this document instead of the sample bulletin
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    /// How many readers
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    readers: u32,
}

impl Demo {
    pub(super) async fn run(self, everywhere: Everywhere) -> anyhow::Result<()> {
        let document = match &self.document {
            Some(file) => (subscriber::name_of(file), issue::read_document(file)?),
            None => ("bulletin.zh-CN.txt".to_owned(), SAMPLE.to_vec()),
        };
        let folder = Folder::fresh(everywhere.data.as_deref())?;
        let mut settings = Settings::read(everywhere.config.as_deref(), std::env::var("YIZHAN_RELAY").ok())?;
        let (stop, stopped) = watch::channel(false);
        let parts = Parts::start(&folder.path, &mut settings, &stopped).await?;
        let context = Context::open_in(&folder.path, settings, &everywhere).await?;
        let done = self.show(&context, parts, document, stopped).await;
        stop.send_replace(true);
        context.store.close().await;
        done
    }

    /// The main job, and then the pages until Ctrl-C.
    async fn show(
        &self,
        context: &Context,
        parts: Parts,
        document: (String, Vec<u8>),
        stopped: watch::Receiver<bool>,
    ) -> anyhow::Result<()> {
        let (_well, hindrance) = watch::channel(None);
        let relays = Relays::of(&context.settings);
        let pages = web::Pages {
            relays: relays.for_pages(context.config()),
            store: context.store.clone(),
            clock: context.clock.clone(),
            mailbox: parts.letters,
            guest: Some(self.admin(context).await?),
            base_url: None,
            zone: chrono_tz::Asia::Shanghai,
            capacity: context.settings.capacity()?,
            health: web::Health { hindrance, watchers: Vec::new() },
            limits: web::Limits::default(),
        };
        let serving = tokio::spawn(web::serve(parts.pages, pages, stopped));
        let dispatch = self.prepare(context, document).await?;
        if !self.once {
            review_the_next(context).await?;
            output::aside(format!("The desk, where you are its admin: http://{}", parts.address));
            output::aside(format!(
                "Watch it go out:                    http://{}/dispatches/{dispatch}",
                parts.address
            ));
        }
        let mut sender = station::Sender::new(context);
        let waited = progress::until_over(context, &mut sender, dispatch).await;
        sender.stop().await?;
        waited?;
        dispatch::show(context, dispatch).await?;
        if self.once {
            return Ok(());
        }
        output::aside(format!("\nThe next issue waits for you: http://{}", parts.address));
        output::aside(format!("Letters as readers see them:  http://{}/mailbox", parts.address));
        output::aside(format!("Tally and delivery log:       http://{}/dispatches/{dispatch}", parts.address));
        output::aside("Ctrl-C ends the demo.");
        // Whoever tries things on the pages sees letters go out.
        let Some(running) = station::Running::begin(&context.store, &context.settings, &context.clock, false).await?
        else {
            anyhow::bail!("another yizhan is sending from this data folder; name a fresh one with --data");
        };
        let ended = tokio::select! {
            () = relays.walks(&context.store, &context.clock) => Ok(()),
            never = relays.hears(running.conditions.clone()) => match never {},
            signal = station::told_to_stop() => signal,
            served = serving => Ok(served??),
        };
        running.stop().await?;
        ended
    }

    /// As whom everybody who opens the pages on this machine is signed in.
    async fn admin(&self, context: &Context) -> anyhow::Result<AccountId> {
        let email = "admin@yunze.example".parse()?;
        let who = Newcomer { email: &email, name: Some("演示管理员"), rights: Role::Admin.into() };
        let (actor, now) = (context.actor.clone(), context.clock.now());
        Ok(actions::account::add(&context.store, actor, now, &who).await?.0)
    }

    /// A publication, its readers, an issue, a dispatch.
    async fn prepare(&self, context: &Context, (name, bytes): (String, Vec<u8>)) -> anyhow::Result<DispatchId> {
        let (store, now) = (&context.store, context.clock.now());
        let actor = || context.actor.clone();
        let profile = profile()?;
        actions::publication::add(store, actor(), now, &profile).await?;
        let list: ListPath = "demo/readers".parse().map_err(anyhow::Error::msg)?;
        actions::list::add(store, actor(), now, &list, "订阅读者").await?;
        let to = Destination { list: &list, basis: Basis::Duty, dry_run: false };
        actions::subscriber::import(store, actor(), now, &readers(self.readers), &to).await?;
        let taken = actions::document::take_in(store, actor(), now, &profile.slug, &name, &bytes).await?;
        output::aside(format!(
            "Imported {name}: {}, {} characters lost.",
            output::count(taken.articles as i64, "article", "articles"),
            taken.conservation.lost
        ));
        let answered =
            actions::issue::answer(store, actor(), now, taken.issue, &actions::issue::Answer::Defaults).await?;
        for flag in &answered {
            output::aside(format!("  answered by default: {}", issue::answer_line(flag)));
        }
        let order =
            Order { issue: taken.issue, lists: vec![list], at: None, defaults: true, occasion: Occasion::First };
        Ok(actions::dispatch::start(store, actor(), now, &order).await?.dispatch)
    }
}

/// The next number, put forward by somebody else: whoever opens the desk may approve it or send it back.
async fn review_the_next(context: &Context) -> anyhow::Result<()> {
    let (store, now) = (&context.store, context.clock.now());
    let actor = || context.actor.clone();
    let slug = profile()?.slug;
    let one_approval = Changes { approvals: Some(1), ..Changes::default() };
    actions::publication::set(store, actor(), now, &slug, one_approval).await?;
    let taken = actions::document::take_in(store, actor(), now, &slug, "bulletin-next.zh-CN.txt", NEXT).await?;
    actions::issue::answer(store, actor(), now, taken.issue, &actions::issue::Answer::Defaults).await?;
    actions::edition::submit(store, actor(), now, taken.issue).await?;
    Ok(())
}

/// What the demo runs beside the station: the mailbox and the pages, on loopback.
struct Parts {
    pages: TcpListener,
    address: SocketAddr,
    /// Where the mailbox keeps letters; none when letters go to a relay of the user's own.
    letters: Option<PathBuf>,
}

impl Parts {
    async fn start(folder: &Path, settings: &mut Settings, stopped: &watch::Receiver<bool>) -> anyhow::Result<Self> {
        let pages = match TcpListener::bind((Ipv4Addr::LOCALHOST, PORT)).await {
            Ok(listener) => listener,
            Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?,
        };
        let address = pages.local_addr()?;
        settings.web.base_url.get_or_insert_with(|| format!("http://{address}"));
        if settings.relay.url.is_some() {
            output::aside("Letters go to the relay in your settings, not to the built-in mailbox.");
            return Ok(Self { pages, address, letters: None });
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        settings.relay.url = Some(format!("smtp://{}?tls=none", listener.local_addr()?).into());
        let mailbox = Mailbox { folder: folder.join("mailbox") };
        let (letters, stopped) = (mailbox.folder.clone(), stopped.clone());
        tokio::spawn(async move { mailbox.serve(listener, stopped).await });
        Ok(Self { pages, address, letters: Some(letters) })
    }
}

/// The demo's data folder; one that it made itself goes with it.
struct Folder {
    path: PathBuf,
    own: bool,
}

impl Folder {
    fn fresh(named: Option<&Path>) -> anyhow::Result<Self> {
        let Some(path) = named else {
            let path = std::env::temp_dir().join(format!("yizhan-demo-{}", std::process::id()));
            // Made by us or not at all: a folder that somebody else made is not ours to remove.
            std::fs::create_dir(&path)
                .with_context(|| format!("{} cannot be made; name a folder with --data", path.display()))?;
            return Ok(Self { path, own: true });
        };
        if path.join("yizhan.db").exists() {
            anyhow::bail!(
                "{} holds a database already; the demo wants a fresh folder: name another with --data",
                path.display()
            );
        }
        Ok(Self { path: path.to_owned(), own: false })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.own {
            // Left-overs in the system's folder for them do no harm.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

fn profile() -> anyhow::Result<Profile> {
    Ok(Profile {
        slug: "demo".parse().map_err(anyhow::Error::msg)?,
        name: "云泽科技观察".into(),
        from: Sender { name: Some("云泽科技观察编辑部".into()), address: "bulletin@yunze.example".parse()? },
        compiled_by: Some("云泽市科学技术信息中心".into()),
        approvals: 0,
        language: Language::Chinese,
        zone: chrono_tz::Asia::Shanghai,
        undated: Undated::Ask,
        own_approval: false,
        motto: None,
        reply_to: None,
        theme: Default::default(),
        colophon: Vec::new(),
        testers: Vec::new(),
        extent: Default::default(),
    })
}

/// Fictional readers at fictional offices, companies and institutes.
fn readers(count: u32) -> Roster {
    const SURNAMES: [&str; 12] = ["李", "王", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙"];
    const GIVEN: [&str; 10] = ["明", "华", "静", "伟", "芳", "建国", "丽娟", "志强", "晓燕", "文博"];
    const PLACES: [(&str, &str); 5] = [
        ("云泽市科学技术局", "kjj.yunze.example"),
        ("云泽高新区管委会", "gxq.yunze.example"),
        ("澜光智能装备有限公司", "languang.example"),
        ("云泽大学", "yzu.example"),
        ("云泽材料研究所", "materials.example"),
    ];
    let row = |n: u32| {
        let at = n as usize;
        let (organisation, domain) = PLACES[at % PLACES.len()];
        let name = format!("{}{}", SURNAMES[at % SURNAMES.len()], GIVEN[at / SURNAMES.len() % GIVEN.len()]);
        let address = format!("reader{n:05}@{domain}").parse().expect("a well-formed address");
        let person = Person { name: Some(name), organisation: Some(organisation.into()), ..Person::default() };
        RosterRow { line: n, reading: Reading::Found { address, person, cleaned: None } }
    };
    Roster { rows: (1..=count).map(row).collect() }
}
