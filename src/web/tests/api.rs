//! The API over real HTTP: the whole way by a program, what a token may and may not, repeated requests, and that its
//! description says what is served.

use super::rooms::comer;
use super::*;
use crate::actions::token::Wanted;
use crate::domain::account::Rights;
use crate::domain::id::{AccountId, PublicationId, TokenId};
use crate::domain::token::{MARK, Scope, USUAL};
use crate::web::desk;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// A token of an account, as its header.
pub(super) async fn bearer(store: &Store, account: AccountId, scopes: &[Scope], at: Option<i64>) -> (TokenId, String) {
    let (name, publication) = ("test".to_owned(), at.map(PublicationId));
    let wanted = Wanted { name, scopes: scopes.to_vec(), publication, lasts: USUAL };
    let (id, secret) = actions::token::make(store, Actor::Station, NOW, account, wanted).await.unwrap();
    (id, format!("Authorization: Bearer {MARK}{}\r\n", secret.text()))
}

/// A program of an admin that may all.
async fn program(station: &Station) -> String {
    bearer(&station.store, AccountId(1), &Scope::ALL, None).await.1
}

fn body(answer: &str) -> Value {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"))
}

impl Station {
    async fn tells(&self, token: &str, path: &str) -> Value {
        let answer = self.ask("GET", &format!("/api/v1{path}"), token, "").await;
        assert!(is(&answer, 200) && answer.contains("content-type: application/json"), "{path}: {answer}");
        body(&answer)
    }

    async fn told(&self, head: &str, path: &str, said: &Value) -> String {
        let head = format!("{head}Content-Type: application/json\r\n");
        self.ask("POST", &format!("/api/v1{path}"), &head, &said.to_string()).await
    }
}

const OTHER: &str = "河湾科技简报\n\n2026年第4期\n\n新桥通车\n\n河上的新桥昨天通车，两岸的人都来看。\n";

