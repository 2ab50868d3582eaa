//! Page: what somebody does in one tab, and sees there. Things are found as a screen reader finds them, by role and
//! accessible name; keys and clicks are the machine's, not a script's. It notes whatever the page complains of or asks
//! the network for, and fails at the next page where there was a complaint.

use super::View;
use super::wire::{PATIENCE, Wire, within};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

/// A tab.
pub(crate) struct Page {
    wire: Arc<Wire>,
    session: String,
    events: Receiver<Value>,
    complaints: Vec<String>,
    requests: Vec<String>,
    answered: u64,
    written: usize,
    runs_scripts: bool,
}

/// What can be pressed.
const PRESSED: [&str; 6] = ["button", "link", "DisclosureTriangle", "checkbox", "radio", "menuitem"];
/// What can be written into.
const WRITTEN: [&str; 4] = ["textbox", "searchbox", "spinbutton", "combobox"];

/// What has the focus, by its label or by what stands on it.
const FOCUSED: &str =
    "((at) => (at.labels?.[0] ?? at).textContent.trim() || at.ariaLabel || '')(document.activeElement)";
/// Somebody without a mouse gives up after so many presses of Tab.
const FARTHEST: usize = 100;

impl Page {
    /// A new tab among the windows of somebody who shares no cookies with anybody else.
    pub(super) fn open(wire: &Arc<Wire>, context: &str) -> Self {
        let target =
            wire.asks(None, "Target.createTarget", &json!({ "url": "about:blank", "browserContextId": context }));
        let target = target.unwrap()["targetId"].take();
        let attached =
            wire.asks(None, "Target.attachToTarget", &json!({ "targetId": target, "flatten": true })).unwrap();
        let session = attached["sessionId"].as_str().unwrap().to_owned();
        let events = wire.events_of(&session);
        let page = Self {
            wire: Arc::clone(wire),
            session,
            events,
            complaints: Vec::new(),
            requests: Vec::new(),
            answered: 0,
            written: 0,
            runs_scripts: true,
        };
        for domain in ["Page", "Runtime", "Log", "Network", "DOM"] {
            page.asks(&format!("{domain}.enable"), &json!({}));
        }
        page.asks("Page.setLifecycleEventsEnabled", &json!({ "enabled": true }));
        page
    }

