//! Does a backend keep the contract? Asked from outside, over HTTP.
//!
//! Reading order: [`options`] understands the command line, `client` sends and receives, `shape` holds answers
//! against the published schemas, `stage` is what the checks of one run share, `checks` has a file for each
//! subject, `secrets` keeps tokens out of what is told, and [`Report`] says what was found. Nothing here knows the reference server.

mod check;
mod checks;
mod client;
mod json;
pub mod options;
mod report;
mod secrets;
mod shape;
mod stage;
mod stream;

pub use check::{Check, Finding, Group, Stop, When};
pub use checks::GROUPS;
pub use report::{Entry, Format, Report};

use client::Client;
use options::Options;
use stage::Stage;

/// Asks a backend everything that it announces. The error says why it could not be asked at all.
pub async fn run(options: &Options) -> Result<Report, String> {
    let client = Client::new(&options.url, options.patience)?;
    let secrets = client.secrets();
    // What a backend sends reaches terminals and logs.
    let fit = |text: &str| report::printable(&secrets.masked(text));
    let tokens = [options.token.clone(), options.second_token.clone()];
    let stage = Stage::set_up(client, &options.thread_prefix, options.thread.clone(), tokens).await;
    let stage = stage.map_err(|why| fit(&why))?;
    let wanted =
        |group: &Group| options.only.is_empty() || options.only.iter().any(|name| name == group.name);
    let mut entries = Vec::new();
    for group in GROUPS.iter().copied().filter(|group| wanted(group)) {
        let asked = match group.when {
            When::Always => !stage.is_file(),
            When::Announced(feature) => !stage.is_file() && stage.offers(feature),
            When::File => stage.is_file(),
        };
        if !asked {
            continue;
        }
        for check in group.checks {
            let verdict = (check.run)(&stage).await.map_err(|stop| stop.map(fit));
            entries.push(Entry { group: group.name, check, verdict });
        }
    }
    if entries.is_empty() {
        return Err("it announces nothing of what --only names".to_owned());
    }
    stage.clean_up().await;
    let features = stage.features().iter().map(|feature| fit(feature).replace('\n', " ")).collect();
    let missing = stage.missing().map(fit);
    Ok(Report { url: stage.api().to_owned(), features, missing, entries })
}
