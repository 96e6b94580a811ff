//! The replies by id, the order they are shown in, and what follows from having them: who quotes whom, who writes.
//!
//! Sorted vectors, searched by halving: a thread has some thousand replies at most in memory, and the tree maps of
//! the standard library would cost the module more than all of this.

use std::sync::Arc;

use afterword_contract::{Order, Person, Reply, ReplyId, Status};

use crate::text::trim;

/// All replies that were ever loaded, and those that are shown.
#[derive(Clone, Debug, Default)]
pub struct Replies {
    /// By the length of the id and by the id, ascending: of counted ids the newest is then the last, and quickly added.
    all: Vec<Arc<Reply>>,
    /// Those that have a number: number and id, ascending.
    numbers: Vec<(u32, ReplyId)>,
    shown: Vec<ReplyId>,
    /// Replies of the viewer that are held for approval, or were until just now. None of them is among those shown.
    held: Vec<ReplyId>,
    /// What the quoting replies say: the quoted one's number and their own, ascending.
    quotes: Vec<(u32, u32)>,
    authors: Arc<Vec<(String, Option<String>)>>,
}

/// What is known of a reply that a quote names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// It is loaded.
    Loaded {
        /// Its author's name, where that is known.
        author: Option<String>,
    },
    /// It exists and can be fetched.
    Elsewhere,
    /// It is a tombstone, or hidden.
    Gone,
    /// The thread has no such number.
    Missing,
}

impl Replies {
    pub(super) fn shown(&self) -> &[ReplyId] {
        &self.shown
    }

    pub(super) fn held(&self) -> &[ReplyId] {
        &self.held
    }

    /// How many of those shown have a number.
    pub(super) fn numbered(&self) -> usize {
        self.shown.iter().filter(|id| self.number(id).is_some()).count()
    }

    /// The number of the first reply shown that has one.
    pub(super) fn first_number(&self) -> Option<u32> {
        self.shown.iter().find_map(|id| self.number(id))
    }

    /// How many are known.
    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    /// Shows no more what stands before a place, or from there on.
    pub(super) fn cut(&mut self, place: usize, front: bool) {
        if front {
            self.shown = self.shown.split_off(place.min(self.shown.len()));
        } else {
            self.shown.truncate(place);
        }
    }

    /// Whether a reply is on the list, or held.
    pub(super) fn stands(&self, id: &ReplyId) -> bool {
        self.shown.contains(id) || self.held.contains(id)
    }

    /// All that are known. Names of authors stay, for mentions.
    pub(super) fn take(&mut self) -> Vec<Arc<Reply>> {
        self.numbers.clear();
        self.quotes.clear();
        core::mem::take(&mut self.all)
    }

    /// Knows these and no others, in the order in which they were taken.
    pub(super) fn give_back(&mut self, replies: Vec<Arc<Reply>>) {
        for reply in &replies {
            self.find(reply);
        }
        self.all = replies;
    }

    fn number(&self, id: &ReplyId) -> Option<u32> {
        self.get(id)?.number
    }

    pub(super) fn get(&self, id: &ReplyId) -> Option<&Arc<Reply>> {
        self.all.get(self.search(id).ok()?)
    }

    pub(super) fn numbered_reply(&self, number: u32) -> Option<&Arc<Reply>> {
        self.get(self.id_of(number)?)
    }

    pub(super) fn authors(&self) -> &Arc<Vec<(String, Option<String>)>> {
        &self.authors
    }

    pub(super) fn quoted_by(&self, number: u32) -> Vec<u32> {
        let first = self.quotes.partition_point(|quote| quote.0 < number);
        let mut by = Vec::new();
        for quote in self.quotes.iter().skip(first).take_while(|quote| quote.0 == number) {
            by.push(quote.1);
        }
        // The backend knows of replies that are not loaded, too.
        let reply = self.numbered_reply(number);
        for other in reply.into_iter().flat_map(|reply| &reply.quoted_by) {
            if let Err(place) = by.binary_search(other) {
                by.insert(place, *other);
            }
        }
        by
    }

