//! A "no" is easy to say, is never said by accident, and is kept when the page says so.

use super::*;
use crate::actions::subscriber::Imported;
use crate::domain::link::forger::Forger;

#[tokio::test]
async fn looking_at_the_leave_page_changes_nothing() {
    let station = Station::start(false).await;
    let path = station.leave_path(2).await;
    for method in ["GET", "HEAD"] {
        let answer = station.ask(method, &path, "", "").await;
        assert!(is(&answer, 200), "{answer}");
        assert_eq!(answer.contains("<button"), method == "GET", "{answer}");
    }
    assert!(is(&station.ask("PUT", &path, "", "").await, 405));
    let states = station.states_after_a_claim().await;
    assert!(states.iter().all(|(_, state)| state == "claimed"), "{states:?}");
}

#[tokio::test]
async fn a_reader_who_presses_leave_gets_no_letter_and_may_press_again() {
    let station = Station::start(false).await;
    let path = station.leave_path(2).await;
    for _ in 0..2 {
        let answer = station.ask("POST", &path, "Accept-Language: zh-CN\r\n", "").await;
        assert!(is(&answer, 200) && answer.contains("已退订"), "{answer}");
    }
    assert!(!station.get(&path).await.contains("<button"));
    let states = station.states_after_a_claim().await;
    let skipped: Vec<_> = states.iter().filter(|(_, state)| state == "skipped").collect();
    assert_eq!(skipped, [&("reader2@y.example".to_owned(), "skipped".to_owned())]);
}

#[tokio::test]
async fn a_mail_programs_one_click_leaves_without_cookie_or_redirect() {
    let station = Station::start(false).await;
    let path = station.leave_path(1).await;
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let answer = station.ask("POST", &path, form, "List-Unsubscribe=One-Click").await;
    assert!(is(&answer, 200), "{answer}");
    assert!(!answer.to_lowercase().contains("set-cookie"), "{answer}");
    let states = station.states_after_a_claim().await;
    assert_eq!(states[0], ("reader1@y.example".into(), "skipped".into()));
}

#[tokio::test]
async fn a_forged_link_is_a_page_that_is_not_there_and_changes_nothing() {
    let station = Station::start(false).await;
    let keyring = station.keyring().await;
    let other_use = format!("/leave/{}", keyring.mint(Use::MessageId, DeliveryId(1)));
    let no_such_delivery = station.leave_path(999).await;
    for path in ["/leave/abc", "/leave/%ff", &other_use, &no_such_delivery] {
        for method in ["GET", "POST"] {
            let answer = station.ask(method, path, "", "").await;
            assert!(is(&answer, 404) && answer.contains("<h1>"), "{method} {path}: {answer}");
        }
    }
    assert!(station.states_after_a_claim().await.iter().all(|(_, state)| state == "claimed"));
}

#[tokio::test]
async fn leaving_that_cannot_be_stored_does_not_look_as_if_it_were() {
    let station = Station::start(false).await;
    let path = station.leave_path(1).await;
    station.store.clone().close().await;
    let answer = station.ask("POST", &path, "", "").await;
    assert!(is(&answer, 503) && answer.contains("was not stored"), "{answer}");
    assert!(is(&station.get(&path).await, 503));
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "a proof shows its figures")]
async fn two_thousand_forged_links_are_all_the_same_page_that_is_not_there() {
    let station = Station::start(false).await;
    let without_date = |answer: &str| {
        let lines: Vec<_> = answer.lines().filter(|line| !line.to_ascii_lowercase().starts_with("date:")).collect();
        lines.join("\n")
    };
    let nowhere = without_date(&station.get("/leave/abc").await);
    assert!(is(&nowhere, 404));
    let mut forger = Forger::new(&station.keyring().await, 3);
    let (mut asked, mut genuine) = (0, 0);
    while asked < 2_000 {
        let forged = forger.forges();
        let in_path: String = forged.bytes().map(|byte| format!("%{byte:02x}")).collect();
        for (usage, way) in [(Use::Leave, "leave"), (Use::Read, "read")] {
            if forged.is_empty() || forger.is_genuine(usage, &forged) {
                genuine += 1;
                continue;
            }
            let method = if usage == Use::Leave && asked % 3 == 0 { "POST" } else { "GET" };
            // So that the asker is not held back for looking too much.
            station.clock.wind(std::time::Duration::from_millis(50));
            let answer = station.ask(method, &format!("/{way}/{in_path}"), "", "List-Unsubscribe=One-Click").await;
            assert_eq!(without_date(&answer), nowhere, "{method} {way}: {forged:?}");
            asked += 1;
        }
    }
    println!("{asked} forged links over HTTP: all the same 404; {genuine} were left out as genuine or empty");
    assert!(station.states_after_a_claim().await.iter().all(|(_, state)| state == "claimed"));
}

/// How a browser says it.
const ENGLISH: &str = "Accept-Language: en\r\n";

