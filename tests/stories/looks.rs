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

/// What is read of a letter, a text at a time: its words, size, weight, where its block begins, and line height. Where lines
/// break may differ.
const READ: &str = "(() => {
    const root = document.querySelector('h1').closest('table table') ?? document.body;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const read = [];
    while (walker.nextNode()) {
        const words = walker.currentNode.textContent.trim(), at = walker.currentNode.parentElement;
        if (!words || !at.getClientRects().length) continue;
        const { fontSize, fontWeight, lineHeight } = getComputedStyle(at);
        read.push([words, fontSize, fontWeight, Math.round(at.closest('p, h1, h2, h3, h4, li, td, th').getBoundingClientRect().left), lineHeight].join('|'));
    }
    return read.join('\\n');
})()";

/// A letter as a client shows it that knows no style sheet and no class, and loads no picture; the body in a page of its own.
fn bare(html: &str) -> String {
    let body = html.split_once("<body").and_then(|(_, rest)| rest.split_once('>')).unwrap().1;
    let body = body.split("</body>").next().unwrap();
    let kept = body.split(" class=\"").enumerate().map(
        |(at, piece)| {
            if at == 0 { piece } else { piece.split_once('"').unwrap().1 }
        },
    );
    kept.collect::<String>().replace("<img ", "<img data-off ").replace(" src=\"", " data-src=\"")
}

/// The letters that the stories below take apart.
fn some_letters() -> Vec<(String, String)> {
    let cli = Cli::new();
    let folder = crate::letters::gallery(&cli);
    ["zh-CN-specimen", "zh-CN-attachments", "zh-CN-issue-large", "en-issue", "zh-CN-correction", "zh-CN-notice-03-over"]
        .map(|name| (name.to_owned(), std::fs::read_to_string(folder.join(format!("{name}.html"))).unwrap()))
        .to_vec()
}

#[test]
fn without_style_sheet_classes_and_pictures_a_letter_reads_and_looks_the_same() {
    let Some(browser) = Browser::find() else { return };
    for (name, html) in some_letters() {
        for width in [390, 900] {
            let view = View { width, height: 900, dark: false };
            let whole = browser.opens(&html, view).says(READ);
            let stripped = format!("<body style='margin:0'>{}</body>", bare(&html));
            assert!(!stripped.contains("<style") && !stripped.contains(" class="), "{name}");
            let page = browser.opens(&stripped, view);
            assert!(whole.as_str().unwrap().lines().count() > 8, "{name}: {whole}");
            assert_eq!(page.says(READ), whole, "{name} at {width}");
            assert_eq!(page.says("document.documentElement.scrollWidth"), width, "{name} scrolls sideways");
        }
    }
}

/// What webmail brings along: resets of everything, its own links and tables, a narrow frame.
const WEBMAIL: &str = "<style>*{box-sizing:border-box;margin:0;padding:0}p,h1,h2,h3,ul,ol,blockquote{margin:0;padding:0}\
    a{color:red;text-decoration:none}table{border-spacing:0;border-collapse:separate;font-size:12px}\
    td,th{font:12px/1 Tahoma;color:#333}h1,h2,h3,h4{font-size:100%;font-weight:400}ul,ol{list-style:none}\
    body{font:12px/1.2 Tahoma}.mail{max-width:760px;margin:0 auto;overflow:hidden}</style>";

#[test]
fn within_the_style_sheet_of_a_webmail_a_letter_stays_as_it_is() {
    let Some(browser) = Browser::find() else { return };
    for (name, html) in some_letters() {
        for width in [390, 900] {
            let view = View { width, height: 900, dark: false };
            // Gmail and others put their own before every id and name, and before the links to them.
            let inside = bare(&html).replace(" id=\"", " id=\"m_1").replace(" name=\"", " name=\"m_1");
            let inside = inside.replace("href=\"#", "href=\"#m_1");
            let page = browser.opens(&format!("{WEBMAIL}<body><div class=mail>{inside}</div></body>"), view);
            let words = |read: &serde_json::Value| -> Vec<String> {
                let fields = |line: &str| line.split('|').take(3).collect::<Vec<_>>().join("|");
                read.as_str().unwrap().lines().map(fields).collect()
            };
            let whole = browser.opens(&html, view).says(READ);
            assert_eq!(words(&page.says(READ)), words(&whole), "{name} at {width}");
            assert_eq!(page.says("document.documentElement.scrollWidth"), width, "{name} scrolls sideways");
            let dead = "[...document.querySelectorAll('a[href^=\"#\"]')].filter((a) => \
                !document.getElementsByName(a.hash.slice(1)).length || !document.getElementById(a.hash.slice(1))).length";
            assert_eq!(page.says(dead), 0, "{name}: links of the contents lead somewhere");
            let reds = "[...document.querySelectorAll('a[href]')].filter((a) => \
                getComputedStyle(a).color === 'rgb(255, 0, 0)').length";
            assert_eq!(page.says(reds), 0, "{name}: links keep their colour");
        }
    }
}
