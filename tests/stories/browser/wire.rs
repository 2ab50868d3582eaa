//! Wire: the DevTools protocol over Chromium's own pipe (`--remote-debugging-pipe`): JSON ended by NUL, commands
//! on its descriptor 3, replies and events on 4. A thread of its own hands each reply to whoever asked and each event to
//! the page that it is of. Who waits, waits on a channel and not for ever.

use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// How long anything in a browser may take before its story has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A Chromium that is listened to; it ends with this.
pub(crate) struct Wire {
    child: Mutex<Child>,
    commands: Mutex<ChildStdin>,
    waiting: Arc<Mutex<Waiting>>,
}

/// Who waits for what.
#[derive(Default)]
struct Waiting {
    asked: u64,
    replies: HashMap<u64, Sender<Value>>,
    /// By the pages' session ids.
    events: HashMap<String, Sender<Value>>,
}

impl Wire {
    /// Starts the program with a profile in this folder.
    pub(crate) fn start(program: &Path, profile: &Path) -> Self {
        let mut command = Command::new("sh");
        // The pipe's two ends come as descriptors 0 and 1, and are wanted as 3 and 4.
        command.args(["-c", "exec \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1", "sh"]).arg(program).args(FLAGS);
        command.arg(format!("--user-data-dir={}", profile.display()));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (commands, said) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let waiting = Arc::new(Mutex::new(Waiting::default()));
        let told = Arc::clone(&waiting);
        thread::spawn(move || listen(said, &told));
        Self { child: Mutex::new(child), commands: Mutex::new(commands), waiting }
    }

    /// Gives a command, to a page or (without one) to the browser itself; its result, or what Chromium has against it.
    pub(crate) fn asks(&self, page: Option<&str>, method: &str, parameters: &Value) -> Result<Value, String> {
        let (told, reply) = channel();
        let mut waiting = self.waiting.lock().unwrap();
        waiting.asked += 1;
        let id = waiting.asked;
        waiting.replies.insert(id, told);
        drop(waiting);
        let mut command = json!({ "id": id, "method": method, "params": parameters });
        if let Some(page) = page {
            command["sessionId"] = page.into();
        }
        self.commands.lock().unwrap().write_all(format!("{command}\0").as_bytes()).expect("Chromium listens");
        let mut reply = within(&reply, method);
        match reply["error"]["message"].as_str() {
            Some(why) => Err(why.to_owned()),
            None => Ok(reply["result"].take()),
        }
    }

    /// From now on, the events of a page.
    pub(crate) fn events_of(&self, page: &str) -> Receiver<Value> {
        let (told, events) = channel();
        self.waiting.lock().unwrap().events.insert(page.to_owned(), told);
        events
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        // It may have ended already.
        let mut child = self.child.lock().unwrap();
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// What comes next on a channel.
pub(crate) fn within(coming: &Receiver<Value>, what: &str) -> Value {
    match coming.recv_timeout(PATIENCE) {
        Ok(value) => value,
        Err(RecvTimeoutError::Timeout) => panic!("waited {} s for {what}", PATIENCE.as_secs()),
        Err(RecvTimeoutError::Disconnected) => panic!("Chromium ended while a story waited for {what}"),
    }
}

/// Hands on what Chromium says, until it says no more.
fn listen(said: impl Read, told: &Mutex<Waiting>) {
    for message in BufReader::new(said).split(0) {
        let Ok(message) = message else { break };
        let message: Value = serde_json::from_slice(&message).expect("the protocol is JSON");
        let mut waiting = told.lock().unwrap();
        let whose = match message["id"].as_u64() {
            Some(id) => waiting.replies.remove(&id),
            None => message["sessionId"].as_str().and_then(|page| waiting.events.get(page).cloned()),
        };
        // Whoever asked may be gone, and the browser's own events are nobody's.
        if let Some(whose) = whose {
            let _ = whose.send(message);
        }
    }
    *told.lock().unwrap() = Waiting::default();
}

const FLAGS: [&str; 15] = [
    // A page that is left while it saves, and kept for coming back, held up the next one now and then on a busy machine.
    "--disable-back-forward-cache",
    "--headless",
    "--remote-debugging-pipe",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    // A frame in a process of its own would be a page of its own to the protocol.
    "--disable-site-isolation-trials",
    "--disable-features=IsolateSandboxedIframes,Translate,MediaRouter",
    "--hide-scrollbars",
    // Whoever works at the desk reads Chinese.
    "--accept-lang=zh-CN,zh",
];
