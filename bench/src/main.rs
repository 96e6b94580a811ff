//! Benches of the whole: in the browser and of the server. `cargo xtask bench` builds and calls this.
//!
//! - [`options`]: what is asked for.
//! - [`browser`]: pages in Chromium; [`host`] serves them, [`widget`] says what stands on them, `page.js` watches.
//! - [`load`]: the server when many ask at once.
//! - [`waline`], [`isso`]: what peers need behind them.

mod browser;
mod host;
mod isso;
mod load;
mod options;
mod waline;
mod widget;

use std::path::PathBuf;
use std::process::ExitCode;

use options::{Bench, Options};

#[tokio::main]
async fn main() -> ExitCode {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let outcome = match options::parse(std::env::args_os().skip(1), variable) {
        Ok(Some(options)) => run(&options).await,
        Ok(None) => {
            println!("{}", options::HELP);
            Ok(())
        }
        Err(sentence) => Err(sentence),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("error: {sentence}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<(), String> {
    match options.bench {
        Bench::Browser => browser::run(options, afterword_tests::tools::dist()?).await,
        Bench::Server => {
            let program = std::env::var_os("AFTERWORD_SERVER").map(PathBuf::from);
            let program = program.ok_or("AFTERWORD_SERVER does not name the reference server's program.")?;
            tokio::task::block_in_place(|| load::run(options, &program))
        }
    }
}
