//! What a thread wants done in the world. Orders; the store hands them to a `World`, which carries them out.

use std::ops::Range;
use std::sync::Arc;

use afterword_contract::{NewReply, ReplyId};

use super::{Act, Deed, Draft, Failure, Field, Query, Refusal, RequestId};

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
    /// Ask who is looking. Answered by `ViewerLoaded` or `ViewerFailed`, or, where it was asked again
    /// meanwhile, not at all.
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
    /// Get the viewer a name to write under. Answered by `GuestMade` or `PostFailed` with the same request.
    MakeGuest {
        /// To be given back with the answer.
        request: RequestId,
        /// The name.
        name: String,
    },
    /// Find people by the beginning of a name. Answered by `PeopleFound` with the same request.
    FindPeople {
        /// To be given back with the answer.
        request: RequestId,
        /// As far as it is typed.
        name: String,
    },
    /// Scroll the list of people into view, or at least whom Enter would mention. Not answered.
    ShowPeople,
    /// Post a reply. Answered by `Posted` or `PostFailed` with the same request.
    Post {
        /// To be given back with the answer.
        request: RequestId,
        /// The same for every attempt to post this reply.
        key: String,
        /// The reply; in which thread and on which page, the world knows.
        reply: Box<NewReply>,
    },
    /// Ask the host page to let the viewer sign in. Not answered: the page reloads the thread.
    AskSignIn,
    /// Do something to a reply. Answered by `Acted` with the same request.
    Act {
        /// To be given back with the answer.
        request: RequestId,
        /// Which reply.
        id: ReplyId,
        /// What.
        act: Arc<Act>,
    },
    /// Focus something in a reply that is shown. Not answered.
    FocusIn {
        /// The reply's number.
        number: u32,
        /// The name of the part; empty for the reply itself.
        part: &'static str,
    },
    /// Keep what is written. Answered by `DraftsRefused` where that is not possible.
    KeepDraft(Slot, Draft),
    /// Forget what was kept. Not answered.
    DropDraft(Slot),
    /// Look for what was kept. Answered by `DraftFound`.
    FindDraft(Slot),
    /// Focus a field of the composer, and select a part of its text (in units of UTF-16). Not answered.
    FocusComposer {
        /// Which.
        field: Field,
        /// Which part.
        selection: Option<Range<usize>>,
    },
    /// Focus the text of the composer, if there is a field for the name and that has the focus: it goes. Not answered.
    LeaveName,
    /// Say something to readers who do not see the change. Not answered.
    Announce(Announcement),
    /// Tell the host page. Not answered.
    TellHost(HostEvent),
}

/// Where a draft is kept: that of a new reply, or of the change to one.
pub type Slot = Option<ReplyId>;

/// What is said politely to a screen reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Announcement {
    /// More replies were added to the list.
    Added(usize),
    /// More replies were asked for, and there are none.
    NoMore,
    /// So many new replies wait.
    News(u32),
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
    /// What the viewer wrote is now reply number so-and-so.
    Posted(u32),
    /// What the viewer wrote is held for approval.
    Held,
    /// What the viewer did to a reply.
    Acted(Deed),
    /// So many people are offered, and who is the first; 0, where nobody else may be mentioned.
    People(usize, String),
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
    /// The viewer wrote a reply, or did something to one.
    OfReply {
        /// The event's name.
        name: &'static str,
        /// The reply's id.
        id: ReplyId,
        /// Its number, unless it is held for approval.
        number: Option<u32>,
    },
    /// The thread could not be shown.
    Failed(Failure),
}
