//! Office: the house in which the people of these stories work: the real `yizhan serve` as a child process with a
//! publication of its own, and as its relay the built-in mailbox, or one with a script. It closes when the story ends.

use crate::browser::{Browser, Page};
use crate::cli::Cli;
use std::io::{BufRead, BufReader};
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use yizhan::mailbox::Mailbox;

/// With what everybody signs in.
pub(super) const PASSWORD: &str = "correct horse battery";

/// A manuscript of the house's own, with a question or two.
pub(super) const SAMPLE: &str = include_str!("../../../samples/bulletin.zh-CN.txt");

pub(super) struct Office {
    service: Child,
    url: String,
    /// Whoever types commands on the same folder.
    pub(super) cli: Cli,
    mailroom: Option<Mailroom>,
}

/// The built-in mailbox at work.
struct Mailroom {
    address: String,
    folder: PathBuf,
    _stop: watch::Sender<bool>,
    _runtime: Runtime,
}

impl Office {
    /// An office whose letters go to the built-in mailbox, a few at a time, so that somebody can watch.
    pub(super) fn opens() -> Self {
        Self::with_settings("")
    }

    /// The same, whose house writes to those who work there: a link for whoever forgot the password.
    pub(super) fn opens_and_writes_notices() -> Self {
        Self::with_settings("[notices]\nfrom = \"desk@yunze.example\"\n")
    }

    fn with_settings(more: &str) -> Self {
        let cli = Cli::new();
        let mailbox = Mailroom::opens(cli.data().with_file_name("letters"));
        let mut office = Self::at(cli, &mailbox.address.clone(), more);
        office.mailroom = Some(mailbox);
        office
    }

    /// An office whose letters go to this relay.
    pub(super) fn with_relay(url: &str) -> Self {
        Self::at(Cli::new(), url, "")
    }

    fn at(cli: Cli, relay: &str, more: &str) -> Self {
        let cli = cli.with_relay(format!("{relay}&connections=2"));
        let from = "云泽科技观察编辑部 <brief@yunze.example>";
        cli.prints(&["publication", "add", "brief", "--name", "云泽科技观察", "--from", from]);
        cli.prints(&["list", "add", "brief/all", "--name", "全体读者"]);
        let pace = "[lanes.\"readers.example\"]\nconnections = 2\nper_minute = 4000\n";
        let settings = format!("[web]\nlisten = \"127.0.0.1:0\"\nbase_url = \"http://letters.example\"\n{pace}{more}");
        let settings = cli.file("settings.toml", settings);
        let mut command = cli.command(env!("CARGO_BIN_EXE_yizhan"));
        command.arg("--data").arg(cli.data()).args(["--config", &settings, "serve"]);
        let mut service = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(service.stderr.take().unwrap()).lines().map(Result::unwrap);
        let line = said.find(|line| line.contains("readers' pages are on")).expect("it says where its pages are");
        let url = line.rsplit(' ').next().unwrap().to_owned();
        // Somebody must listen, or it could not speak.
        std::thread::spawn(move || said.for_each(drop));
        Self { service, url, cli, mailroom: None }
    }

    /// The address of a page.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// A new colleague at a computer of their own, who has taken up the invitation and chosen a password there.
    pub(super) fn employs(&self, browser: &Browser, name: &str, role: &str) -> Page {
        let mut page = browser.somebody();
        self.welcomes(&mut page, name, role);
        page
    }

    /// The same at a computer that is there.
    pub(super) fn welcomes(&self, page: &mut Page, name: &str, role: &str) {
        let email = format!("{role}@yunze.example");
        let added = self.cli.prints(&["account", "add", &email, "--role", role, "--name", name]);
        let link = added["link"].as_str().unwrap();
        page.goes_to(&self.url(&link[link.find("/welcome/").unwrap()..]));
        page.writes("新密码", PASSWORD);
        page.follows("进入");
        page.sees(&format!("{name}，您好"));
    }

    /// Readers of one provider on the list, by name: 读者1 and so on.
    pub(super) fn has_readers(&self, count: u32) {
        let rows: String = (1..=count).map(|n| format!("reader{n:03}@readers.example,读者{n}\n")).collect();
        let roster = self.cli.file("readers.csv", format!("邮箱,姓名\n{rows}"));
        assert_eq!(self.cli.prints(&["subscriber", "import", "brief/all", &roster])["new"], count);
    }

    /// Has the sample sent to everybody on the list; the page of its dispatch.
    pub(super) fn dispatches(&self) -> String {
        let file = self.cli.file("sample.txt", SAMPLE);
        let issue = self.cli.prints(&["issue", "import", "brief", &file])["issue"].to_string();
        let started = self.cli.prints(&["dispatch", "start", &issue, "--to", "brief/all", "--defaults"]);
        self.url(&format!("/dispatches/{}", started["dispatch"]))
    }

    /// A letter in the mailbox, counted from 1, as a mail program takes it apart.
    pub(super) fn letter(&self, nth: usize) -> String {
        let letter = std::fs::read(self.mailroom.as_ref().unwrap().folder.join(format!("{nth:06}.eml"))).unwrap();
        let letter = mail_parser::MessageParser::default().parse(&letter).unwrap();
        letter.body_html(0).unwrap().into_owned()
    }

    /// How many letters lie in the mailbox.
    pub(super) fn letters(&self) -> usize {
        let folder = &self.mailroom.as_ref().unwrap().folder;
        std::fs::read_dir(folder)
            .unwrap()
            .filter(|file| file.as_ref().unwrap().path().extension() == Some("eml".as_ref()))
            .count()
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.service.kill();
        let _ = self.service.wait();
    }
}

impl Mailroom {
    fn opens(folder: PathBuf) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_io().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let address = format!("smtp://{}?tls=none", listener.local_addr().unwrap());
        let (stop, stopped) = watch::channel(false);
        let mailbox = Mailbox { folder: folder.clone() };
        runtime.spawn(async move { mailbox.serve(listener, stopped).await });
        Self { address, folder, _stop: stop, _runtime: runtime }
    }
}
