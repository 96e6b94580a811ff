//! Pages come and go: the first one, those before and after, all of them in another order.

use afterword_contract::{Feature, Order, ThreadPage};

use super::{Announcement, Command, End, Failure, HostEvent, Load, Position, Query, RequestId, Thread};

impl Thread {
    pub(super) fn start(&mut self, target: Option<u32>) -> Vec<Command> {
        match target {
            Some(number) => self.await_reply(number, None),
            None => self.fetch(Position::Start),
        }
    }

    /// Asks for a page that will fill the list.
    pub(super) fn fetch(&mut self, position: Position) -> Vec<Command> {
        let query = Query { order: self.order.clone(), limit: self.page_size, position };
        self.send(query)
    }

    fn send(&mut self, query: Query) -> Vec<Command> {
        let request = self.new_request();
        self.load = Load::Loading { request, query: query.clone() };
        // What is on the way for the ends belongs to a list that is about to go: it is stale from now on.
        for end in [&mut self.earlier, &mut self.later] {
            match end {
                End::Loading { cursor, .. } => *end = End::More(cursor.clone()),
                End::Complete | End::More(_) | End::Failed { .. } => {}
            }
        }
        vec![Command::FetchPage { request, query }]
    }

    pub(super) fn retry(&mut self) -> Vec<Command> {
        match &self.load {
            Load::Failed { query, .. } => {
                let query = query.clone();
                self.send(query)
            }
            _ => vec![],
        }
    }

    /// The reader asks again: focus will go to the replies, since the button goes.
    pub(super) fn retry_pressed(&mut self) -> Vec<Command> {
        self.retried = matches!(self.load, Load::Failed { .. });
        self.retry()
    }

    /// Reads the page anew that the reader is at.
    pub(super) fn reload(&mut self) -> Vec<Command> {
        match self.target.filter(|&number| self.replies.place(number).is_some()) {
            Some(number) => self.fetch(Position::Around(number)),
            None => self.fetch(Position::Start),
        }
    }

    /// A thread that is here as a whole is put in order on the spot; another is asked for.
    pub(super) fn reorder(&mut self, order: Order) -> Vec<Command> {
        if self.order == order {
            return vec![];
        }
        self.order = order;
        self.awaited = None;
        if self.is_whole() {
            self.listed = self.order.clone();
            self.replies.sort(&self.order);
            return vec![Command::Announce(Announcement::Reordered)];
        }
        self.fetch(Position::Start)
    }

    pub(super) fn fetch_earlier(&mut self) -> Vec<Command> {
        let Some(cursor) = self.earlier.cursor().cloned().filter(|_| self.may_page()) else {
            return vec![];
        };
        let request = self.new_request();
        self.earlier = End::Loading { request, cursor: cursor.clone() };
        self.fetch_page(request, Position::Before(cursor))
    }

    pub(super) fn fetch_later(&mut self) -> Vec<Command> {
        let Some(cursor) = self.later.cursor().cloned().filter(|_| self.may_page()) else {
            return vec![];
        };
        let request = self.new_request();
        self.later = End::Loading { request, cursor: cursor.clone() };
        self.fetch_page(request, Position::After(cursor))
    }

    fn fetch_page(&self, request: RequestId, position: Position) -> Vec<Command> {
        let query = Query { order: self.listed.clone(), limit: self.page_size, position };
        vec![Command::FetchPage { request, query }]
    }

    pub(super) fn take_page(&mut self, request: RequestId, page: ThreadPage) -> Vec<Command> {
        if self.load.awaits(request) {
            self.fill(page)
        } else if self.earlier.awaits(request) {
            self.extend_earlier(page)
        } else if self.later.awaits(request) {
            self.extend_later(page)
        } else {
            vec![]
        }
    }

    pub(super) fn take_failure(&mut self, request: RequestId, failure: Failure) -> Vec<Command> {
        match &self.load {
            Load::Loading { request: awaited, query } if *awaited == request => {
                self.load = Load::Failed { failure: failure.clone(), query: query.clone() };
                return vec![Command::TellHost(HostEvent::Failed(failure))];
            }
            _ => {}
        }
        for end in [&mut self.earlier, &mut self.later] {
            match end {
                End::Loading { request: awaited, cursor } if *awaited == request => {
                    *end = End::Failed { failure, cursor: cursor.clone() };
                    self.awaited = None;
                    return vec![Command::Announce(Announcement::NotAdded)];
                }
                _ => {}
            }
        }
        vec![]
    }

    /// The page becomes the list.
    fn fill(&mut self, page: ThreadPage) -> Vec<Command> {
        let reordered = self.listed != self.order;
        self.listed = self.order.clone();
        let mut commands = self.know(page.thread);
        self.load = Load::Ready;
        self.earlier = page.previous.into();
        self.later = page.next.into();
        self.replies.replace(page.replies);
        if self.is_whole() {
            self.replies.sort(&self.order);
        }
        if reordered && self.awaited.is_none() {
            commands.push(Command::Announce(Announcement::Reordered));
        }
        if core::mem::take(&mut self.retried) && self.awaited.is_none() && !self.replies.shown().is_empty() {
            // The button that was pressed is gone.
            commands.push(Command::FocusPlace { place: 0 });
        }
        commands.extend(self.arrive());
        commands
    }

    fn extend_earlier(&mut self, page: ThreadPage) -> Vec<Command> {
        let mut commands = self.know(page.thread);
        self.earlier = page.previous.into();
        let added = self.replies.prepend(page.replies);
        commands.push(Command::Announce(Announcement::Added(added)));
        if let Some(place) = added.checked_sub(1) {
            commands.push(Command::FocusPlace { place });
        }
        commands
    }

    fn extend_later(&mut self, page: ThreadPage) -> Vec<Command> {
        let mut commands = self.know(page.thread);
        let place = self.replies.shown().len();
        self.later = page.next.into();
        let added = self.replies.append(page.replies);
        if added == 0 {
            // A backend that ignores the cursor would be asked for ever.
            self.later = End::Complete;
        }
        if self.awaited.is_some() {
            commands.extend(self.arrive());
            return commands;
        }
        commands.push(Command::Announce(Announcement::Added(added)));
        if added > 0 {
            commands.push(Command::FocusPlace { place });
        }
        commands
    }

    /// Takes over what a page says of the thread, and tells the host when the count is another.
    fn know(&mut self, thread: afterword_contract::Thread) -> Vec<Command> {
        let total = thread.total;
        if *self.info != thread {
            self.info = thread.into();
        }
        match self.told.replace(total) {
            None => {
                let mut commands = vec![Command::TellHost(HostEvent::Ready { total })];
                if self.info.features.contains(&Feature::Viewer) {
                    commands.push(Command::FetchViewer);
                }
                commands
            }
            Some(told) if told != total => vec![Command::TellHost(HostEvent::CountChanged { total })],
            Some(_) => vec![],
        }
    }

    /// Whether the list may grow: not while another is on its way, but also after that has failed.
    fn may_page(&self) -> bool {
        !matches!(self.load, Load::Loading { .. })
    }

    /// Whether all replies are here.
    pub(super) fn is_whole(&self) -> bool {
        self.load == Load::Ready && self.earlier == End::Complete && self.later == End::Complete
    }

    pub(super) fn new_request(&mut self) -> RequestId {
        self.requests = self.requests.wrapping_add(1);
        RequestId(self.requests)
    }
}
