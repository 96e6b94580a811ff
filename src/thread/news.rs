//! What others do meanwhile. Changes of replies that are loaded appear in place; new replies wait until the reader
//! asks for them, so that nothing moves under their eyes. Where there is none yet, the first ones are shown at once.

use std::sync::Arc;

use afterword_contract::{Order, Reply, Status, ThreadPage};

use super::{Announcement, Command, End, HostEvent, Load, Refusal, RequestId, Thread};

impl Thread {
    /// How many new replies wait. The viewer's own that were approved stand in the list already.
    pub fn news(&self) -> u32 {
        self.info.total.saturating_sub(self.seen).saturating_sub(self.replies.approved(self.seen))
    }

    /// Something was heard of the thread: a page in which nothing but that may stand.
    pub(super) fn take_news(&mut self, page: ThreadPage) -> Vec<Command> {
        if !self.is_known() {
            return vec![];
        }
        let before = self.news();
        let (mut is_sending, mut approved) = (false, false);
        for reply in page.replies {
            if self.is_being_sent(&reply) {
                is_sending = true;
            } else {
                approved |= self.hear(reply);
            }
        }
        self.join_approved();
        if is_sending {
            // It comes by its own answer, which knows what to do with it.
            return vec![];
        }
        let mut commands = self.learn(page.thread.total, page.thread.locked, before);
        if approved {
            // What they may do to it, the backend says.
            commands.extend(self.ask_for_viewer());
        }
        commands
    }

    /// Nobody tells, or more than can be told: what is shown is asked for anew. Only the last questions count.
    pub(super) fn ask_for_news(&mut self) -> Vec<Command> {
        self.wants_news = true;
        self.asked_for_news.clear();
        let mut commands = Vec::new();
        if self.load == Load::Ready {
            for query in self.everywhere() {
                let request = self.new_request();
                self.asked_for_news.push(request);
                commands.push(Command::FetchPage { request, query });
            }
        }
        commands
    }

    /// Whether what was to be asked for anew could not be asked for, or the answer failed, and there is a network.
    pub fn wants_news(&self) -> bool {
        self.wants_news && self.asked_for_news.is_empty() && !self.offline
    }

    /// Half a minute is over. No event tells that a held reply was turned away, so that is asked.
    pub(super) fn pass_time(&mut self) -> Vec<Command> {
        let mut commands = self.ask_again_for_news();
        self.asked_for_approval = !self.asked_for_approval && self.awaits_approval() && !self.offline;
        if self.asked_for_approval {
            commands.extend(self.ask_for_viewer());
        }
        commands
    }

    /// The longer, the more often it has failed.
    fn ask_again_for_news(&mut self) -> Vec<Command> {
        if !self.wants_news() {
            return vec![];
        }
        if self.news_rest > 0 {
            self.news_rest -= 1;
            return vec![];
        }
        self.ask_for_news()
    }

    /// All pieces are asked for again, since one alone could not be told from them.
    pub(super) fn miss_news(&mut self, request: RequestId) -> Vec<Command> {
        if self.asked_for_news.contains(&request) {
            self.asked_for_news.clear();
            self.news_rest = (1_u32 << self.news_missed) - 1;
            self.news_missed = (self.news_missed + 1).min(5);
        }
        vec![]
    }

    pub(super) fn take_page_of_news(&mut self, request: RequestId, page: ThreadPage) -> Vec<Command> {
        let Some(place) = self.asked_for_news.iter().position(|asked| *asked == request) else {
            return vec![];
        };
        self.asked_for_news.swap_remove(place);
        if self.asked_for_news.is_empty() {
            self.wants_news = false;
            self.news_missed = 0;
        }
        self.take_news(page)
    }

    /// What is known of the thread is never taken back by an answer that is late.
    fn learn(&mut self, total: u32, locked: bool, before: u32) -> Vec<Command> {
        let total = total.max(self.info.total);
        if (self.info.total, self.info.locked) != (total, locked) {
            let info = Arc::make_mut(&mut self.info);
            info.total = total;
            info.locked = locked;
        }
        let mut commands = self.count(total);
        if before == 0 && self.news() > 0 {
            // Once, however many follow: whoever listens to a screen reader is reading.
            commands.push(Command::Announce(Announcement::News(self.news())));
        }
        if self.shown().next().is_none() {
            // Nothing can move.
            self.show_new(total);
        }
        commands
    }

