//! The project's one tool: everything that a person or the CI runs is `cargo xtask <command>`.
//!
//! Reading order: [`cli`] understands the command line, [`workspace`] knows where things are,
//! [`process`] runs other programs, [`tools`] gets those that are missing, and then there is
//! one module for each command. Nothing here is part of what readers download.

mod bench;
mod bundle;
mod checks;
mod cli;
mod demo;
mod failure;
mod finish;
mod fuzz;
mod lint;
mod pack;
mod process;
mod shrink;
mod size;
mod stamp;
mod tidy;
mod tools;
mod workspace;

use std::process::ExitCode;

use cli::Command;
use failure::Failure;
use process::Console;
use workspace::Workspace;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run() -> Result<(), Failure> {
    let invocation = cli::parse(std::env::args_os().skip(1))?;
    if invocation.command == Command::Help {
        println!("{}", cli::HELP);
        return Ok(());
    }
    process::stop_children_on_signals()?;
    let workspace = Workspace::find()?;
    let console = Console::new(invocation.verbose);
    match invocation.command {
        Command::Help => Ok(()),
        Command::Demo(options) => demo::run(&workspace, &console, &options),
        Command::Test(options) => checks::run(&workspace, &console, &options),
        Command::Bench(options) => bench::run(&workspace, &console, &options),
        Command::Fuzz(options) => fuzz::run(&workspace, &console, &options),
        Command::Dist => bundle::run(&workspace, &console),
        Command::FinishDist { dir } => finish::run(&workspace, &console, dir),
        Command::Size => size::run(&workspace),
        Command::Lint => lint::run(&workspace, &console),
        Command::Tidy => tidy::run(&workspace),
        Command::Deny => checks::deny(&workspace, &console),
    }
}
