//! Which system is read: the one door behind which they differ.

use std::ops::Range;

use afterword_contract::{ReactionTag, Reply, Thread};

use crate::cursor::Position;
use crate::failure::Failure;
use crate::upstream::Upstream;
use crate::{discourse, isso, vanilla};

/// A system that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// A forum by its topic JSON.
    Discourse,
    /// A comment server, by its version 0.14 or later.
    Isso,
    /// A forum by its API v2.
    Vanilla,
}

/// A thread that was found.
pub(crate) enum Source {
    Discourse(discourse::Topic),
    Isso(isso::Comments),
    Vanilla(vanilla::Discussion),
}

/// Replies of a thread.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// In the order in which they were asked for.
    pub(crate) replies: Vec<Reply>,
    /// The reactions among them.
    pub(crate) tags: Vec<ReactionTag>,
}

impl System {
    /// The system that the command line names so.
    pub(crate) fn named(word: &str) -> Option<Self> {
        Some(match word {
            "discourse" => Self::Discourse,
            "isso" => Self::Isso,
            "vanilla" => Self::Vanilla,
            _ => return None,
        })
    }

    /// The thread with this id; `None` where the system has no such thing, or the id is none of its ids.
    pub(crate) async fn open(self, upstream: &Upstream, id: &str) -> Result<Option<Source>, Failure> {
        Ok(match self {
            Self::Discourse => discourse::open(upstream, id).await?.map(Source::Discourse),
            Self::Isso => isso::open(upstream, id).await?.map(Source::Isso),
            Self::Vanilla => vanilla::open(upstream, id).await?.map(Source::Vanilla),
        })
    }
}

impl Source {
    /// What is true of the whole thread. Its id is the client's to name.
    pub(crate) fn thread(&self) -> Thread {
        match self {
            Self::Discourse(topic) => topic.thread(),
            Self::Isso(comments) => comments.thread(),
            Self::Vanilla(discussion) => discussion.thread(),
        }
    }

    /// How long a thread may be to be sorted by reactions: all of it has to be read for that.
    pub(crate) fn most_sorted(&self) -> u32 {
        match self {
            Self::Discourse(_) => discourse::MOST_SORTED,
            Self::Isso(_) => u32::MAX,
            Self::Vanilla(_) => vanilla::MOST_SORTED,
        }
    }

    /// Asks for what is not known yet of the replies with these numbers.
    pub(crate) async fn load(&mut self, upstream: &Upstream, numbers: Range<u32>) -> Result<(), Failure> {
        match self {
            Self::Discourse(topic) => topic.load(upstream, numbers).await,
            Self::Isso(_) => Ok(()),
            Self::Vanilla(discussion) => discussion.load(upstream, numbers).await,
        }
    }

    /// Which of these numbers there are, ascending and without gaps, and how many reactions each has. They were
    /// loaded.
    pub(crate) fn positions(&self, numbers: Range<u32>) -> Vec<Position> {
        match self {
            Self::Discourse(topic) => topic.positions(numbers),
            Self::Isso(comments) => comments.positions(numbers),
            Self::Vanilla(discussion) => discussion.positions(numbers),
        }
    }

    /// The replies with these numbers, in this order. They were loaded.
    pub(crate) fn replies(&self, numbers: &[u32]) -> Found {
        match self {
            Self::Discourse(topic) => topic.replies(numbers),
            Self::Isso(comments) => comments.replies(numbers),
            Self::Vanilla(discussion) => discussion.replies(numbers),
        }
    }
}
