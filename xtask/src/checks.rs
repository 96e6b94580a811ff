//! `cargo xtask test`: everything that has to hold before a change is published, in one command.
//!
//! A check that fails does not hide the others: all of them run, and a table at the end says how
//! each went and how long it took. What cannot be run counts as failed.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::cli::{FuzzOptions, TestOptions};
use crate::failure::Failure;
use crate::process::{Console, on_path, span, stopped};
use crate::tools::{self, Browsers, Isso, Languages, Node};
use crate::workspace::{Workspace, cargo};
use crate::{bundle, fuzz, lint, size, tidy};

/// Features that native builds have and the widget does not pay for.
const NATIVE_FEATURES: &str = "--features=afterword-contract/schema,afterword-markup/native-html";

/// Runs every check.
pub(crate) fn run(workspace: &Workspace, console: &Console, options: &TestOptions) -> Result<(), Failure> {
    let mut report = Report::new();
    let cargo = |args: &[&str]| {
        let mut command = Command::new(cargo());
        command.args(args).current_dir(&workspace.root);
        command
    };

    report.check("set-up", || {
        tools::ensure_c_compiler()?;
        tools::ensure_rust_components(workspace, console)?;
        tools::ensure_wasm_target(workspace, console)
    })?;
    let stage = if options.quick {
        None
    } else {
        Some(report.check("browsers", || BrowserStage::ensure(workspace, console))?)
    };

    // Behind the browsers: where apt may install, Node.js comes with them.
    let languages = report.check("languages", || Languages::ensure(console))?;
    let isso = report.check("Isso", || Isso::ensure(workspace, console))?;

    report.check("formatting", || {
        console.step("Formatting", &mut cargo(&["fmt", "--check"]), "Run `cargo fmt`.")
    })?;
    report.check("tidy", || tidy::run(workspace))?;
    report.check("licences", || deny(workspace, console))?;
    report.check("clippy", || {
        let mut clippy = cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--test",
            "browsers",
            "--test",
            "backends",
            NATIVE_FEATURES,
            "--",
            "-D",
            "warnings",
        ]);
        console.step("Clippy, native", &mut clippy, "Clippy found something in the native build.")
    })?;
    report.check("clippy, widget", || {
        let mut clippy = cargo(&["clippy", "--package", "afterword", "--target", "wasm32-unknown-unknown"]);
        clippy.args(["--no-default-features", "--features", "csr", "--", "-D", "warnings"]);
        console.step("Clippy, the widget as wasm", &mut clippy, "Clippy found something in the widget.")
    })?;
    report.check("native tests", || {
        let mut tests = cargo(&["test", "--workspace", "--no-fail-fast", NATIVE_FEATURES]);
        console.stream("Native tests", &mut tests, "Native tests failed: their names stand above.")
    })?;
    report.check("other backends", || match (&languages, &isso) {
        (Some(languages), Some(isso)) => {
            let mut tests = cargo(&["test", "--package", "afterword-tests", "--test", "backends"]);
            tests.envs(languages.environment()).envs(isso.environment());
            console.stream("The kit over other backends", &mut tests, "A backend fails the kit: see above.")
        }
        _ => Err(Failure::new("Not run, because a language or Isso is missing: see above.")),
    })?;
    if options.quick && on_path("npm").is_none() {
        console.say("\nopenapi lint\n  npm is missing: left out, and still has to pass");
    } else {
        report.check("openapi lint", || lint::run(workspace, console))?;
    }
    if !options.quick {
        report.check("fuzzing", || fuzz::run(workspace, console, &FuzzOptions::default()))?;
    }
    let built = report.check("bundle", || bundle::ensure(workspace, console))?;
    report.check("size budgets", || match built {
        Some(()) => size::run(workspace),
        None => Err(Failure::new("There is no bundle to measure.")),
    })?;
    if let Some(stage) = stage {
        report.check("browser tests", || match (&stage, &languages, &isso, built) {
            (Some(stage), Some(languages), Some(isso), Some(())) => {
                stage.run(workspace, console, languages, isso)
            }
            _ => Err(Failure::new("Not run, because something that they need is missing: see above.")),
        })?;
    }
    report.conclude(options.quick)
}

/// `cargo xtask deny`: what stands in `deny.toml`, without the advisories, which need their
/// database from elsewhere (`cargo deny check advisories` fetches it).
pub(crate) fn deny(workspace: &Workspace, console: &Console) -> Result<(), Failure> {
    let program = tools::ensure_cargo_deny(workspace, console)?;
    let mut deny = Command::new(program);
    deny.args(["--all-features", "check", "licenses", "bans", "sources"]).current_dir(&workspace.root);
    console.step("Licences, bans and sources", &mut deny, "A dependency is not allowed by deny.toml.")
}

