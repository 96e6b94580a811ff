//! What is said of reactions: who chose them, in words.

use super::template::fill;
use super::{Messages, Part};
use crate::text::ListPart;

impl Messages {
    /// Names the reactions to a reply: `Reactions to reply 4 by sacto joe`. For assistive technology.
    pub fn reactions_label(&self, number: u32, author: Option<&str>) -> String {
        match author {
            Some(author) => fill(self.words.reactions_to_by, &[&self.number(number), author]),
            None => self.numbered(self.words.reactions_to, number),
        }
    }

    /// The names of people as a list; slots are indices into `names`. With `more`, the list is left open and
    /// [`and_more`](Self::and_more) follows it.
    pub fn people(&self, names: &[String], more: bool) -> Vec<Part> {
        if more {
            return self.open_list(names.len());
        }
        let mut list = Vec::new();
        for part in self.locale.list(names) {
            list.push(match part {
                ListPart::Item(index) => Part::Slot(index),
                ListPart::Separator(text) => Part::Text(text),
            });
        }
        list
    }

    /// Ends a list that was left open: `and 3 more`.
    pub fn and_more(&self, count: u64) -> String {
        self.counted(self.words.and_more, count, &[])
    }
}
