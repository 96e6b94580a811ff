//! The command line, as written, turned into [`Options`].

use std::ffi::{OsStr, OsString};
use std::num::NonZeroU16;
use std::time::Duration;

use http::Uri;
use lexopt::prelude::*;

use crate::checks::GROUPS;
use crate::report::Format;

/// Shown by `--help`.
pub const HELP: &str = "\
afterword-conformance URL [options]

Asks the backend at URL, such as https://example.org/api, whether it keeps
Afterword's contract: the one required route, and every feature it announces.
It writes only into new threads of its own, and deletes what it can.

  --token TOKEN          who writes; else a guest, where guests are taken
  --second-token TOKEN   somebody else, to see what people may not do to
                         each other's replies; else another guest. Neither
                         of them may be a moderator
  --thread ID            a thread that is there, with 5 to 100 replies, to be
                         read where nothing can be written
  --only GROUP,…         only these checks, such as read,paging,reply
  --format FORMAT        text (the default), tap, junit or json
  --thread-prefix TEXT   how the ids of its threads begin (the default is
                         afterword-conformance-)
  --patience SECONDS     how long one answer may take (the default is 20)
  --strict               what is left out counts as wrong
  --list                 every check, with its section of the contract

Exit status: 0 nothing is wrong, 1 something is, 2 the command line is wrong,
the backend cannot be reached, or it announces guests and lets nobody become
one. Tokens may come from the environment instead:
AFTERWORD_TOKEN and AFTERWORD_SECOND_TOKEN.";

/// What to ask, and how to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The backend's address. Example: `"https://example.org/api"`.
    pub url: String,
    /// Who writes.
    pub token: Option<String>,
    /// Who else writes.
    pub second_token: Option<String>,
    /// A thread that is there.
    pub thread: Option<String>,
    /// The groups to ask; none means all.
    pub only: Vec<String>,
    /// How to tell.
    pub format: Format,
    /// Whether what is left out counts as wrong.
    pub strict: bool,
    /// How long one answer may take.
    pub patience: Duration,
    /// How the ids of threads begin.
    pub thread_prefix: String,
}

impl Options {
    /// Everything about the backend at `url`, with guests as people.
    pub fn of(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            token: None,
            second_token: None,
            thread: None,
            only: Vec::new(),
            format: Format::Text,
            strict: false,
            patience: Duration::from_secs(20),
            thread_prefix: "afterword-conformance-".to_owned(),
        }
    }
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Ask a backend.
    Ask(Options),
    /// Say how it is called.
    Help,
    /// Say what it asks.
    List,
}

/// Reads the arguments behind the program's name. The error is a sentence that says what is wrong.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    read(lexopt::Parser::from_args(arguments)).map_err(|error| {
        let said = error.to_string();
        if said.ends_with('.') { said } else { format!("{said}.") }
    })
}

fn read(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut options = Options::of("");
    while let Some(argument) = parser.next()? {
        match argument {
            Long("token") => options.token = Some(token(&parser.value()?)?),
            Long("second-token") => options.second_token = Some(token(&parser.value()?)?),
            Long("thread") => options.thread = Some(parser.value()?.string()?),
            Long("thread-prefix") => options.thread_prefix = parser.value()?.string()?,
            Long("only") => options.only = groups(&parser.value()?.string()?)?,
            Long("format") => options.format = format(&parser.value()?.string()?)?,
            Long("patience") => {
                options.patience = Duration::from_secs(parser.value()?.parse::<NonZeroU16>()?.get().into());
            }
            Long("strict") => options.strict = true,
            Long("list") => return Ok(Command::List),
            Short('h') | Long("help") => return Ok(Command::Help),
            Value(url) if options.url.is_empty() => options.url = url.string()?,
            _ => return Err(argument.unexpected()),
        }
    }
    let scheme = options.url.parse::<Uri>().ok().and_then(|uri| uri.scheme_str().map(str::to_owned));
    match scheme.as_deref() {
        Some("http" | "https") => Ok(Command::Ask(options)),
        _ if options.url.is_empty() => Err("the backend's address is missing; try --help".into()),
        _ => Err(format!("`{}` is no address that begins with https:// or http://", options.url).into()),
    }
}

/// A token that can be sent; the error does not show it.
pub fn token(value: &OsStr) -> Result<String, &'static str> {
    let sendable = |token: &&str| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    let token = value.to_str().filter(sendable);
    token.map(str::to_owned).ok_or("a token is empty, or holds what no header can")
}

fn groups(list: &str) -> Result<Vec<String>, lexopt::Error> {
    let names: Vec<String> = list.split(',').map(|name| name.trim().to_owned()).collect();
    let unknown = names.iter().find(|name| GROUPS.iter().all(|group| group.name != name.as_str()));
    match unknown {
        None => Ok(names),
        Some(name) => {
            let known: Vec<_> = GROUPS.iter().map(|group| group.name).collect();
            Err(format!("`{name}` is no group of checks; there are {}", known.join(", ")).into())
        }
    }
}

fn format(word: &str) -> Result<Format, lexopt::Error> {
    match word {
        "text" => Ok(Format::Text),
        "tap" => Ok(Format::Tap),
        "junit" => Ok(Format::Junit),
        "json" => Ok(Format::Json),
        _ => Err(format!("`{word}` is no format; there are text, tap, junit and json").into()),
    }
}