#[tokio::test]
async fn a_program_goes_the_whole_way_but_for_the_yes_of_a_person() {
    let station = Station::start(false).await;
    let token = program(&station).await;
    // A date is asked for, and an approval, which no token gives.
    let (approvals, undated) = (Some(1), Some(Undated::Ask));
    let change = crate::domain::publication::Changes { approvals, undated, ..Default::default() };
    actions::publication::set(&station.store, Actor::Station, NOW, &profile().slug, change).await.unwrap();
    let known = station.tells(&token, "/publications").await;
    assert_eq!(known["publications"][0]["lists"][0]["path"], "brief/all");

    let head = format!("{token}Content-Type: text/plain; charset=utf-8\r\n");
    let taken = station.ask("POST", "/api/v1/publications/brief/issues?name=4.txt", &head, OTHER).await;
    assert!(is(&taken, 201), "{taken}");
    let issue = body(&taken)["issue"].as_i64().unwrap();
    let again = station.ask("POST", "/api/v1/publications/brief/issues?name=4.txt", &head, OTHER).await;
    assert!(is(&again, 200) && body(&again)["known"] == true, "{again}");
    assert_eq!(station.tells(&token, "/publications/brief/issues").await["issues"][0]["issue"], issue);

    let early = station.told(&token, &format!("/issues/{issue}/submit"), &json!({})).await;
    assert!(is(&early, 409) && body(&early)["type"] == "urn:yizhan:problem:questions-open", "{early}");
    assert!(!body(&early)["open"].as_array().unwrap().is_empty());
    let answered = station.told(&token, &format!("/issues/{issue}/answers"), &json!({ "defaults": true })).await;
    assert!(is(&answered, 200), "{answered}");
    let submits = async || {
        let mut reading = station.store.read().await.unwrap();
        let lines = store::audit::newest(&mut reading, &Default::default(), 50).await.unwrap();
        lines.iter().filter(|line| line.verb == "submit").count()
    };
    let before = submits().await;
    let early = station.told(&token, &format!("/issues/{issue}/dispatches"), &json!({ "to": ["brief/all"] })).await;
    assert!(is(&early, 409) && body(&early)["type"] == "urn:yizhan:problem:approvals-missing", "{early}");
    assert_eq!(submits().await, before, "starting submits nothing for a program");
    let submitted = station.told(&token, &format!("/issues/{issue}/submit"), &json!({})).await;
    assert!(is(&submitted, 200) && body(&submitted)["needed"] == 1, "{submitted}");
    let edition = body(&submitted)["edition"].as_i64().unwrap();
    let order = json!({ "to": ["brief/all"] });
    let start = format!("/issues/{issue}/dispatches");
    let missing = station.told(&token, &start, &order).await;
    assert!(is(&missing, 409) && body(&missing)["type"] == "urn:yizhan:problem:approvals-missing", "{missing}");
    let page = station.ask("POST", &format!("/editions/{edition}/approve"), &token, "").await;
    assert!(is(&page, 403) || is(&page, 401), "a token opens no page: {page}");

    let reviewer = comer(&station.store, "rita", Role::Reviewer.into()).await.account.unwrap();
    actions::edition::approve(&station.store, Actor::Account(reviewer), NOW, edition.into()).await.unwrap();
    let started = station.told(&token, &start, &order).await;
    assert!(is(&started, 201), "{started}");
    let dispatch = body(&started)["dispatch"].as_i64().unwrap();
    let twice = station.told(&token, &start, &order).await;
    assert!(is(&twice, 200) && body(&twice)["dispatch"] == dispatch, "{twice}");
    while actions::dispatch::open(&station.store, NOW).await.unwrap() {}
    let paused = station.told(&token, &format!("/dispatches/{dispatch}/pause"), &json!({ "why": "a slip" })).await;
    assert!(is(&paused, 200) && body(&paused)["state"] == "paused", "{paused}");
    assert!(is(&station.told(&token, &format!("/dispatches/{dispatch}/resume"), &json!({})).await, 200));
    station.states_after_a_claim().await;
    let state = station.tells(&token, &format!("/dispatches/{dispatch}")).await;
    let states = ["queued", "claimed", "armed", "accepted", "failed", "expired", "skipped", "uncertain"];
    let sum: i64 = states.iter().map(|name| state[name].as_i64().unwrap()).sum();
    assert_eq!((sum, state["audience"].as_i64()), (3, Some(3)), "{state}");
    let log = station.tells(&token, &format!("/deliveries?dispatch={dispatch}")).await;
    assert_eq!(log["deliveries"].as_array().unwrap().len(), 3);
    let found = station.tells(&token, "/deliveries?q=reader2%40y.example").await;
    assert!(found["deliveries"].as_array().unwrap().iter().all(|one| one["address"] == "reader2@y.example"));
    let lines = store::audit::newest(&mut station.store.read().await.unwrap(), &Default::default(), 50).await.unwrap();
    let plan = lines.iter().find(|line| line.verb == "plan").unwrap();
    assert_eq!((plan.actor.as_str(), plan.detail.as_deref()), ("account:1", Some("token 1")), "the audit knows whose");
}

