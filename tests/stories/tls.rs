//! A relay is who it says it is, or it gets nothing: no letter and no password, and no reader is harmed
//! by what only settings can mend.

use crate::authority::Authority;
use crate::cli::Cli;
use crate::relay::{Behaviour, Relay};
use crate::station::{Station, reader};
use yizhan::domain::attempt::Stage;

/// Says why nothing goes out, once that is certain.
async fn sentence(station: &Station) -> String {
    loop {
        if let Some(why) = station.hindrance() {
            return why;
        }
        tokio::task::yield_now().await;
    }
}

/// A station whose relay is at this scheme and with these parameters, and that trusts the authority.
async fn station(authority: &Authority, address: impl Fn(&Relay) -> String) -> Station {
    let mut station = Station::founded().await;
    station.settings.relay.url = Some(address(&station.relay).into());
    station.settings.relay.ca_file = Some(authority.file(station.folder()));
    station
}

fn required(relay: &Relay) -> String {
    format!("smtp://{}?tls=required", relay.address())
}

/// Ends a story in which nothing may have gone: everyone is still due, untried, and nothing was counted.
async fn nobody_was_harmed(station: &mut Station, readers: u32) {
    let dispatch = station.dispatches_to(readers).await;
    station.works().await;
    let why = sentence(station).await;
    let tally = station.until(dispatch, |tally| tally.claimed + tally.armed == 0).await;
    assert_eq!((tally.queued, tally.sum()), (i64::from(readers), i64::from(readers)), "{why}");
    assert!(station.log(dispatch).await.iter().all(|entry| entry.attempts.is_empty()), "{why}");
    assert_eq!((station.relay.record().len(), station.relay.tries(&reader(1))), (0, 0), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_go_encrypted_to_a_relay_that_proves_who_it_is() {
    let authority = Authority::new();
    for (implicit, mechanisms) in [(false, "PLAIN LOGIN"), (false, "LOGIN"), (true, "PLAIN"), (true, "CRAM-MD5 LOGIN")]
    {
        let mut station = station(&authority, |relay| {
            let scheme = if implicit { "smtps" } else { "smtp" };
            format!("{scheme}://news%40harbour.example:p%40ss%20word@{}?tls=required", relay.address())
        })
        .await;
        let certificate = authority.certifies("127.0.0.1");
        if implicit {
            station.relay.is_encrypted(certificate)
        } else {
            station.relay.offers_starttls(certificate)
        }
        station.relay.wants_login("news@harbour.example", "p@ss word", mechanisms);
        let dispatch = station.dispatches_to(40).await;
        station.works().await;
        assert_eq!(station.until_closed(dispatch).await.accepted, 40, "{mechanisms}");
        assert!(station.relay.record().iter().all(|taken| taken.encrypted));
        assert_eq!((station.relay.violations(), station.hindrance()), (vec![], None));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_does_not_prove_who_it_is_gets_nothing() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    for (certificate, why) in [
        (theirs.certifies("127.0.0.1"), "ca_file"),
        (ours.shows_itself(), "is an authority's own"),
        (ours.certifies("relay.test"), "is not for 127.0.0.1"),
        (ours.certifies_until("127.0.0.1", 2024), "has expired"),
    ] {
        let mut station = station(&ours, required).await;
        station.relay.offers_starttls(certificate);
        nobody_was_harmed(&mut station, 5).await;
        let said = sentence(&station).await;
        assert!(said.contains(why), "{said}");
    }
    // The name in the certificate may be another than the one we reach it by, if the settings say so.
    let mut station = station(&ours, required).await;
    station.settings.relay.tls_name = Some("relay.test".into());
    station.relay.offers_starttls(ours.certifies("relay.test"));
    let dispatch = station.dispatches_to(5).await;
    station.works().await;
    assert_eq!(station.until_closed(dispatch).await.accepted, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_hides_starttls_gets_neither_letter_nor_password() {
    let authority = Authority::new();
    let mut station = station(&authority, |relay| format!("smtp://u:pw@{}?tls=required", relay.address())).await;
    station.relay.wants_login("u", "pw", "PLAIN LOGIN");
    nobody_was_harmed(&mut station, 5).await;
    let said = sentence(&station).await;
    assert!(said.contains("offers no STARTTLS") && !said.contains("pw"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_slipped_in_behind_starttls_are_not_believed() {
    let authority = Authority::new();
    let mut station = station(&authority, required).await;
    station.relay.offers_starttls(authority.certifies("127.0.0.1"));
    let injected = "220 2.0.0 go\r\n250-relay.test\r\n250 PIPELINING";
    station.relay.will_at_connection(move |_| Behaviour::Answer(Stage::StartTls, injected.into()));
    nobody_was_harmed(&mut station, 5).await;
    let said = sentence(&station).await;
    assert!(said.contains("starttls") && said.contains("not an SMTP reply"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn opportunistic_is_encrypted_whoever_vouches_and_never_falls_back_when_that_fails() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let opportunistic = |relay: &Relay| format!("smtp://{}", relay.address());
    let mut encrypted = station(&ours, opportunistic).await;
    encrypted.relay.offers_starttls(theirs.certifies("another.test"));
    let dispatch = encrypted.dispatches_to(20).await;
    encrypted.works().await;
    assert_eq!(encrypted.until_closed(dispatch).await.accepted, 20);
    assert!(encrypted.relay.record().iter().all(|taken| taken.encrypted));
    // Where it is not offered letters go in clear; where it is offered and breaks, they do not.
    let mut plain = station(&ours, opportunistic).await;
    let dispatch = plain.dispatches_to(5).await;
    plain.works().await;
    assert_eq!(plain.until_closed(dispatch).await.accepted, 5);
    let mut broken = station(&ours, opportunistic).await;
    broken.relay.offers_starttls(theirs.certifies("another.test"));
    broken.relay.will_at_connection(|_| Behaviour::CloseAt(Stage::StartTls));
    nobody_was_harmed(&mut broken, 5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_nobodys_fault_and_the_right_one_mends_it() {
    let authority = Authority::new();
    let url = |relay: &Relay| format!("smtps://news:wrong-one@{}", relay.address());
    let mut station = station(&authority, url).await;
    station.relay.is_encrypted(authority.certifies("127.0.0.1"));
    station.relay.wants_login("news", "right-one", "PLAIN");
    nobody_was_harmed(&mut station, 5).await;
    let said = sentence(&station).await;
    assert!(said.contains("refused user and password") && said.contains("535"), "{said}");
    assert!(!said.contains("wrong-one"), "{said}");
    assert!(station.relay.refused_logins() > 0);
    station.stops().await;
    station.settings.relay.url = Some(format!("smtps://news:right-one@{}", station.relay.address()).into());
    station.works().await;
    station.relay.waits_for(5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encrypted_line_that_is_cut_is_judged_by_where_it_was_cut() {
    let authority = Authority::new();
    // Cut without a word of TLS: before the dot the letter goes again, after it nobody knows.
    for (cut, uncertain) in
        [(Behaviour::CloseAt(Stage::Rcpt), 0), (Behaviour::CloseBeforeDot, 0), (Behaviour::CloseAfterDot, 1)]
    {
        let mut station = station(&authority, required).await;
        station.relay.offers_starttls(authority.certifies("127.0.0.1"));
        let told = cut.clone();
        station.relay.will(move |rcpt, nth| match (rcpt, nth) {
            (r, 1) if r == reader(2) => told.clone(),
            _ => Behaviour::Accept,
        });
        let dispatch = station.dispatches_to(10).await;
        station.works().await;
        station.relay.waits_for(9 + uncertain).await;
        while station.phase(dispatch).await != "closed" {
            station.waits_while_idle(dispatch, std::time::Duration::from_secs(61)).await;
        }
        let tally = station.tally(dispatch).await;
        assert_eq!((tally.uncertain, tally.accepted), (uncertain as i64, 10 - uncertain as i64), "{cut:?}");
        let entry = station.entry(dispatch, &reader(2)).await;
        assert_eq!((entry.attempts[0].text.as_str(), entry.attempts[0].counted), ("connection closed", uncertain == 1));
        let taken = station.relay.record();
        assert_eq!(taken.iter().filter(|taken| taken.rcpt == reader(2)).count(), 1, "{cut:?}");
        assert!(taken.iter().all(|taken| taken.encrypted));
    }
}

#[test]
fn the_command_line_says_what_to_do_and_never_the_password() {
    let (authority, relay) = (Authority::new(), Relay::start());
    relay.is_encrypted(authority.certifies("localhost"));
    relay.wants_login("news", "right-one", "LOGIN");
    let cli = Cli::founded();
    cli.has_readers(3);
    cli.dispatches();
    let cli = cli.with_relay(format!("smtps://news@localhost:{}", relay.address().port()));
    let authority = authority.file(cli.data()).display().to_string();
    let config = |password: &str| {
        let password = cli.file("password", password);
        cli.file("yizhan.toml", format!("[relay]\nca_file = '{authority}'\npassword_file = '{password}'\n"))
    };
    let wrong = config("wrong-one\n");
    let ran = cli.run(&["--config", &wrong, "courier"]);
    assert_ne!(ran.code, Some(0));
    assert!(ran.stderr.contains("refused user and password (535"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("wrong-one") && !ran.stderr.contains("d3Jvbmctb25l"), "{}", ran.stderr);
    let tally = cli.prints(&["--config", &wrong, "dispatch", "show", "1"]);
    assert_eq!((&tally["queued"], &tally["failed"]), (&3.into(), &0.into()), "{tally}");
    let right = config("right-one\n");
    let ran = cli.run(&["--config", &right, "courier"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(relay.record().len(), 3);
}
