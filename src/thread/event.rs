//! What can happen to a thread. Facts, in the past tense.

use std::ops::Range;

use afterword_contract::{Order, Person, Reply, ReplyId, ThreadPage, Viewer};

use super::{Act, Aside, Draft, Failure, Format, Passage, RequestId};

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
    /// The backend: who is looking.
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
    /// The browser: the reader is about to see an end of the list.
    EndNeared {
        /// Which.
        later: bool,
    },
    /// The browser: the reader has moved the page to where replies are that are not here. Counted from 0.
    PlaceNeared(u32),
    /// The browser: the focus is in the reply of this number, or, with 0, in none.
    FocusSeen(u32),
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
    /// The reader points at a link to a reply, or has the focus there: this card is to be drawn.
    CardWanted(u32),
    /// The reader: no card.
    CardLeft,
    /// The reader: this quote, in Markdown, is to be in what they write.
    QuoteRequested(String),
    /// The browser: the page's address changed (a link, the back button).
    AddressChanged {
        /// From `#reply-4`, if it now says that.
        target: Option<u32>,
    },
    /// The reader: back to where the last jump came from.
    BackPressed,
    /// The backend: something changed. What it tells stands in a page with nothing else in it: what is true of the
    /// thread, and one reply; where only its reactions are told, that has no number.
    NewsCame(Box<ThreadPage>),
    /// The backend, or the browser where the backend tells nothing: time to ask what has changed.
    NewsWanted,
    /// The reader: show the new replies.
    NewsPressed,
    /// The browser: the network is gone.
    WentOffline,
    /// The browser: the network is back.
    WentOnline,
    /// The viewer: begin to write, or go on.
    ComposerOpened,
    /// The viewer: the text in the composer is now this.
    TextTyped {
        /// All of it.
        text: String,
        /// Where the caret stands, in units of UTF-16.
        caret: usize,
    },
    /// The viewer: the name to write under is now this.
    NameTyped(String),
    /// The browser: the text lost the focus.
    CaretLeft {
        /// Where the caret stands, in units of UTF-16.
        caret: usize,
    },
    /// The viewer: a button of the toolbar, or its keys.
    FormatPressed {
        /// Which.
        format: Format,
        /// What is selected, in units of UTF-16.
        selection: Range<usize>,
    },
    /// The viewer: on to the next in the list of people, or back to the one before.
    PeopleMoved {
        /// Whether back.
        back: bool,
    },
    /// The viewer: this one in the list of people; by keyboard, the one that is marked.
    PersonChosen(Option<usize>),
    /// The viewer: no list of people.
    PeopleLeft,
    /// The backend: whom it found; nobody, where it could not look.
    PeopleFound {
        /// The question that this answers.
        request: RequestId,
        /// The likeliest first.
        people: Vec<Person>,
    },
    /// The viewer: show the reply as it will be, or the text again.
    PreviewPressed,
    /// The viewer: send it.
    SendPressed {
        /// A fresh key, used if the text has none yet.
        key: String,
    },
    /// The viewer: sign in.
    SignInPressed,
    /// The backend: the viewer has a name to write under.
    GuestMade {
        /// The question that this answers.
        request: RequestId,
        /// The guest.
        person: Box<Person>,
    },
    /// The backend: it is a reply now; one without a number is held for approval.
    Posted {
        /// The question that this answers.
        request: RequestId,
        /// The reply.
        reply: Box<Reply>,
    },
    /// The backend: it is no reply, or there is no name for the viewer.
    PostFailed {
        /// The question that this answers.
        request: RequestId,
        /// Why.
        failure: Failure,
    },
    /// The viewer: stop writing.
    CancelPressed,
    /// The viewer: throw away what is written.
    DiscardPressed,
    /// The browser: what was kept, now that the widget was mounted, or that another tab changed it.
    DraftFound(Option<Draft>),
    /// The browser: another tab changed what is kept.
    DraftChanged,
    /// The clock: half a minute or so has gone.
    TimePassed,
    /// The backend: who is looking could not be told. Reading never needs it.
    ViewerFailed,
    /// The browser: another tab has made a guest of the viewer, or nobody.
    ViewerChanged,
    /// The browser keeps no drafts.
    DraftsRefused,
    /// The viewer: the text of the other tab, or of whoever changed the reply meanwhile.
    TheirsTaken,
    /// The viewer: their own text.
    MineKept,
    /// The viewer: change a reply.
    EditPressed {
        /// Which.
        id: ReplyId,
    },
    /// The viewer: do something to a reply.
    ActPressed {
        /// Which reply.
        id: ReplyId,
        /// What.
        act: Act,
    },
    /// The backend: it is done, or not.
    Acted {
        /// The question that this answers.
        request: RequestId,
        /// What came back, in the form of replies: the reply as it now is, one with nothing but its reactions, its
        /// revisions, or none.
        outcome: Result<Vec<Reply>, Failure>,
    },
    /// The viewer: a report is written, or given up; or the time to undo is over.
    AsideChanged {
        /// At which reply.
        id: ReplyId,
        /// What stands there now.
        aside: Option<Aside>,
    },
}

impl Event {
    /// Whether it happens often and changes nothing that is seen but what is being written.
    pub fn is_slight(&self) -> bool {
        matches!(
            self,
            Self::TextTyped { .. } | Self::NameTyped(_) | Self::CaretLeft { .. } | Self::FocusSeen(_)
        )
    }
}
