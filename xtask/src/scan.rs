//! Scan: the API and the signed-in desk of a station of its own, on loopback, asked by strangers' programs: schemathesis
//! holds every route against its own description, wapiti attacks every page that it can reach. Both are Python, of the
//! versions named here, in an environment under target/; both are bounded in time. docs/proof.md keeps what they found.

use crate::run::{Chore, cargo, program, run, said, target};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

/// What is installed; wapiti does not name greenlet itself.
const PROGRAMS: [&str; 3] = ["schemathesis==4.32.5", "wapiti3==3.1.8", "greenlet>=3"];
/// Where the station listens.
const ADDRESS: &str = "127.0.0.1:8977";
/// An issue that is out to two readers.
const DOCUMENT: &str = "# Harbour Notes\n\n2024 No. 8\n\n2024-08-01\n\n## The old crane\n\nThe crane is gone.\n";
const ROSTER: &str = "email\na@readers.example\nb@readers.example\n";
/// Who asks without a token is told 401, and after a hundred of these in a row, as it is meant, 429.
const RULES: &str = "[checks.missing_required_header]\nexpected-statuses = [401, 429]\n";
/// Ends with 1 when a report of wapiti names anything.
const JUDGE: &str = "import json, sys\n\
    report = json.load(open(sys.argv[1]))\n\
    found = [(name, one['path'], one['info']) for kind in ('vulnerabilities', 'anomalies')\n\
    \x20        for name, all in report[kind].items() for one in all]\n\
    print(report['infos']['crawled_pages_nbr'], 'pages;', *found or ['nothing found'], sep='\\n')\n\
    sys.exit(bool(found))";

/// A station for a scan, ended with it.
struct Station {
    place: PathBuf,
    serving: Child,
}

impl Drop for Station {
    fn drop(&mut self) {
        let _ = self.serving.kill();
        let _ = self.serving.wait();
    }
}

/// Scans the API and the desk.
///
/// # Errors
/// When a program is missing, or finds something.
pub(crate) fn scan() -> Chore {
    run(cargo(&["build", "--quiet", "--bin", "yizhan"]))?;
    let place = target().join("scan");
    let bin = place.join("python/bin");
    if !bin.join("wapiti").exists() {
        run(program("python3", &["-m", "venv", &text(&place.join("python"))]))?;
        run(program(bin.join("pip"), &[&["install", "--quiet"][..], &PROGRAMS].concat()))?;
    }
    let (station, token, cookie) = Station::begin(&place)?;
    let api = ask_api(&bin, &station.place, &token);
    let desk = attack_desk(&bin, &station.place, &cookie);
    api.and(desk)
}

fn ask_api(bin: &Path, place: &Path, token: &str) -> Chore {
    let (document, base) = (format!("http://{ADDRESS}/api/v1/openapi.json"), format!("http://{ADDRESS}"));
    let head = format!("Authorization: Bearer {token}");
    write(&place.join("schemathesis.toml"), RULES)?;
    let rules = text(&place.join("schemathesis.toml"));
    let mut asked = program(bin.join("schemathesis"), &["--config-file", &rules, "run", &document]);
    asked.args(["--url", &base, "--header", &head]);
    asked.args(["--max-time", "120", "--rate-limit", "18/s", "--continue-on-failure", "--phases", "coverage,fuzzing"]);
    // A document's bytes and a key that is used twice are refused by no schema.
    asked.args(["--exclude-checks", "positive_data_acceptance"]);
    // What it keeps for replays belongs beside the station.
    asked.current_dir(place);
    run(asked)
}

