//! A large audience is written down in good time: each chunk finds its rows by index, so that twice as many
//! readers cost about twice as much, and nobody else waits long for the database. `cargo xtask prove opening`
//! measures it with a million.

use crate::station::{BULLETIN, Station};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};
use std::path::Path;
use yizhan::actions;
use yizhan::clock::Clock;

/// The most that others may wait for a chunk.
const LONGEST_WAIT_MS: u64 = 200;
/// The most that a million deliveries may cost.
const MILLION_MS: u64 = 4_000;

/// What an opening took.
#[derive(Debug)]
struct Cost {
    readers: u32,
    cpu_ms: u64,
    /// How long the longest chunk held the database.
    longest_ms: u64,
}

#[tokio::test]
async fn every_statement_of_a_chunk_finds_its_rows_by_index() {
    let station = Station::founded().await;
    let mut database = open(station.folder()).await;
    let chunks: Vec<_> = prepared_queries().into_iter().filter(|query| query.contains("p.cursor")).collect();
    assert_eq!(chunks.len(), 3, "where a chunk ends, who is left out, who is taken in");
    for query in chunks {
        let plan = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}"))).fetch_all(&mut database);
        let steps: Vec<String> = plan.await.unwrap().iter().map(|row| row.get("detail")).collect();
        // No table is gone through whole, nor all that the dispatch has so far: only the chunk's own subscriptions.
        assert!(!steps.iter().any(|step| step.starts_with("SCAN")), "{steps:#?}");
        assert!(!steps.iter().any(|step| step.contains("delivery_by_dispatch")), "{steps:#?}");
        let chunk = "SEARCH c USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)";
        assert!(steps.iter().any(|step| step == chunk), "{steps:#?}");
    }
}

#[tokio::test]
async fn an_audience_of_several_chunks_is_written_down_whole() {
    let Some(sizes) = std::env::var_os("YIZHAN_PROVE_OPENING") else {
        assert_eq!(opened(12_000).await.readers, 12_000);
        return;
    };
    let sizes = sizes.into_string().unwrap();
    let mut costs = Vec::new();
    for readers in sizes.split(',') {
        let cost = opened(readers.parse().unwrap()).await;
        eprintln!("{cost:?}: {:.2} µs a delivery", cost.cpu_ms as f64 * 1e3 / f64::from(cost.readers));
        costs.push(cost);
    }
    for pair in costs.windows(2) {
        let (grown, dearer) = (pair[1].readers / pair[0].readers, pair[1].cpu_ms as f64 / pair[0].cpu_ms as f64);
        assert!(dearer < f64::from(grown) * 1.5, "not linear: {pair:?}");
    }
    let largest = costs.last().unwrap();
    assert!(largest.cpu_ms <= MILLION_MS * u64::from(largest.readers) / 1_000_000, "{largest:?}");
    assert!(largest.longest_ms <= LONGEST_WAIT_MS, "{largest:?}");
}

/// Opens a dispatch to so many readers and says what that cost.
async fn opened(readers: u32) -> Cost {
    let station = Station::founded().await;
    subscribe(station.folder(), readers).await;
    let issue = station.takes_in(BULLETIN).await;
    let dispatch = station.dispatches(issue, &["all"]).await;
    let (clock, before) = (Clock::System, cpu_ms());
    let mut longest_ms = 0;
    loop {
        let begun = clock.steady();
        let more = actions::dispatch::open(&station.store, station.clock.now()).await.unwrap();
        longest_ms = longest_ms.max(clock.steady().since(begun).as_millis() as u64);
        if !more {
            break;
        }
    }
    let cpu_ms = cpu_ms() - before;
    assert_eq!(station.audience(dispatch).await, Some(i64::from(readers)));
    assert_eq!(station.tally(dispatch).await.queued, i64::from(readers));
    Cost { readers, cpu_ms, longest_ms }
}

/// Puts readers on the list behind the station's back, for an import of so many would be another measure.
async fn subscribe(folder: &Path, readers: u32) {
    let mut database = open(folder).await;
    for statement in [
        "INSERT INTO subscriber (address, address_key, lane, name, person, added_at)
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
         SELECT 'r' || i || '@d' || (i % 50) || '.example', 'r' || i || '@d' || (i % 50) || '.example',
                'd' || (i % 50) || '.example', '读者' || i, '{}', 0 FROM n",
        "INSERT INTO subscription (list_id, subscriber_id, state, basis, since)
         SELECT (SELECT min(id) FROM list), id, 'active', 'duty', 0 FROM subscriber WHERE ?1 > 0 ORDER BY id",
    ] {
        sqlx::query(statement).bind(readers).execute(&mut database).await.unwrap();
    }
    database.close().await.unwrap();
}

async fn open(folder: &Path) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(folder.join("yizhan.db"))).await.unwrap()
}

/// The queries of the program, as `cargo xtask prepare` keeps them.
fn prepared_queries() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    let queries = files.map(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).unwrap()["query"].clone());
    queries.map(|query| query.as_str().unwrap().to_owned()).collect()
}

/// What this process has used of the processor, by Linux's count of hundredths of a second.
fn cpu_ms() -> u64 {
    let own = std::fs::read_to_string("/proc/self/stat").unwrap();
    // Behind the name, which may hold spaces: the 12th and 13th are user and system time (proc(5)).
    let numbers: Vec<_> = own.rsplit(") ").next().unwrap().split(' ').collect();
    [numbers[11], numbers[12]].iter().map(|ticks| ticks.parse::<u64>().unwrap() * 10).sum()
}
