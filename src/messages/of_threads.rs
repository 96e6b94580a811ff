//! What is said of a thread as a whole: its count, its order, its ends, and what happens to the list.

use afterword_contract::Order;

use super::Messages;
use super::template::fill;
use crate::thread::{Announcement, Refusal};

impl Messages {
    /// The heading over the thread: the count, or only the word where it is unknown or 0.
    pub fn count_heading(&self, total: Option<u32>) -> String {
        match total {
            None | Some(0) => self.words.replies.to_owned(),
            Some(total) => self.reply_count(total),
        }
    }

    /// How many replies: `1 reply`, `13 replies`.
    pub fn reply_count(&self, count: u32) -> String {
        self.counted(self.words.reply_count, count.into(), &[])
    }

    /// One reply by its number: `Reply 4`.
    pub fn reply(&self, number: u32) -> String {
        self.numbered(self.words.reply, number)
    }

    /// One reply among all: `Reply 4 of 13`.
    pub fn reply_of(&self, number: u32, total: u32) -> String {
        fill(self.words.reply_of, &[&self.number(number), &self.number(total)])
    }

    /// The label of the choice of orders.
    pub fn order_label(&self) -> &'static str {
        self.words.order
    }

    /// The name of an order; an unknown one is named by its word.
    pub fn order_name(&self, order: &Order) -> String {
        match order {
            Order::Oldest => self.words.oldest.to_owned(),
            Order::Newest => self.words.newest.to_owned(),
            Order::Top => self.words.top.to_owned(),
            Order::Other(word) => word.clone(),
        }
    }

    /// The label of the field that takes a number to go to.
    pub fn jump_label(&self) -> &'static str {
        self.words.jump
    }

    /// The button beside it.
    pub fn jump_go(&self) -> &'static str {
        self.words.jump_go
    }

    /// What the field takes: `A number from 1 to 13`.
    fn jump_hint(&self, total: u32) -> String {
        self.numbered(self.words.jump_hint, total)
    }

    /// Why the reader was not taken to a reply, in a thread of `total`.
    pub fn refusal(&self, refusal: Refusal, total: u32) -> String {
        match refusal {
            Refusal::Garbled => self.jump_hint(total),
            Refusal::NoSuchReply(number) => self.no_such_reply(number, total),
            Refusal::NotFound(number) => self.numbered(self.words.not_found, number),
        }
    }

    /// The answer to a number that the thread does not have.
    fn no_such_reply(&self, number: u32, total: u32) -> String {
        match total {
            0 => self.numbered(self.words.not_found, number),
            _ => self.counted(self.words.no_such_reply, total.into(), &[&self.number(number)]),
        }
    }

    /// Replies are on their way.
    pub fn loading(&self) -> &'static str {
        self.words.loading
    }

    /// The button before the first shown reply.
    pub fn show_previous(&self, order: &Order) -> &'static str {
        match order {
            Order::Oldest => self.words.show_earlier,
            Order::Newest => self.words.show_later,
            Order::Top | Order::Other(_) => self.words.show_before,
        }
    }

    /// The button after the last shown reply.
    pub fn show_next(&self, order: &Order) -> &'static str {
        match order {
            Order::Oldest => self.words.show_later,
            Order::Newest => self.words.show_earlier,
            Order::Top | Order::Other(_) => self.words.show_more,
        }
    }

    /// The button for so many new replies.
    pub fn news(&self, count: u32) -> String {
        self.counted(self.words.news, count.into(), &[])
    }

    /// The thread has no replies.
    pub fn empty(&self, locked: bool) -> &'static str {
        if locked { self.words.empty_locked } else { self.words.empty }
    }

    /// The thread takes no more replies.
    pub fn locked(&self) -> &'static str {
        self.words.locked
    }

    /// The network is gone; what is loaded stays.
    pub fn offline(&self) -> &'static str {
        self.words.offline
    }

    /// The network is back.
    pub fn online(&self) -> &'static str {
        self.words.online
    }

    /// What is said to readers who do not see the list change, in a thread of `total` shown in `order`.
    pub fn announcement(&self, news: &Announcement, order: &Order, total: u32) -> String {
        match news {
            Announcement::News(count) => self.news(*count),
            Announcement::Added(count) => self.counted(self.words.added, *count as u64, &[]),
            Announcement::Reordered => fill(self.words.reordered, &[&self.order_name(order)]),
            Announcement::Moved(number) => self.reply_of(*number, total),
            Announcement::NoMore => self.words.no_more.to_owned(),
            Announcement::Refused(refusal) => self.refusal(*refusal, total),
            Announcement::NotAdded => self.words.not_added.to_owned(),
            Announcement::Online => self.words.online.to_owned(),
            Announcement::Posted(number) => self.numbered(self.words.composer.posted, *number),
            Announcement::Acted(deed) => self.acted(*deed).to_owned(),
            Announcement::People(0, _) => self.words.composer.people_full.to_owned(),
            Announcement::People(count, first) => {
                self.counted(self.words.people_found, *count as u64, &[first])
            }
            Announcement::Held => self.words.composer.held.to_owned(),
        }
    }
}
