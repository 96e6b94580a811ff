//! What went wrong, in one sentence with its remedy.
//!
//! Every error that leaves `xtask` is a [`Failure`]: first what the failed program printed, if
//! anything, and then, where the eye ends up, one sentence that says what to do.

use std::fmt;

/// One clear sentence, and what was printed before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    sentence: String,
    output: Option<String>,
    exit_code: u8,
}

impl Failure {
    /// A failure that its sentence explains fully.
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self { sentence: sentence.into(), output: None, exit_code: 1 }
    }

    /// The command line was not understood.
    pub(crate) fn usage(sentence: impl fmt::Display) -> Self {
        Self {
            sentence: format!("{sentence} (`cargo xtask help` lists the commands)"),
            output: None,
            exit_code: 2,
        }
    }

    /// Somebody pressed Ctrl-C or sent a signal; nothing is wrong.
    pub(crate) fn interrupted() -> Self {
        Self { sentence: "Stopped.".into(), output: None, exit_code: 130 }
    }

    /// Puts the end of the failed program's output before the sentence.
    pub(crate) fn with_output(mut self, output: impl Into<String>) -> Self {
        let output = output.into();
        self.output = (!output.trim().is_empty()).then_some(output);
        self
    }

    /// The sentence alone, for a line in a table.
    pub(crate) fn sentence(&self) -> &str {
        &self.sentence
    }

    /// Whether the run was stopped from outside: then nothing else should be started.
    pub(crate) fn is_interruption(&self) -> bool {
        self.exit_code == 130
    }

    /// What the process answers to its caller.
    pub(crate) fn exit_code(&self) -> u8 {
        self.exit_code
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(output) = &self.output {
            for line in output.lines() {
                writeln!(f, "  | {line}")?;
            }
            writeln!(f)?;
        }
        let word = if self.is_interruption() { "" } else { "error: " };
        write!(f, "{word}{}", self.sentence)
    }
}

/// Turns an input or output error into a sentence that names the file, and what to do.
pub(crate) fn file_error(doing: &str, path: &std::path::Path, error: &std::io::Error) -> Failure {
    use std::io::ErrorKind;
    let remedy = match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory => "check the path",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => "give this user the right to it",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on its disk",
        ErrorKind::InvalidData => "save it as UTF-8",
        _ => "check its disk",
    };
    Failure::new(format!("Could not {doing} {}: {error}; {remedy}, then try again.", path.display()))
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};
    use std::path::Path;

    use super::file_error;

    #[test]
    fn whatever_a_file_refuses_there_is_something_to_do() {
        let told = |kind: ErrorKind| file_error("write", Path::new("dist/a.js"), &Error::from(kind)).sentence;
        assert!(told(ErrorKind::NotFound).starts_with("Could not write dist/a.js: "));
        assert!(told(ErrorKind::NotFound).ends_with("; check the path, then try again."));
        assert!(told(ErrorKind::PermissionDenied).contains("give this user the right to it"));
        assert!(told(ErrorKind::StorageFull).contains("make room on its disk"));
        assert!(told(ErrorKind::Other).contains("check its disk"));
    }
}
