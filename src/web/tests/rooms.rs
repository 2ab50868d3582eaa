//! Every room of the desk × everyone who may come × every way to ask: nobody gets further than their permission.

use super::api::bearer;
use super::*;
use crate::actions::account::entry::{TakenUp, take_up};
use crate::actions::token::Wanted;
use crate::chance;
use crate::domain::account::{Permission, Rights, SESSION};
use crate::domain::id::{AccountId, IssueId, PublicationId};
use crate::domain::secret::Secret;
use crate::domain::token::{MARK, Scope};
use crate::web::desk;
use std::collections::BTreeSet;

/// Someone who comes to the desk.
pub(super) struct Comer {
    who: &'static str,
    /// What they may do there; none where nobody is let in.
    rights: Option<Rights>,
    pub(super) account: Option<AccountId>,
}

impl Comer {
    /// What a room must answer before it looks at anything else: none where it lets them in.
    fn refusal(&self, permission: Permission, concerns: bool, is_look: bool) -> Option<u16> {
        let Some(rights) = &self.rights else { return Some(if is_look { 303 } else { 401 }) };
        let here = PublicationId(1);
        match concerns {
            true if rights.role_at(here).is_none() => Some(404),
            true => (!rights.may_at(permission, here)).then_some(403),
            false => (!rights.may(permission)).then_some(403),
        }
    }
}

pub(super) async fn comer(store: &Store, who: &'static str, rights: Rights) -> Comer {
    let email = format!("{who}@x.example").parse().unwrap();
    let newcomer = Newcomer { email: &email, name: None, rights: rights.clone() };
    let (account, _) = actions::account::add(store, Actor::Station, NOW, &newcomer).await.unwrap();
    Comer { who, rights: Some(rights), account: Some(account) }
}

/// A browser in which somebody signed in just now; none for who never did.
pub(super) async fn cookie(store: &Store, comer: &Comer) -> String {
    let Some(account) = comer.account else { return String::new() };
    cookie_of(store, account).await
}

/// A browser in which this account signed in just now.
pub(super) async fn cookie_of(store: &Store, account: AccountId) -> String {
    let secret = Secret::of(chance::draw());
    let mut writing = store.write(Actor::Station, NOW).await.unwrap();
    store::session::insert(&mut writing, account, secret.digest(), "test", NOW + SESSION).await.unwrap();
    writing.commit().await.unwrap();
    format!("Cookie: yizhan={}\r\n", secret.text())
}

async fn everyone(store: &Store) -> Vec<Comer> {
    let other = Profile { slug: "other".parse().unwrap(), ..profile() };
    actions::publication::add(store, Actor::Station, NOW, &other).await.unwrap();
    let mut all = vec![Comer { who: "nobody", rights: None, account: None }];
    for role in Role::ALL {
        all.push(comer(store, role.word(), role.into()).await);
    }
    for (who, at, role) in [("there", 2, Role::Admin), ("here", 1, Role::Editor), ("reads-here", 1, Role::Reviewer)] {
        all.push(comer(store, who, Rights { role, posts: vec![(PublicationId(at), role)] }).await);
    }
    let closed = comer(store, "closed", Role::Admin.into()).await;
    actions::account::set_closed(store, Actor::Station, NOW, closed.account.unwrap(), true).await.unwrap();
    all.push(Comer { rights: None, ..closed });
    all
}

/// A path as somebody asks it: each piece in braces becomes the number of a thing that is there.
fn asked(path: &str) -> (String, bool) {
    let known = ["publication", "issue", "edition", "dispatch", "delivery"];
    let concerns = known.iter().any(|name| path.contains(&format!("{{{name}}}")));
    let mut shown = path.replace("{publication}", "brief");
    while let (Some(from), Some(to)) = (shown.find('{'), shown.find('}')) {
        shown.replace_range(from..=to, "1");
    }
    (shown, concerns)
}

