//! A story's name, and how the verdict over it is reached: every story in every engine is a test of its own.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;

use crate::engine::{Engine, Pool};
use crate::host::Host;
use crate::stage::Stage;
use crate::tools;
use crate::undertaker::Undertaker;

/// A story under way.
pub type Telling<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// One story.
#[derive(Clone, Copy)]
pub struct Story {
    /// Its theme and its sentence. Example: `"quotes::a_quote_leads_to_its_source"`.
    pub name: &'static str,
    /// Tells it on a stage; panics where it goes wrong.
    pub tell: for<'a> fn(&'a Stage) -> Telling<'a>,
}

/// Lists the stories of a theme; one that is left out is dead code, which the compiler reports. A list with a name and
/// an argument is for stories that are told several times, about different things.
#[macro_export]
macro_rules! stories {
    ($list:ident = $theme:ident about $what:expr; $($story:ident),* $(,)?) => {
        /// The stories of this theme.
        pub const $list: &[$crate::story::Story] = &[$($crate::story::Story {
            name: concat!(stringify!($theme), "::", stringify!($story)),
            tell: |stage| Box::pin($story(stage, $what)),
        },)*];
    };
    ($theme:ident: $($story:ident),* $(,)?) => {
        /// The stories of this theme.
        pub const STORIES: &[$crate::story::Story] = &[$($crate::story::Story {
            name: concat!(stringify!($theme), "::", stringify!($story)),
            tell: |stage| Box::pin($story(stage)),
        },)*];
    };
}

/// A story that takes longer hangs.
const LONGEST: Duration = Duration::from_secs(90);

struct World {
    runtime: Runtime,
    pool: Pool,
    undertaker: Arc<Undertaker>,
}

/// Tells all stories in all engines, as the command line asks, and reports in cargo's format.
pub fn tell_all(stories: &[Story]) -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Two browsers at once keep two cores busy; more would only make each other late.
    arguments.test_threads = arguments.test_threads.or(Some(2));
    let world = World {
        runtime: Runtime::new().expect("no runtime"),
        pool: Pool::default(),
        undertaker: Arc::new(Undertaker::hired().expect("no undertaker: is there a shell?")),
    };
    let world = Arc::new(world);
    keep_quiet_about_panics();
    let mut trials = Vec::new();
    for engine in Engine::ALL {
        for story in stories.iter().copied() {
            let world = world.clone();
            let name = format!("{}::{}", engine.name(), story.name);
            trials.push(Trial::test(name.clone(), move || {
                // Two busy browsers on two cores are late now and then. What fails twice has failed; what failed
                // once is named all the same.
                tell(&world, engine, story, &name).or_else(|failed| {
                    eprintln!("  told again: {name}: {}", failed.message().unwrap_or_default());
                    tell(&world, engine, story, &name)
                })
            }));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    world.runtime.block_on(world.pool.close());
    conclusion.exit_code()
}

thread_local! {
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// A panic is a story's verdict: kept for the report, not printed where it happens.
fn keep_quiet_about_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place =
            panic.location().map(|place| format!(" ({}:{})", place.file(), place.line())).unwrap_or_default();
        let text = panic.payload_as_str().unwrap_or("a panic without words");
        LAST_PANIC.with_borrow_mut(|last| *last = format!("{text}{place}"));
    }));
}

fn tell(world: &World, engine: Engine, story: Story, name: &str) -> Result<(), Failed> {
    let World { runtime, pool, undertaker } = world;
    let dist = tools::dist()?;
    let host =
        runtime.block_on(Host::start(dist)).map_err(|error| format!("no host on loopback: {error}"))?;
    let session = runtime.block_on(pool.take(engine, undertaker))?;
    let stage = Stage::new(engine, host, session.client.clone(), Arc::clone(undertaker));

    let telling = || runtime.block_on(async { tokio::time::timeout(LONGEST, (story.tell)(&stage)).await });
    let mut complaints = match catch_unwind(AssertUnwindSafe(telling)) {
        Ok(Ok(())) => Vec::new(),
        Ok(Err(_)) => vec![format!("still not over after {} s", LONGEST.as_secs())],
        Err(_) => vec![LAST_PANIC.take()],
    };
    runtime.block_on(async {
        complaints.extend(stage.complaints().await);
        if !complaints.is_empty()
            && let Some(path) = stage.keep_evidence(name).await
        {
            complaints.push(format!("see {}", path.display()));
        }
        stage.clean_up().await;
        // A browser that has fallen silent is not handed on.
        if session.is_alive().await {
            pool.give_back(engine, session);
        }
    });
    match complaints.is_empty() {
        true => Ok(()),
        false => Err(complaints.join("\n").into()),
    }
}
