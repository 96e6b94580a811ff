//! What is asked for on the command line, and by xtask in the environment.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::prelude::*;
use serde_json::{Value, json};

/// Shown by `--help`; people call this by `cargo xtask bench`, which builds and finds everything.
pub(crate) const HELP: &str = "\
afterword-bench browser|server [--peers] [--runs N] [--sizes N,N] [--profiles fast,slow] [--seconds N] [--only TEXT]

AFTERWORD_DIST     the built widget
AFTERWORD_SERVER   the reference server's program, for `server`
AFTERWORD_PEERS    folder with node_modules/, for --peers
AFTERWORD_ISSO     folder with Isso's python and gunicorn, for --peers";

/// What to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bench {
    /// What a reader waits for.
    Browser,
    /// What the server bears.
    Server,
}

/// Where peers are installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Peers {
    /// npm's.
    pub(crate) modules: PathBuf,
    /// `python` and `gunicorn`, of the environment in which Isso is installed.
    pub(crate) programs: PathBuf,
}

/// Line and processor of a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// As the machine is.
    Fast,
    /// 1.6 Mbit/s down, 150 ms a request, the processor four times slower.
    Slow,
}

impl Profile {
    /// As in the tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fast => "unthrottled",
            Self::Slow => "slow line, slow processor",
        }
    }

    /// Parameters of `Network.emulateNetworkConditions`, and how many times slower the processor is.
    pub(crate) fn throttling(self) -> Option<(Value, u32)> {
        match self {
            Self::Fast => None,
            // Bytes a second and milliseconds.
            Self::Slow => Some((
                json!({
                    "offline": false, "latency": 150,
                    "downloadThroughput": 200_000, "uploadThroughput": 93_750,
                }),
                4,
            )),
        }
    }
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// What to measure.
    pub(crate) bench: Bench,
    /// Whom else to measure in the same run.
    pub(crate) peers: Option<Peers>,
    /// How many times each.
    pub(crate) runs: usize,
    /// Replies of the threads that are read.
    pub(crate) sizes: Vec<u32>,
    /// Under which circumstances.
    pub(crate) profiles: Vec<Profile>,
    /// Of all widgets only those whose names hold this; empty for all.
    pub(crate) only: String,
    /// For how long the server is asked by everybody at once, each run.
    pub(crate) seconds: u64,
}

/// Reads the command line; `None`: help is wanted. `variable` is the environment.
pub(crate) fn parse(
    arguments: impl IntoIterator<Item = OsString>,
    variable: impl Fn(&str) -> Option<PathBuf>,
) -> Result<Option<Options>, String> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut bench = None;
    let mut options = Options {
        bench: Bench::Browser,
        peers: None,
        runs: 5,
        sizes: vec![13, 1000, 10_000],
        profiles: vec![Profile::Fast, Profile::Slow],
        only: String::new(),
        seconds: 5,
    };
    let wrong = |error: lexopt::Error| error.to_string();
    while let Some(argument) = parser.next().map_err(wrong)? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("peers") => {
                let folder =
                    variable("AFTERWORD_PEERS").ok_or("AFTERWORD_PEERS does not say where peers are")?;
                let programs =
                    variable("AFTERWORD_ISSO").ok_or("AFTERWORD_ISSO does not say where Isso is")?;
                options.peers = Some(Peers { modules: folder.join("node_modules"), programs });
            }
            Long("runs") => options.runs = parser.value().and_then(|it| it.parse()).map_err(wrong)?,
            Long("seconds") => options.seconds = parser.value().and_then(|it| it.parse()).map_err(wrong)?,
            Long("only") => options.only = parser.value().map_err(wrong)?.to_string_lossy().into_owned(),
            Long("sizes") => options.sizes = list(&mut parser, |it| it.parse().ok())?,
            Long("profiles") => {
                options.profiles = list(&mut parser, |it| match it {
                    "fast" => Some(Profile::Fast),
                    "slow" => Some(Profile::Slow),
                    _ => None,
                })?;
            }
            Value(value) if bench.is_none() => {
                bench = Some(match value.to_string_lossy().as_ref() {
                    "browser" => Bench::Browser,
                    "server" => Bench::Server,
                    other => return Err(format!("there is no bench `{other}`")),
                });
            }
            argument => return Err(argument.unexpected().to_string()),
        }
    }
    let Some(bench) = bench else { return Ok(None) };
    Ok(Some(Options { bench, ..options }))
}

fn list<T>(parser: &mut lexopt::Parser, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, String> {
    let value = parser.value().map_err(|error| error.to_string())?;
    let value = value.to_string_lossy();
    value.split(',').map(|item| read(item).ok_or_else(|| format!("`{item}` is not understood"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Option<Options>, String> {
        let peers = |name: &str| match name {
            "AFTERWORD_PEERS" => Some(PathBuf::from("/p")),
            "AFTERWORD_ISSO" => Some(PathBuf::from("/i/bin")),
            _ => None,
        };
        parse(line.split_whitespace().map(OsString::from), peers)
    }

    #[test]
    fn options_are_read() {
        let options = read("browser --peers --runs 3 --sizes 13,50 --profiles slow").unwrap().unwrap();
        assert_eq!((options.bench, options.runs, options.sizes), (Bench::Browser, 3, vec![13, 50]));
        assert_eq!(options.profiles, [Profile::Slow]);
        let peers = Peers { modules: PathBuf::from("/p/node_modules"), programs: PathBuf::from("/i/bin") };
        assert_eq!(options.peers, Some(peers));
        assert_eq!(read("server").unwrap().unwrap().peers, None);
    }

    #[test]
    fn what_is_not_understood_is_said() {
        assert_eq!(read("brwser").unwrap_err(), "there is no bench `brwser`");
        assert_eq!(read("browser --sizes 13,x").unwrap_err(), "`x` is not understood");
        assert_eq!(read("--help").unwrap(), None);
        assert_eq!(read("").unwrap(), None);
    }
}