impl Station {
    /// Another list of the publication, with these readers.
    async fn has_list(&self, list: &str, readers: std::ops::RangeInclusive<u32>) -> Imported {
        let path = format!("brief/{list}").parse().unwrap();
        let actor = || Actor::Operator("test".into());
        actions::list::add(&self.store, actor(), NOW, &path, &format!("名单<{list}>")).await.unwrap();
        let row = |line: u32| {
            let address = format!("reader{line}@y.example").parse().unwrap();
            RosterRow { line, reading: Reading::Found { address, person: Person::default(), cleaned: None } }
        };
        let roster = Roster { rows: readers.map(row).collect() };
        let to = Destination { list: &path, basis: Basis::Duty, dry_run: false };
        actions::subscriber::import(&self.store, actor(), NOW, &roster, &to).await.unwrap()
    }
}

#[tokio::test]
async fn a_reader_on_two_lists_may_leave_one_and_be_brought_onto_a_third() {
    let station = Station::start(false).await;
    station.has_list("council", 1..=2).await;
    let path = station.leave_path(1).await;
    let page = station.get(&path).await;
    assert!(page.contains("name=\"list\" value=\"council\"") && page.contains("名单&lt;council&gt;"), "{page}");
    assert!(!station.get(&station.leave_path(3).await).await.contains("name=\"list\""), "one list is no choice");
    for _ in 0..2 {
        let answer = station.ask("POST", &path, "", "list=all").await;
        assert!(is(&answer, 200) && answer.contains("<button") && !answer.contains("name=\"list\""), "{answer}");
    }
    // Letters of that list go no more, those of the other do, and a third list is open to the reader.
    assert_eq!(station.states_after_a_claim().await[0].1, "skipped");
    assert_eq!((station.has_list("third", 1..=1).await.new, station.has_list("fourth", 2..=2).await.new), (1, 1));
    assert!(station.ask("POST", &path, ENGLISH, "").await.contains("You have left"));
    let imported = station.has_list("fifth", 1..=2).await;
    assert_eq!((imported.new, imported.ignored), (1, 1), "{imported:?}");
}

#[tokio::test]
async fn who_left_the_only_list_can_still_leave_the_publication() {
    let station = Station::start(false).await;
    let path = station.leave_path(1).await;
    assert!(station.ask("POST", &path, ENGLISH, "list=all").await.contains("You have left"));
    assert_eq!(station.has_list("second", 1..=1).await.new, 1);
    assert!(station.ask("POST", &path, ENGLISH, "").await.contains("You have left"));
    let path = station.leave_path(2).await;
    assert!(station.ask("POST", &path, ENGLISH, "list=all").await.contains("You have left"));
    assert!(station.ask("POST", &path, ENGLISH, "").await.contains("You have left"), "of the publication, this time");
    assert_eq!(station.has_list("third", 1..=3).await.new, 1);
}

#[tokio::test]
async fn a_form_that_names_no_list_of_ours_changes_nothing() {
    let station = Station::start(false).await;
    let path = station.leave_path(1).await;
    let large = "x".repeat(9_000);
    for form in ["list=nowhere", "list=", "list=%E5%88%8A", "a=b&list=no", &large] {
        let answer = station.ask("POST", &path, "", form).await;
        assert!(is(&answer, 404) && answer.contains("<h1>"), "{form}: {answer}");
    }
    assert!(station.states_after_a_claim().await.iter().all(|(_, state)| state == "claimed"));
}

#[tokio::test]
async fn one_click_is_understood_in_either_encoding_of_forms() {
    let station = Station::start(false).await;
    let kind = "Content-Type: multipart/form-data; boundary=x\r\n";
    let body = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
    assert!(is(&station.ask("POST", &station.leave_path(2).await, kind, body).await, 200));
    assert_eq!(station.states_after_a_claim().await[1].1, "skipped");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_said_and_the_reader_is_not_told_that_it_is_done() {
    let station = Station::start(false).await;
    let path = station.leave_path(1).await;
    let journal = station.store.folder().join("journal");
    // Every write to this device finds the disk full.
    std::os::unix::fs::symlink("/dev/full", &journal).unwrap();
    let answer = station.ask("POST", &path, "", "").await;
    assert!(is(&answer, 503) && answer.contains("was not stored"), "{answer}");
    assert!(station.get(&path).await.contains("<button"), "still subscribed");
    std::fs::remove_file(&journal).unwrap();
    assert!(is(&station.ask("POST", &path, "", "").await, 200));
    assert!(!station.get(&path).await.contains("<button"));
}

#[tokio::test]
async fn the_page_that_tells_where_to_leave_knows_no_reader() {
    let station = Station::start(false).await;
    let page = station.ask("GET", "/leave", "Accept-Language: zh\r\n", "").await;
    assert!(is(&page, 200) && page.contains("请从自己的邮件里退订") && !page.contains("<form"), "{page}");
    assert!(is(&station.ask("POST", "/leave", "", "").await, 405));
}
