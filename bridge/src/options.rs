//! The command line, as written, turned into [`Options`].

use std::ffi::OsString;
use std::time::Duration;

use lexopt::prelude::*;

use crate::system::System;
use crate::upstream::Base;

/// Shown by `--help`.
pub const HELP: &str = "\
afterword-bridge SYSTEM URL [options]

Lets Afterword's widget read the replies of another system, without changing
anything there. SYSTEM is one of

  discourse   a forum; a thread is a topic's id or address
  isso        a comment server; a thread is the page's path, as Isso has it,
              or the page's address
  vanilla     a forum; a thread is a discussion's id or address

and URL is its address, such as https://forum.example.org. The widget's
data-api is then http://127.0.0.1:8788/api, or where a proxy has it.

  --listen ADDRESS    where to listen (the default is 127.0.0.1:8788)
  --cache SECONDS     for how long an answer of the system's is as good as a new
                      one: 1 to 86400 (the default is 60)
  --timeout SECONDS   for how long the system may take: 1 to 120 (the default
                      is 10)

It only reads, and only what everybody may read there: it has no key and
sends no cookie.";

/// What to read, and how to serve it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Which API is spoken inward.
    pub system: System,
    /// The system's address. Example: `"https://forum.example.org"`.
    pub url: String,
    /// Where to listen. Example: `"127.0.0.1:8788"`.
    pub listen: String,
    /// For how long an answer of the system's is as good as a new one.
    pub cache: Duration,
    /// For how long the system may take to answer.
    pub timeout: Duration,
}

impl Options {
    /// The defaults for the system at `url`.
    pub fn of(system: System, url: &str) -> Self {
        Self {
            system,
            url: url.to_owned(),
            listen: "127.0.0.1:8788".to_owned(),
            cache: Duration::from_secs(60),
            timeout: Duration::from_secs(10),
        }
    }
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Serve.
    Serve(Options),
    /// Say how it is called.
    Help,
}

/// Reads the arguments behind the program's name. The error is a sentence that says what is wrong.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    read(lexopt::Parser::from_args(arguments)).map_err(|error| {
        let said = error.to_string();
        if said.ends_with('.') { said } else { format!("{said}.") }
    })
}

fn read(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut options = Options::of(System::Discourse, "");
    let mut system = None;
    while let Some(argument) = parser.next()? {
        match argument {
            Long("listen") => options.listen = parser.value()?.string()?,
            Long("cache") => options.cache = seconds("--cache", &parser.value()?.string()?, 86_400)?,
            Long("timeout") => options.timeout = seconds("--timeout", &parser.value()?.string()?, 120)?,
            Short('h') | Long("help") => return Ok(Command::Help),
            Value(word) if system.is_none() => system = Some(named(&word.string()?)?),
            Value(url) if options.url.is_empty() => options.url = url.string()?,
            _ => return Err(argument.unexpected()),
        }
    }
    let Some(system) = system else {
        return Err("the system is missing: discourse, isso or vanilla; try --help".into());
    };
    if options.url.is_empty() {
        return Err("the system's address is missing, such as https://forum.example.org".into());
    }
    Base::read(&options.url)?;
    Ok(Command::Serve(Options { system, ..options }))
}

fn named(word: &str) -> Result<System, lexopt::Error> {
    System::named(word)
        .ok_or_else(|| format!("`{word}` is no system that can be read: discourse, isso or vanilla").into())
}

fn seconds(option: &str, text: &str, most: u64) -> Result<Duration, lexopt::Error> {
    let seconds = text.parse().ok().filter(|seconds| (1..=most).contains(seconds));
    let wrong = || format!("{option} takes whole seconds from 1 to {most}, and not `{text}`").into();
    seconds.map(Duration::from_secs).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Command, Options, parse};
    use crate::system::System;

    fn read(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(Into::into))
    }

    #[test]
    fn a_line_is_read() {
        let options = Options::of(System::Isso, "https://example.org/isso");
        assert_eq!(read("isso https://example.org/isso"), Ok(Command::Serve(options.clone())));
        let options = Options { listen: "[::1]:80".to_owned(), cache: Duration::from_secs(5), ..options };
        assert_eq!(
            read("--cache 5 isso --listen [::1]:80 https://example.org/isso"),
            Ok(Command::Serve(options))
        );
        assert_eq!(read("isso --help"), Ok(Command::Help));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (line, said) in [
            ("", "the system is missing"),
            ("disqus https://example.org", "`disqus` is no system"),
            ("isso", "address is missing"),
            ("isso example.org", "`example.org` is no address"),
            (
                "isso https://example.org --cache 0",
                "--cache takes whole seconds from 1 to 86400, and not `0`",
            ),
            ("isso https://example.org --timeout soon", "--timeout takes whole seconds"),
            ("isso https://example.org --colour", "--colour"),
            ("isso https://example.org more", "more"),
        ] {
            let wrong = read(line).unwrap_err();
            assert!(wrong.contains(said) && wrong.ends_with('.'), "{line}: {wrong}");
        }
    }
}