    /// Before the first page nothing is known to be missing.
    pub(super) fn source(&self, number: u32, total: u32, known: bool) -> Source {
        match self.numbered_reply(number) {
            Some(reply) if matches!(reply.status, Status::Deleted | Status::Hidden) => Source::Gone,
            Some(reply) => {
                Source::Loaded { author: reply.author.as_ref().and_then(shown_name).map(str::to_owned) }
            }
            None if known && (number == 0 || number > total) => Source::Missing,
            None => Source::Elsewhere,
        }
    }

    /// The place in the list where reply `number` is shown.
    pub(super) fn place(&self, number: u32) -> Option<usize> {
        let id = self.id_of(number)?;
        self.shown.iter().position(|shown| shown == id)
    }

    /// Shows these instead of what is shown.
    pub(super) fn replace(&mut self, replies: Vec<Reply>) {
        self.shown.clear();
        self.append(replies);
    }

    /// Shows these before what is shown. Answers how many are new to the list.
    pub(super) fn prepend(&mut self, replies: Vec<Reply>) -> usize {
        let old = self.shown.len();
        let added = self.append(replies);
        let mut shown = self.shown.split_off(old);
        shown.append(&mut self.shown);
        self.shown = shown;
        added
    }

    /// Shows these after what is shown. Answers how many are new to the list: a backend may repeat itself.
    pub(super) fn append(&mut self, replies: Vec<Reply>) -> usize {
        let before = self.shown.len();
        for reply in replies {
            // Only a reply that was here before can be on the list already.
            let known = self.search(&reply.id).is_ok();
            if !(known && self.shown.contains(&reply.id)) {
                self.held.retain(|held| *held != reply.id);
                self.shown.push(reply.id.clone());
            }
            self.keep(reply);
        }
        self.shown.len() - before
    }

    /// Shows a reply that is here already, after what is shown or before it.
    pub(super) fn show(&mut self, id: ReplyId, first: bool) {
        self.held.retain(|held| *held != id);
        if !self.shown.contains(&id) {
            let place = if first { 0 } else { self.shown.len() };
            self.shown.insert(place, id);
        }
    }

    /// How many of those that were held have got a number after this one, and are not on the list yet.
    pub(super) fn approved(&self, after: u32) -> u32 {
        self.held.iter().filter(|id| self.number(id) > Some(after)).count() as u32
    }

    /// Whether one of the viewer's waits for approval.
    pub(super) fn holds(&self) -> bool {
        self.held.iter().any(|id| self.is_pending(id))
    }

    fn is_pending(&self, id: &ReplyId) -> bool {
        self.get(id).is_some_and(|reply| reply.status == Status::Pending)
    }

    /// These are held for approval now, and no others.
    pub(super) fn hold(&mut self, pending: Vec<Reply>) {
        let mut held = core::mem::take(&mut self.held);
        held.retain(|id| !self.is_pending(id));
        self.held = held;
        for reply in pending {
            // One that a page brought meanwhile is held no longer.
            let known = self.get(&reply.id).is_some_and(|known| known.status != Status::Pending);
            let stands = self.shown.contains(&reply.id) || self.held.contains(&reply.id);
            if reply.status == Status::Pending && !reply.id.is_empty() && !known && !stands {
                self.held.push(reply.id.clone());
                self.keep(reply);
            }
        }
    }

    /// This one of the viewer's is held, too.
    pub(super) fn hold_more(&mut self, reply: Reply) {
        if !self.held.contains(&reply.id) && !self.shown.contains(&reply.id) {
            self.held.push(reply.id.clone());
        }
        self.keep(reply);
    }

    /// This reply is another now; where it stands stays.
    pub(super) fn change(&mut self, reply: Reply) {
        self.keep(reply);
    }

    /// One reply, to be shown otherwise for a while. Who quotes whom stays as it was.
    pub(super) fn get_mut(&mut self, id: &ReplyId) -> Option<&mut Reply> {
        let place = self.search(id).ok()?;
        self.all.get_mut(place).map(Arc::make_mut)
    }

