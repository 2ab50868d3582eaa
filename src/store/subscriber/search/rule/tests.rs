//! A rule means the same in SQL as in Rust, by whatever index its readers are found, whoever they are.

use super::*;
use crate::actions;
use crate::domain::address::Address;
use crate::domain::audit::Actor;
use crate::domain::group::{Facts, Field, Relation};
use crate::domain::id::SubscriberId;
use crate::domain::publication::{Profile, Undated};
use crate::domain::subscriber::{Basis, Person};
use crate::store::subscriber::search::{Among, Search};
use crate::store::{self, Store, Writing};
use std::time::Duration;

const NOW: Moment = Moment(1_764_200_000_000);
const TEXTS: [&str; 8] = ["", "科技局", "云泽市科技局", "Office A", "office", "王芳", "100%_'", "a\"b ¦ c"];
const DOMAINS: [&str; 4] = ["qq.com", "Foxmail.com", "163.com", "office.example"];
const LISTS: [&str; 2] = ["all", "city"];
const STATES: [&str; 3] = ["active", "pending", "ended"];

/// A sequence that is the same each time (Marsaglia's xorshift).
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    fn text(&mut self) -> Option<String> {
        Some(self.of(&TEXTS).to_owned()).filter(|text| !text.is_empty())
    }
}

