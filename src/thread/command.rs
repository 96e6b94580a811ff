//! What a thread wants done in the world. Orders; the store carries them out.

use super::{Failure, Query, Refusal, RequestId};

/// Something to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Read a page. Answered by `PageLoaded` or `PageFailed` with the same request.
    FetchPage {
        /// To be given back with the answer.
        request: RequestId,
        /// Which page.
        query: Query,
    },
    /// Ask who is looking. Answered by `ViewerLoaded`, or not at all.
    FetchViewer,
    /// Scroll a shown reply into view and focus it. Not answered.
    ShowReply {
        /// Its number.
        number: u32,
    },
    /// Focus the reply at this place of the list without scrolling more than needed. Not answered.
    FocusPlace {
        /// From 0.
        place: usize,
    },
    /// Scroll the notice of what failed into view, and leave the focus where it is. Not answered.
    ShowNotice,
    /// Let the page's address name a reply, as a new entry of the history. Not answered.
    WriteAddress {
        /// The reply's number.
        number: u32,
    },
    /// Say something to readers who do not see the change. Not answered.
    Announce(Announcement),
    /// Tell the host page. Not answered.
    TellHost(HostEvent),
}

/// What is said politely to a screen reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Announcement {
    /// More replies were added to the list.
    Added(usize),
    /// More replies were asked for, and there are none.
    NoMore,
    /// The list is in another order.
    Reordered,
    /// The reader was taken to a reply.
    Moved(u32),
    /// The reader was not taken to the reply that they asked for.
    Refused(Refusal),
    /// More replies could not be loaded.
    NotAdded,
    /// The network is back.
    Online,
}

/// What the host page is told.
#[derive(Clone, Debug, PartialEq)]
pub enum HostEvent {
    /// The first page is shown.
    Ready {
        /// How many numbers the thread has given out.
        total: u32,
    },
    /// The number of replies is another than was told before.
    CountChanged {
        /// How many numbers the thread has given out.
        total: u32,
    },
    /// The thread could not be shown.
    Failed(Failure),
}
