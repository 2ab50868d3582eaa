//! A publication's settings and its look, as an admin changes them.

use super::rooms::{comer, cookie};
use super::*;
use crate::domain::account::Rights;
use crate::domain::id::{IssueId, PublicationId};

const FORM: &str = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";
const PATH: &str = "/publications/brief/settings";
const THEME: &str = "/publications/brief/theme";

async fn profile_now(station: &Station) -> Profile {
    let slug = "brief".parse().unwrap();
    store::publication::by_slug(&mut station.store.read().await.unwrap(), &slug).await.unwrap().unwrap().profile
}

/// A form filled in, with the token of the page that it comes from.
fn form(seen: &str, more: &str) -> String {
    format!(
        "seen={seen}&name=%E6%B2%B3%E6%B9%BE%E7%AE%80%E6%8A%A5&motto=%E5%86%85%E9%83%A8%E8%B5%84%E6%96%99&compiled_by=\
         &from_name=Desk&from_address=desk%40x.example&reply_to=ask%40x.example&language=zh-CN&zone=Asia%2FUrumqi\
         &approvals=2&own_approval=on&undated=ask{more}"
    )
}

#[tokio::test]
async fn every_field_is_changed_and_the_audit_says_which() {
    let station = Station::start(true).await;
    let page = station.get(PATH).await;
    assert!(is(&page, 200) && page.contains("Line under the name") && page.contains("value=\"b@x.example\""), "{page}");
    let seen = profile_now(&station).await.digest().to_string();
    let answer = station.ask("POST", PATH, FORM, &form(&seen, "")).await;
    assert!(is(&answer, 303) && answer.contains("location: /publications/brief/settings?saved=true"), "{answer}");
    let now = profile_now(&station).await;
    assert_eq!((now.name.as_str(), now.motto.as_deref()), ("河湾简报", Some("内部资料")));
    assert_eq!((now.from.to_string().as_str(), now.approvals), ("Desk <desk@x.example>", 2));
    assert_eq!(now.reply_to.map(|address| address.to_string()).as_deref(), Some("ask@x.example"));
    assert_eq!((now.zone, now.own_approval, now.undated), (chrono_tz::Asia::Urumqi, true, Undated::Ask));
    let audit = station.get("/audit").await;
    assert!(audit.contains("name, from, approvals, zone, undated, own-approval, motto, reply-to"), "{audit}");
    let letter = station.get(&format!("{THEME}/letter")).await;
    assert!(letter.contains("内部资料"), "{letter}");
}

#[tokio::test]
async fn what_makes_no_sense_is_told_beside_its_field_and_what_was_typed_stays() {
    let station = Station::start(true).await;
    let seen = profile_now(&station).await.digest().to_string();
    for (field, value, says) in [
        ("name", "", "A publication has a name."),
        ("from_address", "nobody", "This is no full address"),
        ("reply_to", "nobody%3C", "This is no full address"),
        ("zone", "Mars", "There is no such zone"),
    ] {
        let typed = form(&seen, "");
        let body: Vec<String> = typed
            .split('&')
            .map(
                |part| {
                    if part.starts_with(&format!("{field}=")) { format!("{field}={value}") } else { part.to_owned() }
                },
            )
            .collect();
        let answer = station.ask("POST", PATH, FORM, &body.join("&")).await;
        assert!(is(&answer, 422) && answer.contains(says) && answer.contains("内部资料"), "{field}: {answer}");
        let chinese = station.ask("POST", PATH, &format!("Accept-Language: zh\r\n{FORM}"), &body.join("&")).await;
        assert!(chinese.contains("还没有保存"), "{chinese}");
    }
    assert_eq!(profile_now(&station).await, profile(), "nothing was changed");
}

#[tokio::test]
async fn a_page_that_is_stale_says_so_shows_what_differs_and_loses_nothing() {
    let station = Station::start(true).await;
    let seen = profile_now(&station).await.digest().to_string();
    let slug = "brief".parse().unwrap();
    let changes = crate::domain::publication::Changes { motto: Some("他人所写".into()), ..Default::default() };
    actions::publication::set(&station.store, Actor::Station, NOW, &slug, changes).await.unwrap();
    let answer = station.ask("POST", PATH, FORM, &form(&seen, "")).await;
    assert!(is(&answer, 422) && answer.contains("Somebody changed these settings"), "{answer}");
    assert!(answer.contains("Saved now: 他人所写") && answer.contains("value=\"内部资料\""), "{answer}");
    assert_eq!(profile_now(&station).await.motto.as_deref(), Some("他人所写"));
    let fresh = profile_now(&station).await.digest().to_string();
    assert!(answer.contains(&format!("value=\"{fresh}\"")), "who saves once more does so knowingly");
    assert!(is(&station.ask("POST", PATH, FORM, &form(&fresh, "")).await, 303));
    assert!(is(&station.ask("POST", PATH, FORM, &form(&fresh, "")).await, 422), "a double click saves once");
}

