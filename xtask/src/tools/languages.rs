//! The languages of `examples/backends`, for the check that runs the conformance kit over those.
//!
//! Each is asked whether it is new enough and brings the SQLite that its backend is written for. A missing one is
//! installed or named, and never skipped.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::packages::{Part, install, packages, titles};
use crate::failure::Failure;
use crate::process::{Console, answer};

/// Where everything is.
#[derive(Debug)]
pub(crate) struct Languages {
    python: PathBuf,
}

/// A language: its program, and a question that it answers well where it will do.
#[derive(Debug, Clone, Copy)]
struct Language {
    part: Part,
    question: [&'static str; 2],
}

const PYTHON: Language = Language {
    part: Part { title: "Python 3.9 with sqlite3", names: &["python3"], package: "python3" },
    question: ["-c", "import sqlite3, sys; sys.exit(sys.version_info < (3, 9))"],
};
const LANGUAGES: [Language; 1] = [PYTHON];

impl Language {
    fn find(&self) -> Option<PathBuf> {
        let program = self.part.on_path()?;
        answer(Command::new(&program).args(self.question)).map(|_| program)
    }
}

impl Languages {
    /// Finds all of them, or installs what is missing.
    pub(crate) fn ensure(console: &Console) -> Result<Self, Failure> {
        let missing: Vec<_> =
            LANGUAGES.iter().filter(|one| one.find().is_none()).map(|one| one.part).collect();
        if !missing.is_empty() {
            install(console, &missing, &still_missing(&missing))?;
        }
        let required = |language: Language| language.find().ok_or_else(|| still_missing(&[language.part]));
        Ok(Self { python: required(PYTHON)? })
    }

    /// What the tests read from their environment.
    pub(crate) fn environment(&self) -> [(&'static str, &Path); 1] {
        [("AFTERWORD_PYTHON", &self.python)]
    }
}

fn still_missing(parts: &[Part]) -> Failure {
    Failure::new(format!(
        "For the backends in other languages, {} missing: on Debian run `sudo apt-get install {}`, elsewhere \
         install it and put it on the PATH.",
        titles(parts),
        packages(parts).join(" "),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_there_but_too_old_is_missing() {
        let part = Part { title: "a shell of tomorrow", names: &["sh"], package: "dash" };
        let good = Language { part, question: ["-c", "exit 0"] };
        let old = Language { part, question: ["-c", "exit 1"] };
        assert!(good.find().is_some());
        assert_eq!(old.find(), None);
    }

    #[test]
    fn the_packages_of_what_is_missing_are_named() {
        let php = Part { title: "PHP", names: &["php"], package: "php-cli php-sqlite3" };
        let failure = still_missing(&[PYTHON.part, php]);
        assert!(failure.sentence().contains("Python 3.9 with sqlite3, PHP are missing"));
        assert!(failure.sentence().contains("`sudo apt-get install python3 php-cli php-sqlite3`"));
    }
}
