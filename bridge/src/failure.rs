//! Why the system behind the bridge could not be read, as a reader is told and as the owner is.

use std::time::Duration;

/// What went wrong with a question to the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No connection, or one that broke off.
    Unreachable(String),
    /// No answer within the time that is waited.
    Late,
    /// The system asked to be left alone for so long.
    Busy(Duration),
    /// A status that says that the public may not read it. What was read before may have been taken back.
    Closed(u16),
    /// An answer with a status that is none of those that are understood.
    Status(u16),
    /// A redirection to another place than the system's own.
    LedAway(String),
    /// An answer that is no JSON, is not what such a question is answered with, or is too long.
    Garbage(String),
    /// The thread is longer than is read at once.
    TooLong,
}

impl Failure {
    /// After how many seconds another attempt makes sense.
    pub(crate) fn retry_after(&self) -> u64 {
        match self {
            Self::Busy(wait) => wait.as_secs().max(1),
            Self::TooLong => 3600,
            _ => 10,
        }
    }

    /// What a reader is told.
    pub(crate) fn detail(&self) -> &'static str {
        match self {
            Self::Unreachable(_) | Self::Late => "The place where these replies are kept does not answer.",
            Self::Busy(_) => "The place where these replies are kept is busy.",
            Self::Closed(_) => "The place where these replies are kept does not show them to everybody.",
            Self::Status(_) | Self::LedAway(_) | Self::Garbage(_) => {
                "The place where these replies are kept gives an answer that cannot be read."
            }
            Self::TooLong => "This thread is too long to be read from the place where it is kept.",
        }
    }

    /// What the owner is told.
    pub(crate) fn said(&self) -> String {
        match self {
            Self::Unreachable(why) => format!("it cannot be reached: {why}"),
            Self::Late => "it did not answer in time".to_owned(),
            Self::Busy(wait) => format!("it asks to be left alone for {} s", wait.as_secs()),
            Self::Closed(status) => {
                format!("it answered {status}; does everybody have the right to read this?")
            }
            Self::Status(status) => format!("it answered {status}"),
            Self::LedAway(to) => {
                format!("it leads to {to}, which is another place; name that one if it is right")
            }
            Self::Garbage(why) => format!("its answer cannot be read: {why}; is the address right?"),
            Self::TooLong => "the thread is too long".to_owned(),
        }
    }
}
