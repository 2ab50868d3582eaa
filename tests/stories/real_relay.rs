//! Through a real Postfix: what the mailboxes hold is what the log calls accepted.

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