#[tokio::test]
async fn a_program_keeps_readers_and_brings_nobody_back() {
    let station = Station::start(false).await;
    let token = program(&station).await;
    let readers = "/publications/brief/lists/all/subscribers";
    let added = station.told(&token, readers, &json!({ "address": "new@y.example", "name": "新" })).await;
    assert!(is(&added, 201) && body(&added)["new"] == true, "{added}");
    assert!(is(&station.told(&token, readers, &json!({ "address": "new@y.example" })).await, 200));
    let left = json!({ "address": "new@y.example", "why": "by phone" });
    let gone = station.told(&token, "/publications/brief/departures", &left).await;
    assert!(is(&gone, 200) && body(&gone)["ended"] == 1, "{gone}");
    let back = station.told(&token, readers, &json!({ "address": "new@y.example" })).await;
    assert!(is(&back, 409) && back.contains("left"), "{back}");
    let stranger = json!({ "address": "nobody@y.example", "why": "by phone" });
    assert_eq!(body(&station.told(&token, "/publications/brief/departures", &stranger).await)["ended"], 0);
    let suppressed = json!({ "address": "reader1@y.example", "why": "asked by letter" });
    assert!(is(&station.told(&token, "/publications/brief/suppressions", &suppressed).await, 201));
    assert!(is(&station.told(&token, "/publications/brief/suppressions", &suppressed).await, 200));
    assert!(is(&station.told(&token, "/publications/brief/suppressions", &stranger).await, 404));
    let listed = station.tells(&token, readers).await;
    assert_eq!(listed["subscribers"].as_array().unwrap().len(), 4, "{listed}");
    assert_eq!(listed["subscribers"][0]["suppressed"], "asked by letter");

    let head = format!("{token}Content-Type: text/csv\r\n");
    let roster = "email\na@y.example\nreader1@y.example\nnonsense\n";
    let looked = station.ask("POST", "/api/v1/publications/brief/lists/all/rosters", &head, roster).await;
    assert!(is(&looked, 201) && body(&looked)["new"] == 1 && body(&looked)["rejected"] == 1, "{looked}");
    assert_eq!(station.tells(&token, readers).await["subscribers"].as_array().unwrap().len(), 4, "it only looked");
    let digest = body(&looked)["roster"].as_str().unwrap().to_owned();
    let bring = format!("/publications/brief/lists/all/rosters/{digest}");
    let brought = station.told(&token, &bring, &json!({ "basis": "duty" })).await;
    assert!(is(&brought, 201), "{brought}");
    let again = station.told(&token, &bring, &json!({ "basis": "duty" })).await;
    assert_eq!(body(&again)["import"], body(&brought)["import"]);
}

#[tokio::test]
async fn a_repeated_request_is_carried_out_once() {
    let station = Station::start(false).await;
    let token = program(&station).await;
    let keyed = |key: &str| format!("{token}Idempotency-Key: \"{key}\"\r\n");
    let (path, who) = ("/publications/brief/lists/all/subscribers", json!({ "address": "new@y.example" }));
    let first = station.told(&keyed("a"), path, &who).await;
    assert!(is(&first, 201), "{first}");
    let second = station.told(&keyed("a"), path, &who).await;
    assert!(is(&second, 201) && second.contains("idempotency-replayed: true"), "{second}");
    assert_eq!(body(&first), body(&second), "the same answer, though the reader is there now");
    let other = station.told(&keyed("a"), path, &json!({ "address": "other@y.example" })).await;
    assert!(is(&other, 422) && body(&other)["type"] == "urn:yizhan:problem:key-used", "{other}");
    let theirs = bearer(&station.store, AccountId(1), &Scope::ALL, None).await.1;
    let theirs = station.told(&format!("{theirs}Idempotency-Key: a\r\n"), path, &who).await;
    assert!(is(&theirs, 200), "another token's keys are its own: {theirs}");

    // What was refused changed nothing, so its key is free.
    let wrong = station.told(&keyed("b"), path, &json!({ "address": "nonsense" })).await;
    assert!(is(&wrong, 422), "{wrong}");
    assert!(is(&station.told(&keyed("b"), path, &json!({ "address": "c@y.example" })).await, 201));
    for key in ["", "\"\"", "\"a b\"", &"x".repeat(256)] {
        let answer = station.told(&format!("{token}Idempotency-Key: {key}\r\n"), path, &who).await;
        assert!(is(&answer, 400), "{key}: {answer}");
    }
    station.clock.wind(Duration::from_secs(25 * 60 * 60));
    let late = station.told(&keyed("a"), path, &who).await;
    assert!(is(&late, 200), "after a day the key is forgotten: {late}");
}

#[tokio::test]
async fn two_requests_at_once_with_one_key_make_one() {
    let station = Station::start(false).await;
    let head = format!("{}Idempotency-Key: race\r\n", program(&station).await);
    let said = json!({ "address": "new@y.example" });
    let ask = || station.told(&head, "/publications/brief/lists/all/subscribers", &said);
    let answers = tokio::join!(ask(), ask(), ask(), ask());
    let answers = [answers.0, answers.1, answers.2, answers.3];
    for answer in &answers {
        let kept = is(answer, 201);
        assert!(kept || is(answer, 409) && answer.contains("problem:running"), "{answer}");
    }
    let fresh = answers.iter().filter(|answer| is(answer, 201) && !answer.contains("idempotency-replayed"));
    assert_eq!(fresh.count(), 1, "{answers:?}");
}

