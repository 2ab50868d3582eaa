//! Through a real Postfix: what the mailboxes hold is what the log calls accepted.

use crate::authority::Authority;
use crate::cli::{Cli, block_on};
use crate::outside;
use crate::postfix::Postfix;
use std::collections::BTreeSet;
use yizhan::intake::letter;

#[test]
fn two_hundred_letters_through_postfix_arrive_once_each() {
    let Some(program) = outside::postfix() else { return };
    block_on(async {
        let postfix = Postfix::start(program).await;
        let cli = Cli::founded().with_relay(postfix.url());
        let log = tokio::task::spawn_blocking(move || {
            cli.has_readers(200);
            cli.dispatches();
            cli.lists(&["courier"]);
            let tally = cli.prints(&["dispatch", "show", "1"]);
            assert_eq!((&tally["accepted"], &tally["state"]), (&200.into(), &"closed".into()), "{tally}");
            cli.lists(&["delivery", "log", "--dispatch", "1"])
        });
        let log = log.await.unwrap();
        let arrived: Vec<_> = postfix.waits_for(200).await.iter().map(|file| std::fs::read(file).unwrap()).collect();
        let ids = |names: Vec<String>| {
            names.into_iter().map(|id| id.trim_matches(['<', '>']).to_owned()).collect::<BTreeSet<_>>()
        };
        let logged = ids(log.iter().map(|entry| entry["message_id"].as_str().unwrap().to_owned()).collect());
        let read = ids(arrived.iter().map(|bytes| letter::read(bytes).unwrap().message_id.unwrap()).collect());
        assert_eq!((arrived.len(), logged.len()), (200, 200));
        assert_eq!(read, logged);
        let first = letter::read(&arrived[0]).unwrap();
        assert!(first.text.is_some_and(|text| text.contains("The pier is open.")));
        assert!(first.html.is_some_and(|html| html.contains("The pier is open.")));
    });
}

#[test]
fn through_a_postfix_that_wants_tls_and_a_password_letters_arrive_and_a_wrong_password_costs_nothing() {
    let (Some(program), Some(dovecot)) = (outside::postfix(), outside::dovecot()) else { return };
    block_on(async {
        let authority = Authority::new();
        let postfix = Postfix::start_guarded(program, dovecot, &authority).await;
        let address = postfix.address();
        let log = tokio::task::spawn_blocking(move || {
            let cli = Cli::founded();
            cli.has_readers(50);
            cli.dispatches();
            let ca_file = authority.file(cli.data());
            let config = cli.file("yizhan.toml", format!("[relay]\nca_file = '{}'\n", ca_file.display()));
            let courier = ["--config", &config, "courier"];
            let cli = cli.with_relay(format!("smtp://news:wrong-one@{address}?tls=required&connections=1"));
            let ran = cli.run(&courier);
            assert!(ran.stderr.contains("refused user and password (535"), "{}", ran.stderr);
            let tally = cli.prints(&["dispatch", "show", "1"]);
            assert_eq!((&tally["queued"], &tally["failed"]), (&50.into(), &0.into()), "{tally}");
            let cli = cli.with_relay(format!("smtp://news:right-one@{address}?tls=required"));
            assert_eq!(cli.run(&courier).code, Some(0));
            assert_eq!(cli.prints(&["dispatch", "show", "1"])["accepted"], 50);
            cli.lists(&["delivery", "log", "--dispatch", "1"])
        });
        let log = log.await.unwrap();
        assert!(log.iter().all(|entry| entry["attempts"].as_array().unwrap().len() == 1));
        assert_eq!(postfix.waits_for(50).await.len(), 50);
        let said = postfix.log();
        assert!(said.contains("sasl_username=news") && said.contains("TLS connection established"), "{said}");
    });
}
