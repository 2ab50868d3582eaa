//! The hours are kept: what is ready goes by itself, once; what is not stays, and the hour says why.

use crate::station::{Station, operator, reader};
use std::time::Duration;
use yizhan::actions;
use yizhan::actions::schedule::Order;
use yizhan::cli::station::Running;
use yizhan::domain::audit::Actor;
use yizhan::domain::id::{DispatchId, IssueId};
use yizhan::domain::moment::Moment;
use yizhan::domain::publication::{Profile, Slug};
use yizhan::store;
use yizhan::store::dispatch::Shown;
use yizhan::store::schedule::Past;

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const GRACE: Duration = Duration::from_secs(12 * 60 * 60);
/// Every morning at the hour at which the station's clock stands.
const MORNINGS: &str = "0 9 * * *";

/// The nth issue of the year, with nothing to ask.
fn numbered(n: u32) -> String {
    format!(
        "# Harbour Notes\n\n2024 No. {n}\n\n2024-07-01\n\n## Pier {n}\n\nPier {n} is open. Ships come in on both sides of it, and nobody has to wait for the tide.\n"
    )
}

async fn schedules(station: &Station, publication: &str, cron: &str, lists: &[&str]) {
    let lists = lists.iter().map(|list| format!("{publication}/{list}").parse().unwrap()).collect();
    let order = Order { publication: slug(publication), calendar: cron.parse().unwrap(), lists, grace: None };
    actions::schedule::set(&station.store, operator(), station.clock.now(), &order).await.unwrap();
}

fn slug(publication: &str) -> Slug {
    publication.parse().unwrap()
}

async fn submits(station: &Station, issue: IssueId) {
    actions::edition::submit(&station.store, operator(), station.clock.now(), issue).await.unwrap();
}

/// An issue that was taken in and submitted.
async fn is_ready(station: &Station, document: &str) -> IssueId {
    let issue = station.takes_in(document).await;
    submits(station, issue).await;
    issue
}

/// Looks at the clock until nothing is due; whoever keeps the hours does the same.
async fn looks(station: &Station, now: Moment) {
    while actions::schedule::fire(&station.store, now, GRACE).await.unwrap() {}
}

/// The next morning comes, and somebody looks at the clock. What became of the hour.
async fn next_morning(station: &Station) -> Past {
    station.waits(DAY);
    looks(station, station.clock.now()).await;
    past(station).await.remove(0)
}

/// What became of the hours, the newest first.
async fn past(station: &Station) -> Vec<Past> {
    let mut reading = station.store.read().await.unwrap();
    let schedule = store::schedule::all(&mut reading).await.unwrap().pop().unwrap();
    store::schedule::past(&mut reading, schedule.id, 1_000_000).await.unwrap()
}

async fn planned(station: &Station, dispatch: DispatchId) -> (IssueId, usize) {
    let found = store::dispatch::find(&mut station.store.read().await.unwrap(), dispatch).await.unwrap().unwrap();
    (found.issue, found.lists.len())
}

async fn dispatches(station: &Station) -> usize {
    store::dispatch::overviews(&mut station.store.read().await.unwrap(), &Shown::default()).await.unwrap().len()
}

/// An editor changes a word.
async fn edits(station: &Station, id: IssueId) {
    let mut writing = station.store.write(operator(), station.clock.now()).await.unwrap();
    let mut issue = store::issue::find(&mut writing, id).await.unwrap().unwrap();
    issue.contents.articles[0].title.push('!');
    store::issue::save(&mut writing, id, &issue.contents, &issue.flags).await.unwrap();
    writing.commit().await.unwrap();
}

