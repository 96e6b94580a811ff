//! The replies by id, the order they are shown in, and what follows from having them: who quotes whom, who writes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use afterword_contract::{Order, Person, Reply, ReplyId, Status};

/// All replies that were ever loaded, and those that are shown.
#[derive(Clone, Debug, Default)]
pub struct Replies {
    by_id: BTreeMap<ReplyId, Arc<Reply>>,
    by_number: BTreeMap<u32, ReplyId>,
    shown: Vec<ReplyId>,
    quoted_by: BTreeMap<u32, BTreeSet<u32>>,
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

    pub(super) fn get(&self, id: &ReplyId) -> Option<&Arc<Reply>> {
        self.by_id.get(id)
    }

    pub(super) fn authors(&self) -> &Arc<Vec<(String, Option<String>)>> {
        &self.authors
    }

    pub(super) fn quoted_by(&self, number: u32) -> Vec<u32> {
        self.quoted_by.get(&number).map(|numbers| numbers.iter().copied().collect()).unwrap_or_default()
    }

    /// Before the first page nothing is known to be missing.
    pub(super) fn source(&self, number: u32, total: u32, ready: bool) -> Source {
        match self.by_number.get(&number).and_then(|id| self.by_id.get(id)) {
            Some(reply) if matches!(reply.status, Status::Deleted | Status::Hidden) => Source::Gone,
            Some(reply) => Source::Loaded { author: reply.author.as_ref().and_then(shown_name) },
            None if ready && (number == 0 || number > total) => Source::Missing,
            None => Source::Elsewhere,
        }
    }

    /// The place in the list where reply `number` is shown.
    pub(super) fn place(&self, number: u32) -> Option<usize> {
        let id = self.by_number.get(&number)?;
        self.shown.iter().position(|shown| shown == id)
    }

    /// Shows these instead of what is shown.
    pub(super) fn replace(&mut self, replies: Vec<Reply>) {
        self.shown.clear();
        self.append(replies);
    }

    /// Shows these before what is shown. Answers how many are new to the list.
    pub(super) fn prepend(&mut self, replies: Vec<Reply>) -> usize {
        let before = core::mem::take(&mut self.shown);
        self.append(replies);
        let added = self.shown.len();
        let new: BTreeSet<ReplyId> = self.shown.iter().cloned().collect();
        self.shown.extend(before.into_iter().filter(|id| !new.contains(id)));
        added
    }

    /// Shows these after what is shown. Answers how many are new to the list: a backend may repeat itself.
    pub(super) fn append(&mut self, replies: Vec<Reply>) -> usize {
        let mut known: BTreeSet<ReplyId> = self.shown.iter().cloned().collect();
        let before = self.shown.len();
        for reply in replies {
            if known.insert(reply.id.clone()) {
                self.shown.push(reply.id.clone());
            }
            self.keep(reply);
        }
        self.list_authors();
        self.shown.len() - before
    }

    /// Shows held replies after all others, while they are held.
    pub(super) fn hold(&mut self, pending: Vec<Reply>) {
        self.append(pending.into_iter().filter(|reply| reply.status == Status::Pending && !reply.id.is_empty()).collect());
    }

    /// Sorts what is shown, where that is the whole thread. Replies without a number stay last.
    pub(super) fn sort(&mut self, order: &Order) {
        let by_id = &self.by_id;
        let number = |id: &ReplyId| by_id.get(id).and_then(|reply| reply.number);
        let last = |id: &ReplyId| number(id).is_none();
        match order {
            Order::Newest => self.shown.sort_by_key(|id| (last(id), core::cmp::Reverse(number(id)))),
            Order::Top => {
                let count = |id: &ReplyId| by_id.get(id).map_or(0, |reply| reactions(reply));
                self.shown.sort_by_key(|id| (last(id), core::cmp::Reverse(count(id)), number(id)));
            }
            Order::Oldest | Order::Other(_) => self.shown.sort_by_key(|id| (last(id), number(id))),
        }
    }

    fn keep(&mut self, reply: Reply) {
        if let Some(number) = reply.number {
            self.by_number.insert(number, reply.id.clone());
            self.quoted_by.entry(number).or_default().extend(&reply.quoted_by);
            for quote in &reply.quotes {
                self.quoted_by.entry(quote.number).or_default().insert(number);
            }
        }
        // A reply that came again unchanged keeps its identity, so that its view is not drawn again.
        if self.by_id.get(&reply.id).is_none_or(|known| **known != reply) {
            self.by_id.insert(reply.id.clone(), Arc::new(reply));
        }
    }

    fn list_authors(&mut self) {
        let mut names: BTreeMap<&str, Option<String>> = BTreeMap::new();
        for person in self.by_id.values().filter_map(|reply| reply.author.as_ref()) {
            if shown_name(person).is_some() {
                names.insert(&person.name, person.id.as_ref().map(|id| id.0.clone()));
            }
        }
        let names = names.into_iter().map(|(name, id)| (name.to_owned(), id)).collect();
        if *self.authors != names {
            self.authors = Arc::new(names);
        }
    }
}

fn shown_name(person: &Person) -> Option<String> {
    (!person.erased && !person.name.trim().is_empty()).then(|| person.name.clone())
}

fn reactions(reply: &Reply) -> u64 {
    reply.reactions.iter().map(|reaction| u64::from(reaction.count)).sum()
}
