//! Drop a file, readers get it: the inbox takes in what is whole, says why when it cannot, and loses nothing.

use crate::station::{BULLETIN, Station, operator, reader};
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use yizhan::actions;
use yizhan::actions::schedule::Order;
use yizhan::domain::id::IssueId;
use yizhan::domain::publication::Profile;
use yizhan::scheduler::inbox::Inbox;
use yizhan::store;

const SECOND: Duration = Duration::from_secs(1);

/// A bulletin that leaves one question open: its day.
const UNDATED: &str = "# Harbour Notes\n\n2024 No. 8\n\n## The old crane\n\nThe crane is gone, and nobody misses it.\n";

/// The inbox of the publication, made by the first look at it.
async fn inbox(station: &Station) -> (Inbox, PathBuf) {
    let mut inbox = Inbox::of(&station.store, station.folder().join("inbox"));
    inbox.look(station.clock.now()).await.unwrap();
    let folder = station.folder().join("inbox/notes");
    assert!(folder.is_dir());
    (inbox, folder)
}

/// So many seconds pass, and somebody looks every second.
async fn looks_for(station: &Station, inbox: &mut Inbox, seconds: u32) {
    for _ in 0..seconds {
        station.waits(SECOND);
        inbox.look(station.clock.now()).await.unwrap();
    }
}

/// What lies in a folder.
fn lies_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

async fn issue(station: &Station, id: i64) -> Option<yizhan::domain::issue::Issue> {
    store::issue::find(&mut station.store.read().await.unwrap(), IssueId(id)).await.unwrap()
}

