//! `afterword-bench browser`: what a reader waits for and what their machine carries, in Chromium over WebDriver.
//!
//! Each run has a browser of its own with nothing in its caches. Widgets take turns within a round, so that what
//! disturbs the machine disturbs all of them: compare within one table.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use afterword_bench::numbers::{median, percentile, shown, table};
use afterword_tests::command::DevTools;
use afterword_tests::engine::{Engine, Pool, Session};
use afterword_tests::undertaker::Undertaker;
use fantoccini::actions::{
    InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
};
use serde_json::{Value, json};

use crate::host::{Host, Places, widget};
use crate::isso;
use crate::options::{Options, Peers, Profile};
use crate::widget::ALL;

const SCRIPT: &str = include_str!("page.js");
/// After that a page is given up; what it had shown by then counts.
const PATIENCE: Duration = Duration::from_secs(60);
/// Nothing has happened for so long when a page has come to rest.
const QUIET_MS: u32 = 1000;
/// Pages of 50 that are put to a long thread before somebody takes part in it.
const APPENDED: usize = 10;
/// Keys, so far apart that each has a frame of its own.
const TYPED: &str = "the quick brown fox jumps over the lazy dog, twice";
const A_MOMENT: Duration = Duration::from_millis(60);
const REACTIONS: usize = 20;
/// The thread in which people take part.
const LONG: u32 = 10_000;

/// One load of a page. Times in ms since navigation began, sizes in bytes.
#[derive(Clone, Debug, Default)]
struct Load {
    first: f64,
    composer: f64,
    bytes_first: f64,
    bytes_composer: f64,
    shift: f64,
    longest: f64,
    blocking: f64,
    heap: f64,
    elements: f64,
}

/// What somebody does in a long thread. Times in ms.
#[derive(Clone, Debug, Default)]
struct Part {
    keys: Vec<f64>,
    clicks: Vec<f64>,
    /// From the press of the button.
    pressed: Vec<f64>,
    /// From the answer's last byte.
    answered: Vec<f64>,
    /// From there until all of them are.
    whole: Vec<f64>,
    /// The longest task meanwhile; 0 where none was longer than 50.
    longest: f64,
}

/// Measures and prints.
pub(crate) async fn run(options: &Options, dist: PathBuf) -> Result<(), String> {
    let undertaker = Undertaker::hired().map_err(|error| error.to_string())?;
    let mut sizes = options.sizes.clone();
    if !sizes.contains(&LONG) {
        sizes.push(LONG);
    }
    let isso = match &options.peers {
        Some(Peers { programs, .. }) => Some(isso::start(programs, &undertaker, &sizes).await?),
        None => None,
    };
    let places = Places {
        dist,
        modules: options.peers.as_ref().map(|peers| peers.modules.clone()),
        isso: isso.as_ref().map(|isso| isso.address.clone()),
    };
    let host = Host::start(places, &sizes).await?;
    let stage = Stage { host, undertaker, widgets: chosen(options) };
    println!("{}\n", machine(options));
    for profile in &options.profiles {
        for size in &options.sizes {
            stage.loads(*profile, *size, options.runs).await?;
        }
        stage.taking_part(*profile, options.runs).await?;
    }
    Ok(())
}

/// Places in [`ALL`].
fn chosen(options: &Options) -> Vec<usize> {
    let all = ALL.iter().enumerate();
    let wanted = all.filter(|(_, widget)| !widget.is_peer || options.peers.is_some());
    wanted.filter(|(_, widget)| widget.name.contains(&options.only)).map(|(place, _)| place).collect()
}

/// What it is measured on.
fn machine(options: &Options) -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpus = read("/proc/cpuinfo");
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!(
        "{} ({cores} cores), load {}, {} runs",
        model.map_or("an unknown processor", |(_, model)| model),
        read("/proc/loadavg").split(' ').next().unwrap_or_default(),
        options.runs
    )
}

struct Stage {
    host: Host,
    undertaker: Undertaker,
    widgets: Vec<usize>,
}

