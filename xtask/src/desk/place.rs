//! Place: the folder that the desk is measured on, and the station that serves it. The folder is made once for a number of
//! readers; each measurement works on a copy, so that it always begins with the same.

use super::ask::Asker;
use crate::prove::{Sink, free_port};
use crate::run::{Chore, cargo, program, root, run, said, target};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Issues that have gone out.
const GONE: u32 = 5;
/// The issue that goes out meanwhile, and the one of thousands of passages that is edited.
const GOING: u32 = 6;
const LARGE: u32 = 7;
/// Articles of the large issue, and passages of each.
const ARTICLES: usize = 60;
const PASSAGES: usize = 50;
/// A page of a roster's preview is measured too.
const ROSTER_ROWS: usize = 1_000;

/// The groups that are looked at: narrow and broad ones, with an index to go by and without.
const GROUPS: [&[&str]; 8] = [
    &["--where", "organisation contains 科技局", "--where", "state is active"],
    &["--where", "organisation contains 第4999", "--where", "provider is qq.com"],
    &["--where", "provider is qq.com", "--where", "state is-not suppressed"],
    &["--where", "provider is unit4999.example", "--where", "name is 李明", "--any"],
    &["--where", "department contains 办公室"],
    &["--where", "list is all", "--where", "region empty"],
    &["--where", "known from 2026-01-01"],
    &["--where", "state is ended", "--where", "region is 云泽市", "--any"],
];

/// The station while it is measured; it ends with it.
pub(super) struct Station {
    serving: Child,
    address: String,
    data: PathBuf,
    dispatch: String,
    readers: u32,
    roster: std::cell::OnceCell<String>,
    _sink: Sink,
}

impl Drop for Station {
    fn drop(&mut self) {
        let _ = self.serving.kill();
        let _ = self.serving.wait();
        // The copy is as large as the folder it was made of.
        let _ = fs::remove_dir_all(&self.data);
    }
}

impl Station {
    /// Makes the folder where it is not there, and lets an issue go out from a copy of it.
    ///
    /// # Errors
    /// When a program is missing or fails.
    pub(super) fn begin(readers: u32) -> Chore<Self> {
        run(cargo(&["build", "--release", "--quiet"]))?;
        let place = target().join("desk");
        let (full, data) = (place.join(readers.to_string()), place.join("data"));
        if !full.join("made").exists() {
            fill(&place, &full, readers)?;
        }
        let _ = fs::remove_dir_all(&data);
        run(program("cp", &["-r", &shown(&full), &shown(&data)]))?;
        for (nth, rule) in GROUPS.iter().enumerate() {
            let name = rule.join(" ").replace("--where ", "");
            said(ours(&data, &[&["group", "add", "brief", "--name", &format!("{nth} {name}")], *rule].concat()))?;
        }
        let sink = Sink::start()?;
        let settings = place.join("yizhan.toml");
        let address = format!("127.0.0.1:{}", free_port()?);
        let text =
            format!("[web]\nlisten = \"{address}\"\n[relay]\nurl = \"smtp://127.0.0.1:{}?tls=none\"\n", sink.port);
        write(&settings, &text)?;
        let started = said(ours(&data, &["--json", "dispatch", "start", &GOING.to_string(), "--to", "brief/all"]))?;
        let dispatch = number(&started, "dispatch").ok_or(started)?.to_string();
        let mut serve = ours(&data, &["--config", &shown(&settings), "serve"]);
        let serving = serve.stdout(Stdio::null()).spawn().map_err(|error| error.to_string())?;
        let mut station = Self { serving, address, data, dispatch, readers, roster: Default::default(), _sink: sink };
        eprintln!("the issue is opening");
        while station.settled()? == 0 {
            if let Ok(Some(end)) = station.serving.try_wait() {
                return Err(format!("the station ended ({end})"));
            }
        }
        Ok(station)
    }

    /// Signs an admin in, and lets them look at a roster.
    ///
    /// # Errors
    /// When nobody comes in.
    pub(super) fn enter(&self) -> Chore<Asker> {
        let invited = said(ours(&self.data, &["account", "add", "chief@x.example", "--role", "admin"]))?;
        let path = format!("/welcome/{}", invited.rsplit("/welcome/").next().unwrap_or_default().trim());
        let mut asker = Asker { address: self.address.clone(), cookie: String::new() };
        let answer = asker.post(&path, "application/x-www-form-urlencoded", "password=a long word of a proof")?;
        let cookie = answer.split_once("set-cookie: yizhan=").and_then(|(_, rest)| rest.split(';').next());
        asker.cookie = format!("yizhan={}", cookie.ok_or_else(|| format!("nobody could sign in: {answer}"))?);
        let rows: String = (0..ROSTER_ROWS).map(|n| format!("读者{n},new{n}@readers.example\r\n")).collect();
        let file = format!(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"r.csv\"\r\n\r\n姓名,邮箱\r\n{rows}\r\n--x--\r\n"
        );
        let answer = asker.post("/publications/brief/lists/all/import", "multipart/form-data; boundary=x", &file)?;
        let at = answer.split_once("location: ").and_then(|(_, rest)| rest.split(['\r', '?']).next());
        let digest = at.and_then(|at| at.rsplit('/').next()).ok_or_else(|| format!("no roster: {answer}"))?;
        let _ = self.roster.set(digest.to_owned());
        Ok(asker)
    }