    /// The host hears of a count that it does not know.
    pub(super) fn count(&mut self, total: u32) -> Vec<Command> {
        if matches!(self.refusal, Some(Refusal::NoSuchReply(number)) if self.has_number(number)) {
            // It was written meanwhile.
            self.refusal = None;
        }
        if self.told.replace(total) == Some(total) {
            return vec![];
        }
        vec![Command::TellHost(HostEvent::CountChanged { total })]
    }

    /// A reply as it now is; without a number nothing but its reactions. Of those that are not loaded only new ones
    /// matter. Whether it is one of the viewer's that was held and is approved.
    fn hear(&mut self, mut reply: Reply) -> bool {
        let (acting, reacting) = self.is_acting(&reply.id);
        match self.replies.get_mut(&reply.id) {
            // What the viewer does to it is further than what was heard.
            Some(_) if acting || (reacting && reply.number.is_none()) => {}
            Some(known) if reply.number.is_none() => known.reactions = reply.reactions,
            Some(known) => {
                if reacting {
                    reply.reactions.clone_from(&known.reactions);
                }
                if known.status == Status::Pending {
                    // Where it stands, it stays.
                    self.replies.hold_more(reply);
                    return true;
                }
                self.replies.change(reply);
            }
            None if reply.number.is_some_and(|number| number > self.seen) => self.replies.change(reply),
            None => {}
        }
        false
    }

    /// Replies of the viewer's that were approved join the list, as far as nothing new of others' comes before them.
    fn join_approved(&mut self) {
        let mut next = self.seen.saturating_add(1);
        while let Some(reply) = self.replies.numbered_reply(next)
            && self.replies.stands(&reply.id)
            && self.show_new(next)
        {
            next = next.saturating_add(1);
        }
    }

    /// Whether it is what the viewer is just sending.
    fn is_being_sent(&self, reply: &Reply) -> bool {
        let me = self.viewer().and_then(|me| me.id.as_ref());
        let parked = self.parked.as_ref();
        (self.composer.is_under_way() || parked.is_some_and(|parked| parked.is_under_way()))
            && me.is_some()
            && self.replies.get(&reply.id).is_none()
            && reply.author.as_ref().is_some_and(|author| author.id.as_ref() == me)
    }

    /// The end of the list at which new replies stand.
    pub(super) fn new_end(&self) -> &End {
        if self.listed == Order::Newest { &self.earlier } else { &self.later }
    }

    /// All that there is has been shown to the reader, or lies where they have gone past.
    pub(super) fn catch_up(&mut self) {
        self.seen = self.info.total;
    }

    /// Whether the new replies up to this number could be put at the end of the list: that has to be there, and so do
    /// all of them.
    pub(super) fn show_new(&mut self, last: u32) -> bool {
        let mut ids = Vec::new();
        for number in self.seen.saturating_add(1)..=last {
            match self.replies.numbered_reply(number) {
                Some(reply) if *self.new_end() == End::Complete => ids.push(reply.id.clone()),
                _ => return false,
            }
        }
        let first = self.listed == Order::Newest;
        for id in ids {
            self.replies.show(id, first);
        }
        self.seen = self.seen.max(last);
        true
    }

    /// The reader wants the new replies: they are put at the end of the list, or the reader goes to where they are.
    pub(super) fn show_news(&mut self) -> Vec<Command> {
        let (count, last) = (self.news(), self.info.total);
        // The first of them that stands in the list.
        let number = if self.listed == Order::Newest { last } else { self.seen.saturating_add(1) };
        if count == 0 {
            return vec![];
        }
        if !self.show_new(last) {
            return self.go_to(number, None);
        }
        vec![Command::Announce(Announcement::Added(count as usize)), Command::FocusIn { number, part: "" }]
    }
}
