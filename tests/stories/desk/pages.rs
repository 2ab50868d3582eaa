//! Every page that a link leads to, at the desk and for readers: it is there, keeps nobody out, is never wider than its
//! window, complains of nothing, and asks only its own house. Walked on the demo, as whoever opens it is let in.

use super::office::SAMPLE;
use crate::browser::{Browser, Page, View};
use crate::cli::Cli;
use crate::outside;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

/// The demo as a newcomer starts it.
struct Demo {
    program: Child,
    url: String,
    cli: Cli,
    /// Where no link leads: what stands in letters and is told to people.
    unlinked: Vec<String>,
}

impl Demo {
    /// Starts it, and waits until its issue is out; then brings what its desk would have after a while.
    fn opens() -> Self {
        let cli = Cli::new();
        let mut command = cli.command(env!("CARGO_BIN_EXE_yizhan"));
        command.arg("--data").arg(cli.data()).args(["demo", "--readers", "12"]);
        let mut program = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(program.stderr.take().unwrap()).lines().map(Result::unwrap);
        let line = said.find(|line| line.contains("The next issue waits for you")).expect("it says so");
        let url = line.rsplit(' ').next().unwrap().to_owned();
        // Somebody must listen, or it could not speak.
        std::thread::spawn(move || said.for_each(drop));
        // From here on it ends with this, whatever goes wrong.
        let mut demo = Self { program, url, cli, unlinked: Vec::new() };
        demo.unlinked = brings_more(&demo.cli, &demo.url);
        demo
    }
}

