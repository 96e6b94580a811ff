//! What a story holds in its hands: a browser's window, the host behind it, and ways to look and to act.
//!
//! Looking never sleeps: [`Stage::until`] asks the page again and again until it says yes, up to a bound.
//! Whatever goes wrong panics with a sentence that says what was waited for and what the page shows instead.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use afterword_contract::ThreadPage;
use fantoccini::Client;
use fantoccini::error::CmdError;
use serde_json::Value;

use crate::article::Article;
use crate::engine::{self, Engine};
use crate::host::{Asked, Host};
use crate::undertaker::Undertaker;
use crate::watch::PROBE;

const BOUND: Duration = Duration::from_secs(12);
const AGAIN: Duration = Duration::from_millis(25);

/// One window in one engine, for one story.
pub struct Stage {
    /// Which engine draws the page.
    pub engine: Engine,
    /// What the page is served by.
    pub host: Host,
    /// The WebDriver session, for what has no method here.
    pub client: Client,
    /// Who ends what a story starts beside the browser.
    pub undertaker: Arc<Undertaker>,
    announced: Mutex<Vec<String>>,
    tolerated: Mutex<Vec<(&'static str, &'static str)>>,
    log: Mutex<Vec<(String, String)>>,
    pub(crate) emulated: Mutex<Vec<&'static str>>,
}

impl Stage {
    /// An empty window.
    pub(crate) fn new(engine: Engine, host: Host, client: Client, undertaker: Arc<Undertaker>) -> Self {
        let (announced, tolerated, log, emulated) = Default::default();
        Self { engine, host, client, undertaker, announced, tolerated, log, emulated }
    }

    /// Opens a host page.
    pub async fn open(&self, article: &Article) {
        self.open_at("/articles/one.html", article).await;
    }

    /// Opens a host page under this path, query and fragment.
    pub async fn open_at(&self, target: &str, article: &Article) {
        let path = target.split(['?', '#']).next().unwrap_or(target);
        self.host.put_article(path, article);
        self.go(&self.host.filled_in(&format!("{{page}}{target}"))).await;
    }

    /// Opens an address.
    pub async fn go(&self, address: &str) {
        self.keep_log().await;
        done(&format!("opening {address}"), self.client.goto(address).await);
    }

    /// Reloads the page.
    pub async fn reload(&self) {
        self.keep_log().await;
        done("reloading", self.client.refresh().await);
    }

    /// Presses the browser's own back button.
    pub async fn back(&self) {
        self.keep_log().await;
        done("going back", self.client.back().await);
    }

    /// Puts a thread in place, opens an article with one element that reads it, and waits until it is shown.
    pub async fn read(&self, page: ThreadPage) {
        self.read_with(page, "").await;
    }

    /// The same with more attributes on the element.
    pub async fn read_with(&self, page: ThreadPage, attributes: &str) {
        self.host
            .backend()
            .put(ThreadPage { thread: afterword_contract::Thread { id: "t".into(), ..page.thread }, ..page });
        self.open(&Article::with_thread(attributes)).await;
        self.ready().await;
    }