fn attack_desk(bin: &Path, place: &Path, cookie: &str) -> Chore {
    let jar = place.join("jar.json");
    let value =
        format!("{{\"value\": \"{cookie}\", \"expires\": null, \"secure\": false, \"port\": null, \"version\": 0}}");
    write(&jar, &format!("{{\"127.0.0.1\": {{\"/\": {{\"yizhan\": {value}}}}}}}"))?;
    let (report, start) = (place.join("wapiti.json"), format!("http://{ADDRESS}/"));
    let mut attack = program(bin.join("wapiti"), &["--url", &start, "--cookie", &text(&jar), "--scope", "folder"]);
    attack.args(["--header", "Sec-Fetch-Site: same-origin", "--exclude", &format!("{start}sign-out")]);
    // Not cookieflags: the jar is ours, and http:// cannot have the Secure flag. Not csrf: it looks for a token in each
    // form, where ours are held to who the browser says has sent them (web/desk/guard.rs); web/tests/rooms.rs posts each from elsewhere.
    attack.args(["--module", "http_headers,csp,xss,permanentxss,sql,exec,file,crlf,redirect,ssrf,xxe"]);
    attack.args(["--max-scan-time", "420", "--max-attack-time", "40", "--no-bugreport", "--flush-session"]);
    attack.args(["--store-session", &text(&place.join("wapiti")), "--store-config", &text(&place.join("wapiti"))]);
    attack.args(["--format", "json", "--output", &text(&report)]);
    run(attack)?;
    run(program(bin.join("python"), &["-c", JUDGE, &text(&report)]))
}

impl Station {
    /// Begins one, with a token that may all and the cookie of its admin.
    fn begin(place: &Path) -> Chore<(Self, String, String)> {
        let _ = fs::remove_dir_all(place.join("data"));
        let file = |name: &str, said: &str| write(&place.join(name), said).map(|()| text(&place.join(name)));
        let document = file("bulletin.md", DOCUMENT)?;
        let (roster, settings) =
            (file("roster.csv", ROSTER)?, file("yizhan.toml", &format!("[web]\nlisten = \"{ADDRESS}\"\n"))?);
        let ours = |words: &[&str]| {
            let mut command = Command::new(target().join("debug/yizhan"));
            command.args(["--data", &text(&place.join("data")), "--config", &settings]).args(words);
            command
        };
        said(ours(&["publication", "add", "notes", "--name", "Harbour Notes", "--from", "Notes <n@x.example>"]))?;
        said(ours(&["list", "add", "notes/all", "--name", "All"]))?;
        said(ours(&["subscriber", "import", "notes/all", &roster]))?;
        said(ours(&["issue", "import", "notes", &document]))?;
        said(ours(&["dispatch", "start", "1", "--to", "notes/all", "--defaults"]))?;
        let invited = said(ours(&["account", "add", "chief@x.example", "--role", "admin"]))?;
        let serving = ours(&["serve"]).spawn().map_err(|error| format!("yizhan could not be started: {error}"))?;
        let station = Self { place: place.to_owned(), serving };
        let path = invited.rsplit("/welcome/").next().unwrap_or_default().trim().to_owned();
        let cookie = enter(&path)?;
        // Only now: choosing a password ends whatever ways in there were before.
        let scopes = ["read", "import", "dispatch", "log", "readers"].map(|scope| format!("--scope={scope}"));
        let mut make = ours(&["account", "token", "add", "chief@x.example", "--name", "scan"]);
        make.args(scopes);
        let token = said(make)?.split_whitespace().last().unwrap_or_default().to_owned();
        Ok((station, token, cookie))
    }
}

/// Takes up an invitation; the cookie that it gives.
fn enter(invitation: &str) -> Chore<String> {
    let page = format!("http://{ADDRESS}/welcome/{invitation}");
    // The station may take a moment to listen; curl waits for it.
    let mut form =
        program("curl", &["--silent", "--include", "--retry", "30", "--retry-connrefused", "--retry-delay", "1"]);
    form.args(["--header", "Sec-Fetch-Site: same-origin", "--data", "password=a long word of a scan", &page]);
    let answer = said(form)?;
    let cookie = answer.split_once("set-cookie: yizhan=").and_then(|(_, rest)| rest.split(';').next());
    cookie.map(str::to_owned).ok_or_else(|| format!("nobody could sign in on http://{ADDRESS}: {answer}"))
}

fn write(file: &Path, said: &str) -> Chore {
    fs::write(file, said).map_err(|error| format!("{} cannot be written: {error}", file.display()))
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