#[tokio::test]
async fn nobody_gets_further_than_their_permission() {
    let station = Station::start(false).await;
    let comers = everyone(&station.store).await;
    let mut tried = 0;
    for room in desk::rooms(&station.pages).declared().iter().filter(|room| room.scope.is_none()) {
        let (path, concerns) = asked(room.path);
        for comer in &comers {
            let is_look = room.method == "GET";
            // A room may end the session that it is asked in.
            let cookie = cookie(&station.store, comer).await;
            let head = format!("Sec-Fetch-Site: same-origin\r\n{cookie}");
            let answer = station.ask(room.method, &path, &head, "").await;
            let what = format!("{} {path} by {}: {}", room.method, comer.who, answer.lines().next().unwrap());
            match comer.refusal(room.permission, concerns, is_look) {
                Some(code) => assert!(is(&answer, code), "{what}; {code} was due"),
                None => {
                    assert!(
                        !is(&answer, 401) && !is(&answer, 403) && !answer.contains("location: /sign-in?"),
                        "{what}"
                    );
                    assert!(!answer.starts_with("HTTP/1.1 5"), "{what}");
                }
            }
            if !is_look {
                let foreign = format!("Origin: https://evil.example\r\n{cookie}");
                let answer = station.ask(room.method, &path, &foreign, "").await;
                assert!(is(&answer, 403), "{what}, from elsewhere: {answer}");
            }
            tried += 1;
            for method in ["DELETE", "PUT", "PATCH", "OPTIONS"] {
                let answer = station.ask(method, &path, &head, "").await;
                assert!(is(&answer, 405), "{method} {path} by {}: {answer}", comer.who);
            }
        }
    }
    assert!(tried >= comers.len() * 10, "{tried}");
}

/// A program that comes to the API.
struct Program {
    who: &'static str,
    /// What its token may; none where it does not open.
    may: Option<(Vec<Scope>, Rights)>,
    head: String,
}

impl Program {
    /// What a route must answer before it looks at anything else: none where it lets it in.
    fn refusal(&self, (permission, scope): (Permission, Scope), concerns: bool) -> Option<u16> {
        let Some((scopes, rights)) = &self.may else { return Some(401) };
        let here = PublicationId(1);
        match concerns {
            _ if !scopes.contains(&scope) => Some(403),
            true if rights.role_at(here).is_none() => Some(404),
            true => (!rights.may_at(permission, here)).then_some(403),
            false => (!rights.may(permission)).then_some(403),
        }
    }
}

/// Programs of each role with every scope that it may have, of each scope alone, and such whose token is dead.
async fn programs(station: &Station, comers: &[Comer]) -> Vec<Program> {
    let store = &station.store;
    let mut all = vec![Program { who: "no token", may: None, head: String::new() }];
    for comer in comers {
        let (Some(rights), Some(account)) = (&comer.rights, comer.account) else { continue };
        let scopes: Vec<_> = Scope::ALL.into_iter().filter(|scope| rights.may(scope.needs())).collect();
        let (_, head) = bearer(store, account, &scopes, None).await;
        all.push(Program { who: comer.who, may: Some((scopes, rights.clone())), head });
    }
    let admin = AccountId(1);
    for scope in Scope::ALL {
        let (_, head) = bearer(store, admin, &[scope], None).await;
        all.push(Program { who: scope.word(), may: Some((vec![scope], Role::Admin.into())), head });
    }
    for (who, at) in [("at this one", 1), ("at the other", 2)] {
        let rights = Rights { role: Role::Admin, posts: vec![(PublicationId(at), Role::Admin)] };
        let (_, head) = bearer(store, admin, &Scope::ALL, Some(at)).await;
        all.push(Program { who, may: Some((Scope::ALL.to_vec(), rights)), head });
    }
    let (id, head) = bearer(store, admin, &Scope::ALL, None).await;
    actions::token::revoke(store, Actor::Station, NOW, admin, id).await.unwrap();
    all.push(Program { who: "revoked", may: None, head });
    let short = Wanted { name: "t".into(), scopes: Scope::ALL.to_vec(), publication: None, lasts: SECOND };
    let (_, secret) = actions::token::make(store, Actor::Station, NOW, admin, short).await.unwrap();
    station.clock.wind(SECOND);
    let head = format!("Authorization: Bearer {MARK}{}\r\n", secret.text());
    all.push(Program { who: "expired", may: None, head });
    let closed = comer(store, "gone", Role::Admin.into()).await.account.unwrap();
    let (_, head) = bearer(store, closed, &Scope::ALL, None).await;
    actions::account::set_closed(store, Actor::Station, NOW, closed, true).await.unwrap();
    all.push(Program { who: "of a closed account", may: None, head });
    let signed_in = cookie(store, &comers[1]).await;
    all.push(Program { who: "a browser", may: None, head: format!("Sec-Fetch-Site: same-origin\r\n{signed_in}") });
    all
}