    /// Waits until the first element shows its thread.
    pub async fn ready(&self) {
        self.until("the thread is shown", r#"state() === "ready""#).await;
    }

    /// The value of a JavaScript expression on the page; `probe.js` lists what it may use.
    pub async fn eval(&self, expression: &str) -> Value {
        self.run(&format!("return ({expression});")).await
    }

    /// The value that a JavaScript function's body returns.
    pub async fn run(&self, body: &str) -> Value {
        done(body, self.client.execute(&format!("{PROBE}\n{body}"), vec![]).await)
    }

    /// The value with which a JavaScript function's body calls `done`.
    pub async fn run_async(&self, body: &str) -> Value {
        let script = format!("{PROBE}\nconst done = arguments[arguments.length - 1];\n{body}");
        done(body, self.client.execute_async(&script, vec![]).await)
    }

    /// Waits until whatever was to be done at the next frame is done.
    pub async fn frames(&self) {
        self.run_async("requestAnimationFrame(() => requestAnimationFrame(() => done(null)))").await;
    }

    /// The expression's value as text; nothing where it is null.
    pub async fn text(&self, expression: &str) -> String {
        match self.eval(expression).await {
            Value::String(text) => text,
            Value::Null => String::new(),
            other => other.to_string(),
        }
    }

    /// The expression's value as a number, NaN where it is none.
    pub async fn number(&self, expression: &str) -> f64 {
        self.eval(expression).await.as_f64().unwrap_or(f64::NAN)
    }

    /// The expression's value as a list of texts.
    pub async fn list(&self, expression: &str) -> Vec<String> {
        let Value::Array(items) = self.eval(expression).await else { panic!("no list: {expression}") };
        items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect()
    }

    /// The texts of all parts with that name, in the order of the page.
    pub async fn texts(&self, part: &str) -> Vec<String> {
        self.list(&format!("texts({part:?})")).await
    }

    /// Asks the page until the expression holds, and returns its value.
    pub async fn until(&self, what: &str, expression: &str) -> Value {
        let script = format!("{PROBE}\nreturn ({expression});");
        let deadline = Instant::now() + BOUND;
        let mut last = String::new();
        while Instant::now() < deadline {
            // A page that is just being left answers with an error; the next one is asked again.
            match self.client.execute(&script, vec![]).await {
                Ok(value) if holds(&value) => return value,
                Ok(value) => last = value.to_string(),
                Err(error) => last = error.to_string(),
            }
            tokio::time::sleep(AGAIN).await;
        }
        panic!(
            "waited {} s until {what}: `{expression}` is still {last}\n{}",
            BOUND.as_secs(),
            self.picture().await
        )
    }

    /// Asserts that the expression holds now.
    pub async fn check(&self, what: &str, expression: &str) {
        let value = self.eval(expression).await;
        if !holds(&value) {
            panic!("not so: {what}: `{expression}` is {value}\n{}", self.picture().await);
        }
    }

    /// Asserts what the expression's value is now.
    pub async fn equal(&self, expression: &str, expected: impl Into<Value>) {
        let (value, expected) = (self.eval(expression).await, expected.into());
        if value != expected {
            panic!("`{expression}` is {value}, expected {expected}\n{}", self.picture().await);
        }
    }

    /// Presses the left button on the middle of the element that the expression names, with a real pointer.
    pub async fn click(&self, expression: &str) {
        use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
        let place =
            self.until(&format!("{expression} can be clicked"), &format!("({REACH})({expression})")).await;
        let at = |index: usize| place[index].as_f64().unwrap_or_default();
        let pointer = MouseActions::new("pointer".to_owned())
            .then(PointerAction::MoveTo { duration: None, x: at(0), y: at(1) })
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        done("clicking", self.client.perform_actions(pointer).await);
    }

    /// Types on the keyboard; names in the Private Use Area are WebDriver's special keys.
    pub async fn press(&self, keys: &str) {
        use fantoccini::actions::{InputSource, KeyAction, KeyActions};
        let actions = keys.chars().fold(KeyActions::new("keyboard".to_owned()), |actions, value| {
            actions.then(KeyAction::Down { value }).then(KeyAction::Up { value })
        });
        done("typing", self.client.perform_actions(actions).await);
    }

    /// Gives the element that the expression names the focus.
    pub async fn focus(&self, expression: &str) {
        self.run(&format!("({expression}).focus()")).await;
    }

    /// Chooses in a list as a reader would: the value changes, then the page hears of it.
    pub async fn choose(&self, select: &str, value: &str) {
        let script = format!(
            "const it = {select}; it.value = {value:?}; if (it.value !== {value:?}) return false;
             for (const type of ['input', 'change']) it.dispatchEvent(new Event(type, {{ bubbles: true }}));
             return true;"
        );
        assert_eq!(self.run(&script).await, Value::Bool(true), "{select} has no option {value:?}");
    }

    /// Makes the page's area that large.
    pub async fn resize(&self, width: u32, height: u32) {
        done("resizing", engine::resize(&self.client, (width, height)).await);
    }

    /// Announces trouble: some entry of the page's log must hold this text, and is no failure.
    pub fn expect(&self, text: &str) {
        self.announced.lock().unwrap().push(text.to_owned());
    }

    /// Tolerates trouble of that kind that holds this text, where only some engines report it.
    pub fn allow(&self, kind: &'static str, text: &'static str) {
        self.tolerated.lock().unwrap().push((kind, text));
    }

    /// What the page shows, for a failure's message.
    pub async fn picture(&self) -> String {
        let script = format!("{PROBE}\nreturn {PICTURE};");
        match self.client.execute(&script, vec![]).await {
            Ok(Value::String(text)) => text,
            Ok(other) => other.to_string(),
            Err(error) => format!("(no picture: {error})"),
        }
    }

    /// Takes the page's log before the page is left.
    async fn keep_log(&self) {
        let Ok(Value::Array(entries)) = self.client.execute("return window.__log ?? []", vec![]).await else {
            return;
        };
        let text = |entry: &Value, index: usize| entry[index].as_str().unwrap_or_default().to_owned();
        let entries = entries.iter().map(|entry| (text(entry, 0), text(entry, 1)));
        let mut log = self.log.lock().unwrap();
        log.extend(entries);
    }

    /// The log of all pages of this story so far.
    pub async fn log(&self) -> Vec<(String, String)> {
        self.keep_log().await;
        let _ = self.client.execute("if (window.__log) window.__log.length = 0", vec![]).await;
        self.log.lock().unwrap().clone()
    }

    /// What went wrong without any assertion of the story: unannounced trouble on the page, announced trouble
    /// that never came, requests that ask for permission first.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let log = self.log().await;
        let announced = self.announced.lock().unwrap().clone();
        let tolerated = self.tolerated.lock().unwrap().clone();
        let mut complaints: Vec<_> = log
            .iter()
            .filter(|(kind, _)| kind != "console.warn")
            .filter(|(_, text)| !announced.iter().any(|expected| text.contains(expected)))
            .filter(|(kind, text)| {
                !tolerated.iter().any(|(known, part)| kind == known && text.contains(part))
            })
            .map(|(kind, text)| format!("on the page, {kind}: {text}"))
            .collect();
        let missing =
            announced.iter().filter(|expected| !log.iter().any(|(_, text)| text.contains(expected.as_str())));
        complaints.extend(missing.map(|expected| format!("the page's log never held {expected:?}")));
        // Reading is a simple request; what says who asks, or writes, is none.
        let of_reading = |asked: &Asked| {
            let get = ("access-control-request-method".to_owned(), "GET".to_owned());
            asked.method == http::Method::OPTIONS
                && asked.headers.contains(&get)
                && !asked.target.contains("/viewer")
        };
        let preflights = self.host.asked("").into_iter().filter(of_reading);
        complaints.extend(preflights.map(|asked| format!("a preflight for {}", asked.target)));
        complaints
    }
}

