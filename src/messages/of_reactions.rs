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

    /// A reaction in one sentence: `Like: avon b7, Ciprol, and 3 more`. For assistive technology.
    ///
    /// `count` says how many people chose it, of whom `names` may hold only some, or none.
    pub fn reaction(&self, label: &str, names: &[String], count: u32) -> String {
        let hidden = u64::from(count).saturating_sub(names.len() as u64);
        let people = match (names, hidden) {
            ([], count) => self.counted(self.words.people, count, &[]),
            (names, 0) => self.joined(names),
            (names, more) => {
                let more = self.counted(self.words.more, more, &[]);
                let items: Vec<String> = names.iter().cloned().chain([more]).collect();
                self.joined(&items)
            }
        };
        fill(self.words.reaction, &[label, &people])
    }

    /// The names of people as a list; slots are indices into `names`. With `more`, the list is left open and
    /// [`and_more`](Self::and_more) follows it.
    pub fn people(&self, names: &[String], more: bool) -> Vec<Part> {
        if more {
            return self.open_list(names.len()).collect();
        }
        let parts = self.locale.list(names).into_iter();
        parts
            .map(|part| match part {
                ListPart::Item(index) => Part::Slot(index),
                ListPart::Separator(text) => Part::Text(text),
            })
            .collect()
    }

    /// Ends a list that was left open: `and 3 more`.
    pub fn and_more(&self, count: u64) -> String {
        self.counted(self.words.and_more, count, &[])
    }

    /// People of whom no name is known: `5 people`.
    pub fn people_count(&self, count: u64) -> String {
        self.counted(self.words.people, count, &[])
    }

    /// Items as in a sentence: `a, b and c`.
    pub(super) fn joined(&self, items: &[String]) -> String {
        let mut text = String::new();
        for part in self.locale.list(items) {
            match part {
                ListPart::Item(index) => text.push_str(items.get(index).map_or("", String::as_str)),
                ListPart::Separator(separator) => text.push_str(&separator),
            }
        }
        text
    }
}
