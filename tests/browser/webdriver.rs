//! The few commands of the WebDriver protocol that the tests need, spoken to chromedriver.
//!
//! JSON over plain HTTP on the loopback device is simple enough to need no client library with its runtime.

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

/// Key under which the protocol hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How often the driver is started before it is given up.
const STARTS: usize = 5;

/// A browser under remote control. Dropping it closes the browser.
pub struct Session {
    driver: Child,
    port: u16,
    path: String,
    /// Where driver and browser put their files. They leave 15 to 170 MB behind, and when the disk is nearly full, pages
    /// may store nothing. Dropped last, when nobody writes there any more.
    _files: TempDir,
}

impl Session {
    /// Starts a browser with command line arguments. Fails with one sentence when there is none.
    pub fn start(arguments: &[&str]) -> Self {
        let program = env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        let files = TempDir::with_prefix("lrscope-browser-").expect("there is a folder for temporary files");
        let start = || {
            let mut driver = Command::new(&program)
                .arg("--port=0")
                .env("TMPDIR", files.path())
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap_or_else(|error| panic!("{} cannot be started: {error}.", program.display()));
            let port = port_of(&mut driver);
            if port.is_none() {
                driver.kill().and_then(|()| driver.wait()).ok();
            }
            port.map(|port| (driver, port))
        };
        // The port that it chooses may be taken by others in the same moment: then it ends, and is started again.
        let started = (0..STARTS).find_map(|_| start());
        let (driver, port) = started.unwrap_or_else(|| panic!("{} did not start.", program.display()));
        let mut session = Self { driver, port, path: "/session".into(), _files: files };

        let mut options = json!({ "args": arguments });
        if let Some(browser) = env::var_os("CHROME") {
            options["binary"] = browser.to_string_lossy().into();
        }
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let answer = session.post("", json!({ "capabilities": { "alwaysMatch": capabilities } }));
        let id = answer["sessionId"].as_str().expect("a session has an id");
        session.path = format!("/session/{id}");
        session
    }

    /// Loads an address and waits for the load event.
    pub fn open(&self, address: &str) {
        self.post("/url", json!({ "url": address }));
    }

    /// Opens a new tab and goes on there.
    pub fn new_tab(&self) {
        let handle = self.post("/window/new", json!({ "type": "tab" }));
        self.switch_to(&handle["handle"]);
    }

    /// What the driver calls the present tab.
    pub fn handle(&self) -> Value {
        self.request("GET", "/window", None).unwrap_or_else(failed)
    }

    /// Brings a tab to the front and goes on there.
    pub fn switch_to(&self, handle: &Value) {
        self.post("/window", json!({ "handle": handle }));
        self.devtools("Page.bringToFront", json!({}));
    }

    /// Runs the body of a JavaScript function with arguments, waits for a promise that it returns, and returns its value.
    pub fn run(&self, script: &str, arguments: Value) -> Value {
        self.post("/execute/sync", json!({ "script": script, "args": arguments }))
    }

    /// The element that a CSS selector finds first.
    pub fn find(&self, selector: &str) -> Option<Element<'_>> {
        let found = self.try_post("/element", json!({ "using": "css selector", "value": selector })).ok()?;
        Some(Element { session: self, id: found[ELEMENT].as_str()?.to_owned() })
    }

    /// A PNG of what is visible, in base64.
    pub fn screenshot(&self) -> String {
        self.request("GET", "/screenshot", None).unwrap_or_else(failed).as_str().unwrap_or_default().to_owned()
    }

    /// A command of the Chrome DevTools protocol.
    pub fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", json!({ "cmd": command, "params": parameters }))
    }

    /// What the console has received since the last call: level and message.
    pub fn console(&self) -> Vec<(String, String)> {
        let entries = self.post("/se/log", json!({ "type": "browser" }));
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        entries.as_array().into_iter().flatten().map(|entry| (text(entry, "level"), text(entry, "message"))).collect()
    }

    fn post(&self, command: &str, body: Value) -> Value {
        self.try_post(command, body).unwrap_or_else(failed)
    }

    fn try_post(&self, command: &str, body: Value) -> Result<Value, String> {
        self.request("POST", command, Some(body))
    }

    /// One request, one connection, one answer; the error is the driver's message.
    fn request(&self, method: &str, command: &str, body: Option<Value>) -> Result<Value, String> {
        let text = |error: std::io::Error| format!("chromedriver does not answer {command}: {error}.");
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).map_err(text)?;
        // A browser that computes its GPU on the CPU can be slow, but not that slow.
        stream.set_read_timeout(Some(Duration::from_secs(180))).map_err(text)?;
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let path = &self.path;
        let length = body.len();
        write!(
            stream,
            "{method} {path}{command} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\nconnection: close\r\n\r\n{body}"
        )
        .map_err(text)?;

        let mut reader = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).map_err(text)?;
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().unwrap_or(0);
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut answer = vec![0; length];
        reader.read_exact(&mut answer).map_err(text)?;
        let answer: Value = serde_json::from_slice(&answer).map_err(|error| format!("{command}: {error}"))?;
        match answer["value"]["error"].as_str() {
            Some(kind) => {
                let message = answer["value"]["message"].as_str().unwrap_or_default();
                Err(format!("{command}: {kind}: {}", message.lines().next().unwrap_or_default()))
            }
            None => Ok(answer["value"].clone()),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Closing may fail when the browser is gone already, and then there is nothing to close.
        self.request("DELETE", "", None).ok();
        self.driver.kill().ok();
        self.driver.wait().ok();
    }
}

/// Something on the page.
pub struct Element<'s> {
    session: &'s Session,
    id: String,
}

impl Element<'_> {
    /// Clicks as a person would: what is covered or disabled cannot be clicked.
    pub fn click(&self) -> Result<(), String> {
        self.command("click", json!({})).map(drop)
    }

    /// Replaces what is in a field.
    pub fn type_over(&self, text: &str) {
        // Select all and type: `clear` would send the page an empty value in between.
        self.command("value", json!({ "text": format!("\u{e009}a\u{e000}{text}") })).unwrap_or_else(failed);
    }

    /// Types into it what is given, keys without a letter in the codes of the protocol.
    pub fn press(&self, keys: &str) {
        self.command("value", json!({ "text": keys })).unwrap_or_else(failed);
    }

    fn command(&self, name: &str, body: Value) -> Result<Value, String> {
        self.session.try_post(&format!("/element/{}/{name}", self.id), body)
    }
}

/// The port that chromedriver has chosen, from the line in which it says so.
fn port_of(driver: &mut Child) -> Option<u16> {
    let mut reader = BufReader::new(driver.stdout.take()?);
    let mut line = String::new();
    let port = loop {
        line.clear();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some((_, rest)) = line.split_once("started successfully on port ") {
            break rest.trim().trim_end_matches('.').parse().ok()?;
        }
    };
    // Keep reading, or chromedriver would block on a full pipe one day.
    std::thread::spawn(move || std::io::copy(&mut reader, &mut std::io::sink()));
    Some(port)
}

fn failed<T>(message: String) -> T {
    panic!("{message}")
}
