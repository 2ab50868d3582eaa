//! An issue is given out, watched, held, called off, settled and taken along, by the pages alone.

use super::log::{A_DAY, OURS, cookie_of, history};
use super::*;
use crate::domain::delivery::State;
use crate::domain::dispatch::{Phase, Tally};
use crate::domain::id::{DispatchId, PublicationId};
use std::collections::BTreeMap;

const SECOND: &str = "河湾科技简报\n\n2026年第4期\n\n新桥 通车了\n\n新桥今天通车，来看的人很多，街坊都说好。\n";

/// Brings a second issue, which nobody has yet, with its questions answered.
async fn second_issue(station: &Station) -> i64 {
    let actor = || Actor::Operator("test".into());
    let slug = "brief".parse().unwrap();
    let taken =
        actions::document::take_in(&station.store, actor(), NOW, &slug, "e.txt", SECOND.as_bytes()).await.unwrap();
    let answer = actions::issue::Answer::Defaults;
    actions::issue::answer(&station.store, actor(), NOW, taken.issue, &answer).await.unwrap();
    taken.issue.0
}

async fn dispatches(station: &Station) -> usize {
    let shown = store::dispatch::Shown::default();
    store::dispatch::overviews(&mut station.store.read().await.unwrap(), &shown).await.unwrap().len()
}

async fn phase(station: &Station) -> (Phase, Option<String>) {
    let mut reading = station.store.read().await.unwrap();
    let dispatch = store::dispatch::find(&mut reading, DispatchId(1)).await.unwrap().unwrap();
    (dispatch.phase, dispatch.why)
}

#[tokio::test]
async fn an_issue_is_given_out_once_however_often_it_is_asked() {
    let station = Station::start(true).await;
    let issue = second_issue(&station).await;
    let path = format!("/issues/{issue}/dispatch");
    station.ask("POST", &station.leave_path(2).await, "", "").await;
    let page = station.get(&path).await;
    assert!(is(&page, 200), "{page}");
    for piece in ["≈", "have left", "2026年第4期", "No relay takes letters"] {
        assert_eq!(page.contains(piece), piece != "≈", "{piece}: {page}");
    }
    assert!(page.contains("<p class=\"big\">2</p>"), "{page}");
    for (body, says) in [
        ("number=4", "Choose a list"),
        ("list-1=on&number=5", "not its number"),
        ("list-1=on&number=", "not its number"),
        ("list-1=on&list-77=on&number=4", "Choose a list"),
        ("list-1=on&number=4&when=later&hour=soon", "Give a time"),
        ("list-1=on&number=4&occasion=again&because=x", "has not gone out"),
    ] {
        let answer = station.ask("POST", &path, OURS, body).await;
        assert!(is(&answer, 422) && answer.contains(says), "{body}: {answer}");
    }
    assert_eq!(dispatches(&station).await, 1, "nothing was started so far");
    let order = "list-1=on&number=%E7%AC%AC4%E6%9C%9F&when=now";
    let (first, second) =
        tokio::join!(station.ask("POST", &path, OURS, order), station.ask("POST", &path, OURS, order));
    let third = station.ask("POST", &path, OURS, order).await;
    for answer in [first, second, third] {
        assert!(is(&answer, 303) && answer.contains("location: /dispatches/2\r\n"), "{answer}");
    }
    assert_eq!(dispatches(&station).await, 2);
}

#[tokio::test]
async fn what_was_changed_since_the_page_was_opened_is_not_sent_unseen() {
    let station = Station::start(true).await;
    let answer = station.ask("POST", "/issues/1/dispatch", OURS, "list-1=on&number=3&edition=99").await;
    assert!(is(&answer, 422) && answer.contains("changed after this page"), "{answer}");
}

