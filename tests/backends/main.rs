//! The conformance kit over five backends: the reference server and those of `examples/backends`, each whole and
//! running, as somebody would start it; and over the bridge before a real Isso.
//!
//! Run it with `cargo test -p afterword-tests --test backends`; a part of a name after `--` picks some.

// A test says what it expects by panicking.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::process::ExitCode;
use std::sync::Arc;

use afterword_conformance::options::Options;
use afterword_conformance::{Entry, Format, Report, run};
use afterword_tests::example::Example;
use afterword_tests::reference::Reference;
use afterword_tests::tools;
use afterword_tests::undertaker::Undertaker;
use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;

mod bridge;
mod files;
mod hostile;
mod import;
mod locked;

const LIGHTHOUSE: &str = include_str!("../../contract/fixtures/threads/lighthouse.json");

/// An example is there to be read: its code has fewer lines than this, as `wc -l` counts them, blank ones and comments
/// too, in all files together.
const LINES: usize = 400;

/// The most characters of a line.
const WIDTH: usize = 120;

/// What lies beside a backend, in its language, and is no part of it.
const BESIDE: &str = "import_threads.py";

struct World {
    runtime: Runtime,
    undertaker: Undertaker,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let world = Arc::new(World {
        runtime: Runtime::new().expect("no runtime"),
        undertaker: Undertaker::hired().expect("no undertaker: is there a shell?"),
    });
    let test = |name: String, ask: fn(&World, Example) -> Result<(), Failed>, example| {
        let world = Arc::clone(&world);
        Trial::test(name, move || ask(&world, example))
    };
    let reference = Arc::clone(&world);
    let mut trials = vec![Trial::test("reference::keeps_the_contract", move || the_reference(&reference))];
    for example in Example::ALL {
        trials.push(test(format!("{}::is_short_enough_to_be_read", example.name()), is_readable, example));
        match example {
            Example::Static => {
                trials.push(test(
                    "static::each_file_is_a_thread".to_owned(),
                    files::each_is_a_thread,
                    example,
                ));
                trials.push(test(
                    "static::a_folder_is_an_api".to_owned(),
                    files::a_folder_is_an_api,
                    example,
                ));
            }
            _ => {
                let name = |sentence: &str| format!("{}::{sentence}", example.name());
                trials.push(test(name("keeps_the_contract"), keeps_it, example));
                trials.push(test(name("answers_whatever_comes"), hostile::answers_whatever_comes, example));
                trials.push(test(name("loses_nothing_when_it_is_killed"), hostile::loses_nothing, example));
                trials.push(test(name("tells_of_a_full_disk"), hostile::tells_of_a_full_disk, example));
                trials.push(test(name("a_locked_thread_offers_no_edits"), locked::offers_no_edits, example));
            }
        }
    }
    trials.push(test(
        "python::no_guest_is_a_member".to_owned(),
        import::no_guest_is_a_member,
        Example::Python,
    ));
    trials.push(test("python::imports_whole_or_not".to_owned(), import::whole_or_not, Example::Python));
    let isso = Arc::clone(&world);
    trials.push(Trial::test("bridge::reads_a_real_isso", move || bridge::reads_isso(&isso)));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn the_reference(world: &World) -> Result<(), Failed> {
    world.runtime.block_on(async {
        let server = Reference::start(LIGHTHOUSE, "tarnay-head").await;
        all_green("the reference server", &ask(&format!("{}/api", server.origin)).await?)
    })
}

fn keeps_it(world: &World, example: Example) -> Result<(), Failed> {
    world.runtime.block_on(async {
        let backend = example.start(&world.undertaker).await?;
        all_green(example.name(), &ask(&backend.origin).await?)
    })
}

async fn ask(api: &str) -> Result<Report, Failed> {
    run(&Options::of(api)).await.map_err(|why| format!("{api} cannot be asked: {why}").into())
}

/// Nothing is wrong, nothing that is announced was left out, and something was asked.
fn all_green(name: &str, report: &Report) -> Result<(), Failed> {
    told(name, report);
    let (good, wrong, left_out) = report.counts();
    match (good, wrong, left_out) {
        (1.., 0, 0) => Ok(()),
        _ => Err(report.write(Format::Text).into()),
    }
}

/// The report in a line, and one for each check that was left out.
fn told(name: &str, report: &Report) {
    let (good, wrong, left_out) = report.counts();
    let features = if report.features.is_empty() { "nothing".to_owned() } else { report.features.join(", ") };
    println!("  {name}: {good} good, {wrong} wrong, {left_out} left out; announces {features}");
    for entry in &report.entries {
        if let Some(why) = entry.skipped() {
            println!("    left out: {}: {why}", entry.name());
        }
    }
}

/// The checks that found something.
fn wrong(report: &Report) -> Vec<String> {
    report.findings().map(|(entry, _)| entry.name()).collect()
}

/// The checks that could not be asked.
fn left_out(report: &Report) -> Vec<String> {
    report.entries.iter().filter(|entry| entry.skipped().is_some()).map(Entry::name).collect()
}

fn is_readable(_: &World, example: Example) -> Result<(), Failed> {
    let source = tools::workspace().join(example.source());
    let folder = source.parent().ok_or("the example has no folder")?;
    let told = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut lines = 0;
    for entry in folder.read_dir().map_err(told)? {
        let path = entry.map_err(told)?.path();
        if path.extension() != source.extension() || path.ends_with(BESIDE) {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(told)?;
        lines += text.lines().count();
        if let Some(at) = text.lines().position(|line| line.chars().count() > WIDTH) {
            return Err(format!("{}:{} is longer than {WIDTH} characters", path.display(), at + 1).into());
        }
    }
    match lines {
        0 => Err(format!("{} has no code", folder.display()).into()),
        1..LINES => Ok(()),
        _ => {
            Err(format!("{} has {lines} lines, and fewer than {LINES} are allowed", folder.display()).into())
        }
    }
}