#[tokio::test]
async fn an_admin_of_another_publication_changes_nothing_here_and_adds_none() {
    let station = Station::start(false).await;
    let other = Profile { slug: "other".parse().unwrap(), ..profile() };
    actions::publication::add(&station.store, Actor::Station, NOW, &other).await.unwrap();
    let posts = vec![(PublicationId(2), Role::Admin)];
    let there = comer(&station.store, "there", Rights { role: Role::Admin, posts }).await;
    let head = format!("{}{FORM}", cookie(&station.store, &there).await);
    let seen = profile_now(&station).await.digest().to_string();
    for path in [PATH, THEME] {
        assert!(is(&station.ask("GET", path, &head, "").await, 404), "{path}");
        assert!(is(&station.ask("POST", path, &head, &form(&seen, "&accent=%23000000&masthead=%23000000")).await, 404));
    }
    assert!(is(&station.ask("GET", "/publications/other/settings", &head, "").await, 200));
    assert!(is(&station.ask("POST", "/publications/new", &head, &form("", "&slug=third")).await, 403));
    assert!(is(&station.ask("GET", "/relays", &head, "").await, 403));
    assert_eq!(profile_now(&station).await, profile());
}

#[tokio::test]
async fn a_publication_is_added_once_under_a_name_that_no_page_has() {
    let station = Station::start(true).await;
    assert!(station.get("/publications").await.contains("/publications/new"));
    assert!(is(&station.get("/publications/new").await, 200));
    let add =
        async |slug: &str| station.ask("POST", "/publications/new", FORM, &form("", &format!("&slug={slug}"))).await;
    for (slug, says) in [("new", "a page is called so"), ("brief", "already"), ("A+B", "1 to 40 of a-z")] {
        let answer = add(slug).await;
        assert!(is(&answer, 422) && answer.contains(says) && answer.contains("desk@x.example"), "{slug}: {answer}");
    }
    let answer = add("harbour").await;
    assert!(is(&answer, 303) && answer.contains("location: /publications/harbour"), "{answer}");
    assert!(is(&station.get("/publications/harbour/settings").await, 200));
    let sample = station.get("/publications/harbour/theme/letter").await;
    assert!(is(&sample, 200) && sample.contains("河湾简报"), "without an issue there is a sample: {sample}");
}

#[tokio::test]
async fn a_look_is_seen_in_the_real_letter_before_it_is_saved() {
    let station = Station::start(true).await;
    let tried = "accent=%230b57d0&masthead=%23004d40&font=serif&size=large&width=wide";
    let page = station.get(&format!("{THEME}?{tried}")).await;
    assert!(is(&page, 200) && page.contains("Not saved yet") && page.contains("newest issue"), "{page}");
    assert!(page.contains("/theme/letter?accent=%230b57d0&amp;masthead=%23004d40&amp;font=serif"), "{page}");
    let letter = station.get(&format!("{THEME}/letter?{tried}")).await;
    for piece in ["老茶馆", "#0b57d0", "#004d40", "SimSun,serif", "font-size:20px", "max-width:704px", "text-indent:0"]
    {
        assert!(letter.contains(piece), "no {piece}: {letter}");
    }
    assert!(letter.contains("sandbox allow-popups") && !letter.contains("#b3261e"), "{letter}");
    let dark = station.get(&format!("{THEME}/letter?{tried}&dark=true")).await;
    assert!(dark.contains("@media all{.paper"), "{dark}");
    assert!(station.get(&format!("{THEME}/letter")).await.contains("#b3261e"), "looking saves nothing");

    let seen = profile_now(&station).await.digest().to_string();
    assert!(is(&station.ask("POST", THEME, FORM, &format!("{tried}&seen={seen}")).await, 303));
    assert!(station.get(&format!("{THEME}/letter")).await.contains("#004d40"));
    let stale = station.ask("POST", THEME, FORM, &format!("accent=%23000000&masthead=%23000000&seen={seen}")).await;
    assert!(is(&stale, 422) && stale.contains("was changed since it was looked at"), "{stale}");
}