#[tokio::test]
async fn a_request_that_a_crash_ended_is_told_by_whether_it_acted() {
    use crate::actions::idempotency::{Begun, Ending, begin, end};
    let station = Station::start(false).await;
    let (token, _) = bearer(&station.store, AccountId(1), &[Scope::Readers], None).await;
    let (store, me) = (&station.store, || Actor::Account(AccountId(1)));
    let later = NOW + crate::domain::token::RUNNING;
    let Begun::New(row) = begin(store, me(), NOW, token, ("k", [1; 32])).await.unwrap() else { panic!() };
    assert!(matches!(begin(store, me(), NOW, token, ("k", [1; 32])).await.unwrap(), Begun::Running(_)));
    assert_eq!(begin(store, me(), NOW, token, ("k", [2; 32])).await.unwrap(), Begun::Another);
    let Begun::New(again) = begin(store, me(), later, token, ("k", [1; 32])).await.unwrap() else {
        panic!("nothing was done")
    };
    assert_ne!(row, again, "a new row, so that the first cannot answer for it");

    // What a verb does through the errand's store is known in the same transaction.
    let errand = store::Errand { token, request: Some(again) };
    let (errands, list) = (store.clone().on(errand), "brief/all".parse().unwrap());
    let late = store.clone().on(store::Errand { token, request: Some(row) });
    assert!(actions::list::rename(&late, me(), later, &list, "迟").await.is_err(), "the first, late, does nothing");
    actions::list::rename(&errands, me(), later, &list, "众").await.unwrap();
    let much_later = later + crate::domain::token::RUNNING;
    end(store, me(), much_later, again, Ending::Broken).await.unwrap();
    assert_eq!(begin(store, me(), much_later, token, ("k", [1; 32])).await.unwrap(), Begun::Lost, "it was done");
    end(store, me(), much_later, again, Ending::Done(201, "{}")).await.unwrap();
    assert_eq!(begin(store, me(), much_later, token, ("k", [1; 32])).await.unwrap(), Begun::Answered(201, "{}".into()));
}

#[tokio::test]
async fn an_answer_too_long_to_keep_is_not_kept_and_a_kept_one_goes_after_its_time() {
    use crate::actions::idempotency::{Begun, Ending, begin, end, prune};
    use crate::domain::token::{ANSWER_KEPT, RUNNING};
    const MOST: usize = 64 * 1024;
    let station = Station::start(false).await;
    let (token, _) = bearer(&station.store, AccountId(1), &[Scope::Readers], None).await;
    let (store, me) = (&station.store, || Actor::Account(AccountId(1)));
    let begins = async |key, now| begin(store, me(), now, token, (key, [1; 32])).await.unwrap();
    let ends = async |row, body: &str| end(store, me(), NOW, row, Ending::Done(200, body)).await.unwrap();

    let Begun::New(row) = begins("fits", NOW).await else { panic!() };
    ends(row, &"x".repeat(MOST)).await;
    assert_eq!(begins("fits", NOW).await, Begun::Answered(200, "x".repeat(MOST)));
    let Begun::New(row) = begins("long", NOW).await else { panic!() };
    ends(row, &"x".repeat(MOST + 1)).await;
    let Begun::New(row) = begins("long", NOW).await else { panic!("nothing was done, so its key is free") };

    // What was done is not done again, though its answer is gone.
    let errand = store.clone().on(store::Errand { token, request: Some(row) });
    actions::list::rename(&errand, me(), NOW, &"brief/all".parse().unwrap(), "众").await.unwrap();
    ends(row, &"x".repeat(MOST + 1)).await;
    assert_eq!(begins("long", NOW + RUNNING).await, Begun::Lost);

    let is_kept = async |key| {
        let mut reading = store.read().await.unwrap();
        store::idempotency::find(&mut reading, token, key).await.unwrap().is_some()
    };
    prune(store, NOW + ANSWER_KEPT).await.unwrap();
    assert!(is_kept("fits").await && is_kept("long").await);
    prune(store, NOW + ANSWER_KEPT + Duration::from_millis(1)).await.unwrap();
    assert!(!is_kept("fits").await && !is_kept("long").await);
}

