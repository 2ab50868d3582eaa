//! Mutants: the bytes of the cases, damaged in every way that files are, end in a draft that balances or in a refusal;
//! never in a panic, never late. What damages them is counted, not drawn, so that a failure comes back.

use super::*;
use std::path::Path;
use std::time::Duration;

/// A sequence of numbers that look drawn (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (end.max(1) as u64)).expect("below a usize")
    }
}

fn case(name: &str, file: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name).join(file);
    std::fs::read(path).expect("the case is part of the project")
}

/// One to four damages: bytes changed, taken out, doubled, moved; lines shuffled; marks of documents put in.
fn damage(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    const MARKS: [&str; 14] = [
        "\n",
        "\u{c}",
        "\t",
        "　　",
        "。",
        "【",
        "】",
        "— 3 —",
        "目录\n",
        "编辑：",
        "2026年第3期",
        "\u{ad}\n",
        "<!--",
        "](",
    ];
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len());
        let end = (at + numbers.below(400)).min(bytes.len());
        match numbers.below(7) {
            0 if !bytes.is_empty() => bytes[at] = u8::try_from(numbers.below(256)).expect("a byte"),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = bytes[at..end].to_vec();
                let to = numbers.below(bytes.len());
                drop(bytes.splice(to..to, piece));
            }
            3 => bytes.truncate(at),
            4 => {
                let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
                let (a, b) = (numbers.below(lines.len()), numbers.below(lines.len()));
                lines.swap(a, b);
                *bytes = lines.join(&b'\n');
            }
            _ => drop(bytes.splice(at..at, MARKS[numbers.below(MARKS.len())].bytes())),
        }
    }
}

/// Damages whole characters only: most mutants are text then, and reach the rules behind the decoding.
fn damage_text(text: &str, numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    damage(&mut bytes, numbers);
    String::from_utf8_lossy(&bytes).replace('\u{fffd}', "").into_bytes()
}

#[expect(clippy::disallowed_methods, reason = "a hang is found by the clock alone")]
fn read_mutants(times: u64) {
    for (name, file) in [("pdf-text", "source.txt"), ("digest", "source.txt"), ("markdown", "source.md")] {
        let source = case(name, file);
        let text = decode(&source).map(|decoded| decoded.text).unwrap_or_default();
        for seed in 1..=times {
            let mut numbers = Numbers(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
            let mut raw = source.clone();
            damage(&mut raw, &mut numbers);
            for bytes in [raw, damage_text(&text, &mut numbers)] {
                let begun = std::time::Instant::now();
                if let Ok(draft) = read(file, &bytes) {
                    assert_eq!(draft.conservation.lost, 0, "{name} {seed}");
                }
                assert!(begun.elapsed() < Duration::from_secs(5), "{name} {seed} took {:?}", begun.elapsed());
            }
        }
    }
}

#[test]
fn damaged_documents_are_read_or_refused() {
    read_mutants(60);
}

/// 10,000 of each case: 20,000 for plain text, 10,000 for Markdown.
#[test]
#[ignore = "minutes: run it by hand after a change of the readers"]
fn many_damaged_documents_are_read_or_refused() {
    read_mutants(5_000);
}
