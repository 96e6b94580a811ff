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
    node: PathBuf,
    php: PathBuf,
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
const NODE: Language = Language {
    part: Part { title: "Node.js 18", names: &["node"], package: "nodejs" },
    question: ["-e", "process.exit(Number.parseInt(process.versions.node) < 18 ? 1 : 0)"],
};
const PHP: Language = Language {
    part: Part { title: "PHP 8.1 with PDO SQLite", names: &["php"], package: "php-cli php-sqlite3" },
    question: ["-r", "exit(PHP_VERSION_ID < 80100 || !extension_loaded('pdo_sqlite') ? 1 : 0);"],
};
const LANGUAGES: [Language; 3] = [PYTHON, NODE, PHP];

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
        Ok(Self { python: required(PYTHON)?, node: required(NODE)?, php: required(PHP)? })
    }

    /// What the tests read from their environment.
    pub(crate) fn environment(&self) -> [(&'static str, &Path); 3] {
        [("AFTERWORD_PYTHON", &self.python), ("AFTERWORD_NODE", &self.node), ("AFTERWORD_PHP", &self.php)]
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
        let failure = still_missing(&[PYTHON.part, PHP.part]);
        assert!(failure.sentence().contains("Python 3.9 with sqlite3, PHP 8.1 with PDO SQLite are missing"));
        assert!(failure.sentence().contains("`sudo apt-get install python3 php-cli php-sqlite3`"));
    }
}