#[tokio::test]
async fn a_token_opens_what_it_was_made_for_and_nothing_else() {
    let station = Station::start(false).await;
    let store = &station.store;
    let other = Profile { slug: "other".parse().unwrap(), ..profile() };
    actions::publication::add(store, Actor::Station, NOW, &other).await.unwrap();
    let (id, read) = bearer(store, AccountId(1), &[Scope::Read], Some(1)).await;
    let (_, elsewhere) = bearer(store, AccountId(1), &Scope::ALL, Some(2)).await;
    let show = async |head: &str| station.ask("GET", "/api/v1/issues/1", head, "").await;
    assert!(is(&show(&read).await, 200));
    assert!(is(&show(&elsewhere).await, 404), "another publication's issue is not even there");
    let log = station.ask("GET", "/api/v1/deliveries", &elsewhere, "").await;
    assert_eq!(body(&log)["deliveries"], json!([]), "nor are its letters");
    assert_eq!(station.tells(&elsewhere, "/publications").await["publications"].as_array().unwrap().len(), 1);
    let scope = station.ask("GET", "/api/v1/deliveries", &read, "").await;
    assert!(is(&scope, 403) && scope.contains("error=\"insufficient_scope\", scope=\"log\""), "{scope}");
    for head in ["", "Authorization: Bearer yizhan_x\r\n", "Authorization: Basic eA==\r\n"] {
        let answer = show(head).await;
        assert!(is(&answer, 401) && answer.contains("www-authenticate: Bearer"), "{head}: {answer}");
        assert!(answer.contains("application/problem+json") && body(&answer)["next"].is_string());
    }

    // A role that is lost weakens the token at once; a revoked or old one, or one of a closed account, is dead.
    let ann = comer(store, "ann", Role::Editor.into()).await.account.unwrap();
    let (_, hers) = bearer(store, ann, &[Scope::Dispatch, Scope::Read], None).await;
    assert!(is(&station.told(&hers, "/dispatches/1/pause", &json!({})).await, 200));
    actions::account::set_rights(store, Actor::Station, NOW, ann, &Role::Auditor.into()).await.unwrap();
    assert!(is(&station.told(&hers, "/dispatches/1/resume", &json!({})).await, 403));
    let there = Rights { role: Role::Editor, posts: vec![(PublicationId(2), Role::Editor)] };
    actions::account::set_rights(store, Actor::Station, NOW, ann, &there).await.unwrap();
    assert!(is(&show(&hers).await, 404));
    actions::account::set_closed(store, Actor::Station, NOW, ann, true).await.unwrap();
    assert!(is(&show(&hers).await, 401));
    actions::account::set_closed(store, Actor::Station, NOW, ann, false).await.unwrap();
    assert!(is(&show(&hers).await, 401), "closing has ended it");
    actions::token::revoke(store, Actor::Station, NOW, AccountId(1), id).await.unwrap();
    assert!(is(&show(&read).await, 401));
    let all = program(&station).await;
    assert!(is(&show(&all).await, 200));
    station.clock.wind(USUAL);
    assert!(is(&show(&all).await, 401), "it has run out");
}