impl Stage {
    async fn loads(&self, profile: Profile, size: u32, runs: usize) -> Result<(), String> {
        let mut all: Vec<Vec<Load>> = self.widgets.iter().map(|_| Vec::new()).collect();
        for round in 0..runs {
            for (place, loads) in self.widgets.iter().zip(&mut all) {
                // Whoever was too slow once would be again.
                if loads.last().is_some_and(|load: &Load| !load.first.is_finite()) {
                    continue;
                }
                let name = widget(*place).name;
                eprintln!("{size} replies, {}, round {}: {name}", profile.name(), round + 1);
                let (session, at_rest) = self.open(*place, profile, size).await?;
                loads.push(match measured(&session).await {
                    Ok(load) => load,
                    Err(_) if !at_rest => Load { first: f64::NAN, ..Load::default() },
                    Err(sentence) => return Err(sentence),
                });
                close(session).await;
            }
        }
        let middle = |loads: &[Load], of: fn(&Load) -> f64| median(&loads.iter().map(of).collect::<Vec<_>>());
        let ours = all.first().and_then(|loads| middle(loads, |load| load.first));
        let kilobytes = |bytes: Option<f64>| shown(bytes.map(|bytes| bytes / 1000.0), 1);
        let mut rows = Vec::new();
        for (place, loads) in self.widgets.iter().zip(&all) {
            let first: Vec<_> = loads.iter().map(|load| load.first).collect();
            let of = |of| middle(loads, of);
            let ratio = median(&first).zip(ours).map(|(first, ours)| first / ours);
            rows.push(vec![
                widget(*place).name.to_owned(),
                shown(median(&first), 0),
                format!("{}–{}", shown(percentile(&first, 0.0), 0), shown(percentile(&first, 1.0), 0)),
                shown(ratio, 2),
                shown(of(|load| load.composer), 0),
                kilobytes(of(|load| load.bytes_first)),
                kilobytes(of(|load| load.bytes_composer)),
                shown(of(|load| load.shift), 3),
                shown(of(|load| load.longest), 0),
                shown(of(|load| load.blocking), 0),
                shown(of(|load| load.heap).map(|bytes| bytes / 1e6), 1),
                shown(of(|load| load.elements), 0),
            ]);
        }
        println!("### {size} replies, {}\n", profile.name());
        let head = [
            "widget",
            "first reply, ms",
            "from–to",
            "× first row",
            "take part, ms",
            "kB to read",
            "kB to take part",
            "layout shift",
            "longest task, ms",
            "blocking, ms",
            "heap, MB",
            "elements",
        ];
        println!("{}", table(&head, &rows));
        Ok(())
    }

    async fn taking_part(&self, profile: Profile, runs: usize) -> Result<(), String> {
        let ours = ALL.len();
        let peers = self.widgets.iter().copied().filter(|place| widget(*place).is_peer);
        let who: Vec<_> = [ours].into_iter().chain(peers).collect();
        let mut all: Vec<Vec<Part>> = who.iter().map(|_| Vec::new()).collect();
        for round in 0..runs {
            for (place, parts) in who.iter().zip(&mut all) {
                eprintln!("taking part, {}, round {}: {}", profile.name(), round + 1, widget(*place).name);
                let (session, at_rest) = self.open(*place, profile, LONG).await?;
                // Where nothing can be read in a minute nobody takes part.
                if at_rest {
                    parts.push(took_part(&session, *place == ours).await?);
                }
                close(session).await;
            }
        }
        let mut rows = Vec::new();
        for (place, parts) in who.iter().zip(&all) {
            // Within a run the percentile, over the runs the middle.
            let of = |list: fn(&Part) -> &Vec<f64>, part: f64| {
                median(&parts.iter().filter_map(|run| percentile(list(run), part)).collect::<Vec<_>>())
            };
            let longest: Vec<_> = parts.iter().map(|run| run.longest).collect();
            rows.push(vec![
                widget(*place).name.to_owned(),
                shown(of(|run| &run.keys, 0.5), 1),
                shown(of(|run| &run.keys, 0.95), 1),
                shown(of(|run| &run.clicks, 0.5), 1),
                shown(of(|run| &run.clicks, 0.95), 1),
                shown(of(|run| &run.answered, 0.5), 1),
                shown(of(|run| &run.answered, 1.0), 1),
                shown(of(|run| &run.whole, 0.5), 1),
                shown(of(|run| &run.pressed, 0.5), 1),
                shown(median(&longest), 0),
            ]);
        }
        println!("### Taking part in a thread of {LONG}, {}\n", profile.name());
        let head = [
            "widget",
            "key to paint, ms",
            "p95",
            "reaction to paint, ms",
            "p95",
            "page of 50, answer to paint, ms",
            "slowest",
            "all 50, ms",
            "press to paint, ms",
            "longest task, ms",
        ];
        println!("{}", table(&head, &rows));
        Ok(())
    }

    /// A new browser with that page, and whether it has come to rest.
    async fn open(&self, place: usize, profile: Profile, size: u32) -> Result<(Session, bool), String> {
        let session = Pool::default().take(Engine::Chromium, &self.undertaker).await?;
        let script = SCRIPT.replace("/*WATCHED*/", &widget(place).watched().to_string());
        devtools(&session, "Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await?;
        if let Some((line, cpu)) = profile.throttling() {
            devtools(&session, "Network.enable", json!({})).await?;
            devtools(&session, "Network.emulateNetworkConditions", line).await?;
            devtools(&session, "Emulation.setCPUThrottlingRate", json!({ "rate": cpu })).await?;
        }
        let address = self.host.page(place, size);
        // A page that blocks while it loads is waited for below.
        match session.client.goto(&address).await {
            Err(error) if !error.to_string().contains("timeout") => {
                return Err(format!("{address}: {error}"));
            }
            _ => {}
        }
        let rest = format!("__bench.firstReply && __bench.composer && __bench.isQuiet({QUIET_MS})");
        let at_rest = until(&session, &rest).await?;
        if !at_rest {
            eprintln!("  given up after {} s", PATIENCE.as_secs());
        }
        Ok((session, at_rest))
    }
}

async fn measured(session: &Session) -> Result<Load, String> {
    // Twice: the first collection lets go of what the second one then finds.
    for _ in 0..2 {
        devtools(session, "HeapProfiler.collectGarbage", json!({})).await?;
    }
    let heap = devtools(session, "Runtime.getHeapUsage", json!({})).await?;
    let seen = eval(
        session,
        "(({ firstReply, composer, shift, longest, blocking, bytes, wasmBytes, elements }) =>
            ({ firstReply, composer, shift, longest, blocking, bytesFirst: bytes(firstReply),
               bytesComposer: bytes(composer), wasm: wasmBytes(), elements: elements() }))(__bench)",
    )
    .await?;
    let number = |of: &Value, name: &str| of.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN);
    let seen = |name: &str| number(&seen, name);
    Ok(Load {
        first: seen("firstReply"),
        composer: seen("composer"),
        bytes_first: seen("bytesFirst"),
        bytes_composer: seen("bytesComposer"),
        shift: seen("shift"),
        longest: seen("longest"),
        blocking: seen("blocking"),
        heap: number(&heap, "usedSize") + seen("wasm"),
        elements: seen("elements"),
    })
}