/// What the browser tests need beside the bundle.
#[derive(Debug)]
struct BrowserStage {
    browsers: Browsers,
    axe: PathBuf,
}

impl BrowserStage {
    fn ensure(workspace: &Workspace, console: &Console) -> Result<Self, Failure> {
        // First: where apt may install, npm comes with the browsers.
        let browsers = Browsers::ensure(workspace, console)?;
        let node = Node::ensure(workspace, console)?.ok_or_else(|| {
            Failure::new(
                "npm is missing, and with it the accessibility checker of the browser tests: install Node.js \
                 (on Debian `sudo apt-get install npm`), then run the same command again.",
            )
        })?;
        Ok(Self { browsers, axe: node.axe() })
    }

    fn run(
        &self,
        workspace: &Workspace,
        console: &Console,
        languages: &Languages,
        isso: &Isso,
    ) -> Result<(), Failure> {
        let mut tests = Command::new(cargo());
        tests
            .args(["test", "--package", "afterword-tests", "--test", "browsers"])
            .current_dir(&workspace.root)
            .env("AFTERWORD_DIST", workspace.dist())
            .env("AFTERWORD_AXE", &self.axe)
            .envs(self.browsers.environment())
            .envs(languages.environment())
            .envs(isso.environment());
        console.stream("Browser tests", &mut tests, "Browser tests failed: their names stand above.")
    }
}

/// How each check went.
#[derive(Debug)]
struct Report {
    started: Instant,
    checks: Vec<Check>,
}

#[derive(Debug)]
struct Check {
    name: &'static str,
    took: Duration,
    /// The sentence of its failure.
    failed: Option<String>,
}

impl Report {
    fn new() -> Self {
        Self { started: Instant::now(), checks: Vec::new() }
    }

    /// Runs a check. Its failure is shown and remembered, and the others go on; only being
    /// stopped ends the run.
    fn check<T>(
        &mut self,
        name: &'static str,
        run: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<Option<T>, Failure> {
        println!("\n{name}");
        let started = Instant::now();
        let outcome = if stopped() { Err(Failure::interrupted()) } else { run() };
        let failed = match &outcome {
            Ok(_) => None,
            Err(failure) if failure.is_interruption() => return Err(failure.clone()),
            Err(failure) => {
                println!("{failure}");
                Some(failure.sentence().to_owned())
            }
        };
        self.checks.push(Check { name, took: started.elapsed(), failed });
        Ok(outcome.ok())
    }

    fn conclude(&self, quick: bool) -> Result<(), Failure> {
        println!("\n{}", self.table());
        let failed: Vec<_> =
            self.checks.iter().filter(|check| check.failed.is_some()).map(|check| check.name).collect();
        let browsers = if quick {
            " The browser tests and the fuzzing were left out (--quick): they still have to pass."
        } else {
            ""
        };
        if failed.is_empty() {
            let all = if quick { "All native checks passed" } else { "All checks passed" };
            println!("{all} in {}.{browsers}", span(self.started.elapsed()));
            return Ok(());
        }
        Err(Failure::new(format!("Failed: {}.{browsers}", failed.join(", "))))
    }

    fn table(&self) -> String {
        let mut table = String::new();
        for check in &self.checks {
            let verdict =
                check.failed.as_deref().map_or("ok".to_owned(), |sentence| format!("FAILED: {sentence}"));
            table.push_str(&format!("  {:<16} {:>12}  {verdict}\n", check.name, span(check.took)));
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_check_does_not_hide_the_others_and_fails_the_run() {
        let mut report = Report::new();
        let first = report.check("formatting", || Err::<(), _>(Failure::new("Run `cargo fmt`."))).unwrap();
        let second = report.check("tidy", || Ok(7)).unwrap();
        assert_eq!((first, second), (None, Some(7)));
        assert!(report.table().contains("FAILED: Run `cargo fmt`."));
        assert_eq!(report.conclude(false).unwrap_err().sentence(), "Failed: formatting.");
    }

    #[test]
    fn leaving_the_browsers_out_is_said() {
        let mut report = Report::new();
        report.check("tidy", || Err::<(), _>(Failure::new("no"))).unwrap();
        assert!(
            report
                .conclude(true)
                .unwrap_err()
                .sentence()
                .contains("browser tests and the fuzzing were left out")
        );
    }

    #[test]
    fn being_stopped_ends_the_run_at_once() {
        let mut report = Report::new();
        let stopped = report.check("tidy", || Err::<(), _>(Failure::interrupted()));
        assert!(stopped.unwrap_err().is_interruption());
        assert!(report.checks.is_empty());
    }
}