#[tokio::test]
async fn what_is_sent_is_read_strictly_and_changes_nothing_when_it_is_wrong() {
    let station = Station::start(false).await;
    let token = program(&station).await;
    let json_head = format!("{token}Content-Type: application/json\r\n");
    let answers = "/api/v1/issues/1/answers";
    for (head, path, said, code) in [
        (&json_head, answers, "{\"defaults\":true,\"more\":1}", 422),
        (&json_head, answers, "{\"flag\":1}", 422),
        (&json_head, answers, "[null,null,true]", 422),
        (&json_head, answers, "{", 400),
        (&json_head, answers, "{}", 422),
        (&json_head, "/api/v1/issues/1/dispatches", "{\"to\":[]}", 422),
        (&json_head, "/api/v1/issues/1/dispatches", "{\"to\":[\"brief\"]}", 422),
        (&json_head, "/api/v1/issues/1/dispatches", "{\"to\":[\"brief/none\"]}", 404),
        (&json_head, "/api/v1/issues/1/dispatches", "{\"to\":[\"brief/all\"],\"at\":\"soon\"}", 422),
        (&json_head, "/api/v1/issues/x/dispatches", "{\"to\":[\"brief/all\"]}", 404),
        (&token, answers, "{\"defaults\":true}", 415),
        (&json_head, "/api/v1/publications/brief/issues", "{}", 415),
        (&json_head, "/api/v1/none", "{}", 404),
    ] {
        let answer = station.ask("POST", path, head, said).await;
        assert!(is(&answer, code) && body(&answer)["status"] == code, "{path} {said}: {answer}");
        assert!(body(&answer)["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{answer}");
    }
    let query = station.ask("GET", "/api/v1/deliveries?adress=a", &token, "").await;
    assert!(is(&query, 422), "a slip in a name is not passed over: {query}");
    let method = station.ask("DELETE", "/api/v1/issues/1", &token, "").await;
    assert!(
        is(&method, 405) && method.contains("problem+json") && method.to_lowercase().contains("allow: "),
        "{method}"
    );
    let answer = station.ask("POST", answers, &json_head, &"x".repeat(1_100_000)).await;
    assert!(answer.is_empty() || is(&answer, 413), "{answer}");
}

#[tokio::test]
async fn who_asks_too_much_is_told_for_how_long_to_wait() {
    let station = Station::start(false).await;
    let token = program(&station).await;
    let other = program(&station).await;
    let mut held = None;
    for _ in 0..250 {
        let answer = station.ask("GET", "/api/v1/issues/9", &token, "").await;
        if is(&answer, 429) {
            held = Some(answer);
            break;
        }
        assert!(is(&answer, 404), "{answer}");
    }
    let held = held.expect("it is held back");
    assert!(held.contains("retry-after: 1"), "{held}");
    assert!(is(&station.ask("GET", "/api/v1/issues/9", &other, "").await, 404), "another token is not");
    station.clock.wind(Duration::from_secs(1));
    assert!(is(&station.ask("GET", "/api/v1/issues/9", &token, "").await, 404));
}

#[tokio::test]
async fn many_wrong_sign_ins_from_one_address_are_held_back_and_right_ones_are_not_counted() {
    let station = Station::start(false).await;
    let ours = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let enter = async |who: usize| {
        station.ask("POST", "/sign-in", ours, &format!("email=no{who}%40x.example&password=wrong")).await
    };
    // A password takes its time to be looked at, so most tries are counted without one.
    for _ in 0..59 {
        station.pages.limits.tries_to_enter(station.address.ip(), NOW).unwrap();
    }
    assert!(is(&enter(60).await, 401));
    let held = enter(61).await;
    assert!(is(&held, 429) && held.contains("retry-after: 5") && held.contains("from your network"), "{held}");
    station.clock.wind(Duration::from_secs(5));
    assert!(is(&enter(62).await, 401));
}

#[tokio::test]
async fn who_looks_at_readers_pages_like_no_person_waits_but_whoever_leaves_never_does() {
    let station = Station::start(false).await;
    let here = station.address.ip();
    while station.pages.limits.looks(here, NOW).is_ok() {}
    let (leave, read) = (station.leave_path(1).await, station.get("/read/x").await);
    assert!(is(&read, 429) && read.contains("retry-after: 1"), "{read}");
    assert!(is(&station.get(&leave).await, 429));
    assert!(
        is(&station.ask("POST", &leave, "", "List-Unsubscribe=One-Click").await, 200),
        "leaving is never held back"
    );
}

#[tokio::test]
async fn the_description_says_what_is_served_and_nothing_more() {
    let station = Station::start(false).await;
    let document = body(&station.get("/api/v1/openapi.json").await);
    assert_eq!(document["openapi"], "3.1.0");
    let mut described = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            described.insert((method.to_uppercase(), path.clone()));
        }
    }
    let rooms = desk::rooms(&station.pages);
    let served = rooms.declared().iter().filter(|room| room.scope.is_some());
    let served: BTreeSet<_> = served.map(|room| (room.method.to_owned(), room.path.to_owned())).collect();
    assert_eq!(described, served);
    let token = program(&station).await;
    for (method, path) in &described {
        let mut path = path.replace("{publication}", "brief").replace("{list}", "all");
        while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
            path.replace_range(from..=to, "1");
        }
        assert!(is(&station.ask(method, &path, "", "").await, 401), "{method} {path}");
        // A member that is not known is refused by a sentence that names those that are: the document names the same.
        let said = json!({ "unknown member": 1 });
        let head = format!("{token}Content-Type: application/json\r\n");
        let answer = station.ask(method, &path, &head, &said.to_string()).await;
        let operation = &document["paths"][path_of(&described, method, &path)][method.to_lowercase()];
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        if schema.is_null() {
            continue;
        }
        let detail = body(&answer)["detail"].as_str().unwrap().to_owned();
        for name in names(schema) {
            assert!(detail.contains(&format!("`{name}`")), "{path}: {name} is described, and not known: {detail}");
        }
        assert_eq!(detail.matches('`').count() / 2, names(schema).len() + 1, "{path}: {detail}");
    }
}