async fn edition_is_there(station: &Station, id: i64) -> bool {
    store::edition::find(&mut station.store.read().await.unwrap(), id.into()).await.unwrap().is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_dropped_goes_to_the_readers_at_the_next_hour() {
    let mut station = Station::founded().await;
    station.has_readers("all", (1..=4).map(reader)).await;
    let lists = vec!["notes/all".parse().unwrap()];
    let order =
        Order { publication: "notes".parse().unwrap(), calendar: "0 9 * * *".parse().unwrap(), lists, grace: None };
    actions::schedule::set(&station.store, operator(), station.clock.now(), &order).await.unwrap();
    station.works().await;
    let folder = station.folder().join("inbox/notes");
    while !folder.is_dir() {
        tokio::task::yield_now().await;
    }
    fs::write(folder.join("july.md"), BULLETIN).unwrap();
    while lies_in(&folder.join("done")).is_empty() {
        station.waits(SECOND);
        tokio::task::yield_now().await;
    }
    assert_eq!(lies_in(&folder), ["done"]);
    assert_eq!(station.relay.record().len(), 0, "it waits for its hour");
    let hours = || async {
        let mut reading = station.store.read().await.unwrap();
        let schedule = store::schedule::all(&mut reading).await.unwrap().remove(0);
        store::schedule::past(&mut reading, schedule.id, 9).await.unwrap()
    };
    station.waits(24 * 60 * 60 * SECOND);
    while hours().await.is_empty() {
        tokio::task::yield_now().await;
    }
    let dispatch = hours().await[0].dispatch.expect("the hour fired");
    assert_eq!(station.until_closed(dispatch).await.accepted, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_taken_in_when_it_has_stayed_as_it_is_for_ten_seconds() {
    let station = Station::founded().await;
    let (mut inbox, folder) = inbox(&station).await;
    let file = folder.join("july.md");
    let (first, rest) = BULLETIN.split_at(40);
    fs::write(&file, first).unwrap();
    looks_for(&station, &mut inbox, 9).await;
    // Whoever writes goes on.
    fs::write(&file, [first, rest].concat()).unwrap();
    looks_for(&station, &mut inbox, 9).await;
    assert_eq!(lies_in(&folder), ["july.md"]);
    assert!(issue(&station, 1).await.is_none());
    looks_for(&station, &mut inbox, 4).await;
    assert_eq!(
        (lies_in(&folder), lies_in(&folder.join("done"))),
        (vec!["done".to_owned()], vec!["july.md".to_owned()])
    );
    assert_eq!(issue(&station, 1).await.unwrap().contents.articles[0].title, "The new pier");
    assert!(edition_is_there(&station, 1).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_meant_for_it_stays_where_it_is() {
    let station = Station::founded().await;
    let (mut inbox, folder) = inbox(&station).await;
    for name in ["~$july.docx", ".july.md.swp", ".hidden"] {
        fs::write(folder.join(name), BULLETIN).unwrap();
    }
    fs::create_dir(folder.join("drafts")).unwrap();
    fs::write(folder.join("drafts/july.md"), BULLETIN).unwrap();
    fs::create_dir_all(station.folder().join("inbox/nobody")).unwrap();
    fs::write(station.folder().join("inbox/nobody/july.md"), BULLETIN).unwrap();
    std::os::unix::fs::symlink(folder.join(".hidden"), folder.join("link.md")).unwrap();
    let before = lies_in(&folder);
    looks_for(&station, &mut inbox, 30).await;
    assert_eq!(lies_in(&folder), before);
    assert!(issue(&station, 1).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_an_issue_is_put_aside_with_a_sentence() {
    let station = Station::founded().await;
    let (mut inbox, folder) = inbox(&station).await;
    File::create(folder.join("huge.txt")).unwrap().set_len(100 * 1024 * 1024).unwrap();
    for (name, bytes) in [("empty.md", &b""[..]), ("paper.pdf", b"%PDF-1.7\n..."), ("noise", b"\x01\x02\xfe\xff\x03")] {
        fs::write(folder.join(name), bytes).unwrap();
    }
    looks_for(&station, &mut inbox, 14).await;
    assert_eq!(lies_in(&folder), ["refused"]);
    let refused = folder.join("refused");
    assert_eq!(
        lies_in(&refused),
        ["empty.md", "empty.md.txt", "huge.txt", "huge.txt.txt", "noise", "noise.txt", "paper.pdf", "paper.pdf.txt"]
    );
    for (name, says) in [("empty.md", "empty"), ("huge.txt", "20 MB"), ("paper.pdf", "PDF")] {
        let sentence = fs::read_to_string(refused.join(format!("{name}.txt"))).unwrap();
        assert!(sentence.contains(says) && sentence.lines().count() == 1, "{name}: {sentence}");
    }
    assert!(issue(&station, 1).await.is_none());

    // Once more under the same name: what lies there stays.
    fs::write(folder.join("empty.md"), " ").unwrap();
    looks_for(&station, &mut inbox, 14).await;
    assert_eq!(fs::read(refused.join("empty.md")).unwrap(), b"");
    let timed: Vec<String> =
        lies_in(&refused).into_iter().filter(|name| name.starts_with("empty.2024-07-01T09-00-")).collect();
    assert_eq!((timed.len(), timed[1].clone()), (2, format!("{}.txt", timed[0])), "{timed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bytes_again_are_the_same_issue_under_whatever_name() {
    let station = Station::founded().await;
    let (mut inbox, folder) = inbox(&station).await;
    for name in ["a.md", "b.md"] {
        fs::write(folder.join(name), BULLETIN).unwrap();
    }
    looks_for(&station, &mut inbox, 14).await;
    fs::write(folder.join("a.md"), BULLETIN).unwrap();
    looks_for(&station, &mut inbox, 14).await;
    let done = lies_in(&folder.join("done"));
    assert_eq!((lies_in(&folder), done.len()), (vec!["done".to_owned()], 3), "{done:?}");
    assert!(done[0].starts_with("a.2024-07-01T09-00-") && done[0].ends_with(".md"), "{done:?}");
    assert!(issue(&station, 1).await.is_some() && issue(&station, 2).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_commit_and_move_makes_no_second_issue() {
    let station = Station::founded().await;
    let folder = inbox(&station).await.1;
    fs::write(folder.join("july.md"), BULLETIN).unwrap();
    let (slug, now) = ("notes".parse().unwrap(), station.clock.now());
    actions::document::receive(&station.store, now, &slug, "july.md", BULLETIN.as_bytes()).await.unwrap();
    // It died here; the next one sees the file for the first time.
    let mut next = Inbox::of(&station.store, station.folder().join("inbox"));
    looks_for(&station, &mut next, 14).await;
    assert_eq!(lies_in(&folder.join("done")), ["july.md"]);
    assert!(issue(&station, 1).await.is_some() && issue(&station, 2).await.is_none());
    assert!(edition_is_there(&station, 1).await && !edition_is_there(&station, 2).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_leaves_a_question_or_wants_approval_is_not_submitted() {
    let station = Station::founded().await;
    let (mut inbox, folder) = inbox(&station).await;
    let mut reading = station.store.read().await.unwrap();
    let profile = store::publication::all(&mut reading).await.unwrap().remove(0).profile;
    drop(reading);
    let profile = Profile { slug: "review".parse().unwrap(), approvals: 1, ..profile };
    actions::publication::add(&station.store, operator(), station.clock.now(), &profile).await.unwrap();
    looks_for(&station, &mut inbox, 3).await;
    fs::write(folder.join("crane.md"), UNDATED).unwrap();
    fs::write(station.folder().join("inbox/review/july.md"), BULLETIN).unwrap();
    looks_for(&station, &mut inbox, 14).await;
    assert_eq!(lies_in(&folder.join("done")), ["crane.md"]);
    assert_eq!(lies_in(&station.folder().join("inbox/review/done")), ["july.md"]);
    assert!(issue(&station, 1).await.is_some() && issue(&station, 2).await.is_some());
    assert!(!edition_is_there(&station, 1).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_back_does_not_keep_a_file_waiting() {
    let station = Station::founded().await;
    let (mut inbox, folder) = inbox(&station).await;
    let now = station.clock.now();
    fs::write(folder.join("july.md"), BULLETIN).unwrap();
    inbox.look(now + 9_000 * SECOND).await.unwrap();
    for second in 0..14 {
        inbox.look(now + second * SECOND).await.unwrap();
    }
    assert_eq!(lies_in(&folder.join("done")), ["july.md"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_0_is_asked_and_everything_goes_on() {
    let station = Station::founded().await;
    let (mut inbox, folder) = inbox(&station).await;
    let chinese =
        "科技简报\n2024年第0期\n2024年7月1日\n\n新码头开放\n\n新码头今天开放，船可以停靠两边，不必再等潮水。\n";
    fs::write(folder.join("a.txt"), chinese).unwrap();
    fs::write(folder.join("b.md"), BULLETIN.replace("No. 7", "No. 0")).unwrap();
    looks_for(&station, &mut inbox, 14).await;
    assert_eq!(
        (lies_in(&folder), lies_in(&folder.join("done"))),
        (vec!["done".into()], vec!["a.txt".into(), "b.md".into()])
    );
    for id in [1, 2] {
        let issue = issue(&station, id).await.unwrap();
        assert_eq!((issue.contents.year, issue.contents.number, issue.contents.articles.len()), (Some(2024), None, 1));
        let open: Vec<_> = issue.flags.iter().filter(|flag| flag.is_open()).map(|flag| flag.id.as_str()).collect();
        assert_eq!(open, ["missing-number"], "{:?}", issue.flags);
        let answer = actions::issue::Answer::One { flag: "missing-number".into(), key: "2024-3".into() };
        actions::issue::answer(&station.store, operator(), station.clock.now(), issue.id, &answer).await.unwrap();
    }
    let answered = issue(&station, 1).await.unwrap().contents;
    assert_eq!((answered.year, answered.number), (Some(2024), Some(3)));
    assert!(answered.label.is_none_or(|label| !label.contains('0')), "the letter does not say number 0");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_database_refuses_is_put_aside_and_everything_goes_on() {
    let station = Station::founded().await;
    let (mut inbox, folder) = inbox(&station).await;
    station.meddles("CREATE UNIQUE INDEX \"a rule that nobody thought of\" ON issue (year, number)").await;
    for (name, text) in [("a.md", BULLETIN.to_owned()), ("b.md", BULLETIN.replace("pier", "quay"))] {
        fs::write(folder.join(name), text).unwrap();
    }
    looks_for(&station, &mut inbox, 14).await;
    assert_eq!(lies_in(&folder.join("done")), ["a.md"]);
    assert_eq!(lies_in(&folder.join("refused")), ["b.md", "b.md.txt"]);
    assert!(fs::read_to_string(folder.join("refused/b.md.txt")).unwrap().contains("Report this document"));
    assert!(issue(&station, 1).await.is_some() && issue(&station, 2).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_being_written_over_is_never_read_half() {
    let station = Station::founded().await;
    let (mut inbox, folder) = inbox(&station).await;
    for (name, text) in [("a.md", ""), ("b.md", UNDATED), ("c.md", BULLETIN)] {
        fs::write(folder.join(name), text).unwrap();
    }
    looks_for(&station, &mut inbox, 9).await;
    station.waits(9 * SECOND);
    // Somebody holds the database, so that the look stands still behind `b`: `a` has been put away by then.
    let held = station.store.write(operator(), station.clock.now()).await.unwrap();
    let now = station.clock.now();
    let look = tokio::spawn(async move {
        inbox.look(now).await.unwrap();
        inbox
    });
    while !folder.join("refused/a.md.txt").exists() || folder.join("a.md").exists() {
        tokio::task::yield_now().await;
    }
    let half = &BULLETIN[..BULLETIN.len() - 40];
    fs::write(folder.join("c.md"), half).unwrap();
    drop(held);
    let mut inbox = look.await.unwrap();
    assert_eq!(lies_in(&folder), ["c.md", "done", "refused"]);
    assert!(issue(&station, 1).await.is_some() && issue(&station, 2).await.is_none());
    fs::write(folder.join("c.md"), BULLETIN).unwrap();
    looks_for(&station, &mut inbox, 14).await;
    let articles = issue(&station, 2).await.unwrap().contents.articles;
    assert!(format!("{articles:?}").contains("any more"), "{articles:?}");
    assert!(issue(&station, 3).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_moved_is_tried_again_until_it_can() {
    let station = Station::founded().await;
    let (mut inbox, folder) = inbox(&station).await;
    std::os::unix::fs::symlink("/nowhere", folder.join("done")).unwrap();
    fs::write(folder.join("july.md"), BULLETIN).unwrap();
    looks_for(&station, &mut inbox, 30).await;
    assert_eq!(lies_in(&folder), ["done", "july.md"]);
    fs::remove_file(folder.join("done")).unwrap();
    looks_for(&station, &mut inbox, 62).await;
    assert_eq!(lies_in(&folder.join("done")), ["july.md"]);
    assert!(issue(&station, 2).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_given_to_the_right_user_is_looked_at_anew() {
    let station = Station::founded().await;
    let (mut inbox, folder) = inbox(&station).await;
    let (done, file) = (folder.join("done"), folder.join("july.md"));
    std::os::unix::fs::symlink("/nowhere", &done).unwrap();
    fs::write(&file, BULLETIN).unwrap();
    looks_for(&station, &mut inbox, 14).await;
    assert!(file.exists(), "it cannot be moved");
    fs::remove_file(&done).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    looks_for(&station, &mut inbox, 14).await;
    assert_eq!(lies_in(&done), ["july.md"], "well before a minute has passed");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_leads_it_out_of_its_folder() {
    let station = Station::founded().await;
    let (mut inbox, folder) = inbox(&station).await;
    let outside = tempfile::tempdir().unwrap();
    for room in ["done", "refused"] {
        std::os::unix::fs::symlink(outside.path(), folder.join(room)).unwrap();
    }
    fs::write(folder.join("july.md"), BULLETIN).unwrap();
    fs::write(folder.join("empty.md"), "").unwrap();
    looks_for(&station, &mut inbox, 90).await;
    assert_eq!(lies_in(outside.path()), [""; 0]);
    // Nor by the folder itself.
    fs::remove_dir_all(&folder).unwrap();
    std::os::unix::fs::symlink(outside.path(), &folder).unwrap();
    fs::write(outside.path().join("other.md"), UNDATED).unwrap();
    looks_for(&station, &mut inbox, 90).await;
    assert_eq!(lies_in(outside.path()), ["other.md"]);
    assert!(issue(&station, 2).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_of_its_own_is_as_open_as_who_made_it_wanted() {
    let mut station = Station::founded().await;
    let shared = tempfile::tempdir().unwrap();
    fs::set_permissions(shared.path(), fs::Permissions::from_mode(0o2770)).unwrap();
    station.settings.scheduler.inbox = Some(shared.path().to_owned());
    station.works().await;
    let folder = shared.path().join("notes");
    while !folder.is_dir() {
        tokio::task::yield_now().await;
    }
    fs::write(folder.join("july.md"), BULLETIN).unwrap();
    fs::write(folder.join("empty.md"), "").unwrap();
    while lies_in(&folder) != ["done", "refused"] {
        station.waits(SECOND);
        tokio::task::yield_now().await;
    }
    let mode = |path: &str| fs::metadata(shared.path().join(path)).unwrap().permissions().mode() & 0o7777;
    assert_eq!(["notes", "notes/done", "notes/refused"].map(mode), [0o2770; 3]);
    assert_eq!(mode("notes/refused/empty.md.txt"), 0o660);
    assert!(!station.folder().join("inbox").exists());
}
