//! Accounts and the audit, as an admin sees them.

use super::*;
use crate::domain::audit::Chain;
use crate::domain::id::PublicationId;

const FORM: &str = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";

/// The path of the invitation that a page shows.
fn invitation(page: &str) -> String {
    let start = page.find("/welcome/").expect("the page shows a link");
    page[start..start + "/welcome/".len() + 52].to_owned()
}

async fn rights_of(station: &Station, email: &str) -> Option<crate::domain::account::Account> {
    let mut reading = station.store.read().await.unwrap();
    let id = store::account::by_email(&mut reading, email).await.unwrap()?;
    store::account::find(&mut reading, id).await.unwrap()
}

#[tokio::test]
async fn an_admin_adds_somebody_who_chooses_a_password_and_works_at_one_publication() {
    let station = Station::start(true).await;
    let added = station.ask("POST", "/accounts", FORM, "email=bo%40x.example&name=Bo&role=editor").await;
    assert!(is(&added, 200), "{added}");
    let welcome = invitation(&added);
    assert!(is(&station.get(&welcome).await, 200));
    assert!(!station.get("/accounts/2").await.contains("/welcome/"), "a link is shown once");

    let bo = rights_of(&station, "bo@x.example").await.unwrap();
    let confined = format!("/accounts/{}", bo.id);
    assert!(is(&station.ask("POST", &confined, FORM, "role=editor&at-1=reviewer").await, 303));
    let bo = rights_of(&station, "bo@x.example").await.unwrap();
    assert_eq!(bo.rights.posts, [(PublicationId(1), Role::Reviewer)]);

    let entered = station.ask("POST", &welcome, FORM, "password=ein+langes+Wort").await;
    assert!(is(&entered, 303) && entered.contains("set-cookie: yizhan="), "{entered}");
    assert!(station.get(&confined).await.contains(&format!("{confined}/sessions/1/end")));
    station.ask("POST", &format!("{confined}/close"), FORM, "closed=true").await;
    assert!(rights_of(&station, "bo@x.example").await.unwrap().is_closed);
    assert!(!station.get(&confined).await.contains("/sessions/1/end"), "closing ends every session");
}