/// The template of a path that was asked.
fn path_of(described: &BTreeSet<(String, String)>, method: &str, asked: &str) -> String {
    let fits = |template: &str| {
        template.split('/').count() == asked.split('/').count()
            && template.split('/').zip(asked.split('/')).all(|(piece, said)| piece.starts_with('{') || piece == said)
    };
    let found = described.iter().filter(|(known, path)| known == method && fits(path));
    found.map(|(_, path)| path.clone()).next().unwrap()
}

fn names(schema: &Value) -> BTreeSet<String> {
    let alternatives = schema["oneOf"].as_array().cloned().unwrap_or_else(|| vec![schema.clone()]);
    alternatives.iter().flat_map(|one| one["properties"].as_object().unwrap().keys().cloned()).collect()
}

#[tokio::test]
async fn a_token_is_made_on_a_page_shown_once_and_revoked_there() {
    let station = Station::start(true).await;
    let ours = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let make = async |form: &str| station.ask("POST", "/account/tokens", ours, form).await;
    for (form, why) in [
        ("name=&scope-read=on&days=90", "has a name"),
        ("name=x&days=90", "without a scope"),
        ("name=x&scope-read=on&days=366", "1 to 365"),
        ("name=x&scope-read=on&days=0", "1 to 365 days"),
        ("name=x&scope-read=on&days=9&publication=brief", "no such publication"),
    ] {
        let answer = make(form).await;
        assert!(is(&answer, 422) && answer.contains(why), "{form}: {answer}");
    }
    let made = make("name=typesetter&scope-read=on&scope-import=on&publication=1&days=30").await;
    assert!(is(&made, 200), "{made}");
    let from = made.find(MARK).unwrap();
    let token = format!("Authorization: Bearer {}\r\n", &made[from..from + MARK.len() + 52]);
    assert!(is(&station.ask("GET", "/api/v1/issues/1", &token, "").await, 200));
    let page = station.get("/account/tokens").await;
    assert!(page.contains("typesetter") && !page.contains(MARK), "it is shown once: {page}");
    assert!(!page.contains(">never<"), "its use is told: {page}");
    assert!(is(&station.ask("POST", "/account/tokens/1/revoke", ours, "").await, 303));
    assert!(is(&station.ask("GET", "/api/v1/issues/1", &token, "").await, 401));
    let how = station.ask("GET", "/api", "Accept-Language: zh\r\n", "").await;
    assert!(how.contains("http://localhost/api/v1/publications"), "where it was asked for: {how}");
    assert!(is(&how, 200) && how.contains("接口说明") && how.contains("/api/v1/dispatches/{dispatch}"), "{how}");
}

#[tokio::test]
async fn nobody_makes_a_token_for_more_than_they_may() {
    let station = Station::start(false).await;
    let rita = comer(&station.store, "rita", Role::Reviewer.into()).await.account.unwrap();
    let wanted = |scope| Wanted { name: "x".into(), scopes: vec![scope], publication: None, lasts: USUAL };
    for (scope, may) in [(Scope::Read, true), (Scope::Import, false), (Scope::Dispatch, false), (Scope::Log, false)] {
        let made = actions::token::make(&station.store, Actor::Station, NOW, rita, wanted(scope)).await;
        assert_eq!(made.is_ok(), may, "{scope:?}");
    }
}
