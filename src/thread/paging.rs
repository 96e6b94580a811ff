//! Pages come and go: the first one, those before and after, all of them in another order.

use afterword_contract::{Order, PAGE_MOST, ThreadPage};

use super::{Announcement, Command, End, Failure, HostEvent, Load, Position, Query, RequestId, Thread};

impl Thread {
    pub(super) fn start(&mut self, target: Option<u32>) -> Vec<Command> {
        let mut commands = match target {
            Some(number) => self.await_reply(number, None),
            None => self.fetch(Position::Start),
        };
        commands.push(Command::FindDraft(None));
        commands
    }

    /// Asks for a page that will fill the list.
    pub(super) fn fetch(&mut self, position: Position) -> Vec<Command> {
        let query = Query { order: self.order.clone(), limit: self.page_size, position };
        self.send(query)
    }

    fn send(&mut self, query: Query) -> Vec<Command> {
        let request = self.new_request();
        // Whatever button asked before this, the focus is elsewhere by now.
        self.retried = false;
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
        let commands = self.retry();
        self.retried = !commands.is_empty();
        commands
    }

    /// Reads anew where the reader is: around the reply that they are on the way to or went to, else around the
    /// first one shown. Where the list begins with the thread, that is the first page. As much as is shown is asked
    /// for, as far as a page may go, so that nobody is thrown back to the top.
    pub(super) fn reload(&mut self) -> Vec<Command> {
        let query = self.here();
        let mut commands = self.send(query);
        commands.extend(self.ask_for_viewer());
        commands
    }

    /// What is shown, asked for anew.
    pub(super) fn here(&self) -> Query {
        let target = self.target.filter(|&number| self.replies.place(number).is_some());
        let first = || self.replies.first_number().filter(|_| self.earlier != End::Complete);
        let position = match self.awaited().or(target).or_else(first) {
            Some(number) => Position::Around(number),
            None => Position::Start,
        };
        Query { order: self.order.clone(), limit: self.limit(), position }
    }

    /// As many as are shown, as far as a page may go.
    fn limit(&self) -> u16 {
        let shown = u16::try_from(self.replies.shown().len()).unwrap_or(u16::MAX);
        // No backend has to send more at once.
        shown.clamp(self.page_size, PAGE_MOST.max(self.page_size))
    }

    /// All that is shown, asked for anew: of a long list piece by piece, each around its middle.
    pub(super) fn everywhere(&self) -> Vec<Query> {
        let shown = self.replies.shown();
        let limit = self.limit();
        let pieces = shown.len().div_ceil(limit.into()).max(1);
        if pieces == 1 && self.earlier == End::Complete {
            return vec![self.here()];
        }
        let mut queries = Vec::with_capacity(pieces);
        for piece in 0..pieces {
            let middle = shown.get(shown.len() * (2 * piece + 1) / (2 * pieces));
            if let Some(number) = middle.and_then(|id| self.replies.get(id)?.number) {
                let position = Position::Around(number);
                queries.push(Query { order: self.listed.clone(), limit, position });
            }
        }
        queries
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

    pub(super) fn fetch_earlier(&mut self, quiet: bool) -> Vec<Command> {
        press(&mut self.earlier);
        let Some(cursor) = self.earlier.cursor().cloned().filter(|_| self.may_page()) else {
            return vec![];
        };
        let request = self.new_request();
        self.earlier = End::Loading { request, cursor: cursor.clone(), quiet };
        self.fetch_page(request, Position::Before(cursor))
    }

    pub(super) fn fetch_later(&mut self, quiet: bool) -> Vec<Command> {
        press(&mut self.later);
        let Some(cursor) = self.later.cursor().cloned().filter(|_| self.may_page()) else {
            return vec![];
        };
        let request = self.new_request();
        self.later = End::Loading { request, cursor: cursor.clone(), quiet };
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
            self.take_page_of_news(request, page)
        }
    }

    pub(super) fn take_failure(&mut self, request: RequestId, failure: Failure) -> Vec<Command> {
        if self.load.awaits(request) {
            self.miss(failure)
        } else if self.earlier.awaits(request) || self.later.awaits(request) {
            self.miss_more(request, failure)
        } else {
            self.miss_news(request)
        }
    }

    /// The page that was to fill the list did not come.
    fn miss(&mut self, failure: Failure) -> Vec<Command> {
        let Load::Loading { query, .. } = &self.load else { return vec![] };
        if failure.is_bad_cursor() && query.position != Position::Start {
            return self.fetch(Position::Start);
        }
        self.load = Load::Failed { failure: failure.clone(), query: query.clone() };
        let mut commands = vec![Command::TellHost(HostEvent::Failed(failure))];
        if !self.replies.shown().is_empty() {
            // Whoever asked for it may be far below the notice.
            commands.push(Command::ShowNotice);
        }
        commands
    }

    /// A page that was to be added did not come.
    fn miss_more(&mut self, request: RequestId, failure: Failure) -> Vec<Command> {
        if failure.is_bad_cursor() && !self.is_searching() {
            return self.begin_again();
        }
        let end = if self.later.awaits(request) { &mut self.later } else { &mut self.earlier };
        if let End::Loading { cursor, .. } = end {
            *end = End::Failed { failure, cursor: cursor.clone() };
        }
        if self.is_searching() && matches!(self.later, End::Failed { .. }) {
            self.awaited = None;
        }
        vec![Command::Announce(Announcement::NotAdded)]
    }

