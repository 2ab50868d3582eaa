//! Restore drills: a backup of any moment is brought back, and every reader still leaves by the link in their letter,
//! also one who was written to after it, and takes off nobody else. The real service over HTTP, the relay's record as
//! the judge. `cargo xtask prove restored` cuts more often than a test run does.

use crate::cli::{Cli, block_on};
use crate::leaving::{BASE, Serve, link};
use crate::relay::{Behaviour, Relay};
use crate::restored::{NEXT, number};
use crate::station::reader;
use mail_parser::MessageParser;
use std::collections::HashSet;
use yizhan::domain::attempt::Stage;

/// On the list only after the first of the backups.
const LATE: &str = "late@readers.example";

/// What a drill came to.
#[derive(Default)]
struct Counts {
    letters: usize,
    uncertain: i64,
    left: usize,
    twice: usize,
    lost: usize,
}

fn asked(name: &str, usual: u32) -> u32 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

#[test]
#[expect(clippy::print_stdout, reason = "a proof shows its figures")]
fn whenever_the_backup_was_made_each_reader_leaves_by_their_own_link_and_nobody_gets_a_letter_twice() {
    let (readers, cuts) = (asked("YIZHAN_PROVE_READERS", 40), asked("YIZHAN_PROVE_CUTS", 2));
    for cut in 0..cuts {
        let before = readers * cut / cuts;
        let Counts { letters, uncertain, left, twice, lost } = drill(readers, before);
        println!(
            "a backup after {before} of {readers} letters: {uncertain} uncertain, {left} left, {letters} letters in all; \
             twice {twice}, leavings lost {lost}"
        );
        assert_eq!((twice, lost), (0, 0), "a backup after {before} letters");
    }
}

fn drill(readers: u32, before: u32) -> Counts {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    cli.has_readers(readers);
    let first = (before == 0).then(|| backup(&cli));
    cli.prints(&["subscriber", "add", "notes/all", LATE]);
    // Whoever comes after the cut is held before the text of their letter, until the backup is made.
    relay.will(
        move |rcpt, _| if rcpt > reader(before).as_str() { Behaviour::HeldAt(Stage::Data) } else { Behaviour::Accept },
    );
    cli.dispatches();
    let serve = Serve::begins(&cli);
    block_on(relay.waits_for(before as usize));
    let file = first.unwrap_or_else(|| backup(&cli));
    relay.will(|_, _| Behaviour::Accept);
    relay.releases();
    let everyone = readers as usize + 1;
    block_on(relay.waits_for(everyone));
    is_closed(&cli, "1");
    // Some leave before the disaster, by the link in their letter.
    let early = (1..=readers).filter(|n| n % 7 == 0).map(reader);
    let mut left: HashSet<String> = early.inspect(|reader| presses(&serve, &relay, reader)).collect();
    drop(serve);

    let restored = cli.prints(&["restore", &file]);
    cli.prints(&["restore", "--release"]);
    let serve = Serve::begins(&cli);
    let later = (1..=readers).filter(|n| n % 5 == 0).map(reader).chain([LATE.to_owned()]);
    for reader in later.filter(|reader| !left.contains(reader)).collect::<Vec<_>>() {
        let page = serve.asks("GET", &link(&relay, &reader, &format!("{BASE}/leave/")), "");
        let is_known = before > 0 || reader != LATE;
        assert!(page.starts_with("HTTP/1.1 200") && page.contains("<button"), "{page}");
        assert_eq!(page.contains(&format!("<strong>{reader}</strong>")), is_known, "{page}");
        presses(&serve, &relay, &reader);
        // Twice is the same as once.
        presses(&serve, &relay, &reader);
        left.insert(reader);
    }
    // The roster comes again with everyone in it, and the next issue goes out.
    let rows: String = (1..=readers).map(|n| format!("{}\n", reader(n))).collect();
    let roster = cli.file("again.csv", format!("email\n{rows}{LATE}\n"));
    cli.prints(&["subscriber", "import", "notes/all", &roster]);
    let issue = cli.takes_in("next.md", NEXT);
    let dispatch = cli.prints(&["dispatch", "start", &issue, "--to", "notes/all"])["dispatch"].to_string();
    is_closed(&cli, &dispatch);
    let mut counts = judged(&relay, everyone, &left);
    counts.uncertain = number(&restored, "uncertain");
    counts
}

fn backup(cli: &Cli) -> String {
    let file = cli.data().with_file_name("backup.db").display().to_string();
    cli.prints(&["backup", &file]);
    file
}

fn presses(serve: &Serve, relay: &Relay, reader: &str) {
    serve.leaves(&link(relay, reader, &format!("{BASE}/leave/")));
}

fn is_closed(cli: &Cli, dispatch: &str) {
    while cli.prints(&["dispatch", "show", dispatch])["state"] != "closed" {}
}

/// Of the second issue: everyone who has not left has it, and nobody else; no letter is there twice, nor its id.
fn judged(relay: &Relay, first: usize, left: &HashSet<String>) -> Counts {
    let record = relay.record();
    let (mut letters, mut names) = (HashSet::new(), HashSet::new());
    let mut counts = Counts { letters: record.len(), left: left.len(), ..Counts::default() };
    for (nth, taken) in record.iter().enumerate() {
        let letter = MessageParser::default().parse(&*taken.letter).unwrap();
        assert!(names.insert(letter.message_id().unwrap().to_owned()), "a Message-ID stands in two letters");
        counts.twice += usize::from(!letters.insert((nth >= first, taken.rcpt.clone())));
        counts.lost += usize::from(nth >= first && left.contains(&taken.rcpt));
    }
    assert_eq!(record.len() - first, first - left.len(), "somebody who had not left has no second letter");
    counts
}
