//! Station: the character that the stories are about: a real station on a database file of its own, a
//! clock wound by hand and a relay with a script. Its verbs are what people do; its questions are
//! asked of the tables. It never sleeps: who waits looks again when something has been committed.

use crate::relay::Relay;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use yizhan::actions;
use yizhan::actions::account::Newcomer;
use yizhan::actions::dispatch::Order;
use yizhan::actions::issue::Answer;
use yizhan::actions::subscriber::Destination;
use yizhan::cli::station::Running;
use yizhan::clock::Clock;
use yizhan::config::Settings;
use yizhan::domain::account::{Rights, Role};
use yizhan::domain::audit::Actor;
use yizhan::domain::dispatch::Occasion;
use yizhan::domain::dispatch::Tally;
use yizhan::domain::id::{AccountId, DispatchId, IssueId};
use yizhan::domain::list::ListPath;
use yizhan::domain::moment::Moment;
use yizhan::domain::publication::{Profile, Undated};
use yizhan::domain::subscriber::{Basis, Person, Reading, Roster, RosterRow};
use yizhan::store::attempt::{Entry, PAGE, Search};
use yizhan::store::{self, Store};

/// 2024-07-01 09:00 in Shanghai.
const MORNING: Moment = Moment(1_719_795_600_000);

/// A little bulletin with nothing to ask.
pub(crate) const BULLETIN: &str = "# Harbour Notes\n\n2024 No. 7\n\n2024-07-01\n\n## The new pier\n\nThe pier is open. Ships come in on both sides of it, and nobody has to wait for the tide any more.\n";

pub(crate) struct Station {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) relay: Relay,
    pub(crate) settings: Settings,
    running: Option<Running>,
    folder: TempDir,
}