const SECOND: std::time::Duration = std::time::Duration::from_secs(1);

#[tokio::test]
async fn no_program_gets_further_than_its_token_and_its_account() {
    let station = Station::start(false).await;
    let comers = everyone(&station.store).await;
    let programs = programs(&station, &comers).await;
    let mut tried = 0;
    for room in desk::rooms(&station.pages).declared() {
        let (path, concerns) = asked(&room.path.replace("{list}", "all"));
        for program in &programs {
            // So that none is held back for asking too much.
            station.clock.wind(SECOND);
            let what = format!("{} {path} by {}", room.method, program.who);
            let Some(scope) = room.scope else {
                // A token opens no page.
                if program.who != "a browser" {
                    let answer = station.ask(room.method, &path, &program.head, "").await;
                    assert!(is(&answer, if room.method == "GET" { 303 } else { 403 }), "{what}: {answer}");
                }
                continue;
            };
            let answer = station.ask(room.method, &path, &program.head, "").await;
            match program.refusal((room.permission, scope), concerns) {
                Some(code) => assert!(is(&answer, code), "{what}; {code} was due: {answer}"),
                None => assert!(
                    !is(&answer, 401) && !is(&answer, 403) && !answer.starts_with("HTTP/1.1 5"),
                    "{what}: {answer}"
                ),
            }
            tried += 1;
            for method in ["DELETE", "PUT", "PATCH", "OPTIONS"] {
                let answer = station.ask(method, &path, &program.head, "").await;
                assert!(is(&answer, 405), "{method} {path} by {}: {answer}", program.who);
            }
        }
    }
    assert!(tried >= programs.len() * 15, "{tried}");
}

/// Anna, an editor with a password.
async fn anna(store: &Store) {
    let anna = comer(store, "anna", Role::Editor.into()).await;
    let invitation = actions::account::invite(store, Actor::Station, NOW, anna.account.unwrap()).await.unwrap();
    let taken = TakenUp { invitation, email: None, password: "eine gute Parole", device: "test" };
    take_up(store, NOW, taken).await.unwrap();
}

/// Where the links of a page lead on this site.
fn links(page: &str) -> impl Iterator<Item = String> + '_ {
    let after = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    after.filter(|link| link.starts_with('/')).map(|link| {
        let link = link.split('#').next().unwrap_or_default();
        link.replace("&amp;", "&")
    })
}

