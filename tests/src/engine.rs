//! The three engines: how each driver is started, and a pool of sessions that the stories share.

use std::collections::HashMap;
use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};

use crate::tools;
use crate::undertaker::Undertaker;

/// The time zone that every browser of a run lives in: not UTC, and not a whole number of hours from it.
pub const TIME_ZONE: &str = "Asia/Kathmandu";

/// The inner size of the window that a story begins with.
pub const WINDOW: (u32, u32) = (1000, 800);

const PATIENCE: Duration = Duration::from_secs(30);

/// What draws the page and runs the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// Chromium, by chromedriver.
    Chromium,
    /// Firefox, by geckodriver.
    Firefox,
    /// WebKitGTK's MiniBrowser on an X server without a screen, by WebKitWebDriver.
    Webkit,
}

impl Engine {
    /// In the order in which they run.
    pub const ALL: [Self; 3] = [Self::Chromium, Self::Firefox, Self::Webkit];

    /// The name in front of a story's.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Webkit => "webkit",
        }
    }
}

/// A browser with one window, and the driver that holds it.
pub struct Session {
    /// The WebDriver session.
    pub client: Client,
    children: Vec<Child>,
}

impl Session {
    /// Whether the browser still answers.
    pub async fn is_alive(&self) -> bool {
        let answer =
            tokio::time::timeout(Duration::from_secs(5), self.client.execute("return 7", vec![])).await;
        matches!(answer, Ok(Ok(Value::Number(_))))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The undertaker ends the browser, should it survive its driver.
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Sessions that no story holds at the moment, and the engines that would not start.
#[derive(Default)]
pub struct Pool {
    idle: Mutex<HashMap<Engine, Vec<Session>>>,
    refused: Mutex<HashMap<Engine, String>>,
    starting: tokio::sync::Mutex<()>,
}

impl Pool {
    /// A session of the engine: one that another story has left, or a new one.
    pub async fn take(&self, engine: Engine, undertaker: &Undertaker) -> Result<Session, String> {
        if let Some(session) = self.idle.lock().unwrap().get_mut(&engine).and_then(Vec::pop) {
            return Ok(session);
        }
        // One after another: a port that looked free must be taken before the next one is looked for.
        let _turn = self.starting.lock().await;
        // Once refused, refused for the whole run: a hundred stories need not wait for the same sentence.
        if let Some(sentence) = self.refused.lock().unwrap().get(&engine) {
            return Err(sentence.clone());
        }
        let started = start(engine, undertaker).await;
        if let Err(sentence) = &started {
            self.refused.lock().unwrap().insert(engine, sentence.clone());
        }
        started
    }

    /// Gives a session back for the next story.
    pub fn give_back(&self, engine: Engine, session: Session) {
        self.idle.lock().unwrap().entry(engine).or_default().push(session);
    }

    /// Ends all idle sessions, politely.
    pub async fn close(&self) {
        let sessions: Vec<_> = self.idle.lock().unwrap().drain().flat_map(|(_, sessions)| sessions).collect();
        for session in sessions {
            let _ = tokio::time::timeout(Duration::from_secs(5), session.client.clone().close()).await;
        }
    }
}

async fn start(engine: Engine, undertaker: &Undertaker) -> Result<Session, String> {
    let mut children = Vec::new();
    let mut port = free_port()?;
    let (mut driver, capabilities) = match engine {
        Engine::Chromium => chromium(port)?,
        Engine::Firefox => firefox(port)?,
        Engine::Webkit => {
            let display = screen(undertaker, &mut children)?;
            // The X server has taken its time; ask for a port that is free now.
            port = free_port()?;
            webkit(port, &display)?
        }
    };
    let log = undertaker.folder().join(format!("{}-{port}.log", engine.name()));
    let mut child = spawn(&mut driver, undertaker, &log)?;
    let listening = wait_for_port(&format!("127.0.0.1:{port}"), &mut child).await;
    children.push(child);
    if !listening {
        return Err(format!("{}'s driver did not start: {}", engine.name(), last_words(&log)));
    }
    let connecting = ClientBuilder::new(HttpConnector::new())
        .capabilities(capabilities)
        .connect(&format!("http://127.0.0.1:{port}"))
        .await
        .map_err(|error| format!("{} did not start: {error}; {}", engine.name(), last_words(&log)));
    let session = Session { client: connecting?, children };
    resize(&session.client, WINDOW).await.map_err(|error| format!("{}: {error}", engine.name()))?;
    Ok(session)
}

/// Makes the page's own area that size, whatever frame the browser draws around it.
pub async fn resize(client: &Client, (width, height): (u32, u32)) -> Result<(), fantoccini::error::CmdError> {
    let frame = "return [outerWidth - innerWidth, outerHeight - innerHeight, innerWidth, innerHeight]";
    for _ in 0..4 {
        let sizes = client.execute(frame, vec![]).await?;
        let size = |index: usize| sizes[index].as_u64().unwrap_or(0) as u32;
        if (size(2), size(3)) == (width, height) {
            break;
        }
        client.set_window_size(width + size(0), height + size(1)).await?;
    }
    Ok(())
}

fn chromium(port: u16) -> Result<(Command, Map<String, Value>), String> {
    let mut driver = Command::new(tools::chromedriver()?);
    driver.arg(format!("--port={port}"));
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--lang=en-US",
        "--window-size=1000,900",
    ];
    let options = json!({ "binary": tools::chromium()?, "args": arguments });
    Ok((driver, capabilities("goog:chromeOptions", options)))
}

fn firefox(port: u16) -> Result<(Command, Map<String, Value>), String> {
    let mut driver = Command::new(tools::geckodriver()?);
    driver.args(["--port", &port.to_string(), "--websocket-port", "0"]);
    let options = json!({
        "binary": tools::firefox()?,
        "args": ["-headless"],
        "prefs": { "intl.accept_languages": "en-US", "ui.systemUsesDarkTheme": 0 },
    });
    Ok((driver, capabilities("moz:firefoxOptions", options)))
}

fn webkit(port: u16, display: &str) -> Result<(Command, Map<String, Value>), String> {
    let mut driver = Command::new(tools::webkitdriver()?);
    driver.arg(format!("--port={port}"));
    driver.env("DISPLAY", display).env_remove("WAYLAND_DISPLAY").env("GDK_BACKEND", "x11");
    driver.env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1").env("LIBGL_ALWAYS_SOFTWARE", "1");
    let options = json!({ "binary": tools::minibrowser()?, "args": ["--automation"] });
    Ok((driver, capabilities("webkitgtk:browserOptions", options)))
}

/// Pages are waited for until they are loaded: WebKit never answers a script that is sent before.
fn capabilities(vendor: &str, options: Value) -> Map<String, Value> {
    Map::from_iter([
        (vendor.to_owned(), options),
        ("pageLoadStrategy".to_owned(), json!("normal")),
        ("timeouts".to_owned(), json!({ "script": 20_000, "pageLoad": 20_000, "implicit": 0 })),
    ])
}

/// An X server of its own for each WebKit, so that no window takes the other's focus; the display's name.
fn screen(undertaker: &Undertaker, children: &mut Vec<Child>) -> Result<String, String> {
    use std::io::Read;
    let mut server = Command::new(tools::xvfb()?);
    server.args(["-displayfd", "1", "-screen", "0", "1600x1200x24", "-nolisten", "tcp"]);
    undertaker.mark(&mut server);
    let mut child = server
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("Xvfb did not start: {error}"))?;
    let mut number = Vec::new();
    if let Some(output) = &mut child.stdout {
        // The server writes the number and a line's end once it listens, and nothing after.
        for byte in std::io::BufReader::new(output).bytes().flatten() {
            match byte {
                b'\n' => break,
                digit => number.push(digit),
            }
        }
    }
    children.push(child);
    match String::from_utf8(number) {
        Ok(number) if !number.is_empty() => Ok(format!(":{number}")),
        _ => Err("Xvfb did not start: it named no display.".to_owned()),
    }
}

