//! Why a command cannot go on, as one sentence with the remedy: what the person at the terminal reads.

use std::fmt;

/// One sentence that says what is wrong and what to do about it.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure that reads as `sentence`.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}