impl Station {
    /// A station with a publication `notes`, a list `notes/all`, and a relay that takes everything.
    pub(crate) async fn founded() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::wound(MORNING);
        let store = Store::open(folder.path()).await.unwrap();
        actions::station::found(&store, operator(), clock.now()).await.unwrap();
        let relay = Relay::start();
        let mut settings = Settings::default();
        settings.relay.url = Some(relay.url().into());
        settings.relay.ehlo_name = Some("station.example".into());
        // Winding the clock through an outage must not also time out a connection that is being made.
        settings.deadlines.connect = Duration::from_secs(24 * 60 * 60);
        let station = Self { store, clock, relay, settings, running: None, folder };
        let profile = Profile {
            slug: "notes".parse().unwrap(),
            name: "Harbour Notes".into(),
            from: "Harbour Office <notes@harbour.example>".parse().unwrap(),
            compiled_by: None,
            approvals: 0,
            language: "en".parse().unwrap(),
            zone: chrono_tz::Asia::Shanghai,
            undated: Undated::Ask,
            own_approval: false,
            motto: None,
            reply_to: None,
            theme: Default::default(),
            colophon: Vec::new(),
            testers: Vec::new(),
            extent: Default::default(),
        };
        actions::publication::add(&station.store, operator(), station.clock.now(), &profile).await.unwrap();
        station.has_list("all").await;
        station
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) async fn has_list(&self, list: &str) {
        let path = path(list);
        actions::list::add(&self.store, operator(), self.clock.now(), &path, list).await.unwrap();
    }

    /// Somebody who reviews editions.
    pub(crate) async fn has_reviewer(&self) -> AccountId {
        let email = "reviewer@harbour.example".parse().unwrap();
        let rights = Rights { role: Role::Reviewer, posts: Vec::new() };
        let who = Newcomer { email: &email, name: None, rights };
        actions::account::add(&self.store, operator(), self.clock.now(), &who).await.unwrap().0
    }

    /// Puts these readers on a list.
    pub(crate) async fn has_readers(&self, list: &str, addresses: impl IntoIterator<Item = String>) {
        let rows = (1..).zip(addresses).map(|(line, address)| RosterRow {
            line,
            reading: Reading::Found { address: address.parse().unwrap(), person: Person::default(), cleaned: None },
        });
        let roster = Roster { rows: rows.collect() };
        let to = Destination { list: &path(list), basis: Basis::Duty, dry_run: false };
        actions::subscriber::import(&self.store, operator(), self.clock.now(), &roster, &to).await.unwrap();
    }

    /// Takes in a document.
    pub(crate) async fn takes_in(&self, document: &str) -> IssueId {
        let slug = "notes".parse().unwrap();
        let (store, now) = (&self.store, self.clock.now());
        let taken =
            actions::document::take_in(store, operator(), now, &slug, "notes.md", document.as_bytes()).await.unwrap();
        actions::issue::answer(store, operator(), now, taken.issue, &Answer::Defaults).await.unwrap();
        taken.issue
    }

    /// Orders an issue to be sent to lists now.
    pub(crate) async fn dispatches(&self, issue: IssueId, lists: &[&str]) -> DispatchId {
        let lists = lists.iter().map(|list| path(list)).collect();
        let order = Order { issue, lists, at: None, defaults: false, occasion: Occasion::First };
        actions::dispatch::start(&self.store, operator(), self.clock.now(), &order).await.unwrap().dispatch
    }

    /// The usual beginning: readers `r0001@…` on the list, the bulletin dispatched to them.
    pub(crate) async fn dispatches_to(&self, readers: u32) -> DispatchId {
        self.has_readers("all", (1..=readers).map(reader)).await;
        self.dispatches_to_all().await
    }

    /// The bulletin dispatched to whoever is on the list.
    pub(crate) async fn dispatches_to_all(&self) -> DispatchId {
        let issue = self.takes_in(BULLETIN).await;
        self.dispatches(issue, &["all"]).await
    }

    /// Goes to work; there must be nobody else at work.
    pub(crate) async fn works(&mut self) {
        let begun = Running::begin(&self.store, &self.settings, &self.clock, false).await.unwrap();
        self.running = Some(begun.expect("nobody else sends"));
    }

    /// Comes to a stop, as when the service is stopped.
    pub(crate) async fn stops(&mut self) {
        self.running.take().expect("it works").stop().await.unwrap();
    }

    pub(crate) fn hindrance(&self) -> Option<String> {
        self.running.as_ref().and_then(Running::hindrance).map(|why| why.english)
    }

    /// Time passes.
    pub(crate) fn waits(&self, by: Duration) {
        self.clock.wind(by);
    }

    pub(crate) async fn leaves(&self, address: &str) {
        let (from, address) = ("notes".parse().unwrap(), address.parse().unwrap());
        actions::subscriber::leave(&self.store, operator(), self.clock.now(), &from, &address).await.unwrap();
    }

    /// Changes the tables behind the station's back.
    pub(crate) async fn meddles(&self, sql: &'static str) {
        use sqlx::{Connection as _, Executor as _};
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(self.folder().join("yizhan.db"));
        let mut database = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
        database.execute(sql).await.unwrap();
        database.close().await.unwrap();
    }

    pub(crate) async fn tally(&self, dispatch: DispatchId) -> Tally {
        store::dispatch::tally(&mut self.store.read().await.unwrap(), dispatch).await.unwrap()
    }

    pub(crate) async fn phase(&self, dispatch: DispatchId) -> &'static str {
        let found = store::dispatch::find(&mut self.store.read().await.unwrap(), dispatch).await.unwrap();
        found.unwrap().phase.word()
    }

    pub(crate) async fn audience(&self, dispatch: DispatchId) -> Option<i64> {
        let found = store::dispatch::find(&mut self.store.read().await.unwrap(), dispatch).await.unwrap();
        found.unwrap().audience
    }

    /// Waits until the tally is as asked for.
    pub(crate) async fn until(&self, dispatch: DispatchId, fits: impl Fn(&Tally) -> bool) -> Tally {
        loop {
            let tally = self.tally(dispatch).await;
            if fits(&tally) {
                return tally;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Waits until a dispatch has closed.
    pub(crate) async fn until_closed(&self, dispatch: DispatchId) -> Tally {
        while self.phase(dispatch).await != "closed" {
            tokio::task::yield_now().await;
        }
        self.tally(dispatch).await
    }

    /// Time passes, but only while no letter is on its way: so that no deadline strikes one that is.
    pub(crate) async fn waits_while_idle(&self, dispatch: DispatchId, by: Duration) {
        self.until(dispatch, |tally| tally.claimed + tally.armed == 0).await;
        self.waits(by);
    }

    /// The whole delivery log of a dispatch.
    pub(crate) async fn log(&self, dispatch: DispatchId) -> Vec<Entry> {
        let mut search = Search { dispatch: Some(dispatch), ..Search::default() };
        let mut entries = Vec::new();
        loop {
            let page = store::attempt::log(&mut self.store.read().await.unwrap(), &search).await.unwrap();
            search.after = page.last().map(|entry| entry.delivery);
            let last = page.len() < PAGE as usize;
            entries.extend(page);
            if last {
                return entries;
            }
        }
    }

    /// The log's entry of one reader.
    pub(crate) async fn entry(&self, dispatch: DispatchId, address: &str) -> Entry {
        let found = self.log(dispatch).await.into_iter().find(|entry| entry.address == address);
        found.expect("the reader is in the audience")
    }
}

/// Whoever sits at the machine.
pub(crate) fn operator() -> Actor {
    Actor::Operator("story".into())
}

/// The address of the nth reader.
pub(crate) fn reader(n: u32) -> String {
    format!("r{n:04}@readers.example")
}

pub(crate) fn path(list: &str) -> ListPath {
    format!("notes/{list}").parse().unwrap()
}
