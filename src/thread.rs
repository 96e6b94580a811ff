//! Everything known about one thread, and how it changes.
//!
//! Pure: events in, commands out. There is no clock, no HTTP, no DOM and no randomness here; what the world
//! knows arrives inside events. One door for change: [`Thread::update`].

mod act;
mod command;
mod composer;
mod event;
mod failure;
mod formatting;
mod jump;
mod load;
mod mention_list;
mod news;
mod paging;
mod quoting;
mod replies;
#[cfg(test)]
pub(crate) mod stories;
mod viewer;
mod window;

use std::sync::Arc;

use afterword_contract::{Order, Reply, ReplyId};

pub use act::{Act, Aside, Deed};
pub use command::{Announcement, Command, HostEvent, Slot};
pub use composer::{Complaint, Composer, Draft, Field, Stage};
pub use event::Event;
pub use failure::{Failure, Garbled};
pub use formatting::Format;
pub use jump::{Refusal, Step};
pub use load::{End, Load, Position, Query, RequestId};
pub use mention_list::MentionList;
pub use quoting::Passage;
pub use replies::{Replies, Source};
use viewer::Viewing;
pub use viewer::{Access, Who};

/// One thread as the reader sees it.
#[derive(Clone, Debug)]
pub struct Thread {
    page_size: u16,
    order: Order,
    /// The order in which the list stands; another than `order` while that is on the way.
    listed: Order,
    load: Load,
    info: Arc<afterword_contract::Thread>,
    replies: Replies,
    earlier: End,
    later: End,
    /// The pages of which the list consists, in its order.
    pages: Vec<window::Page>,
    /// The number of the reply in which the focus is, 0 for none.
    focused: u32,
    /// The reply that the reader asked for while its page is on the way.
    awaited: Option<jump::Awaited>,
    /// The reply that is marked.
    target: Option<u32>,
    /// Whether the page on the way was asked for by a button that goes when it comes.
    retried: bool,
    /// Why the reader was not taken where they asked to go.
    refusal: Option<Refusal>,
    /// The replies whose times are shown as the calendar has them.
    exact: Vec<ReplyId>,
    /// The jumps that can be undone, latest last.
    trail: Vec<Step>,
    offline: bool,
    /// What the reader selected.
    passage: Option<Passage>,
    /// The card of a reply that is drawn.
    card: Option<u32>,
    /// Who is looking, where the backend told.
    viewing: Viewing,
    /// What they are writing.
    composer: Arc<Composer>,
    /// The new reply that waits while the viewer edits one.
    parked: Option<Arc<Composer>>,
    /// What is being done to replies.
    acts: Vec<act::Pending>,
    /// What stands at replies because of that.
    asides: Vec<(ReplyId, Option<Arc<Aside>>)>,
    /// What the viewer wanted to do, and needs to be known or a name for.
    wanted: Vec<(ReplyId, Arc<Act>)>,
    /// What was written when that was pressed.
    wanted_beside: String,
    /// The count that the host page was told last.
    told: Option<u32>,
    /// How many numbers the thread had given out when its end was shown last; later ones are news.
    seen: u32,
    /// Whether what is shown is to be asked for anew, and has not come yet.
    wants_news: bool,
    /// The questions whose answers are looked through for what is new.
    asked_for_news: Vec<RequestId>,
    /// How often that has failed, and for how many ticks it rests.
    news_missed: u32,
    news_rest: u32,
    /// Whether it was asked at the last tick what became of replies that are held.
    asked_for_approval: bool,
    requests: u32,
}

impl Thread {
    /// A thread of which nothing is loaded yet.
    pub fn new(order: Order, page_size: u16) -> Self {
        Self {
            page_size,
            listed: order.clone(),
            order,
            load: Load::Idle,
            info: Arc::default(),
            replies: Replies::default(),
            earlier: End::Complete,
            later: End::Complete,
            pages: Vec::new(),
            focused: 0,
            awaited: None,
            target: None,
            retried: false,
            refusal: None,
            exact: Vec::new(),
            trail: Vec::new(),
            offline: false,
            viewing: Viewing::default(),
            composer: Arc::default(),
            parked: None,
            acts: Vec::new(),
            asides: Vec::new(),
            wanted: Vec::new(),
            wanted_beside: String::new(),
            passage: None,
            card: None,
            told: None,
            seen: 0,
            wants_news: false,
            asked_for_news: Vec::new(),
            news_missed: 0,
            news_rest: 0,
            asked_for_approval: false,
            requests: 0,
        }
    }

