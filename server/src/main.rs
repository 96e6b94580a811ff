//! The binary: a command line over the library. Every failure is one sentence with its remedy.

mod cli;
mod commands;
mod output;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("The system gives this program no threads: {error}.")),
    };
    let outcome = runtime.block_on(async {
        match arguments.command {
            Command::Serve(serve) => commands::serve(serve).await,
            Command::Import(import) => commands::import(import).await,
            Command::Export(export) => commands::export(export).await,
            Command::Render(render) => commands::render(render).await,
            Command::Moderate(moderate) => commands::moderate(moderate).await,
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => fail(&failure.to_string()),
    }
}

fn fail(sentence: &str) -> ExitCode {
    eprintln!("afterword-server: {sentence}");
    ExitCode::FAILURE
}
