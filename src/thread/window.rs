//! The part of a long thread that is here. Replies come at one end and go at the other, page by page, so that a thread
//! of any length costs what a short one costs.
//!
//! Cursors are opaque: what a page says of its neighbours is kept with it, for the day when one of those has gone and
//! is wanted again. How high a reply is and what is seen of the list the browser knows.

use afterword_contract::{Cursor, Order, ReplyId};

use super::{Aside, Command, End, Load, Position, Thread};

/// At most so many replies are shown, however long the thread.
pub(super) const WINDOW: usize = 200;

/// So many, while the focus or the selection is in one that would go.
pub(super) const HELD: usize = 2 * WINDOW;

/// A page of the list, from its first reply to the first one of the next page.
#[derive(Clone, Debug)]
pub(super) struct Page {
    first: ReplyId,
    previous: Option<Cursor>,
    next: Option<Cursor>,
}

impl Thread {
    /// The reader is about to see an end of the list: more comes by itself, and does not move the focus. What failed
    /// is left to the button.
    pub(super) fn near_end(&mut self, later: bool) -> Vec<Command> {
        let end = if later { &self.later } else { &self.earlier };
        // A button that was pressed while the page was on the way still moves the focus.
        if self.load != Load::Ready || self.awaited().is_some() || !matches!(end, End::More(_)) {
            return vec![];
        }
        if later { self.fetch_later(true) } else { self.fetch_earlier(true) }
    }

    /// The reader has moved the page to where replies are that are not here. Counted from 0 in the order of the list.
    pub(super) fn near_place(&mut self, place: u32) -> Vec<Command> {
        let total = self.info.total;
        let number = match self.listed {
            Order::Newest => total.saturating_sub(place),
            Order::Oldest => place.saturating_add(1),
            // Nobody knows what stands where.
            Order::Top | Order::Other(_) => 0,
        };
        if self.load != Load::Ready
            || self.is_at_work()
            || !self.has_number(number)
            || self.replies.place(number).is_some()
        {
            return vec![];
        }
        self.call_off();
        self.fetch(Position::Around(number))
    }

    /// The reply in which the focus is, as the browser says; 0 for none.
    pub(super) fn focus_seen(&mut self, number: u32) -> Vec<Command> {
        self.focused = number;
        vec![]
    }

    /// Begins the list with a page.
    pub(super) fn begin_pages(&mut self, previous: Option<Cursor>, next: Option<Cursor>) {
        self.pages.clear();
        if let Some(first) = self.replies.shown().first().cloned() {
            self.pages.push(Page { first, previous, next });
        }
    }

    /// A page came at an end. At the other end some go, where the list is too long and the backend has told how to get
    /// them again.
    pub(super) fn add_page(
        &mut self,
        later: bool,
        place: usize,
        previous: Option<Cursor>,
        next: Option<Cursor>,
    ) {
        if let Some(first) = self.replies.shown().get(place).cloned() {
            let at = if later { self.pages.len() } else { 0 };
            self.pages.insert(at, Page { first, previous, next });
        }
        while self.replies.shown().len() > WINDOW && self.drop_page(later) {}
        self.forget_far();
    }

    /// Drops the first page or the last; not one that holds something that the reader is at.
    fn drop_page(&mut self, front: bool) -> bool {
        let count = self.pages.len();
        let (Some(second), Some(last)) = (self.pages.get(1), self.pages.last()) else { return false };
        let seam = if front { second } else { last };
        let before_last = self.pages.get(count.saturating_sub(2));
        let cursor =
            if front { seam.previous.clone() } else { before_last.and_then(|page| page.next.clone()) };
        let shown = self.replies.shown();
        let Some(place) = shown.iter().position(|id| *id == seam.first) else { return false };
        let going = if front { shown.get(..place) } else { shown.get(place..) };
        let may_be_held = shown.len() <= HELD;
        let holds = |id: &ReplyId| self.must_stay(id) || (may_be_held && self.is_looked_at(id));
        let stays = going.is_none_or(|going| going.iter().any(holds));
        let end = End::from(cursor);
        if stays || end == End::Complete {
            return false;
        }
        self.replies.cut(place, front);
        if front {
            self.pages.remove(0);
            self.earlier = end;
        } else {
            self.pages.pop();
            self.later = end;
        }
        true
    }

    /// What is known of replies that are long gone from the list is forgotten, so that memory is bounded, too.
    pub(super) fn forget_far(&mut self) {
        // A backend that cuts no pages has them all on the list.
        if self.replies.count() <= 2 * self.replies.shown().len().max(WINDOW) {
            return;
        }
        let mut kept = Vec::new();
        for reply in self.replies.take() {
            let id = &reply.id;
            let carded = reply.number.is_some() && reply.number == self.card;
            if self.replies.stands(id) || self.must_stay(id) || carded {
                kept.push(reply);
            }
        }
        self.replies.give_back(kept);
    }

    /// Whether the viewer writes inside of the list: it must not be replaced by another part of the thread.
    fn is_at_work(&self) -> bool {
        let reporting = |aside: &Option<_>| matches!(aside.as_deref(), Some(Aside::Reporting(_)));
        self.composer.editing().is_some() || self.asides.iter().any(|(_, aside)| reporting(aside))
    }

    /// Whether something is under way in a reply: it is being changed, or has something at it to be answered.
    fn must_stay(&self, id: &ReplyId) -> bool {
        self.composer.editing().is_some_and(|reply| reply.id == *id)
            || self.aside(id).is_some_and(|aside| matches!(**aside, Aside::Reporting(_) | Aside::Undo(_)))
            || self.acts.iter().any(|act| act.id == *id)
    }

    /// Whether the focus or the selection is in a reply. Who reads on with a wheel leaves them behind for good.
    fn is_looked_at(&self, id: &ReplyId) -> bool {
        let number = self.reply(id).and_then(|reply| reply.number);
        let selected = self.passage.as_ref().map(|passage| passage.number);
        number.is_some() && (number == Some(self.focused) || number == selected)
    }
}