#[tokio::test]
async fn what_is_typed_wrongly_is_told_beside_the_form_and_changes_nothing() {
    let station = Station::start(true).await;
    for (body, code, says) in [
        ("email=bo&name=&role=editor", 422, "no whole email address"),
        ("email=guest%40x.example&name=&role=editor", 422, "has an account already"),
        ("email=bo%40x.example&name=&role=chief", 400, ""),
        ("email=bo%40x.example&name=a%09b&role=editor", 422, "all in one line"),
    ] {
        let answer = station.ask("POST", "/accounts", FORM, body).await;
        assert!(is(&answer, code) && answer.contains(says), "{body}: {answer}");
    }
    assert_eq!(store::account::all(&mut station.store.read().await.unwrap()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_house_is_never_left_without_an_admin() {
    let station = Station::start(true).await;
    for (path, body) in [("/accounts/1", "role=editor"), ("/accounts/1", "role=admin&at-1=admin")] {
        let answer = station.ask("POST", path, FORM, body).await;
        assert!(is(&answer, 409) && answer.contains("last admin"), "{body}: {answer}");
    }
    assert!(is(&station.ask("POST", "/accounts/1/close", FORM, "closed=true").await, 409));
    assert_eq!(rights_of(&station, "guest@x.example").await.unwrap().rights, Role::Admin.into());
}

#[tokio::test]
async fn the_audit_is_searched_and_exported_and_its_chain_holds() {
    let station = Station::start(true).await;
    let page = station.ask("GET", "/audit", "Accept-Language: zh\r\n", "").await;
    assert!(
        is(&page, 200) && page.contains("添加 · 刊物 《河湾&lt;科技&gt;简报》") && page.contains("新加入 3 人"),
        "{page}"
    );
    let part = station.get("/audit?noun=publication").await;
    assert!(part.contains("add · publication 《") && !part.contains("add · list"), "{part}");
    assert!(station.get("/audit?since=2099-01-01").await.contains("Nothing fits"));
    let export = station.ask("POST", "/audit/export", FORM, "").await;
    assert!(is(&export, 200) && export.contains("add,publication,1"), "{export}");
    assert!(export.contains("export,audit"), "whoever exports it is in it");

    let mut chain = Chain::default();
    for (line, link) in store::audit::after(&mut station.store.read().await.unwrap(), 0).await.unwrap() {
        chain.take(&line, link);
    }
    assert!(chain.linked > 5 && chain.unlinked == 0 && chain.broken_at.is_none(), "{chain:?}");
}

#[test]
fn the_audit_has_a_chinese_word_for_whatever_is_done() {
    let words = words::house::Words::of(crate::domain::language::Language::Chinese);
    let mut seen = 0;
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/actions")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for after in ["note(writing, \"", "note(&mut writing, \""] {
                for verb in text.split(after).skip(1).filter_map(|rest| rest.split('"').next()) {
                    seen += 1;
                    assert!((words.verb)(verb, "").is_some(), "{}: no word for '{verb}'", path.display());
                }
            }
        }
    }
    assert!(seen > 40, "{seen} notes: the source is read wrongly");
}

#[tokio::test]
async fn an_admin_sees_an_accounts_tokens_and_ends_one() {
    let station = Station::start(true).await;
    let bo = rooms::comer(&station.store, "bo", Role::Editor.into()).await.account.unwrap();
    let (id, token) = api::bearer(&station.store, bo, &[crate::domain::token::Scope::Read], None).await;
    let (page, revoke) = (format!("/accounts/{bo}"), format!("/accounts/{bo}/tokens/{id}/revoke"));
    let shown = station.get(&page).await;
    assert!(shown.contains(&revoke) && shown.contains("Used last never"), "{shown}");
    assert!(is(&station.ask("POST", &revoke, FORM, "").await, 303));
    assert!(is(&station.ask("GET", "/api/v1/issues/1", &token, "").await, 401));
    assert!(!station.get(&page).await.contains(&revoke));
}

/// A letter to the admin of which nobody knows whether it came.
async fn has_an_uncertain_notice(station: &Station) -> DeliveryId {
    use crate::domain::delivery::Next;
    use crate::domain::language::Language;
    use crate::domain::notice::Notice;
    use crate::store::delivery::{Move, arm, claim, record, ways};
    let mut writing = station.store.write(Actor::Station, NOW).await.unwrap();
    let boot = store::station::raise_boot(&mut writing).await.unwrap();
    let (account, to) = (AccountId(1), "guest@x.example".parse().unwrap());
    let told = store::notice::Told { account, to, language: Language::Chinese };
    let id = store::notice::insert(&mut writing, &told, &Notice::Reset, "once").await.unwrap().unwrap();
    store::account::set_reset(&mut writing, account, id).await.unwrap();
    let mut ways = ways(&mut writing, NOW).await.unwrap();
    ways.retain(|way| way.dispatch.is_none() && way.edition.is_none());
    claim(&mut writing, boot, &ways, 10).await.unwrap();
    assert_eq!(arm(&mut writing, boot, &[id]).await.unwrap(), [id]);
    record(&mut writing, boot, &[Move::tried(id, &Next::Uncertain, NOW, "no answer".into())]).await.unwrap();
    writing.commit().await.unwrap();
    id
}

#[tokio::test]
async fn of_a_letter_that_may_not_have_come_an_admin_is_told_and_settles_it_once() {
    let station = Station::start(true).await;
    assert!(!station.get("/").await.contains("#uncertain"));
    let id = has_an_uncertain_notice(&station).await;
    assert!(station.get("/").await.contains("/accounts#uncertain"));
    assert!(station.get("/accounts").await.contains("guest@x.example · a new password"));
    let path = format!("/accounts/1/notices/{id}/settle");
    assert!(station.get("/accounts/1").await.contains(&path));

    for (path, body, code) in [
        (format!("/accounts/2/notices/{id}/settle"), "as=closed", 404),
        ("/accounts/1/notices/1/settle".to_owned(), "as=closed", 404),
        (path.clone(), "as=lost", 400),
    ] {
        assert!(is(&station.ask("POST", &path, FORM, body).await, code), "{path} {body}");
    }
    assert!(is(&station.ask("POST", &path, FORM, "as=closed").await, 303));
    assert!(!station.get("/").await.contains("#uncertain") && !station.get("/accounts/1").await.contains(&path));
    let page = station.get("/accounts/1").await;
    assert!(page.contains("settled by ") && !page.contains("account:1"), "{page}");
    assert!(is(&station.ask("POST", &path, FORM, "as=resend").await, 303), "it is uncertain still");
    assert!(is(&station.ask("POST", &path, FORM, "as=resend").await, 409), "a second click");
}
