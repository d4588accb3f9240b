//! A headless browser, driven by the DevTools protocol over its pipe.
//!
//! It knows no host but this machine: a page that fetches something from
//! elsewhere breaks.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A browser with one page.
pub struct Browser {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    session: String,
    last: u64,
    events: Vec<Value>,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// The program that `AIM_TEST_BROWSER` names, as `.ci/run` does; without one a
    /// test in a browser is skipped.
    #[must_use]
    pub fn program() -> Option<String> {
        let named = env::var("AIM_TEST_BROWSER").ok();
        let program = named.filter(|program| !program.is_empty());
        if program.is_none() {
            eprintln!("skipped: AIM_TEST_BROWSER does not name a browser");
        }
        program
    }

    /// Starts the program, a Chromium, with an empty page.
    ///
    /// # Errors
    ///
    /// The error of the system or the browser.
    pub fn start(program: &str) -> io::Result<Self> {
        let profile = tempfile::tempdir()?;
        // The protocol uses the descriptors 3 and 4, so a shell connects them
        // to the standard ones.
        let mut process = Command::new("sh")
            .args(["-c", "exec \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>&1"])
            .args(["sh", program])
            .args(["--headless=new", "--remote-debugging-pipe", "--disable-gpu"])
            // Few containers have what the sandbox needs, and the only page is
            // our own.
            .args(["--no-sandbox", "--no-first-run", "--disable-dev-shm-usage"])
            .arg("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
            .arg("--window-size=1280,1400")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let pipes = process.stdin.take().zip(process.stdout.take());
        let (to, from) = pipes.ok_or_else(|| io::Error::other("the browser has no pipes"))?;
        let mut browser = Self {
            process,
            to,
            from: BufReader::new(from),
            session: String::new(),
            last: 0,
            events: Vec::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }))?;
        let attached = browser.call(
            "Target.attachToTarget",
            json!({ "targetId": target["targetId"], "flatten": true }),
        )?;
        browser.session = attached["sessionId"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        Ok(browser)
    }

    /// Sends a command of the protocol and returns its result.
    ///
    /// # Errors
    ///
    /// The browser's error, or that it ended.
    pub fn call(&mut self, method: &str, params: Value) -> io::Result<Value> {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.to.write_all(message.to_string().as_bytes())?;
        self.to.write_all(b"\0")?;
        self.to.flush()?;
        loop {
            let mut text = Vec::new();
            if self.from.read_until(0, &mut text)? == 0 {
                return Err(io::Error::other("the browser went away"));
            }
            text.pop();
            let mut message: Value = serde_json::from_slice(&text)?;
            if message["id"] == self.last {
                return match message["error"].take() {
                    Value::Null => Ok(message["result"].take()),
                    error => Err(io::Error::other(format!("{method}: {error}"))),
                };
            }
            // Other messages are events.
            self.events.push(message);
        }
    }

    /// The events that came since they were last asked for.
    pub fn events(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.events)
    }

    /// Opens an address.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub fn open(&mut self, address: &str) -> io::Result<()> {
        self.call("Page.navigate", json!({ "url": address }))?;
        Ok(())
    }

    /// Presses a key: `Tab`, `Enter`, `Space`, or that of a letter.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub fn press(&mut self, key: &str) -> io::Result<()> {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            "Space" => (32, " "),
            letter => (0, letter),
        };
        let key = if key == "Space" { " " } else { key };
        let mut event = json!({ "type": "rawKeyDown", "key": key, "windowsVirtualKeyCode": code });
        if !text.is_empty() {
            event["type"] = json!("keyDown");
            event["text"] = json!(text);
        }
        self.call("Input.dispatchKeyEvent", event.clone())?;
        event["type"] = json!("keyUp");
        self.call("Input.dispatchKeyEvent", event)?;
        Ok(())
    }

    /// Types a text in place of what is selected.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub fn write(&mut self, text: &str) -> io::Result<()> {
        self.call("Input.insertText", json!({ "text": text }))?;
        Ok(())
    }

    /// Makes the page so wide, and light or dark; returns a picture of it, a PNG
    /// in Base64.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub fn picture(&mut self, width: u32, scheme: &str) -> io::Result<String> {
        self.call(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": 1400, "deviceScaleFactor": 1, "mobile": false }),
        )?;
        let feature = json!({ "name": "prefers-color-scheme", "value": scheme });
        self.call(
            "Emulation.setEmulatedMedia",
            json!({ "features": [feature] }),
        )?;
        let shot = self.call("Page.captureScreenshot", json!({}))?;
        Ok(shot["data"].as_str().unwrap_or_default().to_owned())
    }

    /// Evaluates an expression of JavaScript in the page.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call), or what the expression throws.
    pub fn evaluate(&mut self, expression: &str) -> io::Result<Value> {
        let mut result = self.call(
            "Runtime.evaluate",
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true }),
        )?;
        match result["exceptionDetails"].take() {
            Value::Null => Ok(result["result"]["value"].take()),
            thrown => Err(io::Error::other(format!("{expression}: {thrown}"))),
        }
    }

    /// Evaluates an expression until its value is true.
    ///
    /// # Errors
    ///
    /// As [`evaluate`](Self::evaluate), or if it was not true within half a
    /// minute.
    pub fn wait_for(&mut self, expression: &str) -> io::Result<()> {
        let start = Instant::now();
        loop {
            // A page that is still being read may lack what the expression names.
            let error = match self.evaluate(expression) {
                Ok(value) if value == true => return Ok(()),
                Ok(_) => String::new(),
                Err(error) => error.to_string(),
            };
            if start.elapsed() > Duration::from_secs(30) {
                let never = format!("never true: {expression} {error}");
                return Err(io::Error::other(never));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
