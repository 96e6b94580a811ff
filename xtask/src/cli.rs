//! The command line, as written, turned into a [`Command`].

use std::ffi::OsString;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;

use lexopt::prelude::*;

use crate::failure::Failure;

/// Shown by `cargo xtask help`.
pub(crate) const HELP: &str = "\
cargo xtask <command> [--verbose]

  demo [--thread FILE] [--listen ADDR]
              build everything, start the reference server with a real thread
              under an article, and print the address (default 127.0.0.1:8787;
              port 0 takes any free one)
  test [--quick]
              formatting, tidy, licences, clippy, native tests, other backends,
              OpenAPI, fuzzing, bundle, size budgets and the browser tests;
              --quick leaves browsers and fuzzing out
  dist        build the widget into dist/, ready to be served
  size        the size of every file in dist/, held against the budgets, and
              what each crate costs in the module
  bench [native|browser|server] [--peers] [--runs N] [-- OPTIONS]
              measures speed (bench/README.md), beside other comment systems
              with --peers; OPTIONS go to afterword-bench as they are
  fuzz [--seconds N] [--seed N]
              asks the reference server what its OpenAPI document allows, and
              what it forbids; N seconds twice, or about 60 s in all
  lint        contract/openapi.json, held against redocly's strictest rules
  tidy        the project's own rules (ARCHITECTURE.md), file by file
  deny        licences, bans and sources of all dependencies (cargo-deny)
  finish-dist [DIR]
              minify, put the styles into embed.js, compress; Trunk calls this

  --verbose   show what the called programs print, as they print it

AFTERWORD_TOOLS  where tools are kept (default: ~/.cache/afterword/tools)";

/// Where the demo listens unless it is told otherwise.
const DEFAULT_LISTEN: &str = "127.0.0.1:8787";

/// One call of xtask.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Invocation {
    /// What to do.
    pub(crate) command: Command,
    /// Stream the output of called programs instead of summing it up.
    pub(crate) verbose: bool,
}

/// What xtask can do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Demo(DemoOptions),
    Test(TestOptions),
    Bench(BenchOptions),
    Fuzz(FuzzOptions),
    Dist,
    FinishDist {
        /// Trunk's staging directory; `dist/` when a person calls it.
        dir: Option<PathBuf>,
    },
    Size,
    Lint,
    Tidy,
    Deny,
}

/// Options of `demo`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DemoOptions {
    /// A thread in the contract's form, instead of the demo threads.
    pub(crate) thread: Option<PathBuf>,
    /// Where the server listens.
    pub(crate) listen: SocketAddr,
}

/// Options of `test`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TestOptions {
    /// Leave the browsers out.
    pub(crate) quick: bool,
}

/// One of the benches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bench {
    /// What runs in the reader's browser, compiled for this machine.
    Native,
    /// Pages in Chromium.
    Browser,
    /// The server when many ask at once.
    Server,
}

/// Options of `bench`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BenchOptions {
    /// All of them where none is named.
    pub(crate) bench: Option<Bench>,
    /// Whether others are measured too.
    pub(crate) peers: bool,
    /// How many times each; the bench knows how many are enough.
    pub(crate) runs: Option<u32>,
    /// Handed on.
    pub(crate) rest: Vec<OsString>,
}

/// Options of `fuzz`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FuzzOptions {
    /// How long each of the two runs goes on; a fixed number of questions where nothing is said.
    pub(crate) seconds: Option<u32>,
    /// The same seed asks the same questions.
    pub(crate) seed: u32,
}

impl Default for FuzzOptions {
    fn default() -> Self {
        Self { seconds: None, seed: 1 }
    }
}

/// Reads the command line.
pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Invocation, Failure> {
    let mut args: Vec<OsString> = args.into_iter().collect();
    // What is behind `--` is not ours to read.
    let rest = args.iter().position(|argument| argument == "--").map(|at| args.split_off(at));
    let mut parser = lexopt::Parser::from_args(args);
    let mut command: Option<String> = None;
    let mut dir = None;
    let mut thread = None;
    let mut listen = None;
    let mut quick = false;
    let mut bench = BenchOptions {
        bench: None,
        peers: false,
        runs: None,
        rest: rest.into_iter().flatten().skip(1).collect(),
    };
    let mut fuzz = FuzzOptions::default();
    let mut verbose = false;
    let mut help = false;
    while let Some(argument) = parser.next().map_err(Failure::usage)? {
        match (argument, command.as_deref()) {
            (Short('h') | Long("help"), _) => help = true,
            (Short('v') | Long("verbose"), _) => verbose = true,
            (Long("thread"), Some("demo")) => {
                thread = Some(PathBuf::from(parser.value().map_err(Failure::usage)?));
            }
            (Long("listen"), Some("demo")) => {
                listen = Some(address(&parser.value().map_err(Failure::usage)?.to_string_lossy())?);
            }
            (Long("quick"), Some("test")) => quick = true,
            (Long("peers"), Some("bench")) => bench.peers = true,
            (Long("runs"), Some("bench")) => {
                let runs = parser.value().and_then(|value| value.parse()).map_err(Failure::usage)?;
                bench.runs = Some(runs);
            }
            (Value(value), Some("bench")) if bench.bench.is_none() => {
                bench.bench = Some(match value.to_string_lossy().as_ref() {
                    "native" => Bench::Native,
                    "browser" => Bench::Browser,
                    "server" => Bench::Server,
                    other => return Err(Failure::usage(format!("There is no bench `{other}`"))),
                });
            }
            (Long("seconds"), Some("fuzz")) => {
                let seconds = parser.value().and_then(|value| value.parse()).map_err(Failure::usage)?;
                fuzz.seconds = Some(seconds);
            }
            (Long("seed"), Some("fuzz")) => {
                fuzz.seed = parser.value().and_then(|value| value.parse()).map_err(Failure::usage)?;
            }
            (Value(value), None) => command = Some(value.to_string_lossy().into_owned()),
            (Value(value), Some("finish-dist")) if dir.is_none() => dir = Some(PathBuf::from(value)),
            (argument, Some(command)) => {
                return Err(Failure::usage(format!("`{command}`: {}", argument.unexpected())));
            }
            (argument, None) => return Err(Failure::usage(argument.unexpected())),
        }
    }
    let command = match command.as_deref() {
        _ if help => Command::Help,
        None | Some("help") => Command::Help,
        Some("bench") => Command::Bench(bench),
        Some(other) if !bench.rest.is_empty() => {
            return Err(Failure::usage(format!("`{other}` hands nothing on: leave out what follows `--`")));
        }
        Some("demo") => {
            let listen = match listen {
                Some(listen) => listen,
                None => address(DEFAULT_LISTEN)?,
            };
            Command::Demo(DemoOptions { thread, listen })
        }
        Some("test") => Command::Test(TestOptions { quick }),
        Some("fuzz") => Command::Fuzz(fuzz),
        Some("dist") => Command::Dist,
        Some("finish-dist") => Command::FinishDist { dir },
        Some("size") => Command::Size,
        Some("lint") => Command::Lint,
        Some("tidy") => Command::Tidy,
        Some("deny") => Command::Deny,
        Some(other) => return Err(Failure::usage(format!("There is no command `{other}`"))),
    };
    Ok(Invocation { command, verbose })
}