#[tokio::test]
async fn an_hour_is_meant_in_the_publications_zone() {
    let station = Station::start(true).await;
    let issue = second_issue(&station).await;
    let body = "list-1=on&number=4&when=later&hour=2026-12-01T09%3A00";
    assert!(is(&station.ask("POST", &format!("/issues/{issue}/dispatch"), OURS, body).await, 303));
    let mut reading = station.store.read().await.unwrap();
    let dispatch = store::dispatch::find(&mut reading, DispatchId(2)).await.unwrap().unwrap();
    assert_eq!(dispatch.at.rfc3339_in(chrono_tz::Asia::Shanghai), "2026-12-01T09:00:00+08:00");
}

#[tokio::test]
async fn a_dispatch_is_held_for_a_reason_goes_on_and_is_called_off_after_being_asked_once_more() {
    let station = Station::start(true).await;
    let post = async |end: &str, body: &str| station.ask("POST", &format!("/dispatches/1/{end}"), OURS, body).await;
    assert!(is(&post("pause", "why=%E9%93%BE%E6%8E%A5%E6%9C%89%E8%AF%AF").await, 303));
    assert_eq!(phase(&station).await, (Phase::Paused, Some("链接有误".into())));
    assert!(station.get("/dispatches/1").await.contains("链接有误"));
    assert!(is(&post("pause", "why=").await, 409), "it is held already");
    assert!(is(&post("resume", "").await, 303));
    assert_eq!(phase(&station).await, (Phase::Open, None));
    let asks = station.get("/dispatches/1/cancel").await;
    assert!(is(&asks, 200) && asks.contains("3 letters that have not gone out"), "{asks}");
    assert_eq!(phase(&station).await.0, Phase::Open, "asking changes nothing");
    assert!(is(&post("cancel", "").await, 303));
    assert_eq!(phase(&station).await.0, Phase::Cancelled);
    assert!(is(&post("resume", "").await, 409));
    let over = station.get("/dispatches/1").await;
    assert!(over.contains("the dispatch was cancelled") && !over.contains("data-events"), "{over}");
}

#[tokio::test]
async fn whoever_may_only_look_sees_numbers_and_no_names() {
    let station = Station::start(false).await;
    history(&station, A_DAY).await;
    let reviewer = cookie_of(&station, PublicationId(1), Role::Reviewer).await;
    let page = station.ask("GET", "/dispatches/1", &reviewer, "").await;
    assert!(is(&page, 200) && page.contains("no such address"), "{page}");
    for secret in ["reader1@", "读者", "550 5.1.1", "/log?", "/export", "/pause", "/resend"] {
        assert!(!page.contains(secret), "{secret}: {page}");
    }
    for (method, path) in [("GET", "/log"), ("POST", "/dispatches/1/export"), ("POST", "/dispatches/1/pause")] {
        assert!(is(&station.ask(method, path, &format!("{OURS}{reviewer}"), "").await, 403), "{path}");
    }
}

#[tokio::test]
async fn who_was_not_reached_is_written_to_once_more_for_a_reason() {
    let station = Station::start(true).await;
    history(&station, A_DAY).await;
    let asks = station.get("/dispatches/1/resend").await;
    assert!(is(&asks, 200) && asks.contains("<strong>1</strong>"), "{asks}");
    let post = async |body: &str| station.ask("POST", "/dispatches/1/resend", OURS, body).await;
    assert!(is(&post("failed=on&why=").await, 422));
    assert!(is(&post("why=mended").await, 422));
    assert!(is(&post("failed=on&why=mended").await, 303));
    assert!(is(&post("failed=on&why=mended").await, 422), "there is nobody any more");
    assert_eq!(station.log().await[0].state, "queued");
}

#[tokio::test]
async fn all_that_is_uncertain_is_settled_at_once() {
    let station = Station::start(true).await;
    history(&station, "UPDATE delivery SET state = 'uncertain', why = 'no answer', due_at = NULL WHERE id > 1").await;
    assert!(station.get("/dispatches/1").await.contains("2 letters are uncertain"));
    assert!(is(&station.ask("POST", "/dispatches/1/settle", OURS, "as=burnt").await, 400));
    assert!(is(&station.ask("POST", "/dispatches/1/settle", OURS, "as=closed").await, 303));
    assert!(!station.get("/dispatches/1").await.contains("letters are uncertain"));
}