/// Puts pages to the thread and reacts, where that is ours; and writes.
async fn took_part(session: &Session, is_ours: bool) -> Result<Part, String> {
    eval(session, "__bench.longest = 0").await?;
    let mut part = Part::default();
    if is_ours {
        for _ in 0..APPENDED {
            let script = "__bench.append().then(arguments[arguments.length - 1])";
            let took =
                session.client.execute_async(script, vec![]).await.map_err(|error| error.to_string())?;
            let at = |index: usize| took.get(index).and_then(Value::as_f64).unwrap_or(f64::NAN);
            part.pressed.push(at(0));
            part.answered.push(at(1));
            part.whole.push(at(2));
            until(session, "__bench.isQuiet(300)").await?;
        }
        for index in 0..REACTIONS {
            let place = eval(session, &format!("__bench.reactionAt({index})")).await?;
            until(session, "__bench.isQuiet(200)").await?;
            click(session, &place).await?;
            if !until(session, &format!("__bench.clicks.length > {index}")).await? {
                return Err(format!("the reaction at {place}, number {index}, was clicked and never shown"));
            }
        }
    }
    let composer = eval(session, "__bench.composerAt()").await?;
    click(session, &composer).await?;
    until(session, "__bench.isQuiet(500)").await?;
    let mut keys = KeyActions::new("keyboard".to_owned());
    for value in TYPED.chars() {
        keys = keys
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value })
            .then(KeyAction::Pause { duration: A_MOMENT });
    }
    session.client.perform_actions(keys).await.map_err(|error| error.to_string())?;
    until(session, "__bench.isQuiet(300)").await?;
    let seen =
        eval(session, "({ keys: __bench.keys, clicks: __bench.clicks, longest: __bench.longest })").await?;
    let list = |name: &str| {
        let values = seen.get(name).and_then(Value::as_array).into_iter().flatten();
        values.filter_map(Value::as_f64).collect::<Vec<_>>()
    };
    if list("keys").len() < TYPED.len() {
        return Err(format!("{} keys were typed and {} seen", TYPED.len(), list("keys").len()));
    }
    part.keys = list("keys");
    part.clicks = list("clicks");
    part.longest = seen.get("longest").and_then(Value::as_f64).unwrap_or_default();
    Ok(part)
}

/// A browser that is not told to would go on until the run ends, and take its share of the machine.
async fn close(session: Session) {
    let _ = tokio::time::timeout(Duration::from_secs(10), session.client.clone().close()).await;
}

/// Points, rests there, presses and lets go, as a hand does: what the pointer's coming changes has been painted by then.
async fn click(session: &Session, place: &Value) -> Result<(), String> {
    let at = |index: usize| place.get(index).and_then(Value::as_f64).unwrap_or_default();
    let pointer = MouseActions::new("pointer".to_owned())
        .then(PointerAction::MoveTo { duration: None, x: at(0), y: at(1) })
        .then(PointerAction::Pause { duration: A_MOMENT })
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
        .then(PointerAction::Pause { duration: A_MOMENT })
        .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    session.client.perform_actions(pointer).await.map_err(|error| error.to_string())
}

/// Asks seldom, because asking costs the page time too. Whether it came to hold. A page that is busy for so long
/// that the driver loses patience is asked again.
async fn until(session: &Session, expression: &str) -> Result<bool, String> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        match eval(session, &format!("Boolean({expression})")).await {
            Ok(Value::Bool(true)) => return Ok(true),
            Err(sentence) if !sentence.contains("timeout") => return Err(sentence),
            _ => {}
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(false)
}

async fn eval(session: &Session, expression: &str) -> Result<Value, String> {
    let answer = session.client.execute(&format!("return ({expression});"), vec![]).await;
    answer.map_err(|error| format!("{expression}: {error}"))
}

async fn devtools(session: &Session, name: &'static str, parameters: Value) -> Result<Value, String> {
    let answer = session.client.issue_cmd(DevTools { name, parameters }).await;
    answer.map_err(|error| format!("{name}: {error}"))
}