fn nothing(past: &Past) -> &str {
    assert_eq!((past.outcome.as_str(), past.dispatch), ("nothing-ready", None), "{past:?}");
    past.why.as_deref().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_ready_goes_at_its_hour_to_every_reader_once() {
    let mut station = Station::founded().await;
    station.has_readers("all", (1..=5).map(reader)).await;
    schedules(&station, "notes", MORNINGS, &["all"]).await;
    let issue = is_ready(&station, &numbered(7)).await;
    station.works().await;
    station.waits(DAY - Duration::from_secs(1));
    assert_eq!(dispatches(&station).await, 0);
    station.waits(Duration::from_secs(1));
    while past(&station).await.is_empty() {
        tokio::task::yield_now().await;
    }
    let hour = past(&station).await.remove(0);
    assert_eq!((hour.occurrence.label.to_string().as_str(), hour.outcome.as_str()), ("2024-07-02T09:00", "fired"));
    let dispatch = hour.dispatch.unwrap();
    assert_eq!(planned(&station, dispatch).await, (issue, 1));
    assert_eq!(station.until_closed(dispatch).await.accepted, 5);
    // Month after month nothing new is ready, and nobody gets it again.
    station.waits(DAY);
    while past(&station).await.len() < 2 {
        tokio::task::yield_now().await;
    }
    assert!(nothing(&past(&station).await[0]).contains("no issue later"));
    assert_eq!((dispatches(&station).await, station.relay.record().len()), (1, 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sends_until_nothing_is_due_also_keeps_the_hours() {
    let station = Station::founded().await;
    station.has_readers("all", (1..=3).map(reader)).await;
    schedules(&station, "notes", MORNINGS, &["all"]).await;
    is_ready(&station, &numbered(7)).await;
    station.waits(DAY + HOUR);
    let courier = Running::begin(&station.store, &station.settings, &station.clock, true).await.unwrap().unwrap();
    courier.ended().await.unwrap();
    assert_eq!(station.relay.record().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_ready_never_goes_and_the_hour_says_what_it_lacks() {
    let station = Station::founded().await;
    schedules(&station, "notes", MORNINGS, &["all"]).await;
    assert!(nothing(&next_morning(&station).await).contains("no issue later"));

    let asked = "# Harbour Notes\n\n2024 No. 8\n\n## The old crane\n\nThe crane is gone, and nobody misses it.\n";
    let (store, now, notes) = (&station.store, station.clock.now(), slug("notes"));
    let taken = actions::document::take_in(store, operator(), now, &notes, "n.md", asked.as_bytes()).await.unwrap();
    let issue = taken.issue;
    assert!(nothing(&next_morning(&station).await).contains("open questions"));

    let defaults = actions::issue::Answer::Defaults;
    actions::issue::answer(&station.store, operator(), station.clock.now(), issue, &defaults).await.unwrap();
    assert!(nothing(&next_morning(&station).await).contains("was not submitted"));

    submits(&station, issue).await;
    edits(&station, issue).await;
    assert!(nothing(&next_morning(&station).await).contains("changed since it was submitted"));

    submits(&station, issue).await;
    assert_eq!(next_morning(&station).await.outcome, "fired");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_goes_when_its_reviewers_have_said_yes_to_just_this_edition() {
    let station = Station::founded().await;
    let (store, now) = (&station.store, station.clock.now());
    let profile = Profile { slug: slug("review"), approvals: 1, ..profile(&station).await };
    actions::publication::add(store, operator(), now, &profile).await.unwrap();
    actions::list::add(store, operator(), now, &"review/all".parse().unwrap(), "all").await.unwrap();
    schedules(&station, "review", MORNINGS, &["all"]).await;
    let taken = actions::document::take_in(store, operator(), now, &slug("review"), "n.md", numbered(7).as_bytes())
        .await
        .unwrap();
    let submits = async || actions::edition::submit(store, operator(), now, taken.issue).await.unwrap();
    let reviewer = station.has_reviewer().await;
    let reviewer = || Actor::Account(reviewer);

    let first = submits().await;
    assert!(nothing(&next_morning(&station).await).contains("0 of 1 approvals"));
    actions::edition::send_back(store, reviewer(), now, first, "which pier?").await.unwrap();
    assert!(nothing(&next_morning(&station).await).contains("sent back"));
    actions::edition::approve(store, reviewer(), now, first).await.unwrap();
    edits(&station, taken.issue).await;
    let second = submits().await;
    assert!(nothing(&next_morning(&station).await).contains(&format!("edition {second} has 0 of 1")));
    actions::edition::approve(store, reviewer(), now, second).await.unwrap();
    let dispatch = next_morning(&station).await.dispatch.unwrap();
    let found = store::dispatch::find(&mut store.read().await.unwrap(), dispatch).await.unwrap().unwrap();
    assert_eq!(found.edition, second);
}

async fn profile(station: &Station) -> Profile {
    let all = store::publication::all(&mut station.store.read().await.unwrap()).await.unwrap();
    all.into_iter().next().unwrap().profile
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_of_what_is_out_never_goes_by_itself() {
    let station = Station::founded().await;
    schedules(&station, "notes", MORNINGS, &["all"]).await;
    let issue = is_ready(&station, &numbered(7)).await;
    assert_eq!(next_morning(&station).await.outcome, "fired");
    edits(&station, issue).await;
    submits(&station, issue).await;
    nothing(&next_morning(&station).await);
    // Nor does the same number brought as another document, nor an older one.
    is_ready(&station, &numbered(7).replace("tide", "moon")).await;
    is_ready(&station, &numbered(6)).await;
    nothing(&next_morning(&station).await);
    assert_eq!(dispatches(&station).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_that_a_person_called_off_does_not_go_after_all() {
    let station = Station::founded().await;
    schedules(&station, "notes", MORNINGS, &["all"]).await;
    is_ready(&station, &numbered(7)).await;
    let dispatch = next_morning(&station).await.dispatch.unwrap();
    actions::dispatch::cancel(&station.store, operator(), station.clock.now(), dispatch).await.unwrap();
    nothing(&next_morning(&station).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_newest_goes_and_nothing_older_in_its_place() {
    let station = Station::founded().await;
    schedules(&station, "notes", MORNINGS, &["all"]).await;
    is_ready(&station, &numbered(11)).await;
    let draft = station.takes_in(&numbered(12)).await;
    is_ready(&station, &numbered(10)).await;
    let hour = next_morning(&station).await;
    let why = nothing(&hour);
    assert!(why.contains(&format!("issue {draft} was not submitted")), "{why}");
    assert!(why.contains(&format!("`yizhan edition submit {draft}`")), "{why}");
    submits(&station, draft).await;
    let twelfth = next_morning(&station).await.dispatch.unwrap();
    assert_eq!(planned(&station, twelfth).await.0, draft);
    assert!(nothing(&next_morning(&station).await).contains("no issue later"));
    // Years count before numbers.
    let next_year = is_ready(&station, &numbered(1).replace("2024 No.", "2025 No.")).await;
    let first = next_morning(&station).await.dispatch.unwrap();
    assert_eq!(planned(&station, first).await.0, next_year);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_without_a_place_keeps_no_issue_waiting() {
    let station = Station::founded().await;
    schedules(&station, "notes", MORNINGS, &["all"]).await;
    let ready = is_ready(&station, &numbered(7)).await;
    is_ready(&station, "# Harbour Notes\n\n2024-07-01\n\n## The old crane\n\nThe crane is gone.\n").await;
    let dispatch = next_morning(&station).await.dispatch.unwrap();
    assert_eq!(planned(&station, dispatch).await.0, ready);
    assert!(nothing(&next_morning(&station).await).contains("no year and number"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_editor_has_just_replaced_never_goes() {
    let station = Station::founded().await;
    schedules(&station, "notes", MORNINGS, &["all"]).await;
    is_ready(&station, &numbered(7)).await;
    // The corrected document of the same number leaves a question open: its day.
    let corrected = numbered(7).replace("2024-07-01\n\n", "").replace("tide", "moon");
    let (store, now, notes) = (&station.store, station.clock.now(), slug("notes"));
    let taken = actions::document::take_in(store, operator(), now, &notes, "n.md", corrected.as_bytes()).await.unwrap();
    let hour = next_morning(&station).await;
    assert!(nothing(&hour).contains(&format!("issue {} has open questions", taken.issue)), "{hour:?}");
    let defaults = actions::issue::Answer::Defaults;
    actions::issue::answer(store, operator(), now, taken.issue, &defaults).await.unwrap();
    assert!(nothing(&next_morning(&station).await).contains("was not submitted"));
    submits(&station, taken.issue).await;
    let dispatch = next_morning(&station).await.dispatch.unwrap();
    assert_eq!(planned(&station, dispatch).await.0, taken.issue);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_of_what_one_list_has_never_goes_to_another_by_itself() {
    let station = Station::founded().await;
    station.has_list("board").await;
    for list in ["all", "board"] {
        station.has_readers(list, [reader(1)]).await;
    }
    let first = is_ready(&station, &numbered(7)).await;
    station.dispatches(first, &["all"]).await;
    let corrected = is_ready(&station, &numbered(7).replace("tide", "moon")).await;
    schedules(&station, "notes", MORNINGS, &["all", "board"]).await;
    let hour = next_morning(&station).await;
    let why = nothing(&hour);
    // A person who orders the same hears the same.
    let order = actions::dispatch::Order {
        issue: corrected,
        lists: ["all", "board"].map(crate::station::path).into(),
        at: None,
        defaults: false,
        occasion: yizhan::domain::dispatch::Occasion::First,
    };
    let refused = actions::dispatch::start(&station.store, operator(), station.clock.now(), &order).await.unwrap_err();
    assert_eq!(why, refused.to_string());
    assert_eq!(dispatches(&station).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_has_had_it_is_left_out_of_the_hour() {
    let station = Station::founded().await;
    station.has_list("staff").await;
    schedules(&station, "notes", MORNINGS, &["all", "staff"]).await;
    let issue = is_ready(&station, &numbered(7)).await;
    station.dispatches(issue, &["staff"]).await;
    let dispatch = next_morning(&station).await.dispatch.unwrap();
    assert_eq!(planned(&station, dispatch).await, (issue, 1));
    let both = is_ready(&station, &numbered(8)).await;
    let dispatch = next_morning(&station).await.dispatch.unwrap();
    assert_eq!(planned(&station, dispatch).await, (both, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_downtime_the_last_hour_runs_once_if_it_is_not_too_late_and_each_other_is_noted() {
    for (downtime, outcomes) in [
        (DAY + HOUR, vec!["fired"]),
        (DAY + 12 * HOUR, vec!["fired"]),
        (DAY + 13 * HOUR, vec!["missed"]),
        (3 * DAY + HOUR, vec!["fired", "missed", "missed"]),
        (3 * DAY + 13 * HOUR, vec!["missed", "missed", "missed"]),
    ] {
        let station = Station::founded().await;
        schedules(&station, "notes", MORNINGS, &["all"]).await;
        is_ready(&station, &numbered(7)).await;
        station.waits(downtime);
        looks(&station, station.clock.now()).await;
        let past = past(&station).await;
        assert_eq!(past.iter().map(|hour| hour.outcome.as_str()).collect::<Vec<_>>(), outcomes, "{downtime:?}");
        assert!(past.iter().all(|hour| (hour.outcome == "missed") == hour.why.is_some()), "{past:?}");
        assert_eq!(dispatches(&station).await, outcomes.iter().filter(|outcome| **outcome == "fired").count());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn four_hundred_days_of_quarters_are_noted_one_by_one_and_send_one_issue() {
    let station = Station::founded().await;
    schedules(&station, "notes", "*/15 * * * *", &["all"]).await;
    is_ready(&station, &numbered(7)).await;
    station.waits(400 * DAY);
    looks(&station, station.clock.now()).await;
    let past = past(&station).await;
    assert_eq!((past.len(), past[0].outcome.as_str()), (400 * 24 * 4, "fired"));
    assert!(past[1..].iter().all(|hour| hour.outcome == "missed" && hour.why.is_some()));
    assert_eq!(dispatches(&station).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_look_at_once_and_a_clock_that_goes_back_make_one_dispatch() {
    let station = Station::founded().await;
    schedules(&station, "notes", MORNINGS, &["all"]).await;
    is_ready(&station, &numbered(7)).await;
    let (before, at) = (station.clock.now(), station.clock.now() + DAY);
    let mut lookers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let store = station.store.clone();
        lookers.spawn(async move { actions::schedule::fire(&store, at, GRACE).await.unwrap() });
    }
    lookers.join_all().await;
    assert_eq!((dispatches(&station).await, past(&station).await.len()), (1, 1));

    // The clock goes back by a day; the hours are set anew; the same morning comes again.
    is_ready(&station, &numbered(8)).await;
    looks(&station, before).await;
    actions::schedule::pause(&station.store, operator(), before, &slug("notes")).await.unwrap();
    actions::schedule::resume(&station.store, operator(), before, &slug("notes")).await.unwrap();
    looks(&station, at).await;
    assert_eq!((dispatches(&station).await, past(&station).await.len()), (1, 1));
    looks(&station, at + DAY).await;
    assert_eq!((dispatches(&station).await, past(&station).await.len()), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn hours_that_a_clock_noted_ahead_of_time_are_open_again_when_the_schedule_is_resumed() {
    let station = Station::founded().await;
    schedules(&station, "notes", MORNINGS, &["all"]).await;
    let now = station.clock.now();
    looks(&station, now + 30 * DAY + 13 * HOUR).await;
    assert_eq!(past(&station).await.len(), 30);
    is_ready(&station, &numbered(7)).await;
    actions::schedule::pause(&station.store, operator(), now, &slug("notes")).await.unwrap();
    actions::schedule::resume(&station.store, operator(), now, &slug("notes")).await.unwrap();
    assert_eq!(next_morning(&station).await.outcome, "fired");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_schedule_lets_its_hours_pass() {
    let station = Station::founded().await;
    schedules(&station, "notes", MORNINGS, &["all"]).await;
    is_ready(&station, &numbered(7)).await;
    actions::schedule::pause(&station.store, operator(), station.clock.now(), &slug("notes")).await.unwrap();
    station.waits(3 * DAY + HOUR);
    looks(&station, station.clock.now()).await;
    actions::schedule::resume(&station.store, operator(), station.clock.now(), &slug("notes")).await.unwrap();
    looks(&station, station.clock.now()).await;
    assert_eq!((dispatches(&station).await, past(&station).await.len()), (0, 0));
    assert_eq!(next_morning(&station).await.outcome, "fired");
}
