//! Browser: Chromium without a window, for what only a browser can say: how a page looks and what it asks the network
//! for, and whether somebody at the desk gets where they want to. Spoken to over its own pipe (`browser/wire.rs`); what
//! people do in a tab is in `browser/page.rs`.

mod page;
mod wire;

pub(crate) use page::Page;

use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;
use wire::Wire;

/// Chromium, running; it ends with this.
pub(crate) struct Browser {
    wire: Arc<Wire>,
    folder: TempDir,
}

/// Through what a page is looked at; in CSS pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    /// The width of the window.
    pub(crate) width: u32,
    /// Its height.
    pub(crate) height: u32,
    /// Whether the reader prefers dark.
    pub(crate) dark: bool,
}

/// What a page turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Measured {
    /// How wide its content is; wider than the window means that it scrolls sideways.
    pub(crate) scroll_width: u32,
    /// How wide the window is.
    pub(crate) client_width: u32,
    /// Everything it asked the network for, whether it came or not.
    pub(crate) requests: Vec<String>,
    /// Whether the page was told that its reader prefers dark.
    pub(crate) dark: bool,
}

impl Browser {
    /// Starts Chromium, where it is installed; otherwise the story is skipped.
    pub(crate) fn find() -> Option<Self> {
        let program = crate::outside::chromium()?;
        let folder = tempfile::tempdir().unwrap();
        let wire = Arc::new(Wire::start(&program, &folder.path().join("profile")));
        Some(Self { wire, folder })
    }

    /// Somebody at a computer of their own, on a wide screen by day: a tab that shares cookies with no other.
    pub(crate) fn somebody(&self) -> Page {
        let context = self.wire.asks(None, "Target.createBrowserContext", &json!({})).unwrap();
        let page = Page::open(&self.wire, context["browserContextId"].as_str().unwrap());
        page.looks_through(View { width: 1280, height: 900, dark: false });
        page
    }

    /// A picture (PNG) of a page, of exactly the view's size, kept as `target/tmp/NAME.png`.
    pub(crate) fn screenshot(&self, name: &str, html: &str, view: View) -> PathBuf {
        let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
        fs::write(&picture, self.opens(html, view).picture()).unwrap();
        picture
    }

    /// Measures a page once it has loaded.
    pub(crate) fn measure(&self, html: &str, view: View) -> Measured {
        let mut page = self.opens(html, view);
        let wide = |page: &Page, what: &str| {
            let width = page.says(&format!("document.documentElement.{what}")).as_u64().unwrap();
            u32::try_from(width).unwrap()
        };
        let dark = page.says("matchMedia('(prefers-color-scheme: dark)').matches") == true;
        Measured {
            scroll_width: wide(&page, "scrollWidth"),
            client_width: wide(&page, "clientWidth"),
            requests: page.requests().to_vec(),
            dark,
        }
    }

    /// A tab that shows a page of one's own, through a view.
    pub(crate) fn opens(&self, html: &str, view: View) -> Page {
        let file = self.folder.path().join("page.html");
        fs::write(
            &file,
            format!("<!doctype html><meta charset=utf-8><meta name=color-scheme content='light dark'>{html}"),
        )
        .unwrap();
        let mut page = self.somebody();
        page.looks_through(view);
        page.goes_to(&format!("file://{}", file.display()));
        page
    }
}

#[test]
fn a_page_is_measured_in_a_window_of_the_width_asked_for() {
    let Some(browser) = Browser::find() else { return };
    let view = View { width: 320, height: 480, dark: true };
    let html = "<body style='margin:0'><div style='width:400px'>你好 \"&amp;\"</div>\
                <img src='http://127.0.0.1:9/a?b=c&amp;d'></body>";
    let expected = Measured {
        scroll_width: 400,
        client_width: 320,
        requests: vec!["http://127.0.0.1:9/a?b=c&d".to_owned()],
        dark: true,
    };
    assert_eq!(browser.measure(html, view), expected);
    let fits = browser.measure("<p>fits</p>", View { dark: false, ..view });
    assert_eq!((fits.scroll_width, fits.requests.len(), fits.dark), (320, 0, false));
}

#[test]
fn a_picture_has_the_size_asked_for_and_shows_the_page_as_narrow_as_that() {
    let Some(browser) = Browser::find() else { return };
    let html = "<style>body{background:#fff}@media (prefers-color-scheme: dark){body{background:#000}}</style>\
                <p style='text-align:right'>right edge";
    let mut pictures = Vec::new();
    for dark in [false, true] {
        let view = View { width: 360, height: 640, dark };
        let picture = fs::read(browser.screenshot(&format!("browser-{dark}"), html, view)).unwrap();
        let size = [16, 20].map(|at| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap()));
        assert_eq!((&picture[1..4], size), (&b"PNG"[..], [360, 640]));
        pictures.push(picture);
    }
    assert_ne!(pictures[0], pictures[1]);
}

/// Says what happens to its field, and refuses a second press.
const FORM: &str = "<label>字 <input id=field></label><button id=go>去</button><ol id=log></ol><script>
    for (const kind of ['compositionstart', 'compositionend', 'keydown'])
      field.addEventListener(kind, (event) => { log.append(kind + ':' + (event.data ?? event.key) + ' '); });
    go.onclick = () => setTimeout(() => { location.hash = 'gone'; document.title = field.value; log.append('pressed'); }, 50);
    </script>";

#[test]
fn somebody_types_composes_and_presses_as_a_person_does() {
    let Some(browser) = Browser::find() else { return };
    let mut page = browser.opens(FORM, View { width: 800, height: 600, dark: false });
    page.writes("字", "a");
    page.composes(&["n", "ni", "你"], "你");
    page.presses("去");
    page.sees("pressed");
    let log = page.says("log.innerText");
    let log = log.as_str().unwrap();
    assert!(
        log.contains("keydown:a") && log.contains("compositionstart:") && log.contains("compositionend:你"),
        "{log}"
    );
    assert_eq!(page.says("document.title"), "a你");
}

#[test]
#[should_panic(expected = "it cannot be")]
fn a_page_that_complains_fails_its_story() {
    let Some(browser) = Browser::find() else { panic!("it cannot be tried") };
    browser.opens("<script>throw new Error('it cannot be')</script>", View { width: 800, height: 600, dark: false });
}