    /// The only way to change a thread: a fact goes in, orders come out.
    pub fn update(&mut self, event: Event) -> Vec<Command> {
        match event {
            Event::GuestMade { request, .. }
            | Event::Posted { request, .. }
            | Event::PostFailed { request, .. }
                if self.parks(request) =>
            {
                self.update_parked(event)
            }
            Event::Mounted { target } => self.start(target),
            Event::PageLoaded { request, page } => self.take_page(request, *page),
            Event::PageFailed { request, failure } => self.take_failure(request, failure),
            Event::ViewerLoaded(viewer) => self.meet(*viewer),
            Event::ViewerFailed => self.miss_viewer(),
            Event::RetryPressed => self.retry_pressed(),
            Event::ReloadRequested => self.reload(),
            Event::OrderChosen(order) => self.reorder(order),
            Event::EarlierRequested => self.fetch_earlier(false),
            Event::LaterRequested => self.fetch_later(false),
            Event::EndNeared { later } => self.near_end(later),
            Event::PlaceNeared(place) => self.near_place(place),
            Event::FocusSeen(number) => self.focus_seen(number),
            Event::JumpRequested { number, from } => self.jump(number, from),
            Event::NumberGarbled => self.refuse_garbled(),
            Event::TimePressed { id } => self.toggle_exact(id),
            Event::TextSelected(passage) => self.select(passage),
            Event::CardWanted(card) => self.show_card(Some(card)),
            Event::CardLeft => self.show_card(None),
            Event::QuoteRequested(quote) => self.quote(&quote),
            Event::AddressChanged { target } => self.follow_address(target),
            Event::BackPressed => self.go_back(),
            Event::NewsCame(news) => self.take_news(*news),
            Event::NewsWanted => self.ask_for_news(),
            Event::TimePassed => self.pass_time(),
            Event::NewsPressed => self.show_news(),
            Event::WentOffline => self.go_offline(),
            Event::WentOnline => self.come_online(),
            Event::ComposerOpened => self.open_composer(),
            Event::TextTyped { text, caret } => self.take_text(text, caret),
            Event::NameTyped(name) => self.take_name(name),
            Event::CaretLeft { caret } => self.leave_caret(caret),
            Event::FormatPressed { format, selection } => self.format_text(format, selection),
            Event::PeopleMoved { back } => self.move_in_list(back),
            Event::PersonChosen(place) => self.mention_person(place),
            Event::PeopleLeft => self.leave_list(),
            Event::PeopleFound { request, people } => self.take_people(request, people),
            Event::PreviewPressed => self.toggle_preview(),
            Event::SendPressed { key } => self.press_send(key),
            Event::SignInPressed => vec![Command::AskSignIn],
            Event::GuestMade { request, person } => self.take_guest(request, *person),
            Event::Posted { request, reply } => self.take_posted(request, *reply),
            Event::PostFailed { request, failure } => self.take_refusal(request, failure),
            Event::CancelPressed => self.press_cancel(),
            Event::DiscardPressed => self.discard(),
            Event::DraftFound(draft) => self.take_draft(draft),
            Event::DraftChanged => vec![Command::FindDraft(self.slot())],
            Event::ViewerChanged => self.ask_for_viewer().into_iter().collect(),
            Event::DraftsRefused => self.lose_drafts(),
            Event::TheirsTaken => self.take_theirs(),
            Event::MineKept => self.keep_mine(),
            Event::EditPressed { id } => self.open_editor(&id),
            Event::ActPressed { id, act } => self.press_act(id, Arc::new(act)),
            Event::Acted { request, outcome } => self.take_acted(request, outcome),
            Event::AsideChanged { id, aside } => self.change_aside(&id, aside),
        }
    }

    /// How far the first page, or a page that replaces all, has come.
    pub fn load(&self) -> &Load {
        &self.load
    }

    /// What is true of the thread as a whole; empty before the first page.
    pub fn info(&self) -> &Arc<afterword_contract::Thread> {
        &self.info
    }

