//! Why an answer did not come, as something one can decide on. What is shown for each stands in the messages.

use std::sync::Arc;

use afterword_contract::{Problem, ProblemType};

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The browser says that there is no network.
    Offline,
    /// No answer came in time.
    TimedOut,
    /// The request did not get through: wrong address, server down, or forbidden by CORS or a content
    /// security policy. Browsers do not tell scripts which.
    Unreachable,
    /// The backend answered with an error status.
    Refused {
        /// The HTTP status.
        status: u16,
        /// After how many seconds another attempt makes sense, where the backend says so.
        wait: Option<u32>,
        /// Why, in the backend's own words; one without words where the answer was no problem.
        problem: Arc<Problem>,
    },
    /// The backend answered, but with something else than the contract says.
    BadAnswer {
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        what: Garbled,
    },
}

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Garbled {
    /// It is no JSON: a proxy's page, an empty body, a file that was cut.
    NotJson,
    /// It is JSON of another shape; the text names the place.
    WrongShape(String),
}

impl Failure {
    /// Whether the backend does not understand the cursor that it was given.
    pub fn is_bad_cursor(&self) -> bool {
        matches!(self, Self::Refused { problem, .. } if ProblemType::BAD_CURSOR.is(problem))
    }

    /// Whether the backend does not know who asks.
    pub fn is_of_nobody(&self) -> bool {
        matches!(self, Self::Refused { status: 401, .. })
    }

    /// Whether the same may succeed another time: the backend has not said that it may not be.
    pub fn may_pass(&self) -> bool {
        !matches!(self, Self::Refused { status: 400 | 402..=407 | 409..=428 | 430..=499, .. })
    }

    /// The backend refused with a problem of this kind.
    pub fn refused(kind: &ProblemType) -> Self {
        Self::Refused { status: kind.status, wait: None, problem: Arc::new(kind.problem()) }
    }

    /// Whether another attempt may succeed as soon as there is a network.
    pub fn is_of_the_network(&self) -> bool {
        matches!(self, Self::Offline | Self::TimedOut | Self::Unreachable)
    }
}
