//! `cargo xtask bench`: builds what is measured, finds or installs what measuring takes, and calls the benches of
//! `bench/`. Nothing of it is part of `test`: what is measured depends on the machine.

use std::process::Command;

use crate::bundle;
use crate::cli::{Bench, BenchOptions};
use crate::failure::Failure;
use crate::process::Console;
use crate::tools::{Browsers, Peers};
use crate::workspace::{Workspace, cargo};

/// Runs the bench that is asked for, or all of them.
pub(crate) fn run(workspace: &Workspace, console: &Console, options: &BenchOptions) -> Result<(), Failure> {
    let wanted = |bench| options.bench.is_none_or(|only| only == bench);
    let peers = if options.peers { Some(Peers::ensure(workspace, console)?) } else { None };
    if wanted(Bench::Native) {
        let mut native = Command::new(cargo());
        native.args(["bench", "--package", "afterword-bench"]).current_dir(&workspace.root);
        console.stream("Native benches", &mut native, "The native benches could not be run.")?;
    }
    for (bench, name) in [(Bench::Browser, "browser"), (Bench::Server, "server")] {
        if !wanted(bench) {
            continue;
        }
        // The server has the widget inside, so that is built first.
        bundle::ensure(workspace, console)?;
        console.step(
            "Building benches and server",
            Command::new(cargo())
                .args(["build", "--release", "--package", "afterword-bench", "--package", "afterword-server"])
                .current_dir(&workspace.root),
            "The benches could not be built.",
        )?;
        let program = |name: &str| {
            workspace.target.join("release").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
        };
        let mut measure = Command::new(program("afterword-bench"));
        measure.arg(name).current_dir(&workspace.root);
        if let Some(runs) = options.runs {
            measure.args(["--runs", &runs.to_string()]);
        }
        measure.args(&options.rest);
        measure.env("AFTERWORD_DIST", workspace.dist()).env("AFTERWORD_SERVER", program("afterword-server"));
        if bench == Bench::Browser {
            measure.envs(Browsers::chromium(console)?);
        }
        if let Some(peers) = &peers {
            measure.arg("--peers").envs(peers.environment());
        }
        console.stream("Measuring", &mut measure, "Measuring failed: the reason stands above.")?;
    }
    Ok(())
}
