//! Law: the plan of the house as tables, and what breaks it, a sentence each.

use crate::source::Source;

/// The doors and their floors; what stands on one floor are strangers to one another.
const FLOORS: [&[&str]; 5] = [
    &["domain"],
    &["store", "intake", "compose"],
    &["actions"],
    &["web", "courier", "mailbox", "scheduler", "returns"],
    &["cli"],
];
/// Beside the floors: `clock` is handed to whoever waits, `chance` draws, `apart` starts readers of their own, `config` gathers everyone's settings.
const BESIDE: [&str; 4] = ["clock", "chance", "apart", "config"];
/// The floors' doors that compute and never wait.
const PURE: [&str; 3] = ["domain", "intake", "compose"];

/// Foreign names, and the only places (from `src/` on) that may name them.
const CONFINED: [(&str, &[&str]); 31] = [
    ("sqlx", &["store"]),
    ("axum", &["web"]),
    ("maud", &["compose", "web"]),
    ("email_templates", &["compose", "web"]),
    ("lettre", &["domain/address.rs", "compose", "courier"]),
    ("cron", &["domain/schedule"]),
    ("aws_lc_rs", &["compose/sign.rs", "compose/sign/key.rs", "cli/keys.rs"]), // DKIM
    ("argon2", &["domain/password.rs"]),
    ("getrandom", &["chance.rs"]),
    ("similar", &["domain/issue/difference.rs"]),
    ("smtp_proto", &["courier", "mailbox"]),
    ("tokio_rustls", &["courier"]),
    ("rustls_native_certs", &["courier/tls.rs"]),
    ("hickory_resolver", &["cli/check/resolver.rs"]),
    ("mail_parser", &["intake"]),
    ("comrak", &["intake"]),
    ("csv", &["intake"]),
    ("calamine", &["intake"]),
    ("zip", &["intake"]),
    ("hayro_interpret", &["intake/document/pdf"]),
    ("std::process", &["apart.rs", "cli", "main.rs", "web/sheet.rs"]),
    ("encoding_rs", &["intake", "courier"]), // documents; relays that answer in GBK
    ("chardetng", &["intake"]),
    ("rust_xlsxwriter", &["web/sheet.rs"]),
    ("anyhow", &["cli"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("comfy_table", &["cli"]),
    ("tokio", &["clock.rs", "store", "actions", "web", "courier", "mailbox", "scheduler", "returns", "cli"]),
    ("tokio::net", &["web", "courier", "mailbox", "returns", "cli"]),
    (
        "std::fs",
        &[
            "config.rs",
            "config/relay.rs",
            "store",
            "actions",
            "web",
            "courier",
            "mailbox",
            "scheduler/inbox",
            "returns",
            "cli",
        ],
    ),
];
/// The crates of one document format each: named in one file only.
const ONE_FILE: [&str; 6] = ["comrak", "csv", "calamine", "zip", "hayro_interpret", "chardetng"];

/// Words that no name may hold (ARCHITECTURE.md, nouns).
const FORBIDDEN: [&str; 14] = [
    "campaign",
    "newsletter",
    "blast",
    "contact",
    "message",
    "job",
    "task",
    "manager",
    "service",
    "helper",
    "util",
    "status",
    "sent",
    "delivered",
];

/// What no file may be called beside those: such a file has no one thing that it is for.
const NO_FILE: [&str; 3] = ["common", "misc", "shared"];

/// Names that a contract of ours fixes: the command line calls a flag's sentence its message.
const EXCUSED: [(&str, &str); 1] = [("src/domain/document.rs", "message")];

/// Everything in one file of `src/` that breaks a law.
pub(crate) fn offences(source: &Source) -> Vec<String> {
    let mut offences = Vec::new();
    if let Some(door) = source.door() {
        offences.extend(source.doors_named().into_iter().filter_map(|named| arrow(door, named)));
        offences.extend(floor_of(door).is_none().then(|| format!("{door} is no door of the plan")));
    }
    offences.extend(inside_courier(source));
    offences.extend(writing(source));
    offences.extend(
        CONFINED
            .iter()
            .filter(|(name, places)| names_outside(source, name, places))
            .map(|(name, places)| format!("{name} has no place here; it belongs to {}", places.join(", "))),
    );
    let excused = |name: &&str| EXCUSED.contains(&(source.name.as_str(), *name));
    offences.extend(source.definitions().into_iter().filter(|name| !excused(name)).filter_map(dishonest));
    offences.into_iter().map(|offence| format!("{}: {offence}", source.name)).collect()
}

/// Crates of one document format that more than one file names.
pub(crate) fn shared_crates(sources: &[Source]) -> Vec<String> {
    let users = |name| sources.iter().filter(move |source| source.names(name)).map(|source| source.name.as_str());
    ONE_FILE
        .into_iter()
        .filter(|name| users(name).count() > 1)
        .map(|name| format!("{name} is named in more than one file: {}", users(name).collect::<Vec<_>>().join(", ")))
        .collect()
}

/// A missing door plate and a forbidden word in a file's name.
pub(crate) fn plate_and_name(name: &str, text: &str) -> Vec<String> {
    let plate = (!text.starts_with("//! ")).then(|| format!("{name} does not open with a door plate (//!)"));
    let stem = name.rsplit('/').next().and_then(|file| file.strip_suffix(".rs")).unwrap_or(name);
    let idle = NO_FILE.contains(&stem).then(|| format!("{name} does not say what it is for"));
    plate.into_iter().chain(idle).chain(dishonest(stem)).collect()
}

/// The offence in one door's naming another, if it is one.
fn arrow(from: &str, to: &str) -> Option<String> {
    let lawful = match (from, to) {
        _ if from == to => true,
        ("config", _) | ("cli", "config") => true,
        ("clock", to) => to == "domain",
        ("chance" | "apart", _) => false,
        (from, "clock" | "chance" | "apart") => !PURE.contains(&from),
        _ => matches!((floor_of(from), floor_of(to)), (Some(own), Some(other)) if other < own),
    };
    (!lawful).then(|| format!("{from} may not know {to}"))
}

/// A door's floor, the ground being 0; those beside the floors count as the highest.
fn floor_of(door: &str) -> Option<usize> {
    let beside = BESIDE.contains(&door).then_some(FLOORS.len());
    FLOORS.iter().position(|doors| doors.contains(&door)).or(beside)
}

/// A fleet of senders is one file away only while nothing but the book knows the floors below.
fn inside_courier(source: &Source) -> Option<String> {
    let reaches = source.doors_named().iter().any(|named| ["actions", "store"].contains(named));
    let stranger = source.door() == Some("courier") && !source.is_in(&["courier/book.rs"]);
    (stranger && reaches).then(|| "only courier/book.rs may know actions or store".to_owned())
}

fn writing(source: &Source) -> Option<String> {
    let writes = source.has(&["Writing"]) || source.has(&["store", ".", "write", "("]);
    (writes && !source.is_in(&["store", "actions"])).then(|| "only actions write".to_owned())
}

fn names_outside(source: &Source, name: &str, places: &[&str]) -> bool {
    source.names(name) && !source.is_in(places)
}

/// The offence in a name that holds a forbidden word; Message-ID is the standard's own term.
fn dishonest(name: &str) -> Option<String> {
    let words = words_of(name);
    let forbidden = |(at, word): (usize, &String)| {
        let message_id = word == "message" && words.get(at + 1).is_some_and(|next| next.starts_with("id"));
        let known = FORBIDDEN.iter().any(|known| word == known || word.strip_suffix('s') == Some(known));
        (known && !message_id).then(|| format!("the name '{name}' holds '{word}'"))
    };
    words.iter().enumerate().find_map(forbidden)
}

/// The words of a name in any of Rust's cases, in lower case.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_lower = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() || (letter.is_uppercase() && after_lower) {
            words.push(String::new());
        }
        if letter.is_alphanumeric() {
            words.last_mut().unwrap().extend(letter.to_lowercase());
        }
        after_lower = letter.is_lowercase();
    }
    words
}
