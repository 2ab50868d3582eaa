//! Laws of reading documents, over whole documents: the seed, the project's own samples, and
//! properties that hold for any bytes.

use super::*;
use crate::domain::document::{Draft, Severity};
use crate::domain::issue::{BlockKind, Dating};
use std::path::Path;

/// A real issue that is no part of the project; none where it is absent.
fn seed() -> Option<Vec<u8>> {
    let path = std::env::var_os("YIZHAN_SEED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seed/000_a97b05a5aa38a589.txt"),
        Into::into,
    );
    std::fs::read(path).ok()
}

#[expect(clippy::print_stderr, reason = "a skipped law must be heard")]
fn seed_or_say() -> Option<Vec<u8>> {
    let seed = seed();
    if seed.is_none() {
        eprintln!("SKIPPED: no seed document here; set YIZHAN_SEED to the path of one");
    }
    seed
}

fn count(draft: &Draft, is: fn(&BlockKind) -> bool) -> usize {
    draft.contents.articles.iter().flat_map(|article| &article.blocks).filter(|block| is(&block.kind)).count()
}

fn run_in_heads(draft: &Draft) -> usize {
    draft.contents.articles.iter().flat_map(|a| &a.blocks).map(|block| block.run_in_heads().len()).sum()
}

fn open(draft: &Draft) -> Vec<&str> {
    draft.flags.iter().filter(|flag| flag.is_open()).map(|flag| flag.id.as_str()).collect()
}

#[test]
fn the_seed_comes_out_exactly() {
    let Some(bytes) = seed_or_say() else { return };
    let draft = read("seed.txt", &bytes).expect("an issue");
    for flag in &draft.flags {
        eprintln!("{:?} {} {:?}", flag.line, flag.id, flag.finding);
    }
    eprintln!("{:?}", draft.conservation);
    assert_eq!(count(&draft, |k| matches!(k, BlockKind::Paragraph { .. })), 39);
    assert_eq!(count(&draft, |k| matches!(k, BlockKind::Heading { .. })), 6);
    assert_eq!(open(&draft), ["missing-date", "glued-subhead-1"]);
    assert_eq!(run_in_heads(&draft), 25);
}