    /// A path as it is asked for: with each of the things there that its names in braces can be.
    pub(super) fn filled(&self, path: &str) -> Vec<String> {
        let Some((before, rest)) = path.split_once('{') else { return vec![path.to_owned()] };
        let (name, after) = rest.split_once('}').unwrap_or((rest, ""));
        let things = match name {
            "publication" => vec!["brief".to_owned()],
            "list" => vec!["all".into()],
            "issue" => vec![GOING.to_string(), LARGE.to_string()],
            "dispatch" => vec![self.dispatch.clone(), "103".into()],
            "subscriber" => vec![(self.readers / 2 + 1).to_string()],
            "group" => (1..=GROUPS.len()).map(|group| group.to_string()).collect(),
            "digest" => vec![self.roster.get().cloned().unwrap_or_default()],
            // Of editions, deliveries and accounts the first is there.
            _ => vec!["1".into()],
        };
        things.iter().flat_map(|thing| self.filled(&format!("{before}{thing}{after}"))).collect()
    }

    /// Letters that have gone.
    ///
    /// # Errors
    /// When the program fails.
    pub(super) fn settled(&self) -> Chore<i64> {
        let shown = said(ours(&self.data, &["--json", "dispatch", "show", &self.dispatch]))?;
        number(&shown, "accepted").ok_or(shown)
    }

    /// Lets no more letters go.
    ///
    /// # Errors
    /// When the program fails.
    pub(super) fn pause(&self) -> Chore {
        said(ours(&self.data, &["dispatch", "pause", &self.dispatch])).map(drop)
    }

    /// How long the station's threads have worked, in milliseconds.
    ///
    /// # Errors
    /// When it is not there.
    pub(super) fn processor_ms(&self) -> Chore<f64> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.serving.id())).map_err(|error| error.to_string())?;
        // A thread that has just ended has nothing to say.
        let worked = threads.flatten().filter_map(|thread| fs::read_to_string(thread.path().join("schedstat")).ok());
        let nanoseconds = worked.filter_map(|text| text.split(' ').next()?.parse::<f64>().ok());
        Ok(nanoseconds.sum::<f64>() / 1e6)
    }
}

/// A folder with a publication, its issues and a large one, and as many readers.
fn fill(place: &Path, data: &Path, readers: u32) -> Chore {
    eprintln!("{readers} readers and {GONE} issues are written down, once; for a million that takes minutes");
    let _ = fs::remove_dir_all(data);
    fs::create_dir_all(place).map_err(|error| error.to_string())?;
    let sample = fs::read_to_string(root().join("samples/bulletin.zh-CN.txt")).map_err(|error| error.to_string())?;
    said(ours(data, &["publication", "add", "brief", "--name", "云泽科技观察", "--from", "云泽 <a@station.example>"]))?;
    said(ours(data, &["list", "add", "brief/all", "--name", "读者"]))?;
    let file = shown(&place.join("issue.txt"));
    for issue in 1..=GOING {
        write(Path::new(&file), &sample.replace("第9期", &format!("第{issue}期")))?;
        said(ours(data, &["issue", "import", "brief", &file]))?;
        said(ours(data, &["issue", "answer", &issue.to_string(), "--defaults"]))?;
        said(ours(data, &["edition", "submit", &issue.to_string()]))?;
    }
    write(Path::new(&file), &large())?;
    said(ours(data, &["issue", "import", "brief", &file]))?;
    said(ours(data, &["schedule", "set", "brief", "--cron", "0 9 1 1 *", "--to", "brief/all"]))?;
    let sql = include_str!("million.sql").replace("READERS", &readers.to_string());
    let script = place.join("million.sql");
    write(&script, &sql)?;
    run(program("sqlite3", &["-bail", &shown(&data.join("yizhan.db")), &format!(".read '{}'", shown(&script))]))?;
    write(&data.join("made"), "")
}

/// An issue of thousands of passages.
fn large() -> String {
    let passage = |n| {
        format!("第{n}段。市科技局会同有关单位，对近五年的成果逐项评价，形成可查询、可比较的目录，每季度更新一次。\n\n")
    };
    let article = |n| {
        let passages: String = (1..=PASSAGES).map(passage).collect();
        format!("## 文章{n}\n\n{passages}")
    };
    let articles: String = (1..=ARTICLES).map(article).collect();
    format!("# 云泽科技观察\n\n2026年第{LARGE}期\n\n2026-07-01\n\n{articles}")
}

fn ours(data: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(target().join("release/yizhan"));
    command.args(["--data", &shown(data)]).args(words);
    command
}

/// A number of a JSON object, by its name.
fn number(json: &str, name: &str) -> Option<i64> {
    let after = json.split_once(&format!("\"{name}\":"))?.1;
    after.split(|sign: char| !sign.is_ascii_digit()).next()?.parse().ok()
}

fn write(file: &Path, text: &str) -> Chore {
    fs::write(file, text).map_err(|error| format!("{} cannot be written: {error}", file.display()))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
