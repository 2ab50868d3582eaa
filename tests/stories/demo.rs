//! The demo does the whole main job, on the built-in mailbox and on a relay with a bad day.

use crate::cli::Cli;
use crate::outside;
use crate::relay::{Behaviour, Relay};
use yizhan::domain::attempt::Stage;

/// The number in a demo reader's address.
fn number(rcpt: &str) -> u32 {
    rcpt.trim_start_matches("reader").split('@').next().unwrap().parse().unwrap()
}

#[test]
fn the_demo_ends_with_accepted_equal_to_audience() {
    let cli = Cli::new();
    let tally = cli.prints(&["demo", "--once", "--readers", "40"]);
    assert_eq!((&tally["accepted"], &tally["audience"], &tally["state"]), (&40.into(), &40.into(), &"closed".into()));
    let kept = std::fs::read_dir(cli.data().join("mailbox")).unwrap().count();
    assert_eq!(kept, 40, "each letter is in the mailbox");
}

#[test]
fn on_a_bad_day_tally_and_log_name_every_one() {
    let relay = Relay::start();
    relay.will(|rcpt, nth| match (number(rcpt), nth) {
        (n, 1) if n % 10 == 3 => Behaviour::Answer(Stage::Dot, "451 4.3.0 later".into()),
        (n, _) if n % 100 == 50 => Behaviour::Answer(Stage::Rcpt, "550 5.1.1 no such user".into()),
        (77, _) => Behaviour::CloseAfterDot,
        _ => Behaviour::Accept,
    });
    let cli = Cli::new().with_relay(relay.url());
    let config = cli.file("patience.toml", "[patience]\nfirst = \"1s\"\n");
    let seed = outside::seed().map(|path| path.display().to_string());
    let mut demo = vec!["--config", &config, "demo", "--once", "--readers", "200"];
    demo.extend(seed.iter().flat_map(|path| ["--document", path]));
    let tally = cli.prints(&demo);
    let counts = ["accepted", "failed", "uncertain", "audience"].map(|name| tally[name].as_i64().unwrap());
    assert_eq!(counts, [197, 2, 1, 200]);
    let log = cli.lists(&["delivery", "log", "--dispatch", "1"]);
    assert_eq!(log.len(), 200);
    for entry in log {
        let n = number(entry["address"].as_str().unwrap());
        let (state, tries) = match n {
            77 => ("uncertain", 1),
            n if n % 100 == 50 => ("failed", 1),
            n if n % 10 == 3 => ("accepted", 2),
            _ => ("accepted", 1),
        };
        let tried = entry["attempts"].as_array().unwrap().iter().filter(|line| line["counted"] == true).count();
        assert_eq!((entry["state"].as_str(), tried), (Some(state), tries), "{entry}");
    }
    assert_eq!(relay.record().len(), 198, "the broken one had been taken");
}
