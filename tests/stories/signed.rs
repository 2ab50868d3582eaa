//! Letters are signed, and whoever receives them can tell: real letters of a dispatch, judged by verifiers
//! that are not ours (dkimpy, Mail::DKIM), with the DNS records that `yizhan dkim` prints.

use crate::cli::Cli;
use crate::outside;
use crate::relay::{Behaviour, Relay};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const READERS: u32 = 200;

#[test]
fn every_signature_of_a_dispatch_holds_for_dkimpy() {
    let Some(python) = outside::dkimpy() else { return };
    let letters = Letters::of_a_dispatch();
    let judged = |folder: &Path| letters.judged(Command::new(&python).arg(script("dkimpy.py")), folder);
    assert_eq!(judged(&letters.as_taken), (2 * READERS as usize, 0));
    assert_eq!(judged(&letters.changed), (0, 2 * READERS as usize));
}

#[test]
fn every_rsa_signature_of_a_dispatch_holds_for_mail_dkim() {
    let Some(perl) = outside::mail_dkim() else { return };
    let letters = Letters::of_a_dispatch();
    let judged = |folder: &Path| letters.judged(Command::new(&perl).arg(script("mail_dkim.pl")), folder);
    assert_eq!(judged(&letters.as_taken), (READERS as usize, 0));
    assert_eq!(judged(&letters.changed), (0, READERS as usize));
}

#[test]
fn a_second_try_is_signed_with_the_same_bytes() {
    let (relay, cli) = signing_house();
    let address = crate::station::reader(1);
    cli.has_readers(1);
    cli.dispatches();
    relay.will(|_, _| Behaviour::CloseAfterDot);
    cli.lists(&["courier"]);
    let id = cli.lists(&["delivery", "log", "--dispatch", "1"])[0]["delivery"].to_string();
    cli.lists(&["delivery", "resolve", &id, "--as", "resend"]);
    relay.will(|_, _| Behaviour::Accept);
    cli.lists(&["courier"]);
    let record = relay.record();
    assert_eq!(record.iter().map(|taken| &taken.rcpt).collect::<Vec<_>>(), [&address, &address]);
    assert!(record[0].letter.starts_with(b"DKIM-Signature:") && record[0].letter == record[1].letter);
}

#[test]
fn a_key_that_others_can_read_stops_sending_with_a_sentence() {
    let (relay, cli) = signing_house();
    cli.has_readers(3);
    cli.dispatches();
    let key = fs::read_dir(cli.data().join("keys")).unwrap().next().unwrap().unwrap().path();
    assert_eq!(mode(&key), 0o600);
    assert_eq!(mode(key.parent().unwrap()), 0o700);
    fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    for command in [&["courier"][..], &["dkim", "show"]] {
        let said = cli.is_refused(command);
        assert!(said.contains("mode 0640") && said.contains("chmod 600"), "{said}");
    }
    assert_eq!(relay.record().len(), 0);
}

#[test]
fn a_key_is_made_once_and_its_record_shown_again() {
    let cli = Cli::founded();
    let made = cli.prints(&["dkim", "new", "Harbour.Example", "--selector", "s1"]);
    assert_eq!(made["record"]["name"], "s1._domainkey.harbour.example");
    let strings: Vec<_> = made["record"]["strings"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
    assert_eq!(made["record"]["value"], strings.concat());
    assert!(strings.len() == 2 && strings.iter().all(|string| string.len() <= 255), "{strings:?}");
    assert_eq!(cli.lists(&["dkim", "show"]), [made]);
    for wrong in [["harbour.example", "s1"], ["harbour", "s2"], ["harbour.example", "../s"]] {
        cli.is_refused(&["dkim", "new", wrong[0], "--selector", wrong[1]]);
    }
    assert_eq!(fs::read_dir(cli.data().join("keys")).unwrap().count(), 1);
}

/// A relay, and somebody with an RSA and an Ed25519 key and a page to leave.
fn signing_house() -> (Relay, Cli) {
    let relay = Relay::start();
    let cli = Cli::founded().with_relay(relay.url());
    cli.prints(&["dkim", "new", "harbour.example"]);
    cli.prints(&["dkim", "new", "harbour.example", "--ed25519"]);
    (relay, cli)
}

/// What a relay took, as files; and the same with a byte of each body changed.
struct Letters {
    _folder: tempfile::TempDir,
    records: PathBuf,
    as_taken: PathBuf,
    changed: PathBuf,
}

impl Letters {
    fn of_a_dispatch() -> Self {
        let (relay, cli) = signing_house();
        cli.has_readers(READERS);
        cli.dispatches();
        let settings = cli.file("settings.toml", "[web]\nbase_url = \"https://letters.harbour.example\"\n");
        cli.lists(&["--config", &settings, "courier"]);
        let folder = tempfile::tempdir().unwrap();
        let [records, as_taken, changed] = ["records", "taken", "changed"].map(|name| folder.path().join(name));
        let line = |key: &Value| {
            let record = &key["record"];
            format!("{}\t{}\n", record["name"].as_str().unwrap(), record["value"].as_str().unwrap())
        };
        fs::write(&records, cli.lists(&["dkim", "show"]).iter().map(line).collect::<String>()).unwrap();
        fs::create_dir(&as_taken).unwrap();
        fs::create_dir(&changed).unwrap();
        for (nth, taken) in relay.record().iter().enumerate() {
            let letter = String::from_utf8(taken.letter.to_vec()).unwrap();
            assert!(letter.contains("\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
            let other = letter.replacen("charset=utf-8", "charset=utf-7", 1);
            assert_ne!(letter, other);
            fs::write(as_taken.join(format!("{nth:04}.eml")), letter).unwrap();
            fs::write(changed.join(format!("{nth:04}.eml")), other).unwrap();
        }
        Self { _folder: folder, records, as_taken, changed }
    }

    /// How many signatures of a folder's letters hold, and how many do not.
    fn judged(&self, verifier: &mut Command, folder: &Path) -> (usize, usize) {
        let out = verifier.arg(&self.records).arg(folder).output().unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let said = String::from_utf8(out.stdout).unwrap();
        let passed = said.lines().filter(|line| line.ends_with(" pass")).count();
        (passed, said.lines().count() - passed)
    }
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories/sign").join(name)
}

fn mode(file: &Path) -> u32 {
    fs::metadata(file).unwrap().permissions().mode() & 0o777
}
