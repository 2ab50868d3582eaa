//! Browser: Chromium without a window, for what only a browser can say: how wide a letter lies, what
//! it asks the network for, how it looks by day and by night. A page is shown in a frame of exactly
//! the width asked for, because Chromium lays no window out narrower than 500 px.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Chromium.
pub(crate) struct Browser {
    program: PathBuf,
}

/// Through what a page is looked at; in CSS pixels.
#[derive(Clone, Copy)]
pub(crate) struct View {
    /// The width of the frame.
    pub(crate) width: u32,
    /// Its height.
    pub(crate) height: u32,
    /// Whether the reader prefers dark.
    pub(crate) dark: bool,
}

/// What a page turned out to be.
#[derive(Debug, PartialEq, Eq, serde::Deserialize)]
pub(crate) struct Measured {
    /// How wide its content is; wider than the frame means that it scrolls sideways.
    pub(crate) scroll_width: u32,
    /// How wide the frame is.
    pub(crate) client_width: u32,
    /// Everything it asked the network for, whether it came or not.
    pub(crate) requests: Vec<String>,
    /// Whether the page was told that its reader prefers dark.
    pub(crate) dark: bool,
}

impl Browser {
    /// Chromium, where it is installed; otherwise the story is skipped.
    pub(crate) fn find() -> Option<Self> {
        crate::outside::chromium().map(|program| Self { program })
    }

    /// A picture (PNG) of a page, of exactly the view's size, kept as `target/tmp/NAME.png`.
    pub(crate) fn screenshot(&self, name: &str, html: &str, view: View) -> PathBuf {
        let picture = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png"));
        self.run(html, view, &format!("--screenshot={}", picture.display()));
        picture
    }

    /// Measures a page once it has loaded.
    pub(crate) fn measure(&self, html: &str, view: View) -> Measured {
        let dom = self.run(html, view, "--dump-dom");
        let (_, rest) = dom.split_once(OPENING).expect("the frame's page holds the element");
        let (json, _) = rest.split_once(CLOSING).expect("the element is closed");
        // Markup that an address may hold is escaped in the dump.
        serde_json::from_str(&json.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")).unwrap()
    }

    fn run(&self, html: &str, view: View, what: &str) -> String {
        let folder = TempDir::new().unwrap();
        let page = folder.path().join("frame.html");
        fs::write(&page, framed(html, view)).unwrap();
        // A browser that hangs must not hang the story.
        let mut command = Command::new("timeout");
        command.arg("60").arg(&self.program).args(FLAGS);
        command.arg(format!("--user-data-dir={}", folder.path().join("profile").display()));
        command.arg(format!("--window-size={},{}", view.width, view.height));
        // Blink's PreferredColorScheme: 0 is dark, 1 is light.
        command.arg(format!("--blink-settings=preferredColorScheme={}", u32::from(!view.dark)));
        let out = command.arg(what).arg(format!("file://{}", page.display())).output().unwrap();
        assert!(out.status.success(), "Chromium failed: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }
}

const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
];

const OPENING: &str = "<script type=\"application/json\" id=\"measured\">";
const CLOSING: &str = "</script>";

/// A page that shows `html` in a frame and, when it has loaded, writes down what it measures.
fn framed(html: &str, view: View) -> String {
    let escaped = html.replace('&', "&amp;").replace('"', "&quot;");
    let View { width, height, .. } = view;
    format!(
        r#"<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<body style="margin:0">{OPENING}{CLOSING}<iframe id="frame" width="{width}" height="{height}" style="border:0;display:block"
srcdoc="{escaped}"></iframe><script>
frame.onload = () => {{
  const page = frame.contentDocument.documentElement, own = frame.contentWindow;
  measured.textContent = JSON.stringify({{
    scroll_width: page.scrollWidth, client_width: page.clientWidth,
    requests: own.performance.getEntriesByType('resource').map(entry => entry.name),
    dark: own.matchMedia('(prefers-color-scheme: dark)').matches,
  }});
}};
</script>"#
    )
}

#[test]
fn a_page_is_measured_in_a_frame_of_the_width_asked_for() {
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