#[tokio::test]
async fn the_course_is_drawn_with_its_table_and_summed_by_provider_and_reason() {
    let station = Station::start(true).await;
    history(&station, A_DAY).await;
    let page = station.get("/dispatches/1").await;
    for piece in ["<svg viewBox", "class=\"accepted\"", "y.example", "no such address, or a mailbox", "As a table"] {
        assert!(page.contains(piece), "no {piece}: {page}");
    }
    let bars = store::dispatch::stretches(&mut station.store.read().await.unwrap(), DispatchId(1), 120).await.unwrap();
    assert_eq!(bars.1.iter().map(|bar| (bar.accepted, bar.refused)).collect::<Vec<_>>(), [(0, 1), (1, 0)]);
}

/// What is kept of how letters stand, and what a count of them says.
async fn kept_and_counted(station: &Station) -> [Vec<(Option<String>, Tally)>; 2] {
    let mut reading = station.store.read().await.unwrap();
    let rows: Vec<(String, String, i64)> =
        sqlx::query_as("SELECT lane, state, count(*) FROM delivery WHERE dispatch_id = 1 GROUP BY 1, 2")
            .fetch_all(&mut *reading)
            .await
            .unwrap();
    let mut counted: BTreeMap<Option<String>, Tally> = BTreeMap::new();
    for (lane, state, n) in rows {
        *counted.entry(Some(lane)).or_default().of_mut(State::from_word(&state).unwrap()) += n;
    }
    let kept = store::dispatch::by_lane(&mut reading, DispatchId(1), NOW, 100).await.unwrap();
    let sum = store::dispatch::tally(&mut reading, DispatchId(1)).await.unwrap();
    for state in State::ALL {
        assert_eq!(sum.of(state), kept.iter().map(|one| one.tally.of(state)).sum::<i64>(), "{state:?}");
    }
    let mut kept: Vec<_> = kept.into_iter().map(|one| (one.lane, one.tally)).collect();
    kept.sort_by(|a, b| a.0.cmp(&b.0));
    [kept, counted.into_iter().collect()]
}

#[tokio::test]
async fn how_letters_stand_is_kept_as_they_move_from_any_state_to_any() {
    let station = Station::start(true).await;
    let move_to = async |letters: &str, state: State| {
        let word = state.word();
        let sql = format!(
            "UPDATE delivery SET state = '{word}', due_at = iif('{word}' = 'queued', 1, NULL), tries = 1,
                boot = iif('{word}' IN ('claimed', 'armed'), 1, NULL),
                why = iif('{word}' IN ('queued', 'claimed', 'armed', 'accepted'), NULL, 'x') WHERE {letters}"
        );
        let mut writing = station.store.write(Actor::Station, NOW).await.unwrap();
        store::log::tests::run(&mut writing, sql).await;
        writing.commit().await.unwrap();
    };
    for from in State::ALL {
        move_to("id = 2", from).await;
        for to in State::ALL {
            move_to("true", to).await;
            let [kept, counted] = kept_and_counted(&station).await;
            assert_eq!(kept, counted, "to {to:?}");
            move_to("id = 2", from).await;
            let [kept, counted] = kept_and_counted(&station).await;
            assert_eq!(kept, counted, "{to:?} to {from:?}");
        }
    }
}

