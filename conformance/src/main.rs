//! The command: reads the arguments, asks, prints the report, and says by its exit status how it went.

use std::io::Write;
use std::process::ExitCode;

use afterword_conformance::options::{self, Command, Options};
use afterword_conformance::{GROUPS, run};

/// The command line is wrong, the backend cannot be reached, or no guest could be made where guests are announced.
const NOT_ASKED: u8 = 2;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match options::parse(std::env::args_os().skip(1)) {
        Ok(Command::Help) => said(&format!("{}\n", options::HELP), ExitCode::SUCCESS),
        Ok(Command::List) => said(&list(), ExitCode::SUCCESS),
        Ok(Command::Ask(options)) => ask(options).await,
        Err(wrong) => failed(&wrong),
    }
}

async fn ask(mut options: Options) -> ExitCode {
    for (token, name) in
        [(&mut options.token, "AFTERWORD_TOKEN"), (&mut options.second_token, "AFTERWORD_SECOND_TOKEN")]
    {
        let set = std::env::var_os(name).filter(|value| token.is_none() && !value.is_empty());
        match set.map(|value| options::token(&value)).transpose() {
            Ok(set) => *token = token.take().or(set),
            Err(wrong) => return failed(&format!("{name}: {wrong}.")),
        }
    }
    match run(&options).await {
        Ok(report) => {
            let (_, wrong, left_out) = report.counts();
            let bad = wrong > 0 || (options.strict && left_out > 0);
            let status = match &report.missing {
                // Not in every format, and whoever reads the status looks here.
                Some(why) if !bad => failed(&format!("much was left out: {why}")),
                _ => ExitCode::from(u8::from(bad)),
            };
            said(&report.write(options.format), status)
        }
        Err(why) => failed(&format!("{} cannot be asked: {why}", options.url)),
    }
}

fn list() -> String {
    let mut lines = String::new();
    for group in GROUPS {
        for check in group.checks {
            lines += &format!("{}.{} ({}): {}\n", group.name, check.id, check.section, check.says);
        }
    }
    lines
}

/// A reader that hangs up, such as `head`, is no failure.
fn said(text: &str, status: ExitCode) -> ExitCode {
    let _ = std::io::stdout().write_all(text.as_bytes());
    status
}

fn failed(why: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "afterword-conformance: {why}");
    ExitCode::from(NOT_ASKED)
}