/// An address with a port; a bare port means loopback, and `localhost` is a name like any other.
fn address(written: &str) -> Result<SocketAddr, Failure> {
    let complete = match written.parse::<u16>() {
        Ok(port) => format!("127.0.0.1:{port}"),
        Err(_) => written.to_owned(),
    };
    // IPv4 first: what people type into the address bar afterwards is 127.0.0.1.
    let resolved = complete
        .to_socket_addrs()
        .ok()
        .and_then(|addresses| addresses.into_iter().min_by_key(|address| !address.is_ipv4()));
    resolved.ok_or_else(|| {
        Failure::usage(format!(
            "--listen wants an address with a port, like {DEFAULT_LISTEN}; got `{written}`"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Invocation, Failure> {
        parse(line.split_whitespace().map(OsString::from))
    }

    fn command(line: &str) -> Command {
        read(line).unwrap().command
    }

    #[test]
    fn the_demo_listens_on_loopback_unless_told_otherwise() {
        let listen = |line| match command(line) {
            Command::Demo(options) => options.listen.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(listen("demo"), "127.0.0.1:8787");
        assert_eq!(listen("demo --listen 0.0.0.0:80"), "0.0.0.0:80");
        assert_eq!(listen("demo --listen 9000"), "127.0.0.1:9000");
        assert_eq!(listen("demo --listen=[::1]:9000"), "[::1]:9000");
    }

    #[test]
    fn options_are_read() {
        assert_eq!(command("test --quick"), Command::Test(TestOptions { quick: true }));
        assert!(read("test --verbose").unwrap().verbose);
        assert_eq!(command("finish-dist some/dir"), Command::FinishDist { dir: Some("some/dir".into()) });
        let Command::Demo(options) = command("demo --thread a.json") else { panic!() };
        assert_eq!(options.thread, Some("a.json".into()));
    }

    #[test]
    fn fuzzing_asks_the_same_each_time_unless_told_otherwise() {
        assert_eq!(command("fuzz"), Command::Fuzz(FuzzOptions { seconds: None, seed: 1 }));
        let longer = FuzzOptions { seconds: Some(600), seed: 7 };
        assert_eq!(command("fuzz --seconds 600 --seed 7"), Command::Fuzz(longer));
        assert!(read("test --seed 7").is_err());
    }

    #[test]
    fn benches_are_chosen_and_the_rest_is_handed_on() {
        let bench = |line: &str| match command(line) {
            Command::Bench(options) => options,
            other => panic!("{other:?}"),
        };
        assert_eq!(bench("bench").bench, None);
        let options = bench("bench --peers browser --runs 3 -- --sizes 13 --peers");
        assert_eq!((options.bench, options.peers, options.runs), (Some(Bench::Browser), true, Some(3)));
        assert_eq!(options.rest, ["--sizes", "13", "--peers"]);
    }

    #[test]
    fn no_command_and_any_help_show_the_help() {
        for line in ["", "help", "--help", "demo --help", "-h"] {
            assert_eq!(command(line), Command::Help, "{line}");
        }
    }

    #[test]
    fn a_wrong_command_line_is_one_sentence_and_exit_code_2() {
        for (line, expected) in [
            ("demos", "There is no command `demos`"),
            ("test --fast", "`test`: invalid option '--fast'"),
            ("dist --quick", "`dist`: invalid option '--quick'"),
            ("demo extra", "`demo`: unexpected argument \"extra\""),
            ("demo --listen", "missing argument for option '--listen'"),
            ("demo --listen nowhere", "--listen wants an address with a port"),
            ("bench fast", "There is no bench `fast`"),
            ("bench --runs x", "cannot parse argument"),
            ("test -- --nocapture", "`test` hands nothing on"),
            ("--quick", "invalid option '--quick'"),
        ] {
            let failure = read(line).unwrap_err();
            assert_eq!(failure.exit_code(), 2, "{line}");
            assert!(failure.sentence().starts_with(expected), "{line}: {}", failure.sentence());
            assert_eq!(failure.sentence().lines().count(), 1);
        }
    }
}