    /// The order that the reader chose.
    pub fn order(&self) -> &Order {
        &self.order
    }

    /// The order in which the list stands: another than the chosen one while that is on the way.
    pub fn listed(&self) -> &Order {
        &self.listed
    }

    /// The replies shown, in order of appearance.
    pub fn shown(&self) -> impl Iterator<Item = &ReplyId> {
        let (before, after) = self.held();
        before.iter().chain(self.replies.shown()).chain(after)
    }

    /// The replies of the viewer that are held for approval, before and after the list: they stand where they will
    /// be, once that end of the thread is shown.
    fn held(&self) -> (&[ReplyId], &[ReplyId]) {
        match (&self.listed, &self.earlier, &self.later) {
            (Order::Newest, End::Complete, _) => (self.replies.held(), &[]),
            (Order::Oldest | Order::Top | Order::Other(_), _, End::Complete) => (&[], self.replies.held()),
            _ => (&[], &[]),
        }
    }

    /// Whether a reply of the viewer's waits for approval.
    pub fn awaits_approval(&self) -> bool {
        self.replies.holds()
    }

    /// One reply.
    pub fn reply(&self, id: &ReplyId) -> Option<&Arc<Reply>> {
        self.replies.get(id)
    }

    /// The reply of this number, if it is loaded.
    pub fn numbered(&self, number: u32) -> Option<&Arc<Reply>> {
        self.replies.numbered_reply(number)
    }

    /// What is known of the reply that a quote names.
    pub fn source(&self, number: u32) -> Source {
        self.replies.source(number, self.info.total, self.is_known())
    }

    /// The numbers of the replies that quote reply `number`, ascending.
    pub fn quoted_by(&self, number: u32) -> Vec<u32> {
        self.replies.quoted_by(number)
    }

    /// The authors of all loaded replies: name and id, each once.
    pub fn authors(&self) -> &Arc<Vec<(String, Option<String>)>> {
        self.replies.authors()
    }

    /// Whether there is more before what is shown.
    pub fn earlier(&self) -> &End {
        &self.earlier
    }

    /// Whether there is more after what is shown.
    pub fn later(&self) -> &End {
        &self.later
    }

    /// The reply that is marked because the reader went to it.
    pub fn target(&self) -> Option<u32> {
        self.target
    }

    /// Why the reader was not taken where they asked to go last, if they were not.
    pub fn refusal(&self) -> Option<Refusal> {
        self.refusal
    }

    /// Whether the times of a reply are shown as the calendar has them.
    pub fn is_exact(&self, id: &ReplyId) -> bool {
        self.exact.contains(id)
    }

    /// Where a jump that ended at reply `number` came from.
    pub fn came_from(&self, number: u32) -> Option<u32> {
        self.trail.last().filter(|step| step.to == number).map(|step| step.from)
    }

    /// Whether the browser says that there is no network.
    pub fn is_offline(&self) -> bool {
        self.offline
    }

    /// Whether a page ever came, hence the total is known.
    pub fn is_known(&self) -> bool {
        self.told.is_some()
    }

    /// The card of a reply that is drawn.
    pub fn card(&self) -> Option<u32> {
        self.card
    }

    fn show_card(&mut self, card: Option<u32>) -> Vec<Command> {
        self.card = card;
        vec![]
    }

    fn toggle_exact(&mut self, id: ReplyId) -> Vec<Command> {
        match self.exact.iter().position(|known| *known == id) {
            Some(place) => drop(self.exact.swap_remove(place)),
            None => self.exact.push(id),
        }
        vec![]
    }

    fn go_offline(&mut self) -> Vec<Command> {
        self.offline = true;
        vec![]
    }

    /// What failed for want of a network is tried again by itself, unless there is something to read: then the
    /// reader may have gone on, and is not to be pulled away.
    fn come_online(&mut self) -> Vec<Command> {
        self.offline = false;
        let mut commands = vec![Command::Announce(Announcement::Online)];
        let of_the_network =
            matches!(&self.load, Load::Failed { failure, .. } if failure.is_of_the_network());
        if of_the_network && self.replies.shown().is_empty() {
            commands.extend(self.retry());
        }
        commands.extend(self.send_again());
        self.swap_parked();
        commands.extend(self.send_again());
        self.swap_parked();
        commands
    }
}
