//! Cli: the character that types commands: the real binary as a child process, on a data folder of its
//! own. It reads what was printed, and looks at the tables to say whether anything was changed.

use crate::outside;
use serde_json::Value;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Seconds after which a command that hangs is ended, so that it does not hang the story.
const PATIENCE: &str = "100";

pub(crate) struct Cli {
    folder: TempDir,
    data: PathBuf,
    relay: Option<String>,
}

/// What came of a command.
#[derive(Debug)]
pub(crate) struct Ran {
    /// The exit status.
    pub(crate) code: Option<i32>,
    /// Exactly what was printed.
    pub(crate) stdout: Vec<u8>,
    /// What was said beside it.
    pub(crate) stderr: String,
}

impl Cli {
    /// Somebody with an empty data folder and no relay.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        Self { folder, data, relay: None }
    }

    /// Somebody who has a publication `notes` and a list `notes/all`.
    pub(crate) fn founded() -> Self {
        let cli = Self::new();
        cli.founds(&[]);
        cli
    }

    /// Makes the publication and its list, the publication with these options too.
    pub(crate) fn founds(&self, options: &[&str]) {
        let from = "Harbour Office <notes@harbour.example>";
        let add = ["publication", "add", "notes", "--name", "Harbour Notes", "--from", from];
        self.prints(&[&add, options].concat());
        self.prints(&["list", "add", "notes/all", "--name", "Everyone"]);
    }

    /// The same person on another data folder.
    pub(crate) fn works_in(mut self, data: &Path) -> Self {
        self.data = data.to_owned();
        self
    }

    /// The same person with a relay.
    pub(crate) fn with_relay(mut self, url: String) -> Self {
        self.relay = Some(url);
        self
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// Writes a file beside the data folder; its path, as an argument.
    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }

    /// Puts readers `r0001@…` on the list.
    pub(crate) fn has_readers(&self, count: u32) {
        let rows: String = (1..=count).map(|n| format!("{}\n", crate::station::reader(n))).collect();
        let roster = self.file("readers.csv", format!("email\n{rows}"));
        assert_eq!(self.prints(&["subscriber", "import", "notes/all", &roster])["new"], count);
    }

    /// Takes in a document; the issue's id.
    pub(crate) fn takes_in(&self, name: &str, document: &str) -> String {
        let file = self.file(name, document);
        self.prints(&["issue", "import", "notes", &file])["issue"].to_string()
    }

    /// Takes in the little bulletin and orders it to be sent; the dispatch's id.
    pub(crate) fn dispatches(&self) -> String {
        let issue = self.takes_in("notes.md", crate::station::BULLETIN);
        self.prints(&["dispatch", "start", &issue, "--to", "notes/all"])["dispatch"].to_string()
    }

    /// The command, not yet begun.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        for foreign in ["YIZHAN_DATA", "YIZHAN_CONFIG", "YIZHAN_RELAY", "YIZHAN_LOG"] {
            command.env_remove(foreign);
        }
        command.envs(self.relay.as_ref().map(|url| ("YIZHAN_RELAY", url)));
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    /// Types a command as it stands, beside `--data`.
    pub(crate) fn types(&self, arguments: &[&str]) -> Ran {
        let mut command = self.command("timeout");
        command.arg(PATIENCE).arg(env!("CARGO_BIN_EXE_yizhan")).arg("--data").arg(&self.data).args(arguments);
        let out = command.output().unwrap();
        let stderr = String::from_utf8(out.stderr).expect("what is said is text");
        Ran { code: out.status.code(), stdout: out.stdout, stderr }
    }

    /// Types a command, and wants JSON.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.types(&[&["--json"], arguments].concat())
    }

    /// Types a command that does its work and prints one object.
    pub(crate) fn prints(&self, arguments: &[&str]) -> Value {
        let mut lines = self.lists(arguments);
        assert_eq!(lines.len(), 1, "{arguments:?}");
        lines.remove(0)
    }

    /// Types a command that does its work and prints an object a line.
    pub(crate) fn lists(&self, arguments: &[&str]) -> Vec<Value> {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
        ran.json()
    }

    /// Types a command that is refused, with nothing printed; the one sentence that says why.
    pub(crate) fn is_refused(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!((ran.code, ran.text()), (Some(1), ""), "{arguments:?}: {}", ran.stderr);
        ran.sentence()
    }

    /// The same; nothing in the tables may be changed by it.
    pub(crate) fn is_refused_and_nothing_changes(&self, arguments: &[&str]) -> String {
        let before = self.tables();
        let sentence = self.is_refused(arguments);
        assert_eq!(self.tables(), before, "{arguments:?} changed something, though it said: {sentence}");
        sentence
    }

    /// Every row of every table, as text; empty where there is no database.
    pub(crate) fn tables(&self) -> String {
        block_on(dumped(&self.data.join("yizhan.db")))
    }

    /// Changes the tables behind the program's back.
    pub(crate) fn meddles(&self, sql: &'static str) {
        block_on(async {
            let mut database = open(&self.data.join("yizhan.db")).await;
            sqlx::query(sql).execute(&mut database).await.unwrap();
            database.close().await.unwrap();
        });
    }
}

impl Ran {
    /// What was printed.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("what is printed is text")
    }

    /// What was printed, an object a line.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }

    /// The only line that was said, which is a sentence of the program.
    pub(crate) fn sentence(&self) -> String {
        let said = self.stderr.trim_end().strip_prefix("yizhan: ").unwrap_or_else(|| panic!("said: {}", self.stderr));
        assert!(!said.is_empty() && !said.contains('\n'), "more than a sentence: {said}");
        said.to_owned()
    }
}

/// Waits for something that is outside a story's own thread.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// The seed's bytes; without them the story is skipped.
pub(crate) fn seed() -> Option<Vec<u8>> {
    outside::seed().map(|path| fs::read(path).unwrap())
}

async fn open(database: &Path) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(database)).await.unwrap()
}

/// The tables that hold facts: an index of words is made of them, and cannot be read as rows.
const TABLES: &str = "SELECT name FROM sqlite_schema AS t WHERE type = 'table' AND NOT EXISTS
    (SELECT 1 FROM sqlite_schema AS v WHERE v.sql LIKE 'CREATE VIRTUAL%' AND (t.name = v.name OR t.name LIKE v.name || '\\_%' ESCAPE '\\'))
    ORDER BY name";

async fn dumped(database: &Path) -> String {
    if !database.exists() {
        return String::new();
    }
    let mut database = open(database).await;
    let tables: Vec<String> = sqlx::query_scalar(TABLES).fetch_all(&mut database).await.unwrap();
    let mut dump = String::new();
    for table in tables {
        let columns: Vec<String> = sqlx::query_scalar("SELECT 'quote(\"' || name || '\")' FROM pragma_table_info(?)")
            .bind(&table)
            .fetch_all(&mut database)
            .await
            .unwrap();
        let rows = format!("SELECT {} FROM \"{table}\"", columns.join(" || ',' || "));
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(rows)).fetch_all(&mut database).await.unwrap();
        dump.extend(rows.into_iter().map(|row| format!("{table}: {row}\n")));
    }
    database.close().await.unwrap();
    dump
}
