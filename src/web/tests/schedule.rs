//! A publication's schedule, as an editor sets it.

use super::*;

const FORM: &str = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";
const PATH: &str = "/publications/brief/schedule";

#[tokio::test]
async fn dates_are_seen_before_they_are_saved_and_stand_in_words_after() {
    let station = Station::start(true).await;
    assert!(station.get(PATH).await.contains("There is no schedule"));
    // It is 2025-11-26 in Shanghai.
    let tried = station.get(&format!("{PATH}?each=month&day=1&time=09%3A00&to-all=on")).await;
    assert!(is(&tried, 200) && tried.contains("Not saved yet") && tried.contains("2025-12-01 09:00"), "{tried}");
    assert!(station.get(PATH).await.contains("There is no schedule"), "looking saves nothing");

    assert!(is(&station.ask("POST", PATH, FORM, "each=week&weekday=1&time=08%3A30&to-all=on").await, 303));
    let shown = station.get(PATH).await;
    assert!(shown.contains("each Monday at 08:30") && shown.contains("2025-12-01 08:30"), "{shown}");
    let chinese = station.ask("GET", PATH, "Accept-Language: zh\r\n", "").await;
    assert!(chinese.contains("每星期一 08:30"), "{chinese}");

    assert!(is(&station.ask("POST", PATH, FORM, "each=other&cron=0+9+1%2C15+*+*&time=&to-all=on").await, 303));
    assert!(station.get(PATH).await.contains("0 9 1,15 * *"));
    let paused = format!("{PATH}/pause");
    assert!(is(&station.ask("POST", &paused, FORM, "paused=true").await, 303));
    assert!(station.get(PATH).await.contains("The schedule is paused"));
}

#[tokio::test]
async fn what_makes_no_schedule_is_told_beside_the_form() {
    let station = Station::start(true).await;
    for (body, says) in [
        ("each=month&day=1&time=25%3A00&to-all=on", "cannot be understood"),
        ("each=month&day=30&time=09%3A00&to-all=on", "cannot be understood"),
        ("each=other&cron=nine&to-all=on", "cannot be understood"),
        ("each=day&time=09%3A00", "at least one list"),
    ] {
        let answer = station.ask("POST", PATH, FORM, body).await;
        assert!(is(&answer, 422) && answer.contains(says), "{body}: {answer}");
    }
    assert!(station.get(PATH).await.contains("There is no schedule"));
}
