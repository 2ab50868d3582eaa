//! Sign: what a signed letter costs beside the bare RSA-2048 signature, in one run (`cargo xtask prove
//! sign [FILE]`). Each round times both, one after the other, and the medians of all rounds are compared,
//! so that other work on the machine falls on both alike.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement by hand: it prints, or it has failed")]
#![allow(clippy::disallowed_methods, reason = "it measures time")]

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;
use yizhan::compose::sign::SigningKey;
use yizhan::compose::{Stationery, print, sample_parcel};
use yizhan::domain::id::EditionId;
use yizhan::domain::issue::Dating;
use yizhan::domain::moment::Moment;
use yizhan::domain::publication::{Profile, Undated};

const ROUNDS: usize = 2_000;
/// The goal: signing a letter costs at most this many bare signatures.
const GOAL: f64 = 1.2;

fn main() -> ExitCode {
    let file = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let file = file.unwrap_or_else(|| "samples/bulletin.zh-CN.txt".to_owned());
    let mut contents = yizhan::intake::document::read(&file, &std::fs::read(&file).unwrap()).unwrap().contents;
    if contents.published_on == Dating::DispatchDay {
        contents.published_on = Dating::Undated;
    }
    let print = print(&profile(), &contents).unwrap();
    let parcel = sample_parcel(&print, EditionId(1), Moment(1_700_000_000_000), Some("https://letters.example.cn"));
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let stationery = || Stationery::new(&print, EditionId(1), &print.digest()).unwrap();
    let (plain, signed) = (stationery(), stationery().signed_with(&[Arc::new(key(&pair))]));
    let mut letter = Vec::new();
    let mut times = [const { Vec::new() }; 3];
    for nth in 0..ROUNDS as u64 {
        times[0].push(micros(|| {
            let mut signature = [0; 256];
            pair.sign_digest(&RSA_PKCS1_SHA256, &digest(&SHA256, &nth.to_be_bytes()), &mut signature).unwrap();
            black_box(signature);
        }));
        for (at, stationery) in [(1, &plain), (2, &signed)] {
            letter.clear();
            times[at].push(micros(|| stationery.letter(&parcel, black_box(&mut letter)).unwrap()));
        }
    }
    let [bare, plain, signed] = times.map(median);
    println!(
        "| letter KB | bare signature µs | letter unsigned µs | letter signed µs | signing ÷ bare | signed ÷ bare |"
    );
    println!("|---|---|---|---|---|---|");
    let (kilobytes, signing) = (letter.len() as f64 / 1000.0, (signed - plain) / bare);
    println!("| {kilobytes:.1} | {bare:.0} | {plain:.1} | {signed:.0} | {signing:.3} | {:.3} |", signed / bare);
    if signing <= GOAL {
        return ExitCode::SUCCESS;
    }
    println!("Signing costs more than {GOAL} bare signatures.");
    ExitCode::FAILURE
}

fn key(pair: &RsaKeyPair) -> SigningKey {
    let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let base64 = data_encoding::BASE64.encode(der.as_ref());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{base64}\n-----END PRIVATE KEY-----\n");
    SigningKey::read("proof._domainkey.station.example".parse().unwrap(), &pem).unwrap()
}

fn profile() -> Profile {
    Profile {
        slug: "proof".parse().unwrap(),
        name: "速度试刊".to_owned(),
        from: "试刊 <proof@station.example>".parse().unwrap(),
        compiled_by: None,
        approvals: 0,
        language: "zh-CN".parse().unwrap(),
        zone: chrono_tz::Asia::Shanghai,
        undated: Undated::DispatchDay,
        own_approval: false,
        motto: None,
        reply_to: None,
        theme: Default::default(),
        colophon: Vec::new(),
        testers: Vec::new(),
        extent: Default::default(),
    }
}

fn micros(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64() * 1e6
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