    /// The backend no longer knows where the list ends. The first page replaces it, and focus goes there. A search
    /// for a reply does not begin again: a backend that never knows its cursors would be searched for ever.
    fn begin_again(&mut self) -> Vec<Command> {
        self.awaited = None;
        let commands = self.fetch(Position::Start);
        self.retried = true;
        commands
    }

    /// The page becomes the list.
    fn fill(&mut self, page: ThreadPage) -> Vec<Command> {
        let reordered = self.listed != self.order;
        let from_start =
            matches!(&self.load, Load::Loading { query, .. } if query.position == Position::Start);
        // Who goes to a new reply has found what is new.
        let past_news =
            !self.is_known() || from_start || self.awaited().is_some_and(|number| number > self.seen);
        self.listed = self.order.clone();
        let mut commands = self.know(page.thread);
        self.load = Load::Ready;
        self.earlier = page.previous.clone().into();
        self.later = page.next.clone().into();
        self.replies.replace(page.replies);
        if past_news || *self.new_end() == End::Complete {
            self.catch_up();
        }
        self.begin_pages(page.previous, page.next);
        self.forget_far();
        // What is as new as this has nothing to be asked for.
        self.wants_news = false;
        if self.earlier == End::Complete && self.later == End::Complete {
            // A backend that knows one page only need not know orders.
            self.replies.sort(&self.order);
        }
        if reordered && self.awaited.is_none() {
            commands.push(Command::Announce(Announcement::Reordered));
        }
        if core::mem::take(&mut self.retried) && self.awaited.is_none() && !self.replies.shown().is_empty() {
            // The button that was pressed is gone.
            commands.push(self.focus(0));
        }
        commands.extend(self.arrive());
        commands
    }

    fn extend_earlier(&mut self, page: ThreadPage) -> Vec<Command> {
        let mut commands = self.know(page.thread);
        let quiet = self.earlier.is_quiet();
        let added = self.replies.prepend(page.replies);
        self.earlier = if added > 0 { page.previous.clone().into() } else { End::Complete };
        if added > 0 {
            self.add_page(false, 0, page.previous, page.next);
        }
        if *self.new_end() == End::Complete {
            self.catch_up();
        }
        if !quiet {
            commands.extend(self.report_added(added, added.saturating_sub(1)));
        }
        commands
    }

    fn extend_later(&mut self, page: ThreadPage) -> Vec<Command> {
        let mut commands = self.know(page.thread);
        let quiet = self.later.is_quiet();
        let place = self.replies.shown().len();
        let added = self.replies.append(page.replies);
        // A backend that ignores the cursor would be asked for ever.
        self.later = if added > 0 { page.next.clone().into() } else { End::Complete };
        if added > 0 {
            self.add_page(true, place, page.previous, page.next);
        }
        if *self.new_end() == End::Complete {
            self.catch_up();
        }
        if self.is_searching() {
            commands.extend(self.arrive());
        } else if !quiet {
            // Pages before it may have gone.
            let shown = self.replies.shown().len();
            commands.extend(self.report_added(added, shown.saturating_sub(added.max(1))));
        }
        commands
    }

    /// Says what the reader got, and moves the focus to this place of the list: the button may be gone.
    fn report_added(&self, added: usize, place: usize) -> Vec<Command> {
        let news = if added > 0 { Announcement::Added(added) } else { Announcement::NoMore };
        let mut commands = vec![Command::Announce(news)];
        if !self.replies.shown().is_empty() {
            commands.push(self.focus(place));
        }
        commands
    }

    /// Held replies that stand before the list count as places, too.
    fn focus(&self, place: usize) -> Command {
        Command::FocusPlace { place: place + self.held().0.len() }
    }

    /// Whether page after page is read for a reply that `around` did not bring. A jump that failed is not one: it
    /// waits for the reader to try again.
    fn is_searching(&self) -> bool {
        self.awaited.is_some() && self.load == Load::Ready
    }

    /// Takes over what a page says of the thread, and tells the host when the count is another.
    fn know(&mut self, mut thread: afterword_contract::Thread) -> Vec<Command> {
        let total = thread.total;
        if self.is_known() {
            // What is loaded is as old as the first page.
            thread.live.clone_from(&self.info.live);
        }
        if *self.info != thread {
            self.info = thread.into();
        }
        let first = !self.is_known();
        let commands = self.count(total);
        if !first {
            return commands;
        }
        let mut commands = vec![Command::TellHost(HostEvent::Ready { total })];
        commands.extend(self.ask_for_viewer());
        commands
    }

    /// Whether the list may grow: not while another is on its way, but also after that has failed.
    fn may_page(&self) -> bool {
        !matches!(self.load, Load::Loading { .. })
    }

    /// Whether all replies are here. Both ends alone do not say so: a backend may end a page that is not the last.
    pub(super) fn is_whole(&self) -> bool {
        self.load == Load::Ready
            && self.earlier == End::Complete
            && self.later == End::Complete
            && self.replies.numbered() >= self.info.total as usize
    }

    pub(super) fn new_request(&mut self) -> RequestId {
        self.requests = self.requests.wrapping_add(1);
        RequestId(self.requests)
    }
}

/// Whoever presses the button while a page comes by itself has asked for it.
fn press(end: &mut End) {
    if let End::Loading { quiet, .. } = end {
        *quiet = false;
    }
}