    /// Sorts what is shown, where that is the whole thread. Replies without a number stay last.
    pub(super) fn sort(&mut self, order: &Order) {
        let mut keyed: Vec<((bool, u64, u32), ReplyId)> = Vec::with_capacity(self.shown.len());
        for id in core::mem::take(&mut self.shown) {
            let reply = self.get(&id);
            let number = reply.and_then(|reply| reply.number);
            let key = match (order, number) {
                (_, None) => (true, 0, 0),
                (Order::Newest, Some(number)) => (false, 0, u32::MAX - number),
                (Order::Top, Some(number)) => {
                    (false, u64::MAX - reply.map_or(0, |reply| reactions(reply)), number)
                }
                (Order::Oldest | Order::Other(_), Some(number)) => (false, 0, number),
            };
            keyed.push((key, id));
        }
        // Halving finds each place. The library's sorting is the larger part of a kilobyte, and lists that are
        // whole are short or nearly in order.
        let mut sorted: Vec<((bool, u64, u32), ReplyId)> = Vec::with_capacity(keyed.len());
        for one in keyed {
            let place = sorted.partition_point(|known| known.0 <= one.0);
            sorted.insert(place, one);
        }
        self.shown.extend(sorted.into_iter().map(|(_, id)| id));
    }

    fn search(&self, id: &ReplyId) -> Result<usize, usize> {
        let length = id.as_str().len();
        self.all.binary_search_by(|reply| reply.id.as_str().len().cmp(&length).then_with(|| reply.id.cmp(id)))
    }

    fn id_of(&self, number: u32) -> Option<&ReplyId> {
        let place = self.numbers.binary_search_by(|known| known.0.cmp(&number)).ok()?;
        self.numbers.get(place).map(|known| &known.1)
    }

    fn keep(&mut self, reply: Reply) {
        if self.get(&reply.id).is_some_and(|known| is_older(&reply, known)) {
            // A cache, or an answer that was overtaken.
            return;
        }
        self.unlink(&reply.id);
        self.find(&reply);
        if let Some(author) = &reply.author {
            self.meet_author(author);
        }
        match self.search(&reply.id) {
            // A reply that came again unchanged keeps its identity, so that its view is not drawn again.
            Ok(place) => {
                if let Some(known) = self.all.get_mut(place).filter(|known| ***known != reply) {
                    *known = Arc::new(reply);
                }
            }
            Err(place) => self.all.insert(place, Arc::new(reply)),
        }
    }

    /// Makes a reply found by its number and by what it quotes.
    fn find(&mut self, reply: &Reply) {
        if let Some(number) = reply.number {
            match self.numbers.binary_search_by(|known| known.0.cmp(&number)) {
                Ok(place) => {
                    self.numbers.get_mut(place).into_iter().for_each(|known| known.1 = reply.id.clone())
                }
                Err(place) => self.numbers.insert(place, (number, reply.id.clone())),
            }
            for quote in &reply.quotes {
                self.link(quote.number, number);
            }
        }
    }

    fn link(&mut self, quoted: u32, by: u32) {
        if let Err(place) = self.quotes.binary_search(&(quoted, by)) {
            self.quotes.insert(place, (quoted, by));
        }
    }

    /// What an earlier version of a reply quoted.
    fn unlink(&mut self, id: &ReplyId) {
        let Some(reply) = self.get(id).cloned() else { return };
        for quote in &reply.quotes {
            if let Ok(place) = self.quotes.binary_search(&(quote.number, reply.number.unwrap_or_default())) {
                self.quotes.remove(place);
            }
        }
    }

    fn meet_author(&mut self, author: &Person) {
        let Some(name) = shown_name(author) else { return };
        if let Err(place) = self.authors.binary_search_by(|known| known.0.as_str().cmp(name)) {
            let id = author.id.as_ref().map(|id| id.0.clone());
            Arc::make_mut(&mut self.authors).insert(place, (name.to_owned(), id));
        }
    }
}

/// Whether it is another version of the reply than the known one, and one before that, as far as revisions tell.
fn is_older(reply: &Reply, known: &Reply) -> bool {
    let number = |reply: &Reply| reply.revision.as_str().parse::<u64>().ok();
    matches!((number(reply), number(known)), (Some(new), Some(known)) if new < known)
}

fn shown_name(person: &Person) -> Option<&str> {
    Some(person.name.as_str()).filter(|name| !person.erased && !trim(name).is_empty())
}

fn reactions(reply: &Reply) -> u64 {
    reply.reactions.iter().map(|reaction| u64::from(reaction.count)).sum()
}
