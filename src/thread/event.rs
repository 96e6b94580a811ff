//! What can happen to a thread. Facts, in the past tense.

use afterword_contract::{Order, ReplyId, ThreadPage, Viewer};

use super::{Failure, Passage, RequestId};

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The embed: the widget stands on the page. `target` is the reply that the page's address names.
    Mounted {
        /// From `#reply-4`, if it says that.
        target: Option<u32>,
    },
    /// The backend: a page came.
    PageLoaded {
        /// The question that this answers.
        request: RequestId,
        /// The answer, completed ([`ThreadPage::completed`]).
        page: Box<ThreadPage>,
    },
    /// The backend: a page did not come.
    PageFailed {
        /// The question that this answers.
        request: RequestId,
        /// Why.
        failure: Failure,
    },
    /// The backend: who is looking. A failure to tell is no event: reading never needs it.
    ViewerLoaded(Box<Viewer>),
    /// The reader: try again.
    RetryPressed,
    /// The host page: read everything anew.
    ReloadRequested,
    /// The reader: another order.
    OrderChosen(Order),
    /// The reader: more before what is shown.
    EarlierRequested,
    /// The reader: more after what is shown.
    LaterRequested,
    /// The reader: show reply `number`.
    JumpRequested {
        /// The reply to go to.
        number: u32,
        /// The reply in which a link was followed, to come back to.
        from: Option<u32>,
    },
    /// The reader: something to go to that is no number.
    NumberGarbled,
    /// The reader: the times of a reply in the other way, by the calendar or by how long ago.
    TimePressed {
        /// Which reply.
        id: ReplyId,
    },
    /// The browser: the reader selected a part of a reply's text, or nothing any more.
    TextSelected(Option<Passage>),
    /// The reader: this is to be quoted.
    QuoteRequested {
        /// The reply that is quoted.
        number: u32,
        /// The quote in Markdown.
        text: String,
    },
    /// The browser: the page's address changed (a link, the back button).
    AddressChanged {
        /// From `#reply-4`, if it now says that.
        target: Option<u32>,
    },
    /// The reader: back to where the last jump came from.
    BackPressed,
    /// The browser: the network is gone.
    WentOffline,
    /// The browser: the network is back.
    WentOnline,
}