/// What a desk has after a while: an issue with questions, a dispatch for later, a colleague. Where letters and
/// invitations lead.
fn brings_more(cli: &Cli, url: &str) -> Vec<String> {
    let manuscript = cli.file("第11期.txt", SAMPLE.replace("第9期", "第11期"));
    cli.prints(&["issue", "import", "demo", &manuscript]);
    cli.prints(&["list", "add", "demo/more", "--name", "增刊"]);
    // It went out when nobody had to approve.
    cli.prints(&["publication", "set", "demo", "--approvals", "0"]);
    cli.prints(&["dispatch", "start", "1", "--to", "demo/more", "--at", "2099-01-01T09:00:00+08:00"]);
    cli.prints(&["publication", "set", "demo", "--approvals", "1"]);
    let invited = cli.prints(&["account", "add", "editor@yunze.example", "--role", "editor"]);
    let invitation = invited["link"].as_str().unwrap();
    let letter = std::fs::read(cli.data().join("mailbox/000001.eml")).unwrap();
    let letter = mail_parser::MessageParser::default().parse(&letter).unwrap();
    let html = letter.body_html(0).unwrap();
    let in_letter = ["read", "leave"].map(|room| {
        let at = html.find(&format!("{url}/{room}/")).expect("the letter has the link");
        html[at + url.len()..].split('"').next().unwrap().to_owned()
    });
    let welcome = invitation[invitation.find("/welcome/").unwrap()..].to_owned();
    in_letter.into_iter().chain([welcome]).collect()
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// A page that is not there is a page too.
const NOWHERE: &str = "/nowhere";

/// What kind of page a path leads to: those that differ in a number only are of one kind; but each issue and each dispatch
/// stands elsewhere on its way, and has pages of its own.
fn kind(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let is_own = ["/issues/", "/dispatches/"].iter().any(|room| path.starts_with(room)) && query.is_empty();
    let is_name = |piece: &str| piece.len() > 40 || !is_own && piece.chars().any(|c| c.is_ascii_digit());
    let shape = |piece| if is_name(piece) { "#" } else { piece };
    let query: Vec<&str> =
        query.split('&').map(|pair| if is_name(pair) { pair.split('=').next().unwrap() } else { pair }).collect();
    format!("{}?{}", path.split('/').map(shape).collect::<Vec<_>>().join("/"), query.join("&"))
}

/// The pages that this one leads to.
fn links(page: &Page) -> Vec<String> {
    let links = page.says(
        "[...document.querySelectorAll('a[href]')].filter((a) => a.origin == location.origin).map((a) => a.pathname + a.search)",
    );
    links.as_array().unwrap().iter().map(|link| link.as_str().unwrap().to_owned()).collect()
}

/// What axe has against the page as it is shown now, as sentences.
fn faults(page: &Page, rules: &str) -> Vec<String> {
    let found = page.says(&format!(
        "axe.run(document, {{ {rules} resultTypes: ['violations'], iframes: false }}).then(({{ violations }}) => violations
            .filter(({{ impact }}) => ['serious', 'critical'].includes(impact))
            .flatMap(({{ id, nodes }}) => nodes.map((node) => `${{id}}: ${{node.html.slice(0, 160)}} ${{node.any[0]?.message ?? ''}}`)))"
    ));
    found.as_array().unwrap().iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Looks at the page through a window, by day and by night; what is wrong with it.
fn looks_over(page: &mut Page, width: u32, axe: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    page.brings_along(axe);
    for dark in [true, false] {
        page.looks_through(View { width, height: 900, dark });
        let wide = page.says("document.documentElement.scrollWidth").as_u64().unwrap();
        if wide > u64::from(width) {
            wrong.push(format!("scrolls sideways to {wide}"));
        }
        // Night changes colours and nothing else.
        let rules = if dark { "runOnly: ['color-contrast']," } else { "" };
        wrong.extend(faults(page, rules).into_iter().map(|fault| format!("dark {dark}: {fault}")));
    }
    wrong
}

/// Follows every link from the home page, and from where no link leads; each kind of page once.
fn every_page(width: u32) {
    let (Some(browser), Some(axe)) = (Browser::find(), outside::axe()) else { return };
    let demo = Demo::opens();
    let mut page = browser.somebody();
    let mut waiting = demo.unlinked.clone();
    waiting.extend(["/sign-in", NOWHERE, "/publications/demo/lists/readers/import", "/"].map(str::to_owned));
    let (mut seen, mut wrong) = (BTreeSet::new(), Vec::new());
    while let Some(path) = waiting.pop() {
        if !seen.insert(kind(&path)) {
            continue;
        }
        page.goes_to(&format!("{}{path}", demo.url));
        let expected = if path == NOWHERE { 404 } else { 200 };
        if page.answered() != expected {
            wrong.push(format!("{path} is answered with {}", page.answered()));
        }
        // The API is described to programs.
        if page.says("document.contentType") != "text/html" {
            continue;
        }
        wrong.extend(looks_over(&mut page, width, &axe).into_iter().map(|fault| format!("{path} {fault}")));
        waiting.extend(links(&page));
    }
    let roster = demo.cli.file("roster.csv", "邮箱,姓名\nnew@readers.example,新读者\nreader,某人\n");
    page.goes_to(&format!("{}/publications/demo/lists/readers/import", demo.url));
    page.brings(roster.as_ref());
    page.follows("上传并预览");
    wrong.extend(looks_over(&mut page, width, &axe).into_iter().map(|fault| format!("a roster's preview {fault}")));
    let elsewhere = page.requests().iter().filter(|url| !url.starts_with(&demo.url)).cloned();
    wrong.extend(elsewhere.map(|url| format!("{url} is asked for")));
    assert!(wrong.is_empty(), "of {} pages:\n{}", seen.len(), wrong.join("\n"));
    assert!(seen.len() > 40, "only {seen:?}");
}

#[test]
fn the_demo_opens_at_its_admins_desk_with_one_issue_out_and_one_to_approve() {
    let Some(browser) = Browser::find() else { return };
    let demo = Demo::opens();
    let mut page = browser.somebody();
    page.goes_to(&demo.url);
    page.sees("演示管理员，您好");
    page.sees("已结束");
    page.follows("等您签发");
    page.follows("同意签发");
    page.sees("已签发（1 人同意），可以投递");
}

#[test]
fn every_page_is_there_for_everybody_on_a_wide_screen() {
    every_page(1280);
}

#[test]
fn every_page_is_there_for_everybody_on_a_phone() {
    every_page(390);
}