/// A reader as they were written down.
struct Known {
    id: SubscriberId,
    address: Address,
    person: Person,
    on: Vec<(Slug, &'static str)>,
    is_suppressed: bool,
    at: Moment,
}

impl Known {
    fn fits(&self, rule: &Rule, zone: Tz) -> bool {
        let has = |state| self.on.iter().any(|(_, is)| *is == state);
        let on: Vec<_> = self.on.iter().filter(|(_, state)| *state != "ended").map(|(list, _)| list.clone()).collect();
        let stands = match (has("active"), has("pending")) {
            (true, _) => Stands::Active,
            (false, true) => Stands::Pending,
            (false, false) => Stands::Ended,
        };
        !self.on.is_empty()
            && rule.fits(&Facts {
                address: self.address.as_str(),
                lane: self.address.lane(),
                person: &self.person,
                on: &on,
                stands,
                is_suppressed: self.is_suppressed,
                known: self.at.day_in(zone),
            })
    }
}

async fn founded(store: &Store) -> Publication {
    let profile = |slug: &str| Profile {
        slug: slug.parse().unwrap(),
        name: slug.into(),
        from: "编辑部 <b@x.example>".parse().unwrap(),
        compiled_by: None,
        approvals: 0,
        language: Default::default(),
        zone: chrono_tz::Asia::Shanghai,
        undated: Undated::DispatchDay,
        own_approval: false,
        motto: None,
        reply_to: None,
        theme: Default::default(),
        colophon: Default::default(),
        testers: Default::default(),
        extent: Default::default(),
    };
    actions::station::found(store, Actor::Station, NOW).await.unwrap();
    for slug in ["brief", "other"] {
        actions::publication::add(store, Actor::Station, NOW, &profile(slug)).await.unwrap();
    }
    for path in ["brief/all", "brief/city", "other/all"] {
        actions::list::add(store, Actor::Station, NOW, &path.parse().unwrap(), path).await.unwrap();
    }
    store::publication::by_slug(&mut store.read().await.unwrap(), &"brief".parse().unwrap()).await.unwrap().unwrap()
}

async fn subscribe(writing: &mut Writing, path: &str, key: String, state: &str) {
    let list = list::by_path(writing, &path.parse().unwrap()).await.unwrap().unwrap().id;
    list::subscribe_all(writing, list, &[key], Basis::Duty).await.unwrap();
    let why = (state == "ended").then_some("left");
    let newest = "UPDATE subscription SET state = ?, why = ? WHERE id = (SELECT max(id) FROM subscription)";
    sqlx::query(newest).bind(state).bind(why).execute(&mut **writing).await.unwrap();
}

async fn readers(store: &Store, draw: &mut Draw) -> Vec<Known> {
    let mut readers = Vec::new();
    for n in 0..160 {
        let address: Address = format!("Reader{n}@{}", draw.of(&DOMAINS)).parse().unwrap();
        let person = Person {
            name: draw.text(),
            organisation: draw.text(),
            department: draw.text(),
            position: draw.text(),
            region: draw.text(),
            category: draw.text(),
            remark: draw.text(),
            ..Person::default()
        };
        let at = NOW + Duration::from_hours(draw.below(90) as u64);
        let mut writing = store.write(Actor::Station, at).await.unwrap();
        store::subscriber::save_all(&mut writing, &[(&address, &person)]).await.unwrap();
        let mut on = Vec::new();
        for list in LISTS {
            if draw.below(3) > 0 {
                let state = draw.of(&STATES);
                subscribe(&mut writing, &format!("brief/{list}"), address.key(), state).await;
                on.push((list.parse().unwrap(), state));
            }
        }
        if draw.below(4) == 0 {
            // What they read elsewhere says nothing here.
            subscribe(&mut writing, "other/all", address.key(), draw.of(&STATES)).await;
        }
        let is_suppressed = draw.below(5) == 0;
        if is_suppressed {
            store::subscriber::suppress(&mut writing, &address, "bounced").await.unwrap();
        }
        let id = store::subscriber::by_address(&mut writing, &address).await.unwrap().unwrap().id;
        writing.commit().await.unwrap();
        readers.push(Known { id, address, person, on, is_suppressed, at });
    }
    readers
}

fn condition(draw: &mut Draw) -> Condition {
    loop {
        let field = draw.of(&Field::ALL);
        let value = match field {
            Field::Text(Text::Address) => draw.of(&["READER1", "reader7@qq.com", "@foxmail", "1"]).to_owned(),
            Field::Text(_) => draw
                .of(&["科技局", "科", "云泽市科技局", "OFFICE", "office", "王芳", "%", "_'", "b ¦ c", "a\"b ¦ c"])
                .to_owned(),
            Field::Provider => draw.of(&DOMAINS).to_owned(),
            Field::List => draw.of(&["all", "city", "none"]).to_owned(),
            Field::State => draw.of(&Stands::ALL).word().to_owned(),
            Field::Known => draw.of(&["2025-11-26", "2025-11-27", "2025-11-28", "2025-11-30", "2026-01-01"]).to_owned(),
        };
        if let Ok(condition) = Condition::read(field, draw.of(&Relation::ALL), &value) {
            return condition;
        }
    }
}

#[tokio::test]
async fn sql_and_rust_find_the_same_readers_by_whatever_index() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let publication = founded(&store).await;
    let mut draw = Draw(0x9e37_79b9_7f4a_7c15);
    let readers = readers(&store, &mut draw).await;
    let zone = publication.profile.zone;
    let mut reading = store.read().await.unwrap();
    let (mut found_some, mut by_index) = (0, 0);
    for _ in 0..600 {
        let how = draw.of(&How::ALL);
        let count = 1 + draw.below(3);
        let rule = Rule::of(how, (0..count).map(|_| condition(&mut draw)).collect()).unwrap();
        let meant: Vec<_> = readers.iter().filter(|one| one.fits(&rule, zone)).map(|one| one.id).collect();
        let ruled = Ruled::of(&mut reading, &publication, rule.clone()).await.unwrap();
        let sources = ruled.sources();
        let search = Search { ruled: Some(ruled), ..Search::of(Among::All) };
        let said = serde_json::to_string(&rule).unwrap();
        let page = search.page(&mut reading, 0.into(), 1_000, usize::MAX).await.unwrap();
        assert_eq!(page.found, meant, "{said}, by the publication's lists");
        assert_eq!(search.count(&mut reading, 1_000_000).await.unwrap(), (meant.len(), true), "{said}");
        by_index += usize::from(sources.is_some());
        let sources = sources.unwrap_or_else(|| vec![Source::Everybody]);
        let rows: Vec<(i64, bool)> =
            search.window(&sources, 0.into(), 1_000).build_query_as().fetch_all(&mut *reading).await.unwrap();
        let fit: Vec<_> = rows.into_iter().filter(|(_, fits)| *fits).map(|(id, _)| SubscriberId(id)).collect();
        assert_eq!(fit, meant, "{said}, by {sources:?}");
        found_some += usize::from(!meant.is_empty() && meant.len() < readers.len());
    }
    assert!(
        found_some > 200 && by_index > 60,
        "rules that find nobody, or no index, prove nothing: {found_some}, {by_index}"
    );
}