#[tokio::test]
async fn a_colour_that_cannot_be_read_is_refused_and_the_nearest_offered() {
    let station = Station::start(true).await;
    let pale = "accent=%23ffff00&masthead=%23b3261e&font=sans&size=normal&width=normal&indent=on";
    let page = station.get(&format!("{THEME}?{pale}")).await;
    let offered = "#ffff00".parse::<crate::domain::theme::Colour>().unwrap().legible_on(crate::domain::theme::WHITE);
    assert!(
        page.contains("can hardly be read") && page.contains(&format!("accent=%23{}", &offered.to_string()[1..])),
        "{page}"
    );
    let letter = station.get(&format!("{THEME}/letter?{pale}")).await;
    assert!(letter.contains(&offered.to_string()) && !letter.contains("#ffff00"), "{letter}");
    let seen = profile_now(&station).await.digest().to_string();
    let answer = station.ask("POST", THEME, FORM, &format!("{pale}&seen={seen}")).await;
    assert!(
        is(&answer, 422) && answer.contains(&offered.to_string()) && answer.contains("value=\"#ffff00\""),
        "{answer}"
    );
    let nonsense = station.ask("POST", THEME, FORM, &format!("accent=red&masthead=%23000000&seen={seen}")).await;
    assert!(is(&nonsense, 422) && nonsense.contains("This is no colour"), "{nonsense}");
    assert_eq!(profile_now(&station).await, profile());
}

#[tokio::test]
async fn an_edition_that_was_made_keeps_its_look() {
    let station = Station::start(true).await;
    let before = actions::edition::submit(&station.store, Actor::Station, NOW, IssueId(1)).await.unwrap();
    let seen = profile_now(&station).await.digest().to_string();
    let body = format!("accent=%23004d40&masthead=%23004d40&font=serif&size=normal&width=normal&indent=on&seen={seen}");
    assert!(is(&station.ask("POST", THEME, FORM, &body).await, 303));
    let kept = station.get(&format!("/editions/{before}/html")).await;
    assert!(kept.contains("#b3261e") && !kept.contains("#004d40"), "{kept}");
    let after = actions::edition::submit(&station.store, Actor::Station, NOW, IssueId(1)).await.unwrap();
    assert_ne!(before, after, "another look is another edition");
}

#[tokio::test]
async fn standing_lines_are_in_every_letter_without_an_imprint_and_test_readers_are_filled_in() {
    let station = Station::start(true).await;
    let mut issue = store::issue::find(&mut station.store.read().await.unwrap(), IssueId(1)).await.unwrap().unwrap();
    assert!(station.get("/issues/1/preview").await.contains("value=\"guest@x.example\""));
    let seen = profile_now(&station).await.digest().to_string();
    for testers in ["a%40x.example%0Ano", "a%40x.example%0Ab%40x.example%0Ac%40x.example%0Ad%40x.example"] {
        let refused = station.ask("POST", PATH, FORM, &form(&seen, &format!("&testers={testers}"))).await;
        assert!(is(&refused, 422) && refused.contains("three at most"), "{refused}");
    }
    let more = "&colophon=Phone%EF%BC%9A4366683%0D%0A%0D%0AAll+rights+reserved&testers=%20t%40x.example%0D%0Au%40x.example%0D%0A";
    assert!(is(&station.ask("POST", PATH, FORM, &form(&seen, more)).await, 303));
    let page = station.get(PATH).await;
    assert!(page.contains("Phone：4366683\nAll rights reserved</textarea>"), "{page}");
    let preview = station.get("/issues/1/preview").await;
    assert!(preview.contains("value=\"t@x.example\"") && preview.contains("value=\"u@x.example\""), "{preview}");
    assert!(!preview.contains("value=\"guest@x.example\""));

    // What was submitted stays as it was frozen; what is changed since has them.
    assert!(!station.get("/issues/1/preview/html").await.contains("4366683"));
    let mut writing = station.store.write(Actor::Station, NOW).await.unwrap();
    store::issue::save(&mut writing, issue.id, &issue.contents, &issue.flags).await.unwrap();
    writing.commit().await.unwrap();
    let letter = station.get("/issues/1/preview/html").await;
    assert!(letter.contains("4366683") && letter.contains("All rights reserved"), "{letter}");
    let own = crate::domain::issue::ColophonLine::of("Phone: 1112223");
    issue.contents.colophon = crate::domain::issue::Colophon::of(vec![own]);
    let mut writing = station.store.write(Actor::Station, NOW).await.unwrap();
    store::issue::save(&mut writing, issue.id, &issue.contents, &issue.flags).await.unwrap();
    writing.commit().await.unwrap();
    let letter = station.get("/issues/1/preview/html").await;
    assert!(letter.contains("1112223") && !letter.contains("4366683") && !letter.contains("All rights"), "{letter}");
}