#[tokio::test]
async fn no_link_of_the_desk_leads_nowhere() {
    let station = Station::start(true).await;
    // An issue that was sent back has links of its own.
    let (store, guest) = (&station.store, Actor::Account(AccountId(1)));
    let edition = actions::edition::submit(store, Actor::Operator("test".into()), NOW, IssueId(1)).await.unwrap();
    actions::edition::approval::send_back(store, guest, NOW, edition, "the title").await.unwrap();
    let (mut seen, mut open) = (BTreeSet::new(), vec![("/".to_owned(), "the start".to_owned())]);
    while let Some((path, from)) = open.pop() {
        if seen.len() > 400 || !seen.insert(path.clone()) {
            continue;
        }
        let answer = station.get(&path).await;
        assert!(is(&answer, 200) || is(&answer, 303), "{path}, to which {from} leads: {answer}");
        open.extend(links(&answer).map(|link| (link, path.clone())));
    }
    assert!(seen.len() > 30, "{seen:?}");
    for path in ["/issues/1/preview", "/issues/1/approval", "/issues/1/dispatch", "/log", "/readers/1", "/audit"] {
        assert!(seen.contains(path), "nothing leads to {path}: {seen:?}");
    }
}

#[tokio::test]
async fn who_signs_in_goes_where_they_wanted_and_out_again() {
    let station = Station::start(false).await;
    anna(&station.store).await;
    let ours = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let enter = async |password: &str| {
        let body = format!("email=Anna%40x.example&next=%2Fdispatches&password={password}");
        station.ask("POST", "/sign-in", ours, &body).await
    };
    let wrong = enter("no").await;
    assert!(is(&wrong, 401) && wrong.contains("address or the password is wrong"), "{wrong}");
    let unknown = station.ask("POST", "/sign-in", ours, "email=no%40x.example&password=no").await;
    assert!(is(&unknown, 401) && unknown.contains("address or the password is wrong"), "{unknown}");
    let entered = enter("eine+gute+Parole").await;
    assert!(is(&entered, 303) && entered.contains("location: /dispatches"), "{entered}");
    let cookie = entered.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let cookie = format!("Cookie: {}\r\n{ours}", cookie.split(';').next().unwrap());
    assert!(is(&station.ask("GET", "/dispatches", &cookie, "").await, 200));
    assert!(is(&station.ask("POST", "/sign-out", &cookie, "").await, 303));
    assert!(is(&station.ask("GET", "/dispatches", &cookie, "").await, 303), "the session is over");
}

#[tokio::test]
async fn too_many_wrong_passwords_are_not_listened_to() {
    let station = Station::start(false).await;
    anna(&station.store).await;
    let ours = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let enter = async |password: &str| {
        station.ask("POST", "/sign-in", ours, &format!("email=anna%40x.example&password={password}")).await
    };
    for _ in 0..4 {
        assert!(enter("no").await.contains("address or the password is wrong"));
    }
    for password in ["no", "eine+gute+Parole"] {
        let answer = enter(password).await;
        assert!(is(&answer, 401) && answer.contains("try again in 2 s"), "{answer}");
    }
    station.clock.wind(std::time::Duration::from_secs(3));
    assert!(is(&enter("eine+gute+Parole").await, 303), "after a rest the right one opens");
}

#[tokio::test]
async fn the_first_admin_comes_in_by_a_link_that_works_once() {
    let station = Station::start(false).await;
    let secret = actions::account::invite_first(&station.store, NOW).await.unwrap().unwrap();
    let path = format!("/welcome/{}", secret.text());
    assert!(is(&station.get(&path).await, 200));
    let ours = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let choose = async |body: &str| station.ask("POST", &path, ours, body).await;
    let weak = choose("email=chief%40x.example&password=short").await;
    assert!(is(&weak, 422) && weak.contains("10 characters or more"), "{weak}");
    assert!(is(&choose("email=chief&password=ein+langes+Wort").await, 422));
    let entered = choose("email=chief%40x.example&password=ein+langes+Wort").await;
    assert!(is(&entered, 303) && entered.contains("set-cookie: yizhan="), "{entered}");
    assert!(is(&choose("email=thief%40x.example&password=ein+langes+Wort").await, 404), "it worked once");
    assert!(actions::account::invite_first(&station.store, NOW).await.unwrap().is_none(), "somebody can sign in now");
}
