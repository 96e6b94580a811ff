//! What is said of a thread as a whole: its count, its order, its ends, and what happens to the list.

use afterword_contract::Order;

use super::Messages;
use super::template::fill;
use crate::thread::Announcement;

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
    pub fn jump_hint(&self, total: u32) -> String {
        self.numbered(self.words.jump_hint, total)
    }

    /// The answer to a number that the thread does not have.
    pub fn no_such_reply(&self, number: u32, total: u32) -> String {
        match total {
            0 => self.words.empty.to_owned(),
            _ => self.counted(self.words.no_such_reply, total.into(), &[&self.number(number)]),
        }
    }

    /// Replies are on their way.
    pub fn loading(&self) -> &'static str {
        self.words.loading
    }

    /// The button before the first shown reply, for `count` more replies where that is known.
    pub fn show_previous(&self, order: &Order, count: Option<u32>) -> String {
        match order {
            Order::Oldest => self.show_earlier(count),
            Order::Newest => self.show_later(count),
            Order::Top | Order::Other(_) => self.words.show_before.to_owned(),
        }
    }

    /// The button after the last shown reply, for `count` more replies where that is known.
    pub fn show_next(&self, order: &Order, count: Option<u32>) -> String {
        match order {
            Order::Oldest => self.show_later(count),
            Order::Newest => self.show_earlier(count),
            Order::Top | Order::Other(_) => self.words.show_more.to_owned(),
        }
    }

    fn show_earlier(&self, count: Option<u32>) -> String {
        match count {
            Some(count) => self.counted(self.words.show_earlier_count, count.into(), &[]),
            None => self.words.show_earlier.to_owned(),
        }
    }

    fn show_later(&self, count: Option<u32>) -> String {
        match count {
            Some(count) => self.counted(self.words.show_later_count, count.into(), &[]),
            None => self.words.show_later.to_owned(),
        }
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
            Announcement::Added(count) => self.counted(self.words.added, *count as u64, &[]),
            Announcement::Reordered => fill(self.words.reordered, &[&self.order_name(order)]),
            Announcement::Moved(number) => self.reply_of(*number, total),
            Announcement::NoSuchReply { number, total } => self.no_such_reply(*number, *total),
            Announcement::NotAdded => self.words.not_added.to_owned(),
            Announcement::Online => self.words.online.to_owned(),
        }
    }
}