    /// Looks through another window, by day or by night.
    pub(crate) fn looks_through(&self, view: View) {
        let View { width, height, dark } = view;
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.asks("Emulation.setDeviceMetricsOverride", &screen);
        let scheme = json!({ "name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" } });
        self.asks("Emulation.setEmulatedMedia", &json!({ "features": [scheme] }));
    }

    /// Lets pages run no scripts from now on.
    pub(crate) fn forbids_scripts(&mut self) {
        self.runs_scripts = false;
        self.asks("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    }

    /// Types an address into the bar, and waits until the page is there.
    pub(crate) fn goes_to(&mut self, url: &str) {
        let went = self.asks("Page.navigate", &json!({ "url": url }));
        assert_eq!(went["errorText"].as_str(), None, "{url}");
        self.arrives();
    }

    /// Presses a button or a link, by its name.
    pub(crate) fn presses(&self, name: &str) {
        let node = self.finds(&PRESSED, name);
        self.clicks(&node);
    }

    /// Presses what leads to another page, and waits until it is there.
    pub(crate) fn follows(&mut self, name: &str) {
        self.hears_out();
        self.presses(name);
        self.arrives();
    }

    /// Presses a key that leads to another page, and waits until it is there.
    pub(crate) fn follows_key(&mut self, key: &str) {
        self.hears_out();
        self.keys(&[key]);
        self.arrives();
    }

    /// Writes into a field, by its label, over what stands there.
    pub(crate) fn writes(&mut self, label: &str, text: &str) {
        self.written += 1;
        let node = self.finds(&WRITTEN, label);
        self.clicks(&node);
        let all = json!({ "type": "keyDown", "key": "a", "code": "KeyA", "commands": ["selectAll"] });
        self.asks("Input.dispatchKeyEvent", &all);
        self.types(text);
    }

    /// How many fields were written into so far.
    pub(crate) fn fields_written(&self) -> usize {
        self.written
    }

    /// Goes on with Tab until what has this name is reached, and can be seen to be.
    pub(crate) fn tabs_to(&mut self, name: &str) {
        let reached = format!("{FOCUSED}.startsWith({})", json!(name));
        for _ in 0..FARTHEST {
            if self.says(&reached) == true {
                return;
            }
            self.keys(&["Tab"]);
        }
        panic!("Tab does not reach {name}; {}", self.shown());
    }

    /// Types, letter by letter; what no key has comes as an input method gives it.
    pub(crate) fn types(&self, text: &str) {
        for c in text.chars() {
            if c.is_ascii() { self.keys(&[c.encode_utf8(&mut [0; 4])]) } else { self.composes(&[], &c.to_string()) }
        }
    }

    /// Composes with an input method: what it shows one after another, and what it leaves in the end.
    pub(crate) fn composes(&self, shown: &[&str], left: &str) {
        self.is_composing(shown);
        self.asks("Input.insertText", &json!({ "text": left }));
    }

    /// Begins to compose with an input method, which shows one after another, and leaves nothing yet.
    pub(crate) fn is_composing(&self, shown: &[&str]) {
        for text in shown {
            let end = text.encode_utf16().count();
            let composed = json!({ "text": text, "selectionStart": end, "selectionEnd": end });
            self.asks("Input.imeSetComposition", &composed);
        }
    }

    /// Presses keys, one after another: a letter, or a name such as `Enter` and `Tab`.
    pub(crate) fn keys(&self, keys: &[&str]) {
        for key in keys {
            let text = match *key {
                "Enter" => "\r",
                "Tab" | "Escape" | "ArrowDown" | "ArrowUp" => "",
                letter => letter,
            };
            let number = match *key {
                "Enter" => 13,
                "Tab" => 9,
                "Escape" => 27,
                "ArrowUp" => 38,
                "ArrowDown" => 40,
                letter if letter.as_bytes()[0].is_ascii_alphanumeric() => {
                    u32::from(letter.as_bytes()[0].to_ascii_uppercase())
                }
                // Signs share their numbers with keys such as Delete.
                _ => 0,
            };
            let down = json!({ "type": "keyDown", "key": key, "text": text, "windowsVirtualKeyCode": number });
            self.asks("Input.dispatchKeyEvent", &down);
            self.asks(
                "Input.dispatchKeyEvent",
                &json!({ "type": "keyUp", "key": key, "windowsVirtualKeyCode": number }),
            );
        }
    }

    /// Chooses a file for the page's file field.
    pub(crate) fn brings(&self, file: &Path) {
        let field = self.object("document.querySelector('input[type=file]')");
        // A path that goes up on its way is denied to a page.
        let file = file.canonicalize().unwrap();
        self.asks("DOM.setFileInputFiles", &json!({ "files": [file], "objectId": field }));
    }

    /// Waits until this can be read on the page, whatever has to happen for it.
    pub(crate) fn sees(&mut self, text: &str) {
        self.until(&format!("document.body.innerText.includes({})", json!(text)));
    }

    /// Waits until something is so, said in the page's own language: the page looks again whenever it has changed, and
    /// where it has gone, its successor does.
    pub(crate) fn until(&mut self, condition: &str) {
        if !self.runs_scripts {
            assert!(self.says(condition) == true, "{condition}; {}", self.shown());
            return;
        }
        let promise = format!(
            "new Promise((done, tooLate) => {{
                const look = () => {{ if ({condition}) {{ observer.disconnect(); done(true); }} }};
                const observer = new MutationObserver(look);
                observer.observe(document, {{ subtree: true, childList: true, attributes: true, characterData: true }});
                addEventListener('load', look);
                setTimeout(() => tooLate(new Error('it never came to that')), {});
                look();
            }})",
            PATIENCE.as_millis() - 2000
        );
        loop {
            match self.evaluates(&promise) {
                Ok(_) => return,
                Err(why) if ["navigated", "destroyed", "context"].iter().any(|word| why.contains(word)) => {
                    self.arrives()
                }
                Err(why) => panic!("{condition}: {why}; {}", self.shown()),
            }
        }
    }

    /// What an expression comes to on the page.
    pub(crate) fn says(&self, expression: &str) -> Value {
        self.evaluates(expression).unwrap_or_else(|why| panic!("{expression}: {why}"))
    }

    /// Whether this can be read on the page now.
    pub(crate) fn shows(&self, text: &str) -> bool {
        self.says(&format!("document.body.innerText.includes({})", json!(text))) == true
    }

    /// The path it is at.
    pub(crate) fn path(&self) -> String {
        self.says("location.pathname + location.search").as_str().unwrap().to_owned()
    }

    /// The names of everything on the page that can be pressed or written into.
    pub(crate) fn names(&self) -> Vec<String> {
        let named = |node: Value| Some(node["name"]["value"].as_str()?.to_owned());
        let roles = PRESSED.iter().chain(&WRITTEN);
        roles.flat_map(|role| self.query(role)).filter_map(named).collect()
    }

    /// With which code the page was answered (RFC 9110 §15).
    pub(crate) fn answered(&self) -> u64 {
        self.answered
    }

    /// Runs a script that the page did not bring along, whatever its policy says of scripts.
    pub(crate) fn brings_along(&self, script: &str) {
        self.asks("Runtime.evaluate", &json!({ "expression": script }));
    }

    /// Everything that it has asked the network for beside documents, whether it came or not.
    pub(crate) fn requests(&mut self) -> &[String] {
        self.hears_out();
        &self.requests
    }

    /// A picture (PNG) of what is to be seen.
    pub(crate) fn picture(&self) -> Vec<u8> {
        let shot = self.asks("Page.captureScreenshot", &json!({ "format": "png" }));
        data_encoding::BASE64.decode(shot["data"].as_str().unwrap().as_bytes()).unwrap()
    }

    /// Waits until the tab shows another page and all of it has come. There must have been no complaint.
    fn arrives(&mut self) {
        let mut loader = None;
        loop {
            let event = within(&self.events, "another page");
            self.notes(&event);
            let said = &event["params"];
            match event["method"].as_str() {
                Some("Page.frameNavigated") if said["frame"]["parentId"].is_null() => {
                    loader = said["frame"]["loaderId"].as_str().map(str::to_owned);
                }
                Some("Page.lifecycleEvent")
                    if said["name"] == "load" && said["loaderId"].as_str() == loader.as_deref() =>
                {
                    break;
                }
                // A page that is still saving asks whether to leave it; whoever goes to another says yes.
                Some("Page.javascriptDialogOpening") if said["type"] == "beforeunload" => {
                    self.asks("Page.handleJavaScriptDialog", &json!({ "accept": true }));
                }
                _ => {}
            }
        }
        assert_eq!(self.complaints, Vec::<String>::new(), "at {}", self.path());
    }

    /// Notes what has happened up to now, so that what comes next is new.
    fn hears_out(&mut self) {
        while let Ok(event) = self.events.try_recv() {
            self.notes(&event);
        }
    }

    fn notes(&mut self, event: &Value) {
        let said = &event["params"];
        match event["method"].as_str() {
            Some("Network.requestWillBeSent") if said["type"] != "Document" => {
                let url = said["request"]["url"].as_str().unwrap();
                if !url.starts_with("data:") {
                    self.requests.push(url.to_owned());
                }
            }
            Some("Network.responseReceived") if said["type"] == "Document" && said["response"]["url"].is_string() => {
                self.answered = said["response"]["status"].as_u64().unwrap();
            }
            Some("Runtime.exceptionThrown") => self.complaints.push(said["exceptionDetails"].to_string()),
            Some("Runtime.consoleAPICalled") if said["type"] == "error" => {
                self.complaints.push(said["args"].to_string())
            }
            // That a page was refused is said by the network, and is no fault of the page.
            Some("Log.entryAdded") if said["entry"]["level"] == "error" && said["entry"]["source"] != "network" => {
                self.complaints.push(said["entry"]["text"].to_string());
            }
            _ => {}
        }
    }

    /// The one thing of these roles that is called so; or the first whose name begins so, for a label may go on with a hint;
    /// or the first that has it in its name, for a whole row may be a link.
    fn finds(&self, roles: &[&str], name: &str) -> Value {
        let found: Vec<Value> = roles.iter().flat_map(|role| self.query(role)).collect();
        let called = |node: &&Value| node["name"]["value"] == name;
        let begins = |node: &&Value| node["name"]["value"].as_str().is_some_and(|whole| whole.starts_with(name));
        let has = |node: &&Value| node["name"]["value"].as_str().is_some_and(|whole| whole.contains(name));
        let node = found.iter().find(called).or_else(|| found.iter().find(begins)).or_else(|| found.iter().find(has));
        node.unwrap_or_else(|| panic!("nothing is called {name}; {}", self.shown()))["backendDOMNodeId"].clone()
    }

    fn query(&self, role: &str) -> Vec<Value> {
        let document = self.object("document");
        let found = self.asks("Accessibility.queryAXTree", &json!({ "objectId": document, "role": role }));
        found["nodes"].as_array().unwrap().iter().filter(|node| node["ignored"] != true).cloned().collect()
    }

    fn clicks(&self, node: &Value) {
        self.asks("DOM.scrollIntoViewIfNeeded", &json!({ "backendNodeId": node }));
        let quads = self.asks("DOM.getContentQuads", &json!({ "backendNodeId": node }));
        let corner = |at: usize| quads["quads"][0][at].as_f64().expect("it can be seen");
        let (x, y) = (f64::midpoint(corner(0), corner(4)), f64::midpoint(corner(1), corner(5)));
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let event = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": 1 });
            self.asks("Input.dispatchMouseEvent", &event);
        }
    }

    fn object(&self, expression: &str) -> Value {
        self.asks("Runtime.evaluate", &json!({ "expression": expression }))["result"]["objectId"].clone()
    }

    fn evaluates(&self, expression: &str) -> Result<Value, String> {
        let asked = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut came = self.wire.asks(Some(&self.session), "Runtime.evaluate", &asked)?;
        match came["exceptionDetails"]["exception"]["description"].as_str() {
            Some(why) => Err(why.to_owned()),
            None => Ok(came["result"]["value"].take()),
        }
    }

    /// For whoever reads why a story failed: where it was, and what was to be seen.
    fn shown(&self) -> String {
        let text = self.evaluates("location.href + '\\n' + document.body.innerText.slice(0, 1500)").unwrap_or_default();
        format!("on the page are {:?}, and\n{}", self.names(), text.as_str().unwrap_or_default())
    }

    fn asks(&self, method: &str, parameters: &Value) -> Value {
        self.wire.asks(Some(&self.session), method, parameters).unwrap_or_else(|why| panic!("{method}: {why}"))
    }
}