/// Starts a program whose life ends with the run's, and which says to a file whatever it says.
pub(crate) fn spawn(command: &mut Command, undertaker: &Undertaker, log: &Path) -> Result<Child, String> {
    let folder = undertaker.folder();
    let output = File::create(log).and_then(|file| Ok((file.try_clone()?, file)));
    let (output, errors) = output.map_err(|error| format!("{}: {error}", log.display()))?;
    undertaker.mark(command);
    command
        .env("TMPDIR", folder)
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .env("XDG_DATA_HOME", folder.join("data"))
        .env("TZ", TIME_ZONE)
        .env("LC_ALL", "C.UTF-8")
        .env_remove("LANGUAGE")
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors)
        .spawn()
        .map_err(|error| format!("{} did not start: {error}", command.get_program().display()))
}

/// Waits until a program listens at an address; false where it ended, or takes too long.
pub(crate) async fn wait_for_port(address: &str, child: &mut Child) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline && matches!(child.try_wait(), Ok(None)) {
        if tokio::net::TcpStream::connect(address).await.is_ok() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

/// A port on loopback that nobody listens on now.
pub fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(|error| format!("no free port on loopback: {error}"))
}

/// The end of what a program said.
pub(crate) fn last_words(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().rev().filter(|line| !line.trim().is_empty()).take(3).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join(" / ")
}