/// JavaScript's idea of truth.
fn holds(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(truth) => *truth,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}

fn done<T>(what: &str, outcome: Result<T, CmdError>) -> T {
    outcome.unwrap_or_else(|error| panic!("{what}: {error}"))
}

/// Where to press an element: its middle in the viewport, once it is there and nothing lies over it.
const REACH: &str = r#"(node) => {
  if (!node) return null;
  const middle = () => {
    const box = node.getClientRects()[0];
    return box && [Math.floor(box.left + box.width / 2), Math.floor(box.top + box.height / 2)];
  };
  let at = middle();
  if (!at) return null;
  if (at[0] < 0 || at[1] < 0 || at[0] >= innerWidth || at[1] >= innerHeight) {
    node.scrollIntoView({ block: "center", behavior: "instant" });
    at = middle();
  }
  let hit = document.elementFromPoint(...at);
  for (let inner; hit?.shadowRoot && (inner = hit.shadowRoot.elementFromPoint(...at)) && inner !== hit; ) hit = inner;
  return hit && node.contains(hit) ? at : null;
}"#;

const PICTURE: &str = r#"(() => {
  const told = elements().map((_, at) => `  element ${at} (${state(at)}): ${text(part("base", at))?.slice(0, 600)}`);
  const log = (window.__log ?? []).map((entry) => `  ${entry.join(": ")}`);
  return [`  at ${location.href}, focus on ${focused()?.localName} ${focused()?.id ?? ""}`, ...told, ...log].join("\n");
})()"#;
