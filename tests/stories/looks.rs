//! How the letter looks in a real browser: on a phone and on a desk, light and dark.

use crate::browser::{Browser, View};
use crate::cli::Cli;
use crate::outside;

const SAMPLE: &str = include_str!("../../samples/bulletin.zh-CN.txt");

/// The HTML of the document's letter.
fn letter(document: &str) -> String {
    let cli = Cli::founded();
    let issue = cli.takes_in("bulletin.txt", document);
    cli.prints(&["issue", "answer", &issue, "--defaults"]);
    let ran = cli.run(&["issue", "export", &issue, "--format", "html"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran.text().to_owned()
}

#[test]
fn a_letter_fits_every_screen_and_asks_the_network_for_nothing() {
    let Some(browser) = Browser::find() else { return };
    let seed = outside::seed().map(|path| std::fs::read_to_string(path).unwrap());
    for (name, document) in [("sample", Some(SAMPLE.to_owned())), ("seed", seed)] {
        let Some(document) = document else { continue };
        let html = letter(&document);
        for (width, dark) in [(390, false), (390, true), (900, false), (900, true)] {
            let measured = browser.measure(&html, View { width, height: 900, dark });
            assert_eq!(measured.requests, Vec::<String>::new(), "{name} at {width}");
            assert_eq!((measured.scroll_width, measured.client_width), (width, width), "{name} scrolls sideways");
            assert_eq!(measured.dark, dark);
        }
        let picture =
            browser.screenshot(&format!("letter-{name}"), &html, View { width: 390, height: 900, dark: false });
        assert!(picture.is_file());
    }
}
