//! How far loading has come, and what is asked for.

use afterword_contract::{Cursor, Order};

use super::Failure;

/// Which question an answer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestId(pub u32);

/// Which page of a thread is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// In which order.
    pub order: Order,
    /// At most how many replies.
    pub limit: u16,
    /// From where.
    pub position: Position,
}

/// Where a page lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// The first page.
    Start,
    /// The page after a cursor.
    After(Cursor),
    /// The page before a cursor.
    Before(Cursor),
    /// A page that holds the reply of this number.
    Around(u32),
}

/// How far the page that fills the list has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Load {
    /// Mounted, nothing asked yet.
    #[default]
    Idle,
    /// The answer to `request` is awaited; any other answer is stale.
    Loading {
        /// The question.
        request: RequestId,
        /// What it asked, to be asked again.
        query: Query,
    },
    /// Replies are shown.
    Ready,
    /// The page did not come; the reader may retry. Replies loaded before are still shown.
    Failed {
        /// Why.
        failure: Failure,
        /// What was asked, to be asked again.
        query: Query,
    },
}

impl Load {
    /// Whether the answer to `request` is awaited here.
    pub fn awaits(&self, request: RequestId) -> bool {
        matches!(self, Self::Loading { request: awaited, .. } if *awaited == request)
    }
}

/// One end of the list: whether the thread goes on there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// The thread ends here.
    #[default]
    Complete,
    /// There is more, beginning at the cursor.
    More(Cursor),
    /// More is on the way.
    Loading {
        /// The question.
        request: RequestId,
        /// Where it began, to be asked again.
        cursor: Cursor,
        /// Whether it was asked for by itself, and not by the reader.
        quiet: bool,
    },
    /// More did not come; the reader may retry.
    Failed {
        /// Why.
        failure: Failure,
        /// Where it began, to be asked again.
        cursor: Cursor,
    },
}

impl From<Option<Cursor>> for End {
    fn from(cursor: Option<Cursor>) -> Self {
        cursor.filter(|cursor| !cursor.is_empty()).map_or(Self::Complete, Self::More)
    }
}

impl End {
    /// Whether the answer to `request` is awaited here.
    pub fn awaits(&self, request: RequestId) -> bool {
        matches!(self, Self::Loading { request: awaited, .. } if *awaited == request)
    }

    /// Whether more is on the way that nobody asked for.
    pub(super) fn is_quiet(&self) -> bool {
        matches!(self, Self::Loading { quiet: true, .. })
    }

    /// The cursor to ask with; none where the thread ends or an answer is on the way.
    pub fn cursor(&self) -> Option<&Cursor> {
        match self {
            Self::More(cursor) | Self::Failed { cursor, .. } => Some(cursor),
            Self::Complete | Self::Loading { .. } => None,
        }
    }
}