#[tokio::test]
async fn providers_beyond_the_largest_stand_together() {
    let station = Station::start(true).await;
    let more = "INSERT INTO subscriber (id, address, address_key, lane, person, added_at)
                SELECT value, value || '@' || value || '.cn', value || '@' || value || '.cn', value || '.cn', '{}', 0
                FROM json_each('[11, 12, 13]');
                INSERT INTO delivery (purpose, dispatch_id, edition_id, issue_id, round, subscriber_id, address, lane, state, since, tries, why, moved_at)
                SELECT 'issue', 1, 1, 1, 0, id, address, lane, iif(id = 13, 'skipped', 'accepted'), 0, 1, iif(id = 13, 'left', NULL), 0
                FROM subscriber WHERE id > 10;
                INSERT INTO attempt VALUES (4, 1, 1764200000000, 'relay', 'dot', 250, NULL, 'ok', 'accepted', NULL, 1, 12);";
    history(&station, more).await;
    let mut reading = station.store.read().await.unwrap();
    let found = store::dispatch::by_lane(&mut reading, DispatchId(1), NOW, 2).await.unwrap();
    let told: Vec<_> = found.iter().map(|one| (one.lane.as_deref(), one.tally.sum(), one.taken)).collect();
    assert_eq!(told, [(Some("y.example"), 3, 0), (Some("11.cn"), 1, 1), (None, 2, 0)]);
    assert_eq!((found[2].tally.accepted, found[2].tally.skipped), (1, 1));
}

#[tokio::test]
async fn what_is_taken_along_is_text_and_is_noted() {
    let station = Station::start(true).await;
    history(&station, "UPDATE delivery SET name = '=HYPERLINK(\"http://evil.example\")' WHERE id = 1").await;
    let answer = station.bytes("POST", "/dispatches/1/export", OURS).await;
    let head = String::from_utf8_lossy(&answer[..answer.len().min(600)]).to_lowercase();
    assert!(
        head.starts_with("http/1.1 200") && head.contains("spreadsheetml") && head.contains("attachment;"),
        "{head}"
    );
    assert!(answer.windows(4).any(|piece| piece == b"PK\x03\x04"));
    assert!(!answer.windows(3).any(|piece| piece == b"<f>"), "no cell is a formula");
    let audit = store::audit::after(&mut station.store.read().await.unwrap(), 0).await.unwrap();
    assert!(audit.iter().any(|(line, _)| line.verb == "export" && line.noun_id == Some(1)));
    let left: Vec<_> =
        std::fs::read_dir(station.store.folder()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("xlsx")), "{left:?}");
}

#[tokio::test]
async fn whoever_watches_is_told_of_each_change_until_it_is_over() {
    let station = Station::start(true).await;
    let by_hand = station.get("/dispatches/1/events").await;
    assert!(is(&by_hand, 303), "{by_hand}");
    let mut watching = TcpStream::connect(station.address).await.unwrap();
    let request = "GET /dispatches/1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";
    watching.write_all(request.as_bytes()).await.unwrap();
    let mut heard = String::new();
    until(&mut watching, &mut heard, "event: change").await;
    assert!(heard.contains("text/event-stream") && heard.contains("id=\"standing\""), "{heard}");
    actions::dispatch::cancel(&station.store, Actor::Station, NOW, DispatchId(1)).await.unwrap();
    // It is told at most twice a second.
    station.clock.wind(std::time::Duration::from_secs(1));
    until(&mut watching, &mut heard, "event: over").await;
    until(&mut watching, &mut heard, "\r\n0\r\n").await;
}

/// Reads on until this was heard.
async fn until(watching: &mut TcpStream, heard: &mut String, what: &str) {
    let mut bytes = [0; 4096];
    while !heard.contains(what) {
        let read = watching.read(&mut bytes).await.unwrap();
        assert!(read > 0, "it ended before {what}: {heard}");
        heard.push_str(&String::from_utf8_lossy(&bytes[..read]));
    }
}

#[tokio::test]
async fn a_dispatch_that_cannot_go_says_why_in_the_askers_words() {
    let station = Station::start(true).await;
    let why =
        Sentence::new("the relay office failed at connect: refused", "连不上 mail.x.example 的 587 端口。请看防火墙。");
    station.tell.send_replace(Some(why));
    let page = station.ask("GET", "/dispatches/1", "Accept-Language: zh\r\n", "").await;
    assert!(page.contains("连不上 mail.x.example 的 587 端口。请看防火墙。"), "{page}");
    assert!(!page.contains("failed at connect") && page.contains("href=\"/relays\">查看、测试发信通道"), "{page}");
    assert!(station.get("/dispatches/1").await.contains("failed at connect: refused"));
}
